/* SPDX-License-Identifier: BSD-2-Clause */
/* Audits: what is asked, who is who, and which rules are broken. */
#include "core/audit.h"

#include "base/assert.h"
#include "core/step.h"

_Static_assert(AUDIT_RULE_COUNT <= 16, "a bit of `broken` each");

static const struct {
	const char *name, *text;
} rules[] = {
	[AUDIT_RULE_TYPE] = { "type", "answers a DISCOVER by no OFFER" },
	[AUDIT_RULE_SERVER_ID] = { "server-id", "does not name itself" },
	[AUDIT_RULE_SHARED_ID] = { "shared-id",
				   "another hardware address uses its name" },
	[AUDIT_RULE_CLIENT_ID] = { "client-id", "names another client" },
	[AUDIT_RULE_SUBNET] = { "subnet", "not of the subnet asked for" },
	[AUDIT_RULE_NO_MASK] = { "no-mask", "sends no subnet mask" },
	[AUDIT_RULE_LEASE_TIME] = { "lease-time", "does not say for how long" },
	[AUDIT_RULE_TIMES] = { "times", "T1, T2 and the end are out of order" },
	[AUDIT_RULE_DENIED] = { "server-denied", "a server not wanted" },
	[AUDIT_RULE_STRANGER] = { "server-pin", "a server not known here" },
};
_Static_assert(ARRAY_SIZE(rules) == AUDIT_RULE_COUNT, "words for each");

const char *audit_rule_name(enum audit_rule rule)
{
	ASSERT(rule < AUDIT_RULE_COUNT);
	return rules[rule].name;
}

const char *audit_rule_text(enum audit_rule rule)
{
	ASSERT(rule < AUDIT_RULE_COUNT);
	return rules[rule].text;
}

/* No address is suggested: what each server would give of its own accord. */
size_t audit_begin(struct audit *a, const struct dhcp4_config *config,
		   uint32_t xid, uint8_t packet[DHCP4_PACKET_MAX])
{
	const struct request_values values = {
		.xid = xid,
		.client_id = &config->client_id,
		.broadcast = true,
		.auto_configure = autoconf_asks(config),
	};
	const struct datagram d = {
		.destination = IPV4_BROADCAST,
		.source_port = DHCP4_CLIENT_PORT,
		.destination_port = DHCP4_SERVER_PORT,
		.dscp = config->dscp,
	};
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);

	*a = (struct audit){ .xid = xid };
	request_write(&w, DHCP4_REQUEST_DISCOVER, config, &values);
	ASSERT(!w.failed);
	frame_seal(packet, w.used, &d);
	return FRAME_HEADERS_SIZE + w.used;
}

/* ---- rules -------------------------------------------------------------- */

static uint16_t bit(enum audit_rule rule)
{
	return (uint16_t)(1U << rule);
}

/* Each that is told lies before the end, and T1 before T2 (RFC 2131 4.4.5). */
static bool are_times_in_order(const struct dhcp4_options *options,
			       uint32_t lease_s)
{
	uint32_t t1 = 0, t2 = lease_s;

	dhcp4_options_get_u32(options, DHCP4_OPTION_T2, &t2);
	dhcp4_options_get_u32(options, DHCP4_OPTION_T1, &t1);
	return t1 <= t2 && t2 <= lease_s;
}

static uint16_t judge_times(const struct dhcp4_options *options)
{
	uint32_t lease_s = 0;

	dhcp4_options_get_u32(options, DHCP4_OPTION_LEASE_TIME, &lease_s);
	if (!lease_s)
		return bit(AUDIT_RULE_LEASE_TIME);
	return are_times_in_order(options, lease_s) ? 0 : bit(AUDIT_RULE_TIMES);
}

/* What would have to be guessed, or would keep it from being a lease. */
static uint16_t judge_lease(const struct dhcp4_message *m)
{
	struct option_value mask;
	uint16_t broken = judge_times(&m->options);

	if (!dhcp4_options_get(&m->options, DHCP4_OPTION_SUBNET_MASK, &mask))
		broken |= bit(AUDIT_RULE_NO_MASK);
	return broken;
}

