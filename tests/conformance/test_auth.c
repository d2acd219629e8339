/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who says so: RFC 3118, and FORCERENEW by RFC 3203 and RFC 6704. Codes are
 * computed here, and compared with those of the client.
 */
#include <config.h>
#include <stdio.h>
#include <string.h>

#include "conformance/seal.h"
#include "conformance/stage.h"

Suite *test_auth_suite(void);

static const struct auth_keys keys = {
	.count = 2,
	.keys = { { KEY_ID, sizeof(KEY_SECRET) - 1, KEY_SECRET },
		  { OTHER_ID, sizeof(OTHER_KEY) - 1, OTHER_KEY } },
	.token_size = 1,
	.token = "a",
};

static const uint8_t nonce[NONCE_SIZE] = { 1, 2, 3 }, newer[NONCE_SIZE] = { 9 };

static void set(enum dhcp4_auth auth)
{
	stage.config->auth = auth;
	stage.config->auth_required = true;
	stage.config->auth_token_size = keys.token_size;
	stage.port->iface.keys = &keys;
	/* The oracles take an answer for an answer, whoever gives it. */
	stage.unjudged = true;
}

/* A good answer to the last message, with a code. */
static struct reply proven(uint8_t type, uint64_t count)
{
	struct reply r = reply(type);

	seal_delayed(&r, KEY_ID, KEY_SECRET, count);
	return r;
}

static void prove(uint8_t type, uint64_t count)
{
	struct reply r = proven(type, count);

	say(&r);
}

static void reach_proven_requesting(void)
{
	set(DHCP4_AUTH_DELAYED);
	reach_selecting();
	prove(DHCP4_TYPE_OFFER, 1);
	hear(DHCP4_REQUEST_SELECTING);
}

static void reach_proven_bound(void)
{
	reach_proven_requesting();
	prove(DHCP4_TYPE_ACK, 2);
	kernel_has(IP(CLIENT), 24);
}

static bool has_145(const struct message *m)
{
	uint8_t size;
	const uint8_t *value =
		message_option(m, DHCP4_OPTION_FORCERENEW_NONCE, &size);

	CHECK(!value || (size == 1 && *value == 1));
	return value;
}

static void allow_force_renew(void)
{
	stage.config->force_renew = true;
	stage.unjudged = true;
	stage.port->unfiltered = false; /* the filter has to let it through */
}

/* With a server that has nonces. */
static void reach_forcible(void)
{
	struct reply r;

	allow_force_renew();
	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	reply_set(&r, 145, OCTETS(1));
	say(&r);
	hear(DHCP4_REQUEST_SELECTING);
	r = reply(DHCP4_TYPE_ACK);
	reply_set(&r, 145, OCTETS(1));
	seal_nonce(&r, nonce, 5);
	say(&r);
	kernel_has(stage.terms.address, 24);
	pass(S(100));
}

/* A FORCERENEW to the client alone, of an xid that is its server's own. */
static struct reply force_renew(void)
{
	struct reply r = reply(DHCP4_TYPE_FORCERENEW);

	put_u32(r.payload + AT_XID, 0x12345678);
	put_u32(r.payload + AT_YIADDR, 0);
	put_u32(r.payload + AT_CIADDR, stage.terms.address);
	reply_drop(&r, 51);
	reply_drop(&r, 1);
	reply_drop(&r, 3);
	memcpy(r.hw_destination, stage.port->interface->hw, SIM_HWADDR_SIZE);
	r.destination = stage.terms.address;
	return r;
}

static struct reply forced_by(const uint8_t by[NONCE_SIZE], uint64_t count)
{
	struct reply r = force_renew();

	seal_nonce_code(&r, by, count);
	return r;
}

/* It is obeyed: a REQUEST, at once. */
static void obeyed(const struct reply *r)
{
	nsec before = now();

	say(r);
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(heard()->at - before < MS(1));
	ck_assert_uint_eq(heard()->ciaddr, stage.terms.address);
	ck_assert_uint_eq(heard()->destination, IP(SERVER));
}

/* ---- RFC 3118 ------------------------------------------------------------ */

