/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are there whole or not at all. */
#ifndef CTL_SAVE_H
#define CTL_SAVE_H

#include <stddef.h>

/*
 * Makes a file that its owner alone may read. -EEXIST: something is there under
 * this name, and stays. 0 or another -errno.
 */
int save_file(const char *path, const void *octets, size_t size);

/*
 * Makes a file that all may read, in the place of one that may be there: whoever
 * reads it sees the old one or the new one. -ENOTSUP: what is there is no file of
 * octets, and stays. 0 or another -errno.
 */
int save_replace(const char *path, const void *octets, size_t size);

#endif
