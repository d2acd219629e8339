/* SPDX-License-Identifier: BSD-2-Clause */
/* What command line and file share while they are read. It decides nothing. */
#include "daemon/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"

/* "FILE:7: what" is about a line, "FILE: what" about a file. */
static void keep(const struct draft *draft, const char *text)
{
	struct settings_error *error = draft->error;
	size_t length = draft->path ? strlen(draft->path) : 0;

	*error = (struct settings_error){ 0 };
	if (length && strncmp(text, draft->path, length) == 0 &&
	    text[length] == ':') {
		char *end;

		snprintf(error->file, sizeof(error->file), "%s", draft->path);
		text += length + 1;
		error->line = (unsigned)strtoul(text, &end, 10);
		text = error->line && *end == ':' ? end + 1 : text;
		text += *text == ' ';
	}
	snprintf(error->message, sizeof(error->message), "%s", text);
}

enum settings_result draft_fail(struct draft *draft, enum exit_code code,
				const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	if (draft->error)
		keep(draft, text);
	else
		log_error("%s", text);
	draft->code = code;
	return SETTINGS_FAILED;
}
