/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any datagram that a STUN client is sent; with its length, or its fingerprint too,
 * made right if the first octet says so: else few mutants would get past them.
 */
#include <string.h>

#include "base/cursor.h"
#include "base/sum.h"
#include "ctl/stun.h"
#include "fuzz/fuzz.h"

#define HEADER_SIZE 20

/* True for a message that says something for certain. */
static void check(const struct stun_message *message)
{
	static const struct stun_message none;

	CHECK(message->unknown_count <= STUN_UNKNOWN_MAX);
	switch (message->kind) {
	case STUN_NONE:
		CHECK(memcmp(message, &none, sizeof(none)) == 0);
		break;
	case STUN_SUCCESS:
		CHECK(message->mapped.port && !message->unknown_count);
		break;
	case STUN_ERROR:
		CHECK(message->error >= 300 && message->error < 700);
		break;
	case STUN_REQUEST:
	case STUN_UNUSABLE:
		break;
	}
}

static void run(const uint8_t *data, size_t size)
{
	uint8_t copy[STUN_MESSAGE_MAX + 8];
	uint8_t request[STUN_REQUEST_MAX];
	struct writer w = writer_over(copy, sizeof(copy));
	struct stun_message message;
	size_t whole;

	if (size < 1 + HEADER_SIZE)
		return;
	writer_bytes(&w, data + 1, size - 1);
	if (data[0] & 1) {
		writer_pad(&w, (w.used + 3) / 4 * 4);
		whole = w.used + (data[0] & 2 ? 8 : 0);
		writer_patch_u16(&w, 2, (uint16_t)(whole - HEADER_SIZE));
	}
	if (data[0] & 2) {
		writer_u32(&w, 0x80280004);
		writer_u32(&w, sum_crc32(copy, w.used - 4) ^ 0x5354554e);
	}
	CHECK(!w.failed);
	stun_read(copy, w.used, &message);
	check(&message);
	whole = stun_write(request, message.id, data[0] & 6);
	stun_read(request, whole, &message);
	CHECK(message.kind == STUN_REQUEST && !message.unknown_count);
}

const struct fuzz_target fuzz_stun = { "stun", STUN_MESSAGE_MAX - 2, run };
