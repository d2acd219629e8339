/* SPDX-License-Identifier: BSD-2-Clause */
/* A table for all interfaces, labelled lines for one. */
#include "ctl/show.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/memory.h"

void show_clean(struct str *s, const char *text)
{
	for (; text && *text; text++)
		str_char(s, *text >= ' ' && *text <= '~' ? *text : '?');
}

void show_json(const json_t *json)
{
	json_dumpf(json, stdout, JSON_INDENT(2));
	putchar('\n');
}

/* A member that is a text; "?" if it is missing. */
static const char *text_of(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "?";
}

void show_server(struct str *s, const json_t *lease)
{
	const char *server = json_string_value(json_object_get(lease, "server"));

	show_clean(s, server ? server : "BOOTP");
}

static uint64_t number_of(const json_t *value)
{
	json_int_t number = json_integer_value(value);

	return number > 0 ? (uint64_t)number : 0;
}

void show_address(struct str *s, const json_t *lease)
{
	show_clean(s, text_of(lease, "address"));
	str_char(s, '/');
	str_u64(s, number_of(json_object_get(lease, "prefixLength")));
}

void show_seconds(struct str *s, const json_t *seconds, const char *infinite)
{
	if (json_is_integer(seconds))
		str_duration(s, number_of(seconds));
	else
		str_text(s, infinite);
}

static bool is_true(const json_t *object, const char *key)
{
	return json_is_true(json_object_get(object, key));
}

/* True if the lease is more than a wish. */
static bool is_leased(const json_t *interface)
{
	const char *tenure = text_of(interface, "tenure");

	return json_is_object(json_object_get(interface, "lease")) &&
	       (!strcmp(tenure, "held") || !strcmp(tenure, "granted"));
}

/* ---- the table ------------------------------------------------------------ */

enum column {
	COLUMN_INSTANCE,
	COLUMN_INTERFACE,
	COLUMN_STATE,
	COLUMN_ADDRESS,
	COLUMN_SERVER,
	COLUMN_EXPIRES,
	COLUMN_NOTE,
	COLUMN_COUNT
};

#define CELL_SIZE 128

struct row {
	char cell[COLUMN_COUNT][CELL_SIZE];
};

static const char *const headings[COLUMN_COUNT] = {
	"INSTANCE", "INTERFACE",  "STATE", "ADDRESS",
	"SERVER",   "EXPIRES-IN", "NOTE",
};

/* Of RUNDIR/NAME/FILE.sock it is NAME. */
static void show_instance(struct str *s, const char *socket, const char *run_dir)
{
	size_t length = strlen(run_dir);
	const char *rest, *slash;

	if (strncmp(socket, run_dir, length) != 0)
		return;
	rest = socket + length;
	rest += strspn(rest, "/");
	slash = strchr(rest, '/');
	while (slash && rest < slash)
		str_char(s, *rest++);
}

static void show_note(struct str *s, const json_t *interface)
{
	const char *error =
		json_string_value(json_object_get(interface, "lastError"));

	if (!is_true(interface, "present"))
		str_text(s, "the interface is gone");
	else if (json_is_string(json_object_get(interface, "portOf")))
		str_text(s, "a port of another interface");
	else if (!is_true(interface, "carrier"))
		str_text(s, "no carrier");
	else
		show_clean(s, error);
}

static void fill_row(struct row *row, const json_t *daemon,
		     const json_t *interface, const char *run_dir)
{
	const json_t *lease = json_object_get(interface, "lease");
	struct str cell[COLUMN_COUNT];

	for (unsigned i = 0; i < COLUMN_COUNT; i++)
		cell[i] = str_over(row->cell[i], CELL_SIZE);
	show_instance(&cell[COLUMN_INSTANCE], text_of(daemon, "socket"), run_dir);
	show_clean(&cell[COLUMN_INTERFACE], text_of(interface, "name"));
	show_clean(&cell[COLUMN_STATE], text_of(interface, "state"));
	show_note(&cell[COLUMN_NOTE], interface);
	if (is_leased(interface)) {
		show_address(&cell[COLUMN_ADDRESS], lease);
		show_server(&cell[COLUMN_SERVER], lease);
		show_seconds(&cell[COLUMN_EXPIRES],
			     json_object_get(lease, "expiresInSeconds"), "never");
	}
}

