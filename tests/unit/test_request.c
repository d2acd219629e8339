/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Each message of a client, read octet by octet: support.c knows Tables 4 and 5 a
 * second time, here are the values.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "core/client.h"
#include "unit/support.h"

Suite *test_request_suite(void);

#define XID 0x89abcdef

static struct dhcp4_config config;
static struct dhcp4_encoded encoded;
static struct request_values values;
static uint8_t payload[DHCP4_MESSAGE_MAX];
static size_t size;

static void setup(void)
{
	static const uint8_t parameters[] = { 1, 121, 3, 6, 51, 58, 59 };

	config = (struct dhcp4_config){
		.hardware_type = ARP_HTYPE_ETHERNET,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, 0x10 } },
		.mtu = 1500,
		.client_id = { 7, { 1, 2, 0, 0, 0, 0, 0x10 } },
		.encoded = &encoded,
		.parameters_count = sizeof(parameters),
	};
	encoded = (struct dhcp4_encoded){ 5, { 12, 0, 2, 'p', 'c' } };
	memcpy(config.parameters, parameters, sizeof(parameters));
	values = (struct request_values){
		.xid = XID,
		.secs = 0x0102,
		.address = CLIENT,
		.server_id = SERVER,
		.client_id = &config.client_id,
		.reason = "why",
	};
}

static void build(enum dhcp4_request request)
{
	struct writer w = writer_over(payload, sizeof(payload));

	memset(payload, 0xee, sizeof(payload));
	request_write(&w, request, &config, &values);
	ck_assert(!w.failed);
	size = w.used;
	check_client_message(payload, size, request, &config);
}

static bool has(uint8_t code)
{
	uint8_t length;

	return wire_option(payload, size, code, &length) != NULL;
}

static unsigned type(void)
{
	uint8_t length;

	return *wire_option(payload, size, 53, &length);
}

static void check_option(uint8_t code, const void *bytes, size_t expected)
{
	uint8_t length = 0;
	const uint8_t *value = wire_option(payload, size, code, &length);

	ck_assert_ptr_nonnull(value);
	ck_assert_uint_eq(length, expected);
	ck_assert_int_eq(memcmp(value, bytes, expected), 0);
}

#define EACH_REQUEST(r) \
	enum dhcp4_request r = (enum dhcp4_request)0; \
	r < DHCP4_REQUEST_COUNT; \
	r = (enum dhcp4_request)(r + 1)

/*
 * Covers: 2131-3-01 2131-4.1-01 2131-4.4.1-T5-01 2131-4.4.1-T5-04 1542-3.4-01
 * Covers: 2131-4.4.1-T5-13 2131-4.4.1-03
 */
START_TEST(fixed_fields)
{
	for (EACH_REQUEST(request)) {
		build(request);
		ck_assert_uint_eq(size, 300);
		ck_assert_mem_eq(payload, "\1\1\6\0\x89\xab\xcd\xef", 8);
		ck_assert_mem_eq(payload + 28,
				 "\2\0\0\0\0\x10\0\0\0\0\0\0\0\0\0\0", 16);
	}
}
END_TEST

/* Covers: 951-3-01 */
START_TEST(secs_are_written)
{
	for (EACH_REQUEST(request)) {
		build(request);
		if (request == DHCP4_REQUEST_DECLINE ||
		    request == DHCP4_REQUEST_RELEASE)
			ck_assert_uint_eq(wire_u16(payload, 8), 0);
		else
			ck_assert_uint_eq(wire_u16(payload, 8), 0x0102);
	}
}
END_TEST

/*
 * Covers: 2131-3.5-03 2131-4.3.2-02 2131-4.3.2-04 2131-4.3.2-06 2131-4.3.2-09
 * Covers: 2131-4.4.1-T5-03 2131-4.4.1-T5-05 2131-4.4.1-T5-06 2131-4.3.2-05
 * Covers: 2131-4.3.2-08 2131-4.4.3-01
 */
START_TEST(address_stands_in_its_place)
{
	for (EACH_REQUEST(request)) {
		bool in_ciaddr = request == DHCP4_REQUEST_RENEWING ||
				 request == DHCP4_REQUEST_REBINDING ||
				 request == DHCP4_REQUEST_RELEASE ||
				 request == DHCP4_REQUEST_INFORM;

		build(request);
		ck_assert_uint_eq(wire_u32(payload, 12), in_ciaddr ? CLIENT : 0);
		ck_assert_uint_eq(wire_option_u32(payload, size, 50),
				  in_ciaddr ? 0 : CLIENT);
	}
}
END_TEST

