/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet that is masked for others: it is as long and as broken as it was, so that
 * the core does the same with it. Slow, since an address is many blocks of a cipher.
 */
#include <string.h>

#include "core/frame.h"
#include "core/message.h"
#include "fuzz/fuzz.h"
#include "replay/mask_packet.h"

static const uint8_t key[32] = { 1 };

static void say_nothing(void *context, const struct leaf *leaf)
{
	(void)context, (void)leaf;
}

/* Of what is partly malformed nothing need be left. */
static bool may_vanish(const struct option_value *value)
{
	return !option_decode(value->code, value->bytes, value->size,
			      say_nothing, NULL);
}

static void check_options(const struct dhcp4_options *before,
			  const struct dhcp4_options *after)
{
	struct option_value value, masked;
	uint16_t offset = 0, count = 0, masked_offset = 0;

	while (dhcp4_options_next(before, &offset, &value)) {
		bool there = dhcp4_options_get(after, value.code, &masked);

		CHECK(there || may_vanish(&value));
		CHECK(!there || masked.size == value.size);
		count += there;
	}
	while (dhcp4_options_next(after, &masked_offset, &masked))
		count--;
	CHECK(count == 0);
}

static void check_message(const struct datagram *before,
			  const struct datagram *after)
{
	static struct dhcp4_message one, other;
	enum reject why =
		dhcp4_message_parse(before->payload, before->size, &one);

	CHECK(dhcp4_message_parse(after->payload, after->size, &other) == why);
	if (why != REJECT_NONE)
		return;
	CHECK(one.type == other.type && one.header.xid == other.header.xid);
	check_options(&one.options, &other.options);
}

static void check_packet(const uint8_t *data, size_t size)
{
	static struct anon anon;
	static uint8_t packet[2048];
	struct datagram before, after;
	enum reject why =
		frame_parse(data, size, DHCP4_CLIENT_PORT, true, &before);

	anon_init(&anon, key);
	memcpy(packet, data, size);
	mask_packet(&anon, packet, size);
	CHECK(frame_parse(packet, size, DHCP4_CLIENT_PORT, true, &after) == why);
	if (why != REJECT_NONE)
		return;
	CHECK(before.size == after.size);
	check_message(&before, &after);
}

static void check_arp(const uint8_t *data, size_t size)
{
	static struct anon anon;
	uint8_t packet[64];
	struct arp before, after;

	if (size > sizeof(packet))
		return;
	anon_init(&anon, key);
	memcpy(packet, data, size);
	mask_arp(&anon, packet, size);
	CHECK(arp_parse(data, size, &before) == arp_parse(packet, size, &after));
}

static void run(const uint8_t *data, size_t size)
{
	check_packet(data, size);
	check_arp(data, size);
}

const struct fuzz_target fuzz_mask = { "mask", 1600, run };
