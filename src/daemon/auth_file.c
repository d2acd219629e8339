/* SPDX-License-Identifier: BSD-2-Clause */
/* A file of keys is read whole into one buffer, which is wiped when it was understood. */
#include "daemon/auth_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/str.h"

_Static_assert(AUTH_KEYS_MAX == 8 && AUTH_SECRET_MAX == 64 &&
		       AUTH_TOKEN_MAX == 64 && AUTH_FILE_SIZE_MAX == 8192,
	       "the texts of this file say these numbers");

static const char bad_key[] =
	"must be an id (a number from 0 to 4294967295) and a secret of 1 to 64 "
	"octets in hex";
static const char bad_token[] =
	"must be \"token\" and 1 to 64 printable ASCII characters";

void auth_file_wipe(struct auth_keys *keys)
{
	explicit_bzero(keys, sizeof(*keys));
}

static const char *read_token(const char *text, struct auth_keys *keys)
{
	size_t length = strlen(text);

	if (keys->token_size)
		return "is a second token; there may be one";
	if (length == 0 || length > AUTH_TOKEN_MAX || !str_is_printable(text))
		return bad_token;
	memcpy(keys->token, text, length);
	keys->token_size = (uint8_t)length;
	return NULL;
}

static const char *read_key(const char *id, const char *secret,
			    struct auth_keys *keys)
{
	struct auth_key key = { 0 };
	uint64_t number;
	int size = str_to_hex(secret, key.secret, sizeof(key.secret));

	if (!str_to_u64(id, UINT32_MAX, &number) || size < 0)
		return bad_key;
	key.id = (uint32_t)number;
	key.size = (uint8_t)size;
	for (unsigned i = 0; i < keys->count; i++)
		if (keys->keys[i].id == key.id)
			return "has the id of an earlier key";
	if (keys->count == AUTH_KEYS_MAX)
		return "is one too many: there may be 8 keys";
	keys->keys[keys->count++] = key;
	explicit_bzero(&key, sizeof(key));
	return NULL;
}

/* A word, blanks, and the rest without blanks at its end. */
static const char *read_line(char *line, struct auth_keys *keys)
{
	static const char blanks[] = " \t\r";
	char *word = line + strspn(line, blanks);
	char *end = word + strlen(word), *rest;

	while (end > word && strchr(blanks, end[-1]))
		*--end = '\0';
	if (*word == '\0' || *word == '#')
		return NULL;
	rest = word + strcspn(word, blanks);
	if (*rest)
		*rest++ = '\0';
	rest += strspn(rest, blanks);
	return strcmp(word, "token") == 0 ? read_token(rest, keys)
					  : read_key(word, rest, keys);
}

static const char *read_text(char *text, struct auth_keys *keys,
			     unsigned *ret_line)
{
	unsigned number = 0;

	for (char *line = text, *next; line; line = next) {
		const char *error;

		next = strchr(line, '\n');
		if (next)
			*next++ = '\0';
		number++;
		error = read_line(line, keys);
		if (error) {
			*ret_line = number;
			return error;
		}
	}
	return NULL;
}

/* Whose secrets these are: nobody else may have seen them, or chosen them. */
static const char *check_file(int fd)
{
	struct stat info;

	if (fstat(fd, &info) < 0)
		return strerror(errno);
	if (!S_ISREG(info.st_mode))
		return "is no regular file";
	if (info.st_uid != 0 && info.st_uid != geteuid())
		return "must belong to root: chown root it";
	if (info.st_mode & 077)
		return "can be read by others than its owner: chmod 600 it";
	if (info.st_size > AUTH_FILE_SIZE_MAX)
		return "is longer than 8192 octets";
	return NULL;
}

/* The octets of a file, ended by a NUL. */
static const char *read_octets(int fd, char text[AUTH_FILE_SIZE_MAX + 1])
{
	size_t used = 0;
	ssize_t n;

	do {
		n = read(fd, text + used, AUTH_FILE_SIZE_MAX - used);
		if (n > 0)
			used += (size_t)n;
	} while (n > 0);
	text[used] = '\0';
	if (n < 0)
		return strerror(errno);
	return strlen(text) == used ? NULL : "is no text";
}

const char *auth_file_read(const char *path, struct auth_keys *ret,
			   unsigned *ret_line)
{
	char text[AUTH_FILE_SIZE_MAX + 1];
	const char *error;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*ret_line = 0;
	*ret = (struct auth_keys){ 0 };
	if (fd < 0)
		return strerror(errno);
	error = check_file(fd);
	if (!error) {
		error = read_octets(fd, text);
		if (!error)
			error = read_text(text, ret, ret_line);
		explicit_bzero(text, sizeof(text));
	}
	close(fd);
	if (error)
		auth_file_wipe(ret);
	return error;
}
