/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an address is watched, and ARP packets of any octets, each behind an octet of
 * circumstances and its length: who claims another address than ours is nobody's
 * conflict, nothing is sent in a rush, and no packet stops the clock.
 */
#include <string.h>

#include "core/acd.h"
#include "core/attach.h"
#include "core/linklocal.h"
#include "fuzz/fuzz.h"

#define ADDRESS UINT32_C(0x0a000032)
#define ROUTER	UINT32_C(0x0a000001)

/* Ticks that may be due at one instant. */
#define TICKS_MAX 8

struct scene {
	enum acd_mode mode;
	enum acd_defence defence;
	struct acd acd;
	struct attach attach;
	struct prng prng;
	nsec now;
};

static void check_packet(const uint8_t *bytes, size_t size)
{
	uint8_t packet[ARP_SIZE];
	struct arp arp;

	if (!arp_parse(bytes, size, &arp))
		return;
	CHECK(size >= ARP_SIZE);
	arp_write(packet, &arp);
	CHECK(memcmp(packet, bytes, ARP_SIZE) == 0);
}

static void tick(struct scene *s)
{
	unsigned ticks = 0;

	while (s->acd.next_at <= s->now) {
		acd_tick(&s->acd, s->mode, &s->prng, s->now);
		CHECK(++ticks < TICKS_MAX);
	}
	for (ticks = 0; s->attach.next_at <= s->now; ticks++) {
		attach_tick(&s->attach, s->now);
		CHECK(ticks < TICKS_MAX);
	}
}

static void hear(struct scene *s, const uint8_t *bytes, size_t size, bool own)
{
	ipv4_addr watched = s->acd.address;
	struct acd_result result;
	struct arp arp;

	if (!arp_parse(bytes, size, &arp))
		return;
	result = acd_hear(&s->acd, &arp, own, s->defence, s->now);
	if (result.verdict == ACD_VERDICT_CONFLICT)
		CHECK(!own && watched &&
		      (arp.sender == watched || arp.target == watched));
	if (result.send != ACD_SEND_NONE)
		CHECK(result.verdict == ACD_VERDICT_DEFENDED);
	if (attach_hear(&s->attach, &arp, own) != ATTACH_VERDICT_NONE)
		CHECK(!own && arp.sender == ROUTER);
	if (result.verdict == ACD_VERDICT_CONFLICT)
		acd_probe(&s->acd, s->mode, ADDRESS + s->acd.conflicts,
			  &s->prng, s->now);
}

static void begin(struct scene *s, unsigned bits)
{
	const uint8_t seed[32] = { (uint8_t)bits };
	const struct attach_node node = {
		.address = ADDRESS,
		.router = ROUTER,
		.router_hw = { 6, { 2, 0, 0, 0, 0, 1 } },
	};

	memset(s, 0, sizeof(*s));
	s->mode = bits % ACD_MODE_COUNT;
	s->defence = bits / 4 % ACD_DEFENCE_COUNT;
	s->now = 1000 * NSEC_PER_S;
	prng_init(&s->prng, seed);
	acd_stop(&s->acd);
	attach_stop(&s->attach);
	if (s->mode != ACD_MODE_OFF)
		acd_probe(&s->acd, s->mode, ADDRESS, &s->prng, s->now);
	if (bits & 64)
		attach_test(&s->attach, &node, s->now);
	if (bits & 128)
		attach_learn(&s->attach, ADDRESS, ROUTER, s->now);
}

static void run(const uint8_t *data, size_t size)
{
	struct reader r = reader_over(data, size);
	struct scene s;

	begin(&s, reader_u8(&r));
	while (r.left) {
		unsigned bits = reader_u8(&r);
		size_t length = reader_u8(&r) % 64;
		const uint8_t *bytes = r.at;

		if (length > r.left)
			length = r.left;
		reader_bytes(&r, length);
		s.now += (bits >> 2) * 100 * NSEC_PER_MS;
		if (bits & 2 && s.acd.phase == ACD_PHASE_PASSED)
			acd_use(&s.acd, s.now);
		tick(&s);
		check_packet(bytes, length);
		hear(&s, bytes, length, bits & 1);
		tick(&s);
	}
}

const struct fuzz_target fuzz_arp = { "arp", 1024, run };
