/* SPDX-License-Identifier: BSD-2-Clause */
/* From the words of the administrator to those of the core, one for one. */
#include "daemon/client_config.h"

#include "daemon/settings.h"

void client_config_set(struct dhcp4_config *config,
		       const struct iface_settings *settings)
{
	bool anonymous = settings->anonymous;

	config->requested_address = settings->requested_address;
	config->inform_address = settings->inform.address;
	config->inform_server = settings->inform.server;
	config->bootp = settings->bootp;
	config->acd = settings->acd;
	config->acd_defence = settings->acd_defence;
	config->address_removed = settings->address_removed;
	config->ignore_classless_routes = !settings->classless_routes;
	config->dscp = settings->dscp;
	config->broadcast = settings->broadcast;
	config->v6only = settings->v6only;
	config->offer_window_ns = settings->offer_window_ms * NSEC_PER_MS;
	config->allow_servers = settings->allow_servers;
	config->deny_servers = settings->deny_servers;
	/* An anonymous client has no wishes of its own (RFC 7844 3). */
	config->rapid_commit = settings->rapid_commit && !anonymous;
	config->auto_configure = settings->auto_configure && !anonymous;
	config->subnet = anonymous ? IPV4_ANY : settings->subnet;
	config->server_pin = settings->server_pin;
	config->renew_changes = settings->renew_changes;
	/* They are asked by messages that tell where one was (RFC 7844 3.3). */
	config->known_networks = settings->known_networks && !anonymous;
}
