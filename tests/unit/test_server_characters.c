/* SPDX-License-Identifier: BSD-2-Clause */
/* What each misbehaviour makes of the server's answer. */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "server/characters.h"
#include "server_world.h"

Suite *test_server_characters_suite(void);

static struct server_mood mood;

static void setup(void)
{
	srv_setup();
	mood = (struct server_mood){ 0 };
	srv.server.handler = server_mood_apply;
	srv.server.context = &mood;
}

static const enum dhcp4_request renew = DHCP4_REQUEST_RENEWING;
static const enum dhcp4_request reboot = DHCP4_REQUEST_REBOOTING;

/* Binds client 1 honestly, then changes for the worse. */
static void become(enum server_character character)
{
	mood.character = SERVER_CHARACTER_HONEST;
	srv_bind(1);
	mood = (struct server_mood){ .character = character };
}

static unsigned renew_now(void)
{
	return srv_ask_about(1, renew, POOL_FIRST);
}

/* A REQUEST that takes another server's offer. */
static unsigned request_of_other(void)
{
	return srv_ask((struct ask){ .client = 1,
				     .kind = DHCP4_REQUEST_SELECTING,
				     .address = POOL_FIRST,
				     .server_id = RELAY });
}

/* ---- all of them ------------------------------------------------------ */

START_TEST(test_names)
{
	enum server_character found = SERVER_CHARACTER_COUNT;

	for (unsigned i = 0; i < SERVER_CHARACTER_COUNT; i++) {
		const char *name =
			server_character_name((enum server_character)i);

		ck_assert_ptr_nonnull(name);
		ck_assert(server_character_find(name, &found));
		ck_assert_uint_eq(found, i);
	}
	ck_assert(!server_character_find("friendly", &found));
	ck_assert_uint_eq(found, SERVER_CHARACTER_COUNT - 1);
}
END_TEST

/*
 * Each of them in each variant, on each message, be it answered or not, and with
 * as many options as fit: what is sent fits in a packet.
 */
START_TEST(test_all_on_all)
{
	static uint8_t large[1100];

	srv.config.option_count = 1;
	srv.config.options[0] = (struct option_value){ 224, 1100, large };
	for (unsigned i = 0; i < 40 * SERVER_CHARACTER_COUNT; i++) {
		unsigned kind = i % DHCP4_REQUEST_COUNT;

		mood.character = (enum server_character)(i / 40);
		mood.kinds = UINT32_MAX;
		mood.number = i;
		srv.config.option_count = i & 1;
		if (mood.character == SERVER_CHARACTER_WRONG_OP)
			continue;
		srv_ask_about(i % 5, (enum dhcp4_request)kind,
			      POOL_FIRST + i % POOL_SIZE);
		ck_assert_uint_le(srv.exchange.packet.copies, 2);
		if (srv.exchange.packet.copies)
			ck_assert_uint_le(srv.exchange.packet.size,
					  DHCP4_PACKET_MAX);
	}
}
END_TEST

/* A mood changes the messages it is about, and counts what it changed. */
START_TEST(test_mood)
{
	mood.character = SERVER_CHARACTER_NAK;
	srv_discover(1);
	ck_assert_uint_eq(srv.reply.type, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(mood.number, 1);
	mood.kinds = 1U << DHCP4_REQUEST_DISCOVER;
	ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(mood.number, 2);
	/* Nothing to change. */
	mood = (struct server_mood){ .character = SERVER_CHARACTER_TWICE };
	srv_ask_about(1, DHCP4_REQUEST_RELEASE, POOL_FIRST);
	ck_assert_uint_eq(mood.number, 0);
}
END_TEST

/* ---- other answers ---------------------------------------------------- */

/* Of the messages of a client's life: 0 for no answer, else its type. */
START_TEST(test_answers)
{
	enum {
		NONE,
		OFFER = DHCP4_TYPE_OFFER,
		ACK = DHCP4_TYPE_ACK,
		NAK = DHCP4_TYPE_NAK
	};
	static const struct {
		enum server_character character;
		unsigned discover, request, renew, reboot, release;
	} rows[] = {
		{ SERVER_CHARACTER_HONEST, OFFER, ACK, ACK, ACK, NONE },
		{ SERVER_CHARACTER_SILENCE, NONE, NONE, NONE, NONE, NONE },
		{ SERVER_CHARACTER_EXHAUSTED, NONE, ACK, ACK, ACK, NONE },
		{ SERVER_CHARACTER_OFFER, OFFER, OFFER, OFFER, OFFER, NONE },
		{ SERVER_CHARACTER_ACK, ACK, ACK, ACK, ACK, NONE },
		{ SERVER_CHARACTER_NAK, OFFER, NAK, NAK, NAK, NONE },
		{ SERVER_CHARACTER_NAK_ALL, NAK, NAK, NAK, NAK, NAK },
		{ SERVER_CHARACTER_NO_ADDRESS, NONE, ACK, ACK, ACK, NONE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		mood.character = rows[i].character;
		ck_assert_uint_eq(srv_discover(1), rows[i].discover);
		ck_assert_uint_eq(srv_request(1, POOL_FIRST), rows[i].request);
		ck_assert_uint_eq(renew_now(), rows[i].renew);
		ck_assert_uint_eq(srv_ask_about(1, reboot, POOL_FIRST),
				  rows[i].reboot);
		ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RELEASE,
						POOL_FIRST),
				  rows[i].release);
	}
}
END_TEST

