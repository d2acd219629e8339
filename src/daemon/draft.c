/* SPDX-License-Identifier: BSD-2-Clause */
/* What command line and file share while they are read. It decides nothing. */
#include "daemon/draft.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/sent.h"

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

struct iface_settings *draft_add_iface(struct iface_settings **list,
				       size_t *count, const char *name)
{
	size_t n = *count;
	struct iface_settings *iface = *list;

	/* There is room for the next power of two. */
	if ((n & (n - 1)) == 0)
		iface = reallocarray(iface, n ? 2 * n : 1, sizeof(*iface));
	if (!iface)
		return NULL;
	*list = iface;
	iface += (*count)++;
	*iface = (struct iface_settings){ 0 };
	memcpy(iface->name, name, strlen(name) + 1);
	return iface;
}

void draft_inherit(struct iface_settings *iface, const struct iface_settings *from)
{
	char name[IFNAMSIZ];

	memcpy(name, iface->name, sizeof(name));
	sent_unref(iface->sent);
	*iface = *from;
	sent_ref(iface->sent);
	memcpy(iface->name, name, sizeof(name));
}

struct iface_settings *draft_find_iface(struct iface_settings *list,
					size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].name, name) == 0)
			return &list[i];
	return NULL;
}
