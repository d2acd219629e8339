/* SPDX-License-Identifier: BSD-2-Clause */
/* What cannot be made, read or removed fails the test. */
#include "unit/scratch.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "daemon/store.h"
#include "unit/runner.h"

#define PATHS 4

static char directory[] = "/tmp/tenured-scratch-XXXXXX";

void scratch_open(void)
{
	strcpy(directory + strlen(directory) - 6, "XXXXXX");
	CHECK(mkdtemp(directory));
}

static int remove_one(const char *path, const struct stat *info, int type,
		      struct FTW *ftw)
{
	(void)info, (void)type, (void)ftw;
	return remove(path);
}

static int remove_below(const char *path, const struct stat *info, int type,
			struct FTW *ftw)
{
	(void)info, (void)type;
	return ftw->level ? remove(path) : 0;
}

void scratch_close(void)
{
	CHECK(nftw(directory, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0);
}

void scratch_empty(const char *name)
{
	CHECK(nftw(scratch_path(name), remove_below, 8, FTW_DEPTH | FTW_PHYS) ==
	      0);
}

const char *scratch_directory(void)
{
	return directory;
}

const char *scratch_path(const char *name)
{
	static char paths[PATHS][sizeof(directory) + 1 + NAME_MAX];
	static unsigned which;
	char *path = paths[which++ % PATHS];

	CHECK(snprintf(path, sizeof(paths[0]), "%s/%s", directory, name) <
	      (int)sizeof(paths[0]));
	return path;
}

bool scratch_has(const char *name)
{
	struct stat info;

	return lstat(scratch_path(name), &info) == 0;
}

void scratch_write(const char *name, const void *bytes, size_t size)
{
	FILE *f = fopen(scratch_path(name), "w");

	CHECK(f);
	CHECK(fwrite(bytes, 1, size, f) == size);
	CHECK(fclose(f) == 0);
}

void scratch_put(const char *name, const char *text)
{
	scratch_write(name, text, strlen(text));
}

size_t scratch_read(const char *name, char *text, size_t size)
{
	FILE *f = fopen(scratch_path(name), "r");

	CHECK(f);
	size = fread(text, 1, size - 1, f);
	text[size] = '\0';
	fclose(f);
	return size;
}

void scratch_expect(const char *name, const char *text)
{
	char is[4096];

	scratch_read(name, is, sizeof(is));
	ck_assert_str_eq(is, text);
}

struct store *scratch_store(const char *name)
{
	struct store *store;

	CHECK(store_open(&store,
			 open(scratch_path(name), O_RDONLY | O_DIRECTORY)) == 0);
	return store;
}
