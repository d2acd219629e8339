/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of a lease is not used, and by which rule. The rules hold whatever server
 * says it and however it is authenticated; the administrator's policy for routes
 * is the only one that can be chosen. Where each is applied is lease.c's,
 * lease_routes.c's and lease_names.c's matter.
 */
#ifndef CORE_FLAW_H
#define CORE_FLAW_H

#include <stdint.h>

#include "base/ipv4.h"

enum flaw {
	/* An OFFER or ACK that breaks these makes no lease (reject.h). */
	FLAW_MASK,    /* option 1 is no mask, or one of /0 to /7 */
	FLAW_ADDRESS, /* yiaddr is no address for a host in its subnet */

	/* A route that breaks one of these is left out, the rest is used. */
	FLAW_DESTINATION, /* lies inside 0/8, 127/8, 224/4 or 240/4 */
	FLAW_OWN_ADDRESS, /* leads to the leased address alone */
	FLAW_GATEWAY,	  /* by what can be no host */
	FLAW_OWN_GATEWAY, /* by the leased address */
	FLAW_POLICY,	  /* the administrator's policy does not allow it */
	FLAW_SECOND_WAY,  /* another one leads to the same destination */
	FLAW_SURPLUS,	  /* comes after as many as are taken */

	/* So is a name server. */
	FLAW_NAME_SERVER,     /* can be no other host */
	FLAW_OWN_NAME_SERVER, /* is the leased address */

	FLAW_COUNT
};

/* How often each rule was broken, and by what first. */
struct flaws {
	struct {
		unsigned count;
		struct ipv4_prefix first; /* of one address: a length of 32 */
	} of[FLAW_COUNT];
};

/* Counts one; NULL: nobody wants to know. */
void flaws_note(struct flaws *, enum flaw, struct ipv4_prefix);

/* Constant strings; "?" for a number that is no member. */
const char *flaw_name(enum flaw); /* "own-gateway" */
const char *flaw_text(enum flaw); /* "its gateway is this host" */

#endif
