/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of one directory, named by the interface. Links are never followed, and
 * a name on disk is made of the interface's name alone.
 */
#include "daemon/store.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "base/str.h"
#include "daemon/clocks.h"
#include "daemon/log.h"

#define NAME_SIZE (IFNAMSIZ + 16)

/* Suffixes of the files of an interface. */
static const char *const suffixes[] = { "", ".1", ".2", ".3", ".moved" };
_Static_assert(ARRAY_SIZE(suffixes) == NETWORKS_SPARE + 1, "one for each slot");

struct store {
	int directory;
	char boot_id[BOOT_ID_SIZE + 1];
	bool wall_known; /* where this boot had its wall clock from */
};

static void close_file(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

#define CLEANUP_FILE __attribute__((cleanup(close_file)))

static void file_name(const char *ifname, const char *suffix,
		      char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s.lease%s", ifname, suffix);
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

/* That of no boot. */
static void forget_boot(char id[BOOT_ID_SIZE + 1])
{
	memset(id, '-', BOOT_ID_SIZE);
	id[BOOT_ID_SIZE] = '\0';
}

/* Without a boot id no file is of this boot: the wall clock decides. */
static void read_boot_id(char id[BOOT_ID_SIZE + 1])
{
	CLEANUP_FILE int fd =
		open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);

	forget_boot(id);
	if (fd >= 0 && read_all(fd, id, BOOT_ID_SIZE) < BOOT_ID_SIZE)
		forget_boot(id);
}

static bool is_synchronised(void)
{
	struct timex timex = { 0 };

	return adjtimex(&timex) >= 0 && !(timex.status & STA_UNSYNC);
}

int store_open(struct store **ret, const char *directory)
{
	struct store *s = calloc(1, sizeof(*s));
	int r;

	if (!s)
		return -ENOMEM;
	s->directory = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->directory < 0) {
		r = -errno;
		free(s);
		return r;
	}
	read_boot_id(s->boot_id);
	s->wall_known = clocks_always_known ||
			clocks_wall_is_known(is_synchronised(), CLOCKS_RTC);
	*ret = s;
	return 0;
}

void store_close(struct store *s)
{
	if (!s)
		return;
	close(s->directory);
	free(s);
}

static struct lease_clocks clocks_at(const struct store *s, nsec now)
{
	struct lease_clocks clocks = { .now = now, .wall_s = time(NULL) };

	memcpy(clocks.boot_id, s->boot_id, sizeof(clocks.boot_id));
	return clocks;
}

/* The fault of the file itself, not of a host that is short of something. */
static bool is_its_own(int error)
{
	return error == -EBADMSG || error == -ELOOP || error == -EISDIR ||
	       error == -EACCES;
}