START_TEST(test_no_address)
{
	static const uint8_t one[] = { 1 };
	struct option_value value;

	become(SERVER_CHARACTER_NO_ADDRESS);
	for (unsigned i = 0; i < 2; i++) {
		ck_assert_uint_eq(
			srv_ask((struct ask){ .client = 1,
					      .kind = DHCP4_REQUEST_DISCOVER,
					      .extra = { 116, 1, one } }),
			DHCP4_TYPE_OFFER);
		ck_assert_uint_eq(srv.reply.header.yiaddr, 0);
		ck_assert(dhcp4_options_get(&srv.reply.options, 116, &value));
		ck_assert_uint_eq(value.bytes[0], i);
	}
}
END_TEST

START_TEST(test_nak_anonymous)
{
	become(SERVER_CHARACTER_NAK_ANONYMOUS);
	ck_assert_uint_eq(renew_now(), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), 0);
}
END_TEST

START_TEST(test_two_answers)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	become(SERVER_CHARACTER_ACK_THEN_NAK);
	ck_assert_uint_eq(renew_now(), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv.exchange.second.copies, 1);
	ck_assert_int_eq(srv_parse(&srv.exchange.second), REJECT_NONE);
	ck_assert_uint_eq(srv.reply.type, DHCP4_TYPE_NAK);
	server_describe_reply(&s, &srv.exchange);
	ck_assert_str_eq(text, "ACK yiaddr 10.0.0.10 unicast and NAK broadcast");

	become(SERVER_CHARACTER_ACK_TWICE);
	ck_assert_uint_eq(renew_now(), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 120);
	ck_assert_int_eq(srv_parse(&srv.exchange.second), REJECT_NONE);
	ck_assert_uint_eq(srv.reply.type, DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 60);

	/* Nothing of it stays. */
	become(SERVER_CHARACTER_TWICE);
	renew_now();
	ck_assert_uint_eq(srv.exchange.packet.copies, 2);
	ck_assert_uint_eq(srv.exchange.second.copies, 0);
}
END_TEST

/* ---- who says it ------------------------------------------------------ */

START_TEST(test_other_server)
{
	static const struct {
		unsigned type;
		ipv4_addr id;
	} variants[] = { { DHCP4_TYPE_ACK, SERVER_ADDRESS },
			 { DHCP4_TYPE_NAK, SERVER_ADDRESS },
			 { DHCP4_TYPE_ACK, RELAY },
			 { DHCP4_TYPE_NAK, RELAY } };

	mood.character = SERVER_CHARACTER_OTHER_SERVER;
	for (size_t i = 0; i < ARRAY_SIZE(variants); i++) {
		ck_assert_uint_eq(request_of_other(), variants[i].type);
		ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID),
				  variants[i].id);
	}
	/* One to itself is not changed. */
	mood.number = 3;
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS);
}
END_TEST

