/* SPDX-License-Identifier: BSD-2-Clause */
/* A table for all links, labelled lines for one. */
#include "ctl/inventory_show.h"

#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/grid.h"
#include "ctl/show.h"

/* Addresses of a link in the table; the rest is a number. */
#define ADDRESSES_SHOWN 3

/* ---- words --------------------------------------------------------------------- */

/* "up, broadcast" */
static void put_list(struct str *s, const json_t *list, const char *between)
{
	const json_t *value;
	size_t i;

	json_array_foreach (list, i, value) {
		str_text(s, i ? between : "");
		show_scalar(s, value);
	}
}

static void put_word(struct str *s, const char *word, const json_t *value)
{
	if (!value || json_is_null(value))
		return;
	str_char(s, ' ');
	str_text(s, word);
	if (*word)
		str_char(s, ' ');
	show_scalar(s, value);
}

/* " via 10.0.0.1 dev eth0" */
static void put_hop(struct str *s, const json_t *hop)
{
	put_word(s, "via", json_object_get(hop, "gateway"));
	put_word(s, "dev", json_object_get(hop, "interface"));
}

static void put_route(struct str *s, const json_t *route)
{
	const char *to = member_text(route, "destination");
	size_t length = strlen(to), i;
	const json_t *hop;

	if (!member_is(route, "type", "unicast")) {
		show_clean(s, member_text(route, "type"));
		str_char(s, ' ');
	}
	if (length > 2 && strcmp(to + length - 2, "/0") == 0)
		str_text(s, "default");
	else
		show_clean(s, to);
	put_word(s, "from", json_object_get(route, "from"));
	put_hop(s, route);
	json_array_foreach (json_object_get(route, "nexthops"), i, hop) {
		str_text(s, i ? "," : "");
		put_hop(s, hop);
	}
	if (member_number(route, "metric"))
		put_word(s, "metric", json_object_get(route, "metric"));
	put_word(s, "source", json_object_get(route, "preferredSource"));
	put_word(s, "table", json_object_get(route, "table"));
	put_word(s, "protocol", json_object_get(route, "protocol"));
}

static void put_managed(struct str *s, const json_t *link)
{
	const json_t *by = json_object_get(link, "managedBy");
	const char *because =
		json_string_value(json_object_get(link, "unmanagedBecause"));

	if (!because) {
		str_text(s, "yes");
		put_word(s, "", json_object_get(by, "state"));
		return;
	}
	str_text(s, "no: ");
	if (json_is_object(by)) {
		show_clean(s, member_text(by, "program"));
		str_text(s, " does");
	} else if (strcmp(because, "port") == 0) {
		str_text(s, "a port of ");
		show_clean(s, member_text(link, "master"));
	} else {
		str_text(s, manager_reason_text(because));
	}
}

static const char *carrier_word(const json_t *link)
{
	if (!member_is_true(link, "up"))
		return "down";
	return member_is_true(link, "carrier") ? "yes" : "no";
}

/* ---- the table -------------------------------------------------------------------- */

enum column {
	COLUMN_INTERFACE,
	COLUMN_KIND,
	COLUMN_CARRIER,
	COLUMN_ADDRESSES,
	COLUMN_DEFAULT,
	COLUMN_MANAGED,
	COLUMN_COUNT
};

static const struct grid_column columns[COLUMN_COUNT] = {
	[COLUMN_INTERFACE] = { "INTERFACE", false },
	[COLUMN_KIND] = { "KIND", false },
	[COLUMN_CARRIER] = { "CARRIER", false },
	[COLUMN_ADDRESSES] = { "ADDRESSES", false },
	[COLUMN_DEFAULT] = { "DEFAULT", false },
	[COLUMN_MANAGED] = { "MANAGED", false },
};

static void put_addresses(struct str *s, const json_t *list)
{
	const json_t *address;
	size_t i;

	json_array_foreach (list, i, address) {
		if (i == ADDRESSES_SHOWN)
			break;
		str_text(s, i ? " " : "");
		show_address(s, address);
	}
	if (json_array_size(list) > ADDRESSES_SHOWN) {
		str_text(s, " +");
		str_u64(s, json_array_size(list) - ADDRESSES_SHOWN);
	}
}

