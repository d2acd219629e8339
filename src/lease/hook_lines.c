/* SPDX-License-Identifier: BSD-2-Clause */
/* The way of the hooks: a lease to typed fields, those to names and values. */
#include "lease/hook_lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lease/hook_environment.h"
#include "lease/hook_lease.h"
#include "lease/hook_message.h"
#include "lease/shell_word.h"

/* Too much for the stack. */
struct work {
	struct hook_environment environment;
	uint8_t bytes[HOOK_MESSAGE_MAX];
};

static void print_variable(FILE *stream, const char *variable)
{
	const char *equals = strchr(variable, '=');

	fprintf(stream, "%.*s=", (int)(equals - variable), variable);
	shell_word_print(stream, equals + 1);
	putc('\n', stream);
}

static void make(struct work *work, const struct dhcp4_lease *lease,
		 uint64_t expiry_s)
{
	struct writer w = writer_over(work->bytes, sizeof(work->bytes));
	struct reader r;

	hook_lease_put(&w, lease, expiry_s);
	r = reader_over(work->bytes, w.used);
	hook_environment_add(&work->environment, "new_", &r);
}

int hook_lines_print(FILE *stream, const char *interface,
		     const struct dhcp4_lease *lease, uint64_t expiry_s)
{
	struct work *work = malloc(sizeof(*work));

	if (!work)
		return -ENOMEM;
	work->environment.count = work->environment.used = 0;
	if (lease)
		make(work, lease, expiry_s);
	fputs("interface=", stream);
	shell_word_print(stream, interface);
	putc('\n', stream);
	for (size_t i = 0; i < work->environment.count; i++)
		print_variable(stream, work->environment.list[i]);
	free(work);
	return 0;
}

uint64_t hook_lines_expiry_s(const struct dhcp4_lease *lease, nsec now,
			     int64_t wall_s)
{
	if (lease->expiry_ns == NSEC_NEVER)
		return 0;
	return (uint64_t)wall_s + nsec_until(now, lease->expiry_ns) / NSEC_PER_S;
}
