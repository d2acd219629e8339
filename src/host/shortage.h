/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that is short of memory, buffers or descriptors: that says nothing of what
 * was asked for, and may be over later. A full disk is none; it is the disk's matter.
 */
#ifndef HOST_SHORTAGE_H
#define HOST_SHORTAGE_H

#include <errno.h>
#include <stdbool.h>

/* Of errno, or of -errno. */
static inline bool shortage_is(int error)
{
	if (error < 0)
		error = -error;
	return error == ENOMEM || error == ENOBUFS || error == EMFILE ||
	       error == ENFILE;
}

#endif