/* Out of the way, where somebody can look at it; the next one replaces it. */
static void put_aside(struct store *s, const char *ifname, const char *name,
		      int error)
{
	const char *why = error == -EBADMSG ? "it is torn, altered or foreign"
					    : strerror(-error);
	char bad[NAME_SIZE];

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
static ssize_t read_file(const struct store *s, const char *name, char *text,
			 size_t size)
{
	CLEANUP_FILE int fd =
		openat(s->directory, name,
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 ? -errno : read_all(fd, text, size);
}

static int load(struct store *s, const char *ifname, const char *suffix,
		nsec now, struct lease_file *ret)
{
	/* One octet more than a file may have, to notice a longer one. */
	char name[NAME_SIZE], text[LEASE_FILE_SIZE_MAX + 1];
	struct lease_clocks clocks = clocks_at(s, now);
	ssize_t size;
	int r;

	/* One that was guessed says nothing about another boot. */
	if (!s->wall_known)
		clocks.wall_s = -1;
	file_name(ifname, suffix, name);
	size = read_file(s, name, text, sizeof(text));
	r = size < 0 ? (int)size
		     : lease_file_read(text, (size_t)size, &clocks, ret);
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, name, r);
	return r;
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

	file_name(n->ifname, suffixes[slot], name);
	/* Not faccessat(), which the sandbox does not know. */
	return fstatat(n->store->directory, name, &info, AT_SYMLINK_NOFOLLOW) ==
	       0;
}

static int load_slot(const struct network_slots *slots, unsigned slot,
		     struct lease_file *ret)
{
	const struct store_networks *n = networks_of(slots);

	return load(n->store, n->ifname, suffixes[slot], n->now, ret);
}

/* What cannot be moved stays where it is, and is of less use there. */
static void move_slot(const struct network_slots *slots, unsigned from,
		      unsigned to)
{
	const struct store_networks *n = networks_of(slots);
	char old[NAME_SIZE], new[NAME_SIZE];

	file_name(n->ifname, suffixes[from], old);
	file_name(n->ifname, suffixes[to], new);
	renameat(n->store->directory, old, n->store->directory, new);
}

static void remove_slot(const struct network_slots *slots, unsigned slot)
{
	const struct store_networks *n = networks_of(slots);
	char name[NAME_SIZE];

	file_name(n->ifname, suffixes[slot], name);
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
	return load(s, ifname, "", now, ret);
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

static int replace_file(const struct store *s, const char *name,
			const char *new, const char *text, size_t size)
{
	CLEANUP_FILE int fd = open_new(s, new);
	int r;

	if (fd < 0)
		return fd;
	r = write_all(fd, text, size);
	if (r == 0 && renameat(s->directory, new, s->directory, name) < 0)
		r = -errno;
	if (r < 0)
		unlinkat(s->directory, new, 0);
	return r;
}

static int save(const struct store *s, const char *ifname,
		const struct dhcp4_lease *lease, uint32_t former_mtu,
		const struct lease_clocks *clocks)
{
	char name[NAME_SIZE], new[NAME_SIZE], text[LEASE_FILE_SIZE_MAX];
	size_t size = lease_file_write(lease, former_mtu, clocks, text);

	file_name(ifname, "", name);
	file_name(ifname, ".new", new);
	return replace_file(s, name, new, text, size);
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

	forget_boot(clocks.boot_id);
	r = save(s, ifname, lease, 0, &clocks);
	return r < 0 ? r : store_sync(s, ifname);
}

int64_t store_written_s(const struct store *s, const char *ifname)
{
	char name[NAME_SIZE];
	struct stat info;

	file_name(ifname, "", name);
	if (fstatat(s->directory, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return -1;
	return info.st_mtime;
}

/* ---- the fallback -------------------------------------------------------- */

/*
 * "ADDRESS/LENGTH BOOT", where BOOT is no boot's id if the kernel has it not, and
 * the line of its CRC.
 */
#define FALLBACK_SIZE 80
static const char no_boot[] = "-";

static void fallback_name(const char *ifname, const char *suffix,
			  char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s.fallback%s", ifname, suffix);
}

static int read_fallback(const struct store *s, char *text, size_t size,
			 struct store_fallback *ret)
{
	struct store_fallback read = { 0 };
	char *slash, *space;
	uint64_t length;

	if (!crc_line_check(text, size, &size) || size == 0 ||
	    text[size - 1] != '\n')
		return -EBADMSG;
	text[size - 1] = '\0';
	slash = strchr(text, '/');
	space = strchr(text, ' ');
	if (!slash || !space || slash > space)
		return -EBADMSG;
	*slash = *space = '\0';
	if (!str_to_ipv4(text, &read.address) || !ipv4_is_host(read.address) ||
	    !str_to_u64(slash + 1, 32, &length) || length == 0)
		return -EBADMSG;
	read.prefix_length = (uint8_t)length;
	read.in_kernel = strcmp(space + 1, s->boot_id) == 0;
	*ret = read;
	return 0;
}

void store_load_fallback(struct store *s, const char *ifname,
			 struct store_fallback *ret)
{
	char name[NAME_SIZE], text[FALLBACK_SIZE + 1];
	ssize_t size;
	int r;

	*ret = (struct store_fallback){ 0 };
	fallback_name(ifname, "", name);
	size = read_file(s, name, text, sizeof(text));
	r = size < 0 ? (int)size : read_fallback(s, text, (size_t)size, ret);
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, name, r);
}

int store_save_fallback(struct store *s, const char *ifname,
			const struct store_fallback *fallback)
{
	char name[NAME_SIZE], new[NAME_SIZE], buffer[FALLBACK_SIZE];
	struct str text = str_over(buffer, sizeof(buffer));

	str_ipv4(&text, fallback->address);
	str_char(&text, '/');
	str_u64(&text, fallback->prefix_length);
	str_char(&text, ' ');
	str_text(&text, fallback->in_kernel ? s->boot_id : no_boot);
	str_char(&text, '\n');
	crc_line_append(&text);
	fallback_name(ifname, "", name);
	fallback_name(ifname, ".new", new);
	return replace_file(s, name, new, buffer, text.used);
}

/* ---- known servers --------------------------------------------------------- */

static void servers_name(const char *ifname, const char *suffix,
			 char name[NAME_SIZE])
{
	snprintf(name, NAME_SIZE, "%s.servers%s", ifname, suffix);
}

void store_load_servers(struct store *s, const char *ifname, struct pins *ret)
{
	char name[NAME_SIZE], text[SERVER_FILE_SIZE_MAX + 1];
	ssize_t size;
	int r;

	*ret = (struct pins){ 0 };
	servers_name(ifname, "", name);
	size = read_file(s, name, text, sizeof(text));
	r = size < 0 ? (int)size : server_file_read(text, (size_t)size, ret);
	if (r < 0 && r != -ENOENT)
		put_aside(s, ifname, name, r);
}

int store_save_servers(struct store *s, const char *ifname,
		       const struct pins *pins)
{
	char name[NAME_SIZE], new[NAME_SIZE], text[SERVER_FILE_SIZE_MAX];
	size_t size = server_file_write(pins, text);

	servers_name(ifname, "", name);
	servers_name(ifname, ".new", new);
	return replace_file(s, name, new, text, size);
}

static int rename_file(const struct store *s, const char *from, const char *to)
{
	if (renameat(s->directory, from, s->directory, to) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}

int store_rename(struct store *s, const char *from, const char *to)
{
	char before[NAME_SIZE], after[NAME_SIZE];
	int r = 0;

	for (unsigned i = 0; i < NETWORKS_MAX && r == 0; i++) {
		file_name(from, suffixes[i], before);
		file_name(to, suffixes[i], after);
		r = rename_file(s, before, after);
	}
	fallback_name(from, "", before);
	fallback_name(to, "", after);
	if (r == 0)
		r = rename_file(s, before, after);
	servers_name(from, "", before);
	servers_name(to, "", after);
	return r < 0 ? r : rename_file(s, before, after);
}

static int sync_file(const struct store *s, const char *name)
{
	CLEANUP_FILE int fd =
		openat(s->directory, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int store_sync(struct store *s, const char *ifname)
{
	char name[NAME_SIZE];
	int r;

	servers_name(ifname, "", name);
	r = sync_file(s, name);
	if (r < 0 && r != -ENOENT)
		return r;
	file_name(ifname, "", name);
	r = sync_file(s, name);
	if (r == 0 && fsync(s->directory) < 0)
		r = -errno;
	return r;
}

int store_forget(struct store *s, const char *ifname)
{
	char name[NAME_SIZE];

	file_name(ifname, "", name);
	if (unlinkat(s->directory, name, 0) < 0 && errno != ENOENT)
		return -errno;
	return 0;
}
