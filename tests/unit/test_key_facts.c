/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is told of keys is what their rules do: words and bounds that are named are
 * taken, what is beside them is not, and defaults are what settings begin with.
 */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <config.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/key_facts.h"
#include "daemon/keys.h"
#include "daemon/sent.h"
#include "unit/settings_run.h"

Suite *test_key_facts_suite(void);

static bool is_taken(const struct key *key, const char *value)
{
	char *text = NULL;

	ck_assert_int_ge(asprintf(&text, "%s = \"%s\"\n", key_name(key), value),
			 0);
	use_text(text);
	free(text);
	RUN("eth0");
	/* What it takes besides may be missing; the value itself is fine. */
	return result == SETTINGS_OK || strstr(err, "needs auth-keys") ||
	       strstr(err, "inform does") || strstr(err, "No such file");
}

static bool is_number_taken(const struct key *key, uint64_t number)
{
	char text[24];
	struct str s = str_over(text, sizeof(text));

	str_u64(&s, number);
	return is_taken(key, text);
}

/* The next of several words, "" at the end. */
static const char *next_word(const char **at)
{
	static char word[64];
	size_t length = strcspn(*at, ",");

	ck_assert_uint_lt(length, sizeof(word));
	memcpy(word, *at, length);
	word[length] = '\0';
	*at += length;
	*at += strspn(*at, ", ");
	return word;
}

START_TEST(each_key_has_facts)
{
	for (size_t i = 0; i < key_count; i++) {
		const struct key_facts *facts;

		if (!keys[i].in_file)
			continue;
		facts = key_facts_of(&keys[i]);
		ck_assert_str_eq(facts->name, key_name(&keys[i]));
		ck_assert(facts->type && *facts->type);
		ck_assert(!keys[i].preset != !facts->otherwise);
		ck_assert(facts->least <= facts->most);
		ck_assert_ptr_nonnull(strstr(facts->example, key_name(&keys[i])));
	}
}
END_TEST

START_TEST(words_and_bounds_are_those_of_the_rules)
{
	for (size_t i = 0; i < key_count; i++) {
		const struct key_facts *facts;
		const char *at;

		if (!keys[i].in_file)
			continue;
		facts = key_facts_of(&keys[i]);
		for (at = facts->words; at && *at;) {
			const char *word = next_word(&at);

			ck_assert_msg(is_taken(&keys[i], word), "%s: %s",
				      key_name(&keys[i]), err);
			/* Another is not, but for what may be any text. */
			ck_assert(strcmp(key_name(&keys[i]), "client-id") == 0 ||
				  !is_taken(&keys[i], "no-such-word"));
		}
		if (!facts->most)
			continue;
		ck_assert_msg(is_number_taken(&keys[i], facts->least) &&
				      is_number_taken(&keys[i], facts->most) &&
				      !is_number_taken(&keys[i], facts->most + 1),
			      "%s", key_name(&keys[i]));
		ck_assert_msg(facts->least == 0 ||
				      !is_number_taken(&keys[i],
						       facts->least - 1) ||
				      (facts->words && facts->least == 1),
			      "%s", key_name(&keys[i]));
	}
}
END_TEST

static bool is_same_fallback(const struct fallback_config *a,
			     const struct fallback_config *b)
{
	return a->mode == b->mode && a->address == b->address &&
	       a->prefix_length == b->prefix_length && a->gateway == b->gateway;
}

/* Of interfaces, the settings but for what they share. */
static bool is_same(const struct settings *a, const struct settings *b)
{
	struct iface_settings x = a->common, y = b->common;
	struct sent_settings s = *x.sent, t = *y.sent;

	x.sent = y.sent = NULL;
	s.references = t.references = 0;
	/* It has octets that belong to no member. */
	memset(&x.fallback, 0, sizeof(x.fallback));
	memset(&y.fallback, 0, sizeof(y.fallback));
	return is_same_fallback(&a->common.fallback, &b->common.fallback) &&
	       memcmp(&x, &y, sizeof(x)) == 0 && memcmp(&s, &t, sizeof(s)) == 0 &&
	       a->log_level == b->log_level && a->verbosity == b->verbosity &&
	       a->timeout_s == b->timeout_s && a->record_kib == b->record_kib &&
	       a->release_on_exit == b->release_on_exit &&
	       a->duid.kind == b->duid.kind && a->hooks == b->hooks &&
	       a->hook_timeout_s == b->hook_timeout_s &&
	       a->sandbox_required == b->sandbox_required;
}

START_TEST(presets_change_nothing)
{
	struct settings before;

	RUN("eth0");
	expect_ok();
	before = settings;
	settings = (struct settings){ 0 };
	for (size_t i = 0; i < key_count; i++) {
		const char *preset = keys[i].in_file ? keys[i].preset : NULL;

		if (!preset)
			continue;
		ck_assert_msg(is_taken(&keys[i], preset), "%s: %s",
			      key_name(&keys[i]), err);
		ck_assert_msg(is_same(&before, &settings), "%s",
			      key_name(&keys[i]));
	}
	settings_free(&before);
}
END_TEST

/* There are no such keys here; else it is fine. */
static bool is_excused(const char *example)
{
	return strstr(example, "auth-keys") && strstr(err, "/etc/tenured/keys: ");
}

/* Each is read as a file by itself. */
START_TEST(examples_are_examples)
{
	for (size_t i = 0; i < key_count; i++) {
		const char *example;

		if (!keys[i].in_file)
			continue;
		example = key_facts_of(&keys[i])->example;
		use_text(example);
		RUN("eth0");
		ck_assert_msg(result == SETTINGS_OK || is_excused(example),
			      "%s: %s", key_name(&keys[i]), err);
	}
}
END_TEST

Suite *test_key_facts_suite(void)
{
	Suite *suite = suite_create("key_facts");
	TCase *tcase = tcase_create("key_facts");

	suite_add_tcase(suite, tcase);
	tcase_add_checked_fixture(tcase, run_setup, run_teardown);
	tcase_add_test(tcase, each_key_has_facts);
	tcase_add_test(tcase, words_and_bounds_are_those_of_the_rules);
	tcase_add_test(tcase, presets_change_nothing);
	tcase_add_test(tcase, examples_are_examples);
	return suite;
}
