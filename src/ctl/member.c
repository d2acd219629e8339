/* SPDX-License-Identifier: BSD-2-Clause */
/* Each question has an answer, whatever was said. */
#include "ctl/member.h"

#include <string.h>

const char *member_text_or_null(const json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

const char *member_text(const json_t *object, const char *key)
{
	const char *text = member_text_or_null(object, key);

	return text ? text : "?";
}

uint64_t member_number(const json_t *object, const char *key)
{
	json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? (uint64_t)number : 0;
}

bool member_is_number(const json_t *object, const char *key)
{
	return json_is_integer(json_object_get(object, key));
}

bool member_is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

bool member_is(const json_t *object, const char *key, const char *text)
{
	const char *value = member_text_or_null(object, key);

	return value && !strcmp(value, text);
}
