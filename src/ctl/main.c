/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenurectl: asks the daemons what they lease, gives them commands, and saves what
 * they recorded.
 *
 * What a daemon says of a failure is meant for people and is shown as it is; the
 * exit code follows from the error's name.
 */
#include <config.h>
#include <errno.h>
#include <getopt.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/assert.h"
#include "ctl/audit.h"
#include "ctl/save.h"
#include "ctl/service.h"
#include "ctl/show.h"

#define CLIENT "org.tenured.Client."

/* An answer that does not depend on the network comes within this time. */
#define STATUS_TIMEOUT_S 5

#define WAIT_DEFAULT_S 30
#define WAIT_MAX_S     86400

#define AUDIT_WAIT_DEFAULT_S 3
#define AUDIT_WAIT_MAX_S     60

struct call {
	struct service_place place;
	const char *interface; /* NULL: all */
	unsigned wait_s;
	bool wait_given;
	bool json;
	const char *output;  /* of record; NULL: by the interface's name */
	const char *network; /* of network */
};

_Noreturn void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "tenurectl: %s:%d: %s; please report this\n", file,
		line, expression);
	abort();
}

/* ---- failures -------------------------------------------------------------- */

/* One line on stderr; gives the code back, so that it can be returned. */
static int fail(int code, const char *subject, const char *what)
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

/* A call that got no reply: what to do next, and the code. */
static int fail_call(const char *path, int error)
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

static bool is_error(const json_t *reply, const char *name)
{
	const char *error = json_string_value(json_object_get(reply, "error"));

	return error && !strcmp(error, name);
}

/* A reply that is an error. */
static int fail_reply(const char *interface, const json_t *reply)
{
	const json_t *parameters = json_object_get(reply, "parameters");
	const json_t *message = json_object_get(parameters, "message");
	const json_t *error = json_object_get(reply, "error");
	int code = EXIT_FAILURE;

	if (is_error(reply, "org.varlink.service.PermissionDenied"))
		return fail(EX_NOPERM, interface,
			    "not permitted; commands are for root (try sudo)");
	if (is_error(reply, CLIENT "NoSuchInterface"))
		code = EX_UNAVAILABLE;
	if (is_error(reply, CLIENT "Timeout"))
		code = EX_TEMPFAIL;
	if (is_error(reply, "org.varlink.service.InvalidParameter"))
		return fail(EX_USAGE, interface,
			    "a network's id is 1 to 64 printable characters "
			    "without a colon, or octets in hex with colons");
	if (!json_is_string(message))
		message = error;
	return fail(code, interface, json_string_value(message));
}

/* ---- finding ----------------------------------------------------------------- */

/* The daemons that know an interface, or all of them. */
struct census {
	json_t *daemons;   /* answers of Status, each with its "socket" */
	unsigned answered; /* even if only that they know nothing of it */
	int code;	   /* of the last failure that was told, or 0 */
};

static void census_free(struct census *census)
{
	json_decref(census->daemons);
}

/* Sockets that nobody serves any more are passed over, unless they were named. */
static void ask_one(struct census *census, const struct service_place *place,
		    const char *path, const char *interface)
{
	json_auto_t *reply = NULL;
	json_t *status;
	int error = service_call(path, CLIENT "Status",
				 json_pack("{s:s*}", "interface", interface),
				 STATUS_TIMEOUT_S, &reply);

	if (error < 0) {
		if (place->socket || (error != -ECONNREFUSED && error != -ENOENT))
			census->code = fail_call(path, error);
		return;
	}
	census->answered++;
	if (is_error(reply, CLIENT "NoSuchInterface"))
		return;
	status = json_object_get(reply, "parameters");
	if (json_object_get(reply, "error") || !json_is_object(status)) {
		census->code = fail_reply(path, reply);
		return;
	}
	json_object_set_new(status, "socket", json_string(path));
	json_array_append(census->daemons, status);
}

static struct census ask(const struct service_place *place, const char *interface)
{
	struct census census = { .daemons = json_array() };
	glob_t found;
	int error = service_find(place, &found);

	if (error < 0)
		census.code =
			fail(EXIT_FAILURE, place->run_dir, strerror(-error));
	for (size_t i = 0; i < found.gl_pathc; i++)
		ask_one(&census, place, found.gl_pathv[i], interface);
	globfree(&found);
	return census;
}

