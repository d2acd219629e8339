/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The DUID of the host, one for all interfaces (RFC 4361 6.1): given, or of a
 * file, or made once and kept in one.
 *
 * The file is a line of hex with colons, as some clients of DHCPv6 have it, so
 * that they can share it. It is replaced whole by a rename; what is no DUID is
 * put aside as duid.bad and said.
 */
#ifndef DAEMON_DUID_H
#define DAEMON_DUID_H

#include <sys/types.h>

#include "core/identity.h"

/* What is to be made where there is none yet. */
enum duid_kind {
	DUID_KIND_ANY, /* as UUID */
	DUID_KIND_UUID,
	DUID_KIND_LLT,
	DUID_KIND_LL,
	DUID_KIND_GIVEN,
};

struct duid_settings {
	enum duid_kind kind;
	struct duid given; /* GIVEN */
};

/* Where it is kept, whose the file is to be, and what it may be made of. */
struct duid_place {
	const char *directory;
	bool change_owner;
	uid_t uid;
	gid_t gid;
	uint16_t hardware_type;
	const struct hwaddr *hwaddr; /* size 0: LLT and LL cannot be made */
};

/*
 * The given one, or that of the directory's file, or a new one, which is stored.
 * A disk that does not take it is reported, and stops nothing.
 */
void duid_load(const struct duid_settings *, const struct duid_place *,
	       struct duid *ret);

/* That of the directory's file. 0, -EBADMSG if it is torn, or -errno. */
int duid_stored(const struct duid_place *, struct duid *ret);

/* The same of a directory that is open; and away with it. */
int duid_read_own(int directory, struct duid *ret);
void duid_forget(int directory);

/* Puts one into that file, on the disk, in the place of what was there. 0 or -errno. */
int duid_store(const struct duid_place *, const struct duid *);

/* That of a file of somebody else's. 0, -EBADMSG if it holds none, or -errno. */
int duid_read(const char *path, struct duid *ret);

#endif
