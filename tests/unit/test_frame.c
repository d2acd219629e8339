/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4, UDP and ARP: every length that lies, checksums that are right, wrong,
 * absent or unfinished. Packets lie in memory of just their size.
 */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/frame.h"

Suite *test_frame_suite(void);

#define SERVER 0x0a000001
#define CLIENT 0x0a000032
#define SIZE   100 /* of the payload */

static uint8_t packet[2048];
static size_t size; /* of the packet */
static struct datagram datagram;

/* The ones' complement sum, written a second time, over octets as they lie. */
static uint16_t sum(const uint8_t *bytes, size_t count, uint32_t start)
{
	for (size_t i = 0; i < count; i++)
		start += (uint32_t)bytes[i] << (i & 1 ? 0 : 8);
	while (start > 0xffff)
		start = (start >> 16) + (start & 0xffff);
	return (uint16_t)start;
}

static void put16(size_t at, unsigned value)
{
	packet[at] = (uint8_t)(value >> 8);
	packet[at + 1] = (uint8_t)value;
}

static unsigned get16(size_t at)
{
	return (unsigned)packet[at] << 8 | packet[at + 1];
}

/* The IP checksum, as the header stands now. */
static void seal_ip(void)
{
	put16(10, 0);
	put16(10, ~sum(packet, (packet[0] & 15U) * 4, 0) & 0xffff);
}

/* The sum of addresses, protocol and UDP length; the header has no options. */
static uint16_t pseudo(void)
{
	return sum(packet + 12, 8, 17 + get16(24));
}

static void seal_udp(void)
{
	put16(26, 0);
	put16(26, ~sum(packet + 20, get16(24), pseudo()) & 0xffff);
}

/* A packet of a server to port 68; the payload is 0, 1, 2 ... */
static void setup(void)
{
	static const struct datagram d = {
		.source = SERVER,
		.destination = CLIENT,
		.source_port = DHCP4_SERVER_PORT,
		.destination_port = DHCP4_CLIENT_PORT,
	};

	memset(packet, 0, sizeof(packet));
	for (size_t i = 0; i < SIZE; i++)
		packet[FRAME_HEADERS_SIZE + i] = (uint8_t)i;
	frame_seal(packet, SIZE, &d);
	size = FRAME_HEADERS_SIZE + SIZE;
}

static enum reject parse_as(bool checksum_partial)
{
	uint8_t *copy = malloc(size ? size : 1);
	enum reject why;

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, packet, size);
	why = frame_parse(copy, size, DHCP4_CLIENT_PORT, checksum_partial,
			  &datagram);
	if (why == REJECT_NONE) {
		ck_assert(datagram.payload >= copy + FRAME_HEADERS_SIZE);
		ck_assert(datagram.payload + datagram.size <= copy + size);
		/* Read all of it: AddressSanitizer looks on. */
		sum(datagram.payload, datagram.size, 0);
		datagram.payload = packet + (size_t)(datagram.payload - copy);
	}
	free(copy);
	return why;
}

static enum reject parse(void)
{
	return parse_as(false);
}

/* ---- what is sent ---------------------------------------------------- */

/* Covers: 1122-4.1.3.4-02 */
START_TEST(sealed_packet_has_its_form)
{
	ck_assert_uint_eq(packet[0], 0x45);
	ck_assert_uint_eq(get16(2), size);
	ck_assert_uint_eq(get16(6), 0x4000);
	ck_assert_uint_eq(packet[8], 64);
	ck_assert_uint_eq(packet[9], 17);
	ck_assert_mem_eq(packet + 12, "\12\0\0\1\12\0\0\62", 8);
	ck_assert_uint_eq(get16(20), 67);
	ck_assert_uint_eq(get16(22), 68);
	ck_assert_uint_eq(get16(24), SIZE + 8);
	ck_assert_uint_eq(sum(packet, 20, 0), 0xffff);
	ck_assert_uint_ne(get16(26), 0);
	ck_assert_uint_eq(sum(packet + 20, SIZE + 8, pseudo()), 0xffff);
	for (size_t i = 0; i < SIZE; i++)
		ck_assert_uint_eq(packet[FRAME_HEADERS_SIZE + i], i);
}
END_TEST

/*
 * Of all values of two octets one makes the sum 0xffff, whose complement is 0.
 * Covers: 768-checksum-01
 */
