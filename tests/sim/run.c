/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A plan becomes devices, cables, servers and hosts; then time passes.
 *
 * Networks that are relayed hang on one router; behind it servers of all of them
 * stand in a network of their own.
 */
#include "sim/run.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "core/encode.h"
#include "core/identity.h"
#include "sim/timeline.h"

#define CENTRE_PREFIX  24
#define CENTRE_ROUTER  0x0afa0001U /* 10.250.0.1 */
#define CENTRE_SERVER  0x0afa0002U /* and those behind it */
#define ROUTER_HOST    1
#define SERVER_HOST    2
#define BOOTP_HOST     8
#define ROGUE_HOST     9
#define POOL_SIZE      64
#define POOL_SPACING   70
#define BOOTP_POOL     144
#define BOOTP_SIZE     16
#define INFORM_POOL    160
#define ROGUE_POOL     184
#define ROGUE_LEASE_S  600
#define ROGUE_DELAY_NS 5000 /* faster than anybody else */

/* So many timers at one instant are a loop. */
#define INSTANT_TIMERS_MAX 100000

/* ---- servers ------------------------------------------------------------- */

/* An option of all replies; its octets outlive the run. */
static void add_option(struct run *run, struct server_config *config,
		       uint8_t code, const struct writer *octets)
{
	uint8_t *bytes = sim_alloc(&run->network, octets->used);

	ASSERT(!octets->failed);
	memcpy(bytes, octets->start, octets->used);
	config->options[config->option_count++] = (struct option_value){
		.code = code,
		.size = (uint16_t)octets->used,
		.bytes = bytes,
	};
}

static void add_address(struct run *run, struct server_config *config,
			uint8_t code, ipv4_addr address)
{
	uint8_t octets[4];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u32(&w, address);
	add_option(run, config, code, &w);
}

/* The second one is none that anybody has to need. */
static void add_routers(struct run *run, struct server_config *config,
			const struct plan_network *n)
{
	uint8_t octets[8];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u32(&w, n->address + ROUTER_HOST);
	if (n->spare_router)
		writer_u32(&w, n->address + ROUTER_HOST + 1);
	add_option(run, config, DHCP4_OPTION_ROUTER, &w);
}

/* RFC 3442: 192.168.8.0/22 on the link, the rest by the router. */
static void add_routes(struct run *run, struct server_config *config,
		       ipv4_addr router)
{
	uint8_t octets[16];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u8(&w, 22);
	writer_bytes(&w, (const uint8_t[]){ 192, 168, 8 }, 3);
	writer_u32(&w, IPV4_ANY);
	writer_u8(&w, 0);
	writer_u32(&w, router);
	add_option(run, config, DHCP4_OPTION_CLASSLESS_ROUTES, &w);
}

static const struct auth_keys keys = {
	.count = 1,
	.keys = { { 7, 6, "secret" } },
	.token_size = 4,
	.token = "word",
};

/* What somebody has who has guessed them. */
static const struct auth_keys guessed = {
	.count = 1,
	.keys = { { 7, 6, "guess!" } },
	.token_size = 4,
	.token = "gues",
};

static struct server_config config_for(struct run *run,
				       const struct plan_network *n,
				       unsigned number)
{
	struct server_config config = {
		.address = n->address + SERVER_HOST + number,
		.prefix_length = n->prefix_length,
		.pool_first = n->address + RUN_POOL_HOST + number * POOL_SPACING,
		.lease_s = n->lease_s,
		.thrifty = run->plan->thrifty,
		.t1_s = n->t1_s,
		.t2_s = n->t2_s,
		.rapid_commit = n->rapid_commit,
		.wants_flag = n->wants_flag,
		.v6only = n->v6only,
		.v6only_s = n->v6only_s,
		.keys = &keys,
		.nonces = true,
	};

	config.pool_last = config.pool_first + POOL_SIZE - 1;
	add_routers(run, &config, n);
	if (n->mask_length != n->prefix_length)
		add_address(run, &config, DHCP4_OPTION_SUBNET_MASK,
			    ipv4_mask(n->mask_length));
	if (n->classless)
		add_routes(run, &config, n->address + ROUTER_HOST);
	return config;
}

static struct sim_link *plug(struct run *run, struct sim_interface *interface,
			     unsigned network)
{
	return sim_link_join(interface,
			     sim_switch_port(run->networks[network].core));
}

