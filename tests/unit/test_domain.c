/* SPDX-License-Identifier: BSD-2-Clause */
/* Names in wire form and in text: taken, passed over, refused. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "core/domain.h"

Suite *test_domain_suite(void);

#define LABEL_63 \
	"abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghijk"
#define WIRE_63 "\x3f" LABEL_63

/* What is there (sizeof - 1 octets), and what comes of it, each with a comma. */
struct row {
	const char *octets;
	size_t size;
	const char *names;
	bool malformed;
	unsigned refused;
};
/* clang-format off */
#define ROW(octets, names, ...) { octets, sizeof(octets) - 1, names, __VA_ARGS__ }
/* clang-format on */

static void walk_is(const struct row *row, enum domain_form form)
{
	uint8_t *copy = malloc(row->size ? row->size : 1);
	char name[DOMAIN_NAME_SIZE], names[1024] = "";
	struct domain_walk walk;

	/* A copy of just this size, so that a read behind it is seen. */
	ck_assert_ptr_nonnull(copy);
	memcpy(copy, row->octets, row->size);
	walk = domain_walk(copy, row->size, form);
	while (domain_next(&walk, name)) {
		strcat(names, name);
		strcat(names, ",");
	}
	ck_assert_str_eq(names, row->names);
	ck_assert_int_eq(walk.malformed, row->malformed);
	ck_assert_uint_eq(walk.refused, row->refused);
	ck_assert(!domain_next(&walk, name));
	free(copy);
}

START_TEST(what_is_written_is_read)
{
	uint8_t octets[16];
	struct writer w = writer_over(octets, sizeof(octets));

	domain_write(&w, "a.bcd.e");
	domain_write(&w, "f");
	ck_assert(!w.failed);
	ck_assert_uint_eq(w.used, 12);
	ck_assert_mem_eq(octets, "\1a\3bcd\1e\0\1f", 12);
	domain_write(&w, "ghi");
	ck_assert(w.failed);
}
END_TEST

/* Covers: 3397-2-01 3397-2-02 */
START_TEST(the_example_of_rfc_3397)
{
	static const struct row row =
		ROW("\3eng\5apple\3com\0\tmarketing\xc0\4",
		    "eng.apple.com,marketing.apple.com,", false, 0);

	walk_is(&row, DOMAIN_FORM_COMPRESSED);
}
END_TEST

