/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last networks of an interface: which leases are kept besides the present
 * one, which of them may be asked for by RFC 4436, which has a name.
 *
 * Leases lie in numbered slots, 0 being the present one, the highest the oldest.
 * Files and directories are the caller's matter.
 */
#ifndef DAEMON_NETWORKS_H
#define DAEMON_NETWORKS_H

#include "core/client.h"
#include "lease/lease_file.h"

#define NETWORKS_MAX (1 + ATTACH_OTHERS_MAX)

/* Where a lease lies for a moment when others change their places. */
#define NETWORKS_SPARE NETWORKS_MAX

/* What reads and moves the slots of one interface. */
struct network_slots {
	/*
	 * 0; -ENOENT: there is none; -EBADMSG: there is none of use; or -errno: what
	 * is there cannot be read.
	 */
	int (*load)(const struct network_slots *, unsigned slot,
		    struct lease_file *ret);
	/* Replaces what is there; failures show in what load() gives then. */
	void (*move)(const struct network_slots *, unsigned from, unsigned to);
	void (*remove)(const struct network_slots *, unsigned slot);
};

/*
 * The lease is about to be stored in slot 0. If another network's is there, it is
 * kept in slot 1, and so on. What has expired goes, and what is of the same network
 * as a newer one. 0; or -errno: for want of something what is there cannot be read
 * now, so that nothing is to be stored yet.
 */
int networks_make_room(const struct network_slots *, const struct dhcp4_lease *,
		       nsec now);

/*
 * Networks that the interface may have moved to, to be told to the core: their
 * index is their slot and 1. own: the lease that it has, or NULL; stored: slot 0
 * holds that one, and need not be loaded.
 */
void networks_known(const struct network_slots *, const struct dhcp4_config *,
		    const struct dhcp4_lease *own, bool stored, nsec now,
		    struct attach_known *ret);

/* The lease of the network of that name, and its slot; or -ENOENT. */
int networks_find(const struct network_slots *, const struct network_id *,
		  nsec now, struct lease_file *ret);

/* The lease of a slot is the present one from now on, as it was written. */
void networks_recall(const struct network_slots *, unsigned slot);

/*
 * A name as people give it: hex with colons, or text without, of 1 to 64 octets.
 * False if it is none.
 */
bool network_id_read(const char *text, struct network_id *ret);

#endif
