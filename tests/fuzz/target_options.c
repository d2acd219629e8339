/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The code of an option and its value. What is told of it is well nested, lies in
 * the value, each octet once; names and text are of their closed alphabets, and so
 * is the line that is made of it.
 */
#include <string.h>

#include "base/str.h"
#include "core/domain.h"
#include "core/option.h"
#include "core/option_text.h"
#include "fuzz/fuzz.h"

/* Nothing of it has to be quoted: not a shell's, no quote, no line's end. */
#define TEXT "%+,-./:=@_~?#[]&<>"

struct visit {
	const uint8_t *value;
	size_t size;
	bool told[2048]; /* octets of the value */
	unsigned depth, roots;
	enum leaf_kind open[DECODE_DEPTH_MAX];
	unsigned values[DECODE_DEPTH_MAX]; /* in each that is open */
};

static void tell_octets(struct visit *v, const struct leaf *leaf)
{
	size_t at;

	if (leaf->bytes < v->value || leaf->bytes >= v->value + v->size)
		return; /* of the core's own */
	at = (size_t)(leaf->bytes - v->value);
	CHECK(leaf->size <= v->size - at);
	for (size_t i = 0; i < leaf->size; i++) {
		CHECK(!v->told[at + i]);
		v->told[at + i] = true;
	}
}

static void check_value(const struct leaf *leaf)
{
	const char *text = (const char *)leaf->bytes;

	if (leaf->kind == LEAF_NAME)
		CHECK(*leaf->text && strlen(leaf->text) < DOMAIN_NAME_SIZE &&
		      fuzz_is_only(leaf->text, strlen(leaf->text), "-._"));
	else if (leaf->kind == LEAF_WORD)
		CHECK(fuzz_is_only(leaf->text, strlen(leaf->text), "-"));
	else if (leaf->kind == LEAF_TEXT || leaf->kind == LEAF_URI)
		CHECK(leaf->size && fuzz_is_only(text, leaf->size, TEXT));
	else if (leaf->kind == LEAF_PREFIX)
		CHECK(leaf->number >= 0 && leaf->number <= 32);
	else if (leaf->kind == LEAF_PREFIX6)
		CHECK(leaf->number >= 0 && leaf->number <= 128);
	else if (leaf->kind == LEAF_FLAG)
		CHECK(leaf->number == 0 || leaf->number == 1);
}

static void visit(void *context, const struct leaf *leaf)
{
	struct visit *v = context;
	bool opens = leaf->kind == LEAF_LIST || leaf->kind == LEAF_RECORD ||
		     leaf->kind == LEAF_ITEM;

	if (leaf->kind == LEAF_END) {
		CHECK(v->depth > 0);
		v->depth--;
		CHECK(v->open[v->depth] != LEAF_ITEM || v->values[v->depth] == 1);
		return;
	}
	if (v->depth)
		v->values[v->depth - 1]++;
	else
		v->roots++;
	if (v->depth && v->open[v->depth - 1] == LEAF_RECORD)
		CHECK(leaf->name);
	if (opens) {
		CHECK(v->depth < DECODE_DEPTH_MAX);
		v->values[v->depth] = 0;
		v->open[v->depth++] = leaf->kind;
		return;
	}
	check_value(leaf);
	if (leaf->bytes)
		tell_octets(v, leaf);
}

static void check_line(uint8_t code, const uint8_t *value, size_t size)
{
	char text[8192];
	struct str s = str_over(text, sizeof(text));
	bool printed = option_print(&s, code, value, size);

	CHECK(strlen(text) == s.used && (printed || s.used == 0));
	CHECK(fuzz_is_only(text, s.used, TEXT " "));
}

/* What is put into a set comes out of it. */
static void check_set(uint8_t code, const uint8_t *value, size_t size)
{
	struct dhcp4_options set;
	struct option_value back;
	bool valid = option_is_valid(code, value, size) &&
		     code != DHCP4_OPTION_PAD && code != DHCP4_OPTION_END;
	bool fits = size + 3 <= sizeof(set.bytes);

	set.used = 0;
	CHECK(dhcp4_options_append(&set, code, value, size) == (valid && fits));
	CHECK(dhcp4_options_get(&set, code, &back) == (valid && fits));
	if (valid && fits)
		CHECK(back.size == size && memcmp(back.bytes, value, size) == 0);
}

static void run(const uint8_t *data, size_t size)
{
	struct visit v;

	if (size < 1)
		return;
	memset(&v, 0, sizeof(v));
	v.value = data + 1;
	v.size = size - 1;
	option_decode(data[0], v.value, v.size, visit, &v);
	CHECK(v.depth == 0 && v.roots == 1);
	check_line(data[0], v.value, v.size);
	check_set(data[0], v.value, v.size);
}

const struct fuzz_target fuzz_options = { "options", 1500, run };
