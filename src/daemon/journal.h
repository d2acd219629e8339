/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lines of log with fields, to journald by its own protocol: a datagram of lines
 * "NAME=value". Not for values of more than one line, which it has none of.
 */
#ifndef DAEMON_JOURNAL_H
#define DAEMON_JOURNAL_H

#include <stdbool.h>

#include "daemon/datagram.h"
#include "daemon/log.h"

#define JOURNAL_SOCKET "/run/systemd/journal/socket"

/*
 * True if this descriptor leads to the journal, as JOURNAL_STREAM says (the value
 * of that variable: device:inode; NULL: it is not set).
 */
bool journal_is_stream(const char *stream, int fd);

/* A line of this syslog priority, and what it is about. 0 or -errno. */
int journal_send(struct datagram *, int priority, const struct log_event *,
		 const char *line);

#endif
