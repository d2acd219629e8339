/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from the authentication of a reply. Whether it fits a key is said
 * by each test here; test_mac.c has codes, and conformance/test_auth.c has both.
 */
#include <string.h>

#include "unit/support.h"

Suite *test_admit_suite(void);

static struct world w;

/* What is between a head of option 90 and its secret: counters are one octet. */
#define TOKEN(...) 90, 11 + 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4
#define CODE(key, count) \
	90, 31, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, (count), 0, 0, 0, (key), 1, 2, \
		3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define NONCE(first, count) \
	90, 28, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, (count), 1, (first), 2, 3, 4, 5, \
		6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16
#define NONCE_CODE(count) \
	90, 28, 3, 1, 0, 0, 0, 0, 0, 0, 0, 0, (count), 2, 1, 2, 3, 4, 5, 6, 7, \
		8, 9, 10, 11, 12, 13, 14, 15, 16
#define CAPABLE 145, 1, 1

static void setup(void)
{
	world_init(&w, 1);
	w.config.auth_base = 0x1000000000000000;
	w.verdict = AUTH_VERDICT_VALID;
}

static void setup_delayed(void)
{
	setup();
	w.config.auth = DHCP4_AUTH_DELAYED;
	w.config.auth_required = true;
}

static void setup_nonce(void)
{
	setup();
	w.config.force_renew = true;
}

static struct reply with(enum dhcp4_type type, const uint8_t *options, size_t size)
{
	struct reply reply = world_reply(&w, type);

	reply.options = options;
	reply.options_size = size;
	return reply;
}

#define WITH(type, ...) \
	with(type, (const uint8_t[]){ __VA_ARGS__ }, \
	     sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* The usual reply with these options. */
#define TELL(type, ...) \
	do { \
		struct reply reply_ = WITH(type, __VA_ARGS__); \
		world_receive(&w, &reply_); \
	} while (0)

#define REFUSED(why, type, ...) \
	do { \
		struct reply reply_ = WITH(type, __VA_ARGS__); \
		world_refuses(&w, &reply_, why); \
	} while (0)

/* Octets of the last message's option 90, and where they are. */
static const uint8_t *last_option(uint8_t *ret_size)
{
	const struct sent *sent = world_last(&w);

	return wire_option(sent->packet + FRAME_HEADERS_SIZE,
			   sent->size - FRAME_HEADERS_SIZE, 90, ret_size);
}

static uint64_t last_counter(void)
{
	uint8_t size;
	const uint8_t *value = last_option(&size);
	struct reader r;

	CHECK(value && size >= 11);
	r = reader_over(value + 3, 8);
	return reader_u64(&r);
}

/* The last message has a code to come of this key. */
static void check_key(uint8_t key)
{
	static const uint8_t zeros[HMAC_MD5_SIZE];
	uint8_t size;
	const uint8_t *value = last_option(&size);

	CHECK(value && size == 31 && value[0] == 1 && value[1] == 1);
	CHECK(value[2] == 0 && value[14] == key);
	ck_assert_mem_eq(value + 15, zeros, sizeof(zeros));
}

static void bind_delayed(void)
{
	world_start(&w);
	TELL(DHCP4_TYPE_OFFER, CODE(7, 1));
	TELL(DHCP4_TYPE_ACK, CODE(7, 2));
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}

static void bind_nonce(uint8_t first)
{
	world_start(&w);
	TELL(DHCP4_TYPE_OFFER, CAPABLE);
	TELL(DHCP4_TYPE_ACK, NONCE(first, 10));
	world_event(&w, DHCP4_EVENT_CONFIGURED);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}

/* ---- RFC 3118 ------------------------------------------------------------ */

/* Covers: 3118-5.5.1-01 */
START_TEST(discover_asks_for_a_code)
{
	uint8_t size;
	const uint8_t *value;
	uint64_t counter;

	setup_delayed();
	world_start(&w);
	value = last_option(&size);
	CHECK(value && size == 11 && value[0] == 1 && value[1] == 1 &&
	      value[2] == 0);
	counter = last_counter();
	ck_assert_uint_eq(counter, w.config.auth_base + w.now);
	world_tick(&w);
	CHECK(last_counter() > counter);
	CHECK(wire_option(world_last(&w)->packet + FRAME_HEADERS_SIZE,
			  world_last(&w)->size - FRAME_HEADERS_SIZE, 61, &size));
}
END_TEST

/* Covers: 3118-5.5.1-02 3118-5.5.1-03 */
START_TEST(required_authentication_refuses_others)
{
	setup_delayed();
	world_start(&w);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_OFFER, CAPABLE);
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_OFFER, TOKEN());
	w.verdict = AUTH_VERDICT_INVALID;
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_OFFER, CODE(7, 1));
	w.verdict = AUTH_VERDICT_VALID;
	TELL(DHCP4_TYPE_OFFER, CODE(7, 1));
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNAUTHENTICATED), 0);
}
END_TEST

