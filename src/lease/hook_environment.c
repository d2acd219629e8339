/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed fields to NAME=value. */
#include "lease/hook_environment.h"

#include <string.h>

#include "base/assert.h"
#include "lease/hook_message.h"

#define PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

static struct str begin(struct hook_environment *e)
{
	return str_over(e->text + e->used, HOOK_ENVIRONMENT_SIZE + 1 - e->used);
}

/* Takes a variable into the list, if it is there as a whole. */
static void end(struct hook_environment *e, const struct str *variable)
{
	if (variable->truncated || e->count == HOOK_ENVIRONMENT_COUNT ||
	    e->used + variable->used + 1 > HOOK_ENVIRONMENT_SIZE)
		return;
	e->list[e->count++] = e->text + e->used;
	e->list[e->count] = NULL;
	e->used += variable->used + 1;
}

void hook_environment_text(struct hook_environment *e, const char *name,
			   const char *value)
{
	struct str s = begin(e);

	str_text(&s, name);
	str_char(&s, '=');
	str_text(&s, value);
	end(e, &s);
}

static void add_number(struct hook_environment *e, const char *name,
		       uint64_t number)
{
	char text[24];
	struct str s = str_over(text, sizeof(text));

	str_u64(&s, number);
	hook_environment_text(e, name, text);
}

/* "new_domain_name_servers", or "new_opt_006" for the octets. */
static void add_name(struct str *s, const char *prefix,
		     const struct hook_field *field)
{
	unsigned code = field->variable;
	const char *name;

	str_text(s, prefix);
	if (field->type == HOOK_TYPE_OCTETS) {
		str_text(s, "opt_");
		str_char(s, (char)('0' + code / 100));
		str_char(s, (char)('0' + code / 10 % 10));
		str_char(s, (char)('0' + code % 10));
		return;
	}
	for (name = hook_variable_name(code); *name; name++)
		str_char(s, *name == '-' ? '_' : *name);
}

static void add_signed(struct str *s, uint64_t number)
{
	if (number > INT64_MAX) {
		str_char(s, '-');
		number = -number;
	}
	str_u64(s, number);
}

/* Prefix and gateway, as dhcpcd shows them: "10.0.0.0/8 192.0.2.1". */
static void add_route(struct str *s, struct reader *r)
{
	unsigned prefix_length = reader_u8(r);

	str_ipv4(s, reader_u32(r));
	str_char(s, '/');
	str_u64(s, prefix_length);
	str_char(s, ' ');
	str_ipv4(s, reader_u32(r));
}

/* The next value; what it is was checked when the message came. */
static void add_value(struct str *s, enum hook_type type, struct reader *r)
{
	switch (type) {
	case HOOK_TYPE_ADDRESSES:
		str_ipv4(s, reader_u32(r));
		break;
	case HOOK_TYPE_NUMBERS:
		add_signed(s, reader_u64(r));
		break;
	case HOOK_TYPE_ROUTES:
		add_route(s, r);
		break;
	case HOOK_TYPE_NAMES:
	case HOOK_TYPE_WORDS:
	case HOOK_TYPE_OCTETS:
	case HOOK_TYPE_COUNT:
		UNREACHABLE();
	}
}

static void add_field(struct hook_environment *e, const char *prefix,
		      const struct hook_field *field)
{
	struct reader r = reader_over(field->bytes, field->size);
	struct str s = begin(e);

	add_name(&s, prefix, field);
	str_char(&s, '=');
	if (field->type == HOOK_TYPE_OCTETS) {
		str_hex(&s, field->bytes, field->size, '\0');
	} else if (field->type == HOOK_TYPE_NAMES ||
		   field->type == HOOK_TYPE_WORDS) {
		while (r.left)
			str_char(&s, (char)reader_u8(&r));
	} else {
		while (r.left) {
			add_value(&s, field->type, &r);
			if (r.left)
				str_char(&s, ' ');
		}
	}
	end(e, &s);
}

void hook_environment_add(struct hook_environment *e, const char *prefix,
			  struct reader *fields)
{
	struct hook_field field;

	while (hook_message_next(fields, &field))
		add_field(e, prefix, &field);
}

/* A lease's fields; of one that was told before also the name it had, if another. */
static void add_lease(struct hook_environment *e, const char *prefix,
		      const struct hook_message *message, const char *interface)
{
	struct reader r = reader_over(message->bytes, message->size);
	struct hook_header header;

	if (!hook_message_read(&r, &header))
		return;
	if (strcmp(header.interface, interface) != 0)
		hook_environment_text(e, "old_interface", header.interface);
	hook_environment_add(e, prefix, &r);
}

void hook_environment_make(struct hook_environment *e,
			   const struct hook_message *message,
			   const struct hook_message *old)
{
	struct reader r = reader_over(message->bytes, message->size);
	struct hook_header header = { 0 };

	e->count = e->used = 0;
	hook_message_read(&r, &header);
	hook_environment_text(e, "PATH", PATH);
	hook_environment_text(e, "reason", hook_reason_name(header.reason));
	hook_environment_text(e, "interface", header.interface);
	add_number(e, "ifindex", header.ifindex);
	add_number(e, "metric", header.metric);
	hook_environment_text(e, "dns", header.dns ? "yes" : "no");
	add_lease(e, "new_", message, header.interface);
	if (old)
		add_lease(e, "old_", old, header.interface);
}

static bool has(const struct hook_environment *e, const char *variable)
{
	size_t length = strcspn(variable, "=");

	for (size_t i = 0; i < e->count; i++)
		if (strncmp(e->list[i], variable, length) == 0 &&
		    e->list[i][length] == '=')
			return true;
	return false;
}

void hook_environment_inherit(struct hook_environment *e, char *const *list)
{
	for (; *list && e->count < HOOK_ENVIRONMENT_COUNT; list++)
		if (!has(e, *list))
			e->list[e->count++] = *list;
	e->list[e->count] = NULL;
}
