/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the words of an administrator to what is sent: rules_sent.c reads them,
 * sent.c makes a configuration of them.
 */
#include "daemon/sent.h"

#include <check.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/keys.h"
#include "unit/support.h"

Suite *test_sent_suite(void);

static const uint8_t secret[SIPHASH_KEY_SIZE] = { 1, 2, 3 };

static struct settings process;
static struct iface_settings iface;
static const char *interface;
static struct dhcp4_config config;
static struct dhcp4_encoded own;
static struct duid duid;

static void set_up(void)
{
	interface = "eth0";
	iface = (struct iface_settings){ .classless_routes = true };
	ck_assert_ptr_nonnull(sent_edit(&iface.sent));
	config = (struct dhcp4_config){
		.hardware_type = ARP_HTYPE_ETHERNET,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, 0x10 } },
	};
	duid = duid_uuid((const uint8_t *)"0123456789abcdef");
}

static void tear_down(void)
{
	sent_unref(iface.sent);
}

/* What is said of a value, or NULL. */
static const char *set(const char *key, const char *value)
{
	return key_apply(key_of_name(key), value, &process, &iface);
}

static void must_set(const char *key, const char *value)
{
	ck_assert_pstr_eq(set(key, value), NULL);
}

static void configure(void)
{
	sent_configure(&iface, secret, &own, &config);
	sent_identify(&iface, interface, &duid, &config);
}

static void expect_option(uint8_t code, const void *bytes, size_t size)
{
	struct option_value value = { 0 };

	configure();
	ck_assert_int_eq(encoded_get(config.encoded, code, &value), size > 0);
	ck_assert_uint_eq(value.size, size);
	if (size)
		ck_assert_mem_eq(value.bytes, bytes, size);
}

static bool is_asked_for(uint8_t code)
{
	configure();
	return memchr(config.parameters, code, config.parameters_count) != NULL;
}

/* ---- options --------------------------------------------------------------- */

static const struct {
	const char *key, *value;
	uint8_t code, size, bytes[24];
} good[] = {
	{ "vendor-class", "MSFT 5.0", 60, 8, "MSFT 5.0" },
	{ "vendor-class", "", 60, 0, "" },
	{ "user-class", "abc", 77, 4, "\3abc" },
	{ "user-class", "00:01", 77, 3, "\2\0\1" },
	{ "user-class", "", 77, 0, "" },
	{ "vendor-id-class", "9=ab", 124, 8, "\0\0\0\x09\3\2ab" },
	{ "vendor-id-class", "", 124, 0, "" },
	{ "vendor-id-option", "9/255=ab", 125, 9, "\0\0\0\x09\4\xff\2ab" },
	{ "vendor-id-option", "", 125, 0, "" },
	{ "mud-url", "https://a.example/x", 161, 19, "https://a.example/x" },
	{ "mud-url", "", 161, 0, "" },
	{ "lease-time", "3600", 51, 4, "\0\0\x0e\x10" },
	{ "lease-time", "infinite", 51, 4, "\xff\xff\xff\xff" },
	{ "lease-time", "", 51, 0, "" },
	{ "option", "66=tftp", 66, 4, "tftp" },
	{ "option", "tftp-server-name=a=b", 66, 3, "a=b" },
	{ "option", "28=10.0.0.255", 28, 4, { 10, 0, 0, 255 } },
	{ "option", "42=10.0.0.1,10.0.0.2", 42, 8, { 10, 0, 0, 1, 10, 0, 0, 2 } },
	{ "option", "224=01:02", 224, 2, "\1\2" },
	{ "option", "224/text=01:02", 224, 5, "01:02" },
	{ "option", "224/u16=258", 224, 2, "\1\2" },
	{ "option", "77/text=raw", 77, 3, "raw" },
	{ "option", "93/u16=7", 93, 2, "\0\7" },
	{ "option", "94=01:03:10", 94, 3, "\1\3\x10" },
	{ "hostname", "pc.", 12, 2, "pc" },
	{ "hostname", "", 12, 0, "" },
};

