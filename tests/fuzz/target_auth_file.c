/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a file of keys. What is read is within bounds, no id is there twice;
 * and what is refused leaves no secret behind.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/auth_file.h"
#include "fuzz/fuzz.h"

static const char *write_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("keys", MFD_CLOEXEC);
		CHECK(fd >= 0 && fchmod(fd, 0600) == 0);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

static void run(const uint8_t *data, size_t size)
{
	static const struct auth_keys none;
	struct auth_keys keys;
	unsigned line;
	const char *error = auth_file_read(write_file(data, size), &keys, &line);

	if (error) {
		CHECK(memcmp(&keys, &none, sizeof(keys)) == 0);
		return;
	}
	CHECK(keys.count <= AUTH_KEYS_MAX && keys.token_size <= AUTH_TOKEN_MAX);
	for (unsigned i = 0; i < keys.count; i++) {
		CHECK(keys.keys[i].size > 0 &&
		      keys.keys[i].size <= AUTH_SECRET_MAX);
		for (unsigned j = 0; j < i; j++)
			CHECK(keys.keys[i].id != keys.keys[j].id);
	}
	auth_file_wipe(&keys);
}

const struct fuzz_target fuzz_auth_file = { "auth_file", 2048, run };
