/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Networks are named, and servers forgotten, at once; an audit is answered when its
 * wait is over.
 */
#include "daemon/control_servers.h"

#include <errno.h>

#include "daemon/audit.h"
#include "daemon/known.h"
#include "daemon/networks.h"
#include "daemon/servers.h"

void control_forget_servers(struct varlink_peer *peer,
			    const struct varlink_method *method,
			    const json_t *parameters, nsec now)
{
	struct managed *managed = control_take(peer, parameters);

	(void)method;
	if (!managed)
		return;
	if (!managed->iface.pins) {
		control_fail(peer, CONTROL_ERROR("NotPinned"),
			     managed->iface.name,
			     "server-pin is off, so no server is remembered");
		return;
	}
	servers_forget(managed, now);
	varlink_reply(peer, json_object());
}

/* What a person is told says what to do next. */
static const char *why_not(int error)
{
	if (error == -EBUSY)
		return "another audit of it is under way; wait for its end";
	if (error == -ENETDOWN)
		return "no carrier; is the link connected?";
	return "the DISCOVER could not be sent; try again";
}

void control_audit(struct varlink_peer *peer, const struct varlink_method *method,
		   const json_t *parameters, nsec now)
{
	json_int_t wait_s = CONTROL_AUDIT_DEFAULT_S;
	struct managed *managed;
	const char *name;
	int r;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", false, &name) ||
	    !varlink_take_int(peer, parameters, "waitSeconds",
			      CONTROL_AUDIT_MAX_S, &wait_s))
		return;
	managed = control_find(peer, name);
	/* Or nobody wants to know. */
	if (!managed || peer->oneway)
		return;
	r = audit_start(managed);
	if (r < 0)
		control_fail(peer, CONTROL_ERROR("NotAudited"), name, why_not(r));
	else
		control_await_audit(peer, managed,
				    nsec_add(now, (nsec)wait_s * NSEC_PER_S));
}

void control_set_network(struct varlink_peer *peer,
			 const struct varlink_method *method,
			 const json_t *parameters, nsec now)
{
	const char *name, *text;
	struct managed *managed;
	struct network_id id;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", false, &name) ||
	    !varlink_take_text(peer, parameters, "network", false, &text))
		return;
	managed = control_find(peer, name);
	if (!managed)
		return;
	if (!network_id_read(text, &id)) {
		varlink_invalid(peer, "network");
		return;
	}
	daemon_name_network(managed, &id, now);
	varlink_reply(peer, json_object());
}
