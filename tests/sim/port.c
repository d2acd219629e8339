/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A managed interface: struct iface_ops as ops.c implements it, on a simulated
 * network, and the way from frames, carrier and commands to iface.c.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "core/encode.h"
#include "sim/port.h"

#define ARPHRD_ETHER 1

/* What daemon.c asks for by default. */
static const uint8_t default_parameters[] = {
	DHCP4_OPTION_SUBNET_MASK, DHCP4_OPTION_CLASSLESS_ROUTES,
	DHCP4_OPTION_ROUTER,	  DHCP4_OPTION_DNS_SERVERS,
	DHCP4_OPTION_DOMAIN_NAME, DHCP4_OPTION_DOMAIN_SEARCH,
	DHCP4_OPTION_LEASE_TIME,  DHCP4_OPTION_SERVER_ID,
	DHCP4_OPTION_T1,	  DHCP4_OPTION_T2,
};

static struct sim_port *port_of(struct iface *i)
{
	return (struct sim_port *)i;
}

static nsec now_of(const struct sim_port *port)
{
	return sim_host_boottime(port->host);
}

/* ---- onlookers ----------------------------------------------------------- */

void sim_port_event(struct sim_port *port, enum sim_event event)
{
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->event)
			w->event(w, port, event);
	}
}

static void frame_passed(struct sim_tap *tap, struct sim_interface *interface,
			 const struct sim_frame *frame, bool sent)
{
	struct sim_port *port = SIM_OWNER(tap, struct sim_port, tap);

	(void)interface;
	if (!port->host->on || port->host->suspended || port->gone)
		return;
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->frame)
			w->frame(w, port, frame, sent);
	}
}

/* ---- ops: packets -------------------------------------------------------- */

/* 0 if anything can be sent at all. */
static int sendable(const struct sim_port *port)
{
	if (port->gone)
		return -ENODEV;
	if (port->troubles.send)
		return -port->troubles.send;
	return sim_interface_has_carrier(port->interface) ? 0 : -ENETDOWN;
}

static int send_to(struct sim_port *port, const uint8_t hw[SIM_HWADDR_SIZE],
		   const void *packet, size_t size)
{
	int r = sendable(port);

	if (r == 0)
		sim_send_to(port->interface, hw, packet, size);
	return r;
}

static int send_broadcast(struct iface *i, const void *packet, size_t size)
{
	return send_to(port_of(i), sim_hw_broadcast, packet, size);
}

/* The kernel's headers would be these, too. */
static int send_by_socket(struct sim_port *port, const struct dhcp4_effect *effect)
{
	ipv4_addr hop = sim_kernel_next_hop(port, effect->send.destination);
	int r = sendable(port);

	if (r == 0 && port->kernel.address != effect->send.source)
		r = -EADDRNOTAVAIL;
	if (r == 0)
		sim_send_ip(port->interface, hop, effect->send.packet,
			    effect->send.size);
	return r;
}

static int send_unicast(struct iface *i, const struct dhcp4_effect *effect)
{
	const struct hwaddr *hw = &effect->send.hw;

	if (effect->send.by_socket)
		return send_by_socket(port_of(i), effect);
	return send_to(port_of(i),
		       hw->size == SIM_HWADDR_SIZE ? hw->bytes : sim_hw_broadcast,
		       effect->send.packet, effect->send.size);
}

static int send_arp(struct iface *i, const struct dhcp4_effect *effect)
{
	const uint8_t *packet = effect->arp.packet;
	const struct hwaddr *to = &effect->arp.to;
	struct sim_port *port = port_of(i);
	int r = sendable(port);

	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->arp)
			w->arp(w, port, packet, -r);
	}
	if (r == 0)
		sim_send_payload(port->interface,
				 to->size ? to->bytes : sim_hw_broadcast,
				 SIM_ETHERTYPE_ARP, packet, ARP_SIZE);
	return r;
}

static void sent(struct iface *i, const struct dhcp4_effect *effect, int error)
{
	struct sim_port *port = port_of(i);

	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (error && w->send_failed)
			w->send_failed(w, port, effect, error);
		else if (!error && effect->send.by_socket && w->routed)
			w->routed(w, port, effect);
	}
}

static int listen_for(struct iface *i, uint32_t xid)
{
	(void)xid;
	port_of(i)->listening = true;
	return 0;
}

