/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which replies are one for us: op, cookie, type, transaction, hardware address,
 * client identifier, server identifier.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_messages_suite(void);

/* Each way to a state that listens for replies. */
static const struct way {
	void (*reach)(void);
	uint8_t answer; /* what it waits for */
} ways[] = {
	{ reach_selecting, DHCP4_TYPE_OFFER },
	{ reach_requesting, DHCP4_TYPE_ACK },
	{ reach_rebooting, DHCP4_TYPE_ACK },
	{ reach_renewing, DHCP4_TYPE_ACK },
	{ reach_rebinding, DHCP4_TYPE_ACK },
};

static void take(const struct way *way)
{
	stage_close();
	stage_open(1);
	way->reach();
}

/* The answer that is waited for leads on, so that all was well but for its fault. */
static void a_good_answer_is_taken(const struct way *way)
{
	tell(way->answer);
	if (way->answer == DHCP4_TYPE_OFFER)
		hear(DHCP4_REQUEST_SELECTING);
	else
		CHECK(kernel_left() > S(LEASE_S - 2));
}

/* ---- is it a reply at all? ---------------------------------------------- */

/* Covers: 951-7.5-01 1542-2.1-02 */
START_TEST(what_is_no_bootreply_is_dropped)
{
	static const uint8_t ops[] = { 0, 1, 3, 255 };

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
			struct reply r = reply(ways[w].answer);

			r.payload[AT_OP] = ops[i];
			ignored(&r);
		}
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: DF-msg-01 */
START_TEST(without_the_magic_cookie_it_is_no_message)
{
	static const uint32_t cookies[] = { 0, 0x63825364, 0x53638263,
					    0xffffffff };

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned i = 0; i < ARRAY_SIZE(cookies); i++) {
			struct reply r = reply(ways[w].answer);

			put_u32(r.payload + AT_COOKIE, cookies[i]);
			ignored(&r);
		}
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: DF-msg-02 */
START_TEST(ten_thousand_replies_without_a_type_do_nothing)
{
	struct sim_frame frame;
	struct reply r;

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		r = reply(ways[w].answer);
		reply_drop(&r, DHCP4_OPTION_MESSAGE_TYPE);
		ignored(&r);
		frame = reply_frame(&r);
		for (unsigned i = 0; i < 2000; i++)
			sim_send(stage.peer, &frame);
		ignored(&r);
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: DF-msg-03 2132-9.6-01 */
START_TEST(of_all_types_only_offer_ack_and_nak_are_taken)
{
	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned type = 0; type < 256; type++) {
			struct reply r = reply((uint8_t)type);

			if (type != DHCP4_TYPE_NAK && type != ways[w].answer)
				ignored(&r);
		}
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: 2132-9.6-01 */
START_TEST(a_type_of_another_length_is_none)
{
	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned size = 0; size <= 4; size += 2) {
			struct reply r = reply(ways[w].answer);
			uint8_t other = (uint8_t)(ways[w].answer ^ 1);

			reply_drop(&r, DHCP4_OPTION_MESSAGE_TYPE);
			reply_add(&r, DHCP4_OPTION_MESSAGE_TYPE,
				  (const uint8_t[]){ ways[w].answer, other, 0, 0 },
				  size);
			ignored(&r);
		}
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* ---- is it for us? ------------------------------------------------------ */

/* Covers: DF-msg-04 2131-4.4.1-06 2131-4.4.5-03 */
START_TEST(a_reply_to_somebody_else_is_dropped_in_every_state)
{
	static const unsigned fields[] = { AT_HTYPE,   AT_HLEN,	  AT_XID,
					   AT_XID + 3, AT_CHADDR, AT_CHADDR + 5 };
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK,
					 DHCP4_TYPE_NAK };

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned i = 0; i < ARRAY_SIZE(fields) * 3; i++) {
			struct reply r = reply(types[i % 3]);

			r.payload[fields[i / 3]] ^= 1;
			ignored(&r);
		}
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: 6842-3-01 6842-3-02 */
START_TEST(a_reply_with_another_client_identifier_is_dropped)
{
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK,
					 DHCP4_TYPE_NAK };

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		uint8_t id[8];

		take(&ways[w]);
		for (unsigned i = 0; i < 9; i++) {
			struct reply r = reply(types[i % 3]);
			const size_t sizes[] = { 7, 6, 0 };

			memcpy(id, stage.config->client_id.bytes, 7);
			id[6] ^= i < 3;
			reply_set(&r, DHCP4_OPTION_CLIENT_ID, id, sizes[i / 3]);
			ignored(&r);
		}
		/* The good one has ours. */
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: 6842-3-01 */
START_TEST(a_nak_with_our_client_identifier_is_taken)
{
	struct reply nak;

	reach_requesting();
	nak = reply(DHCP4_TYPE_NAK);
	reply_set(&nak, DHCP4_OPTION_CLIENT_ID, stage.config->client_id.bytes, 7);
	say(&nak);
	hear(DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: DF-msg-14 */
START_TEST(a_reply_without_a_client_identifier_is_taken)
{
	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		struct reply r;

		take(&ways[w]);
		r = reply(ways[w].answer);
		reply_drop(&r, DHCP4_OPTION_CLIENT_ID);
		say(&r);
		if (ways[w].answer == DHCP4_TYPE_OFFER)
			hear(DHCP4_REQUEST_SELECTING);
		else
			CHECK(kernel_left() > S(LEASE_S - 2));
	}
}
END_TEST

/* ---- whose is it? ------------------------------------------------------- */

/* Covers: DF-msg-16 2132-9.7-01 */
START_TEST(a_server_that_no_host_can_be_is_refused)
{
	static const ipv4_addr servers[] = { 0, 0xffffffff, 0xe0000001,
					     0x7f000001, 0xf0000001 };

	for (unsigned w = 0; w < ARRAY_SIZE(ways); w++) {
		take(&ways[w]);
		for (unsigned i = 0; i < ARRAY_SIZE(servers); i++) {
			struct reply r = reply(ways[w].answer);

			reply_set_u32(&r, DHCP4_OPTION_SERVER_ID, servers[i]);
			ignored(&r);
		}
		ck_assert_uint_eq(stage.refused[REJECT_SERVER_ID],
				  ARRAY_SIZE(servers));
		a_good_answer_is_taken(&ways[w]);
	}
}
END_TEST

/* Covers: DF-msg-15 2132-9.7-01 */
START_TEST(an_offer_without_a_server_is_passed_over)
{
	static const uint8_t octets[8] = { 10, 0, 0, 1, 10, 0, 0, 2 };

	reach_selecting();
	for (unsigned size = 0; size <= 8; size++) {
		struct reply offer = reply(DHCP4_TYPE_OFFER);

		if (size == 4)
			reply_drop(&offer, DHCP4_OPTION_SERVER_ID);
		else
			reply_set(&offer, DHCP4_OPTION_SERVER_ID, octets, size);
		ignored(&offer);
	}
	ck_assert_uint_eq(stage.refused[REJECT_SERVER_ID], 9);
	hear_after(S(3), S(5), DHCP4_REQUEST_DISCOVER);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* ---- what else stands in replies ---------------------------------------- */

static void set_all_flags(struct reply *r, const struct message *m)
{
	(void)m;
	put_u16(r->payload + AT_FLAGS, 0x7fff);
}

static void add_rapid_commit(struct reply *r, const struct message *m)
{
	if (m->kind == DHCP4_REQUEST_DISCOVER)
		reply_add(r, 80, NULL, 0);
	else
		CHECK(!message_has(m, 80));
}

static void add_relay_remains(struct reply *r, const struct message *m)
{
	(void)m;
	/* A suboption that is longer than the option. */
	reply_add(r, 82, OCTETS(1, 200, 3, 4));
}

static void add_hops_and_secs(struct reply *r, const struct message *m)
{
	(void)m;
	r->payload[AT_HOPS] = 16;
	put_u16(r->payload + AT_SECS, 0xffff);
}

static void say_foreign_siaddr(struct reply *r, const struct message *m)
{
	(void)m;
	put_u32(r->payload + AT_SIADDR, 0xffffffff);
	r->source = IP(10, 0, 0, 200);
}

/* Covers: 1542-3.1.2-01 DF-msg-11 DF-msg-12 DF-msg-17 */
START_TEST(what_means_nothing_to_a_client_is_ignored)
{
	void (*const edits[])(struct reply *, const struct message *) = {
		set_all_flags, add_rapid_commit, add_relay_remains,
		add_hops_and_secs, say_foreign_siaddr
	};

	for (unsigned i = 0; i < ARRAY_SIZE(edits); i++) {
		stage_close();
		stage_open(i);
		stage.serves = true;
		stage.edit = edits[i];
		reach_selecting();
		hear(DHCP4_REQUEST_SELECTING);
		pass(MS(1));
		kernel_has(IP(CLIENT), 24);
		ck_assert_uint_eq(hear(DHCP4_REQUEST_RENEWING)->destination,
				  IP(SERVER));
	}
}
END_TEST

static ipv4_addr giaddr;

static void say_giaddr(struct reply *r, const struct message *m)
{
	(void)m;
	put_u32(r->payload + AT_GIADDR, giaddr);
}

/* Covers: 1542-3.4-02 1542-3.4-03 */
START_TEST(giaddr_is_neither_a_router_nor_anything_else)
{
	static const ipv4_addr relays[] = { 0, 0x0a0000fe, 0xc0a80001,
					    0xffffffff };

	for (unsigned i = 0; i < ARRAY_SIZE(relays); i++) {
		stage_close();
		stage_open(0);
		giaddr = relays[i];
		stage.terms.router = IPV4_ANY;
		stage.serves = true;
		stage.edit = say_giaddr;
		reach_selecting();
		hear(DHCP4_REQUEST_SELECTING);
		pass(MS(1));
		kernel_has(IP(CLIENT), 24);
		kernel_routes(0);
		CHECK(kernel_left() > S(LEASE_S - 1));
		ck_assert_uint_eq(hear(DHCP4_REQUEST_RENEWING)->destination,
				  IP(SERVER));
	}
}
END_TEST

/* ---- what is told of it ------------------------------------------------- */

static const struct fault {
	enum reject why;
	unsigned at; /* in the frame */
	uint8_t octet;
} faults[] = {
	{ REJECT_IP_HEADER, 0, 0x44 },
	{ REJECT_IP_SOURCE, AT_IP_SOURCE, 127 },
	{ REJECT_FRAGMENT, AT_IP_FRAGMENT, 0x20 },
	{ REJECT_NOT_UDP, AT_IP_PROTOCOL, 6 },
	{ REJECT_UDP_PORT, AT_UDP_DESTINATION + 1, 67 },
	{ REJECT_NOT_REPLY, AT_PAYLOAD + AT_OP, 1 },
	{ REJECT_CHADDR, AT_PAYLOAD + AT_CHADDR, 0xff },
	{ REJECT_COOKIE, AT_PAYLOAD + AT_COOKIE, 0 },
	{ REJECT_ADDRESS, AT_PAYLOAD + AT_YIADDR, 224 },
	/* Of the first option, 53, and of the second one, 54. */
	{ REJECT_UNEXPECTED, AT_PAYLOAD + AT_OPTIONS + 2, DHCP4_TYPE_ACK },
	{ REJECT_SERVER_ID, AT_PAYLOAD + AT_OPTIONS + 5, 127 },
};

/* Covers: 1542-1.2-01 */
START_TEST(each_refusal_is_told_by_its_reason)
{
	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(faults); i++) {
		struct reply offer = reply(DHCP4_TYPE_OFFER);
		struct sim_frame frame = reply_frame(&offer);

		frame.bytes[faults[i].at] = faults[i].octet;
		frame_mend(&frame);
		ignored_frame(&frame);
		ck_assert_uint_eq(stage.refused[faults[i].why], 1);
		ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_REJECTED], i + 1);
	}
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* ---- floods ------------------------------------------------------------- */

