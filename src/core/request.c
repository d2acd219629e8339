/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The messages of a client. What each one holds is a row of one table, which is
 * Tables 4 and 5 of RFC 2131; the code below knows fields, not messages.
 */
#include "core/request.h"

#include <string.h>

#include "base/assert.h"
#include "core/client.h"
#include "core/message.h"

/* The one of RFC 6704 3.1.1: HMAC-MD5. */
#define NONCE_ALGORITHM 1

/* Where an address stands: nowhere, in ciaddr, in option 50, there if known. */
enum place {
	PLACE_NONE,
	PLACE_CIADDR,
	PLACE_REQUESTED,
	PLACE_REQUESTED_IF_ANY,
};

struct request_rule {
	enum dhcp4_type type;
	enum place address;
	bool unicast;
	bool server_id;
	bool secs;	/* the field is 0 otherwise */
	bool broadcast; /* the flag may be set: ciaddr does not tell where to */
	bool parameters; /* 55, 57, and what is encoded already */
	bool reason;	 /* 56 */
};

/* clang-format off */
static const struct request_rule rules[DHCP4_REQUEST_COUNT] = {
	/* Second lines: unicast, 54, secs, flag, parameters, 56. */
	[DHCP4_REQUEST_DISCOVER]  = { DHCP4_TYPE_DISCOVER, PLACE_REQUESTED_IF_ANY,
				      false, false, true,  true,  true,  false },
	[DHCP4_REQUEST_SELECTING] = { DHCP4_TYPE_REQUEST, PLACE_REQUESTED,
				      false, true,  true,  true,  true,  false },
	[DHCP4_REQUEST_REBOOTING] = { DHCP4_TYPE_REQUEST, PLACE_REQUESTED,
				      false, false, true,  true,  true,  false },
	[DHCP4_REQUEST_RENEWING]  = { DHCP4_TYPE_REQUEST, PLACE_CIADDR,
				      true,  false, true,  false, true,  false },
	[DHCP4_REQUEST_REBINDING] = { DHCP4_TYPE_REQUEST, PLACE_CIADDR,
				      false, false, true,  false, true,  false },
	[DHCP4_REQUEST_DECLINE]   = { DHCP4_TYPE_DECLINE, PLACE_REQUESTED,
				      false, true,  false, false, false, true },
	[DHCP4_REQUEST_RELEASE]   = { DHCP4_TYPE_RELEASE, PLACE_CIADDR,
				      true,  true,  false, false, false, true },
	[DHCP4_REQUEST_INFORM]    = { DHCP4_TYPE_INFORM, PLACE_CIADDR,
				      false, false, true,  false, true,  false },
};
/* clang-format on */

bool request_is_unicast(enum dhcp4_request request)
{
	return rules[request].unicast;
}

static void write_header(struct writer *w, const struct request_rule *rule,
			 const struct dhcp4_config *config,
			 const struct request_values *values)
{
	struct dhcp4_header header = {
		.op = DHCP4_OP_REQUEST,
		.htype = config->hardware_type,
		.xid = values->xid,
	};
	bool fits = config->hwaddr.size <= DHCP4_CHADDR_SIZE;

	/*
	 * An address that does not fit chaddr is left out, and no reply can be
	 * unicast to it (RFC 4390 2.1, 2.2).
	 */
	if (fits) {
		header.hlen = config->hwaddr.size;
		memcpy(header.chaddr, config->hwaddr.bytes, header.hlen);
	}
	if (rule->secs)
		header.secs = values->secs;
	if (rule->broadcast && (values->broadcast || !fits))
		header.flags = DHCP4_FLAG_BROADCAST;
	if (rule->address == PLACE_CIADDR)
		header.ciaddr = values->address;
	dhcp4_header_write(w, &header);
}

/*
 * An INFORM is about no lease: it asks for none of its times (4.4.3). Rapid commit
 * is never asked for (RFC 4039 3), and 108 by its own setting alone, below.
 */
static bool is_asked_for(const struct request_rule *rule, uint8_t code)
{
	if (code == DHCP4_OPTION_RAPID_COMMIT || code == DHCP4_OPTION_V6ONLY)
		return false;
	return rule->type != DHCP4_TYPE_INFORM ||
	       (code != DHCP4_OPTION_LEASE_TIME && code != DHCP4_OPTION_T1 &&
		code != DHCP4_OPTION_T2);
}

/*
 * An INFORM may not speak of a lease's time (Table 5). Of who or what it is an
 * anonymous client tells nothing but a name, if that is wanted (RFC 7844 3).
 */
static bool is_sent(const struct request_rule *rule,
		    const struct dhcp4_config *config, uint8_t code)
{
	if (config->anonymous)
		return code == DHCP4_OPTION_HOST_NAME;
	return rule->type != DHCP4_TYPE_INFORM || code != DHCP4_OPTION_LEASE_TIME;
}

static void write_encoded(struct writer *w, const struct request_rule *rule,
			  const struct dhcp4_config *config)
{
	struct option_value value;
	uint16_t offset = 0;

	while (encoded_next(config->encoded, &offset, &value)) {
		if (is_sent(rule, config, value.code))
			option_write(w, value.code, value.bytes, value.size);
	}
}

