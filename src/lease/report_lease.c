/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease to JSON; see report_leaf.h for what cannot be made. */
#include "lease/report_lease.h"

#include "base/assert.h"
#include "base/str.h"
#include "core/names.h"
#include "lease/report_leaf.h"
#include "lease/report_options.h"

static json_t *route(const struct dhcp4_route *route)
{
	json_t *object = json_object();

	report_put(&object, "destination",
		   report_prefix((struct ipv4_prefix){ route->destination,
						       route->prefix_length }));
	report_put(&object, "gateway", report_ipv4_or_null(route->gateway));
	return object;
}

static json_t *routes(const struct dhcp4_lease *lease,
		      const struct route_policy *policy)
{
	struct dhcp4_route table[DHCP4_ROUTES_MAX];
	unsigned number = lease_routes(lease, policy, table);
	json_t *list = json_array();

	for (unsigned i = 0; i < number; i++)
		report_append(&list, route(&table[i]));
	return list;
}

json_t *report_dns_servers(struct lease_terms terms)
{
	json_t *list = json_array();
	unsigned index = 0;
	ipv4_addr address;

	while (lease_next_name_server(&terms, &index, &address, NULL))
		report_append(&list, report_ipv4(address));
	return list;
}

/* A destination with its length, one host as an address. */
static json_t *flawed(struct ipv4_prefix what)
{
	return what.length == 32 ? report_ipv4(what.address)
				 : report_prefix(what);
}

static json_t *flaws(const struct dhcp4_lease *lease,
		     const struct route_policy *policy)
{
	struct flaws flaws;
	json_t *list = json_array();

	lease_flaws(lease, policy, &flaws);
	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		json_t *object;

		if (!flaws.of[i].count)
			continue;
		object = json_object();
		report_put(&object, "rule", json_string(flaw_name((enum flaw)i)));
		report_put(&object, "count", json_integer(flaws.of[i].count));
		report_put(&object, "first", flawed(flaws.of[i].first));
		report_append(&list, object);
	}
	return list;
}

static json_t *search(const struct dhcp4_lease *lease)
{
	struct domain_walk walk = lease_search(lease);
	char name[DOMAIN_NAME_SIZE];
	json_t *list = json_array();

	while (domain_next(&walk, name))
		report_append(&list, json_string(name));
	return list;
}

/* What the lease says of a name, or null. */
static json_t *name_in(const struct dhcp4_lease *lease,
		       bool (*name_of_lease)(const struct dhcp4_lease *,
					     char ret[DOMAIN_NAME_SIZE]))
{
	char name[DOMAIN_NAME_SIZE];

	return name_of_lease(lease, name) ? json_string(name) : json_null();
}

/* What it says of something else, or null. */
static json_t *text_in(const struct dhcp4_lease *lease,
		       bool (*text_of_lease)(const struct dhcp4_lease *,
					     struct str *))
{
	char text[DHCP4_OPTIONS_SIZE];
	struct str s = str_over(text, sizeof(text));

	return text_of_lease(lease, &s) ? json_string(text) : json_null();
}

json_t *report_lease(const struct dhcp4_lease *lease,
		     const struct route_policy *policy, nsec now, bool raw)
{
	bool infinite = lease->lease_s == DHCP4_LEASE_INFINITE;
	json_t *object = json_object();

	report_put(&object, "address", report_ipv4(lease->address));
	report_put(&object, "prefixLength", json_integer(lease->prefix_length));
	report_put(&object, "server",
		   lease_is_bootp(lease) ? json_null()
					 : report_ipv4(lease->server_id));
	report_put(&object, "seconds",
		   infinite ? json_null() : json_integer(lease->lease_s));
	report_put(&object, "renewInSeconds",
		   report_seconds_until(now, lease->t1_ns));
	report_put(&object, "rebindInSeconds",
		   report_seconds_until(now, lease->t2_ns));
	report_put(&object, "expiresInSeconds",
		   report_seconds_until(now, lease->expiry_ns));
	report_put(&object, "routes", routes(lease, policy));
	report_put(&object, "dnsServers", report_dns_servers(lease_terms(lease)));
	report_put(&object, "flaws", flaws(lease, policy));
	report_put(&object, "hostName", name_in(lease, lease_host_name));
	report_put(&object, "domainName", name_in(lease, lease_domain_name));
	report_put(&object, "search", search(lease));
	report_put(&object, "timezone", text_in(lease, lease_timezone));
	report_put(&object, "captivePortal",
		   text_in(lease, lease_captive_portal));
	report_put(&object, "options", report_options(&lease->options, raw));
	report_put(&object, "authentication",
		   json_string(dhcp4_auth_name(lease->auth)));
	return object;
}
