/* SPDX-License-Identifier: BSD-2-Clause */
/* Between single quotes all but one of those stands for itself. */
#include "lease/shell_word.h"

void shell_word_print(FILE *stream, const char *word)
{
	putc('\'', stream);
	for (; *word; word++) {
		if (*word == '\'')
			fputs("'\\''", stream);
		else
			putc(*word, stream);
	}
	putc('\'', stream);
}
