/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom a port may listen to, what it may take at once, and when it has to do
 * without IPv4: a second account of RFC 4039, 8925 and 2563, of the lists of
 * servers, and of the flag that asks for broadcasts.
 */
#include <string.h>

#include "sim/judge_internal.h"

/* RFC 8925 3.4 */
#define V6ONLY_MIN_S 300

/* What tenured(8) says of a server that fell silent. */
#define SILENT_NS	 (300 * NSEC_PER_S)
#define SILENT_WINDOW_NS (2 * NSEC_PER_S)

/* So many DISCOVERs ask for rapid commit. */
#define RAPID_TRIES 2

static const struct dhcp4_config *config_of(const struct port_model *p)
{
	return &p->port->iface.config;
}

static bool is_in_list(const struct dhcp4_server_list *list, ipv4_addr server)
{
	for (unsigned i = 0; i < list->count; i++) {
		const struct ipv4_prefix *rule = &list->rules[i];

		if ((uint64_t)server >> (32 - rule->length) ==
		    (uint64_t)rule->address >> (32 - rule->length))
			return true;
	}
	return false;
}

/*
 * Who is known is the core's own account (core/pins.h has tests of its own), of
 * before the frame is taken; what follows from it is not.
 */
enum pin_verdict judge_choice_pin(const struct port_model *p,
				  const struct sim_frame *frame, ipv4_addr server)
{
	const struct iface *iface = &p->port->iface;
	struct pin_server from = { server, { .size = SIM_HWADDR_SIZE } };

	memcpy(from.hw.bytes, frame->source, SIM_HWADDR_SIZE);
	return iface->pins ? pins_judge(iface->pins, iface->client,
					&iface->config, &from)
			   : PIN_VERDICT_NONE;
}

bool judge_choice_hears(const struct port_model *p, ipv4_addr server,
			enum pin_verdict pin)
{
	const struct dhcp4_config *config = config_of(p);

	if (config->server_pin == SERVER_PIN_STRICT && pin == PIN_VERDICT_STRANGER)
		return false;
	return !is_in_list(&config->deny_servers, server) &&
	       (!config->allow_servers.count ||
		is_in_list(&config->allow_servers, server));
}

bool judge_choice_is_of_subnet(const struct port_model *p,
			       const struct dhcp4_message *m)
{
	uint32_t subnet = 0;

	dhcp4_options_get_u32(&m->options, DHCP4_OPTION_SUBNET_SELECTION,
			      &subnet);
	return !config_of(p)->subnet || m->type == DHCP4_TYPE_NAK ||
	       subnet == config_of(p)->subnet;
}

/* How many messages of this exchange, and this kind, left before. */
static unsigned tries_before(const struct port_model *p,
			     const struct judge_sent *s)
{
	bool goes_on = (p->phase == JUDGE_PHASE_ASKED || judge_known_is_open(p)) &&
		       p->last.kind == s->kind && p->last.xid == s->xid;

	return goes_on ? p->tries : 0;
}

bool judge_choice_flag(const struct port_model *p, const struct judge_sent *s)
{
	switch (config_of(p)->broadcast) {
	case DHCP4_BROADCAST_AUTO:
		break;
	case DHCP4_BROADCAST_YES:
		return true;
	case DHCP4_BROADCAST_NO:
	case DHCP4_BROADCAST_COUNT:
		return false;
	}
	/*
	 * By what brought the OFFER if auto, whatever was set when the DISCOVER
	 * left; learned with the first REQUEST, and as it was for all the others.
	 */
	if (s->kind == DHCP4_REQUEST_SELECTING)
		return p->last.kind == DHCP4_REQUEST_DISCOVER
			       ? p->flag != (p->tries % 2 == 0)
			       : p->flag;
	return p->flag != tries_before(p, s) % 2;
}

void judge_choice_answered(struct port_model *p)
{
	bool asks_first = p->last.kind == DHCP4_REQUEST_DISCOVER ||
			  p->last.kind == DHCP4_REQUEST_REBOOTING;

	if (config_of(p)->broadcast == DHCP4_BROADCAST_AUTO && asks_first)
		p->flag = p->flag != (p->tries % 2 == 0);
}

bool judge_choice_is_rapid(const struct port_model *p, const struct judge_sent *s)
{
	return config_of(p)->rapid_commit && s->kind == DHCP4_REQUEST_DISCOVER &&
	       tries_before(p, s) < RAPID_TRIES;
}

