/* SPDX-License-Identifier: BSD-2-Clause */
/* One method, of each daemon. */
#include "ctl/process.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/show.h"

/* To read all files again, and to set up what is new, takes longer than to tell. */
#define RELOAD_TIMEOUT_S 60

/* "; added eth1, eth2" */
static void put_names(struct str *s, const char *words, const json_t *names)
{
	const json_t *name;
	size_t i;

	if (!json_array_size(names))
		return;
	str_text(s, s->used ? "; " : "");
	str_text(s, words);
	json_array_foreach (names, i, name) {
		str_text(s, i ? ", " : " ");
		show_clean(s, json_string_value(name));
	}
}

static void tell_reloaded(void *context, const json_t *daemon, const json_t *told)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	(void)context;
	put_names(&s, "changed", json_object_get(told, "changed"));
	put_names(&s, "added", json_object_get(told, "added"));
	put_names(&s, "removed", json_object_get(told, "removed"));
	put_names(&s, "only after a restart:",
		  json_object_get(told, "restartNeeded"));
	put_names(&s, "as before, see the log:", json_object_get(told, "kept"));
	if (!s.used)
		str_text(&s, "nothing changed");
	printf("tenured %ju: %s\n", (uintmax_t)member_number(daemon, "pid"),
	       text);
}

int process_reload(const struct call *call)
{
	json_auto_t *parameters = json_object();

	return census_each(call, CLIENT "Reload", parameters, RELOAD_TIMEOUT_S,
			   tell_reloaded, NULL);
}

static void tell_level(void *context, const json_t *daemon, const json_t *told)
{
	const struct call *call = context;

	(void)told;
	printf("tenured %ju: logs %s\n",
	       (uintmax_t)member_number(daemon, "pid"), call->word);
}

int process_log_level(const struct call *call)
{
	json_auto_t *parameters = json_pack("{s:s}", "level", call->word);

	return census_each(call, CLIENT "SetLogLevel", parameters,
			   ANSWER_TIMEOUT_S, tell_level, (void *)(uintptr_t)call);
}
