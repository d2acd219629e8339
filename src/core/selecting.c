/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From OFFERs to a REQUEST: which may be taken, how long others are waited for,
 * and what follows if the server that was chosen is silent. How offers compare is
 * choice.c's matter.
 */
#include "core/step.h"

/* RFC 2131 3.1: four retransmissions, then another offer or the beginning. */
#define REQUESTS_MAX 5

void step_request_chosen(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_send_request(s, DHCP4_REQUEST_SELECTING);
	if (c->tries < REQUESTS_MAX)
		c->retransmit_at =
			nsec_add(c->now, backoff_exchange(&c->prng, c->tries));
	else
		c->give_up_at = nsec_add(c->now, backoff_exchange(&c->prng, 1));
}

void step_learn_broadcast(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (s->config->broadcast == DHCP4_BROADCAST_AUTO &&
	    (c->state == DHCP4_STATE_SELECTING ||
	     c->state == DHCP4_STATE_REBOOTING ||
	     /* REBOOTING, which a known router's answer overtook. */
	     c->state == DHCP4_STATE_BOUND))
		c->broadcast = c->broadcast != (c->tries % 2 == 0);
}

static void choose(struct step *s, struct dhcp4_offer offer)
{
	step_learn_broadcast(s);
	if (offer.v6only_s) {
		step_begin_v6only(s, offer.server_id, offer.v6only_s);
		return;
	}
	step_enter(s, DHCP4_STATE_REQUESTING);
	s->client->chosen = offer;
	step_request_chosen(s);
}

void step_choose_best(struct step *s)
{
	choose(s, offer_take_best(s->pool, &s->client->offers));
}

void step_chosen_silent(struct step *s)
{
	choice_note_silent(s);
	if (s->client->offers.count)
		step_choose_best(s);
	else
		step_begin_init(s, s->client->now);
}

enum reject step_check_offer(const struct step *s)
{
	enum reject why = lease_check(s->message, step_held_lease(s->client));

	if (why == REJECT_NONE && guard_is_declined(s, s->message->header.yiaddr))
		why = REJECT_DECLINED;
	return why;
}

void step_take_offer(struct step *s)
{
	struct dhcp4_client *c = s->client;
	struct dhcp4_offer offer = choice_offer(s);
	nsec window = choice_window(s, &offer);
	/* Who has no IPv4 to give need not name an address (RFC 8925 4). */
	bool none = offer.address == IPV4_ANY && offer.v6only_s;
	enum reject why = none ? REJECT_NONE : step_check_offer(s);

	if (why != REJECT_NONE) {
		if (!autoconf_take(s))
			step_reject(s, why);
		return;
	}
	admit_offer(s, &offer);
	c->autoconf_forbidden = false;
	c->counters.received[DHCP4_TYPE_OFFER]++;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_OFFER,
					      .server = offer.server_id,
					      .address = offer.address });
	if (window == 0) {
		choose(s, offer);
	} else if (!offer_keep(s->pool, &c->offers, &offer)) {
		/* No room to wait for more: what is there must do. */
		if (c->offers.count)
			step_choose_best(s);
		else
			choose(s, offer);
	} else if (c->choose_at == NSEC_NEVER) {
		c->choose_at = nsec_add(c->now, window);
		c->retransmit_at = NSEC_NEVER;
	}
}
