/* SPDX-License-Identifier: BSD-2-Clause */
/* One line a server, then one paragraph each. */
#include "ctl/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/grid.h"
#include "ctl/member.h"
#include "ctl/show.h"

static const struct grid_column columns[] = {
	{ "SERVER", false }, { "HARDWARE", false }, { "RELAY", false },
	{ "ANSWER", false }, { "OFFERED", false },  { "BREAKS", false },
};

/* What the columns are made of, but the last one. */
static const char *const keys[] = { "server", "hardwareAddress", "relay",
				    "message", "address" };

/* "no-mask, times" */
static void show_broken(struct str *s, const json_t *answer)
{
	const json_t *broken = json_object_get(answer, "broken"), *rule;
	size_t i;

	json_array_foreach (broken, i, rule) {
		str_text(s, i ? ", " : "");
		show_clean(s, json_string_value(json_object_get(rule, "rule")));
	}
}

static void print_table(const json_t *answers)
{
	struct grid grid = grid_make(columns, ARRAY_SIZE(columns));
	const json_t *answer;
	struct str cell;
	size_t i;

	json_array_foreach (answers, i, answer) {
		grid_add(&grid);
		for (unsigned c = 0; c < ARRAY_SIZE(keys); c++) {
			cell = grid_cell(&grid, c);
			show_clean(&cell, member_text_or_null(answer, keys[c]));
		}
		cell = grid_cell(&grid, ARRAY_SIZE(keys));
		show_broken(&cell, answer);
		if (cell.used)
			grid_paint(&grid, ARRAY_SIZE(keys), PAINT_BAD);
	}
	grid_print(&grid);
	grid_free(&grid);
}

static void show_answer(const json_t *answer)
{
	const json_t *broken = json_object_get(answer, "broken"), *rule;
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	show_clean(&s, json_string_value(json_object_get(answer, "source")));
	str_text(&s, " at ");
	show_clean(&s,
		   json_string_value(json_object_get(answer, "hardwareAddress")));
	printf("\n%s\n", text);
	show_options(json_object_get(answer, "options"));
	json_array_foreach (broken, i, rule) {
		s = str_over(text, sizeof(text));
		show_clean(&s, json_string_value(json_object_get(rule, "rule")));
		str_text(&s, ": ");
		show_clean(&s, json_string_value(json_object_get(rule, "text")));
		show_line(i ? "" : "breaks", text);
	}
}

/* What was heard besides, in so many messages. */
static void show_count(const json_t *audit, const char *key, const char *words)
{
	const json_t *count = json_object_get(audit, key);
	char text[32];
	struct str s = str_over(text, sizeof(text));

	if (json_integer_value(count) <= 0)
		return;
	str_u64(&s, (uint64_t)json_integer_value(count));
	printf("%s %s\n", text, words);
}

static void show_audit(const json_t *audit)
{
	const json_t *answers = json_object_get(audit, "answers"), *answer;
	size_t i;

	if (json_array_size(answers))
		print_table(answers);
	json_array_foreach (answers, i, answer)
		show_answer(answer);
	show_count(audit, "leftOut", "messages of more servers are not shown");
	show_count(audit, "unreadable", "packets were no messages for us");
}

/* Nobody answered: as if the outcome of a command had not come in time. */
int audit_run(const struct call *call)
{
	int code = EXIT_FAILURE;
	json_auto_t *audit =
		census_await(call, CLIENT "Audit",
			     json_pack("{s:i}", "waitSeconds", (int)call->wait_s),
			     call->wait_s + ANSWER_TIMEOUT_S, &code);

	if (!audit)
		return code;
	if (call->json)
		show_json(audit);
	else
		show_audit(audit);
	if (json_array_size(json_object_get(audit, "answers")))
		return EXIT_SUCCESS;
	return fail(EX_TEMPFAIL, call->interface, "no server answered in time");
}