/* Covers: 3118-5.5.1-01 6704-3.1.1-01 */
START_TEST(a_discover_asks_for_a_code_and_tells_who_asks)
{
	uint8_t size;
	uint64_t count;

	set(DHCP4_AUTH_DELAYED);
	reach_selecting();
	count = sealed_count(heard(), 1);
	CHECK(count > 0);
	CHECK(message_option(heard(), 90, &size) && size == 11);
	CHECK(message_has(heard(), 61));
	CHECK(sealed_count(hear(DHCP4_REQUEST_DISCOVER), 1) > count);
}
END_TEST

/* Covers: 3118-5.5.1-02 3118-5.5.1-03 */
START_TEST(by_default_who_proves_nothing_is_refused)
{
	struct reply offer;

	set(DHCP4_AUTH_DELAYED);
	reach_selecting();
	offer = reply(DHCP4_TYPE_OFFER);
	ignored(&offer);
	ck_assert_uint_eq(stage.refused[REJECT_AUTH_MISSING], 1);
	prove(DHCP4_TYPE_OFFER, 1);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Covers: 3118-5.5.1-03 */
START_TEST(else_it_is_accepted_and_said)
{
	set(DHCP4_AUTH_DELAYED);
	stage.config->auth_required = false;
	reach_requesting();
	CHECK(!message_has(heard(), 90));
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_UNAUTHENTICATED], 1);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_UNAUTHENTICATED].server,
			  IP(SERVER));
	ck_assert_str_eq(disk_line("auth"), "0");
}
END_TEST

/* Covers: 3118-5.3-01 */
START_TEST(an_altered_message_is_discarded)
{
	struct reply r;

	set(DHCP4_AUTH_DELAYED);
	reach_selecting();
	r = proven(DHCP4_TYPE_OFFER, 1);
	r.payload[AT_YIADDR + 3] ^= 1;
	ignored(&r);
	r.payload[AT_YIADDR + 3] ^= 1;
	say(&r);
	hear(DHCP4_REQUEST_SELECTING);
}
END_TEST