static uint16_t judge(const struct dhcp4_config *config,
		      const struct dhcp4_message *m, ipv4_addr source,
		      enum pin_verdict pin)
{
	ipv4_addr id = IPV4_ANY;
	uint16_t broken = 0;

	dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID, 0, &id);
	if (!ipv4_is_host(id))
		broken |= bit(AUDIT_RULE_SERVER_ID);
	if (!choice_is_wanted(config, id ? id : source))
		broken |= bit(AUDIT_RULE_DENIED);
	if (pin == PIN_VERDICT_STRANGER)
		broken |= bit(AUDIT_RULE_STRANGER);
	if (!step_is_for_client_id(m, &config->client_id))
		broken |= bit(AUDIT_RULE_CLIENT_ID);
	if (m->type != DHCP4_TYPE_OFFER)
		return broken | bit(AUDIT_RULE_TYPE);
	if (!choice_is_of_subnet(config, m))
		broken |= bit(AUDIT_RULE_SUBNET);
	return broken | judge_lease(m);
}

/* ---- answers ------------------------------------------------------------ */

/* The place of a server; NULL: there is no more. */
static struct audit_answer *find(struct audit *a, const struct pin_server *server)
{
	for (unsigned i = 0; i < a->count; i++) {
		if (a->answers[i].server.id == server->id &&
		    hwaddr_equal(&a->answers[i].server.hw, &server->hw))
			return &a->answers[i];
	}
	if (a->count == AUDIT_ANSWERS_MAX)
		return NULL;
	a->answers[a->count].server = *server;
	return &a->answers[a->count++];
}

/* Two in one name: one of them is not who it says. */
static void note_shared(struct audit *a, const struct audit_answer *answer)
{
	bool shared = false;

	for (unsigned i = 0; i < a->count; i++)
		shared = shared || (&a->answers[i] != answer &&
				    a->answers[i].server.id == answer->server.id);
	for (unsigned i = 0; shared && i < a->count; i++) {
		if (a->answers[i].server.id == answer->server.id)
			a->answers[i].broken |= bit(AUDIT_RULE_SHARED_ID);
	}
}

static void note_answer(struct audit *a, const struct pin_server *server,
			const struct route_policy *policy,
			const struct dhcp4_message *m, const struct datagram *d,
			uint16_t broken)
{
	struct audit_answer *answer = find(a, server);

	if (!answer) {
		a->left_out++;
		return;
	}
	answer->broken |= broken;
	if (server->id)
		note_shared(a, answer);
	if (m->type == DHCP4_TYPE_OFFER && !answer->offered) {
		answer->offered = true;
		lease_flaws_of(m, policy, &answer->flaws);
	}
	if (answer->messages++)
		return;
	answer->type = m->type;
	answer->source = d->source;
	answer->relay = m->header.giaddr;
	answer->address = m->header.yiaddr;
	answer->options = m->options;
}

/* The transaction that a payload is of, which may be no message at all. */
static bool is_of(const struct audit *a, const struct datagram *d)
{
	struct reader r = reader_over(d->payload, d->size);

	reader_u32(&r); /* op, htype, hlen, hops */
	return reader_u32(&r) == a->xid && !r.failed;
}

static bool is_for_us(const struct dhcp4_config *config,
		      const struct dhcp4_message *m)
{
	return m->header.op == DHCP4_OP_REPLY &&
	       step_is_for_hwaddr(&m->header, config);
}

bool audit_hear(struct audit *a, const struct dhcp4_config *config,
		const struct route_policy *policy,
		const struct dhcp4_event *event)
{
	struct pin_server server = { .hw = event->frame.source };
	struct dhcp4_message m;
	struct datagram d;

	if (frame_parse(event->frame.bytes, event->frame.size, DHCP4_CLIENT_PORT,
			event->frame.checksum_partial, &d) != REJECT_NONE ||
	    !is_of(a, &d))
		return false;
	if (dhcp4_message_parse(d.payload, d.size, &m) != REJECT_NONE ||
	    !is_for_us(config, &m)) {
		a->unreadable++;
		return true;
	}
	dhcp4_options_get_address(&m.options, DHCP4_OPTION_SERVER_ID, 0,
				  &server.id);
	note_answer(a, &server, policy, &m, &d,
		    judge(config, &m, d.source, event->frame.pin));
	return true;
}
