/* SPDX-License-Identifier: BSD-2-Clause */
/* One call, one connection: the client's half of varlink, as far as needed. */
#include "ctl/service.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* A longer reply is not believed: this is tens of thousands of interfaces. */
#define REPLY_MAX  (64 * 1024 * 1024)
#define REPLY_STEP 65536

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

/* Both directions give up after a time. 0 or -1. */
static int set_timeout(int fd, unsigned timeout_s)
{
	const struct timeval t = { .tv_sec = (time_t)timeout_s };

	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof(t)) < 0)
		return -1;
	return setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof(t));
}

/* A connected socket, or -errno. */
static int open_at(const char *path, unsigned timeout_s)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const struct sockaddr *to = (const struct sockaddr *)&address;
	size_t length = strlen(path);
	int fd, error;

	if (length >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, path, length);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (set_timeout(fd, timeout_s) == 0 &&
	    connect(fd, to, sizeof(address)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

/* ---- calls --------------------------------------------------------------- */

static int send_call(int fd, const char *method, json_t *parameters)
{
	json_auto_t *call = json_pack("{s:s, s:o}", "method", method,
				      "parameters", parameters);
	char *text = call ? json_dumps(call, JSON_COMPACT) : NULL;
	size_t size, done = 0;
	int error = 0;

	if (!text)
		return -ENOMEM;
	size = strlen(text) + 1;
	while (done < size && error == 0) {
		ssize_t sent = send(fd, text + done, size - done, MSG_NOSIGNAL);

		if (sent > 0)
			done += (size_t)sent;
		else if (errno != EINTR)
			error = errno == EPIPE ? -ECONNRESET : -errno;
	}
	free(text);
	return error;
}

/*
 * Reads up to the NUL that ends a reply. 0, with *ret to be freed and *ret_size
 * without the NUL; or -errno.
 */
static int read_reply(int fd, char **ret, size_t *ret_size)
{
	size_t used = 0, size = 0;
	char *text = NULL;
	int error = -EPROTO;

	while (used < REPLY_MAX) {
		char *end;
		ssize_t got;

		if (size - used < REPLY_STEP) {
			char *larger = realloc(text, 2 * size + REPLY_STEP);

			error = -ENOMEM;
			if (!larger)
				break;
			text = larger;
			size = 2 * size + REPLY_STEP;
		}
		got = recv(fd, text + used, size - used, 0);
		if (got < 0 && errno == EINTR)
			continue;
		error = got < 0 ? -errno : got == 0 ? -ECONNRESET : -EPROTO;
		if (got <= 0)
			break;
		end = memchr(text + used, '\0', (size_t)got);
		used += (size_t)got;
		if (end) {
			*ret = text;
			*ret_size = (size_t)(end - text);
			return 0;
		}
	}
	free(text);
	return error;
}

int service_call(const char *path, const char *method, json_t *parameters,
		 unsigned timeout_s, json_t **ret)
{
	int fd = open_at(path, timeout_s), error;
	json_t *reply;
	char *text = NULL;
	size_t size = 0;

	if (fd < 0) {
		json_decref(parameters);
		return fd;
	}
	error = send_call(fd, method, parameters);
	if (error == 0)
		error = read_reply(fd, &text, &size);
	close(fd);
	if (error < 0)
		return error;
	reply = json_loadb(text, size, JSON_REJECT_DUPLICATES, NULL);
	free(text);
	if (!json_is_object(reply)) {
		json_decref(reply);
		return -EPROTO;
	}
	*ret = reply;
	return 0;
}
