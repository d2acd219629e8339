/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables of what a client is made of. A member that is missing here would be
 * lost on the way: unit/test_snapshot.c does not even compile then.
 */
#include "core/snapshot.h"

#include <string.h>

#include "base/assert.h"

_Static_assert(sizeof(enum dhcp4_state) == 4 && sizeof(unsigned) == 4 &&
		       sizeof(bool) == 1,
	       "sizes are the same wherever a snapshot is read");

#define OF struct ipv4_prefix
static const struct field rule_rows[] = {
	FIELD_ADDRESS(OF, address),
	FIELD_UP_TO(OF, length, 32),
};
#undef OF
static const struct fields rule_fields = FIELDS_OF(rule_rows);

#define OF struct dhcp4_server_list
static const struct field server_list_rows[] = {
	FIELD_UP_TO(OF, count, DHCP4_SERVER_RULES_MAX),
	FIELD_STRUCT(OF, rules[0], RULE),
	FIELD_STRUCT(OF, rules[1], RULE),
	FIELD_STRUCT(OF, rules[2], RULE),
	FIELD_STRUCT(OF, rules[3], RULE),
	FIELD_STRUCT(OF, rules[4], RULE),
	FIELD_STRUCT(OF, rules[5], RULE),
	FIELD_STRUCT(OF, rules[6], RULE),
	FIELD_STRUCT(OF, rules[7], RULE),
};
#undef OF
static const struct fields server_list_fields = FIELDS_OF(server_list_rows);

#define OF struct fallback_config
static const struct field fallback_config_rows[] = {
	FIELD_UP_TO(OF, mode, FALLBACK_MODE_COUNT - 1),
	FIELD_ADDRESS(OF, address),
	FIELD_UP_TO(OF, prefix_length, 32),
	FIELD_ADDRESS(OF, gateway),
};
#undef OF
static const struct fields fallback_config_fields =
	FIELDS_OF(fallback_config_rows);

#define OF struct dhcp4_config
static const struct field config_rows[] = {
	FIELD_NUMBER(OF, hardware_type),
	FIELD_HWADDR(OF, hwaddr),
	FIELD_NUMBER(OF, mtu),
	FIELD_CLIENT_ID(OF, client_id),
	FIELD_NUMBERS(OF, parameters),
	FIELD_UP_TO(OF, parameters_count, DHCP4_PARAMETERS_MAX),
	FIELD_ADDRESS(OF, requested_address),
	FIELD_ADDRESS(OF, inform_address),
	FIELD_ADDRESS(OF, inform_server),
	FIELD_UP_TO(OF, broadcast, DHCP4_BROADCAST_COUNT - 1),
	FIELD_FLAG(OF, bootp),
	FIELD_FLAG(OF, ignore_classless_routes),
	FIELD_NUMBER(OF, offer_window_ns),
	FIELD_UP_TO(OF, acd, ACD_MODE_COUNT - 1),
	FIELD_UP_TO(OF, acd_defence, ACD_DEFENCE_COUNT - 1),
	FIELD_FLAG(OF, rapid_commit),
	FIELD_FLAG(OF, v6only),
	FIELD_FLAG(OF, auto_configure),
	FIELD_ADDRESS(OF, subnet),
	FIELD_STRUCT(OF, allow_servers, SERVER_LIST),
	FIELD_STRUCT(OF, deny_servers, SERVER_LIST),
	FIELD_STRUCT(OF, fallback, FALLBACK_CONFIG),
	FIELD_UP_TO(OF, auth, DHCP4_AUTH_COUNT - 1),
	FIELD_FLAG(OF, auth_required),
	FIELD_UP_TO(OF, auth_token_size, AUTH_TOKEN_MAX),
	FIELD_NUMBER(OF, auth_base),
	FIELD_FLAG(OF, force_renew),
	FIELD_FLAG(OF, known_networks),
	FIELD_CLIENT_ID(OF, network),
	FIELD_UP_TO(OF, dscp, 63),
	FIELD_FLAG(OF, anonymous),
	FIELD_UP_TO(OF, server_pin, SERVER_PIN_COUNT - 1),
	FIELD_UP_TO(OF, renew_changes, RENEW_CHANGES_COUNT - 1),
	FIELD_UP_TO(OF, address_removed, DHCP4_REMOVAL_COUNT - 1),
};
#undef OF
const struct fields dhcp4_config_fields = FIELDS_OF(config_rows);

