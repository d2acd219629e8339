/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which replies are let in by what they prove, and what our own messages prove:
 * RFC 3118, RFC 3203 and RFC 6704 in a step. Keys are not known here; whether a
 * frame fits them came with it.
 *
 * What an exchange began with it goes on with: an offer, or a lease, that was
 * authenticated is followed by authenticated answers alone, whatever is required.
 */
#include <string.h>

#include "core/step.h"

/* The algorithm of option 145 that we know: HMAC-MD5 (RFC 6704 3.1.1). */
#define NONCE_ALGORITHM 1

/* What a server's option 90 has to be. */
static const enum auth_content contents[DHCP4_AUTH_COUNT] = {
	[DHCP4_AUTH_TOKEN] = AUTH_CONTENT_TOKEN,
	[DHCP4_AUTH_DELAYED] = AUTH_CONTENT_CODE,
};

/* ---- what is let in ------------------------------------------------------ */

/* What the exchange under way began with. */
static enum dhcp4_auth basis_of(const struct dhcp4_client *c)
{
	if (c->state == DHCP4_STATE_REQUESTING)
		return c->chosen.auth;
	if (c->state == DHCP4_STATE_REBOOTING ||
	    c->state == DHCP4_STATE_RENEWING || c->state == DHCP4_STATE_REBINDING)
		return c->lease.auth;
	return DHCP4_AUTH_NONE;
}

/* The place of a key's counter: its own, or else a free one. */
static unsigned find_counter(const struct dhcp4_client *c, uint32_t key)
{
	unsigned least = 0;

	for (unsigned i = 0; i < AUTH_KEYS_MAX; i++) {
		if (c->auth_seen[i] && c->auth_key[i] == key)
			return i;
		if (c->auth_seen[i] < c->auth_seen[least])
			least = i;
	}
	return least;
}

/* RDM 0: a counter that counts up, for each key (RFC 3118 2). */
static enum reject count_up(struct dhcp4_client *c,
			    const struct auth_option *option)
{
	unsigned i = find_counter(c, option->key_id);

	if (c->auth_key[i] != option->key_id) {
		c->auth_key[i] = option->key_id;
		c->auth_seen[i] = 0;
	}
	if (option->replay <= c->auth_seen[i])
		return REJECT_AUTH_REPLAY;
	c->auth_seen[i] = option->replay;
	return REJECT_NONE;
}

/* The counter of a token, which anybody may copy, proves nothing. */
static enum reject check_proof(struct step *s)
{
	const struct dhcp4_config *config = s->config;
	enum reject why = REJECT_NONE;

	if (s->auth.content == AUTH_CONTENT_NONE)
		return config->auth_required || basis_of(s->client) == config->auth
			       ? REJECT_AUTH_MISSING
			       : REJECT_NONE;
	if (s->auth.content != contents[config->auth] ||
	    s->event->frame.auth != AUTH_VERDICT_VALID)
		return REJECT_AUTH_INVALID;
	if (s->auth.content == AUTH_CONTENT_CODE)
		why = count_up(s->client, &s->auth);
	s->authenticated = why == REJECT_NONE;
	return why;
}

/* RFC 6704 3.1.4: whose OFFER had option 145 has a nonce in the ACK. */
static enum reject check_nonce(const struct step *s, uint8_t type)
{
	const struct dhcp4_client *c = s->client;

	return c->state == DHCP4_STATE_REQUESTING && type == DHCP4_TYPE_ACK &&
			       c->chosen.nonce_capable &&
			       s->auth.content != AUTH_CONTENT_NONCE
		       ? REJECT_NONCE
		       : REJECT_NONE;
}

/* RFC 3118 proves it by the lease's key, RFC 6704 by the nonce. */
static bool is_provable(const struct step *s)
{
	const struct dhcp4_client *c = s->client;

	if (s->config->auth == DHCP4_AUTH_DELAYED)
		return c->lease.auth == DHCP4_AUTH_DELAYED;
	return c->nonce_known;
}

