/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each kind of fault does. Some are a moment's act, some a level: a level
 * is not switched on and off but drawn anew from all faults that are active, so
 * that those which overlap do not undo each other.
 */
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "core/encode.h"
#include "sim/run.h"
#include "sim/timeline.h"

/* Faults of the machine itself are over in this time at the latest. */
#define OFF_MAX_NS (600 * NSEC_PER_S)

#define FLAPS_MAX	48
#define FLAP_GAP_MAX_MS 400

#define NETLINK_NS (100 * UINT64_C(1000))

/* Shorter leases are for a server of bad character. */
#define TIMES_MIN_S 60

/* A device meddles with so many addresses, the first of the pool. */
#define DEVICE_ADDRESSES 8

static struct sim_host *host_of(const struct run_fault *f)
{
	return f->run->hosts[f->fault->host];
}

static struct run_port *cable_of(const struct run_fault *f)
{
	return &f->run->ports[f->fault->host][f->fault->port];
}

static struct sim_port *port_of(const struct run_fault *f)
{
	return cable_of(f)->port;
}

static struct run_server *server_of(const struct run_fault *f)
{
	return &f->run->servers[f->fault->server % f->run->server_count];
}

/* The one that the port is in by the plan. */
static struct run_network *network_of(const struct run_fault *f)
{
	const struct plan_host *host = &f->run->plan->hosts[f->fault->host];

	return &f->run->networks[host->networks[f->fault->port]];
}

static struct sim_weather *weather_of(const struct run_fault *f)
{
	return &cable_of(f)->link->weather;
}

/* ---- levels ------------------------------------------------------------ */

static void cut(struct run_fault *f)
{
	cable_of(f)->cut = true;
}

static void flap(struct run_fault *f)
{
	if (f->pulses % 2 == 1)
		cable_of(f)->cut = true;
}

static void cut_uplink(struct run_fault *f)
{
	network_of(f)->uplink_cut = true;
}

static void lose(struct run_fault *f)
{
	weather_of(f)->loss = 50 + f->fault->number % 900;
}

static void duplicate(struct run_fault *f)
{
	weather_of(f)->duplicate = 50 + f->fault->number % 900;
}

static void delay(struct run_fault *f)
{
	weather_of(f)->delay = (1 + f->fault->number % 3000) * NSEC_PER_MS;
	weather_of(f)->jitter = f->fault->number % 997 * NSEC_PER_MS;
}

static void reorder(struct run_fault *f)
{
	weather_of(f)->reorder = 50 + f->fault->number % 900;
}

static void corrupt(struct run_fault *f)
{
	weather_of(f)->corrupt = 50 + f->fault->number % 900;
}

static void refuse_sends(struct run_fault *f)
{
	static const int errors[] = { ENETDOWN, ENOBUFS, EPERM,	  EAGAIN,
				      ENXIO,	EIO,	 EMSGSIZE };

	port_of(f)->troubles.send = errors[f->fault->number % ARRAY_SIZE(errors)];
}

static void refuse_configure(struct run_fault *f)
{
	static const int errors[] = { ENOMEM, ENOBUFS, EAGAIN };

	port_of(f)->troubles.configure =
		errors[f->fault->number % ARRAY_SIZE(errors)];
}

static void refuse_netlink(struct run_fault *f)
{
	static const int errors[] = { EPERM,  EINVAL, ENETDOWN,
				      ENODEV, EBUSY,  EEXIST };

	port_of(f)->troubles.netlink =
		errors[f->fault->number % ARRAY_SIZE(errors)];
}

static void slow_netlink(struct run_fault *f)
{
	port_of(f)->troubles.netlink_ns =
		(1 + f->fault->number % 2000) * NSEC_PER_MS;
}

static void fill_disk(struct run_fault *f)
{
	static const int errors[] = { ENOSPC, EROFS, EIO };

	port_of(f)->troubles.store =
		errors[f->fault->number % ARRAY_SIZE(errors)];
}

static void silence(struct run_fault *f)
{
	server_of(f)->dhcpd->silent = true;
}

static void slow(struct run_fault *f)
{
	server_of(f)->dhcpd->slow_ns =
		(1 + f->fault->number % 20000) * NSEC_PER_MS;
}

static void change_id(struct run_fault *f)
{
	struct sim_dhcpd *dhcpd = server_of(f)->dhcpd;

	/* An address that no other server has. */
	dhcpd->config.id = dhcpd->config.address + 3 + f->fault->number % 3;
}

