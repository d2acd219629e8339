/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is around a message: IPv4, UDP and Ethernet. Each broken frame is followed
 * by the same one unbroken, which is taken.
 */
#include <string.h>

#include "conformance/stage.h"

Suite *test_frames_suite(void);

/* The frame of a good OFFER to the DISCOVER that was heard. */
static struct sim_frame good_offer(void)
{
	struct reply offer = reply(DHCP4_TYPE_OFFER);

	return reply_frame(&offer);
}

/* What was refused before was refused for its fault alone. */
static void a_good_offer_is_taken(void)
{
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}

/* The OFFER and the ACK, as edit makes them, lead to the address. */
static void binds_with(void (*edit)(struct sim_frame *))
{
	static const uint8_t types[] = { DHCP4_TYPE_OFFER, DHCP4_TYPE_ACK };

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		struct reply r = reply(types[i]);
		struct sim_frame frame = reply_frame(&r);

		edit(&frame);
		send_frame(&frame);
		if (i == 0)
			hear(DHCP4_REQUEST_SELECTING);
	}
	kernel_has(IP(CLIENT), 24);
	ck_assert_uint_eq(kernel_route(IPV4_ANY, 0), IP(ROUTER));
}

/* ---- IPv4 --------------------------------------------------------------- */

/* Covers: 1122-3.2.1.2-01 */
START_TEST(a_wrong_ip_checksum_is_dropped)
{
	reach_selecting();
	for (unsigned bit = 0; bit < 16; bit++) {
		struct sim_frame offer = good_offer();

		offer.bytes[AT_IP_CHECKSUM + bit / 8] ^= (uint8_t)(1 << bit % 8);
		ignored_frame(&offer);
	}
	ck_assert_uint_eq(stage.refused[REJECT_IP_CHECKSUM], 16);
	a_good_offer_is_taken();
}
END_TEST

/* Covers: 1122-3.2.1.3-02 */
START_TEST(a_source_that_no_host_has_is_dropped)
{
	static const ipv4_addr sources[] = { 0xffffffff, 0xe0000001, 0xefffffff,
					     0x7f000001, 0x7fffffff };

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(sources); i++) {
		struct reply offer = reply(DHCP4_TYPE_OFFER);

		offer.source = sources[i];
		ignored(&offer);
	}
	ck_assert_uint_eq(stage.refused[REJECT_IP_SOURCE], ARRAY_SIZE(sources));
	a_good_offer_is_taken();
}
END_TEST

/* Makes room for IPv4 options behind the fixed header, all of them "no operation". */
static void add_ip_options(struct sim_frame *f, unsigned octets)
{
	memmove(f->bytes + AT_UDP + octets, f->bytes + AT_UDP,
		f->size - (size_t)AT_UDP);
	memset(f->bytes + AT_UDP, 1, octets);
	f->size = (uint16_t)(f->size + octets);
	f->bytes[0] = (uint8_t)(0x45 + octets / 4);
	put_u16(f->bytes + AT_IP_LENGTH, f->size);
	put_u16(f->bytes + AT_IP_CHECKSUM, 0);
	put_u16(f->bytes + AT_IP_CHECKSUM,
		wire_sum(f->bytes, AT_UDP + octets, 0));
}

static void add_4_octets(struct sim_frame *f)
{
	add_ip_options(f, 4);
}

static void add_40_octets(struct sim_frame *f)
{
	add_ip_options(f, 40);
}

/* Covers: DF-frame-05 */
START_TEST(ip_options_are_skipped)
{
	binds_with(add_4_octets);
	stage_close();
	stage_open(0);
	binds_with(add_40_octets);
}
END_TEST

/* Covers: DF-frame-05 */
START_TEST(an_ip_header_that_cannot_be_is_dropped)
{
	static const struct {
		unsigned at;
		uint16_t value;
	} faults[] = {
		{ 0, 0x4000 }, /* header length 0 */
		{ 0, 0x4400 }, /* 16 octets */
		{ 0, 0x6500 }, /* version 6 */
		{ AT_IP_LENGTH, 0xffff },
		{ AT_IP_LENGTH, 19 },
		{ AT_IP_LENGTH, 0 },
	};

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(faults); i++) {
		struct sim_frame offer = good_offer();

		put_u16(offer.bytes + faults[i].at, faults[i].value);
		frame_mend(&offer);
		ignored_frame(&offer);
	}
	a_good_offer_is_taken();
}
END_TEST

