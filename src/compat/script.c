/* SPDX-License-Identifier: BSD-2-Clause */
/* From the variables of tenured's hooks to those of other clients' scripts. */
#include "compat/script.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/str.h"
#include "compat/isc_lease.h"
#include "compat/names.h"
#include "core/dhcp4.h"

/* What no option holds. */
static const struct {
	const char *ours, *udhcpcs;
} fields[] = {
	{ "new_ip_address", "ip" },	 { "new_subnet_cidr", "mask" },
	{ "new_subnet_mask", "subnet" }, { "new_next_server", "siaddr" },
	{ "new_server_name", "sname" },	 { "new_filename", "boot_file" },
};

/* What a script of udhcpc is called with, and again after that. */
static const struct {
	const char *reason, *first, *second;
} arguments[] = {
	{ "PREINIT", "deconfig", NULL },  { "BOUND", "bound", NULL },
	{ "REBOOT", "bound", NULL },	  { "INFORM", "bound", NULL },
	{ "RENEW", "renew", NULL },	  { "REBIND", "renew", NULL },
	{ "NAK", "nak", "deconfig" },	  { "EXPIRE", "deconfig", NULL },
	{ "CONFLICT", "deconfig", NULL }, { "RELEASE", "deconfig", NULL },
	{ "STOP", "deconfig", NULL },	  { "FAIL", "leasefail", NULL },
};

bool script_is_wanted(int argc)
{
	return argc == 1 && getenv(SCRIPT_PROGRAM) && getenv("reason");
}

bool script_is_misplaced(int argc)
{
	return argc == 1 && getenv("reason") && getenv("interface");
}

/* A value of the lease, by the name that hooks know; NULL for none. */
static const char *value_of(const char *prefix, const char *name)
{
	char variable[96];

	snprintf(variable, sizeof(variable), "%s%s", prefix, name);
	for (char *at = variable; *at; at++)
		*at = *at == '-' ? '_' : *at;
	return getenv(variable);
}

static const char *octets_of(const char *prefix, unsigned code)
{
	char name[16];

	snprintf(name, sizeof(name), "opt_%03u", code);
	return value_of(prefix, name);
}

static void run(const char *file, const char *argument)
{
	pid_t pid = fork();

	if (pid == 0) {
		unsetenv(SCRIPT_PROGRAM);
		unsetenv(SCRIPT_FILE);
		unsetenv(SCRIPT_LEASES);
		execl(file, file, argument, (char *)NULL);
		fprintf(stderr, "%s: %m\n", file);
		_exit(EX_UNAVAILABLE);
	}
	if (pid > 0)
		waitpid(pid, NULL, 0);
}

/* ---- udhcpc ------------------------------------------------------------- */

/* Addresses by twos: "10.1.0.0/10.0.0.1". */
static const char *pairs_of(const char *name)
{
	const char *value = value_of("new_", name);
	char *text = value ? translation_text("%s", value) : NULL, *at = text;

	while (at && (at = strchr(at, ' '))) {
		*at = '/';
		at = strchr(at, ' ');
		at += at != NULL;
	}
	return text;
}

/* "4 32 2001:db8:: 192.0.2.1": lengths, a prefix, and relays. */
static const char *sixrd_of(const char *hex)
{
	uint8_t bytes[255];
	int size = str_to_hex(hex, bytes, sizeof(bytes));
	char text[512];
	struct str s = str_over(text, sizeof(text));
	struct reader r;

	if (size < 22)
		return NULL;
	r = reader_over(bytes, (size_t)size);
	str_u64(&s, reader_u8(&r));
	str_char(&s, ' ');
	str_u64(&s, reader_u8(&r));
	str_char(&s, ' ');
	str_ipv6(&s, reader_bytes(&r, 16));
	while (r.left >= 4) {
		str_char(&s, ' ');
		str_ipv4(&s, reader_u32(&r));
	}
	return translation_text("%s", text);
}

/* As udhcpc shows the option; NULL: it has no name for it, or what it holds is odd. */
static const char *udhcpc_value(unsigned code, const char *hex)
{
	const char *name = names_of_isc((uint8_t)code);

	if (!names_of_udhcpc((uint8_t)code) || !name)
		return NULL;
	switch (code) {
	case DHCP4_OPTION_CLASSLESS_ROUTES:
		return getenv("new_classless_static_routes");
	case DHCP4_OPTION_STATIC_ROUTES:
		return pairs_of(name);
	case DHCP4_OPTION_6RD:
		return sixrd_of(hex);
	default:
		return value_of("new_", name);
	}
}