/* Covers: 3118-5.5.1-04 */
START_TEST(request_has_the_key_of_the_offer)
{
	setup_delayed();
	w.config.offer_window_ns = S(1);
	world_start(&w);
	TELL(DHCP4_TYPE_OFFER, CODE(7, 1));
	world_run(&w, S(1));
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	check_key(7);
	TELL(DHCP4_TYPE_ACK, CODE(7, 2));
	ck_assert_int_eq(w.client.lease.auth, DHCP4_AUTH_DELAYED);
	ck_assert_uint_eq(w.client.lease.auth_key, 7);
	ck_assert_uint_eq(w.client.lease.auth_seen, 2);
	ck_assert_uint_eq(w.client.lease.auth_sent, w.client.auth_sent);
}
END_TEST

/* Covers: 3118-5.5.1-05 3118-2-01 */
START_TEST(an_unproven_ack_of_a_proven_offer_leads_to_init)
{
	setup_delayed();
	w.config.auth_required = false;
	for (unsigned i = 0; i < 3; i++) {
		struct reply nak;

		setup_delayed();
		w.config.auth_required = false;
		world_start(&w);
		TELL(DHCP4_TYPE_OFFER, CODE(7, 5));
		/* A NAK that proves nothing is none. */
		nak = world_reply(&w, DHCP4_TYPE_NAK);
		world_refuses(&w, &nak, REJECT_AUTH_MISSING);
		if (i == 0)
			world_ack(&w);
		if (i == 1)
			TELL(DHCP4_TYPE_ACK, CODE(7, 5));
		w.verdict = AUTH_VERDICT_INVALID;
		if (i == 2)
			TELL(DHCP4_TYPE_ACK, CODE(7, 6));
		ck_assert_uint_eq(w.client.counters.rejected[REJECT_AUTH_REPLAY],
				  i == 1);
		CHECK(w.seen[DHCP4_STATE_REQUESTING][DHCP4_STATE_INIT]);
		ck_assert_uint_eq(w.client.naks, 1);
		world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
		ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DISCOVER);
	}
}
END_TEST

/* Covers: 3118-5.5.1-03 */
START_TEST(an_unauthenticated_lease_is_told)
{
	struct reply ack;
	uint8_t size;

	setup_delayed();
	w.config.auth_required = false;
	world_start(&w);
	world_offer(&w);
	CHECK(!last_option(&size));
	/* A wrong code is worse than none: the ACK is refused, no more. */
	w.verdict = AUTH_VERDICT_INVALID;
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_ACK, CODE(7, 1));
	ack = world_reply(&w, DHCP4_TYPE_ACK);
	world_receive(&w, &ack);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNAUTHENTICATED), 1);
	ck_assert_int_eq(w.client.lease.auth, DHCP4_AUTH_NONE);
	world_event(&w, DHCP4_EVENT_RENEW);
	CHECK(!last_option(&size));
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 3118-5.5.2-01 3118-5.5.6-01 */
START_TEST(the_leases_key_is_used_until_its_end)
{
	uint64_t counter;

	setup_delayed();
	bind_delayed();
	world_event(&w, DHCP4_EVENT_RENEW);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	check_key(7);
	counter = last_counter();
	world_event(&w, DHCP4_EVENT_REBIND);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBINDING);
	check_key(7);
	/* At the same instant, and yet another counter. */
	ck_assert_uint_eq(last_counter(), counter + 1);
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_run(&w, S(2));
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	check_key(7);
	TELL(DHCP4_TYPE_ACK, CODE(7, 3));
	world_lost(&w, DHCP4_ADDRESS_LOST_CONFLICT);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_DECLINE);
	check_key(7);
	setup_delayed();
	bind_delayed();
	world_stop(&w, true);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RELEASE);
	check_key(7);
}
END_TEST

