/* SPDX-License-Identifier: BSD-2-Clause */
/* Files of other clients: each is read whole, or said to be left out. */
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/import_files.h"
#include "torture/torture.h"

static void reads_files(void)
{
	static struct import_files files;
	char path[256],
		*paths[] = { path, (char *)(uintptr_t) "/nonexistent", path };
	unsigned unread;
	FILE *file;

	alloc_pause();
	snprintf(path, sizeof(path), "%s", scratch_path("dhclient.leases"));
	file = fopen(path, "w");
	PROMISE(file && fputs("lease {", file) >= 0 && fclose(file) == 0,
		"%s cannot be written", path);
	alloc_resume();
	unread = import_files_read(paths, ARRAY_SIZE(paths), &files);
	PROMISE(files.count + unread == ARRAY_SIZE(paths), "one got lost");
	PROMISE(unread == 1 || strstr(logged(), "memory"), "unsaid: %s",
		logged());
	PROMISE(unread == 1 || !all_had_memory(), "%u are left out", unread);
	for (size_t i = 0; i < files.count; i++)
		PROMISE(files.file[i].size == 7, "cut");
	import_files_free(&files);
}

SCENARIOS(import) = {
	{ .name = "import_reads_files", .play = reads_files },
	{ 0 },
};
