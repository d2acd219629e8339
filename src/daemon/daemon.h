/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The running daemon: its interfaces and what they share.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

#include "base/prng.h"
#include "base/siphash.h"
#include "core/identity.h"
#include "daemon/hook.h"
#include "daemon/iface.h"
#include "daemon/installation.h"
#include "daemon/instance.h"
#include "daemon/loop.h"
#include "daemon/mtu.h"
#include "daemon/sandbox.h"
#include "daemon/settings.h"
#include "daemon/store.h"
#include "daemon/storing.h"
#include "host/rivals.h"

struct ipc;
struct link_info;
struct managed_audit;
struct link_monitor;
struct monitor;
struct outcome;
struct packet;
struct reload_former;
struct route;
struct service_notify;
struct shadow_guard;
struct shadow_view;
struct wanted;

/* The fallback of an interface (fallback.c). */
struct managed_fallback {
	struct installation installed;
	struct fallback_file stored;
};

/* Why an interface is managed. */
enum membership {
	MEMBERSHIP_NAMED,   /* by the command line, or a section of its own */
	MEMBERSHIP_PATTERN, /* by a section that fits it among others */
	MEMBERSHIP_KEY,	    /* by somebody who asked for it over the socket */
};

/* An interface with what the shell keeps about it. */
struct managed {
	struct iface iface; /* first, for managed_of() */
	struct daemon *daemon;
	const struct iface_settings *settings;
	struct sent_settings *sent;	 /* iface.config points into it, */
	struct dhcp4_encoded *pseudonym; /* or to this; NULL: it has none */

	/* See members.h. */
	enum membership membership;
	bool seen; /* by a reload that is under way: it is wanted still */
	bool due, unsaved; /* in the lists of the daemon that are called so */
	char *key;	   /* who asked for it; else NULL */
	struct json_t *added; /* what AddInterface set, if it did (ipc.c) */
	struct iface_settings *own; /* the settings, if they are its alone */
	struct managed *left_next;  /* in daemon.left */

	struct loop_timer timer;
	struct installation installed; /* of its lease */
	struct link_state {
		uint32_t carrier_changes;
		bool up;     /* IFF_UP, as last told */
		bool gone;   /* the link was removed */
		bool parked; /* its files have no name that is a link's */
		bool carrier;
		uint32_t mtu;
		struct hwaddr broadcast; /* size 0: it has none */
		int vrf;		 /* 0: it is in none */
		uint32_t vrf_table;
		int master;	/* whose port it is; 0: nobody's */
		int left_alone; /* gone: whose return was somebody else's */
	} link;
	int udp; /* for what the kernel routes; -1: there is none */
	struct mtu_state mtu;
	struct loop_timer excused; /* our own change of the MTU took the carrier */
	struct managed *due_next, *unsaved_next; /* in the daemon's lists */
	bool confirmed; /* an ACK came since the start */
	bool suspect;	/* somebody may have removed something (upkeep.c) */
	uint16_t flaws_told; /* bits by enum flaw: what the lease broke last */
	ipv4_addr adopted; /* was valid in the kernel before we started, or 0 */

	/* What went wrong and is not settled yet (report.c); kind 0: nothing. */
	struct dhcp4_notice trouble;

	struct hook_port hook;

	struct managed_fallback fallback;

	struct storing storing;

	struct rival rival; /* who manages it, too, or instead; or nobody */

	struct shadow_view *shadow; /* of what is installed; NULL: nothing yet */

	struct managed_audit *audit; /* the one under way, or NULL */

	/* What the core does not count (report_statistics.c). */
	struct managed_counts {
		uint32_t leases, renewals, naks, conflicts, hooks_failed;
		uint32_t lease_ms; /* how long the last one took */
		ipv4_addr address; /* that it is of, as long as it lasts */
	} counts;

	int lock; /* of the interface, for as long as it is there; or -1 */

	/* What subscribers know of it, if there are any (events.c). */
	struct event_told {
		uint64_t serial; /* rises from one that came to the next one */
		nsec granted_ns;
		ipv4_addr lease, usable;
		uint8_t link;
		uint8_t state; /* enum dhcp4_state */
	} told;
};

struct daemon {
	struct loop *loop;
	struct settings *settings;
	int argc; /* the command line, for a reload */
	char **argv;
	struct iface_host host;
	struct recorder recorder; /* the host's, if it has one */
	struct packet *packet, *arp;
	bool wide; /* they are for many interfaces */
	int udp;   /* -1: port 68 could not be had */
	struct route *route;
	struct link_monitor *links;
	struct monitor *monitor;
	struct loop_timer upkeep; /* of what others have removed */
	bool watch_due;		  /* for upkeep_listen() */
	struct store *store;
	struct handover *handover; /* NULL: nothing comes from an initramfs */
	struct ipc *ipc;
	struct outcome *outcome;
	struct service_notify *service; /* NULL: no manager wants to know */
	struct sandbox_report sandbox;
	struct instance_locks locks;
	nsec started_ns;