/* Nobody knows the interface: says which ones are known. */
static int fail_unknown(const struct call *call)
{
	__attribute__((cleanup(census_free))) struct census all =
		ask(&call->place, NULL);
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

/* What to say, and to exit with, when a census found nothing. */
static int fail_empty(const struct call *call, const struct census *census)
{
	if (census->code)
		return census->code;
	if (census->answered && call->interface)
		return fail_unknown(call);
	return fail(EX_UNAVAILABLE,
		    call->place.socket ? call->place.socket : call->place.run_dir,
		    "no daemon answers here; 'tenured IFACE' starts one");
}

/* ---- commands ------------------------------------------------------------------ */

/* What was done, in words; lease is null where there is none. */
typedef void outcome_words(struct str *, const json_t *lease);

struct command {
	const char *name;
	int (*run)(const struct call *, const struct command *);
	bool for_all;  /* an interface need not be named */
	bool takes_id; /* of a network, behind the interface */
	const char *method;
	outcome_words *words;
};

static int do_status(const struct call *call, const struct command *command)
{
	__attribute__((cleanup(census_free))) struct census census =
		ask(&call->place, call->interface);
	const json_t *daemon, *interface;
	size_t d, i;

	(void)command;
	if (!json_array_size(census.daemons))
		return fail_empty(call, &census);
	if (call->json) {
		json_dumpf(census.daemons, stdout, JSON_INDENT(2));
		putchar('\n');
		return census.code;
	}
	if (!call->interface) {
		show_table(census.daemons, call->place.run_dir);
		return census.code;
	}
	json_array_foreach (census.daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface)
			show_interface(daemon, interface);
	}
	return census.code;
}

/* The path of the one daemon that manages the interface; NULL: *ret_code. */
static const char *find_one(const struct call *call,
			    const struct census *census, int *ret_code)
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
		*ret_code = fail_empty(call, census);
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

static void words_leased(struct str *s, const char *verb, const json_t *lease)
{
	str_text(s, verb);
	if (!json_is_object(lease))
		return;
	str_text(s, ", ");
	show_address(s, lease);
	str_text(s, " for ");
	show_seconds(s, json_object_get(lease, "seconds"), "ever");
	str_text(s, " from ");
	show_server(s, lease);
}

static void words_renewed(struct str *s, const json_t *lease)
{
	words_leased(s, "renewed", lease);
}

static void words_accepted(struct str *s, const json_t *lease)
{
	words_leased(s, "accepted", lease);
}

static void words_rebound(struct str *s, const json_t *lease)
{
	words_leased(s, "rebound", lease);
}

