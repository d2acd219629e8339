/* SPDX-License-Identifier: BSD-2-Clause */
/* Attributes of ECMA-48, the eight colours that every terminal has. */
#include "ctl/paint.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum paint_when chosen;

static const char *const codes[PAINT_COUNT] = {
	[PAINT_NONE] = "",	[PAINT_STRONG] = "1", [PAINT_GOOD] = "32",
	[PAINT_WAITING] = "33", [PAINT_BAD] = "31",
};

void paint_choose(enum paint_when when)
{
	chosen = when;
}

bool paint_can_rewrite(FILE *stream)
{
	const char *term = getenv("TERM");

	return isatty(fileno(stream)) && term && *term &&
	       strcmp(term, "dumb") != 0;
}

/* By custom the variable counts unless it is empty. */
static bool is_wanted(FILE *stream)
{
	const char *no_color = getenv("NO_COLOR");

	if (chosen != PAINT_WHEN_AUTO)
		return chosen == PAINT_WHEN_ALWAYS;
	return !(no_color && *no_color) && paint_can_rewrite(stream);
}

void paint_put(FILE *stream, enum paint paint, const char *text)
{
	bool painted = paint != PAINT_NONE && *text && is_wanted(stream);

	if (painted)
		fprintf(stream, "\033[%sm", codes[paint]);
	fputs(text, stream);
	if (painted)
		fputs("\033[m", stream);
}
