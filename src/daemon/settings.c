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
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/auth_file.h"
#include "daemon/config.h"
#include "daemon/draft.h"
#include "daemon/keys.h"
#include "daemon/log.h"
#include "daemon/options.h"
#include "daemon/rules.h"
#include "daemon/sent.h"
#include "daemon/settings_check.h"

/*
 * The host's own name, but none of those that any host may have. What is no
 * host name is refused by the key's own rule, and then none is sent.
 */
static enum settings_result set_own_hostname(struct draft *draft)
{
	static const char *const unset[] = { "localhost",
					     "localhost.localdomain", "(none)" };
	const struct key *key = key_of_name("hostname");
	struct settings *s = draft->settings;
	char name[DHCP4_HOSTNAME_MAX + 1];
	const char *error;

	if (key_set_has(&draft->given, key) || gethostname(name, sizeof(name)) < 0)
		return SETTINGS_OK;
	name[sizeof(name) - 1] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(unset); i++)
		if (str_is_same_hostname(name, unset[i]))
			return SETTINGS_OK;
	error = key_apply(key, name, s, &s->common);
	if (error)
		return error == rule_no_memory ? draft_fail_memory(draft)
					       : SETTINGS_OK;
	s->common.sent->hostname_given = false;
	return origins_add(&s->origins, key,
			   (struct origin){ .file = ORIGIN_HOST }, name)
		       ? SETTINGS_OK
		       : draft_fail_memory(draft);
}

/* Where neither arguments nor sections say which links are managed. */
static enum settings_result choose_default(struct draft *draft)
{
	static const struct selector eth0 = { .by = SELECTOR_BY_NAME,
					      .text = "eth0" };
	struct settings *s = draft->settings;
	const char *error = s->wanted_count + s->section_count
				    ? NULL
				    : settings_want(s, &eth0);

	return error ? draft_fail(draft, EXIT_CODE_FAILED, "%s", error)
		     : SETTINGS_OK;
}

static void make_fast(enum acd_mode *mode)
{
	if (*mode == ACD_MODE_OPTIMISTIC)
		*mode = ACD_MODE_FAST;
}

/* Who quits once the address is set sees nothing of what comes out later. */
static enum settings_result reconcile_acd(struct draft *draft)
{
	struct settings *s = draft->settings;

	if (!s->quit)
		return SETTINGS_OK;
	make_fast(&s->common.acd);
	for (size_t i = 0; i < s->section_count; i++)
		make_fast(&s->sections[i].iface.acd);
	return SETTINGS_OK;
}

/* A process without privileges may not read what root could at the start. */
static bool may_keep_keys(const struct draft *draft)
{
	const struct settings *former = draft->former;

	return former && former->auth_keys &&
	       strcmp(former->auth_file, draft->settings->auth_file) == 0;
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
		return draft_fail_memory(draft);
	error = auth_file_read(s->auth_file, s->auth_keys, &line);
	if (!error)
		return SETTINGS_OK;
	if (line || !may_keep_keys(draft))
		return draft_fail_at(draft, s->auth_file, line, "%s%s",
				     line ? "this line " : "", error);
	log_warning("%s: %s; its keys stay the ones read at the start",
		    s->auth_file, error);
	*s->auth_keys = *draft->former->auth_keys;
	s->auth_keys_kept = true;
	return SETTINGS_OK;
}

/* Names what was read, for --check. */
static enum settings_result answer_check(struct draft *draft)
{
	const struct settings *s = draft->settings;

	if (!s->check)
		return SETTINGS_OK;
	if (settings_check_host(draft) != SETTINGS_OK)
		return SETTINGS_FAILED;
	if (s->origins.file_count == 0)
		puts(CONFIG_DEFAULT ": ok (not there, so the defaults hold)");
	for (size_t i = 0; i < s->origins.file_count; i++)
		printf("%s: ok\n", s->origins.files[i]);
	if (s->auth_file)
		printf("%s: ok\n", s->auth_file);
	if (s->duid_file)
		printf("%s: ok\n", s->duid_file);
	return options_printed(draft) ? SETTINGS_DONE : SETTINGS_FAILED;
}