START_TEST(checksum_zero_goes_out_as_ones)
{
	static const struct datagram d = { .source = SERVER,
					   .destination = CLIENT,
					   .source_port = 67,
					   .destination_port = 68 };
	unsigned found = 0;

	for (unsigned value = 0; value < 0x10000; value++) {
		put16(FRAME_HEADERS_SIZE, value);
		frame_seal(packet, 2, &d);
		ck_assert_uint_ne(get16(26), 0);
		if (get16(26) != 0xffff)
			continue;
		found++;
		size = FRAME_HEADERS_SIZE + 2;
		ck_assert_int_eq(parse(), REJECT_NONE);
	}
	ck_assert_uint_eq(found, 1);
}
END_TEST

START_TEST(odd_payloads_are_summed)
{
	struct datagram d = { .source = SERVER,
			      .destination = CLIENT,
			      .destination_port = 68 };

	for (size_t n = 0; n < 8; n++) {
		memset(packet, 0xa5, sizeof(packet));
		frame_seal(packet, n, &d);
		ck_assert_uint_eq(sum(packet + 20, n + 8, pseudo()), 0xffff);
		size = FRAME_HEADERS_SIZE + n;
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_uint_eq(datagram.size, n);
	}
}
END_TEST

/* ---- what is received ------------------------------------------------ */

START_TEST(packet_is_read)
{
	ck_assert_int_eq(parse(), REJECT_NONE);
	ck_assert_uint_eq(datagram.source, SERVER);
	ck_assert_uint_eq(datagram.destination, CLIENT);
	ck_assert_uint_eq(datagram.source_port, 67);
	ck_assert_uint_eq(datagram.destination_port, 68);
	ck_assert_uint_eq(datagram.size, SIZE);
	ck_assert_ptr_eq(datagram.payload, packet + FRAME_HEADERS_SIZE);
}
END_TEST

START_TEST(every_truncation_is_refused)
{
	size_t whole = size;

	for (size = 0; size < whole; size++)
		ck_assert_int_eq(parse(), REJECT_IP_HEADER);
	ck_assert_int_eq(parse(), REJECT_NONE);
}
END_TEST

/* Covers: DF-frame-03 DF-csum-03 */
START_TEST(trailers_are_ignored)
{
	for (unsigned trailer = 1; trailer <= 60; trailer++) {
		packet[size++] = 0xff;
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_uint_eq(datagram.size, SIZE);
	}
}
END_TEST

/* Covers: DF-frame-05 */
START_TEST(versions_and_header_lengths)
{
	for (unsigned octet = 0; octet < 256; octet++) {
		enum reject why;

		packet[0] = (uint8_t)octet;
		/* The header grows over what was UDP; its sum is made right. */
		put16(10, 0);
		put16(10, ~sum(packet, (octet & 15) * 4, 0) & 0xffff);
		why = parse();
		if (octet == 0x45)
			ck_assert_int_eq(why, REJECT_NONE);
		else if (octet >> 4 != 4 || (octet & 15) < 5)
			ck_assert_int_eq(why, REJECT_IP_HEADER);
		else
			ck_assert_int_ne(why, REJECT_IP_HEADER);
		setup();
	}
}
END_TEST

/* Covers: DF-frame-05 */
START_TEST(ip_options_are_skipped)
{
	for (size_t words = 1; words <= 10; words++) {
		size_t options = words * 4;

		setup();
		memmove(packet + 20 + options, packet + 20, SIZE + 8);
		memset(packet + 20, 1, options);
		size += options;
		packet[0] = (uint8_t)(0x45 + words);
		put16(2, (unsigned)size);
		seal_ip();
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_uint_eq(datagram.size, SIZE);
		ck_assert_ptr_eq(datagram.payload,
				 packet + FRAME_HEADERS_SIZE + options);
	}
}
END_TEST

/* Covers: DF-frame-05 */
START_TEST(total_lengths)
{
	for (unsigned total = 0; total < 0x10000; total += total < 300 ? 1 : 251) {
		enum reject why;

		put16(2, total);
		seal_ip();
		why = parse();
		if (total < 20 || total > size)
			ck_assert_int_eq(why, REJECT_IP_HEADER);
		else if (total < size)
			ck_assert_int_eq(why, REJECT_UDP_LENGTH);
		else
			ck_assert_int_eq(why, REJECT_NONE);
	}
}
END_TEST

/* Covers: 1122-3.2.1.2-01 */
START_TEST(ip_checksum_is_checked)
{
	for (unsigned bit = 0; bit < 16; bit++) {
		packet[10 + bit / 8] ^= (uint8_t)(1U << bit % 8);
		ck_assert_int_eq(parse(), REJECT_IP_CHECKSUM);
		/* The kernel's word is about UDP alone. */
		ck_assert_int_eq(parse_as(true), REJECT_IP_CHECKSUM);
		setup();
	}
}
END_TEST

