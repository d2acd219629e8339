/* SPDX-License-Identifier: BSD-2-Clause */
/* Labelled lines, in the order in which somebody asks. */
#include "ctl/status_full.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl/member.h"
#include "ctl/paint.h"
#include "ctl/show.h"

static void line_of(const char *label, const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	char text[SHOW_LINE_SIZE];
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

static void counters_of(const char *label, const json_t *counters)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	show_counters(&s, counters);
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

		show_clean(&s, member_text(route, "destination"));
		if (json_is_string(gateway)) {
			str_text(&s, " via ");
			show_clean(&s, json_string_value(gateway));
		}
		show_line(i ? "" : "routes", text);
	}
}

/* Texts with commas between them; nothing if there are none. */
static void show_list(const char *label, const json_t *list)
{
	const json_t *item;
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	json_array_foreach (list, i, item) {
		str_text(&s, i ? ", " : "");
		show_clean(&s, json_string_value(item));
	}
	if (s.used)
		show_line(label, text);
}

/* What of the lease is not used, and why. */
static void show_flaws(const json_t *flaws)
{
	const json_t *flaw;
	size_t i;

	json_array_foreach (flaws, i, flaw) {
		char text[128];
		struct str s = str_over(text, sizeof(text));

		show_clean(&s, member_text(flaw, "rule"));
		str_text(&s, ": ");
		show_scalar(&s, json_object_get(flaw, "count"));
		str_text(&s, ", the first is ");
		show_clean(&s, member_text(flaw, "first"));
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

		show_clean(&s, member_text(overlap, "route"));
		str_text(&s, member_is_true(overlap, "refused")
				     ? " is refused: it lies in "
				     : " takes traffic from ");
		show_clean(&s, member_text(overlap, "of"));
		str_text(&s, " of ");
		show_clean(&s, member_text(overlap, "interface"));
		show_line(i ? "" : "overlaps", text);
	}
}

/* What a server granted, and for how long yet. */
void status_lease(const json_t *lease)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	show_server(&s, lease);
	show_line("server", text);
	line_in("leased for", lease, "seconds", "ever");
	line_in("renews in", lease, "renewInSeconds", "never");
	line_in("rebinds in", lease, "rebindInSeconds", "never");
	line_in("expires in", lease, "expiresInSeconds", "never");
	show_routes(json_object_get(lease, "routes"));
	show_list("dns", json_object_get(lease, "dnsServers"));
	show_list("search", json_object_get(lease, "search"));
	line_of("host name", lease, "hostName");
	show_flaws(json_object_get(lease, "flaws"));
	show_options(json_object_get(lease, "options"));
}

static void show_lease(const json_t *interface)
{
	const json_t *lease = json_object_get(interface, "lease");
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(lease))
		return;
	show_address(&s, lease);
	if (!show_is_leased(interface))
		str_text(&s, " (not in use: to be asked for again)");
	else if (!member_is_true(interface, "ready"))
		str_text(&s, " (not configured yet)");
	show_line("address", text);
	status_lease(lease);
	show_overlaps(json_object_get(interface, "overlaps"));
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
	show_clean(&s, member_text(fallback, "state"));
	show_line("fallback", text);
}

static void show_informed(const json_t *interface)
{
	const json_t *informed = json_object_get(interface, "informed");
	const char *server = member_text_or_null(informed, "server");
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(informed))
		return;
	show_clean(&s, member_text(informed, "address"));
	str_text(&s, server ? ", by " : ", no answer yet");
	if (server)
		show_clean(&s, server);
	show_line("informed", text);
	show_list("dns", json_object_get(informed, "dnsServers"));
}

/* "BOUND for 3 min 12 s, since 2026-11-21 16:57:07" */
static void show_state(const json_t *interface)
{
	time_t since =
		time(NULL) - (time_t)member_number(interface, "stateSeconds");
	char text[128], instant[32] = "";
	struct str s = str_over(text, sizeof(text));
	struct tm tm;

	if (localtime_r(&since, &tm))
		strftime(instant, sizeof(instant), "%F %T", &tm);
	printf("  %-11s ", "state");
	show_clean(&s, member_text(interface, "state"));
	paint_put(stdout, show_state_paint(interface), text);
	s = str_over(text, sizeof(text));
	show_seconds(&s, json_object_get(interface, "stateSeconds"), "?");
	printf(" for %s, since %s\n", text, instant);
	if (member_is_number(interface, "ipv6OnlySeconds"))
		line_in("no IPv4 for", interface, "ipv6OnlySeconds", "ever");
	show_line("carrier", !member_is_true(interface, "present")
				     ? "the interface is gone"
			     : member_is_true(interface, "carrier") ? "yes"
								    : "no");
	if (member_is(interface, "conflictDetection", "off"))
		show_line("conflicts", "are not detected");
	else
		line_of("conflicts", interface, "conflictDetection");
}

