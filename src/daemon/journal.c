/* SPDX-License-Identifier: BSD-2-Clause */
/* One datagram a line; all that is in it is printable, so that it needs no length. */
#include "daemon/journal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>

#include "base/str.h"

/* A line, and fields that are each shorter than one. */
#define MESSAGE_SIZE (LOG_LINE_SIZE + 512)

bool journal_is_stream(const char *stream, int fd)
{
	char ours[64];
	struct stat info;

	if (!stream || fstat(fd, &info) < 0)
		return false;
	snprintf(ours, sizeof(ours), "%ju:%ju", (uintmax_t)info.st_dev,
		 (uintmax_t)info.st_ino);
	return strcmp(stream, ours) == 0;
}

static void put_text(struct str *s, const char *name, const char *value)
{
	if (!value || !*value)
		return;
	str_text(s, name);
	str_char(s, '=');
	str_text(s, value);
	str_char(s, '\n');
}

static void put_number(struct str *s, const char *name, unsigned value)
{
	str_text(s, name);
	str_char(s, '=');
	str_u64(s, value);
	str_char(s, '\n');
}

static void put_address(struct str *s, const char *name, ipv4_addr value)
{
	char text[20];
	struct str t = str_over(text, sizeof(text));

	str_ipv4(&t, value);
	put_text(s, name, value ? text : NULL);
}

int journal_send(struct datagram *socket, int priority,
		 const struct log_event *event, const char *line)
{
	char message[MESSAGE_SIZE];
	struct str s = str_over(message, sizeof(message));
	struct iovec part = { .iov_base = message };
	const struct log_kind *kind = event->kind;
	const char *reason = event->reason ? event->reason
			     : kind	   ? kind->name
					   : NULL;

	put_text(&s, "MESSAGE", line);
	put_number(&s, "PRIORITY", (unsigned)priority);
	put_number(&s, "SYSLOG_FACILITY", LOG_FAC(LOG_DAEMON));
	put_text(&s, "SYSLOG_IDENTIFIER", LOG_IDENTIFIER);
	put_text(&s, "MESSAGE_ID", kind ? kind->id : NULL);
	put_text(&s, "INTERFACE", event->interface);
	put_text(&s, "DHCP_STATE", event->state);
	put_text(&s, "DHCP_REASON", reason);
	put_address(&s, "DHCP_ADDRESS", event->address);
	put_address(&s, "DHCP_SERVER", event->server);
	part.iov_len = s.used;
	return datagram_send(socket, &part, 1);
}