/* Covers: 3118-5.5.3-01 3118-2-01 */
START_TEST(unproven_acks_are_no_answer_to_a_renewal)
{
	setup_delayed();
	w.config.auth_required = false;
	bind_delayed();
	world_event(&w, DHCP4_EVENT_RENEW);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_ACK, CAPABLE);
	REFUSED(REJECT_AUTH_REPLAY, DHCP4_TYPE_ACK, CODE(7, 2));
	w.verdict = AUTH_VERDICT_INVALID;
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_ACK, CODE(7, 3));
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	world_event(&w, DHCP4_EVENT_REBIND);
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_ACK, CODE(7, 3));
	w.verdict = AUTH_VERDICT_VALID;
	TELL(DHCP4_TYPE_ACK, CODE(7, 3));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(each_key_has_its_counter)
{
	setup_delayed();
	w.config.offer_window_ns = S(1);
	world_start(&w);
	for (uint8_t key = 1; key <= AUTH_KEYS_MAX; key++)
		TELL(DHCP4_TYPE_OFFER, CODE(key, 10 + key));
	for (uint8_t key = 1; key <= AUTH_KEYS_MAX; key++)
		REFUSED(REJECT_AUTH_REPLAY, DHCP4_TYPE_OFFER,
			CODE(key, 10 + key));
	/* One more takes the place of the one that was behind all others. */
	TELL(DHCP4_TYPE_OFFER, CODE(100, 5));
	TELL(DHCP4_TYPE_OFFER, CODE(1, 1));
	REFUSED(REJECT_AUTH_REPLAY, DHCP4_TYPE_OFFER, CODE(8, 18));
}
END_TEST

/* Covers: 3118-5.5.2-01 */
START_TEST(a_loaded_lease_goes_on_with_its_counters)
{
	struct dhcp4_lease lease;

	setup_delayed();
	lease = world_lease(&w, 1000);
	lease.auth = DHCP4_AUTH_DELAYED;
	lease.auth_key = 7;
	lease.auth_seen = 9;
	lease.auth_sent = 0xf000000000000000;
	world_load(&w, &lease, true, true);
	world_start(&w);
	check_key(7);
	ck_assert_uint_eq(last_counter(), 0xf000000000000001);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_ACK, CAPABLE);
	REFUSED(REJECT_AUTH_REPLAY, DHCP4_TYPE_ACK, CODE(7, 9));
	TELL(DHCP4_TYPE_ACK, CODE(7, 10));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* What was proven is not confirmed by less, whatever is required. */
START_TEST(a_proven_lease_is_confirmed_by_proof)
{
	setup_delayed();
	w.config.auth_required = false;
	bind_delayed();
	world_event(&w, DHCP4_EVENT_REBIND);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_ACK, CAPABLE);
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_run(&w, S(2));
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_ACK, CAPABLE);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_NAK, CAPABLE);
	TELL(DHCP4_TYPE_ACK, CODE(7, 3));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* By what is set now, and not by what was. */
START_TEST(a_loaded_lease_of_other_settings_has_no_code)
{
	struct dhcp4_lease lease;
	uint8_t size;

	setup();
	lease = world_lease(&w, 1000);
	lease.auth = DHCP4_AUTH_DELAYED;
	lease.auth_key = 7;
	world_load(&w, &lease, true, true);
	world_start(&w);
	CHECK(!last_option(&size));
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_int_eq(w.client.lease.auth, DHCP4_AUTH_NONE);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_UNAUTHENTICATED), 0);
	setup_delayed();
	lease = world_lease(&w, 1000);
	lease.auth = DHCP4_AUTH_TOKEN;
	world_load(&w, &lease, true, true);
	world_start(&w);
	CHECK(!last_option(&size));
}
END_TEST

/* Covers: 3118-4-01 */
START_TEST(a_token_is_in_all_messages)
{
	uint8_t size;
	const uint8_t *value;

	setup();
	w.config.auth = DHCP4_AUTH_TOKEN;
	w.config.auth_required = true;
	w.config.auth_token_size = 4;
	world_start(&w);
	value = last_option(&size);
	CHECK(value && size == 15 && value[0] == 0 && value[1] == 0);
	w.verdict = AUTH_VERDICT_INVALID;
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_OFFER, TOKEN());
	w.verdict = AUTH_VERDICT_VALID;
	REFUSED(REJECT_AUTH_INVALID, DHCP4_TYPE_OFFER, CODE(7, 1));
	/* Its counter says nothing. */
	TELL(DHCP4_TYPE_OFFER, TOKEN());
	TELL(DHCP4_TYPE_ACK, TOKEN());
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_int_eq(w.client.lease.auth, DHCP4_AUTH_TOKEN);
	world_stop(&w, true);
	CHECK(last_option(&size) && size == 15);
}
END_TEST

