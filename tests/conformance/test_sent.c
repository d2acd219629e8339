/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a client tells of itself: names, classes, options and identifiers, as the
 * settings of an administrator become octets on the wire; and nothing of all
 * that, where it is to be anonymous.
 */
#include <string.h>

#include "conformance/stage.h"
#include "daemon/keys.h"
#include "daemon/sent.h"

Suite *test_sent_suite(void);

static const uint8_t secret[SIPHASH_KEY_SIZE] = { 4, 2 };

static struct iface_settings settings;
static struct duid duid;

static void forget_settings(void)
{
	sent_unref(settings.sent);
	settings = (struct iface_settings){ .classless_routes = true };
	CHECK(sent_edit(&settings.sent));
	duid = duid_uuid((const uint8_t *)"0123456789abcdef");
}

static void begin(void)
{
	stage_setup();
	forget_settings();
}

static void set(const char *key, const char *value)
{
	ck_assert_pstr_eq(key_apply(key_of_name(key), value, NULL, &settings),
			  NULL);
}

/* Makes the settings the port's, by its present hardware address. */
static void configure(void)
{
	static struct dhcp4_encoded own;

	sent_configure(&settings, secret, &own, stage.config);
	sent_identify(&settings, "eth0", &duid, stage.config);
}

/* The whole value of an option, its pieces joined; how many there are. */
static unsigned join(const struct message *m, uint8_t code, uint8_t *ret,
		     size_t *ret_size)
{
	const uint8_t *at = m->payload + AT_OPTIONS;
	unsigned pieces = 0;

	*ret_size = 0;
	for (; *at != DHCP4_OPTION_END; at += 2 + at[1]) {
		if (*at != code)
			continue;
		memcpy(ret + *ret_size, at + 2, at[1]);
		*ret_size += at[1];
		pieces++;
	}
	return pieces;
}

static void has(const struct message *m, uint8_t code, const void *bytes,
		size_t size)
{
	uint8_t value[1500];
	size_t length;

	CHECK(join(m, code, value, &length) > 0);
	ck_assert_uint_eq(length, size);
	ck_assert_mem_eq(value, bytes, size);
}

typedef void check_message(const struct message *);

/* Each kind of message once, but a DECLINE. */
static void live(check_message *check)
{
	power_on();
	check(hear(DHCP4_REQUEST_DISCOVER));
	tell(DHCP4_TYPE_OFFER);
	check(hear(DHCP4_REQUEST_SELECTING));
	tell(DHCP4_TYPE_ACK);
	check(hear(DHCP4_REQUEST_RENEWING));
	check(hear_until(DHCP4_REQUEST_REBINDING));
	tell(DHCP4_TYPE_ACK);
	pass(S(1));
	sim_port_release(stage.port);
	check(hear(DHCP4_REQUEST_RELEASE));
}

static void inform(check_message *check)
{
	stage_close();
	stage_open(1);
	configure();
	stage.config->inform_address = IP(CLIENT);
	power_on();
	check(hear(DHCP4_REQUEST_INFORM));
}

/* The DHCPDECLINE of a client whose address somebody has. */
static void decline(check_message *check)
{
	stage_close();
	stage_open(2);
	configure();
	stage.config->acd = ACD_MODE_FAST;
	stage.serves = true;
	sim_interface_set_address(stage.peer, IP(CLIENT), 24);
	power_on();
	check(hear_until(DHCP4_REQUEST_DECLINE));
}

static bool asks(const struct message *m)
{
	return m->kind != DHCP4_REQUEST_DECLINE &&
	       m->kind != DHCP4_REQUEST_RELEASE;
}

/* ---- the full name (RFC 4702) ------------------------------------------- */

static uint8_t flags;

static void check_full_name(const struct message *m)
{
	const uint8_t value[] = "\0\0\0\2pc\7example\3org";
	uint8_t expected[sizeof(value)];

	CHECK(!message_has(m, 12));
	CHECK(message_has(m, 81) == asks(m));
	if (!asks(m))
		return;
	memcpy(expected, value, sizeof(value));
	expected[0] = flags;
	has(m, 81, expected, sizeof(expected));
}

/*
 * Covers: 4702-2-01 4702-2.1-01 4702-2.1-02 4702-2.1-04 4702-2.2-01
 * Covers: 4702-2.3-01 4702-2.3-02 4702-3.1-01 4702-3.2-01 4702-3.3-01
 */
