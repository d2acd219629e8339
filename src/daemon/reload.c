/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a difference to deeds. What differs is difference.c's, who is wanted
 * wanted.c's.
 */
#include "daemon/reload.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/client_config.h"
#include "daemon/difference.h"
#include "daemon/fallback.h"
#include "daemon/installed.h"
#include "daemon/ipc.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/sent.h"
#include "daemon/servers.h"
#include "daemon/service_notify.h"
#include "daemon/upkeep.h"
#include "daemon/wanted.h"

/* ---- one interface ------------------------------------------------------- */

/* What option 61 is made of may be a DUID now that nobody needed before. */
static void identify(struct managed *m, nsec now)
{
	const struct dhcp4_config *config = &m->iface.config;
	const struct link_info link = { .hardware_type = config->hardware_type,
					.hwaddr = config->hwaddr };
	int r = members_load_duid(m->daemon, NULL, m->settings, &link);

	(void)now;
	if (r < 0)
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "no DUID can be had: %s", strerror(-r));
	daemon_identify(m);
}

/* An address that was found at the start stays the one to inform of. */
static void configure_core(struct managed *m, nsec now)
{
	struct dhcp4_config *config = &m->iface.config;
	ipv4_addr found = config->inform_address;

	(void)now;
	client_config_set(config, m->settings);
	if (m->settings->inform.own)
		config->inform_address = found;
}

static void set_auth(struct managed *m, nsec now)
{
	(void)now;
	daemon_set_auth_again(m);
}

static void set_pins(struct managed *m, nsec now)
{
	(void)now;
	if (m->settings->server_pin == SERVER_PIN_OFF) {
		free(m->iface.pins);
		m->iface.pins = NULL;
	} else if (!m->iface.pins && servers_init(m) < 0) {
		log_about(m->iface.name, LOG_LEVEL_ERROR, "server-pin: %s",
			  strerror(ENOMEM));
	} else {
		servers_load(m);
	}
}

static void set_fallback(struct managed *m, nsec now)
{
	(void)now;
	daemon_fallback_init(m);
}

static void tell_core(struct managed *m, nsec now)
{
	iface_reconfigured(&m->iface, false, now);
}

static void tell_identity(struct managed *m, nsec now)
{
	iface_reconfigured(&m->iface, true, now);
}

static void move_routes(struct managed *m, nsec now)
{
	daemon_configure_again(m, now);
	daemon_fallback_again(m, now);
	upkeep_watch(m->daemon);
}

static void tell_hooks(struct managed *m, nsec now)
{
	hook_renamed(m->daemon->hooks, m, now);
}

/* The address that a server is informed of from now on. False: there is none. */
static bool find_own_address(struct managed *m)
{
	ipv4_addr *address = &m->iface.config.inform_address;
	const struct route_state *ours = m->installed.state;

	*address = m->settings->inform.address;
	if (!m->settings->inform.own)
		return true;
	if (link_own_address(m->iface.ifindex, address) == 0 && *address &&
	    !(ours && ours->address == *address))
		return true;
	log_about(m->iface.name, LOG_LEVEL_ERROR,
		  "it has no address to inform a server of; set one and "
		  "start it again");
	*address = IPV4_ANY;
	return false;
}

/* The lease is held while it begins anew; who was stopped stays so. */
static void restart(struct managed *m, nsec now)
{
	bool running = m->iface.client->state != DHCP4_STATE_STOPPED;

	if (running)
		iface_stop(&m->iface, false, now);
	if (!m->settings->configure) {
		installation_remove(&m->installed, NULL, now);
		mtu_restore(m, now);
	}
	if (!find_own_address(m))
		running = false;
	if (running)
		iface_start(&m->iface, now);
}

/* In their order: first what is known, then who is told of it. */
static const struct act {
	uint32_t effects; /* any of them */
	void (*run)(struct managed *, nsec now);
} acts[] = {
	{ DIFFERENCE_SENT, identify },
	{ DIFFERENCE_CORE, configure_core },
	{ DIFFERENCE_AUTH, set_auth },
	{ DIFFERENCE_PINS, set_pins },
	{ DIFFERENCE_FALLBACK, set_fallback },
	{ DIFFERENCE_SENT | DIFFERENCE_CORE | DIFFERENCE_AUTH | DIFFERENCE_FALLBACK,
	  tell_core },
	{ DIFFERENCE_IDENTITY, tell_identity },
	{ DIFFERENCE_RESTART, restart },
	{ DIFFERENCE_ROUTES, move_routes },
	{ DIFFERENCE_MTU, mtu_settle },
	{ DIFFERENCE_HOOKS, tell_hooks },
};

