/* SPDX-License-Identifier: BSD-2-Clause */
/* A port that is moved by hand: each move is told to the judge's onlooker. */
#include "unit/puppet.h"

#include <stdio.h>
#include <string.h>

#define START S(1000)

static struct sim_watch *watch_of(const struct puppet *p)
{
	return p->host->watches;
}

static nsec now_of(const struct puppet *p)
{
	return p->network->clock.now;
}

void puppet_init(struct puppet *p, struct sim_network *network,
		 struct judge *judge, const char *name)
{
	memset(p, 0, sizeof(*p));
	p->network = network;
	p->judge = judge;
	p->host = sim_host_add(network, name, 1);
	p->port = &p->host->ports[0];
	p->link = sim_link_join(
		p->port->interface,
		sim_interface_add(sim_device_add(network, "wall"), "socket"));
	p->values.client_id = &p->port->iface.config.client_id;
	p->values.reason = "because";
	p->values.xid = 1;
	/* What a puppet says twice is the same. */
	p->port->iface.config.broadcast = DHCP4_BROADCAST_NO;
	judge_watch_host(judge, p->host);
}

void puppet_at(struct puppet *p, nsec since_start)
{
	sim_clock_run(&p->network->clock, START + since_start);
}

/* ---- what befalls it ----------------------------------------------------- */

void puppet_event(struct puppet *p, enum sim_event event)
{
	watch_of(p)->event(watch_of(p), p->port, event);
}

void puppet_start(struct puppet *p)
{
	if (!p->host->on) {
		p->host->on = true;
		p->host->boots++;
		p->host->boot_at = now_of(p) - SIM_BOOT_NS;
	}
	p->host->running = true;
	p->state = DHCP4_STATE_STOPPED;
	puppet_event(p, SIM_EVENT_STARTED);
}

void puppet_kill(struct puppet *p)
{
	p->host->running = false;
	puppet_event(p, SIM_EVENT_KILLED);
}

void puppet_reboot(struct puppet *p)
{
	p->host->running = p->host->on = false;
	puppet_withdraw(p, SIM_CAUSE_REBOOT);
	puppet_event(p, SIM_EVENT_REBOOTED);
}

void puppet_carrier(struct puppet *p, bool up)
{
	puppet_event(p, up ? SIM_EVENT_CARRIER_UP : SIM_EVENT_CARRIER_DOWN);
}

/* ---- what it does -------------------------------------------------------- */

size_t puppet_write(struct puppet *p, enum dhcp4_request kind,
		    uint8_t packet[DHCP4_PACKET_MAX])
{
	struct writer w =
		writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);
	struct request_values values = p->values;
	bool has_address = kind == DHCP4_REQUEST_RENEWING ||
			   kind == DHCP4_REQUEST_REBINDING ||
			   kind == DHCP4_REQUEST_INFORM;

	values.address = kind == DHCP4_REQUEST_DISCOVER ? 0 : CLIENT;
	values.server_id = SERVER;
	request_write(&w, kind, &p->port->iface.config, &values);
	CHECK(!w.failed);
	frame_seal(packet, w.used,
		   &(struct datagram){
			   .source = has_address || kind == DHCP4_REQUEST_RELEASE
					     ? CLIENT
					     : 0,
			   .destination = request_is_unicast(kind)
						  ? SERVER
						  : IPV4_BROADCAST,
			   .source_port = DHCP4_CLIENT_PORT,
			   .destination_port = DHCP4_SERVER_PORT });
	return FRAME_HEADERS_SIZE + w.used;
}

void puppet_emit(struct puppet *p, const uint8_t *packet, size_t size,
		 bool unicast)
{
	struct sim_frame frame = { .ethertype = SIM_ETHERTYPE_IPV4,
				   .size = (uint16_t)size };

	memset(frame.destination, unicast ? 2 : 255, SIM_HWADDR_SIZE);
	memcpy(frame.source, p->port->interface->hw, SIM_HWADDR_SIZE);
	memcpy(frame.bytes, packet, size);
	watch_of(p)->frame(watch_of(p), p->port, &frame, true);
}

void puppet_send(struct puppet *p, enum dhcp4_request kind)
{
	uint8_t packet[DHCP4_PACKET_MAX];

	puppet_emit(p, packet, puppet_write(p, kind, packet),
		    request_is_unicast(kind));
}

void puppet_send_first(struct puppet *p, enum dhcp4_request kind)
{
	p->values.xid++;
	p->values.secs = 0;
	p->granted = now_of(p);
	puppet_send(p, kind);
}

void puppet_send_arp(struct puppet *p, ipv4_addr sender, ipv4_addr target)
{
	struct arp arp = { .op = ARP_OP_REQUEST,
			   .sender = sender,
			   .target = target };
	uint8_t packet[ARP_SIZE];

	memcpy(arp.sender_hw, p->port->interface->hw, SIM_HWADDR_SIZE);
	arp_write(packet, &arp);
	watch_of(p)->arp(watch_of(p), p->port, packet, 0);
}

void puppet_notice(struct puppet *p, struct dhcp4_notice notice)
{
	watch_of(p)->notice(watch_of(p), p->port, &notice);
}

void puppet_enter(struct puppet *p, enum dhcp4_state to)
{
	puppet_notice(p, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_TRANSITION,
						.from = p->state,
						.to = to });
	p->state = to;
}

static void change_kernel(struct puppet *p, const struct sim_kernel *kernel,
			  enum sim_cause cause)
{
	struct sim_kernel before = p->port->kernel;

	p->port->kernel = *kernel;
	watch_of(p)->kernel(watch_of(p), p->port, &before, cause);
}

