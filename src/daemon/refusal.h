/* SPDX-License-Identifier: BSD-2-Clause */
/* Why an interface is not managed: for people, and for whoever started us. */
#ifndef DAEMON_REFUSAL_H
#define DAEMON_REFUSAL_H

#include "base/str.h"
#include "daemon/members.h"

/*
 * In a line that says what to do. name is the one that was asked for; the result
 * is not MEMBERS_OK.
 */
void refusal_explain(const struct members_result *, const struct daemon *,
		     const char *name, struct str *);

/* The same as a line of log, and the code to exit with for it. */
enum exit_code refusal_log(const struct members_result *, const struct daemon *,
			   const char *name);

#endif
