/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are read and written whole. */
#ifndef REPLAY_FILE_H
#define REPLAY_FILE_H

#include <stddef.h>
#include <stdint.h>

/* No recording is longer: the daemon's ring is not. */
#define FILE_SIZE_MAX (64 * 1024 * 1024)

struct file {
	uint8_t *bytes;
	size_t size;
};

/* 0 or -errno; -EFBIG if it is longer than FILE_SIZE_MAX. */
int file_read(const char *path, struct file *ret);

/* Makes a file that is not there yet: else -EEXIST. 0 or -errno. */
int file_write(const char *path, const struct file *);

void file_free(struct file *);

#endif