/* A server that is up to no good, when it is let loose. */
/* Something that is neither client nor server, and answers by ARP. */
static void add_device(struct run *run, unsigned network)
{
	struct sim_device *device = sim_device_add(&run->network, "device");
	struct sim_interface *interface = sim_interface_add(device, "eth0");

	sim_arp_add(interface);
	plug(run, interface, network);
	run->networks[network].device = interface;
}

/* The router that leases name, where none relays: it forwards nothing. */
static void add_gateway(struct run *run, unsigned network)
{
	const struct plan_network *n = &run->plan->networks[network];
	struct sim_interface *interface;

	if (!n->gateway)
		return;
	interface = sim_interface_add(sim_device_add(&run->network, "gateway"),
				      "eth0");
	sim_interface_set_address(interface, n->address + ROUTER_HOST,
				  n->prefix_length);
	sim_arp_add(interface);
	plug(run, interface, network);
}

static void add_rogue(struct run *run, unsigned network)
{
	const struct plan_network *n = &run->plan->networks[network];
	struct server_config config = config_for(run, n, 0);
	struct sim_dhcpd *rogue;

	config.address = n->address + ROGUE_HOST;
	config.pool_first = n->address + ROGUE_POOL;
	config.pool_last = config.pool_first + POOL_SIZE - 1;
	config.t1_s = config.t2_s = 0;
	config.keys = &guessed;
	if (config.lease_s > ROGUE_LEASE_S)
		config.lease_s = ROGUE_LEASE_S;
	rogue = sim_dhcpd_add(&run->network, "rogue", &config);
	rogue->silent = true;
	rogue->server.handler = server_mood_apply;
	plug(run, rogue->interface, network)->weather.delay = ROGUE_DELAY_NS;
	run->networks[network].rogue = rogue;
}

/* One that knows nothing of DHCP; it answers DISCOVERs all the same. */
static void add_bootp(struct run *run, unsigned network)
{
	const struct plan_network *n = &run->plan->networks[network];
	struct server_config config = config_for(run, n, 0);
	struct sim_dhcpd *bootp;

	config.address = n->address + BOOTP_HOST;
	config.pool_first = n->address + BOOTP_POOL;
	config.pool_last = config.pool_first + BOOTP_SIZE - 1;
	bootp = sim_dhcpd_add(&run->network, "bootp", &config);
	run->bootp_mood.character = SERVER_CHARACTER_BOOTP;
	bootp->server.handler = server_mood_apply;
	bootp->server.context = &run->bootp_mood;
	plug(run, bootp->interface, network);
	run->networks[network].bootp = bootp;
}

static struct run_server *add_server(struct run *run, const char *name,
				     const struct server_config *config)
{
	struct run_server *server = &run->servers[run->server_count++];

	server->config = *config;
	/* By that some know those that are none of the rogues. */
	add_address(run, &server->config, DHCP4_OPTION_NTP_SERVERS,
		    config->address);
	server->dhcpd = sim_dhcpd_add(&run->network, name, &server->config);
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
			run->networks[network].next_hop =
				server->dhcpd->interface;
	}
}

static void add_network(struct run *run, unsigned number)
{
	struct run_network *network = &run->networks[number];
	char name[2 * SIM_NAME_SIZE];

	snprintf(name, sizeof(name), "switch%u", number);
	network->core = sim_switch_add(&run->network, name);
	snprintf(name, sizeof(name), "edge%u", number);
	network->edge = sim_switch_add(&run->network, name);
	network->uplink = sim_link_join(sim_switch_port(network->core),
					sim_switch_port(network->edge));
	add_local_servers(run, number);
	add_rogue(run, number);
	add_device(run, number);
	if (!run->plan->networks[number].relayed)
		add_gateway(run, number);
	if (run->plan->networks[number].bootp)
		add_bootp(run, number);
}

/* ---- networks that are relayed ------------------------------------------- */

/* A server of all of them, which has one lease time for all. */
static struct server_config central_config(struct run *run, unsigned number)
{
	struct server_subnet *subnets =
		sim_alloc(&run->network, sizeof(*subnets) * PLAN_NETWORKS_MAX);
	struct server_config config = {
		.address = CENTRE_SERVER + number,
		.thrifty = run->plan->thrifty,
		.prefix_length = CENTRE_PREFIX,
		.keys = &keys,
		.nonces = true,
		.subnets = subnets,
	};

