/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The judge: tells what happens to the oracles and to the facts they share, and
 * keeps the first thing that one of them finds.
 */
#include "sim/judge.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "sim/judge_internal.h"

static const struct judge_oracle *const oracles[] = {
	&judge_tables,	 &judge_timing, &judge_tenure,	 &judge_expiry,
	&judge_unique,	 &judge_inert,	&judge_agree,	 &judge_alive,
	&judge_legal,	 &judge_fresh,	&judge_file,	 &judge_converge,
	&judge_conflict, &judge_replay, &judge_fallback, &judge_known,
	&judge_auth,
};

/* The one that is listened to; NULL: all are. */
static const struct judge_oracle *alone;

/* Asks all oracles that have an opinion on it. */
#define ASK(p, what, ...) \
	do { \
		for (unsigned i_ = 0; i_ < ARRAY_SIZE(oracles); i_++) { \
			(p)->judge->asking = oracles[i_]; \
			if (oracles[i_]->what) \
				oracles[i_]->what(__VA_ARGS__); \
		} \
	} while (0)

/* ---- words --------------------------------------------------------------- */

struct judge_word judge_ip(ipv4_addr address)
{
	struct judge_word word;
	struct str s = str_over(word.text, sizeof(word.text));

	str_ipv4(&s, address);
	return word;
}

struct judge_word judge_s(nsec instant)
{
	struct judge_word word;

	if (instant == NSEC_NEVER)
		snprintf(word.text, sizeof(word.text), "never");
	else
		snprintf(word.text, sizeof(word.text), "%.6f s",
			 (double)instant / (double)NSEC_PER_S);
	return word;
}

const char *judge_kind_name(enum dhcp4_request kind)
{
	static const char *const names[DHCP4_REQUEST_COUNT] = {
		[DHCP4_REQUEST_DISCOVER] = "DISCOVER",
		[DHCP4_REQUEST_SELECTING] = "REQUEST (selecting)",
		[DHCP4_REQUEST_REBOOTING] = "REQUEST (init-reboot)",
		[DHCP4_REQUEST_RENEWING] = "REQUEST (renewing)",
		[DHCP4_REQUEST_REBINDING] = "REQUEST (rebinding)",
		[DHCP4_REQUEST_DECLINE] = "DECLINE",
		[DHCP4_REQUEST_RELEASE] = "RELEASE",
		[DHCP4_REQUEST_INFORM] = "INFORM",
	};

	return names[kind];
}

void judge_fail(struct port_model *p, const char *format, ...)
{
	struct judge *judge = p->judge;
	va_list arguments;
	int used;

	if (judge->failed || (alone && judge->asking != alone))
		return;
	judge->failed = true;
	judge->oracle = judge->asking->name;
	judge->failed_at = judge_now(p);
	used = snprintf(judge->text, sizeof(judge->text),
			"%s/%s at %s: ", p->port->host->device->name,
			p->port->iface.name, judge_s(judge->failed_at).text);
	va_start(arguments, format);
	vsnprintf(judge->text + used, sizeof(judge->text) - (size_t)used,
		  format, arguments);
	va_end(arguments);
}

/* ---- what is seen of a port ---------------------------------------------- */

static struct port_model *model_of(struct sim_watch *watch,
				   const struct sim_port *port)
{
	struct judge_host *host = SIM_OWNER(watch, struct judge_host, watch);
	struct port_model *p = &host->ports[port - host->host->ports];

	if (!host->judge->failed)
		port_model_catch_up(p);
	return p;
}

static void message_left(struct port_model *p, const struct judge_packet *m)
{
	ASK(p, sent, p, m);
	if (m->framed && !m->malformed)
		p->judge->counters.sent[m->sent.kind]++;
	if (m->late || m->malformed || p->silent)
		return;
	port_model_sent(p, m);
	judge_guard_settle(p);
	judge_fallback_settle(p);
}

