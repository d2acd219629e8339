/* SPDX-License-Identifier: BSD-2-Clause */
/* What may be said of the process: its interfaces, times, names and hooks. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/rules.h"
#include "daemon/selector.h"
#include "daemon/settings.h"

_Static_assert(SETTINGS_TIMEOUT_MAX_S == 86400 && SETTINGS_RECORD_MIN_KIB == 16 &&
		       SETTINGS_RECORD_MAX_KIB == 16384 &&
		       SETTINGS_VERBOSITY_MAX == 2 &&
		       SETTINGS_INSTANCE_MAX == 63 &&
		       SETTINGS_HOOK_TIMEOUT_MAX_S == 600,
	       "the texts of this file say these numbers");

/* The field is all of the settings. */
const char *rule_interface(const char *value, void *field)
{
	struct settings *settings = field;
	struct selector selector;
	const char *error = selector_read(value, &selector);

	return error ? error : settings_want(settings, &selector);
}

/* Here, too. */
const char *rule_oneshot(const char *value, void *field)
{
	struct settings *s = field;

	(void)value;
	s->oneshot = s->foreground = s->quit = s->fail_now = true;
	return NULL;
}

const char *rule_timeout(const char *value, void *field)
{
	uint32_t *timeout_s = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_TIMEOUT_MAX_S, &number) || number == 0)
		return "must be a number of seconds from 1 to 86400";
	*timeout_s = (uint32_t)number;
	return NULL;
}

const char *rule_record_size(const char *value, void *field)
{
	uint32_t *record_kib = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_RECORD_MAX_KIB, &number) ||
	    (number > 0 && number < SETTINGS_RECORD_MIN_KIB))
		return "must be 0 (to record nothing), or a number of KiB "
		       "from 16 to 16384";
	*record_kib = (uint32_t)number;
	return NULL;
}

/* Whether there is such a group is seen when the socket is opened. */
const char *rule_control_group(const char *value, void *field)
{
	bool number = str_is_digit(*value);
	uint64_t gid;

	/* All ones mean "none" to the kernel. */
	if (number ? !str_to_u64(value, UINT32_MAX - 1, &gid)
		   : !*value || *value == '-' || !str_is_printable(value) ||
			     strpbrk(value, ": /"))
		return "must be the name of a group, or its number";
	return rule_store_text(value, field);
}

/* Those that every process has are not for this. */
const char *rule_ready_fd(const char *value, void *field)
{
	uint64_t number;

	if (!str_to_u64(value, INT_MAX, &number) || number <= STDERR_FILENO)
		return "must be the number of a descriptor, from 3 on";
	*(int *)field = (int)number;
	return NULL;
}

const char *rule_log_level(const char *value, void *field)
{
	size_t found = rule_word(log_level_names, LOG_LEVEL_COUNT, value);

	if (found == LOG_LEVEL_COUNT)
		return "must be error, warning, notice, info or debug";
	*(enum log_level *)field = (enum log_level)found;
	return NULL;
}

/* "+" is one more, as each -v is. */
const char *rule_verbosity(const char *value, void *field)
{
	unsigned *verbosity = field;
	uint64_t number = *verbosity + 1;

	if (strcmp(value, "+") == 0) {
		if (number > SETTINGS_VERBOSITY_MAX)
			return NULL;
	} else if (!str_to_u64(value, SETTINGS_VERBOSITY_MAX, &number)) {
		return "must be a number from 0 to 2";
	}
	*verbosity = (unsigned)number;
	return NULL;
}

/* A directory, and the name of a socket. */
const char *rule_instance(const char *value, void *field)
{
	size_t length = strlen(value);

	if (length == 0 || length > SETTINGS_INSTANCE_MAX ||
	    !(str_is_letter(*value) || str_is_digit(*value)) ||
	    !rule_is_only(value, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."))
		return "must be 1 to 63 letters, digits, hyphens, dots and "
		       "underscores, the first a letter or digit";
	return rule_store_text(value, field);
}

/* Whether there is such a user is seen when the daemon becomes it. */
const char *rule_user(const char *value, void *field)
{
	static const char digits[] = "0123456789";
	char number[sizeof("4294967294")];
	const char *part = value;
	uint64_t id;

	if (str_is_letter(*value) || *value == '_')
		return str_is_printable(value) && !strpbrk(value, ": /")
			       ? rule_store_text(value, field)
			       : "must be the name of a user, without a group";
	for (int i = 0; i < 2; i++) {
		size_t length = strspn(part, digits);

		if (length == 0 || length >= sizeof(number))
			break;
		memcpy(number, part, length);
		number[length] = '\0';
		/* All ones mean "none" to the kernel. */
		if (!str_to_u64(number, UINT32_MAX - 1, &id))
			break;
		part += length;
		if (*part == '\0')
			return rule_store_text(value, field);
		if (*part++ != ':')
			break;
	}
	return "must be a user's name, or UID or UID:GID in numbers";
}

const char *rule_sandbox(const char *value, void *field)
{
	static const char *const names[] = { "best-effort", "required" };
	size_t found = rule_word(names, ARRAY_SIZE(names), value);

	if (found == ARRAY_SIZE(names))
		return "must be best-effort or required";
	*(bool *)field = found == 1;
	return NULL;
}

const char *rule_hook_timeout(const char *value, void *field)
{
	uint32_t *timeout_s = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_HOOK_TIMEOUT_MAX_S, &number) ||
	    number == 0)
		return "must be a number of seconds from 1 to 600";
	*timeout_s = (uint32_t)number;
	return NULL;
}

/* Each time it is given, names are added. */
const char *rule_script(const char *value, void *field)
{
	const char *name = strrchr(value, '/');

	return *value == '/' && name[1] ? rule_store_text(value, field)
					: "must be the absolute path of a file";
}

const char *rule_no_hook(const char *value, void *field)
{
	char **list = field, *longer = NULL;

	if (!*value || *value == ',' || strstr(value, ",,") ||
	    value[strlen(value) - 1] == ',' ||
	    value[strspn(value, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-,")])
		return "must be names of hooks, as in resolv,ntp: letters, "
		       "digits, underscores and hyphens";
	if (asprintf(&longer, "%s%s%s", *list ? *list : "", *list ? "," : "",
		     value) < 0)
		return rule_no_memory;
	free(*list);
	*list = longer;
	return NULL;
}
