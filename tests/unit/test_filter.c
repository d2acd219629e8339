/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket filter, run by a small interpreter of classic BPF, and held against
 * the parser: what a filter drops, nobody would have taken.
 */
#include <check.h>
#include <linux/if_packet.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/prng.h"
#include "core/frame.h"
#include "core/message.h"
#include "daemon/filter.h"

Suite *test_filter_suite(void);

struct packet {
	unsigned type;
	size_t size;
	uint8_t bytes[DHCP4_PACKET_MAX];
};

/* ---- the interpreter ------------------------------------------------- */

/* Big-endian value of 1, 2 or 4 octets at an offset; false beyond the end. */
static bool load(const struct packet *p, unsigned code, uint64_t at, uint32_t *ret)
{
	static const size_t sizes[] = { [BPF_W >> 3] = 4,
					[BPF_H >> 3] = 2,
					[BPF_B >> 3] = 1 };
	size_t size = sizes[BPF_SIZE(code) >> 3];

	if (at == (uint32_t)(SKF_AD_OFF + SKF_AD_PKTTYPE)) {
		*ret = p->type;
		return true;
	}
	if (at + size > p->size)
		return false;
	*ret = 0;
	for (size_t i = 0; i < size; i++)
		*ret = *ret << 8 | p->bytes[at + i];
	return true;
}

static bool compare(unsigned code, uint32_t a, uint32_t k)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ:
		return a == k;
	case BPF_JGT:
		return a > k;
	case BPF_JGE:
		return a >= k;
	case BPF_JSET:
		return a & k;
	}
	ck_abort_msg("comparison %#x", code);
}

/* Runs a program of count instructions; each jump must stay inside. */
static uint32_t run(const struct sock_filter *program, size_t count,
		    const struct packet *p)
{
	uint32_t a = 0, x = 0;

	for (size_t pc = 0; pc < count; pc++) {
		const struct sock_filter *in = &program[pc];

		switch (in->code) {
		case BPF_LD | BPF_W | BPF_ABS:
		case BPF_LD | BPF_H | BPF_ABS:
		case BPF_LD | BPF_B | BPF_ABS:
			if (!load(p, in->code, in->k, &a))
				return 0;
			break;
		case BPF_LD | BPF_W | BPF_IND:
		case BPF_LD | BPF_H | BPF_IND:
		case BPF_LD | BPF_B | BPF_IND:
			if (!load(p, in->code, (uint64_t)x + in->k, &a))
				return 0;
			break;
		case BPF_LDX | BPF_B | BPF_MSH:
			if (in->k >= p->size)
				return 0;
			x = 4 * (p->bytes[in->k] & 15U);
			break;
		case BPF_ALU | BPF_RSH | BPF_K:
			a >>= in->k;
			break;
		case BPF_RET | BPF_K:
			return in->k;
		default:
			ck_assert_uint_eq(BPF_CLASS(in->code), BPF_JMP);
			pc += compare(in->code, a, in->k) ? in->jt : in->jf;
		}
	}
	ck_abort_msg("the program runs over its end");
}

/* ---- packets --------------------------------------------------------- */

static void seal_ip(struct packet *p)
{
	size_t header = 4 * (p->bytes[0] & 15U);
	uint32_t sum = 0;

	p->bytes[10] = p->bytes[11] = 0;
	for (size_t i = 0; i < header; i += 2)
		sum += (uint32_t)p->bytes[i] << 8 | p->bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	p->bytes[10] = (uint8_t)(~sum >> 8);
	p->bytes[11] = (uint8_t)~sum;
}

/* An OFFER that all accept, with an IPv4 header of words words. */
static struct packet make_reply(uint32_t xid, unsigned words)
{
	const struct dhcp4_header header = { .op = DHCP4_OP_REPLY, .xid = xid };
	const struct datagram datagram = {
		.source = 0x0a000001,
		.destination = IPV4_BROADCAST,
		.source_port = DHCP4_SERVER_PORT,
		.destination_port = DHCP4_CLIENT_PORT,
	};
	struct packet p = { .type = PACKET_HOST };
	size_t options = 4 * (size_t)words - FRAME_IP_SIZE;
	uint8_t plain[DHCP4_PACKET_MAX];
	struct writer w = writer_over(plain, sizeof(plain));

