/* SPDX-License-Identifier: BSD-2-Clause */
/* dhclient of ISC, with the options that Debian and Red Hat gave it. */
#include <string.h>

#include "base/assert.h"
#include "compat/dhclient_conf.h"
#include "compat/names.h"
#include "compat/octets.h"
#include "compat/table.h"

#define TIMEOUT_DEFAULT_S "60"

/* What does by hand what tenured does by itself. */
#define SCRIPT_OF_ITS_OWN "dhclient-script"

static void take_act(struct translation *t, const struct row *row,
		     const char *value)
{
	(void)value;
	t->act = strcmp(row->word, "-r") == 0 ? TRANSLATION_RELEASE
					      : TRANSLATION_STOP;
}

/* Words of netifrc's and of Red Hat's for their scripts, which tenured has, too. */
static const struct {
	const char *variable, *option, *more;
} peers[] = {
	{ "PEER_DNS=no", "--no-dns", NULL },
	{ "PEER_NTP=no", "--no-hook", "ntp" },
	{ "PEER_ROUTERS=no", "--no-gateway", NULL },
};

/* Whether the same variable was given before. */
static bool is_repeated(struct translation *t, const char *variable)
{
	size_t length = strcspn(variable, "=") + 1;

	for (size_t i = 0; i < t->variable_count; i++)
		if (strncmp(t->variables[i], variable, length) == 0)
			return true;
	if (t->variable_count == TRANSLATION_VARIABLES_MAX)
		translation_fail(t, "too many variables");
	t->variables[t->variable_count++] = variable;
	return false;
}

/*
 * For the script; some mean something to tenured. dhclient passes on all, the last
 * one first, so that its scripts, which are a shell's, see the first.
 */
static void take_variable(struct translation *t, const struct row *row,
			  const char *value)
{
	if (is_repeated(t, value))
		return;
	translation_set_variable(t, row->word, value);
	if (strncmp(value, "IF_METRIC=", strlen("IF_METRIC=")) == 0)
		translation_add(t, "--metric", value + strlen("IF_METRIC="));
	for (size_t i = 0; i < ARRAY_SIZE(peers); i++)
		if (strcmp(peers[i].variable, value) == 0)
			translation_add(t, peers[i].option, peers[i].more);
}

/* A list with commas. */
static void take_requests(struct translation *t, const struct row *row,
			  const char *value)
{
	char *rest = translation_text("%s", value), *name;

	while ((name = strsep(&rest, ", "))) {
		uint8_t code = names_code_isc(name, strlen(name));

		if (!*name)
			continue;
		if (!code)
			translation_fail(t, "-R '%s' is no option of DHCP", name);
		translation_add(t, row->text, translation_text("%u", code));
	}
}

/* Hex with colons, or text that has no type in front of it. */
static void take_client_id(struct translation *t, const struct row *row,
			   const char *value)
{
	const char *hex = octets_padded(value);

	if (!strchr(value, ':'))
		hex = octets_as_hex(value, strlen(value));
	translation_join(t, row->text, hex);
}

static const char *pid_file_of(const struct translation *t, const char *all)
{
	if (t->pid_file)
		return translation_path(t, t->pid_file);
	return translation_text("/run/dhclient.%s.pid",
				t->name_count == 1 ? t->names[0] : all);
}

/* Without a name it is the end of all that were started by it. */
static void finish_end(struct translation *t)
{
	if (t->hint && t->name_count > 1)
		translation_fail(t, "one interface at a time, or -pf FILE");
	t->pid_file = pid_file_of(t, "*");
	t->none_is_well = true;
	t->word_count = 0;
	if (t->name_count)
		translation_add(
			t, t->act == TRANSLATION_RELEASE ? "release" : "stop",
			t->names[0]);
}

/* Its own script, and those that do nothing, do not have to be run. */
static void add_script(struct translation *t)
{
	const char *name = t->script ? strrchr(t->script, '/') : NULL;

	name = name ? name + 1 : t->script;
	if (name && strcmp(name, SCRIPT_OF_ITS_OWN) == 0)
		t->script = NULL;
	if (t->script) {
		translation_add(t, "--no-configure", "--no-hooks");
		if (strcmp(name, "true") == 0)
			t->script = NULL;
	}
	translation_hook(t);
}

/* By default it waits, and then it goes on where nobody sees it. */
static void add_wait(struct translation *t)
{
	const char *timeout = t->timeout ? t->timeout : TIMEOUT_DEFAULT_S;

	if (t->background && !t->now)
		timeout = "1";
	translation_add(t, t->now ? "-n" : "-b", NULL);
	translation_add(t, "--timeout", timeout);
}

static void finish(struct translation *t)
{
	t->hint = !t->pid_file;
	if (t->act != TRANSLATION_RUN) {
		finish_end(t);
		return;
	}
	dhclient_conf_read(t);
	translation_add_names(t);
	add_wait(t);
	if (t->foreground)
		translation_add(t, "-f", NULL);
	t->pid_file = t->no_pid_file ? NULL : pid_file_of(t, "all");
	if (t->pid_file)
		translation_add(t, "-p", t->pid_file);
	add_script(t);
	for (size_t i = 0; i < t->name_count; i++)
		translation_add(t, "-i", t->names[i]);
}