/*
 * Option 90 is there once: who proves himself by RFC 3118 has no nonce, and needs
 * none (RFC 6704 3).
 */
static bool takes_nonces(const struct request_rule *rule,
			 const struct dhcp4_config *config)
{
	return rule->parameters && config->force_renew && !config->anonymous &&
	       config->auth == DHCP4_AUTH_NONE;
}

static void write_parameters(struct writer *w, const struct request_rule *rule,
			     const struct dhcp4_config *config)
{
	uint8_t codes[DHCP4_PARAMETERS_MAX + 1];
	bool v6only = config->v6only && rule->type != DHCP4_TYPE_INFORM;
	size_t count = 0;

	for (unsigned i = 0; i < config->parameters_count; i++) {
		uint8_t code = config->parameters[i];

		/* An anonymous list ascends; of others the order is the user's. */
		if (v6only && config->anonymous && code > DHCP4_OPTION_V6ONLY) {
			codes[count++] = DHCP4_OPTION_V6ONLY;
			v6only = false;
		}
		if (is_asked_for(rule, code))
			codes[count++] = code;
	}
	if (v6only)
		codes[count++] = DHCP4_OPTION_V6ONLY;
	if (count)
		option_write(w, DHCP4_OPTION_PARAMETERS, codes, count);
}

static void write_message_size(struct writer *w, uint16_t mtu)
{
	uint16_t size = mtu < DHCP4_PACKET_MIN ? DHCP4_PACKET_MIN : mtu;

	size = size > DHCP4_PACKET_MAX ? DHCP4_PACKET_MAX : size;
	option_write_u16(w, DHCP4_OPTION_MESSAGE_SIZE, size);
}

/* Option 50; an anonymous DISCOVER suggests nothing (RFC 7844 3.3). */
static bool names_address(const struct request_rule *rule,
			  const struct dhcp4_config *config,
			  const struct request_values *values)
{
	if (rule->address == PLACE_REQUESTED_IF_ANY)
		return values->address && !config->anonymous;
	return rule->address == PLACE_REQUESTED;
}

/* What is said of how an address is wanted. */
static void write_wishes(struct writer *w, const struct request_rule *rule,
			 const struct dhcp4_config *config,
			 const struct request_values *values)
{
	bool discover = rule->type == DHCP4_TYPE_DISCOVER;

	if (discover && values->rapid_commit)
		option_write(w, DHCP4_OPTION_RAPID_COMMIT, "", 0);
	/* 1: it is able to give itself an address (RFC 2563 2.2). */
	if (discover && values->auto_configure)
		option_write_u8(w, DHCP4_OPTION_AUTO_CONFIGURE, 1);
	if (config->subnet && rule->type != DHCP4_TYPE_INFORM)
		option_write_u32(w, DHCP4_OPTION_SUBNET_SELECTION,
				 config->subnet);
}

/*
 * The type goes first, where everybody looks for it; but in an anonymous message
 * options are ascending by code, as of any other such client (RFC 7844 3.1).
 */
static void write_options(struct writer *w, const struct request_rule *rule,
			  const struct dhcp4_config *config,
			  const struct request_values *values)
{
	uint8_t type = (uint8_t)rule->type;

	if (!config->anonymous)
		option_write_u8(w, DHCP4_OPTION_MESSAGE_TYPE, type);
	if (rule->parameters)
		write_encoded(w, rule, config);
	if (names_address(rule, config, values))
		option_write_u32(w, DHCP4_OPTION_REQUESTED_ADDRESS,
				 values->address);
	if (config->anonymous)
		option_write_u8(w, DHCP4_OPTION_MESSAGE_TYPE, type);
	if (rule->server_id)
		option_write_u32(w, DHCP4_OPTION_SERVER_ID, values->server_id);
	if (rule->parameters)
		write_parameters(w, rule, config);
	if (rule->reason && values->reason && !config->anonymous)
		option_write(w, DHCP4_OPTION_MESSAGE, values->reason,
			     strlen(values->reason));
	if (rule->parameters && !config->anonymous)
		write_message_size(w, config->mtu);
	if (values->client_id->size)
		option_write(w, DHCP4_OPTION_CLIENT_ID,
			     values->client_id->bytes, values->client_id->size);
	if (rule->parameters)
		write_wishes(w, rule, config, values);
	if (takes_nonces(rule, config))
		option_write_u8(w, DHCP4_OPTION_FORCERENEW_NONCE,
				NONCE_ALGORITHM);
}

void request_write(struct writer *w, enum dhcp4_request request,
		   const struct dhcp4_config *config,
		   const struct request_values *values)
{
	const struct request_rule *rule = &rules[request];
	size_t start = w->used;

	ASSERT(values->address || rule->address == PLACE_REQUESTED_IF_ANY);
	write_header(w, rule, config, values);
	write_options(w, rule, config, values);
	dhcp4_message_end(w, start);
}
