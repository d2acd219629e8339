/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A table for people: columns as wide as what is in them, headings above. A cell
 * with nothing in it shows a hyphen; a column with nothing at all can be left out.
 */
#ifndef CTL_GRID_H
#define CTL_GRID_H

#include <stddef.h>

#include "base/str.h"
#include "ctl/paint.h"

#define GRID_COLUMNS_MAX 12
#define GRID_CELL_SIZE	 160 /* the rest of a longer text is not shown */

struct grid_row {
	char cell[GRID_COLUMNS_MAX][GRID_CELL_SIZE];
	enum paint paint[GRID_COLUMNS_MAX];
};

struct grid_column {
	const char *heading;
	bool optional; /* it is left out when all its cells are empty */
};

struct grid {
	const struct grid_column *columns;
	unsigned column_count;
	struct grid_row *rows;
	size_t row_count;
};

/* The columns stay the caller's. */
struct grid grid_make(const struct grid_column *, unsigned column_count);
void grid_free(struct grid *);

/* Begins a row, which the functions below are about. */
void grid_add(struct grid *);

/* To be written to, until the next row begins. */
struct str grid_cell(struct grid *, unsigned column);
void grid_paint(struct grid *, unsigned column, enum paint);

/* On stdout. */
void grid_print(const struct grid *);

#endif