/*
 * Covers: 2131-4.3.2-03 2131-4.4.1-T5-08 2131-4.4.1-T5-09 2131-3.1-01
 */
START_TEST(server_is_named_where_it_must_be)
{
	for (EACH_REQUEST(request)) {
		bool named = request == DHCP4_REQUEST_SELECTING ||
			     request == DHCP4_REQUEST_DECLINE ||
			     request == DHCP4_REQUEST_RELEASE;

		build(request);
		ck_assert_uint_eq(wire_option_u32(payload, size, 54),
				  named ? SERVER : 0);
	}
}
END_TEST

/* Covers: 2131-4.4.1-02 */
START_TEST(discover_without_a_wish)
{
	values.address = IPV4_ANY;
	build(DHCP4_REQUEST_DISCOVER);
	ck_assert(!has(50));
	ck_assert(!has(51));
}
END_TEST

/* Covers: 2131-2-01 */
START_TEST(client_id_is_in_all)
{
	for (EACH_REQUEST(request)) {
		build(request);
		check_option(61, config.client_id.bytes, 7);
	}
}
END_TEST

START_TEST(client_id_may_be_none)
{
	config.client_id.size = 0;
	for (EACH_REQUEST(request)) {
		build(request);
		ck_assert(!has(61));
	}
}
END_TEST

/* It is the values' that is sent: a lease ends by the name it was made with. */
START_TEST(client_id_of_the_values)
{
	struct client_id other = { 3, { 0, 'a', 'b' } };

	values.client_id = &other;
	build(DHCP4_REQUEST_RELEASE);
	check_option(61, "\0ab", 3);
}
END_TEST

/* Covers: 1542-3.1.1-01 1542-3.1.1-02 1542-2.2-01 2131-4.4.1-T5-02 */
START_TEST(broadcast_flag)
{
	for (EACH_REQUEST(request)) {
		bool asked = request == DHCP4_REQUEST_DISCOVER ||
			     request == DHCP4_REQUEST_SELECTING ||
			     request == DHCP4_REQUEST_REBOOTING;

		values.broadcast = false;
		build(request);
		ck_assert_uint_eq(wire_u16(payload, 10), 0);
		values.broadcast = true;
		build(request);
		ck_assert_uint_eq(wire_u16(payload, 10), asked ? 0x8000 : 0);
	}
}
END_TEST

/*
 * An address of 20 octets does not fit chaddr, so that no reply can be unicast.
 * Covers: 4390-2.2-01
 */
START_TEST(infiniband)
{
	config.hardware_type = 32;
	config.hwaddr.size = HWADDR_SIZE_MAX;
	memset(config.hwaddr.bytes, 7, HWADDR_SIZE_MAX);
	for (EACH_REQUEST(request)) {
		bool asked = request == DHCP4_REQUEST_DISCOVER ||
			     request == DHCP4_REQUEST_SELECTING ||
			     request == DHCP4_REQUEST_REBOOTING;

		build(request);
		ck_assert_mem_eq(payload, "\1\x20\0\0", 4);
		for (size_t i = 28; i < 44; i++)
			ck_assert_uint_eq(payload[i], 0);
		ck_assert_uint_eq(wire_u16(payload, 10), asked ? 0x8000 : 0);
	}
	config.hwaddr.size = DHCP4_CHADDR_SIZE;
	build(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(payload[2], 16);
	ck_assert_uint_eq(payload[43], 7);
	ck_assert_uint_eq(wire_u16(payload, 10), 0);
}
END_TEST

/* Covers: 2131-3.5-01 3442-client-04 3442-client-05 2132-9.8-02 */
START_TEST(parameters_are_those_configured)
{
	static const enum dhcp4_request requests[] = {
		DHCP4_REQUEST_DISCOVER,	 DHCP4_REQUEST_SELECTING,
		DHCP4_REQUEST_REBOOTING, DHCP4_REQUEST_RENEWING,
		DHCP4_REQUEST_REBINDING,
	};

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		build(requests[i]);
		check_option(55, "\1\x79\3\6\x33\x3a\x3b", 7);
	}
}
END_TEST

/* Covers: 2131-4.4.3-02 2131-4.4.1-T5-07 */
START_TEST(inform_asks_for_no_times)
{
	build(DHCP4_REQUEST_INFORM);
	check_option(55, "\1\x79\3\6", 4);
	ck_assert(!has(51));
	memcpy(config.parameters, "\x33\x3a\x3b", 3);
	config.parameters_count = 3;
	build(DHCP4_REQUEST_DISCOVER);
	check_option(55, "\x33\x3a\x3b", 3);
	config.parameters_count = 0;
	build(DHCP4_REQUEST_DISCOVER);
	ck_assert(!has(55));
}
END_TEST

