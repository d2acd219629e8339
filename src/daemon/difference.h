/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is different between two settings of one interface, by keys, and what
 * follows from each of them for an interface that runs. Data alone: reload.c does
 * it.
 */
#ifndef DAEMON_DIFFERENCE_H
#define DAEMON_DIFFERENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "daemon/settings.h"

/* Bits. Without any, the key is looked at when it is needed. */
enum difference_effect {
	/* What is sent and asked for is made anew, for the next message. */
	DIFFERENCE_SENT = 1 << 0,
	/* The core's configuration is; what it decides next, it decides by it. */
	DIFFERENCE_CORE = 1 << 1,
	/* Who the client is: another one asks for a lease of its own. */
	DIFFERENCE_IDENTITY = 1 << 2,
	/* Routes and addresses are put where they belong now. */
	DIFFERENCE_ROUTES = 1 << 3,
	DIFFERENCE_MTU = 1 << 4,
	/* Hooks are told anew of what they know. */
	DIFFERENCE_HOOKS = 1 << 5,
	DIFFERENCE_PINS = 1 << 6,
	DIFFERENCE_AUTH = 1 << 7,
	DIFFERENCE_FALLBACK = 1 << 8,
	/* It begins anew, as a member that left and joins; its lease is kept. */
	DIFFERENCE_RESTART = 1 << 9,
};

/* The effects of all that differs; the keys' names go to the text, if there is one. */
uint32_t difference_of(const struct iface_settings *,
		       const struct iface_settings *, struct str *names);

/* A key of the process that takes effect with the next start. */
struct difference_fixed {
	const char *name;
	uint16_t offset, size; /* in struct settings */
	bool is_text;	       /* a char pointer, which may be NULL */
};
extern const struct difference_fixed difference_fixed[];
extern const unsigned difference_fixed_count;

/* True if the two have another value of it. */
bool difference_is_fixed(const struct difference_fixed *,
			 const struct settings *, const struct settings *);

#endif
