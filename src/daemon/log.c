/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The process's one log, since there is one standard error, one journal and one
 * system log.
 */
#include "daemon/log.h"

#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/journal.h"
#include "daemon/log_limit.h"
#include "daemon/loop.h"
#include "daemon/wall_clock.h"

#define SYSLOG_SOCKET "/dev/log"

const char *const log_level_names[LOG_LEVEL_COUNT] = {
	[LOG_LEVEL_ERROR] = "error",   [LOG_LEVEL_WARNING] = "warning",
	[LOG_LEVEL_NOTICE] = "notice", [LOG_LEVEL_INFO] = "info",
	[LOG_LEVEL_DEBUG] = "debug",
};

static enum log_level level_now = LOG_LEVEL_NOTICE;

static struct {
	bool to_stderr, to_syslog, to_journal;
	struct datagram socket; /* of the system log, or of the journal */
	unsigned lost;		/* lines that it did not take */
} out = { .to_stderr = true, .socket.fd = -1 };

static struct log_limit limit;

static const struct log_event no_event;

static const int priorities[] = {
	[LOG_LEVEL_ERROR] = LOG_ERR,	 [LOG_LEVEL_WARNING] = LOG_WARNING,
	[LOG_LEVEL_NOTICE] = LOG_NOTICE, [LOG_LEVEL_INFO] = LOG_INFO,
	[LOG_LEVEL_DEBUG] = LOG_DEBUG,
};

void log_set_level(enum log_level level)
{
	level_now = level;
}

enum log_level log_level(void)
{
	return level_now;
}

/* ---- where to ------------------------------------------------------------ */

static void open_journal(void)
{
	if (!out.to_journal &&
	    !journal_is_stream(getenv("JOURNAL_STREAM"), STDERR_FILENO))
		return;
	out.to_journal = datagram_open(&out.socket, JOURNAL_SOCKET) == 0;
	if (!out.to_journal)
		datagram_close(&out.socket);
}

void log_open(enum log_where where)
{
	if (out.socket.fd < 0)
		open_journal();
	out.to_stderr = !out.to_journal && where != LOG_WHERE_BACKGROUND;
	out.to_syslog = !out.to_journal && where != LOG_WHERE_FOREGROUND;
	if (!out.to_syslog || out.socket.fd >= 0)
		return;
	/* At once: the sandbox does not let the time zone be read later. */
	tzset();
	/* Who is not there yet is looked for with each line. */
	datagram_open(&out.socket, SYSLOG_SOCKET);
}

/* As RFC 3164 has it, and every reader of that socket. */
static int send_to_syslog(int priority, const char *line)
{
	char head[64], date[32] = "";
	const time_t now = (time_t)wall_clock_s();
	struct tm t;
	struct iovec parts[2] = {
		{ .iov_base = head },
		{ .iov_base = (void *)(uintptr_t)line, .iov_len = strlen(line) },
	};

	if (localtime_r(&now, &t))
		strftime(date, sizeof(date), "%b %e %H:%M:%S ", &t);
	snprintf(head, sizeof(head),
		 "<%d>%s" LOG_IDENTIFIER "[%d]: ", LOG_DAEMON | priority, date,
		 (int)getpid());
	parts[0].iov_len = strlen(head);
	return datagram_send(&out.socket, parts, 2);
}

static void send_to_stderr(const char *line)
{
	struct pollfd p = { .fd = STDERR_FILENO, .events = POLLOUT };
	struct iovec parts[3] = {
		{ .iov_base = LOG_IDENTIFIER ": ",
		  .iov_len = strlen(LOG_IDENTIFIER ": ") },
		{ .iov_base = (void *)(uintptr_t)line, .iov_len = strlen(line) },
		{ .iov_base = "\n", .iov_len = 1 },
	};

	/* Who has stopped his terminal, or a pipe's reader, stops no renewal. */
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT) ||
	    writev(STDERR_FILENO, parts, ARRAY_SIZE(parts)) < 0)
		return;
}

static int send_to_socket(enum log_level level, const struct log_event *event,
			  const char *line)
{
	return out.to_journal
		       ? journal_send(&out.socket, priorities[level], event, line)
		       : send_to_syslog(priorities[level], line);
}

/* Lines that nobody took are gone; how many, that is told. */
static void tell_lost(void)
{
	char line[80];

	snprintf(line, sizeof(line),
		 "%u lines of log were lost: nobody took them", out.lost);
	if (send_to_socket(LOG_LEVEL_WARNING, &no_event, line) == 0)
		out.lost = 0;
}

