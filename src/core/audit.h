/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An audit: one DISCOVER beside the machine, and who answers what to it. Nothing
 * that is offered is taken, and the client's own transaction and lease know nothing
 * of it. When it ends is the caller's matter.
 */
#ifndef CORE_AUDIT_H
#define CORE_AUDIT_H

#include <stddef.h>
#include <stdint.h>

#include "core/client.h"

/*
 * What an answer to a DISCOVER should do. What an address, routes and resolvers have
 * to be, flaw.h has.
 */
enum audit_rule {
	AUDIT_RULE_TYPE,       /* be an OFFER */
	AUDIT_RULE_SERVER_ID,  /* name its server by an address of a host */
	AUDIT_RULE_SHARED_ID,  /* ... that no other hardware address has */
	AUDIT_RULE_CLIENT_ID,  /* name us, or nobody (RFC 6842) */
	AUDIT_RULE_SUBNET,     /* be of the subnet that was asked for */
	AUDIT_RULE_NO_MASK,    /* have a subnet mask */
	AUDIT_RULE_LEASE_TIME, /* say how long */
	AUDIT_RULE_TIMES,      /* ... with T1 before T2 before the end */
	AUDIT_RULE_DENIED,     /* come of a server that is wanted */
	AUDIT_RULE_STRANGER,   /* ... or known */
	AUDIT_RULE_COUNT
};

/* Constant strings: "no-mask", "sends no subnet mask". */
const char *audit_rule_name(enum audit_rule);
const char *audit_rule_text(enum audit_rule);

/* One server is an identifier together with a hardware address. */
struct audit_answer {
	struct pin_server server;
	ipv4_addr source, relay; /* of the packet; giaddr */
	uint8_t type;		 /* of its first message */
	unsigned messages;
	ipv4_addr address;  /* offered, or 0 */
	uint16_t broken;    /* rules, a bit each */
	struct flaws flaws; /* of its first OFFER */
	bool offered;
	struct dhcp4_options options;
};

#define AUDIT_ANSWERS_MAX 16

struct audit {
	uint32_t xid;
	unsigned count;
	unsigned left_out;   /* messages of more servers than that */
	unsigned unreadable; /* packets that are no message for us */
	struct audit_answer answers[AUDIT_ANSWERS_MAX];
};

/* Begins anew; the DISCOVER as an IPv4 packet, to be broadcast. Its size. */
size_t audit_begin(struct audit *, const struct dhcp4_config *, uint32_t xid,
		   uint8_t packet[DHCP4_PACKET_MAX]);

/* A FRAME came; false if it is not of this transaction. */
bool audit_hear(struct audit *, const struct dhcp4_config *,
		const struct route_policy *, const struct dhcp4_event *);

#endif
