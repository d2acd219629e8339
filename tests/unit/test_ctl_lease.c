/* SPDX-License-Identifier: BSD-2-Clause */
/* The variables of a lease: what a shell makes of them, and of what they are made. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/lease_env.h"
#include "lease/hook_lines.h"
#include "lease/report_lease.h"
#include "lease/shell_word.h"

Suite *test_ctl_lease_suite(void);

#define NOW (1000 * NSEC_PER_S)

static char *printed;
static size_t printed_size;

static FILE *begin(void)
{
	free(printed);
	return open_memstream(&printed, &printed_size);
}

static const char *env_of(const struct dhcp4_lease *lease)
{
	FILE *stream = begin();

	ck_assert_int_eq(hook_lines_print(stream, "eth0", lease, 1234567890), 0);
	fclose(stream);
	return printed;
}

static bool read_json(const char *text, struct dhcp4_lease *ret)
{
	json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
	bool good = lease_env_from_json(json, NOW, ret);

	json_decref(json);
	return good;
}

START_TEST(a_shell_takes_each_value_as_it_is)
{
	static const char value[] = "a'b $(c) \"d\" \\ `e`\n*";
	FILE *stream = begin(), *shell;
	char command[128], got[sizeof(value)] = "";

	shell_word_print(stream, value);
	fclose(stream);
	snprintf(command, sizeof(command), "printf %%s %s", printed);
	shell = popen(command, "r");
	ck_assert_uint_eq(fread(got, 1, sizeof(got) - 1, shell),
			  sizeof(value) - 1);
	ck_assert_int_eq(pclose(shell), 0);
	ck_assert_str_eq(got, value);
}
END_TEST

START_TEST(what_the_socket_tells_gives_the_same_variables)
{
	static const uint8_t servers[] = { 10, 0, 0, 1, 10, 0, 0, 2 };
	struct dhcp4_lease lease = { .address = 0x0a000005,
				     .prefix_length = 24,
				     .server_id = 0x0a000001,
				     .lease_s = 3600,
				     .expiry_ns = NOW + 60 * NSEC_PER_S },
			   read;
	char expected[2048];

	/* The second time without octets: by their values. */
	for (int raw = 1; raw >= 0; raw--) {
		json_t *json;

		lease.options = (struct dhcp4_options){ 0 };
		ck_assert(dhcp4_options_append(&lease.options, 6, servers,
					       sizeof(servers)));
		ck_assert(dhcp4_options_append(&lease.options, 15, "lab", 3));
		ck_assert(dhcp4_options_append(&lease.options, 19, "\1", 1));
		ck_assert(dhcp4_options_append(&lease.options, 26, "\5\xdc", 2));
		if (raw)
			ck_assert(dhcp4_options_append(&lease.options, 230,
						       "'\0", 2));
		snprintf(expected, sizeof(expected), "%s", env_of(&lease));
		json = report_lease(&lease, &route_policy_all, NOW, raw);
		ck_assert(lease_env_from_json(json, NOW, &read));
		json_decref(json);
		ck_assert_str_eq(env_of(&read), expected);
		ck_assert_uint_eq(read.expiry_ns, lease.expiry_ns);
		ck_assert_ptr_nonnull(strstr(
			expected,
			"\nnew_domain_name_servers='10.0.0.1 10.0.0.2'\n"));
		ck_assert_ptr_nonnull(
			strstr(expected, "\nnew_interface_mtu='1500'\n"));
	}
}
END_TEST

START_TEST(what_is_no_lease_is_refused)
{
	static const char *const texts[] = {
		"null",
		"{}",
		"{\"address\": 5, \"prefixLength\": 24}",
		"{\"address\": \"x\", \"prefixLength\": 24}",
		"{\"address\": \"0.0.0.0\", \"prefixLength\": 24}",
		"{\"address\": \"10.0.0.5\"}",
		"{\"address\": \"10.0.0.5\", \"prefixLength\": -1}",
		"{\"address\": \"10.0.0.5\", \"prefixLength\": 33}",
		"{\"address\": \"10.0.0.5\", \"prefixLength\": \"24\"}",
	};
	struct dhcp4_lease lease;

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_msg(!read_json(texts[i], &lease), "%s", texts[i]);
}
END_TEST

START_TEST(options_that_cannot_be_are_left_out)
{
	static const char *const options[] = {
		"5",
		"{}",
		"{\"code\": 0, \"raw\": \"00\"}",
		"{\"code\": 255, \"raw\": \"00\"}",
		"{\"code\": 6, \"raw\": \"0a\"}",
		"{\"code\": 6, \"raw\": \"zz\"}",
		"{\"code\": 6, \"raw\": null, \"value\": [[\"10.0.0.1\"]]}",
		"{\"code\": 6, \"raw\": null, \"value\": {\"hex\": null}}",
		"{\"code\": 26, \"raw\": null, \"value\": -1500}",
		"{\"code\": 230, \"raw\": null, \"value\": \"text\"}",
	};
	struct dhcp4_lease lease;
	char text[256];

	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		snprintf(text, sizeof(text),
			 "{\"address\": \"10.0.0.5\", \"prefixLength\": 24,"
			 " \"options\": [%s]}",
			 options[i]);
		ck_assert_msg(read_json(text, &lease), "%s", text);
		ck_assert_msg(lease.options.used == 0, "%s", text);
		ck_assert_uint_eq(lease.expiry_ns, NSEC_NEVER);
	}
}
END_TEST

Suite *test_ctl_lease_suite(void)
{
	Suite *suite = suite_create("ctl_lease");
	TCase *tcase = tcase_create("variables");

	tcase_add_test(tcase, a_shell_takes_each_value_as_it_is);
	tcase_add_test(tcase, what_the_socket_tells_gives_the_same_variables);
	tcase_add_test(tcase, what_is_no_lease_is_refused);
	tcase_add_test(tcase, options_that_cannot_be_are_left_out);
	suite_add_tcase(suite, tcase);
	return suite;
}