/* ICMP, TCP: whatever may stand behind their headers. */
START_TEST(what_is_no_udp_is_no_message)
{
	static const uint8_t protocols[] = { 0, 1, 6, 18, 255 };

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(protocols); i++) {
		struct sim_frame offer = good_offer();

		offer.bytes[AT_IP_PROTOCOL] = protocols[i];
		frame_mend(&offer);
		put_u16(offer.bytes + AT_UDP_CHECKSUM, 0);
		ignored_frame(&offer);
	}
	ck_assert_uint_eq(stage.refused[REJECT_NOT_UDP], ARRAY_SIZE(protocols));
	a_good_offer_is_taken();
}
END_TEST

/* Covers: DF-frame-06 */
START_TEST(a_fragment_is_no_message)
{
	static const uint16_t fields[] = { 0x2000, 0x0001, 0x2001, 0x1fff };

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(fields); i++) {
		struct sim_frame offer = good_offer();

		put_u16(offer.bytes + AT_IP_FRAGMENT, fields[i]);
		frame_mend(&offer);
		ignored_frame(&offer);
	}
	a_good_offer_is_taken();
}
END_TEST

static void forbid_fragments(struct sim_frame *f)
{
	put_u16(f->bytes + AT_IP_FRAGMENT, 0x4000);
	frame_mend(f);
}

/* Covers: DF-frame-06 */
START_TEST(dont_fragment_is_no_fragment)
{
	binds_with(forbid_fragments);
}
END_TEST

/* Covers: DF-frame-03 */
START_TEST(what_follows_the_packet_is_not_read)
{
	static const uint8_t trap[] = { 3, 4, 10, 0, 0, 99, 255 };

	for (unsigned octets = 1; octets <= 60; octets++) {
		struct sim_frame frame;
		struct reply ack;

		stage_close();
		stage_open(octets);
		stage.terms.router = IPV4_ANY;
		reach_requesting();
		ack = reply(DHCP4_TYPE_ACK);
		/* Neither End nor padding: the trap would be options. */
		ack.bare = true;
		frame = reply_frame(&ack);
		for (unsigned i = 0; i < octets; i++)
			frame.bytes[frame.size++] = trap[i % sizeof(trap)];
		send_frame(&frame);
		kernel_has(IP(CLIENT), 24);
		kernel_routes(0);
	}
}
END_TEST