/* The first column and the last one are left out if they are empty. */
static void print_rows(const struct row *rows, size_t count)
{
	size_t width[COLUMN_COUNT] = { 0 };
	unsigned first = COLUMN_INSTANCE, last = COLUMN_NOTE;

	for (unsigned c = 0; c < COLUMN_COUNT; c++) {
		for (size_t i = 1; i < count; i++) {
			if (strlen(rows[i].cell[c]) > width[c])
				width[c] = strlen(rows[i].cell[c]);
		}
	}
	if (!width[first])
		first++;
	if (!width[last])
		last--;
	for (unsigned c = first; c <= last; c++) {
		if (width[c] < strlen(headings[c]))
			width[c] = strlen(headings[c]);
	}
	for (size_t i = 0; i < count; i++) {
		for (unsigned c = first; c <= last; c++)
			printf("%-*s%s", c < last ? (int)width[c] : 0,
			       *rows[i].cell[c] ? rows[i].cell[c] : "-",
			       c < last ? "  " : "\n");
	}
}

void show_table(const json_t *daemons, const char *run_dir)
{
	const json_t *daemon, *interface;
	size_t count = 1, d, i;
	struct row *rows;

	json_array_foreach (daemons, d, daemon)
		count += json_array_size(json_object_get(daemon, "interfaces"));
	rows = memory_get(count * sizeof(*rows));
	memset(rows, 0, count * sizeof(*rows));
	for (unsigned c = 0; c < COLUMN_COUNT; c++)
		strcpy(rows[0].cell[c], headings[c]);
	count = 1;
	json_array_foreach (daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface)
			fill_row(&rows[count++], daemon, interface, run_dir);
	}
	print_rows(rows, count);
	free(rows);
}

/* ---- one interface ----------------------------------------------------------- */

/* Longer lists are cut, which they are only if somebody plays tricks. */
#define LINE_SIZE 2048

void show_line(const char *label, const char *text)
{
	printf("  %-11s %s\n", label, text);
}

static void line_of(const char *label, const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (!value)
		return;
	show_clean(&s, value);
	show_line(label, text);
}

static void line_in(const char *label, const json_t *lease, const char *key,
		    const char *infinite)
{
	char text[64];
	struct str s = str_over(text, sizeof(text));

	show_seconds(&s, json_object_get(lease, key), infinite);
	show_line(label, text);
}

static void show_counters(const char *label, const json_t *counters)
{
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	const char *name;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)counters, name, value) {
		if (s.used)
			str_text(&s, ", ");
		show_clean(&s, name);
		str_char(&s, ' ');
		str_u64(&s, number_of(value));
	}
	if (s.used)
		show_line(label, text);
}

static void show_routes(const json_t *routes)
{
	const json_t *route;
	size_t i;

	json_array_foreach (routes, i, route) {
		const json_t *gateway = json_object_get(route, "gateway");
		char text[128];
		struct str s = str_over(text, sizeof(text));

		show_clean(&s, text_of(route, "destination"));
		if (json_is_string(gateway)) {
			str_text(&s, " via ");
			show_clean(&s, json_string_value(gateway));
		}
		show_line(i ? "" : "routes", text);
	}
}

static void show_dns(const json_t *servers)
{
	const json_t *server;
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	json_array_foreach (servers, i, server) {
		if (i)
			str_text(&s, ", ");
		show_clean(&s, json_string_value(server));
	}
	if (s.used)
		show_line("dns", text);
}

static void show_scalar(struct str *s, const json_t *value)
{
	json_int_t number = json_integer_value(value);

	if (json_is_integer(value)) {
		if (number < 0)
			str_char(s, '-');
		str_u64(s, number < 0 ? -(uint64_t)number : (uint64_t)number);
	} else if (json_is_boolean(value)) {
		str_text(s, json_is_true(value) ? "yes" : "no");
	} else {
		show_clean(s, json_is_string(value) ? json_string_value(value)
						    : "-");
	}
}

/*
 * The value of an option (tenured-ipc(7)): those of lists with commas between
 * them, members of records after their names, octets as their hex alone.
 */
static void show_value(struct str *s, const json_t *value)
{
	const json_t *code = json_object_get(value, "code");
	const char *name, *between = "";
	json_t *part;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach (value, i, part) {
			str_text(s, i ? ", " : "");
			show_value(s, part);
		}
	} else if (json_object_get(value, "hex")) {
		show_scalar(s, json_object_get(value, "hex"));
	} else if (code) {
		name = json_string_value(json_object_get(value, "name"));
		if (name)
			show_clean(s, name);
		else
			show_scalar(s, code);
		str_char(s, '=');
		show_value(s, json_object_get(value, "value"));
	} else if (json_is_object(value)) {
		json_object_foreach ((json_t *)(uintptr_t)value, name, part) {
			str_text(s, between);
			show_clean(s, name);
			str_char(s, ' ');
			show_value(s, part);
			between = " ";
		}
	} else {
		show_scalar(s, value);
	}
}