	/* Some time after the last change: the disk, and the packet sockets. */
	struct loop_timer settle;
	size_t settled; /* so many interfaces have nothing left for it */
	struct loop_timer work; /* what one turn leaves to the next */

	struct managed *due;	 /* whom the end of the turn has work for */
	struct managed *unsaved; /* whom some turn will have written a file for */

	struct managed **managed;  /* in the order in which they came */
	struct managed **by_index; /* in the order of their ifindex */
	struct managed **by_name;  /* in that of their names, those gone last */
	size_t managed_count;
	struct wanted *wanted;	      /* links that may become members */
	struct reload_former *former; /* settings that held before */
	struct managed *left; /* who is a member no more, but not freed yet */
	char *run_dir;	      /* where the socket is; NULL before the start */
	char *state_dir;      /* where lease files are; so is this */

	struct hooks *hooks;
	rlim_t descriptors; /* limit that hooks have; 0: what the daemon has */
	struct shadow_guard *shadow;

	struct duid duid;		  /* size 0: no interface needs it */
	uint8_t secret[SIPHASH_KEY_SIZE]; /* for sent_configure(), and ipc.c */
	struct prng seeds;		  /* of the interfaces */

	size_t unstored; /* so many interfaces have a disk that fails them */
};

/* The effects of the core on Linux (ops.c). */
extern const struct iface_ops daemon_ops;

/* What core and shell know as an interface, with all the daemon has of it. */
static inline struct managed *managed_of(struct iface *i)
{
	return (struct managed *)i;
}

/* Something is left for the end of the turn. */
void daemon_mark_due(struct managed *);

/*
 * Ends what steps began, at the end of a turn: the packet filter, answers that
 * are due, and one lease file.
 */
void daemon_end_turn(struct daemon *, nsec now);

/* All is quiet: closes idle packet sockets, brings one lease file to the disk. */
void daemon_settle(struct daemon *, nsec now);

/* Something happened: that comes some time after it. */
void daemon_settle_later(struct daemon *, nsec now);

/*
 * Opens everything, in the order in which privileges allow it, and starts the
 * interfaces. parent is outcome_fork()'s. 0 to go on with loop_run(), or the code
 * to exit with, after a line of log.
 */
enum exit_code daemon_open(struct daemon *, struct settings *, int parent);
void daemon_close(struct daemon *);

/*
 * Runs hooks, as a service, for daemons that were started without root's rights.
 * Returns only if it cannot: the code to exit with, after a line of log.
 */
enum exit_code daemon_run_hooks(const struct settings *);

/* Instead of a daemon: takes over the leases of another client (import.h). */
enum exit_code daemon_import(const struct settings *);

/* Its sockets may be for many interfaces from now on. */
void daemon_widen(struct daemon *);

/* Says on the log what failed with -errno, and gives the code to exit with. */
enum exit_code daemon_fail(const char *what, int r);

/*
 * Everything about an interface that is known before it starts (managed.c). 0;
 * -EINVAL: it cannot authenticate without a client identifier; or -errno.
 */
int daemon_set_up(struct managed *, struct daemon *,
		  const struct iface_settings *, const struct link_info *);

/* All that it has which is not in some list. NULL is fine. */
void daemon_free_managed(struct managed *);

/* Into the lists, out of them. 0 or -ENOMEM. */
int daemon_insert(struct managed *);
void daemon_remove(struct managed *);

/*
 * True if another program manages the interface, and it was not to be managed
 * all the same. Who that is, is noted in any case.
 */
bool daemon_has_rival(struct managed *, const struct rivals *);

/*
 * Serves an interface from now on that is there: its lease of an earlier run, if
 * there is one, then the protocol.
 */
void daemon_start(struct managed *, const struct link_info *, nsec now);

/* What is sent, and by whom: both may be made of the hardware address. */
void daemon_identify(struct managed *);

/* What a link is becomes the client's configuration; true: it is another one. */
bool daemon_note_link(struct managed *, const struct link_info *);

/* Its name, its index, or whether it is there is another: it is found by that. */
void daemon_reorder(struct managed *);

/*
 * Sets up authentication by the settings of an interface, whose client identifier
 * is known; keys may be NULL. 0, or -EINVAL: it takes one, and there is none.
 */
int daemon_set_auth(struct managed *, const struct auth_keys *);

/* The same for one that is a member already; what is wrong is logged. */
void daemon_set_auth_again(struct managed *);

/* The managed interface of this name or index, or NULL. */
struct managed *daemon_find(struct daemon *, const char *name);

/* The same of one that is gone alone; another one may have its name. */
struct managed *daemon_find_gone(struct daemon *, const char *name);
struct managed *daemon_find_index(struct daemon *, int ifindex);

#endif
