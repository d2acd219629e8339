/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom the client listens to and whose offer it takes; how it asks to be answered;
 * what else it tells or is told of that (RFC 2563, RFC 3011).
 */
#include <check.h>
#include <string.h>

#include "conformance/stage.h"

Suite *test_choice_suite(void);

#define SECOND 10, 0, 0, 2
#define THIRD  10, 0, 0, 3

/* ---- the broadcast flag -------------------------------------------------- */

/* It answers nobody who does not set the flag, or nobody who does. */
static bool wants_flag;

static void answer_by_flag(struct reply *r, const struct message *m)
{
	bool has_address = m->ciaddr != 0;

	if (!has_address && (m->flags != 0) != wants_flag)
		r->size = 0;
}

/*
 * A server that answers one way only is served by the second DISCOVER, and what
 * was learnt is remembered as long as the link is there.
 * Covers: DF-srv-02
 */
START_TEST(the_flag_is_learnt)
{
	wants_flag = _i;
	stage.serves = true;
	stage.edit = answer_by_flag;
	reach_selecting();
	ck_assert_uint_eq(heard()->flags, 0);
	if (wants_flag) {
		hear_after(S(3), S(5), DHCP4_REQUEST_DISCOVER);
		ck_assert_uint_eq(heard()->flags, 0x8000);
	}
	hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(heard()->flags, wants_flag ? 0x8000 : 0);
	pass(S(10));
	kernel_has(IP(CLIENT), 24);
	sim_link_cut(stage.cable, true);
	pass(S(2));
	sim_link_cut(stage.cable, false);
	hear(DHCP4_REQUEST_REBOOTING);
	ck_assert_uint_eq(heard()->flags, wants_flag ? 0x8000 : 0);
	/* An address that is there is reached by it. */
	hear(DHCP4_REQUEST_RENEWING);
	ck_assert_uint_eq(heard()->flags, 0);
}
END_TEST

START_TEST(the_flag_is_as_it_was_set)
{
	bool yes = _i;

	stage.config->broadcast = yes ? DHCP4_BROADCAST_YES : DHCP4_BROADCAST_NO;
	reach_selecting();
	for (unsigned i = 0; i < 5; i++) {
		ck_assert_uint_eq(heard()->flags, yes ? 0x8000 : 0);
		hear(DHCP4_REQUEST_DISCOVER);
	}
}
END_TEST

/* ---- offers -------------------------------------------------------------- */

static struct reply offer_of(ipv4_addr server, ipv4_addr address)
{
	struct reply offer;

	stage.terms.server = server;
	stage.terms.address = address;
	offer = reply(DHCP4_TYPE_OFFER);
	reply_add(&offer, 6, OCTETS(10, 0, 0, 53));
	return offer;
}

static void offer(ipv4_addr server, ipv4_addr address)
{
	struct reply r = offer_of(server, address);

	say(&r);
}

static void open_window(void)
{
	stage.config->offer_window_ns = S(1);
	reach_selecting();
}

