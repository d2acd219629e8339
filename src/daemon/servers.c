/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers, from the store to the core and back; who they are, that decides. */
#include "daemon/servers.h"

#include <errno.h>
#include <stdlib.h>

#include "daemon/log.h"
#include "daemon/store.h"
#include "daemon/storing.h"

int servers_init(struct managed *m)
{
	struct iface *i = &m->iface;

	if (i->config.server_pin == SERVER_PIN_OFF)
		return 0;
	i->pins = calloc(1, sizeof(*i->pins));
	return i->pins ? 0 : -ENOMEM;
}

void servers_load(struct managed *m)
{
	if (m->iface.pins)
		store_load_servers(m->daemon->store, m->iface.name,
				   m->iface.pins);
}

void servers_forget(struct managed *m, nsec now)
{
	pins_forget(m->iface.pins);
	storing_servers(m, now);
	log_about(m->iface.name, LOG_LEVEL_NOTICE, "all servers are forgotten");
}