static void put(enum log_level level, const struct log_event *event,
		const char *line)
{
	if (out.to_stderr)
		send_to_stderr(line);
	if (!out.to_journal && !out.to_syslog)
		return;
	if (send_to_socket(level, event, line) < 0)
		out.lost++;
	else if (out.lost)
		tell_lost();
}

/* ---- lines --------------------------------------------------------------- */

/* What a terminal could take for a command is shown as a question mark. */
static void make_printable(char *line)
{
	for (; *line; line++) {
		if (*line < ' ' || *line > '~')
			*line = '?';
	}
}

__attribute__((format(printf, 3, 0))) static void compose(char line[LOG_LINE_SIZE],
							  const char *interface,
							  const char *format,
							  va_list arguments)
{
	size_t used = 0;

	if (interface)
		used = (size_t)snprintf(line, LOG_LINE_SIZE, "%s: ", interface);
	vsnprintf(line + used, LOG_LINE_SIZE - used, format, arguments);
	make_printable(line);
}

/* How many of them are missing, and since when. */
static void add_count(char line[LOG_LINE_SIZE], uint32_t count, nsec since_ns)
{
	char note[80];
	struct str s = str_over(note, sizeof(note));
	size_t used = strlen(line);

	if (!count)
		return;
	str_text(&s, " (said ");
	str_u64(&s, count);
	str_text(&s, count == 1 ? " time more in the last "
				: " times more in the last ");
	str_duration(&s, since_ns / NSEC_PER_S + 1);
	str_char(&s, ')');
	if (used + s.used >= LOG_LINE_SIZE)
		used = LOG_LINE_SIZE - 1 - s.used;
	memcpy(line + used, note, s.used + 1);
}

/* Of what was left out, and may be said now, the last one of its kind. */
static void say_left_out(nsec now, bool end)
{
	struct log_limit_entry *e;

	while ((e = log_limit_due(&limit, now, end))) {
		const struct log_event event = {
			.interface = *e->interface ? e->interface : NULL,
		};
		char line[LOG_LINE_SIZE];
		nsec since_ns = now - e->said_at;

		snprintf(line, sizeof(line), "%s", log_limit_text(&limit, e));
		add_count(line, log_limit_say(&limit, e, now) - 1, since_ns);
		put((enum log_level)e->level, &event, line);
	}
}

/* Who asked for more than is said by default gets all of that. */
static void put_unless_repeated(enum log_level level, const void *kind,
				const struct log_event *event,
				char line[LOG_LINE_SIZE])
{
	nsec now = loop_clock();
	struct log_limit_entry *e;

	if (level > LOG_LEVEL_NOTICE || event->unlimited) {
		put(level, event, line);
		return;
	}
	e = log_limit_find(&limit, event->interface ? event->interface : "",
			   kind, now);
	if (log_limit_allows(&limit, e, now)) {
		nsec since_ns = now - e->said_at;

		add_count(line, log_limit_say(&limit, e, now), since_ns);
		put(level, event, line);
	} else {
		log_limit_leave_out(&limit, e, (int)level, line);
	}
	say_left_out(now, false);
}

void log_line(enum log_level level, const char *format, ...)
{
	char line[LOG_LINE_SIZE];
	va_list arguments;

	if (level > level_now)
		return;
	va_start(arguments, format);
	compose(line, NULL, format, arguments);
	va_end(arguments);
	put(level, &no_event, line);
}

void log_about(const char *interface, enum log_level level, const char *format,
	       ...)
{
	const struct log_event event = { .interface = interface };
	char line[LOG_LINE_SIZE];
	va_list arguments;

	if (level > level_now)
		return;
	va_start(arguments, format);
	compose(line, interface, format, arguments);
	va_end(arguments);
	put_unless_repeated(level, format, &event, line);
}

void log_event(const struct log_event *event, enum log_level level,
	       const char *format, ...)
{
	char line[LOG_LINE_SIZE];
	va_list arguments;

	if (level > level_now)
		return;
	va_start(arguments, format);
	compose(line, event->interface, format, arguments);
	va_end(arguments);
	put_unless_repeated(level, event->kind ? event->kind : (void *)format,
			    event, line);
}

void log_close(void)
{
	say_left_out(loop_clock(), true);
	datagram_close(&out.socket);
}

void assert_fail(const char *expression, const char *file, int line)
{
	log_error("%s:%d: this must not happen: %s; please report it", file,
		  line, expression);
	abort();
}
