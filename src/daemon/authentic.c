/* SPDX-License-Identifier: BSD-2-Clause */
/* What an interface has to know before it can prove who it is. */
#include <errno.h>
#include <time.h>

#include "daemon/daemon.h"
#include "daemon/log.h"

/* Counters of messages go on from process to process, as the wall clock does. */
static uint64_t counter_base(void)
{
	struct timespec wall;

	clock_gettime(CLOCK_REALTIME, &wall);
	return (uint64_t)wall.tv_sec * NSEC_PER_S + (uint64_t)wall.tv_nsec -
	       loop_clock();
}

int daemon_set_auth(struct managed *m, const struct auth_keys *keys)
{
	const struct iface_settings *settings = m->settings;
	struct dhcp4_config *config = &m->iface.config;

	m->iface.keys = keys;
	config->auth = settings->auth;
	config->auth_required = settings->auth_required;
	config->force_renew = settings->force_renew;
	if (config->auth != DHCP4_AUTH_NONE && !keys)
		return -ENOKEY;
	if (config->auth != DHCP4_AUTH_NONE) {
		config->auth_base = counter_base();
		config->auth_token_size = keys->token_size;
	}
	/* By it the server knows the client (RFC 3118 5.5.1). */
	return config->auth == DHCP4_AUTH_DELAYED && !config->client_id.size
		       ? -EINVAL
		       : 0;
}

void daemon_set_auth_again(struct managed *m)
{
	if (daemon_set_auth(m, m->daemon->settings->auth_keys) < 0)
		log_about(m->iface.name, LOG_LEVEL_ERROR,
			  "auth delayed needs a client identifier: give one "
			  "by --client-id");
}
