/* SPDX-License-Identifier: BSD-2-Clause */
/* One call, one connection. */
#include "ctl/service.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "ctl/channel.h"

uint64_t service_clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* ---- sockets ------------------------------------------------------------- */

/* Adds what matches a pattern below a directory. 0 or -errno. */
static int add(glob_t *found, const char *directory, const char *pattern)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", directory, pattern);
	int result;

	if (n < 0 || n >= (int)sizeof(path))
		return -ENAMETOOLONG;
	result = glob(path, found->gl_pathc ? GLOB_APPEND : 0, NULL, found);
	return result == 0 || result == GLOB_NOMATCH ? 0 : -ENOMEM;
}

int service_find(const struct service_place *place, glob_t *ret)
{
	char pattern[NAME_MAX + sizeof("/*.sock")];
	int error;

	*ret = (glob_t){ 0 };
	if (place->socket) {
		/* Taken as it is: a call will tell whether it is there. */
		error = glob(place->socket, GLOB_NOCHECK, NULL, ret);
		return error ? -ENOMEM : 0;
	}
	if (place->instance) {
		snprintf(pattern, sizeof(pattern), "%s/*.sock", place->instance);
		return add(ret, place->run_dir, pattern);
	}
	error = add(ret, place->run_dir, "*.sock");
	return error < 0 ? error : add(ret, place->run_dir, "*/*.sock");
}

/* ---- calls --------------------------------------------------------------- */

int service_call(const char *path, const char *method, json_t *parameters,
		 unsigned timeout_s, json_t **ret)
{
	uint64_t end_ms = service_clock_ms() + timeout_s * UINT64_C(1000);
	struct channel channel;
	int r = channel_open(&channel, path, CHANNEL_REPLY_MAX);

	if (r < 0) {
		json_decref(parameters);
		return r;
	}
	r = channel_send(&channel, method, parameters, false);
	while (r == 0) {
		struct pollfd poll_fd = { .fd = channel.fd, .events = POLLIN };
		uint64_t now_ms = service_clock_ms();

		r = channel_receive(&channel, ret);
		if (r == 0 && now_ms >= end_ms)
			r = -EAGAIN;
		else if (r == 0)
			poll(&poll_fd, 1, (int)(end_ms - now_ms));
	}
	channel_close(&channel);
	return r < 0 ? r : 0;
}