static void show_hooks(const json_t *hooks)
{
	const char *reason = json_string_value(json_object_get(hooks, "reason"));
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_object(hooks))
		return;
	show_clean(&s, member_text(hooks, "state"));
	if (reason) {
		str_text(&s, ", ");
		show_clean(&s, reason);
	}
	show_line("hooks", text);
}

/* Layers that hold, in one line; and each of which there is more to say. */
static void show_sandbox(const json_t *layers)
{
	const json_t *layer;
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	json_array_foreach (layers, i, layer) {
		if (member_text_or_null(layer, "reason") ||
		    !member_is_true(layer, "active"))
			continue;
		str_text(&s, s.used ? ", " : "");
		show_clean(&s, member_text(layer, "name"));
	}
	show_line("sandbox", s.used ? text : "nothing holds as a whole");
	json_array_foreach (layers, i, layer) {
		bool active = member_is_true(layer, "active");

		if (active && !member_text_or_null(layer, "reason"))
			continue;
		s = str_over(text, sizeof(text));
		show_clean(&s, member_text(layer, "name"));
		str_text(&s, active ? ": " : ": unavailable, ");
		show_clean(&s, member_text(layer, "reason"));
		show_line("", text);
	}
}

static void show_daemon(const json_t *daemon)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, "tenured ");
	show_clean(&s, member_text(daemon, "version"));
	str_text(&s, ", pid ");
	str_u64(&s, member_number(daemon, "pid"));
	str_text(&s, ", ");
	show_clean(&s, member_text(daemon, "socket"));
	show_line("daemon", text);

	show_sandbox(json_object_get(daemon, "sandbox"));
	show_hooks(json_object_get(daemon, "hooks"));
}

/* Said where there is something to say. */
static void show_auth(const json_t *interface)
{
	const json_t *lease = json_object_get(interface, "lease");
	const char *set = member_text(interface, "authentication");

	if (strcmp(set, "token") == 0 || strcmp(set, "delayed") == 0)
		show_line("authentic",
			  !json_is_object(lease) ? "no lease"
			  : strcmp(member_text(lease, "authentication"), set)
				  ? "no: accepted all the same"
			  : *set == 't' ? "yes, by token"
					: "yes, by key");
	if (member_is_true(interface, "forceRenew"))
		show_line("forcerenew", "is obeyed");
}

/* Servers that granted a lease, and what the last one wanted to change. */
static void show_known(const json_t *interface)
{
	const char *pin = member_text(interface, "serverPin");
	const json_t *known;
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));
	size_t i;

	if (strcmp(pin, "learn") == 0 || strcmp(pin, "strict") == 0)
		show_line("server pin", pin);
	json_array_foreach (json_object_get(interface, "knownServers"), i, known) {
		s = str_over(text, sizeof(text));
		show_clean(&s, member_text(known, "server"));
		str_text(&s, " at ");
		show_clean(&s, member_text(known, "hardwareAddress"));
		if (json_is_string(json_object_get(known, "router"))) {
			str_text(&s, ", router ");
			show_clean(&s, member_text(known, "router"));
		}
		show_line(i ? "" : "known", text);
	}
	show_list("held", json_object_get(interface, "heldChanges"));
}

static void show_iaid(const json_t *interface)
{
	const json_t *iaid = json_object_get(interface, "iaid");
	char text[24];
	struct str s = str_over(text, sizeof(text));

	if (!json_is_integer(iaid))
		return;
	show_scalar(&s, iaid);
	show_line("iaid", text);
}

static void show_missing(const json_t *interface)
{
	const json_t *list = json_object_get(interface, "missing");

	for (size_t i = 0; i < json_array_size(list); i++) {
		char text[SHOW_LINE_SIZE];
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
	show_clean(&s, member_text(rival, "name"));
	str_text(&s, ", with pid ");
	str_u64(&s, member_number(rival, "pid"));
	show_line("managed by", text);
}

static void show_error(const json_t *interface)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	show_clean(&s, member_text_or_null(interface, "lastError"));
	if (!s.used)
		return;
	printf("  %-11s ", "last error");
	paint_put(stdout, PAINT_BAD, text);
	putchar('\n');
}

void status_full(const json_t *daemon, const json_t *interface)
{
	char name[64];
	struct str s = str_over(name, sizeof(name));

	show_clean(&s, member_text(interface, "name"));
	paint_put(stdout, PAINT_STRONG, name);
	putchar('\n');
	show_state(interface);
	show_lease(interface);
	show_fallback(interface);
	show_informed(interface);
	show_error(interface);
	show_missing(interface);
	line_of("port of", interface, "portOf");
	show_rival(interface);
	line_of("hardware", interface, "hardwareAddress");
	line_of("client id", interface, "clientId");
	line_of("duid", interface, "duid");
	show_iaid(interface);
	show_auth(interface);
	show_known(interface);
	counters_of("sent", json_object_get(interface, "sent"));
	counters_of("received", json_object_get(interface, "received"));
	counters_of("rejected", json_object_get(interface, "rejected"));
	show_daemon(daemon);
}
