/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each key has a say in what a reload does: none is left out of the tables, so that
 * a change of it is neither missed nor taken for another one's.
 */
#include "daemon/difference.h"

#include <check.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/key_facts.h"
#include "daemon/keys.h"
#include "daemon/sent.h"

Suite *test_difference_suite(void);

/* Keys of the process whose new value holds from the reload on. */
static const char *const applied[] = {
	"timeout", "release-on-exit", "auth-keys", "log-level", "verbose",
};

static bool is_among(const char *name, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i], name) == 0)
			return true;
	return false;
}

static bool is_fixed(const char *name)
{
	for (unsigned i = 0; i < difference_fixed_count; i++)
		if (strcmp(difference_fixed[i].name, name) == 0)
			return true;
	return false;
}

START_TEST(test_equal)
{
	struct sent_settings sent = { 0 }, other = { 0 };
	struct iface_settings a = { .sent = &sent }, b = { .sent = &other };

	other.references = 7;
	ck_assert_uint_eq(difference_of(&a, &b, NULL), 0);
}
END_TEST

START_TEST(test_each_key)
{
	struct sent_settings sent = { 0 };
	struct iface_settings a = { .sent = &sent };

	for (size_t i = 0; i < key_count; i++) {
		struct iface_settings b = a;
		char names[64] = "";
		struct str s = str_over(names, sizeof(names));

		if (!keys[i].in_file || keys[i].scope != KEY_SCOPE_IFACE ||
		    keys[i].field == offsetof(struct iface_settings, sent))
			continue;
		((char *)&b)[keys[i].field] ^= 1;
		difference_of(&a, &b, &s);
		/* The server to inform is a part of "inform". */
		ck_assert_msg(strncmp(names, key_name(&keys[i]),
				      strlen(names)) == 0 &&
				      *names,
			      "%s: '%s'", key_name(&keys[i]), names);
	}
}
END_TEST

#define MEMBER(member) \
	{ \
		offsetof(struct sent_settings, member), #member \
	}

START_TEST(test_what_is_sent)
{
	static const struct {
		size_t offset;
		const char *name;
	} members[] = {
		MEMBER(identity),	MEMBER(client_id),
		MEMBER(hostname),	MEMBER(hostname_given),
		MEMBER(fqdn),		MEMBER(options),
		MEMBER(override),	MEMBER(wanted),
		MEMBER(wanted_count),	MEMBER(unwanted),
		MEMBER(unwanted_count),
	};
	struct sent_settings sent = { 0 };
	struct iface_settings a = { .sent = &sent };

	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		struct sent_settings other = { 0 };
		struct iface_settings b = { .sent = &other };

		((char *)&other)[members[i].offset] ^= 1;
		ck_assert_msg(difference_of(&a, &b, NULL) & DIFFERENCE_SENT,
			      "%s", members[i].name);
	}
}
END_TEST

/* What functions called after it find on the stack. */
__attribute__((noinline)) static void litter(int octet)
{
	volatile char stack[4096];

	for (size_t i = 0; i < sizeof(stack); i++)
		stack[i] = (char)octet;
}

/* By the example of the manual, in which the key may come last. */
static void read_example(const struct key *key, int octet,
			 struct iface_settings *ret)
{
	const char *line = key_facts_of(key)->example;
	char start[64];

	snprintf(start, sizeof(start), "%s = ", key_name(key));
	line = strstr(line, start);
	ck_assert_ptr_nonnull(line);
	litter(octet);
	ck_assert_ptr_null(key_apply(key, line + strlen(start), NULL, ret));
}

/* Between the members of what was read there is nothing that could differ. */
START_TEST(test_read_alike)
{
	for (size_t i = 0; i < key_count; i++) {
		struct iface_settings a = { 0 }, b = { 0 };
		char names[64] = "";
		struct str s = str_over(names, sizeof(names));

		if (!keys[i].in_file || keys[i].scope != KEY_SCOPE_IFACE)
			continue;
		read_example(&keys[i], 0x55, &a);
		read_example(&keys[i], 0xaa, &b);
		if (!a.sent)
			ck_assert_ptr_nonnull(sent_edit(&a.sent));
		if (!b.sent)
			ck_assert_ptr_nonnull(sent_edit(&b.sent));
		difference_of(&a, &b, &s);
		ck_assert_msg(!*names, "%s: %s", key_name(&keys[i]), names);
		iface_settings_clear(&a);
		iface_settings_clear(&b);
	}
}
END_TEST

START_TEST(test_names)
{
	struct sent_settings sent = { 0 };
	struct iface_settings a = { .sent = &sent }, b = a;
	char names[64] = "";
	struct str s = str_over(names, sizeof(names));

	b.metric = 5;
	b.mtu = true;
	ck_assert_uint_eq(difference_of(&a, &b, &s),
			  DIFFERENCE_ROUTES | DIFFERENCE_HOOKS |
				  DIFFERENCE_SENT | DIFFERENCE_MTU);
	ck_assert_str_eq(names, "metric, mtu");
}
END_TEST

START_TEST(test_process)
{
	for (size_t i = 0; i < key_count; i++) {
		const char *name = key_name(&keys[i]);

		if (!name || keys[i].scope != KEY_SCOPE_PROCESS)
			continue;
		ck_assert_msg(is_fixed(name) != is_among(name, applied,
							 ARRAY_SIZE(applied)),
			      "%s", name);
	}
}
END_TEST

START_TEST(test_fixed)
{
	char one[] = "one", same[] = "one", two[] = "two";
	struct settings a = { .user = one, .record_kib = 64 };
	struct settings b = { .user = same, .record_kib = 64 };

	for (unsigned i = 0; i < difference_fixed_count; i++)
		ck_assert(!difference_is_fixed(&difference_fixed[i], &a, &b));
	b.user = two;
	b.record_kib = 65;
	b.run_dir = one;
	for (unsigned i = 0; i < difference_fixed_count; i++) {
		static const char *const changed[] = { "user", "record-size",
						       "run-dir" };
		const struct difference_fixed *row = &difference_fixed[i];

		ck_assert_int_eq(difference_is_fixed(row, &a, &b),
				 is_among(row->name, changed,
					  ARRAY_SIZE(changed)));
	}
}
END_TEST

Suite *test_difference_suite(void)
{
	Suite *s = suite_create("difference");
	TCase *tc = tcase_create("difference");

	tcase_add_test(tc, test_equal);
	tcase_add_test(tc, test_each_key);
	tcase_add_test(tc, test_what_is_sent);
	tcase_add_test(tc, test_read_alike);
	tcase_add_test(tc, test_names);
	tcase_add_test(tc, test_process);
	tcase_add_test(tc, test_fixed);
	suite_add_tcase(s, tc);
	return s;
}