static void frame_left(struct port_model *p, const struct sim_frame *frame)
{
	struct judge_packet m;

	if (frame->ethertype != SIM_ETHERTYPE_IPV4 ||
	    !judge_packet_read(frame->bytes, frame->size, &m))
		return;
	m.framed = true;
	m.sent.at = judge_now(p);
	m.hw_broadcast = memcmp(frame->destination, sim_hw_broadcast,
				SIM_HWADDR_SIZE) == 0;
	m.late = p->routed && m.sent.kind == DHCP4_REQUEST_RENEWING &&
		 m.sent.xid == p->routed_xid;
	message_left(p, &m);
}

static void arp_came(struct port_model *p, const struct sim_frame *frame)
{
	struct arp arp;

	if (!frame->vlan && port_model_is_awake(p) &&
	    arp_parse(frame->bytes, frame->size, &arp)) {
		judge_guard_heard(p, &arp);
		judge_known_heard(p, &arp);
		judge_fallback_heard(p, &arp);
	}
	judge_guard_settle(p);
	judge_fallback_settle(p);
}

static void frame_came(struct port_model *p, const struct sim_frame *frame)
{
	struct judge_reply reply;

	if (p->silent)
		return;
	if (frame->ethertype == SIM_ETHERTYPE_ARP) {
		arp_came(p, frame);
		return;
	}
	if (!port_model_classify(p, frame, &reply))
		return;
	p->judge->counters.received[reply.type] += reply.type != 0;
	port_model_received(p, &reply);
	judge_guard_settle(p);
	judge_fallback_settle(p);
}

static void watch_frame(struct sim_watch *watch, struct sim_port *port,
			const struct sim_frame *frame, bool sent)
{
	struct port_model *p = model_of(watch, port);

	if (p->judge->failed)
		return;
	if (sent)
		frame_left(p, frame);
	else
		frame_came(p, frame);
	port_model_set_timer(p);
}

/* The octets are there; only no frame left with them. */
static void watch_send_failed(struct sim_watch *watch, struct sim_port *port,
			      const struct dhcp4_effect *effect, int error)
{
	struct port_model *p = model_of(watch, port);
	struct judge_packet m;

	(void)error;
	if (p->judge->failed ||
	    !judge_packet_read(effect->send.packet, effect->send.size, &m))
		return;
	m.sent.at = judge_now(p);
	message_left(p, &m);
	port_model_set_timer(p);
}

/* Its frame may have left already, may leave later, or never. */
static void watch_routed(struct sim_watch *watch, struct sim_port *port,
			 const struct dhcp4_effect *effect)
{
	struct port_model *p = model_of(watch, port);
	struct judge_packet m;

	if (p->judge->failed ||
	    !judge_packet_read(effect->send.packet, effect->send.size, &m))
		return;
	m.sent.at = judge_now(p);
	if (p->phase != JUDGE_PHASE_ASKED || p->last.xid != m.sent.xid)
		message_left(p, &m);
	p->routed = true;
	p->routed_xid = m.sent.xid;
	port_model_set_timer(p);
}

/* After a sleep much is due at once: what one thing began the next one ended. */
static bool is_overtaken(const struct port_model *p, const struct arp *arp)
{
	return p->resumed_at == judge_now(p) && p->lease.valid &&
	       arp->target == p->lease.address &&
	       arp->target != p->guard.address;
}

static void watch_arp(struct sim_watch *watch, struct sim_port *port,
		      const uint8_t *packet, int error)
{
	struct port_model *p = model_of(watch, port);
	struct arp arp;

	(void)error;
	if (p->judge->failed || p->silent || !arp_parse(packet, ARP_SIZE, &arp))
		return;
	if (is_overtaken(p, &arp))
		return;
	ASK(p, arp, p, &arp);
	if (judge_fallback_concerns(p, arp.target))
		judge_fallback_sent(p, &arp);
	else
		judge_guard_sent(p, &arp);
	port_model_set_timer(p);
}

