/* SPDX-License-Identifier: BSD-2-Clause */
/* What is leased, and for how long yet. */
#include "ctl/status_table.h"

#include <string.h>

#include "ctl/grid.h"
#include "ctl/member.h"
#include "ctl/show.h"

enum column {
	COLUMN_INSTANCE,
	COLUMN_INTERFACE,
	COLUMN_STATE,
	COLUMN_ADDRESS,
	COLUMN_SERVER,
	COLUMN_EXPIRES,
	COLUMN_NOTE,
	COLUMN_COUNT
};

static const struct grid_column columns[COLUMN_COUNT] = {
	[COLUMN_INSTANCE] = { "INSTANCE", true },
	[COLUMN_INTERFACE] = { "INTERFACE", false },
	[COLUMN_STATE] = { "STATE", false },
	[COLUMN_ADDRESS] = { "ADDRESS", false },
	[COLUMN_SERVER] = { "SERVER", false },
	[COLUMN_EXPIRES] = { "EXPIRES-IN", false },
	[COLUMN_NOTE] = { "NOTE", true },
};

static void put_note(struct str *s, const json_t *interface)
{
	if (!member_is_true(interface, "present"))
		str_text(s, "the interface is gone");
	else if (member_text_or_null(interface, "portOf"))
		str_text(s, "a port of another interface");
	else if (!member_is_true(interface, "carrier"))
		str_text(s, "no carrier");
	else
		show_clean(s, member_text_or_null(interface, "lastError"));
}

static void add_row(struct grid *grid, const json_t *daemon,
		    const json_t *interface, const char *run_dir)
{
	const json_t *lease = json_object_get(interface, "lease");
	struct str cell[COLUMN_COUNT];

	grid_add(grid);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		cell[i] = grid_cell(grid, i);
	show_instance(&cell[COLUMN_INSTANCE], member_text(daemon, "socket"),
		      run_dir, "");
	show_clean(&cell[COLUMN_INTERFACE], member_text(interface, "name"));
	show_clean(&cell[COLUMN_STATE], member_text(interface, "state"));
	grid_paint(grid, COLUMN_STATE, show_state_paint(interface));
	put_note(&cell[COLUMN_NOTE], interface);
	if (show_is_leased(interface)) {
		show_address(&cell[COLUMN_ADDRESS], lease);
		show_server(&cell[COLUMN_SERVER], lease);
		show_seconds(&cell[COLUMN_EXPIRES],
			     json_object_get(lease, "expiresInSeconds"), "never");
	}
}

void status_table(const json_t *daemons, const char *run_dir)
{
	struct grid grid = grid_make(columns, COLUMN_COUNT);
	const json_t *daemon, *interface;
	size_t d, i;

	json_array_foreach (daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface)
			add_row(&grid, daemon, interface, run_dir);
	}
	grid_print(&grid);
	grid_free(&grid);
}
