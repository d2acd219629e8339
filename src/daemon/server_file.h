/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a file of known servers (core/pins.h), written and read back: memory
 * in, memory out.
 */
#ifndef DAEMON_SERVER_FILE_H
#define DAEMON_SERVER_FILE_H

#include <stddef.h>

#include "core/pins.h"

/* Enough for the longest file: each network with its name, and all servers. */
#define SERVER_FILE_SIZE_MAX 8192

/* Its length; the buffer always suffices. */
size_t server_file_write(const struct pins *, char text[SERVER_FILE_SIZE_MAX]);

/* 0, or -EBADMSG for what is no whole, unaltered file of this format. */
int server_file_read(const char *text, size_t size, struct pins *ret);

#endif
