/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers that are known or not (server-pin), and extensions that change more than
 * times (renew-changes). Who is known is told with each frame.
 */
#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "unit/support.h"

Suite *test_client_servers_suite(void);

static struct world w;

static void setup(void)
{
	world_init(&w, 1);
}

static struct reply reply_of(ipv4_addr server, enum dhcp4_type type)
{
	struct reply reply = world_reply(&w, type);

	reply.server_id = reply.source = server;
	return reply;
}

/* A reply of somebody who is known, or not. */
static void say(ipv4_addr server, enum pin_verdict pin, enum dhcp4_type type)
{
	struct reply reply = reply_of(server, type);

	w.pin = pin;
	world_receive(&w, &reply);
	w.pin = PIN_VERDICT_NONE;
}

static unsigned refused(void)
{
	return w.client.counters.rejected[REJECT_SERVER_PIN];
}

/* ---- server-pin ---------------------------------------------------------- */

START_TEST(strict_hears_known_servers_alone)
{
	world_reach(&w, places[_i].state, places[_i].held);
	w.config.server_pin = SERVER_PIN_STRICT;
	world_forget(&w);
	if (!dhcp4_want(&w.client).listen)
		return;
	for (int type = DHCP4_TYPE_OFFER; type <= DHCP4_TYPE_NAK; type++) {
		if (type != DHCP4_TYPE_OFFER && type != DHCP4_TYPE_ACK &&
		    type != DHCP4_TYPE_NAK)
			continue;
		say(OTHER, PIN_VERDICT_STRANGER, (enum dhcp4_type)type);
		world_check(&w, places[_i].state, w.client.tenure);
	}
	ck_assert_uint_eq(refused(), 3);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert_uint_eq(w.deconfigures, 0);
	/* It is told, but not each time. */
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SERVER_REFUSED), 1);
	ck_assert_uint_eq(w.notices[1].server, OTHER);
}
END_TEST

START_TEST(each_exchange_tells_of_strangers)
{
	w.config.server_pin = SERVER_PIN_STRICT;
	world_start(&w);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SERVER_REFUSED), 1);
	say(SERVER, PIN_VERDICT_KNOWN, DHCP4_TYPE_OFFER);
	say(SERVER, PIN_VERDICT_KNOWN, DHCP4_TYPE_NAK);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SERVER_REFUSED), 2);
	/* Where nobody is known, anybody is heard. */
	say(OTHER, PIN_VERDICT_NONE, DHCP4_TYPE_OFFER);
	say(OTHER, PIN_VERDICT_NONE, DHCP4_TYPE_ACK);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

/* Other refusals tell nothing of servers. */
START_TEST(other_refusals_are_not_told)
{
	struct reply offer;

	w.config.server_pin = SERVER_PIN_STRICT;
	world_start(&w);
	offer = reply_of(OTHER, DHCP4_TYPE_OFFER);
	offer.xid++;
	w.pin = PIN_VERDICT_STRANGER;
	world_refuses(&w, &offer, REJECT_XID);
}
END_TEST

/* What was offered, by whom, and of whom it was asked for in the end. */
START_TEST(learn_prefers_known_servers)
{
	w.config.server_pin = SERVER_PIN_LEARN;
	w.config.requested_address = CLIENT;
	world_start(&w);
	world_forget(&w);
	/* The stranger's is the better offer, and comes first. */
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	ck_assert_uint_eq(w.sent_count, 0);
	ck_assert(dhcp4_want(&w.client).deadline == w.now + S(2));
	if (_i) {
		struct reply offer = reply_of(SERVER, DHCP4_TYPE_OFFER);

		offer.yiaddr = CLIENT_2;
		w.pin = PIN_VERDICT_KNOWN;
		w.config.offer_window_ns = _i == 2 ? S(1) : 0;
		world_receive(&w, &offer);
		w.pin = PIN_VERDICT_NONE;
	}
	if (_i != 1)
		world_tick(&w);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(world_last(&w)->server_id, _i ? SERVER : OTHER);
	ck_assert_uint_eq(refused(), 0);
}
END_TEST

START_TEST(without_it_nobody_waits)
{
	world_start(&w);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_ACK);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
}
END_TEST

START_TEST(without_it_known_servers_are_as_good)
{
	w.config.offer_window_ns = S(1);
	world_start(&w);
	say(OTHER, PIN_VERDICT_STRANGER, DHCP4_TYPE_OFFER);
	say(SERVER, PIN_VERDICT_KNOWN, DHCP4_TYPE_OFFER);
	world_tick(&w);
	ck_assert_uint_eq(world_last(&w)->server_id, OTHER);
}
END_TEST

START_TEST(ack_from_elsewhere_is_told)
{
	bool moves = _i;

	world_start(&w);
	world_offer(&w);
	w.server_hw.bytes[5] ^= moves;
	world_ack(&w);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SERVER_MOVED), moves);
	/* A renewal is not what an OFFER was about. */
	w.server_hw.bytes[5] ^= 1;
	world_event(&w, DHCP4_EVENT_RENEW);
	world_ack(&w);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_SERVER_MOVED), moves);
}
END_TEST

