/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Servers that are known and others (server-pin), at the wire; and renewals that
 * change more than times (renew-changes).
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_distrust_suite(void);

/* The peer is known; who sends from here is somebody else. */
static const uint8_t elsewhere[SIM_HWADDR_SIZE] = { 2, 0, 0, 0, 0x66, 1 };

static struct pins pins;

static void know_peer(enum server_pin pin)
{
	struct pin_network *network = &pins.networks[0];

	memset(&pins, 0, sizeof(pins));
	pins.count = network->count = 1;
	network->servers[0].id = IP(SERVER);
	network->servers[0].hw.size = SIM_HWADDR_SIZE;
	memcpy(network->servers[0].hw.bytes, stage.peer->hw, SIM_HWADDR_SIZE);
	stage.config->server_pin = pin;
	stage.port->iface.pins = &pins;
}

/* The same reply, by a server of another name, at another place. */
static struct reply by_other(uint8_t type)
{
	struct reply r = reply(type);

	reply_set(&r, 54, OCTETS(10, 0, 0, 66));
	memcpy(r.hw_source, elsewhere, sizeof(elsewhere));
	return r;
}

/* The same, in the known server's name. */
static struct reply by_impostor(uint8_t type)
{
	struct reply r = reply(type);

	memcpy(r.hw_source, elsewhere, sizeof(elsewhere));
	return r;
}

/* Nothing is sent, nothing changes; that it is told is all. */
static void refused(struct reply r)
{
	unsigned before = stage.refused[REJECT_SERVER_PIN];
	unsigned changes = stage.changes;

	say(&r);
	silence(MS(10));
	ck_assert_uint_eq(stage.refused[REJECT_SERVER_PIN], before + 1);
	ck_assert_uint_eq(stage.changes, changes);
}

/* The server whose offer is requested. */
static ipv4_addr asked(const struct message *m)
{
	return message_u32(m, 54);
}

START_TEST(strict_refuses_offers_of_others_and_of_impostors)
{
	know_peer(SERVER_PIN_STRICT);
	reach_selecting();
	refused(by_other(DHCP4_TYPE_OFFER));
	refused(by_impostor(DHCP4_TYPE_OFFER));
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_SERVER_REFUSED], 1);
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
	refused(by_impostor(DHCP4_TYPE_ACK));
	refused(by_impostor(DHCP4_TYPE_NAK));
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
}
END_TEST

START_TEST(strict_refuses_naks_of_others_while_the_lease_is_in_use)
{
	know_peer(SERVER_PIN_STRICT);
	reach_rebinding();
	refused(by_other(DHCP4_TYPE_NAK));
	refused(by_other(DHCP4_TYPE_ACK));
	kernel_has(IP(CLIENT), 24);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	CHECK(kernel_left() > S(LEASE_S - 1));
}
END_TEST

START_TEST(strict_learns_the_first_one)
{
	know_peer(SERVER_PIN_STRICT);
	memset(&pins, 0, sizeof(pins));
	reach_bound();
	pass(S(5));
	ck_assert_uint_eq(pins.count, 1);
	ck_assert_uint_eq(pins.networks[0].servers[0].id, IP(SERVER));
}
END_TEST

START_TEST(learn_waits_two_seconds_for_the_known_server)
{
	struct reply other;

	know_peer(SERVER_PIN_LEARN);
	reach_selecting();
	other = by_other(DHCP4_TYPE_OFFER);
	say(&other);
	silence(MS(1500));
	tell(DHCP4_TYPE_OFFER);
	/* At once: for whom else should it wait? */
	ck_assert_uint_eq(asked(hear_after(0, MS(1600), DHCP4_REQUEST_SELECTING)),
			  IP(SERVER));
}
END_TEST

START_TEST(learn_takes_a_stranger_in_the_end)
{
	struct reply other;

	know_peer(SERVER_PIN_LEARN);
	reach_selecting();
	other = by_other(DHCP4_TYPE_OFFER);
	say(&other);
	ck_assert_uint_eq(
		asked(hear_after(S(2), MS(2010), DHCP4_REQUEST_SELECTING)),
		IP_OF(10, 0, 0, 66));
}
END_TEST

START_TEST(an_ack_from_elsewhere_than_its_offer_is_told)
{
	struct reply ack;

	reach_requesting();
	ack = by_impostor(DHCP4_TYPE_ACK);
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_SERVER_MOVED], 1);
}
END_TEST

START_TEST(a_renewal_that_changes_the_router_is_held)
{
	ipv4_addr router;
	struct reply ack;

	stage.config->renew_changes = RENEW_CHANGES_HOLD;
	reach_renewing();
	router = kernel_route(IPV4_ANY, 0);
	ack = reply(DHCP4_TYPE_ACK);
	reply_set(&ack, 3, OCTETS(10, 0, 0, 99));
	reply_set(&ack, 1, OCTETS(255, 255, 0, 0));
	say(&ack);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), router);
	CHECK(kernel_left() > S(LEASE_S - 1));
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_HELD], 1);
	ck_assert_uint_eq(stage.notice[DHCP4_NOTICE_HELD].changes, 3);
	/* A restart keeps what was used. */
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), router);
}
END_TEST

Suite *test_distrust_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("distrust", &suite);

	tcase_add_test(t, strict_refuses_offers_of_others_and_of_impostors);
	tcase_add_test(t,
		       strict_refuses_naks_of_others_while_the_lease_is_in_use);
	tcase_add_test(t, strict_learns_the_first_one);
	tcase_add_test(t, learn_waits_two_seconds_for_the_known_server);
	tcase_add_test(t, learn_takes_a_stranger_in_the_end);
	tcase_add_test(t, an_ack_from_elsewhere_than_its_offer_is_told);
	tcase_add_test(t, a_renewal_that_changes_the_router_is_held);
	return suite;
}