static void watch_kernel(struct sim_watch *watch, struct sim_port *port,
			 const struct sim_kernel *before, enum sim_cause cause)
{
	struct port_model *p = model_of(watch, port);

	if (p->judge->failed)
		return;
	port_model_kernel(p);
	if (!p->silent)
		ASK(p, kernel, p, before, cause);
	port_model_set_timer(p);
}

static void watch_fallback(struct sim_watch *watch, struct sim_port *port,
			   ipv4_addr before)
{
	struct port_model *p = model_of(watch, port);

	(void)before;
	if (p->judge->failed)
		return;
	if (!p->silent)
		ASK(p, fallback, p);
	port_model_settle(p);
	port_model_set_timer(p);
}

static void watch_stored(struct sim_watch *watch, struct sim_port *port)
{
	struct port_model *p = model_of(watch, port);

	if (p->judge->failed)
		return;
	if (!p->silent)
		ASK(p, stored, p);
	port_model_stored(p);
	port_model_set_timer(p);
}

static void watch_notice(struct sim_watch *watch, struct sim_port *port,
			 const struct dhcp4_notice *notice)
{
	struct port_model *p = model_of(watch, port);

	if (p->judge->failed)
		return;
	if (notice->kind == DHCP4_NOTICE_TRANSITION)
		p->judge->counters.transitions[notice->from][notice->to]++;
	if (!p->silent)
		ASK(p, notice, p, notice);
	port_model_notice(p, notice);
	judge_fallback_noticed(p, notice);
	port_model_set_timer(p);
}

static void watch_event(struct sim_watch *watch, struct sim_port *port,
			enum sim_event event)
{
	struct port_model *p = model_of(watch, port);

	if (p->judge->failed)
		return;
	port_model_event(p, event);
	judge_guard_settle(p);
	judge_fallback_settle(p);
	port_model_set_timer(p);
}

static void look(struct sim_timer *timer)
{
	struct port_model *p = SIM_OWNER(timer, struct port_model, timer);

	if (p->judge->failed)
		return;
	port_model_catch_up(p);
	if (port_model_is_awake(p))
		ASK(p, look, p);
	if (p->look_at <= judge_now(p))
		p->look_at = NSEC_NEVER;
	/* What did not leave is missed once, whoever is listened to. */
	if (p->send_by < judge_now(p))
		p->send_by = NSEC_NEVER;
	judge_guard_give_up(p);
	judge_fallback_give_up(p);
	port_model_set_timer(p);
}

/* ---- what is seen of a server --------------------------------------------- */

static void note_granter(struct port_model *p, const struct sim_dhcpd *dhcpd,
			 uint32_t xid)
{
	const struct server_config *config = &dhcpd->config;
	struct judge_granter *g = &p->granters[p->granter_next];

	p->granter_next = (p->granter_next + 1) % JUDGE_GRANTERS_MAX;
	*g = (struct judge_granter){ xid,
				     config->id ? config->id : config->address,
				     dhcpd };
}

static bool has_hwaddr(const struct port_model *p,
		       const struct dhcp4_header *header)
{
	return memcmp(p->port->iface.config.hwaddr.bytes, header->chaddr,
		      SIM_HWADDR_SIZE) == 0;
}

static void watch_server(void *context, struct sim_dhcpd *dhcpd,
			 const struct server_exchange *exchange)
{
	struct judge_server *server = context;
	const struct dhcp4_header *header = &exchange->request.message.header;

	if (exchange->reply.type != DHCP4_TYPE_ACK)
		return;
	for (struct judge_host *h = server->judge->hosts; h; h = h->next) {
		for (unsigned n = 0; n < h->host->port_count; n++) {
			if (has_hwaddr(&h->ports[n], header))
				note_granter(&h->ports[n], dhcpd, header->xid);
		}
	}
}

/* ---- its interface -------------------------------------------------------- */

