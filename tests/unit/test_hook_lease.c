/* SPDX-License-Identifier: BSD-2-Clause */
/* From a lease to a hook's environment, all the way. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "lease/hook_environment.h"
#include "lease/hook_lease.h"
#include "lease/hook_message.h"

Suite *test_hook_lease_suite(void);

static struct dhcp4_lease lease;
static struct hook_environment environment;

static union {
	struct hook_message message;
	uint8_t room[sizeof(struct hook_message) + HOOK_MESSAGE_MAX];
} fresh, old;

static void setup(void)
{
	lease = (struct dhcp4_lease){ .address = 0x0a000005, .prefix_length = 24 };
}

static void option(uint8_t code, const void *bytes, size_t size)
{
	ck_assert(dhcp4_options_append(&lease.options, code, bytes, size));
}

#define OPTION(code, ...) \
	option(code, (uint8_t[]){ __VA_ARGS__ }, \
	       sizeof((uint8_t[]){ __VA_ARGS__ }))

static void text(uint8_t code, const char *value)
{
	option(code, value, strlen(value));
}

static void make(struct hook_message *message, enum hook_reason reason)
{
	struct hook_header header = { .number = 1,
				      .ifindex = 2,
				      .metric = 1002,
				      .reason = reason,
				      .interface = "eth0" };
	struct writer w = writer_over(message->bytes, HOOK_MESSAGE_MAX);

	hook_message_begin(&w, &header);
	if (reason != HOOK_REASON_RELEASE)
		hook_lease_put(&w, &lease, 1234567890);
	message->size = w.used;
	if (!hook_message_is_valid(message->bytes, message->size))
		ck_abort_msg("a message that the runner would refuse");
}

static void tell(void)
{
	make(&fresh.message, HOOK_REASON_BOUND);
	hook_environment_make(&environment, &fresh.message, NULL);
}

/* The value of a variable; NULL if there is none. */
static const char *value(const char *name)
{
	size_t length = strlen(name);

	for (char **at = environment.list; *at; at++)
		if (strncmp(*at, name, length) == 0 && (*at)[length] == '=')
			return *at + length + 1;
	return NULL;
}

#define IS(name, text) ck_assert_pstr_eq(value(name), text)

START_TEST(header_is_told)
{
	tell();
	IS("reason", "BOUND");
	IS("interface", "eth0");
	IS("ifindex", "2");
	IS("metric", "1002");
	IS("dns", "no");
	ck_assert_ptr_nonnull(value("PATH"));
}
END_TEST

START_TEST(address_is_told)
{
	tell();
	IS("new_ip_address", "10.0.0.5");
	IS("new_subnet_mask", "255.255.255.0");
	IS("new_subnet_cidr", "24");
	IS("new_network_number", "10.0.0.0");
	IS("new_broadcast_address", "10.0.0.255");
	IS("new_expiry", "1234567890");
	ck_assert_ptr_null(value("old_ip_address"));
}
END_TEST

START_TEST(parameters_without_address_are_told)
{
	lease.address = IPV4_ANY;
	OPTION(3, 10, 0, 0, 1);
	tell();
	IS("new_ip_address", NULL);
	IS("new_subnet_mask", NULL);
	IS("new_routers", "10.0.0.1");
}
END_TEST

START_TEST(single_address_has_no_broadcast)
{
	lease.prefix_length = 32;
	tell();
	IS("new_subnet_mask", "255.255.255.255");
	IS("new_broadcast_address", NULL);
}
END_TEST

/* The mask and the broadcast address in force, not those that were sent. */
START_TEST(what_is_in_force_is_told)
{
	OPTION(1, 255, 255, 255, 128);
	OPTION(28, 10, 0, 0, 99);
	tell();
	IS("new_subnet_mask", "255.255.255.0");
	IS("new_broadcast_address", "10.0.0.255");
	IS("new_opt_001", "ffffff80");
	IS("new_opt_028", "0a000063");
}
END_TEST