/* An empty list is not sent (RFC 2132 9.8: at least one code). */
START_TEST(inform_with_nothing_left_to_ask)
{
	struct writer w = writer_over(payload, sizeof(payload));

	memcpy(config.parameters, "\x33\x3a\x3b", 3);
	config.parameters_count = 3;
	request_write(&w, DHCP4_REQUEST_INFORM, &config, &values);
	size = w.used;
	ck_assert(!has(55));
}
END_TEST

/* Covers: 2131-3.5-02 2132-9.10-01 3442-sizing-01 */
START_TEST(message_size)
{
	static const struct {
		uint16_t mtu, size;
	} rows[] = { { 68, 576 },    { 575, 576 },   { 576, 576 },
		     { 577, 577 },   { 1499, 1499 }, { 1500, 1500 },
		     { 1501, 1500 }, { 9000, 1500 }, { 65535, 1500 } };

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t octets[2] = { (uint8_t)(rows[i].size >> 8),
				      (uint8_t)rows[i].size };

		config.mtu = rows[i].mtu;
		build(DHCP4_REQUEST_DISCOVER);
		check_option(57, octets, 2);
	}
}
END_TEST

/* Covers: 2132-2-01 */
START_TEST(texts_have_no_nul)
{
	build(DHCP4_REQUEST_DISCOVER);
	check_option(12, "pc", 2);
	build(DHCP4_REQUEST_RELEASE);
	check_option(56, "why", 3);
	encoded.used = 0;
	build(DHCP4_REQUEST_DISCOVER);
	ck_assert(!has(12));
}
END_TEST

/*
 * Where Table 5 lets it be, as it was set; without octets it is not sent.
 * Covers: 2132-9.13-01 2131-4.2-02
 */
START_TEST(vendor_class)
{
	ck_assert(encoded_put(&encoded, 60, "a b:\"c\"", 7));
	for (EACH_REQUEST(request)) {
		build(request);
		if (request == DHCP4_REQUEST_DECLINE ||
		    request == DHCP4_REQUEST_RELEASE)
			ck_assert(!has(60));
		else
			check_option(60, "a b:\"c\"", 7);
	}
	encoded_remove(&encoded, 60);
	for (EACH_REQUEST(request)) {
		build(request);
		ck_assert(!has(60));
	}
}
END_TEST

/*
 * Covers: 4039-3-01 4039-4-01 2563-2.1-01 2563-2.2-01 3011-2-02
 */
START_TEST(wishes)
{
	for (EACH_REQUEST(request)) {
		bool discover = request == DHCP4_REQUEST_DISCOVER;
		bool asks;

		config.rapid_commit = config.auto_configure = false;
		config.subnet = IPV4_ANY;
		values.rapid_commit = values.auto_configure = false;
		build(request);
		asks = discover || type() == DHCP4_TYPE_REQUEST;
		ck_assert(!has(80) && !has(116) && !has(118));
		config.rapid_commit = values.rapid_commit = true;
		config.auto_configure = values.auto_configure = true;
		config.fallback.mode = FALLBACK_MODE_LINKLOCAL;
		config.subnet = 0x0a000200;
		build(request);
		ck_assert(has(80) == discover && has(116) == discover);
		ck_assert(has(118) == asks);
		if (discover) {
			check_option(80, "", 0);
			check_option(116, "\1", 1);
		}
		if (asks)
			check_option(118, "\12\0\2\0", 4);
	}
}
END_TEST

/*
 * Neither is ever in the list by the list's own doing.
 * Covers: 4039-3-03 8925-3.2-01 8925-3.2-04
 */
START_TEST(codes_that_are_not_asked_for)
{
	for (EACH_REQUEST(request)) {
		if (request == DHCP4_REQUEST_DECLINE ||
		    request == DHCP4_REQUEST_RELEASE)
			continue;
		memcpy(config.parameters, "\120\154\1", 3);
		config.parameters_count = 3;
		config.v6only = false;
		build(request);
		check_option(55, "\1", 1);
		config.v6only = true;
		build(request);
		if (request == DHCP4_REQUEST_INFORM)
			check_option(55, "\1", 1);
		else
			check_option(55, "\1\154", 2);
	}
}
END_TEST

