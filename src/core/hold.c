/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An extension that changes more than times (renew-changes): it is told, and if
 * that is wanted, the lease goes on as it was. What was held back is not kept: who
 * accepts it has the server asked again.
 */
#include "core/step.h"

bool hold_changes(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool extends = c->state == DHCP4_STATE_RENEWING ||
		       c->state == DHCP4_STATE_REBINDING;
	uint8_t changes = extends ? changes_between(&c->lease, s->message) : 0;
	bool hold = s->config->renew_changes == RENEW_CHANGES_HOLD &&
		    !c->accepting && changes;
	bool known = hold && c->held == changes;
	ipv4_addr server = IPV4_ANY;

	c->held = hold ? changes : 0;
	/* Each renewal brings the same until somebody has looked at it. */
	if (!changes || known)
		return hold;
	dhcp4_options_get_address(&s->message->options, DHCP4_OPTION_SERVER_ID,
				  0, &server);
	step_notice(s, (struct dhcp4_notice){ .kind = hold ? DHCP4_NOTICE_HELD
							   : DHCP4_NOTICE_CHANGED,
					      .server = server,
					      .changes = changes });
	return hold;
}