/* Covers: 1122-3.2.1.3-02 */
START_TEST(impossible_sources_are_refused)
{
	static const struct {
		uint32_t source;
		bool possible;
	} rows[] = {
		{ 0x00000000, true },  { 0x0a000001, true },
		{ 0x7effffff, true },  { 0x7f000000, false },
		{ 0x7f000001, false }, { 0x7fffffff, false },
		{ 0x80000000, true },  { 0xdfffffff, true },
		{ 0xe0000000, false }, { 0xe0000001, false },
		{ 0xefffffff, false }, { 0xffffffff, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		put16(12, rows[i].source >> 16);
		put16(14, rows[i].source & 0xffff);
		seal_ip();
		seal_udp();
		ck_assert_int_eq(parse(), rows[i].possible ? REJECT_NONE
							   : REJECT_IP_SOURCE);
	}
}
END_TEST

/* Covers: DF-frame-06 */
START_TEST(fragments_are_refused)
{
	for (unsigned bit = 0; bit < 16; bit++) {
		put16(6, 1U << bit);
		seal_ip();
		/* Bit 14 is DF, bit 15 is reserved. */
		ck_assert_int_eq(parse(),
				 bit < 14 ? REJECT_FRAGMENT : REJECT_NONE);
	}
}
END_TEST

START_TEST(protocol_is_udp)
{
	for (unsigned protocol = 0; protocol < 256; protocol++) {
		packet[9] = (uint8_t)protocol;
		seal_ip();
		ck_assert_int_eq(parse(),
				 protocol == 17 ? REJECT_NONE : REJECT_NOT_UDP);
	}
}
END_TEST

/* Covers: 951-7.5-02 */
START_TEST(port_is_the_one_asked_for)
{
	static const unsigned ports[] = { 0, 67, 69, 68 << 8, 0xffff };

	for (size_t i = 0; i < ARRAY_SIZE(ports); i++) {
		put16(22, ports[i]);
		seal_udp();
		ck_assert_int_eq(parse(), REJECT_UDP_PORT);
	}
	/* A server may send from any port. */
	setup();
	put16(20, 12345);
	seal_udp();
	ck_assert_int_eq(parse(), REJECT_NONE);
}
END_TEST

/* Covers: DF-frame-04 */
START_TEST(udp_lengths)
{
	for (unsigned length = 0; length < 0x10000;
	     length += length < 300 ? 1 : 251) {
		put16(24, length);
		if (length < 8 || length > SIZE + 8) {
			ck_assert_int_eq(parse_as(true), REJECT_UDP_LENGTH);
			continue;
		}
		seal_udp();
		ck_assert_int_eq(parse(), REJECT_NONE);
		ck_assert_uint_eq(datagram.size, length - 8);
	}
}
END_TEST

/* An IP payload of 0 to 7 octets holds no UDP header. */
START_TEST(udp_header_is_whole)
{
	for (size = 20; size < 28; size++) {
		put16(2, (unsigned)size);
		seal_ip();
		ck_assert_int_eq(parse(), REJECT_UDP_LENGTH);
	}
}
END_TEST

/* Covers: 1122-4.1.3.4-01 */
START_TEST(udp_checksum_is_checked)
{
	for (size_t at = FRAME_HEADERS_SIZE; at < size; at++) {
		packet[at] ^= 0x10;
		ck_assert_int_eq(parse(), REJECT_UDP_CHECKSUM);
		packet[at] ^= 0x10;
	}
	put16(26, get16(26) + 1);
	ck_assert_int_eq(parse(), REJECT_UDP_CHECKSUM);
}
END_TEST

/* Covers: DF-csum-01 */
START_TEST(udp_checksum_may_be_absent)
{
	put16(26, 0);
	ck_assert_int_eq(parse(), REJECT_NONE);
}
END_TEST

/* Covers: DF-csum-02 */
START_TEST(udp_checksum_may_be_unfinished)
{
	/* What a virtual link shows of a packet that was never on a wire. */
	put16(26, pseudo());
	ck_assert_int_eq(parse(), REJECT_NONE);
	put16(26, pseudo() ^ 1U);
	ck_assert_int_eq(parse(), REJECT_UDP_CHECKSUM);
	ck_assert_int_eq(parse_as(true), REJECT_NONE);
}
END_TEST

START_TEST(udp_checksum_covers_the_pseudo_header)
{
	packet[19] ^= 1; /* destination */
	seal_ip();
	ck_assert_int_eq(parse(), REJECT_UDP_CHECKSUM);
}
END_TEST

/* ---- addresses and ARP ----------------------------------------------- */

START_TEST(hardware_addresses_are_compared)
{
	struct hwaddr a = { .size = 6, .bytes = { 1, 2, 3, 4, 5, 6, 7 } };
	struct hwaddr b = a;

	b.bytes[6] = 8; /* behind the address */
	ck_assert(hwaddr_equal(&a, &b));
	b.bytes[5] = 9;
	ck_assert(!hwaddr_equal(&a, &b));
	b = a;
	b.size = 5;
	ck_assert(!hwaddr_equal(&a, &b));
	a.size = b.size = 0;
	ck_assert(hwaddr_equal(&a, &b));
}
END_TEST

static const struct arp example = {
	.op = ARP_OP_REPLY,
	.sender_hw = { 2, 0, 0, 0, 0, 1 },
	.target_hw = { 2, 0, 0, 0, 0, 2 },
	.sender = SERVER,
	.target = CLIENT,
};

static const uint8_t example_octets[ARP_SIZE] = {
	0,  1, 8, 0, 6, 4, 0, 2, 2, 0, 0,  0, 0, 1,
	10, 0, 0, 1, 2, 0, 0, 0, 0, 2, 10, 0, 0, 50,
};

START_TEST(arp_is_written_and_read)
{
	uint8_t out[ARP_SIZE];
	struct arp arp;

	arp_write(out, &example);
	ck_assert_mem_eq(out, example_octets, ARP_SIZE);
	memset(&arp, 0, sizeof(arp));
	ck_assert(arp_parse(out, ARP_SIZE, &arp));
	ck_assert_mem_eq(&arp, &example, sizeof(arp));
	/* As frames are padded to 46 octets. */
	memcpy(packet, out, ARP_SIZE);
	ck_assert(arp_parse(packet, 46, &arp));
}
END_TEST

START_TEST(arp_is_refused)
{
	struct arp arp;

	for (size_t cut = 0; cut < ARP_SIZE; cut++) {
		uint8_t *copy = malloc(cut ? cut : 1);

		ck_assert_ptr_nonnull(copy);
		memcpy(copy, example_octets, cut);
		ck_assert(!arp_parse(copy, cut, &arp));
		free(copy);
	}
	/* Another hardware or protocol, or other lengths of their addresses. */
	for (size_t at = 0; at < 6; at++) {
		memcpy(packet, example_octets, ARP_SIZE);
		packet[at]++;
		ck_assert(!arp_parse(packet, ARP_SIZE, &arp));
	}
}
END_TEST

static TCase *ip_tests(void)
{
	TCase *tcase = tcase_create("ip");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, packet_is_read);
	tcase_add_test(tcase, every_truncation_is_refused);
	tcase_add_test(tcase, trailers_are_ignored);
	tcase_add_test(tcase, versions_and_header_lengths);
	tcase_add_test(tcase, ip_options_are_skipped);
	tcase_add_test(tcase, total_lengths);
	tcase_add_test(tcase, ip_checksum_is_checked);
	tcase_add_test(tcase, impossible_sources_are_refused);
	tcase_add_test(tcase, fragments_are_refused);
	tcase_add_test(tcase, protocol_is_udp);
	return tcase;
}

