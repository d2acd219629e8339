/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of one directory, named by the interface. Links are never followed, and
 * a name on disk is made of the interface's name alone.
 */
#include "daemon/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/clocks.h"
#include "daemon/log.h"
#include "daemon/wall_clock.h"
#include "host/room.h"

#define NAME_SIZE (IFNAMSIZ + 16)

/* What there is of an interface. The slot of a lease is a kind, too. */
enum {
	LEASE,
	FALLBACK = NETWORKS_SPARE + 1,
	SERVERS,
	FILE_KINDS
};

static const char *const endings[FILE_KINDS] = {
	".lease",	".lease.1",  ".lease.2", ".lease.3",
	".lease.moved", ".fallback", ".servers",
};
_Static_assert(NETWORKS_SPARE == 4, "each slot has its ending");

struct store {
	int directory;

	/*
	 * Of these kinds there may be files. Of thousands of interfaces most have
	 * none of most kinds, and need not be looked for. See may_have().
	 */
	bool may[FILE_KINDS], noted;
	bool give; /* files to another user, who cannot read root's */
	uid_t uid;
	gid_t gid;
	char boot_id[BOOT_ID_SIZE + 1]; /* see boot_of() */
	bool boot_known;
	bool wall_known; /* where this boot had its wall clock from */
};

static void close_file(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define CLEANUP_FILE __attribute__((cleanup(close_file)))

static void file_name(const char *ifname, unsigned kind, char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s%s", ifname, endings[kind]);
}

/* Reads at most size octets; their number, or -errno. */
static ssize_t read_all(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t n = read(fd, buffer + used, size - used);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		used += (size_t)n;
	}
	return (ssize_t)used;
}

static int write_all(int fd, const char *buffer, size_t size)
{
	while (size) {
		ssize_t n = write(fd, buffer, size);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			buffer += n;
			size -= (size_t)n;
		}
	}
	return 0;
}

static bool read_boot_id(char id[BOOT_ID_SIZE + 1])
{
	CLEANUP_FILE int fd =
		open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read_all(fd, id, BOOT_ID_SIZE) == BOOT_ID_SIZE;
}

static bool is_synchronised(void)
{
	struct timex timex = { 0 };

	return adjtimex(&timex) >= 0 && !(timex.status & STA_UNSYNC);
}

void store_doubt(struct store *s)
{
	s->noted = true;
	for (size_t kind = 0; kind < FILE_KINDS; kind++)
		s->may[kind] = true;
}

void store_is_empty(struct store *s)
{
	s->noted = true;
}

static void note_file(struct store *s, const char *name)
{
	size_t length = strlen(name);

	for (size_t kind = 0; kind < FILE_KINDS; kind++) {
		size_t ending = strlen(endings[kind]);

		if (length > ending &&
		    strcmp(name + length - ending, endings[kind]) == 0)
			s->may[kind] = true;
	}
}

static void note_files(struct store *s)
{
	int fd = openat(s->directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		store_doubt(s);
		return;
	}
	while ((entry = readdir(dir)))
		note_file(s, entry->d_name);
	closedir(dir);
}

/*
 * Asked first when interfaces are ours already: whoever had them before writes no
 * more.
 */
static bool may_have(struct store *s, unsigned kind)
{
	if (!s->noted) {
		s->noted = true;
		note_files(s);
	}
	return s->may[kind];
}

int store_open(struct store **ret, int directory)
{
	struct store *s = calloc(1, sizeof(*s));

	if (!s) {
		close(directory);
		return -ENOMEM;
	}
	s->directory = directory;
	s->wall_known = clocks_always_known ||
			clocks_wall_is_known(is_synchronised(), CLOCKS_RTC);
	*ret = s;
	return 0;
}

void store_give_to(struct store *s, uid_t uid, gid_t gid)
{
	s->give = true;
	s->uid = uid;
	s->gid = gid;
}

void store_give_to_none(struct store *s)
{
	s->give = false;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	close(s->directory);
	free(s);
}

/*
 * Of no matter before there is a file. As long as it cannot be had no file is of this
 * boot: the wall clock decides.
 */
static const char *boot_of(struct store *s)
{
	if (!s->boot_known)
		s->boot_known = read_boot_id(s->boot_id);
	if (!s->boot_known)
		memcpy(s->boot_id, BOOT_ID_NONE, sizeof(s->boot_id));
	return s->boot_id;
}

static struct lease_clocks clocks_at(struct store *s, nsec now)
{
	struct lease_clocks clocks = { .now = now, .wall_s = wall_clock_s() };

	memcpy(clocks.boot_id, boot_of(s), sizeof(clocks.boot_id));
	return clocks;
}

/* The fault of the file itself, not of a host that is short of something. */
static bool is_its_own(int error)
{
	return error == -EBADMSG || error == -ELOOP || error == -EISDIR ||
	       error == -EACCES;
}

