/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host, a switch and a server; what is seen is counted, no more.
 */
#include "unit/scene.h"

#include <string.h>

const struct server_config scene_config = {
	.address = SCENE_SERVER,
	.prefix_length = 24,
	.pool_first = SCENE_FIRST,
	.pool_last = SCENE_FIRST + 9,
	.lease_s = SCENE_LEASE_S,
	.option_count = 1,
	.options = { { .code = DHCP4_OPTION_ROUTER,
		       .size = 4,
		       .bytes = (const uint8_t *)"\x0a\x00\x00\xfe" } },
};

/* ---- the onlooker -------------------------------------------------------- */

#define SCENE_OF(watch) SIM_OWNER(watch, struct scene, watch)

/* Table 4 of RFC 2131. */
static enum dhcp4_request kind_of(const struct dhcp4_message *m, bool broadcast)
{
	struct option_value server;

	switch (m->type) {
	case DHCP4_TYPE_DISCOVER:
		return DHCP4_REQUEST_DISCOVER;
	case DHCP4_TYPE_DECLINE:
		return DHCP4_REQUEST_DECLINE;
	case DHCP4_TYPE_RELEASE:
		return DHCP4_REQUEST_RELEASE;
	case DHCP4_TYPE_INFORM:
		return DHCP4_REQUEST_INFORM;
	default:
		break;
	}
	CHECK(m->type == DHCP4_TYPE_REQUEST);
	if (m->header.ciaddr)
		return broadcast ? DHCP4_REQUEST_REBINDING
				 : DHCP4_REQUEST_RENEWING;
	return dhcp4_options_get(&m->options, DHCP4_OPTION_SERVER_ID, &server)
		       ? DHCP4_REQUEST_SELECTING
		       : DHCP4_REQUEST_REBOOTING;
}

static void note_message(struct scene *s, struct sim_port *port,
			 const struct sim_frame *frame)
{
	struct scene_message *message = &s->messages[s->message_count];
	struct dhcp4_message m;
	struct datagram d;

	if (frame->ethertype != SIM_ETHERTYPE_IPV4 ||
	    frame_parse(frame->bytes, frame->size, DHCP4_SERVER_PORT, false,
			&d) != REJECT_NONE)
		return;
	CHECK(dhcp4_message_parse(d.payload, d.size, &m) == REJECT_NONE);
	CHECK(s->message_count < SCENE_MESSAGES_MAX);
	s->message_count++;
	*message = (struct scene_message){
		.at = s->network.clock.now,
		.port = port,
		.kind = kind_of(&m, d.destination == IPV4_BROADCAST),
		.address = m.header.ciaddr,
		.xid = m.header.xid,
		.unicast = !(frame->destination[0] & 1),
	};
	if (!message->address)
		dhcp4_options_get_u32(&m.options, DHCP4_OPTION_REQUESTED_ADDRESS,
				      &message->address);
}

static void saw_frame(struct sim_watch *watch, struct sim_port *port,
		      const struct sim_frame *frame, bool sent)
{
	struct scene *s = SCENE_OF(watch);

	if (sent)
		note_message(s, port, frame);
	else
		s->frames_received++;
}

static void saw_send_failed(struct sim_watch *watch, struct sim_port *port,
			    const struct dhcp4_effect *effect, int error)
{
	(void)port;
	(void)effect;
	SCENE_OF(watch)->send_failures++;
	SCENE_OF(watch)->send_error = error;
}

static void saw_kernel(struct sim_watch *watch, struct sim_port *port,
		       const struct sim_kernel *before, enum sim_cause cause)
{
	struct scene *s = SCENE_OF(watch);

	CHECK(port->interface->address == port->kernel.address);
	if (port->kernel.address)
		s->installs++;
	if (before->address && before->address != port->kernel.address) {
		s->removals[cause]++;
		s->removed_at = s->network.clock.now;
	}
}

static void saw_stored(struct sim_watch *watch, struct sim_port *port)
{
	(void)port;
	SCENE_OF(watch)->stored++;
}

