/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client that octets play: the first PLAY_HEADER_SIZE of them say how it is
 * configured, the others what happens to it, event by event. Replies are made to
 * fit, so that a fuzzer gets beyond the first one; what is in them is the script's,
 * and packets may come from it as they are.
 *
 * After each step: its effects are in order and within bounds and, played to a
 * kernel, leave in it just the lease held; what is sent is well formed; no lease is
 * held that is over; there is a deadline ahead, or idling is right; a copy made by
 * way of octets, somewhere on the way, does the same from there on.
 *
 * An event: op in the low 4 bits, how much time passes in the high ones, then what
 * the op takes. make-corpus has all of it by name.
 */
#ifndef FUZZ_PLAY_H
#define FUZZ_PLAY_H

#include "core/client.h"
#include "core/recorder.h"
#include "core/replay.h"

#define PLAY_HEADER_SIZE 8
#define PLAY_STEPS_MAX	 48

struct play {
	struct reader script;
	struct dhcp4_config config;
	struct dhcp4_encoded encoded; /* config points to these */
	struct dhcp4_override override;
	struct dhcp4_offer_pool pool;
	struct dhcp4_client client;
	struct dhcp4_effects effects;
	struct dhcp4_want want;
	nsec now;
	unsigned steps;

	/* What effects made of the kernel and of the store. */
	ipv4_addr kernel, fallback;
	uint8_t kernel_length;
	ipv4_addr remains; /* found there, for the next step */
	uint8_t remains_length;
	bool stored, recalled;
	struct dhcp4_lease lease;

	/* Records each step, if somebody sets it. */
	struct recorder *recorder;
	struct recorder_track track;

	unsigned copy_at; /* the step before which the copy is made */
	bool has_copy;
	struct replay copy;

	uint8_t packet[65536];
};

void play_begin(struct play *, const uint8_t *script, size_t size);

/* The next event; false at the end of the script. */
bool play_next(struct play *);

/* The copy, if there is one, is what the client is. */
void play_end(struct play *);

#endif