START_TEST(a_full_name_is_in_all_that_asks_and_replaces_option_12)
{
	static const struct {
		const char *mode;
		uint8_t flags;
	} rows[] = { { "none", 0x0c }, { "ptr", 0x04 }, { "both", 0x05 } };

	set("hostname", "pc.example.org");
	set("fqdn", rows[_i].mode);
	flags = rows[_i].flags;
	configure();
	live(check_full_name);
	inform(check_full_name);
	decline(check_full_name);
}
END_TEST

/* Covers: 4702-2.3-02 */
START_TEST(a_partial_name_has_no_root_and_none_asks_for_one)
{
	set("hostname", "host");
	set("fqdn", "both");
	configure();
	reach_selecting();
	has(heard(), 81, "\5\0\0\4host", 8);
	stage_close();
	stage_open(1);
	set("hostname", "");
	configure();
	reach_selecting();
	has(heard(), 81, "\5\0\0", 3);
}
END_TEST

/* Covers: 4702-2-02 */
START_TEST(a_long_name_is_sent_in_two_options)
{
	char name[DHCP4_HOSTNAME_MAX + 1];
	uint8_t value[512];
	size_t size;

	memset(name, 'a', sizeof(name));
	name[63] = name[127] = name[191] = '.';
	name[DHCP4_HOSTNAME_MAX] = '\0';
	set("hostname", name);
	set("fqdn", "both");
	configure();
	reach_selecting();
	ck_assert_uint_eq(join(heard(), 81, value, &size), 2);
	ck_assert_uint_eq(size, 258);
	ck_assert_uint_eq(value[257], 0);
	/* And a server understands it. */
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* ---- classes, and what else is configured ------------------------------- */

static void check_classes(const struct message *m)
{
	CHECK(message_has(m, 77) == asks(m));
	if (!asks(m))
		return;
	has(m, 77, "\1a\3bcd", 6);
	has(m, 124, "\0\0\0\x09\2\1x\0\0\0\x0a\2\1y", 14);
	has(m, 125, "\0\0\0\x09\3\0\1z", 8);
	has(m, 161, "https://a.example/", 18);
	has(m, 94, "\1\3\x10", 3);
	has(m, 93, "\0\7", 2);
	CHECK(message_has(m, 51) == (m->kind != DHCP4_REQUEST_INFORM));
	CHECK(!message_has(m, 150));
	CHECK(!message_has(m, 80));
}

/*
 * Covers: 3004-4-01 3004-4-02 3925-3-01 4578-2-01 5859-3-02 2131-4.4.1-T5-07
 */
START_TEST(classes_and_options_are_in_all_that_asks)
{
	set("user-class", "a");
	set("user-class", "bcd");
	set("vendor-id-class", "9=x");
	set("vendor-id-class", "10=y");
	set("vendor-id-option", "9/0=z");
	set("mud-url", "https://a.example/");
	set("lease-time", "600");
	set("option", "94=01:03:10");
	set("option", "93/u16=7");
	configure();
	live(check_classes);
	inform(check_classes);
	decline(check_classes);
}
END_TEST

/* Covers: 3925-2-01 */
START_TEST(long_vendor_options_are_sent_in_pieces)
{
	char text[256];
	uint8_t value[512];
	size_t size;

	memset(text, 'v', sizeof(text));
	memcpy(text, "9/1=", 4);
	text[220] = '\0';
	set("vendor-id-option", text);
	text[0] = '8';
	set("vendor-id-option", text);
	configure();
	reach_selecting();
	ck_assert_uint_eq(join(heard(), 125, value, &size), 2);
	ck_assert_uint_eq(size, 2 * (5 + 2 + 216));
	ck_assert_mem_eq(value, "\0\0\0\x09\xda\1\xd8v", 8);
	ck_assert_mem_eq(value + 223, "\0\0\0\x08\xda\1\xd8v", 8);
}
END_TEST

static bool asked_for(const struct message *m, uint8_t code)
{
	uint8_t size = 0;
	const uint8_t *list = message_option(m, 55, &size);

	return list && memchr(list, code, size);
}

/* Covers: 8910-2-01 5969-7.1.1-05 4039-3-03 */
START_TEST(what_is_asked_for_is_what_was_set)
{
	static const uint8_t border[22] = { 0, 32 };
	struct reply ack;

	configure();
	reach_requesting();
	CHECK(!asked_for(heard(), 114) && !asked_for(heard(), 212));
	/* Sent nevertheless, it makes no difference. */
	ack = reply(DHCP4_TYPE_ACK);
	reply_add(&ack, 212, border, sizeof(border));
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	kernel_routes(1);
	stage_close();
	stage_open(1);
	set("request-option", "captive-portal,212");
	set("no-request-option", "15");
	configure();
	reach_selecting();
	CHECK(asked_for(heard(), 114) && asked_for(heard(), 212));
	CHECK(!asked_for(heard(), 15) && !asked_for(heard(), 80));
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	CHECK(asked_for(heard(), 114) && asked_for(heard(), 212));
}
END_TEST

/* ---- identity (RFC 4361) ------------------------------------------------- */

static struct client_id identity;

static void check_identity(const struct message *m)
{
	has(m, 61, identity.bytes, identity.size);
}

/* Covers: 4361-6.1-03 4361-6.4-01 4361-6.1-05 */
START_TEST(the_same_identifier_is_in_every_message)
{
	set("client-id", "duid");
	set("iaid", "16909060");
	duid = (struct duid){ 4, { 0xfe, 0, 1, 2 } };
	configure();
	identity = (struct client_id){ 9, { 255, 1, 2, 3, 4, 0xfe, 0, 1, 2 } };
	live(check_identity);
	inform(check_identity);
	decline(check_identity);
}
END_TEST

/* Covers: 4361-6.1-01 4361-6.1-02 */
START_TEST(it_stays_over_restart_and_change_of_address)
{
	set("client-id", "duid");
	configure();
	identity = stage.config->client_id;
	reach_bound();
	crash_and_restart();
	check_identity(hear(DHCP4_REQUEST_REBOOTING));
	tell(DHCP4_TYPE_ACK);
	pass(S(5));
	sim_port_change_hwaddr(stage.port);
	check_identity(hear(DHCP4_REQUEST_DISCOVER));
}
END_TEST

/* Covers: 4361-6.4-02 6842-3-01 */
START_TEST(a_reply_to_another_iaid_is_none_of_ours)
{
	struct reply offer;
	uint8_t other[DHCP4_CLIENT_ID_MAX];

	set("client-id", "duid");
	configure();
	reach_selecting();
	identity = stage.config->client_id;
	memcpy(other, identity.bytes, identity.size);
	other[4] ^= 1;
	offer = reply(DHCP4_TYPE_OFFER);
	reply_set(&offer, 61, other, identity.size);
	ignored(&offer);
	reply_set(&offer, 61, identity.bytes, identity.size);
	say(&offer);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* ---- anonymity (RFC 7844) ------------------------------------------------ */

static void be_anonymous(void)
{
	set("anonymous", "yes");
	set("client-id", "duid");
	set("fqdn", "both");
	set("vendor-class", "mine");
	set("user-class", "me");
	set("vendor-id-class", "9=x");
	set("vendor-id-option", "9/0=z");
	set("option", "43=01:02");
	set("option", "93/u16=7");
	set("option", "94=01:03:10");
	set("mud-url", "https://a.example/");
	set("lease-time", "600");
	stage.config->requested_address = IP(10, 0, 0, 77);
	configure();
}

/* The codes that a message has, which are in order. */
static void check_anonymous(const struct message *m)
{
	static const uint8_t codes[DHCP4_REQUEST_COUNT][6] = {
		[DHCP4_REQUEST_DISCOVER] = { 53, 55, 61, 255 },
		[DHCP4_REQUEST_SELECTING] = { 50, 53, 54, 55, 61, 255 },
		[DHCP4_REQUEST_RENEWING] = { 53, 55, 61, 255 },
		[DHCP4_REQUEST_REBINDING] = { 53, 55, 61, 255 },
		[DHCP4_REQUEST_DECLINE] = { 50, 53, 54, 61, 255 },
		[DHCP4_REQUEST_RELEASE] = { 53, 54, 61, 255 },
		[DHCP4_REQUEST_INFORM] = { 53, 55, 61, 255 },
	};
	const uint8_t *code = codes[m->kind], *at = m->payload + AT_OPTIONS;
	uint8_t id[7] = { 1 };

	for (; *code != 255; code++, at += 2 + at[1])
		ck_assert_uint_eq(*at, *code);
	ck_assert_uint_eq(*at, 255);
	memcpy(id + 1, stage.port->interface->hw, 6);
	has(m, 61, id, sizeof(id));
	ck_assert_mem_eq(m->payload + AT_CHADDR, id + 1, 6);
}

/*
 * Covers: 7844-3-01 7844-3-02 7844-3-03 7844-3.1-01 7844-3.3-01 7844-3.5-01
 * Covers: 7844-3.7-01 7844-3.8-01 7844-3.9-01 7844-3.10-01 7844-3.4-01
 */
START_TEST(anonymous_messages_hold_the_least)
{
	be_anonymous();
	live(check_anonymous);
	inform(check_anonymous);
	decline(check_anonymous);
}
END_TEST

/* Covers: 7844-3.6-01 */
START_TEST(an_anonymous_list_is_short_and_in_any_order)
{
	uint8_t last[4] = { 0 };
	unsigned changes = 0;

	for (unsigned i = 0; i < 100; i++) {
		uint8_t size = 0;
		const uint8_t *list;

		stage_close();
		stage_open(i);
		forget_settings();
		be_anonymous();
		stage.config->hwaddr.bytes[4] = (uint8_t)i;
		memcpy(stage.port->interface->hw, stage.config->hwaddr.bytes, 6);
		configure();
		reach_selecting();
		list = message_option(heard(), 55, &size);
		ck_assert_uint_eq(size, 4);
		changes += memcmp(list, last, 4) != 0;
		memcpy(last, list, 4);
	}
	ck_assert_uint_gt(changes, 60);
}
END_TEST

/* Covers: 7844-3.7-02 */
START_TEST(an_anonymous_name_is_another_for_each_address)
{
	uint8_t first[16], second[16];
	size_t size;

	set("hostname", "real.example");
	be_anonymous();
	reach_selecting();
	ck_assert_uint_eq(join(heard(), 12, first, &size), 1);
	ck_assert_uint_eq(size, 12);
	CHECK(!memchr(first, '.', size));
	sim_host_kill(stage.host);
	sim_port_change_hwaddr(stage.port);
	configure();
	power_on();
	join(hear(DHCP4_REQUEST_DISCOVER), 12, second, &size);
	ck_assert_mem_ne(first, second, 12);
}
END_TEST

/* Covers: 7844-3.2-01 7844-3.3-01 7844-3.4-01 */
START_TEST(what_another_address_had_is_told_nobody)
{
	be_anonymous();
	reach_bound();
	sim_port_change_hwaddr(stage.port);
	kernel_is_empty();
	check_anonymous(hear(DHCP4_REQUEST_DISCOVER));
	ck_assert_uint_eq(heard()->ciaddr, 0);
	/* A release would name it. */
	sim_port_release(stage.port);
	silence(S(600));
}
END_TEST

/* Covers: 7844-3.3-02 7844-3.2-01 */
START_TEST(a_restart_with_another_address_begins_anew)
{
	be_anonymous();
	reach_bound();
	sim_host_kill(stage.host);
	sim_port_change_hwaddr(stage.port);
	power_on();
	check_anonymous(hear(DHCP4_REQUEST_DISCOVER));
	kernel_is_empty();
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 7844-3.3-02 */
START_TEST(a_return_of_the_carrier_asks_by_discover)
{
	be_anonymous();
	reach_bound();
	sim_link_cut(stage.cable, true);
	pass(S(5));
	sim_link_cut(stage.cable, false);
	check_anonymous(hear(DHCP4_REQUEST_DISCOVER));
	kernel_has(IP(CLIENT), 24);
}
END_TEST

Suite *test_sent_suite(void)
{
	Suite *suite = suite_create("sent");
	TCase *t = tcase_create("sent");

	tcase_add_checked_fixture(t, begin, stage_close);
	tcase_add_loop_test(
		t, a_full_name_is_in_all_that_asks_and_replaces_option_12, 0, 3);
	tcase_add_test(t, a_partial_name_has_no_root_and_none_asks_for_one);
	tcase_add_test(t, a_long_name_is_sent_in_two_options);
	tcase_add_test(t, classes_and_options_are_in_all_that_asks);
	tcase_add_test(t, long_vendor_options_are_sent_in_pieces);
	tcase_add_test(t, what_is_asked_for_is_what_was_set);
	tcase_add_test(t, the_same_identifier_is_in_every_message);
	tcase_add_test(t, it_stays_over_restart_and_change_of_address);
	tcase_add_test(t, a_reply_to_another_iaid_is_none_of_ours);
	tcase_add_test(t, anonymous_messages_hold_the_least);
	tcase_add_test(t, an_anonymous_list_is_short_and_in_any_order);
	tcase_add_test(t, an_anonymous_name_is_another_for_each_address);
	tcase_add_test(t, what_another_address_had_is_told_nobody);
	tcase_add_test(t, a_restart_with_another_address_begins_anew);
	tcase_add_test(t, a_return_of_the_carrier_asks_by_discover);
	suite_add_tcase(suite, t);
	return suite;
}
