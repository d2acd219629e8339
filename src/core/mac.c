/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens and codes of option 90 compared and put in, over the octets of a message
 * as they are on the wire.
 */
#include <string.h>

#include "core/auth.h"
#include "core/hmac.h"
#include "core/message.h"

/* Where fields of a message stand (RFC 2131 2, figure 1). */
#define AT_HOPS	    3
#define AT_GIADDR   24
#define GIADDR_SIZE 4

/* Takes octets out of the parts of an option, or puts them there. */
static void move_value(uint8_t *payload, size_t size,
		       const struct auth_option *option, uint8_t *value, bool in)
{
	struct dhcp4_pieces pieces =
		dhcp4_message_pieces(payload, size, DHCP4_OPTION_AUTHENTICATION);
	struct option_value piece;
	unsigned joined = 0;

	while (dhcp4_pieces_next(&pieces, &piece)) {
		uint8_t *bytes = payload + (piece.bytes - payload);

		for (unsigned n = 0; n < piece.size; n++, joined++) {
			unsigned at = joined - option->at;

			/* Before the secret it is below 0: very large. */
			if (at >= option->size)
				continue;
			if (in)
				bytes[n] = value[at];
			else
				value[at] = bytes[n];
		}
	}
}

/* In a time that tells nothing of where they differ. */
static bool are_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
	uint8_t difference = 0;

	for (size_t i = 0; i < size; i++)
		difference = (uint8_t)(difference | (a[i] ^ b[i]));
	return difference == 0;
}

static const struct auth_key *find_key(const struct auth_keys *keys, uint32_t id)
{
	for (unsigned i = 0; keys && i < keys->count; i++) {
		if (keys->keys[i].id == id)
			return &keys->keys[i];
	}
	return NULL;
}

/*
 * The code that the message should have; copy is the message, of size octets, and
 * loses what does not count.
 */
static bool compute(uint8_t *copy, size_t size, const struct auth_option *option,
		    const struct auth_keys *keys, const uint8_t *nonce,
		    uint8_t ret[HMAC_MD5_SIZE])
{
	const struct auth_key *key = find_key(keys, option->key_id);
	uint8_t zeros[HMAC_MD5_SIZE] = { 0 };

	move_value(copy, size, option, zeros, true);
	if (option->content == AUTH_CONTENT_NONCE_CODE) {
		if (nonce)
			dhcp4_hmac_md5(nonce, AUTH_NONCE_SIZE, copy, size, ret);
		return nonce != NULL;
	}
	if (!key)
		return false;
	copy[AT_HOPS] = 0;
	memset(copy + AT_GIADDR, 0, GIADDR_SIZE);
	dhcp4_hmac_md5(key->secret, key->size, copy, size, ret);
	return true;
}

/* What should stand in the option; false if that is not known. */
static bool expect(const uint8_t *payload, size_t size,
		   const struct auth_option *option, const struct auth_keys *keys,
		   const uint8_t *nonce, uint8_t ret[AUTH_TOKEN_MAX])
{
	uint8_t copy[DHCP4_MESSAGE_MAX];

	if (option->content == AUTH_CONTENT_TOKEN) {
		if (!keys || !keys->token_size || option->size != keys->token_size)
			return false;
		memcpy(ret, keys->token, keys->token_size);
		return true;
	}
	memcpy(copy, payload, size);
	return compute(copy, size, option, keys, nonce, ret);
}

/* The option of a payload, if it has one. */
static struct auth_option read_option(const uint8_t *payload, size_t size)
{
	struct dhcp4_message m;

	if (dhcp4_message_parse(payload, size, &m) != REJECT_NONE)
		return (struct auth_option){ .content = AUTH_CONTENT_NONE };
	return auth_parse(&m.options);
}

/* True of what is secret to those without the key, or the token. */
static bool is_sealed(enum auth_content content)
{
	return content == AUTH_CONTENT_TOKEN || content == AUTH_CONTENT_CODE ||
	       content == AUTH_CONTENT_NONCE_CODE;
}

enum auth_verdict auth_verify(const uint8_t *payload, size_t size,
			      const struct auth_keys *keys, const uint8_t *nonce)
{
	struct auth_option option = read_option(payload, size);
	uint8_t expected[AUTH_TOKEN_MAX] = { 0 }, found[AUTH_TOKEN_MAX] = { 0 };
	uint8_t copy[DHCP4_MESSAGE_MAX];

	if (!is_sealed(option.content))
		return AUTH_VERDICT_NONE;
	if (!expect(payload, size, &option, keys, nonce, expected))
		return AUTH_VERDICT_INVALID;
	memcpy(copy, payload, size);
	move_value(copy, size, &option, found, false);
	return are_equal(found, expected, option.size) ? AUTH_VERDICT_VALID
						       : AUTH_VERDICT_INVALID;
}

bool auth_seal(uint8_t *payload, size_t size, const struct auth_keys *keys,
	       const uint8_t *nonce)
{
	struct auth_option option = read_option(payload, size);
	uint8_t value[AUTH_TOKEN_MAX];

	if (!is_sealed(option.content))
		return true;
	if (!expect(payload, size, &option, keys, nonce, value))
		return false;
	move_value(payload, size, &option, value, true);
	return true;
}