START_TEST(options_are_told_by_type)
{
	OPTION(2, 0xff, 0xff, 0xf1, 0xf0);
	OPTION(3, 10, 0, 0, 1, 10, 0, 0, 2);
	OPTION(19, 1);
	OPTION(23, 64);
	OPTION(25, 2, 0, 5, 220);
	OPTION(26, 5, 220);
	OPTION(33, 10, 9, 0, 1, 10, 0, 0, 1);
	OPTION(51, 0, 0, 14, 16);
	OPTION(54, 10, 0, 0, 1);
	OPTION(121, 8, 10, 192, 0, 2, 1, 0, 10, 0, 0, 1);
	tell();
	IS("new_time_offset", "-3600");
	IS("new_routers", "10.0.0.1 10.0.0.2");
	IS("new_ip_forwarding", "1");
	IS("new_default_ip_ttl", "64");
	IS("new_path_mtu_plateau_table", "512 1500");
	IS("new_interface_mtu", "1500");
	IS("new_static_routes", "10.9.0.1 10.0.0.1");
	IS("new_dhcp_lease_time", "3600");
	IS("new_dhcp_server_identifier", "10.0.0.1");
	IS("new_classless_static_routes",
	   "10.0.0.0/8 192.0.2.1 0.0.0.0/0 10.0.0.1");
	IS("new_opt_003", "0a0000010a000002");
	IS("new_opt_121", "080ac0000201000a000001");
}
END_TEST

START_TEST(unknown_options_are_hex)
{
	OPTION(43, 1, 2, 3);
	OPTION(230, 0xde, 0xad);
	tell();
	IS("new_opt_043", "010203");
	IS("new_opt_230", "dead");
	IS("new_vendor_specific", NULL);
}
END_TEST

START_TEST(values_with_a_grammar_are_words)
{
	text(17, "/srv/root");
	text(101, "Europe/Berlin");
	tell();
	IS("new_root_path", "/srv/root");
	IS("new_tzdb_timezone", "Europe/Berlin");
}
END_TEST

/* It is there, and says nothing. */
START_TEST(values_that_are_all_bad_are_in_hex_alone)
{
	OPTION(121, 64, 10, 0, 0, 0, 0);
	tell();
	IS("new_classless_static_routes", NULL);
	IS("new_opt_121", "400a00000000");
}
END_TEST

START_TEST(servers_that_are_no_hosts_are_left_out)
{
	OPTION(6, 0, 0, 0, 0, 10, 0, 0, 53, 127, 0, 0, 1);
	tell();
	IS("new_domain_name_servers", "10.0.0.53");
	IS("new_opt_006", "000000000a0000357f000001");
}
END_TEST

START_TEST(no_server_is_no_variable)
{
	OPTION(6, 0, 0, 0, 0);
	tell();
	IS("new_domain_name_servers", NULL);
}
END_TEST

START_TEST(names_are_told)
{
	text(12, "guest");
	text(15, "lab.example.");
	tell();
	IS("new_host_name", "guest");
	IS("new_domain_name", "lab.example");
	IS("new_domain_search", "lab.example");
}
END_TEST

/* Covers: 3397-4-01 */
START_TEST(search_list_is_the_explicit_one)
{
	text(15, "lab.example");
	OPTION(119, 1, 'a', 7, 'e', 'x', 'a', 'm', 'p', 'l', 'e', 3, 'o', 'r',
	       'g', 0, 1, 'b', 0xc0, 2);
	tell();
	IS("new_domain_search", "a.example.org b.example.org");
	IS("new_domain_name", "lab.example");
}
END_TEST

/* A few octets can stand for many names: 16 of three labels of 63. */
START_TEST(search_list_has_a_limit)
{
	uint8_t octets[3 * 64 + 1 + 2 * 20];
	const size_t name = 3 * 64 + 1;

	memset(octets, 'a', sizeof(octets));
	octets[0] = octets[64] = octets[128] = 63;
	octets[name - 1] = 0;
	for (size_t i = name; i < sizeof(octets); i += 2)
		memcpy(octets + i, (const uint8_t[]){ 0xc0, 0 }, 2);
	option(119, octets, sizeof(octets));
	tell();
	ck_assert_uint_le(strlen(value("new_domain_search")), 2048);
	ck_assert_uint_ge(strlen(value("new_domain_search")), 1900);
}
END_TEST

/* Covers: DF-opt-13 */
START_TEST(names_of_any_host_are_nobodys)
{
	static const char *const names[] = { "localhost", "LocalHost",
					     "localhost.localdomain",
					     "localhost.", "(none)" };

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		setup();
		text(12, names[i]);
		tell();
		IS("new_host_name", NULL);
		ck_assert_ptr_nonnull(value("new_opt_012"));
	}
	setup();
	text(12, "localhosts");
	tell();
	IS("new_host_name", "localhosts");
}
END_TEST

