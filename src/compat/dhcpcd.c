/* SPDX-License-Identifier: BSD-2-Clause */
/* dhcpcd, up to 10. Its manager mode is what tenured does with sections. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "compat/names.h"
#include "compat/table.h"

#define TIMEOUT_DEFAULT_S "30"
#define RUN_DIR		  "/run/dhcpcd"

/* What a word does to a client that runs, by tenurectl; the rest ends it. */
static const struct {
	const char *word;
	enum translation_act act;
	const char *command, *option;
} acts[] = {
	{ "-k", TRANSLATION_RELEASE, "release", NULL },
	{ "-x", TRANSLATION_STOP, "stop", NULL },
	{ "-n", TRANSLATION_ASK, "rebind", NULL },
	{ "-N", TRANSLATION_ASK, "renew", NULL },
	{ "-U", TRANSLATION_DUMP, "lease", "--env" },
	{ "-P", TRANSLATION_ANSWER, NULL, NULL },
};

static void take_act(struct translation *t, const struct row *row,
		     const char *value)
{
	(void)value;
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		if (strcmp(acts[i].word, row->word) != 0)
			continue;
		t->act = acts[i].act;
		t->command = acts[i].command;
		t->command_option = acts[i].option;
	}
}

static void take_option(struct translation *t, const struct row *row,
			const char *value)
{
	char *rest = translation_text("%s", value), *name;
	const char *codes = "";

	while ((name = strsep(&rest, ", "))) {
		uint8_t code = names_code_isc(name, strlen(name));

		if (!*name)
			continue;
		if (!code)
			translation_fail(t, "%s '%s' is no option of DHCP",
					 row->word, name);
		codes = translation_text("%s%s%u", codes, *codes ? "," : "",
					 code);
	}
	translation_add(t, row->text, codes);
}

/* The hardware address without an argument, hex, text, or none if empty. */
static void take_client_id(struct translation *t, const struct row *row,
			   const char *value)
{
	if (!value || strcmp(value, "") == 0)
		value = "hwaddr";
	translation_join(t, row->text, value);
}

/* "lt" is of dhcpcd; the rest is called as tenured does. */
static void take_duid(struct translation *t, const struct row *row,
		      const char *value)
{
	(void)row;
	translation_add(t, "--client-id=duid", NULL);
	if (value)
		translation_join(t, "--duid",
				 strcmp(value, "lt") == 0 ? "llt" : value);
}

static void take_fqdn(struct translation *t, const struct row *row,
		      const char *value)
{
	bool off = value &&
		   (strcmp(value, "disable") == 0 || strcmp(value, "none") == 0);

	if (value && strcmp(value, "ptr") != 0 && strcmp(value, "both") != 0 &&
	    !off)
		translation_fail(t, "-F '%s' must be none, ptr, both or disable",
				 value);
	if (value && strcmp(value, "disable") == 0)
		value = "off";
	translation_join(t, row->text, value ? value : "both");
}

static void take_inform(struct translation *t, const struct row *row,
			const char *value)
{
	char *address = translation_text("%s", value ? value : "auto");

	/* The kernel has the length. */
	address[strcspn(address, "/")] = '\0';
	translation_join(t, row->text, address);
}

/* routers=192.0.2.1; what is static beside a lease is an override. */
static void take_static(struct translation *t, const struct row *row,
			const char *value)
{
	const char *equals = strchr(value, '=');
	uint8_t code =
		equals ? names_code_isc(value, (size_t)(equals - value)) : 0;

	if (!code)
		translation_fail(t,
				 "-S '%s': tenured sets no static address, "
				 "and overrides options, as in routers=192.0.2.1",
				 value);
	translation_join(t, row->text,
			 translation_text("%u=%s", code, equals + 1));
}

/* What hooks of dhcpcd do that ours do, too: by the names that it has for them. */
static const struct {
	const char *name, *option, *hook;
} hooks[] = {
	{ "resolv.conf", "--no-dns", NULL },
	{ "hostname", "--no-hook", "hostname" },
	{ "ntp", "--no-hook", "ntp" },
	{ "ntp.conf", "--no-hook", "ntp" },
};

static void take_no_hook(struct translation *t, const struct row *row,
			 const char *value)
{
	char *rest = translation_text("%s", value), *name;

	(void)row;
	while ((name = strsep(&rest, ", ")))
		for (size_t i = 0; i < ARRAY_SIZE(hooks); i++)
			if (strcmp(hooks[i].name, name) == 0)
				translation_add(t, hooks[i].option,
						hooks[i].hook);
}

