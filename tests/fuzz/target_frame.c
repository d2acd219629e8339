/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An octet of circumstances and an IPv4 packet as a packet socket gives it. What is
 * taken lies inside the packet, is as long as every header says, and reads the same
 * when headers are written anew.
 */
#include <string.h>

#include "core/frame.h"
#include "fuzz/fuzz.h"

static unsigned u16(const uint8_t *bytes)
{
	return (unsigned)bytes[0] << 8 | bytes[1];
}

/* Class A of bugs: a length that was checked is not the length that is used. */
static void check_lengths(const uint8_t *packet, size_t size,
			  const struct datagram *d)
{
	size_t header = 4U * (packet[0] & 15U), total = u16(packet + 2);
	const uint8_t *udp = packet + header;

	CHECK(header >= FRAME_IP_SIZE && header + 8 <= total && total <= size);
	CHECK(d->payload == udp + 8);
	CHECK(d->size + 8 == u16(udp + 4));
	CHECK(header + 8 + d->size <= total);
}

static void check_again(const struct datagram *d)
{
	static uint8_t copy[65536 + FRAME_HEADERS_SIZE];
	struct datagram again;

	if (d->size + FRAME_HEADERS_SIZE > UINT16_MAX)
		return;
	memcpy(copy + FRAME_HEADERS_SIZE, d->payload, d->size);
	frame_seal(copy, d->size, d);
	CHECK(frame_parse(copy, FRAME_HEADERS_SIZE + d->size,
			  d->destination_port, false, &again) == REJECT_NONE);
	CHECK(again.source == d->source && again.destination == d->destination);
	CHECK(again.source_port == d->source_port && again.dscp == d->dscp);
	CHECK(again.size == d->size);
	CHECK(memcmp(again.payload, d->payload, d->size) == 0);
}

static void run(const uint8_t *data, size_t size)
{
	uint16_t port = DHCP4_CLIENT_PORT;
	struct datagram d;
	bool partial;

	if (size < 1)
		return;
	partial = data[0] & 1;
	if (data[0] & 2)
		port = DHCP4_SERVER_PORT;
	data++;
	size--;
	if (frame_parse(data, size, port, partial, &d) != REJECT_NONE)
		return;
	CHECK(d.destination_port == port && d.dscp < 64);
	check_lengths(data, size, &d);
	check_again(&d);
}

const struct fuzz_target fuzz_frame = { "frame", 2048, run };
