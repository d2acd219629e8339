/* SPDX-License-Identifier: BSD-2-Clause */
/* Lease files that daemons left: read, never written. */
#ifndef CTL_LEASE_STATE_H
#define CTL_LEASE_STATE_H

#include <limits.h>

#include "ctl/service.h"
#include "lease/lease_file.h"

/*
 * The file of an interface: in the place's state directory or, of a namespace
 * without a name, in its run directory. 0, with its path; -ENOENT: there is none;
 * -ENOTUNIQ: several instances have one; -EBADMSG: it is none of tenured's, or
 * damaged; or another -errno. The path is that of the file, if there is one.
 * now is that of CLOCK_BOOTTIME.
 */
int lease_state_read(const struct service_place *, const char *interface,
		     nsec now, struct lease_file *ret, char ret_path[PATH_MAX]);

#endif
