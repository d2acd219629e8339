/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is there whole or not at all, and never takes another one's place. */
#ifndef CTL_SAVE_H
#define CTL_SAVE_H

#include <stddef.h>

/*
 * Makes a file that its owner alone may read. -EEXIST: something is there under
 * this name, and stays. 0 or another -errno.
 */
int save_file(const char *path, const void *octets, size_t size);

#endif
