/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of the DUID, and what makes one. Links are never followed. */
#include "daemon/duid.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/log.h"
#include "daemon/wall_clock.h"
#include "host/shortage.h"

#define FILE_NAME  "duid"
#define MACHINE_ID "/etc/machine-id"

/* A line of hex with colons, and an octet more to notice a longer one. */
#define TEXT_SIZE (3 * DUID_SIZE_MAX + 1)

/* ---- the file -------------------------------------------------------------- */

static void close_file(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define CLEANUP_FILE __attribute__((cleanup(close_file)))

/* Reads at most size octets, as text. Their number, or -errno. */
static ssize_t read_text(int directory, const char *path, int flags, char *text,
			 size_t size)
{
	CLEANUP_FILE int fd =
		openat(directory, path,
		       O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags);
	ssize_t used;

	if (fd < 0)
		return -errno;
	used = read(fd, text, size);
	if (used < 0)
		return -errno;
	text[used] = '\0';
	return used;
}

/* True if the octets are as many as their type wants, where that is known. */
static bool is_whole(const struct duid *duid)
{
	static const struct {
		uint8_t min, max;
	} sizes[] = {
		[1] = { 9, DUID_SIZE_MAX },
		[2] = { 7, DUID_SIZE_MAX },
		[3] = { 5, DUID_SIZE_MAX },
		[4] = { 2 + UUID_SIZE, 2 + UUID_SIZE },
	};
	unsigned type = (unsigned)duid->bytes[0] << 8 | duid->bytes[1];

	if (type == 0 || type >= ARRAY_SIZE(sizes))
		return true;
	return duid->size >= sizes[type].min && duid->size <= sizes[type].max;
}

static bool parse(char *text, struct duid *ret)
{
	struct duid duid = { 0 };
	int size;

	text[strcspn(text, "\n")] = '\0';
	size = str_to_hex(text, duid.bytes, sizeof(duid.bytes));
	if (size < DUID_SIZE_MIN)
		return false;
	duid.size = (uint8_t)size;
	if (!is_whole(&duid))
		return false;
	*ret = duid;
	return true;
}

int duid_read(const char *path, struct duid *ret)
{
	char text[TEXT_SIZE + 1];
	ssize_t used = read_text(AT_FDCWD, path, 0, text, sizeof(text) - 1);

	if (used < 0)
		return (int)used;
	return parse(text, ret) ? 0 : -EBADMSG;
}

/* Ours ends with its line, or is torn. */
int duid_read_own(int directory, struct duid *ret)
{
	char text[TEXT_SIZE + 1];
	ssize_t used = read_text(directory, FILE_NAME, O_NOFOLLOW, text,
				 sizeof(text) - 1);

	if (used < 0)
		return (int)used;
	if (used == 0 || strchr(text, '\n') != text + used - 1)
		return -EBADMSG;
	return parse(text, ret) ? 0 : -EBADMSG;
}

void duid_forget(int directory)
{
	unlinkat(directory, FILE_NAME, 0);
}

static void put_aside(int directory, const struct duid_place *place, int error)
{
	log_warning("%s/" FILE_NAME " is not used: %s; kept as " FILE_NAME ".bad",
		    place->directory,
		    error == -EBADMSG ? "it is torn, altered or foreign"
				      : strerror(-error));
	renameat(directory, FILE_NAME, directory, FILE_NAME ".bad");
}

/* On the disk before it is used: it is to be the same for ever. */
static int write_own(int directory, const struct duid_place *place,
		     const struct duid *duid)
{
	static const char new[] = FILE_NAME ".new";
	char line[TEXT_SIZE + 1];
	struct str text = str_over(line, sizeof(line));
	CLEANUP_FILE int fd = -1;
	int r = 0;

	/* As root in another user's directory: into no file of somebody else's. */
	unlinkat(directory, new, 0);
	fd = openat(directory, new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
		    0644);
	str_hex(&text, duid->bytes, duid->size, ':');
	str_char(&text, '\n');
	if (fd < 0)
		return -errno;
	errno = EIO;
	if (write(fd, line, text.used) != (ssize_t)text.used ||
	    (place->change_owner && fchown(fd, place->uid, place->gid) < 0) ||
	    fsync(fd) < 0 || renameat(directory, new, directory, FILE_NAME) < 0 ||
	    fsync(directory) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(directory, new, 0);
	return r;
}

/* ---- a new one ------------------------------------------------------------- */

/*
 * Of the machine's id, so that it is the same where nothing can be stored; size 0
 * if even random octets cannot be had.
 */
static struct duid make_uuid(void)
{
	uint8_t machine_id[SIPHASH_KEY_SIZE], uuid[UUID_SIZE];
	char text[2 * sizeof(machine_id) + 2];

	if (read_text(AT_FDCWD, MACHINE_ID, 0, text, sizeof(text) - 1) > 0) {
		text[strcspn(text, "\n")] = '\0';
		if (str_to_hex(text, machine_id, sizeof(machine_id)) ==
		    sizeof(machine_id)) {
			uuid_of_machine(machine_id, uuid);
			return duid_uuid(uuid);
		}
	}
	if (getrandom(uuid, sizeof(uuid), 0) != sizeof(uuid))
		return (struct duid){ 0 };
	uuid_mark(uuid);
	return duid_uuid(uuid);
}

static struct duid make(const struct duid_settings *settings,
			const struct duid_place *place)
{
	bool has_hwaddr = place->hwaddr->size > 0;

	if (settings->kind == DUID_KIND_LLT && has_hwaddr)
		return duid_llt(place->hardware_type, place->hwaddr,
				(uint64_t)wall_clock_s());
	if (settings->kind == DUID_KIND_LL && has_hwaddr)
		return duid_ll(place->hardware_type, place->hwaddr);
	return make_uuid();
}

void duid_load(const struct duid_settings *settings,
	       const struct duid_place *place, struct duid *ret)
{
	CLEANUP_FILE int directory =
		open(place->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (settings->kind == DUID_KIND_GIVEN) {
		*ret = settings->given;
		return;
	}
	r = directory < 0 ? -errno : duid_read_own(directory, ret);
	if (r == 0)
		return;
	/* Neither such a host nor a disk with a fault says anything of the file. */
	if (shortage_is(r) || r == -EIO) {
		log_warning("%s/" FILE_NAME " cannot be read now: %s; the DUID of "
			    "this run is another one",
			    place->directory, strerror(-r));
		*ret = make(settings, place);
		return;
	}
	if (r != -ENOENT && directory >= 0)
		put_aside(directory, place, r);
	*ret = make(settings, place);
	if (directory >= 0)
		r = ret->size ? write_own(directory, place, ret) : -EIO;
	if (r < 0)
		log_warning("the DUID cannot be kept in %s: %s",
			    place->directory, strerror(-r));
}

int duid_stored(const struct duid_place *place, struct duid *ret)
{
	CLEANUP_FILE int directory =
		open(place->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return directory < 0 ? -errno : duid_read_own(directory, ret);
}

int duid_store(const struct duid_place *place, const struct duid *duid)
{
	CLEANUP_FILE int directory =
		open(place->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return directory < 0 ? -errno : write_own(directory, place, duid);
}
