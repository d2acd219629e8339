/* SPDX-License-Identifier: BSD-2-Clause */
/* A row a value, in the daemon's order. */
#include "ctl/config.h"

#include <stdlib.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/grid.h"
#include "ctl/member.h"
#include "ctl/show.h"

enum column {
	COLUMN_SECTION,
	COLUMN_KEY,
	COLUMN_VALUE,
	COLUMN_FROM,
	COLUMN_COUNT
};

static const struct grid_column columns[COLUMN_COUNT] = {
	[COLUMN_SECTION] = { "SECTION", true },
	[COLUMN_KEY] = { "KEY", false },
	[COLUMN_VALUE] = { "VALUE", false },
	[COLUMN_FROM] = { "FROM", false },
};

/* "tenured.conf:12", or where else it comes from. */
static void put_source(struct str *s, const json_t *value)
{
	static const struct {
		const char *source, *words;
	} sources[] = {
		{ "default", "default" },
		{ "command_line", "command line" },
		{ "add", "tenurectl add" },
	};
	const char *file = member_text_or_null(value, "file");

	for (size_t i = 0; i < ARRAY_SIZE(sources); i++) {
		if (member_is(value, "source", sources[i].source))
			str_text(s, sources[i].words);
	}
	if (s->used || !file)
		return;
	show_clean(s, file);
	if (member_is_number(value, "line")) {
		str_char(s, ':');
		str_u64(s, member_number(value, "line"));
	}
}

static void add_row(struct grid *grid, const json_t *value)
{
	struct str cell;

	grid_add(grid);
	cell = grid_cell(grid, COLUMN_SECTION);
	if (member_text_or_null(value, "section")) {
		str_char(&cell, '[');
		show_clean(&cell, member_text(value, "section"));
		str_char(&cell, ']');
	}
	cell = grid_cell(grid, COLUMN_KEY);
	show_clean(&cell, member_text(value, "key"));
	cell = grid_cell(grid, COLUMN_VALUE);
	show_clean(&cell, member_text_or_null(value, "value"));
	if (!member_is(value, "source", "default"))
		grid_paint(grid, COLUMN_VALUE, PAINT_STRONG);
	cell = grid_cell(grid, COLUMN_FROM);
	put_source(&cell, value);
}

static void tell(void *context, const json_t *daemon, const json_t *told)
{
	const json_t *values = json_object_get(told, "values"), *value;
	struct grid grid = grid_make(columns, COLUMN_COUNT);
	size_t i;

	(void)context;
	(void)daemon;
	json_array_foreach (values, i, value)
		add_row(&grid, value);
	grid_print(&grid);
	grid_free(&grid);
}

int config_run(const struct call *call)
{
	json_auto_t *parameters =
		json_pack("{s:s*}", "interface", call->interface);

	return census_each(call, CLIENT "Configuration", parameters,
			   ANSWER_TIMEOUT_S, tell, NULL);
}
