/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leaves: which come of a value, in which order and by which names; and that any
 * octets at all end in some.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/option.h"
#include "core/option_text.h"

Suite *test_decode_suite(void);

/* The leaves as text: [ list ], { record }, ( item ), names before values. */
struct account {
	char text[4096];
	struct str s;
	unsigned depth, leaves;
	bool bad;
};

static const char *const kind_names[] = {
	[LEAF_IPV4] = "ipv4",	  [LEAF_IPV6] = "ipv6",
	[LEAF_PREFIX] = "prefix", [LEAF_PREFIX6] = "prefix6",
	[LEAF_NUMBER] = "number", [LEAF_FLAG] = "flag",
	[LEAF_NAME] = "name",	  [LEAF_WORD] = "word",
	[LEAF_TEXT] = "text",	  [LEAF_URI] = "uri",
	[LEAF_HEX] = "hex",	  [LEAF_STRANGE] = "strange",
};

static void note(void *context, const struct leaf *leaf)
{
	struct account *a = context;

	if (leaf->name) {
		str_text(&a->s, leaf->name);
		str_char(&a->s, ':');
	}
	switch (leaf->kind) {
	case LEAF_LIST:
	case LEAF_RECORD:
		str_char(&a->s, leaf->kind == LEAF_LIST ? '[' : '{');
		a->depth++;
		break;
	case LEAF_ITEM:
		str_char(&a->s, '(');
		str_u64(&a->s, (uint64_t)leaf->number);
		str_char(&a->s, '=');
		a->depth++;
		break;
	case LEAF_END:
		str_char(&a->s, '.');
		a->depth--;
		break;
	case LEAF_IPV4:
	case LEAF_IPV6:
	case LEAF_PREFIX:
	case LEAF_PREFIX6:
	case LEAF_NUMBER:
	case LEAF_FLAG:
	case LEAF_NAME:
	case LEAF_WORD:
	case LEAF_TEXT:
	case LEAF_URI:
	case LEAF_HEX:
	case LEAF_STRANGE:
		str_text(&a->s, kind_names[leaf->kind]);
		str_char(&a->s, ' ');
		break;
	}
}

static void leaves_are(uint8_t code, const void *octets, size_t size,
		       const char *expected)
{
	struct account account = { .depth = 0 };

	account.s = str_over(account.text, sizeof(account.text));
	option_decode(code, octets, size, note, &account);
	ck_assert_str_eq(account.text, expected);
	ck_assert_uint_eq(account.depth, 0);
}
#define LEAVES_ARE(code, octets, expected) \
	leaves_are(code, octets, sizeof(octets) - 1, expected)

START_TEST(leaves_have_kinds_and_names)
{
	LEAVES_ARE(1, "\xff\0\0\0", "ipv4 ");
	LEAVES_ARE(6, "\x0a\0\0\1\x0a\0\0\2", "[ipv4 ipv4 .");
	LEAVES_ARE(19, "\1", "flag ");
	LEAVES_ARE(15, "a.b", "name ");
	LEAVES_ARE(15, "a b", "strange ");
	LEAVES_ARE(17, "/a", "text ");
	LEAVES_ARE(17, "a b", "strange ");
	LEAVES_ARE(43, "abc", "hex ");
	LEAVES_ARE(100, "EST5", "text ");
	LEAVES_ARE(109, "0123456789abcdef", "ipv6 ");
	LEAVES_ARE(114, "https://a", "uri ");
	LEAVES_ARE(114, "https://a/;", "strange ");
	LEAVES_ARE(119, "\1a\0\1b\0", "[name name .");
	LEAVES_ARE(121, "\0\x0a\0\0\1", "[{destination:prefix gateway:ipv4 ..");
	LEAVES_ARE(122, "\1\4\x0a\0\0\1\3\5\1\x0a\0\0\1\x63\1x",
		   "[(1=value:ipv4 .(3=value:ipv4 .(99=value:hex ..");
	LEAVES_ARE(146, "\1\x0a\0\0\1\x0a\0\0\2",
		   "{preference:word primary:ipv4 secondary:ipv4 .");
	LEAVES_ARE(158, "\4\x0a\0\0\1", "[[ipv4 ..");
	LEAVES_ARE(159, "\6\4\0\x0f", "{offset:number length:number id:number .");
	LEAVES_ARE(162, "\0\x13\0\1\3\1a\0\4\x0a\0\0\x35\0\1\0\4\3dot",
		   "[{priority:number name:name addresses:[ipv4 ."
		   "parameters:[(1=value:[text .....");
	LEAVES_ARE(212,
		   "\x08\x20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\2\1",
		   "{ipv4MaskLength:number prefix:prefix6 relays:[ipv4 ..");
	LEAVES_ARE(81, "\4\0\0\1a", "{flags:number name:name .");
	LEAVES_ARE(230, "abc", "hex ");
}
END_TEST