static TCase *udp_tests(void)
{
	TCase *tcase = tcase_create("udp");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 20);
	tcase_add_test(tcase, sealed_packet_has_its_form);
	tcase_add_test(tcase, checksum_zero_goes_out_as_ones);
	tcase_add_test(tcase, odd_payloads_are_summed);
	tcase_add_test(tcase, port_is_the_one_asked_for);
	tcase_add_test(tcase, udp_lengths);
	tcase_add_test(tcase, udp_header_is_whole);
	tcase_add_test(tcase, udp_checksum_is_checked);
	tcase_add_test(tcase, udp_checksum_may_be_absent);
	tcase_add_test(tcase, udp_checksum_may_be_unfinished);
	tcase_add_test(tcase, udp_checksum_covers_the_pseudo_header);
	return tcase;
}

static TCase *arp_tests(void)
{
	TCase *tcase = tcase_create("arp");

	tcase_add_test(tcase, hardware_addresses_are_compared);
	tcase_add_test(tcase, arp_is_written_and_read);
	tcase_add_test(tcase, arp_is_refused);
	return tcase;
}

Suite *test_frame_suite(void)
{
	Suite *suite = suite_create("frame");

	suite_add_tcase(suite, ip_tests());
	suite_add_tcase(suite, udp_tests());
	suite_add_tcase(suite, arp_tests());
	return suite;
}
