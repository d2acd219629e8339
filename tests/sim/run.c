/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan becomes devices, cables, servers and hosts; then time passes.
 *
 * Networks that are relayed hang on one router; behind it a server of all of
 * them stands in a network of its own.
 */
#include "sim/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "sim/timeline.h"

#define CENTRE_PREFIX  24
#define CENTRE_ROUTER  0x0afa0001U /* 10.250.0.1 */
#define CENTRE_SERVER  0x0afa0002U
#define ROUTER_HOST    1
#define SERVER_HOST    2
#define ROGUE_HOST     9
#define POOL_HOST      10
#define POOL_SIZE      64
#define POOL_SPACING   70
#define ROGUE_POOL     180
#define ROGUE_LEASE_S  600
#define ROGUE_DELAY_NS 5000 /* faster than anybody else */

/* The router option of each network's replies: octets that outlive the run. */
static const uint8_t *router_octets(struct run *run, ipv4_addr address)
{
	uint8_t *octets = sim_alloc(&run->network, 4);

	for (unsigned i = 0; i < 4; i++)
		octets[i] = (uint8_t)(address >> (24 - 8 * i));
	return octets;
}

static struct server_config config_for(struct run *run,
				       const struct plan_network *n,
				       unsigned number)
{
	struct server_config config = {
		.address = n->address + SERVER_HOST + number,
		.prefix_length = n->prefix_length,
		.pool_first = n->address + POOL_HOST + number * POOL_SPACING,
		.lease_s = n->lease_s,
		.thrifty = run->plan->thrifty,
		.t1_s = n->t1_s,
		.t2_s = n->t2_s,
		.option_count = 1,
	};

	config.pool_last = config.pool_first + POOL_SIZE - 1;
	config.options[0] = (struct option_value){
		.code = DHCP4_OPTION_ROUTER,
		.size = 4,
		.bytes = router_octets(run, n->address + ROUTER_HOST),
	};
	return config;
}

static struct sim_link *plug(struct run *run, struct sim_interface *interface,
			     unsigned network)
{
	return sim_link_join(interface, sim_switch_port(run->switches[network]));
}

/* A server that is up to no good, when it is let loose. */
static void add_rogue(struct run *run, struct run_server *server, unsigned network)
{
	const struct plan_network *n = &run->plan->networks[network];
	struct server_config config = config_for(run, n, 0);
	struct sim_link *link;

	config.address = n->address + ROGUE_HOST;
	config.pool_first = n->address + ROGUE_POOL;
	config.pool_last = config.pool_first + POOL_SIZE - 1;
	config.t1_s = config.t2_s = 0;
	if (config.lease_s > ROGUE_LEASE_S)
		config.lease_s = ROGUE_LEASE_S;
	server->rogue = sim_dhcpd_add(&run->network, "rogue", &config);
	server->rogue->silent = true;
	server->rogue->server.handler = server_mood_apply;
	server->rogue->server.context = &server->rogue_mood;
	link = plug(run, server->rogue->interface, network);
	link->weather.delay = ROGUE_DELAY_NS;
}

static struct run_server *add_server(struct run *run, const char *name,
				     const struct server_config *config)
{
	struct run_server *server = &run->servers[run->server_count++];

	server->config = *config;
	server->dhcpd = sim_dhcpd_add(&run->network, name, config);
	judge_watch_server(run->judge, server->dhcpd);
	return server;
}

static void add_local_servers(struct run *run, unsigned network)
{
	const struct plan_network *n = &run->plan->networks[network];

	for (unsigned i = 0; i < n->servers; i++) {
		struct server_config config = config_for(run, n, i);
		char name[2 * SIM_NAME_SIZE];
		struct run_server *server;

		snprintf(name, sizeof(name), "server%u%c", network,
			 (char)('a' + i));
		server = add_server(run, name, &config);
		plug(run, server->dhcpd->interface, network);
		if (i == 0)
			add_rogue(run, server, network);
	}
}

/* One server for all relayed networks, behind the router that relays. */
static void add_centre(struct run *run)
{
	static const ipv4_addr servers[] = { CENTRE_SERVER };
	struct server_subnet *subnets =
		sim_alloc(&run->network, sizeof(*subnets) * PLAN_NETWORKS_MAX);
	struct server_config config = {
		.address = CENTRE_SERVER,
		.thrifty = run->plan->thrifty,
		.prefix_length = CENTRE_PREFIX,
		.subnets = subnets,
	};
	struct sim_device *router = sim_router_add(&run->network, "router");
	struct run_server *server;

	for (unsigned i = 0; i < run->plan->network_count; i++) {
		const struct plan_network *n = &run->plan->networks[i];
		struct sim_interface *leg;
		char name[2 * SIM_NAME_SIZE];

		if (!n->relayed)
			continue;
		snprintf(name, sizeof(name), "leg%u", i);
		leg = sim_router_interface(router, name, n->address + ROUTER_HOST,
					   n->prefix_length);
		plug(run, leg, i);
		sim_relay_add(leg, servers, ARRAY_SIZE(servers));
		subnets[config.subnet_count++] = (struct server_subnet){
			.router = n->address + ROUTER_HOST,
			.prefix_length = n->prefix_length,
			.pool_first = n->address + POOL_HOST,
			.pool_last = n->address + POOL_HOST + POOL_SIZE - 1,
		};
		config.lease_s = n->lease_s;
	}
	if (config.subnet_count == 0)
		return;
	server = add_server(run, "centre", &config);
	server->dhcpd->gateway = CENTRE_ROUTER;
	sim_link_join(server->dhcpd->interface,
		      sim_router_interface(router, "centre", CENTRE_ROUTER,
					   CENTRE_PREFIX));
}