static void add_row(struct grid *grid, const json_t *link)
{
	struct str cell[COLUMN_COUNT];

	grid_add(grid);
	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		cell[i] = grid_cell(grid, i);
	show_clean(&cell[COLUMN_INTERFACE], member_text(link, "name"));
	show_clean(&cell[COLUMN_KIND], member_text(link, "kind"));
	str_text(&cell[COLUMN_CARRIER], carrier_word(link));
	put_addresses(&cell[COLUMN_ADDRESSES],
		      json_object_get(link, "addresses"));
	put_list(&cell[COLUMN_DEFAULT], json_object_get(link, "defaultFor"),
		 ", ");
	put_managed(&cell[COLUMN_MANAGED], link);
}

/* ---- routes ------------------------------------------------------------------------ */

/* "1 default, 3 connected, 4 local, 100 others" */
static void put_counts(struct str *s, const size_t *counts)
{
	static const char *const words[] = {
		[HOST_ROUTE_DEFAULT] = " default, ",
		[HOST_ROUTE_CONNECTED] = " connected, ",
		[HOST_ROUTE_LOCAL] = " local, ",
		[HOST_ROUTE_OTHER] = " others",
	};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		str_u64(s, counts[i]);
		str_text(s, words[i]);
	}
}

static void show_counts(const struct inventory *v)
{
	for (unsigned i = 0; i < INVENTORY_FAMILIES; i++) {
		char text[SHOW_LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		str_text(&s, inventory_families[i].name);
		str_text(&s, ": ");
		put_counts(&s, v->counts[i]);
		if (!v->all && (v->counts[i][HOST_ROUTE_LOCAL] ||
				v->counts[i][HOST_ROUTE_OTHER]))
			str_text(&s, "; --all shows each");
		show_line(i ? "" : "routes", text);
	}
}

static void show_route(const char *label, const json_t *route)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	put_route(&s, route);
	show_line(label, text);
}

/* Those that were kept, and lead through the one link, if there is one. */
static void show_routes(const struct inventory *v)
{
	const struct nlmsghdr *m = NULL;

	while ((m = host_dump_next(&v->routes, m))) {
		json_t *route;

		if (v->only && !host_route_uses(m, v->only->index))
			continue;
		route = host_route_json(&v->by_index, m);
		show_route("", route);
		json_decref(route);
	}
}

/* Not a number that is its default, nor the prefix of everything. */
static bool says_something(const json_t *value)
{
	const char *text = json_string_value(value);
	size_t length = text ? strlen(text) : 0;

	if (json_is_integer(value))
		return json_integer_value(value) > 0;
	return length < 2 || strcmp(text + length - 2, "/0") != 0;
}

/* Whatever goes without saying is left out: "ipv4 100 from 10.0.0.0/8 table 7". */
static void put_rule(struct str *s, const json_t *rule)
{
	static const char *const keys[] = {
		"from",
		"to",
		"tos",
		"inputInterface",
		"outputInterface",
		"mark",
		"markMask",
		"users",
		"ipProtocol",
		"sourcePorts",
		"destinationPorts",
		"goto",
		"table",
	};
	const char *action = member_text(rule, "action");

	show_clean(s, member_text(rule, "family"));
	put_word(s, "", json_object_get(rule, "priority"));
	if (json_array_size(json_object_get(rule, "flags"))) {
		str_char(s, ' ');
		put_list(s, json_object_get(rule, "flags"), " ");
	}
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		const json_t *value = json_object_get(rule, keys[i]);

		if (json_is_array(value)) {
			str_char(s, ' ');
			str_text(s, keys[i]);
			str_char(s, ' ');
			put_list(s, value, "-");
		} else if (says_something(value)) {
			put_word(s, keys[i], value);
		}
	}
	if (strcmp(action, "table") != 0 && strcmp(action, "goto") != 0)
		put_word(s, "", json_object_get(rule, "action"));
	if (json_integer_value(json_object_get(rule, "suppressPrefixLength")) >= 0)
		put_word(s, "suppressPrefixLength",
			 json_object_get(rule, "suppressPrefixLength"));
}