/* What of the lease is not used, and why. */
static void show_flaws(const json_t *flaws)
{
	const json_t *flaw;
	size_t i;

	json_array_foreach (flaws, i, flaw) {
		char text[128];
		struct str s = str_over(text, sizeof(text));

		show_clean(&s, text_of(flaw, "rule"));
		str_text(&s, ": ");
		show_scalar(&s, json_object_get(flaw, "count"));
		str_text(&s, ", the first is ");
		show_clean(&s, text_of(flaw, "first"));
		show_line(i ? "" : "not used", text);
	}
}

/* Whose traffic the routes take, or would. */
static void show_overlaps(const json_t *overlaps)
{
	const json_t *overlap;
	size_t i;

	json_array_foreach (overlaps, i, overlap) {
		char text[128];
		struct str s = str_over(text, sizeof(text));

		show_clean(&s, text_of(overlap, "route"));
		str_text(&s, is_true(overlap, "refused")
				     ? " is refused: it lies in "
				     : " takes traffic from ");
		show_clean(&s, text_of(overlap, "of"));
		str_text(&s, " of ");
		show_clean(&s, text_of(overlap, "interface"));
		show_line(i ? "" : "overlaps", text);
	}
}

void show_options(const json_t *options)
{
	const json_t *option;
	size_t i;

	json_array_foreach (options, i, option) {
		const char *name =
			json_string_value(json_object_get(option, "name"));
		char text[LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		if (name) {
			show_clean(&s, name);
		} else {
			str_text(&s, "option-");
			show_scalar(&s, json_object_get(option, "code"));
		}
		str_char(&s, ' ');
		show_value(&s, json_object_get(option, "value"));
		show_line(i ? "" : "options", text);
	}
}

static void show_lease(const json_t *interface)
{
	const json_t *lease = json_object_get(interface, "lease");
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(lease))
		return;
	show_address(&s, lease);
	if (!is_leased(interface))
		str_text(&s, " (not in use: to be asked for again)");
	else if (!is_true(interface, "ready"))
		str_text(&s, " (not configured yet)");
	show_line("address", text);
	s = str_over(text, sizeof(text));
	show_server(&s, lease);
	show_line("server", text);
	line_in("leased for", lease, "seconds", "ever");
	line_in("renews in", lease, "renewInSeconds", "never");
	line_in("rebinds in", lease, "rebindInSeconds", "never");
	line_in("expires in", lease, "expiresInSeconds", "never");
	show_routes(json_object_get(lease, "routes"));
	show_dns(json_object_get(lease, "dnsServers"));
	show_flaws(json_object_get(lease, "flaws"));
	show_overlaps(json_object_get(interface, "overlaps"));
	show_options(json_object_get(lease, "options"));
}

static void show_fallback(const json_t *interface)
{
	const json_t *fallback = json_object_get(interface, "fallback");
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(fallback))
		return;
	if (json_is_string(json_object_get(fallback, "address"))) {
		show_address(&s, fallback);
		str_text(&s, ", ");
	}
	show_clean(&s, text_of(fallback, "state"));
	show_line("fallback", text);
}

static void show_informed(const json_t *interface)
{
	const json_t *informed = json_object_get(interface, "informed");
	const char *server = text_of(informed, "server");
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(informed))
		return;
	show_clean(&s, text_of(informed, "address"));
	str_text(&s, server ? ", by " : ", no answer yet");
	if (server)
		show_clean(&s, server);
	show_line("informed", text);
	show_dns(json_object_get(informed, "dnsServers"));
}

static void show_state(const json_t *interface)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	show_clean(&s, text_of(interface, "state"));
	str_text(&s, " for ");
	show_seconds(&s, json_object_get(interface, "stateSeconds"), "?");
	show_line("state", text);
	if (json_is_integer(json_object_get(interface, "ipv6OnlySeconds")))
		line_in("no IPv4 for", interface, "ipv6OnlySeconds", "ever");
	show_line("carrier", !is_true(interface, "present")
				     ? "the interface is gone"
			     : is_true(interface, "carrier") ? "yes"
							     : "no");
}

static void show_hooks(const json_t *hooks)
{
	const char *reason = json_string_value(json_object_get(hooks, "reason"));
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(hooks))
		return;
	show_clean(&s, text_of(hooks, "state"));
	if (reason) {
		str_text(&s, ", ");
		show_clean(&s, reason);
	}
	show_line("hooks", text);
}