/* Other times, all of them legal. */
static void change_times(struct run_fault *f)
{
	struct server_config *config = &server_of(f)->dhcpd->config;
	uint32_t number = f->fault->number;
	uint32_t lease_s = server_of(f)->config.lease_s >> (number & 3);

	config->lease_s = lease_s < TIMES_MIN_S ? TIMES_MIN_S : lease_s;
	config->t1_s = number & 4 ? config->lease_s / 8 : 0;
	config->t2_s = number & 8 ? config->lease_s / 4 : 0;
	/* Its network does without IPv4 for a time, or has it for a time. */
	if (number & 16)
		config->v6only = !server_of(f)->config.v6only;
}

static void silence_all(struct run_fault *f)
{
	for (unsigned i = 0; i < f->run->server_count; i++)
		f->run->servers[i].dhcpd->silent = true;
}

static void character(struct run_fault *f)
{
	server_of(f)->dhcpd->server.handler = server_mood_apply;
	server_of(f)->dhcpd->server.context = &f->mood;
}

static void rogue(struct run_fault *f)
{
	network_of(f)->rogue->silent = false;
	network_of(f)->rogue->server.context = &f->mood;
}

/* One of those that are given first, or of the next ones. */
static ipv4_addr squatted_address(const struct run_fault *f)
{
	const struct plan_host *host = &f->run->plan->hosts[f->fault->host];
	const struct plan_network *n =
		&f->run->plan->networks[host->networks[f->fault->port]];

	return n->address + RUN_POOL_HOST + f->fault->number % DEVICE_ADDRESSES;
}

/* One that is used without a lease, too. */
static ipv4_addr squatted_fallback(const struct run_fault *f)
{
	uint32_t number = f->fault->number >> 8;

	return (number & 1 ? PLAN_LINKLOCAL : PLAN_STATIC) +
	       (number >> 1) % PLAN_FALLBACKS;
}

static void squat(struct run_fault *f)
{
	network_of(f)->device->second = squatted_fallback(f);
	sim_interface_set_address(network_of(f)->device, squatted_address(f), 24);
}

/* ---- acts -------------------------------------------------------------- */

static void move(struct run_fault *f)
{
	struct run_port *cable = cable_of(f);
	uint32_t number = f->fault->number;
	struct run_network *to =
		&f->run->networks[number % f->run->plan->network_count];
	struct sim_interface *port =
		sim_switch_port(number >> 31 ? to->core : to->edge);

	sim_link_move(cable->link, cable->socket, port);
	cable->socket = port;
}

static void kill(struct run_fault *f)
{
	sim_host_kill(host_of(f));
}

static void end(struct run_fault *f)
{
	sim_host_end(host_of(f));
}

static void start(struct run_fault *f)
{
	sim_host_start(host_of(f));
}

static void release(struct run_fault *f)
{
	sim_port_release(port_of(f));
}

/* A client that was told to stop does nothing until it is started. */
static void restart(struct run_fault *f)
{
	sim_host_end(host_of(f));
	sim_host_start(host_of(f));
}

static void reboot(struct run_fault *f)
{
	sim_host_reboot(host_of(f), nsec_min(f->fault->duration, OFF_MAX_NS));
}

static void suspend(struct run_fault *f)
{
	sim_host_suspend(host_of(f));
}

static void resume(struct run_fault *f)
{
	sim_host_resume(host_of(f));
}

/* Seconds to a year, in either direction. */
static void step_clock(struct run_fault *f)
{
	int64_t seconds = (int64_t)1 << (f->fault->number % 25);

	sim_host_step_clock(host_of(f),
			    f->fault->number >> 31 ? seconds : -seconds);
}

static void take_address(struct run_fault *f)
{
	sim_port_take_address(port_of(f));
}

/* Who took the removal for a release is wanted again. */
static void want_again(struct run_fault *f)
{
	if (port_of(f)->iface.client->state == DHCP4_STATE_STOPPED)
		restart(f);
}

static void change_hwaddr(struct run_fault *f)
{
	sim_port_change_hwaddr(port_of(f));
}

/* Cut short, or one bit is another; no process sees it happen. */
static void tear_file(struct run_fault *f)
{
	struct sim_port *port = port_of(f);
	size_t at;

	sim_host_kill(host_of(f));
	if (host_of(f)->running || port->file_size == 0)
		return;
	at = f->fault->number / 2 % port->file_size;
	if (f->fault->number % 2) {
		port->file[at] ^= (char)(1 << at % 8);
		return;
	}
	memset(port->file + at, 0, port->file_size - at);
	port->file_size = at;
}