static void set_udhcpc_options(void)
{
	char name[16];

	for (unsigned code = 1; code < 255; code++) {
		const char *hex = octets_of("new_", code), *value;

		if (!hex)
			continue;
		value = udhcpc_value(code, hex);
		snprintf(name, sizeof(name), "opt%u", code);
		setenv(value ? names_of_udhcpc((uint8_t)code) : name,
		       value ? value : hex, 1);
	}
}

static void run_udhcpc(const char *file, const char *reason)
{
	/* The address stays, and so does what the script has done. */
	if (strcmp(reason, "STOP") == 0 && getenv("new_ip_address"))
		return;
	unsetenv("dns"); /* of tenured it says something else */
	set_udhcpc_options();
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const char *value = getenv(fields[i].ours);

		if (value)
			setenv(fields[i].udhcpcs, value, 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
		if (strcmp(arguments[i].reason, reason) != 0)
			continue;
		run(file, arguments[i].first);
		if (arguments[i].second)
			run(file, arguments[i].second);
	}
}

/* ---- dhclient and dhcpcd ------------------------------------------------- */

/* dhclient ends each name of the list with a dot. */
static void end_names(const char *variable)
{
	const char *names = getenv(variable);
	char *text, *at;

	if (!names)
		return;
	at = text = translation_text("%s%s.", names, names);
	for (; *names; names++) {
		if (*names == ' ')
			*at++ = '.';
		*at++ = *names;
	}
	memcpy(at, ".", 2);
	setenv(variable, text, 1);
}

/* Option 121 as numbers, octet for octet. */
static void set_rfc3442(const char *prefix)
{
	const char *hex = octets_of(prefix, 121);
	char *text = translation_text("%s", ""), *name;
	unsigned octet;

	if (!hex)
		return;
	for (; sscanf(hex, "%2x", &octet) == 1; hex += 2)
		text = translation_text("%s%s%u", text, *text ? " " : "", octet);
	name = translation_text("%srfc3442_classless_static_routes", prefix);
	setenv(name, text, 1);
}

/* They know no conflict: for a script it is the end of a lease, as others are. */
static void set_reason(const char *reason)
{
	if (strcmp(reason, "CONFLICT") == 0 || strcmp(reason, "NAK") == 0)
		setenv("reason", "EXPIRE", 1);
}

static void run_dhclient(const char *file, const char *reason)
{
	set_reason(reason);
	end_names("new_domain_search");
	end_names("old_domain_search");
	set_rfc3442("new_");
	set_rfc3442("old_");
	run(file, NULL);
}

static void run_dhcpcd(const char *file, const char *reason)
{
	const char *metric = getenv("metric");
	bool up = getenv("new_ip_address");

	setenv("protocol", "dhcp", 1);
	setenv("if_up", up ? "true" : "false", 1);
	setenv("if_down", up ? "false" : "true", 1);
	setenv("if_configured", up ? "true" : "false", 1);
	if (metric)
		setenv("ifmetric", metric, 1);
	if (strcmp(reason, "CONFLICT") == 0)
		setenv("reason", "EXPIRE", 1);
	run(file, NULL);
}

int script_main(void)
{
	const char *program = getenv(SCRIPT_PROGRAM), *file = getenv(SCRIPT_FILE);
	const char *reason = getenv("reason"), *leases = getenv(SCRIPT_LEASES);

	if (leases && getenv("new_ip_address"))
		isc_lease_write(leases);
	if (!program || !file || !reason)
		return 0;
	if (strcmp(program, "udhcpc") == 0)
		run_udhcpc(file, reason);
	else if (strcmp(program, "dhclient") == 0)
		run_dhclient(file, reason);
	else
		run_dhcpcd(file, reason);
	return 0;
}

void script_begin(const struct translation *t)
{
	for (size_t i = 0; i < t->name_count; i++) {
		pid_t pid = fork();

		if (pid == 0) {
			setenv("reason", "PREINIT", 1);
			setenv("interface", t->names[i], 1);
			_exit(script_main());
		}
		if (pid > 0)
			waitpid(pid, NULL, 0);
	}
}
