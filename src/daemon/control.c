/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of methods, and what they share. */
#include "daemon/control.h"

#include "base/assert.h"
#include "daemon/control_command.h"
#include "daemon/control_events.h"
#include "daemon/control_manage.h"
#include "daemon/control_reload.h"
#include "daemon/control_servers.h"
#include "daemon/control_status.h"
#include "daemon/description.h"
#include "daemon/varlink.h"

void control_fail(struct varlink_peer *peer, const char *error,
		  const char *interface, const char *message)
{
	varlink_error(peer, error,
		      json_pack("{s:s, s:s}", "interface", interface, "message",
				message));
}

struct managed *control_find(struct varlink_peer *peer, const char *name)
{
	struct managed *managed = daemon_find(peer->daemon, name);

	if (!managed)
		control_fail(peer, CONTROL_ERROR("NoSuchInterface"), name,
			     "not managed; 'tenurectl status' lists what is");
	return managed;
}

struct managed *control_take(struct varlink_peer *peer, const json_t *parameters)
{
	const char *name;

	return varlink_take_text(peer, parameters, "interface", false, &name)
		       ? control_find(peer, name)
		       : NULL;
}

static const struct varlink_method methods[] = {
	{ "Status", VARLINK_LEVEL_READ, control_status, NULL },
	{ "ListInterfaces", VARLINK_LEVEL_READ, control_list, NULL },
	{ "GetLease", VARLINK_LEVEL_READ, control_lease, NULL },
	{ "Statistics", VARLINK_LEVEL_READ, control_statistics, NULL },
	{ "Subscribe", VARLINK_LEVEL_READ, control_subscribe, NULL },
	{ "Configuration", VARLINK_LEVEL_CONTROL, control_configuration, NULL },
	{ "AddInterface", VARLINK_LEVEL_ADMIN, control_add, NULL },
	{ "RemoveInterface", VARLINK_LEVEL_ADMIN, control_remove, NULL },
	{ "Reload", VARLINK_LEVEL_ADMIN, control_reload, NULL },
	{ "SetLogLevel", VARLINK_LEVEL_ADMIN, control_set_log_level, NULL },
	{ "Renew", VARLINK_LEVEL_CONTROL, control_command, &control_renew },
	{ "Rebind", VARLINK_LEVEL_CONTROL, control_command, &control_rebind },
	{ "Release", VARLINK_LEVEL_CONTROL, control_command, &control_release },
	{ "Stop", VARLINK_LEVEL_CONTROL, control_command, &control_stop },
	{ "Start", VARLINK_LEVEL_CONTROL, control_command, &control_start },
	{ "Record", VARLINK_LEVEL_ADMIN, control_record, NULL },
	{ "SetNetwork", VARLINK_LEVEL_CONTROL, control_set_network, NULL },
	{ "Accept", VARLINK_LEVEL_CONTROL, control_command, &control_accept },
	{ "ForgetServers", VARLINK_LEVEL_CONTROL, control_forget_servers, NULL },
	{ "Audit", VARLINK_LEVEL_CONTROL, control_audit, NULL },
};

const struct varlink_interface control_interface = {
	"org.tenured.Client", &description_client, methods, ARRAY_SIZE(methods)
};