bool judge_choice_takes_rapid(const struct port_model *p,
			      const struct dhcp4_message *m)
{
	struct option_value value;

	return config_of(p)->rapid_commit &&
	       p->last.kind == DHCP4_REQUEST_DISCOVER &&
	       dhcp4_options_get(&m->options, DHCP4_OPTION_RAPID_COMMIT, &value);
}

uint32_t judge_choice_v6only_s(const struct port_model *p,
			       const struct dhcp4_message *m)
{
	uint32_t seconds;

	if (!config_of(p)->v6only ||
	    !dhcp4_options_get_u32(&m->options, DHCP4_OPTION_V6ONLY, &seconds))
		return 0;
	return seconds < V6ONLY_MIN_S ? V6ONLY_MIN_S : seconds;
}

bool judge_choice_asks_autoconf(const struct port_model *p)
{
	const struct dhcp4_config *config = config_of(p);

	return config->auto_configure &&
	       (config->fallback.mode == FALLBACK_MODE_LINKLOCAL ||
		config->fallback.mode == FALLBACK_MODE_ALWAYS);
}

bool judge_choice_is_no_address(const struct port_model *p,
				const struct dhcp4_message *m)
{
	struct option_value value;

	return judge_choice_asks_autoconf(p) && m->header.yiaddr == IPV4_ANY &&
	       dhcp4_options_get(&m->options, DHCP4_OPTION_AUTO_CONFIGURE,
				 &value);
}

bool judge_choice_forbids(const struct dhcp4_message *m)
{
	struct option_value value;

	return dhcp4_options_get(&m->options, DHCP4_OPTION_AUTO_CONFIGURE,
				 &value) &&
	       value.bytes[0] == 0;
}

/* ---- servers that fell silent ---------------------------------------------- */

void judge_choice_silent(struct port_model *p, ipv4_addr server)
{
	p->silent_server = server;
	p->silent_until = judge_now(p) + SILENT_NS;
}

bool judge_choice_is_silent(const struct port_model *p, ipv4_addr server)
{
	return server == p->silent_server && judge_now(p) < p->silent_until;
}

nsec judge_choice_window(const struct port_model *p, const struct judge_reply *r)
{
	nsec window = config_of(p)->offer_window_ns;
	bool stranger = config_of(p)->server_pin != SERVER_PIN_OFF &&
			r->pin == PIN_VERDICT_STRANGER;

	return stranger || judge_choice_is_silent(p, r->server_id)
		       ? nsec_max(window, SILENT_WINDOW_NS)
		       : window;
}

/* ---- without IPv4 ------------------------------------------------------------ */

const struct judge_offer *judge_choice_v6only_offer(const struct port_model *p)
{
	if (p->phase != JUDGE_PHASE_ASKED ||
	    (p->last.kind != DHCP4_REQUEST_DISCOVER &&
	     p->last.kind != DHCP4_REQUEST_SELECTING))
		return NULL;
	for (unsigned i = 0; i < p->offer_count; i++) {
		if (p->offers[i].v6only_s)
			return &p->offers[i];
	}
	return NULL;
}

bool judge_choice_gives_back(const struct port_model *p)
{
	return p->v6only_at == judge_now(p) || judge_choice_v6only_offer(p);
}

/* What there is goes back, and nothing begins for so long. */
static void stop(struct port_model *p, uint32_t seconds)
{
	nsec now = judge_now(p), until = nsec_add(now, seconds * NSEC_PER_S);

	judge_choice_answered(p);
	if (p->lease.valid) {
		p->file_must_go = p->port->file_size != 0;
		port_model_end_lease(p, now);
		/* What was given back is not asked for. */
		p->refused = true;
	}
	p->naks = 0;
	p->nak_until = 0;
	port_model_idle(p, until, DHCP4_REQUEST_DISCOVER,
			"the wait without IPv4 was over");
}

void judge_choice_acked_v6only(struct port_model *p, const struct judge_reply *r)
{
	uint32_t seconds = judge_choice_v6only_s(p, &r->message);

	judge_lease_read(p, &r->message, p->first_at, &p->lease);
	p->lease.proven = r->proven;
	stop(p, seconds);
	p->v6only_at = judge_now(p);
	p->send_by = p->v6only_at;
	p->send_why = "an address was to be given back";
}

void judge_choice_told_v6only(struct port_model *p, ipv4_addr server)
{
	const struct judge_offer *offer = NULL;

	for (unsigned i = 0; i < p->offer_count; i++) {
		if (p->offers[i].server_id == server)
			offer = &p->offers[i];
	}
	if (p->v6only_at == judge_now(p) || !offer)
		return;
	stop(p, offer->v6only_s);
	p->v6only_at = judge_now(p);
}
