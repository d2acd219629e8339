/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was measured of dhcpcd in a laboratory, in which a server misbehaved on
 * demand or was not there: the same, and what has to come of it. What else was
 * tried there is in the chapters of its matter: see tests/README.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_lab_suite(void);

static void flap(nsec duration)
{
	sim_link_cut(stage.cable, true);
	pass(duration);
	sim_link_cut(stage.cable, false);
}

/* dhcpcd: address and routes gone at once, lease "expired" 5 s after link-up. */
START_TEST(a_flap_while_the_server_is_down_costs_nothing)
{
	nsec end;

	reach_bound();
	end = heard()->at + S(LEASE_S);
	pass(S(60));
	flap(S(1));
	hear(DHCP4_REQUEST_REBOOTING);
	count_in(end - now() - S(1));
	ck_assert_uint_eq(stage.removals, 0);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
	count_in(S(1));
	kernel_is_empty();
}
END_TEST

/* dhcpcd --lastlease: a fresh 600 s, and the server is not heard until T1. */
START_TEST(what_was_left_is_left_and_a_returning_server_is_heard)
{
	nsec end;

	stage.terms.lease_s = 600;
	reach_bound();
	end = heard()->at + S(600);
	pass(S(100));
	flap(S(1));
	count_in(S(30));
	kernel_has(IP(CLIENT), 24);
	CHECK(now() + kernel_left() <= end + S(1));
	stage.serves = true;
	hear(DHCP4_REQUEST_DISCOVER);
	hear(DHCP4_REQUEST_SELECTING);
	pass(MS(1));
	CHECK(kernel_left() > S(598));
	ck_assert_uint_eq(stage.removals, 0);
	/* It is leased, and so there is no more to say until T1. */
	silence(S(280));
}
END_TEST

/* dhcpcd: accepted; the address and the default route move there. */
START_TEST(another_servers_ack_of_another_address_moves_nothing)
{
	struct reply ack;

	if (_i)
		reach_renewing();
	else
		reach_requesting();
	stage.terms.server = IP(10, 0, 0, 2);
	stage.terms.address = IP(10, 0, 0, 77);
	stage.terms.router = IP(10, 0, 0, 2);
	ack = reply(DHCP4_TYPE_ACK);
	ignored(&ack);
	stage.terms.server = IP(SERVER);
	stage.terms.address = IP(CLIENT);
	stage.terms.router = IP(ROUTER);
	tell(DHCP4_TYPE_ACK);
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}
END_TEST

/* dhcpcd: T1 and T2 begin when the probing of the address ends. */
START_TEST(times_pass_while_an_address_is_probed)
{
	nsec asked;

	stage.config->acd = ACD_MODE_STRICT;
	stage.terms.lease_s = 60;
	stage.terms.t1_s = 2;
	reach_requesting();
	asked = heard()->at;
	tell(DHCP4_TYPE_ACK);
	kernel_is_empty();
	/* T1 is over when it may be used: it is renewed at once. */
	hear_after(S(4), S(7), DHCP4_REQUEST_RENEWING);
	kernel_has(IP(CLIENT), 24);
	CHECK(now() + kernel_left() <= asked + S(61));
	tell(DHCP4_TYPE_ACK);
	CHECK(kernel_left() > S(58));
}
END_TEST

/* Whatever is probed for is somebody's already. */
static bool claim_all(struct sim_handler *handler,
		      struct sim_interface *interface,
		      const struct sim_frame *frame)
{
	static const uint8_t others[ARP_HWADDR_SIZE] = { 2, 0, 0, 0, 0, 0x77 };
	struct arp arp;
	uint8_t packet[ARP_SIZE];

	(void)handler;
	if (frame->ethertype != SIM_ETHERTYPE_ARP ||
	    !arp_parse(frame->bytes, frame->size, &arp) || arp.sender)
		return false;
	arp.op = ARP_OP_REPLY;
	arp.sender = arp.target;
	memcpy(arp.sender_hw, others, sizeof(others));
	arp_write(packet, &arp);
	sim_send_payload(interface, frame->source, SIM_ETHERTYPE_ARP, packet,
			 ARP_SIZE);
	return false;
}

/* Each DISCOVER is offered the next address. */
static void offer_the_next(struct reply *r, const struct message *m)
{
	if (m->kind != DHCP4_REQUEST_DISCOVER)
		return;
	stage.terms.address++;
	*r = reply_to(m, DHCP4_TYPE_OFFER, &stage.terms);
}

/* dhcpcd: an address a second; its DECLINEs do not say why. */
START_TEST(a_conflict_on_every_offer_makes_no_storm)
{
	static struct sim_handler others = { .receive = claim_all };
	nsec declined = 0;

	sim_handler_add(stage.peer, &others);
	stage.config->acd = _i ? ACD_MODE_STRICT : ACD_MODE_FAST;
	stage.serves = true;
	stage.edit = offer_the_next;
	power_on();
	for (unsigned i = 0; i < 20; i++) {
		hear(DHCP4_REQUEST_DISCOVER);
		CHECK(i == 0 || heard()->at >= declined + S(10));
		hear(DHCP4_REQUEST_SELECTING);
		hear(DHCP4_REQUEST_DECLINE);
		CHECK(message_has(heard(), DHCP4_OPTION_MESSAGE));
		ck_assert_uint_eq(message_u32(heard(),
					      DHCP4_OPTION_REQUESTED_ADDRESS),
				  stage.terms.address);
		/* From the tenth on one address a minute (RFC 5227 2.1.1). */
		CHECK(i <= 10 || heard()->at >= declined + S(59));
		declined = heard()->at;
		kernel_is_empty();
	}
}
END_TEST

Suite *test_lab_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("lab", &suite);

	tcase_add_test(t, a_flap_while_the_server_is_down_costs_nothing);
	tcase_add_test(t, what_was_left_is_left_and_a_returning_server_is_heard);
	tcase_add_loop_test(
		t, another_servers_ack_of_another_address_moves_nothing, 0, 2);
	tcase_add_test(t, times_pass_while_an_address_is_probed);
	tcase_add_loop_test(t, a_conflict_on_every_offer_makes_no_storm, 0, 2);
	return suite;
}
