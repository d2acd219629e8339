/* SPDX-License-Identifier: BSD-2-Clause */
/* A command is a method and the words for its outcome. */
#include "ctl/steer.h"

#include <stdio.h>
#include <stdlib.h>

#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/show.h"

/* ---- what is awaited --------------------------------------------------------- */

/* What was done, in words; lease is null where there is none. */
typedef void outcome_words(struct str *, const json_t *lease);

static int await(const struct call *call, const char *method, outcome_words *words)
{
	int code = EXIT_FAILURE;
	json_auto_t *outcome =
		census_await(call, method,
			     json_pack("{s:i}", "waitSeconds", (int)call->wait_s),
			     call->wait_s + ANSWER_TIMEOUT_S, &code);
	char text[256];
	struct str s = str_over(text, sizeof(text));

	if (!outcome)
		return code;
	show_clean(&s, call->interface);
	str_text(&s, ": ");
	words(&s, json_object_get(outcome, "lease"));
	printf("%s\n", text);
	return EXIT_SUCCESS;
}

static void words_renewed(struct str *s, const json_t *lease)
{
	show_granted(s, "renewed", lease);
}

static void words_rebound(struct str *s, const json_t *lease)
{
	show_granted(s, "rebound", lease);
}

static void words_started(struct str *s, const json_t *lease)
{
	show_granted(s, "started", lease);
}

static void words_accepted(struct str *s, const json_t *lease)
{
	show_granted(s, "accepted", lease);
}

static void words_released(struct str *s, const json_t *lease)
{
	if (!json_is_object(lease)) {
		str_text(s, "stopped; there was no lease to release");
		return;
	}
	str_text(s, "released ");
	show_clean(s, json_string_value(json_object_get(lease, "address")));
}

static void words_stopped(struct str *s, const json_t *lease)
{
	str_text(s, "stopped");
	if (!json_is_object(lease))
		return;
	str_text(s, "; ");
	show_address(s, lease);
	str_text(s, " stays for ");
	show_seconds(s, json_object_get(lease, "expiresInSeconds"), "ever");
}

int steer_renew(const struct call *call)
{
	return await(call, CLIENT "Renew", words_renewed);
}

int steer_rebind(const struct call *call)
{
	return await(call, CLIENT "Rebind", words_rebound);
}

int steer_release(const struct call *call)
{
	return await(call, CLIENT "Release", words_released);
}

int steer_stop(const struct call *call)
{
	return await(call, CLIENT "Stop", words_stopped);
}

int steer_start(const struct call *call)
{
	return await(call, CLIENT "Start", words_started);
}

int steer_accept(const struct call *call)
{
	return await(call, CLIENT "Accept", words_accepted);
}

/* ---- what is done at once ------------------------------------------------------ */

static int tell(const struct call *call, const char *method, json_t *parameters,
		const char *words)
{
	int code = EXIT_FAILURE;
	json_t *outcome =
		census_call(call, method, parameters, ANSWER_TIMEOUT_S, &code);

	if (!outcome)
		return code;
	json_decref(outcome);
	printf("%s: %s\n", call->interface, words);
	return EXIT_SUCCESS;
}

int steer_network(const struct call *call)
{
	return tell(call, CLIENT "SetNetwork",
		    json_pack("{s:s}", "network", call->word), "told");
}

int steer_forget(const struct call *call)
{
	return tell(call, CLIENT "ForgetServers", json_object(),
		    "all servers are forgotten; the next one that grants a lease "
		    "is remembered");
}