static void take_variable(struct translation *t, const struct row *row,
			  const char *value)
{
	translation_set_variable(t, row->word, value);
}

static const char *pid_file_of(const struct translation *t)
{
	const char *family = t->ipv4_only ? "-4" : "";

	if (t->pid_file)
		return t->pid_file;
	if (t->name_count != 1)
		return RUN_DIR "/pid";
	return translation_text(RUN_DIR "/%s%s.pid", t->names[0], family);
}

/* The file of either way to start it. */
static const char *pid_file_there(struct translation *t)
{
	struct stat info;
	const char *path = pid_file_of(t);

	if (stat(path, &info) == 0)
		return path;
	t->ipv4_only = !t->ipv4_only;
	return pid_file_of(t);
}

static void finish_other(struct translation *t)
{
	t->word_count = 0;
	if (t->act == TRANSLATION_ANSWER) {
		t->answer = pid_file_of(t);
		return;
	}
	if (t->name_count != 1)
		translation_fail(t, "one interface has to be named; tenurectl "
				    "status lists them");
	t->hint = true;
	t->pid_file = pid_file_there(t);
	translation_add(t, t->command, t->command_option);
	translation_add(t, t->names[0], NULL);
}

/* A script of its own takes the place of all that dhcpcd's would do. */
static void add_script(struct translation *t)
{
	const char *name = t->script ? strrchr(t->script, '/') : NULL;

	if (!t->script)
		return;
	translation_add(t, "--no-hooks", NULL);
	if (strcmp(name ? name + 1 : t->script, "true") == 0 || !*t->script)
		t->script = NULL;
	translation_hook(t);
}

static void finish(struct translation *t)
{
	if (t->act != TRANSLATION_RUN) {
		finish_other(t);
		return;
	}
	if (t->hostname)
		translation_join(t, "--hostname", t->hostname);
	if (t->foreground)
		translation_add(t, "-f", NULL);
	if (t->quit)
		translation_add(t, "-q", NULL);
	/* One that manages all that there is does not end for want of a lease. */
	if (!t->name_count || t->background)
		translation_add(t, "-b", NULL);
	else if (!t->timeout || strcmp(t->timeout, "0") != 0)
		translation_add(t, "-n", NULL);
	if (t->background)
		translation_add(t, "--timeout", "1");
	else if (!t->timeout)
		translation_add(t, "--timeout", TIMEOUT_DEFAULT_S);
	else if (strcmp(t->timeout, "0") != 0)
		translation_add(t, "--timeout", t->timeout);
	if (!t->quit) {
		t->pid_file = pid_file_of(t);
		t->directory = RUN_DIR;
		translation_add(t, "-p", t->pid_file);
	}
	add_script(t);
	for (size_t i = 0; i < t->name_count; i++)
		translation_add(t, "-i", t->names[i]);
}

#define FIELD(member) .field = offsetof(struct translation, member)
#define NEEDED	      .argument = ROW_ARGUMENT_NEEDED
#define LONG	      .argument = ROW_ARGUMENT_LONG
#define EITHER	      .argument = ROW_ARGUMENT_EITHER
#define NOTHING(why)  .kind = ROW_NOTHING, .text = why
#define ERROR(why)    .kind = ROW_ERROR, .text = why
#define FLAG(what, member) \
	.kind = ROW_FLAG, .text = (what), \
	.field = offsetof(struct translation, member)
#define OPTION(what) .kind = ROW_OPTION, .text = what
#define ACT(what)    .kind = ROW_TAKE, .text = (what), .take = take_act

#define IPV6	 "tenured is for IPv4; systemd-networkd and odhcp6c are for IPv6"
#define SECTIONS "sections of tenured.conf choose interfaces"
#define DEFINED	 "what has no name is new_opt_NNN, in hex, for hooks"

