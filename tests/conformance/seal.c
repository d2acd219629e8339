/* SPDX-License-Identifier: BSD-2-Clause */
/* RFC 3118 2 to 5, RFC 6704 3.1.2, octet by octet. */
#include "conformance/seal.h"

#include <string.h>

#include "core/hmac.h"
#include "unit/runner.h"

/* Protocol, algorithm, RDM, eight octets of a counter. */
#define HEAD 11

enum {
	PROTOCOL_TOKEN = 0,
	PROTOCOL_DELAYED = 1,
	PROTOCOL_NONCE = 3,
};

static size_t put_head(uint8_t *at, uint8_t protocol, uint64_t count)
{
	at[0] = protocol;
	at[1] = protocol != PROTOCOL_TOKEN;
	at[2] = 0;
	put_u32(at + 3, (uint32_t)(count >> 32));
	put_u32(at + 7, (uint32_t)count);
	return HEAD;
}

/* End and padding are part of what is summed up. */
static void finish(struct reply *r)
{
	r->payload[r->size++] = 255;
	if (r->size < 300)
		r->size = 300;
	r->bare = true;
}

/* The code over a message in which its own octets are zeros. */
static void compute(const uint8_t *payload, size_t size, bool relayed,
		    const void *key, size_t key_size, uint8_t code[CODE_SIZE])
{
	uint8_t copy[SIM_MTU];

	memcpy(copy, payload, size);
	if (relayed) {
		copy[AT_HOPS] = 0;
		put_u32(copy + AT_GIADDR, 0);
	}
	dhcp4_hmac_md5(key, key_size, copy, size, code);
}

void seal_delayed(struct reply *r, uint32_t id, const char *key, uint64_t count)
{
	uint8_t value[HEAD + 4 + CODE_SIZE] = { 0 };
	size_t at;

	put_u32(value + put_head(value, PROTOCOL_DELAYED, count), id);
	reply_add(r, AUTH_OPTION, value, sizeof(value));
	at = r->size - CODE_SIZE;
	finish(r);
	compute(r->payload, r->size, true, key, strlen(key), r->payload + at);
}

void seal_in_pieces(struct reply *r, uint32_t id, const char *key, uint64_t count)
{
	uint8_t value[HEAD + 4 + CODE_SIZE] = { 0 }, code[CODE_SIZE];
	const size_t first = HEAD + 4 + 5;
	size_t at;

	put_u32(value + put_head(value, PROTOCOL_DELAYED, count), id);
	reply_add(r, AUTH_OPTION, value, first);
	at = r->size - 5;
	reply_add(r, AUTH_OPTION, value + first, sizeof(value) - first);
	finish(r);
	compute(r->payload, r->size, true, key, strlen(key), code);
	memcpy(r->payload + at, code, 5);
	memcpy(r->payload + at + 5 + 2, code + 5, CODE_SIZE - 5);
}

void seal_token(struct reply *r, const char *token)
{
	uint8_t value[255];
	size_t size = put_head(value, PROTOCOL_TOKEN, 0);

	memcpy(value + size, token, strlen(token));
	reply_add(r, AUTH_OPTION, value, size + strlen(token));
}

void seal_nonce(struct reply *r, const uint8_t nonce[NONCE_SIZE], uint64_t count)
{
	uint8_t value[HEAD + 1 + NONCE_SIZE];
	size_t size = put_head(value, PROTOCOL_NONCE, count);

	value[size] = 1;
	memcpy(value + size + 1, nonce, NONCE_SIZE);
	reply_add(r, AUTH_OPTION, value, sizeof(value));
}

void seal_nonce_code(struct reply *r, const uint8_t nonce[NONCE_SIZE],
		     uint64_t count)
{
	uint8_t value[HEAD + 1 + CODE_SIZE] = { 0 };
	size_t at;

	value[put_head(value, PROTOCOL_NONCE, count)] = 2;
	reply_add(r, AUTH_OPTION, value, sizeof(value));
	at = r->size - CODE_SIZE;
	finish(r);
	compute(r->payload, r->size, false, nonce, NONCE_SIZE, r->payload + at);
}

uint64_t sealed_count(const struct message *m, uint8_t protocol)
{
	uint8_t size;
	const uint8_t *value = message_option(m, AUTH_OPTION, &size);

	CHECK(value && size >= HEAD);
	ck_assert_uint_eq(value[0], protocol);
	ck_assert_uint_eq(value[1], protocol != PROTOCOL_TOKEN);
	ck_assert_uint_eq(value[2], 0);
	return (uint64_t)get_u32(value + 3) << 32 | get_u32(value + 7);
}

void sealed_by(const struct message *m, uint32_t id, const char *key)
{
	uint8_t size, code[CODE_SIZE], copy[SIM_MTU];
	const uint8_t *value = message_option(m, AUTH_OPTION, &size);

	sealed_count(m, PROTOCOL_DELAYED);
	ck_assert_uint_eq(size, HEAD + 4 + CODE_SIZE);
	ck_assert_uint_eq(get_u32(value + HEAD), id);
	memcpy(copy, m->payload, m->size);
	memset(copy + (value - m->payload) + HEAD + 4, 0, CODE_SIZE);
	compute(copy, m->size, true, key, strlen(key), code);
	CHECK(memcmp(code, value + HEAD + 4, CODE_SIZE) == 0);
}
