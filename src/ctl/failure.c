/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a daemon says of a failure is meant for people and is shown as it is; the
 * exit code follows from the error's name.
 */
#include "ctl/failure.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/member.h"
#include "ctl/show.h"

#define VARLINK "org.varlink.service."

int fail(int code, const char *subject, const char *what)
{
	char text[1024];
	struct str s = str_over(text, sizeof(text));

	if (subject) {
		show_clean(&s, subject);
		str_text(&s, ": ");
	}
	show_clean(&s, what);
	fprintf(stderr, "tenurectl: %s\n", text);
	return code;
}

int fail_usage(const char *subject, const char *what)
{
	char text[256];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, what);
	str_text(&s, "; " FAILURE_SEE_HELP);
	return fail(EX_USAGE, subject, text);
}

int fail_call(const char *path, int error)
{
	static const struct {
		int error, code;
		const char *what;
	} known[] = {
		{ ECONNREFUSED, EX_UNAVAILABLE,
		  "no daemon serves it any more; start tenured again" },
		{ ENOENT, EX_UNAVAILABLE,
		  "there is no such socket; is tenured running?" },
		{ EAGAIN, EX_TEMPFAIL,
		  "the daemon does not answer; try again, or look at its log" },
		{ ECONNRESET, EXIT_FAILURE,
		  "the daemon hung up: it ended, or too many are connected" },
		{ EACCES, EX_NOPERM, "not permitted to connect; try as root" },
		{ EPROTO, EXIT_FAILURE,
		  "what answers there is not tenured; remove the socket" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (known[i].error == -error)
			return fail(known[i].code, path, known[i].what);
	}
	return fail(EXIT_FAILURE, path, strerror(-error));
}

int fail_to_save(const char *path, int error)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (error == -EEXIST)
		return fail(EX_CANTCREAT, path,
			    "exists already; remove it, or name another by -o");
	if (error == -ENOTSUP)
		return fail(EX_CANTCREAT, path,
			    "is no ordinary file, which alone can be replaced; "
			    "name another by -o, or none for standard output");
	if (error == -EPROTO)
		return fail(EXIT_FAILURE, path,
			    "what the daemon sent cannot be saved; is it of "
			    "another version?");
	str_text(&s, strerror(-error));
	str_text(&s, "; name another file by -o");
	return fail(EX_CANTCREAT, path, text);
}

bool reply_is_error(const json_t *reply, const char *name)
{
	const char *error = json_string_value(json_object_get(reply, "error"));

	return error && !strcmp(error, name);
}

/* A parameter was refused: what is right. */
static const char *words_of_parameter(const json_t *reply)
{
	static const struct {
		const char *name, *words;
	} known[] = {
		{ "network", "a network's id is 1 to 64 printable characters "
			     "without a colon, or octets in hex with colons" },
		{ "level", "a level is error, warning, notice, info or debug" },
		{ "key", "a key is 1 to 64 printable characters" },
	};
	const json_t *parameters = json_object_get(reply, "parameters");

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (member_is(parameters, "parameter", known[i].name))
			return known[i].words;
	}
	return "the daemon does not take this; is it of another version than "
	       "tenurectl?";
}

/* Where the configuration is wrong: "FILE:12". */
static const char *put_place(struct str *s, const json_t *reply)
{
	const json_t *parameters = json_object_get(reply, "parameters");

	show_clean(s, member_text(parameters, "file"));
	if (member_number(parameters, "line")) {
		str_char(s, ':');
		str_u64(s, member_number(parameters, "line"));
	}
	return s->text;
}

int fail_reply(const char *subject, const json_t *reply)
{
	static const struct {
		const char *error;
		int code;
		const char *what; /* NULL: the daemon's message, or the name */
	} known[] = {
		{ VARLINK "PermissionDenied", EX_NOPERM,
		  "not permitted; it is for root (try sudo), some for the "
		  "control-group" },
		{ VARLINK "MethodNotFound", EX_UNAVAILABLE,
		  "the daemon is older than tenurectl and cannot do it; restart "
		  "it" },
		{ VARLINK "MethodNotImplemented", EX_UNAVAILABLE,
		  "this daemon cannot do that; restart it if it is older" },
		{ CLIENT "NoSuchInterface", EX_UNAVAILABLE, NULL },
		{ CLIENT "Timeout", EX_TEMPFAIL, NULL },
	};
	const json_t *parameters = json_object_get(reply, "parameters");
	const json_t *message = json_object_get(parameters, "message");
	const char *what = json_string_value(
		message ? message : json_object_get(reply, "error"));
	char place[256];
	struct str s = str_over(place, sizeof(place));
	int code = EXIT_FAILURE;

	if (reply_is_error(reply, CLIENT "ConfigurationInvalid"))
		subject = put_place(&s, reply);
	if (reply_is_error(reply, CLIENT "SettingInvalid"))
		subject = member_text(parameters, "setting");
	if (reply_is_error(reply, VARLINK "InvalidParameter"))
		return fail(EX_USAGE, subject, words_of_parameter(reply));
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!reply_is_error(reply, known[i].error))
			continue;
		code = known[i].code;
		if (known[i].what)
			what = known[i].what;
	}
	return fail(code, subject, what ? what : "failed without a reason");
}
