/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Option 90 by hand: what a server puts into it, and whether what a client sent
 * is right. Of the program's own there is HMAC-MD5 alone, which unit/test_mac.c
 * holds against RFC 2202.
 */
#ifndef CONFORMANCE_SEAL_H
#define CONFORMANCE_SEAL_H

#include "conformance/wire.h"

#define KEY_ID	    0x00000309
#define KEY_SECRET  "a secret of theirs"
#define OTHER_ID    0x0000030a
#define OTHER_KEY   "and another one"
#define WRONG_KEY   "a secret of others"
#define NONCE_SIZE  16
#define CODE_SIZE   16
#define AUTH_OPTION 90

/* Option 90 of RFC 3118 5.2 behind all others, right for the key. */
void seal_delayed(struct reply *, uint32_t id, const char *key, uint64_t count);

/* The same, in two pieces of which the first ends inside of the code. */
void seal_in_pieces(struct reply *, uint32_t id, const char *key, uint64_t count);

/* Of RFC 3118 4. */
void seal_token(struct reply *, const char *token);

/* Of RFC 6704 3.1.2: a nonce in an ACK; a code of it in a FORCERENEW. */
void seal_nonce(struct reply *, const uint8_t nonce[NONCE_SIZE], uint64_t count);
void seal_nonce_code(struct reply *, const uint8_t nonce[NONCE_SIZE],
		     uint64_t count);

/* The counter of the option 90 of a message that has one of that protocol. */
uint64_t sealed_count(const struct message *, uint8_t protocol);

/* The message has a code of that key, and it is right. */
void sealed_by(const struct message *, uint32_t id, const char *key);

#endif