	writer_pad(&w, FRAME_HEADERS_SIZE);
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_OFFER);
	dhcp4_message_end(&w, FRAME_HEADERS_SIZE);
	ck_assert(!w.failed);
	frame_seal(plain, w.used - FRAME_HEADERS_SIZE, &datagram);
	memcpy(p.bytes, plain, FRAME_IP_SIZE);
	memset(p.bytes + FRAME_IP_SIZE, 1, options); /* no operation */
	memcpy(p.bytes + FRAME_IP_SIZE + options, plain + FRAME_IP_SIZE,
	       w.used - FRAME_IP_SIZE);
	p.size = w.used + options;
	p.bytes[0] = (uint8_t)(0x40 | words);
	p.bytes[2] = (uint8_t)(p.size >> 8);
	p.bytes[3] = (uint8_t)p.size;
	seal_ip(&p);
	return p;
}

static bool passes(const struct packet *p, const uint32_t *xids, size_t count)
{
	struct sock_filter program[FILTER_SIZE_MAX];
	size_t size = filter_replies(program, xids, count);

	ck_assert_uint_le(size, FILTER_SIZE_MAX);
	return run(program, size, p) > 0;
}

/* True if the core's parsers take it as a reply to xid. */
static bool parses(const struct packet *p, uint32_t xid)
{
	struct dhcp4_message message;
	struct datagram datagram;

	return p->type <= PACKET_MULTICAST &&
	       frame_parse(p->bytes, p->size, DHCP4_CLIENT_PORT, false,
			   &datagram) == REJECT_NONE &&
	       dhcp4_message_parse(datagram.payload, datagram.size, &message) ==
		       REJECT_NONE &&
	       message.header.op == DHCP4_OP_REPLY && message.header.xid == xid;
}

/* ---- tests ----------------------------------------------------------- */

#define XID UINT32_C(0x80c0ffee)

START_TEST(test_reply_passes_with_any_header_length)
{
	const uint32_t xid = XID;

	for (unsigned words = 5; words <= 15; words++) {
		struct packet p = make_reply(XID, words);

		ck_assert(passes(&p, &xid, 1));
		ck_assert(parses(&p, XID));
		p.bytes[4 * words + 3] = 69;
		ck_assert(!passes(&p, &xid, 1));
	}
}
END_TEST

START_TEST(test_each_wrong_field_drops)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{ 0, 0x44 },		 /* a header of 4 words */
		{ 0, 0x55 },		 /* version 5 */
		{ 0, 0x65 },		 /* version 6 */
		{ 0, 0x35 },		 /* version 3 */
		{ 6, 0x20 },		 /* more fragments */
		{ 6, 0x01 },		 /* an offset, high part */
		{ 7, 0x01 },		 /* an offset, low part */
		{ 9, 6 },		 /* TCP */
		{ 22, 1 },		 /* port 324 */
		{ 23, 67 },		 /* the server's port */
		{ 28, 1 },		 /* BOOTREQUEST */
		{ 28, 3 },		 /* neither */
		{ 32, 0 },		 /* xid */
		{ 35, 0 },   { 264, 0 }, /* cookie */
		{ 267, 0 },
	};
	const uint32_t xid = XID;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct packet p = make_reply(XID, 5);

		p.bytes[wrong[i].at] = wrong[i].value;
		ck_assert_msg(!passes(&p, &xid, 1), "row %zu", i);
	}
}
END_TEST

START_TEST(test_dont_fragment_passes)
{
	const uint32_t xid = XID;
	struct packet p = make_reply(XID, 5);

	p.bytes[6] = 0x40;
	ck_assert(passes(&p, &xid, 1));
	p.bytes[6] = 0;
	ck_assert(passes(&p, &xid, 1));
}
END_TEST

START_TEST(test_packet_types)
{
	const uint32_t xid = XID;
	struct packet p = make_reply(XID, 5);

	for (p.type = PACKET_HOST; p.type <= PACKET_KERNEL; p.type++)
		ck_assert(passes(&p, &xid, 1) == (p.type == PACKET_HOST ||
						  p.type == PACKET_BROADCAST ||
						  p.type == PACKET_MULTICAST));
}
END_TEST

