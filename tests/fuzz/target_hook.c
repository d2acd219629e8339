/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a daemon in foreign hands could tell its hook runner: a message and, behind
 * two octets that say how long it is, the one before. What is valid is of types and
 * closed alphabets alone, and so is the environment that hooks get.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz/checks.h"
#include "fuzz/fuzz.h"
#include "lease/hook_environment.h"
#include "lease/hook_message.h"

#define ROOM (HOOK_MESSAGE_MAX + 1)

union message {
	struct hook_message head;
	uint8_t room[sizeof(struct hook_message) + ROOM];
};

/* Written again from what was read, it is the same octets. */
static void check_again(const struct hook_message *message)
{
	static uint8_t octets[HOOK_MESSAGE_MAX];
	struct reader r = reader_over(message->bytes, message->size);
	struct writer w = writer_over(octets, sizeof(octets));
	struct hook_header header;
	struct hook_field field;

	CHECK(hook_message_read(&r, &header));
	hook_message_begin(&w, &header);
	while (hook_message_next(&r, &field))
		CHECK(hook_message_put(&w, field.variable, field.type,
				       field.bytes, field.size));
	CHECK(!r.failed && !w.failed && w.used == message->size);
}

/* A hook that asks for a variable gets the one value that there is. */
static void check_once(const struct hook_environment *e)
{
	for (size_t i = 0; i < e->count; i++) {
		size_t length = strcspn(e->list[i], "=") + 1;

		for (size_t j = 0; j < i; j++)
			CHECK(strncmp(e->list[i], e->list[j], length) != 0);
	}
}

static bool read_message(union message *m, const uint8_t *bytes, size_t size)
{
	if (size > ROOM)
		size = ROOM;
	m->head.size = size;
	memcpy(m->head.bytes, bytes, size);
	if (!hook_message_is_valid(m->head.bytes, size))
		return false;
	check_again(&m->head);
	return true;
}

static void run(const uint8_t *data, size_t size)
{
	static struct hook_environment environment;
	static union message message, old;
	struct reader r = reader_over(data, size);
	size_t old_size = reader_u16(&r);
	struct hook_answer answer;
	bool has_old;

	if (old_size > r.left)
		old_size = 0;
	has_old = read_message(&old, r.at, old_size);
	reader_bytes(&r, old_size);
	hook_answer_read(&(struct reader){ r.at, r.left, false }, &answer);
	if (r.failed || !read_message(&message, r.at, r.left))
		return;
	hook_environment_make(&environment, &message.head,
			      has_old ? &old.head : NULL);
	check_environment(&environment);
	check_once(&environment);
}

const struct fuzz_target fuzz_hook = { "hook", 2048, run };
