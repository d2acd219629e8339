/* SPDX-License-Identifier: BSD-2-Clause */
/* Said once more, by other means than those of the code that is checked. */
#include "fuzz/checks.h"

#include <string.h>

#include "base/assert.h"
#include "core/snapshot.h"
#include "fuzz/fuzz.h"
#include "lease/hook_environment.h"
#include "lease/hook_lease.h"
#include "lease/hook_message.h"
#include "lease/lease_file.h"

/* ---- leases -------------------------------------------------------------- */

static bool is_reachable(const struct dhcp4_lease *lease,
			 const struct dhcp4_route *routes, unsigned before,
			 ipv4_addr gateway)
{
	bool found = ipv4_in(gateway, lease->address, lease->prefix_length);

	for (unsigned i = 0; i < before && !found; i++)
		found = !routes[i].gateway &&
			ipv4_in(gateway, routes[i].destination,
				routes[i].prefix_length);
	return found;
}

static void check_route(const struct dhcp4_lease *lease,
			const struct dhcp4_route *routes, unsigned i)
{
	const struct dhcp4_route *r = &routes[i];

	CHECK(r->prefix_length <= 32);
	CHECK(!(r->destination & ~ipv4_mask(r->prefix_length)));
	CHECK(r->prefix_length < 8 || ipv4_is_host(r->destination));
	CHECK(r->prefix_length < 3 || r->destination >> 29 != 7);
	CHECK(r->prefix_length != 32 || r->destination != lease->address);
	CHECK(r->gateway != lease->address);
	if (r->gateway)
		CHECK(ipv4_is_host(r->gateway) &&
		      is_reachable(lease, routes, i, r->gateway));
	for (unsigned j = 0; j < i; j++)
		CHECK(routes[j].destination != r->destination ||
		      routes[j].prefix_length != r->prefix_length ||
		      routes[j].preference != r->preference);
}

static void check_routes(const struct dhcp4_lease *lease)
{
	static const struct route_policy *const policies[] = {
		&route_policy_all,
		&route_policy_default_only,
		&route_policy_private_only,
		&route_policy_none,
	};
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
	struct flaws flaws;

	for (size_t n = 0; n < ARRAY_SIZE(policies); n++) {
		unsigned count = lease_routes(lease, policies[n], routes);

		CHECK(count <= DHCP4_ROUTES_MAX);
		CHECK(policies[n] != &route_policy_none || count == 0);
		for (unsigned i = 0; i < count; i++)
			check_route(lease, routes, i);
		lease_flaws(lease, policies[n], &flaws);
		/* What makes no lease is none of a lease. */
		CHECK(!flaws.of[FLAW_MASK].count);
		CHECK(!flaws.of[FLAW_ADDRESS].count);
	}
}

static void check_name(const char *name)
{
	size_t length = strlen(name);

	CHECK(length > 0 && length < DOMAIN_NAME_SIZE);
	CHECK(fuzz_is_only(name, length, "-._") && *name != '-');
}

static void check_names(const struct dhcp4_lease *lease)
{
	struct domain_walk walk = lease_search(lease);
	char name[DOMAIN_NAME_SIZE], text[2048];
	struct str s = str_over(text, sizeof(text));
	unsigned count = 0;

	if (lease_host_name(lease, name))
		check_name(name);
	if (lease_domain_name(lease, name))
		check_name(name);
	for (; domain_next(&walk, name); count++)
		check_name(name);
	CHECK(count <= DOMAIN_NAMES_MAX);
	lease_timezone(lease, &s);
	lease_captive_portal(lease, &s);
	CHECK(fuzz_is_only(text, s.used, "%+,-./:=@_~?#[]&<>"));
}

static void check_file(const struct dhcp4_lease *lease, nsec now)
{
	static char text[LEASE_FILE_SIZE_MAX];
	struct lease_clocks clocks = { .now = now, .wall_s = 1800000000 };
	struct lease_file file;
	size_t size;

	memset(clocks.boot_id, 'b', BOOT_ID_SIZE);
	size = lease_file_write(lease, 1500, &clocks, text);
	CHECK(size <= sizeof(text));
	CHECK(lease_file_read(text, size, &clocks, &file) == 0);
	CHECK(file.same_boot && file.time_known && file.former_mtu == 1500);
	CHECK(!fields_difference(&dhcp4_lease_fields, lease, &file.lease));
}

static void check_octets(const struct dhcp4_lease *lease)
{
	static uint8_t octets[sizeof(*lease)];
	static struct dhcp4_lease copy;
	struct writer w = writer_over(octets, sizeof(octets));
	struct reader r;

	fields_write(&w, &dhcp4_lease_fields, lease);
	CHECK(!w.failed);
	r = reader_over(octets, w.used);
	fields_read(&r, &dhcp4_lease_fields, &copy);
	CHECK(!r.failed && r.left == 0);
	CHECK(!fields_difference(&dhcp4_lease_fields, lease, &copy));
}

void check_environment(const struct hook_environment *e)
{
	CHECK(e->count <= HOOK_ENVIRONMENT_COUNT && !e->list[e->count]);
	for (size_t i = 0; i < e->count; i++) {
		const char *variable = e->list[i];
		const char *equals = strchr(variable, '=');

		CHECK(equals && equals > variable);
		CHECK(fuzz_is_only(variable, (size_t)(equals - variable), "_"));
		CHECK(fuzz_is_only(equals + 1, strlen(equals + 1), " ._:/,=+@%-"));
	}
}

