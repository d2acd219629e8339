/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Settings of a command line and a file, loaded as the daemon loads them, with
 * what it says about them. What is right about them the tests say.
 */
#ifndef UNIT_SETTINGS_RUN_H
#define UNIT_SETTINGS_RUN_H

#include <stddef.h>

#include "daemon/settings.h"

#define ARGUMENTS_MAX 12
#define OUTPUT_MAX    8192

/* What the run before gave. */
extern struct settings settings;
extern enum settings_result result;
extern enum exit_code code;
extern char out[OUTPUT_MAX], err[OUTPUT_MAX];

/* The file that run_all() names, before anything else. */
extern const char *config_path;

void run_setup(void);
void run_teardown(void);

/* A file of its own, for the rest of the test. */
void use_file(const char *text, size_t size);
void use_text(const char *text);

/* Loads the settings of a command line, up to a NULL; stdout is out_file. */
void run_to(int out_file, const char *const *arguments);
void run_plain(const char *const *arguments);

/* The same, behind --config with the test's own file. */
void run_all(const char *const *arguments);

#define RUN(...)   run_all((const char *const[]){ __VA_ARGS__, NULL })
#define RUN_BARE() run_all((const char *const[]){ NULL })

void expect_ok(void);

/* One line, with nothing on stdout. */
void expect_failure(enum exit_code expected, const char *message);

/* The arguments that name interfaces, or the sections; their text and settings. */
size_t run_iface_count(void);
const char *run_name(size_t);
const struct iface_settings *run_iface(size_t);

int memory_file(void);

#define REQUEST_EXPECTED " must be the IPv4 address of a host, as in 192.0.2.7"
#define USER_EXPECTED	 " must be a user's name, or UID or UID:GID in numbers"
#define SELECTOR_EXPECTED \
	" must be the name of an interface, a pattern, hwaddr and an address, " \
	"or kind and a kind of link"
#define HWADDR_EXPECTED \
	" must be hwaddr and 1 to 20 octets in hex with colons, as in " \
	"52:54:00:12:34:56, or a beginning, as in 52:54:00:*"

#endif
