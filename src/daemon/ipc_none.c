/* SPDX-License-Identifier: BSD-2-Clause */
/* The socket of a daemon that was built without one: there is none. */
#include "daemon/ipc.h"

#include <stddef.h>

int ipc_open(struct ipc **ret, struct daemon *daemon, const char *path)
{
	(void)daemon, (void)path;
	*ret = NULL;
	return 0;
}

int ipc_start(struct ipc *ipc)
{
	(void)ipc;
	return 0;
}

int ipc_allow_group(struct ipc *ipc, const char *name)
{
	(void)ipc, (void)name;
	return 0;
}

void ipc_notice(struct ipc *ipc, struct managed *managed,
		const struct dhcp4_notice *notice, nsec now)
{
	(void)ipc, (void)managed, (void)notice, (void)now;
}

void ipc_sent(struct ipc *ipc, struct managed *managed,
	      const struct dhcp4_effect *effect, int error)
{
	(void)ipc, (void)managed, (void)effect, (void)error;
}

void ipc_stepped(struct ipc *ipc, struct managed *managed, nsec now)
{
	(void)ipc, (void)managed, (void)now;
}

void ipc_added(struct ipc *ipc, struct managed *managed, nsec now)
{
	(void)ipc, (void)managed, (void)now;
}

void ipc_changed(struct ipc *ipc, struct managed *managed, nsec now)
{
	(void)ipc, (void)managed, (void)now;
}

void ipc_renamed(struct ipc *ipc, struct managed *managed, const char *before,
		 nsec now)
{
	(void)ipc, (void)managed, (void)before, (void)now;
}

void ipc_end_turn(struct ipc *ipc, nsec now)
{
	(void)ipc, (void)now;
}

void ipc_removed(struct ipc *ipc, struct managed *managed, nsec now)
{
	(void)ipc, (void)managed, (void)now;
}

void ipc_close(struct ipc *ipc)
{
	(void)ipc;
}
