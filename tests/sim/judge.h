/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The oracles: onlookers that know the RFCs and nothing of the client's insides.
 *
 * They see frames at a host's ports, what the kernel holds, the lease file, what
 * the daemon says, and what servers gave out; never a struct of the core's. The
 * first violation is kept with its oracle's name. Each oracle is one file,
 * judge_NAME.c, and one row of the table in judge.c.
 */
#ifndef SIM_JUDGE_H
#define SIM_JUDGE_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/dhcpd.h"
#include "sim/host.h"

#define JUDGE_TEXT_SIZE 256

/* What was seen; figures for the summary of many runs. */
struct judge_counters {
	uint64_t sent[DHCP4_REQUEST_COUNT];
	uint64_t received[256]; /* by message type, at clients' ports */
	uint64_t transitions[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT];
	uint64_t leases; /* ACKs that came into use */
	nsec leased_ns;	 /* time that ports had a valid address in the kernel */
};

struct judge;

struct judge *judge_new(struct sim_network *);
void judge_free(struct judge *);

/* Before sim_host_start(). */
void judge_watch_host(struct judge *, struct sim_host *);

/*
 * Takes over dhcpd->watch. An honest server never gives one address to two
 * clients; judge_server_is_dishonest() says that it may have from now on.
 */
void judge_watch_server(struct judge *, struct sim_dhcpd *);
void judge_server_is_dishonest(struct judge *, struct sim_dhcpd *);

/* Faults are over: from now on, within limit, every port must be bound. */
void judge_calm(struct judge *, nsec limit);

/* The run is over: what has to hold at its end is looked at. */
void judge_end(struct judge *);

bool judge_failed(const struct judge *);
/* Of a failure: the oracle's name, what it saw, and when. */
const char *judge_oracle(const struct judge *);
const char *judge_text(const struct judge *);
nsec judge_time(const struct judge *);

/* The n-th oracle: its name, and what it holds in one line. False at the end. */
bool judge_oracle_at(unsigned n, const char **ret_name, const char **ret_holds);

const struct judge_counters *judge_counters(const struct judge *);

/*
 * From now on, for all judges of the process: what each port's recorder holds at the
 * end of a run is written to this directory, too, as HOST-PORT.record.
 */
void judge_keep_recordings(const char *directory);

/*
 * From now on, for all judges of the process: this oracle is listened to, no
 * other is; NULL: all are again. False if there is none of that name.
 */
bool judge_listen_to(const char *name);

#endif