/* ---- renew-changes ------------------------------------------------------- */

/* A change for each option that is watched: the ACK that binds, and the next. */
static const struct {
	const char *names;
	struct reply before, after;
} changes[] = {
	{ "subnet-mask", { .mask = MASK }, { .mask = 0xffff0000 } },
	{ "routers", { .router = 0x0a000001 }, { .router = 0x0a000002 } },
	{ "routers", { .router = 0x0a000001 }, { .router = 0 } },
	{ "domain-name-servers",
	  { .router = 0 },
	  { REPLY_OPTIONS(6, 4, 10, 0, 0, 9) } },
	{ "domain-name-servers",
	  { REPLY_OPTIONS(6, 8, 10, 0, 0, 9, 10, 0, 0, 8) },
	  { REPLY_OPTIONS(6, 4, 10, 0, 0, 9) } },
	{ "domain-name",
	  { REPLY_OPTIONS(15, 1, 'a') },
	  { REPLY_OPTIONS(15, 1, 'b') } },
	{ "static-routes",
	  { .router = 0 },
	  { REPLY_OPTIONS(33, 8, 10, 9, 0, 0, 10, 0, 0, 9) } },
	{ "domain-search",
	  { REPLY_OPTIONS(119, 3, 1, 'a', 0) },
	  { REPLY_OPTIONS(119, 3, 1, 'b', 0) } },
	{ "classless-routes",
	  { .router = 0 },
	  { REPLY_OPTIONS(121, 6, 8, 9, 10, 0, 0, 9) } },
	{ "classless-routes-ms",
	  { .router = 0 },
	  { REPLY_OPTIONS(249, 6, 8, 9, 10, 0, 0, 9) } },
	{ "routers, domain-name",
	  { .router = 0x0a000001 },
	  { .router = 0x0a000002, REPLY_OPTIONS(15, 1, 'b') } },
};

/* An ACK that differs from others in what one of the table says. */
static struct reply ack_like(const struct reply *like)
{
	struct reply ack = world_reply(&w, DHCP4_TYPE_ACK);

	if (like->mask)
		ack.mask = like->mask;
	ack.router = like->router;
	ack.options = like->options;
	ack.options_size = like->options_size;
	return ack;
}

static void acknowledge(const struct reply *like)
{
	struct reply ack = ack_like(like);

	world_receive(&w, &ack);
}

static void bind_as(const struct reply *like)
{
	struct reply ack;

	world_start(&w);
	world_offer(&w);
	ack = ack_like(like);
	world_receive(&w, &ack);
	world_event(&w, DHCP4_EVENT_CONFIGURED);
}

/* To T1, or to T2. */
static void ask_again(bool rebind)
{
	w.now += S(60);
	world_forget(&w);
	world_event(&w, rebind ? DHCP4_EVENT_REBIND : DHCP4_EVENT_RENEW);
}

/* The one notice of a kind. */
static const struct dhcp4_notice *notice_of(enum dhcp4_notice_kind kind)
{
	for (unsigned i = 0; i < w.notice_count; i++) {
		if (w.notices[i].kind == kind)
			return &w.notices[i];
	}
	return NULL;
}

static void check_told(enum dhcp4_notice_kind kind, const char *names)
{
	const struct dhcp4_notice *notice = notice_of(kind);
	char text[200];
	struct str s = str_over(text, sizeof(text));

	ck_assert_uint_eq(world_notices(&w, kind), 1);
	ck_assert_uint_eq(notice->server, SERVER);
	changes_text(&s, notice->changes);
	ck_assert_str_eq(text, names);
}

START_TEST(changes_are_told_and_applied)
{
	bind_as(&changes[_i].before);
	ask_again(_i % 2);
	acknowledge(&changes[_i].after);
	check_told(DHCP4_NOTICE_CHANGED, changes[_i].names);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_HELD), 0);
	ck_assert_uint_eq(w.client.held, 0);
	ck_assert_uint_eq(w.client.lease.prefix_length,
			  changes[_i].after.mask ? 16 : 24);
	/* Now it is as it was. */
	ask_again(_i % 2);
	acknowledge(&changes[_i].after);
	ck_assert_ptr_null(notice_of(DHCP4_NOTICE_CHANGED));
}
END_TEST

