/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where an instance keeps its things: the directories of its sockets, locks and
 * leases, by the network namespace it serves.
 */
#ifndef DAEMON_INSTANCE_H
#define DAEMON_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "daemon/settings.h"

/* What it takes to lock interfaces. */
struct instance_locks {
	int directory;	/* a descriptor; -1: there is none */
	uint64_t netns; /* inode of the network namespace */
};

struct instance {
	char *lock_dir;	 /* locks, of all instances */
	char *run_dir;	 /* sockets */
	char *state_dir; /* lease files */
	char *early_dir; /* an initramfs' (handover.h), of no instance */
	char *socket;

	/* Open from instance_make() on; whoever takes them closes them. */
	struct instance_locks locks;
	int state;	/* the directory of lease files; -1: none */
	bool state_new; /* it was made now, and has no files */

	/* Whose they are to be; the caller's to set before instance_make(). */
	bool change_owner;
	uid_t uid;
	gid_t gid;
};

/*
 * Names them: DIR itself in the namespace of process 1, DIR/NAME in one that has
 * a name in /run/netns, and for the run directory DIR/netns-INODE in one that has
 * none, which keeps its leases there too. --instance goes before all. The socket
 * is IFNAME.sock for one interface, tenured.sock otherwise. 0 or -errno; either way
 * instance_free() frees the names.
 */
int instance_find(const struct settings *, struct instance *ret);

void instance_free(struct instance *);

/* Leases are kept where the sockets are, until the next boot. 0 or -ENOMEM. */
int instance_keep_in_run_dir(struct instance *);

/*
 * Opens the directories. Those that are missing are made, for their owner alone but
 * for the run directories, which all may pass, and given to the owner. One that is
 * there already must be the owner's; only the two of the build may be root's, and
 * are given away. 0, or with *ret_path the one that failed -EEXIST (it is somebody
 * else's) or another -errno, and none is open.
 */
int instance_make(struct instance *, const char **ret_path);

void instance_close_locks(struct instance_locks *);

/* As instance_lock(), when privileges are gone. */
int instance_lock_later(const struct instance_locks *, int ifindex,
			pid_t *ret_pid);

/*
 * Takes the lock of (namespace, ifindex). A descriptor: the lock ends when it is
 * closed, or with the process; -EBUSY with *ret_pid the process that has it; or
 * -errno.
 */
int instance_lock(const struct instance *, int ifindex, pid_t *ret_pid);

#endif
