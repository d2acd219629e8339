/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is believed, and what a message proves: RFC 3118 5.5, RFC 6704 3.1.4, by the
 * judge's own account of what was proven before. Codes are core/mac.c's, which
 * unit/test_mac.c holds against known ones.
 */
#include <string.h>

#include "sim/judge_internal.h"

/* ---- what is heard ------------------------------------------------------- */

/* The offer that the last REQUEST chose. */
static const struct judge_offer *chosen(const struct port_model *p)
{
	for (unsigned i = 0; i < p->offer_count; i++) {
		if (p->offers[i].server_id == p->last.server_id &&
		    p->offers[i].address == p->last.requested)
			return &p->offers[i];
	}
	return NULL;
}

/* What the exchange began with was proven: so is all that follows. */
static bool began_proven(const struct port_model *p)
{
	const struct judge_offer *offer = chosen(p);

	switch (p->last.kind) {
	case DHCP4_REQUEST_SELECTING:
		return offer && offer->proven;
	case DHCP4_REQUEST_REBOOTING:
	case DHCP4_REQUEST_RENEWING:
	case DHCP4_REQUEST_REBINDING:
		return p->lease.proven;
	case DHCP4_REQUEST_DISCOVER:
	case DHCP4_REQUEST_DECLINE:
	case DHCP4_REQUEST_RELEASE:
	case DHCP4_REQUEST_INFORM:
	case DHCP4_REQUEST_COUNT:
		break;
	}
	return false;
}

static bool fits(const struct port_model *p, const struct datagram *d)
{
	return auth_verify(d->payload, d->size, p->port->iface.keys,
			   p->nonce_known ? p->nonce : NULL) ==
	       AUTH_VERDICT_VALID;
}

static bool promises_nonces(const struct dhcp4_message *m)
{
	struct option_value value;

	return dhcp4_options_get(&m->options, DHCP4_OPTION_FORCERENEW_NONCE,
				 &value) &&
	       memchr(value.bytes, 1, value.size);
}

bool judge_auth_admits(const struct port_model *p, const struct datagram *d,
		       struct judge_reply *r)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	enum dhcp4_auth auth = config->auth;

	r->auth = auth_parse(&r->message.options);
	r->proven = false;
	r->nonces = auth == DHCP4_AUTH_NONE && config->force_renew &&
		    promises_nonces(&r->message);
	if (r->type == DHCP4_TYPE_FORCERENEW)
		return false;
	if (auth == DHCP4_AUTH_NONE)
		return !(r->type == DHCP4_TYPE_ACK &&
			 p->last.kind == DHCP4_REQUEST_SELECTING && chosen(p) &&
			 chosen(p)->nonces &&
			 r->auth.content != AUTH_CONTENT_NONCE);
	if (r->auth.content == AUTH_CONTENT_NONE)
		return !config->auth_required && !began_proven(p);
	r->proven = r->auth.content == (auth == DHCP4_AUTH_TOKEN
						? AUTH_CONTENT_TOKEN
						: AUTH_CONTENT_CODE) &&
		    fits(p, d) &&
		    (auth == DHCP4_AUTH_TOKEN || r->auth.replay > p->auth_seen);
	return r->proven;
}

bool judge_auth_turns_back(const struct port_model *p,
			   const struct judge_reply *r)
{
	return r->type == DHCP4_TYPE_ACK &&
	       p->last.kind == DHCP4_REQUEST_SELECTING && chosen(p) &&
	       (chosen(p)->nonces || began_proven(p));
}

bool judge_auth_is_forced(const struct port_model *p, const struct datagram *d,
			  struct judge_reply *r)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	bool delayed = config->auth == DHCP4_AUTH_DELAYED;

	r->auth = auth_parse(&r->message.options);
	r->proven = false;
	if (!config->force_renew || d->destination != p->lease.address ||
	    !p->port->listening_any || !fits(p, d))
		return false;
	if (delayed)
		r->proven = p->lease.proven &&
			    r->auth.content == AUTH_CONTENT_CODE &&
			    r->auth.replay > p->auth_seen;
	return delayed ? r->proven
		       : r->auth.content == AUTH_CONTENT_NONCE_CODE &&
				 r->auth.replay > p->nonce_seen;
}