START_TEST(what_is_malformed_is_hex)
{
	LEAVES_ARE(162, "\0\x13\0\1\3\1a\0\4\x0a\0\0\x35", "hex ");
	LEAVES_ARE(78, "\1", "hex ");
}
END_TEST

/* ---- whatever the octets ------------------------------------------------- */

static void check_leaf(void *context, const struct leaf *leaf)
{
	struct account *a = context;

	a->leaves++;
	if (leaf->kind <= LEAF_ITEM)
		a->depth++;
	if (leaf->kind == LEAF_END)
		a->depth--;
	ck_assert_uint_le(a->depth, DECODE_DEPTH_MAX);
	/* All of it is read, so that an octet that is not there is seen. */
	for (size_t i = 0; leaf->bytes && i < leaf->size; i++) {
		uint8_t c = leaf->bytes[i];

		if (leaf->kind == LEAF_TEXT || leaf->kind == LEAF_URI)
			ck_assert(c > ' ' && c < 127 &&
				  !strchr("$`'\"\\;()|*!", c));
	}
	if (leaf->kind == LEAF_NAME)
		ck_assert_uint_eq(strspn(leaf->text, "abcdefghijklmnopqrstuvwxyz"
						     "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						     "0123456789-_."),
				  strlen(leaf->text));
}

static void decode_exactly(uint8_t code, const uint8_t *octets, size_t size)
{
	uint8_t *copy = malloc(size + !size);
	struct account account = { .depth = 0 };
	char text[256];
	struct str s = str_over(text, sizeof(text));

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, octets, size);
	option_is_valid(code, copy, size);
	option_decode(code, copy, size, check_leaf, &account);
	ck_assert_uint_eq(account.depth, 0);
	ck_assert_uint_gt(account.leaves, 0);
	if (option_print(&s, code, copy, size))
		ck_assert(!s.truncated);
	else
		ck_assert_uint_eq(s.used, 0);
	free(copy);
}

/* Octets as options have them: small numbers, letters, now and then anything. */
static uint8_t draw_octet(struct prng *prng)
{
	static const uint8_t odd[] = { 0xc0, 0xff, 0x40, ':', '/', '.', '-', '%' };
	uint64_t kind = prng_below(prng, 8);

	if (kind == 0)
		return (uint8_t)prng_u32(prng);
	if (kind == 1)
		return odd[prng_below(prng, sizeof(odd))];
	if (kind < 4)
		return (uint8_t)('a' + prng_below(prng, 26));
	return (uint8_t)prng_below(prng, 10);
}

/* Covers: DF-opt-02 */
START_TEST(random_octets)
{
	static const uint8_t seed[32] = { 3 };
	uint8_t octets[96];
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned run = 0; run < 120000; run++) {
		size_t size = (size_t)prng_below(&prng, sizeof(octets) + 1);

		for (size_t i = 0; i < size; i++)
			octets[i] = draw_octet(&prng);
		decode_exactly((uint8_t)(run % 256), octets, size);
	}
}
END_TEST

/* Good ones, cut anywhere, or with one octet changed. */
START_TEST(octets_that_were_good)
{
	static const struct {
		uint8_t code;
		uint8_t size;
		const char *octets;
	} rows[] = {
		{ 63, 12, "\2\0\5\1\1\6\4\x0a\0\0\1\0" },
		{ 119, 19, "\3eng\1a\0\7example\xc0\4\1b\0" },
		{ 120, 9, "\1\x0a\0\0\1\x0a\0\0\2" },
		{ 122, 19, "\1\4\x0a\0\0\1\3\7\0\2mt\1a\0\7\1\1\1" },
		{ 125, 17, "\0\0\0\x09\3\1\1x\0\0\1\x37\4\1\2yz" },
		{ 158, 14, "\x08\x0a\0\0\1\x0a\0\0\2\4\x0a\0\0\3" },
		{ 162, 39,
		  "\0\x25\0\1\3\1a\0\x08\x0a\0\0\x35\x0a\0\0\x36"
		  "\0\1\0\x08\3dot\3doq\0\3\0\2\x03\x55\0\x09\0\0" },
		{ 212, 22,
		  "\x08\x20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\xc0\0\2\1" },
	};

	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		for (size_t i = 0; i < rows[row].size; i++) {
			uint8_t octets[64];

			memcpy(octets, rows[row].octets, rows[row].size);
			decode_exactly(rows[row].code, octets, i);
			for (unsigned value = 0; value < 256; value++) {
				octets[i] = (uint8_t)value;
				decode_exactly(rows[row].code, octets,
					       rows[row].size);
			}
		}
	}
}
END_TEST

Suite *test_decode_suite(void)
{
	Suite *suite = suite_create("decode");
	TCase *tcase = tcase_create("decode");

	tcase_add_test(tcase, leaves_have_kinds_and_names);
	tcase_add_test(tcase, what_is_malformed_is_hex);
	tcase_add_test(tcase, random_octets);
	tcase_add_test(tcase, octets_that_were_good);
	suite_add_tcase(suite, tcase);
	return suite;
}
