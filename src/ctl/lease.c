/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon knows best. Where none manages the interface, its file tells what it
 * left, and that is said; such a lease may be over, or of before a boot without
 * a clock.
 */
#include "ctl/lease.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <time.h>

#include "ctl/census.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/lease_env.h"
#include "ctl/lease_state.h"
#include "ctl/memory.h"
#include "ctl/show.h"
#include "ctl/status_full.h"
#include "lease/hook_lines.h"
#include "lease/report_lease.h"

static nsec boottime(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (nsec)t.tv_sec * NSEC_PER_S + (nsec)t.tv_nsec;
}

static bool wants_env(const struct call *call)
{
	return call->given & OPTION_BIT(OPTION_ENV);
}

static void print_env(const struct call *call, const struct dhcp4_lease *lease,
		      nsec now)
{
	if (hook_lines_print(stdout, call->interface, lease,
			     hook_lines_expiry_s(lease, now, time(NULL))) < 0)
		memory_fail();
}

static void print_text(const struct call *call, const json_t *lease,
		       const char *from, const char *valid)
{
	char text[128];
	struct str s = str_over(text, sizeof(text));

	paint_put(stdout, PAINT_STRONG, call->interface);
	putchar('\n');
	show_address(&s, lease);
	show_line("address", text);
	if (from) {
		show_line("from", from);
		show_line("valid", valid);
	}
	status_lease(lease);
}

/* ---- the daemon's ------------------------------------------------------------- */

static int tell_daemons(const struct call *call, const char *path)
{
	json_auto_t *reply = NULL;
	const json_t *parameters, *lease;
	struct dhcp4_lease read;
	nsec now = boottime();
	int error = service_call(path, CLIENT "GetLease",
				 json_pack("{s:s}", "interface", call->interface),
				 ANSWER_TIMEOUT_S, &reply);

	if (error < 0)
		return fail_call(path, error);
	if (json_object_get(reply, "error"))
		return fail_reply(call->interface, reply);
	parameters = json_object_get(reply, "parameters");
	lease = json_object_get(parameters, "lease");
	if (!json_is_object(lease))
		return fail(EXIT_FAILURE, call->interface,
			    "holds no lease; 'tenurectl status' says why");
	if (call->json)
		show_json(parameters);
	else if (!wants_env(call))
		print_text(call, lease, NULL, NULL);
	else if (lease_env_from_json(lease, now, &read))
		print_env(call, &read, now);
	else
		return fail_call(path, -EPROTO);
	return EXIT_SUCCESS;
}

/* ---- the file's ----------------------------------------------------------------- */

/* Why there is no file, and what to do. */
static int fail_file(const struct call *call, const char *path, int error)
{
	switch (-error) {
	case ENOENT:
		return fail(EX_UNAVAILABLE, call->interface,
			    "no daemon manages it, and none left a lease of it; "
			    "'tenured IFACE' asks for one");
	case ENOTUNIQ:
		return fail(EX_USAGE, call->interface,
			    "several instances left a lease of it; choose by "
			    "--instance");
	case EACCES:
		return fail(EX_NOPERM, path,
			    "not permitted; files of leases are for root, and "
			    "no daemon manages it");
	case EBADMSG:
		return fail(EXIT_FAILURE, path,
			    "it is torn, altered or foreign; nothing can be "
			    "told of it");
	default:
		return fail(EXIT_FAILURE, path, strerror(-error));
	}
}

/* True if it is over. */
static bool is_over(const struct lease_file *file, nsec now)
{
	return file->time_known && file->lease.expiry_ns <= now;
}

static void words_valid(struct str *s, const struct lease_file *file, nsec now)
{
	const struct dhcp4_lease *lease = &file->lease;

	if (!file->time_known && lease->lease_s != DHCP4_LEASE_INFINITE) {
		str_text(s, "nobody knows: the clock is behind the file's");
	} else if (is_over(file, now)) {
		str_text(s, "no, it ended ");
		str_duration(s, (now - lease->expiry_ns) / NSEC_PER_S);
		str_text(s, " ago");
	} else if (lease->expiry_ns == NSEC_NEVER) {
		str_text(s, "yes, for ever; nobody looks after it");
	} else {
		str_text(s, "yes, but nobody renews it");
	}
	if (!file->same_boot)
		str_text(s, "; it is of before the last boot");
}

static int tell_files(const struct call *call)
{
	char path[PATH_MAX] = "", from[PATH_MAX + 64], valid[128];
	struct str s = str_over(from, sizeof(from));
	struct lease_file file;
	json_auto_t *lease = NULL;
	nsec now = boottime();
	int error = lease_state_read(&call->place, call->interface, now, &file,
				     path);

	if (error < 0)
		return fail_file(call, path, error);
	show_clean(&s, path);
	str_text(&s, "; no daemon manages the interface");
	s = str_over(valid, sizeof(valid));
	words_valid(&s, &file, now);
	lease = report_lease(&file.lease, &route_policy_all, now, true);
	if (call->json) {
		json_auto_t *all = json_pack("{s:O, s:s, s:s}", "lease", lease,
					     "file", path, "valid", valid);

		show_json(all);
	} else if (!wants_env(call)) {
		print_text(call, lease, from, valid);
	} else if (!is_over(&file, now)) {
		print_env(call, &file.lease, now);
	}
	if (!is_over(&file, now))
		return EXIT_SUCCESS;
	return fail(EXIT_FAILURE, call->interface,
		    "its lease is over, and no daemon manages it; 'tenured "
		    "IFACE' asks for one");
}

int lease_run(const struct call *call)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, call->interface);
	int code = EXIT_FAILURE;
	const char *path;

	if (call->json && wants_env(call))
		return fail_usage("--env", "does not go with --json");
	if (!json_array_size(census.daemons) && !call->place.socket &&
	    !census.code)
		return tell_files(call);
	path = census_one(call, &census, &code);
	return path ? tell_daemons(call, path) : code;
}
