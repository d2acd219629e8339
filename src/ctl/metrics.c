/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A row a family; all its samples, of all daemons, stand together. Only the types
 * that both formats know are used: what is no number is a label of a gauge of 1.
 */
#include "ctl/metrics.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "core/names.h"
#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/save.h"
#include "ctl/show.h"

/* ---- families ---------------------------------------------------------------- */

/* Whose member a family is made of. */
enum subject {
	SUBJECT_DAEMON,	    /* of Status */
	SUBJECT_PROCESS,    /* of Statistics */
	SUBJECT_INTERFACE,  /* an interface of Status */
	SUBJECT_LEASE,	    /* its lease, while there is one in use */
	SUBJECT_STATISTICS, /* an interface of Statistics */
};

enum form {
	FORM_NUMBER,
	FORM_FLAG,
	FORM_MILLISECONDS,
	FORM_AGE,	/* seconds since an instant: the instant */
	FORM_REMAINING, /* seconds until an instant: the instant */
	FORM_GRANTED,	/* seconds that were granted: when that was */
	FORM_STATE,	/* a sample each state */
	FORM_TEXT,	/* a label */
	FORM_PARTS,	/* an object: a sample each member */
};

static const struct family {
	const char *name, *type, *help;
	enum subject subject;
	enum form form;
	const char *key;
	const char *label; /* whose value is the text, or the member's name */
	const char *fixed; /* another label, whole, or NULL */
} families[] = {
	{ "tenured_build_info", "gauge", "The version of the daemon.",
	  SUBJECT_DAEMON, FORM_TEXT, "version", "version", NULL },
	{ "tenured_process_start_timestamp_seconds", "gauge",
	  "When the daemon began.", SUBJECT_PROCESS, FORM_AGE, "processSeconds",
	  NULL, NULL },
	{ "tenured_wakeups", "counter", "How often the daemon woke up.",
	  SUBJECT_PROCESS, FORM_NUMBER, "wakeups", NULL, NULL },
	{ "tenured_connections", "gauge", "Who is connected to its socket.",
	  SUBJECT_PROCESS, FORM_NUMBER, "connections", NULL, NULL },
	{ "tenured_subscribers", "gauge", "Who is told of events.",
	  SUBJECT_PROCESS, FORM_NUMBER, "subscribers", NULL, NULL },
	{ "tenured_interface_present", "gauge", "1 if the interface is there.",
	  SUBJECT_INTERFACE, FORM_FLAG, "present", NULL, NULL },
	{ "tenured_interface_carrier", "gauge", "1 if it has a carrier.",
	  SUBJECT_INTERFACE, FORM_FLAG, "carrier", NULL, NULL },
	{ "tenured_interface_ready", "gauge",
	  "1 if the kernel has its address and routes.", SUBJECT_INTERFACE,
	  FORM_FLAG, "ready", NULL, NULL },
	{ "tenured_interface_state", "gauge", "1 for the state that it is in.",
	  SUBJECT_INTERFACE, FORM_STATE, "state", "state", NULL },
	{ "tenured_lease_info", "gauge", "The address that is leased.",
	  SUBJECT_LEASE, FORM_TEXT, "address", "address", NULL },
	{ "tenured_lease_server_info", "gauge", "The server that granted it.",
	  SUBJECT_LEASE, FORM_TEXT, "server", "server", NULL },
	{ "tenured_lease_acquired_timestamp_seconds", "gauge",
	  "When it was granted, or last renewed.", SUBJECT_LEASE, FORM_GRANTED,
	  "seconds", NULL, NULL },
	{ "tenured_lease_renewal_timestamp_seconds", "gauge",
	  "When it is to be renewed.", SUBJECT_LEASE, FORM_REMAINING,
	  "renewInSeconds", NULL, NULL },
	{ "tenured_lease_expiry_timestamp_seconds", "gauge",
	  "When it ends unless it is renewed.", SUBJECT_LEASE, FORM_REMAINING,
	  "expiresInSeconds", NULL, NULL },
	{ "tenured_acquire_seconds", "gauge",
	  "From the first packet to the last lease.", SUBJECT_STATISTICS,
	  FORM_MILLISECONDS, "leaseMilliseconds", NULL, NULL },
	{ "tenured_packets", "counter", "Messages by direction and type.",
	  SUBJECT_STATISTICS, FORM_PARTS, "sent", "type", "direction=\"sent\"" },
	{ "tenured_packets", "counter", "Messages by direction and type.",
	  SUBJECT_STATISTICS, FORM_PARTS, "received", "type",
	  "direction=\"received\"" },
	{ "tenured_dropped", "counter", "Packets that were not used, and why.",
	  SUBJECT_STATISTICS, FORM_PARTS, "rejected", "reason", NULL },
	{ "tenured_leases", "counter", "ACKs for another address than before.",
	  SUBJECT_STATISTICS, FORM_NUMBER, "leases", NULL, NULL },
	{ "tenured_renewals", "counter", "ACKs for the same address.",
	  SUBJECT_STATISTICS, FORM_NUMBER, "renewals", NULL, NULL },
	{ "tenured_naks", "counter", "NAKs that counted.", SUBJECT_STATISTICS,
	  FORM_NUMBER, "naks", NULL, NULL },
	{ "tenured_conflicts", "counter", "Addresses that another host had.",
	  SUBJECT_STATISTICS, FORM_NUMBER, "conflicts", NULL, NULL },
	{ "tenured_send_failures", "counter", "Packets that were not sent.",
	  SUBJECT_STATISTICS, FORM_NUMBER, "sendFailures", NULL, NULL },
	{ "tenured_configure_failures", "counter",
	  "What the kernel refused of leases.", SUBJECT_STATISTICS, FORM_NUMBER,
	  "configureFailures", NULL, NULL },
	{ "tenured_hook_failures", "counter", "Hooks that failed.",
	  SUBJECT_STATISTICS, FORM_NUMBER, "hooksFailed", NULL, NULL },
};