START_TEST(what_is_secret_is_not_in_the_lease)
{
	struct option_value value;

	setup_delayed();
	bind_delayed();
	CHECK(!dhcp4_options_get(&w.client.lease.options, 90, &value));
	setup();
	world_start(&w);
	world_offer(&w);
	TELL(DHCP4_TYPE_ACK, NONCE(1, 1));
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(!dhcp4_options_get(&w.client.lease.options, 90, &value));
	CHECK(!w.client.nonce_known);
}
END_TEST

/* ---- RFC 6704 ------------------------------------------------------------ */

static bool says_145(void)
{
	uint8_t size;
	const uint8_t *value =
		wire_option(world_last(&w)->packet + FRAME_HEADERS_SIZE,
			    world_last(&w)->size - FRAME_HEADERS_SIZE, 145,
			    &size);

	CHECK(!value || (size == 1 && *value == 1));
	return value;
}

/* Covers: 6704-3.1.1-02 6704-3.1.4-01 6704-3.1.1-01 */
START_TEST(all_requests_say_that_nonces_are_known)
{
	uint8_t size;

	for (unsigned on = 0; on < 2; on++) {
		setup();
		w.config.force_renew = on;
		world_start(&w);
		CHECK(says_145() == on);
		world_offer(&w);
		CHECK(says_145() == on);
		world_ack(&w);
		world_event(&w, DHCP4_EVENT_RENEW);
		CHECK(says_145() == on);
		world_event(&w, DHCP4_EVENT_REBIND);
		CHECK(says_145() == on);
		world_carrier(&w, false);
		world_carrier(&w, true);
		world_run(&w, S(2));
		ck_assert_int_eq(world_last(&w)->request,
				 DHCP4_REQUEST_REBOOTING);
		CHECK(says_145() == on && !last_option(&size));
		world_ack(&w);
		world_stop(&w, true);
		CHECK(!says_145());
	}
	/* One option 90 holds one thing: by RFC 3118 there are no nonces. */
	setup_delayed();
	w.config.force_renew = true;
	world_start(&w);
	CHECK(!says_145());
	TELL(DHCP4_TYPE_OFFER, CODE(7, 1), CAPABLE);
	CHECK(!w.client.chosen.nonce_capable);
}
END_TEST

/* Covers: 6704-3.1.4-02 */
START_TEST(a_promised_nonce_that_is_missing_leads_to_init)
{
	static const uint8_t others[] = { 145, 2, 2, 3 };
	struct reply offer;

	setup_nonce();
	world_start(&w);
	TELL(DHCP4_TYPE_OFFER, 145, 2, 2, 1);
	world_ack(&w);
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_NONCE], 1);
	CHECK(w.seen[DHCP4_STATE_REQUESTING][DHCP4_STATE_INIT]);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	/* The next time it takes longer. */
	TELL(DHCP4_TYPE_OFFER, CAPABLE);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_INIT, DHCP4_TENURE_NONE);
	world_run(&w, S(30));
	/* Whose algorithms are others promises nothing, nor does an empty one. */
	offer = with(DHCP4_TYPE_OFFER, others, sizeof(others));
	world_receive(&w, &offer);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(!dhcp4_want(&w.client).listen_any);
	setup_nonce();
	world_start(&w);
	TELL(DHCP4_TYPE_OFFER, 145, 0);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

static struct reply force(const uint8_t *options, size_t size)
{
	struct reply reply = with(DHCP4_TYPE_FORCERENEW, options, size);

	reply.xid = 0x11223344; /* the server's own */
	reply.destination = CLIENT;
	reply.yiaddr = 0;
	return reply;
}

#define FORCE(...) \
	force((const uint8_t[]){ __VA_ARGS__ }, \
	      sizeof((const uint8_t[]){ __VA_ARGS__ }))

