/* SPDX-License-Identifier: BSD-2-Clause */
/* Once something did not fit, nothing does. */
#include "daemon/json_text.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

struct dump {
	struct buffer *text;
	bool failed;
};

int json_text_add(struct buffer *text, const char *bytes, size_t size)
{
	int r = buffer_reserve(text, size);

	if (r < 0)
		return r;
	memcpy(text->bytes + text->end, bytes, size);
	text->end += size;
	return 0;
}

static int take(const char *bytes, size_t size, void *data)
{
	struct dump *dump = data;

	dump->failed = dump->failed || json_text_add(dump->text, bytes, size) < 0;
	return dump->failed ? -1 : 0;
}

int json_text(const json_t *value, struct buffer *text)
{
	struct dump dump = { .text = text };

	if (!value || json_dump_callback(value, take, &dump, JSON_COMPACT) < 0 ||
	    dump.failed)
		return -ENOMEM;
	return 0;
}
