/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemons say what is leased; the rest is between this process and a STUN server.
 * An interface that nobody manages is asked from by the addresses that it has.
 */
#include "ctl/external.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/show.h"
#include "ctl/stun_probe.h"

#define ADDRESSES_MAX 16
#define TEXT_SIZE     512

struct addresses {
	ipv4_addr list[ADDRESSES_MAX];
	size_t count;
};

/* What is known of one address. */
struct finding {
	ipv4_addr address;
	struct nat_seen seen;
	struct nat_verdict verdict;
	int code;	       /* what to exit with */
	char error[TEXT_SIZE]; /* why nothing is known; empty: it is */
};

/* ---- the server ---------------------------------------------------------------- */

/* The first IPv4 address of a name. What to exit with; failures were told. */
static int resolve(const char *host, ipv4_addr *ret)
{
	const struct addrinfo wanted = { .ai_family = AF_INET,
					 .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	struct sockaddr_in first;
	char text[TEXT_SIZE];
	int error;

	if (str_to_ipv4(host, ret))
		return EXIT_SUCCESS;
	if (!str_is_hostname(host))
		return fail_usage(host, "is no host name and no IPv4 address");
	error = getaddrinfo(host, NULL, &wanted, &found);
	if (error) {
		snprintf(text, sizeof(text),
			 "the name has no IPv4 address that can be found (%s);"
			 " try the server's address itself",
			 gai_strerror(error));
		return fail(error == EAI_AGAIN ? EX_TEMPFAIL : EXIT_FAILURE,
			    host, text);
	}
	memcpy(&first, found->ai_addr, sizeof(first));
	*ret = ntohl(first.sin_addr.s_addr);
	freeaddrinfo(found);
	return EXIT_SUCCESS;
}

static int find_server(const char *text, struct stun_endpoint *ret)
{
	const char *colon = strchr(text, ':');
	char host[256];
	uint64_t port = STUN_PORT;
	int length = colon ? (int)(colon - text) : (int)strlen(text);
	int code;

	if (colon && (!str_to_u64(colon + 1, UINT16_MAX, &port) || !port))
		return fail_usage(text, "wants HOST or HOST:PORT, by IPv4");
	if (length >= (int)sizeof(host))
		return fail_usage("--stun", "such a name is too long");
	snprintf(host, sizeof(host), "%.*s", length, text);
	code = resolve(host, &ret->address);
	if (code)
		return code;
	if (!ipv4_is_host(ret->address))
		return fail_usage(host, "is no address of another host");
	ret->port = (uint16_t)port;
	return EXIT_SUCCESS;
}

/* ---- our addresses ----------------------------------------------------------------- */

static void add_address(struct addresses *addresses, ipv4_addr address)
{
	for (size_t i = 0; i < addresses->count; i++) {
		if (addresses->list[i] == address)
			return;
	}
	if (addresses->count < ADDRESSES_MAX && ipv4_is_host(address))
		addresses->list[addresses->count++] = address;
}

static void add_own(struct addresses *addresses, const char *interface)
{
	struct ifaddrs *all, *each;
	struct sockaddr_in own;

	if (getifaddrs(&all) < 0)
		return;
	for (each = all; each; each = each->ifa_next) {
		if (!each->ifa_addr || each->ifa_addr->sa_family != AF_INET ||
		    strcmp(each->ifa_name, interface) != 0)
			continue;
		memcpy(&own, each->ifa_addr, sizeof(own));
		add_address(addresses, ntohl(own.sin_addr.s_addr));
	}
	freeifaddrs(all);
}

/* Adds a lease's address, or a fallback's, if the interface has it. */
static void add_if_own(struct addresses *addresses, const struct addresses *own,
		       const json_t *object)
{
	const char *text = json_string_value(json_object_get(object, "address"));
	ipv4_addr address;

	if (!text || !str_to_ipv4(text, &address))
		return;
	for (size_t i = 0; i < own->count; i++) {
		if (own->list[i] == address)
			add_address(addresses, address);
	}
}

/* What the daemons lease for the interface, and what they use besides. */
static void add_leased(struct addresses *addresses, const struct addresses *own,
		       const json_t *daemons)
{
	const json_t *daemon, *interface;
	size_t d, i;

	json_array_foreach (daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface) {
			add_if_own(addresses, own,
				   json_object_get(interface, "lease"));
			add_if_own(addresses, own,
				   json_object_get(interface, "fallback"));
		}
	}
}

