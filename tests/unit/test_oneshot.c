/* SPDX-License-Identifier: BSD-2-Clause */
/* What --oneshot prints: one line, the lease as the socket tells of it, or null. */
#include "daemon/oneshot.h"

#include <check.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/report.h"
#include "ipc_world.h"

Suite *test_oneshot_suite(void);

static struct world world;
static char text[16384];

/* What is printed of an interface, in `text`; stdout is the test's no more. */
static int print(const struct managed *m, nsec now)
{
	FILE *file = tmpfile();
	ssize_t size;
	int r;

	ck_assert_ptr_nonnull(file);
	fflush(stdout);
	ck_assert_int_ge(dup2(fileno(file), STDOUT_FILENO), 0);
	r = oneshot_print(m, now);
	ck_assert_int_eq(fflush(stdout), 0);
	size = pread(fileno(file), text, sizeof(text) - 1, 0);
	ck_assert_int_ge(size, 0);
	text[size] = '\0';
	fclose(file);
	return r;
}

static json_t *lease_printed(void)
{
	json_t *answer, *lease = NULL;

	ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
	answer = json_loads(text, 0, NULL);
	ck_assert_uint_eq(json_object_size(answer), 1);
	ck_assert_int_eq(json_unpack(answer, "{s:O}", "lease", &lease), 0);
	json_decref(answer);
	return lease;
}

START_TEST(a_lease_as_the_socket_has_it)
{
	const nsec now = WORLD_START + 10 * NSEC_PER_S;
	json_t *printed, *told;

	world_open(&world);
	ck_assert_int_eq(print(&world.managed[0], now), 0);
	printed = lease_printed();
	told = report_lease_of(&world.managed[0], now, true);
	ck_assert(json_equal(printed, told));
	ck_assert_str_eq(json_string_value(json_object_get(printed, "address")),
			 "10.0.0.5");
	json_decref(printed);
	json_decref(told);
}
END_TEST

START_TEST(without_one_there_is_null)
{
	json_t *printed;

	world_open(&world);
	ck_assert_int_eq(print(&world.managed[1], WORLD_START), 0);
	printed = lease_printed();
	ck_assert(json_is_null(printed));
	json_decref(printed);
}
END_TEST

Suite *test_oneshot_suite(void)
{
	Suite *suite = suite_create("oneshot");
	TCase *tests = tcase_create("oneshot");

	tcase_add_test(tests, a_lease_as_the_socket_has_it);
	tcase_add_test(tests, without_one_there_is_null);
	suite_add_tcase(suite, tests);
	return suite;
}
