/* SPDX-License-Identifier: BSD-2-Clause */
/* Option 90, by a table of the contents that it may have. */
#include "core/auth.h"

#include <string.h>

#include "base/assert.h"
#include "core/message.h"

/* Protocol, algorithm, RDM, counter (RFC 3118 2). */
#define HEAD_SIZE 11

struct content_rule {
	uint8_t protocol, algorithm;
	uint8_t size; /* of what stands behind the head; a token has any */
	uint8_t lead; /* octets of it before what is secret: key id, or type */
	uint8_t type; /* the lead of RFC 6704 */
};

static const struct content_rule rules[AUTH_CONTENT_COUNT] = {
	[AUTH_CONTENT_TOKEN] = { 0, 0, 0, 0, 0 },
	[AUTH_CONTENT_REQUEST] = { 1, 1, 0, 0, 0 },
	[AUTH_CONTENT_CODE] = { 1, 1, 4 + HMAC_MD5_SIZE, 4, 0 },
	[AUTH_CONTENT_NONCE] = { 3, 1, 1 + AUTH_NONCE_SIZE, 1, 1 },
	[AUTH_CONTENT_NONCE_CODE] = { 3, 1, 1 + HMAC_MD5_SIZE, 1, 2 },
};

static bool fits(const struct content_rule *rule, uint8_t protocol,
		 uint8_t algorithm, struct reader information)
{
	if (rule->protocol != protocol || rule->algorithm != algorithm)
		return false;
	if (rule == &rules[AUTH_CONTENT_TOKEN])
		return information.left <= AUTH_TOKEN_MAX;
	return information.left == rule->size &&
	       (rule->type == 0 || reader_u8(&information) == rule->type);
}

struct auth_option auth_parse(const struct dhcp4_options *options)
{
	struct auth_option ret = { .content = AUTH_CONTENT_NONE };
	struct option_value value;
	uint8_t protocol, algorithm, rdm;
	struct reader r;

	if (!dhcp4_options_get(options, DHCP4_OPTION_AUTHENTICATION, &value))
		return ret;
	r = reader_over(value.bytes, value.size);
	protocol = reader_u8(&r);
	algorithm = reader_u8(&r);
	rdm = reader_u8(&r);
	ret.replay = reader_u64(&r);
	ret.content = AUTH_CONTENT_OTHER;
	for (unsigned i = AUTH_CONTENT_TOKEN; i < AUTH_CONTENT_COUNT; i++) {
		if (rdm == 0 && fits(&rules[i], protocol, algorithm, r))
			ret.content = (enum auth_content)i;
	}
	if (ret.content == AUTH_CONTENT_OTHER)
		return ret;
	ret.at = (uint8_t)(HEAD_SIZE + rules[ret.content].lead);
	ret.size = (uint8_t)(value.size - ret.at);
	if (ret.content == AUTH_CONTENT_CODE)
		ret.key_id = reader_u32(&r);
	else if (ret.content == AUTH_CONTENT_NONCE)
		memcpy(ret.value, value.bytes + ret.at, AUTH_NONCE_SIZE);
	return ret;
}

/* Where the options of a message that is ours end. */
static size_t find_end(const struct writer *w)
{
	size_t at = DHCP4_HEADER_SIZE;

	while (w->start[at] != DHCP4_OPTION_END)
		at += 2U + w->start[at + 1];
	return at;
}

void auth_write(struct writer *w, const struct auth_option *option)
{
	const struct content_rule *rule = &rules[option->content];
	uint8_t octets[HEAD_SIZE + AUTH_TOKEN_MAX] = { 0 };
	struct writer value = writer_over(octets, sizeof(octets));

	writer_u8(&value, rule->protocol);
	writer_u8(&value, rule->algorithm);
	writer_u8(&value, 0);
	writer_u64(&value, option->replay);
	if (option->content == AUTH_CONTENT_CODE)
		writer_u32(&value, option->key_id);
	else if (rule->type)
		writer_u8(&value, rule->type);
	if (option->content == AUTH_CONTENT_NONCE)
		writer_bytes(&value, option->value, AUTH_NONCE_SIZE);
	writer_pad(&value, HEAD_SIZE + (option->content == AUTH_CONTENT_TOKEN
						? option->size
						: rule->size));
	ASSERT(!value.failed);
	w->used = find_end(w);
	option_write(w, DHCP4_OPTION_AUTHENTICATION, octets, value.used);
	dhcp4_message_end(w, 0);
}
