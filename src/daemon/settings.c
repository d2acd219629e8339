/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The settings of a process: defaults, then command line and file, then what
 * several of them mean together. What a single key may be is its rule's.
 */
#include "daemon/settings.h"

#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/auth_file.h"
#include "daemon/config.h"
#include "daemon/draft.h"
#include "daemon/keys.h"
#include "daemon/options.h"
#include "daemon/rules.h"
#include "daemon/sent.h"

#define IFACE_DEFAULT "eth0"

/*
 * The host's own name, but none of those that any host may have. What is no
 * host name is refused by the key's own rule, and then none is sent.
 */
static void set_own_hostname(struct draft *draft)
{
	static const char *const unset[] = { "localhost",
					     "localhost.localdomain", "(none)" };
	char name[DHCP4_HOSTNAME_MAX + 1];

	if (gethostname(name, sizeof(name)) < 0)
		return;
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(unset); i++)
		if (strcasecmp(name, unset[i]) == 0)
			return;
	key_apply(key_of_name("hostname"), name, draft->settings, &draft->common);
	draft->common.sent->hostname_given = false;
}

/* Those named on the command line, else the file's sections, else the default. */
static enum settings_result choose_ifaces(struct draft *draft)
{
	struct settings *s = draft->settings;

	if (s->iface_count == 0 && draft->section_count > 0) {
		s->ifaces = draft->sections;
		s->iface_count = draft->section_count;
		draft->sections = NULL;
		draft->section_count = 0;
		return SETTINGS_OK;
	}
	if (s->iface_count == 0 &&
	    !draft_add_iface(&s->ifaces, &s->iface_count, IFACE_DEFAULT))
		return draft_fail(draft, EXIT_CODE_FAILED, "%s", rule_no_memory);
	for (size_t i = 0; i < s->iface_count; i++) {
		const struct iface_settings *section =
			draft_find_iface(draft->sections, draft->section_count,
					 s->ifaces[i].name);

		draft_inherit(&s->ifaces[i], section ? section : &draft->common);
	}
	return SETTINGS_OK;
}

/* Who quits once the address is set sees nothing of what comes out later. */
static enum settings_result reconcile_acd(struct draft *draft)
{
	const struct settings *s = draft->settings;

	for (size_t i = 0; s->quit && i < s->iface_count; i++) {
		if (s->ifaces[i].acd == ACD_MODE_OPTIMISTIC)
			s->ifaces[i].acd = ACD_MODE_FAST;
	}
	return SETTINGS_OK;
}

static enum settings_result check_process(struct draft *draft)
{
	const struct settings *s = draft->settings;

	if (s->background && s->fail_now)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "-b and -n exclude each other: without a lease "
				  "in time, -b goes on and -n gives up");
	if (s->quit && s->release_on_exit)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "-q and -R (release-on-exit) exclude each "
				  "other: one leaves the address in use, the "
				  "other gives it back");
	return SETTINGS_OK;
}

/* Whom to ask means nothing where nobody is. */
static enum settings_result check_inform(struct draft *draft)
{
	const struct settings *s = draft->settings;
	bool given = key_set_has(&draft->given, key_of_name("inform-server"));

	for (size_t i = 0; i < s->iface_count; i++) {
		const struct iface_settings *iface = &s->ifaces[i];

		if (!iface->inform.server || iface->inform.own ||
		    iface->inform.address)
			continue;
		return draft_fail(
			draft, given ? EXIT_CODE_USAGE : EXIT_CODE_CONFIGURATION,
			"%s: %s says which server to inform, but not about which "
			"address; inform does",
			given ? "--inform-server" : draft->path, iface->name);
	}
	return SETTINGS_OK;
}

/* The first interface that asks for the address. */
static const struct iface_settings *find_request(const struct settings *s,
						 ipv4_addr address)
{
	const struct iface_settings *iface = s->ifaces;

	while (iface->requested_address != address)
		iface++;
	return iface;
}