START_TEST(plain_names)
{
	static const struct row rows[] = {
		ROW("", "", false, 0),
		ROW("\1a\0", "a,", false, 0),
		ROW("\1a\1b\0\1c\0", "a.b,c,", false, 0),
		ROW("\4_sip\4_udp\1A\0", "_sip._udp.A,", false, 0),
		ROW(WIRE_63 "\0", LABEL_63 ",", false, 0),
		ROW("\1a\0\1b\xc0\0", "a,", true, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_PLAIN);
}
END_TEST

/* Covers: 3397-2-03 */
START_TEST(pointers_lead_to_earlier_octets)
{
	static const struct row rows[] = {
		ROW("\1a\0\1b\xc0\0\1c\xc0\3", "a,b.a,c.b.a,", false, 0),
		ROW("\1a\0\xc0\0", "a,a,", false, 0),
		/* to itself, to its own label, to and fro */
		ROW("\xc0\0", "", true, 0),
		ROW("\1a\xc0\0", "", true, 0),
		ROW("\xc0\2\xc0\0", "", true, 0),
		ROW("\1a\0\1b\xc0\3", "a,", true, 0),
		/* forward, behind the end, cut */
		ROW("\xc0\2\1a\0", "", true, 0),
		ROW("\xc0\x7f", "", true, 0),
		ROW("\xff\xff", "", true, 0),
		ROW("\1a\0\xc0", "a,", true, 0),
		/* earlier, but from there on round again */
		ROW("\1a\0\1b\1c\xc0\5", "a,", true, 0),
		ROW("\1a\xc0\1", "", true, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_COMPRESSED);
}
END_TEST

/* Covers: 3397-2-04 */
START_TEST(a_cut_name_is_dropped_and_those_before_stay)
{
	static const struct row rows[] = {
		ROW("\7example\3org\0\3foo", "example.org,", true, 0),
		ROW("\7example\3org\0\3fo", "example.org,", true, 0),
		ROW("\7example\3org\0\3", "example.org,", true, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		walk_is(&rows[i], DOMAIN_FORM_COMPRESSED);
		walk_is(&rows[i], DOMAIN_FORM_PLAIN);
	}
}
END_TEST

/* Covers: 3397-2-05 */
START_TEST(long_labels_and_names_are_refused)
{
	static const struct row rows[] = {
		ROW("\x40" LABEL_63 "x\0", "", true, 0),
		ROW("\1a\0\x80\0", "a,", true, 0),
		ROW("\1a\0\xbf\0", "a,", true, 0),
		/* 255 octets with the root's, and 256 */
		ROW(WIRE_63 WIRE_63 WIRE_63
		    "\x3d"
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		    "abcdefghi\0",
		    LABEL_63 "." LABEL_63 "." LABEL_63
			     ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
			     "abcdefghi,",
		    false, 0),
		ROW(WIRE_63 WIRE_63 WIRE_63
		    "\x3e"
		    "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz"
		    "abcdefghij\0",
		    "", true, 0),
		/* a chain of pointers that makes it longer */
		ROW(WIRE_63 "\0" WIRE_63 "\xc0\0" WIRE_63 "\xc0\x41"
			    "\1a\0",
		    LABEL_63 "," LABEL_63 "." LABEL_63 "," LABEL_63 "." LABEL_63
			     "." LABEL_63 ",a,",
		    false, 0),
		ROW(WIRE_63 "\0" WIRE_63 "\xc0\0" WIRE_63 "\xc0\x41" WIRE_63
			    "\xc0\x83"
			    "\1a\0",
		    LABEL_63 "," LABEL_63 "." LABEL_63 "," LABEL_63 "." LABEL_63
			     "." LABEL_63 ",",
		    true, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_COMPRESSED);
}
END_TEST

/* Covers: DF-opt-12 */
START_TEST(names_of_another_alphabet_are_passed_over)
{
	static const struct row rows[] = {
		ROW("\1a\0\3b c\0\1d\0", "a,d,", false, 1),
		ROW("\2-a\0\1d\0", "d,", false, 1),
		ROW("\2a-\1b\0\1d\0", "d,", false, 1),
		ROW("\3a.b\0\1d\0", "d,", false, 1),
		ROW("\2a\0\0\1d\0", "d,", false, 1),
		ROW("\2\xc3\xa4\0\1d\0", "d,", false, 1),
		ROW("\2a;\0\1d\0", "d,", false, 1),
		ROW("\2@a\2[b\2`c\2{d\2/e\2:f\0\1d\0", "d,", false, 1),
		/* like an address; the root alone */
		ROW("\2"
		    "10\1"
		    "0\1"
		    "0\1"
		    "1\0\1d\0",
		    "d,", false, 1),
		ROW("\2"
		    "10\1a\0",
		    "10.a,", false, 0),
		ROW("\0\1d\0", "d,", false, 1),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_PLAIN);
}
END_TEST

START_TEST(the_last_name_may_be_a_partial_one)
{
	static const struct row rows[] = {
		ROW("\4host", "host,", false, 0),
		ROW("\4host\1a", "host.a,", false, 0),
		ROW("\4host\1a\0", "host.a,", false, 0),
		ROW("\4host\0\1a", "host,a,", false, 0),
		ROW("\4hos", "", true, 0),
		ROW("\1a\0\1b\xc0\0", "a,", true, 0),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_PARTIAL);
}
END_TEST

#define TEXT_250 \
	LABEL_63 "." LABEL_63 "." LABEL_63 "." \
		 "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdef"

/* Covers: DF-opt-12 DF-opt-14 */
START_TEST(names_in_text)
{
	static const struct row rows[] = {
		ROW("", "", false, 0),
		ROW("a", "a,", false, 0),
		ROW("lab.example", "lab.example,", false, 0),
		ROW("lab.example.", "lab.example,", false, 0),
		ROW("a.example b.example", "a.example,b.example,", false, 0),
		ROW("a.example  b.example ", "a.example,b.example,", false, 1),
		ROW("_tcp.a", "_tcp.a,", false, 0),
		ROW("a..b", "", false, 1),
		ROW(".a", "", false, 1),
		ROW("a..", "", false, 1),
		ROW(".", "", false, 1),
		ROW("...", "", false, 1),
		ROW("-a b- a.-b a-.b", "", false, 4),
		ROW("10.0.0.1", "", false, 1),
		ROW("10.0.0.1a", "10.0.0.1a,", false, 0),
		ROW(LABEL_63, LABEL_63 ",", false, 0),
		ROW(LABEL_63 "x", "", false, 1),
		ROW(TEXT_250 "xyz", TEXT_250 "xyz,", false, 0),
		ROW(TEXT_250 "xyz.", TEXT_250 "xyz,", false, 0),
		ROW(TEXT_250 "wxyz", "", false, 1),
		ROW("a\0b", "", false, 1),
		ROW("x\ny", "", false, 1),
		ROW("$(id) c", "c,", false, 1),
		ROW("a/b", "", false, 1),
		ROW("\xe4", "", false, 1),
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		walk_is(&rows[i], DOMAIN_FORM_TEXT);
}
END_TEST

/* Covers: DF-opt-09 */
START_TEST(no_more_names_than_the_limit)
{
	uint8_t octets[3 * DOMAIN_NAMES_MAX + 3] = { 0 };
	struct domain_walk walk =
		domain_walk(octets, sizeof(octets), DOMAIN_FORM_PLAIN);
	char name[DOMAIN_NAME_SIZE];
	unsigned count = 0;

	for (size_t i = 0; i < sizeof(octets); i += 3)
		memcpy(octets + i, "\1a", 3);
	while (domain_next(&walk, name))
		count++;
	ck_assert_uint_eq(count, DOMAIN_NAMES_MAX);
	ck_assert(!domain_single(octets, sizeof(octets), DOMAIN_FORM_PLAIN, name));
}
END_TEST

START_TEST(single_names)
{
	static const struct {
		const char *octets;
		size_t size;
		bool single;
	} rows[] = {
		{ "\1a\1b\0", 5, true },     { "\1a\1b", 4, false },
		{ "\1a\0\1b\0", 6, false },  { "\1a\0\0", 4, false },
		{ "\1a\0\xc0\0", 5, false }, { "", 0, false },
		{ "\0", 1, false },	     { "\1;\0\1a\0", 6, false },
		{ "\1a\0\1", 4, false },     { "\xc0\0", 2, false },
	};
	char name[DOMAIN_NAME_SIZE];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(domain_single(rows[i].octets, rows[i].size,
					    DOMAIN_FORM_PLAIN,
					    name) == rows[i].single,
			      "row %zu", i);
	ck_assert(domain_single("a.b", 3, DOMAIN_FORM_TEXT, name));
	ck_assert_str_eq(name, "a.b");
	ck_assert(!domain_single("a b", 3, DOMAIN_FORM_TEXT, name));
}
END_TEST

START_TEST(names_of_hosts)
{
	ck_assert(domain_is_host("a"));
	ck_assert(domain_is_host("a-1.b"));
	ck_assert(!domain_is_host(""));
	ck_assert(!domain_is_host("a_b"));
	ck_assert(!domain_is_host("10.0.0.1"));
	ck_assert(!domain_is_host("-a"));
}
END_TEST

/* Whatever the octets: it ends, and what comes out is in the alphabet. */
START_TEST(random_octets)
{
	static const uint8_t seed[32] = { 7 };
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned run = 0; run < 20000; run++) {
		size_t size = (size_t)prng_below(&prng, 80);
		enum domain_form form =
			(enum domain_form)prng_below(&prng, DOMAIN_FORM_TEXT + 1);
		uint8_t *octets = malloc(size + 1);
		char name[DOMAIN_NAME_SIZE];
		struct domain_walk walk;
		unsigned count = 0;

		ck_assert_ptr_nonnull(octets);
		for (size_t i = 0; i < size; i++) {
			uint64_t kind = prng_below(&prng, 8);

			octets[i] = (uint8_t)(kind == 0	  ? prng_u32(&prng)
					      : kind == 1 ? 0xc0
					      : kind < 4  ? 'a' + kind
							  : kind - 4);
		}
		walk = domain_walk(octets, size, form);
		while (domain_next(&walk, name)) {
			ck_assert_uint_eq(strspn(name, "abcdefghijklmnopqrstuvwxyz"
						       "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
						       "0123456789-_."),
					  strlen(name));
			ck_assert_uint_gt(strlen(name), 0);
			count++;
		}
		ck_assert_uint_le(count, DOMAIN_NAMES_MAX);
		free(octets);
	}
}
END_TEST

Suite *test_domain_suite(void)
{
	Suite *suite = suite_create("domain");
	TCase *tcase = tcase_create("domain");

	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, the_example_of_rfc_3397);
	tcase_add_test(tcase, plain_names);
	tcase_add_test(tcase, pointers_lead_to_earlier_octets);
	tcase_add_test(tcase, a_cut_name_is_dropped_and_those_before_stay);
	tcase_add_test(tcase, long_labels_and_names_are_refused);
	tcase_add_test(tcase, names_of_another_alphabet_are_passed_over);
	tcase_add_test(tcase, the_last_name_may_be_a_partial_one);
	tcase_add_test(tcase, names_in_text);
	tcase_add_test(tcase, no_more_names_than_the_limit);
	tcase_add_test(tcase, single_names);
	tcase_add_test(tcase, names_of_hosts);
	tcase_add_test(tcase, random_octets);
	suite_add_tcase(suite, tcase);
	return suite;
}
