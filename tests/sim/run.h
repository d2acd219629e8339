/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One run: a plan built as a network, its faults let loose and ended, the
 * judge's verdict.
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "server/characters.h"
#include "sim/dhcpd.h"
#include "sim/host.h"
#include "sim/judge.h"
#include "sim/plan.h"

#define RUN_ORACLE_SIZE 32

/* Where the pool of a network begins. */
#define RUN_POOL_HOST 10

/* Plain data: runs in other processes send it home through a pipe. */
struct run_result {
	uint64_t seed;
	bool failed;
	char oracle[RUN_ORACLE_SIZE];
	char text[JUDGE_TEXT_SIZE];
	nsec at; /* since the start of the run */

	/* Figures; they add up over runs. */
	uint64_t runs, steps, timers;
	uint64_t leased_s; /* seen.leased_ns does not hold centuries */
	uint64_t faults[FAULT_COUNT];
	struct sim_link_counters links;
	struct judge_counters seen;
};

/*
 * Runs a plan to its end or to the first violation. Each event is printed to
 * timeline, if it is not NULL.
 */
void run_plan(const struct plan *, FILE *timeline, struct run_result *);

/* Adds the figures of one result to another. */
void run_result_add(struct run_result *sum, const struct run_result *);

/* ---- for faults.c ------------------------------------------------------ */

struct run;

/* A server of the plan. */
struct run_server {
	struct sim_dhcpd *dhcpd;
	struct server_config config; /* as it is without faults */
};

struct run_network {
	struct sim_device *core, *edge; /* switches */
	struct sim_link *uplink;	/* between them */
	bool uplink_cut;		/* as active faults want it */
	struct sim_dhcpd *rogue;	/* silent at first */
	struct sim_dhcpd *bootp;	/* or NULL */
	struct sim_interface *next_hop; /* its router's, or its first server's */
	struct sim_interface *device;	/* without an address at first */
};

struct run_fault {
	struct run *run;
	const struct fault *fault;
	struct sim_timer begin, end, pulse;
	unsigned awaited; /* so many more messages of its port */
	bool active;
	unsigned pulses; /* so far, of those that repeat */
	struct server_mood mood;
};

struct run_port {
	struct sim_port *port;
	struct sim_link *link;
	struct sim_interface *socket; /* the switch's end of the cable */
	bool cut;		      /* as active faults want it */
};

/* Sees what the ports of a host send. */
struct run_onlooker {
	struct sim_watch watch;
	struct run *run;
	unsigned host;
};

struct run {
	const struct plan *plan;
	struct sim_network network;
	struct judge *judge;
	struct timeline *timeline; /* NULL: nothing is printed */
	struct run_network networks[PLAN_NETWORKS_MAX];
	struct sim_host *hosts[PLAN_HOSTS_MAX];
	struct run_onlooker onlookers[PLAN_HOSTS_MAX];
	struct run_port ports[PLAN_HOSTS_MAX][PLAN_PORTS_MAX];
	unsigned server_count;
	struct run_server servers[PLAN_SERVERS_MAX + PLAN_CENTRES_MAX];
	struct server_mood bootp_mood;
	struct run_fault faults[PLAN_FAULTS_MAX];
	uint64_t happened[FAULT_COUNT];
	/* Of hosts that are not judged. */
	uint64_t transitions[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT];
};

/* Sets the timers of all faults. */
void run_faults_begin(struct run *);

/* A message left a port: faults may have waited for it. */
void run_faults_sent(struct run *, unsigned host, unsigned port);

/* Ends all that last, and mends what they broke. */
void run_faults_end(struct run *);

#endif