/* ---- samples ----------------------------------------------------------------- */

#define LABELS_SIZE 512

/* Before or after now; what is said to be farther away is no instant. */
#define DISTANCE_MAX_S (INT64_MAX / 4)

struct printer {
	FILE *stream;
	int64_t now_s;
	const struct family *family;
	char labels[LABELS_SIZE]; /* of the daemon, and of the interface */
};

/* name="value", behind those before; quotes and backslashes are escaped. */
static void put_label(struct str *s, const char *name, const char *value)
{
	char clean[128];
	struct str c = str_over(clean, sizeof(clean));

	show_clean(&c, value);
	str_text(s, s->used ? "," : "");
	str_text(s, name);
	str_text(s, "=\"");
	for (const char *at = clean; *at; at++) {
		if (*at == '"' || *at == '\\')
			str_char(s, '\\');
		str_char(s, *at);
	}
	str_char(s, '"');
}

/* value: NULL, or that of the family's own label. */
static void print_sample(const struct printer *p, const char *value,
			 const char *number)
{
	const struct family *family = p->family;
	char labels[2 * LABELS_SIZE];
	struct str s = str_over(labels, sizeof(labels));

	str_text(&s, p->labels);
	if (family->fixed) {
		str_text(&s, s.used ? "," : "");
		str_text(&s, family->fixed);
	}
	if (value)
		put_label(&s, family->label, value);
	if (s.truncated)
		return;
	fprintf(p->stream, "%s%s", family->name,
		*family->type == 'c' ? "_total" : "");
	if (s.used)
		fprintf(p->stream, "{%s}", labels);
	fprintf(p->stream, " %s\n", number);
}

static void print_number(const struct printer *p, const char *value,
			 int64_t number)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)number);
	print_sample(p, value, text);
}

