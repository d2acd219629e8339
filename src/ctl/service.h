/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Daemons as tenurectl sees them: sockets in the file system, and calls by
 * varlink over them. It blocks, but not for ever.
 */
#ifndef CTL_SERVICE_H
#define CTL_SERVICE_H

#include <glob.h>
#include <jansson.h>
#include <stdint.h>

/* Where to look; NULL: no choice was made. */
struct service_place {
	const char *run_dir;
	const char *state_dir; /* the files that daemons keep */
	const char *instance;
	const char *socket;
};

/*
 * The paths of all sockets of a place, by glob(3); to be given to globfree(). 0,
 * -ENOMEM, or another -errno of a directory that could not be read.
 */
int service_find(const struct service_place *, glob_t *ret);

/*
 * Makes one call of the daemon at a path, and waits so many seconds at most for
 * the reply: an object with "parameters", and "error" if it is one. Takes the
 * reference to the parameters. 0, or -errno: -ECONNREFUSED if nobody serves the
 * socket, -EAGAIN if no answer came, -ECONNRESET if the daemon hung up, -EPROTO
 * if the answer is none.
 */
int service_call(const char *path, const char *method, json_t *parameters,
		 unsigned timeout_s, json_t **ret);

/* For how long things take, in milliseconds since the boot. */
uint64_t service_clock_ms(void);

#endif