/* The kernel's own, which every host has, are only shown among all. */
static void show_rules(const struct inventory *v)
{
	const struct nlmsghdr *m = NULL;
	const char *label = "rules";

	while ((m = host_dump_next(&v->rules, m))) {
		json_auto_t *rule = host_rule_json(&v->by_index, m);
		char text[SHOW_LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		if (!rule || (!v->all && member_is(rule, "protocol", "kernel")))
			continue;
		put_rule(&s, rule);
		show_line(label, text);
		label = "";
	}
}

static void show_defaults(const struct inventory *v)
{
	for (unsigned i = 0; i < INVENTORY_FAMILIES; i++) {
		if (v->defaults[i])
			show_route(inventory_families[i].name, v->defaults[i]);
		else
			show_line(inventory_families[i].name, "no default route");
	}
}

void inventory_show_all(const struct inventory *v)
{
	struct grid grid = grid_make(columns, COLUMN_COUNT);

	for (size_t i = 0; i < v->by_index.count; i++) {
		json_t *link = inventory_link(v, &v->by_index.list[i]);

		add_row(&grid, link);
		json_decref(link);
	}
	grid_print(&grid);
	grid_free(&grid);
	printf("\n");
	show_defaults(v);
	show_rules(v);
	show_counts(v);
	if (v->all)
		show_routes(v);
}

/* ---- one link ---------------------------------------------------------------------- */

/* A member that is there; of a link by index the name is one. */
static void line_of(const char *label, const json_t *object, const char *key)
{
	const json_t *value = json_object_get(object, key);
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (!value || json_is_null(value))
		return;
	if (json_is_array(value))
		put_list(&s, value, ", ");
	else
		show_scalar(&s, value);
	if (s.used)
		show_line(label, text);
}

/* Members of an object that are words or numbers: "id 5, protocol 802.1Q". */
static void line_of_data(const char *label, const json_t *object)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	const char *key;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)object, key, value) {
		if (json_is_object(value))
			continue;
		str_text(&s, s.used ? ", " : "");
		str_text(&s, key);
		str_char(&s, ' ');
		if (json_is_array(value))
			put_list(&s, value, " ");
		else
			show_scalar(&s, value);
	}
	if (s.used)
		show_line(label, text);
}

static void show_addresses(const json_t *list)
{
	const json_t *address;
	size_t i;

	json_array_foreach (list, i, address) {
		const json_t *valid = json_object_get(address, "validSeconds");
		char text[SHOW_LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		show_address(&s, address);
		put_word(&s, "peer", json_object_get(address, "peer"));
		put_word(&s, "scope", json_object_get(address, "scope"));
		put_word(&s, "protocol", json_object_get(address, "protocol"));
		if (json_is_integer(valid)) {
			str_text(&s, ", valid for ");
			show_seconds(&s, valid, "ever");
		}
		if (json_array_size(json_object_get(address, "flags"))) {
			str_text(&s, ", ");
			put_list(&s, json_object_get(address, "flags"), ", ");
		}
		show_line(i ? "" : "addresses", text);
	}
}

static void show_link(const json_t *link)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	show_clean(&s, member_text(link, "name"));
	printf("%s\n", text);
	line_of("also called", link, "alternativeNames");
	line_of("alias", link, "alias");
	line_of("index", link, "index");
	line_of("kind", link, "kind");
	line_of_data("", json_object_get(link, "kindData"));
	line_of("lower link", link, "lower");
	line_of("peer", link, "peer");
	line_of("port of", link, "master");
	line_of_data("", json_object_get(link, "portData"));
	line_of("hardware", link, "hardwareAddress");
	line_of("mtu", link, "mtu");
	show_line("carrier", carrier_word(link));
	line_of("state", link, "operationalState");
	line_of("flags", link, "flags");
}

void inventory_show_one(const struct inventory *v)
{
	json_auto_t *link = inventory_link(v, v->only);
	const json_t *by = json_object_get(link, "managedBy");
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	show_link(link);
	put_managed(&s, link);
	show_line("managed", text);
	line_of_data("", json_is_object(by) ? by : NULL);
	show_addresses(json_object_get(link, "addresses"));
	line_of("default for", link, "defaultFor");
	show_counts(v);
	show_routes(v);
}
