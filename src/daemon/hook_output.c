/* SPDX-License-Identifier: BSD-2-Clause */
/* A pipe, cut into lines. */
#include "daemon/hook_output.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "daemon/log.h"

/* What is read at a time; sixteen times that is what a pipe can hold. */
#define CHUNK	   4096
#define CHUNKS_MAX 16

int hook_output_open(struct hook_output *o)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	/* The hook's end is an ordinary one. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	*o = (struct hook_output){ .fd = ends[0] };
	return ends[1];
}

static void end_line(struct hook_output *o, const char *interface,
		     const char *hook)
{
	/* HOOK_OUTPUT_LINES is limit enough. */
	const struct log_event event = { .interface = interface,
					 .unlimited = true };

	o->line[o->used] = '\0';
	if (o->used) {
		log_event(&event, LOG_LEVEL_NOTICE, "hook %s: %s", hook, o->line);
		o->lines++;
	}
	o->used = 0;
	o->cut = false;
}

static void take(struct hook_output *o, char octet, const char *interface,
		 const char *hook)
{
	if (o->lines == HOOK_OUTPUT_LINES) {
		o->dropped++;
	} else if (octet == '\n') {
		end_line(o, interface, hook);
	} else if (o->cut) {
		o->dropped++;
	} else if (o->used == HOOK_OUTPUT_LINE) {
		o->cut = true;
		o->dropped++;
	} else {
		o->line[o->used++] = octet;
	}
}

void hook_output_read(struct hook_output *o, const char *interface,
		      const char *hook)
{
	char chunk[CHUNK];

	for (int i = 0; i < CHUNKS_MAX && o->fd >= 0; i++) {
		ssize_t size = read(o->fd, chunk, sizeof(chunk));

		if (size < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (size <= 0) {
			/* Nobody has it any more, even if the hook runs on. */
			close(o->fd);
			o->fd = -1;
			return;
		}
		for (ssize_t at = 0; at < size; at++)
			take(o, chunk[at], interface, hook);
	}
}

void hook_output_close(struct hook_output *o, const char *interface,
		       const char *hook)
{
	hook_output_read(o, interface, hook);
	end_line(o, interface, hook);
	if (o->dropped)
		log_about(interface, LOG_LEVEL_WARNING,
			  "hook %s: of what it printed %llu octets were dropped",
			  hook, (unsigned long long)o->dropped);
	if (o->fd >= 0)
		close(o->fd);
	o->fd = -1;
}