static void unlisten(struct iface *i, uint32_t xid)
{
	(void)xid;
	port_of(i)->listening = false;
}

static int listen_any(struct iface *i)
{
	port_of(i)->listening_any = true;
	return 0;
}

static void unlisten_any(struct iface *i)
{
	port_of(i)->listening_any = false;
}

/* The place of an address among those watched; a free one of IPV4_ANY. */
static ipv4_addr *find_watched(struct sim_port *port, ipv4_addr address)
{
	for (unsigned n = 0; n < ARRAY_SIZE(port->watched); n++) {
		if (port->watched[n] == address)
			return &port->watched[n];
	}
	UNREACHABLE();
}

static int watch(struct iface *i, ipv4_addr address)
{
	*find_watched(port_of(i), IPV4_ANY) = address;
	return 0;
}

static void unwatch(struct iface *i, ipv4_addr address)
{
	*find_watched(port_of(i), address) = IPV4_ANY;
}

/* ---- ops: the rest ------------------------------------------------------- */

static int configure(struct iface *i, const struct dhcp4_lease *lease, nsec now)
{
	return sim_kernel_configure(port_of(i), lease, now);
}

static void deconfigure(struct iface *i, enum dhcp4_loss why, nsec now)
{
	(void)why;
	(void)now;
	sim_kernel_deconfigure(port_of(i));
}

static int add_fallback(struct iface *i, const struct dhcp4_effect *effect)
{
	return sim_fallback_add(port_of(i), effect);
}

static void remove_fallback(struct iface *i, nsec now)
{
	(void)now;
	sim_fallback_remove(port_of(i));
}

static void save_lease(struct iface *i, nsec now)
{
	(void)now;
	port_of(i)->save_due = true;
}

static void forget_lease(struct iface *i)
{
	sim_disk_forget(port_of(i));
}

static void known(struct iface *i, nsec now, struct attach_known *ret)
{
	(void)now;
	sim_disk_known(port_of(i), ret);
}

static void recall(struct iface *i, uint8_t index, nsec now)
{
	(void)now;
	sim_disk_recall(port_of(i), index);
}

static void notify(struct iface *i, const struct dhcp4_notice *notice, nsec now)
{
	struct sim_port *port = port_of(i);

	(void)now;
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->notice)
			w->notice(w, port, notice);
	}
}

static void set_deadline(struct iface *i, nsec deadline)
{
	const struct sim_host *host = port_of(i)->host;

	sim_timer_set(&host->network->clock, &port_of(i)->deadline,
		      deadline == NSEC_NEVER ? NSEC_NEVER
					     : host->boot_at + deadline);
}

const struct iface_ops sim_port_ops = {
	.send_broadcast = send_broadcast,
	.send_unicast = send_unicast,
	.send_arp = send_arp,
	.configure = configure,
	.deconfigure = deconfigure,
	.add_fallback = add_fallback,
	.remove_fallback = remove_fallback,
	.save_lease = save_lease,
	.forget_lease = forget_lease,
	.known = known,
	.recall = recall,
	.notify = notify,
	.sent = sent,
	.listen = listen_for,
	.unlisten = unlisten,
	.watch = watch,
	.unwatch = unwatch,
	.set_deadline = set_deadline,
	.listen_any = listen_any,
	.unlisten_any = unlisten_any,
};

/* ---- wake-ups ------------------------------------------------------------ */

void sim_port_turn_ended(struct sim_port *port)
{
	port->host->steps++;
	if (port->save_due)
		sim_disk_save(port);
	port->save_due = false;
}

static void deadline_reached(struct sim_timer *timer)
{
	struct sim_port *port = SIM_OWNER(timer, struct sim_port, deadline);

	iface_tick(&port->iface, now_of(port));
	sim_port_turn_ended(port);
}

static bool is_in_flight(const struct sim_host *host, uint32_t xid)
{
	for (unsigned n = 0; n < host->port_count; n++) {
		const struct sim_port *port = &host->ports[n];

		if (port->listening && port->iface.want.xid == xid)
			return true;
	}
	return false;
}

/* What came to a port alone, while some port waits for that. */
static bool is_for_any(const struct sim_host *host, const struct sim_frame *frame)
{
	bool any = false;

	for (unsigned n = 0; n < host->port_count; n++)
		any |= host->ports[n].listening_any;
	return any && !(frame->destination[0] & 1);
}

