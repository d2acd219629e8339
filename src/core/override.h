/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What an administrator has done to the options of replies: replaced, joined to
 * lists, given where a server sends none, not used, insisted upon. It is done once,
 * when a reply was let in (client.c), so that all who look at a lease see the same.
 *
 * Edits stand in one run of octets, in the order in which they are applied and
 * ascending by code: kind (1 octet), code (1), length (2) and value. Whoever steps a
 * client keeps them; a snapshot holds a copy.
 */
#ifndef CORE_OVERRIDE_H
#define CORE_OVERRIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/option.h"

/* In this order, so that several may be about one option. */
enum override_kind {
	OVERRIDE_REQUIRE, /* a reply without it is refused */
	OVERRIDE_IGNORE,  /* as if it had not been sent */
	OVERRIDE_DEFAULT, /* where there is none */
	OVERRIDE_SUPERSEDE, /* instead of what there is, and where there is none */
	OVERRIDE_PREPEND, /* before the list that there is, or alone */
	OVERRIDE_APPEND,  /* behind it, or alone */
	OVERRIDE_KIND_COUNT
};

/* As much as may be sent (encoded.h): some name servers and domains are a tenth. */
#define DHCP4_OVERRIDE_SIZE 512

/* All of them are asked for, besides what is asked for anyway. */
#define OVERRIDE_REQUIRED_MAX 16

/* So short a lease that servers were asked all the time is nobody's wish. */
#define OVERRIDE_LEASE_TIME_LEAST_S 60

struct dhcp4_override {
	uint16_t used;
	uint8_t bytes[DHCP4_OVERRIDE_SIZE];
};

/* bytes point into the run. */
struct override_edit {
	enum override_kind kind;
	struct option_value value;
};

/* Walks as dhcp4_options_next() does: *offset is 0 at first. False at the end. */
bool override_next(const struct dhcp4_override *, uint16_t *offset,
		   struct override_edit *ret);

/*
 * Why an option cannot be edited so, and what to do instead, as the end of a
 * sentence that begins with the option; or NULL. A lease may be made shorter than
 * its server grants it, never longer.
 */
const char *override_refusal(enum override_kind, uint8_t code);

/*
 * Puts an edit in its place, instead of one of that kind and code. REQUIRE and
 * IGNORE have no value. False, and all as before, if it is refused as above, if the
 * value is none that the option may have, if there is no room, or if more than
 * OVERRIDE_REQUIRED_MAX were required.
 */
bool override_put(struct dhcp4_override *, enum override_kind, uint8_t code,
		  const void *bytes, size_t size);

/* Takes out all of a kind. */
void override_clear(struct dhcp4_override *, enum override_kind);

/* True if an option that is required is not there. */
bool override_lacks(const struct dhcp4_override *, const struct dhcp4_options *);

/*
 * Applies all edits but what is required. False if there is no room for what comes
 * of it; the options are unspecified then. A superseded lease time counts if it is
 * shorter than that of the options, and only then.
 */
bool override_apply(const struct dhcp4_override *, struct dhcp4_options *);

/* True if it puts a loopback address among the name servers; NULL: nothing does. */
bool override_names_this_host(const struct dhcp4_override *);

#endif
