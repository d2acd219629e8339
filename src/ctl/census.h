/* SPDX-License-Identifier: BSD-2-Clause */
/* Which daemons there are, what they manage, and calls of the right one. */
#ifndef CTL_CENSUS_H
#define CTL_CENSUS_H

#include <jansson.h>

#include "ctl/call.h"

/* An answer that does not depend on the network comes within this time. */
#define ANSWER_TIMEOUT_S 5

/* The daemons that know an interface, or all of them. */
struct census {
	json_t *daemons;   /* answers of Status, each with its "socket" */
	unsigned answered; /* even if only that they know nothing of it */
	int code;	   /* of the last failure that was told, or 0 */
};

/*
 * Asks all daemons of the call's place for an interface, or for all. Sockets that
 * nobody serves any more are passed over, unless they were named.
 */
struct census census_take(const struct service_place *, const char *interface);
void census_free(struct census *);

/* A census found nothing: says so, and what there is. What to exit with. */
int census_fail(const struct call *, const struct census *);

/*
 * The socket of the one daemon that manages the call's interface, or NULL: that
 * was said, and what to exit with is in *ret_code.
 */
const char *census_one(const struct call *, const struct census *, int *ret_code);

/*
 * Calls a method of the daemon that manages the call's interface. The parameters
 * of its reply, to be freed, or NULL: that was said, and what to exit with is in
 * *ret_code. Takes the reference to the parameters, into which the interface is
 * put. The second one tells on standard error what happens meanwhile (progress.h).
 */
json_t *census_call(const struct call *, const char *method, json_t *parameters,
		    unsigned timeout_s, int *ret_code);
json_t *census_await(const struct call *, const char *method,
		     json_t *parameters, unsigned timeout_s, int *ret_code);

/* As the second one, of a daemon that was found, whatever it manages. */
json_t *census_await_at(const struct call *, const char *path, const char *method,
			json_t *parameters, unsigned timeout_s, int *ret_code);

/* A method of a daemon that was found, which answers at once. */
json_t *census_ask(const struct call *, const char *path, const char *method,
		   int *ret_code);

/* What a daemon told; daemon: its answer of Status, with its "socket". */
typedef void census_teller(void *context, const json_t *daemon,
			   const json_t *told);

/*
 * Calls a method of each daemon that knows the call's interface, or of all; as JSON
 * what they told is a list, which is shown. What to exit with: 0, or the code of the
 * last failure, which was said.
 */
int census_each(const struct call *, const char *method, json_t *parameters,
		unsigned timeout_s, census_teller *, void *context);

#endif