/* Covers: 3118-3-01 */
START_TEST(what_a_relay_changes_does_not_count)
{
	struct reply r;

	reach_proven_requesting();
	r = proven(DHCP4_TYPE_ACK, 2);
	r.payload[AT_HOPS] = 3;
	put_u32(r.payload + AT_GIADDR, IP(10, 9, 9, 9));
	say(&r);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 3396-9-01 */
START_TEST(a_code_in_two_pieces_is_zeroed_in_both)
{
	struct reply r;

	reach_proven_requesting();
	r = reply(DHCP4_TYPE_ACK);
	seal_in_pieces(&r, KEY_ID, KEY_SECRET, 2);
	say(&r);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 3118-5.5.1-04 */
START_TEST(a_request_is_sealed_by_the_key_of_its_offer)
{
	struct reply r;

	reach_proven_requesting();
	sealed_by(heard(), KEY_ID, KEY_SECRET);
	sealed_by(hear(DHCP4_REQUEST_SELECTING), KEY_ID, KEY_SECRET);
	stage_close();
	stage_open(1);
	set(DHCP4_AUTH_DELAYED);
	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	seal_delayed(&r, OTHER_ID, OTHER_KEY, 1);
	say(&r);
	sealed_by(hear(DHCP4_REQUEST_SELECTING), OTHER_ID, OTHER_KEY);
}
END_TEST

/* Covers: 3118-5.5.1-05 */
START_TEST(an_ack_that_fails_leads_back_to_a_discover)
{
	struct reply r;

	reach_proven_requesting();
	r = reply(DHCP4_TYPE_ACK);
	seal_delayed(&r, KEY_ID, WRONG_KEY, 2);
	say(&r);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
	prove(DHCP4_TYPE_OFFER, 3);
	hear(DHCP4_REQUEST_SELECTING);
	/* One that has no code at all; and next time it takes longer. */
	tell(DHCP4_TYPE_ACK);
	kernel_is_empty();
	hear_after(MS(500), S(5), DHCP4_REQUEST_DISCOVER);
}
END_TEST

/* Covers: 3118-5.5.2-01 */
START_TEST(the_leases_key_seals_renewal_rebinding_and_reboot)
{
	uint64_t count;

	reach_proven_bound();
	sealed_by(hear(DHCP4_REQUEST_RENEWING), KEY_ID, KEY_SECRET);
	sealed_by(hear_until(DHCP4_REQUEST_REBINDING), KEY_ID, KEY_SECRET);
	count = sealed_count(heard(), 1);
	ck_assert_str_eq(disk_line("auth-key"), "777");
	pass(MS(1));
	crash_and_restart();
	sealed_by(hear(DHCP4_REQUEST_REBOOTING), KEY_ID, KEY_SECRET);
	CHECK(sealed_count(heard(), 1) > count);
	prove(DHCP4_TYPE_ACK, 3);
	kernel_has(IP(CLIENT), 24);
	sealed_by(hear(DHCP4_REQUEST_RENEWING), KEY_ID, KEY_SECRET);
}
END_TEST

/* Covers: 3118-5.5.2-01 */
START_TEST(a_clock_that_went_back_makes_no_counter_go_back)
{
	uint64_t count;

	reach_proven_bound();
	count = sealed_count(heard(), 1);
	sim_host_step_clock(stage.host, -1000000);
	sim_host_reboot(stage.host, S(1));
	sealed_by(hear(DHCP4_REQUEST_REBOOTING), KEY_ID, KEY_SECRET);
	CHECK(sealed_count(heard(), 1) > count);
}
END_TEST

/* A key that the file lost: nothing is sent that could not be proven. */
START_TEST(without_its_key_a_lease_is_not_asked_for)
{
	static const struct auth_keys others = {
		.count = 1,
		.keys = { { OTHER_ID, sizeof(OTHER_KEY) - 1, OTHER_KEY } },
	};

	reach_proven_bound();
	stage.port->iface.keys = &others;
	crash_and_restart();
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(stage.send_failures, 2);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 3118-5.5.3-01 3118-2-01 */
START_TEST(a_renewal_that_is_not_proven_is_no_answer)
{
	struct reply r;

	reach_proven_bound();
	hear(DHCP4_REQUEST_RENEWING);
	r = reply(DHCP4_TYPE_ACK);
	seal_delayed(&r, KEY_ID, WRONG_KEY, 3);
	ignored(&r);
	r = reply(DHCP4_TYPE_ACK);
	ignored(&r);
	/* The counter of the lease's own ACK. */
	r = proven(DHCP4_TYPE_ACK, 2);
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_AUTH_REPLAY], 1);
	hear(DHCP4_REQUEST_RENEWING);
	r = reply(DHCP4_TYPE_NAK);
	ignored(&r);
	hear_until(DHCP4_REQUEST_REBINDING);
	r = proven(DHCP4_TYPE_ACK, 3);
	say(&r);
	CHECK(kernel_left() > S(LEASE_S - 2));
}
END_TEST

/* Covers: 3118-5.5.6-01 */
START_TEST(a_release_is_sealed)
{
	reach_proven_bound();
	sim_port_release(stage.port);
	sealed_by(hear(DHCP4_REQUEST_RELEASE), KEY_ID, KEY_SECRET);
}
END_TEST

/* Covers: 3118-4-01 */
START_TEST(another_token_is_discarded)
{
	struct reply r;
	uint8_t size;
	const uint8_t *value;

	set(DHCP4_AUTH_TOKEN);
	reach_selecting();
	sealed_count(heard(), 0);
	value = message_option(heard(), 90, &size);
	CHECK(size == 12 && value[11] == 'a');
	r = reply(DHCP4_TYPE_OFFER);
	seal_token(&r, "b");
	ignored(&r);
	r = reply(DHCP4_TYPE_OFFER);
	seal_token(&r, "a");
	say(&r);
	hear(DHCP4_REQUEST_SELECTING);
	sealed_count(heard(), 0);
	r = reply(DHCP4_TYPE_ACK);
	seal_token(&r, "a");
	say(&r);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* ---- RFC 3203, RFC 6704 -------------------------------------------------- */

/* Covers: 6704-3.1.4-01 6704-3.1.1-02 6704-3.1.1-01 */
START_TEST(who_knows_nonces_says_so_in_all_discovers_and_requests)
{
	for (unsigned on = 0; on < 2; on++) {
		stage_close();
		stage_open(on);
		stage.config->force_renew = on;
		reach_selecting();
		CHECK(has_145(heard()) == on);
		tell(DHCP4_TYPE_OFFER);
		hear(DHCP4_REQUEST_SELECTING);
		CHECK(has_145(heard()) == on);
		tell(DHCP4_TYPE_ACK);
		CHECK(has_145(hear(DHCP4_REQUEST_RENEWING)) == on);
		CHECK(has_145(hear_until(DHCP4_REQUEST_REBINDING)) == on);
		crash_and_restart();
		CHECK(has_145(hear(DHCP4_REQUEST_REBOOTING)) == on);
		CHECK(!message_has(heard(), 90));
		tell(DHCP4_TYPE_ACK);
		sim_port_release(stage.port);
		hear(DHCP4_REQUEST_RELEASE);
		CHECK(!message_has(heard(), 90));
	}
}
END_TEST

/* Covers: 6704-3.1.4-02 */
START_TEST(an_ack_without_the_nonce_that_was_promised_leads_to_init)
{
	struct reply r;

	allow_force_renew();
	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	reply_set(&r, 145, OCTETS(1));
	say(&r);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_is_empty();
	hear(DHCP4_REQUEST_DISCOVER);
	ck_assert_uint_eq(stage.refused[REJECT_NONCE], 1);
	/* Who promised nothing owes nothing. */
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: 3203-2.2-01 6704-3.1.4-04 */
START_TEST(a_proven_forcerenew_of_any_xid_renews_at_once)
{
	struct reply r;

	reach_forcible();
	r = forced_by(nonce, 6);
	obeyed(&r);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_FORCED], 1);
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(LEASE_S - 2));
	pass(S(1));
	r = forced_by(nonce, 7);
	obeyed(&r);
}
END_TEST

