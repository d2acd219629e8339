/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the daemon gives up before it reads a byte from the network, layer by
 * layer, and whether each layer holds.
 */
#ifndef DAEMON_SANDBOX_H
#define DAEMON_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct landlock_path;

enum sandbox_layer {
	SANDBOX_LAYER_USER,
	SANDBOX_LAYER_CAPABILITIES,
	SANDBOX_LAYER_NO_NEW_PRIVS,
	SANDBOX_LAYER_LANDLOCK,
	SANDBOX_LAYER_SECCOMP,
	SANDBOX_LAYER_COUNT
};

/*
 * Why a layer is not active, and what one lacks that is: constant strings, or
 * NULL.
 */
struct sandbox_report {
	const char *unavailable[SANDBOX_LAYER_COUNT];
	const char *limited[SANDBOX_LAYER_COUNT];
};

const char *sandbox_layer_name(enum sandbox_layer); /* "no_new_privs" */

/* Who the daemon becomes; uid 0 where no change is possible or wanted. */
struct sandbox_user {
	uid_t uid;
	gid_t gid;
	const char *kept; /* why the user is not changed, or NULL */
	bool root;	  /* who starts this is */
};

/*
 * Finds the user: spec is a name, or UID[:GID] in numbers. 0; -ENOENT: no such
 * user; -EPERM: neither root nor in possession of the two capabilities.
 */
int sandbox_find_user(const char *spec, struct sandbox_user *ret);

/*
 * Changes the user and keeps CAP_NET_ADMIN and CAP_NET_RAW alone: bounding set
 * cut, ambient set cleared, securebits locked, no_new_privs set, no core dumps, no
 * processes, no more descriptors than now. What cannot be done is reported; 0, or
 * -errno if what should hold failed.
 */
int sandbox_give_up(const struct sandbox_user *, struct sandbox_report *ret);

/* That, and from then on these paths and the calls of seccomp.c alone. */
int sandbox_enter(const struct sandbox_user *, const struct landlock_path *paths,
		  size_t count, struct sandbox_report *ret);

/* The first layer that is unavailable; SANDBOX_LAYER_COUNT: none is. */
enum sandbox_layer sandbox_gap(const struct sandbox_report *);

#endif
