/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What route.c and the kernel behind it do, for one address: requests are done at
 * once and answered later; a lifetime runs on the monotonic clock.
 */
#include "sim/port.h"

static struct sim_clock *clock_of(const struct sim_port *port)
{
	return &port->host->network->clock;
}

static void set_lifetime_timer(struct sim_port *port)
{
	nsec left = nsec_until(sim_host_monotonic(port->host),
			       port->kernel.valid_until);

	sim_timer_set(clock_of(port), &port->lifetime,
		      nsec_add(clock_of(port)->now, left));
}

/* The first router of all, for what others send from the interface. */
static ipv4_addr default_gateway(const struct sim_kernel *kernel)
{
	for (unsigned i = 0; i < kernel->route_count; i++) {
		if (kernel->routes[i].prefix_length == 0)
			return kernel->routes[i].gateway;
	}
	return IPV4_ANY;
}

static void replace(struct sim_port *port, const struct sim_kernel *kernel,
		    enum sim_cause cause)
{
	struct sim_kernel before = port->kernel;

	port->kernel = *kernel;
	sim_interface_set_address(port->interface, kernel->address,
				  kernel->prefix_length);
	port->interface->gateway = default_gateway(kernel);
	set_lifetime_timer(port);
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->kernel)
			w->kernel(w, port, &before, cause);
	}
}

void sim_kernel_remove(struct sim_port *port, enum sim_cause cause)
{
	static const struct sim_kernel none = { .valid_until = NSEC_NEVER };

	if (port->kernel.address)
		replace(port, &none, cause);
}

void sim_kernel_boot(struct sim_port *port)
{
	struct sim_kernel kernel = {
		.address = port->fixed_address,
		.prefix_length = port->fixed_length,
		.valid_until = NSEC_NEVER,
	};

	if (kernel.address)
		replace(port, &kernel, SIM_CAUSE_ADMIN);
}

static void lifetime_over(struct sim_timer *timer)
{
	/* Nothing listens to RTM_DELADDR: the daemon is not told. */
	sim_kernel_remove(SIM_OWNER(timer, struct sim_port, lifetime),
			  SIM_CAUSE_LIFETIME);
}

static void removal_due(struct sim_timer *timer)
{
	sim_kernel_deconfigure(SIM_OWNER(timer, struct sim_port, removal));
}

static void answer_came(struct sim_timer *timer)
{
	sim_kernel_answer(SIM_OWNER(timer, struct sim_port, netlink));
}

void sim_kernel_init(struct sim_port *port)
{
	port->kernel.valid_until = NSEC_NEVER;
	port->lifetime.fire = lifetime_over;
	port->netlink.fire = answer_came;
	port->removal.fire = removal_due;
	port->troubles.netlink_ns = NSEC_PER_MS / 10;
}

/* ---- requests ------------------------------------------------------------ */

static void install(struct sim_port *port, const struct dhcp4_lease *lease,
		    uint32_t valid_s)
{
	struct sim_kernel kernel = {
		.address = lease->address,
		.prefix_length = lease->prefix_length,
		.valid_until = NSEC_NEVER,
	};

	if (valid_s != DHCP4_LEASE_INFINITE)
		kernel.valid_until =
			sim_host_monotonic(port->host) + valid_s * NSEC_PER_S;
	kernel.route_count =
		lease_routes(lease, &route_policy_all, kernel.routes);
	replace(port, &kernel, SIM_CAUSE_DAEMON);
}

bool sim_kernel_adopt(struct sim_port *port, const struct dhcp4_lease *lease)
{
	if (port->kernel.address != lease->address)
		return false;
	port->installed = lease->address;
	port->installed_length = lease->prefix_length;
	return true;
}

int sim_kernel_configure(struct sim_port *port, const struct dhcp4_lease *lease,
			 nsec now)
{
	const struct sim_troubles *troubles = &port->troubles;

	sim_kernel_cancel(port);
	sim_kernel_forget_removal(port);
	if (troubles->configure)
		return -troubles->configure;
	port->installed = lease->address;
	port->installed_length = lease->prefix_length;
	port->netlink_error = troubles->netlink;
	if (port->netlink_error == 0)
		install(port, lease, lease_remaining_s(lease, now));
	port->configuring = true;
	sim_timer_set(clock_of(port), &port->netlink,
		      nsec_add(clock_of(port)->now, troubles->netlink_ns));
	return 0;
}

/* What the kernel could not be asked to remove is asked for again. */
void sim_kernel_deconfigure(struct sim_port *port)
{
	port->removing = port->installed && port->troubles.configure;
	if (port->removing)
		sim_timer_set(clock_of(port), &port->removal,
			      nsec_add(clock_of(port)->now, NSEC_PER_S));
	if (!port->installed)
		return;
	sim_kernel_cancel(port);
	if (port->removing)
		return;
	if (port->kernel.address == port->installed &&
	    port->kernel.prefix_length == port->installed_length)
		sim_kernel_remove(port, SIM_CAUSE_DAEMON);
	port->installed = IPV4_ANY;
}

void sim_kernel_forget_removal(struct sim_port *port)
{
	port->removing = false;
	sim_timer_cancel(clock_of(port), &port->removal);
}

void sim_kernel_cancel(struct sim_port *port)
{
	port->configuring = false;
	sim_timer_cancel(clock_of(port), &port->netlink);
}

void sim_kernel_answer(struct sim_port *port)
{
	if (!port->configuring)
		return;
	sim_kernel_cancel(port);
	iface_configured(&port->iface, port->netlink_error,
			 sim_host_boottime(port->host));
	sim_port_turn_ended(port);
}

void sim_kernel_stop_timers(struct sim_port *port)
{
	sim_timer_cancel(clock_of(port), &port->netlink);
	sim_timer_cancel(clock_of(port), &port->lifetime);
	sim_timer_cancel(clock_of(port), &port->removal);
}

void sim_kernel_set_timers(struct sim_port *port)
{
	set_lifetime_timer(port);
	if (port->removing)
		sim_timer_set(clock_of(port), &port->removal,
			      clock_of(port)->now);
	if (port->configuring)
		sim_timer_set(clock_of(port), &port->netlink,
			      clock_of(port)->now);
}

/* ---- routing ------------------------------------------------------------- */

ipv4_addr sim_kernel_next_hop(const struct sim_port *port, ipv4_addr destination)
{
	const struct sim_kernel *kernel = &port->kernel;
	unsigned best_length = 0;
	/* Linux takes for on-link what a socket sends on an interface by name. */
	ipv4_addr hop = destination;
	bool found = false;

	if (ipv4_in(destination, kernel->address, kernel->prefix_length)) {
		best_length = kernel->prefix_length;
		found = best_length > 0;
	}
	for (unsigned i = 0; i < kernel->route_count; i++) {
		const struct dhcp4_route *route = &kernel->routes[i];

		if (!ipv4_in(destination, route->destination,
			     route->prefix_length) ||
		    (found && route->prefix_length <= best_length))
			continue;
		found = true;
		best_length = route->prefix_length;
		hop = route->gateway ? route->gateway : destination;
	}
	return hop;
}