START_TEST(test_cut_packets_drop)
{
	const uint32_t xid = XID;
	struct packet p = make_reply(XID, 5);

	for (p.size = 0; p.size < FRAME_HEADERS_SIZE + DHCP4_HEADER_SIZE; p.size++)
		ck_assert(!passes(&p, &xid, 1));
	ck_assert(passes(&p, &xid, 1));
}
END_TEST

static const size_t set_sizes[] = { 0,	1,  2,	 3,   4,   5,	7,   8,	 9,
				    31, 63, 100, 129, 255, 256, 257, 300 };

/* Every id of the set passes; its neighbours, which lie between, do not. */
START_TEST(test_sets_of_ids)
{
	static const uint32_t outside[] = { 0, UINT32_MAX - 1, UINT32_MAX };
	size_t count = set_sizes[_i];
	uint32_t xids[300];

	/* Across the whole range, so that signed comparisons would fail. */
	for (size_t i = 0; i < count; i++)
		xids[i] = 1 + (uint32_t)i * (UINT32_MAX / 300);
	for (size_t i = 0; i < count; i++) {
		struct packet hit = make_reply(xids[i], 5);
		struct packet below = make_reply(xids[i] - 1, 5);
		struct packet above = make_reply(xids[i] + 1, 5);

		ck_assert(passes(&hit, xids, count));
		ck_assert(passes(&below, xids, count) ==
			  (count > FILTER_KEYS_MAX));
		ck_assert(passes(&above, xids, count) ==
			  (count > FILTER_KEYS_MAX));
	}
	for (size_t i = 0; i < ARRAY_SIZE(outside); i++) {
		struct packet p = make_reply(outside[i], 5);

		ck_assert(passes(&p, xids, count) == (count > FILTER_KEYS_MAX));
	}
}
END_TEST

START_TEST(test_too_many_ids_still_means_replies_only)
{
	uint32_t xids[FILTER_KEYS_MAX + 1];
	struct packet p = make_reply(XID, 5);

	for (uint32_t i = 0; i < ARRAY_SIZE(xids); i++)
		xids[i] = i;
	ck_assert(passes(&p, xids, ARRAY_SIZE(xids)));
	p.bytes[28] = DHCP4_OP_REQUEST;
	ck_assert(!passes(&p, xids, ARRAY_SIZE(xids)));
}
END_TEST

/* ---- ARP ------------------------------------------------------------- */

#define ADDRESS 0xc0a80119
#define OTHER	0xc0a8011a

static struct packet make_arp(uint16_t op, ipv4_addr sender, ipv4_addr target)
{
	const struct arp arp = { .op = op,
				 .sender_hw = { 2, 0, 0, 0, 0, 7 },
				 .sender = sender,
				 .target = target };
	struct packet p = { .type = PACKET_BROADCAST, .size = ARP_SIZE };

	arp_write(p.bytes, &arp);
	return p;
}

static bool passes_arp(const struct packet *p, const uint32_t *addresses,
		       size_t count)
{
	struct sock_filter program[FILTER_SIZE_MAX];
	size_t size = filter_arp(program, addresses, count);

	ck_assert_uint_le(size, FILTER_SIZE_MAX);
	return run(program, size, p) > 0;
}

/* What says something of a watched address passes, and what asks by a probe. */
START_TEST(test_arp_about_a_watched_address)
{
	static const struct {
		uint16_t op;
		ipv4_addr sender, target;
		bool passes;
	} rows[] = {
		{ ARP_OP_REQUEST, ADDRESS, ADDRESS, true },
		{ ARP_OP_REQUEST, ADDRESS, OTHER, true },
		{ ARP_OP_REPLY, ADDRESS, OTHER, true },
		{ ARP_OP_REPLY, ADDRESS, 0, true },
		{ ARP_OP_REQUEST, 0, ADDRESS, true },
		{ ARP_OP_REQUEST, 0, OTHER, false },
		{ ARP_OP_REQUEST, OTHER, ADDRESS, false },
		{ ARP_OP_REPLY, OTHER, ADDRESS, false },
		{ ARP_OP_REQUEST, 0, 0, false },
	};
	const uint32_t address = ADDRESS;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct packet p =
			make_arp(rows[i].op, rows[i].sender, rows[i].target);

		ck_assert_msg(passes_arp(&p, &address, 1) == rows[i].passes,
			      "row %zu", i);
		ck_assert(!passes_arp(&p, NULL, 0));
	}
}
END_TEST

