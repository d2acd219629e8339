/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set of interfaces that a daemon manages, which changes while it runs: who
 * joins, why he may not, and how he leaves.
 */
#ifndef DAEMON_MEMBERS_H
#define DAEMON_MEMBERS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/nsec.h"
#include "daemon/daemon.h"
#include "daemon/link.h"

/* Why an interface cannot be managed; refusal.h puts it into words. */
enum members_error {
	MEMBERS_OK,
	MEMBERS_NO_LINK,       /* there is none of that name */
	MEMBERS_BUSY,	       /* it is managed here; see result.managed */
	MEMBERS_LOCKED,	       /* by another tenured; see result.pid */
	MEMBERS_NO_LOCK,       /* nobody can say; see result.failure */
	MEMBERS_RIVAL,	       /* by another program; see result.rival */
	MEMBERS_NO_ADDRESS,    /* to inform a server of */
	MEMBERS_NO_DUID,       /* the file named for it cannot be read */
	MEMBERS_NO_IDENTIFIER, /* authentication takes a client identifier */
	MEMBERS_FULL,	       /* there are SETTINGS_IFACES_MAX already */
	MEMBERS_FAILED,	       /* see result.failure */
	MEMBERS_ERROR_COUNT
};

struct members_result {
	enum members_error error;
	int failure; /* a positive errno; 0: none that says more */
	pid_t pid;
	struct rival rival;

	/* Who is managed now, or BUSY: who was already; or NULL. */
	struct managed *managed;
};

/* What is to be managed, and for whom. Names are copied. */
struct members_wish {
	const char *name; /* of the link, or another name that it has */

	/* Those of the configuration; they stay as long as the member is there. */
	const struct iface_settings *settings;

	/*
	 * Or one's own, malloc()ed, which the member has from now on; they are freed
	 * here if it fails, too.
	 */
	struct iface_settings *own;

	enum membership membership;
	const char *key; /* of MEMBERSHIP_KEY */
};

/*
 * Manages an interface from now on: it is locked, its lease and pins are loaded,
 * and it starts. *ret says what came of it; the lease comes later, by notices.
 * Nothing is logged of a failure. True if it is a new member.
 *
 * The same key and equal settings again change nothing and are MEMBERS_OK (false,
 * with ret->managed); equal key and other settings are applied by difference, as a
 * reload would. Any other interface that is managed already is MEMBERS_BUSY.
 */
bool members_add(struct daemon *, const struct members_wish *, nsec now,
		 struct members_result *ret);

/* Under which circumstances somebody joins. */
struct joining {
	struct daemon *daemon;
	const struct instance *instance; /* NULL: privileges are gone */
	const struct rivals *rivals;
};

/*
 * The first half: it is in the lists, and locked, but does not run yet. NULL if it
 * failed. Nobody manages the link.
 */
struct managed *members_join(const struct joining *, const struct members_wish *,
			     const struct link_info *,
			     struct members_result *ret);

/* The same for one that is not there: it waits for its name. */
struct managed *members_await(const struct joining *, const struct members_wish *,
			      struct members_result *ret);

/* The second half; at the start of the process, while all sockets are new. */
void members_start(struct managed *, const struct link_info *, nsec now);

/* The same later on, when others run. */
void members_start_later(struct managed *, const struct link_info *, nsec now);

/*
 * The DUID is there if the settings want one for the link: it may be made of its
 * hardware address. instance is as in struct joining. 0 or -errno.
 */
int members_load_duid(struct daemon *, const struct instance *,
		      const struct iface_settings *, const struct link_info *);

/* True if it was added by this key: who has another, or none, may not remove it. */
bool members_is_of(const struct managed *, const char *key);

/*
 * Manages it no more. release: the server is told, and the address goes; else
 * address and lease stay until they end, as at the end of the process, and nothing
 * of ours watches over them. The lease file is brought to the disk. Whoever waits
 * for the interface is answered.
 *
 * It is in no list and found by nobody when this returns. The struct itself is
 * good until the turn of the loop ends, and longer if the kernel still has to
 * answer.
 */
void members_remove(struct managed *, bool release, nsec now);

/* The end of a turn: frees those who left, and for whom nothing is outstanding. */
void members_bury(struct daemon *);

/* Frees all of them, outstanding or not. The end of the process. */
void members_free(struct daemon *);

#endif
