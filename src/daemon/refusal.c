/* SPDX-License-Identifier: BSD-2-Clause */
/* Each of enum members_error has its words, and its exit code. */
#include "daemon/refusal.h"

#include <config.h>
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/link.h"
#include "daemon/log.h"

static const enum exit_code exit_codes[MEMBERS_ERROR_COUNT] = {
	[MEMBERS_NO_LINK] = EXIT_CODE_NO_INTERFACE,
	[MEMBERS_BUSY] = EXIT_CODE_USAGE,
	[MEMBERS_LOCKED] = EXIT_CODE_RUNNING,
	[MEMBERS_NO_LOCK] = EXIT_CODE_FAILED,
	[MEMBERS_RIVAL] = EXIT_CODE_RUNNING,
	[MEMBERS_NO_ADDRESS] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_NO_DUID] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_NO_IDENTIFIER] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_FULL] = EXIT_CODE_CONFIGURATION,
	[MEMBERS_FAILED] = EXIT_CODE_FAILED,
};

static void explain_no_link(struct str *s, const char *name)
{
	char names[256];

	str_text(s, "there is no interface ");
	str_text(s, name);
	if (link_names(names, sizeof(names)) < 0 || !names[0]) {
		str_text(s, ", nor any other but loopback");
		return;
	}
	str_text(s, "; there are: ");
	str_text(s, names);
}

static void explain_busy(struct str *s, const struct members_result *result,
			 const char *name)
{
	str_text(s, name);
	str_text(s, " is the interface ");
	str_text(s, result->managed->iface.name);
	str_text(s, ", which is managed already");
}

static void explain_rival(struct str *s, const struct rival *rival)
{
	str_text(s, rival->name);
	str_text(s, " manages it already, with pid ");
	str_u64(s, (uint64_t)rival->pid);
	str_text(s, ": ");
	str_text(s, rival->advice);
	str_text(s, ", or use --force");
}

/* Somebody else's file, or a link: nobody but its owner can say what it is for. */
static void explain_no_lock(struct str *s, int failure,
			    const struct settings *settings)
{
	str_text(s, "cannot lock the interface: its lock file in ");
	str_text(s, settings->run_dir ? settings->run_dir : TENURED_RUNDIR);
	str_text(s, ": ");
	str_text(s, strerror(failure));
	if (failure == EACCES || failure == ELOOP)
		str_text(s, "; it is not the daemon's: remove it");
}

/* What follows the name of the interface. */
static void explain_rest(struct str *s, const struct members_result *result,
			 const struct daemon *d)
{
	switch (result->error) {
	case MEMBERS_LOCKED:
		str_text(s, "tenured runs there already, with pid ");
		str_u64(s, (uint64_t)result->pid);
		return;
	case MEMBERS_NO_LOCK:
		explain_no_lock(s, result->failure, d->settings);
		return;
	case MEMBERS_RIVAL:
		explain_rival(s, &result->rival);
		return;
	case MEMBERS_NO_ADDRESS:
		str_text(s, "it has no address to inform a server of; set one "
			    "first, or name one by --inform=ADDRESS");
		return;
	case MEMBERS_NO_DUID:
		str_text(s, d->settings->duid_file);
		str_text(s, ": cannot be read as a DUID: ");
		str_text(s, result->failure == EBADMSG
				    ? "it holds no line of hex, as in "
				      "00:04:5a:..."
				    : strerror(result->failure));
		return;
	case MEMBERS_NO_IDENTIFIER:
		str_text(s, "auth delayed needs a client identifier, and the "
			    "interface has no hardware address to make one of: "
			    "give one by --client-id");
		return;
	case MEMBERS_FULL:
		str_text(s, "there are as many interfaces as one process may "
			    "manage; let another one do it, with an --instance "
			    "of its own");
		return;
	case MEMBERS_FAILED:
		str_text(s, strerror(result->failure));
		return;
	case MEMBERS_OK:
	case MEMBERS_NO_LINK:
	case MEMBERS_BUSY:
	case MEMBERS_ERROR_COUNT:
		break;
	}
	UNREACHABLE();
}

void refusal_explain(const struct members_result *result,
		     const struct daemon *d, const char *name, struct str *s)
{
	if (result->error == MEMBERS_NO_LINK) {
		explain_no_link(s, name);
	} else if (result->error == MEMBERS_BUSY) {
		explain_busy(s, result, name);
	} else {
		str_text(s, name);
		str_text(s, ": ");
		explain_rest(s, result, d);
	}
}

enum exit_code refusal_log(const struct members_result *result,
			   const struct daemon *d, const char *name)
{
	char text[512];
	struct str s = str_over(text, sizeof(text));

	refusal_explain(result, d, name, &s);
	log_error("%s", text);
	return result->failure == EACCES ? EXIT_CODE_NOT_PERMITTED
					 : exit_codes[result->error];
}