#define FIELD(member) .field = offsetof(struct translation, member)
#define NEEDED	      .argument = ROW_ARGUMENT_NEEDED
#define NOTHING(why)  .kind = ROW_NOTHING, .text = why
#define ERROR(why)    .kind = ROW_ERROR, .text = why

#define IPV6 "tenured is for IPv4; systemd-networkd and odhcp6c are for IPv6"

static const struct row rows[] = {
	{ "-4", NULL, NOTHING("tenured is for IPv4") },
	{ "-6", NULL, ERROR(IPV6) },
	{ "-S", NULL, ERROR(IPV6) },
	{ "-N", NULL, ERROR(IPV6) },
	{ "-T", NULL, ERROR(IPV6) },
	{ "-P", NULL, ERROR(IPV6) },
	{ "-1", NULL, .kind = ROW_FLAG, .text = "tenured -n", FIELD(now) },
	{ "-d", NULL, .kind = ROW_FLAG, .text = "tenured -f", FIELD(foreground) },
	{ "-nw", NULL, .kind = ROW_FLAG, .text = "tenured -b --timeout 1",
	  FIELD(background) },
	{ "-w", NULL, NOTHING("tenured waits for interfaces") },
	{ "-q", NULL, .kind = ROW_OPTION, .text = "--log-level=error" },
	{ "-v", NULL, .kind = ROW_OPTION, .text = "-v" },
	{ "-pf", NULL, NEEDED, ROW_ARGUMENT,
	  "tenured -p ARG; /run/dhclient.IFACE.pid without", FIELD(pid_file) },
	{ "--no-pid", NULL, .kind = ROW_FLAG, .text = "no pid file",
	  FIELD(no_pid_file) },
	{ "-lf", NULL, NEEDED, ROW_ARGUMENT,
	  "write leases there, as dhclient does; tenured reads its own file",
	  FIELD(leases) },
	{ "-df", NULL, NEEDED, ROW_NOTHING,
	  "the DUID is in tenured's own file (tenured --import)" },
	{ "-cf", NULL, NEEDED, ROW_ARGUMENT,
	  "translate it; /etc/dhcp/dhclient.conf without", FIELD(config) },
	{ "-sf", NULL, NEEDED, ROW_ARGUMENT,
	  "run it, with dhclient's names, and configure nothing else",
	  FIELD(script) },
	{ "-e", NULL, NEEDED, ROW_TAKE,
	  "a variable of the script; IF_METRIC: tenured --metric; "
	  "PEER_DNS, _NTP, _ROUTERS=no: --no-dns, --no-hook ntp, --no-gateway",
	  .take = take_variable },
	{ "-i", NULL, .kind = ROW_OPTION, .text = "--client-id=duid" },
	{ "-I", NULL, NOTHING("tenured tells of its name as servers expect") },
	{ "-D", NULL, NEEDED, ROW_NOTHING, "the kind of a DUID for IPv6" },
	{ "-r", NULL, .kind = ROW_TAKE, .text = "release, and end the client",
	  .take = take_act },
	{ "-x", NULL, .kind = ROW_TAKE,
	  .text = "end the client; address and lease stay", .take = take_act },
	{ "-n", NULL, ERROR("to configure nothing is to start nothing") },
	{ "-p", NULL, NEEDED, ROW_ERROR, "tenured has DHCP's own port, 68" },
	{ "-s", NULL, NEEDED, ROW_ERROR,
	  "tenured asks all; --allow-server says who may answer" },
	{ "-g", NULL, NEEDED, ROW_ERROR, "tenured asks no relay" },
	{ "-nc", NULL, NOTHING("tenured keeps two capabilities alone") },
	{ "-B", NULL, .kind = ROW_OPTION, .text = "--broadcast=yes" },
	{ "-C", NULL, NEEDED, ROW_TAKE, "--client-id", .take = take_client_id },
	{ "-H", NULL, NEEDED, ROW_ARGUMENT, "tenured --hostname=ARG",
	  FIELD(hostname) },
	{ "-F", NULL, NEEDED, ROW_ARGUMENT,
	  "tenured --fqdn=both --hostname=ARG", FIELD(fqdn) },
	{ "-V", NULL, NEEDED, ROW_JOINED, "--vendor-class" },
	{ "-R", NULL, NEEDED, ROW_TAKE, "--request-option",
	  .take = take_requests },
	{ "--request-options", NULL, NEEDED, ROW_TAKE, "--request-option",
	  .take = take_requests },
	{ "--timeout", NULL, NEEDED, ROW_ARGUMENT, "tenured --timeout ARG",
	  FIELD(timeout) },
	{ "-timeout", NULL, NEEDED, ROW_ARGUMENT, "tenured --timeout ARG",
	  FIELD(timeout) },
	{ "--dad-wait-time", NULL, NEEDED, ROW_NOTHING, "it is of IPv6" },
	{ "--prefix-len-hint", NULL, NEEDED, ROW_ERROR, IPV6 },
	{ "--decline-wait-time", NULL, NEEDED, ROW_NOTHING,
	  "tenured waits as RFC 2131 has it" },
	{ "--address-prefix-len", NULL, NEEDED, ROW_NOTHING, "it is of IPv6" },
};

const struct table table_dhclient = {
	.program = "dhclient",
	.usage = "[OPTION]... [IFACE]...",
	.rows = rows,
	.row_count = ARRAY_SIZE(rows),
	.whole_words = true,
	.finish = finish,
};