static void requests(ipv4_addr server)
{
	hear(DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(message_u32(heard(), 54), server);
}

START_TEST(without_a_window_the_first_offer_is_taken)
{
	reach_selecting();
	offer(IP(SECOND), IP(10, 0, 0, 52));
	requests(IP(SECOND));
}
END_TEST

START_TEST(the_first_of_equal_offers_is_taken)
{
	open_window();
	offer(IP(SECOND), IP(10, 0, 0, 52));
	offer(IP(SERVER), IP(CLIENT));
	requests(IP(SECOND));
}
END_TEST

START_TEST(an_offer_with_all_that_was_asked_for_is_better)
{
	static const uint8_t codes[] = { 1, 3, 6 };
	struct reply bare;

	open_window();
	bare = offer_of(IP(SECOND), IP(10, 0, 0, 52));
	reply_drop(&bare, codes[_i]);
	say(&bare);
	offer(IP(SERVER), IP(CLIENT));
	requests(IP(SERVER));
}
END_TEST

/* The server of the last lease, even if it offers less. */
START_TEST(a_server_that_is_known_is_better)
{
	struct reply bare;

	stage.config->offer_window_ns = S(1);
	reach_rebooting();
	hear_until(DHCP4_REQUEST_DISCOVER);
	offer(IP(SECOND), IP(10, 0, 0, 52));
	bare = offer_of(IP(SERVER), IP(10, 0, 0, 51));
	reply_drop(&bare, 3);
	say(&bare);
	requests(IP(SERVER));
}
END_TEST

START_TEST(the_old_address_is_better_than_all)
{
	stage.config->offer_window_ns = S(1);
	reach_rebooting();
	hear_until(DHCP4_REQUEST_DISCOVER);
	offer(IP(SERVER), IP(10, 0, 0, 51));
	offer(IP(SECOND), IP(CLIENT));
	requests(IP(SECOND));
}
END_TEST

/*
 * Five REQUESTs and no more; then the next offer's turn comes, with its id.
 * Covers: 2131-3.1-10
 */
START_TEST(a_kept_offer_is_next)
{
	uint32_t xid;

	open_window();
	offer(IP(SERVER), IP(CLIENT));
	offer(IP(SECOND), IP(10, 0, 0, 52));
	for (unsigned i = 0; i < 5; i++)
		requests(IP(SERVER));
	xid = heard()->xid;
	hear_after(S(3), S(5), DHCP4_REQUEST_SELECTING);
	ck_assert_uint_eq(heard()->xid, xid);
	ck_assert_uint_eq(message_u32(heard(), 54), IP(SECOND));
	ck_assert_uint_eq(message_u32(heard(), 50), IP(10, 0, 0, 52));
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(10, 0, 0, 52), 24);
}
END_TEST

static void be_silent_after_an_offer(void)
{
	reach_requesting();
	hear_until(DHCP4_REQUEST_DISCOVER);
}

/* Who fell silent is asked only if nobody else offers. */
START_TEST(a_silent_server_is_passed_over)
{
	be_silent_after_an_offer();
	offer(IP(SERVER), IP(CLIENT));
	silence(S(1));
	if (_i) {
		offer(IP(SECOND), IP(10, 0, 0, 52));
		requests(IP(SECOND));
	} else {
		hear_after(S(2), S(3), DHCP4_REQUEST_SELECTING);
		ck_assert_uint_eq(message_u32(heard(), 54), IP(SERVER));
	}
}
END_TEST

START_TEST(silence_is_forgotten_in_time)
{
	be_silent_after_an_offer();
	pass(S(301));
	hear_until(DHCP4_REQUEST_DISCOVER);
	while (count_in(MS(100)))
		continue;
	offer(IP(SERVER), IP(CLIENT));
	requests(IP(SERVER));
}
END_TEST

/* ---- lists of servers ---------------------------------------------------- */

static void deny(ipv4_addr address, uint8_t length)
{
	stage.config->deny_servers =
		(struct dhcp4_server_list){ 1, { { address, length } } };
}

static void refused(const struct reply *r)
{
	unsigned before = stage.refused[REJECT_SERVER_DENIED];

	ignored(r);
	ck_assert_uint_eq(stage.refused[REJECT_SERVER_DENIED], before + 1);
}

START_TEST(offers_of_denied_servers_are_not_requested)
{
	struct reply r;

	if (_i == 0) {
		deny(IP(SECOND), 32);
	} else if (_i == 1) {
		deny(IP(SECOND), 31);
	} else {
		stage.config->allow_servers = (struct dhcp4_server_list){
			2, { { IP(THIRD), 32 }, { IP(SERVER), 32 } }
		};
	}
	reach_selecting();
	r = offer_of(IP(SECOND), IP(10, 0, 0, 52));
	refused(&r);
	offer(IP(SERVER), IP(CLIENT));
	requests(IP(SERVER));
}
END_TEST

START_TEST(a_server_that_is_denied_is_not_allowed)
{
	struct reply r;

	deny(IP(10, 0, 0, 0), 24);
	stage.config->allow_servers =
		(struct dhcp4_server_list){ 1, { { IP(SERVER), 32 } } };
	reach_selecting();
	r = offer_of(IP(SERVER), IP(CLIENT));
	refused(&r);
}
END_TEST

