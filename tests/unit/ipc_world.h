/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A daemon for the tests of the socket: two interfaces with the real core behind
 * operations that do nothing but tell of notices. eth0 is bound, eth1 stopped.
 */
#ifndef UNIT_IPC_WORLD_H
#define UNIT_IPC_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/daemon.h"

#define WORLD_START (1000 * NSEC_PER_S)

struct world {
	struct daemon daemon;
	struct managed managed[2], *list[2], *by_index[2], *by_name[2];
	struct iface_settings settings; /* of both */
	unsigned sent;

	/* Where notices of the core go. */
	void (*notify)(struct world *, struct managed *,
		       const struct dhcp4_notice *, nsec now);
	void (*packet_sent)(struct world *, struct managed *,
			    const struct dhcp4_effect *, int error);
	void (*stepped)(struct world *, struct managed *, nsec now);
	void *context;
};

static inline struct world *world_of(struct iface *iface)
{
	struct daemon *daemon = ((struct managed *)iface)->daemon;

	return (struct world *)daemon; /* its first member */
}

static inline int world_broadcast(struct iface *i, const void *p, size_t size)
{
	(void)p, (void)size;
	world_of(i)->sent++;
	return 0;
}

static inline int world_unicast(struct iface *i, const struct dhcp4_effect *e)
{
	(void)e;
	world_of(i)->sent++;
	return 0;
}

static inline int world_configure(struct iface *i, const struct dhcp4_lease *l,
				  nsec now)
{
	(void)i, (void)l, (void)now;
	return 0;
}

static inline void world_deconfigure(struct iface *i, enum dhcp4_loss why,
				     nsec now)
{
	(void)i, (void)why, (void)now;
}

static inline void world_save(struct iface *i, nsec now)
{
	(void)i, (void)now;
}

static inline void world_forget(struct iface *i)
{
	(void)i;
}

static inline void world_notify(struct iface *i, const struct dhcp4_notice *n,
				nsec now)
{
	struct world *w = world_of(i);

	if (w->notify)
		w->notify(w, (struct managed *)i, n, now);
}

static inline void world_sent(struct iface *i, const struct dhcp4_effect *e,
			      int error)
{
	struct world *w = world_of(i);

	if (w->packet_sent)
		w->packet_sent(w, (struct managed *)i, e, error);
}

static inline void world_stepped(struct iface *i, nsec now)
{
	struct world *w = world_of(i);

	if (w->stepped)
		w->stepped(w, (struct managed *)i, now);
}

static inline int world_listen(struct iface *i, uint32_t xid)
{
	(void)i, (void)xid;
	return 0;
}

static inline void world_unlisten(struct iface *i, uint32_t xid)
{
	(void)i, (void)xid;
}

static inline void world_deadline(struct iface *i, nsec deadline)
{
	(void)i, (void)deadline;
}

static inline const struct iface_ops *world_ops(void)
{
	/* Conflict detection is off: none of its functions is called. */
	static const struct iface_ops ops = {
		.send_broadcast = world_broadcast,
		.send_unicast = world_unicast,
		.send_arp = NULL,
		.configure = world_configure,
		.deconfigure = world_deconfigure,
		.save_lease = world_save,
		.forget_lease = world_forget,
		.notify = world_notify,
		.sent = world_sent,
		.stepped = world_stepped,
		.listen = world_listen,
		.unlisten = world_unlisten,
		.watch = NULL,
		.unwatch = NULL,
		.set_deadline = world_deadline,
	};

	return &ops;
}

/* 10.0.0.5/24 of 10.0.0.1 for an hour, a router and two DNS servers. */
static inline void world_lease(struct dhcp4_lease *lease, nsec now)
{
	static const uint8_t mask[] = { 255, 255, 255, 0 };
	static const uint8_t router[] = { 10, 0, 0, 1 };
	static const uint8_t dns[] = { 10, 0, 0, 1, 192, 0, 2, 53 };

	*lease = (struct dhcp4_lease){
		.address = 0x0a000005,
		.prefix_length = 24,
		.server_id = 0x0a000001,
		.granted_ns = now,
		.t1_ns = now + 1800 * NSEC_PER_S,
		.t2_ns = now + 3150 * NSEC_PER_S,
		.expiry_ns = now + 3600 * NSEC_PER_S,
		.lease_s = 3600,
	};
	dhcp4_options_append(&lease->options, DHCP4_OPTION_SUBNET_MASK, mask,
			     sizeof(mask));
	dhcp4_options_append(&lease->options, DHCP4_OPTION_ROUTER, router,
			     sizeof(router));
	dhcp4_options_append(&lease->options, DHCP4_OPTION_DNS_SERVERS, dns,
			     sizeof(dns));
}

/* There is room for any lease in the client, which is put there by hand. */
static inline struct dhcp4_client *world_client(struct managed *m)
{
	m->iface.room = DHCP4_OPTIONS_SIZE;
	m->iface.client = realloc(m->iface.client, sizeof(*m->iface.client));
	return m->iface.client;
}

static inline void world_bind(struct managed *m, nsec now)
{
	struct dhcp4_client *c = world_client(m);

	world_lease(&c->lease, now);
	c->lease.client_id = m->iface.config.client_id;
	c->state = DHCP4_STATE_BOUND;
	c->tenure = DHCP4_TENURE_HELD;
	c->since_ns = now;
	c->now = now;
	c->configured = true;
}

static inline void world_open(struct world *w)
{
	static const char *const names[] = { "eth0", "eth1" };
	static const uint8_t seed[32] = { 1 };

	memset(w, 0, sizeof(*w));
	w->daemon.host.ops = world_ops();
	w->daemon.managed = w->list;
	w->daemon.by_index = w->by_index;
	w->daemon.by_name = w->by_name;
	w->daemon.managed_count = 2;
	w->settings.route_policy = route_policy_all;
	w->daemon.sandbox.unavailable[SANDBOX_LAYER_USER] = "not root";
	w->daemon.sandbox.limited[SANDBOX_LAYER_LANDLOCK] = "an old one";
	for (int i = 0; i < 2; i++) {
		struct managed *m = &w->managed[i];

		struct dhcp4_config *config = &m->iface.config;

		w->list[i] = w->by_index[i] = w->by_name[i] = m;
		m->settings = &w->settings;
		m->daemon = &w->daemon;
		strcpy(m->iface.name, names[i]);
		m->iface.ifindex = 2 + i;
		config->hardware_type = ARP_HTYPE_ETHERNET;
		config->mtu = 1500;
		config->hwaddr = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 5 } };
		config->client_id =
			(struct client_id){ 7, { 1, 2, 0, 0, 0, 0, 5 } };
		ASSERT(iface_init(&m->iface, &w->daemon.host, seed) == 0);
		m->iface.client->carrier = true;
	}
	world_bind(&w->managed[0], WORLD_START);
}

static inline void world_close(struct world *w)
{
	for (size_t i = 0; i < w->daemon.managed_count; i++)
		iface_free(&w->managed[i].iface);
}

#endif