/* Where the process was when it started, if it has moved since. */
static enum settings_result find_file_again(struct draft *draft)
{
	struct settings *s = draft->settings;
	char *path;

	if (!draft->former || !s->config_file)
		return SETTINGS_OK;
	path = strdup(draft->former->config_file);
	if (!path)
		return draft_fail_memory(draft);
	free(s->config_file);
	s->config_file = path;
	return SETTINGS_OK;
}

static void set_defaults(struct settings *s)
{
	*s = (struct settings){
		.timeout_s = SETTINGS_TIMEOUT_DEFAULT_S,
		.log_level = LOG_LEVEL_NOTICE,
		.ready_fd = -1,
		.record_kib = SETTINGS_RECORD_DEFAULT_KIB,
		.hooks = true,
		.hook_timeout_s = SETTINGS_HOOK_TIMEOUT_DEFAULT_S,
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
}

/*
 * For a later time, when the process may be elsewhere; as it is if that fails. A
 * link stays one: the directory of other files is beside its own name.
 */
static void make_absolute(char **path)
{
	char *here = *path && **path != '/' ? getcwd(NULL, 0) : NULL;
	char *absolute;

	if (here && asprintf(&absolute, "%s/%s", here, *path) >= 0) {
		free(*path);
		*path = absolute;
	}
	free(here);
}

enum settings_result settings_read(int argc, char **argv,
				   const struct settings *former,
				   struct settings *ret,
				   struct settings_error *ret_error)
{
	static enum settings_result (*const steps[])(struct draft *) = {
		set_own_hostname, find_file_again, config_read,
		choose_default,	  reconcile_acd,   read_keys,
		settings_check,	  answer_check,
	};
	struct draft draft = { .settings = ret,
			       .former = former,
			       .error = ret_error };
	enum settings_result result;

	set_defaults(ret);
	if (!sent_edit(&ret->common.sent))
		return draft_fail_memory(&draft);
	result = options_read(&draft, argc, argv);
	for (size_t i = 0; i < ARRAY_SIZE(steps) && result == SETTINGS_OK; i++)
		result = steps[i](&draft);
	return result;
}

/* Not inlined: what is said of an error would lie below a whole life. */
__attribute__((noinline)) enum settings_result settings_load(
	int argc, char **argv, struct settings *ret, enum exit_code *ret_code)
{
	struct settings_error error;
	enum settings_result result =
		settings_read(argc, argv, NULL, ret, &error);

	make_absolute(&ret->config_file);
	if (result != SETTINGS_FAILED)
		return result;
	*ret_code = error.code;
	if (error.line)
		log_error("%s:%u: %s", error.file, error.line, error.message);
	else if (*error.file)
		log_error("%s: %s", error.file, error.message);
	else
		log_error("%s", error.message);
	return result;
}

void iface_settings_copy(struct iface_settings *iface,
			 const struct iface_settings *from)
{
	struct sent_settings *before = iface->sent;

	*iface = *from;
	sent_ref(iface->sent);
	sent_unref(before);
}

void iface_settings_clear(struct iface_settings *iface)
{
	sent_unref(iface->sent);
	*iface = (struct iface_settings){ 0 };
}

enum log_level settings_log_level(const struct settings *s)
{
	unsigned level = s->log_level + s->verbosity;

	return level < LOG_LEVEL_DEBUG ? (enum log_level)level : LOG_LEVEL_DEBUG;
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
	free(s->script);
	free(s->hooks_skipped);
	free(s->duid_file);
	free(s->auth_file);
	free(s->control_group);
	origins_free(&s->origins);
	if (s->auth_keys)
		auth_file_wipe(s->auth_keys);
	free(s->auth_keys);
	for (size_t i = 0; i < s->section_count; i++)
		iface_settings_clear(&s->sections[i].iface);
	free(s->sections);
	free(s->wanted);
	selector_index_free(&s->wanted_index);
	selector_index_free(&s->section_index);
	iface_settings_clear(&s->common);
	*s = (struct settings){ 0 };
}
