/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of a client, built from Tables 4 and 5 of RFC 2131 as data.
 */
#ifndef CORE_REQUEST_H
#define CORE_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipv4.h"
#include "core/dhcp4.h"
#include "core/lease.h"

struct dhcp4_config;

/* What is sent; the five REQUESTs of Table 4 differ by the state they leave. */
enum dhcp4_request {
	DHCP4_REQUEST_DISCOVER,
	DHCP4_REQUEST_SELECTING,
	DHCP4_REQUEST_REBOOTING,
	DHCP4_REQUEST_RENEWING,
	DHCP4_REQUEST_REBINDING,
	DHCP4_REQUEST_DECLINE,
	DHCP4_REQUEST_RELEASE,
	DHCP4_REQUEST_INFORM,
	DHCP4_REQUEST_COUNT
};

/* The values of one message; what its row does not want is not looked at. */
struct request_values {
	uint32_t xid;
	uint16_t secs;
	ipv4_addr address; /* goes to ciaddr or option 50; 0: none to name */
	ipv4_addr server_id;
	const struct client_id *client_id;
	const char *reason; /* option 56 of DECLINE and RELEASE, ASCII */
	bool broadcast;	    /* the flag, where a reply may be broadcast */
	/* Of a DISCOVER: options 80 and 116. */
	bool rapid_commit, auto_configure;
};

/* True if it goes to the lease's server alone (RFC 2131 4.4.4, Table 4). */
bool request_is_unicast(enum dhcp4_request);

/* Writes the message; the writer fails if it has too little room. */
void request_write(struct writer *, enum dhcp4_request,
		   const struct dhcp4_config *, const struct request_values *);

#endif
