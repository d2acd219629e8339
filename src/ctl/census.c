/* SPDX-License-Identifier: BSD-2-Clause */
/* Every socket is asked for its status; what is asked besides goes to one. */
#include "ctl/census.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/progress.h"
#include "ctl/show.h"

void census_free(struct census *census)
{
	json_decref(census->daemons);
}

static void ask(struct census *census, const struct service_place *place,
		const char *path, const char *interface)
{
	json_auto_t *reply = NULL;
	json_t *status;
	int error = service_call(path, CLIENT "Status",
				 json_pack("{s:s*}", "interface", interface),
				 ANSWER_TIMEOUT_S, &reply);

	if (error < 0) {
		if (place->socket || (error != -ECONNREFUSED && error != -ENOENT))
			census->code = fail_call(path, error);
		return;
	}
	census->answered++;
	if (reply_is_error(reply, CLIENT "NoSuchInterface"))
		return;
	status = json_object_get(reply, "parameters");
	if (json_object_get(reply, "error") || !json_is_object(status)) {
		census->code = fail_reply(path, reply);
		return;
	}
	json_object_set_new(status, "socket", json_string(path));
	json_array_append(census->daemons, status);
}

struct census census_take(const struct service_place *place, const char *interface)
{
	struct census census = { .daemons = json_array() };
	glob_t found;
	int error = service_find(place, &found);

	if (error < 0)
		census.code =
			fail(EXIT_FAILURE, place->run_dir, strerror(-error));
	for (size_t i = 0; i < found.gl_pathc; i++)
		ask(&census, place, found.gl_pathv[i], interface);
	globfree(&found);
	return census;
}

/* Nobody knows the interface: says which ones are known. */
static int fail_unknown(const struct call *call)
{
	__attribute__((cleanup(census_free))) struct census all =
		census_take(&call->place, NULL);
	const json_t *daemon, *interface;
	char text[512];
	struct str s = str_over(text, sizeof(text));
	size_t d, i;

	str_text(&s, "no daemon manages it; managed are:");
	json_array_foreach (all.daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface) {
			str_char(&s, ' ');
			show_clean(&s, json_string_value(json_object_get(
					       interface, "name")));
		}
	}
	return fail(EX_UNAVAILABLE, call->interface, text);
}

int census_fail(const struct call *call, const struct census *census)
{
	if (census->code)
		return census->code;
	if (census->answered && call->interface)
		return fail_unknown(call);
	return fail(EX_UNAVAILABLE,
		    call->place.socket ? call->place.socket : call->place.run_dir,
		    "no daemon answers here; 'tenured IFACE' starts one");
}

const char *census_one(const struct call *call, const struct census *census,
		       int *ret_code)
{
	const json_t *daemon;
	char text[512];
	struct str s = str_over(text, sizeof(text));
	size_t d;

	if (json_array_size(census->daemons) == 1) {
		daemon = json_array_get(census->daemons, 0);
		return json_string_value(json_object_get(daemon, "socket"));
	}
	if (!json_array_size(census->daemons)) {
		*ret_code = census_fail(call, census);
		return NULL;
	}
	str_text(&s, "several daemons manage it; choose by --socket:");
	json_array_foreach (census->daemons, d, daemon) {
		str_char(&s, ' ');
		show_clean(&s,
			   json_string_value(json_object_get(daemon, "socket")));
	}
	*ret_code = fail(EX_USAGE, call->interface, text);
	return NULL;
}

/* What a reply says if it is a good one. */
static json_t *take_reply(const struct call *call, const char *path, int error,
			  json_t *reply, int *ret_code)
{
	json_t *parameters = json_object_get(reply, "parameters");

	if (error < 0)
		*ret_code = fail_call(path, error);
	else if (json_object_get(reply, "error"))
		*ret_code = fail_reply(call->interface ? call->interface : path,
				       reply);
	else if (parameters && !json_is_object(parameters))
		*ret_code = fail_call(path, -EPROTO);
	else
		return parameters ? json_incref(parameters) : json_object();
	return NULL;
}

typedef int caller(const struct call *, const char *path, const char *method,
		   json_t *parameters, unsigned timeout_s, json_t **ret);

static int call_silently(const struct call *call, const char *path,
			 const char *method, json_t *parameters,
			 unsigned timeout_s, json_t **ret)
{
	(void)call;
	return service_call(path, method, parameters, timeout_s, ret);
}

/* Takes the reference to the parameters. */
static json_t *call_at(const struct call *call, const char *path, caller *by,
		       const char *method, json_t *parameters,
		       unsigned timeout_s, int *ret_code)
{
	json_auto_t *reply = NULL;
	int error;

	if (call->interface)
		json_object_set_new(parameters, "interface",
				    json_string(call->interface));
	error = by(call, path, method, parameters, timeout_s, &reply);
	return take_reply(call, path, error, reply, ret_code);
}

static json_t *call_one(const struct call *call, caller *by, const char *method,
			json_t *parameters, unsigned timeout_s, int *ret_code)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, call->interface);
	const char *path = census_one(call, &census, ret_code);

	if (path)
		return call_at(call, path, by, method, parameters, timeout_s,
			       ret_code);
	json_decref(parameters);
	return NULL;
}

json_t *census_call(const struct call *call, const char *method,
		    json_t *parameters, unsigned timeout_s, int *ret_code)
{
	return call_one(call, call_silently, method, parameters, timeout_s,
			ret_code);
}

json_t *census_await(const struct call *call, const char *method,
		     json_t *parameters, unsigned timeout_s, int *ret_code)
{
	return call_one(call, progress_call, method, parameters, timeout_s,
			ret_code);
}

json_t *census_await_at(const struct call *call, const char *path,
			const char *method, json_t *parameters,
			unsigned timeout_s, int *ret_code)
{
	return call_at(call, path, progress_call, method, parameters, timeout_s,
		       ret_code);
}

json_t *census_ask(const struct call *call, const char *path,
		   const char *method, int *ret_code)
{
	return call_at(call, path, call_silently, method, json_object(),
		       ANSWER_TIMEOUT_S, ret_code);
}

int census_each(const struct call *call, const char *method, json_t *parameters,
		unsigned timeout_s, census_teller *teller, void *context)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, call->interface);
	json_auto_t *list = json_array();
	const json_t *daemon;
	int code = census.code;
	size_t i;

	if (!json_array_size(census.daemons))
		return census_fail(call, &census);
	json_array_foreach (census.daemons, i, daemon) {
		const char *path = member_text(daemon, "socket");
		json_auto_t *reply = NULL, *told = NULL;
		int error = service_call(path, method, json_incref(parameters),
					 timeout_s, &reply);

		told = take_reply(call, path, error, reply, &code);
		if (!told)
			continue;
		if (!call->json)
			teller(context, daemon, told);
		json_object_set_new(told, "socket", json_string(path));
		json_array_append(list, told);
	}
	if (call->json)
		show_json(list);
	return code;
}
