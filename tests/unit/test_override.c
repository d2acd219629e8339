/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of options: which are taken, in which order they stand, what they do. */
#include "core/override.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/domain.h"
#include "core/dhcp4.h"

Suite *test_override_suite(void);

static struct dhcp4_override edits;
static struct dhcp4_options options;

static void setup(void)
{
	memset(&edits, 0, sizeof(edits));
	memset(&options, 0, sizeof(options));
}

static bool put(enum override_kind kind, uint8_t code, const char *bytes,
		size_t size)
{
	return override_put(&edits, kind, code, bytes, size);
}

/* clang-format off */
#define PUT(kind, code, bytes) \
	ck_assert(put(OVERRIDE_##kind, code, bytes, sizeof(bytes) - 1))
#define SENT(code, bytes) \
	ck_assert(dhcp4_options_put(&options, code, bytes, sizeof(bytes) - 1))
#define EXPECT(code, bytes) expect(code, bytes, sizeof(bytes) - 1)
/* clang-format on */

static void apply(void)
{
	ck_assert(override_apply(&edits, &options));
}

static void expect(uint8_t code, const char *bytes, size_t size)
{
	struct option_value value;

	ck_assert(dhcp4_options_get(&options, code, &value));
	ck_assert_uint_eq(value.size, size);
	ck_assert_mem_eq(value.bytes, bytes, size);
}

static void expect_none(uint8_t code)
{
	struct option_value value;

	ck_assert(!dhcp4_options_get(&options, code, &value));
}

/* ---- what may be edited --------------------------------------------------- */

static const uint8_t never[] = { 50, 52, 53, 54,  55,  56,  57, 61,
				 80, 82, 90, 108, 116, 118, 145 };

START_TEST(the_protocol_is_not_edited)
{
	for (int kind = 0; kind < OVERRIDE_KIND_COUNT; kind++)
		ck_assert_ptr_nonnull(
			override_refusal((enum override_kind)kind, never[_i]));
	ck_assert(!put(OVERRIDE_REQUIRE, never[_i], NULL, 0));
}
END_TEST

START_TEST(a_lease_time_is_only_superseded)
{
	for (int kind = 0; kind < OVERRIDE_KIND_COUNT; kind++) {
		const char *why = override_refusal((enum override_kind)kind, 51);

		if (kind == OVERRIDE_SUPERSEDE || kind == OVERRIDE_REQUIRE)
			ck_assert_ptr_null(why);
		else
			ck_assert_ptr_nonnull(strstr(why, "superseded"));
	}
	ck_assert(!put(OVERRIDE_SUPERSEDE, 51, "\0\0\0\x3b", 4));
	ck_assert(put(OVERRIDE_SUPERSEDE, 51, "\0\0\0\x3c", 4));
}
END_TEST

START_TEST(only_lists_are_joined_to)
{
	static const uint8_t lists[] = { 3, 6, 25, 33, 119, 121, 249 };

	for (unsigned code = 1; code < DHCP4_OPTION_END; code++) {
		bool is_list = memchr(lists, (int)code, sizeof(lists));
		const char *why =
			override_refusal(OVERRIDE_APPEND, (uint8_t)code);

		if (is_list)
			ck_assert_ptr_null(why);
		ck_assert_pstr_eq(why, override_refusal(OVERRIDE_PREPEND,
							(uint8_t)code));
	}
	ck_assert_ptr_nonnull(
		strstr(override_refusal(OVERRIDE_APPEND, 15), "supersede"));
	ck_assert(!put(OVERRIDE_PREPEND, 15, "a", 1));
}
END_TEST

START_TEST(values_are_those_of_the_option)
{
	char many[DHCP4_OVERRIDE_SIZE + 1] = { 0 };

	ck_assert(!put(OVERRIDE_SUPERSEDE, 6, "\1\2\3", 3));
	ck_assert(!put(OVERRIDE_SUPERSEDE, 0, "\1\2\3", 3));
	ck_assert(!put(OVERRIDE_SUPERSEDE, 255, "\1\2\3", 3));
	ck_assert(!put(OVERRIDE_IGNORE, 6, "\1\2\3\4", 4));
	ck_assert(!put(OVERRIDE_REQUIRE, 6, "\1\2\3\4", 4));
	ck_assert(!put(OVERRIDE_SUPERSEDE, 1, "\xff\0\xff\0", 4));
	ck_assert(!put(OVERRIDE_SUPERSEDE, 1, "\xfe\0\0\0", 4));
	ck_assert(!put(OVERRIDE_DEFAULT, 43, many, sizeof(many)));
	ck_assert(!put(OVERRIDE_DEFAULT, 43, many, DHCP4_OVERRIDE_SIZE - 3));
	ck_assert_uint_eq(edits.used, 0);
	PUT(SUPERSEDE, 1, "\xff\0\0\0");
	edits.used = 0;
	ck_assert(put(OVERRIDE_DEFAULT, 43, many, DHCP4_OVERRIDE_SIZE - 4));
	ck_assert(!put(OVERRIDE_IGNORE, 6, NULL, 0));
	ck_assert_uint_eq(edits.used, DHCP4_OVERRIDE_SIZE);
}
END_TEST

START_TEST(no_more_are_required_than_can_be_asked_for)
{
	for (uint8_t i = 0; i < OVERRIDE_REQUIRED_MAX; i++)
		ck_assert(put(OVERRIDE_REQUIRE, (uint8_t)(1 + i), NULL, 0));
	ck_assert(put(OVERRIDE_REQUIRE, 1, NULL, 0));
	ck_assert(!put(OVERRIDE_REQUIRE, 42, NULL, 0));
	ck_assert(put(OVERRIDE_IGNORE, 42, NULL, 0));
}
END_TEST

/* ---- the run -------------------------------------------------------------- */

static void expect_run(const char *kinds_and_codes)
{
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(&edits, &offset, &edit)) {
		ck_assert_int_eq((int)edit.kind, *kinds_and_codes++ - '0');
		ck_assert_int_eq(edit.value.code, *kinds_and_codes++);
	}
	ck_assert_int_eq(*kinds_and_codes, '\0');
}

START_TEST(edits_stand_by_kind_and_code)
{
	PUT(APPEND, 6, "\1\1\1\1");
	PUT(SUPERSEDE, 3, "\2\2\2\2");
	PUT(PREPEND, 42, "\3\3\3\3");
	PUT(PREPEND, 6, "\3\3\3\3");
	PUT(IGNORE, 6, "");
	expect_run("1\x06"
		   "3\x03"
		   "4\x06"
		   "4\x2a"
		   "5\x06");
	/* One of a kind and code: the last. */
	PUT(PREPEND, 6, "\4\4\4\4\5\5\5\5");
	ck_assert_uint_eq(edits.used, 5 * 4 + 4 * 4 + 4);
	PUT(PREPEND, 6, "\4\4\4\4");
	ck_assert_uint_eq(edits.used, 5 * 4 + 4 * 4);
	override_clear(&edits, OVERRIDE_PREPEND);
	expect_run("1\x06"
		   "3\x03"
		   "5\x06");
	for (unsigned i = edits.used; i < sizeof(edits.bytes); i++)
		ck_assert_uint_eq(edits.bytes[i], 0);
	override_clear(&edits, OVERRIDE_PREPEND);
	expect_run("1\x06"
		   "3\x03"
		   "5\x06");
}
END_TEST

/* ---- what is done --------------------------------------------------------- */

START_TEST(required_is_what_is_sent)
{
	ck_assert(!override_lacks(&edits, &options));
	PUT(IGNORE, 1, "");
	ck_assert(!override_lacks(&edits, &options));
	PUT(REQUIRE, 3, "");
	PUT(REQUIRE, 42, "");
	SENT(3, "\1\1\1\1");
	ck_assert(override_lacks(&edits, &options));
	SENT(42, "\1\1\1\1");
	ck_assert(!override_lacks(&edits, &options));
	apply();
	EXPECT(3, "\1\1\1\1");
}
END_TEST

START_TEST(ignored_is_as_if_not_sent)
{
	PUT(IGNORE, 6, "");
	PUT(IGNORE, 7, "");
	SENT(6, "\1\1\1\1");
	SENT(3, "\1\1\1\1");
	apply();
	expect_none(6);
	EXPECT(3, "\1\1\1\1");
}
END_TEST

START_TEST(defaults_are_for_what_is_missing)
{
	PUT(DEFAULT, 3, "\2\2\2\2");
	PUT(DEFAULT, 6, "\2\2\2\2");
	SENT(6, "\1\1\1\1");
	apply();
	EXPECT(3, "\2\2\2\2");
	EXPECT(6, "\1\1\1\1");
}
END_TEST

START_TEST(superseded_is_replaced_or_put)
{
	PUT(SUPERSEDE, 6, "\2\2\2\2\3\3\3\3");
	PUT(SUPERSEDE, 15, "example.org");
	SENT(6, "\1\1\1\1");
	SENT(42, "\1\1\1\1");
	apply();
	EXPECT(6, "\2\2\2\2\3\3\3\3");
	EXPECT(15, "example.org");
	EXPECT(42, "\1\1\1\1");
}
END_TEST

START_TEST(lists_are_joined_to)
{
	PUT(PREPEND, 6, "\2\2\2\2");
	PUT(APPEND, 6, "\3\3\3\3");
	PUT(PREPEND, 42, "\4\4\4\4");
	PUT(APPEND, 3, "\5\5\5\5");
	SENT(6, "\1\1\1\1");
	apply();
	EXPECT(6, "\2\2\2\2\1\1\1\1\3\3\3\3");
	EXPECT(42, "\4\4\4\4");
	EXPECT(3, "\5\5\5\5");
}
END_TEST

/* In the order of the kinds: none of them excludes another. */
START_TEST(all_kinds_go_together)
{
	PUT(APPEND, 6, "\3\3\3\3");
	PUT(PREPEND, 6, "\2\2\2\2");
	PUT(DEFAULT, 6, "\4\4\4\4");
	PUT(IGNORE, 6, "");
	SENT(6, "\1\1\1\1");
	apply();
	EXPECT(6, "\2\2\2\2\4\4\4\4\3\3\3\3");
	PUT(SUPERSEDE, 6, "\5\5\5\5");
	apply();
	EXPECT(6, "\2\2\2\2\5\5\5\5\3\3\3\3");
}
END_TEST

START_TEST(a_lease_gets_only_shorter)
{
	PUT(SUPERSEDE, 51, "\0\0\x0e\x10");
	apply();
	expect_none(51);
	SENT(51, "\0\0\x0e\x0f");
	apply();
	EXPECT(51, "\0\0\x0e\x0f");
	SENT(51, "\0\0\x0e\x11");
	apply();
	EXPECT(51, "\0\0\x0e\x10");
	SENT(51, "\xff\xff\xff\xff");
	apply();
	EXPECT(51, "\0\0\x0e\x10");
}
END_TEST

/* A pointer would point elsewhere, once something stands before it. */
START_TEST(names_are_joined_to_as_names)
{
	PUT(PREPEND, 119, "\1x\2zz\0");
	PUT(APPEND, 119, "\1y\0\1w\xc0\0");
	SENT(119, "\3eng\5apple\3com\0\1m\xc0\4");
	apply();
	EXPECT(119, "\1x\2zz\0\3eng\5apple\3com\0\1m\5apple\3com\0"
		    "\1y\0\1w\1y\0");
}
END_TEST

/* What is cut at the end would swallow what comes behind it. */
START_TEST(routes_are_joined_to_as_routes)
{
	PUT(APPEND, 121, "\x08\x0a\1\1\1\1");
	SENT(121, "\0\2\2\2\2\x18\xc0");
	apply();
	EXPECT(121, "\0\2\2\2\2\x08\x0a\1\1\1\1");
}
END_TEST

START_TEST(resolvers_of_this_host_are_known)
{
	ck_assert(!override_names_this_host(NULL));
	PUT(IGNORE, 6, "");
	PUT(SUPERSEDE, 42, "\x7f\0\0\1");
	PUT(PREPEND, 6, "\1\1\1\1\2\2\2\2");
	ck_assert(!override_names_this_host(&edits));
	PUT(APPEND, 6, "\1\1\1\1\x7f\0\0\x35");
	ck_assert(override_names_this_host(&edits));
}
END_TEST

START_TEST(what_does_not_fit_is_told)
{
	static uint8_t filler[DHCP4_OPTIONS_SIZE];

	ck_assert(dhcp4_options_put(&options, 43, filler,
				    DHCP4_OPTIONS_SIZE - 3 - 7 - 7));
	SENT(6, "\1\1\1\1");
	PUT(SUPERSEDE, 3, "\2\2\2\2");
	apply();
	ck_assert_uint_eq(options.used, DHCP4_OPTIONS_SIZE);
	PUT(APPEND, 6, "\2\2\2\2");
	ck_assert(!override_apply(&edits, &options));
	setup();
	ck_assert(dhcp4_options_put(&options, 43, filler,
				    DHCP4_OPTIONS_SIZE - 3 - 6));
	PUT(DEFAULT, 6, "\2\2\2\2");
	PUT(IGNORE, 43, "");
	apply();
	ck_assert(dhcp4_options_put(&options, 43, filler,
				    DHCP4_OPTIONS_SIZE - 3 - 7));
	override_clear(&edits, OVERRIDE_IGNORE);
	PUT(DEFAULT, 42, "\2\2\2\2");
	ck_assert(!override_apply(&edits, &options));
}
END_TEST

/* Names that point to a long one are longer than they were. */
START_TEST(what_swells_too_much_is_told)
{
	uint8_t names[1 + 64 + 64 + 2 * 40];
	struct writer w = writer_over(names, sizeof(names));

	for (unsigned label = 0; label < 2; label++) {
		writer_u8(&w, 63);
		for (unsigned i = 0; i < 63; i++)
			writer_u8(&w, 'a');
	}
	writer_u8(&w, 0);
	while (w.used + 2 <= sizeof(names))
		writer_u16(&w, 0xc000);
	ck_assert(dhcp4_options_put(&options, 119, names, w.used));
	apply();
	PUT(APPEND, 119, "\1x\0");
	ck_assert(!override_apply(&edits, &options));
}
END_TEST

Suite *test_override_suite(void)
{
	Suite *suite = suite_create("override");
	TCase *tcase = tcase_create("override");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, the_protocol_is_not_edited, 0,
			    (int)ARRAY_SIZE(never));
	tcase_add_test(tcase, a_lease_time_is_only_superseded);
	tcase_add_test(tcase, only_lists_are_joined_to);
	tcase_add_test(tcase, values_are_those_of_the_option);
	tcase_add_test(tcase, no_more_are_required_than_can_be_asked_for);
	tcase_add_test(tcase, edits_stand_by_kind_and_code);
	tcase_add_test(tcase, required_is_what_is_sent);
	tcase_add_test(tcase, ignored_is_as_if_not_sent);
	tcase_add_test(tcase, defaults_are_for_what_is_missing);
	tcase_add_test(tcase, superseded_is_replaced_or_put);
	tcase_add_test(tcase, lists_are_joined_to);
	tcase_add_test(tcase, all_kinds_go_together);
	tcase_add_test(tcase, a_lease_gets_only_shorter);
	tcase_add_test(tcase, names_are_joined_to_as_names);
	tcase_add_test(tcase, routes_are_joined_to_as_routes);
	tcase_add_test(tcase, resolvers_of_this_host_are_known);
	tcase_add_test(tcase, what_does_not_fit_is_told);
	tcase_add_test(tcase, what_swells_too_much_is_told);
	suite_add_tcase(suite, tcase);
	return suite;
}