static const struct row rows[] = {
	{ "-1", "--oneshot", FLAG("tenured -q -n", quit) },
	{ "-4", "--ipv4only", FLAG("tenured is for IPv4", ipv4_only) },
	{ "-6", "--ipv6only", ERROR(IPV6) },
	{ "-b", "--background", FLAG("tenured -b --timeout 1", background) },
	{ "-B", "--nobackground", FLAG("tenured -f", foreground) },
	{ "-w", "--waitip", LONG, NOTHING("tenured -n waits for an address") },
	{ "-t", "--timeout", NEEDED, ROW_ARGUMENT, "tenured --timeout ARG (30)",
	  FIELD(timeout) },
	{ "-A", "--noarp", OPTION("--acd=optimistic") },
	{ "-p", "--persistent", NOTHING("an address stays when tenured ends") },
	{ "-L", "--noipv4ll", NOTHING("tenured has none without --fallback") },
	{ "-G", "--nogateway", OPTION("--no-gateway") },
	{ "-m", "--metric", NEEDED, ROW_OPTION, "--metric" },
	{ "-h", "--hostname", EITHER, ROW_ARGUMENT, "tenured --hostname=ARG",
	  FIELD(hostname) },
	{ "-i", "--vendorclassid", EITHER, ROW_JOINED, "--vendor-class" },
	{ "-u", "--userclass", NEEDED, ROW_JOINED, "--user-class" },
	{ "-I", "--clientid", EITHER, ROW_TAKE, "--client-id",
	  .take = take_client_id },
	{ "-D", "--duid", LONG, .kind = ROW_TAKE,
	  .text = "tenured --client-id=duid --duid=ARG", .take = take_duid },
	{ "-l", "--leasetime", NEEDED, ROW_JOINED, "--lease-time" },
	{ "-F", "--fqdn", EITHER, .kind = ROW_TAKE, .text = "--fqdn",
	  .take = take_fqdn },
	{ "-o", "--option", NEEDED, ROW_TAKE, "--request-option",
	  .take = take_option },
	{ "-O", "--nooption", NEEDED, ROW_TAKE, "--no-request-option",
	  .take = take_option },
	{ "-Q", "--require", NEEDED, ROW_TAKE, "--require", .take = take_option },
	{ "-r", "--request", EITHER, ROW_OPTION, "--request" },
	{ "-s", "--inform", EITHER, .kind = ROW_TAKE, .text = "--inform",
	  .take = take_inform },
	{ "-S", "--static", NEEDED, ROW_TAKE, "--supersede", .take = take_static },
	{ "-C", "--nohook", NEEDED, ROW_TAKE, "--no-hook", .take = take_no_hook },
	{ "-c", "--script", NEEDED, ROW_ARGUMENT,
	  "run it instead of hooks, with dhcpcd's names", FIELD(script) },
	{ "-e", "--env", NEEDED, ROW_TAKE, "a variable of the script of -c",
	  .take = take_variable },
	{ "-W", "--whitelist", NEEDED, ROW_OPTION, "--allow-server" },
	{ "-X", "--blacklist", NEEDED, ROW_OPTION, "--deny-server" },
	{ "-K", "--nolink", NOTHING("without a carrier tenured waits for one") },
	{ "-J", "--broadcast", OPTION("--broadcast=yes") },
	{ "-q", "--quiet", OPTION("--log-level=error") },
	{ "-d", "--debug", OPTION("-v") },
	{ "-E", "--lastlease", NOTHING("tenured uses the last lease to its end") },
	{ "-M", "--manager", NOTHING("tenured manages what is named") },
	{ "-y", "--reboot", NEEDED, ROW_NOTHING,
	  "tenured asks for seven seconds" },
	{ "-j", "--logfile", NEEDED, ROW_ERROR,
	  "tenured logs to syslog, or with -B to stderr" },
	{ "-H", "--xidhwaddr", ERROR("transaction ids are drawn at random") },
	{ "-f", "--config", NEEDED, ROW_ERROR,
	  "tenured reads tenured.conf; tenured --import knows dhcpcd's leases" },
	{ "-g", "--reconfigure", ERROR("tenurectl reload") },
	{ "-T", "--test", ERROR("tenurectl audit asks without taking") },
	{ "-v", "--vendor", NEEDED, ROW_ERROR,
	  "tenured --vendor-id-option or --option vendor-specific=" },
	{ "-V", "--variables", ERROR("tenured-hooks(7) lists them") },
	{ "-z", "--allowinterfaces", NEEDED, ROW_ERROR, SECTIONS },
	{ "-Z", "--denyinterfaces", NEEDED, ROW_ERROR, SECTIONS },
	{ "-k", "--release", ACT("release, and end the client") },
	{ "-x", "--exit", ACT("end the client; address and lease stay") },
	{ "-n", "--rebind", ACT("tenurectl rebind") },
	{ "-N", "--renew", ACT("tenurectl renew") },
	{ "-U", "--dumplease", ACT("tenurectl lease --env") },
	{ "-P", "--printpidfile", ACT("the pid file's path") },

	/* Those without a letter, most of which its configuration has, too. */
	{ "--noconfigure", NULL, OPTION("--no-configure") },
	{ "--configure", NULL, NOTHING("tenured does") },
	{ "--anonymous", NULL, OPTION("--anonymous") },
	{ "--bootp", NULL, OPTION("--bootp") },
	{ "--iaid", NULL, NEEDED, ROW_JOINED, "--iaid" },
	{ "--mudurl", NULL, NEEDED, ROW_JOINED, "--mud-url" },
	{ "--msuserclass", NULL, NEEDED, ROW_JOINED, "--option=77/text" },
	{ "--controlgroup", NULL, NEEDED, ROW_JOINED, "--control-group" },
	{ "--reject", NULL, NEEDED, ROW_OPTION, "--deny-server" },
	{ "--gateway", NULL, NOTHING("tenured sets routes") },
	{ "--dhcp", NULL, NOTHING("tenured is for DHCP") },
	{ "--ipv4", NULL, NOTHING("tenured is for IPv4") },
	{ "--nodelay", NULL, NOTHING("tenured begins at once") },
	{ "--nodev", NULL, NOTHING("tenured waits for udev where it runs") },
	{ "--dev", NULL, NEEDED, ROW_NOTHING,
	  "tenured waits for udev where it runs" },
	{ "--link_rcvbuf", NULL, NEEDED, ROW_NOTHING,
	  "tenured reads anew what was lost" },
	{ "--noauthrequired", NULL, NOTHING("tenured requires none unasked") },
	{ "--noipv6", NULL, NOTHING("tenured is for IPv4") },
	{ "--nodhcp6", NULL, NOTHING("tenured is for IPv4") },
	{ "--noipv6rs", NULL, NOTHING("tenured is for IPv4") },
	{ "--ipv6ra_noautoconf", NULL, NOTHING("tenured is for IPv4") },
	{ "--ipv6ra_fork", NULL, NOTHING("tenured is for IPv4") },
	{ "--slaac", NULL, NEEDED, ROW_NOTHING, "tenured is for IPv4" },
	{ "--ipv6", NULL, ERROR(IPV6) },
	{ "--dhcp6", NULL, ERROR(IPV6) },
	{ "--ipv6rs", NULL, ERROR(IPV6) },
	{ "--ipv6ra_autoconf", NULL, ERROR(IPV6) },
	{ "--inform6", NULL, LONG, ERROR(IPV6) },
	{ "--ia_na", NULL, LONG, ERROR(IPV6) },
	{ "--ia_ta", NULL, LONG, ERROR(IPV6) },
	{ "--ia_pd", NULL, LONG, ERROR(IPV6) },
	{ "--define6", NULL, NEEDED, ROW_ERROR, IPV6 },
	{ "--noipv4", NULL, ERROR("tenured is for IPv4") },
	{ "--nodhcp", NULL, ERROR("tenured is for DHCP") },
	{ "--noup", NULL, ERROR("tenured sets up what it manages, once") },
	{ "--noalias", NULL, ERROR("tenured adds its address beside others") },
	{ "--inactive", NULL, ERROR("tenured manages what is named") },
	{ "--randomise_hwaddr", NULL, ERROR("a link's address is not of DHCP") },
	{ "--lastleaseextend", NULL, ERROR("an address is used to its expiry") },
	{ "--hostname_short", NULL, ERROR("tenured --hostname=NAME") },
	{ "--fallback", NULL, NEEDED, ROW_ERROR, "tenured --fallback" },
	{ "--arping", NULL, NEEDED, ROW_ERROR, "tenured --known-networks" },
	{ "--destination", NULL, NEEDED, ROW_ERROR,
	  "ip route adds what is not of DHCP" },
	{ "--define", NULL, NEEDED, ROW_ERROR, DEFINED },
	{ "--definend", NULL, NEEDED, ROW_ERROR, DEFINED },
	{ "--embed", NULL, NEEDED, ROW_ERROR, DEFINED },
	{ "--encap", NULL, NEEDED, ROW_ERROR, DEFINED },
	{ "--vendopt", NULL, NEEDED, ROW_ERROR, DEFINED },
	{ "--vendclass", NULL, NEEDED, ROW_ERROR, "tenured --vendor-id-class" },
	{ "--authprotocol", NULL, NEEDED, ROW_ERROR, "tenured --auth" },
	{ "--authtoken", NULL, NEEDED, ROW_ERROR, "tenured --auth-keys" },
};

const struct table table_dhcpcd = {
	.program = "dhcpcd",
	.usage = "[OPTION]... [IFACE]...",
	.rows = rows,
	.row_count = ARRAY_SIZE(rows),
	.finish = finish,
};