/* Covers: 6704-3.1.4-04 3203-6-01 */
START_TEST(one_bit_makes_a_forcerenew_fail)
{
	struct reply r;

	reach_forcible();
	for (unsigned i = 0; i < 40; i++) {
		size_t at = i < 20 ? AT_SECS + i % 2 : 240 + i;

		r = forced_by(nonce, 6);
		r.payload[at] ^= 0x10;
		ignored(&r);
	}
	r = forced_by(newer, 6);
	ignored(&r);
	r = forced_by(nonce, 6);
	obeyed(&r);
}
END_TEST

/* Covers: 3203-6-01 */
START_TEST(a_forcerenew_that_proves_nothing_is_discarded)
{
	struct reply r;

	reach_forcible();
	r = force_renew();
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_AUTH_MISSING], 1);
	/* A nonce is no proof of knowing it before. */
	r = force_renew();
	seal_nonce(&r, nonce, 6);
	ignored(&r);
	r = force_renew();
	seal_token(&r, "a");
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_AUTH_INVALID], 2);
	silence(S(60));
}
END_TEST

/* Covers: 3118-2-01 */
START_TEST(a_replayed_forcerenew_is_discarded)
{
	struct reply r, old;

	reach_forcible();
	old = forced_by(nonce, 5); /* as the ACK that brought the nonce */
	ignored(&old);
	old = r = forced_by(nonce, 6);
	obeyed(&r);
	tell(DHCP4_TYPE_ACK);
	pass(S(1));
	ignored(&old);
	ck_assert_uint_eq(stage.refused[REJECT_AUTH_REPLAY], 2);
	r = forced_by(nonce, 7);
	obeyed(&r);
}
END_TEST

/* Covers: 3203-2.2-02 */
START_TEST(a_forcerenew_to_many_is_discarded)
{
	static const uint8_t group[] = { 1, 0, 0x5e, 0, 0, 1 };
	struct reply r;

	reach_forcible();
	for (unsigned i = 0; i < 4; i++) {
		r = forced_by(nonce, 6);
		stage.port->unfiltered = true;
		if (i < 2)
			memcpy(r.hw_destination, i ? group : sim_hw_broadcast, 6);
		r.destination = i == 0	 ? IPV4_BROADCAST
				: i == 1 ? IP(224, 0, 0, 1)
				: i == 2 ? IP(10, 0, 0, 255)
					 : IPV4_BROADCAST;
		ignored(&r);
	}
	ck_assert_uint_eq(stage.refused[REJECT_NOT_UNICAST], 4);
	silence(S(60));
	r = forced_by(nonce, 6);
	obeyed(&r);
}
END_TEST

/* Covers: 6704-3.1.4-03 */
START_TEST(a_newer_nonce_replaces_the_old_one)
{
	struct reply r;

	reach_forcible();
	r = forced_by(nonce, 6);
	obeyed(&r);
	r = reply(DHCP4_TYPE_ACK);
	seal_nonce(&r, newer, 1);
	say(&r);
	pass(S(1));
	r = forced_by(nonce, 7);
	ignored(&r);
	r = forced_by(newer, 7);
	obeyed(&r);
}
END_TEST