/* Asked for by two interfaces, an address could go to either. */
static enum settings_result check_requests(struct draft *draft)
{
	const struct settings *s = draft->settings;
	bool given = key_set_has(&draft->given, key_of_name("request"));

	for (size_t i = 0; i < s->iface_count; i++) {
		const struct iface_settings *iface = &s->ifaces[i], *first;

		if (!iface->requested_address)
			continue;
		first = find_request(s, iface->requested_address);
		if (first != iface)
			return draft_fail(
				draft,
				given ? EXIT_CODE_USAGE : EXIT_CODE_CONFIGURATION,
				"%s: an address can be requested for one "
				"interface only, not for both %s and %s",
				given ? "-r" : draft->path, first->name,
				iface->name);
	}
	return SETTINGS_OK;
}

static enum settings_result read_keys(struct draft *draft)
{
	struct settings *s = draft->settings;
	const char *error;
	unsigned line;

	if (!s->auth_file)
		return SETTINGS_OK;
	s->auth_keys = malloc(sizeof(*s->auth_keys));
	if (!s->auth_keys)
		return draft_fail(draft, EXIT_CODE_FAILED, "%s", rule_no_memory);
	error = auth_file_read(s->auth_file, s->auth_keys, &line);
	if (!error)
		return SETTINGS_OK;
	return line ? draft_fail(draft, EXIT_CODE_CONFIGURATION,
				 "%s:%u: this line %s", s->auth_file, line, error)
		    : draft_fail(draft, EXIT_CODE_CONFIGURATION, "%s: %s",
				 s->auth_file, error);
}

/* What is wrong with the authentication of an interface, or NULL. */
static const char *auth_error(const struct iface_settings *iface,
			      const struct auth_keys *of)
{
	if (!TENURED_WITH_NETTLE &&
	    (iface->force_renew || iface->auth == DHCP4_AUTH_DELAYED))
		return "auth delayed and force-renew need a tenured that was "
		       "built with nettle; this one was not";
	if (iface->anonymous &&
	    (iface->force_renew || iface->auth != DHCP4_AUTH_NONE))
		return "anonymous goes with neither auth nor force-renew: who "
		       "proves who it is is not anonymous";
	if (iface->auth == DHCP4_AUTH_TOKEN && iface->force_renew)
		return "auth token and force-renew exclude each other: a token "
		       "proves nothing of a FORCERENEW";
	if (iface->auth == DHCP4_AUTH_TOKEN && !(of && of->token_size))
		return "auth token needs auth-keys FILE with a line "
		       "\"token TEXT\"";
	if (iface->auth == DHCP4_AUTH_DELAYED && !(of && of->count))
		return "auth delayed needs auth-keys FILE with a line "
		       "\"ID SECRET\"";
	return NULL;
}

static enum settings_result check_auth(struct draft *draft)
{
	const struct settings *s = draft->settings;
	bool used = false;

	for (size_t i = 0; i < s->iface_count; i++) {
		const char *error = auth_error(&s->ifaces[i], s->auth_keys);

		if (error)
			return draft_fail(draft, EXIT_CODE_CONFIGURATION,
					  "%s: %s", s->ifaces[i].name, error);
		used |= s->ifaces[i].auth != DHCP4_AUTH_NONE;
	}
	if (s->auth_keys && !used)
		return draft_fail(draft, EXIT_CODE_CONFIGURATION,
				  "auth-keys does nothing without auth token "
				  "or auth delayed");
	return SETTINGS_OK;
}

/* An IAID is that of one interface (RFC 4361 6.1). */
static enum settings_result check_iaids(struct draft *draft)
{
	const struct settings *s = draft->settings;