/* Covers: 2131-4.4.1-T5-10 2131-4.4.1-T5-11 2131-4.4.1-T5-12 */
START_TEST(reason_and_nothing_else)
{
	values.broadcast = values.rapid_commit = values.auto_configure = true;
	config.rapid_commit = config.v6only = config.auto_configure = true;
	config.subnet = 0x0a000200;
	build(DHCP4_REQUEST_DECLINE);
	check_option(56, "why", 3);
	build(DHCP4_REQUEST_RELEASE);
	check_option(56, "why", 3);
	for (unsigned code = 1; code < 255; code++) {
		static const uint8_t allowed[] = { 53, 54, 56, 61 };

		ck_assert_int_eq(has((uint8_t)code),
				 memchr(allowed, (int)code, sizeof(allowed)) !=
					 NULL);
	}
}
END_TEST

START_TEST(reason_may_be_none)
{
	struct writer w = writer_over(payload, sizeof(payload));

	values.reason = NULL;
	request_write(&w, DHCP4_REQUEST_RELEASE, &config, &values);
	size = w.used;
	ck_assert(!has(56));
}
END_TEST

/* All that varies at its longest, and in as many pieces as can be. */
START_TEST(longest_message_fits)
{
	uint8_t text[DHCP4_ENCODED_SIZE];
	size_t room = DHCP4_ENCODED_SIZE - 4 * 3;

	memset(text, 'a', sizeof(text));
	encoded.used = 0;
	ck_assert(encoded_put(&encoded, 60, text, room - 3));
	for (uint8_t code = 224; code < 227; code++)
		ck_assert(encoded_put(&encoded, code, text, 1));
	ck_assert(!encoded_put(&encoded, 225, text, 2));
	config.client_id.size = DHCP4_CLIENT_ID_MAX;
	config.parameters_count = DHCP4_PARAMETERS_MAX;
	for (unsigned i = 0; i < DHCP4_PARAMETERS_MAX; i++)
		config.parameters[i] = (uint8_t)(i + 1);
	build(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_gt(size, 900);
	check_option(61, config.client_id.bytes, DHCP4_CLIENT_ID_MAX);
	check_option(60, text, 255);
	check_option(55, config.parameters, DHCP4_PARAMETERS_MAX);
}
END_TEST

/* ---- what is sent anonymously ------------------------------------------- */

/* The codes of the options, in their order. */
static size_t codes_of(uint8_t codes[256])
{
	size_t count = 0;

	for (size_t at = 240; payload[at] != 255; at += 2U + payload[at + 1])
		codes[count++] = payload[at];
	return count;
}

/* Everything that might be configured. */
static void configure_all(void)
{
	static const struct {
		uint8_t code, size, bytes[17];
	} others[] = {
		{ 43, 5, { 0 } },
		{ 60, 5, "class" },
		{ 77, 5, { 4, 'u', 's', 'e', 'r' } },
		{ 81, 5, { 0 } },
		{ 93, 2, { 0 } },
		{ 94, 3, { 1, 2, 3 } },
		{ 97, 17, { 0 } },
		{ 124, 7, { 0, 0, 0, 1, 2, 1, 'x' } },
		{ 125, 8, { 0, 0, 0, 1, 3, 1, 1, 2 } },
		{ 161, 11, "https://a/b" },
		{ 224, 5, { 0 } },
	};

	for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
		ck_assert_msg(encoded_put(&encoded, others[i].code,
					  others[i].bytes, others[i].size),
			      "option %u", others[i].code);
	}
	ck_assert(encoded_put_u32(&encoded, 51, 600));
}

/*
 * Covers: 7844-3-01 7844-3-02 7844-3-03 7844-3.1-01 7844-3.3-01 7844-3.8-01
 * Covers: 7844-3.9-01 7844-3.10-01
 */
START_TEST(anonymous_messages_hold_the_least)
{
	static const struct {
		uint8_t count, codes[6];
	} rows[DHCP4_REQUEST_COUNT] = {
		[DHCP4_REQUEST_DISCOVER] = { 3, { 53, 55, 61 } },
		[DHCP4_REQUEST_SELECTING] = { 5, { 50, 53, 54, 55, 61 } },
		[DHCP4_REQUEST_REBOOTING] = { 4, { 50, 53, 55, 61 } },
		[DHCP4_REQUEST_RENEWING] = { 3, { 53, 55, 61 } },
		[DHCP4_REQUEST_REBINDING] = { 3, { 53, 55, 61 } },
		[DHCP4_REQUEST_DECLINE] = { 4, { 50, 53, 54, 61 } },
		[DHCP4_REQUEST_RELEASE] = { 3, { 53, 54, 61 } },
		[DHCP4_REQUEST_INFORM] = { 3, { 53, 55, 61 } },
	};
	uint8_t codes[256];

	encoded.used = 0;
	configure_all();
	config.anonymous = config.force_renew = true;
	for (EACH_REQUEST(request)) {
		build(request);
		ck_assert_uint_eq(codes_of(codes), rows[request].count);
		ck_assert_mem_eq(codes, rows[request].codes, rows[request].count);
	}
}
END_TEST

