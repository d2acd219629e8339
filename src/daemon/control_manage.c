/* SPDX-License-Identifier: BSD-2-Clause */
/* What is managed belongs to whoever added it, or to the configuration. */
#include "daemon/control_manage.h"

#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "daemon/control_command.h"
#include "daemon/keys.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/members.h"
#include "daemon/refusal.h"
#include "daemon/rules.h"
#include "lease/report_leaf.h"

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
		return varlink_invalid(peer, "key");
	return true;
}

/* ---- adding -------------------------------------------------------------- */

static bool refuse_setting(struct varlink_peer *peer, const char *name,
			   const char *setting, const char *message)
{
	varlink_error(peer, CONTROL_ERROR("SettingInvalid"),
		      json_pack("{s:s, s:s, s:s}", "interface", name, "setting",
				setting, "message", message));
	return false;
}

static bool refuse_unknown(struct varlink_peer *peer, const char *name,
			   const char *setting)
{
	const char *nearest = key_nearest(setting, false);
	char message[160];
	struct str s = str_over(message, sizeof(message));

	str_text(&s, "there is no such setting of an interface");
	if (nearest) {
		str_text(&s, "; did you mean ");
		str_text(&s, nearest);
		str_char(&s, '?');
	}
	return refuse_setting(peer, name, setting, message);
}

/* One after another, each as if it stood in a section of the file. */
static bool apply_settings(struct varlink_peer *peer, const char *name,
			   const json_t *wanted, struct iface_settings *own)
{
	const char *setting, *error;
	json_t *value;

	json_object_foreach ((json_t *)(uintptr_t)wanted, setting, value) {
		const struct key *key = key_of_name(setting);

		if (!key || key->scope != KEY_SCOPE_IFACE)
			return refuse_unknown(peer, name, setting);
		if (!json_is_string(value))
			return varlink_invalid(peer, "settings");
		error = key_apply(key, json_string_value(value), NULL, own);
		if (error)
			return refuse_setting(peer, name, setting, error);
	}
	error = settings_check_iface(peer->daemon->settings, own);
	return error ? refuse_setting(peer, name, "", error) : true;
}

/* What the configuration says of the link, and what is wanted besides; or NULL. */
static struct iface_settings *own_settings(struct varlink_peer *peer,
					   const char *name, const json_t *wanted)
{
	struct settings *settings = peer->daemon->settings;
	const struct iface_settings *base = NULL;
	struct iface_settings *own = calloc(1, sizeof(*own));
	struct link_info link;

	if (!own) {
		peer->failed = true;
		return NULL;
	}
	/* Who is not there is not managed: members_add() says so. */
	if (link_find(name, &link) == 0)
		base = settings_for_link(settings, name, &link);
	iface_settings_copy(own, base ? base : &settings->common);
	if (apply_settings(peer, name, wanted, own))
		return own;
	iface_settings_clear(own);
	free(own);
	return NULL;
}

static void refuse_member(struct varlink_peer *peer, const char *name,
			  const struct members_result *result)
{
	char message[512];
	struct str s = str_over(message, sizeof(message));

	if (result->error == MEMBERS_BUSY) {
		refuse_busy(peer, result->managed);
		return;
	}
	refusal_explain(result, peer->daemon, name, &s);
	control_fail(peer, CONTROL_ERROR("NotManageable"), name, message);
}

void control_add(struct varlink_peer *peer, const struct varlink_method *method,
		 const json_t *parameters, nsec now)
{
	struct members_wish wish = { .membership = MEMBERSHIP_KEY };
	json_int_t wait_s = CONTROL_WAIT_DEFAULT_S;
	const json_t *wanted = json_object_get(parameters, "settings");
	struct members_result result;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", false, &wish.name) ||
	    !take_key(peer, parameters, &wish.key) ||
	    !varlink_take_int(peer, parameters, "waitSeconds",
			      CONTROL_WAIT_MAX_S, &wait_s))
		return;
	if (wanted && !json_is_null(wanted) && !json_is_object(wanted)) {
		varlink_invalid(peer, "settings");
		return;
	}
	wish.own = own_settings(peer, wish.name, wanted);
	if (!wish.own)
		return;
	members_add(peer->daemon, &wish, now, &result);
	if (result.error == MEMBERS_OK) {
		json_decref(result.managed->added);
		result.managed->added = json_deep_copy(wanted);
		control_await_start(peer, result.managed, wait_s, now);
	} else {
		refuse_member(peer, wish.name, &result);
	}
}

/* ---- removing ------------------------------------------------------------ */

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

/* ---- the whole ----------------------------------------------------------- */

void control_set_log_level(struct varlink_peer *peer,
			   const struct varlink_method *method,
			   const json_t *parameters, nsec now)
{
	enum log_level level;
	const char *name;

	(void)method, (void)now;
	if (!varlink_take_text(peer, parameters, "level", false, &name))
		return;
	if (rule_log_level(name, &level)) {
		varlink_invalid(peer, "level");
		return;
	}
	log_set_level(level);
	log_notice("log-level is %s from now on", name);
	varlink_reply(peer, json_object());
}
