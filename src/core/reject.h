/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a received packet was not used. Each reason has a counter an interface
 * and a name (names.h); RFC 1542 1.2 asks for the counting.
 *
 * The list follows a packet's way inward: IP and UDP, then the message, then
 * what the client expects of it in its present state.
 */
#ifndef CORE_REJECT_H
#define CORE_REJECT_H

enum reject {
	REJECT_NONE,

	/* frame.c */
	REJECT_IP_HEADER, /* cut, not version 4, lengths that do not fit */
	REJECT_IP_CHECKSUM,
	REJECT_IP_SOURCE, /* broadcast, multicast or loopback */
	REJECT_FRAGMENT,
	REJECT_NOT_UDP,
	REJECT_UDP_PORT,
	REJECT_UDP_LENGTH,
	REJECT_UDP_CHECKSUM,

	/* message.c */
	REJECT_MESSAGE_SHORT, /* ends inside the fixed header or the cookie */
	REJECT_MESSAGE_LONG,  /* more than DHCP4_MESSAGE_MAX octets */
	REJECT_COOKIE,
	REJECT_MESSAGE_TYPE, /* option 53 is no type, or the message is cut */

	/* client.c, before the state is asked */
	REJECT_NOT_REPLY, /* op is not BOOTREPLY */
	REJECT_XID,
	REJECT_CHADDR,
	REJECT_CLIENT_ID,     /* option 61 of someone else (RFC 6842) */
	REJECT_SERVER_DENIED, /* a server that the administrator does not want */
	REJECT_SUBNET,	      /* option 118 is not the one sent (RFC 3011) */

	/* state.c, offer.c, lease.c */
	REJECT_UNEXPECTED,    /* a type that this state does not take */
	REJECT_BOOTP,	      /* a BOOTP server's, not to be used, or not yet */
	REJECT_SERVER_ID,     /* option 54 missing or no host address */
	REJECT_OTHER_SERVER,  /* a NAK of a server that was not asked */
	REJECT_ADDRESS,	      /* yiaddr is no address for a host */
	REJECT_OTHER_ADDRESS, /* an ACK of an address that was not requested */
	REJECT_DECLINED,      /* another host was found to use it lately */
	REJECT_MASK,	      /* option 1 is no subnet mask */
	REJECT_LEASE_TIME,    /* option 51 missing or 0 */

	/* admit.c */
	REJECT_FORCE_RENEW, /* a FORCERENEW, which the settings do not allow */
	REJECT_NOT_UNICAST, /* a FORCERENEW to more than us */
	REJECT_AUTH_MISSING,
	REJECT_AUTH_INVALID, /* by another key, or altered on the way */
	REJECT_AUTH_REPLAY,  /* its counter does not count up */
	REJECT_NONCE,	     /* an ACK without what its OFFER promised */

	/* choice.c */
	REJECT_SERVER_PIN, /* by none of the servers that are known here */

	/* override.c */
	REJECT_REQUIRED, /* an option is missing that has to be there */
	REJECT_OVERRIDE, /* with what is put in its place it is too long */

	REJECT_COUNT
};

#endif