/* Covers: 3203-2.2-03 */
START_TEST(in_inform_mode_it_leads_to_an_inform)
{
	struct reply r;

	allow_force_renew();
	stage.terms.address = IP(10, 0, 0, 60);
	stage.config->inform_address = stage.terms.address;
	stage.port->fixed_address = stage.terms.address;
	stage.port->fixed_length = 24;
	power_on();
	hear(DHCP4_REQUEST_INFORM);
	r = reply(DHCP4_TYPE_ACK);
	seal_nonce(&r, nonce, 1);
	say(&r);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 1);
	pass(S(100));
	r = forced_by(nonce, 2);
	say(&r);
	hear(DHCP4_REQUEST_INFORM);
	tell(DHCP4_TYPE_ACK);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_INFORMED], 2);
	kernel_has(stage.terms.address, 24);
	CHECK(kernel_left() == NSEC_NEVER);
	silence(S(3600));
}
END_TEST

/* Covers: 3203-6-01 3203-2.2-01 */
START_TEST(the_key_of_a_lease_proves_a_forcerenew)
{
	struct reply r;

	stage.config->force_renew = true;
	reach_proven_bound();
	stage.port->unfiltered = false;
	pass(S(100));
	r = force_renew();
	seal_delayed(&r, OTHER_ID, OTHER_KEY, 3);
	ignored(&r);
	r = force_renew();
	seal_delayed(&r, KEY_ID, KEY_SECRET, 3);
	obeyed(&r);
	sealed_by(heard(), KEY_ID, KEY_SECRET);
}
END_TEST

/* Without the setting nobody listens, and what is heard is counted. */
START_TEST(by_default_a_forcerenew_is_nothing)
{
	struct reply r;

	reach_bound();
	pass(S(100));
	r = force_renew();
	seal_nonce_code(&r, nonce, 6);
	stage.port->unfiltered = false;
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_FORCE_RENEW], 0);
	stage.port->unfiltered = true;
	ignored(&r);
	ck_assert_uint_eq(stage.refused[REJECT_FORCE_RENEW], 1);
}
END_TEST

static void add_delayed(TCase *t)
{
	tcase_add_test(t, a_discover_asks_for_a_code_and_tells_who_asks);
	tcase_add_test(t, by_default_who_proves_nothing_is_refused);
	tcase_add_test(t, else_it_is_accepted_and_said);
	tcase_add_test(t, an_altered_message_is_discarded);
	tcase_add_test(t, what_a_relay_changes_does_not_count);
	tcase_add_test(t, a_code_in_two_pieces_is_zeroed_in_both);
	tcase_add_test(t, a_request_is_sealed_by_the_key_of_its_offer);
	tcase_add_test(t, an_ack_that_fails_leads_back_to_a_discover);
	tcase_add_test(t, the_leases_key_seals_renewal_rebinding_and_reboot);
	tcase_add_test(t, a_clock_that_went_back_makes_no_counter_go_back);
	tcase_add_test(t, without_its_key_a_lease_is_not_asked_for);
	tcase_add_test(t, a_renewal_that_is_not_proven_is_no_answer);
	tcase_add_test(t, a_release_is_sealed);
}

static void add_force_renew(TCase *t)
{
	tcase_add_test(t, a_proven_forcerenew_of_any_xid_renews_at_once);
	tcase_add_test(t, one_bit_makes_a_forcerenew_fail);
	tcase_add_test(t, a_forcerenew_that_proves_nothing_is_discarded);
	tcase_add_test(t, a_replayed_forcerenew_is_discarded);
	tcase_add_test(t, a_forcerenew_to_many_is_discarded);
	tcase_add_test(t, a_newer_nonce_replaces_the_old_one);
	tcase_add_test(t, in_inform_mode_it_leads_to_an_inform);
	tcase_add_test(t, the_key_of_a_lease_proves_a_forcerenew);
	tcase_add_test(t, by_default_a_forcerenew_is_nothing);
}

Suite *test_auth_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("auth", &suite);

	tcase_add_test(t, another_token_is_discarded);
	tcase_add_test(t, who_knows_nonces_says_so_in_all_discovers_and_requests);
	tcase_add_test(t,
		       an_ack_without_the_nonce_that_was_promised_leads_to_init);
	add_delayed(t);
	add_force_renew(t);
	return suite;
}
