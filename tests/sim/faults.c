/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What each kind of fault does. Some are a moment's act, some a level: a level
 * is not switched on and off but drawn anew from all faults that are active, so
 * that those which overlap do not undo each other.
 */
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "sim/run.h"
#include "sim/timeline.h"

/* Faults of the machine itself are over in this time at the latest. */
#define OFF_MAX_NS (600 * NSEC_PER_S)

#define FLAPS_MAX	48
#define FLAP_GAP_MAX_MS 400

#define NETLINK_NS (100 * UINT64_C(1000))

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

static void character(struct run_fault *f)
{
	struct run_server *server = server_of(f);

	server->mood = (struct server_mood){
		.character = fault_character(f->fault->kind),
		.number = f->fault->number,
	};
	server->dhcpd->server.handler = server_mood_apply;
	server->dhcpd->server.context = &server->mood;
}

static void rogue(struct run_fault *f)
{
	struct run_server *server = server_of(f);

	if (server->rogue)
		server->rogue->silent = false;
}

/* ---- acts -------------------------------------------------------------- */

static void move(struct run_fault *f)
{
	struct run_port *cable = cable_of(f);
	struct sim_device *to =
		f->run->switches[f->fault->number % f->run->plan->network_count];
	struct sim_interface *port = sim_switch_port(to);

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

static void change_hwaddr(struct run_fault *f)
{
	sim_port_change_hwaddr(port_of(f));
}

static void renew(struct run_fault *f)
{
	sim_port_renew(port_of(f));
}

static void rebind(struct run_fault *f)
{
	sim_port_rebind(port_of(f));
}

static void forget(struct run_fault *f)
{
	judge_server_is_dishonest(f->run->judge, server_of(f)->dhcpd);
	sim_dhcpd_forget(server_of(f)->dhcpd);
}

/* Of these a reply grants what the server's record does not. */
static bool is_liar(enum server_character character)
{
	return character == SERVER_CHARACTER_ACK ||
	       character == SERVER_CHARACTER_OTHER_ADDRESS ||
	       character == SERVER_CHARACTER_ILLEGAL_ADDRESS ||
	       character == SERVER_CHARACTER_ILLEGAL_LEASE;
}

static void distrust(struct run_fault *f)
{
	if (is_liar(fault_character(f->fault->kind)))
		judge_server_is_dishonest(f->run->judge, server_of(f)->dhcpd);
}

static void let_rogue_loose(struct run_fault *f)
{
	struct run_server *server = server_of(f);

	server->rogue_mood = (struct server_mood){
		.character = (enum server_character)(f->fault->number %
						     SERVER_CHARACTER_COUNT),
		.number = f->fault->number,
	};
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
	[FAULT_ADDRESS_TAKEN] = { .begin = take_address },
	[FAULT_HWADDR_CHANGE] = { .begin = change_hwaddr },
	[FAULT_RENEW] = { .begin = renew },
	[FAULT_REBIND] = { .begin = rebind },
	[FAULT_SERVER_SILENT] = { .level = silence },
	[FAULT_SERVER_SLOW] = { .level = slow },
	[FAULT_SERVER_AMNESIA] = { .begin = forget },
	[FAULT_SERVER_ID_CHANGE] = { .level = change_id },
	[FAULT_ROGUE] = { .begin = let_rogue_loose, .level = rogue },
};

static const struct fault_row character_row = {
	.begin = distrust,
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
	server->dhcpd->config.id = server->config.id;
	server->dhcpd->server.handler = NULL;
	if (server->rogue)
		server->rogue->silent = true;
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
	if (cable->link->is_cut != cable->cut)
		sim_link_cut(cable->link, cable->cut);
}

static void draw_levels(struct run *run)
{
	for_ports(run, clear_port);
	for (unsigned i = 0; i < run->server_count; i++)
		clear_server(&run->servers[i]);
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		struct run_fault *f = &run->faults[i];

		if (f->active && row_of(f)->level)
			row_of(f)->level(f);
	}
	for_ports(run, set_cable);
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
	if (row_of(f)->end || row_of(f)->level)
		sim_timer_set(clock, &f->end,
			      nsec_add(clock->now, f->fault->duration));
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
		f->begin.fire = begin_fault;
		f->end.fire = end_fault;
		f->pulse.fire = pulse;
		sim_timer_set(&run->network.clock, &f->begin, f->fault->at);
	}
}

void run_faults_end(struct run *run)
{
	for (unsigned i = 0; i < run->plan->fault_count; i++) {
		sim_timer_cancel(&run->network.clock, &run->faults[i].end);
		end_fault(&run->faults[i].end);
	}
	for (unsigned i = 0; i < run->plan->host_count; i++) {
		sim_host_resume(run->hosts[i]);
		sim_host_start(run->hosts[i]);
	}
}
