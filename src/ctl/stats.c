/* SPDX-License-Identifier: BSD-2-Clause */
/* A line a daemon, and a row an interface; of one alone all counters by name. */
#include "ctl/stats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/grid.h"
#include "ctl/member.h"
#include "ctl/show.h"

/*
 * What each column counts; of an object, all that is in it. Faults are only shown
 * where there was one.
 */
static const struct {
	struct grid_column column;
	const char *key;
} counters[] = {
	{ { "SENT", false }, "sent" },
	{ { "RECEIVED", false }, "received" },
	{ { "REJECTED", false }, "rejected" },
	{ { "LEASES", false }, "leases" },
	{ { "RENEWALS", false }, "renewals" },
	{ { "NAKS", true }, "naks" },
	{ { "CONFLICTS", true }, "conflicts" },
	{ { "NOT-SENT", true }, "sendFailures" },
	{ { "NOT-SET-UP", true }, "configureFailures" },
	{ { "HOOKS-FAILED", true }, "hooksFailed" },
};
#define COUNTERS ARRAY_SIZE(counters)

static uint64_t sum_of(const json_t *value)
{
	json_int_t number = json_integer_value(value);
	uint64_t sum = number > 0 ? (uint64_t)number : 0;
	const char *name;
	json_t *part;

	json_object_foreach ((json_t *)(uintptr_t)value, name, part)
		sum += sum_of(part);
	return sum;
}

static void add_row(struct grid *grid, const json_t *interface)
{
	struct str cell;

	grid_add(grid);
	cell = grid_cell(grid, 0);
	show_clean(&cell, member_text(interface, "interface"));
	for (unsigned i = 0; i < COUNTERS; i++) {
		uint64_t sum =
			sum_of(json_object_get(interface, counters[i].key));

		cell = grid_cell(grid, 1 + i);
		if (sum || !counters[i].column.optional)
			str_u64(&cell, sum);
	}
}

static void print_table(const json_t *interfaces)
{
	struct grid_column columns[1 + COUNTERS] = { { "INTERFACE", false } };
	const json_t *interface;
	struct grid grid;
	size_t i;

	for (i = 0; i < COUNTERS; i++)
		columns[1 + i] = counters[i].column;
	grid = grid_make(columns, ARRAY_SIZE(columns));
	json_array_foreach (interfaces, i, interface)
		add_row(&grid, interface);
	grid_print(&grid);
	grid_free(&grid);
}

/* "sendFailures" in words. */
static void put_words(struct str *s, const char *name)
{
	for (; *name; name++) {
		bool begins = *name >= 'A' && *name <= 'Z';

		str_text(s, begins ? " " : "");
		str_char(s, begins ? (char)(*name | 0x20) : *name);
	}
}

/* Each counter in a line, the parts of a sum by their names. */
static void print_full(const json_t *interface)
{
	char text[SHOW_LINE_SIZE], words[64];
	struct str s = str_over(text, sizeof(text));
	const char *name;
	json_t *value;

	show_clean(&s, member_text(interface, "interface"));
	paint_put(stdout, PAINT_STRONG, text);
	putchar('\n');
	json_object_foreach ((json_t *)(uintptr_t)interface, name, value) {
		if (!strcmp(name, "interface"))
			continue;
		s = str_over(words, sizeof(words));
		put_words(&s, name);
		s = str_over(text, sizeof(text));
		show_clean(&s, words);
		printf("  %-18s ", text);
		s = str_over(text, sizeof(text));
		if (json_is_object(value))
			show_counters(&s, value);
		else
			show_scalar(&s, value);
		puts(s.used ? text : "-");
	}
}

static void print_process(const json_t *daemon, const json_t *told)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, "tenured ");
	str_u64(&s, member_number(daemon, "pid"));
	str_text(&s, ": runs for ");
	str_duration(&s, member_number(told, "processSeconds"));
	str_text(&s, ", woke up ");
	str_u64(&s, member_number(told, "wakeups"));
	str_text(&s, " times, ");
	str_u64(&s, member_number(told, "connections"));
	str_text(&s, " connected, ");
	str_u64(&s, member_number(told, "subscribers"));
	str_text(&s, " subscribed, logs ");
	show_clean(&s, member_text(told, "logLevel"));
	puts(text);
}

static void tell(void *context, const json_t *daemon, const json_t *told)
{
	const json_t *interfaces = json_object_get(told, "interfaces"),
		     *interface;
	const struct call *call = context;
	size_t i;

	print_process(daemon, told);
	if (!call->interface) {
		print_table(interfaces);
		return;
	}
	json_array_foreach (interfaces, i, interface)
		print_full(interface);
}

int stats_run(const struct call *call)
{
	json_auto_t *parameters =
		json_pack("{s:s*}", "interface", call->interface);

	return census_each(call, CLIENT "Statistics", parameters,
			   ANSWER_TIMEOUT_S, tell, (void *)(uintptr_t)call);
}
