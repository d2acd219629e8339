/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom to listen to, and whose offer to take: the administrator's lists of
 * servers, the subnet that was asked for (RFC 3011), and what makes one offer
 * better than another. When the choice is made is exchange.c's matter.
 */
#include "core/step.h"

/* So long another one's offer is waited for: of a server that is better known. */
#define OTHERS_WINDOW_NS (2 * NSEC_PER_S)

/*
 * Scores: what weighs more is worth more than all that weighs less. Options count
 * one each, and 0 is what a server gets that fell silent.
 */
#define SCORE_PINNED 256
#define SCORE_WANTED 128
#define SCORE_KNOWN  64
#define SCORE_LEAST  1
_Static_assert(SCORE_LEAST + DHCP4_PARAMETERS_MAX < SCORE_KNOWN,
	       "options weigh less than a server that is known");

static bool is_listed(const struct dhcp4_server_list *list, ipv4_addr server)
{
	for (unsigned i = 0; i < list->count; i++) {
		if (ipv4_in(server, list->rules[i].address, list->rules[i].length))
			return true;
	}
	return false;
}

bool choice_is_wanted(const struct dhcp4_config *config, ipv4_addr server)
{
	return !is_listed(&config->deny_servers, server) &&
	       (config->allow_servers.count == 0 ||
		is_listed(&config->allow_servers, server));
}

bool choice_is_of_subnet(const struct dhcp4_config *config,
			 const struct dhcp4_message *m)
{
	ipv4_addr subnet = IPV4_ANY;

	dhcp4_options_get_address(&m->options, DHCP4_OPTION_SUBNET_SELECTION, 0,
				  &subnet);
	return !config->subnet || subnet == config->subnet;
}

/* Of what offers or grants an address; in INFORMING nothing does. */
static bool is_of_subnet(const struct step *s, const struct dhcp4_message *m)
{
	return s->client->state == DHCP4_STATE_INFORMING ||
	       (m->type != DHCP4_TYPE_OFFER && m->type != DHCP4_TYPE_ACK &&
		m->type != DHCP4_TYPE_BOOTP) ||
	       choice_is_of_subnet(s->config, m);
}

enum reject choice_check(const struct step *s, const struct dhcp4_message *m,
			 ipv4_addr source)
{
	ipv4_addr server = source;

	dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID, 0,
				  &server);
	if (!choice_is_wanted(s->config, server))
		return REJECT_SERVER_DENIED;
	if (s->config->server_pin == SERVER_PIN_STRICT &&
	    s->event->frame.pin == PIN_VERDICT_STRANGER)
		return REJECT_SERVER_PIN;
	return is_of_subnet(s, m) ? REJECT_NONE : REJECT_SUBNET;
}

void choice_refused(struct step *s, enum reject why)
{
	struct dhcp4_client *c = s->client;
	ipv4_addr server = IPV4_ANY;

	if ((why != REJECT_SERVER_PIN && why != REJECT_REQUIRED &&
	     why != REJECT_OVERRIDE) ||
	    c->stranger_told)
		return;
	c->stranger_told = true;
	dhcp4_options_get_address(&s->message->options, DHCP4_OPTION_SERVER_ID,
				  0, &server);
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_SERVER_REFUSED,
					      .reject = why,
					      .server = server });
}

static bool fell_silent(const struct dhcp4_client *c, ipv4_addr server_id)
{
	return c->silent_server == server_id && c->now < c->silent_until;
}

/* How many of the options that were asked for are there. */
static unsigned count_options(const struct step *s)
{
	struct option_value value;
	unsigned count = 0;

	for (unsigned i = 0; i < s->config->parameters_count; i++)
		count += dhcp4_options_get(&s->message->options,
					   s->config->parameters[i], &value);
	return count;
}

/* Who pins servers would rather have one of them than anything else. */
static bool is_pinned(const struct step *s)
{
	return s->config->server_pin != SERVER_PIN_OFF &&
	       s->event->frame.pin == PIN_VERDICT_KNOWN;
}

static uint16_t score_of(const struct step *s, const struct dhcp4_offer *offer)
{
	const struct dhcp4_client *c = s->client;
	ipv4_addr wanted = step_wanted_address(s);
	unsigned score = SCORE_LEAST + count_options(s);

	if (fell_silent(c, offer->server_id))
		return 0;
	if (wanted && offer->address == wanted)
		score += SCORE_WANTED;
	if (offer->server_id == c->lease.server_id)
		score += SCORE_KNOWN;
	if (is_pinned(s))
		score += SCORE_PINNED;
	return (uint16_t)score;
}

struct dhcp4_offer choice_offer(const struct step *s)
{
	struct dhcp4_offer offer = {
		.address = s->message->header.yiaddr,
		.v6only_s = v6only_seconds(s),
		.source = s->event->frame.source,
	};

	dhcp4_options_get_address(&s->message->options, DHCP4_OPTION_SERVER_ID,
				  0, &offer.server_id);
	offer.score = score_of(s, &offer);
	return offer;
}

nsec choice_window(const struct step *s, const struct dhcp4_offer *offer)
{
	nsec window = s->config->offer_window_ns;
	bool known = s->config->server_pin == SERVER_PIN_OFF ||
		     s->event->frame.pin != PIN_VERDICT_STRANGER;

	return offer->score && known ? window
				     : nsec_max(window, OTHERS_WINDOW_NS);
}

void choice_note_silent(struct step *s)
{
	struct dhcp4_client *c = s->client;

	c->silent_server = c->chosen.server_id;
	c->silent_until = nsec_add(c->now, DHCP4_SILENT_S * NSEC_PER_S);
}

/* Two relays may do it; so may somebody who answers in the server's name. */
void choice_note_source(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->state != DHCP4_STATE_REQUESTING ||
	    hwaddr_equal(&c->chosen.source, &s->event->frame.source))
		return;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_SERVER_MOVED,
					      .server = c->chosen.server_id });
}