/* Covers: 3004-4-01 4578-2-01 */
START_TEST(a_good_value)
{
	must_set(good[_i].key, good[_i].value);
	expect_option(good[_i].code, good[_i].bytes, good[_i].size);
}
END_TEST

/* What the error has in it. */
static const struct {
	const char *key, *value, *error;
} bad[] = {
	{ "client-id", "1:2", "2 to 135 octets" },
	{ "client-id", "01:", "2 to 135 octets" },
	{ "client-id", "", "1 to 134 printable" },
	{ "client-id", "a\tb", "1 to 134 printable" },
	{ "iaid", "-1", "0 to 4294967295" },
	{ "iaid", "4294967296", "0 to 4294967295" },
	{ "hostname", "a_b", "host name" },
	{ "fqdn", "yes", "off, none, ptr or both" },
	{ "user-class", "a\tb", "1 to 255 printable" },
	{ "user-class", "00:0", "1 to 255 printable" },
	{ "vendor-id-class", "9", "NUMBER=CLASS" },
	{ "vendor-id-class", "x=a", "NUMBER=CLASS" },
	{ "vendor-id-class", "9=", "NUMBER=CLASS" },
	{ "vendor-id-class", "42949672960=a", "NUMBER=CLASS" },
	{ "vendor-id-option", "9=a", "NUMBER/CODE=VALUE" },
	{ "vendor-id-option", "9/1", "NUMBER/CODE=VALUE" },
	{ "vendor-id-option", "x/1=a", "NUMBER/CODE=VALUE" },
	{ "vendor-id-option", "9/256=a", "NUMBER/CODE=VALUE" },
	{ "vendor-id-option", "9/1=", "NUMBER/CODE=VALUE" },
	{ "mud-url", "http://a.example/", "https://" },
	{ "mud-url", "https://", "https://" },
	{ "mud-url", "https://a b", "https://" },
	{ "lease-time", "0", "1 to 4294967295" },
	{ "lease-time", "1h", "1 to 4294967295" },
	{ "option", "66", "OPTION=VALUE" },
	{ "option", "0=1", "OPTION=VALUE" },
	{ "option", "255=1", "OPTION=VALUE" },
	{ "option", "nonsense=1", "OPTION=VALUE" },
	{ "option", "224/word=1", "of no type" },
	{ "option", "28=10.0.0", "no value of the option's type" },
	{ "option", "28/hex=01", "may not have" },
	{ "option", "97=01:02", "may not have" },
	{ "option", "12=pc", "set it by hostname" },
	{ "option", "host-name=pc", "set it by hostname" },
	{ "option", "50=10.0.0.1", "set it by request" },
	{ "option", "51=60", "set it by lease-time" },
	{ "option", "52=1", "never set by hand" },
	{ "option", "53=1", "never set by hand" },
	{ "option", "54=10.0.0.1", "never set by hand" },
	{ "option", "55=01", "set it by request-option" },
	{ "option", "57=576", "never set by hand" },
	{ "option", "61=01:02", "set it by client-id" },
	{ "option", "81=00:00:00", "set it by fqdn" },
	{ "option", "82=00", "relays" },
	{ "option", "150=10.0.0.1", "never sent by a client" },
	{ "request-option", "nonsense", "names of options" },
	{ "request-option", "80", "not asked for" },
	{ "request-option", "42,108", "not asked for" },
	{ "no-request-option", "0", "names of options" },
};

/* Covers: 5859-3-02 4039-3-03 3004-4-01 */
START_TEST(a_bad_value_is_told)
{
	const char *error = set(bad[_i].key, bad[_i].value);

	ck_assert_msg(error && strstr(error, bad[_i].error), "%s",
		      error ? error : "it was taken");
}
END_TEST

/* Covers: 3004-4-02 3925-3-01 */
START_TEST(several_are_added_up)
{
	must_set("user-class", "a");
	must_set("user-class", "bcd");
	expect_option(77, "\1a\3bcd", 6);
	must_set("user-class", "");
	must_set("user-class", "e");
	expect_option(77, "\1e", 2);
	must_set("vendor-id-class", "9=a");
	must_set("vendor-id-class", "10=b");
	expect_option(124, "\0\0\0\x09\2\1a\0\0\0\x0a\2\1b", 14);
}
END_TEST

