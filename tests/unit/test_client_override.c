/* SPDX-License-Identifier: BSD-2-Clause */
/* Edited replies in a client's life: which are refused, what a lease is made of. */
#include "core/override.h"

#include <string.h>

#include "base/assert.h"
#include "unit/support.h"

Suite *test_client_override_suite(void);

static struct world w;
static struct dhcp4_override edits;

static void setup(void)
{
	memset(&edits, 0, sizeof(edits));
	world_init(&w, 1);
	w.config.override = &edits;
}

static void put(enum override_kind kind, uint8_t code, const char *bytes,
		size_t size)
{
	CHECK(override_put(&edits, kind, code, bytes, size));
}

static struct option_value option(uint8_t code)
{
	struct option_value value = { 0 };

	dhcp4_options_get(&w.client.lease.options, code, &value);
	return value;
}

static const uint8_t dns[] = { 6, 4, 10, 0, 0, 1 };

static struct reply with_dns(enum dhcp4_type type)
{
	struct reply reply = world_reply(&w, type);

	reply.options = dns;
	reply.options_size = sizeof(dns);
	return reply;
}

/* Nothing comes of it but that it is counted, and told once an exchange. */
static void refuses(const struct reply *reply, enum reject why)
{
	static struct dhcp4_client before;
	bool told = w.client.stranger_told;

	before = w.client;
	world_receive(&w, reply);
	CHECK(w.effects.count == (told ? 1 : 2));
	CHECK(w.effects.list[0].notice.kind == DHCP4_NOTICE_REJECTED);
	CHECK(w.effects.list[0].notice.reject == why);
	if (!told) {
		CHECK(w.effects.list[1].notice.kind ==
		      DHCP4_NOTICE_SERVER_REFUSED);
		CHECK(w.effects.list[1].notice.reject == why);
		CHECK(w.effects.list[1].notice.server == reply->server_id);
	}
	before.counters.rejected[why]++;
	before.stranger_told = true;
	before.now = w.now;
	CHECK(memcmp(&before, &w.client, sizeof(before)) == 0);
}

/* ---- what is required ----------------------------------------------------- */

START_TEST(an_offer_without_it_is_passed_over)
{
	struct reply other;

	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	world_start(&w);
	other = world_reply(&w, DHCP4_TYPE_OFFER);
	refuses(&other, REJECT_REQUIRED);
	refuses(&other, REJECT_REQUIRED);
	world_check(&w, DHCP4_STATE_SELECTING, DHCP4_TENURE_NONE);
	other = with_dns(DHCP4_TYPE_OFFER);
	other.server_id = other.source = OTHER;
	world_receive(&w, &other);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	CHECK(w.client.chosen.server_id == OTHER);
}
END_TEST

/* It is not refused for ever: the REQUEST is repeated, then all begins anew. */
START_TEST(an_ack_without_it_is_no_grant)
{
	struct reply reply;

	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	world_start(&w);
	reply = with_dns(DHCP4_TYPE_OFFER);
	world_receive(&w, &reply);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	refuses(&reply, REJECT_REQUIRED);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	world_run(&w, 120 * NSEC_PER_S);
	CHECK(w.seen[DHCP4_STATE_REQUESTING][DHCP4_STATE_INIT]);
}
END_TEST

/* The lease goes on to its end; whoever has it may extend it until then. */
START_TEST(a_renewal_without_it_leaves_the_lease)
{
	struct reply reply = with_dns(DHCP4_TYPE_ACK);
	nsec expiry;

	world_bind_as(&w, &reply);
	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	expiry = w.client.lease.expiry_ns;
	world_run_to(&w, w.client.lease.t1_ns);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	refuses(&reply, REJECT_REQUIRED);
	world_check(&w, DHCP4_STATE_RENEWING, DHCP4_TENURE_HELD);
	CHECK(w.client.lease.expiry_ns == expiry);
	world_run_to(&w, w.client.lease.t2_ns);
	reply = with_dns(DHCP4_TYPE_ACK);
	reply.server_id = reply.source = OTHER;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(w.client.lease.expiry_ns > expiry);
	world_run_to(&w, w.client.lease.expiry_ns);
	CHECK(w.loss == DHCP4_LOSS_EXPIRED);
}
END_TEST