	for (unsigned i = 0; i < run->plan->network_count; i++) {
		const struct plan_network *n = &run->plan->networks[i];
		ipv4_addr first =
			n->address + RUN_POOL_HOST + number * POOL_SPACING;

		if (!n->relayed)
			continue;
		subnets[config.subnet_count++] = (struct server_subnet){
			.router = n->address + ROUTER_HOST,
			.prefix_length = n->prefix_length,
			.pool_first = first,
			.pool_last = first + POOL_SIZE - 1,
		};
		config.lease_s = n->lease_s;
		config.t1_s = n->t1_s;
		config.t2_s = n->t2_s;
		config.rapid_commit = n->rapid_commit;
		config.wants_flag = n->wants_flag;
		config.v6only = n->v6only;
		config.v6only_s = n->v6only_s;
	}
	return config;
}

static void add_leg(struct run *run, struct sim_device *router, unsigned number)
{
	const struct plan_network *n = &run->plan->networks[number];
	struct sim_interface *leg;
	ipv4_addr servers[PLAN_CENTRES_MAX];
	char name[2 * SIM_NAME_SIZE];

	for (unsigned i = 0; i < run->plan->centres; i++)
		servers[i] = CENTRE_SERVER + i;
	snprintf(name, sizeof(name), "leg%u", number);
	leg = sim_router_interface(router, name, n->address + ROUTER_HOST,
				   n->prefix_length);
	plug(run, leg, number);
	sim_relay_add(leg, servers, run->plan->centres);
	run->networks[number].next_hop = leg;
}

static void add_centre(struct run *run)
{
	struct sim_device *router = sim_router_add(&run->network, "router");
	struct sim_device *fabric = sim_switch_add(&run->network, "centre");
	bool relays = false;

	for (unsigned i = 0; i < run->plan->network_count; i++) {
		if (!run->plan->networks[i].relayed)
			continue;
		add_leg(run, router, i);
		relays = true;
	}
	if (!relays)
		return;
	sim_link_join(sim_router_interface(router, "centre", CENTRE_ROUTER,
					   CENTRE_PREFIX),
		      sim_switch_port(fabric));
	for (unsigned i = 0; i < run->plan->centres; i++) {
		struct server_config config = central_config(run, i);
		char name[2 * SIM_NAME_SIZE];
		struct run_server *server;

		snprintf(name, sizeof(name), "centre%c", (char)('a' + i));
		server = add_server(run, name, &config);
		server->dhcpd->gateway = CENTRE_ROUTER;
		sim_link_join(server->dhcpd->interface, sim_switch_port(fabric));
	}
}

/* ---- hosts --------------------------------------------------------------- */

/*
 * A name for good (RFC 4361): it does not change with the hardware address. All
 * ports have the host's DUID, the same on every machine.
 */
static struct client_id own_id(unsigned host, unsigned port)
{
	const uint8_t number[4] = { (uint8_t)host };
	struct duid duid = duid_en(9, number, sizeof(number));

	return client_id_of_duid(port, &duid);
}

#define OPTION_VENDOR 43

/* What it tells of itself, and what else it says. */
static void set_sent(struct sim_port *port, const struct plan_host *plan,
		     unsigned host)
{
	uint8_t octets[DHCP4_ENCODED_SIZE];
	char name[] = { 'h', (char)('0' + host), '.', 's', 'i', 'm', '\0' };

	port->iface.config.anonymous = plan->anonymous;
	memset(octets, 'v', sizeof(octets));
	ASSERT(encode_hostname(&port->encoded, name, plan->fqdn));
	if (plan->vendor_size)
		ASSERT(encoded_put(&port->encoded, OPTION_VENDOR, octets,
				   plan->vendor_size));
	if (plan->lease_s)
		ASSERT(encoded_put_u32(&port->encoded, DHCP4_OPTION_LEASE_TIME,
				       plan->lease_s));
}

static void put_edit(struct dhcp4_override *edits, enum override_kind kind,
		     uint8_t code, uint32_t value)
{
	const uint8_t octets[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
				   (uint8_t)(value >> 8), (uint8_t)value };

	ASSERT(override_put(edits, kind, code, octets, sizeof(octets)));
}