static bool is_proven(const struct step *s)
{
	enum auth_content wanted = s->config->auth == DHCP4_AUTH_DELAYED
					   ? AUTH_CONTENT_CODE
					   : AUTH_CONTENT_NONCE_CODE;

	return is_provable(s) && s->auth.content == wanted &&
	       s->event->frame.auth == AUTH_VERDICT_VALID;
}

/* RFC 3203 2.2 and 6: unicast, to us, and authenticated. */
static enum reject check_force_renew(struct step *s, ipv4_addr destination)
{
	struct dhcp4_client *c = s->client;
	ipv4_addr own = c->state == DHCP4_STATE_INFORMING
				? s->config->inform_address
				: c->lease.address;

	if (!s->config->force_renew)
		return REJECT_FORCE_RENEW;
	if (destination != own)
		return REJECT_NOT_UNICAST;
	if (s->auth.content == AUTH_CONTENT_NONE)
		return REJECT_AUTH_MISSING;
	if (!is_proven(s))
		return REJECT_AUTH_INVALID;
	if (s->auth.content == AUTH_CONTENT_CODE)
		return s->auth.key_id == c->lease.auth_key
			       ? count_up(c, &s->auth)
			       : REJECT_AUTH_INVALID;
	if (s->auth.replay <= c->nonce_seen)
		return REJECT_AUTH_REPLAY;
	c->nonce_seen = s->auth.replay;
	return REJECT_NONE;
}

/* There is something to ask for anew, and somebody: a BOOTP server renews nothing. */
static bool is_renewable(const struct dhcp4_client *c)
{
	return c->state == DHCP4_STATE_INFORMING ||
	       (c->state == DHCP4_STATE_BOUND && !lease_is_bootp(&c->lease));
}

static enum reject take_force_renew(struct step *s, ipv4_addr destination)
{
	struct dhcp4_client *c = s->client;
	enum reject why = check_force_renew(s, destination);

	if (why != REJECT_NONE)
		return why;
	if (!is_renewable(c))
		return REJECT_UNEXPECTED;
	c->counters.received[DHCP4_TYPE_FORCERENEW]++;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_FORCED,
					      .server = c->lease.server_id });
	/* Servers may send it to many at once: each takes its turn, as at T1. */
	c->send_at = nsec_min(c->send_at, step_take_slot(s));
	s->kind = DHCP4_EVENT_TICK;
	return REJECT_NONE;
}

enum reject admit_message(struct step *s, struct dhcp4_message *m,
			  ipv4_addr destination)
{
	s->auth = auth_parse(&m->options);
	/* What is secret in it is nobody else's to see. */
	dhcp4_options_remove(&m->options, DHCP4_OPTION_AUTHENTICATION);
	if (m->type == DHCP4_TYPE_FORCERENEW)
		return take_force_renew(s, destination);
	if (s->config->auth == DHCP4_AUTH_NONE)
		return check_nonce(s, m->type);
	return check_proof(s);
}

/* RFC 3118 5.5.1, RFC 6704 3.1.4; not at once, or two could do it for ever. */
void admit_refused(struct step *s, enum reject why)
{
	struct dhcp4_client *c = s->client;
	bool unproven = why == REJECT_AUTH_MISSING ||
			why == REJECT_AUTH_INVALID || why == REJECT_AUTH_REPLAY;

	if (c->state != DHCP4_STATE_REQUESTING ||
	    !(why == REJECT_NONCE ||
	      (unproven && c->chosen.auth != DHCP4_AUTH_NONE &&
	       s->message->type == DHCP4_TYPE_ACK)))
		return;
	c->naks++;
	step_begin_init(s, nsec_add(c->now, backoff_nak(c->naks)));
}

/* ---- what is used -------------------------------------------------------- */

void admit_offer(const struct step *s, struct dhcp4_offer *offer)
{
	struct option_value algorithms;

	if (s->authenticated) {
		offer->auth = s->config->auth;
		offer->auth_key = s->auth.key_id;
	}
	offer->nonce_capable =
		s->config->force_renew && s->config->auth == DHCP4_AUTH_NONE &&
		dhcp4_options_get(&s->message->options,
				  DHCP4_OPTION_FORCERENEW_NONCE, &algorithms) &&
		memchr(algorithms.bytes, NONCE_ALGORITHM, algorithms.size);
}

