/* SPDX-License-Identifier: BSD-2-Clause */
/* What descriptions.awk packed, as text again. */
#include "daemon/description.h"

#include <stdlib.h>

/* A pair is of codes below its own. */
static char *put(char *at, uint8_t code)
{
	if (code < 128) {
		*at = (char)code;
		return at + 1;
	}
	at = put(at, description_pairs[code - 128][0]);
	return put(at, description_pairs[code - 128][1]);
}

char *description_text(const struct description *d)
{
	char *text = malloc(d->size + 1), *at = text;

	if (!text)
		return NULL;
	for (const uint8_t *code = d->codes; *code; code++)
		at = put(at, *code);
	*at = '\0';
	return text;
}
