/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What others do to IPv4 addresses and routes, and what the kernel has of them.
 * Reads only; whether it is right so is upkeep.c's.
 *
 * News are hints: they may be late, or lost. A filter in the kernel drops those
 * that cannot matter, so that a host with a routing daemon wakes nobody here.
 */
#ifndef DAEMON_MONITOR_H
#define DAEMON_MONITOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "daemon/loop.h"

/* An address, or a route. */
struct monitor_item {
	bool is_route;
	bool removed; /* it was; else it is there, or came */
	int ifindex;  /* of a route: out of which; 0: of none, or several */
	ipv4_addr address; /* of a route: its destination */
	uint8_t prefix_length;

	/* Of a route; 0: it has none. */
	uint8_t protocol;
	uint32_t table, metric;
	ipv4_addr gateway, source;
};

struct monitor;

typedef void monitor_take(void *owner, const struct monitor_item *);

struct monitor_hooks {
	monitor_take *news;
	void (*overflow)(void *owner); /* some were lost */
};

/* Nothing is told before monitor_watch(). 0 or -errno. */
int monitor_open(struct monitor **ret, struct loop *,
		 const struct monitor_hooks *, void *owner);
void monitor_close(struct monitor *);

/* More interfaces than that: news of all of them are passed. */
#define MONITOR_INTERFACES_MAX 64

struct monitor_interest {
	uint32_t self; /* the netlink port by which we change things ourselves */
	size_t count;  /* of interfaces; only the first ones are listed */
	int ifindex[MONITOR_INTERFACES_MAX];
	uint32_t metric[MONITOR_INTERFACES_MAX];
};

/*
 * Passes on from now on, of what others do: removed addresses of these interfaces,
 * removed routes of protocol DHCP, and routes of these metrics that took the place
 * of another one. 0 or -errno.
 */
int monitor_watch(struct monitor *, const struct monitor_interest *);

/*
 * All addresses of an interface (0: of all). Each may be told twice. 0 or -errno.
 */
int monitor_addresses(int ifindex, monitor_take *, void *owner);

/* All routes of a table and a protocol, each 0: of all. As above. */
int monitor_routes(uint32_t table, uint8_t protocol, int ifindex,
		   monitor_take *, void *owner);

#endif