static void *allocate(size_t size)
{
	void *memory = calloc(1, size);

	if (!memory)
		err(EXIT_FAILURE, "the judge");
	return memory;
}

struct judge *judge_new(struct sim_network *network)
{
	struct judge *judge = allocate(sizeof(*judge));

	judge->network = network;
	judge->asking = oracles[0];
	return judge;
}

void judge_free(struct judge *judge)
{
	while (judge->hosts) {
		struct judge_host *host = judge->hosts;

		for (unsigned n = 0; n < SIM_HOST_PORTS_MAX; n++)
			sim_timer_cancel(&judge->network->clock,
					 &host->ports[n].timer);
		judge->hosts = host->next;
		free(host);
	}
	while (judge->servers) {
		struct judge_server *server = judge->servers;

		judge->servers = server->next;
		free(server);
	}
	free(judge);
}

void judge_watch_host(struct judge *judge, struct sim_host *host)
{
	struct judge_host *h = allocate(sizeof(*h));

	h->judge = judge;
	h->host = host;
	h->watch = (struct sim_watch){
		.frame = watch_frame,
		.send_failed = watch_send_failed,
		.routed = watch_routed,
		.arp = watch_arp,
		.kernel = watch_kernel,
		.fallback = watch_fallback,
		.stored = watch_stored,
		.notice = watch_notice,
		.event = watch_event,
	};
	for (unsigned n = 0; n < host->port_count; n++) {
		port_model_init(&h->ports[n], judge, &host->ports[n]);
		h->ports[n].timer.fire = look;
	}
	h->next = judge->hosts;
	judge->hosts = h;
	sim_watch_add(host, &h->watch);
}

void judge_watch_server(struct judge *judge, struct sim_dhcpd *dhcpd)
{
	struct judge_server *server = allocate(sizeof(*server));

	*server = (struct judge_server){ judge, dhcpd, true, judge->servers };
	judge->servers = server;
	dhcpd->watch = watch_server;
	dhcpd->watch_context = server;
}

void judge_server_is_dishonest(struct judge *judge, struct sim_dhcpd *dhcpd)
{
	for (struct judge_server *s = judge->servers; s; s = s->next) {
		if (s->dhcpd == dhcpd)
			s->honest = false;
	}
}

void judge_calm(struct judge *judge, nsec limit)
{
	judge->calm = true;
	judge->calm_at = judge->network->clock.now;
	judge->calm_limit = limit;
}

void judge_end(struct judge *judge)
{
	for (struct judge_host *h = judge->hosts; h; h = h->next) {
		for (unsigned n = 0; n < h->host->port_count; n++) {
			struct port_model *p = &h->ports[n];

			if (judge->failed)
				return;
			port_model_catch_up(p);
			if (p->kernel.address)
				judge->counters.leased_ns +=
					judge_now(p) - p->kernel_at;
			if (!p->silent)
				ASK(p, end, p);
		}
	}
}

bool judge_listen_to(const char *name)
{
	alone = NULL;
	for (unsigned i = 0; name && i < ARRAY_SIZE(oracles); i++) {
		if (strcmp(oracles[i]->name, name) == 0)
			alone = oracles[i];
	}
	return alone || !name;
}

bool judge_failed(const struct judge *judge)
{
	return judge->failed;
}

bool judge_oracle_at(unsigned n, const char **ret_name, const char **ret_holds)
{
	if (n >= ARRAY_SIZE(oracles))
		return false;
	*ret_name = oracles[n]->name;
	*ret_holds = oracles[n]->holds;
	return true;
}

const char *judge_oracle(const struct judge *judge)
{
	return judge->oracle;
}

const char *judge_text(const struct judge *judge)
{
	return judge->text;
}

nsec judge_time(const struct judge *judge)
{
	return judge->failed_at;
}

const struct judge_counters *judge_counters(const struct judge *judge)
{
	return &judge->counters;
}
