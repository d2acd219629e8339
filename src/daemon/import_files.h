/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files in which other DHCP clients keep leases and DUIDs, found and read into
 * memory, bounded; what is in them is import_lease.h's matter.
 */
#ifndef DAEMON_IMPORT_FILES_H
#define DAEMON_IMPORT_FILES_H

#include <stddef.h>
#include <stdint.h>

#include "core/identity.h"

#define IMPORT_FILES_MAX 128

/* A file of leases that somebody fills for years is no longer. */
#define IMPORT_SIZE_MAX (1024 * 1024)

struct import_file {
	char *path, *data;
	size_t size;
	int64_t written_s; /* since 1970 */
	struct duid duid; /* of the dhcpcd whose file it may be; size 0: none */
};

struct import_files {
	struct import_file file[IMPORT_FILES_MAX];
	size_t count;
};

/*
 * Reads these files, or without any those that are where the clients of usual
 * distributions put them. Returns how many could not be read, which was logged. To
 * be freed with import_files_free() in any case.
 */
unsigned import_files_read(char *const *paths, size_t count,
			   struct import_files *ret);
void import_files_free(struct import_files *);

#endif