START_TEST(changes_are_held)
{
	struct dhcp4_lease before;

	w.config.renew_changes = RENEW_CHANGES_HOLD;
	bind_as(&changes[_i].before);
	before = w.client.lease;
	ask_again(_i % 2);
	acknowledge(&changes[_i].after);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	check_told(DHCP4_NOTICE_HELD, changes[_i].names);
	ck_assert_uint_eq(world_notices(&w, DHCP4_NOTICE_CHANGED), 0);
	ck_assert_uint_ne(w.client.held, 0);
	/* It lasts longer, and is else what it was. */
	ck_assert(w.client.lease.expiry_ns == before.expiry_ns + S(60));
	ck_assert(w.client.lease.t1_ns > before.t1_ns);
	ck_assert_uint_eq(w.client.lease.prefix_length, before.prefix_length);
	ck_assert_mem_eq(&w.client.lease.options, &before.options,
			 sizeof(before.options));
	ck_assert_uint_eq(w.client.lease.router, before.router);
	ck_assert_uint_eq(w.extends, 1);
	ck_assert_uint_eq(w.deconfigures, 0);
	ck_assert_uint_eq(w.saves, 1);
	/* The same again is no news; nor is its end. */
	ask_again(_i % 2);
	acknowledge(&changes[_i].after);
	ck_assert_ptr_null(notice_of(DHCP4_NOTICE_HELD));
	ck_assert_uint_ne(w.client.held, 0);
	ask_again(_i % 2);
	acknowledge(&changes[_i].before);
	ck_assert_uint_eq(w.client.held, 0);
	ck_assert_ptr_null(notice_of(DHCP4_NOTICE_HELD));
}
END_TEST

/* Somebody has looked at it: the next answer is taken as it is. */
START_TEST(what_is_accepted_is_applied)
{
	w.config.renew_changes = RENEW_CHANGES_HOLD;
	bind_as(&changes[_i].before);
	ask_again(false);
	acknowledge(&changes[_i].after);
	world_forget(&w);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RENEW,
					     .renew.accept = true });
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	/* T2 comes, or an impatient user; that takes nothing back. */
	world_event(&w, DHCP4_EVENT_REBIND);
	world_event(&w, DHCP4_EVENT_RENEW);
	acknowledge(&changes[_i].after);
	check_told(DHCP4_NOTICE_CHANGED, changes[_i].names);
	ck_assert_uint_eq(w.client.held, 0);
	ck_assert_uint_eq(w.client.lease.prefix_length,
			  changes[_i].after.mask ? 16 : 24);
	/* It was accepted, not whatever may come. */
	ask_again(true);
	acknowledge(&changes[_i].before);
	check_told(DHCP4_NOTICE_HELD, changes[_i].names);
}
END_TEST

/* An answer that did not come was not accepted for later. */
START_TEST(accepting_ends_with_the_exchange)
{
	w.config.renew_changes = RENEW_CHANGES_HOLD;
	bind_as(&changes[1].before);
	ask_again(false);
	world_step(&w, (struct dhcp4_event){ .kind = DHCP4_EVENT_RENEW,
					     .renew.accept = true });
	ck_assert(w.client.accepting);
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_run(&w, S(1));
	ck_assert_int_eq(world_last(&w)->request, DHCP4_REQUEST_REBOOTING);
	ck_assert(!w.client.accepting);
	acknowledge(&changes[1].before);
	ask_again(false);
	acknowledge(&changes[1].after);
	check_told(DHCP4_NOTICE_HELD, "routers");
	/* With the lease goes what was held. */
	world_stop(&w, true);
	ck_assert_uint_eq(w.client.held, 0);
}
END_TEST

/* Where an ACK confirms a lease after the link was away, the network may differ. */
START_TEST(rebooting_holds_nothing)
{
	w.config.renew_changes = RENEW_CHANGES_HOLD;
	bind_as(&changes[1].before);
	w.now += S(60);
	world_carrier(&w, false);
	world_carrier(&w, true);
	world_forget(&w);
	acknowledge(&changes[1].after);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	ck_assert_uint_eq(w.client.held, 0);
	ck_assert_ptr_null(notice_of(DHCP4_NOTICE_HELD));
	ck_assert_ptr_null(notice_of(DHCP4_NOTICE_CHANGED));
}
END_TEST

START_TEST(bits_are_options)
{
	ck_assert_uint_eq(changes_option(0), DHCP4_OPTION_SUBNET_MASK);
	ck_assert_uint_eq(changes_option(CHANGES_COUNT - 1),
			  DHCP4_OPTION_CLASSLESS_ROUTES_MS);
}
END_TEST

Suite *test_client_servers_suite(void)
{
	Suite *suite = suite_create("client_servers");
	TCase *tcase = tcase_create("client_servers");
	const int count = ARRAY_SIZE(changes);

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_loop_test(tcase, strict_hears_known_servers_alone, 0, PLACES);
	tcase_add_test(tcase, each_exchange_tells_of_strangers);
	tcase_add_test(tcase, other_refusals_are_not_told);
	tcase_add_loop_test(tcase, learn_prefers_known_servers, 0, 3);
	tcase_add_test(tcase, without_it_nobody_waits);
	tcase_add_test(tcase, without_it_known_servers_are_as_good);
	tcase_add_loop_test(tcase, ack_from_elsewhere_is_told, 0, 2);
	tcase_add_loop_test(tcase, changes_are_told_and_applied, 0, count);
	tcase_add_loop_test(tcase, changes_are_held, 0, count);
	tcase_add_loop_test(tcase, what_is_accepted_is_applied, 0, count);
	tcase_add_test(tcase, accepting_ends_with_the_exchange);
	tcase_add_test(tcase, rebooting_holds_nothing);
	tcase_add_test(tcase, bits_are_options);
	suite_add_tcase(suite, tcase);
	return suite;
}