static void reload(struct run_fault *f)
{
	struct dhcp4_config *config = &port_of(f)->iface.config;
	const struct plan_host *plan = &f->run->plan->hosts[f->fault->host];
	const char name[] = { (char)('a' + f->fault->number / 2 % 26), '\0' };

	config->broadcast = (enum dhcp4_broadcast)(f->fault->number % 2);
	encode_hostname(&port_of(f)->encoded, name, plan->fqdn);
	sim_port_reload(port_of(f));
}

static void renew(struct run_fault *f)
{
	sim_port_renew(port_of(f));
}

/* By a server that may know nothing of the port. */
static void send_force_renew(struct run_fault *f, enum seal_force how)
{
	const struct sim_port *port = port_of(f);
	ipv4_addr address = port->kernel.address;

	if (address)
		sim_dhcpd_force_renew(server_of(f)->dhcpd, address,
				      &port->iface.config.hwaddr, how);
}

static void force_renew(struct run_fault *f)
{
	send_force_renew(f, SEAL_FORCE_RIGHT);
}

static void forge_renew(struct run_fault *f)
{
	unsigned how = 1 + f->fault->number % (SEAL_FORCE_COUNT - 1);

	send_force_renew(f, (enum seal_force)how);
}

static void rebind(struct run_fault *f)
{
	sim_port_rebind(port_of(f));
}

static void remove_port(struct run_fault *f)
{
	sim_port_remove(port_of(f));
}

/* Half of them are another device. */
static void return_port(struct run_fault *f)
{
	sim_port_return(port_of(f), f->fault->number % 2);
}

static void forget(struct run_fault *f)
{
	judge_server_is_dishonest(f->run->judge, server_of(f)->dhcpd);
	sim_dhcpd_forget(server_of(f)->dhcpd);
}

static void send_arp(struct run_fault *f, ipv4_addr sender, ipv4_addr target)
{
	struct sim_interface *device = network_of(f)->device;
	struct arp arp = { .op = ARP_OP_REQUEST,
			   .sender = sender,
			   .target = target };
	uint8_t packet[ARP_SIZE];

	memcpy(arp.sender_hw, device->hw, sizeof(arp.sender_hw));
	arp_write(packet, &arp);
	sim_send_payload(device, sim_hw_broadcast, SIM_ETHERTYPE_ARP, packet,
			 ARP_SIZE);
}

/* Some announce themselves, once or twice, and some are silent until asked. */
static void begin_squatting(struct run_fault *f)
{
	ipv4_addr address = squatted_address(f);

	for (unsigned i = 0; i < f->fault->number >> 30; i++)
		send_arp(f, address, address);
}

/* Twice, as it is said to have cost addresses. */
static void probe(struct run_fault *f)
{
	ipv4_addr first =
		squatted_address(f) - f->fault->number % DEVICE_ADDRESSES;

	for (unsigned i = 0; i < 2 * DEVICE_ADDRESSES; i++)
		send_arp(f, IPV4_ANY, first + i / 2);
}

static void replace_next_hop(struct run_fault *f)
{
	sim_interface_change_hw(network_of(f)->next_hop);
}

/* Characters that may give what the server's database knows nothing of. */
static bool is_liar(enum server_character character)
{
	return character == SERVER_CHARACTER_ACK ||
	       character == SERVER_CHARACTER_OTHER_ADDRESS ||
	       character == SERVER_CHARACTER_ILLEGAL_ADDRESS ||
	       character == SERVER_CHARACTER_ILLEGAL_LEASE ||
	       character == SERVER_CHARACTER_ILLEGAL_OPTIONS;
}

/* The kinds before DECLINE want an answer. */
#define KINDS_ANSWERED DHCP4_REQUEST_DECLINE

/* What it changes: what is usual for it, or one kind of message alone. */
static void set_mood(struct run_fault *f, enum server_character character)
{
	uint32_t number = f->fault->number;

	f->mood = (struct server_mood){ character, 0, number };
	if (number >> 30 == 0)
		f->mood.kinds = 1U << (number >> 8) % KINDS_ANSWERED;
}

static void begin_character(struct run_fault *f)
{
	enum server_character character = fault_character(f->fault->kind);

	set_mood(f, character);
	if (is_liar(character))
		judge_server_is_dishonest(f->run->judge, server_of(f)->dhcpd);
}

static void begin_rogue(struct run_fault *f)
{
	set_mood(f, (enum server_character)(f->fault->number %
					    SERVER_CHARACTER_COUNT));
}

/* ---- the table --------------------------------------------------------- */

typedef void fault_action(struct run_fault *);

