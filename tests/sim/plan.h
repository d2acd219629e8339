/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a seed draws: networks, servers, hosts, and the faults that befall them.
 * A plan is data: it is drawn whole before anything runs, so that a run with
 * some of its faults left out is otherwise the same.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/str.h"
#include "server/characters.h"

#define PLAN_NETWORKS_MAX 3
#define PLAN_SERVERS_MAX  (2 * PLAN_NETWORKS_MAX)
#define PLAN_HOSTS_MAX	  8
#define PLAN_PORTS_MAX	  3
#define PLAN_FAULTS_MAX	  32

/* The faults of a server's character come after these. */
enum fault_kind {
	/* of a port's link */
	FAULT_CUT,
	FAULT_FLAPS,
	FAULT_LOSS,
	FAULT_DUPLICATION,
	FAULT_DELAY,
	FAULT_REORDERING,
	FAULT_CORRUPTION,
	FAULT_MOVE,
	/* of a host or a port of it */
	FAULT_KILL,
	FAULT_END,
	FAULT_RELEASE,
	FAULT_REBOOT,
	FAULT_SUSPEND,
	FAULT_CLOCK_STEP,
	FAULT_SEND_ERROR,
	FAULT_CONFIGURE_ERROR,
	FAULT_NETLINK_ERROR,
	FAULT_NETLINK_SLOW,
	FAULT_DISK_ERROR,
	FAULT_ADDRESS_TAKEN,
	FAULT_HWADDR_CHANGE,
	FAULT_RENEW,
	FAULT_REBIND,
	/* of a server */
	FAULT_SERVER_SILENT,
	FAULT_SERVER_SLOW,
	FAULT_SERVER_AMNESIA,
	FAULT_SERVER_ID_CHANGE,
	FAULT_ROGUE,	 /* a second server, faster and of bad character */
	FAULT_CHARACTER, /* the first that is not honest */
	FAULT_COUNT = FAULT_CHARACTER + SERVER_CHARACTER_COUNT - 1
};

struct fault {
	unsigned index; /* as it was drawn */
	enum fault_kind kind;
	nsec at, duration;
	unsigned host, port, server; /* whom it befalls, as its kind says */
	uint32_t number;	     /* drawn for it; each kind has its use */
};

/* A network: a switch, and servers on it or behind a relaying router. */
struct plan_network {
	ipv4_addr address;
	uint8_t prefix_length;
	bool relayed;
	unsigned servers; /* on its switch */
	uint32_t lease_s, t1_s, t2_s;
};

struct plan_host {
	unsigned network, ports;
	nsec start_at;
	bool broadcast;
	nsec offer_window_ns;
	ipv4_addr requested; /* 0: none */
};

struct plan {
	uint64_t seed;
	unsigned network_count, host_count, fault_count;
	bool thrifty; /* servers soon give what was given back to others */
	struct plan_network networks[PLAN_NETWORKS_MAX];
	struct plan_host hosts[PLAN_HOSTS_MAX];
	struct fault faults[PLAN_FAULTS_MAX];
	nsec start, calm_at, end_at;
};

void plan_draw(struct plan *, uint64_t seed);

/* Leaves out all faults whose bit is not set. */
void plan_keep(struct plan *, uint32_t faults);

/* The character of a server whose fault it is. */
enum server_character fault_character(enum fault_kind);

/* "cable cut", "server: nak-all" */
void fault_say(struct str *, enum fault_kind);

#endif
