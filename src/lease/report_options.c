/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leaves become strings, numbers and booleans, in lists and objects. Octets are
 * {"hex": ...}, so that nobody takes them for text.
 */
#include "lease/report_options.h"

#include "base/assert.h"
#include "base/str.h"

/* What is open, from the outermost on, and the name that each will have. */
struct builder {
	bool raw, failed;
	unsigned depth;
	struct {
		json_t *value;
		const char *name;
	} open[DECODE_DEPTH_MAX];
	json_t *root;
};

static json_t *hex(const uint8_t *bytes, size_t size)
{
	char text[2 * DHCP4_OPTIONS_SIZE + 1];
	struct str s = str_over(text, sizeof(text));

	str_hex(&s, bytes, size, '\0');
	return json_string(text);
}

/* Puts a value where it belongs, and takes the reference to it. */
static void place(struct builder *b, const char *name, json_t *value)
{
	json_t *parent = b->depth ? b->open[b->depth - 1].value : NULL;
	int result = 0;

	if (!b->depth)
		b->root = value;
	else if (json_is_array(parent))
		result = json_array_append_new(parent, value);
	else
		result = json_object_set_new(parent, name, value);
	b->failed = b->failed || !value || result < 0;
}

static void open_value(struct builder *b, const char *name, json_t *value)
{
	ASSERT(b->depth < DECODE_DEPTH_MAX);
	b->open[b->depth].name = name;
	b->open[b->depth++].value = value;
}

static void close_value(struct builder *b)
{
	b->depth--;
	place(b, b->open[b->depth].name, b->open[b->depth].value);
}

static json_t *item(const struct leaf *leaf)
{
	return json_pack("{s:I, s:s?}", "code", (json_int_t)leaf->number,
			 "name", leaf->text);
}

static json_t *address(const struct leaf *leaf)
{
	char text[sizeof("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128")];
	struct str s = str_over(text, sizeof(text));

	if (leaf->kind == LEAF_IPV4 || leaf->kind == LEAF_PREFIX)
		str_ipv4(&s, leaf->address);
	else
		str_ipv6(&s, leaf->bytes);
	if (leaf->kind == LEAF_PREFIX || leaf->kind == LEAF_PREFIX6) {
		str_char(&s, '/');
		str_u64(&s, (uint64_t)leaf->number);
	}
	return json_string(text);
}

static json_t *octets(const struct builder *b, const struct leaf *leaf)
{
	if (!b->raw)
		return json_null();
	return json_pack("{s:o}", "hex", hex(leaf->bytes, leaf->size));
}

static json_t *value_of(const struct builder *b, const struct leaf *leaf)
{
	switch (leaf->kind) {
	case LEAF_IPV4:
	case LEAF_IPV6:
	case LEAF_PREFIX:
	case LEAF_PREFIX6:
		return address(leaf);
	case LEAF_NUMBER:
		return json_integer(leaf->number);
	case LEAF_FLAG:
		return json_boolean(leaf->number);
	case LEAF_NAME:
	case LEAF_WORD:
		return json_string(leaf->text);
	case LEAF_TEXT:
	case LEAF_URI:
		return json_stringn((const char *)leaf->bytes, leaf->size);
	case LEAF_HEX:
	case LEAF_STRANGE:
		return octets(b, leaf);
	case LEAF_LIST:
	case LEAF_RECORD:
	case LEAF_ITEM:
	case LEAF_END:
		break;
	}
	UNREACHABLE();
}

static void add_leaf(void *context, const struct leaf *leaf)
{
	struct builder *b = context;

	if (leaf->kind == LEAF_LIST)
		open_value(b, leaf->name, json_array());
	else if (leaf->kind == LEAF_RECORD)
		open_value(b, leaf->name, json_object());
	else if (leaf->kind == LEAF_ITEM)
		open_value(b, leaf->name, item(leaf));
	else if (leaf->kind == LEAF_END)
		close_value(b);
	else
		place(b, leaf->name, value_of(b, leaf));
}

static json_t *option(const struct option_value *value, bool raw)
{
	struct builder builder = { .raw = raw };

	option_decode(value->code, value->bytes, value->size, add_leaf, &builder);
	if (builder.failed) {
		json_decref(builder.root);
		return NULL;
	}
	return json_pack("{s:i, s:s?, s:o, s:o}", "code", value->code, "name",
			 option_name(value->code), "value", builder.root, "raw",
			 raw ? hex(value->bytes, value->size) : json_null());
}

json_t *report_options(const struct dhcp4_options *options, bool raw)
{
	json_t *list = json_array();
	struct option_value value;
	uint16_t offset = 0;

	while (dhcp4_options_next(options, &offset, &value)) {
		if (json_array_append_new(list, option(&value, raw)) < 0) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}
