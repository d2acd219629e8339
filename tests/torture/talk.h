/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A daemon behind its socket, and a peer of it in the same process: the two
 * interfaces of unit/ipc_world.h, the real loop, the real socket.
 */
#ifndef TORTURE_TALK_H
#define TORTURE_TALK_H

#include <stdbool.h>

#include "unit/ipc_world.h"

extern struct world talk_world;

/* Opens the loop, which takes no part in it, and the socket: false for -ENOMEM. */
bool talk_open(void);
void talk_close(void);

/* A connection, which is up to eight at a time. */
int talk_connect(void);

/* What becomes of a call. */
enum talk_answer {
	TALK_ANSWER_NONE, /* nothing in time */
	TALK_ANSWER_END,  /* hung up on, without a whole answer */
	TALK_ANSWER_REPLY,
	TALK_ANSWER_ERROR, /* of varlink or of the method */
};

/*
 * Sends all of a text, its NUL too, and waits for an answer, which is JSON: its
 * text is at talk_text(). Closes the connection.
 */
enum talk_answer talk_ask(const char *call);
const char *talk_text(void);

/*
 * The same, and what must come of it: an answer of this kind, which has this text
 * in it; without memory, a hang-up will do. Once there is memory, the answer.
 */
void talk_expect(const char *call, enum talk_answer, const char *text);

/* A call of a method of the daemon's for eth0; until the next one. */
const char *talk_call(const char *method);

#endif