/* A NAK has nothing to offer, and an OFFER of no address has none, either. */
START_TEST(what_offers_nothing_is_not_asked_of)
{
	static const uint8_t v6only[] = { 108, 4, 0, 0, 7, 8 };
	struct reply reply;

	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	put(OVERRIDE_DEFAULT, 3, "\12\0\0\1", 4);
	w.config.v6only = true;
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.options = v6only;
	reply.options_size = sizeof(v6only);
	refuses(&reply, REJECT_REQUIRED);
	reply.yiaddr = 0;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_V6ONLY_WAIT, DHCP4_TENURE_NONE);
	setup();
	reply = with_dns(DHCP4_TYPE_ACK);
	world_bind_as(&w, &reply);
	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	world_run_to(&w, w.client.lease.t1_ns);
	world_nak(&w);
	CHECK(w.client.tenure == DHCP4_TENURE_NONE);
}
END_TEST

/* ---- what a lease is made of ---------------------------------------------- */

START_TEST(what_is_used_is_what_is_edited)
{
	struct reply reply = with_dns(DHCP4_TYPE_ACK);
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];

	put(OVERRIDE_SUPERSEDE, 1, "\xff\xff\0\0", 4);
	put(OVERRIDE_SUPERSEDE, 3, "\12\0\0\7", 4);
	put(OVERRIDE_PREPEND, 6, "\1\1\1\1", 4);
	put(OVERRIDE_DEFAULT, 15, "example.org", 11);
	put(OVERRIDE_IGNORE, 28, NULL, 0);
	world_bind_as(&w, &reply);
	CHECK(w.kernel_length == 16);
	CHECK(lease_routes(&w.client.lease, &route_policy_all, routes) == 1);
	CHECK(routes[0].gateway == 0x0a000007);
	CHECK(option(6).size == 8);
	CHECK(memcmp(option(6).bytes, "\1\1\1\1\12\0\0\1", 8) == 0);
	CHECK(option(15).size == 11);
	CHECK(option(28).size == 0);
	/* Each ACK is edited anew. */
	world_run_to(&w, w.client.lease.t1_ns);
	reply = with_dns(DHCP4_TYPE_ACK);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(option(6).size == 8);
	CHECK(world_notices(&w, DHCP4_NOTICE_CHANGED) == 0);
	/* And the edits of now, whatever they were before. */
	put(OVERRIDE_PREPEND, 6, "\2\2\2\2\3\3\3\3", 8);
	world_run_to(&w, w.client.lease.t1_ns);
	reply = with_dns(DHCP4_TYPE_ACK);
	world_receive(&w, &reply);
	CHECK(option(6).size == 12);
}
END_TEST

/* What a server may never say is the administrator's to say. */
START_TEST(a_resolver_of_this_host_is_used)
{
	struct reply reply = with_dns(DHCP4_TYPE_ACK);
	struct lease_terms terms;
	unsigned index = 0;
	ipv4_addr server;

	/* But no group of hosts is a server, whoever says so. */
	put(OVERRIDE_PREPEND, 6, "\xe0\0\0\1\x7f\0\0\1", 8);
	world_bind_as(&w, &reply);
	terms = lease_terms(&w.client.lease);
	CHECK(lease_next_name_server(&terms, &index, &server, NULL));
	CHECK(server == 0x7f000001);
	CHECK(lease_next_name_server(&terms, &index, &server, NULL));
	CHECK(server == SERVER);
	override_clear(&edits, OVERRIDE_PREPEND);
	world_run_to(&w, w.client.lease.t1_ns);
	world_ack(&w);
	CHECK(!w.client.lease.local_names);
}
END_TEST