/* What it makes of replies. */
static void set_overrides(struct run *run, struct dhcp4_config *config,
			  unsigned overrides, const struct plan_network *n)
{
	struct dhcp4_override *e = sim_alloc(&run->network, sizeof(*e));
	uint32_t half_s = n->lease_s / 2 < OVERRIDE_LEASE_TIME_LEAST_S
				  ? OVERRIDE_LEASE_TIME_LEAST_S
				  : n->lease_s / 2;

	config->override = e;
	if (overrides >> PLAN_OVERRIDE_LONGER & 1)
		put_edit(e, OVERRIDE_SUPERSEDE, DHCP4_OPTION_LEASE_TIME,
			 4 * half_s);
	if (overrides >> PLAN_OVERRIDE_SHORTER & 1)
		put_edit(e, OVERRIDE_SUPERSEDE, DHCP4_OPTION_LEASE_TIME, half_s);
	if (overrides >> PLAN_OVERRIDE_TIMES & 1) {
		put_edit(e, OVERRIDE_SUPERSEDE, DHCP4_OPTION_T1, n->lease_s / 6);
		put_edit(e, OVERRIDE_DEFAULT, DHCP4_OPTION_T2, n->lease_s / 3);
	}
	if (overrides >> PLAN_OVERRIDE_MASK & 1)
		put_edit(e, OVERRIDE_SUPERSEDE, DHCP4_OPTION_SUBNET_MASK,
			 IPV4_BROADCAST);
	if (overrides >> PLAN_OVERRIDE_ROUTER & 1)
		put_edit(e, OVERRIDE_APPEND, DHCP4_OPTION_ROUTER,
			 n->address + ROUTER_HOST + 2);
	if (overrides >> PLAN_OVERRIDE_NAMES & 1) {
		put_edit(e, OVERRIDE_PREPEND, DHCP4_OPTION_DNS_SERVERS,
			 n->address + ROUTER_HOST);
		put_edit(e, OVERRIDE_APPEND, DHCP4_OPTION_DNS_SERVERS,
			 n->address + ROUTER_HOST + 1);
	}
	if (overrides >> PLAN_OVERRIDE_DOMAIN & 1)
		ASSERT(override_put(e, OVERRIDE_DEFAULT,
				    DHCP4_OPTION_DOMAIN_NAME, "sim", 3));
	if (overrides >> PLAN_OVERRIDE_CLASSFUL & 1)
		ASSERT(override_put(e, OVERRIDE_IGNORE,
				    DHCP4_OPTION_CLASSLESS_ROUTES, NULL, 0));
	if (overrides >> PLAN_OVERRIDE_REQUIRED & 1)
		ASSERT(override_put(e, OVERRIDE_REQUIRE,
				    DHCP4_OPTION_NTP_SERVERS, NULL, 0));
}

static void deny_rogues(const struct run *run, struct dhcp4_config *config)
{
	for (unsigned i = 0; i < run->plan->network_count; i++)
		config->deny_servers.rules[config->deny_servers.count++] =
			(struct ipv4_prefix){
				run->plan->networks[i].address + ROGUE_HOST, 32
			};
}

static void add_port(struct run *run, unsigned number, unsigned i)
{
	const struct plan_host *plan = &run->plan->hosts[number];
	const struct plan_network *n = &run->plan->networks[plan->networks[i]];
	struct run_network *network = &run->networks[plan->networks[i]];
	struct run_port *cable = &run->ports[number][i];
	struct sim_port *port = &run->hosts[number]->ports[i];
	struct dhcp4_config *config = &port->iface.config;

	config->broadcast = plan->broadcast;
	config->offer_window_ns = plan->offer_window_ns;
	config->acd = plan->acd;
	config->acd_defence = plan->acd_defence;
	config->address_removed = plan->address_removed;
	config->known_networks = plan->known_networks && !plan->anonymous;
	config->fallback = plan->fallback;
	if (plan->fallback.mode != FALLBACK_MODE_STATIC)
		port->fallback.stored = plan->fallback.address;
	config->rapid_commit = plan->rapid_commit;
	config->v6only = plan->v6only;
	config->auto_configure = plan->auto_configure;
	if (plan->denies_rogues)
		deny_rogues(run, config);
	config->dscp = plan->dscp;
	config->requested_address = i == 0 ? plan->requested : IPV4_ANY;
	config->bootp = plan->purpose == PLAN_PURPOSE_BOOTP;
	config->auth = plan->auth;
	config->auth_required = plan->auth_required;
	config->auth_token_size = keys.token_size;
	config->force_renew = plan->force_renew;
	port->iface.keys = &keys;
	config->renew_changes = plan->renew_changes;
	config->server_pin = plan->server_pin;
	if (plan->server_pin != SERVER_PIN_OFF)
		port->iface.pins =
			sim_alloc(&run->network, sizeof(*port->iface.pins));
	if (plan->has_own_id)
		config->client_id = own_id(number, i);
	set_sent(port, plan, number);
	if (plan->overrides)
		set_overrides(run, config, plan->overrides, n);
	if (plan->purpose == PLAN_PURPOSE_INFORM) {
		config->inform_address =
			n->address + INFORM_POOL + number * PLAN_PORTS_MAX + i;
		port->fixed_address = config->inform_address;
		port->fixed_length = n->prefix_length;
	}
	cable->port = port;
	cable->socket =
		sim_switch_port(plan->at_edge ? network->edge : network->core);
	cable->link = sim_link_join(port->interface, cable->socket);
}

