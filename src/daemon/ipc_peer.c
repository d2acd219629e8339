/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups are asked for only where they matter: there may be 65536 of them. */
#include "daemon/ipc_peer.h"

#include <errno.h>
#include <grp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "base/str.h"

/* Of most users; more take memory for the moment. */
#define GROUPS_USUAL 256

int ipc_find_group(const char *name, gid_t *ret)
{
	const struct group *group;
	uint64_t number;

	if (str_is_digit(*name) && str_to_u64(name, UINT32_MAX - 1, &number)) {
		*ret = (gid_t)number;
		return 0;
	}
	errno = 0;
	group = getgrnam(name);
	if (!group)
		return errno ? -errno : -ENOENT;
	*ret = group->gr_gid;
	return 0;
}

static bool is_in(const gid_t *groups, socklen_t size, gid_t group)
{
	for (size_t i = 0; i < size / sizeof(*groups); i++)
		if (groups[i] == group)
			return true;
	return false;
}

/* What cannot be found out is not so. */
static bool is_member(int fd, gid_t group)
{
	gid_t usual[GROUPS_USUAL];
	socklen_t size = sizeof(usual);
	gid_t *all;
	bool found;

	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, usual, &size) == 0)
		return is_in(usual, size, group);
	if (errno != ERANGE)
		return false;
	/* size is that of all of them now. */
	all = malloc(size);
	found = all &&
		getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, all, &size) == 0 &&
		is_in(all, size, group);
	free(all);
	return found;
}

int ipc_peer(int fd, const struct ipc_rights *rights, uid_t *ret_uid,
	     enum varlink_level *ret_level)
{
	const gid_t none = (gid_t)-1;
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	*ret_uid = peer.uid;
	if (peer.uid == 0 || peer.uid == rights->owner)
		*ret_level = VARLINK_LEVEL_ADMIN;
	else if (rights->group != none &&
		 (peer.gid == rights->group || is_member(fd, rights->group)))
		*ret_level = VARLINK_LEVEL_CONTROL;
	else
		*ret_level = VARLINK_LEVEL_READ;
	return 0;
}
