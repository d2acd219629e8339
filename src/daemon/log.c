/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines; the process's one log, since there is one stderr and one syslog. */
#include "daemon/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"

#define LINE_MAX_OCTETS 512

static enum log_level log_level_now = LOG_LEVEL_NOTICE;
static bool to_syslog, to_stderr = true;

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,	 [LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE, [LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

void log_set_level(enum log_level level)
{
	log_level_now = level;
}

void log_to_syslog(bool stderr_too)
{
	/* At once: the sandbox does not let the time zone be read later. */
	if (!to_syslog) {
		tzset();
		openlog("tenured", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	}
	to_syslog = true;
	to_stderr = stderr_too;
}

/* What a terminal could take for a command is shown as a question mark. */
static void make_printable(char *line)
{
	for (; *line; line++) {
		if (*line < ' ' || *line > '~')
			*line = '?';
	}
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[LINE_MAX_OCTETS];
	va_list arguments;

	if (level > log_level_now)
		return;
	va_start(arguments, format);
	vsnprintf(line, sizeof(line), format, arguments);
	va_end(arguments);
	make_printable(line);
	if (to_syslog)
		syslog(priorities[level], "%s", line);
	if (to_stderr)
		dprintf(STDERR_FILENO, "tenured: %s\n", line);
}

void assert_fail(const char *expression, const char *file, int line)
{
	log_error("%s:%d: this must not happen: %s; please report it", file,
		  line, expression);
	abort();
}
