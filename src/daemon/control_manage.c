/* SPDX-License-Identifier: BSD-2-Clause */
/* What is managed belongs to whoever added it, or to the configuration. */
#include "daemon/control_manage.h"

#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/report_statistics.h"
#include "lease/report_leaf.h"

static bool invalid(struct varlink_peer *peer, const char *parameter)
{
	varlink_error(peer, "org.varlink.service.InvalidParameter",
		      json_pack("{s:s}", "parameter", parameter));
	return false;
}

/* Somebody else's, or the configuration's. */
static void refuse_busy(struct varlink_peer *peer, const struct managed *managed)
{
	const char *owner = managed->key;

	varlink_error(peer, CONTROL_ERROR("InterfaceBusy"),
		      json_pack("{s:o, s:o, s:s}", "interface",
				report_name(managed->iface.name), "owner",
				owner ? json_string(owner) : json_null(),
				"message",
				owner ? "added with another key; who did that "
					"has to remove it"
				      : "the configuration has it; change that "
					"and 'tenurectl reload'"));
}

static bool take_key(struct varlink_peer *peer, const json_t *parameters,
		     const char **ret)
{
	if (!varlink_take_text(peer, parameters, "key", false, ret))
		return false;
	if (!**ret || strlen(*ret) > CONTROL_KEY_MAX || !str_is_printable(*ret))
		return invalid(peer, "key");
	return true;
}

void control_remove(struct varlink_peer *peer,
		    const struct varlink_method *method,
		    const json_t *parameters, nsec now)
{
	struct managed *managed;
	const char *name, *key;
	bool release = false;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", false, &name) ||
	    !take_key(peer, parameters, &key) ||
	    !varlink_take_flag(peer, parameters, "release", &release))
		return;
	managed = control_find(peer, name);
	if (!managed)
		return;
	if (!members_is_of(managed, key)) {
		refuse_busy(peer, managed);
		return;
	}
	members_remove(managed, release, now);
	varlink_reply(peer, json_object());
}

void control_set_log_level(struct varlink_peer *peer,
			   const struct varlink_method *method,
			   const json_t *parameters, nsec now)
{
	const char *name;
	unsigned level = 0;

	(void)method, (void)now;
	if (!varlink_take_text(peer, parameters, "level", false, &name))
		return;
	while (level < REPORT_LEVELS && strcmp(report_levels[level], name) != 0)
		level++;
	if (level == REPORT_LEVELS) {
		invalid(peer, "level");
		return;
	}
	log_set_level((enum log_level)level);
	log_notice("log-level is %s from now on", name);
	varlink_reply(peer, json_object());
}
