/* SPDX-License-Identifier: BSD-2-Clause */
/* What command line and file share while they are read. It decides nothing. */
#include "daemon/draft.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/log.h"

enum settings_result draft_fail(struct draft *draft, enum exit_code code,
				const char *format, ...)
{
	char text[1024];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	log_error("%s", text);
	draft->code = code;
	return SETTINGS_FAILED;
}
