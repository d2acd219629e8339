/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon that is to manage an interface is one that manages several. */
#include "ctl/ownership.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/census.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/memory.h"
#include "ctl/show.h"

/* The socket of a daemon that is not of one interface alone. */
#define COMMON_SOCKET "/tenured.sock"

/* "metric=100", "dns=no" as an object; NULL: one is no setting, which was said. */
static json_t *settings_of(const struct call_list *list)
{
	json_t *settings = json_object();

	for (unsigned i = 0; i < list->count; i++) {
		char *key = memory_text(list->items[i]);
		char *equals = strchr(key, '=');
		json_t *value = equals ? json_string(equals + 1) : NULL;

		if (equals)
			*equals = '\0';
		if (!value || !*key) {
			fail_usage(list->items[i],
				   "is no setting: KEY=VALUE is wanted");
			json_decref(settings);
			settings = NULL;
		}
		if (json_object_get(settings, key)) {
			fail_usage(list->items[i], "sets the same key again");
			json_decref(settings);
			settings = NULL;
		}
		json_object_set_new(settings, key, value);
		free(key);
		if (!settings)
			break;
	}
	return settings;
}

static bool is_common(const json_t *daemon)
{
	const char *path = member_text(daemon, "socket");
	size_t length = strlen(path), end = strlen(COMMON_SOCKET);

	return length >= end && !strcmp(path + length - end, COMMON_SOCKET);
}

/* The daemon that is to have it, or NULL: *ret_code. */
static const char *find_taker(const struct call *call,
			      const struct census *census, int *ret_code)
{
	const json_t *daemon, *taker = NULL;
	size_t i, common = 0;

	if (!json_array_size(census->daemons)) {
		*ret_code = census_fail(call, census);
		return NULL;
	}
	json_array_foreach (census->daemons, i, daemon) {
		if (is_common(daemon) || json_array_size(census->daemons) == 1) {
			taker = daemon;
			common++;
		}
	}
	if (common == 1)
		return member_text(taker, "socket");
	*ret_code = fail(EX_USAGE, call->interface,
			 "several daemons could manage it; choose by --instance "
			 "or --socket");
	return NULL;
}

int ownership_add(const struct call *call)
{
	struct call all = *call;
	json_auto_t *outcome = NULL, *settings = settings_of(&call->settings);
	struct census census;
	char text[128];
	struct str s = str_over(text, sizeof(text));
	const char *path;
	int code = EX_USAGE;

	if (!call->key)
		return fail_usage("--key", "is wanted: whose interface it is");
	if (!settings)
		return EX_USAGE;
	all.interface = NULL;
	census = census_take(&call->place, NULL);
	path = find_taker(&all, &census, &code);
	if (path)
		outcome = census_await_at(
			call, path, CLIENT "AddInterface",
			json_pack("{s:s, s:O, s:i}", "key", call->key, "settings",
				  settings, "waitSeconds", (int)call->wait_s),
			call->wait_s + ANSWER_TIMEOUT_S, &code);
	census_free(&census);
	if (!outcome)
		return code;
	show_granted(&s, "added", json_object_get(outcome, "lease"));
	printf("%s: %s\n", call->interface, text);
	return EXIT_SUCCESS;
}

int ownership_remove(const struct call *call)
{
	bool release = call->given & OPTION_BIT(OPTION_RELEASE);
	json_auto_t *outcome = NULL;
	int code = EXIT_FAILURE;

	if (!call->key)
		return fail_usage("--key",
				  "is wanted: the one it was added with");
	outcome = census_call(call, CLIENT "RemoveInterface",
			      json_pack("{s:s, s:b}", "key", call->key,
					"release", release),
			      ANSWER_TIMEOUT_S, &code);
	if (!outcome)
		return code;
	printf("%s: removed%s\n", call->interface,
	       release ? ", its lease is given back"
		       : "; a lease that it had stays to its expiry");
	return EXIT_SUCCESS;
}