START_TEST(test_wrong_id)
{
	mood.character = SERVER_CHARACTER_WRONG_ID;
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS);
	ck_assert_uint_eq(srv_request(1, POOL_FIRST), DHCP4_TYPE_ACK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS + 1);
	ck_assert_uint_eq(renew_now(), DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS + 1);
}
END_TEST

START_TEST(test_changing_id)
{
	mood.character = SERVER_CHARACTER_CHANGING_ID;
	mood.number = 1;
	for (unsigned i = 1; i <= 3; i++) {
		struct ask ask = { .client = i, .kind = DHCP4_REQUEST_SELECTING };

		srv_discover(i);
		ask.address = srv.reply.header.yiaddr;
		ask.server_id = srv_number(DHCP4_OPTION_SERVER_ID);
		ck_assert_uint_eq(ask.server_id, SERVER_ADDRESS + 2 * i - 1);
		ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_ACK);
		ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID),
				  ask.server_id);
		ck_assert_uint_eq(srv.reply.header.yiaddr, ask.address);
	}
	renew_now();
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS + 7);
	ck_assert_uint_eq(srv_ask((struct ask){ .client = 1,
						.kind = DHCP4_REQUEST_SELECTING,
						.address = POOL_FIRST,
						.server_id = ELSEWHERE }),
			  0);
}
END_TEST

/* ---- what is granted -------------------------------------------------- */

START_TEST(test_other_address)
{
	become(SERVER_CHARACTER_OTHER_ADDRESS);
	for (unsigned i = 1; i <= 4; i++) {
		renew_now();
		ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + i);
	}
}
END_TEST

START_TEST(test_illegal_address)
{
	static const ipv4_addr addresses[] = {
		0x0a000000, 0x0a0000ff, 0x00000000, 0x7f000001,
		0xe0000005, 0xf0000001, 0x00010203, 0xffffffff,
	};

	mood.character = SERVER_CHARACTER_ILLEGAL_ADDRESS;
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		ck_assert_uint_eq(srv_discover(1), DHCP4_TYPE_OFFER);
		ck_assert_uint_eq(srv.reply.header.yiaddr, addresses[i]);
		ck_assert_int_ne(lease_check(&srv.reply, NULL), REJECT_NONE);
	}
	/* An INFORM gets no address, so there is none to spoil. */
	mood.kinds = UINT32_MAX;
	srv_ask_about(1, DHCP4_REQUEST_INFORM, POOL_FIRST);
	ck_assert_uint_eq(srv.reply.header.yiaddr, 0);
	ck_assert_uint_eq(mood.number, ARRAY_SIZE(addresses));
}
END_TEST

START_TEST(test_illegal_mask)
{
	static const uint32_t masks[] = { 0xff00ff00, 0x00ffffff, 0,
					  0x80000000, 0xfe000000, 0xffffffff };
	struct option_value value;

	mood.character = SERVER_CHARACTER_ILLEGAL_MASK;
	for (size_t i = 0; i < ARRAY_SIZE(masks); i++) {
		srv_discover(1);
		ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), masks[i]);
	}
	srv_discover(1);
	ck_assert(!dhcp4_options_get(&srv.reply.options,
				     DHCP4_OPTION_SUBNET_MASK, &value));
}
END_TEST

/* None of them is used, and the rest is. */
START_TEST(test_illegal_routes)
{
	struct flaws flaws;

	mood.character = SERVER_CHARACTER_ILLEGAL_ROUTES;
	srv_discover(1);
	lease_flaws_of(&srv.reply, &route_policy_all, &flaws);
	ck_assert_uint_eq(flaws.of[FLAW_DESTINATION].count, 4);
	ck_assert_uint_eq(flaws.of[FLAW_OWN_ADDRESS].count, 1);
	ck_assert_uint_eq(flaws.of[FLAW_OWN_GATEWAY].count, 1);
	ck_assert_uint_eq(flaws.of[FLAW_GATEWAY].count, 1);
	ck_assert_uint_eq(flaws.of[FLAW_SECOND_WAY].count, 1);
	srv_discover(1);
	lease_flaws_of(&srv.reply, &route_policy_all, &flaws);
	ck_assert_uint_eq(flaws.of[FLAW_SURPLUS].count, 7);
	srv_discover(1);
	lease_flaws_of(&srv.reply, &route_policy_all, &flaws);
	ck_assert_uint_eq(flaws.of[FLAW_NAME_SERVER].count, 2);
	ck_assert_uint_eq(flaws.of[FLAW_OWN_NAME_SERVER].count, 1);
}
END_TEST

