/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Option 90: tokens and message authentication codes of RFC 3118, and the nonces
 * of RFC 6704, read and written.
 *
 * A secret is none of the core's state: whoever calls it has the keys, says of a
 * frame whether it fits them (auth_verify()), and puts the code into what is sent
 * (auth_seal()). So neither a snapshot nor a recording holds a key, and what was
 * recorded can be replayed without one. What follows from a verdict is admit.c's.
 */
#ifndef CORE_AUTH_H
#define CORE_AUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "core/hmac.h"
#include "core/option.h"

/* What a client is set to. */
enum dhcp4_auth {
	DHCP4_AUTH_NONE,
	DHCP4_AUTH_TOKEN,   /* RFC 3118 4: a word in clear */
	DHCP4_AUTH_DELAYED, /* RFC 3118 5: HMAC-MD5 by a key of the file */
	DHCP4_AUTH_COUNT
};

/* A key file's, at most. */
#define AUTH_KEYS_MAX	8
#define AUTH_SECRET_MAX 64 /* octets; HMAC hashes what is longer */
#define AUTH_TOKEN_MAX	64

#define AUTH_NONCE_SIZE 16 /* RFC 6704 3.1.2 */

struct auth_key {
	uint32_t id;
	uint8_t size;
	uint8_t secret[AUTH_SECRET_MAX];
};

struct auth_keys {
	uint8_t count;
	struct auth_key keys[AUTH_KEYS_MAX];
	uint8_t token_size; /* 0: there is none */
	uint8_t token[AUTH_TOKEN_MAX];
};

/* What an option 90 is. */
enum auth_content {
	AUTH_CONTENT_NONE,	 /* there is no option */
	AUTH_CONTENT_OTHER,	 /* nothing that we know */
	AUTH_CONTENT_TOKEN,	 /* RFC 3118 4 */
	AUTH_CONTENT_REQUEST,	 /* RFC 3118 5.2: a client asks for a code */
	AUTH_CONTENT_CODE,	 /* RFC 3118 5.2 */
	AUTH_CONTENT_NONCE,	 /* RFC 6704 3.1.2, type 1 */
	AUTH_CONTENT_NONCE_CODE, /* RFC 6704 3.1.2, type 2 */
	AUTH_CONTENT_COUNT
};

struct auth_option {
	enum auth_content content;
	uint64_t replay;
	uint32_t key_id; /* CODE */
	uint8_t size; /* of what is secret: the token, the code or the nonce */
	uint8_t at;   /* where it begins in the option's value */
	uint8_t value[AUTH_NONCE_SIZE]; /* of a NONCE */
};

/* Reads option 90 of a set. Any but RDM 0 is OTHER: its counters say nothing. */
struct auth_option auth_parse(const struct dhcp4_options *);

/*
 * Writes an option behind all others of a finished message, which begins with the
 * writer; what is secret in it is left zero, but for a nonce. size is a token's.
 */
void auth_write(struct writer *, const struct auth_option *);

/* ---- mac.c, which wants the hook of hmac.h ------------------------------- */

/* Whether a frame fits the keys. */
enum auth_verdict {
	AUTH_VERDICT_NONE, /* it has nothing to check */
	AUTH_VERDICT_VALID,
	AUTH_VERDICT_INVALID,
};

/*
 * Checks the option 90 of a UDP payload: a token, or a code over the message with
 * hops, giaddr and the code's own octets as zeros, in whatever pieces they are
 * (RFC 3118 3, RFC 3396 9). Over a code of RFC 6704 hops and giaddr are as they
 * are. nonce: AUTH_NONCE_SIZE octets, or NULL.
 */
enum auth_verdict auth_verify(const uint8_t *payload, size_t size,
			      const struct auth_keys *, const uint8_t *nonce);

/*
 * Puts token or code into the option 90 of a UDP payload, if it has one that wants
 * it. False if there is no such key, or no HMAC.
 */
bool auth_seal(uint8_t *payload, size_t size, const struct auth_keys *,
	       const uint8_t *nonce);

#endif