/* Out of the way, where somebody can look at it; the next one replaces it. */
static void put_aside(struct store *s, const char *ifname, unsigned kind,
		      int error)
{
	const char *why = error == -EBADMSG ? "it is torn, altered or foreign"
					    : strerror(-error);
	char name[NAME_SIZE], bad[NAME_SIZE + sizeof(".bad")];

	file_name(ifname, kind, name);
	snprintf(bad, sizeof(bad), "%s.bad", name);
	if (is_its_own(error) &&
	    renameat(s->directory, name, s->directory, bad) == 0)
		log_about(ifname, LOG_LEVEL_WARNING,
			  "%s is not used: %s; kept as %s", name, why, bad);
	else
		log_about(ifname, LOG_LEVEL_WARNING, "%s is not used: %s", name,
			  why);
}

/* All of a file of at most size octets. Their number, or -errno. */
static ssize_t read_file(struct store *s, const char *ifname, unsigned kind,
			 char *text, size_t size)
{
	CLEANUP_FILE int fd = -1;
	char name[NAME_SIZE];

	if (!may_have(s, kind))
		return -ENOENT;
	file_name(ifname, kind, name);
	fd = openat(s->directory, name,
		    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? -errno : read_all(fd, text, size);
}

/*
 * What is read or written, of one file at a time, is in a room (host/room.h): on the
 * stack each of its pages would be touched, and most files have no more than one.
 * One octet more than a file may have, to notice a longer one.
 */
#define TEXT_SIZE (LEASE_FILE_SIZE_MAX + 1)
_Static_assert(TEXT_SIZE <= ROOM_SIZE &&
		       SERVER_FILE_SIZE_MAX <= LEASE_FILE_SIZE_MAX,
	       "either fits");

/* Not inlined: most often there is no file, and no stack is needed for it. */
__attribute__((noinline)) static int parse_lease(struct store *s,
						 const char *text, size_t size,
						 nsec now, struct lease_file *ret)
{
	struct lease_clocks clocks = clocks_at(s, now);

	/* One that was guessed says nothing about another boot. */
	if (!s->wall_known)
		clocks.wall_s = -1;
	return lease_file_read(text, size, &clocks, ret);
}

static int load(struct store *s, const char *ifname, unsigned slot, nsec now,
		struct lease_file *ret)
{
	char *text = room_take();
	ssize_t size = read_file(s, ifname, slot, text, TEXT_SIZE);
	int r = size < 0 ? (int)size
			 : parse_lease(s, text, (size_t)size, now, ret);

	room_give();
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, slot, r);
	return is_its_own(r) ? -EBADMSG : r;
}

/* ---- other networks --------------------------------------------------------- */

static const struct store_networks *networks_of(const struct network_slots *slots)
{
	return (const struct store_networks *)slots;
}

static bool has_slot(const struct network_slots *slots, unsigned slot)
{
	const struct store_networks *n = networks_of(slots);
	char name[NAME_SIZE];
	struct stat info;

	if (!may_have(n->store, slot))
		return false;
	file_name(n->ifname, slot, name);
	/* Not faccessat(), which the sandbox does not know. */
	return fstatat(n->store->directory, name, &info, AT_SYMLINK_NOFOLLOW) ==
	       0;
}

static int load_slot(const struct network_slots *slots, unsigned slot,
		     struct lease_file *ret)
{
	const struct store_networks *n = networks_of(slots);

	return load(n->store, n->ifname, slot, n->now, ret);
}

/* What cannot be moved stays where it is, and is of less use there. */
static void move_slot(const struct network_slots *slots, unsigned from,
		      unsigned to)
{
	const struct store_networks *n = networks_of(slots);
	char old[NAME_SIZE], new[NAME_SIZE];

	file_name(n->ifname, from, old);
	file_name(n->ifname, to, new);
	n->store->may[to] = true;
	renameat(n->store->directory, old, n->store->directory, new);
}

static void remove_slot(const struct network_slots *slots, unsigned slot)
{
	const struct store_networks *n = networks_of(slots);
	char name[NAME_SIZE];

	file_name(n->ifname, slot, name);
	unlinkat(n->store->directory, name, 0);
}

struct store_networks store_networks(struct store *s, const char *ifname, nsec now)
{
	return (struct store_networks){
		.slots = { load_slot, move_slot, remove_slot },
		.store = s,
		.ifname = ifname,
		.now = now,
	};
}

/*
 * networks_recall() did not come to its end: the lease that it had taken out has
 * the place that was free then.
 */
static void put_back_spare(const struct network_slots *slots)
{
	unsigned slot = 0;

	if (!has_slot(slots, NETWORKS_SPARE))
		return;
	while (slot < NETWORKS_SPARE && has_slot(slots, slot))
		slot++;
	if (slot < NETWORKS_SPARE)
		move_slot(slots, NETWORKS_SPARE, slot);
}

int store_load(struct store *s, const char *ifname, nsec now,
	       struct lease_file *ret)
{
	struct store_networks networks = store_networks(s, ifname, now);

	put_back_spare(&networks.slots);
	return load(s, ifname, LEASE, now, ret);
}

/* One that was left by a crash, and may be another user's, goes first. */
static int open_new(const struct store *s, const char *new)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
	int fd = openat(s->directory, new, flags, 0600);

	if (fd < 0 && errno == EEXIST && unlinkat(s->directory, new, 0) == 0)
		fd = openat(s->directory, new, flags, 0600);
	return fd < 0 ? -errno : fd;
}

