/* SPDX-License-Identifier: BSD-2-Clause */
/* What command line and file share while they are read. It decides nothing. */
#include "daemon/draft.h"

#include <stdarg.h>
#include <stdio.h>

#include "daemon/rules.h"

enum settings_result draft_fail(struct draft *draft, enum exit_code code,
				const char *format, ...)
{
	struct settings_error *e = draft->error;
	va_list arguments;

	*e = (struct settings_error){ .code = code };
	va_start(arguments, format);
	vsnprintf(e->message, sizeof(e->message), format, arguments);
	va_end(arguments);
	return SETTINGS_FAILED;
}

enum settings_result draft_fail_at(struct draft *draft, const char *file,
				   size_t line, const char *format, ...)
{
	struct settings_error *e = draft->error;
	va_list arguments;

	*e = (struct settings_error){ .code = EXIT_CODE_CONFIGURATION,
				      .line = (unsigned)line };
	snprintf(e->file, sizeof(e->file), "%s", file);
	va_start(arguments, format);
	vsnprintf(e->message, sizeof(e->message), format, arguments);
	va_end(arguments);
	return SETTINGS_FAILED;
}

enum settings_result draft_fail_memory(struct draft *draft)
{
	return draft_fail(draft, EXIT_CODE_FAILED, "%s", rule_no_memory);
}
