/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options of the later RFCs as they arrive: what is valid is kept whole, what is
 * not is as good as missing, and neither is in the way of the address. What the
 * values mean is test_shapes.c's matter in unit/.
 */
#include <stdio.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_received_suite(void);

/* Values of an option that must not be used, and one that may. */
struct rule {
	uint8_t code;
	const char *good, *bad[7];
};

static unsigned digit(char c)
{
	return c <= '9' ? (unsigned)c - '0' : (unsigned)c - 'a' + 10;
}

static size_t from_hex(const char *hex, uint8_t octets[512])
{
	size_t size = strlen(hex) / 2;

	for (size_t i = 0; i < size; i++)
		octets[i] = (uint8_t)(digit(hex[2 * i]) << 4 |
				      digit(hex[2 * i + 1]));
	return size;
}

/* The option in the lease file, as hex; none: NULL. */
static void lease_has(unsigned code, const char *hex)
{
	char name[16];
	const char *line;

	snprintf(name, sizeof(name), "option-%u", code);
	line = disk_line(name);
	ck_assert_msg((!hex && !line) || (hex && line && !strcmp(hex, line)),
		      "option %u is %s", code, line ? line : "missing");
}

/* An ACK in which each option has its n-th bad value, or its good one. */
static void bound_by(const struct rule *rules, size_t count, int bad)
{
	struct reply ack;

	stage_close();
	stage_open((unsigned)(bad + 1));
	ack = reach_ack();
	for (size_t i = 0; i < count; i++) {
		const char *hex = bad < 0 ? rules[i].good : rules[i].bad[bad];
		uint8_t octets[512];

		if (hex)
			reply_add(&ack, rules[i].code, octets,
				  from_hex(hex, octets));
	}
	say_ack(&ack);
	kernel_has(IP(CLIENT), 24);
	for (size_t i = 0; i < count; i++)
		lease_has(rules[i].code, bad < 0 ? rules[i].good : NULL);
}

static void check_rules(const struct rule *rules, size_t count)
{
	for (int bad = -1; bad < 7; bad++)
		bound_by(rules, count, bad);
}

/*
 * Covers: 3361-3-01 3361-3.1-01 3361-3.2-01 3495-4-01 2241-2-01 2242-3-01
 * Covers: 2610-3-01 2937-format-01 4280-4-01 4776-3.1-01 5192-4-01 5223-4-01
 * Covers: 5859-3-01 6731-4.3-01 7291-4.2-01 8572-8.1-01 8925-3.1-01 4702-2-03
 */
START_TEST(what_is_malformed_is_as_good_as_missing)
{
	static const struct rule rules[] = {
		{ 63, "0100050101", { "", "01", "050101", "01000200", "02000503" } },
		{ 78, "010a000001", { "", "01", "010a0000", "010a00000102" } },
		{ 79, "01", { "" } },
		{ 81, "0400000162", { "", "04", "0400" } },
		{ 85, "0a0000010a000002", { "", "0a0000010a00" } },
		{ 88, "016100", { "", "016140", "01", "0161c000" } },
		{ 89, "0a000001", { "", "0a0000010a00" } },
		{ 99, "014445", { "", "0144", "0144450105aa" } },
		{ 108, "00000708", { "", "0000", "0000070800000708ff" } },
		{ 117, "0006", { "", "06", "000600" } },
		{ 120,
		  "00016100",
		  { "", "00", "0001", "01", "010a0000", "020a000001" } },
		{ 122, "01040a000001", { "01040a0000", "01", "0105" } },
		{ 136, "0a000001", { "", "0a0000010a00" } },
		{ 137, "016100", { "", "016100016200", "0161", "00", "0161c000" } },
		{ 138, "0a000001", { "", "0a0000010a00" } },
		{ 142, "0a000001", { "", "0a0000010a00" } },
		{ 143,
		  "000a68747470733a2f2f612f",
		  { "", "0001", "000120", "0002" } },
		{ 146, "010a0000010a000002016100", { "", "010a0000010a0000" } },
		{ 148, "0a000001", { "", "0a0000010a00", "e0000001", "7f000001" } },
		{ 150, "0a000001", { "", "0a0000010a00" } },
		{ 158,
		  "040a000001",
		  { "", "050a00000101", "040a0000", "04e0000001" } },
		{ 213, "016100", { "", "016100016200", "0161", "00" } },
	};

	check_rules(rules, ARRAY_SIZE(rules));
}
END_TEST

