/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines: to stderr in the foreground, to syslog in the background, and to
 * both while a parent waits for the result.
 *
 * ERROR: the daemon or an interface cannot do its work. WARNING: it can, but
 * somebody should look. NOTICE: a lease came, changed or went. INFO: each
 * transition and message (-v). DEBUG: each packet that was refused (-v -v).
 */
#ifndef DAEMON_LOG_H
#define DAEMON_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_NOTICE,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

void log_set_level(enum log_level);

/* Opens syslog; from then on lines go there, and to stderr as long as wanted. */
void log_to_syslog(bool stderr_too);

/* One line without its end. Escapes what is not printable ASCII. */
void log_line(enum log_level, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#define log_error(...)	 log_line(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_line(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)	 log_line(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)	 log_line(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)	 log_line(LOG_LEVEL_DEBUG, __VA_ARGS__)

#endif