static void print_milliseconds(const struct printer *p, uint64_t milliseconds)
{
	char text[32];

	snprintf(text, sizeof(text), "%llu.%03u",
		 (unsigned long long)(milliseconds / 1000),
		 (unsigned)(milliseconds % 1000));
	print_sample(p, NULL, text);
}

/* Those of the core, and one that is none of them. */
static void print_states(const struct printer *p, const char *present)
{
	bool known = false;

	for (int i = 0; i < DHCP4_STATE_COUNT; i++) {
		const char *name = dhcp4_state_name((enum dhcp4_state)i);
		bool is = !strcmp(name, present);

		known |= is;
		print_number(p, name, is);
	}
	if (!known)
		print_number(p, present, 1);
}

static void print_parts(const struct printer *p, const json_t *parts)
{
	const char *name;
	json_t *part;

	json_object_foreach ((json_t *)(uintptr_t)parts, name, part) {
		if (json_is_integer(part))
			print_number(p, name, json_integer_value(part));
	}
}

static bool is_distance(const json_t *seconds)
{
	return json_is_integer(seconds) && json_integer_value(seconds) >= 0 &&
	       json_integer_value(seconds) <= DISTANCE_MAX_S;
}

/* What the family has of a subject, if it has that at all. */
static void print_of(const struct printer *p, const json_t *subject)
{
	const char *key = p->family->key;
	const json_t *value = json_object_get(subject, key);
	int64_t number = (int64_t)member_number(subject, key);
	int64_t left = (int64_t)member_number(subject, "expiresInSeconds");

	switch (p->family->form) {
	case FORM_NUMBER:
		if (json_is_integer(value))
			print_number(p, NULL, number);
		break;
	case FORM_FLAG:
		if (json_is_boolean(value))
			print_number(p, NULL, json_is_true(value));
		break;
	case FORM_MILLISECONDS:
		if (json_is_integer(value))
			print_milliseconds(p, (uint64_t)number);
		break;
	case FORM_AGE:
		if (is_distance(value))
			print_number(p, NULL, p->now_s - number);
		break;
	case FORM_REMAINING:
		if (is_distance(value))
			print_number(p, NULL, p->now_s + number);
		break;
	case FORM_GRANTED:
		if (is_distance(value) &&
		    is_distance(json_object_get(subject, "expiresInSeconds")))
			print_number(p, NULL, p->now_s + left - number);
		break;
	case FORM_STATE:
		if (json_is_string(value))
			print_states(p, json_string_value(value));
		break;
	case FORM_TEXT:
		if (json_is_string(value))
			print_number(p, json_string_value(value), 1);
		break;
	case FORM_PARTS:
		print_parts(p, value);
		break;
	}
}

/* ---- all ----------------------------------------------------------------------- */

static void set_labels(struct printer *p, const json_t *daemon,
		       const char *interface)
{
	const char *name = member_text_or_null(daemon, "daemon");
	struct str s = str_over(p->labels, sizeof(p->labels));

	if (name && *name)
		put_label(&s, "daemon", name);
	if (interface)
		put_label(&s, "interface", interface);
}

static void print_interfaces(struct printer *p, const json_t *daemon,
			     const json_t *interfaces, const char *name_key)
{
	const json_t *interface;
	size_t i;

	json_array_foreach (interfaces, i, interface) {
		const json_t *lease = json_object_get(interface, "lease");

		set_labels(p, daemon, member_text(interface, name_key));
		if (p->family->subject != SUBJECT_LEASE)
			print_of(p, interface);
		else if (show_is_leased(interface))
			print_of(p, lease);
	}
}

