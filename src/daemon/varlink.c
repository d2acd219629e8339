/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls in, replies out, and org.varlink.service.
 *
 * Unknown members of a call and unknown parameters are ignored, as the standard
 * has it; null is the same as absent. `more` is what Subscribe demands, and
 * changes nothing else; `upgrade` is refused.
 */
#include "daemon/varlink.h"

#include <config.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SERVICE "org.varlink.service"

/* ---- replies ----------------------------------------------------------- */

static void send_object(struct varlink_peer *peer, json_t *object)
{
	if (!object ||
	    json_dump_callback(object, peer->write, peer, JSON_COMPACT) < 0 ||
	    peer->write("", 1, peer) < 0)
		peer->failed = true;
	json_decref(object);
}

void varlink_reply(struct varlink_peer *peer, json_t *parameters)
{
	if (peer->oneway)
		json_decref(parameters);
	else
		send_object(peer, json_pack("{s:o}", "parameters", parameters));
}

void varlink_error(struct varlink_peer *peer, const char *error,
		   json_t *parameters)
{
	if (peer->oneway)
		json_decref(parameters);
	else
		send_object(peer, json_pack("{s:s, s:o}", "error", error,
					    "parameters", parameters));
}

/* An error of the service interface, all of which name one thing. */
static void service_error(struct varlink_peer *peer, const char *error,
			  const char *key, const char *value)
{
	varlink_error(peer, error, json_pack("{s:s}", key, value));
}

/* ---- parameters -------------------------------------------------------- */

bool varlink_invalid(struct varlink_peer *peer, const char *parameter)
{
	service_error(peer, SERVICE ".InvalidParameter", "parameter", parameter);
	return false;
}

static const json_t *member(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return json_is_null(value) ? NULL : value;
}

bool varlink_take_text(struct varlink_peer *peer, const json_t *parameters,
		       const char *name, bool optional, const char **ret)
{
	const json_t *value = member(parameters, name);

	if (!value && optional)
		return true;
	if (!json_is_string(value))
		return varlink_invalid(peer, name);
	*ret = json_string_value(value);
	return true;
}

bool varlink_take_flag(struct varlink_peer *peer, const json_t *parameters,
		       const char *name, bool *ret)
{
	const json_t *value = member(parameters, name);

	if (!value)
		return true;
	if (!json_is_boolean(value))
		return varlink_invalid(peer, name);
	*ret = json_is_true(value);
	return true;
}

bool varlink_take_int(struct varlink_peer *peer, const json_t *parameters,
		      const char *name, json_int_t max, json_int_t *ret)
{
	const json_t *value = member(parameters, name);
	json_int_t number = json_integer_value(value);

	if (!value)
		return true;
	if (!json_is_integer(value) || number < 0 || number > max)
		return varlink_invalid(peer, name);
	*ret = number;
	return true;
}

/* ---- calls ------------------------------------------------------------- */

/*
 * The parser recurses; so what it will have to nest is counted first. Text that
 * is no JSON may be counted wrongly: the parser refuses it where it goes wrong.
 */
static bool is_shallow(const char *text, size_t size)
{
	unsigned depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < size; i++) {
		if (quoted && text[i] == '\\')
			i++;
		else if (text[i] == '"')
			quoted = !quoted;
		else if (quoted)
			continue;
		else if ((text[i] == '{' || text[i] == '[') &&
			 ++depth > VARLINK_DEPTH_MAX)
			return false;
		else if ((text[i] == '}' || text[i] == ']') && depth)
			depth--;
	}
	return true;
}

/* False if the flag is there and is not a boolean. */
static bool take_flag(const json_t *call, const char *name, bool *ret)
{
	const json_t *value = member(call, name);

	*ret = json_is_true(value);
	return !value || json_is_boolean(value);
}

static const struct varlink_interface *find_interface(const char *name,
						      size_t size)
{
	for (size_t i = 0; varlink_interfaces[i]; i++) {
		const char *known = varlink_interfaces[i]->name;

		if (strlen(known) == size && !memcmp(known, name, size))
			return varlink_interfaces[i];
	}
	return NULL;
}