START_TEST(all_together_has_its_room)
{
	char name[DHCP4_HOSTNAME_MAX + 1], text[256] = { 0 };

	memset(text, 'a', 255);
	must_set("user-class", text);
	ck_assert_ptr_nonnull(strstr(set("user-class", text), "512"));
	ck_assert_ptr_nonnull(set("mud-url", text));
	ck_assert_ptr_nonnull(strstr(set("option", "224/hex=zz"), "type"));
	ck_assert(sent_fits(&iface));
	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[DHCP4_HOSTNAME_MAX] = '\0';
	must_set("hostname", name);
	ck_assert(!sent_fits(&iface));
	must_set("user-class", "");
	ck_assert(sent_fits(&iface));
}
END_TEST

/* Covers: DF-srv-01 */
START_TEST(messages_fit_every_server_unless_much_is_set)
{
	char name[DHCP4_HOSTNAME_MAX + 1], text[256] = { 0 };

	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[DHCP4_HOSTNAME_MAX] = '\0';
	must_set("hostname", name);
	must_set("fqdn", "both");
	configure();
	ck_assert_uint_gt(sent_message_size(&config), 500);
	ck_assert_uint_le(sent_message_size(&config), 548);
	memset(text, 'a', 100);
	must_set("user-class", text);
	configure();
	ck_assert_uint_gt(sent_message_size(&config), 600);
}
END_TEST

/* Covers: 4702-3.1-01 */
START_TEST(full_name_replaces_the_host_name)
{
	must_set("hostname", "pc.example");
	must_set("fqdn", "both");
	expect_option(81, "\x05\0\0\2pc\7example", 15);
	expect_option(12, NULL, 0);
	must_set("fqdn", "off");
	expect_option(81, NULL, 0);
	expect_option(12, "pc.example", 10);
}
END_TEST

/* ---- what is asked for ----------------------------------------------------- */

/* Covers: 2132-9.8-02 3442-client-04 */
START_TEST(asked_for_by_default)
{
	configure();
	ck_assert_uint_eq(config.parameters_count, 11);
	ck_assert_mem_eq(config.parameters, "\1\x79\3\x21\6\x0f\x77", 7);
	iface.classless_routes = false;
	must_set("request-option", "121,249");
	ck_assert(!is_asked_for(121));
	ck_assert(!is_asked_for(249));
}
END_TEST

/* Covers: 8910-2-01 5969-7.1.1-05 */
START_TEST(more_and_less_may_be_asked_for)
{
	ck_assert(!is_asked_for(114));
	ck_assert(!is_asked_for(212));
	must_set("request-option", "captive-portal, 212");
	must_set("request-option", "ntp-servers");
	ck_assert(is_asked_for(114));
	ck_assert(is_asked_for(212));
	ck_assert(is_asked_for(42));
	must_set("no-request-option", "domain-name 119,42");
	ck_assert(!is_asked_for(15));
	ck_assert(!is_asked_for(119));
	ck_assert(!is_asked_for(42));
	must_set("request-option", "15");
	ck_assert(is_asked_for(15));
	must_set("no-request-option", "121");
	must_set("request-option", "121");
	configure();
	ck_assert_mem_eq(config.parameters, "\1\x79\3", 3);
}
END_TEST

