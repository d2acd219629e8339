/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are read and written whole, by the standard library's streams. */
#include "replay/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define STEP 65536

/* Reads to the end. 0 or -errno. */
static int read_all(FILE *stream, struct file *file)
{
	size_t room = 0;

	while (!feof(stream)) {
		if (file->size == room) {
			uint8_t *larger;

			if (room > FILE_SIZE_MAX)
				return -EFBIG;
			room = 2 * room + STEP;
			larger = realloc(file->bytes, room);
			if (!larger)
				return -ENOMEM;
			file->bytes = larger;
		}
		file->size += fread(file->bytes + file->size, 1,
				    room - file->size, stream);
		if (ferror(stream))
			return errno ? -errno : -EIO;
	}
	return file->size > FILE_SIZE_MAX ? -EFBIG : 0;
}

int file_read(const char *path, struct file *ret)
{
	FILE *stream = fopen(path, "re");
	struct file file = { 0 };
	int error;

	if (!stream)
		return -errno;
	error = read_all(stream, &file);
	fclose(stream);
	if (error < 0)
		file_free(&file);
	else
		*ret = file;
	return error;
}

int file_write(const char *path, const struct file *file)
{
	FILE *stream = fopen(path, "wxe");
	int error = 0;

	if (!stream)
		return -errno;
	if (fwrite(file->bytes, 1, file->size, stream) != file->size)
		error = -errno;
	if (fclose(stream) != 0)
		error = -errno;
	if (error < 0)
		remove(path);
	return error;
}

void file_free(struct file *file)
{
	free(file->bytes);
	*file = (struct file){ 0 };
}