/* Covers: DF-opt-11 */
START_TEST(text_is_told_as_a_name_or_as_hex)
{
	static const char *const texts[] = {
		"$(touch x)",	   "a;reboot", "`id`", "() { :;}; cmd",
		"it's \"quoted\"", "a\nb",     "-e x", "a b",
	};
	static const uint8_t codes[] = { 12, 14, 15, 17, 40, 47, 64, 66, 67 };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		setup();
		for (size_t c = 0; c < ARRAY_SIZE(codes); c++)
			text(codes[c], texts[i]);
		tell();
		for (char **at = environment.list; *at; at++) {
			const char *is = strchr(*at, '=') + 1;

			if (strncmp(*at, "new_", 4) == 0)
				ck_assert_uint_eq(
					strspn(is, "abcdefghijklmnopqrstuvwxyz"
						   "0123456789./ -"),
					strlen(is));
		}
		IS("new_domain_name", NULL);
		IS("new_host_name", NULL);
		IS("new_root_path", NULL);
		IS("new_boot_file_name", NULL);
		ck_assert_ptr_nonnull(value("new_opt_017"));
	}
}
END_TEST

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

/* What tenured-hooks(7) promises of a variable. */
static bool is_promised(const char *variable)
{
	const char *is = strchr(variable, '=') + 1;
	bool number = is[strspn(is, DIGITS " -")] == '\0';

	if (strncmp(variable, "PATH=", 5) == 0)
		return true;
	return variable + strspn(variable, LETTERS DIGITS "_") + 1 == is &&
	       is[strspn(is, LETTERS DIGITS " _./:,=+@%-")] == '\0' &&
	       (*is != '-' || number);
}

/* Millions of them: an assertion that holds would cost more than the test. */
static void check_environment(void)
{
	for (char **at = environment.list; *at; at++)
		if (!is_promised(*at))
			ck_abort_msg("%s", *at);
}

/* Each option that the server sent is told, whatever else has no room. */
static void check_octets(void)
{
	struct option_value option_sent;
	uint16_t offset = 0;

	while (dhcp4_options_next(&lease.options, &offset, &option_sent)) {
		char name[16];
		const char *is;

		snprintf(name, sizeof(name), "new_opt_%03u", option_sent.code);
		is = value(name);
		if (!is || strlen(is) != 2U * option_sent.size)
			ck_abort_msg("%s", name);
	}
}

/* An option of any length and octets, some of them nearly of one kind. */
static void any_option(struct prng *random, uint8_t code)
{
	uint8_t octets[300];
	size_t size = (size_t)prng_below(random, sizeof(octets));
	uint8_t mask = prng_below(random, 2) ? 0xff : 0x7f;
	uint8_t same = (uint8_t)prng_below(random, 256);
	bool text = prng_below(random, 2);

	if (prng_below(random, 2))
		size &= 15;
	for (size_t i = 0; i < size; i++) {
		octets[i] = (uint8_t)prng_below(random, 256) & mask;
		if (text && prng_below(random, 8))
			octets[i] = (uint8_t)('a' + prng_below(random, 26));
		if (text && !prng_below(random, 16))
			octets[i] = same;
	}
	dhcp4_options_append(&lease.options, code, octets, size);
}

/*
 * Covers: DF-opt-11
 */
START_TEST(every_octet_told_is_of_a_closed_alphabet)
{
	struct prng random;

	prng_init(&random, (uint8_t[32]){ 7 });
	for (unsigned round = 0; round < 600; round++) {
		setup();
		for (unsigned code = 1; code < 255;
		     code += 1 + (unsigned)prng_below(&random, 20))
			any_option(&random, (uint8_t)code);
		for (size_t i = 0; i < 20; i++) {
			lease.file[i] = (char)(1 + prng_below(&random, 255));
			lease.sname[i] = (char)(1 + prng_below(&random, 255));
		}
		tell();
		check_environment();
		check_octets();
	}
}
END_TEST

