/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * INFORMING: the address came by other means, and only parameters are asked for
 * (RFC 2131 4.4.3). It is no way to a lease.
 */
#include "core/step.h"

/* After so many in vain, about a minute, the user is told; it goes on (4.4.3). */
#define INFORMS_TOLD 5

/* RFC 2131 4.4.3: an ACK of any server is the answer. */
static void take_parameters(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (s->message->type != DHCP4_TYPE_ACK || c->retransmit_at == NSEC_NEVER) {
		step_reject(s, REJECT_UNEXPECTED);
		return;
	}
	dhcp4_options_copy(&c->lease.options, &s->message->options);
	c->lease.local_names = override_names_this_host(s->config->override);
	c->lease.server_id = IPV4_ANY;
	dhcp4_options_get_address(&c->lease.options, DHCP4_OPTION_SERVER_ID, 0,
				  &c->lease.server_id);
	admit_answer(s);
	c->retransmit_at = NSEC_NEVER;
	c->counters.received[DHCP4_TYPE_ACK]++;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_INFORMED,
					      .server = c->lease.server_id });
}

static void send_inform(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_send_request(s, DHCP4_REQUEST_INFORM);
	if (c->tries == INFORMS_TOLD)
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_SILENT,
				       .address = s->config->inform_address });
	c->retransmit_at = nsec_add(c->now, backoff_exchange(&c->prng, c->tries));
}

static void begin(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_draw_xid(c);
	c->send_at = NSEC_NEVER;
	c->exchange_ns = c->now;
	c->restart_at = nsec_add(c->now, RESTART_SPACING_NS);
	c->tries = 0;
	send_inform(s);
}

static void informing_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->carrier && step_is_due(s, c->send_at))
		begin(s);
	else if (step_is_due(s, c->retransmit_at))
		send_inform(s);
}

void informing(struct step *s)
{
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		informing_due(s);
		break;
	case DHCP4_EVENT_FRAME:
		take_parameters(s);
		break;
	case DHCP4_EVENT_CARRIER:
		s->client->retransmit_at = NSEC_NEVER;
		s->client->send_at = s->client->now;
		step_carrier_awaited(s);
		break;
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_RECONFIGURE:
		s->client->send_at = s->client->now;
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_ADDRESS_LOST:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}