static void words_started(struct str *s, const json_t *lease)
{
	words_leased(s, "started", lease);
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

/*
 * Calls a method of the daemon that manages the interface. The parameters of its
 * reply, to be freed, or NULL: what to exit with is in *ret_code.
 */
static json_t *call_one(const struct call *call, const char *method,
			unsigned timeout_s, int *ret_code)
{
	__attribute__((cleanup(census_free))) struct census census =
		ask(&call->place, call->interface);
	const char *path = find_one(call, &census, ret_code);
	json_auto_t *reply = NULL;
	int error;

	if (!path)
		return NULL;
	error = service_call(path, method,
			     json_pack("{s:s, s:i, s:s*}", "interface",
				       call->interface, "waitSeconds",
				       (int)call->wait_s, "network",
				       call->network),
			     timeout_s, &reply);
	if (error < 0)
		*ret_code = fail_call(path, error);
	else if (json_object_get(reply, "error"))
		*ret_code = fail_reply(call->interface, reply);
	else if (!json_is_object(json_object_get(reply, "parameters")))
		*ret_code = fail_call(path, -EPROTO);
	else
		return json_incref(json_object_get(reply, "parameters"));
	return NULL;
}

static int do_command(const struct call *call, const struct command *command)
{
	int code = EXIT_FAILURE;
	json_auto_t *parameters = call_one(
		call, command->method, call->wait_s + STATUS_TIMEOUT_S, &code);
	char text[256];
	struct str s = str_over(text, sizeof(text));

	if (!parameters)
		return code;
	show_clean(&s, call->interface);
	str_text(&s, ": ");
	command->words(&s, json_object_get(parameters, "lease"));
	printf("%s\n", text);
	return EXIT_SUCCESS;
}

/* Octets in hex are saved as octets. 0 or -errno. */
static int save_hex(const char *path, const char *hex)
{
	size_t size = hex ? strlen(hex) / 2 : 0;
	uint8_t *octets = malloc(size + 1);
	int error = -EPROTO;

	if (!octets)
		return -ENOMEM;
	if (hex && size && str_to_hex(hex, octets, size) == (int)size)
		error = save_file(path, octets, size);
	free(octets);
	return error;
}

static void words_recorded(struct str *s, const json_t *parameters)
{
	const json_t *events = json_object_get(parameters, "events");

	if (!json_integer_value(events)) {
		str_text(s, "no events; what it is now is saved in ");
		return;
	}
	str_u64(s, (uint64_t)json_integer_value(events));
	str_text(s, " events of the last ");
	show_seconds(s, json_object_get(parameters, "seconds"), "?");
	str_text(s, " saved in ");
}

static int do_record(const struct call *call, const struct command *command)
{
	int code = EXIT_FAILURE, error;
	json_auto_t *parameters =
		call_one(call, command->method, STATUS_TIMEOUT_S, &code);
	char name[IFNAMSIZ + sizeof(".record")], text[128];
	const char *path = call->output ? call->output : name;
	struct str s = str_over(text, sizeof(text));

	if (!parameters)
		return code;
	snprintf(name, sizeof(name), "%s.record", call->interface);
	error = save_hex(path, json_string_value(json_object_get(parameters,
								 "recording")));
	if (error == -EEXIST)
		return fail(EX_CANTCREAT, path,
			    "exists already; remove it, or name another by -o");
	if (error < 0)
		return fail(EX_CANTCREAT, path, strerror(-error));
	words_recorded(&s, parameters);
	printf("%s: %s%s\n", call->interface, text, path);
	return EXIT_SUCCESS;
}

static void words_told(struct str *s, const json_t *lease)
{
	(void)lease;
	str_text(s, "told");
}

static void words_forgotten(struct str *s, const json_t *lease)
{
	(void)lease;
	str_text(s, "all servers are forgotten; the next one that grants a lease"
		    " is remembered");
}

/* What is done at once. */
static int do_plain(const struct call *call, const struct command *command)
{
	int code = EXIT_FAILURE;
	json_t *parameters =
		call_one(call, command->method, STATUS_TIMEOUT_S, &code);
	char text[128];
	struct str s = str_over(text, sizeof(text));

	if (!parameters)
		return code;
	json_decref(parameters);
	command->words(&s, NULL);
	printf("%s: %s\n", call->interface, text);
	return EXIT_SUCCESS;
}

/* Nobody answered: as if the outcome of a command had not come in time. */
static int do_audit(const struct call *call, const struct command *command)
{
	struct call asked = *call;
	int code = EXIT_FAILURE;
	json_auto_t *audit = NULL;

	if (!call->wait_given)
		asked.wait_s = AUDIT_WAIT_DEFAULT_S;
	if (asked.wait_s > AUDIT_WAIT_MAX_S)
		return fail(EX_USAGE, "--wait",
			    "for an audit at most 60 seconds");
	audit = call_one(&asked, command->method,
			 asked.wait_s + STATUS_TIMEOUT_S, &code);
	if (!audit)
		return code;
	if (call->json) {
		json_dumpf(audit, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		audit_show(audit);
	}
	if (json_array_size(json_object_get(audit, "answers")))
		return EXIT_SUCCESS;
	return fail(EX_TEMPFAIL, call->interface, "no server answered in time");
}

static const struct command commands[] = {
	{ "status", do_status, true, false, NULL, NULL },
	{ "renew", do_command, false, false, CLIENT "Renew", words_renewed },
	{ "rebind", do_command, false, false, CLIENT "Rebind", words_rebound },
	{ "release", do_command, false, false, CLIENT "Release", words_released },
	{ "stop", do_command, false, false, CLIENT "Stop", words_stopped },
	{ "start", do_command, false, false, CLIENT "Start", words_started },
	{ "record", do_record, false, false, CLIENT "Record", NULL },
	{ "network", do_plain, false, true, CLIENT "SetNetwork", words_told },
	{ "accept", do_command, false, false, CLIENT "Accept", words_accepted },
	{ "audit", do_audit, false, false, CLIENT "Audit", NULL },
	{ "forget", do_plain, false, false, CLIENT "ForgetServers",
	  words_forgotten },
};

/* ---- the command line ----------------------------------------------------------- */

static const char help[] =
	"usage: tenurectl [OPTION]... status [IFACE]\n"
	"       tenurectl [OPTION]... renew|rebind|release|stop|start IFACE\n"
	"       tenurectl [OPTION]... accept|forget|audit IFACE\n"
	"       tenurectl [OPTION]... record IFACE [-o FILE]\n"
	"       tenurectl [OPTION]... network IFACE ID\n"
	"\n"
	"  status   what is leased, in a table; for one interface in full\n"
	"  renew    ask the server for a longer lease now\n"
	"  rebind   the same of any server, by broadcast\n"
	"  release  give the lease back and stop\n"
	"  stop     stop; address and lease stay to their expiry\n"
	"  start    ask for a lease again\n"
	"  record   save the last events, for tenured-replay\n"
	"  network  tell where the link leads, such as to an SSID\n"
	"  accept   renew, and apply what renew-changes held back\n"
	"  forget   forget the servers that server-pin knows\n"
	"  audit    which servers answer, with what, and which rules they break\n"
	"\n"
	"      --json           status or audit as JSON, for programs\n"
	"      --wait SECONDS   for the outcome of a command, 0 to 86400 (30);\n"
	"                       of an audit 0 to 60 (3)\n"
	"  -o, --output FILE    where record saves them (IFACE.record)\n"
	"      --run-dir DIR    where the sockets are (" TENURED_RUNDIR ")\n"
	"      --instance NAME  only daemons of this instance\n"
	"      --socket PATH    only the daemon at this socket\n"
	"  -h, --help           this\n"
	"  -V, --version        the version\n"
	"\n"
	"Exit codes: 0 done, 1 failed, 64 usage, 69 no such interface or no\n"
	"daemon, 73 cannot save, 75 no outcome in time, 77 not permitted.\n";

enum option_code {
	OPTION_JSON = 256,
	OPTION_WAIT,
	OPTION_RUN_DIR,
	OPTION_INSTANCE,
	OPTION_SOCKET,
};

static const struct option options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "wait", required_argument, NULL, OPTION_WAIT },
	{ "output", required_argument, NULL, 'o' },
	{ "run-dir", required_argument, NULL, OPTION_RUN_DIR },
	{ "instance", required_argument, NULL, OPTION_INSTANCE },
	{ "socket", required_argument, NULL, OPTION_SOCKET },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static int fail_usage(const char *subject, const char *what)
{
	char text[256];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, what);
	str_text(&s, "; see 'tenurectl --help'");
	return fail(EX_USAGE, subject, text);
}