/* The address is checked against the mask that will be used. */
START_TEST(a_mask_has_to_suit_the_address)
{
	struct reply reply;

	put(OVERRIDE_SUPERSEDE, 1, "\xff\xff\xff\xfc", 4);
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.yiaddr = CLIENT_2; /* the last of 10.0.0.48/30 */
	world_refuses(&w, &reply, REJECT_ADDRESS);
	put(OVERRIDE_SUPERSEDE, 1, "\xff\xff\xff\xfe", 4);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* It ends before its server thinks so, and is renewed before that. */
START_TEST(a_shorter_lease_ends_sooner)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_ACK);

	put(OVERRIDE_SUPERSEDE, 51, "\0\0\2\x58", 4);
	reply.t1_s = 1800;
	reply.t2_s = 3000;
	world_bind_as(&w, &reply);
	CHECK(w.client.lease.lease_s == 600);
	CHECK(w.client.lease.t1_ns <=
	      w.client.lease.granted_ns + 300 * NSEC_PER_S);
	CHECK(w.client.lease.t2_ns <=
	      w.client.lease.granted_ns + 525 * NSEC_PER_S);
	world_run_to(&w, w.client.lease.expiry_ns);
	CHECK(w.now < 1000 * NSEC_PER_S + 602 * NSEC_PER_S);
	CHECK(w.loss == DHCP4_LOSS_EXPIRED);
}
END_TEST

START_TEST(t1_and_t2_can_be_set)
{
	struct reply reply = world_reply(&w, DHCP4_TYPE_ACK);

	put(OVERRIDE_SUPERSEDE, 58, "\0\0\0\x64", 4);
	put(OVERRIDE_SUPERSEDE, 59, "\0\0\0\xc8", 4);
	reply.t1_s = 1800;
	reply.t2_s = 3000;
	world_bind_as(&w, &reply);
	CHECK(w.client.lease.t1_ns <=
	      w.client.lease.granted_ns + 100 * NSEC_PER_S);
	CHECK(w.client.lease.t2_ns <=
	      w.client.lease.granted_ns + 200 * NSEC_PER_S);
	CHECK(w.client.lease.lease_s == 3600);
}
END_TEST

/* Nothing is cut off: what could be missing is not known. */
START_TEST(what_does_not_fit_is_refused)
{
	static uint8_t options[4 * 257 + 122];
	static char text[500];
	struct reply reply;

	memset(text, 'a', sizeof(text));
	for (size_t i = 0; i < 4; i++) {
		options[257 * i] = 43;
		options[257 * i + 1] = 255;
	}
	options[4 * 257] = 17;
	options[4 * 257 + 1] = 120;
	memset(options + 4 * 257 + 2, 'a', 120);
	put(OVERRIDE_SUPERSEDE, 14, text, sizeof(text));
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_OFFER);
	reply.options = options;
	reply.options_size = sizeof(options);
	refuses(&reply, REJECT_OVERRIDE);
	reply.options_size = 4 * 257;
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
}
END_TEST

/* ---- by other ways than DHCP's usual one ----------------------------------- */

START_TEST(parameters_are_edited_too)
{
	struct reply reply;

	w.config.inform_address = CLIENT;
	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	put(OVERRIDE_APPEND, 6, "\1\1\1\1", 4);
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	reply.yiaddr = 0;
	refuses(&reply, REJECT_REQUIRED);
	reply = with_dns(DHCP4_TYPE_ACK);
	reply.yiaddr = 0;
	world_receive(&w, &reply);
	CHECK(world_notices(&w, DHCP4_NOTICE_INFORMED) == 1);
	CHECK(option(6).size == 8);
}
END_TEST

START_TEST(bootp_replies_are_edited_too)
{
	struct reply reply;

	w.config.bootp = true;
	put(OVERRIDE_REQUIRE, 3, NULL, 0);
	put(OVERRIDE_SUPERSEDE, 6, "\1\1\1\1", 4);
	put(OVERRIDE_SUPERSEDE, 51, "\0\0\2\x58", 4);
	world_start(&w);
	world_tick(&w);
	reply = world_bootp_reply(&w);
	reply.router = 0;
	refuses(&reply, REJECT_REQUIRED);
	reply = world_bootp_reply(&w);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(option(6).size == 4);
	/* It is for ever, and not a matter of servers (RFC 1534 3). */
	CHECK(w.client.lease.lease_s == DHCP4_LEASE_INFINITE);
}
END_TEST