#define PREFIX "20010db8000000000000000000000000"

/* Covers: 5969-7.1.1-01 5969-7.1.1-02 5969-7.1.1-03 */
START_TEST(a_6rd_that_cannot_be_is_ignored)
{
	static const struct rule rules[] = {
		{ 212,
		  "0820" PREFIX "c0000201",
		  { "", "0820" PREFIX, "0820" PREFIX "c00002",
		    "0820" PREFIX "c000020100", "2120" PREFIX "c0000201",
		    "0061" PREFIX "c0000201", "2081" PREFIX "c0000201" } },
	};

	check_rules(rules, ARRAY_SIZE(rules));
}
END_TEST

/* Covers: 9463-3.1.8-01 9463-5.1-01 9463-5.1-02 */
START_TEST(encrypted_resolvers_that_are_malformed_are_ignored)
{
	static const struct rule rules[] = {
		{ 162,
		  "0006000103016100"
		  "0011000a03016200040a000035000300020355",
		  /* no name, a bad one, three octets of addresses, none at all */
		  { "0003000100", "00060001033b6100",
		    "000a000103016100030a0000", "000d00010301610000000300020355",
		    /* ipv4hint, ipv6hint, too long */
		    "0013000103016100040a000035000400040a000001",
		    "000f000103016100040a00003500060000", "0007000103016100" } },
	};

	check_rules(rules, ARRAY_SIZE(rules));
}
END_TEST

/* Covers: 8910-5-01 4833-4-01 4833-5-02 4833-9-01 */
START_TEST(text_that_is_not_what_it_should_be_is_ignored)
{
	static const char *const portals[] = {
		"http://a b", "https://a/\n",	"javascript:alert(1)",
		"",	      "https://a/\x01", "/api",
	};
	static const char *const zones[] = {
		":foo", "\1EST5", "AAA99BBB", "EST5;id", "", "99",
	};
	static const char *const names[] = {
		"Mars/Base",   "../Europe", "/Europe/Berlin",
		"Europe/\x01", "",	    "a b",
	};

	for (unsigned i = 0; i < ARRAY_SIZE(portals); i++) {
		struct reply ack;

		stage_close();
		stage_open(i);
		ack = reach_ack();
		reply_add(&ack, 100, zones[i], strlen(zones[i]));
		reply_add(&ack, 101, names[i], strlen(names[i]));
		reply_add(&ack, 114, portals[i], strlen(portals[i]));
		say_ack(&ack);
		lease_has(100, NULL);
		lease_has(101, NULL);
		lease_has(114, NULL);
	}
}
END_TEST

/* Covers: 8910-2.1-01 2132-2-02 */
START_TEST(trailing_nuls_of_a_uri_are_no_part_of_it)
{
	struct reply ack = reach_ack();

	reply_add(&ack, 114, "https://a/\0\0", 12);
	say_ack(&ack);
	lease_has(114, "68747470733a2f2f612f");
}
END_TEST

/*
 * Covers: 9463-5.1-03 3925-2-01 3495-4-01 2241-2-01 3397-2-01 4702-2-02
 */
START_TEST(long_ones_come_in_parts)
{
	static const struct {
		uint8_t code;
		const char *hex;
	} rows[] = {
		{ 81, "0400000162076578616d706c6500" },
		{ 87, "c3a463c3a4" },
		{ 119, "03656e67056170706c6503636f6d00096d61726b6574696e67c004" },
		{ 122, "01040a00000102040a000002" },
		{ 125, "000000090301017800000137040102797a" },
		{ 162, "00060001030161000006000203016200" },
	};
	uint8_t octets[512];

	for (size_t cut = 1; cut < 16; cut++) {
		struct reply ack;

		stage_close();
		stage_open((unsigned)cut);
		ack = reach_ack();
		for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
			size_t size = from_hex(rows[i].hex, octets);

			reply_add(&ack, rows[i].code, octets,
				  cut < size ? cut : size);
		}
		for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
			size_t size = from_hex(rows[i].hex, octets);

			if (cut < size)
				reply_add(&ack, rows[i].code, octets + cut,
					  size - cut);
		}
		say_ack(&ack);
		for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
			lease_has(rows[i].code, rows[i].hex);
	}
}
END_TEST

