/* SPDX-License-Identifier: BSD-2-Clause */
/* Text, made of what daemons said. */
#include "ctl/show.h"

#include <stdio.h>
#include <string.h>

#include "ctl/member.h"

static void put_clean(struct str *s, char c)
{
	str_char(s, c >= ' ' && c <= '~' ? c : '?');
}

void show_clean(struct str *s, const char *text)
{
	while (text && *text)
		put_clean(s, *text++);
}

/* ASCII alone, or a terminal would be told more than was said. */
void show_json(const json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
	putchar('\n');
}

void show_server(struct str *s, const json_t *lease)
{
	const char *server = member_text_or_null(lease, "server");

	show_clean(s, server ? server : "BOOTP");
}

void show_address(struct str *s, const json_t *lease)
{
	show_clean(s, member_text(lease, "address"));
	str_char(s, '/');
	str_u64(s, member_number(lease, "prefixLength"));
}

void show_seconds(struct str *s, const json_t *seconds, const char *infinite)
{
	json_int_t number = json_integer_value(seconds);

	if (json_is_integer(seconds))
		str_duration(s, number > 0 ? (uint64_t)number : 0);
	else
		str_text(s, infinite);
}

void show_scalar(struct str *s, const json_t *value)
{
	json_int_t number = json_integer_value(value);

	if (json_is_integer(value)) {
		if (number < 0)
			str_char(s, '-');
		str_u64(s, number < 0 ? -(uint64_t)number : (uint64_t)number);
	} else if (json_is_boolean(value)) {
		str_text(s, json_is_true(value) ? "yes" : "no");
	} else {
		show_clean(s, json_is_string(value) ? json_string_value(value)
						    : "-");
	}
}

void show_counters(struct str *s, const json_t *counters)
{
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)counters, name, value) {
		str_text(s, s->used ? ", " : "");
		show_clean(s, name);
		str_char(s, ' ');
		show_scalar(s, value);
	}
}

void show_granted(struct str *s, const char *verb, const json_t *lease)
{
	str_text(s, verb);
	if (!json_is_object(lease))
		return;
	str_text(s, ", ");
	show_address(s, lease);
	str_text(s, " for ");
	show_seconds(s, json_object_get(lease, "seconds"), "ever");
	str_text(s, " from ");
	show_server(s, lease);
}

void show_instance(struct str *s, const char *socket, const char *run_dir,
		   const char *after)
{
	size_t length = strlen(run_dir);
	const char *rest, *slash;

	if (strncmp(socket, run_dir, length) != 0)
		return;
	rest = socket + length;
	rest += strspn(rest, "/");
	slash = strchr(rest, '/');
	while (slash && rest < slash)
		put_clean(s, *rest++);
	if (slash)
		str_text(s, after);
}

void show_line(const char *label, const char *text)
{
	printf("  %-11s %s\n", label, text);
}

bool show_is_leased(const json_t *interface)
{
	return json_is_object(json_object_get(interface, "lease")) &&
	       (member_is(interface, "tenure", "held") ||
		member_is(interface, "tenure", "granted"));
}

enum paint show_state_paint(const json_t *interface)
{
	if (member_is(interface, "state", "STOPPED") ||
	    !member_is_true(interface, "present") ||
	    !member_is_true(interface, "carrier"))
		return PAINT_BAD;
	if (member_is(interface, "state", "BOUND") &&
	    member_is_true(interface, "ready"))
		return PAINT_GOOD;
	return PAINT_WAITING;
}