START_TEST(test_arp_of_other_kinds_drops)
{
	const uint32_t address = ADDRESS;
	struct packet p = make_arp(ARP_OP_REPLY, ADDRESS, OTHER);

	for (p.size = 0; p.size < 18; p.size++)
		ck_assert(!passes_arp(&p, &address, 1));
	p.size = ARP_SIZE;
	for (size_t at = 0; at < 6; at++) {
		p.bytes[at] ^= 0x20;
		ck_assert(!passes_arp(&p, &address, 1));
		p.bytes[at] ^= 0x20;
	}
	for (p.type = PACKET_HOST; p.type <= PACKET_KERNEL; p.type++)
		ck_assert(passes_arp(&p, &address, 1) ==
			  (p.type <= PACKET_MULTICAST));
}
END_TEST

/* Every address passes, also one that is there twice; neighbours as they must. */
START_TEST(test_sets_of_addresses)
{
	uint32_t addresses[600];
	size_t count = 0;

	for (uint32_t i = 0; i < set_sizes[_i]; i++) {
		addresses[count++] = ADDRESS + 4 * i;
		addresses[count++] = ADDRESS + 4 * i;
	}
	for (size_t i = 0; i < count; i++) {
		struct packet hit = make_arp(ARP_OP_REPLY, addresses[i], OTHER);
		struct packet probe = make_arp(ARP_OP_REQUEST, 0, addresses[i]);
		struct packet miss =
			make_arp(ARP_OP_REPLY, addresses[i] + 2, OTHER);
		struct packet far =
			make_arp(ARP_OP_REPLY, addresses[i] ^ 0x80000000, OTHER);

		ck_assert(passes_arp(&hit, addresses, count));
		ck_assert(passes_arp(&probe, addresses, count));
		/* 257 to 512 of them, four apart: two last bits are enough. */
		ck_assert(!passes_arp(&miss, addresses, count) ||
			  count > 2 * FILTER_KEYS_MAX);
		ck_assert(!passes_arp(&far, addresses, count));
	}
}
END_TEST

/* Nothing that the core would hear of is lost. */
START_TEST(test_arp_agrees_with_the_parser)
{
	const uint8_t seed[32] = { 9 };
	const uint32_t address = ADDRESS;
	unsigned parsed = 0, passed = 0;
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 20000; i++) {
		struct packet p =
			make_arp(1 + (uint16_t)prng_below(&prng, 2),
				 prng_below(&prng, 2) ? ADDRESS : 0, ADDRESS);
		struct arp arp;
		bool about;

		p.bytes[prng_below(&prng, ARP_SIZE)] =
			(uint8_t)prng_below(&prng, 256);
		p.size -= prng_below(&prng, 8) == 0;
		passed += passes_arp(&p, &address, 1);
		about = arp_parse(p.bytes, p.size, &arp) &&
			(arp.sender == ADDRESS ||
			 (arp.sender == 0 && arp.target == ADDRESS));
		parsed += about;
		if (about && !passes_arp(&p, &address, 1))
			ck_abort_msg("round %d: parsed, and not passed", i);
	}
	ck_assert_uint_gt(parsed, 5000);
	ck_assert_uint_ge(passed, parsed);
}
END_TEST

static void check_bounds(const struct sock_filter *program, size_t size)
{
	ck_assert_uint_le(size, FILTER_SIZE_MAX);
	ck_assert_uint_eq(BPF_CLASS(program[size - 1].code), BPF_RET);
	for (size_t i = 0; i < size; i++) {
		if (BPF_CLASS(program[i].code) == BPF_JMP) {
			ck_assert_uint_lt(i + 1 + program[i].jt, size);
			ck_assert_uint_lt(i + 1 + program[i].jf, size);
		}
	}
}

