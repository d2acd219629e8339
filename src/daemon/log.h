/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines. They go to one place, or to two that have different readers: to the
 * journal, with fields, where standard error leads there anyway; else to standard
 * error in the foreground, to the system log in the background, and to both while
 * a parent waits for the result. Whoever takes no line now gets none of it later:
 * no log holds up a lease.
 *
 * ERROR: the daemon or an interface cannot do its work. WARNING: it can, but
 * somebody should look. NOTICE: a lease came, changed or went, and what comes
 * next. INFO: each transition and message (-v). DEBUG: each packet that was
 * refused (-v -v). What was asked by the socket is not logged.
 *
 * A line is "IFACE: what happened; what to do about it". No line has octets of an
 * option, or a secret.
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>

#include "base/ipv4.h"

/* What it calls itself, and the longest line with its end. */
#define LOG_IDENTIFIER "tenured"
#define LOG_LINE_SIZE  512

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
	LOG_LEVEL_COUNT
};

/* By enum log_level, as a user writes them: "error". */
extern const char *const log_level_names[LOG_LEVEL_COUNT];

enum log_where {
	LOG_WHERE_FOREGROUND,
	LOG_WHERE_BOTH, /* a parent waits, whose terminal is still ours */
	LOG_WHERE_BACKGROUND,
};

/*
 * Where lines go from now on. Sockets are opened the first time that they are
 * needed, as must be before the sandbox: with LOG_WHERE_BOTH before _BACKGROUND.
 */
void log_open(enum log_where);

/* Says what was left out, and closes the sockets; log_open() opens them again. */
void log_close(void);

void log_set_level(enum log_level);
enum log_level log_level(void);

/* A kind of event: a word for it, and the journal's MESSAGE_ID; neither changes. */
struct log_kind {
	const char *name, *id; /* id: 32 hex digits */
};

/* What a line is about. What is NULL or 0 is unknown, or nothing. */
struct log_event {
	const struct log_kind *kind;
	const char *interface;
	const char *state, *reason; /* reason NULL: the kind's name */
	ipv4_addr address, server;
	bool unlimited; /* who says it keeps count himself */
};

/* One line without its end. What is not printable ASCII becomes a '?'. */
void log_line(enum log_level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The same about an interface, whose name and a colon go before the line; NULL: the
 * process. Repeats of NOTICE and above are left out, as log_limit.h has it: of the
 * same kind, or without one of the same format.
 */
void log_about(const char *interface, enum log_level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void log_event(const struct log_event *, enum log_level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#define log_error(...)	 log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