#define OF struct snapshot_shared
static const struct field shared_rows[] = {
	FIELD_OPTIONS(OF, encoded),
	FIELD_OVERRIDE(OF, override),
};
#undef OF
const struct fields snapshot_shared_fields = FIELDS_OF(shared_rows);

#define OF struct dhcp4_lease
static const struct field lease_rows[] = {
	FIELD_ADDRESS(OF, address),
	FIELD_UP_TO(OF, prefix_length, 32),
	FIELD_FLAG(OF, mask_guessed),
	FIELD_ADDRESS(OF, server_id),
	FIELD_ADDRESS(OF, siaddr),
	FIELD_HWADDR(OF, server_hw),
	FIELD_NUMBER(OF, granted_ns),
	FIELD_NUMBER(OF, t1_ns),
	FIELD_NUMBER(OF, t2_ns),
	FIELD_NUMBER(OF, expiry_ns),
	FIELD_NUMBER(OF, lease_s),
	FIELD_CLIENT_ID(OF, client_id),
	FIELD_TEXT(OF, sname),
	FIELD_TEXT(OF, file),
	FIELD_OPTIONS(OF, options),
	FIELD_UP_TO(OF, auth, DHCP4_AUTH_COUNT - 1),
	FIELD_NUMBER(OF, auth_key),
	FIELD_NUMBER(OF, auth_seen),
	FIELD_NUMBER(OF, auth_sent),
	FIELD_FLAG(OF, local_names),
	FIELD_ADDRESS(OF, router),
	FIELD_HWADDR(OF, router_hw),
	FIELD_CLIENT_ID(OF, network),
};
#undef OF
const struct fields dhcp4_lease_fields = FIELDS_OF(lease_rows);

#define OF struct dhcp4_offer
static const struct field offer_rows[] = {
	FIELD_ADDRESS(OF, address),
	FIELD_ADDRESS(OF, server_id),
	FIELD_NUMBER(OF, v6only_s),
	FIELD_NUMBER(OF, score),
	FIELD_UP_TO(OF, auth, DHCP4_AUTH_COUNT - 1),
	FIELD_NUMBER(OF, auth_key),
	FIELD_FLAG(OF, nonce_capable),
	FIELD_HWADDR(OF, source),
};
#undef OF
const struct fields dhcp4_offer_fields = FIELDS_OF(offer_rows);

#define OF struct acd
static const struct field acd_rows[] = {
	FIELD_UP_TO(OF, phase, ACD_PHASE_COUNT - 1),
	FIELD_ADDRESS(OF, address),
	FIELD_FLAG(OF, in_use),
	FIELD_NUMBER(OF, sent),
	FIELD_NUMBER(OF, next_at),
	FIELD_NUMBER(OF, probed_at),
	FIELD_NUMBER(OF, defended_at),
	FIELD_NUMBER(OF, conflict_at),
	FIELD_NUMBER(OF, conflicts),
};
#undef OF
static const struct fields acd_fields = FIELDS_OF(acd_rows);

#define OF struct fallback
static const struct field fallback_rows[] = {
	FIELD_STRUCT(OF, acd, ACD),
	FIELD_FLAG(OF, active),
	FIELD_NUMBER(OF, begin_at),
	FIELD_ADDRESS(OF, candidate),
	FIELD_NUMBER(OF, drawn),
	FIELD_FLAG(OF, configured),
	FIELD_NUMBER(OF, configure_failures),
	FIELD_NUMBER(OF, configure_at),
};
#undef OF
static const struct fields fallback_fields = FIELDS_OF(fallback_rows);

#define OF struct dhcp4_declined
static const struct field declined_rows[] = {
	FIELD_ADDRESS(OF, address),
	FIELD_NUMBER(OF, until),
};
#undef OF
static const struct fields declined_fields = FIELDS_OF(declined_rows);

#define OF struct attach_node
static const struct field node_rows[] = {
	FIELD_NUMBER(OF, index),
	FIELD_ADDRESS(OF, address),
	FIELD_ADDRESS(OF, router),
	FIELD_HWADDR(OF, router_hw),
};
#undef OF
const struct fields attach_node_fields = FIELDS_OF(node_rows);