static void add_host(struct run *run, unsigned number)
{
	const struct plan_host *plan = &run->plan->hosts[number];
	struct sim_host *host;
	char name[2 * SIM_NAME_SIZE];

	snprintf(name, sizeof(name), "host%u", number);
	host = sim_host_add(&run->network, name, plan->ports);
	run->hosts[number] = host;
	for (unsigned i = 0; i < plan->ports; i++) {
		struct run_port *port = &run->ports[number][i];
		struct dhcp4_config *config = &host->ports[i].iface.config;

		config->broadcast = plan->broadcast;
		config->offer_window_ns = plan->offer_window_ns;
		config->requested_address = i == 0 ? plan->requested : IPV4_ANY;
		port->port = &host->ports[i];
		port->socket = sim_switch_port(run->switches[plan->network]);
		port->link =
			sim_link_join(host->ports[i].interface, port->socket);
	}
	/* The timeline first: it shall show what the judge is about to see. */
	timeline_watch_host(run->timeline, host);
	judge_watch_host(run->judge, host);
}

struct starter {
	struct sim_timer timer;
	struct sim_host *host;
};

static void start_host(struct sim_timer *timer)
{
	sim_host_start(SIM_OWNER(timer, struct starter, timer)->host);
}

static void build(struct run *run)
{
	const struct plan *plan = run->plan;

	for (unsigned i = 0; i < plan->network_count; i++) {
		char name[2 * SIM_NAME_SIZE];

		snprintf(name, sizeof(name), "switch%u", i);
		run->switches[i] = sim_switch_add(&run->network, name);
		add_local_servers(run, i);
	}
	add_centre(run);
	for (unsigned i = 0; i < plan->host_count; i++) {
		struct starter *starter =
			sim_alloc(&run->network, sizeof(*starter));

		add_host(run, i);
		starter->host = run->hosts[i];
		starter->timer.fire = start_host;
		sim_timer_set(&run->network.clock, &starter->timer,
			      plan->hosts[i].start_at);
	}
}

/* False as soon as something is found wrong. */
static bool pass_time(struct run *run, nsec until)
{
	while (sim_clock_step(&run->network.clock, until)) {
		if (judge_failed(run->judge))
			return false;
	}
	sim_clock_run(&run->network.clock, until);
	return !judge_failed(run->judge);
}

static void live(struct run *run)
{
	const struct plan *plan = run->plan;

	timeline_say(run->timeline, "phase 1: faults");
	run_faults_begin(run);
	if (!pass_time(run, plan->calm_at))
		return;
	timeline_say(run->timeline, "phase 2: calm");
	run_faults_end(run);
	judge_calm(run->judge, plan->end_at - plan->calm_at);
	if (pass_time(run, plan->end_at))
		judge_end(run->judge);
}

static void add_link(struct sim_link_counters *sum,
		     const struct sim_link_counters *c)
{
	sum->carried += c->carried;
	sum->lost += c->lost;
	sum->duplicated += c->duplicated;
	sum->reordered += c->reordered;
	sum->corrupted += c->corrupted;
	sum->cut += c->cut;
}

static void report(struct run *run, struct run_result *result)
{
	*result = (struct run_result){
		.seed = run->plan->seed,
		.failed = judge_failed(run->judge),
		.runs = 1,
		.timers = run->network.clock.fired,
		.seen = *judge_counters(run->judge),
	};
	result->leased_s = result->seen.leased_ns / NSEC_PER_S;
	memcpy(result->faults, run->happened, sizeof(result->faults));
	for (unsigned i = 0; i < run->plan->host_count; i++)
		result->steps += run->hosts[i]->steps;
	for (struct sim_link *l = run->network.links; l; l = l->next)
		add_link(&result->links, &l->counters);
	if (!result->failed)
		return;
	snprintf(result->oracle, sizeof(result->oracle), "%s",
		 judge_oracle(run->judge));
	snprintf(result->text, sizeof(result->text), "%s",
		 judge_text(run->judge));
	result->at = judge_time(run->judge) - run->plan->start;
}

void run_plan(const struct plan *plan, FILE *file, struct run_result *result)
{
	struct run *run = calloc(1, sizeof(*run));
	uint8_t seed[32] = "tenured run";

	ASSERT(run);
	for (unsigned i = 0; i < 8; i++)
		seed[24 + i] = (uint8_t)(plan->seed >> (8 * i));
	run->plan = plan;
	sim_network_init(&run->network, seed, plan->start);
	run->judge = judge_new(&run->network);
	run->timeline = timeline_new(file, &run->network);
	build(run);
	live(run);
	report(run, result);
	timeline_free(run->timeline);
	judge_free(run->judge);
	sim_network_free(&run->network);
	free(run);
}

void run_result_add(struct run_result *sum, const struct run_result *r)
{
	sum->runs += r->runs;
	sum->steps += r->steps;
	sum->timers += r->timers;
	sum->leased_s += r->leased_s;
	for (unsigned i = 0; i < FAULT_COUNT; i++)
		sum->faults[i] += r->faults[i];
	add_link(&sum->links, &r->links);
	for (unsigned i = 0; i < DHCP4_REQUEST_COUNT; i++)
		sum->seen.sent[i] += r->seen.sent[i];
	for (unsigned i = 0; i < ARRAY_SIZE(sum->seen.received); i++)
		sum->seen.received[i] += r->seen.received[i];
	for (unsigned i = 0; i < DHCP4_STATE_COUNT; i++) {
		for (unsigned j = 0; j < DHCP4_STATE_COUNT; j++)
			sum->seen.transitions[i][j] += r->seen.transitions[i][j];
	}
	sum->seen.leases += r->seen.leases;
}