/* What to exit with; if it is not 0, that was told. */
static int find_addresses(const struct call *call, struct addresses *ret)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, call->interface);
	struct addresses own = { .count = 0 };

	ret->count = 0;
	if (!if_nametoindex(call->interface))
		return fail(
			EX_UNAVAILABLE, call->interface,
			"this host has no such interface; 'ip link' shows all");
	if (census.code)
		return census.code;
	add_own(&own, call->interface);
	if (!json_array_size(census.daemons))
		*ret = own;
	else
		add_leased(ret, &own, census.daemons);
	if (ret->count)
		return EXIT_SUCCESS;
	if (!json_array_size(census.daemons))
		return fail(EX_UNAVAILABLE, call->interface,
			    "it has no IPv4 address, and no daemon manages it;"
			    " 'tenured IFACE' leases one");
	return fail(EXIT_FAILURE, call->interface,
		    "there is no lease to ask from; 'tenurectl status IFACE'"
		    " shows why");
}

/* ---- what was found out ------------------------------------------------------------- */

static void put_endpoint(struct str *s, struct stun_endpoint endpoint)
{
	str_ipv4(s, endpoint.address);
	str_char(s, ':');
	str_u64(s, endpoint.port);
}

static void explain_failure(struct str *s, const struct call *call,
			    const struct finding *finding, int error)
{
	switch (error) {
	case ECONNREFUSED:
		put_endpoint(s, finding->seen.server);
		str_text(s, " says that nobody listens at this port");
		return;
	case ENETUNREACH:
	case EHOSTUNREACH:
		str_text(s, "no route leads to the server: try 'ip route get ");
		str_ipv4(s, finding->seen.server.address);
		str_text(s, " from ");
		str_ipv4(s, finding->address);
		str_text(s, " oif ");
		show_clean(s, call->interface);
		str_char(s, '\'');
		return;
	case EPERM:
	case EACCES:
		str_text(s, "this host's own firewall forbids it");
		return;
	case EADDRNOTAVAIL:
		str_text(s, "the address is not there: the daemon may be in"
			    " another network namespace");
		return;
	default:
		str_text(s, strerror(error));
	}
}

/* Nothing came back in time. What to exit with. */
static int explain_silence(struct str *s, const struct call *call,
			   const struct finding *finding)
{
	struct stun_endpoint server = finding->seen.server;
	ipv4_addr usual = stun_probe_route(IPV4_ANY, server);

	/* The kernel has taken it for a neighbour: the interface was given. */
	if (!stun_probe_route(finding->address, server)) {
		explain_failure(s, call, finding, ENETUNREACH);
		return EXIT_FAILURE;
	}
	put_endpoint(s, server);
	str_text(s, " does not answer within ");
	str_duration(s, call->wait_s);
	str_text(s, ": UDP is blocked on the way, or it is no STUN server");
	if (usual == IPV4_ANY || usual == finding->address)
		return EX_TEMPFAIL;
	str_text(s, "; routes lead there from ");
	str_ipv4(s, usual);
	str_text(s, ", so answers to ");
	str_ipv4(s, finding->address);
	str_text(s, " may be dropped here (rp_filter)");
	return EX_TEMPFAIL;
}

/* Why the first question has no answer that says anything. What to exit with. */
static int explain(struct str *s, const struct call *call,
		   const struct finding *finding, int error)
{
	const struct nat_answer *first = &finding->seen.answers[NAT_TEST_MAPPING];

	if (error < 0) {
		explain_failure(s, call, finding, -error);
		return EXIT_FAILURE;
	}
	switch (first->outcome) {
	case NAT_FAILED:
		explain_failure(s, call, finding, first->error);
		return EXIT_FAILURE;
	case NAT_REFUSED:
		put_endpoint(s, finding->seen.server);
		if (first->message.error) {
			str_text(s, " answers with error ");
			str_u64(s, first->message.error);
		} else {
			str_text(s, " gives an answer that cannot be used");
		}
		str_text(s, "; try another server");
		return EXIT_FAILURE;
	case NAT_NOT_ASKED:
	case NAT_ANSWERED:
	case NAT_SILENT:
		break;
	}
	return explain_silence(s, call, finding);
}

static void find_out(const struct call *call, struct stun_endpoint server,
		     struct finding *finding)
{
	const struct stun_probe probe = { .interface = call->interface,
					  .address = finding->address,
					  .server = server,
					  .wait_ms = call->wait_s * 1000 };
	struct str s = str_over(finding->error, sizeof(finding->error));
	int error = stun_probe(&probe, &finding->seen);

