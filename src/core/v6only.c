/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Networks that prefer IPv6 alone (RFC 8925): who asked by option 108, and is told
 * so, leaves IPv4 alone for a while.
 */
#include "core/step.h"

/* RFC 8925 3.4, MIN_V6ONLY_WAIT */
#define V6ONLY_MIN_S 300

uint32_t v6only_seconds(const struct step *s)
{
	uint32_t seconds;

	if (!s->config->v6only ||
	    !dhcp4_options_get_u32(&s->message->options, DHCP4_OPTION_V6ONLY,
				   &seconds))
		return 0;
	return seconds < V6ONLY_MIN_S ? V6ONLY_MIN_S : seconds;
}

void step_begin_v6only(struct step *s, ipv4_addr server, uint32_t seconds)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_NONE) {
		step_send_ending(s, DHCP4_REQUEST_RELEASE);
		step_lose(s, DHCP4_LOSS_V6ONLY);
	}
	c->naks = 0;
	step_enter(s, DHCP4_STATE_V6ONLY_WAIT);
	c->send_at = nsec_add(c->now, seconds * NSEC_PER_S);
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_V6ONLY,
					      .server = server });
}

/* Another network may have IPv4, and so may this one by now if somebody asks. */
void v6only_wait(struct step *s)
{
	struct dhcp4_client *c = s->client;

	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		if (step_is_due(s, c->send_at))
			step_begin_init(s, c->now);
		break;
	case DHCP4_EVENT_CARRIER:
		step_begin_init(s, c->now);
		break;
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
		step_hurry(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		if (s->event->reconfigure.identity || !s->config->v6only)
			step_begin_init(s, c->now);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_FRAME:
		step_reject(s, REJECT_UNEXPECTED);
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