/* The kernel's verifier would refuse jumps over the end and other codes. */
START_TEST(test_every_size_is_in_bounds)
{
	struct sock_filter program[FILTER_SIZE_MAX];
	uint32_t keys[FILTER_KEYS_MAX + 2];

	for (uint32_t i = 0; i < ARRAY_SIZE(keys); i++)
		keys[i] = i * 7;
	for (size_t count = 0; count <= ARRAY_SIZE(keys); count++) {
		check_bounds(program, filter_replies(program, keys, count));
		check_bounds(program, filter_replies_any(program, keys, count));
		check_bounds(program, filter_arp(program, keys, count));
	}
}
END_TEST

/* To us alone: whatever its id; to more than us by its id. */
START_TEST(test_any_id_passes_to_us_alone)
{
	const uint32_t xid = XID;

	for (unsigned type = PACKET_HOST; type <= PACKET_OUTGOING; type++) {
		struct packet ours = make_reply(XID, 5);
		struct packet other = make_reply(XID + 1, 5);
		struct sock_filter program[FILTER_SIZE_MAX];
		size_t size = filter_replies_any(program, &xid, 1);
		bool to_us = type == PACKET_HOST;

		ours.type = other.type = type;
		ck_assert(run(program, size, &ours) ==
			  (type <= PACKET_MULTICAST ? UINT32_MAX : 0));
		ck_assert(run(program, size, &other) == (to_us ? UINT32_MAX : 0));
		size = filter_replies_any(program, NULL, 0);
		ck_assert(run(program, size, &ours) == (to_us ? UINT32_MAX : 0));
		ours.bytes[28] = DHCP4_OP_REQUEST;
		ck_assert_uint_eq(run(program, size, &ours), 0);
	}
}
END_TEST

/* Whatever octets are changed, what the parser takes the filter has passed. */
START_TEST(test_agrees_with_the_parser)
{
	const uint8_t seed[32] = { 7 };
	const uint32_t xids[] = { 3, XID, XID + 5 };
	unsigned passed = 0, parsed = 0;
	struct prng prng;

	prng_init(&prng, seed);
	for (int i = 0; i < 20000; i++) {
		struct packet p =
			make_reply(XID, 5 + (unsigned)prng_below(&prng, 11));
		uint64_t changes = prng_below(&prng, 4);

		p.type = (unsigned)prng_below(&prng, 6);
		while (changes--)
			p.bytes[prng_below(&prng, 40)] =
				(uint8_t)prng_below(&prng, 256);
		if (prng_below(&prng, 2))
			seal_ip(&p);
		if (prng_below(&prng, 8) == 0)
			p.size = (size_t)prng_below(&prng, p.size);
		passed += passes(&p, xids, ARRAY_SIZE(xids));
		if (!parses(&p, XID))
			continue;
		parsed++;
		/* Not ck_assert(): it tells the parent of each success. */
		if (!passes(&p, xids, ARRAY_SIZE(xids)))
			ck_abort_msg("round %d: parsed, and not passed", i);
	}
	ck_assert_uint_gt(parsed, 1000);
	ck_assert_uint_gt(passed, parsed);
}
END_TEST

Suite *test_filter_suite(void)
{
	Suite *suite = suite_create("filter");
	TCase *tcase = tcase_create("filter");

	tcase_add_test(tcase, test_reply_passes_with_any_header_length);
	tcase_add_test(tcase, test_each_wrong_field_drops);
	tcase_add_test(tcase, test_dont_fragment_passes);
	tcase_add_test(tcase, test_packet_types);
	tcase_add_test(tcase, test_cut_packets_drop);
	tcase_add_loop_test(tcase, test_sets_of_ids, 0,
			    (int)ARRAY_SIZE(set_sizes));
	tcase_add_test(tcase, test_too_many_ids_still_means_replies_only);
	tcase_add_test(tcase, test_arp_about_a_watched_address);
	tcase_add_test(tcase, test_arp_of_other_kinds_drops);
	tcase_add_loop_test(tcase, test_sets_of_addresses, 0,
			    (int)ARRAY_SIZE(set_sizes));
	tcase_add_test(tcase, test_arp_agrees_with_the_parser);
	tcase_add_test(tcase, test_every_size_is_in_bounds);
	tcase_add_test(tcase, test_any_id_passes_to_us_alone);
	tcase_add_test(tcase, test_agrees_with_the_parser);
	suite_add_tcase(suite, tcase);
	return suite;
}