/* Covers: 3203-2.2-01 6704-3.1.4-04 */
START_TEST(a_proven_forcerenew_renews)
{
	struct reply reply;

	setup_nonce();
	bind_nonce(1);
	CHECK(dhcp4_want(&w.client).listen_any);
	CHECK(!dhcp4_want(&w.client).listen);
	world_run(&w, S(10));
	reply = FORCE(NONCE_CODE(11));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(world_last(&w)->at, w.now);
	ck_assert_uint_eq(world_last(&w)->ciaddr, CLIENT);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_FORCED), 1);
	ck_assert_uint_eq(w.client.counters.received[DHCP4_TYPE_FORCERENEW], 1);
	CHECK(!dhcp4_want(&w.client).listen_any);
	/* While it is renewed there is nothing to renew. */
	reply = FORCE(NONCE_CODE(12));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_UNEXPECTED], 1);
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(dhcp4_want(&w.client).listen_any);
}
END_TEST

START_TEST(many_are_renewed_in_turns)
{
	struct reply reply;

	setup_nonce();
	bind_nonce(1);
	w.earliest_send = w.now + MS(20);
	reply = FORCE(NONCE_CODE(11));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	reply = FORCE(NONCE_CODE(12));
	world_receive(&w, &reply);
	world_tick(&w);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
}
END_TEST

/* Covers: 3203-6-01 3203-2.2-02 3118-2-01 */
START_TEST(any_other_forcerenew_changes_nothing)
{
	struct reply reply;

	setup_nonce();
	bind_nonce(1);
	reply = FORCE(CAPABLE);
	world_refuses(&w, &reply, REJECT_AUTH_MISSING);
	reply = FORCE(NONCE_CODE(10));
	world_refuses(&w, &reply, REJECT_AUTH_REPLAY);
	reply = FORCE(NONCE(1, 20));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
	reply = FORCE(CODE(7, 20));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
	reply = FORCE(NONCE_CODE(11));
	reply.destination = IPV4_BROADCAST;
	world_refuses(&w, &reply, REJECT_NOT_UNICAST);
	reply.destination = 0xe0000001;
	world_refuses(&w, &reply, REJECT_NOT_UNICAST);
	reply.destination = CLIENT;
	reply.chaddr[5] ^= 1;
	world_refuses(&w, &reply, REJECT_CHADDR);
	w.verdict = AUTH_VERDICT_INVALID;
	reply = FORCE(NONCE_CODE(11));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
	w.verdict = AUTH_VERDICT_VALID;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	setup();
	bind_nonce(1);
	CHECK(!dhcp4_want(&w.client).listen_any);
	reply = FORCE(NONCE_CODE(11));
	world_refuses(&w, &reply, REJECT_FORCE_RENEW);
}
END_TEST

/* Covers: 6704-3.1.4-03 */
START_TEST(a_new_nonce_replaces_the_old_one)
{
	setup_nonce();
	bind_nonce(1);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_ack(&w);
	CHECK(w.client.nonce_known && w.client.nonce[0] == 1);
	world_event(&w, DHCP4_EVENT_RENEW);
	TELL(DHCP4_TYPE_ACK, NONCE(99, 3));
	CHECK(w.client.nonce_known && w.client.nonce[0] == 99);
	ck_assert_uint_eq(w.client.nonce_seen, 3);
}
END_TEST

START_TEST(a_nonce_ends_with_its_lease)
{
	struct reply reply;

	setup_nonce();
	bind_nonce(1);
	world_event(&w, DHCP4_EVENT_RENEW);
	world_nak(&w);
	CHECK(!w.client.nonce_known && w.client.nonce[0] == 0);
	CHECK(!dhcp4_want(&w.client).listen_any);
	setup_nonce();
	bind_nonce(1);
	world_stop(&w, false);
	CHECK(!dhcp4_want(&w.client).listen_any);
	reply = FORCE(NONCE_CODE(11));
	world_receive(&w, &reply);
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_UNEXPECTED], 1);
}
END_TEST

/* Covers: 3203-2.2-01 3203-6-01 */
START_TEST(the_leases_key_proves_a_forcerenew_too)
{
	struct reply reply;

	setup_delayed();
	w.config.force_renew = true;
	bind_delayed();
	CHECK(dhcp4_want(&w.client).listen_any);
	reply = FORCE(CODE(8, 9));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
	reply = FORCE(CODE(7, 2));
	world_refuses(&w, &reply, REJECT_AUTH_REPLAY);
	reply = FORCE(NONCE_CODE(9));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
	reply = FORCE(CODE(7, 9));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	check_key(7);
	/* Not so that of a lease which has none. */
	setup_delayed();
	w.config.auth_required = false;
	w.config.force_renew = true;
	world_bind(&w);
	CHECK(!dhcp4_want(&w.client).listen_any);
	reply = FORCE(CODE(7, 9));
	world_refuses(&w, &reply, REJECT_AUTH_INVALID);
}
END_TEST

