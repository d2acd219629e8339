/* SPDX-License-Identifier: BSD-2-Clause */
/* Options of leases and of offers, by name where they have one. */
#include <stdio.h>

#include "ctl/member.h"
#include "ctl/show.h"

/*
 * The value of an option (tenured-ipc(7)): those of lists with commas between
 * them, members of records after their names, octets as their hex alone.
 */
static void show_value(struct str *s, const json_t *value)
{
	const json_t *code = json_object_get(value, "code");
	const char *name, *between = "";
	json_t *part;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach (value, i, part) {
			str_text(s, i ? ", " : "");
			show_value(s, part);
		}
	} else if (json_object_get(value, "hex")) {
		show_scalar(s, json_object_get(value, "hex"));
	} else if (code) {
		name = json_string_value(json_object_get(value, "name"));
		if (name)
			show_clean(s, name);
		else
			show_scalar(s, code);
		str_char(s, '=');
		show_value(s, json_object_get(value, "value"));
	} else if (json_is_object(value)) {
		json_object_foreach ((json_t *)(uintptr_t)value, name, part) {
			str_text(s, between);
			show_clean(s, name);
			str_char(s, ' ');
			show_value(s, part);
			between = " ";
		}
	} else {
		show_scalar(s, value);
	}
}

void show_options(const json_t *options)
{
	const json_t *option;
	size_t i;

	json_array_foreach (options, i, option) {
		const char *name =
			json_string_value(json_object_get(option, "name"));
		char text[SHOW_LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		if (name) {
			show_clean(&s, name);
		} else {
			str_text(&s, "option-");
			show_scalar(&s, json_object_get(option, "code"));
		}
		str_char(&s, ' ');
		show_value(&s, json_object_get(option, "value"));
		show_line(i ? "" : "options", text);
	}
}
