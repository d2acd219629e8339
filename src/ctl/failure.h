/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Failures: one line on stderr that says what to do next, and the code to exit
 * with, which each function returns.
 */
#ifndef CTL_FAILURE_H
#define CTL_FAILURE_H

#include <jansson.h>
#include <stdbool.h>

/* The name of this interface's own methods and errors, with its dot. */
#define CLIENT "org.tenured.Client."

#define FAILURE_SEE_HELP "see 'tenurectl --help'"

/* subject may be NULL. Both are shown clean, wherever they are from. */
int fail(int code, const char *subject, const char *what);

/* The command line is wrong; help is named. */
int fail_usage(const char *subject, const char *what);

/* The daemon at a path gave no reply: -errno of service_call(). */
int fail_call(const char *path, int error);

/* A file could not be made: -errno. */
int fail_to_save(const char *path, int error);

/* It replied with an error. */
int fail_reply(const char *subject, const json_t *reply);

/* Whether a reply is the error of this name. */
bool reply_is_error(const json_t *reply, const char *name);

#endif