static const struct fault_row {
	fault_action *begin, *end, *level;
} rows[FAULT_CHARACTER] = {
	[FAULT_CUT] = { .level = cut },
	[FAULT_FLAPS] = { .level = flap },
	[FAULT_LOSS] = { .level = lose },
	[FAULT_DUPLICATION] = { .level = duplicate },
	[FAULT_DELAY] = { .level = delay },
	[FAULT_REORDERING] = { .level = reorder },
	[FAULT_CORRUPTION] = { .level = corrupt },
	[FAULT_MOVE] = { .begin = move },
	[FAULT_UPLINK_CUT] = { .level = cut_uplink },
	[FAULT_KILL] = { .begin = kill, .end = start },
	[FAULT_END] = { .begin = end, .end = start },
	[FAULT_RELEASE] = { .begin = release, .end = restart },
	[FAULT_REBOOT] = { .begin = reboot },
	[FAULT_SUSPEND] = { .begin = suspend, .end = resume },
	[FAULT_CLOCK_STEP] = { .begin = step_clock },
	[FAULT_SEND_ERROR] = { .level = refuse_sends },
	[FAULT_CONFIGURE_ERROR] = { .level = refuse_configure },
	[FAULT_NETLINK_ERROR] = { .level = refuse_netlink },
	[FAULT_NETLINK_SLOW] = { .level = slow_netlink },
	[FAULT_DISK_ERROR] = { .level = fill_disk },
	[FAULT_FILE_TORN] = { .begin = tear_file, .end = start },
	[FAULT_ADDRESS_TAKEN] = { .begin = take_address, .end = want_again },
	[FAULT_HWADDR_CHANGE] = { .begin = change_hwaddr },
	/* Twice: a second order finds the first one under way. */
	[FAULT_RENEW] = { .begin = renew, .end = renew },
	[FAULT_REBIND] = { .begin = rebind, .end = renew },
	[FAULT_RELOAD] = { .begin = reload },
	[FAULT_REMOVED] = { .begin = remove_port, .end = return_port },
	[FAULT_SERVER_SILENT] = { .level = silence },
	[FAULT_SERVER_SLOW] = { .level = slow },
	[FAULT_SERVER_AMNESIA] = { .begin = forget },
	[FAULT_SERVER_ID_CHANGE] = { .level = change_id },
	[FAULT_SERVER_TIMES] = { .level = change_times },
	[FAULT_OUTAGE] = { .level = silence_all },
	[FAULT_NEW_HWADDR] = { .begin = replace_next_hop },
	[FAULT_SQUATTER] = { .begin = begin_squatting, .level = squat },
	[FAULT_FORCE_RENEW] = { .begin = force_renew, .end = force_renew },
	[FAULT_FORCE_FORGED] = { .begin = forge_renew, .end = forge_renew },
	[FAULT_PROBES] = { .begin = probe },
	[FAULT_ROGUE] = { .begin = begin_rogue, .level = rogue },
};

static const struct fault_row character_row = {
	.begin = begin_character,
	.level = character,
};

static const struct fault_row *row_of(const struct run_fault *f)
{
	return f->fault->kind < FAULT_CHARACTER ? &rows[f->fault->kind]
						: &character_row;
}

/* ---- levels, drawn anew ------------------------------------------------- */

static void clear_port(struct run_port *cable)
{
	cable->cut = false;
	cable->link->weather = (struct sim_weather){ .delay = 50000 };
	cable->port->troubles = (struct sim_troubles){ .netlink_ns = NETLINK_NS };
}

static void clear_server(struct run_server *server)
{
	server->dhcpd->silent = false;
	server->dhcpd->slow_ns = 0;
	server->dhcpd->config = server->config;
	server->dhcpd->server.handler = NULL;
}

static void clear_network(struct run_network *network)
{
	network->uplink_cut = false;
	sim_interface_set_address(network->device, IPV4_ANY, 0);
	network->device->second = IPV4_ANY;
	network->rogue->silent = true;
}

typedef void port_action(struct run_port *);

static void for_ports(struct run *run, port_action *act)
{
	for (unsigned h = 0; h < run->plan->host_count; h++) {
		for (unsigned p = 0; p < run->plan->hosts[h].ports; p++)
			act(&run->ports[h][p]);
	}
}

static void set_cable(struct run_port *cable)
{
	sim_link_cut(cable->link, cable->cut);
}