static void print_daemon(struct printer *p, const json_t *daemon)
{
	const json_t *statistics = json_object_get(daemon, "statistics");

	set_labels(p, daemon, NULL);
	switch (p->family->subject) {
	case SUBJECT_DAEMON:
		print_of(p, daemon);
		break;
	case SUBJECT_PROCESS:
		print_of(p, statistics);
		break;
	case SUBJECT_INTERFACE:
	case SUBJECT_LEASE:
		print_interfaces(p, daemon,
				 json_object_get(daemon, "interfaces"), "name");
		break;
	case SUBJECT_STATISTICS:
		print_interfaces(p, daemon,
				 json_object_get(statistics, "interfaces"),
				 "interface");
		break;
	}
}

static void print_heading(FILE *stream, const char *name, const char *type,
			  const char *help)
{
	fprintf(stream, "# TYPE %s %s\n# HELP %s %s\n", name, type, name, help);
}

void metrics_print(FILE *stream, const json_t *daemons, int64_t now_s)
{
	struct printer p = { .stream = stream, .now_s = now_s };
	const char *last = "";
	const json_t *daemon;
	size_t i, d;

	print_heading(stream, "tenured_daemons", "gauge",
		      "How many instances answered.");
	fprintf(stream, "tenured_daemons %zu\n", json_array_size(daemons));
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		p.family = &families[i];
		if (strcmp(last, p.family->name) != 0)
			print_heading(stream, p.family->name, p.family->type,
				      p.family->help);
		last = p.family->name;
		json_array_foreach (daemons, d, daemon)
			print_daemon(&p, daemon);
	}
	fputs("# EOF\n", stream);
}

/*
 * What tells a daemon from all others: of RUNDIR/NAME/FILE.sock "NAME/FILE", without
 * what is usual, tenured.sock. Two that had one name would make one sample twice.
 */
static void put_daemon_name(struct str *s, const char *path, const char *run_dir)
{
	static const char ending[] = ".sock", usual[] = "tenured";
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	size_t length = strlen(file), end = strlen(ending);

	if (length > end && strcmp(file + length - end, ending) == 0)
		length -= end;
	show_instance(s, path, run_dir, "");
	if (length == strlen(usual) && strncmp(file, usual, length) == 0)
		return;
	str_text(s, s->used ? "/" : "");
	while (length--)
		str_char(s, *file++);
}

/* All daemons and what they counted; those that fail are told of and left out. */
static json_t *ask_all(const struct call *call, int *ret_code)
{
	struct census census = census_take(&call->place, NULL);
	json_t *daemons = json_array(), *daemon;
	size_t i;

	*ret_code = census.code;
	if (!json_array_size(census.daemons))
		*ret_code = census_fail(call, &census);
	json_array_foreach (census.daemons, i, daemon) {
		const char *path = member_text(daemon, "socket");
		char name[128];
		struct str s = str_over(name, sizeof(name));
		json_t *told =
			census_ask(call, path, CLIENT "Statistics", ret_code);

		put_daemon_name(&s, path, call->place.run_dir);
		json_object_set_new(daemon, "daemon", json_string(name));
		if (told)
			json_object_set_new(daemon, "statistics", told);
		json_array_append(daemons, daemon);
	}
	census_free(&census);
	return daemons;
}

/* The file is written in any case: an old one would tell what is no more. */
static int save(const char *path, const json_t *daemons, int code)
{
	char *text = NULL;
	size_t size = 0;
	FILE *stream = open_memstream(&text, &size);
	int error = -ENOMEM;

	if (stream) {
		metrics_print(stream, daemons, time(NULL));
		/* To close it moves the text, if there is memory to do so. */
		if (fflush(stream) == 0 && !ferror(stream))
			error = save_replace(path, text, size);
		fclose(stream);
	}
	free(text);
	return error < 0 ? fail_to_save(path, error) : code;
}

int metrics_run(const struct call *call)
{
	int code;
	json_auto_t *daemons = ask_all(call, &code);

	if (call->output)
		return save(call->output, daemons, code);
	metrics_print(stdout, daemons, time(NULL));
	return code;
}
