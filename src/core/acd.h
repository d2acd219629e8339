/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address conflict detection (RFC 5227): does another host use this address?
 *
 * A small machine beside the client: ARP packets and time go in, a verdict and
 * at most one ARP packet to send come out. What a verdict means for a lease is
 * the client's matter.
 */
#ifndef CORE_ACD_H
#define CORE_ACD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/prng.h"
#include "core/frame.h"

/* When an address is probed, and how patiently. */
enum acd_mode {
	ACD_MODE_OFF,
	ACD_MODE_STRICT,     /* before it is used, at the RFC's pace */
	ACD_MODE_FAST,	     /* before it is used, within ACD_FAST_NS */
	ACD_MODE_OPTIMISTIC, /* while it is used already */
	ACD_MODE_COUNT
};

/* What is done about a conflict of an address in use (RFC 5227 2.4). */
enum acd_defence {
	ACD_DEFENCE_NEVER,  /* (a): given up at once */
	ACD_DEFENCE_ONCE,   /* (b): unless the last one was long ago */
	ACD_DEFENCE_ALWAYS, /* (c): never given up */
	ACD_DEFENCE_COUNT
};

#define ACD_FAST_NS (200 * NSEC_PER_MS)

/* RFC 5227 1.1, but for those that only acd.c needs. */
#define ACD_DEFEND_INTERVAL_NS	   (10 * NSEC_PER_S)
#define ACD_MAX_CONFLICTS	   10
#define ACD_RATE_LIMIT_INTERVAL_NS (60 * NSEC_PER_S)

/* Conflicts are in a row if no more lies between them. The RFC has no end. */
#define ACD_ROW_NS (3600 * NSEC_PER_S)

enum acd_phase {
	ACD_PHASE_IDLE,
	ACD_PHASE_PROBING,
	ACD_PHASE_PASSED,     /* nobody was found; not in use yet */
	ACD_PHASE_ANNOUNCING, /* in use */
	ACD_PHASE_DEFENDING,  /* in use, and everybody was told */
	ACD_PHASE_COUNT
};

/* Zeroed: idle, no conflict so far. */
struct acd {
	enum acd_phase phase;
	ipv4_addr address;
	bool in_use;	    /* while it is still probed */
	unsigned sent;	    /* probes or announcements, in this phase */
	nsec next_at;	    /* NSEC_NEVER, or the next call of acd_tick() */
	nsec probed_at;	    /* when probing began last; 0: never */
	nsec defended_at;   /* last defence of this address; 0: never */
	nsec conflict_at;   /* the last conflict */
	unsigned conflicts; /* in a row */
};

enum acd_verdict {
	ACD_VERDICT_NONE,
	ACD_VERDICT_PASSED,   /* it may be used */
	ACD_VERDICT_CONFLICT, /* it may not be used, or not any more */
	ACD_VERDICT_DEFENDED, /* somebody claimed it; it stays in use */
};

enum acd_send {
	ACD_SEND_NONE,
	ACD_SEND_PROBE,	       /* sender 0, target the address */
	ACD_SEND_ANNOUNCEMENT, /* sender and target the address */
};

struct acd_result {
	enum acd_verdict verdict;
	enum acd_send send;
};

/*
 * Begins to probe; while acd_is_limited(), the first probe leaves no sooner than
 * a minute after that of the address before.
 */
void acd_probe(struct acd *, enum acd_mode, ipv4_addr, struct prng *, nsec now);

/*
 * The address is in use from now on: it is announced, at once or when the probes
 * have passed, and watched. It is probed already; told twice, nothing happens.
 */
void acd_use(struct acd *, nsec now);

/* A first announcement that is due is made then, which may be now. */
void acd_postpone(struct acd *, nsec until);

/* The address is of no interest any more; conflicts stay counted. */
void acd_stop(struct acd *);

/* Ten conflicts in a row: one new address a minute (RFC 5227 2.1.1). */
bool acd_is_limited(const struct acd *, nsec now);

/* To be called at next_at; harmless before it. mode is that of acd_probe(). */
struct acd_result acd_tick(struct acd *, enum acd_mode, struct prng *, nsec now);

/*
 * An ARP packet was heard. own: its sender is an interface of this host, maybe
 * reflected by the network: never a conflict (RFC 5227 2.1.1).
 */
struct acd_result acd_hear(struct acd *, const struct arp *, bool own,
			   enum acd_defence, nsec now);

/* The packet to send, from this hardware address (RFC 5227 1.1, 2.3). */
void acd_write(const struct acd *, enum acd_send, const uint8_t hw[6],
	       uint8_t packet[ARP_SIZE]);

#endif
