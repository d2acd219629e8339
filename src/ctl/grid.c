/* SPDX-License-Identifier: BSD-2-Clause */
/* Widths are counted in characters: all that is shown is ASCII. */
#include "ctl/grid.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/memory.h"

#define GAP 2

struct grid grid_make(const struct grid_column *columns, unsigned column_count)
{
	ASSERT(column_count <= GRID_COLUMNS_MAX);
	return (struct grid){ .columns = columns, .column_count = column_count };
}

void grid_free(struct grid *grid)
{
	free(grid->rows);
}

/* There is room for so many rows as the least power of two that suffices. */
void grid_add(struct grid *grid)
{
	size_t count = grid->row_count;

	if ((count & (count - 1)) == 0) {
		size_t room = count ? 2 * count : 1;
		struct grid_row *rows = memory_get(room * sizeof(*rows));

		if (count)
			memcpy(rows, grid->rows, count * sizeof(*rows));
		free(grid->rows);
		grid->rows = rows;
	}
	memset(&grid->rows[grid->row_count++], 0, sizeof(*grid->rows));
}

struct str grid_cell(struct grid *grid, unsigned column)
{
	return str_over(grid->rows[grid->row_count - 1].cell[column],
			GRID_CELL_SIZE);
}

void grid_paint(struct grid *grid, unsigned column, enum paint paint)
{
	grid->rows[grid->row_count - 1].paint[column] = paint;
}

/* 0: the column is left out. */
static size_t width_of(const struct grid *grid, unsigned column)
{
	const struct grid_column *c = &grid->columns[column];
	size_t width = 0;

	for (size_t i = 0; i < grid->row_count; i++) {
		size_t length = strlen(grid->rows[i].cell[column]);

		if (width < length)
			width = length;
	}
	if (!width && c->optional)
		return 0;
	return width > strlen(c->heading) ? width : strlen(c->heading);
}

static void print_row(const struct grid *grid, const size_t *width,
		      const struct grid_row *row)
{
	size_t gap = 0;

	for (unsigned c = 0; c < grid->column_count; c++) {
		const char *text = row ? row->cell[c] : grid->columns[c].heading;

		if (!width[c])
			continue;
		if (!*text)
			text = "-";
		printf("%*s", (int)gap, "");
		paint_put(stdout, row ? row->paint[c] : PAINT_STRONG, text);
		gap = width[c] - strlen(text) + GAP;
	}
	putchar('\n');
}

void grid_print(const struct grid *grid)
{
	size_t width[GRID_COLUMNS_MAX];

	for (unsigned c = 0; c < grid->column_count; c++)
		width[c] = width_of(grid, c);
	print_row(grid, width, NULL);
	for (size_t i = 0; i < grid->row_count; i++)
		print_row(grid, width, &grid->rows[i]);
}
