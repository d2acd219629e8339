/* SPDX-License-Identifier: BSD-2-Clause */
/* Kinds of text: what is one, and what only looks like one. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"

Suite *test_text_suite(void);

typedef bool check_text(const uint8_t *text, size_t size);

/* Of just this size, so that a read behind it is seen. */
static bool is(check_text *check, const char *text)
{
	size_t size = strlen(text);
	uint8_t *copy = malloc(size + !size);
	bool result;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, text, size);
	result = check(copy, size);
	free(copy);
	return result;
}

/* clang-format off */
#define WORDS(...) (const char *const[]){ __VA_ARGS__, NULL }
/* clang-format on */

static void check_words(check_text *check, const char *const *good,
			const char *const *bad)
{
	for (; *good; good++)
		ck_assert_msg(is(check, *good), "%s is none", *good);
	for (; *bad; bad++)
		ck_assert_msg(!is(check, *bad), "%s is one", *bad);
}

/* Covers: DF-opt-10 DF-opt-11 */
START_TEST(plain_text)
{
	check_words(text_is_plain, WORDS("a", "/a/b.c", "A-Z_0:9@%+,=~"),
		    WORDS("", "a b", "$(id)", "`id`", "a;b", "a|b", "a&b",
			  "a\nb", "a\x1b[2J", "a'b", "a\"b", "\x80", "a\\b",
			  "a*", "a#", "a<b", "a!b"));
	ck_assert(!text_is_plain((const uint8_t *)"a\0b", 3));
}
END_TEST

static bool is_https(const uint8_t *text, size_t size)
{
	return text_is_uri(text, size, false);
}

static bool is_http(const uint8_t *text, size_t size)
{
	return text_is_uri(text, size, true);
}

START_TEST(uris)
{
	check_words(is_https,
		    WORDS("https://a", "https://a.b:443/c?d=e&f#g",
			  "https://[::1]/", "https://a/%41%fF",
			  "https://a/!$&'()*+,;="),
		    WORDS("", "https", "https://", "https:///a", "http://a",
			  "https://a b", "https://a/\n", "https://a/\"",
			  "https://a/<>", "https://a/\\", "https://a/^",
			  "https://a/%", "https://a/%4", "https://a/%4g",
			  "https://a/\x80", "HTTPS://a", "ftp://a",
			  "javascript:a", "urn:a", "file:///etc/passwd"));
	check_words(is_http, WORDS("http://a", "https://a"),
		    WORDS("http://", "ftp://a", "http:/a"));
	check_words(text_is_no_portal,
		    WORDS("urn:ietf:params:capport:unrestricted"),
		    WORDS("", "urn:ietf:params:capport:unrestricted2",
			  "urn:ietf:params:capport:restricted00"));
	check_words(text_is_tame, WORDS("https://a/b?c=d&e"),
		    WORDS("a;b", "$", "(", ")", "'", "*", "!"));
}
END_TEST

/* Covers: 4833-4-01 4833-9-01 */
START_TEST(posix_time_zones)
{
	check_words(
		text_is_timezone,
		WORDS("EST5", "EST5EDT", "CET-1CEST", "UTC0", "GMT+0BST-1",
		      "<+03>-3", "<-03>3<-02>", "EST5EDT4,M3.2.0/02:00,M11.1.0",
		      "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00",
		      "AAA24:59:59BBB25:00", "AAA3BBB,J60/-2,J300/167",
		      "AAA3BBB,0,365", "AAA3BBB,M1.1.0,M2.2.0/2:30"),
		WORDS("", ":foo", ":Europe/Berlin", "EST", "ES5", "5EST",
		      "EST5 EDT",
		      "\x01"
		      "EST5",
		      "EST5\n", "AAA99BBB", "AAA26", "AAA3BBB26", "AAA3:60",
		      "AAA3:10:60", "AAA3:10:10:10", "AAA1234", "AAA3:", "AAA-",
		      "<+0>3", "<+03-3", "<+03>", "AAA3BB", "AAA3BBB,",
		      "AAA3BBB,M3.2.0", "AAA3BBB,M3.2.0,", "AAA3BBB,M3.2,M3.2.0",
		      "AAA3BBB,M3,M3", "AAA3BBB,M3.2.0/168,M3.2.0",
		      "AAA3BBB,M3.2.0;M3.2.0", "AAA3BBB,M3.2.0,M3.2.0,",
		      "AAA3BBB,J,J", "AAA3BBB4;", "AAA3;", "<+03;>3"));
}
END_TEST

/* Covers: 4833-5-02 */
START_TEST(names_of_zones)
{
	check_words(text_is_zone_name,
		    WORDS("Europe/Berlin", "America/Argentina/Buenos_Aires",
			  "America/Port-au-Prince", "Etc/GMT+3", "UTC", "EST5EDT"),
		    WORDS("", "Mars/Base", "Europe", "Europe/",
			  "Europe//Berlin", "Europe/Berlin/", "/Europe/Berlin",
			  "Europe/../x", "Europe/.", "Europe/Ber lin",
			  "Europe/Ber\nlin", "Europe/$(id)", "../Europe/Berlin",
			  "utc", "UTCX", "UT", "localtime", "Europe\\Berlin"));
}
END_TEST

Suite *test_text_suite(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	tcase_add_test(tcase, plain_text);
	tcase_add_test(tcase, uris);
	tcase_add_test(tcase, posix_time_zones);
	tcase_add_test(tcase, names_of_zones);
	suite_add_tcase(suite, tcase);
	return suite;
}