/* Whatever else it means, its counter is used. */
void judge_auth_received(struct port_model *p, const struct judge_reply *r)
{
	if (r->proven && r->auth.content == AUTH_CONTENT_CODE)
		p->auth_seen = r->auth.replay;
	if (r->verdict == JUDGE_VERDICT_FORCE &&
	    r->auth.content == AUTH_CONTENT_NONCE_CODE)
		p->nonce_seen = r->auth.replay;
	if (r->verdict != JUDGE_VERDICT_ACK)
		return;
	if (p->last.kind == DHCP4_REQUEST_SELECTING)
		p->nonce_known = false;
	if (r->auth.content != AUTH_CONTENT_NONCE ||
	    p->port->iface.config.auth != DHCP4_AUTH_NONE ||
	    !p->port->iface.config.force_renew)
		return;
	p->nonce_known = true;
	p->nonce_seen = r->auth.replay;
	memcpy(p->nonce, r->auth.value, sizeof(p->nonce));
}

/* ---- what is sent -------------------------------------------------------- */

static void complain(struct port_model *p, const struct judge_packet *m,
		     const char *what)
{
	judge_fail(p, "a %s left of which %s", judge_kind_name(m->sent.kind),
		   what);
}

/* The option that a message has to have. */
static enum auth_content wanted(const struct port_model *p,
				const struct judge_packet *m)
{
	const struct judge_offer *offer = NULL;
	bool proven = p->lease.proven;

	if (p->port->iface.config.auth == DHCP4_AUTH_TOKEN)
		return AUTH_CONTENT_TOKEN;
	if (p->port->iface.config.auth == DHCP4_AUTH_NONE)
		return AUTH_CONTENT_NONE;
	if (m->sent.kind == DHCP4_REQUEST_DISCOVER ||
	    m->sent.kind == DHCP4_REQUEST_INFORM)
		return AUTH_CONTENT_REQUEST;
	if (m->sent.kind == DHCP4_REQUEST_SELECTING) {
		for (unsigned i = 0; i < p->offer_count && !offer; i++)
			if (p->offers[i].server_id == m->sent.server_id)
				offer = &p->offers[i];
		proven = offer && offer->proven;
	}
	return proven ? AUTH_CONTENT_CODE : AUTH_CONTENT_NONE;
}

static void check_145(struct port_model *p, const struct judge_packet *m)
{
	const struct dhcp4_config *config = &p->port->iface.config;
	bool said = m->option[DHCP4_OPTION_FORCERENEW_NONCE];
	bool ends = m->sent.kind == DHCP4_REQUEST_DECLINE ||
		    m->sent.kind == DHCP4_REQUEST_RELEASE;

	if (said !=
	    (config->force_renew && config->auth == DHCP4_AUTH_NONE && !ends))
		complain(p, m, "option 145 is wrongly there or not");
}

static void sent(struct port_model *p, const struct judge_packet *m)
{
	struct dhcp4_message message;
	struct auth_option option;
	enum auth_content content;

	if (m->malformed || m->late || p->silent ||
	    dhcp4_message_parse(m->payload, m->size, &message) != REJECT_NONE)
		return;
	check_145(p, m);
	option = auth_parse(&message.options);
	content = wanted(p, m);
	if (option.content != content)
		complain(p, m, "option 90 is not what it has to be");
	else if (content == AUTH_CONTENT_NONE)
		return;
	else if (option.replay <= p->auth_sent)
		complain(p, m, "the counter of option 90 does not count up");
	else if (content != AUTH_CONTENT_REQUEST &&
		 auth_verify(m->payload, m->size, p->port->iface.keys, NULL) !=
			 AUTH_VERDICT_VALID)
		complain(p, m, "option 90 proves nothing");
	p->auth_sent = option.replay;
}

const struct judge_oracle judge_auth = {
	.name = "auth",
	.holds = "each message proves what it has to",
	.sent = sent,
};