static const struct varlink_method *find_method(
	const struct varlink_interface *interface, const char *name)
{
	for (size_t i = 0; i < interface->method_count; i++) {
		if (!strcmp(interface->methods[i].name, name))
			return &interface->methods[i];
	}
	return NULL;
}

static void dispatch(struct varlink_peer *peer, const char *name,
		     const json_t *parameters, nsec now)
{
	const char *dot = strrchr(name, '.');
	const struct varlink_interface *interface;
	const struct varlink_method *method;

	if (!dot) {
		service_error(peer, SERVICE ".MethodNotFound", "method", name);
		return;
	}
	interface = find_interface(name, (size_t)(dot - name));
	if (!interface) {
		varlink_error(peer, SERVICE ".InterfaceNotFound",
			      json_pack("{s:s%}", "interface", name,
					(size_t)(dot - name)));
		return;
	}
	method = find_method(interface, dot + 1);
	if (!method)
		service_error(peer, SERVICE ".MethodNotFound", "method", name);
	else if (peer->level < method->level)
		varlink_error(peer, SERVICE ".PermissionDenied", json_object());
	else if (parameters && !json_is_object(parameters))
		varlink_invalid(peer, "parameters");
	else
		method->handler(peer, method, parameters, now);
}

/*
 * The library's parser goes on without those characters that it finds no memory
 * for: another method, another interface would be what was called.
 */
static bool starved;

static void *allocate(size_t size)
{
	void *memory = malloc(size);

	starved |= !memory;
	return memory;
}

static json_t *parse(const char *text, size_t size)
{
	json_t *call;

	starved = false;
	json_set_alloc_funcs(allocate, free);
	call = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	if (!starved)
		return call;
	json_decref(call);
	return NULL;
}

int varlink_call(struct varlink_peer *peer, const char *text, size_t size,
		 nsec now)
{
	json_auto_t *call = NULL;
	const char *method;
	bool upgrade;

	if (!is_shallow(text, size))
		return -EPROTO;
	call = parse(text, size);
	method = json_string_value(json_object_get(call, "method"));
	if (!method || !take_flag(call, "oneway", &peer->oneway) ||
	    !take_flag(call, "more", &peer->more) ||
	    !take_flag(call, "upgrade", &upgrade))
		return -EPROTO;
	if (upgrade)
		varlink_invalid(peer, "upgrade");
	else
		dispatch(peer, method, member(call, "parameters"), now);
	return 0;
}

/* ---- org.varlink.service ------------------------------------------------ */

static void get_info(struct varlink_peer *peer,
		     const struct varlink_method *method,
		     const json_t *parameters, nsec now)
{
	json_t *names = json_array();

	(void)method, (void)parameters, (void)now;
	for (size_t i = 0; varlink_interfaces[i]; i++) {
		json_t *name = json_string(varlink_interfaces[i]->name);

		if (json_array_append_new(names, name) == 0)
			continue;
		json_decref(names);
		names = NULL;
	}
	varlink_reply(peer, json_pack("{s:s, s:s, s:s, s:s, s:o}", "vendor",
				      "tenured", "product", "tenured",
				      "version", TENURED_VERSION, "url",
				      "man:tenured-ipc(7)", "interfaces", names));
}

static void get_description(struct varlink_peer *peer,
			    const struct varlink_method *method,
			    const json_t *parameters, nsec now)
{
	const struct varlink_interface *interface;
	const char *name;
	char *text;

	(void)method, (void)now;
	if (!varlink_take_text(peer, parameters, "interface", false, &name))
		return;
	interface = find_interface(name, strlen(name));
	if (!interface) {
		service_error(peer, SERVICE ".InterfaceNotFound", "interface",
			      name);
		return;
	}
	text = description_text(interface->description);
	varlink_reply(peer, json_pack("{s:s}", "description", text));
	free(text);
}

static const struct varlink_method service_methods[] = {
	{ "GetInfo", VARLINK_LEVEL_READ, get_info, NULL },
	{ "GetInterfaceDescription", VARLINK_LEVEL_READ, get_description, NULL },
};

static const struct varlink_interface service_interface = {
	SERVICE, &description_service, service_methods,
	sizeof(service_methods) / sizeof(service_methods[0])
};

const struct varlink_interface *const varlink_interfaces[] = {
	&service_interface, &control_interface, NULL
};