START_TEST(a_list_has_its_room)
{
	char number[4], text[300];

	for (unsigned code = 200; code < 200 + DHCP4_PARAMETERS_MAX; code++) {
		snprintf(number, sizeof(number), "%u", code);
		must_set("request-option", number);
	}
	ck_assert_ptr_nonnull(strstr(set("request-option", "42"), "32"));
	memset(text, ',', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	ck_assert_ptr_nonnull(strstr(set("request-option", text), "in parts"));
}
END_TEST

/* ---- identity -------------------------------------------------------------- */

static void expect_id(const void *bytes, size_t size)
{
	configure();
	ck_assert_uint_eq(config.client_id.size, size);
	ck_assert_mem_eq(config.client_id.bytes, bytes, size);
}

START_TEST(identified_as_was_said)
{
	expect_id("\1\2\0\0\0\0\x10", 7);
	must_set("client-id", "text");
	expect_id("\0text", 5);
	must_set("client-id", "duid");
	must_set("iaid", "16909060");
	expect_id("\xff\1\2\3\4\0\4"
		  "0123456789abcdef",
		  23);
	must_set("client-id", "none");
	expect_id("", 0);
	must_set("client-id", "hwaddr");
	expect_id("\1\2\0\0\0\0\x10", 7);
}
END_TEST

/* Covers: 4361-6.1-01 4361-6.1-02 */
START_TEST(a_duid_outlives_the_hardware_address)
{
	struct client_id before;

	must_set("client-id", "duid");
	configure();
	before = config.client_id;
	config.hwaddr.bytes[5] ^= 1;
	configure();
	ck_assert(client_id_equal(&before, &config.client_id));
}
END_TEST

/* Covers: 4361-6.1-07 */
START_TEST(interfaces_have_one_duid_and_iaids_of_their_own)
{
	struct client_id first;

	must_set("client-id", "duid");
	configure();
	first = config.client_id;
	interface = "eth1";
	configure();
	ck_assert_uint_eq(first.size, config.client_id.size);
	ck_assert_mem_ne(first.bytes + 1, config.client_id.bytes + 1, 4);
	ck_assert_mem_eq(first.bytes + 5, config.client_id.bytes + 5,
			 (size_t)first.size - 5);
	interface = "eth0";
	configure();
	ck_assert(client_id_equal(&first, &config.client_id));
}
END_TEST

/* Covers: 4390-2.1-01 */
START_TEST(infiniband_is_known_by_its_duid)
{
	config.hardware_type = ARPHRD_INFINIBAND;
	config.hwaddr = (struct hwaddr){ .size = 20 };
	configure();
	ck_assert_uint_eq(config.client_id.bytes[0], 255);
	ck_assert_uint_eq(config.client_id.size, 23);
	ck_assert(sent_wants_duid(&iface, &config.hwaddr));
	must_set("client-id", "mine");
	expect_id("\0mine", 5);
	ck_assert(!sent_wants_duid(&iface, &config.hwaddr));
}
END_TEST

START_TEST(without_a_hardware_address_too)
{
	config.hwaddr.size = 0;
	configure();
	ck_assert_uint_eq(config.client_id.bytes[0], 255);
	/* None can be had: rather nothing than what is not ours. */
	duid.size = 0;
	configure();
	ck_assert_uint_eq(config.client_id.size, 0);
}
END_TEST

/* ---- anonymity ------------------------------------------------------------- */

static void be_anonymous(void)
{
	must_set("anonymous", "yes");
	must_set("user-class", "me");
	must_set("vendor-class", "mine");
	must_set("option", "94=01:03:10");
	must_set("vendor-id-class", "9=a");
	must_set("fqdn", "both");
}

/*
 * Covers: 7844-3-01 7844-3.7-01 7844-3.8-01 7844-3.9-01 7844-3.10-01
 */
START_TEST(anonymity_sends_nothing_that_was_configured)
{
	be_anonymous();
	configure();
	ck_assert(config.anonymous);
	ck_assert_ptr_null(config.encoded);
	/* The host's own name is not given. */
	must_set("hostname", "real");
	iface.sent->hostname_given = false;
	configure();
	ck_assert_ptr_null(config.encoded);
	must_set("hostname", "");
	configure();
	ck_assert_ptr_null(config.encoded);
}
END_TEST

/* Covers: 7844-3.7-02 */
START_TEST(an_anonymous_name_is_a_pseudonym)
{
	struct dhcp4_encoded first;
	struct option_value value;

	be_anonymous();
	must_set("hostname", "real.example");
	configure();
	first = *config.encoded;
	ck_assert(encoded_get(config.encoded, 12, &value));
	ck_assert_uint_eq(value.size, 12);
	ck_assert_uint_eq(config.encoded->used, 15);
	ck_assert_ptr_null(memchr(value.bytes, '.', value.size));
	ck_assert_ptr_null(memmem(value.bytes, value.size, "real", 4));
	configure();
	ck_assert_mem_eq(&first, config.encoded, sizeof(first));
	config.hwaddr.bytes[5] ^= 1;
	configure();
	ck_assert_mem_ne(&first, config.encoded, sizeof(first));
}
END_TEST

/* Covers: 7844-3.5-01 */
START_TEST(an_anonymous_identifier_is_the_present_address)
{
	be_anonymous();
	must_set("client-id", "duid");
	expect_id("\1\2\0\0\0\0\x10", 7);
	config.hwaddr.bytes[5] = 0x11;
	expect_id("\1\2\0\0\0\0\x11", 7);
	must_set("client-id", "me");
	expect_id("\1\2\0\0\0\0\x11", 7);
	ck_assert(!sent_wants_duid(&iface, &(struct hwaddr){ 0 }));
}
END_TEST

/* Covers: 7844-3.6-01 */
START_TEST(an_anonymous_list_is_minimal_and_in_another_order)
{
	uint8_t last[4] = { 0 };
	unsigned changes = 0;

	be_anonymous();
	for (unsigned i = 0; i < 100; i++) {
		config.hwaddr.bytes[5] = (uint8_t)i;
		configure();
		ck_assert_uint_eq(config.parameters_count, 4);
		for (unsigned n = 0; n < 4; n++)
			ck_assert_ptr_nonnull(
				memchr("\1\3\6\x79", config.parameters[n], 4));
		changes += memcmp(last, config.parameters, 4) != 0;
		memcpy(last, config.parameters, 4);
	}
	ck_assert_uint_gt(changes, 60);
}
END_TEST

/* ---- sharing --------------------------------------------------------------- */

START_TEST(a_change_is_of_one_owner_alone)
{
	struct iface_settings other = { 0 };

	must_set("hostname", "all");
	iface_settings_copy(&other, &iface);
	ck_assert_ptr_eq(other.sent, iface.sent);
	must_set("hostname", "mine");
	ck_assert_ptr_ne(other.sent, iface.sent);
	ck_assert_str_eq(other.sent->hostname, "all");
	ck_assert_uint_eq(other.sent->references, 1);
	iface_settings_copy(&other, &iface);
	ck_assert_uint_eq(iface.sent->references, 2);
	ck_assert_str_eq(other.sent->hostname, "mine");
	sent_unref(other.sent);
}
END_TEST

Suite *test_sent_suite(void)
{
	Suite *suite = suite_create("sent");
	TCase *tcase = tcase_create("sent");

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, a_good_value, 0, ARRAY_SIZE(good));
	tcase_add_loop_test(tcase, a_bad_value_is_told, 0, ARRAY_SIZE(bad));
	tcase_add_test(tcase, several_are_added_up);
	tcase_add_test(tcase, all_together_has_its_room);
	tcase_add_test(tcase, messages_fit_every_server_unless_much_is_set);
	tcase_add_test(tcase, full_name_replaces_the_host_name);
	tcase_add_test(tcase, asked_for_by_default);
	tcase_add_test(tcase, more_and_less_may_be_asked_for);
	tcase_add_test(tcase, a_list_has_its_room);
	tcase_add_test(tcase, identified_as_was_said);
	tcase_add_test(tcase, a_duid_outlives_the_hardware_address);
	tcase_add_test(tcase, interfaces_have_one_duid_and_iaids_of_their_own);
	tcase_add_test(tcase, infiniband_is_known_by_its_duid);
	tcase_add_test(tcase, without_a_hardware_address_too);
	tcase_add_test(tcase, anonymity_sends_nothing_that_was_configured);
	tcase_add_test(tcase, an_anonymous_name_is_a_pseudonym);
	tcase_add_test(tcase, an_anonymous_identifier_is_the_present_address);
	tcase_add_test(tcase, an_anonymous_list_is_minimal_and_in_another_order);
	tcase_add_test(tcase, a_change_is_of_one_owner_alone);
	suite_add_tcase(suite, tcase);
	return suite;
}