	nat_judge(&finding->seen, &finding->verdict);
	finding->code = EXIT_SUCCESS;
	if (!finding->verdict.external.port)
		finding->code = explain(&s, call, finding, error);
}

/* ---- for people --------------------------------------------------------------------- */

static void put_kind(struct str *s, const char *before, enum nat_kind kind,
		     const char *of_what)
{
	if (kind == NAT_UNKNOWN)
		return;
	str_text(s, before);
	str_text(s, kind == NAT_NONE ? "no" : nat_kind_name(kind));
	str_char(s, ' ');
	str_text(s, of_what);
}

static void show_unknown(const struct call *call, const char *what,
			 const char *why)
{
	if (why)
		printf("%s: %s is not known: %s\n", call->interface, what, why);
}

static void show_finding(const struct call *call, const struct finding *finding)
{
	const struct nat_verdict *verdict = &finding->verdict;
	char text[TEXT_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (finding->error[0]) {
		str_ipv4(&s, finding->address);
		str_text(&s, ": ");
		str_text(&s, finding->error);
		fail(finding->code, call->interface, text);
		return;
	}
	str_ipv4(&s, finding->address);
	str_text(&s, " appears as ");
	if (verdict->mapping == NAT_NONE)
		str_text(&s, "itself; no NAT");
	else
		str_ipv4(&s, verdict->external.address);
	if (verdict->mapping != NAT_NONE) {
		str_text(&s, "; NAT");
		put_kind(&s, ": ", verdict->mapping, "mapping");
	}
	put_kind(&s, verdict->mapping == NAT_UNKNOWN ? ": " : ", ",
		 verdict->filtering, "filtering");
	if (verdict->mapping != NAT_NONE && verdict->hairpins)
		str_text(&s, ", hairpinning");
	printf("%s: %s\n", call->interface, text);
	show_unknown(call, "mapping", verdict->why_no_mapping);
	show_unknown(call, "filtering", verdict->why_no_filtering);
}

/* ---- for programs --------------------------------------------------------------------- */

static json_t *json_address(ipv4_addr address)
{
	char text[sizeof("255.255.255.255")];
	struct str s = str_over(text, sizeof(text));

	str_ipv4(&s, address);
	return json_string(text);
}

static json_t *json_endpoint(struct stun_endpoint endpoint)
{
	if (!endpoint.port)
		return json_null();
	return json_pack("{s:o, s:i}", "address",
			 json_address(endpoint.address), "port", endpoint.port);
}

static json_t *json_text(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static json_t *json_finding(const struct finding *finding)
{
	const struct nat_verdict *verdict = &finding->verdict;
	const struct nat_seen *seen = &finding->seen;
	bool asked = seen->answers[NAT_TEST_HAIRPIN].outcome != NAT_NOT_ASKED;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}",
			 "address", json_address(finding->address), "local",
			 json_endpoint(seen->local), "external",
			 json_endpoint(verdict->external), "mapping",
			 json_text(nat_kind_name(verdict->mapping)), "filtering",
			 json_text(nat_kind_name(verdict->filtering)),
			 "hairpinning",
			 asked ? json_boolean(verdict->hairpins) : json_null(),
			 "mappingUnknown", json_text(verdict->why_no_mapping),
			 "filteringUnknown", json_text(verdict->why_no_filtering),
			 "error", json_text(finding->error));
}

/* ---- the command -------------------------------------------------------------------- */

int external_run(const struct call *call)
{
	struct addresses addresses;
	struct stun_endpoint server = { 0 };
	json_auto_t *list = json_array(), *all = NULL;
	int code;

	if (!call->stun)
		return fail_usage("external", "wants a server, by --stun");
	code = find_server(call->stun, &server);
	if (!code)
		code = find_addresses(call, &addresses);
	if (code)
		return code;
	for (size_t i = 0; i < addresses.count; i++) {
		struct finding finding = { .address = addresses.list[i] };

		find_out(call, server, &finding);
		if (finding.code)
			code = finding.code;
		if (call->json)
			json_array_append_new(list, json_finding(&finding));
		else
			show_finding(call, &finding);
	}
	if (call->json) {
		all = json_pack("{s:s, s:o, s:O}", "interface", call->interface,
				"server", json_endpoint(server), "addresses",
				list);
		show_json(all);
	}
	return code;
}
