/* SPDX-License-Identifier: BSD-2-Clause */
/* What is asked for is put together by report.c and its like. */
#include "daemon/control_status.h"

#include "daemon/report.h"
#include "daemon/report_configuration.h"
#include "daemon/report_list.h"
#include "daemon/report_statistics.h"

/* The interface that is named, or NULL if none is. False: the peer was told. */
static bool take_interface(struct varlink_peer *peer, const json_t *parameters,
			   const struct managed **ret)
{
	const char *name = NULL;

	if (!varlink_take_text(peer, parameters, "interface", true, &name))
		return false;
	*ret = name ? control_find(peer, name) : NULL;
	return !name || *ret;
}

void control_status(struct varlink_peer *peer,
		    const struct varlink_method *method,
		    const json_t *parameters, nsec now)
{
	const struct managed *only;

	(void)method;
	if (take_interface(peer, parameters, &only))
		varlink_reply(peer, report_daemon(peer->daemon, only, now,
						  varlink_may_control(peer)));
}

void control_record(struct varlink_peer *peer,
		    const struct varlink_method *method,
		    const json_t *parameters, nsec now)
{
	const struct managed *managed = control_take(peer, parameters);

	(void)method;
	if (!managed)
		return;
	if (managed->iface.host->recorder)
		varlink_reply(peer, report_recording(managed, now));
	else
		control_fail(peer, CONTROL_ERROR("NotRecorded"),
			     managed->iface.name,
			     "nothing is recorded, since record-size is 0 or "
			     "there was no memory; set it, and restart tenured");
}

void control_list(struct varlink_peer *peer, const struct varlink_method *method,
		  const json_t *parameters, nsec now)
{
	(void)method, (void)parameters, (void)now;
	varlink_reply(peer, report_list(peer->daemon));
}

void control_statistics(struct varlink_peer *peer,
			const struct varlink_method *method,
			const json_t *parameters, nsec now)
{
	const struct managed *only;

	(void)method;
	if (take_interface(peer, parameters, &only))
		varlink_reply(peer, report_statistics(peer->daemon, only, now));
}

void control_configuration(struct varlink_peer *peer,
			   const struct varlink_method *method,
			   const json_t *parameters, nsec now)
{
	const struct managed *only;

	(void)method, (void)now;
	if (take_interface(peer, parameters, &only))
		varlink_reply(peer, report_configuration(peer->daemon, only));
}

void control_lease(struct varlink_peer *peer, const struct varlink_method *method,
		   const json_t *parameters, nsec now)
{
	const struct managed *managed = control_take(peer, parameters);

	(void)method;
	if (managed)
		varlink_reply(
			peer,
			json_pack("{s:o}", "lease",
				  report_lease_of(managed, now,
						  varlink_may_control(peer))));
}
