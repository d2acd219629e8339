/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other programs that give addresses to interfaces of this network namespace, and
 * which of these they manage: two on one interface take each other's addresses
 * away. A second tenured is not among them; the lock tells of that (instance.h).
 */
#ifndef HOST_RIVALS_H
#define HOST_RIVALS_H

#include <stdbool.h>
#include <sys/types.h>

struct rival {
	const char *name;   /* a constant; NULL: there is none */
	const char *advice; /* how to end it, a phrase */
	pid_t pid;
};

/* Where to look. */
struct rivals_place {
	const char *proc, *run;
};
extern const struct rivals_place rivals_host;

/* Who of them runs at one moment. */
struct rivals;

/* 0 or -errno. What cannot be read is not there. */
int rivals_open(struct rivals **ret, const struct rivals_place *);
void rivals_close(struct rivals *);

/* True if one of them manages the interface. */
bool rivals_find(const struct rivals *, const char *ifname, int ifindex,
		 struct rival *ret);

#endif
