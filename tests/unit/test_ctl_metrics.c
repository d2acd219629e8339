/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics by the rules of their format, whatever a daemon says. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/metrics.h"

Suite *test_ctl_metrics_suite(void);

#define NOW_S 1000000

static char *printed;
static size_t printed_size;

/* daemons: as JSON, with ' for ". */
static const char *print(const char *daemons)
{
	char text[2048];
	FILE *stream;
	json_t *json;

	snprintf(text, sizeof(text), "%s", daemons);
	for (char *at = text; *at; at++) {
		if (*at == '\'')
			*at = '"';
	}
	json = json_loads(text, 0, NULL);
	ck_assert_ptr_nonnull(json);
	free(printed);
	stream = open_memstream(&printed, &printed_size);
	metrics_print(stream, json, NOW_S);
	fclose(stream);
	json_decref(json);
	return printed;
}

static void has(const char *line)
{
	const char *at = strstr(printed, line);

	ck_assert_msg(at && (at == printed || at[-1] == '\n') &&
			      at[strlen(line)] == '\n',
		      "no line '%s' in:\n%s", line, printed);
}

static void lacks(const char *text)
{
	ck_assert_msg(!strstr(printed, text), "'%s' in:\n%s", text, printed);
}

/* The lines that describe stand once, and before all samples of the family. */
START_TEST(each_family_stands_together)
{
	char *line, *rest, family[64] = "", seen[4096] = " ";

	print("[]");
	for (line = strtok_r(printed, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		char name[64], spaced[72];

		if (sscanf(line, "# HELP %63s", name) == 1) {
			ck_assert_str_eq(name, family);
		} else if (sscanf(line, "# TYPE %63s", name) == 1) {
			snprintf(spaced, sizeof(spaced), " %s ", name);
			ck_assert_msg(!strstr(seen, spaced), "%s twice", name);
			strcat(seen, name);
			strcat(seen, " ");
			strcpy(family, name);
		}
		ck_assert(rest && (strlen(rest) > 0 || !strcmp(line, "# EOF")));
	}
}
END_TEST

START_TEST(what_is_leased_is_told_as_instants)
{
	print("[{'daemon': '', 'version': '1', 'interfaces': [{'name': 'eth0',"
	      " 'tenure': 'held', 'state': 'BOUND', 'carrier': true, 'lease':"
	      " {'address': '10.0.0.5', 'server': null, 'seconds': 100,"
	      " 'renewInSeconds': 40, 'expiresInSeconds': 90}}]}]");
	has("tenured_daemons 1");
	has("tenured_build_info{version=\"1\"} 1");
	has("tenured_interface_carrier{interface=\"eth0\"} 1");
	has("tenured_interface_state{interface=\"eth0\",state=\"BOUND\"} 1");
	has("tenured_interface_state{interface=\"eth0\",state=\"INIT\"} 0");
	has("tenured_lease_info{interface=\"eth0\",address=\"10.0.0.5\"} 1");
	has("tenured_lease_acquired_timestamp_seconds{interface=\"eth0\"} 999990");
	has("tenured_lease_renewal_timestamp_seconds{interface=\"eth0\"} 1000040");
	has("tenured_lease_expiry_timestamp_seconds{interface=\"eth0\"} 1000090");
	lacks("tenured_lease_server_info{");
	lacks("daemon=");
}
END_TEST

START_TEST(a_lease_that_is_a_wish_or_has_no_end_has_no_instants)
{
	print("[{'interfaces': [{'name': 'eth0', 'tenure': 'remembered', 'lease':"
	      " {'address': '10.0.0.5', 'seconds': 5, 'expiresInSeconds': 9}},"
	      " {'name': 'eth1', 'tenure': 'held', 'lease': {'address':"
	      " '10.0.0.6', 'seconds': null, 'expiresInSeconds': null}}]}]");
	lacks("10.0.0.5");
	lacks("expiry_timestamp_seconds{");
	lacks("acquired_timestamp_seconds{");
	has("tenured_lease_info{interface=\"eth1\",address=\"10.0.0.6\"} 1");
}
END_TEST

START_TEST(counters_end_in_total)
{
	print("[{'daemon': 'blue', 'statistics': {'processSeconds': 60,"
	      " 'wakeups': 7, 'interfaces': [{'interface': 'eth0', 'sent':"
	      " {'DISCOVER': 2}, 'received': {'ACK': 1}, 'rejected': {'xid': 3},"
	      " 'leaseMilliseconds': 1234, 'naks': 4}]}}]");
	has("tenured_process_start_timestamp_seconds{daemon=\"blue\"} 999940");
	has("# TYPE tenured_wakeups counter");
	has("tenured_wakeups_total{daemon=\"blue\"} 7");
	has("tenured_packets_total{daemon=\"blue\",interface=\"eth0\","
	    "direction=\"sent\",type=\"DISCOVER\"} 2");
	has("tenured_packets_total{daemon=\"blue\",interface=\"eth0\","
	    "direction=\"received\",type=\"ACK\"} 1");
	has("tenured_dropped_total{daemon=\"blue\",interface=\"eth0\","
	    "reason=\"xid\"} 3");
	has("tenured_acquire_seconds{daemon=\"blue\",interface=\"eth0\"} 1.234");
	has("tenured_naks_total{daemon=\"blue\",interface=\"eth0\"} 4");
}
END_TEST

START_TEST(labels_are_escaped_and_clean)
{
	print("[{'daemon': 'a\\'b\\\\c', 'version': 'x\\ny\\u00e9\\u001b'}]");
	has("tenured_build_info{daemon=\"a\\\"b\\\\c\",version=\"x?y???\"} 1");
}
END_TEST

START_TEST(numbers_that_cannot_be_stay_numbers)
{
	print("[{'statistics': {'processSeconds': 9223372036854775807},"
	      " 'interfaces': [{'name': 'eth0', 'tenure': 'held', 'lease':"
	      " {'seconds': -9223372036854775807,"
	      " 'renewInSeconds': 9223372036854775807,"
	      " 'expiresInSeconds': 9223372036854775807}}]}]");
	lacks("renewal_timestamp_seconds{");
	lacks("expiry_timestamp_seconds{");
	lacks("acquired_timestamp_seconds{");
	lacks("tenured_process_start_timestamp_seconds -");
	has("tenured_daemons 1");
}
END_TEST

START_TEST(what_is_of_another_type_is_left_out)
{
	static const char *const daemons[] = {
		"[5]",
		"[{'version': 5, 'interfaces': 5, 'statistics': 5}]",
		"[{'interfaces': [5, {'name': 5, 'carrier': 'x', 'state': 5}],"
		" 'statistics': {'wakeups': 'x', 'interfaces': {'a': 5}}}]",
		"[{'statistics': {'interfaces': [{'sent': [1], 'received':"
		" {'ACK': 'x'}, 'leaseMilliseconds': null}]}}]",
	};

	for (size_t i = 0; i < ARRAY_SIZE(daemons); i++) {
		const char *text = print(daemons[i]);

		while (text) {
			ck_assert_msg(*text == '#' || !*text ||
					      !strncmp(text,
						       "tenured_daemons 1", 17),
				      "%s", text);
			text = strchr(text, '\n');
			text = text ? text + 1 : NULL;
		}
	}
}
END_TEST

Suite *test_ctl_metrics_suite(void)
{
	Suite *suite = suite_create("ctl_metrics");
	TCase *tcase = tcase_create("metrics");

	tcase_add_test(tcase, each_family_stands_together);
	tcase_add_test(tcase, what_is_leased_is_told_as_instants);
	tcase_add_test(tcase,
		       a_lease_that_is_a_wish_or_has_no_end_has_no_instants);
	tcase_add_test(tcase, counters_end_in_total);
	tcase_add_test(tcase, labels_are_escaped_and_clean);
	tcase_add_test(tcase, numbers_that_cannot_be_stay_numbers);
	tcase_add_test(tcase, what_is_of_another_type_is_left_out);
	suite_add_tcase(suite, tcase);
	return suite;
}
