/* SPDX-License-Identifier: BSD-2-Clause */
/* udhcpc of BusyBox, and the options of before that scripts still have. */
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "compat/names.h"
#include "compat/table.h"
#include "compat/udhcpc_sent.h"

#define TRIES_DEFAULT	3
#define PAUSE_DEFAULT_S 3
#define TIMEOUT_MAX_S	86400

static void take_request(struct translation *t, const struct row *row,
			 const char *value)
{
	uint8_t code = names_code_udhcpc(value, strlen(value));

	if (!code)
		translation_fail(t, "-O '%s' is no option of DHCP", value);
	translation_add(t, row->text, translation_text("%u", code));
}

static void take_sent(struct translation *t, const struct row *row,
		      const char *value)
{
	(void)row;
	udhcpc_sent_add(t, value);
}

/* What the rounds of DISCOVERs come to; 0: they have no end. */
static unsigned timeout_of(const struct translation *t)
{
	unsigned tries = TRIES_DEFAULT, pause = PAUSE_DEFAULT_S;
	uint64_t both;

	if (t->tries)
		tries = translation_number(t, "-t", t->tries, TIMEOUT_MAX_S);
	if (t->pause)
		pause = translation_number(t, "-T", t->pause, TIMEOUT_MAX_S);
	if (!tries)
		return 0;
	both = (uint64_t)tries * (pause ? pause : 1);
	return both < TIMEOUT_MAX_S ? (unsigned)both : TIMEOUT_MAX_S;
}

static void finish(struct translation *t)
{
	unsigned timeout_s = timeout_of(t);

	/* Those that -O names are asked for in spite of it: they come behind. */
	if (t->no_defaults)
		translation_put_first(t, "--no-request-option",
				      "121,3,33,6,15,119");
	if (t->name_count > 1)
		translation_fail(t, "one interface alone, by -i; not '%s'",
				 t->names[1]);
	if (!t->name_count)
		t->names[t->name_count++] = "eth0";
	translation_add_names(t);
	if (timeout_s && (t->now || t->background)) {
		translation_add(t, t->now ? "-n" : "-b", NULL);
		translation_add(t, "--timeout",
				translation_text("%u", timeout_s));
	}
	if (t->foreground)
		translation_add(t, "-f", NULL);
	if (t->quit)
		translation_add(t, "-q", NULL);
	if (t->pid_file)
		translation_add(t, "-p", translation_path(t, t->pid_file));
	if (t->script) {
		/* All that is to be done the script does. */
		translation_add(t, "--no-configure", "--no-hooks");
		translation_hook(t);
	}
	translation_add(t, "-i", t->names[0]);
}

static void take_interface(struct translation *t, const struct row *row,
			   const char *value)
{
	(void)row;
	t->names[0] = value;
	t->name_count = 1;
}

#define FIELD(member) .field = offsetof(struct translation, member)
#define NEEDED	      .argument = ROW_ARGUMENT_NEEDED

static const struct row rows[] = {
	{ "-i", "--interface", NEEDED, ROW_TAKE, "the interface; eth0 without",
	  .take = take_interface },
	{ "-s", "--script", NEEDED, ROW_ARGUMENT,
	  "run it, with udhcpc's names, and configure nothing else",
	  FIELD(script) },
	{ "-p", "--pidfile", NEEDED, ROW_ARGUMENT, "tenured -p ARG",
	  FIELD(pid_file) },
	{ "-n", "--now", .kind = ROW_FLAG,
	  .text = "tenured -n --timeout SECONDS", FIELD(now) },
	{ "-b", "--background", .kind = ROW_FLAG,
	  .text = "tenured -b --timeout SECONDS", FIELD(background) },
	{ "-t", "--retries", NEEDED, ROW_ARGUMENT,
	  "of SECONDS: ARG (3) times -T; 0: without end", FIELD(tries) },
	{ "-T", "--timeout", NEEDED, ROW_ARGUMENT,
	  "of SECONDS: -t times ARG (3)", FIELD(pause) },
	{ "-A", "--tryagain", NEEDED, ROW_NOTHING,
	  "tenured never stops asking, and has its own pauses" },
	{ "-q", "--quit", .kind = ROW_FLAG, .text = "tenured -q", FIELD(quit) },
	{ "-f", "--foreground", .kind = ROW_FLAG, .text = "tenured -f",
	  FIELD(foreground) },
	{ "-R", "--release", .kind = ROW_OPTION, .text = "-R" },
	{ "-r", "--request", NEEDED, ROW_OPTION, "-r" },
	{ "-O", "--request-option", NEEDED, ROW_TAKE, "--request-option",
	  .take = take_request },
	{ "-o", "--no-default-options", .kind = ROW_FLAG,
	  .text = "tenured --no-request-option 121,3,33,6,15,119",
	  FIELD(no_defaults) },
	{ "-x", NULL, NEEDED, ROW_TAKE, "--option", .take = take_sent },
	{ "-h", "--hostname", NEEDED, ROW_ARGUMENT, "tenured --hostname=ARG",
	  FIELD(hostname) },
	{ "-H", NULL, NEEDED, ROW_ARGUMENT, "tenured --hostname=ARG",
	  FIELD(hostname) },
	{ "-F", "--fqdn", NEEDED, ROW_ARGUMENT,
	  "tenured --fqdn=both --hostname=ARG", FIELD(fqdn) },
	{ "-c", "--clientid", NEEDED, ROW_JOINED, "--client-id" },
	{ "-C", "--clientid-none", .kind = ROW_OPTION,
	  .text = "--client-id=none" },
	{ "-V", "--vendorclass", NEEDED, ROW_JOINED, "--vendor-class" },
	{ "-B", "--broadcast", .kind = ROW_OPTION, .text = "--broadcast=yes" },
	{ "-a", "--arping", .argument = ROW_ARGUMENT_JOINED,
	  .kind = ROW_NOTHING, .text = "tenured looks for conflicts by itself" },
	{ "-S", "--syslog", .kind = ROW_NOTHING,
	  .text = "in the background tenured logs to syslog" },
	{ "-v", "--verbose", .kind = ROW_OPTION, .text = "-v" },
	{ "-P", "--client-port", NEEDED, ROW_ERROR,
	  "tenured has DHCP's own port, 68" },
	{ "-l", "--localport", NEEDED, ROW_ERROR,
	  "tenured has DHCP's own port, 68" },
};

const struct table table_udhcpc = {
	.program = "udhcpc",
	.usage = "[OPTION]...",
	.rows = rows,
	.row_count = ARRAY_SIZE(rows),
	.finish = finish,
};