/* As the filter of the one socket that all interfaces share (filter.c). */
static bool passes_filter(const struct sim_host *host,
			  const struct sim_frame *frame)
{
	struct reader ip = reader_over(frame->bytes, frame->size);
	uint8_t first = reader_u8(&ip), protocol, op;
	uint16_t fragment, port;
	uint32_t xid, cookie;

	reader_bytes(&ip, 5);
	fragment = reader_u16(&ip) & 0x3fff;
	reader_bytes(&ip, 1);
	protocol = reader_u8(&ip);
	/* The rest of this header, the source port; length and checksum. */
	reader_bytes(&ip, (first & 0x0fU) * 4 - 10 + 2);
	port = reader_u16(&ip);
	reader_bytes(&ip, 4);
	op = reader_u8(&ip);
	reader_bytes(&ip, 3);
	xid = reader_u32(&ip);
	reader_bytes(&ip, DHCP4_HEADER_SIZE - 4 - 8);
	cookie = reader_u32(&ip);
	return !ip.failed && first >= 0x45 && first <= 0x4f && fragment == 0 &&
	       protocol == 17 && port == DHCP4_CLIENT_PORT &&
	       op == DHCP4_OP_REPLY && cookie == DHCP4_MAGIC_COOKIE &&
	       (is_in_flight(host, xid) || is_for_any(host, frame));
}

static bool is_watched(const struct sim_host *host, ipv4_addr address)
{
	for (unsigned n = 0; n < host->port_count; n++) {
		const struct sim_port *port = &host->ports[n];

		for (unsigned i = 0; i < ARRAY_SIZE(port->watched); i++) {
			if (port->watched[i] == address)
				return true;
		}
	}
	return false;
}

static bool is_own(const struct sim_host *host, const uint8_t *hw)
{
	for (unsigned n = 0; n < host->port_count; n++) {
		if (memcmp(host->ports[n].interface->hw, hw, SIM_HWADDR_SIZE) == 0)
			return true;
	}
	return false;
}

/* As the other socket's filter, and what daemon.c makes of it. */
static void arp_received(struct sim_port *port, const struct sim_frame *frame)
{
	struct arp arp;
	ipv4_addr about;

	if (!arp_parse(frame->bytes, frame->size, &arp))
		return;
	about = arp.sender ? arp.sender : arp.target;
	if (about == IPV4_ANY ||
	    !(port->unfiltered || is_watched(port->host, about)))
		return;
	iface_arp(&port->iface, frame->bytes, frame->size,
		  is_own(port->host, arp.sender_hw), now_of(port));
	sim_port_turn_ended(port);
}

/* Whoever is off or asleep answers nothing: no handler behind this one is asked. */
static bool frame_received(struct sim_handler *handler,
			   struct sim_interface *interface,
			   const struct sim_frame *frame)
{
	struct sim_port *port = SIM_OWNER(handler, struct sim_port, handler);
	struct hwaddr source = { .size = SIM_HWADDR_SIZE };

	(void)interface;
	if (port->gone)
		return true;
	if (!sim_host_is_awake(port->host))
		return !port->host->on || port->host->suspended;
	if (frame->ethertype == SIM_ETHERTYPE_ARP && !frame->vlan)
		arp_received(port, frame);
	if (frame->ethertype != SIM_ETHERTYPE_IPV4 || frame->vlan ||
	    !(port->unfiltered || passes_filter(port->host, frame)))
		return false;
	memcpy(source.bytes, frame->source, SIM_HWADDR_SIZE);
	iface_frame(&port->iface, frame->bytes, frame->size, frame->unfinished,
		    &source, now_of(port));
	sim_port_turn_ended(port);
	return false;
}

static void tell_carrier(struct sim_port *port, bool up)
{
	sim_port_event(port, up ? SIM_EVENT_CARRIER_UP : SIM_EVENT_CARRIER_DOWN);
	iface_carrier(&port->iface, up, now_of(port));
	sim_port_turn_ended(port);
}

static void carrier_changed(struct sim_handler *handler,
			    struct sim_interface *interface, bool up)
{
	struct sim_port *port = SIM_OWNER(handler, struct sim_port, handler);

	(void)interface;
	if (port->gone)
		return;
	if (sim_host_is_awake(port->host))
		tell_carrier(port, up);
	else
		port->carrier_missed = true;
}