static void saw_notice(struct sim_watch *watch, struct sim_port *port,
		       const struct dhcp4_notice *notice)
{
	(void)port;
	SCENE_OF(watch)->notices[notice->kind]++;
}

static void saw_event(struct sim_watch *watch, struct sim_port *port,
		      enum sim_event event)
{
	(void)port;
	SCENE_OF(watch)->events[event]++;
}

/* ---- the scene ----------------------------------------------------------- */

void scene_init(struct scene *s, unsigned ports)
{
	static const uint8_t seed[32] = { 's', 'c', 'e', 'n', 'e' };

	memset(s, 0, sizeof(*s));
	sim_network_init(&s->network, seed, S(1000));
	s->fabric = sim_switch_add(&s->network, "switch");
	s->dhcpd = sim_dhcpd_add(&s->network, "server", &scene_config);
	s->server_link =
		sim_link_join(s->dhcpd->interface, sim_switch_port(s->fabric));
	s->host = sim_host_add(&s->network, "host", ports);
	s->port = &s->host->ports[0];
	s->link = sim_link_join(s->port->interface, sim_switch_port(s->fabric));
	for (unsigned n = 1; n < ports; n++)
		sim_link_join(s->host->ports[n].interface,
			      sim_switch_port(s->fabric));
	s->watch = (struct sim_watch){
		.frame = saw_frame,
		.send_failed = saw_send_failed,
		.kernel = saw_kernel,
		.stored = saw_stored,
		.notice = saw_notice,
		.event = saw_event,
	};
	sim_watch_add(s->host, &s->watch);
}

void scene_free(struct scene *s)
{
	sim_network_free(&s->network);
}

void scene_run(struct scene *s, nsec duration)
{
	sim_clock_run(&s->network.clock, s->network.clock.now + duration);
}

void scene_init_leased(struct scene *s)
{
	scene_init(s, 1);
	sim_host_start(s->host);
	scene_run(s, S(1));
	CHECK(scene_is_bound(s->port));
	scene_forget(s);
}

void scene_forget(struct scene *s)
{
	memset(s->events, 0, sizeof(s->events));
	memset(s->notices, 0, sizeof(s->notices));
	memset(s->removals, 0, sizeof(s->removals));
	s->installs = s->stored = s->send_failures = s->frames_received = 0;
	s->removed_at = 0;
	s->message_count = 0;
}

unsigned scene_count(const struct scene *s, enum dhcp4_request kind)
{
	unsigned count = 0;

	for (unsigned i = 0; i < s->message_count; i++)
		count += s->messages[i].kind == kind;
	return count;
}

const struct scene_message *scene_nth(const struct scene *s,
				      enum dhcp4_request kind, unsigned n)
{
	for (unsigned i = 0; i < s->message_count; i++) {
		if (s->messages[i].kind == kind && n-- == 0)
			return &s->messages[i];
	}
	ck_abort_msg("no such message");
	return NULL;
}

bool scene_is_bound(const struct sim_port *port)
{
	const struct dhcp4_client *client = port->iface.client;

	return client->state == DHCP4_STATE_BOUND && client->configured &&
	       port->kernel.address == client->lease.address &&
	       port->file_size > 0;
}

struct pong {
	struct sim_tap tap;
	ipv4_addr from;
	bool seen;
};

static void saw_pong(struct sim_tap *tap, struct sim_interface *interface,
		     const struct sim_frame *frame, bool sent)
{
	struct pong *pong = SIM_OWNER(tap, struct pong, tap);

	(void)interface;
	if (!sent && sim_is_pong(frame, pong->from, 1))
		pong->seen = true;
}

bool scene_ping(struct scene *s, struct sim_interface *from, ipv4_addr address)
{
	struct pong *pong = sim_alloc(&s->network, sizeof(*pong));

	pong->tap.frame = saw_pong;
	pong->from = address;
	sim_tap_add(from, &pong->tap);
	sim_ping(from, address, 1);
	scene_run(s, MS(10));
	return pong->seen;
}