START_TEST(test_illegal_lease)
{
	struct option_value value;

	srv.config.t1_s = 60;
	mood.character = SERVER_CHARACTER_ILLEGAL_LEASE;
	srv_discover(1);
	for (uint8_t code = DHCP4_OPTION_T1; code <= DHCP4_OPTION_T2; code++)
		ck_assert(!dhcp4_options_get(&srv.reply.options, code, &value));
	ck_assert(!dhcp4_options_get(&srv.reply.options,
				     DHCP4_OPTION_LEASE_TIME, &value));
	srv_discover(1);
	ck_assert(dhcp4_options_get(&srv.reply.options, DHCP4_OPTION_LEASE_TIME,
				    &value));
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 0);
	mood.number = 5;
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 120);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_T1), 100);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_T2), 50);
	mood.number = 12;
	srv_discover(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME),
			  DHCP4_LEASE_INFINITE);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_T1), 60);
}
END_TEST

/* ---- octets that are no message --------------------------------------- */

START_TEST(test_illegal_options)
{
	static const struct {
		uint8_t tail[8];
		size_t size;
	} endings[] = {
		{ { 6 }, 1 },
		{ { 6, 200, 10 }, 3 },
		{ { 54, 0, 255 }, 3 },
	};
	size_t before;

	mood.character = SERVER_CHARACTER_ILLEGAL_OPTIONS;
	srv_discover(1);
	/* Not even an End: the mask is the last. */
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0xffffff00);
	before = srv.datagram.size;
	ck_assert_mem_eq(srv.datagram.payload + before - 6, "\1\4\377\377\377",
			 6);
	for (size_t i = 0; i < ARRAY_SIZE(endings); i++) {
		srv_discover(1);
		ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
		ck_assert_uint_eq(srv.datagram.size, before + endings[i].size);
		ck_assert_mem_eq(srv.datagram.payload + before, endings[i].tail,
				 endings[i].size);
	}
	mood.number = 4;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SUBNET_MASK), 0);
	mood.number = 6;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_MESSAGE_TYPE);
}
END_TEST

/* sname and file, which the tail says hold options. */
START_TEST(test_illegal_overload)
{
	struct option_value value;

	mood.character = SERVER_CHARACTER_ILLEGAL_OPTIONS;
	mood.number = 10;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	ck_assert_uint_eq(srv.datagram.payload[44], 5);
	ck_assert_uint_eq(srv.datagram.payload[235], 5);
	/* Option 5, of length 5, as often as it goes: not addresses. */
	ck_assert(!dhcp4_options_get(&srv.reply.options, 5, &value));
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), SERVER_ADDRESS);
}
END_TEST

START_TEST(test_all_options)
{
	struct option_value value;
	unsigned valid = 0;

	mood.character = SERVER_CHARACTER_ALL_OPTIONS;
	mood.number = 7;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	ck_assert_uint_eq(srv.reply.type, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 120);
	for (uint8_t code = 62; code < DHCP4_OPTION_END; code++) {
		const uint8_t octet = 7;

		ck_assert_int_eq(dhcp4_options_get(&srv.reply.options, code,
						   &value),
				 option_is_valid(code, &octet, 1));
		valid += option_is_valid(code, &octet, 1);
	}
	ck_assert_uint_gt(valid, 100);
}
END_TEST

/* Each option comes some time, good and malformed; the good ones are kept. */
START_TEST(test_rich_options)
{
	static const uint8_t codes[] = { 63,  81,  88,	99,  101, 114, 119, 120,
					 122, 125, 137, 143, 146, 158, 162, 212 };
	unsigned kept[ARRAY_SIZE(codes)] = { 0 };

	mood.character = SERVER_CHARACTER_RICH_OPTIONS;
	for (unsigned run = 0; run < 400; run++) {
		struct option_value value;

		srv_discover(1);
		ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
		ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 120);
		for (unsigned i = 0; i < ARRAY_SIZE(codes); i++)
			kept[i] += dhcp4_options_get(&srv.reply.options,
						     codes[i], &value);
	}
	for (unsigned i = 0; i < ARRAY_SIZE(codes); i++)
		ck_assert_msg(kept[i] > 130 && kept[i] < 250, "%u: %u",
			      codes[i], kept[i]);
}
END_TEST