/* Covers: DF-msg-20 */
START_TEST(ten_seconds_of_ten_thousand_bad_replies_each_stop_nothing)
{
	struct reply bad[4];
	struct sim_frame frames[4];

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		bad[i] = reply(DHCP4_TYPE_OFFER);
	bad[0].payload[AT_CHADDR] ^= 2;
	reply_set(&bad[1], DHCP4_OPTION_CLIENT_ID, OCTETS(1, 2, 3));
	reply_drop(&bad[2], DHCP4_OPTION_LEASE_TIME);
	put_u32(bad[3].payload + AT_XID, 1);
	for (unsigned i = 0; i < ARRAY_SIZE(bad); i++)
		frames[i] = reply_frame(&bad[i]);
	for (unsigned i = 0; i < 100000; i++) {
		if (i == 30000)
			tell(DHCP4_TYPE_OFFER);
		sim_send(stage.peer, &frames[i % 4]);
		sim_clock_run(&stage.network.clock, now() + S(1) / 10000);
	}
	hear_until(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

Suite *test_messages_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("messages", &suite);

	tcase_add_test(t, what_is_no_bootreply_is_dropped);
	tcase_add_test(t, without_the_magic_cookie_it_is_no_message);
	tcase_add_test(t, ten_thousand_replies_without_a_type_do_nothing);
	tcase_add_test(t, of_all_types_only_offer_ack_and_nak_are_taken);
	tcase_add_test(t, a_type_of_another_length_is_none);
	tcase_add_test(t, a_reply_to_somebody_else_is_dropped_in_every_state);
	tcase_add_test(t, a_reply_with_another_client_identifier_is_dropped);
	tcase_add_test(t, a_nak_with_our_client_identifier_is_taken);
	tcase_add_test(t, a_reply_without_a_client_identifier_is_taken);
	tcase_add_test(t, a_server_that_no_host_can_be_is_refused);
	tcase_add_test(t, an_offer_without_a_server_is_passed_over);
	tcase_add_test(t, what_means_nothing_to_a_client_is_ignored);
	tcase_add_test(t, giaddr_is_neither_a_router_nor_anything_else);
	tcase_add_test(t, each_refusal_is_told_by_its_reason);
	tcase_add_test(
		t, ten_seconds_of_ten_thousand_bad_replies_each_stop_nothing);
	return suite;
}