START_TEST(answers_of_denied_servers_do_not_count)
{
	struct reply r;

	if (_i == 0)
		reach_rebooting();
	else
		reach_rebinding();
	deny(IP(SECOND), 32);
	for (unsigned i = 0; i < 2; i++) {
		r = reply(i ? DHCP4_TYPE_NAK : DHCP4_TYPE_ACK);
		reply_set(&r, 54, OCTETS(SECOND));
		refused(&r);
	}
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* BOOTP names no server: the packet's source does. */
START_TEST(bootp_obeys_too)
{
	struct reply r;

	stage.unjudged = true;
	stage.config->bootp = true;
	deny(IP(SERVER), 32);
	reach_selecting();
	hear(DHCP4_REQUEST_DISCOVER);
	r = reply(DHCP4_TYPE_OFFER);
	for (unsigned code = 1; code < 255; code++)
		if (code != 1)
			reply_drop(&r, (uint8_t)code);
	refused(&r);
	stage.config->deny_servers.count = 0;
	say(&r);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* ---- RFC 2563 ------------------------------------------------------------ */

static void allow_autoconf(void)
{
	stage.config->auto_configure = true;
	stage.config->fallback.mode = FALLBACK_MODE_LINKLOCAL;
}

static struct reply no_address(uint8_t value)
{
	struct reply r;

	stage.terms.address = IPV4_ANY;
	r = reply(DHCP4_TYPE_OFFER);
	reply_add(&r, 116, &value, 1);
	return r;
}

/* Covers: 2563-2.2-01 2563-2.1-01 */
START_TEST(who_may_configure_itself_says_so)
{
	uint8_t size = 0;
	const uint8_t *value;

	if (_i)
		allow_autoconf();
	reach_selecting();
	value = message_option(heard(), 116, &size);
	if (_i)
		CHECK(value && size == 1 && *value == 1);
	else
		CHECK(!value);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	CHECK(!message_has(heard(), 116));
}
END_TEST

/* Covers: 2563-2.2-02 2563-2.2-03 2563-2.6-01 2563-2.1-01 */
START_TEST(no_address_is_never_requested)
{
	struct reply r;

	allow_autoconf();
	reach_selecting();
	r = no_address((uint8_t)_i);
	reply_add(&r, 56, "no\tleases", 9);
	say(&r);
	silence(S(2));
	kernel_is_empty();
	CHECK(stage.port->iface.client->autoconf_forbidden == (_i == 0));
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_NO_ADDRESS], 1);
	ck_assert_str_eq(stage.notice[DHCP4_NOTICE_NO_ADDRESS].text, "no?leases");
	/* It goes on asking, and takes what is real. */
	hear(DHCP4_REQUEST_DISCOVER);
	stage.terms.address = IP(CLIENT);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	CHECK(!stage.port->iface.client->autoconf_forbidden);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

/* Covers: DF-addr-01 */
START_TEST(malformed_it_is_an_offer_of_nothing)
{
	static const uint8_t values[] = { 2, 0, 1 };
	static const uint8_t sizes[] = { 1, 0, 2 };
	struct reply r;

	allow_autoconf();
	stage.terms.address = IPV4_ANY;
	reach_selecting();
	r = reply(DHCP4_TYPE_OFFER);
	reply_add(&r, 116, values + _i % 2, sizes[_i]);
	ignored(&r);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_NO_ADDRESS], 0);
	CHECK(!stage.port->iface.client->autoconf_forbidden);
}
END_TEST

/* To each DISCOVER, as long as it lasts. */
static bool forbids;

static void have_no_address(struct reply *r, const struct message *m)
{
	(void)m;
	if (!forbids)
		r->size = 0;
	else
		reply_add(r, 116, OCTETS(0));
}

/* Covers: 2563-2.1-02 */
START_TEST(nothing_is_made_up_where_that_is_forbidden)
{
	forbids = _i;
	/* No oracle of the simulator's knows of such addresses. */
	stage.unjudged = true;
	allow_autoconf();
	stage.terms.address = IPV4_ANY;
	stage.serves = true;
	stage.edit = have_no_address;
	reach_selecting();
	CHECK(count_in(S(600)) >= 5);
	CHECK((stage.port->fallback.address == IPV4_ANY) == forbids);
}
END_TEST

/* ---- RFC 3011 ------------------------------------------------------------ */

static const uint8_t subnet[] = { 10, 0, 0, 0 };

