/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Numbers of DHCPv4: ports, fields, message types, option codes, limits.
 * Names are those of RFC 2131, RFC 2132 and the IANA registry.
 */
#ifndef CORE_DHCP4_H
#define CORE_DHCP4_H

#define DHCP4_SERVER_PORT 67
#define DHCP4_CLIENT_PORT 68

/* The fixed header up to and with the magic cookie, in octets (RFC 2131 2). */
#define DHCP4_HEADER_SIZE  240
#define DHCP4_MAGIC_COOKIE 0x63825363

/* Old relays and servers drop shorter messages (RFC 951 3, RFC 1542 2.1). */
#define DHCP4_MESSAGE_MIN 300

/*
 * The largest message that is received or sent: an Ethernet frame's. Option 57
 * announces no more, whatever the MTU, so nothing longer is owed to us.
 */
#define DHCP4_PACKET_MAX  1500
#define DHCP4_MESSAGE_MAX (DHCP4_PACKET_MAX - 28)

/* An IP datagram that every host takes (RFC 2131 2, RFC 1122 3.3.2). */
#define DHCP4_PACKET_MIN 576

#define DHCP4_SNAME_SIZE  64
#define DHCP4_FILE_SIZE	  128
#define DHCP4_CHADDR_SIZE 16

/* Type 255, IAID, and a DUID of at most 130 octets (RFC 4361, RFC 8415 11). */
#define DHCP4_CLIENT_ID_MIN 2
#define DHCP4_CLIENT_ID_MAX 135

#define DHCP4_HOSTNAME_MAX 253

/* As long as any in use; an option could hold 255 octets. */
#define DHCP4_VENDOR_CLASS_MAX 128

#define DHCP4_FLAG_BROADCAST 0x8000

#define DHCP4_LEASE_INFINITE 0xffffffffU

#define ARP_HTYPE_ETHERNET 1

enum dhcp4_op {
	DHCP4_OP_REQUEST = 1,
	DHCP4_OP_REPLY = 2,
};

enum dhcp4_type {
	DHCP4_TYPE_BOOTP = 0, /* no option 53: a message of plain BOOTP */
	DHCP4_TYPE_DISCOVER = 1,
	DHCP4_TYPE_OFFER = 2,
	DHCP4_TYPE_REQUEST = 3,
	DHCP4_TYPE_DECLINE = 4,
	DHCP4_TYPE_ACK = 5,
	DHCP4_TYPE_NAK = 6,
	DHCP4_TYPE_RELEASE = 7,
	DHCP4_TYPE_INFORM = 8,
	DHCP4_TYPE_FORCERENEW = 9, /* RFC 3203 */
};

enum dhcp4_overload {
	DHCP4_OVERLOAD_FILE = 1,
	DHCP4_OVERLOAD_SNAME = 2,
};

/* The codes that the client itself reads or writes; option.c knows them all. */
enum dhcp4_option {
	DHCP4_OPTION_PAD = 0,
	DHCP4_OPTION_SUBNET_MASK = 1,
	DHCP4_OPTION_ROUTER = 3,
	DHCP4_OPTION_DNS_SERVERS = 6,
	DHCP4_OPTION_HOST_NAME = 12,
	DHCP4_OPTION_DOMAIN_NAME = 15,
	DHCP4_OPTION_INTERFACE_MTU = 26,
	DHCP4_OPTION_BROADCAST_ADDRESS = 28,
	DHCP4_OPTION_STATIC_ROUTES = 33,
	DHCP4_OPTION_NTP_SERVERS = 42,
	DHCP4_OPTION_REQUESTED_ADDRESS = 50,
	DHCP4_OPTION_LEASE_TIME = 51,
	DHCP4_OPTION_OVERLOAD = 52,
	DHCP4_OPTION_MESSAGE_TYPE = 53,
	DHCP4_OPTION_SERVER_ID = 54,
	DHCP4_OPTION_PARAMETERS = 55,
	DHCP4_OPTION_MESSAGE = 56,
	DHCP4_OPTION_MESSAGE_SIZE = 57,
	DHCP4_OPTION_T1 = 58,
	DHCP4_OPTION_T2 = 59,
	DHCP4_OPTION_VENDOR_CLASS = 60,
	DHCP4_OPTION_CLIENT_ID = 61,
	DHCP4_OPTION_FQDN = 81,
	DHCP4_OPTION_AUTHENTICATION = 90,
	DHCP4_OPTION_DOMAIN_SEARCH = 119,
	DHCP4_OPTION_CLASSLESS_ROUTES = 121,
	DHCP4_OPTION_FORCERENEW_NONCE = 145,
	DHCP4_OPTION_CLASSLESS_ROUTES_MS = 249,
	DHCP4_OPTION_END = 255,
};

#endif