/* A name that is sent nevertheless keeps the order. */
START_TEST(anonymous_with_a_name)
{
	uint8_t codes[256];

	config.anonymous = true;
	build(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(codes_of(codes), 6);
	ck_assert_mem_eq(codes, "\x0c\x32\x35\x36\x37\x3d", 6);
}
END_TEST

/* ---- what was encoded beforehand ----------------------------------------- */

/* Covers: 4702-2-01 3925-2-01 */
START_TEST(all_that_is_encoded_is_in_each_that_asks)
{
	uint8_t codes[256];

	configure_all();
	for (EACH_REQUEST(request)) {
		bool asks = request != DHCP4_REQUEST_DECLINE &&
			    request != DHCP4_REQUEST_RELEASE;

		build(request);
		codes_of(codes);
		ck_assert_uint_eq(codes[0], 53);
		ck_assert(has(81) == asks);
		ck_assert(has(124) == asks);
		ck_assert(has(51) == (asks && request != DHCP4_REQUEST_INFORM));
	}
}
END_TEST

/* Covers: 4702-2-02 */
START_TEST(long_name_is_sent_in_two_pieces)
{
	uint8_t value[258];
	unsigned pieces = 0;

	memset(value, 7, sizeof(value));
	ck_assert(encoded_put(&encoded, 81, value, sizeof(value)));
	build(DHCP4_REQUEST_DISCOVER);
	for (size_t at = 240; payload[at] != 255; at += 2U + payload[at + 1]) {
		if (payload[at] != 81)
			continue;
		ck_assert_uint_eq(payload[at + 1], pieces ? 3 : 255);
		pieces++;
	}
	ck_assert_uint_eq(pieces, 2);
}
END_TEST

START_TEST(too_little_room_fails)
{
	for (size_t room = 0; room < 300; room++) {
		struct writer w = writer_over(payload, room);

		request_write(&w, DHCP4_REQUEST_DISCOVER, &config, &values);
		ck_assert(w.failed);
	}
}
END_TEST

/* Covers: 2131-4.3.2-07 2131-4.3.2-10 2131-4.4.4-01 2131-4.4.4-02 */
START_TEST(who_is_asked)
{
	static const uint8_t types[DHCP4_REQUEST_COUNT] = { 1, 3, 3, 3,
							    3, 4, 7, 8 };

	for (EACH_REQUEST(request)) {
		ck_assert_int_eq(request_is_unicast(request),
				 request == DHCP4_REQUEST_RENEWING ||
					 request == DHCP4_REQUEST_RELEASE);
		build(request);
		ck_assert_uint_eq(type(), types[request]);
	}
}
END_TEST

Suite *test_request_suite(void)
{
	Suite *suite = suite_create("request");
	TCase *tcase = tcase_create("request");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, fixed_fields);
	tcase_add_test(tcase, secs_are_written);
	tcase_add_test(tcase, address_stands_in_its_place);
	tcase_add_test(tcase, server_is_named_where_it_must_be);
	tcase_add_test(tcase, discover_without_a_wish);
	tcase_add_test(tcase, client_id_is_in_all);
	tcase_add_test(tcase, client_id_may_be_none);
	tcase_add_test(tcase, client_id_of_the_values);
	tcase_add_test(tcase, broadcast_flag);
	tcase_add_test(tcase, infiniband);
	tcase_add_test(tcase, parameters_are_those_configured);
	tcase_add_test(tcase, inform_asks_for_no_times);
	tcase_add_test(tcase, inform_with_nothing_left_to_ask);
	tcase_add_test(tcase, message_size);
	tcase_add_test(tcase, texts_have_no_nul);
	tcase_add_test(tcase, vendor_class);
	tcase_add_test(tcase, wishes);
	tcase_add_test(tcase, codes_that_are_not_asked_for);
	tcase_add_test(tcase, reason_and_nothing_else);
	tcase_add_test(tcase, reason_may_be_none);
	tcase_add_test(tcase, longest_message_fits);
	tcase_add_test(tcase, anonymous_messages_hold_the_least);
	tcase_add_test(tcase, anonymous_with_a_name);
	tcase_add_test(tcase, all_that_is_encoded_is_in_each_that_asks);
	tcase_add_test(tcase, long_name_is_sent_in_two_pieces);
	tcase_add_test(tcase, too_little_room_fails);
	tcase_add_test(tcase, who_is_asked);
	suite_add_tcase(suite, tcase);
	return suite;
}