static void frame_passed(struct sim_watch *watch, struct sim_port *port,
			 const struct sim_frame *frame, bool sent)
{
	struct run_onlooker *o = SIM_OWNER(watch, struct run_onlooker, watch);

	if (sent && frame->ethertype == SIM_ETHERTYPE_IPV4)
		run_faults_sent(o->run, o->host,
				(unsigned)(port - port->host->ports));
}

/* What the socket refuses was sent as well, for those who wait for it. */
static void send_failed(struct sim_watch *watch, struct sim_port *port,
			const struct dhcp4_effect *effect, int error)
{
	struct run_onlooker *o = SIM_OWNER(watch, struct run_onlooker, watch);

	(void)effect;
	(void)error;
	run_faults_sent(o->run, o->host, (unsigned)(port - port->host->ports));
}

static void noticed(struct sim_watch *watch, struct sim_port *port,
		    const struct dhcp4_notice *notice)
{
	struct run_onlooker *o = SIM_OWNER(watch, struct run_onlooker, watch);

	(void)port;
	if (notice->kind == DHCP4_NOTICE_TRANSITION)
		o->run->transitions[notice->from][notice->to]++;
}

static void add_host(struct run *run, unsigned number)
{
	const struct plan_host *plan = &run->plan->hosts[number];
	struct run_onlooker *onlooker = &run->onlookers[number];
	/* The judge knows no lease that BOOTP gave. */
	bool judged = plan->purpose != PLAN_PURPOSE_BOOTP;
	char name[2 * SIM_NAME_SIZE];

	snprintf(name, sizeof(name), "host%u", number);
	run->hosts[number] = sim_host_add(&run->network, name, plan->ports);
	for (unsigned i = 0; i < plan->ports; i++)
		add_port(run, number, i);
	/* The timeline first: it shall show what the judge is about to see. */
	timeline_watch_host(run->timeline, run->hosts[number]);
	if (judged)
		judge_watch_host(run->judge, run->hosts[number]);
	*onlooker = (struct run_onlooker){
		.watch = { .frame = frame_passed,
			   .send_failed = send_failed,
			   .notice = judged ? NULL : noticed },
		.run = run,
		.host = number,
	};
	sim_watch_add(run->hosts[number], &onlooker->watch);
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

	for (unsigned i = 0; i < plan->network_count; i++)
		add_network(run, i);
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

/* ---- time ----------------------------------------------------------------- */

/* False as soon as something is found wrong. */
static bool pass_time(struct run *run, nsec until)
{
	struct sim_clock *clock = &run->network.clock;
	uint64_t fired = clock->fired;
	nsec now = clock->now;

	while (sim_clock_step(clock, until)) {
		if (judge_failed(run->judge))
			return false;
		if (clock->now != now) {
			now = clock->now;
			fired = clock->fired;
		}
		ASSERT(clock->fired - fired < INSTANT_TIMERS_MAX);
	}
	sim_clock_run(clock, until);
	return !judge_failed(run->judge);
}

/* Somebody sees that no server is good enough, and takes what there is. */
static void give_up_strictness(struct run *run)
{
	for (unsigned i = 0; i < run->plan->host_count; i++) {
		struct sim_host *host = run->hosts[i];

		for (unsigned n = 0; n < host->port_count; n++) {
			struct dhcp4_config *config =
				&host->ports[n].iface.config;

			if (config->server_pin == SERVER_PIN_STRICT)
				config->server_pin = SERVER_PIN_LEARN;
		}
	}
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
	give_up_strictness(run);
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

static void add_transitions(uint64_t sum[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT],
			    const uint64_t more[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT])
{
	for (unsigned i = 0; i < DHCP4_STATE_COUNT; i++) {
		for (unsigned j = 0; j < DHCP4_STATE_COUNT; j++)
			sum[i][j] += more[i][j];
	}
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
	add_transitions(result->seen.transitions, run->transitions);
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
	add_transitions(sum->seen.transitions, r->seen.transitions);
	sum->seen.leases += r->seen.leases;
}
