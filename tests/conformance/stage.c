/* SPDX-License-Identifier: BSD-2-Clause */
/* What is on the stage, and how it is watched. */
#include "conformance/stage.h"

#include <stdio.h>
#include <string.h>

#include "core/names.h"
#include "sim/judge.h"

/* A reply on its way, and what the kernel needs then: two links of 50 us. */
#define ARRIVAL_NS MS(1)

/* Nobody waits longer for anything. */
#define PATIENCE_NS S(5000000000)

struct stage stage;

/* All that left the port, the messages of the client's among it. */
static struct entry {
	bool is_message;
	uint16_t ethertype;
	struct message message;
} entries[STAGE_LOG_SIZE];
static unsigned entry_count, heard_count;
static const struct message *last;

/* The simulator's oracles look on. */
static struct judge *judge;

/* ---- what is seen ------------------------------------------------------- */

static void saw_frame(struct sim_watch *watch, struct sim_port *port,
		      const struct sim_frame *frame, bool sent)
{
	struct entry *entry = &entries[entry_count];

	(void)watch;
	if (!sent || port != stage.port)
		return;
	if (stage.pinged && sim_is_pong(frame, stage.pinged, 1)) {
		stage.pong = true;
		return;
	}
	CHECK(entry_count < STAGE_LOG_SIZE);
	entry_count++;
	entry->ethertype = frame->ethertype;
	entry->message.at = now();
	entry->is_message = message_read(frame, &entry->message);
}

static void saw_kernel(struct sim_watch *watch, struct sim_port *port,
		       const struct sim_kernel *before, enum sim_cause cause)
{
	(void)watch;
	(void)cause;
	if (port != stage.port)
		return;
	stage.changes++;
	stage.removals +=
		before->address && before->address != stage.kernel->address;
}

static void saw_stored(struct sim_watch *watch, struct sim_port *port)
{
	(void)watch;
	stage.stored += port == stage.port;
}

static void saw_notice(struct sim_watch *watch, struct sim_port *port,
		       const struct dhcp4_notice *notice)
{
	(void)watch;
	if (port != stage.port)
		return;
	stage.noticed[notice->kind]++;
	stage.notice[notice->kind] = *notice;
	if (notice->kind == DHCP4_NOTICE_REJECTED)
		stage.refused[notice->reject]++;
}

static void saw_send_failed(struct sim_watch *watch, struct sim_port *port,
			    const struct dhcp4_effect *effect, int error)
{
	(void)watch;
	(void)effect;
	(void)error;
	stage.send_failures += port == stage.port;
}

/* ---- the peer ----------------------------------------------------------- */

/* What an honest server answers to a message; 0: nothing. */
static uint8_t answer_to(enum dhcp4_request kind)
{
	switch (kind) {
	case DHCP4_REQUEST_DISCOVER:
		return DHCP4_TYPE_OFFER;
	case DHCP4_REQUEST_SELECTING:
	case DHCP4_REQUEST_REBOOTING:
	case DHCP4_REQUEST_RENEWING:
	case DHCP4_REQUEST_REBINDING:
	case DHCP4_REQUEST_INFORM:
		return DHCP4_TYPE_ACK;
	case DHCP4_REQUEST_DECLINE:
	case DHCP4_REQUEST_RELEASE:
	case DHCP4_REQUEST_COUNT:
		break;
	}
	return 0;
}

static bool peer_heard(struct sim_handler *handler,
		       struct sim_interface *interface,
		       const struct sim_frame *frame)
{
	struct sim_frame answer;
	struct message m;
	struct reply r;

	(void)handler;
	if (!stage.serves || !message_read(frame, &m) || !answer_to(m.kind))
		return false;
	r = reply_to(&m, answer_to(m.kind), &stage.terms);
	if (stage.edit)
		stage.edit(&r, &m);
	if (!r.size)
		return false;
	answer = reply_frame(&r);
	sim_send(interface, &answer);
	return false;
}

struct reply reply(uint8_t type)
{
	CHECK(last);
	return reply_to(last, type, &stage.terms);
}

void send_frame(const struct sim_frame *frame)
{
	sim_send(stage.peer, frame);
	pass(ARRIVAL_NS);
}

void say(const struct reply *r)
{
	struct sim_frame frame = reply_frame(r);

	send_frame(&frame);
}

void tell(uint8_t type)
{
	struct reply r = reply(type);

	say(&r);
}

struct sim_dhcpd *add_server(unsigned n)
{
	const struct server_config config = {
		.address = IP(10, 0, 0, 2) + n,
		.prefix_length = 24,
		.pool_first = IP(CLIENT) + 20 * n,
		.pool_last = IP(CLIENT) + 20 * n + 9,
		.lease_s = LEASE_S,
		.option_count = 1,
		.options = { { .code = DHCP4_OPTION_ROUTER,
			       .size = 4,
			       .bytes = (const uint8_t[]){ ROUTER } } },
	};
	struct sim_dhcpd *dhcpd =
		sim_dhcpd_add(&stage.network, "server", &config);

