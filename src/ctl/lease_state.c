/* SPDX-License-Identifier: BSD-2-Clause */
/* A file is found by its name, and judged by the daemon's own reader. */
#include "ctl/lease_state.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/str.h"

#define BOOT_ID "/proc/sys/kernel/random/boot_id"

/* The kernel lets a name have any of these. */
static void put_quoted(struct str *s, const char *interface)
{
	for (; *interface; interface++) {
		if (strchr("*?[\\", *interface))
			str_char(s, '\\');
		str_char(s, *interface);
	}
}

/* Adds DIRECTORY/MIDDLE/IFACE.lease, as far as there is such. */
static void find(glob_t *found, const char *directory, const char *middle,
		 const char *interface)
{
	char pattern[PATH_MAX], name[2 * IFNAMSIZ];
	struct str s = str_over(name, sizeof(name));
	int n;

	put_quoted(&s, interface);
	n = snprintf(pattern, sizeof(pattern), "%s/%s%s%s.lease", directory,
		     middle, *middle ? "/" : "", name);

	if (n > 0 && n < (int)sizeof(pattern))
		glob(pattern, found->gl_pathc ? GLOB_APPEND : 0, NULL, found);
}

/* In the directory itself and in those of instances, or in that of one. */
static void find_all(glob_t *found, const char *directory, const char *instance,
		     const char *interface)
{
	find(found, directory, instance ? instance : "", interface);
	if (!instance)
		find(found, directory, "*", interface);
}

/* At most size octets of a file. Their number, or -errno. */
static ssize_t read_file(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got = 1;

	if (fd < 0)
		return -errno;
	while (used < size && got > 0) {
		got = read(fd, text + used, size - used);
		if (got > 0)
			used += (size_t)got;
	}
	if (got < 0)
		got = -errno;
	close(fd);
	return got < 0 ? got : (ssize_t)used;
}

static int load(const char *path, nsec now, struct lease_file *ret)
{
	/* One octet more than a file may have, to notice a longer one. */
	char text[LEASE_FILE_SIZE_MAX + 1];
	struct lease_clocks clocks = { .now = now, .wall_s = time(NULL) };
	ssize_t size = read_file(BOOT_ID, clocks.boot_id, BOOT_ID_SIZE);

	if (size < BOOT_ID_SIZE)
		memcpy(clocks.boot_id, BOOT_ID_NONE, sizeof(BOOT_ID_NONE));
	size = read_file(path, text, sizeof(text));
	return size < 0 ? (int)size
			: lease_file_read(text, (size_t)size, &clocks, ret);
}

int lease_state_read(const struct service_place *place, const char *interface,
		     nsec now, struct lease_file *ret, char ret_path[PATH_MAX])
{
	glob_t found = { 0 };
	int error = -ENOENT;

	find_all(&found, place->state_dir, place->instance, interface);
	find_all(&found, place->run_dir, place->instance, interface);
	if (found.gl_pathc > 1)
		error = -ENOTUNIQ;
	if (found.gl_pathc == 1) {
		snprintf(ret_path, PATH_MAX, "%s", found.gl_pathv[0]);
		error = load(ret_path, now, ret);
	} else if (access(place->state_dir, R_OK | X_OK) < 0) {
		/* What cannot be searched may have one. */
		snprintf(ret_path, PATH_MAX, "%s", place->state_dir);
		error = -errno;
	}
	globfree(&found);
	return error;
}