/* Covers: 3925-2-01 9463-5.1-03 */
START_TEST(values_of_over_255_octets_are_one)
{
	static const uint8_t head[] = { 0, 0, 0, 9, 196 };
	uint8_t octets[2 * 201], dns[2 * 201];
	struct reply ack = reach_ack();
	const char *line;

	/* Two enterprises of one item each; two resolvers of 48 addresses each. */
	for (unsigned i = 0; i < 2; i++) {
		uint8_t *at = octets + i * 201;

		memset(at, 'x', 201);
		memcpy(at, head, sizeof(head));
		at[5] = 1;
		at[6] = 194;
		at = dns + i * 201;
		memset(at, 10, 201);
		memcpy(at, "\0\xc7\0\1\3\1a\0\xc0", 9);
	}
	reply_add(&ack, 125, octets, 255);
	reply_add(&ack, 162, dns, 201);
	reply_add(&ack, 125, octets + 255, sizeof(octets) - 255);
	reply_add(&ack, 162, dns + 201, 201);
	say_ack(&ack);
	line = disk_line("option-125");
	ck_assert_ptr_nonnull(line);
	ck_assert_uint_eq(strlen(line), 2 * sizeof(octets));
	line = disk_line("option-162");
	ck_assert_ptr_nonnull(line);
	ck_assert_uint_eq(strlen(line), 2 * sizeof(dns));
}
END_TEST

/* Covers: 3925-4-03 4833-8-01 */
START_TEST(what_was_wanted_and_did_not_come_is_no_fault)
{
	static const uint8_t wanted[] = { 1, 3, 100, 101, 114, 125, 162, 212 };

	memcpy(stage.config->parameters, wanted, sizeof(wanted));
	stage.config->parameters_count = sizeof(wanted);
	power_on();
	hear(DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

static bool asks_for(const struct message *m, uint8_t code)
{
	uint8_t size;
	const uint8_t *list = message_option(m, DHCP4_OPTION_PARAMETERS, &size);

	return list && memchr(list, code, size);
}

/* Covers: 8910-2-01 5969-7.1.1-05 */
START_TEST(what_is_wanted_is_asked_for)
{
	static const uint8_t wanted[] = { 1, 3, 6, 114, 212 };

	for (unsigned on = 0; on < 2; on++) {
		stage_close();
		stage_open(on);
		memcpy(stage.config->parameters, wanted, sizeof(wanted));
		stage.config->parameters_count = on ? 5 : 3;
		power_on();
		ck_assert_int_eq(asks_for(hear(DHCP4_REQUEST_DISCOVER), 114), on);
		ck_assert_int_eq(asks_for(heard(), 212), on);
		tell(DHCP4_TYPE_OFFER);
		ck_assert_int_eq(asks_for(hear(DHCP4_REQUEST_SELECTING), 114),
				 on);
		ck_assert_int_eq(asks_for(heard(), 212), on);
	}
}
END_TEST

/* Covers: 4578-2-01 5859-3-02 */
START_TEST(options_that_only_others_send_are_never_sent)
{
	static const uint8_t others[] = { 93, 94, 97, 128, 150 };
	static const enum dhcp4_request kinds[] = {
		DHCP4_REQUEST_RENEWING,
		DHCP4_REQUEST_REBINDING,
	};

	reach_renewing();
	for (unsigned k = 0; k < ARRAY_SIZE(kinds); k++) {
		const struct message *m = k ? hear_until(kinds[k]) : heard();

		ck_assert_int_eq(m->kind, kinds[k]);
		for (unsigned i = 0; i < ARRAY_SIZE(others); i++)
			ck_assert(!message_has(m, others[i]));
	}
}
END_TEST

Suite *test_received_suite(void)
{
	Suite *suite;
	TCase *tcase = stage_chapter("received", &suite);

	tcase_add_test(tcase, what_is_malformed_is_as_good_as_missing);
	tcase_add_test(tcase, a_6rd_that_cannot_be_is_ignored);
	tcase_add_test(tcase, encrypted_resolvers_that_are_malformed_are_ignored);
	tcase_add_test(tcase, text_that_is_not_what_it_should_be_is_ignored);
	tcase_add_test(tcase, trailing_nuls_of_a_uri_are_no_part_of_it);
	tcase_add_test(tcase, long_ones_come_in_parts);
	tcase_add_test(tcase, values_of_over_255_octets_are_one);
	tcase_add_test(tcase, what_was_wanted_and_did_not_come_is_no_fault);
	tcase_add_test(tcase, what_is_wanted_is_asked_for);
	tcase_add_test(tcase, options_that_only_others_send_are_never_sent);
	return suite;
}