static void check_hooks(const struct dhcp4_lease *lease)
{
	static struct hook_environment environment;
	static union {
		struct hook_message message;
		uint8_t room[sizeof(struct hook_message) + HOOK_MESSAGE_MAX];
	} told;
	const struct hook_header header = {
		.number = 1,
		.ifindex = 2,
		.reason = HOOK_REASON_BOUND,
		.interface = "eth0",
	};
	struct writer w = writer_over(told.message.bytes, HOOK_MESSAGE_MAX);

	hook_message_begin(&w, &header);
	hook_lease_put(&w, lease, 1800000000);
	CHECK(!w.failed);
	CHECK(hook_message_is_valid(told.message.bytes, w.used));
	told.message.size = w.used;
	hook_environment_make(&environment, &told.message, NULL);
	check_environment(&environment);
}

void check_lease(const struct dhcp4_lease *lease, nsec now)
{
	CHECK(ipv4_is_host(lease->address) && lease->prefix_length <= 32);
	CHECK(lease->lease_s > 0);
	CHECK(lease->expiry_ns == NSEC_NEVER ||
	      (lease->t1_ns < lease->t2_ns && lease->t2_ns < lease->expiry_ns));
	check_routes(lease);
	check_names(lease);
	check_file(lease, now);
	check_octets(lease);
	check_hooks(lease);
}

/* ---- messages ------------------------------------------------------------ */

/* Each option once but for the pieces of a long one, End, and then zeros. */
static void check_options(const uint8_t *options, size_t size)
{
	bool seen[256] = { false };
	unsigned split = DHCP4_OPTION_PAD;
	size_t at = 0;

	while (at < size && options[at] != DHCP4_OPTION_END) {
		unsigned code = options[at];

		CHECK(code != DHCP4_OPTION_PAD);
		CHECK(at + 2 <= size && at + 2 + options[at + 1] <= size);
		CHECK(!seen[code] || code == split);
		seen[code] = true;
		split = options[at + 1] == 255 ? code : DHCP4_OPTION_PAD;
		at += 2U + options[at + 1];
	}
	CHECK(at < size);
	while (++at < size)
		CHECK(options[at] == 0);
}

/* What each of them is, and n: never, y: always has. */
static const struct {
	uint8_t type;
	char ciaddr, requested, server_id;
} tables[DHCP4_REQUEST_COUNT] = {
	[DHCP4_REQUEST_DISCOVER] = { DHCP4_TYPE_DISCOVER, 'n', 'm', 'n' },
	[DHCP4_REQUEST_SELECTING] = { DHCP4_TYPE_REQUEST, 'n', 'y', 'y' },
	[DHCP4_REQUEST_REBOOTING] = { DHCP4_TYPE_REQUEST, 'n', 'y', 'n' },
	[DHCP4_REQUEST_RENEWING] = { DHCP4_TYPE_REQUEST, 'y', 'n', 'n' },
	[DHCP4_REQUEST_REBINDING] = { DHCP4_TYPE_REQUEST, 'y', 'n', 'n' },
	[DHCP4_REQUEST_DECLINE] = { DHCP4_TYPE_DECLINE, 'n', 'y', 'y' },
	[DHCP4_REQUEST_RELEASE] = { DHCP4_TYPE_RELEASE, 'y', 'n', 'y' },
	[DHCP4_REQUEST_INFORM] = { DHCP4_TYPE_INFORM, 'y', 'n', 'n' },
};

static void check_there(char rule, bool there)
{
	CHECK(rule == 'm' || there == (rule == 'y'));
}

/* Whatever it asks for, it is told as it was set. */
static void check_encoded(const struct dhcp4_message *m,
			  enum dhcp4_request request,
			  const struct dhcp4_config *config)
{
	struct option_value set, sent;
	uint16_t offset = 0;

	if (request == DHCP4_REQUEST_DECLINE ||
	    request == DHCP4_REQUEST_RELEASE || config->anonymous)
		return;
	while (encoded_next(config->encoded, &offset, &set)) {
		if (set.code == DHCP4_OPTION_LEASE_TIME)
			continue;
		CHECK(dhcp4_options_get(&m->options, set.code, &sent));
		CHECK(sent.size == set.size &&
		      memcmp(sent.bytes, set.bytes, set.size) == 0);
	}
}

void check_sent(const struct dhcp4_effect *effect,
		const struct dhcp4_config *config)
{
	static struct dhcp4_message m;
	enum dhcp4_request request = effect->send.request;
	const uint8_t *packet = effect->send.packet;
	struct option_value value;
	struct datagram d;

	CHECK(effect->send.size <= DHCP4_PACKET_MAX);
	CHECK(frame_parse(packet, effect->send.size, DHCP4_SERVER_PORT, false,
			  &d) == REJECT_NONE);
	CHECK(d.source_port == DHCP4_CLIENT_PORT);
	CHECK(d.source == effect->send.source);
	CHECK(d.destination == effect->send.destination);
	CHECK(d.payload + d.size == packet + effect->send.size);
	CHECK(d.size >= DHCP4_MESSAGE_MIN);
	check_options(d.payload + DHCP4_HEADER_SIZE, d.size - DHCP4_HEADER_SIZE);
	CHECK(dhcp4_message_parse(d.payload, d.size, &m) == REJECT_NONE);
	CHECK(m.header.op == DHCP4_OP_REQUEST && m.header.hops == 0);
	CHECK(m.type == tables[request].type);
	check_there(tables[request].ciaddr, m.header.ciaddr != IPV4_ANY);
	check_there(tables[request].requested,
		    dhcp4_options_get(&m.options,
				      DHCP4_OPTION_REQUESTED_ADDRESS, &value));
	check_there(tables[request].server_id,
		    dhcp4_options_get(&m.options, DHCP4_OPTION_SERVER_ID, &value));
	check_encoded(&m, request, config);
}
