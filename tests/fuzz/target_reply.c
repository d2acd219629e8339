/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a server says in its OFFER and in its ACK, and what the client says from
 * then on: two sets of options, the first one's length in front, go through a whole
 * life of a lease. Whatever is accepted, all messages that follow are well formed
 * (class D of bugs), and the lease can be told to everybody who has to know.
 */
#include <string.h>

#include "fuzz/checks.h"
#include "fuzz/fuzz.h"
#include "fuzz/play.h"

/* The ops and flags of play.c, as make-corpus has them. */
enum {
	DUE = 1,
	REPLY = 2,
	START = 6,
	CARRIER = 7,
	STOP = 8,
	COMMAND = 10
};
enum {
	RENEW = 0,
	REBIND = 1,
	LOST = 4
};

static uint8_t script[PLAY_HEADER_SIZE + 8192];
static struct writer out;

static void say(unsigned op, unsigned argument)
{
	writer_u8(&out, (uint8_t)op);
	writer_u8(&out, (uint8_t)argument);
}

static void say_reply(enum dhcp4_type type, unsigned flags, unsigned choice,
		      const uint8_t *options, size_t size)
{
	say(REPLY, type);
	writer_u8(&out, (uint8_t)flags);
	writer_u8(&out, (uint8_t)choice);
	writer_u16(&out, (uint16_t)size);
	writer_bytes(&out, options, size);
}

static void write_script(struct reader *r)
{
	unsigned flags, choice;
	size_t size, ack_size;
	const uint8_t *offer, *ack;

	writer_bytes(&out, reader_bytes(r, PLAY_HEADER_SIZE), PLAY_HEADER_SIZE);
	flags = reader_u8(r);
	choice = reader_u8(r);
	size = reader_u16(r);
	size = size < r->left ? size : r->left;
	offer = reader_bytes(r, size);
	ack_size = r->left;
	ack = reader_bytes(r, ack_size);
	say(CARRIER, 0);
	say(START, 0);
	say(DUE, 0);
	say_reply(DHCP4_TYPE_OFFER, flags, choice, offer, size);
	say(DUE, 0);
	say_reply(DHCP4_TYPE_ACK, flags, choice, ack, ack_size);
	for (int i = 0; i < 4; i++)
		say(DUE, 0);
	say(COMMAND, RENEW);
	say_reply(DHCP4_TYPE_ACK, flags, choice, ack, ack_size);
	say(COMMAND, REBIND);
	say(DUE, 0);
	say_reply(DHCP4_TYPE_ACK, flags, choice, offer, size);
	say(COMMAND, LOST);
	say(STOP, 1);
}

static void run(const uint8_t *data, size_t size)
{
	static struct play play;
	struct reader r = reader_over(data, size);
	bool checked = false;

	if (size < PLAY_HEADER_SIZE + 4)
		return;
	out = writer_over(script, sizeof(script));
	write_script(&r);
	CHECK(!out.failed);
	play_begin(&play, script, out.used);
	while (play_next(&play)) {
		if (play.stored && !checked)
			check_lease(&play.lease, play.now + NSEC_PER_S);
		checked = play.stored;
	}
	play_end(&play);
}

const struct fuzz_target fuzz_reply = { "reply", 2048, run };
