/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An address or route that somebody removed from the kernel comes back, but not
 * against a will that is firm: three times a minute, then a while is waited. What
 * the kernel flushed by itself, with the link's state, is nobody's will.
 */
#include "base/assert.h"
#include "core/step.h"

#define PERIOD_NS (60 * NSEC_PER_S)

/* The kernel counts whole seconds, and may be done with an address before us. */
#define EXPIRY_NS (2 * NSEC_PER_S)

bool restore_is_expiry(const struct step *s)
{
	return s->kind == DHCP4_EVENT_ADDRESS_LOST &&
	       s->lost == DHCP4_ADDRESS_LOST_REMOVED &&
	       nsec_until(s->client->now, s->client->lease.expiry_ns) <=
		       EXPIRY_NS;
}

static void take_turn(struct dhcp4_client *c)
{
	for (unsigned i = 1; i < DHCP4_RESTORES_MAX; i++)
		c->restore_free[i - 1] = c->restore_free[i];
	c->restore_free[DHCP4_RESTORES_MAX - 1] = nsec_add(c->now, PERIOD_NS);
	c->restore_at = NSEC_NEVER;
}

/* Left as it is until the oldest turn is a minute old; it is told once. */
static void put_off(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->restore_at == NSEC_NEVER)
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_LEFT,
				       .address = s->fallback_before
							  ? s->fallback_before
							  : c->lease.address });
	c->restore_at = c->restore_free[0];
}

void restore_note(struct step *s)
{
	s->lost = s->event->address_lost;
	switch (s->lost) {
	case DHCP4_ADDRESS_LOST_REMOVED:
		if (s->config->address_removed == DHCP4_REMOVAL_RELEASE)
			return;
		/* fall through */
	case DHCP4_ADDRESS_LOST_PARTLY:
		s->restore = step_is_due(s, s->client->restore_free[0]);
		if (s->restore)
			take_turn(s->client);
		else
			put_off(s);
		return;
	case DHCP4_ADDRESS_LOST_FLUSHED:
		s->restore = true;
		return;
	case DHCP4_ADDRESS_LOST_CONFLICT:
		return;
	}
	UNREACHABLE();
}

void restore_settle(struct step *s)
{
	if (!step_is_due(s, s->client->restore_at))
		return;
	take_turn(s->client);
	s->reconfigure = s->fallback_again = true;
}