/* ---- the process and its sleep ------------------------------------------- */

static void begin(struct sim_port *port, enum sim_event event)
{
	const struct sim_host *host = port->host;

	/* As daemon.c: the wall clock when BOOTTIME was 0. */
	port->iface.config.auth_base =
		(uint64_t)(SIM_EPOCH_S + host->wall_offset_s) * NSEC_PER_S +
		host->network->clock.now - now_of(port);
	sim_fallback_recall(port);
	sim_disk_load(port);
	sim_port_event(port, event);
	port->carrier_missed = false;
	iface_carrier(&port->iface, sim_interface_has_carrier(port->interface),
		      now_of(port));
	sim_port_turn_ended(port);
	iface_start(&port->iface, now_of(port));
	sim_port_turn_ended(port);
	sim_fallback_adopt(port);
}

void sim_port_process_began(struct sim_port *port)
{
	port->gone = false;
	begin(port, SIM_EVENT_STARTED);
}

void sim_port_process_gone(struct sim_port *port)
{
	sim_kernel_cancel(port);
	sim_kernel_forget_removal(port);
	sim_fallback_cancel(port);
	sim_timer_cancel(&port->host->network->clock, &port->deadline);
	port->listening = port->listening_any = false;
	memset(port->watched, 0, sizeof(port->watched));
	port->installed = port->fallback.installed = IPV4_ANY;
}

void sim_port_slept(struct sim_port *port)
{
	sim_kernel_stop_timers(port);
	sim_fallback_slept(port);
	sim_timer_cancel(&port->host->network->clock, &port->deadline);
}

/* As a turn of the loop: sources first, of them the clock first; then timers. */
void sim_port_woke(struct sim_port *port, bool resumed)
{
	sim_kernel_set_timers(port);
	sim_fallback_woke(port);
	if (!port->host->running)
		return;
	if (port->gone)
		return;
	set_deadline(&port->iface, port->iface.want.deadline);
	if (resumed) {
		iface_resumed(&port->iface, now_of(port));
		sim_port_turn_ended(port);
	}
	if (!port->carrier_missed)
		return;
	/* One that is back already was lost all the same. */
	port->carrier_missed = false;
	tell_carrier(port, false);
	if (sim_interface_has_carrier(port->interface))
		tell_carrier(port, true);
}

/* ---- what somebody does to it --------------------------------------------- */

static bool is_served(const struct sim_port *port)
{
	return sim_host_is_awake(port->host) && !port->gone;
}

void sim_port_renew(struct sim_port *port)
{
	if (!is_served(port))
		return;
	sim_port_event(port, SIM_EVENT_RENEW_ASKED);
	iface_renew(&port->iface, now_of(port));
	sim_port_turn_ended(port);
}

void sim_port_rebind(struct sim_port *port)
{
	if (!is_served(port))
		return;
	sim_port_event(port, SIM_EVENT_REBIND_ASKED);
	iface_rebind(&port->iface, now_of(port));
	sim_port_turn_ended(port);
}

void sim_port_release(struct sim_port *port)
{
	if (!is_served(port))
		return;
	sim_port_event(port, SIM_EVENT_RELEASED);
	iface_stop(&port->iface, true, now_of(port));
	sim_port_turn_ended(port);
}

/* What goes in the last seconds of its lifetime is taken for expired. */
static bool is_ending(const struct sim_port *port)
{
	const struct dhcp4_client *c = port->iface.client;

	return c->tenure != DHCP4_TENURE_NONE &&
	       nsec_until(now_of(port), c->lease.expiry_ns) <= 3 * NSEC_PER_S;
}

/* What a process before this one left is nothing to the client. */
static bool is_installed(const struct sim_port *port)
{
	return port->installed && !port->removing &&
	       port->kernel.address == port->installed;
}

