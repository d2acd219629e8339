/* SPDX-License-Identifier: BSD-2-Clause */
/* Regular files alone: nothing here waits for a pipe or a device. */
#include "daemon/import_files.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/duid.h"
#include "daemon/log.h"

/* Of Debian and Fedora, of NetworkManager's dhclient, and of dhcpcd 5 to 10. */
static const char *const usual[] = {
	"/var/lib/dhcp/dhclient*.leases",
	"/var/lib/dhclient/dhclient*.leases",
	"/var/lib/NetworkManager/dhclient-*.lease",
	"/var/lib/dhcpcd/*.lease",
	"/var/lib/dhcpcd5/*.lease",
	"/var/db/dhcpcd/*.lease",
};

/* Where dhcpcd keeps its DUID if it is not beside its leases. */
#define DHCPCD_DUID "/etc/dhcpcd.duid"

/* All of it, and its time. 0 or -errno; -EFBIG if it is too long. */
static int read_whole(int fd, struct import_file *file)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return -errno;
	if (!S_ISREG(info.st_mode))
		return -EINVAL;
	if (info.st_size > IMPORT_SIZE_MAX)
		return -EFBIG;
	file->written_s = info.st_mtime;
	file->data = malloc((size_t)info.st_size + 1);
	if (!file->data)
		return -ENOMEM;
	while (file->size < (size_t)info.st_size) {
		ssize_t n = read(fd, file->data + file->size,
				 (size_t)info.st_size - file->size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			break;
		file->size += n > 0 ? (size_t)n : 0;
	}
	return 0;
}

/* That beside the file, else that of /etc; what is none is as good as missing. */
static void find_duid(struct import_file *file)
{
	const char *slash = strrchr(file->path, '/');
	int length = slash ? (int)(slash - file->path) + 1 : 0;
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%.*sduid", length, file->path) >=
		    (int)sizeof(path) ||
	    duid_read(path, &file->duid) < 0)
		(void)duid_read(DHCPCD_DUID, &file->duid);
}

static int read_file(const char *path, struct import_file *file)
{
	int fd, r;

	file->path = strdup(path);
	if (!file->path)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = read_whole(fd, file);
	close(fd);
	if (r == 0)
		find_duid(file);
	return r;
}

static void free_file(struct import_file *file)
{
	free(file->path);
	free(file->data);
	*file = (struct import_file){ 0 };
}

/* False: it could not be read, and why was logged. */
static bool add(struct import_files *files, const char *path)
{
	struct import_file *file;
	int r;

	if (files->count == IMPORT_FILES_MAX) {
		log_error("%s: not read: %d files are enough", path,
			  IMPORT_FILES_MAX);
		return false;
	}
	file = &files->file[files->count];
	r = read_file(path, file);
	if (r == 0) {
		files->count++;
		return true;
	}
	log_error("%s: not read: %s", path,
		  r == -EFBIG	 ? "it has more than a mebioctet"
		  : r == -EINVAL ? "it is no regular file"
				 : strerror(-r));
	free_file(file);
	return false;
}

unsigned import_files_read(char *const *paths, size_t count,
			   struct import_files *ret)
{
	unsigned unread = 0;
	glob_t found;

	ret->count = 0;
	memset(ret->file, 0, sizeof(ret->file));
	for (size_t i = 0; i < count; i++)
		unread += !add(ret, paths[i]);
	for (size_t i = 0; count == 0 && i < ARRAY_SIZE(usual); i++) {
		if (glob(usual[i], 0, NULL, &found) != 0)
			continue;
		for (size_t j = 0; j < found.gl_pathc; j++)
			unread += !add(ret, found.gl_pathv[j]);
		globfree(&found);
	}
	return unread;
}

void import_files_free(struct import_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free_file(&files->file[i]);
	files->count = 0;
}
