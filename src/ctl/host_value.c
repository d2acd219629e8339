/* SPDX-License-Identifier: BSD-2-Clause */
/* One form after the other; what does not fit its form is none. */
#include "ctl/host_value.h"

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "ctl/host.h"
#include "ctl/memory.h"
#include "host/netlink.h"

/* Of a member's name with "Index" behind it. */
#define KEY_SIZE 48

static json_t *hex(const void *octets, size_t size, char separator)
{
	size_t room = 3 * size + 1;
	char *text = memory_get(room);
	struct str s = str_over(text, room);
	json_t *value;

	str_hex(&s, octets, size, separator);
	value = json_string(text);
	free(text);
	return value;
}

json_t *value_text(const char *text, size_t size)
{
	size_t length = strnlen(text, size);
	json_t *value = json_stringn(text, length);

	if (!value)
		value = json_pack("{s:o}", "hex", hex(text, length, '\0'));
	return value;
}

json_t *value_address(const void *octets, size_t size)
{
	char text[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255")];
	struct str s = str_over(text, sizeof(text));
	uint8_t bytes[16];

	if (size != 4 && size != 16)
		return NULL;
	memcpy(bytes, octets, size);
	if (size == 16)
		str_ipv6(&s, bytes);
	else
		str_ipv4(&s, (ipv4_addr)bytes[0] << 24 |
				     (ipv4_addr)bytes[1] << 16 |
				     (ipv4_addr)bytes[2] << 8 | bytes[3]);
	return json_string(text);
}

json_t *value_prefix(uint8_t family, const void *octets, size_t size,
		     unsigned length)
{
	static const uint8_t zeros[16];
	json_auto_t *address = NULL;

	if (!octets) {
		octets = zeros;
		size = family == AF_INET6 ? 16 : 4;
	}
	address = value_address(octets, size);
	if (!address)
		return hex(octets, size, '\0');
	return json_sprintf("%s/%u", json_string_value(address), length);
}

json_t *value_named(const struct value_name *names, uint32_t value)
{
	for (; names->name; names++) {
		if (names->value == value)
			return json_string(names->name);
	}
	return json_integer(value);
}

json_t *value_bits(const struct value_name *names, uint32_t value)
{
	json_t *list = json_array();

	for (; names->name; names++) {
		if (value & names->value)
			json_array_append_new(list, json_string(names->name));
		value &= ~names->value;
	}
	if (value)
		json_array_append_new(list, json_integer(value));
	return list;
}

void value_put_link(const struct value_target *to, const char *key, uint32_t index)
{
	const char *name = to->links ? host_link_name(to->links, index) : NULL;
	char longer[KEY_SIZE];

	snprintf(longer, sizeof(longer), "%sIndex", key);
	json_object_set_new(to->object, key,
			    name ? value_text(name, SIZE_MAX) : json_null());
	json_object_set_new(to->object, longer, json_integer(index));
}

void value_put_other(const struct value_target *to, const struct nlattr *a)
{
	json_t *other = json_object_get(to->object, "other");
	char key[16];

	if (!other) {
		other = json_object();
		json_object_set_new(to->object, "other", other);
	}
	snprintf(key, sizeof(key), "%u", mnl_attr_get_type(a));
	json_object_set_new(other, key,
			    hex(mnl_attr_get_payload(a),
				mnl_attr_get_payload_len(a), '\0'));
}

int value_number(const struct nlattr *a, uint64_t *ret)
{
	const void *octets = mnl_attr_get_payload(a);
	uint16_t two;
	uint32_t four;

	switch (mnl_attr_get_payload_len(a)) {
	case 1:
		*ret = *(const uint8_t *)octets;
		return 0;
	case 2:
		memcpy(&two, octets, sizeof(two));
		*ret = two;
		return 0;
	case 4:
		memcpy(&four, octets, sizeof(four));
		*ret = four;
		return 0;
	case 8:
		memcpy(ret, octets, sizeof(*ret));
		return 0;
	default:
		return -1;
	}
}

/* ---- forms ----------------------------------------------------------------- */

static json_t *number_of(const struct nlattr *a, const struct value_row *row)
{
	uint64_t value;

	/* What is larger, JSON's readers would round. */
	if (value_number(a, &value) < 0 || value > INT64_MAX)
		return NULL;
	if (row->form == VALUE_SWITCH)
		return json_boolean(value != 0);
	if (row->form == VALUE_NUMBER)
		return json_integer((json_int_t)value);
	if (value > UINT32_MAX)
		return NULL;
	return row->form == VALUE_BITS
		       ? value_bits(row->names, (uint32_t)value)
		       : value_named(row->names, (uint32_t)value);
}

static json_t *signed_of(const struct nlattr *a)
{
	int32_t value;

	if (mnl_attr_get_payload_len(a) != sizeof(value))
		return NULL;
	memcpy(&value, mnl_attr_get_payload(a), sizeof(value));
	return json_integer(value);
}

/* Named, if there are names. */
static json_t *big_of(const struct nlattr *a, const struct value_row *row)
{
	const uint8_t *octets = mnl_attr_get_payload(a);
	size_t size = mnl_attr_get_payload_len(a);
	uint64_t value = 0;

	if (size == 0 || size > sizeof(value))
		return NULL;
	while (size--)
		value = value << 8 | *octets++;
	if (row->names && value <= UINT32_MAX)
		return value_named(row->names, (uint32_t)value);
	return value > INT64_MAX ? NULL : json_integer((json_int_t)value);
}

static json_t *nested_of(const struct nlattr *a, const struct value_row *row,
			 const struct host_links *links)
{
	const struct value_target to = { json_object(), links };

	values_read(&to, mnl_attr_get_payload(a), mnl_attr_get_payload_len(a),
		    row->table);
	return to.object;
}

/* The value of a form that makes one member; NULL: it is not of that form. */
static json_t *value_of(const struct nlattr *a, const struct value_row *row,
			const struct host_links *links)
{
	const void *octets = mnl_attr_get_payload(a);
	size_t size = mnl_attr_get_payload_len(a);

	switch (row->form) {
	case VALUE_NUMBER:
	case VALUE_SWITCH:
	case VALUE_NAMED:
	case VALUE_BITS:
		return number_of(a, row);
	case VALUE_SIGNED:
		return signed_of(a);
	case VALUE_BIG:
		return big_of(a, row);
	case VALUE_TEXT:
		return value_text(octets, size);
	case VALUE_ADDRESS:
		return value_address(octets, size);
	case VALUE_HARDWARE:
		return hex(octets, size, ':');
	case VALUE_OCTETS:
		return hex(octets, size, '\0');
	case VALUE_NESTED:
		return nested_of(a, row, links);
	case VALUE_LINK:
	case VALUE_READER:
		break;
	}
	return NULL;
}

static void read_one(const struct value_target *to, const struct nlattr *a,
		     const struct value_row *row)
{
	json_t *value;
	uint64_t index;

	if (row->form == VALUE_READER) {
		row->read(to, a);
		return;
	}
	if (row->form == VALUE_LINK && value_number(a, &index) == 0 &&
	    index <= INT32_MAX) {
		value_put_link(to, row->key, (uint32_t)index);
		return;
	}
	value = value_of(a, row, to->links);
	if (value)
		json_object_set_new(to->object, row->key, value);
	else
		value_put_other(to, a);
}

static bool is_ignored(const struct value_table *table, uint16_t type)
{
	for (size_t i = 0; i < table->ignored_count; i++) {
		if (table->ignored[i] == type)
			return true;
	}
	return false;
}

static const struct value_row *find_row(const struct value_table *table,
					uint16_t type)
{
	for (size_t i = 0; i < table->count; i++) {
		if (table->rows[i].type == type)
			return &table->rows[i];
	}
	return NULL;
}

void values_read(const struct value_target *to, const void *attributes,
		 size_t size, const struct value_table *table)
{
	const struct nlattr *a = NULL;

	while ((a = netlink_next(attributes, size, a))) {
		uint16_t type = mnl_attr_get_type(a);
		const struct value_row *row = find_row(table, type);

		if (row)
			read_one(to, a, row);
		else if (!is_ignored(table, type))
			value_put_other(to, a);
	}
}
