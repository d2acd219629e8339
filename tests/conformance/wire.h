/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DHCP as octets on Ethernet: what the client sent, taken apart, and what a
 * server says to it, put together.
 *
 * All of it is read and written by hand, by the figures of the RFCs, and not by
 * the core's codec: a mistake there is not to be made here, too.
 */
#ifndef CONFORMANCE_WIRE_H
#define CONFORMANCE_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "core/dhcp4.h"
#include "core/request.h"
#include "sim/network.h"

/* Where fields of a message stand (RFC 2131 2, figure 1). */
enum {
	AT_OP = 0,
	AT_HTYPE = 1,
	AT_HLEN = 2,
	AT_HOPS = 3,
	AT_XID = 4,
	AT_SECS = 8,
	AT_FLAGS = 10,
	AT_CIADDR = 12,
	AT_YIADDR = 16,
	AT_SIADDR = 20,
	AT_GIADDR = 24,
	AT_CHADDR = 28,
	AT_SNAME = 44,
	AT_FILE = 108,
	AT_COOKIE = 236,
	AT_OPTIONS = 240,
};

/* Where fields of an IPv4 packet stand, if its header has no options. */
enum {
	AT_IP_LENGTH = 2,
	AT_IP_FRAGMENT = 6,
	AT_IP_PROTOCOL = 9,
	AT_IP_CHECKSUM = 10,
	AT_IP_SOURCE = 12,
	AT_IP_DESTINATION = 16,
	AT_UDP = 20,
	AT_UDP_DESTINATION = 22,
	AT_UDP_LENGTH = 24,
	AT_UDP_CHECKSUM = 26,
	AT_PAYLOAD = 28,
};

unsigned get_u16(const uint8_t *);
uint32_t get_u32(const uint8_t *);
void put_u16(uint8_t *, unsigned);
void put_u32(uint8_t *, uint32_t);

/* The sum of RFC 1071 over octets, begun with start; 0 over a good header. */
uint16_t wire_sum(const uint8_t *, size_t size, uint32_t start);

/* ---- of the client ------------------------------------------------------ */

struct message {
	nsec at;
	struct sim_frame frame;
	enum dhcp4_request kind; /* by Table 4 of RFC 2131 */
	bool unicast;		 /* on the link layer */
	ipv4_addr source, destination;
	const uint8_t *payload; /* in the frame */
	size_t size;
	uint32_t xid;
	unsigned secs, flags;
	ipv4_addr ciaddr;
};

/*
 * False for a frame that is no IPv4. Anything else that a client sends has to be
 * a message to a server: asserts that it is one, whole and with good checksums.
 */
bool message_read(const struct sim_frame *, struct message *ret);

/* The value of an option; NULL if the message has none. */
const uint8_t *message_option(const struct message *, uint8_t code,
			      uint8_t *ret_size);

/* The number in an option of four octets; 0 if the message has none. */
uint32_t message_u32(const struct message *, uint8_t code);

/* True if the message has the option. */
bool message_has(const struct message *, uint8_t code);

/* ---- of a server -------------------------------------------------------- */

/* What a server gives. */
struct terms {
	ipv4_addr server, address, mask;
	ipv4_addr router;    /* 0: none is told */
	uint32_t lease_s;    /* 0: not told, as in the answer to an INFORM */
	uint32_t t1_s, t2_s; /* 0: not told */
};

/* A reply, and what is around it. Nothing in it need make sense. */
struct reply {
	uint8_t hw_source[SIM_HWADDR_SIZE], hw_destination[SIM_HWADDR_SIZE];
	ipv4_addr source, destination;
	uint16_t source_port, destination_port;
	bool bare;   /* neither End nor padding to 300 octets is added */
	size_t size; /* of the payload, without these */
	uint8_t payload[SIM_MTU - AT_PAYLOAD];
};

/*
 * A good reply of that type to a message of the client's: unicast to an address
 * that it gives (to ciaddr, if that is there), else broadcast. It comes from a
 * zero hardware address, which stands for the sender's own.
 */
struct reply reply_to(const struct message *, uint8_t type, const struct terms *);

/* Adds an option behind all others, whether it is there or not. */
void reply_add(struct reply *, uint8_t code, const void *bytes, size_t size);

/* Takes all options of that code out. */
void reply_drop(struct reply *, uint8_t code);

/* The one and then the other; size is at most 255. */
void reply_set(struct reply *, uint8_t code, const void *bytes, size_t size);
void reply_set_u32(struct reply *, uint8_t code, uint32_t);

/* The same with the octets listed. */
#define OCTETS(...) \
	(const uint8_t[]){ __VA_ARGS__ }, \
		sizeof((const uint8_t[]){ __VA_ARGS__ })

/* The reply on Ethernet, with good lengths and checksums. */
struct sim_frame reply_frame(const struct reply *);

/* Makes both checksums of a frame good again. */
void frame_mend(struct sim_frame *);

#endif