/* Whoever sent the nonce can prove anything; that makes him no DHCP server. */
START_TEST(what_bootp_gave_is_not_renewed_by_force)
{
	static const uint8_t nonce[] = { NONCE(1, 10) };
	struct reply reply;

	setup_nonce();
	w.config.bootp = true;
	world_start(&w);
	world_tick(&w);
	reply = world_bootp_reply(&w);
	reply.options = nonce;
	reply.options_size = sizeof(nonce);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(w.client.nonce_known && !dhcp4_want(&w.client).listen_any);
	reply = FORCE(NONCE_CODE(11));
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.counters.rejected[REJECT_UNEXPECTED], 1);
	world_run(&w, S(100));
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_RENEWING), 0);
}
END_TEST

/* Covers: 3203-2.2-03 */
START_TEST(informing_asks_anew)
{
	struct reply reply;
	uint8_t size;

	setup_nonce();
	w.config.inform_address = CLIENT;
	world_start(&w);
	CHECK(says_145());
	CHECK(!dhcp4_want(&w.client).listen_any);
	TELL(DHCP4_TYPE_ACK, NONCE(1, 1));
	CHECK(dhcp4_want(&w.client).listen_any);
	reply = FORCE(NONCE_CODE(2));
	world_receive(&w, &reply);
	ck_assert_uint_eq(world_count(&w, DHCP4_REQUEST_INFORM), 2);
	CHECK(!dhcp4_want(&w.client).listen_any);
	world_carrier(&w, false);
	CHECK(!dhcp4_want(&w.client).listen_any);
	setup_delayed();
	w.config.inform_address = CLIENT;
	world_start(&w);
	CHECK(last_option(&size) && size == 11);
	REFUSED(REJECT_AUTH_MISSING, DHCP4_TYPE_ACK, CAPABLE);
	TELL(DHCP4_TYPE_ACK, CODE(7, 1));
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_INFORMED), 1);
	ck_assert_int_eq(w.client.lease.auth, DHCP4_AUTH_DELAYED);
}
END_TEST

Suite *test_admit_suite(void)
{
	Suite *suite = suite_create("admit");
	TCase *delayed = tcase_create("delayed");
	TCase *nonce = tcase_create("nonce");

	tcase_add_test(delayed, discover_asks_for_a_code);
	tcase_add_test(delayed, required_authentication_refuses_others);
	tcase_add_test(delayed, request_has_the_key_of_the_offer);
	tcase_add_test(delayed, an_unproven_ack_of_a_proven_offer_leads_to_init);
	tcase_add_test(delayed, an_unauthenticated_lease_is_told);
	tcase_add_test(delayed, the_leases_key_is_used_until_its_end);
	tcase_add_test(delayed, unproven_acks_are_no_answer_to_a_renewal);
	tcase_add_test(delayed, each_key_has_its_counter);
	tcase_add_test(delayed, a_loaded_lease_goes_on_with_its_counters);
	tcase_add_test(delayed, a_proven_lease_is_confirmed_by_proof);
	tcase_add_test(delayed, a_loaded_lease_of_other_settings_has_no_code);
	tcase_add_test(delayed, a_token_is_in_all_messages);
	tcase_add_test(delayed, what_is_secret_is_not_in_the_lease);
	suite_add_tcase(suite, delayed);
	tcase_add_test(nonce, all_requests_say_that_nonces_are_known);
	tcase_add_test(nonce, a_promised_nonce_that_is_missing_leads_to_init);
	tcase_add_test(nonce, a_proven_forcerenew_renews);
	tcase_add_test(nonce, many_are_renewed_in_turns);
	tcase_add_test(nonce, any_other_forcerenew_changes_nothing);
	tcase_add_test(nonce, a_new_nonce_replaces_the_old_one);
	tcase_add_test(nonce, a_nonce_ends_with_its_lease);
	tcase_add_test(nonce, the_leases_key_proves_a_forcerenew_too);
	tcase_add_test(nonce, what_bootp_gave_is_not_renewed_by_force);
	tcase_add_test(nonce, informing_asks_anew);
	suite_add_tcase(suite, nonce);
	return suite;
}