/* Covers: DF-frame-10 1542-3.1.1-02 2131-2-03 */
START_TEST(unicast_and_broadcast_are_the_same_at_either_layer)
{
	for (unsigned i = 0; i < 8; i++) {
		stage_close();
		stage_open(i);
		if (i & 4)
			stage.config->broadcast = DHCP4_BROADCAST_YES;
		reach_selecting();
		ck_assert_uint_eq(heard()->flags, i & 4 ? 0x8000 : 0);
		for (unsigned n = 0; n < 2; n++) {
			struct reply r =
				reply(n ? DHCP4_TYPE_ACK : DHCP4_TYPE_OFFER);

			memcpy(r.hw_destination,
			       i & 1 ? sim_hw_broadcast
				     : stage.port->interface->hw,
			       6);
			r.destination = i & 2 ? IPV4_BROADCAST : IP(CLIENT);
			say(&r);
			if (n == 0)
				hear(DHCP4_REQUEST_SELECTING);
		}
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* ---- UDP ---------------------------------------------------------------- */

/* Covers: 1122-4.1.3.4-01 */
START_TEST(a_wrong_udp_checksum_is_dropped)
{
	reach_selecting();
	for (unsigned step = 1; step < 0xffff; step += 0x1111) {
		struct sim_frame offer = good_offer();
		uint8_t *sum = offer.bytes + AT_UDP_CHECKSUM;
		unsigned wrong = (get_u16(sum) + step) & 0xffff;

		put_u16(sum, wrong ? wrong : 1);
		ignored_frame(&offer);
	}
	CHECK(stage.refused[REJECT_UDP_CHECKSUM] == 15);
	a_good_offer_is_taken();
}
END_TEST

static void drop_checksum(struct sim_frame *f)
{
	put_u16(f->bytes + AT_UDP_CHECKSUM, 0);
}

/* Covers: DF-csum-01 */
START_TEST(no_udp_checksum_is_good_enough)
{
	binds_with(drop_checksum);
}
END_TEST

static void add_trailer(struct sim_frame *f)
{
	memset(f->bytes + f->size, 0xa5, 18);
	f->size = (uint16_t)(f->size + 18);
}

/* The sum of the pseudo header alone: hardware was to finish it. */
static void leave_checksum_unfinished(struct sim_frame *f)
{
	const uint8_t *length = f->bytes + AT_UDP_LENGTH;
	uint16_t sum = wire_sum(f->bytes + AT_IP_SOURCE, 8, 17 + get_u16(length));

	put_u16(f->bytes + AT_UDP_CHECKSUM, 0xffffU ^ sum);
}

static void leave_checksum_to_the_kernel(struct sim_frame *f)
{
	f->bytes[AT_UDP_CHECKSUM] ^= 0x55;
	f->unfinished = true;
}

/* Covers: DF-csum-02 */
START_TEST(what_the_kernel_calls_unfinished_is_taken_and_from_outside_it_is_not)
{
	struct sim_frame offer;

	stage.unjudged = true;
	binds_with(leave_checksum_to_the_kernel);
	stage_close();
	stage_open(0);
	reach_selecting();
	offer = good_offer();
	leave_checksum_to_the_kernel(&offer);
	offer.unfinished = false;
	ignored_frame(&offer);
	ck_assert_uint_eq(stage.refused[REJECT_UDP_CHECKSUM], 1);
	a_good_offer_is_taken();
}
END_TEST

/* As documented: a virtual link shows it so. */
START_TEST(a_checksum_left_to_hardware_is_good_enough)
{
	binds_with(leave_checksum_unfinished);
}
END_TEST

/* Covers: DF-csum-03 */
START_TEST(the_udp_checksum_ends_with_the_datagram)
{
	binds_with(add_trailer);
}
END_TEST

/* A longer IP packet, whose UDP length stays behind. */
static void add_packet_tail(struct sim_frame *f)
{
	memset(f->bytes + f->size, 0xa5, 10);
	f->size = (uint16_t)(f->size + 10);
	put_u16(f->bytes + AT_IP_LENGTH, f->size);
	frame_mend(f);
}

/* Covers: DF-frame-04 DF-csum-03 */
START_TEST(the_udp_length_ends_the_message_and_its_checksum)
{
	binds_with(add_packet_tail);
}
END_TEST

/* Covers: DF-frame-04 */
START_TEST(a_udp_length_that_cannot_be_is_dropped)
{
	reach_selecting();
	for (unsigned i = 0; i < 6; i++) {
		struct sim_frame offer = good_offer();
		unsigned whole = get_u16(offer.bytes + AT_UDP_LENGTH);
		const unsigned lengths[] = { 0,	    7,	       8,
					     65535, whole + 1, whole + 2 };

		/* Without a checksum, which would cover what is not there. */
		put_u16(offer.bytes + AT_UDP_CHECKSUM, 0);
		put_u16(offer.bytes + AT_UDP_LENGTH, lengths[i]);
		ignored_frame(&offer);
	}
	a_good_offer_is_taken();
}
END_TEST

/* Covers: DF-frame-04 */
START_TEST(options_behind_the_udp_length_are_not_read)
{
	struct sim_frame frame;
	struct reply ack;

	stage.terms.router = IPV4_ANY;
	reach_requesting();
	ack = reply(DHCP4_TYPE_ACK);
	ack.bare = true;
	reply_add(&ack, DHCP4_OPTION_ROUTER, OCTETS(10, 0, 0, 99));
	frame = reply_frame(&ack);
	put_u16(frame.bytes + AT_UDP_LENGTH,
		get_u16(frame.bytes + AT_UDP_LENGTH) - 6);
	frame_mend(&frame);
	send_frame(&frame);
	kernel_has(IP(CLIENT), 24);
	kernel_routes(0);
}
END_TEST

/* Covers: 951-7.5-02 */
START_TEST(a_reply_to_another_port_is_dropped)
{
	static const uint16_t ports[] = { 67, 6868, 0, 69, 68 << 8 };

	reach_selecting();
	for (unsigned i = 0; i < ARRAY_SIZE(ports); i++) {
		struct reply offer = reply(DHCP4_TYPE_OFFER);

		offer.destination_port = ports[i];
		ignored(&offer);
	}
	a_good_offer_is_taken();
}
END_TEST

/* ---- sizes -------------------------------------------------------------- */

/* Covers: DF-frame-02 1542-2.1-03 */
START_TEST(a_message_that_ends_in_its_header_is_dropped)
{
	reach_selecting();
	for (unsigned size = 0; size < 243; size++) {
		struct reply offer = reply(DHCP4_TYPE_OFFER);

		offer.bare = true;
		offer.size = size;
		ignored(&offer);
	}
	a_good_offer_is_taken();
}
END_TEST

/* 53, 54, 51, 1, and End: 262 octets; or more of zeros. */
static unsigned short_size;

static void shorten(struct reply *r, const struct message *m)
{
	(void)m;
	reply_drop(r, DHCP4_OPTION_CLIENT_ID);
	r->payload[r->size++] = 255;
	ck_assert_uint_eq(r->size, 262);
	r->size = short_size;
	r->bare = true;
}

/* Covers: DF-frame-01 */
START_TEST(a_message_shorter_than_bootps_is_accepted)
{
	for (short_size = 262; short_size < 300; short_size++) {
		stage_close();
		stage_open(short_size);
		stage.terms.router = IPV4_ANY;
		stage.serves = true;
		stage.edit = shorten;
		reach_selecting();
		hear(DHCP4_REQUEST_SELECTING);
		pass(MS(1));
		kernel_has(IP(CLIENT), 24);
	}
}
END_TEST

/* Of the payload, once a reply is filled up to it. */
static size_t long_size;

/* Options 230 and up to fill it; the last one, of DNS, must not be lost. */
static void lengthen(struct reply *r, const struct message *m)
{
	static const uint8_t zeros[255];
	size_t left = long_size - r->size - 1 - 6;

	(void)m;
	for (uint8_t code = 230; left; code++) {
		size_t part = left > 257 ? 257 : left;

		/* No option has one octet. */
		if (left - part == 1)
			part--;
		reply_add(r, code, zeros, part - 2);
		left -= part;
	}
	reply_add(r, DHCP4_OPTION_DNS_SERVERS, OCTETS(10, 0, 0, 53));
	ck_assert_uint_eq(r->size + 1, long_size);
}

/* Covers: 1542-2.1-01 2131-2-02 */
START_TEST(longer_messages_are_accepted_with_all_their_options)
{
	/* 548: an IP packet of 576 octets. 1472: one of 1500. */
	static const size_t sizes[] = { 400, 548, 1400, 1472 };

	for (unsigned i = 0; i < ARRAY_SIZE(sizes); i++) {
		stage_close();
		stage_open(i);
		long_size = sizes[i];
		stage.serves = true;
		stage.edit = lengthen;
		reach_selecting();
		hear(DHCP4_REQUEST_SELECTING);
		pass(MS(1));
		kernel_has(IP(CLIENT), 24);
		ck_assert_str_eq(disk_line("option-6"), "0a000035");
	}
}
END_TEST

Suite *test_frames_suite(void)
{
	Suite *suite;
	TCase *t = stage_chapter("frames", &suite);

	tcase_add_test(t, a_wrong_ip_checksum_is_dropped);
	tcase_add_test(t, a_source_that_no_host_has_is_dropped);
	tcase_add_test(t, ip_options_are_skipped);
	tcase_add_test(t, an_ip_header_that_cannot_be_is_dropped);
	tcase_add_test(t, what_is_no_udp_is_no_message);
	tcase_add_test(t, a_fragment_is_no_message);
	tcase_add_test(t, dont_fragment_is_no_fragment);
	tcase_add_test(t, what_follows_the_packet_is_not_read);
	tcase_add_test(t, unicast_and_broadcast_are_the_same_at_either_layer);
	tcase_add_test(t, a_wrong_udp_checksum_is_dropped);
	tcase_add_test(t, no_udp_checksum_is_good_enough);
	tcase_add_test(
		t,
		what_the_kernel_calls_unfinished_is_taken_and_from_outside_it_is_not);
	tcase_add_test(t, a_checksum_left_to_hardware_is_good_enough);
	tcase_add_test(t, the_udp_checksum_ends_with_the_datagram);
	tcase_add_test(t, the_udp_length_ends_the_message_and_its_checksum);
	tcase_add_test(t, a_udp_length_that_cannot_be_is_dropped);
	tcase_add_test(t, options_behind_the_udp_length_are_not_read);
	tcase_add_test(t, a_reply_to_another_port_is_dropped);
	tcase_add_test(t, a_message_that_ends_in_its_header_is_dropped);
	tcase_add_test(t, a_message_shorter_than_bootps_is_accepted);
	tcase_add_test(t, longer_messages_are_accepted_with_all_their_options);
	return suite;
}