void admit_forget(struct step *s)
{
	struct dhcp4_client *c = s->client;

	c->nonce_known = false;
	memset(c->nonce, 0, sizeof(c->nonce));
	c->nonce_seen = 0;
}

/* RFC 6704 3.1.4: a new one replaces the old one; another server's has none. */
static void note_nonce(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->state == DHCP4_STATE_REQUESTING ||
	    c->state == DHCP4_STATE_SELECTING)
		admit_forget(s);
	if (!s->config->force_renew || s->config->auth != DHCP4_AUTH_NONE ||
	    s->auth.content != AUTH_CONTENT_NONCE)
		return;
	c->nonce_known = true;
	memcpy(c->nonce, s->auth.value, sizeof(c->nonce));
	c->nonce_seen = s->auth.replay;
}

void admit_answer(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct dhcp4_lease *lease = &c->lease;

	lease->auth = DHCP4_AUTH_NONE;
	lease->auth_key = 0;
	lease->auth_seen = 0;
	lease->auth_sent = c->auth_sent;
	if (s->authenticated) {
		lease->auth = s->config->auth;
		lease->auth_key = s->auth.key_id;
		lease->auth_seen = s->auth.replay;
	} else if (s->config->auth != DHCP4_AUTH_NONE) {
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_UNAUTHENTICATED,
				       .server = lease->server_id });
	}
	note_nonce(s);
}

/*
 * A counter of ours is an instant: it needs no memory, but that of a host whose
 * clock went back while it was off.
 */
void admit_loaded(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_lease *lease = &c->lease;

	if (lease->auth_sent > c->auth_sent)
		c->auth_sent = lease->auth_sent;
	if (lease->auth == DHCP4_AUTH_DELAYED)
		(void)count_up(
			c, &(struct auth_option){ .key_id = lease->auth_key,
						  .replay = lease->auth_seen });
}

void admit_settle(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool asking =
		c->state == DHCP4_STATE_INFORMING &&
		(c->retransmit_at != NSEC_NEVER || c->send_at != NSEC_NEVER);

	if (c->tenure == DHCP4_TENURE_NONE && c->state != DHCP4_STATE_INFORMING)
		admit_forget(s);
	c->forcible = s->config->force_renew && is_provable(s) &&
		      is_renewable(c) && !asking;
}

/* ---- what is sent -------------------------------------------------------- */

/* The key whose code a message has; NONE: it has none. */
static enum dhcp4_auth proof_of(const struct dhcp4_client *c,
				enum dhcp4_request request, uint32_t *ret_key)
{
	bool chosen = request == DHCP4_REQUEST_SELECTING;

	*ret_key = chosen ? c->chosen.auth_key : c->lease.auth_key;
	return chosen ? c->chosen.auth : c->lease.auth;
}

/* RFC 3118 5.2, 5.5: first a code is asked for, then all is under its key. */
static struct auth_option option_for(const struct step *s,
				     enum dhcp4_request request)
{
	struct auth_option option = { .content = AUTH_CONTENT_NONE };

	if (s->config->auth == DHCP4_AUTH_TOKEN) {
		option.content = AUTH_CONTENT_TOKEN;
		option.size = s->config->auth_token_size;
	} else if (s->config->auth == DHCP4_AUTH_DELAYED) {
		if (request == DHCP4_REQUEST_DISCOVER ||
		    request == DHCP4_REQUEST_INFORM)
			option.content = AUTH_CONTENT_REQUEST;
		else if (proof_of(s->client, request, &option.key_id) ==
			 DHCP4_AUTH_DELAYED)
			option.content = AUTH_CONTENT_CODE;
	}
	return option;
}

void admit_write(struct step *s, enum dhcp4_request request, struct writer *w)
{
	struct auth_option option = option_for(s, request);
	uint64_t *sent = &s->client->auth_sent;
	uint64_t counter = s->config->auth_base + s->client->now;

	if (option.content == AUTH_CONTENT_NONE)
		return;
	*sent = counter > *sent ? counter : *sent + 1;
	option.replay = *sent;
	auth_write(w, &option);
}