START_TEST(rapid_acks_are_edited_too)
{
	static const uint8_t rapid[] = { 80, 0, 6, 4, 10, 0, 0, 1 };
	struct reply reply;

	w.config.rapid_commit = true;
	put(OVERRIDE_REQUIRE, 6, NULL, 0);
	put(OVERRIDE_APPEND, 6, "\1\1\1\1", 4);
	world_start(&w);
	reply = world_reply(&w, DHCP4_TYPE_ACK);
	reply.options = rapid;
	reply.options_size = 2;
	refuses(&reply, REJECT_REQUIRED);
	reply.options_size = sizeof(rapid);
	world_receive(&w, &reply);
	world_check(&w, DHCP4_STATE_BOUND, DHCP4_TENURE_HELD);
	CHECK(option(6).size == 8);
}
END_TEST

/* What a renewal changes is seen behind the edits, as it would be used. */
START_TEST(superseded_options_do_not_change)
{
	struct reply reply = with_dns(DHCP4_TYPE_ACK);

	w.config.renew_changes = RENEW_CHANGES_HOLD;
	put(OVERRIDE_SUPERSEDE, 6, "\1\1\1\1", 4);
	world_bind_as(&w, &reply);
	world_run_to(&w, w.client.lease.t1_ns);
	world_ack(&w);
	CHECK(world_notices(&w, DHCP4_NOTICE_HELD) == 0);
	override_clear(&edits, OVERRIDE_SUPERSEDE);
	world_run_to(&w, w.client.lease.t1_ns);
	world_ack(&w);
	CHECK(world_notices(&w, DHCP4_NOTICE_HELD) == 1);
	CHECK(option(6).size == 4);
}
END_TEST

/* A stored lease has been edited: it is used as it is, up to the next ACK. */
START_TEST(stored_leases_are_as_they_were)
{
	struct dhcp4_lease lease = world_lease(&w, 3000);
	struct reply reply;

	put(OVERRIDE_APPEND, 6, "\1\1\1\1", 4);
	CHECK(dhcp4_options_put(&lease.options, 6, "\12\0\0\1\1\1\1\1", 8));
	world_load(&w, &lease, true, true);
	CHECK(option(6).size == 8);
	world_start(&w);
	world_check(&w, DHCP4_STATE_REBOOTING, DHCP4_TENURE_HELD);
	override_clear(&edits, OVERRIDE_APPEND);
	reply = with_dns(DHCP4_TYPE_ACK);
	world_receive(&w, &reply);
	CHECK(option(6).size == 4);
}
END_TEST

Suite *test_client_override_suite(void)
{
	Suite *suite = suite_create("client_override");
	TCase *tcase = tcase_create("client_override");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, an_offer_without_it_is_passed_over);
	tcase_add_test(tcase, an_ack_without_it_is_no_grant);
	tcase_add_test(tcase, a_renewal_without_it_leaves_the_lease);
	tcase_add_test(tcase, what_offers_nothing_is_not_asked_of);
	tcase_add_test(tcase, what_is_used_is_what_is_edited);
	tcase_add_test(tcase, a_resolver_of_this_host_is_used);
	tcase_add_test(tcase, a_mask_has_to_suit_the_address);
	tcase_add_test(tcase, a_shorter_lease_ends_sooner);
	tcase_add_test(tcase, t1_and_t2_can_be_set);
	tcase_add_test(tcase, what_does_not_fit_is_refused);
	tcase_add_test(tcase, parameters_are_edited_too);
	tcase_add_test(tcase, bootp_replies_are_edited_too);
	tcase_add_test(tcase, rapid_acks_are_edited_too);
	tcase_add_test(tcase, superseded_options_do_not_change);
	tcase_add_test(tcase, stored_leases_are_as_they_were);
	suite_add_tcase(suite, tcase);
	return suite;
}
