/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of keys for authentication: lines of an id and its secret, one of a
 * token, comments. Nobody but its owner may read it. tenured(8) says how it looks.
 */
#ifndef DAEMON_AUTH_FILE_H
#define DAEMON_AUTH_FILE_H

#include "core/auth.h"

/* A larger file is no key file. */
#define AUTH_FILE_SIZE_MAX 8192

/*
 * Reads a file. NULL, or what is wrong with it, then *ret_line is the line that is
 * meant, or 0, and *ret unspecified, without secrets. The text holds none.
 */
const char *auth_file_read(const char *path, struct auth_keys *ret,
			   unsigned *ret_line);

/* Takes all secrets out of the memory. */
void auth_file_wipe(struct auth_keys *);

#endif
