/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The address besides a lease, as the daemon's fallback.c and the kernel behind it
 * have it: requests are done at once and answered later, and a file tells the next
 * process what is its own.
 */
#include "sim/port.h"

static struct sim_clock *clock_of(const struct sim_port *port)
{
	return &port->host->network->clock;
}

static void replace(struct sim_port *port, ipv4_addr address)
{
	ipv4_addr before = port->fallback.address;

	port->fallback.address = address;
	port->interface->second = address;
	if (address == before)
		return;
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->fallback)
			w->fallback(w, port, before);
	}
}

static void store(struct sim_port *port, ipv4_addr address, unsigned boot)
{
	if (port->troubles.store)
		return;
	port->fallback.stored = address;
	port->fallback.stored_boot = boot;
}

int sim_fallback_add(struct sim_port *port, const struct dhcp4_effect *effect)
{
	struct sim_fallback *f = &port->fallback;

	sim_fallback_cancel(port);
	if (port->troubles.configure)
		return -port->troubles.configure;
	store(port, effect->fallback.address, port->host->boots);
	f->installed = effect->fallback.address;
	f->netlink_error = port->troubles.netlink;
	if (f->netlink_error == 0) {
		f->prefix_length = effect->fallback.prefix_length;
		f->gateway = effect->fallback.gateway;
		replace(port, f->installed);
	}
	sim_timer_set(clock_of(port), &f->netlink,
		      nsec_add(clock_of(port)->now, port->troubles.netlink_ns));
	return 0;
}

/* What the kernel could not be asked to remove is asked for again. */
void sim_fallback_remove(struct sim_port *port)
{
	struct sim_fallback *f = &port->fallback;

	if (!f->installed)
		return;
	sim_fallback_cancel(port);
	if (port->troubles.configure) {
		sim_timer_set(clock_of(port), &f->removal,
			      nsec_add(clock_of(port)->now, NSEC_PER_S));
		return;
	}
	if (f->address == f->installed)
		replace(port, IPV4_ANY);
	store(port, f->installed, 0);
	f->installed = IPV4_ANY;
}

static void answer_came(struct sim_timer *timer)
{
	struct sim_port *port =
		SIM_OWNER(timer, struct sim_port, fallback.netlink);

	iface_fallback_configured(&port->iface, port->fallback.netlink_error,
				  sim_host_boottime(port->host));
	sim_port_turn_ended(port);
}

static void removal_due(struct sim_timer *timer)
{
	sim_fallback_remove(SIM_OWNER(timer, struct sim_port, fallback.removal));
}

void sim_fallback_init(struct sim_port *port)
{
	port->fallback.netlink.fire = answer_came;
	port->fallback.removal.fire = removal_due;
}

void sim_fallback_cancel(struct sim_port *port)
{
	sim_timer_cancel(clock_of(port), &port->fallback.netlink);
	sim_timer_cancel(clock_of(port), &port->fallback.removal);
}

void sim_fallback_gone(struct sim_port *port)
{
	replace(port, IPV4_ANY);
}

void sim_fallback_woke(struct sim_port *port)
{
	struct sim_fallback *f = &port->fallback;

	if (f->asleep & 1)
		sim_timer_set(clock_of(port), &f->netlink, clock_of(port)->now);
	if (f->asleep & 2)
		sim_timer_set(clock_of(port), &f->removal, clock_of(port)->now);
	f->asleep = 0;
}

void sim_fallback_slept(struct sim_port *port)
{
	struct sim_fallback *f = &port->fallback;

	f->asleep = (f->netlink.place ? 1U : 0U) | (f->removal.place ? 2U : 0U);
	sim_fallback_cancel(port);
}

void sim_fallback_recall(struct sim_port *port)
{
	struct fallback_config *config = &port->iface.config.fallback;

	if (config->mode != FALLBACK_MODE_STATIC)
		config->address = port->fallback.stored;
}

void sim_fallback_adopt(struct sim_port *port)
{
	struct sim_fallback *f = &port->fallback;

	if (f->stored_boot != port->host->boots || f->stored != f->address ||
	    f->address == IPV4_ANY)
		return;
	f->installed = f->address;
	iface_fallback_found(&port->iface, f->address,
			     sim_host_boottime(port->host));
	sim_port_turn_ended(port);
}