/* The same of each octet by itself, in each option that may hold it. */
START_TEST(no_octet_is_told_that_a_shell_knows)
{
	for (unsigned round = 0; round < 3 * 256; round++) {
		uint8_t value[] = { 'a', 'b', 'c' };

		value[round % 3] = (uint8_t)(round / 3);
		setup();
		for (unsigned code = 1; code < 255; code++)
			dhcp4_options_append(&lease.options, (uint8_t)code,
					     value, sizeof(value));
		tell();
		check_environment();
	}
}
END_TEST

/* Whatever a daemon in foreign hands says is refused, or harmless. */
START_TEST(messages_of_others_are_refused_or_harmless)
{
	struct prng random;
	unsigned valid = 0;

	prng_init(&random, (uint8_t[32]){ 8 });
	OPTION(3, 10, 0, 0, 1);
	text(12, "guest");
	text(17, "/srv/root");
	OPTION(121, 8, 10, 192, 0, 2, 1, 0, 10, 0, 0, 1);
	for (unsigned round = 0; round < 30000; round++) {
		struct hook_message *message = &fresh.message;

		if (round % 16 == 0)
			make(message, HOOK_REASON_BOUND);
		message->bytes[prng_below(&random, (uint32_t)message->size)] =
			(uint8_t)prng_below(&random, 256);
		if (!hook_message_is_valid(message->bytes, message->size)) {
			make(message, HOOK_REASON_BOUND);
			continue;
		}
		valid++;
		hook_environment_make(&environment, message, message);
		check_environment();
	}
	ck_assert_uint_gt(valid, 3000);
}
END_TEST

START_TEST(boot_server_is_told)
{
	lease.siaddr = 0x0a000003;
	strcpy(lease.sname, "boot.example");
	strcpy(lease.file, "/tftp/kernel.img");
	tell();
	IS("new_next_server", "10.0.0.3");
	IS("new_server_name", "boot.example");
	IS("new_filename", "/tftp/kernel.img");
	strcpy(lease.sname, "$(id)");
	strcpy(lease.file, "a b");
	tell();
	IS("new_server_name", NULL);
	IS("new_filename", NULL);
}
END_TEST

/* By what they are made of, whatever their table row calls them. */
START_TEST(shaped_options_are_told_by_their_leaves)
{
	OPTION(94, 1, 2, 3); /* numbers in a record */
	OPTION(97, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16);
	OPTION(120, 1, 10, 0, 0, 1, 10, 0, 0, 2); /* addresses behind a code */
	OPTION(137, 4, 'l', 'o', 's', 't', 2, 'd', 'e', 0);
	OPTION(158, 4, 10, 0, 0, 1, 8, 10, 0, 0, 2, 10, 0, 0, 3);
	tell();
	IS("new_client_network_interface", "1 2 3");
	IS("new_client_machine_id", "0 0102030405060708090a0b0c0d0e0f10");
	IS("new_sip_servers", "10.0.0.1 10.0.0.2");
	IS("new_lost_server", "lost.de");
	IS("new_pcp_servers", "10.0.0.1 10.0.0.2,10.0.0.3");
}
END_TEST

START_TEST(what_is_inherited_comes_second)
{
	char *list[] = { "reason=other", "reasons=two", "plain", NULL };

	make(&fresh.message, HOOK_REASON_BOUND);
	hook_environment_make(&environment, &fresh.message, NULL);
	hook_environment_inherit(&environment, list);
	IS("reason", "BOUND");
	IS("reasons", "two");
	while (environment.count < HOOK_ENVIRONMENT_COUNT)
		environment.list[environment.count++] = list[2];
	hook_environment_inherit(&environment, list + 1);
	ck_assert_ptr_null(environment.list[HOOK_ENVIRONMENT_COUNT]);
}
END_TEST

START_TEST(what_was_told_before_is_old)
{
	OPTION(3, 10, 0, 0, 1);
	make(&old.message, HOOK_REASON_BOUND);
	lease.address = 0x0a000006;
	make(&fresh.message, HOOK_REASON_BOUND);
	hook_environment_make(&environment, &fresh.message, &old.message);
	IS("new_ip_address", "10.0.0.6");
	IS("old_ip_address", "10.0.0.5");
	IS("old_routers", "10.0.0.1");
	IS("old_interface", NULL);
	memcpy(old.message.bytes + 14, "lan0", 4);
	hook_environment_make(&environment, &fresh.message, &old.message);
	IS("interface", "eth0");
	IS("old_interface", "lan0");
	make(&fresh.message, HOOK_REASON_RELEASE);
	hook_environment_make(&environment, &fresh.message, &old.message);
	IS("reason", "RELEASE");
	IS("new_ip_address", NULL);
	IS("old_ip_address", "10.0.0.5");
}
END_TEST

