/* SPDX-License-Identifier: BSD-2-Clause */
/* One line a server, then one paragraph each. */
#include "ctl/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/memory.h"
#include "ctl/show.h"

#define CELL_SIZE 256

/* The columns but the last one, which is what is broken. */
static const struct {
	const char *heading, *key;
} columns[] = {
	{ "SERVER", "server" },	  { "HARDWARE", "hardwareAddress" },
	{ "RELAY", "relay" },	  { "ANSWER", "message" },
	{ "OFFERED", "address" },
};
#define COLUMNS	    ARRAY_SIZE(columns)
#define LAST_COLUMN "BREAKS"

struct row {
	char cell[COLUMNS + 1][CELL_SIZE];
};

/* "no-mask, times", or "-". */
static void show_broken(struct str *s, const json_t *answer)
{
	const json_t *broken = json_object_get(answer, "broken"), *rule;
	size_t i;

	json_array_foreach (broken, i, rule) {
		str_text(s, i ? ", " : "");
		show_clean(s, json_string_value(json_object_get(rule, "rule")));
	}
	if (!json_array_size(broken))
		str_char(s, '-');
}

static void fill_row(struct row *row, const json_t *answer)
{
	struct str s;

	for (size_t c = 0; c < COLUMNS; c++) {
		const char *text = json_string_value(
			json_object_get(answer, columns[c].key));

		s = str_over(row->cell[c], CELL_SIZE);
		show_clean(&s, text ? text : "-");
	}
	s = str_over(row->cell[COLUMNS], CELL_SIZE);
	show_broken(&s, answer);
}

static void print_rows(const struct row *rows, size_t count)
{
	size_t width[COLUMNS + 1] = { 0 };

	for (size_t i = 0; i < count; i++) {
		for (size_t c = 0; c < COLUMNS; c++) {
			if (strlen(rows[i].cell[c]) > width[c])
				width[c] = strlen(rows[i].cell[c]);
		}
	}
	for (size_t i = 0; i < count; i++) {
		for (size_t c = 0; c < COLUMNS; c++)
			printf("%-*s  ", (int)width[c], rows[i].cell[c]);
		printf("%s\n", rows[i].cell[COLUMNS]);
	}
}

static void print_table(const json_t *answers)
{
	size_t size = (1 + json_array_size(answers)) * sizeof(struct row), i;
	struct row *rows = memory_get(size);
	const json_t *answer;

	memset(rows, 0, size);
	for (size_t c = 0; c < COLUMNS; c++)
		strcpy(rows[0].cell[c], columns[c].heading);
	strcpy(rows[0].cell[COLUMNS], LAST_COLUMN);
	json_array_foreach (answers, i, answer)
		fill_row(&rows[1 + i], answer);
	print_rows(rows, 1 + json_array_size(answers));
	free(rows);
}

static void show_answer(const json_t *answer)
{
	const json_t *broken = json_object_get(answer, "broken"), *rule;
	char text[CELL_SIZE];
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
		census_call(call, CLIENT "Audit",
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
