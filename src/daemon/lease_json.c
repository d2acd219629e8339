/* SPDX-License-Identifier: BSD-2-Clause */
/* A file that is read while it is replaced is the one before, whole. */
#include "daemon/lease_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/json_text.h"
#include "daemon/log.h"
#include "daemon/report.h"

static void name_file(const struct daemon *d, const char *ifname,
		      const char *more, char ret[PATH_MAX])
{
	snprintf(ret, PATH_MAX, "%s/%s.json%s", d->run_dir, ifname, more);
}

/* 0 or -errno. */
static int write_json(int fd, const json_t *json)
{
	struct buffer text = { 0 };
	ssize_t written = -1;

	errno = ENOMEM;
	if (json_text(json, &text) == 0 && json_text_add(&text, "\n", 1) == 0)
		written = write(fd, text.bytes, text.end);
	/* A part is written if there is no room for more. */
	if (written >= 0 && (size_t)written < text.end) {
		written = -1;
		errno = ENOSPC;
	}
	free(text.bytes);
	return written < 0 ? -errno : 0;
}

static int write_file(const struct managed *m, const char *path,
		      const char *new, nsec now)
{
	json_auto_t *json = report_interface(m, now, true);
	int fd = open(new, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC,
		      0600);
	int r;

	if (fd < 0)
		return -errno;
	r = write_json(fd, json);
	close(fd);
	if (r == 0 && rename(new, path) < 0)
		r = -errno;
	if (r < 0)
		unlink(new);
	return r;
}

void lease_json_write(const struct managed *m, nsec now)
{
	char path[PATH_MAX], new[PATH_MAX];
	int r;

	if (!m->daemon->run_dir)
		return;
	name_file(m->daemon, m->iface.name, "", path);
	name_file(m->daemon, m->iface.name, ".new", new);
	r = write_file(m, path, new, now);
	/* Better none than one of before. */
	if (r < 0) {
		unlink(path);
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "cannot write %s, so hooks have no LEASE_JSON: %s",
			  path, strerror(-r));
	}
}

void lease_json_remove(const struct daemon *d, const char *ifname)
{
	char path[PATH_MAX];

	if (!d->run_dir)
		return;
	name_file(d, ifname, "", path);
	unlink(path);
}