	sim_link_join(dhcpd->interface, sim_switch_port(stage.fabric));
	judge_watch_server(judge, dhcpd);
	return dhcpd;
}

bool peer_reaches(ipv4_addr address)
{
	stage.pinged = address;
	stage.pong = false;
	sim_ping(stage.peer, address, 1);
	pass(ARRIVAL_NS);
	stage.pinged = IPV4_ANY;
	return stage.pong;
}

void ignored_frame(const struct sim_frame *frame)
{
	const struct sim_kernel kernel = *stage.kernel;
	unsigned sent = entry_count, stored = stage.stored;
	unsigned transitions = stage.noticed[DHCP4_NOTICE_TRANSITION];

	send_frame(frame);
	ck_assert_uint_eq(entry_count, sent);
	ck_assert_uint_eq(stage.stored, stored);
	ck_assert_uint_eq(stage.noticed[DHCP4_NOTICE_TRANSITION], transitions);
	CHECK(memcmp(&kernel, stage.kernel, sizeof(kernel)) == 0);
}

void ignored(const struct reply *r)
{
	struct sim_frame frame = reply_frame(r);

	ignored_frame(&frame);
}

/* ---- the stage ---------------------------------------------------------- */

static void add_peer(void)
{
	stage.peer = sim_interface_add(sim_device_add(&stage.network, "peer"),
				       "eth0");
	sim_interface_set_address(stage.peer, IP(SERVER), 24);
	stage.ear.receive = peer_heard;
	sim_handler_add(stage.peer, &stage.ear);
	sim_arp_add(stage.peer);
	sim_echo_add(stage.peer);
	sim_link_join(stage.peer, sim_switch_port(stage.fabric));
}

static void add_host(void)
{
	stage.host = sim_host_add(&stage.network, "host", 2);
	stage.port = &stage.host->ports[0];
	stage.kernel = &stage.port->kernel;
	stage.config = &stage.port->iface.config;
	/* What the filter of the daemon drops, the core must refuse, too. */
	stage.port->unfiltered = true;
	stage.cable = sim_link_join(stage.port->interface,
				    sim_switch_port(stage.fabric));
	stage.watch = (struct sim_watch){
		.frame = saw_frame,
		.kernel = saw_kernel,
		.stored = saw_stored,
		.notice = saw_notice,
		.send_failed = saw_send_failed,
	};
	sim_watch_add(stage.host, &stage.watch);
	judge = judge_new(&stage.network);
	judge_watch_host(judge, stage.host);
}

void stage_open(unsigned seed)
{
	uint8_t octets[32] = { 's', 't', 'a', 'g', 'e' };

	memset(&stage, 0, sizeof(stage));
	entry_count = heard_count = 0;
	last = NULL;
	put_u32(octets + 28, seed);
	sim_network_init(&stage.network, octets, S(1000));
	stage.fabric = sim_switch_add(&stage.network, "switch");
	add_peer();
	add_host();
	stage.terms = (struct terms){
		.server = IP(SERVER),
		.address = IP(CLIENT),
		.mask = IP(255, 255, 255, 0),
		.router = IP(ROUTER),
		.lease_s = LEASE_S,
	};
}

void stage_close(void)
{
	judge_end(judge);
	if (judge_failed(judge) && !stage.unjudged)
		ck_abort_msg("%s: %s; %s", judge_oracle(judge),
			     judge_text(judge), stage.about ? stage.about : "");
	judge_free(judge);
	sim_network_free(&stage.network);
}

void stage_setup(void)
{
	stage_open(0);
}

TCase *stage_chapter(const char *name, Suite **ret)
{
	TCase *tests = tcase_create(name);

	*ret = suite_create(name);
	tcase_add_checked_fixture(tests, stage_setup, stage_close);
	/* Of a busy machine, with sanitizers; no test needs a second else. */
	tcase_set_timeout(tests, 60);
	suite_add_tcase(*ret, tests);
	return tests;
}

/* ---- time --------------------------------------------------------------- */

nsec now(void)
{
	return stage.network.clock.now;
}

void pass(nsec duration)
{
	sim_clock_run(&stage.network.clock, now() + duration);
}

/* ---- the client --------------------------------------------------------- */

void power_on(void)
{
	sim_host_start(stage.host);
}

void crash_and_restart(void)
{
	sim_host_kill(stage.host);
	sim_host_start(stage.host);
}

/* The next message; NULL if none comes until then. */
static const struct message *listen_until(nsec until)
{
	for (;;) {
		while (heard_count < entry_count) {
			const struct entry *entry = &entries[heard_count++];

			if (entry->is_message)
				return &entry->message;
			ck_assert_uint_eq(entry->ethertype, SIM_ETHERTYPE_ARP);
		}
		if (!sim_clock_step(&stage.network.clock, until))
			return NULL;
	}
}