void puppet_configure(struct puppet *p, nsec expiry)
{
	nsec left = expiry - now_of(p) + NSEC_PER_S - 1;
	struct sim_kernel kernel = {
		.address = CLIENT,
		.prefix_length = 24,
		.valid_until = sim_host_monotonic(p->host) +
			       left / NSEC_PER_S * NSEC_PER_S,
		.route_count = 1,
		.routes = { { .gateway = SERVER } },
	};

	change_kernel(p, &kernel, SIM_CAUSE_DAEMON);
}

void puppet_withdraw(struct puppet *p, enum sim_cause cause)
{
	change_kernel(p, &(struct sim_kernel){ .valid_until = NSEC_NEVER },
		      cause);
}

void puppet_store(struct puppet *p)
{
	struct lease_clocks clocks = {
		.now = sim_host_boottime(p->host),
		.wall_s = sim_host_wall_s(p->host),
	};

	snprintf(clocks.boot_id, sizeof(clocks.boot_id),
		 "%08x-0000-4000-8000-000000000000", p->host->boots);
	p->port->file_size =
		lease_file_write(&p->lease, 0, &clocks, p->port->file);
	watch_of(p)->stored(watch_of(p), p->port);
}

void puppet_forget(struct puppet *p)
{
	p->port->file_size = 0;
	watch_of(p)->stored(watch_of(p), p->port);
}

/* ---- what it hears ------------------------------------------------------- */

struct reply puppet_reply(const struct puppet *p, enum dhcp4_type type)
{
	bool nak = type == DHCP4_TYPE_NAK;
	struct reply reply = {
		.op = DHCP4_OP_REPLY,
		.type = (uint8_t)type,
		.htype = ARP_HTYPE_ETHERNET,
		.hlen = SIM_HWADDR_SIZE,
		.xid = p->values.xid,
		.source = SERVER,
		.server_id = SERVER,
		.yiaddr = nak ? 0 : CLIENT,
		.mask = nak ? 0 : MASK,
		.router = nak ? 0 : SERVER,
		.lease_s = nak ? 0 : PUPPET_LEASE_S,
	};

	memcpy(reply.chaddr, p->port->interface->hw, SIM_HWADDR_SIZE);
	return reply;
}

void puppet_hear(struct puppet *p, const struct reply *reply)
{
	struct sim_frame frame = { .ethertype = SIM_ETHERTYPE_IPV4 };

	frame.size = (uint16_t)reply_write(reply, frame.bytes);
	memset(frame.destination, 255, SIM_HWADDR_SIZE);
	memset(frame.source, 2, SIM_HWADDR_SIZE);
	watch_of(p)->frame(watch_of(p), p->port, &frame, false);
}

void puppet_hear_type(struct puppet *p, enum dhcp4_type type)
{
	struct reply reply = puppet_reply(p, type);

	puppet_hear(p, &reply);
}

void puppet_hear_arp(struct puppet *p, enum arp_op op, ipv4_addr sender,
		     ipv4_addr target)
{
	const struct arp arp = { .op = (uint16_t)op,
				 .sender_hw = { 2, 0, 0, 0, 0, 0x77 },
				 .sender = sender,
				 .target = target };
	struct sim_frame frame = { .ethertype = SIM_ETHERTYPE_ARP,
				   .size = ARP_SIZE };

	memset(frame.destination, 255, SIM_HWADDR_SIZE);
	memcpy(frame.source, arp.sender_hw, SIM_HWADDR_SIZE);
	arp_write(frame.bytes, &arp);
	watch_of(p)->frame(watch_of(p), p->port, &frame, false);
}

/* ---- longer ways ----------------------------------------------------------- */

void puppet_note_lease(struct puppet *p)
{
	nsec granted = p->granted - p->host->boot_at;

	p->lease = (struct dhcp4_lease){
		.address = CLIENT,
		.prefix_length = 24,
		.server_id = SERVER,
		.granted_ns = granted,
		.t1_ns = granted + S(PUPPET_LEASE_S / 2),
		.t2_ns = granted + S(PUPPET_LEASE_S / 8 * 7),
		.expiry_ns = granted + S(PUPPET_LEASE_S),
		.lease_s = PUPPET_LEASE_S,
		.client_id = p->port->iface.config.client_id,
	};
}

void puppet_take_ack(struct puppet *p)
{
	puppet_hear_type(p, DHCP4_TYPE_ACK);
	puppet_note_lease(p);
	puppet_configure(p, p->granted + S(PUPPET_LEASE_S));
	puppet_store(p);
	puppet_enter(p, DHCP4_STATE_BOUND);
	puppet_notice(p, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_READY });
}

void puppet_bind(struct puppet *p)
{
	puppet_start(p);
	puppet_send_first(p, DHCP4_REQUEST_DISCOVER);
	puppet_enter(p, DHCP4_STATE_INIT);
	puppet_enter(p, DHCP4_STATE_SELECTING);
	puppet_hear_type(p, DHCP4_TYPE_OFFER);
	puppet_send(p, DHCP4_REQUEST_SELECTING);
	puppet_enter(p, DHCP4_STATE_REQUESTING);
	puppet_take_ack(p);
}

/* ---- the judge ------------------------------------------------------------- */

void judge_check_fine(const struct judge *judge)
{
	if (judge_failed(judge))
		ck_abort_msg("%s: %s", judge_oracle(judge), judge_text(judge));
}

void judge_check_blamed(const struct judge *judge, const char *oracle)
{
	if (!judge_failed(judge))
		ck_abort_msg("nothing was found");
	if (strcmp(judge_oracle(judge), oracle) != 0)
		ck_abort_msg("%s, not %s: %s", judge_oracle(judge), oracle,
			     judge_text(judge));
}