#define OF struct attach
static const struct field attach_rows[] = {
	FIELD_UP_TO(OF, phase, ATTACH_PHASE_COUNT - 1),
	FIELD_UP_TO(OF, sent, 3),
	FIELD_NUMBER(OF, next_at),
	FIELD_NUMBER(OF, tested_at),
	FIELD_FLAG(OF, refused),
	FIELD_STRUCT(OF, node[0], NODE),
	FIELD_STRUCT(OF, node[1], NODE),
	FIELD_STRUCT(OF, node[2], NODE),
	FIELD_STRUCT(OF, node[3], NODE),
};
#undef OF
static const struct fields attach_fields = FIELDS_OF(attach_rows);

#define OF struct dhcp4_counters
static const struct field counters_rows[] = {
	FIELD_NUMBERS(OF, sent),
	FIELD_NUMBERS(OF, received),
	FIELD_NUMBERS(OF, rejected),
	FIELD_NUMBER(OF, send_failed),
	FIELD_NUMBER(OF, configure_failed),
	FIELD_NUMBER(OF, irregular_naks),
};
#undef OF
static const struct fields counters_fields = FIELDS_OF(counters_rows);

/* All but the slots of the offers, which are the pool's matter. */
#define OF struct dhcp4_client
static const struct field client_rows[] = {
	FIELD_UP_TO(OF, state, DHCP4_STATE_COUNT - 1),
	FIELD_NUMBER(OF, now),
	FIELD_NUMBER(OF, since_ns),
	FIELD_NUMBERS(OF, prng.key),
	FIELD_NUMBER(OF, prng.counter),
	FIELD_FLAG(OF, carrier),
	FIELD_NUMBER(OF, send_at),
	FIELD_NUMBER(OF, retransmit_at),
	FIELD_NUMBER(OF, choose_at),
	FIELD_NUMBER(OF, give_up_at),
	FIELD_NUMBER(OF, xid),
	FIELD_NUMBER(OF, xid_sent_ns),
	FIELD_NUMBER(OF, exchange_ns),
	FIELD_NUMBER(OF, tries),
	FIELD_NUMBER(OF, secs),
	FIELD_STRUCT(OF, chosen, OFFER),
	FIELD_ADDRESS(OF, hint),
	FIELD_NUMBER(OF, naks),
	FIELD_NUMBER(OF, restart_at),
	FIELD_UP_TO(OF, tenure, DHCP4_TENURE_HELD),
	FIELD_FLAG(OF, usable),
	FIELD_STRUCT(OF, lease, LEASE),
	FIELD_STRUCT(OF, acd, ACD),
	FIELD_ADDRESS(OF, conflict),
	FIELD_STRUCT(OF, declined[0], DECLINED),
	FIELD_STRUCT(OF, declined[1], DECLINED),
	FIELD_STRUCT(OF, declined[2], DECLINED),
	FIELD_STRUCT(OF, declined[3], DECLINED),
	FIELD_FLAG(OF, configured),
	FIELD_NUMBER(OF, configure_failures),
	FIELD_NUMBER(OF, configure_at),
	FIELD_STRUCT(OF, fallback, FALLBACK),
	FIELD_STRUCT(OF, counters, COUNTERS),
	FIELD_FLAG(OF, broadcast),
	FIELD_NUMBER(OF, soon),
	FIELD_ADDRESS(OF, silent_server),
	FIELD_NUMBER(OF, silent_until),
	FIELD_FLAG(OF, autoconf_forbidden),
	FIELD_NUMBERS(OF, auth_key),
	FIELD_NUMBERS(OF, auth_seen),
	FIELD_NUMBER(OF, auth_sent),
	FIELD_FLAG(OF, nonce_known),
	FIELD_SECRET(OF, nonce),
	FIELD_NUMBER(OF, nonce_seen),
	FIELD_FLAG(OF, forcible),
	FIELD_STRUCT(OF, attach, ATTACH),
	FIELD_FLAG(OF, stranger_told),
	FIELD_FLAG(OF, accepting),
	FIELD_NUMBER(OF, held),
	FIELD_NUMBERS(OF, restore_free),
	FIELD_NUMBER(OF, restore_at),
};
#undef OF
const struct fields dhcp4_client_fields = FIELDS_OF(client_rows);