void sim_port_take_address(struct sim_port *port)
{
	bool running = port->host->running;
	bool leased = is_installed(port), fallback = port->fallback.address;
	bool releases =
		leased && running &&
		port->iface.config.address_removed == DHCP4_REMOVAL_RELEASE;

	if (!(port->kernel.address || fallback) || port->host->suspended ||
	    (running && is_ending(port)))
		return;
	sim_kernel_remove(port, SIM_CAUSE_ADMIN);
	sim_fallback_gone(port);
	/* To the client it is the same as to be told to release. */
	sim_port_event(port,
		       releases ? SIM_EVENT_RELEASED : SIM_EVENT_ADDRESS_TAKEN);
	if (!running || !(leased || fallback))
		return;
	iface_address_lost(&port->iface,
			   leased ? DHCP4_ADDRESS_LOST_REMOVED
				  : DHCP4_ADDRESS_LOST_PARTLY,
			   now_of(port));
	sim_port_turn_ended(port);
}

/* The identifier by hardware type and address (RFC 2132 9.14). */
static struct client_id default_id(const struct dhcp4_config *config)
{
	struct client_id id = { .size = 1 + SIM_HWADDR_SIZE };

	id.bytes[0] = config->hardware_type;
	memcpy(id.bytes + 1, config->hwaddr.bytes, SIM_HWADDR_SIZE);
	return id;
}

static void set_hwaddr(struct sim_port *port)
{
	struct dhcp4_config *config = &port->iface.config;

	config->hwaddr.size = SIM_HWADDR_SIZE;
	memcpy(config->hwaddr.bytes, port->interface->hw, SIM_HWADDR_SIZE);
}

static void take_new_hwaddr(struct sim_port *port)
{
	struct dhcp4_config *config = &port->iface.config;
	struct client_id old_id = default_id(config);

	sim_interface_change_hw(port->interface);
	set_hwaddr(port);
	if (client_id_equal(&config->client_id, &old_id))
		config->client_id = default_id(config);
}

/* As presence.c: the kernel has taken its address with it already. */
void sim_port_remove(struct sim_port *port)
{
	if (!port->host->on || port->host->suspended || port->gone)
		return;
	port->gone = true;
	sim_kernel_remove(port, SIM_CAUSE_REMOVED);
	sim_fallback_gone(port);
	sim_port_event(port, SIM_EVENT_REMOVED);
	if (!port->host->running)
		return;
	iface_gone(&port->iface, now_of(port));
	sim_port_turn_ended(port);
	sim_port_process_gone(port);
}

void sim_port_return(struct sim_port *port, bool new_hwaddr)
{
	if (!port->host->on || port->host->suspended || !port->gone)
		return;
	port->gone = false;
	if (new_hwaddr)
		take_new_hwaddr(port);
	if (port->host->running)
		begin(port, SIM_EVENT_RETURNED);
}

void sim_port_change_hwaddr(struct sim_port *port)
{
	if (port->host->suspended || port->gone)
		return;
	take_new_hwaddr(port);
	sim_port_event(port, SIM_EVENT_HWADDR_CHANGED);
	if (!port->host->running)
		return;
	iface_reconfigured(&port->iface, true, now_of(port));
	sim_port_turn_ended(port);
}

void sim_port_reload(struct sim_port *port)
{
	if (!is_served(port))
		return;
	iface_reconfigured(&port->iface, false, now_of(port));
	sim_port_turn_ended(port);
}

/* ---- the beginning -------------------------------------------------------- */

void sim_port_init(struct sim_port *port, struct sim_host *host, unsigned number)
{
	struct dhcp4_config *config = &port->iface.config;

	port->host = host;
	port->iface.ifindex = (int)number + 2;
	snprintf(port->iface.name, sizeof(port->iface.name), "eth%u", number);
	port->interface = sim_interface_add(host->device, port->iface.name);
	port->deadline.fire = deadline_reached;
	port->tap.frame = frame_passed;
	port->handler.receive = frame_received;
	port->handler.carrier = carrier_changed;
	sim_tap_add(port->interface, &port->tap);
	/* First: what it does not hear, nobody on this host hears. */
	sim_handler_add(port->interface, &port->handler);
	sim_arp_add(port->interface);
	sim_echo_add(port->interface);
	sim_kernel_init(port);
	sim_fallback_init(port);

	config->hardware_type = ARPHRD_ETHER;
	config->mtu = SIM_MTU;
	set_hwaddr(port);
	config->client_id = default_id(config);
	config->encoded = &port->encoded;
	encode_hostname(&port->encoded, host->device->name, FQDN_MODE_OFF);
	memcpy(config->parameters, default_parameters,
	       sizeof(default_parameters));
	config->parameters_count = sizeof(default_parameters);
	config->acd = ACD_MODE_OFF;
}