static void draw_levels(struct run *run)
{
	for_ports(run, clear_port);
	for (unsigned i = 0; i < run->server_count; i++)
		clear_server(&run->servers[i]);
	for (unsigned i = 0; i < run->plan->network_count; i++)
		clear_network(&run->networks[i]);
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		struct run_fault *f = &run->faults[i];

		if (f->active && row_of(f)->level)
			row_of(f)->level(f);
	}
	for_ports(run, set_cable);
	for (unsigned i = 0; i < run->plan->network_count; i++)
		sim_link_cut(run->networks[i].uplink,
			     run->networks[i].uplink_cut);
}

/* ---- their times --------------------------------------------------------- */

static nsec flap_gap(const struct run_fault *f)
{
	return (1 + (f->fault->number >> 8) % FLAP_GAP_MAX_MS) * NSEC_PER_MS;
}

static void pulse(struct sim_timer *timer)
{
	struct run_fault *f = SIM_OWNER(timer, struct run_fault, pulse);

	f->pulses++;
	draw_levels(f->run);
	if (f->pulses < 2 * (1 + f->fault->number % FLAPS_MAX))
		sim_timer_set(&f->run->network.clock, timer,
			      f->run->network.clock.now + flap_gap(f));
}

static void begin_fault(struct sim_timer *timer)
{
	struct run_fault *f = SIM_OWNER(timer, struct run_fault, begin);
	struct sim_clock *clock = &f->run->network.clock;

	f->active = true;
	f->run->happened[f->fault->kind]++;
	timeline_fault(f->run->timeline, f->fault, true);
	if (row_of(f)->begin)
		row_of(f)->begin(f);
	draw_levels(f->run);
	if (f->fault->kind == FAULT_FLAPS)
		sim_timer_set(clock, &f->pulse, clock->now);
	if (!row_of(f)->end && !row_of(f)->level)
		return;
	if (row_of(f)->level && f->fault->timing == FAULT_TIMING_UNTIL_SENT)
		f->awaited = f->fault->sends;
	sim_timer_set(clock, &f->end, nsec_add(clock->now, f->fault->duration));
}

/* Its time has come; it may still wait for its port to send. */
static void reach_fault(struct sim_timer *timer)
{
	struct run_fault *f = SIM_OWNER(timer, struct run_fault, begin);

	f->begin.fire = begin_fault;
	if (f->fault->timing == FAULT_TIMING_ONCE_SENT)
		f->awaited = f->fault->sends;
	else
		begin_fault(timer);
}

/* A server's clients are all ports. */
static bool is_about(const struct fault *f, unsigned host, unsigned port)
{
	return f->kind >= FAULT_SERVER_SILENT ||
	       (f->host == host && f->port == port);
}

void run_faults_sent(struct run *run, unsigned host, unsigned port)
{
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		struct run_fault *f = &run->faults[i];

		if (!f->awaited || !is_about(f->fault, host, port) || --f->awaited)
			continue;
		sim_timer_set(&run->network.clock,
			      f->active ? &f->end : &f->begin,
			      run->network.clock.now + f->fault->after);
	}
}

static void end_fault(struct sim_timer *timer)
{
	struct run_fault *f = SIM_OWNER(timer, struct run_fault, end);

	if (!f->active)
		return;
	f->active = false;
	sim_timer_cancel(&f->run->network.clock, &f->pulse);
	timeline_fault(f->run->timeline, f->fault, false);
	if (row_of(f)->end)
		row_of(f)->end(f);
	draw_levels(f->run);
}

void run_faults_begin(struct run *run)
{
	draw_levels(run);
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		struct run_fault *f = &run->faults[i];

		f->run = run;
		f->fault = &run->plan->faults[i];
		f->begin.fire = reach_fault;
		f->end.fire = end_fault;
		f->pulse.fire = pulse;
		sim_timer_set(&run->network.clock, &f->begin, f->fault->at);
	}
}

/* A client that was told to stop, and slept through its restart. */
static void end_stopped(struct run_port *cable)
{
	if (cable->port->iface.client->state == DHCP4_STATE_STOPPED)
		sim_host_end(cable->port->host);
}

void run_faults_end(struct run *run)
{
	for (unsigned i = 0; i < run->plan->host_count; i++)
		sim_host_resume(run->hosts[i]);
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		struct run_fault *f = &run->faults[i];

		f->awaited = 0;
		sim_timer_cancel(&run->network.clock, &f->begin);
		sim_timer_cancel(&run->network.clock, &f->end);
		end_fault(&f->end);
	}
	for_ports(run, end_stopped);
	for (unsigned i = 0; i < run->plan->host_count; i++)
		sim_host_start(run->hosts[i]);
}