const struct message *hear_any(void)
{
	const struct message *m = listen_until(now() + PATIENCE_NS);

	if (!m)
		ck_abort_msg("nothing is ever sent");
	last = m;
	return m;
}

const struct message *hear(enum dhcp4_request kind)
{
	const struct message *m = hear_any();

	if (m->kind != kind)
		ck_abort_msg("heard %s, not %s", dhcp4_request_name(m->kind),
			     dhcp4_request_name(kind));
	return m;
}

const struct message *hear_after(nsec least, nsec most, enum dhcp4_request kind)
{
	nsec before = heard()->at, gap;

	hear(kind);
	gap = last->at - before;
	if (gap < least || gap > most)
		ck_abort_msg("%.3f s between messages, not %.3f to %.3f",
			     (double)gap / 1e9, (double)least / 1e9,
			     (double)most / 1e9);
	return last;
}

const struct message *heard(void)
{
	CHECK(last);
	return last;
}

const struct message *hear_until(enum dhcp4_request kind)
{
	while (hear_any()->kind != kind)
		continue;
	return last;
}

void silence(nsec duration)
{
	pass(duration);
	if (heard_count < entry_count)
		ck_abort_msg("something was sent");
}

unsigned count_in(nsec duration)
{
	nsec until = now() + duration;
	unsigned count = 0;

	for (const struct message *m; (m = listen_until(until)); count++)
		last = m;
	pass(until - now());
	return count;
}

void reach_selecting(void)
{
	power_on();
	hear(DHCP4_REQUEST_DISCOVER);
}

void reach_requesting(void)
{
	reach_selecting();
	tell(DHCP4_TYPE_OFFER);
	hear(DHCP4_REQUEST_SELECTING);
}

void reach_bound(void)
{
	reach_requesting();
	tell(DHCP4_TYPE_ACK);
	CHECK(stage.kernel->address == stage.terms.address);
}

void reach_bound_with(void (*edit)(struct reply *, const struct message *))
{
	stage.serves = true;
	stage.edit = edit;
	reach_selecting();
	hear(DHCP4_REQUEST_SELECTING);
	pass(ARRIVAL_NS);
	stage.serves = false;
	CHECK(stage.kernel->address == stage.terms.address);
}

struct reply reach_ack(void)
{
	reach_requesting();
	return reply(DHCP4_TYPE_ACK);
}

void say_ack(const struct reply *ack)
{
	say(ack);
	ck_assert_uint_eq(stage.kernel->address, stage.terms.address);
}

void reach_renewing(void)
{
	reach_bound();
	hear(DHCP4_REQUEST_RENEWING);
}

void reach_rebinding(void)
{
	reach_renewing();
	hear_until(DHCP4_REQUEST_REBINDING);
}

void reach_rebooting(void)
{
	reach_bound();
	crash_and_restart();
	hear(DHCP4_REQUEST_REBOOTING);
}

/* ---- the kernel, the disk ----------------------------------------------- */

void kernel_has(ipv4_addr address, unsigned prefix_length)
{
	ck_assert_uint_eq(stage.kernel->address, address);
	ck_assert_uint_eq(stage.kernel->prefix_length, prefix_length);
}

void kernel_is_empty(void)
{
	ck_assert_uint_eq(stage.kernel->address, IPV4_ANY);
	ck_assert_uint_eq(stage.kernel->route_count, 0);
}

nsec kernel_left(void)
{
	return nsec_until(sim_host_monotonic(stage.host),
			  stage.kernel->valid_until);
}

static const struct dhcp4_route *find_route(ipv4_addr destination,
					    unsigned prefix_length)
{
	for (unsigned i = 0; i < stage.kernel->route_count; i++) {
		const struct dhcp4_route *route = &stage.kernel->routes[i];

		if (route->destination == destination &&
		    route->prefix_length == prefix_length)
			return route;
	}
	return NULL;
}

bool kernel_has_route(ipv4_addr destination, unsigned prefix_length)
{
	return find_route(destination, prefix_length);
}

ipv4_addr kernel_route(ipv4_addr destination, unsigned prefix_length)
{
	const struct dhcp4_route *route = find_route(destination, prefix_length);

	if (!route)
		ck_abort_msg("no route to %08x/%u", destination, prefix_length);
	return route->gateway;
}

void kernel_routes(unsigned count)
{
	ck_assert_uint_eq(stage.kernel->route_count, count);
}

bool disk_is_empty(void)
{
	return stage.port->file_size == 0;
}

const char *disk_line(const char *name)
{
	static char line[LEASE_FILE_SIZE_MAX];
	const char *at = stage.port->file, *end = at + stage.port->file_size;
	size_t length = strlen(name);

	while (at < end) {
		const char *next = memchr(at, '\n', (size_t)(end - at));

		CHECK(next);
		if (strncmp(at, name, length) == 0 && at[length] == ' ') {
			at += length + 1;
			snprintf(line, sizeof(line), "%.*s", (int)(next - at),
				 at);
			return line;
		}
		at = next + 1;
	}
	return NULL;
}