bool reload_apply(struct managed *m, const struct iface_settings *settings,
		  nsec now)
{
	char names[256] = "";
	struct str s = str_over(names, sizeof(names));
	uint32_t effects = difference_of(m->settings, settings, &s);

	m->settings = settings;
	/* Equal, but where it was it may be freed. */
	if (m->iface.config.override)
		sent_share(settings, &m->iface.config);
	if (!*names)
		return false;
	log_about(m->iface.name, LOG_LEVEL_NOTICE, "changed: %s", names);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		if (effects & acts[i].effects)
			acts[i].run(m, now);
	}
	ipc_changed(m->daemon->ipc, m, now);
	return true;
}

void reload_keys(struct managed *m)
{
	const struct auth_keys *keys = m->daemon->settings->auth_keys;
	struct dhcp4_config *config = &m->iface.config;

	m->iface.keys = keys;
	if (config->auth != DHCP4_AUTH_NONE)
		config->auth_token_size = keys ? keys->token_size : 0;
}

bool reload_member(struct managed *m, struct iface_settings *own, nsec now)
{
	struct iface_settings *former = m->own;
	bool changed = reload_apply(m, own, now);

	m->own = own;
	if (former)
		iface_settings_clear(former);
	free(former);
	return changed;
}

/* ---- the process --------------------------------------------------------- */

/* Settings that somebody who left may still look at. */
struct reload_former {
	struct reload_former *next;
	struct settings settings;
};

void reload_forget(struct daemon *d)
{
	while (d->former) {
		struct reload_former *former = d->former;

		d->former = former->next;
		settings_free(&former->settings);
		free(former);
	}
}

void reload_tell(const struct reload_listener *listener, enum reload_news news,
		 const char *name)
{
	if (listener)
		listener->told(listener->context, news, name);
}

/* What cannot change while the process runs keeps its value, and is said. */
static void keep_fixed(struct settings *former, struct settings *new,
		       const struct reload_listener *listener)
{
	for (unsigned i = 0; i < difference_fixed_count; i++) {
		const struct difference_fixed *row = &difference_fixed[i];
		char *x = (char *)former + row->offset;
		char *y = (char *)new + row->offset;

		if (difference_is_fixed(row, former, new)) {
			log_warning("%s changed; that takes effect with the "
				    "next start",
				    row->name);
			reload_tell(listener, RELOAD_RESTART, row->name);
		}
		/* Each frees one of them. */
		for (unsigned n = 0; n < row->size; n++) {
			char octet = x[n];

			x[n] = y[n];
			y[n] = octet;
		}
	}
}

static void say_error(int r, struct settings_error *error)
{
	char line[16] = "";

	if (r != -EINVAL)
		snprintf(error->message, sizeof(error->message), "%s",
			 strerror(-r));
	if (error->line)
		snprintf(line, sizeof(line), ":%u", error->line);
	log_error("%s%s%s%s", error->file, line, *error->file ? ": " : "",
		  error->message);
	log_error("the configuration stays as it was");
}

/*
 * What all have in common lies in the settings themselves, and is about to be other
 * ones: whoever has it goes on with the former, to which it is compared.
 */
static void keep_common(struct daemon *d, const struct settings *former)
{
	const struct iface_settings *common = &d->settings->common;

	for (size_t i = 0; i < d->managed_count; i++) {
		if (d->managed[i]->settings == common)
			d->managed[i]->settings = &former->common;
	}
	for (struct managed *m = d->left; m; m = m->left_next) {
		if (m->settings == common)
			m->settings = &former->common;
	}
}

static int reload(struct daemon *d, const struct reload_listener *listener,
		  nsec now, struct settings_error *ret)
{
	struct reload_former *former = calloc(1, sizeof(*former));
	struct settings *s = d->settings;
	struct wanted_view view;
	struct settings new;
	int r = former ? wanted_look(&view) : -ENOMEM;

	*ret = (struct settings_error){ 0 };
	if (r == 0) {
		if (settings_read(d->argc, d->argv, s, &new, ret) != SETTINGS_OK) {
			settings_free(&new);
			wanted_forget(&view);
			r = -EINVAL;
		}
	}
	if (r < 0) {
		say_error(r, ret);
		free(former);
		return r;
	}
	keep_fixed(s, &new, listener);
	/* Who has set another one since keeps it, unless the file changed. */
	if (settings_log_level(s) != settings_log_level(&new))
		log_set_level(settings_log_level(&new));
	former->settings = *s;
	keep_common(d, &former->settings);
	former->next = d->former;
	d->former = former;
	*s = new;
	if (s->auth_keys_kept)
		reload_tell(listener, RELOAD_KEPT, "auth-keys");
	wanted_again(d, &view, listener, now);
	log_notice("the configuration was read again");
	return 0;
}

int daemon_reload(struct daemon *d, const struct reload_listener *listener,
		  nsec now, struct settings_error *ret)
{
	int r;

	service_notify_reloading(d->service);
	r = reload(d, listener, now, ret);
	service_notify_reloaded(d->service);
	return r;
}