/* One option; -1 to go on, or the code to exit with. */
static int take_option(struct call *call, int code)
{
	uint64_t wait_s;

	switch (code) {
	case OPTION_JSON:
		call->json = true;
		return -1;
	case OPTION_WAIT:
		if (!str_to_u64(optarg, WAIT_MAX_S, &wait_s))
			return fail_usage("--wait", "wants seconds, 0 to 86400");
		call->wait_s = (unsigned)wait_s;
		call->wait_given = true;
		return -1;
	case OPTION_RUN_DIR:
		call->place.run_dir = optarg;
		return -1;
	case OPTION_INSTANCE:
		if (!*optarg || strchr(optarg, '/'))
			return fail_usage("--instance",
					  "wants a name without a slash");
		call->place.instance = optarg;
		return -1;
	case OPTION_SOCKET:
		call->place.socket = optarg;
		return -1;
	case 'o':
		call->output = optarg;
		return -1;
	case 'h':
		fputs(help, stdout);
		return EXIT_SUCCESS;
	case 'V':
		puts("tenurectl " TENURED_VERSION);
		return EXIT_SUCCESS;
	default: /* getopt_long() has said what is wrong */
		return EX_USAGE;
	}
}

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

/* What the kernel and JSON both take for a name. */
static bool is_interface_name(const char *name)
{
	size_t length = 0;

	while (name[length] > ' ' && name[length] <= '~')
		length++;
	return length > 0 && length < IFNAMSIZ && !name[length];
}

/* The words that are no options: a command, and an interface for most. */
static int run(struct call *call, int count, char **words)
{
	const struct command *command;

	if (count == 0)
		return fail_usage(NULL, "a command is missing");
	command = find_command(words[0]);
	if (!command)
		return fail_usage(words[0], "no such command");
	if (count > 2 + command->takes_id)
		return fail_usage(words[2 + command->takes_id],
				  command->takes_id ? "one network at a time"
						    : "one interface at a time");
	if (command->takes_id && count < 3)
		return fail_usage(words[0],
				  "wants an interface and a network's id");
	call->network = command->takes_id ? words[2] : NULL;
	call->interface = words[1];
	if (call->interface && !is_interface_name(call->interface))
		return fail_usage(words[1], "is no name of an interface");
	if (!call->interface && !command->for_all)
		return fail_usage(words[0], "wants the name of an interface");
	if (call->json && command->run != do_status && command->run != do_audit)
		return fail_usage("--json", "goes with status and audit alone");
	if (call->output && command->run != do_record)
		return fail_usage("-o", "goes with record alone");
	return command->run(call, command);
}

int main(int argc, char **argv)
{
	struct call call = {
		.place.run_dir = TENURED_RUNDIR,
		.wait_s = WAIT_DEFAULT_S,
	};
	int option, code = -1;

	while (code < 0 &&
	       (option = getopt_long(argc, argv, "o:hV", options, NULL)) != -1)
		code = take_option(&call, option);
	if (code < 0)
		code = run(&call, argc - optind, argv + optind);
	if (fflush(stdout) != 0 || ferror(stdout))
		return fail(EXIT_FAILURE, "standard output", strerror(errno));
	return code;
}
