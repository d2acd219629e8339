/* SPDX-License-Identifier: BSD-2-Clause */
/* Known servers, from the store to the core and back; who they are, that decides. */
#include "daemon/servers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/log.h"
#include "daemon/store.h"

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

void servers_save(struct managed *m)
{
	struct pins *pins = m->iface.pins;
	int r;

	if (!pins || !pins->changed)
		return;
	r = store_save_servers(m->daemon->store, m->iface.name, pins);
	/* What could not be written is tried with the next lease file again. */
	pins->changed = r < 0;
	m->sync_due = true;
	if (r < 0)
		log_warning("%s: the servers that are known are not stored: %s",
			    m->iface.name, strerror(-r));
}

void servers_forget(struct managed *m)
{
	pins_forget(m->iface.pins);
	servers_save(m);
	log_notice("%s: all servers are forgotten", m->iface.name);
}