static int replace_file(struct store *s, const char *ifname, unsigned kind,
			const char *text, size_t size)
{
	char name[NAME_SIZE], new[NAME_SIZE + sizeof(".new")];
	CLEANUP_FILE int fd = -1;
	int r;

	file_name(ifname, kind, name);
	snprintf(new, sizeof(new), "%s.new", name);
	s->may[kind] = true;
	fd = open_new(s, new);
	if (fd < 0)
		return fd;
	r = s->give && fchown(fd, s->uid, s->gid) < 0 ? -errno : 0;
	if (r == 0)
		r = write_all(fd, text, size);
	if (r == 0 && renameat(s->directory, new, s->directory, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(s->directory, new, 0);
	return r;
}

static int save(struct store *s, const char *ifname,
		const struct dhcp4_lease *lease, uint32_t former_mtu,
		const struct lease_clocks *clocks)
{
	char *text = room_take();
	size_t size = lease_file_write(lease, former_mtu, clocks, text);
	int r = replace_file(s, ifname, LEASE, text, size);

	room_give();
	return r;
}

int store_save(struct store *s, const char *ifname,
	       const struct dhcp4_lease *lease, uint32_t former_mtu, nsec now)
{
	struct lease_clocks clocks = clocks_at(s, now);

	return save(s, ifname, lease, former_mtu, &clocks);
}

int store_import(struct store *s, const char *ifname,
		 const struct dhcp4_lease *lease, int64_t age_s)
{
	struct lease_clocks clocks =
		clocks_at(s, lease->granted_ns + (nsec)age_s * NSEC_PER_S);
	int r;

	memcpy(clocks.boot_id, BOOT_ID_NONE, sizeof(clocks.boot_id));
	r = save(s, ifname, lease, 0, &clocks);
	return r < 0 ? r : store_sync(s, ifname);
}

int64_t store_written_s(const struct store *s, const char *ifname)
{
	char name[NAME_SIZE];
	struct stat info;

	file_name(ifname, LEASE, name);
	if (fstatat(s->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return info.st_mtime;
}

void store_load_fallback(struct store *s, const char *ifname,
			 struct fallback_file *ret)
{
	char text[FALLBACK_FILE_SIZE_MAX + 1];
	ssize_t size = read_file(s, ifname, FALLBACK, text, sizeof(text));
	int r = (int)size;

	*ret = (struct fallback_file){ 0 };
	if (size >= 0)
		r = fallback_file_read(text, (size_t)size, boot_of(s), ret);
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, FALLBACK, r);
}

int store_save_fallback(struct store *s, const char *ifname,
			const struct fallback_file *fallback)
{
	char text[FALLBACK_FILE_SIZE_MAX];
	size_t size = fallback_file_write(fallback, boot_of(s), text);

	return replace_file(s, ifname, FALLBACK, text, size);
}

void store_load_servers(struct store *s, const char *ifname, struct pins *ret)
{
	char *text = room_take();
	ssize_t size =
		read_file(s, ifname, SERVERS, text, SERVER_FILE_SIZE_MAX + 1);
	int r = (int)size;

	*ret = (struct pins){ 0 };
	if (size >= 0)
		r = server_file_read(text, (size_t)size, ret);
	room_give();
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, SERVERS, r);
}

int store_save_servers(struct store *s, const char *ifname,
		       const struct pins *pins)
{
	char *text = room_take();
	size_t size = server_file_write(pins, text);
	int r = replace_file(s, ifname, SERVERS, text, size);

	room_give();
	return r;
}

static int rename_file(const struct store *s, const char *from, const char *to,
		       unsigned kind)
{
	char before[NAME_SIZE], after[NAME_SIZE];

	file_name(from, kind, before);
	file_name(to, kind, after);
	if (renameat(s->directory, before, s->directory, after) < 0 &&
	    errno != ENOENT)
		return -errno;
	return 0;
}

int store_rename(struct store *s, const char *from, const char *to)
{
	int r = 0;

	store_doubt(s);
	for (unsigned kind = 0; kind < FILE_KINDS && r == 0; kind++)
		if (kind != NETWORKS_SPARE)
			r = rename_file(s, from, to, kind);
	return r;
}

static int sync_file(const struct store *s, const char *ifname, unsigned kind)
{
	CLEANUP_FILE int fd = -1;
	char name[NAME_SIZE];

	file_name(ifname, kind, name);
	fd = openat(s->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int store_sync(struct store *s, const char *ifname)
{
	int r = 0;

	if (may_have(s, SERVERS))
		r = sync_file(s, ifname, SERVERS);
	if (r < 0 && r != -ENOENT)
		return r;
	r = sync_file(s, ifname, LEASE);
	if (r == 0 && fsync(s->directory) < 0)
		r = -errno;
	return r;
}

int store_forget(struct store *s, const char *ifname)
{
	char name[NAME_SIZE];

	file_name(ifname, LEASE, name);
	if (unlinkat(s->directory, name, 0) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}
