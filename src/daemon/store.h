/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lease files on disk, in one directory: IFNAME.lease, and for other networks where
 * the interface was before IFNAME.lease.1 to IFNAME.lease.3, the oldest last.
 *
 * It is a cache. Files are replaced whole by a rename and reach the disk later
 * (store_sync()); what is damaged is put aside as IFNAME.lease.bad and said, what
 * cannot be read for want of something else is said and left. A full or read-only
 * disk stops nothing (storing.h).
 */
#ifndef DAEMON_STORE_H
#define DAEMON_STORE_H

#include <sys/types.h>

#include "daemon/fallback_file.h"
#include "daemon/networks.h"
#include "daemon/server_file.h"
#include "lease/lease_file.h"

struct store;

/* The descriptor of the directory is its own from now on. 0 or -ENOMEM. */
int store_open(struct store **ret, int directory);
void store_close(struct store *);

/* Others may have written files of interfaces that are ours from now on. */
void store_doubt(struct store *);

/* The directory was made just now: there are none. */
void store_is_empty(struct store *);

/* Whose files shall be that are written from now on: somebody's; the process'. */
void store_give_to(struct store *, uid_t, gid_t);
void store_give_to_none(struct store *);

/*
 * The present lease, at the start of an interface. 0; -ENOENT: there is none;
 * -EBADMSG: there was no usable one; or -errno: there may be one, which cannot be
 * read now.
 */
int store_load(struct store *, const char *ifname, nsec now,
	       struct lease_file *ret);

/* All files of an interface; good as long as the store and the name are. */
struct store_networks {
	struct network_slots slots;
	struct store *store;
	const char *ifname;
	nsec now;
};
struct store_networks store_networks(struct store *, const char *ifname,
				     nsec now);

/* Replaces the file, without waiting for the disk. 0 or -errno. */
int store_save(struct store *, const char *ifname, const struct dhcp4_lease *,
	       uint32_t former_mtu, nsec now);

/*
 * The same of a lease that was another client's, granted so many seconds ago, its
 * instants counted from there: it is of no boot, and so remembered, not held. It is
 * on the disk when this returns. 0 or -errno.
 */
int store_import(struct store *, const char *ifname, const struct dhcp4_lease *,
		 int64_t age_s);

/* When the file was written, in seconds since 1970; -1: there is none. */
int64_t store_written_s(const struct store *, const char *ifname);

/* The interface has another name, and so have its files. 0 or -errno. */
int store_rename(struct store *, const char *from, const char *to);

/* Waits until the file is on the disk. 0 or -errno. */
int store_sync(struct store *, const char *ifname);

/*
 * The address that was used last besides a lease, in a file of its own,
 * IFNAME.fallback. What cannot be read is put aside, and there is none.
 */
void store_load_fallback(struct store *, const char *ifname,
			 struct fallback_file *ret);
int store_save_fallback(struct store *, const char *ifname,
			const struct fallback_file *);

/*
 * The servers that are known, in a file of its own, IFNAME.servers: they outlive
 * leases. What cannot be read is put aside, and nobody is known.
 */
void store_load_servers(struct store *, const char *ifname, struct pins *ret);
int store_save_servers(struct store *, const char *ifname, const struct pins *);

/* Removes the file, if there is one. 0 or -errno. */
int store_forget(struct store *, const char *ifname);

#endif
