/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys and what a change of them leads to: two tables. */
#include "daemon/difference.h"

#include <stddef.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/sent.h"

#define SENT	 DIFFERENCE_SENT
#define CORE	 DIFFERENCE_CORE
#define IDENTITY (DIFFERENCE_SENT | DIFFERENCE_IDENTITY)
#define ROUTES	 DIFFERENCE_ROUTES
#define MTU	 DIFFERENCE_MTU
#define HOOKS	 DIFFERENCE_HOOKS
#define PINS	 DIFFERENCE_PINS
#define AUTH	 DIFFERENCE_AUTH
#define FALLBACK DIFFERENCE_FALLBACK
#define RESTART	 DIFFERENCE_RESTART

/* A member, of the settings or of what they share. */
struct row {
	const char *name; /* of the key */
	uint16_t offset, size;
	uint32_t effects;
};

#define OF(type, member) offsetof(type, member), sizeof(((type *)0)->member)
#define IFACE(member)	 OF(struct iface_settings, member)
#define SHARED(member)	 OF(struct sent_settings, member)

/* clang-format off */
static const struct row of_iface[] = {
	{ "request",         IFACE(requested_address), CORE },
	{ "bootp",           IFACE(bootp),             CORE },
	{ "gateway",         IFACE(gateway),           SENT | ROUTES },
	{ "classless-routes", IFACE(classless_routes), SENT | CORE },
	{ "configure",       IFACE(configure),         RESTART },
	{ "acd",             IFACE(acd),               CORE },
	{ "acd-defence",     IFACE(acd_defence),       CORE },
	{ "address-removed", IFACE(address_removed),   CORE },
	{ "metric",          IFACE(metric),            ROUTES | HOOKS },
	{ "dns",             IFACE(dns),               HOOKS },
	{ "broadcast",       IFACE(broadcast),         CORE },
	{ "rapid-commit",    IFACE(rapid_commit),      CORE },
	{ "ipv6-only",       IFACE(v6only),            SENT | CORE },
	{ "auto-configure",  IFACE(auto_configure),    CORE },
	{ "offer-window",    IFACE(offer_window_ms),   CORE },
	{ "subnet",          IFACE(subnet),            CORE },
	{ "allow-server",    IFACE(allow_servers),     CORE },
	{ "deny-server",     IFACE(deny_servers),      CORE },
	{ "fallback",        IFACE(fallback),          FALLBACK },
	{ "auth",            IFACE(auth),              AUTH },
	{ "auth-required",   IFACE(auth_required),     AUTH },
	{ "force-renew",     IFACE(force_renew),       AUTH },
	{ "known-networks",  IFACE(known_networks),    CORE },
	{ "route-policy",    IFACE(route_policy),      ROUTES },
	{ "table",           IFACE(table),             ROUTES },
	{ "mtu",             IFACE(mtu),               SENT | MTU },
	{ "mtu-min",         IFACE(mtu_min),           MTU },
	{ "dscp",            IFACE(dscp),              CORE },
	{ "inform",          IFACE(inform),            RESTART },
	{ "iaid",            IFACE(iaid),              IDENTITY },
	{ "anonymous",       IFACE(anonymous),         IDENTITY | CORE },
	{ "server-pin",      IFACE(server_pin),        PINS | CORE },
	{ "renew-changes",   IFACE(renew_changes),     CORE },
	{ "shadow-guard",    IFACE(shadow_guard),      ROUTES },
	{ "force",           IFACE(force),             0 },
};

static const struct row of_sent[] = {
	{ "client-id",       SHARED(identity),         IDENTITY },
	{ "client-id",       SHARED(client_id),        IDENTITY },
	{ "hostname",        SHARED(hostname),         SENT },
	{ "hostname",        SHARED(hostname_given),   SENT },
	{ "fqdn",            SHARED(fqdn),             SENT },
	{ "option",          SHARED(options),          SENT },
	{ "override",        SHARED(override),         SENT | CORE },
	{ "request-option",  SHARED(wanted),           SENT },
	{ "request-option",  SHARED(wanted_count),     SENT },
	{ "no-request-option", SHARED(unwanted),       SENT },
	{ "no-request-option", SHARED(unwanted_count), SENT },
};
/* clang-format on */

/* One after another that differs, each name once. */
static uint32_t compare(const void *a, const void *b, const struct row *rows,
			size_t count, struct str *names)
{
	const char *last = "";
	uint32_t effects = 0;

	for (size_t i = 0; i < count; i++) {
		const struct row *row = &rows[i];

		if (memcmp((const char *)a + row->offset,
			   (const char *)b + row->offset, row->size) == 0)
			continue;
		effects |= row->effects;
		if (!names || strcmp(row->name, last) == 0)
			continue;
		if (names->used)
			str_text(names, ", ");
		str_text(names, row->name);
		last = row->name;
	}
	return effects;
}

uint32_t difference_of(const struct iface_settings *a,
		       const struct iface_settings *b, struct str *names)
{
	uint32_t effects = compare(a, b, of_iface, ARRAY_SIZE(of_iface), names);

	if (a->sent != b->sent)
		effects |= compare(a->sent, b->sent, of_sent,
				   ARRAY_SIZE(of_sent), names);
	return effects;
}

/* ---- what holds for the process ------------------------------------------ */

#define WHOLE(member) OF(struct settings, member), false
#define TEXT(member)  OF(struct settings, member), true

/* clang-format off */
const struct difference_fixed difference_fixed[] = {
	{ "instance",     TEXT(instance) },
	{ "control-group", TEXT(control_group) },
	{ "user",         TEXT(user) },
	{ "run-dir",      TEXT(run_dir) },
	{ "state-dir",    TEXT(state_dir) },
	{ "sandbox",      WHOLE(sandbox_required) },
	{ "record-size",  WHOLE(record_kib) },
	{ "duid",         WHOLE(duid) },
	{ "duid-file",    TEXT(duid_file) },
	{ "hooks",        WHOLE(hooks) },
	{ "hook-dir",     TEXT(hook_dir) },
	{ "no-hook",      TEXT(hooks_skipped) },
	{ "hook-timeout", WHOLE(hook_timeout_s) },
};
/* clang-format on */
const unsigned difference_fixed_count = ARRAY_SIZE(difference_fixed);

bool difference_is_fixed(const struct difference_fixed *row,
			 const struct settings *a, const struct settings *b)
{
	const char *const x = (const char *)a + row->offset;
	const char *const y = (const char *)b + row->offset;
	const char *s, *t;

	if (!row->is_text)
		return memcmp(x, y, row->size) != 0;
	memcpy(&s, x, sizeof(s));
	memcpy(&t, y, sizeof(t));
	return s && t ? strcmp(s, t) != 0 : s != t;
}