static void show_daemon(const json_t *daemon)
{
	const json_t *layer;
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	str_text(&s, "tenured ");
	show_clean(&s, text_of(daemon, "version"));
	str_text(&s, ", pid ");
	str_u64(&s, number_of(json_object_get(daemon, "pid")));
	str_text(&s, ", ");
	show_clean(&s, text_of(daemon, "socket"));
	show_line("daemon", text);

	json_array_foreach (json_object_get(daemon, "sandbox"), i, layer) {
		s = str_over(text, sizeof(text));
		show_clean(&s, text_of(layer, "name"));
		if (!is_true(layer, "active"))
			str_text(&s, ": unavailable");
		if (json_is_string(json_object_get(layer, "reason"))) {
			str_text(&s, is_true(layer, "active") ? ": " : ", ");
			show_clean(&s, text_of(layer, "reason"));
		}
		show_line(i ? "" : "sandbox", text);
	}
	show_hooks(json_object_get(daemon, "hooks"));
}

/* Said where there is something to say. */
static void show_auth(const json_t *interface)
{
	const json_t *lease = json_object_get(interface, "lease");
	const char *set = text_of(interface, "authentication");

	if (strcmp(set, "token") == 0 || strcmp(set, "delayed") == 0)
		show_line("authentic",
			  !json_is_object(lease) ? "no lease"
			  : strcmp(text_of(lease, "authentication"), set)
				  ? "no: accepted all the same"
			  : *set == 't' ? "yes, by token"
					: "yes, by key");
	if (is_true(interface, "forceRenew"))
		show_line("forcerenew", "is obeyed");
}

static void show_held(const json_t *changes)
{
	const json_t *name;
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	json_array_foreach (changes, i, name) {
		str_text(&s, i ? ", " : "");
		show_clean(&s, json_string_value(name));
	}
	if (json_array_size(changes))
		show_line("held", text);
}

/* Servers that granted a lease, and what the last one wanted to change. */
static void show_known(const json_t *interface)
{
	const char *pin = text_of(interface, "serverPin");
	const json_t *known;
	char text[LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	if (strcmp(pin, "learn") == 0 || strcmp(pin, "strict") == 0)
		show_line("server pin", pin);
	json_array_foreach (json_object_get(interface, "knownServers"), i, known) {
		s = str_over(text, sizeof(text));
		show_clean(&s, text_of(known, "server"));
		str_text(&s, " at ");
		show_clean(&s, text_of(known, "hardwareAddress"));
		if (json_is_string(json_object_get(known, "router"))) {
			str_text(&s, ", router ");
			show_clean(&s, text_of(known, "router"));
		}
		show_line(i ? "" : "known", text);
	}
	show_held(json_object_get(interface, "heldChanges"));
}

static void show_iaid(const json_t *interface)
{
	const json_t *iaid = json_object_get(interface, "iaid");
	char text[24];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_integer(iaid))
		return;
	str_u64(&s, number_of(iaid));
	show_line("iaid", text);
}

static void show_missing(const json_t *interface)
{
	const json_t *list = json_object_get(interface, "missing");

	for (size_t i = 0; i < json_array_size(list); i++) {
		char text[LINE_SIZE];
		struct str s = str_over(text, sizeof(text));

		show_clean(&s, json_string_value(json_array_get(list, i)));
		show_line("missing", text);
	}
}

static void show_rival(const json_t *interface)
{
	const json_t *rival = json_object_get(interface, "rival");
	char text[80];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(rival))
		return;
	show_clean(&s, text_of(rival, "name"));
	str_text(&s, ", with pid ");
	str_u64(&s, number_of(json_object_get(rival, "pid")));
	show_line("managed by", text);
}

void show_interface(const json_t *daemon, const json_t *interface)
{
	char name[64];
	struct str s = str_over(name, sizeof(name));

	show_clean(&s, text_of(interface, "name"));
	printf("%s\n", name);
	show_state(interface);
	show_lease(interface);
	show_fallback(interface);
	show_informed(interface);
	line_of("last error", interface, "lastError");
	show_missing(interface);
	line_of("port of", interface, "portOf");
	show_rival(interface);
	line_of("hardware", interface, "hardwareAddress");
	line_of("client id", interface, "clientId");
	line_of("duid", interface, "duid");
	show_iaid(interface);
	show_auth(interface);
	show_known(interface);
	show_counters("sent", json_object_get(interface, "sent"));
	show_counters("received", json_object_get(interface, "received"));
	show_counters("rejected", json_object_get(interface, "rejected"));
	show_daemon(daemon);
}