static bool has_subnet(const struct message *m)
{
	uint8_t size;
	const uint8_t *value = message_option(m, 118, &size);

	return value && size == 4 && memcmp(value, subnet, 4) == 0;
}

/* Covers: 3011-2-01 3011-2-02 */
START_TEST(a_subnet_that_is_asked_for_has_to_be_repeated)
{
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK };

	stage.config->subnet = IP(10, 0, 0, 0);
	reach_selecting();
	for (unsigned i = 0; i < 2; i++) {
		struct reply r = reply(types[i]);

		CHECK(has_subnet(heard()));
		ignored(&r);
		ck_assert_uint_eq(stage.refused[REJECT_SUBNET], i + 1);
		reply_add(&r, 118, subnet, 4);
		say(&r);
		if (i == 0)
			hear(DHCP4_REQUEST_SELECTING);
	}
	kernel_has(IP(CLIENT), 24);
	hear(DHCP4_REQUEST_RENEWING);
	CHECK(has_subnet(heard()));
}
END_TEST

START_TEST(else_no_subnet_is_named)
{
	reach_requesting();
	CHECK(!message_has(heard(), 118));
}
END_TEST

/* ---- what is asked by the user ------------------------------------------- */

START_TEST(a_renewal_that_is_asked_for_is_soon_repeated)
{
	reach_bound();
	pass(S(10));
	if (_i) {
		sim_port_rebind(stage.port);
		hear(DHCP4_REQUEST_REBINDING);
	} else {
		sim_port_renew(stage.port);
		hear(DHCP4_REQUEST_RENEWING);
	}
	for (nsec wait = S(4); wait <= S(16); wait *= 2)
		hear_after(wait - S(1), wait + S(1), heard()->kind);
	hear_after(S(LEASE_S) / 4, S(LEASE_S), heard()->kind);
}
END_TEST

START_TEST(a_renewal_ends_the_pause_after_naks)
{
	reach_requesting();
	for (unsigned i = 0; i < 8; i++) {
		tell(DHCP4_TYPE_NAK);
		hear(DHCP4_REQUEST_DISCOVER);
		tell(DHCP4_TYPE_OFFER);
		hear(DHCP4_REQUEST_SELECTING);
	}
	tell(DHCP4_TYPE_NAK);
	silence(S(5));
	sim_port_renew(stage.port);
	hear_after(S(5), S(6), DHCP4_REQUEST_DISCOVER);
}
END_TEST

Suite *test_choice_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("choice", &suite);

	tcase_add_loop_test(t, the_flag_is_learnt, 0, 2);
	tcase_add_loop_test(t, the_flag_is_as_it_was_set, 0, 2);
	tcase_add_test(t, without_a_window_the_first_offer_is_taken);
	tcase_add_test(t, the_first_of_equal_offers_is_taken);
	tcase_add_loop_test(t, an_offer_with_all_that_was_asked_for_is_better,
			    0, 3);
	tcase_add_test(t, a_server_that_is_known_is_better);
	tcase_add_test(t, the_old_address_is_better_than_all);
	tcase_add_test(t, a_kept_offer_is_next);
	tcase_add_loop_test(t, a_silent_server_is_passed_over, 0, 2);
	tcase_add_test(t, silence_is_forgotten_in_time);
	tcase_add_loop_test(t, offers_of_denied_servers_are_not_requested, 0, 3);
	tcase_add_test(t, a_server_that_is_denied_is_not_allowed);
	tcase_add_loop_test(t, answers_of_denied_servers_do_not_count, 0, 2);
	tcase_add_test(t, bootp_obeys_too);
	tcase_add_loop_test(t, who_may_configure_itself_says_so, 0, 2);
	tcase_add_loop_test(t, no_address_is_never_requested, 0, 2);
	tcase_add_loop_test(t, nothing_is_made_up_where_that_is_forbidden, 0, 2);
	tcase_add_loop_test(t, malformed_it_is_an_offer_of_nothing, 0, 3);
	tcase_add_test(t, a_subnet_that_is_asked_for_has_to_be_repeated);
	tcase_add_test(t, else_no_subnet_is_named);
	tcase_add_loop_test(t, a_renewal_that_is_asked_for_is_soon_repeated, 0,
			    2);
	tcase_add_test(t, a_renewal_ends_the_pause_after_naks);
	return suite;
}
