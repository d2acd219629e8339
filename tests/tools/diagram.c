/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Prints the state machine as a diagram, from the core's own table of legal
 * transitions. tenured(8) shows what it prints.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/client.h"
#include "core/names.h"

#define CAUSE_WIDTH 44

void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: %s\n", file, line, expression);
	abort();
}

/* Every state but STOPPED ends there; one line says so for all. */
static bool is_common(const struct dhcp4_transition *t)
{
	return t->to == DHCP4_STATE_STOPPED;
}

static void print_arrow(const struct dhcp4_transition *t, bool last)
{
	int dashes = CAUSE_WIDTH - (int)strlen(t->cause);

	printf("  %c-- %s ", last ? '\'' : '|', t->cause);
	while (dashes-- > 0)
		putchar('-');
	printf("> %s\n", dhcp4_state_name(t->to));
}

static void print_state(enum dhcp4_state state)
{
	unsigned count, left = 0;
	const struct dhcp4_transition *t = dhcp4_transitions(&count);

	for (unsigned i = 0; i < count; i++)
		left += t[i].from == state && !is_common(&t[i]);
	if (!left)
		return;
	puts(dhcp4_state_name(state));
	for (unsigned i = 0; i < count; i++) {
		if (t[i].from == state && !is_common(&t[i]))
			print_arrow(&t[i], --left == 0);
	}
}

int main(void)
{
	unsigned count;
	const struct dhcp4_transition *t = dhcp4_transitions(&count);

	for (int state = 0; state < DHCP4_STATE_COUNT; state++)
		print_state((enum dhcp4_state)state);
	puts("any state");
	for (unsigned i = 0; i < count; i++) {
		if (is_common(&t[i])) {
			print_arrow(&t[i], true);
			break;
		}
	}
	return 0;
}