START_TEST(test_cut)
{
	mood.character = SERVER_CHARACTER_CUT;
	for (unsigned i = 0; i < 300; i++) {
		srv_discover(1);
		srv_parse(&srv.exchange.packet);
		ck_assert_uint_eq(srv.datagram.size, i);
	}
}
END_TEST

/* No option of DHCP, those of BOOTP as they were; and never another's. */
START_TEST(test_bootp)
{
	mood.character = SERVER_CHARACTER_BOOTP;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_NONE);
	ck_assert_uint_eq(srv.reply.type, DHCP4_TYPE_BOOTP);
	ck_assert_uint_eq(srv.reply.header.op, DHCP4_OP_REPLY);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_SERVER_ID), 0);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 0);
	ck_assert_uint_ne(srv_number(DHCP4_OPTION_SUBNET_MASK), 0);
	ck_assert_uint_ge(srv.datagram.size, DHCP4_MESSAGE_MIN);
	srv.now += 1000000 * NSEC_PER_S;
	srv_discover(2);
	srv_parse(&srv.exchange.packet);
	ck_assert_uint_eq(srv.reply.header.yiaddr, POOL_FIRST + 1);
}
END_TEST

/* ---- for somebody else ------------------------------------------------ */

START_TEST(test_for_somebody_else)
{
	struct option_value value;

	mood.character = SERVER_CHARACTER_WRONG_XID;
	srv_discover(1);
	ck_assert_uint_eq(srv.reply.header.xid, XID + 1);
	mood.character = SERVER_CHARACTER_WRONG_OP;
	srv_discover(1);
	ck_assert_uint_eq(srv.reply.header.op, DHCP4_OP_REQUEST);
	mood.character = SERVER_CHARACTER_WRONG_CHADDR;
	srv_discover(1);
	ck_assert_uint_eq(srv.reply.header.chaddr[5], 0);
	ck_assert_uint_eq(srv.exchange.packet.destination_hw.bytes[5], 1);
	mood.character = SERVER_CHARACTER_WRONG_CLIENT_ID;
	srv_discover(1);
	ck_assert(dhcp4_options_get(&srv.reply.options, DHCP4_OPTION_CLIENT_ID,
				    &value));
	ck_assert_mem_eq(value.bytes, "\0c\0", 3);
	mood.character = SERVER_CHARACTER_BROADCAST;
	srv_discover(1);
	ck_assert_uint_eq(srv.exchange.packet.destination, IPV4_BROADCAST);
	mood.character = SERVER_CHARACTER_CORRUPT;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_UDP_CHECKSUM);
}
END_TEST

Suite *test_server_characters_suite(void)
{
	Suite *suite = suite_create("server_characters");
	TCase *tcase = tcase_create("server_characters");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, test_names);
	tcase_add_test(tcase, test_all_on_all);
	tcase_add_test(tcase, test_mood);
	tcase_add_test(tcase, test_answers);
	tcase_add_test(tcase, test_no_address);
	tcase_add_test(tcase, test_nak_anonymous);
	tcase_add_test(tcase, test_two_answers);
	tcase_add_test(tcase, test_other_server);
	tcase_add_test(tcase, test_wrong_id);
	tcase_add_test(tcase, test_changing_id);
	tcase_add_test(tcase, test_other_address);
	tcase_add_test(tcase, test_illegal_address);
	tcase_add_test(tcase, test_illegal_mask);
	tcase_add_test(tcase, test_illegal_lease);
	tcase_add_test(tcase, test_illegal_routes);
	tcase_add_test(tcase, test_illegal_options);
	tcase_add_test(tcase, test_illegal_overload);
	tcase_add_test(tcase, test_all_options);
	tcase_add_test(tcase, test_rich_options);
	tcase_add_test(tcase, test_cut);
	tcase_add_test(tcase, test_bootp);
	tcase_add_test(tcase, test_for_somebody_else);
	suite_add_tcase(suite, tcase);
	return suite;
}