const struct fields *field_table(const struct field *f)
{
	static const struct fields *const parts[] = {
		[FIELD_PART_RULE] = &rule_fields,
		[FIELD_PART_SERVER_LIST] = &server_list_fields,
		[FIELD_PART_FALLBACK_CONFIG] = &fallback_config_fields,
		[FIELD_PART_FALLBACK] = &fallback_fields,
		[FIELD_PART_OFFER] = &dhcp4_offer_fields,
		[FIELD_PART_LEASE] = &dhcp4_lease_fields,
		[FIELD_PART_ACD] = &acd_fields,
		[FIELD_PART_DECLINED] = &declined_fields,
		[FIELD_PART_NODE] = &attach_node_fields,
		[FIELD_PART_ATTACH] = &attach_fields,
		[FIELD_PART_COUNTERS] = &counters_fields,
	};

	return parts[f->part];
}

static struct snapshot_shared shared_of(const struct dhcp4_config *config)
{
	struct snapshot_shared shared = { 0 };

	if (config->encoded)
		shared.encoded = *config->encoded;
	if (config->override)
		shared.override = *config->override;
	return shared;
}

void snapshot_take(const struct dhcp4_client *client,
		   const struct dhcp4_config *config,
		   const struct dhcp4_offer_pool *pool,
		   struct dhcp4_snapshot *ret)
{
	const struct dhcp4_offer_list *list = &client->offers;

	ret->config = *config;
	ret->config.encoded = NULL;
	ret->config.override = NULL;
	ret->shared = shared_of(config);
	memset(&ret->client, 0, sizeof(ret->client));
	memcpy(&ret->client, client,
	       DHCP4_CLIENT_SIZE(client->lease.options.used));
	ret->client.offers.count = 0;
	ret->offer_count = list->count;
	for (unsigned i = 0; i < list->count; i++)
		ret->offers[i] = pool->slot[list->slot[i]];
}

void snapshot_write(struct writer *w, const struct dhcp4_client *client,
		    const struct dhcp4_config *config,
		    const struct dhcp4_offer_pool *pool)
{
	const struct dhcp4_offer_list *list = &client->offers;
	const struct snapshot_shared shared = shared_of(config);

	fields_write(w, &dhcp4_config_fields, config);
	fields_write(w, &snapshot_shared_fields, &shared);
	fields_write(w, &dhcp4_client_fields, client);
	writer_u8(w, list->count);
	for (unsigned i = 0; i < list->count; i++)
		fields_write(w, &dhcp4_offer_fields, &pool->slot[list->slot[i]]);
}

void snapshot_read(struct reader *r, struct dhcp4_snapshot *ret)
{
	memset(ret, 0, sizeof(*ret));
	fields_read(r, &dhcp4_config_fields, &ret->config);
	fields_read(r, &snapshot_shared_fields, &ret->shared);
	fields_read(r, &dhcp4_client_fields, &ret->client);
	ret->offer_count = reader_u8(r);
	if (ret->offer_count > DHCP4_OFFERS_MAX)
		r->failed = true;
	for (unsigned i = 0; i < ret->offer_count && !r->failed; i++)
		fields_read(r, &dhcp4_offer_fields, &ret->offers[i]);
	if (r->failed || dhcp4_flaw(&ret->client) ||
	    (ret->offer_count && !dhcp4_may_keep_offers(ret->client.state)))
		r->failed = true;
}

const char *snapshot_difference(const struct dhcp4_snapshot *a,
				const struct dhcp4_snapshot *b)
{
	const char *name =
		fields_difference(&dhcp4_client_fields, &a->client, &b->client);

	if (!name && a->offer_count != b->offer_count)
		return "offers";
	for (unsigned i = 0; i < a->offer_count && !name; i++)
		name = fields_difference(&dhcp4_offer_fields, &a->offers[i],
					 &b->offers[i]);
	return name;
}

void snapshot_restore(const struct dhcp4_snapshot *s, struct dhcp4_client *client,
		      struct dhcp4_config *config, struct dhcp4_offer_pool *pool)
{
	*config = s->config;
	config->encoded = &s->shared.encoded;
	config->override = &s->shared.override;
	*client = s->client;
	client->offers.count = s->offer_count;
	pool->used = (UINT64_C(1) << s->offer_count) - 1;
	for (uint8_t i = 0; i < s->offer_count; i++) {
		client->offers.slot[i] = i;
		pool->slot[i] = s->offers[i];
	}
}
