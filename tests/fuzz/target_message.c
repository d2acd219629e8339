/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The payload of a reply. What is parsed obeys the table of options and is the same
 * when it is built and parsed again; an ACK that is good enough for a lease makes
 * one that everything else can hold.
 */
#include <string.h>

#include "core/auth.h"
#include "core/lease.h"
#include "core/message.h"
#include "base/prng.h"
#include "fuzz/checks.h"
#include "fuzz/fuzz.h"

#define NOW (1000 * NSEC_PER_S)

/* Ascending, each valid by its row, and nothing besides. */
static void check_set(const struct dhcp4_options *set)
{
	struct option_value value;
	uint16_t offset = 0;
	unsigned last = 0;

	CHECK(set->used <= sizeof(set->bytes));
	while (dhcp4_options_next(set, &offset, &value)) {
		CHECK(value.code > last && value.code < DHCP4_OPTION_END);
		CHECK(option_is_valid(value.code, value.bytes, value.size));
		last = value.code;
	}
	CHECK(offset == set->used);
}

/* What is in the set stands in the payload, piece by piece. */
static void check_pieces(const uint8_t *payload, size_t size,
			 const struct dhcp4_options *set)
{
	struct option_value value, piece;
	uint16_t offset = 0;

	while (dhcp4_options_next(set, &offset, &value)) {
		struct dhcp4_pieces pieces =
			dhcp4_message_pieces(payload, size, value.code);
		size_t at = 0;

		while (dhcp4_pieces_next(&pieces, &piece)) {
			size_t same = piece.size;

			CHECK(piece.code == value.code);
			/* What is repeated, or NULs, was cut off. */
			if (at + same > value.size)
				same = value.size - at;
			CHECK(memcmp(piece.bytes, value.bytes + at, same) == 0);
			at += same;
		}
		CHECK(at == value.size);
	}
}

/* Class D of bugs: what was taken in cannot be said. */
static void check_again(const struct dhcp4_message *m)
{
	static uint8_t octets[2 * DHCP4_MESSAGE_MAX];
	static struct dhcp4_message again;
	struct writer w = writer_over(octets, sizeof(octets));
	struct option_value value;
	uint16_t offset = 0;

	dhcp4_header_write(&w, &m->header);
	while (dhcp4_options_next(&m->options, &offset, &value))
		option_write(&w, value.code, value.bytes, value.size);
	dhcp4_message_end(&w, 0);
	CHECK(!w.failed);
	if (w.used > DHCP4_MESSAGE_MAX) /* it had options in sname and file */
		return;
	CHECK(dhcp4_message_parse(octets, w.used, &again) == REJECT_NONE);
	CHECK(memcmp(&again.header, &m->header, sizeof(m->header)) == 0);
	CHECK(again.type == m->type);
	CHECK(again.options.used == m->options.used);
	CHECK(memcmp(again.options.bytes, m->options.bytes, m->options.used) == 0);
}

static void check_grant(const struct dhcp4_message *m)
{
	static struct dhcp4_lease lease;
	const uint8_t seed[32] = { 0 };
	struct prng prng;

	if (lease_check(m, NULL) != REJECT_NONE)
		return;
	memset(&lease, 0, sizeof(lease));
	prng_init(&prng, seed);
	lease_from_ack(m, NOW, NULL, &prng, &lease);
	check_lease(&lease, NOW + NSEC_PER_S);
}

static void check_proof(const uint8_t *payload, size_t size)
{
	static const struct auth_keys keys = {
		.count = 1,
		.keys = { { .id = 1, .size = 3, .secret = "key" } },
		.token_size = 5,
		.token = "token",
	};
	static const uint8_t nonce[AUTH_NONCE_SIZE] = { 1 };
	static uint8_t copy[DHCP4_MESSAGE_MAX];

	auth_verify(payload, size, &keys, nonce);
	auth_verify(payload, size, NULL, NULL);
	memcpy(copy, payload, size);
	if (auth_seal(copy, size, &keys, nonce))
		CHECK(auth_verify(copy, size, &keys, nonce) !=
		      AUTH_VERDICT_INVALID);
}

static void run(const uint8_t *data, size_t size)
{
	static struct dhcp4_message m;
	enum reject why = dhcp4_message_parse(data, size, &m);

	CHECK((why == REJECT_MESSAGE_LONG) == (size > DHCP4_MESSAGE_MAX));
	CHECK((why == REJECT_MESSAGE_SHORT) == (size < DHCP4_HEADER_SIZE));
	if (size > DHCP4_MESSAGE_MAX)
		return;
	check_proof(data, size);
	if (why != REJECT_NONE)
		return;
	CHECK(memchr(m.sname, 0, sizeof(m.sname)));
	CHECK(memchr(m.file, 0, sizeof(m.file)));
	check_set(&m.options);
	check_pieces(data, size, &m.options);
	check_again(&m);
	check_grant(&m);
}

const struct fuzz_target fuzz_message = { "message", 1600, run };
