/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gathered first, then told one object at a time: of a full routing table, at no
 * time more than one route is JSON.
 */
#include "ctl/interfaces.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/census.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/inventory.h"
#include "ctl/inventory_show.h"

/* ---- gathering -------------------------------------------------------------- */

static void forget_counts(void *context)
{
	struct inventory *inventory = context;

	memset(inventory->counts, 0, sizeof(inventory->counts));
}

/* Counted, whether it is kept or not. */
static bool keep_route(void *context, const struct nlmsghdr *message)
{
	struct inventory *v = context;
	enum host_route_class class = host_route_classify(message);
	const struct rtmsg *header = mnl_nlmsg_get_payload(message);

	if (class == HOST_ROUTE_NONE)
		return false;
	/* The choice of the default one is among all. */
	if (!v->only || host_route_uses(message, v->only->index)) {
		unsigned family = inventory_family(header->rtm_family);

		if (family < INVENTORY_FAMILIES)
			v->counts[family][class]++;
		if (v->all || class == HOST_ROUTE_CONNECTED)
			return true;
	}
	return class == HOST_ROUTE_DEFAULT;
}

/* 0 or -errno. */
static int gather_links(struct inventory *v)
{
	int error = host_dump_take(&v->links, RTM_GETLINK, NULL, NULL, NULL);

	if (error == 0)
		error = host_dump_take(&v->addresses, RTM_GETADDR, NULL, NULL,
				       NULL);
	if (error == 0)
		host_links_open(&v->by_index, &v->links, &v->addresses);
	return error;
}

static int gather_routes(struct inventory *v)
{
	int error = host_dump_take(&v->routes, RTM_GETROUTE, keep_route,
				   forget_counts, v);

	if (error == 0)
		error = host_dump_take(&v->rules, RTM_GETRULE, NULL, NULL, NULL);
	if (error == 0 && v->all)
		error = host_dump_take(&v->nexthops, RTM_GETNEXTHOP, NULL, NULL,
				       NULL);
	for (unsigned i = 0; error == 0 && i < INVENTORY_FAMILIES; i++)
		v->defaults[i] = host_default_json(&v->by_index, &v->routes,
						   inventory_families[i].family);
	return error;
}

/* What to exit with. */
static int fail_gather(int error)
{
	if (error == -EINTR)
		return fail(EX_TEMPFAIL, "rtnetlink",
			    "links, addresses or routes changed all the time "
			    "while they were read; try again");
	return fail(EXIT_FAILURE, "rtnetlink", strerror(-error));
}

static int gather(struct inventory *v, const struct call *call,
		  const json_t *daemons)
{
	int error = gather_links(v);

	if (error == 0 && call->interface) {
		v->only = host_link_find(&v->by_index, call->interface);
		if (!v->only)
			return fail(EX_UNAVAILABLE, call->interface,
				    "there is no such interface here; 'tenurectl "
				    "interfaces' shows all");
	}
	if (error == 0)
		error = gather_routes(v);
	if (error == 0)
		error = managers_open(&v->managers, daemons);
	return error < 0 ? fail_gather(error) : EXIT_SUCCESS;
}

static void let_go(struct inventory *v)
{
	managers_close(v->managers);
	for (unsigned i = 0; i < INVENTORY_FAMILIES; i++)
		json_decref(v->defaults[i]);
	host_links_close(&v->by_index);
	host_dump_free(&v->links);
	host_dump_free(&v->addresses);
	host_dump_free(&v->nexthops);
	host_dump_free(&v->rules);
	host_dump_free(&v->routes);
}

/* ---- JSON ---------------------------------------------------------------------- */

/* An object on a line of its own; the last one is followed by no comma. */
static void print_object(json_t *object, bool *first)
{
	fputs(*first ? "\n" : ",\n", stdout);
	*first = false;
	json_dumpf(object, stdout, JSON_ENSURE_ASCII | JSON_COMPACT);
	json_decref(object);
}

static void print_interfaces(const struct inventory *v)
{
	bool first = true;

	for (size_t i = 0; i < v->by_index.count; i++) {
		const struct host_link *link = &v->by_index.list[i];

		if (!v->only || v->only == link)
			print_object(inventory_link(v, link), &first);
	}
}

typedef json_t *to_json(const struct host_links *, const struct nlmsghdr *);

/* What names the one interface, if it is about one; and all that is no route. */
static bool is_shown(const struct inventory *v, const struct nlmsghdr *message,
		     const json_t *object)
{
	if (!v->only)
		return true;
	if (message->nlmsg_type == RTM_NEWROUTE)
		return host_route_uses(message, v->only->index);
	return member_is(object, "interface", v->only->name) ||
	       member_is(object, "inputInterface", v->only->name) ||
	       member_is(object, "outputInterface", v->only->name);
}

static void print_list(const struct inventory *v, const struct host_dump *dump,
		       const char *key, to_json *to)
{
	const struct nlmsghdr *m = NULL;
	bool first = true;

	printf("\n],\n\"%s\": [", key);
	while ((m = host_dump_next(dump, m))) {
		json_t *object = to(&v->by_index, m);

		if (object && is_shown(v, m, object))
			print_object(object, &first);
		else
			json_decref(object);
	}
}

static void print_json(const struct inventory *v)
{
	json_auto_t *defaults = json_object();

	for (unsigned i = 0; i < INVENTORY_FAMILIES; i++)
		json_object_set(defaults, inventory_families[i].name,
				v->defaults[i] ? v->defaults[i] : json_null());
	fputs("{\n\"defaults\": ", stdout);
	json_dumpf(defaults, stdout, JSON_ENSURE_ASCII | JSON_COMPACT);
	fputs(",\n\"interfaces\": [", stdout);
	print_interfaces(v);
	print_list(v, &v->nexthops, "nexthops", host_nexthop_json);
	print_list(v, &v->rules, "rules", host_rule_json);
	print_list(v, &v->routes, "routes", host_route_json);
	fputs("\n]\n}\n", stdout);
}

int interfaces_run(const struct call *call)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, NULL);
	__attribute__((cleanup(let_go))) struct inventory v = {
		.all = call->json || call->given & OPTION_BIT(OPTION_ALL),
	};
	int code = gather(&v, call, census.daemons);

	if (code != EXIT_SUCCESS)
		return code;
	if (call->json)
		print_json(&v);
	else if (v.only)
		inventory_show_one(&v);
	else
		inventory_show_all(&v);
	return census.code;
}
