/* SPDX-License-Identifier: BSD-2-Clause */
/* Subscribing; what is told then is events.c's. */
#include "daemon/control_events.h"

#include "daemon/subscription.h"

void control_subscribe(struct varlink_peer *peer,
		       const struct varlink_method *method,
		       const json_t *parameters, nsec now)
{
	const char *name = NULL;

	(void)method, (void)now;
	if (!varlink_take_text(peer, parameters, "interface", true, &name) ||
	    (name && !control_find(peer, name)))
		return;
	if (!peer->more) {
		varlink_error(peer, "org.varlink.service.ExpectedMore",
			      json_object());
		return;
	}
	/* Or nobody wants to know. */
	if (!peer->oneway &&
	    subscription_open(&peer->subscription, peer->events, name,
			      varlink_may_control(peer)) < 0)
		peer->failed = true;
}