/* What is longer by its type gives way to what has no other form. */
START_TEST(long_lists_take_nobodys_room)
{
	uint8_t names[1 + 65 + 2 * 63] = { 0, 63 }, numbers[740] = { 1 };

	memset(names + 2, 'a', 63);
	for (size_t i = 66; i < sizeof(names); i += 2)
		names[i] = 0xc0;
	option(119, names + 1, sizeof(names) - 1);
	option(120, names, sizeof(names));
	option(141, names + 1, sizeof(names) - 1);
	option(145, numbers, sizeof(numbers));
	tell();
	check_octets();
	ck_assert_uint_eq(strlen(value("new_sip_configuration_domains")),
			  64 * 64 - 1);
	ck_assert_uint_eq(strlen(value("new_domain_search")),
			  LEASE_SEARCH_MAX * 64 - 1);
	IS("new_forcerenew_nonce_capable", NULL);
	IS("new_ip_address", "10.0.0.5");
	IS("new_expiry", "1234567890");
}
END_TEST

/* As much as one message can hold, now and before: nothing is left out. */
START_TEST(largest_lease_fits)
{
	static const uint8_t octets[80];
	unsigned count = 0;

	while (dhcp4_options_append(&lease.options, (uint8_t)(222 + count),
				    octets, sizeof(octets)))
		count++;
	ck_assert_uint_gt(lease.options.used,
			  DHCP4_OPTIONS_SIZE - 2 * sizeof(octets));
	make(&old.message, HOOK_REASON_BOUND);
	make(&fresh.message, HOOK_REASON_BOUND);
	hook_environment_make(&environment, &fresh.message, &old.message);
	for (unsigned code = 222; code < 222 + count; code++) {
		char name[32];

		snprintf(name, sizeof(name), "old_opt_%03u", code);
		ck_assert_uint_eq(strlen(value(name)), 2 * sizeof(octets));
		memcpy(name, "new", 3);
		ck_assert_uint_eq(strlen(value(name)), 2 * sizeof(octets));
	}
}
END_TEST

Suite *test_hook_lease_suite(void)
{
	Suite *suite = suite_create("hook_lease");
	TCase *tcase = tcase_create("hook_lease");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, header_is_told);
	tcase_add_test(tcase, address_is_told);
	tcase_add_test(tcase, parameters_without_address_are_told);
	tcase_add_test(tcase, single_address_has_no_broadcast);
	tcase_add_test(tcase, what_is_in_force_is_told);
	tcase_add_test(tcase, options_are_told_by_type);
	tcase_add_test(tcase, unknown_options_are_hex);
	tcase_add_test(tcase, values_with_a_grammar_are_words);
	tcase_add_test(tcase, values_that_are_all_bad_are_in_hex_alone);
	tcase_add_test(tcase, servers_that_are_no_hosts_are_left_out);
	tcase_add_test(tcase, no_server_is_no_variable);
	tcase_add_test(tcase, names_are_told);
	tcase_add_test(tcase, search_list_is_the_explicit_one);
	tcase_add_test(tcase, search_list_has_a_limit);
	tcase_add_test(tcase, names_of_any_host_are_nobodys);
	tcase_add_test(tcase, text_is_told_as_a_name_or_as_hex);
	tcase_add_test(tcase, every_octet_told_is_of_a_closed_alphabet);
	tcase_add_test(tcase, no_octet_is_told_that_a_shell_knows);
	tcase_add_test(tcase, messages_of_others_are_refused_or_harmless);
	tcase_add_test(tcase, boot_server_is_told);
	tcase_add_test(tcase, shaped_options_are_told_by_their_leaves);
	tcase_add_test(tcase, what_is_inherited_comes_second);
	tcase_add_test(tcase, what_was_told_before_is_old);
	tcase_add_test(tcase, long_lists_take_nobodys_room);
	tcase_add_test(tcase, largest_lease_fits);
	suite_add_tcase(suite, tcase);
	return suite;
}