	for (size_t i = 0; i < s->iface_count; i++) {
		const struct iface_settings *a = &s->ifaces[i];

		for (size_t j = 0; a->iaid.given && j < i; j++) {
			const struct iface_settings *b = &s->ifaces[j];

			if (b->iaid.given && a->iaid.number == b->iaid.number)
				return draft_fail(
					draft, EXIT_CODE_CONFIGURATION,
					"an IAID is for one interface only, not "
					"for both %s and %s",
					b->name, a->name);
		}
	}
	return SETTINGS_OK;
}

static enum settings_result check_sent(struct draft *draft)
{
	const struct settings *s = draft->settings;

	for (size_t i = 0; i < s->iface_count; i++) {
		if (!sent_fits(&s->ifaces[i]))
			return draft_fail(draft, EXIT_CODE_CONFIGURATION,
					  "%s: host name, classes and options "
					  "are too long to be sent together: "
					  "they have 512 octets in all",
					  s->ifaces[i].name);
	}
	return SETTINGS_OK;
}

static enum settings_result answer_check(struct draft *draft)
{
	if (!draft->settings->check)
		return SETTINGS_OK;
	printf("%s: ok%s\n", draft->path,
	       draft->file_absent ? " (not there, so the defaults hold)" : "");
	return options_printed(draft) ? SETTINGS_DONE : SETTINGS_FAILED;
}

static void free_ifaces(struct iface_settings *ifaces, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sent_unref(ifaces[i].sent);
	free(ifaces);
}

enum settings_result settings_load(int argc, char **argv, struct settings *ret,
				   enum exit_code *ret_code)
{
	static enum settings_result (*const steps[])(struct draft *) = {
		config_read,	choose_ifaces, reconcile_acd, check_process,
		check_requests, check_iaids,   check_sent,    check_inform,
		read_keys,	check_auth,    answer_check,
	};
	struct draft draft = {
		.settings = ret,
		.common = { .gateway = true,
			    .classless_routes = true,
			    .configure = true,
			    .acd = ACD_MODE_FAST,
			    .acd_defence = ACD_DEFENCE_ONCE,
			    .auth_required = true,
			    .metric = SETTINGS_METRIC_DEFAULT,
			    .known_networks = true,
			    .route_policy = route_policy_all,
			    .table = SETTINGS_TABLE_DEFAULT,
			    .mtu_min = SETTINGS_MTU_MIN_DEFAULT,
			    .dscp = SETTINGS_DSCP_DEFAULT,
			    .dns = true },
	};
	enum settings_result result;

	*ret = (struct settings){
		.timeout_s = SETTINGS_TIMEOUT_DEFAULT_S,
		.log_level = LOG_LEVEL_NOTICE,
		.ready_fd = -1,
		.record_kib = SETTINGS_RECORD_DEFAULT_KIB,
		.hooks = true,
		.hook_timeout_s = SETTINGS_HOOK_TIMEOUT_DEFAULT_S,
	};
	if (!sent_edit(&draft.common.sent)) {
		*ret_code = EXIT_CODE_FAILED;
		return draft_fail(&draft, EXIT_CODE_FAILED, "%s", rule_no_memory);
	}
	set_own_hostname(&draft);
	result = options_read(&draft, argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && result == SETTINGS_OK; i++)
		result = steps[i](&draft);
	if (result == SETTINGS_FAILED)
		*ret_code = draft.code;
	free_ifaces(draft.sections, draft.section_count);
	sent_unref(draft.common.sent);
	return result;
}

void settings_free(struct settings *s)
{
	free(s->pid_file);
	free(s->instance);
	free(s->user);
	free(s->run_dir);
	free(s->state_dir);
	free(s->config_file);
	free(s->hook_dir);
	free(s->hooks_skipped);
	free(s->duid_file);
	free(s->auth_file);
	free(s->control_group);
	if (s->auth_keys)
		auth_file_wipe(s->auth_keys);
	free(s->auth_keys);
	free_ifaces(s->ifaces, s->iface_count);
	*s = (struct settings){ 0 };
}
