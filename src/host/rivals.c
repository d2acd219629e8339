/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A file in /run says who there may be; since it outlives who wrote it, the process
 * is looked at: its name, its namespace, and its command line, which tells what it
 * manages. To look at all processes instead takes milliseconds, which the first
 * DISCOVER does not have.
 */
#include "host/rivals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "host/netns.h"
#include "host/shortage.h"

/* Of a command line or a file of state; the rest says nothing more. */
#define TEXT_SIZE 4096

/* Of a path: where a place is, and some words behind that. */
#define PATH_SIZE 512

#define DHCPCD "dhcpcd" /* its directory */

struct process;

/* A client that has a file with its pid, named for itself. */
struct program {
	const char *comm; /* as in /proc/PID/comm: 15 characters */
	const char *name;
	bool (*manages)(const struct process *, const char *ifname);
};

/* A daemon that says in the file of an interface's index whether it manages it. */
struct manager {
	const char *comm, *name, *advice;
	const char *directory;	   /* below /run */
	const char *yes, *yes_too; /* lines that say so */
};

/* Its words are apart by a NUL each, and size counts all of these. */
struct process {
	struct process *next;
	const struct program *program;
	pid_t pid;
	size_t size;
	char words[];
};

struct rivals {
	struct rivals_place place;
	struct process *first;
	bool has_dhcpcd;      /* a directory below /run */
	unsigned has_manager; /* bits by the row */
};

const struct rivals_place rivals_host = { .proc = "/proc", .run = "/run" };

/* ---- command lines ------------------------------------------------------ */

static const char *next_word(const struct process *p, const char *word)
{
	const char *next = word ? word + strlen(word) + 1 : p->words;

	ASSERT(p);
	return next < p->words + p->size ? next : NULL;
}

static bool has_word(const struct process *p, const char *wanted)
{
	for (const char *w = next_word(p, NULL); w; w = next_word(p, w)) {
		if (strcmp(w, wanted) == 0)
			return true;
	}
	return false;
}

/* Of options, and of what they are followed by, none is an interface's name. */
static bool names_any(const struct process *p)
{
	for (const char *w = next_word(p, p->words); w; w = next_word(p, w)) {
		if (if_nametoindex(w))
			return true;
	}
	return false;
}

/* dhclient, and dhcpcd before it tells by a title: without a name, all are its. */
static bool by_words(const struct process *p, const char *ifname)
{
	return !has_word(p, "-6") && (has_word(p, ifname) || !names_any(p));
}

/*
 * "dhcpcd: eth0 [ip4] [ip6]" manages one, "dhcpcd: [manager] [ip4] [ip6]" all;
 * others of that name are their helpers.
 */
static bool by_title(const struct process *p, const char *ifname)
{
	const char *whom = next_word(p, p->words);

	if (strcmp(p->words, "dhcpcd:") != 0)
		return by_words(p, ifname);
	return whom && !(has_word(p, "[ip6]") && !has_word(p, "[ip4]")) &&
	       (strcmp(whom, ifname) == 0 || strcmp(whom, "[manager]") == 0 ||
		strcmp(whom, "[master]") == 0);
}

/* "-i eth0", "-ieth0", "--interface=eth0", or eth0 without any of them. */
static bool by_option_i(const struct process *p, const char *ifname)
{
	static const char longer[] = "--interface";
	bool named = false;

	for (const char *w = next_word(p, NULL); w; w = next_word(p, w)) {
		const char *value = NULL;

		if (strcmp(w, "-i") == 0 || strcmp(w, longer) == 0)
			value = next_word(p, w);
		else if (strncmp(w, longer, sizeof(longer) - 1) == 0)
			value = w + sizeof(longer);
		else if (strncmp(w, "-i", 2) == 0)
			value = w + 2;
		if (value && strcmp(value, ifname) == 0)
			return true;
		named = named || value;
	}
	return !named && strcmp(ifname, "eth0") == 0;
}

/* Many programs are called so; one of them is meant. */
static bool by_applet(const struct process *p, const char *ifname)
{
	const char *applet = next_word(p, p->words);

	return applet && strcmp(applet, "udhcpc") == 0 && by_option_i(p, ifname);
}

/* ---- files -------------------------------------------------------------- */

/* The text of a file, cut at size - 1; its length, or -errno. */
static ssize_t read_text(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path,
			O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t used;

	if (fd < 0)
		return -errno;
	used = read(fd, text, size - 1);
	if (used < 0)
		used = -errno;
	else
		text[used] = '\0';
	close(fd);
	return used;
}

/* True if it says that it manages the interface, or did when it last ran. */
static bool claims(const struct rivals *r, const struct manager *manager,
		   int ifindex)
{
	char path[PATH_SIZE], text[TEXT_SIZE], *rest = text, *line;

	snprintf(path, sizeof(path), "%s/%s/%d", r->place.run,
		 manager->directory, ifindex);
	if (read_text(AT_FDCWD, path, text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&rest, "\n"))) {
		if (strcmp(line, manager->yes) == 0 ||
		    strcmp(line, manager->yes_too) == 0)
			return true;
	}
	return false;
}

/* ---- processes ----------------------------------------------------------- */

static const struct program programs[] = {
	{ "dhclient", "dhclient", by_words },
	{ "dhcpcd", "dhcpcd", by_title },
	{ "udhcpc", "udhcpc", by_option_i },
	{ "busybox", "udhcpc", by_applet },
};

static const struct manager managers[] = {
	{ "systemd-network", "systemd-networkd",
	  "set Unmanaged=yes for it in a .network file", "systemd/netif/links",
	  "ADMIN_STATE=configuring", "ADMIN_STATE=configured" },
	{ "NetworkManager", "NetworkManager",
	  "take it away from that (nmcli device set IFACE managed no)",
	  "NetworkManager/devices", "managed=true", "managed=1" },
};

/* A title is one string with spaces, and padded with them. */
static void split_words(struct process *p)
{
	for (size_t i = 0; i < p->size; i++) {
		if (p->words[i] == ' ')
			p->words[i] = '\0';
	}
}

/* The name of a process. False: it has ended, or there never was one. */
static bool read_comm(const struct rivals *r, const char *pid, char *comm,
		      size_t size)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "%s/%s/comm", r->place.proc, pid);
	if (read_text(AT_FDCWD, path, comm, size) <= 0)
		return false;
	comm[strcspn(comm, "\n")] = '\0';
	return true;
}

static const struct program *program_of(const char *comm)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (strcmp(comm, programs[i].comm) == 0)
			return &programs[i];
	}
	return NULL;
}

/*
 * Adds a process, if it is one of the programs. Who ended meanwhile is none. Not
 * inlined: most often there is no file with a pid, and no stack is needed for it.
 */
__attribute__((noinline)) static int add(struct rivals *r, const char *pid)
{
	char path[PATH_SIZE], text[TEXT_SIZE];
	const struct program *program;
	struct process *p;
	ssize_t size;

	if (!read_comm(r, pid, text, sizeof(text)))
		return 0;
	program = program_of(text);
	if (!program || netns_of(r->place.proc, pid) != NETNS_OURS)
		return 0;
	snprintf(path, sizeof(path), "%s/%s/cmdline", r->place.proc, pid);
	size = read_text(AT_FDCWD, path, text, sizeof(text));
	if (size <= 0)
		return 0;
	p = malloc(sizeof(*p) + (size_t)size + 1);
	if (!p)
		return -ENOMEM;
	*p = (struct process){ .next = r->first,
			       .program = program,
			       .pid = (pid_t)strtol(pid, NULL, 10),
			       .size = (size_t)size + 1 };
	memcpy(p->words, text, p->size);
	split_words(p);
	r->first = p;
	return 0;
}

/* Whom a file with a pid names: it is a number of a process, or of nobody. */
static int add_by_file(struct rivals *r, int directory, const char *name)
{
	char pid[16];

	if (read_text(directory, name, pid, sizeof(pid)) <= 0)
		return 0;
	pid[strspn(pid, "0123456789")] = '\0';
	return *pid ? add(r, pid) : 0;
}

static bool is_pid_file(const char *name)
{
	size_t size = strlen(name);

	return size >= 3 && strcmp(name + size - 3, "pid") == 0;
}

static bool is_of_a_program(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *own = programs[i].name;

		if (strncmp(name, own, strlen(own)) == 0)
			return true;
	}
	return false;
}

/* What there is below /run of those who have a directory. */
static void note_directory(struct rivals *r, const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(managers); i++) {
		if (strncmp(managers[i].directory, name, length) == 0 &&
		    managers[i].directory[length] == '/')
			r->has_manager |= 1u << i;
	}
	r->has_dhcpcd |= strcmp(name, DHCPCD) == 0;
}

/* All files with pids in a directory; of others' only those by their names. */
static int add_by_files(struct rivals *r, const char *directory, bool own)
{
	char path[PATH_SIZE];
	struct dirent *entry;
	int error = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "%s%s", r->place.run, directory);
	dir = opendir(path);
	/* Not that there is nobody. */
	if (!dir && shortage_is(errno))
		return -errno;
	while (dir && error == 0 && (entry = readdir(dir))) {
		if (!own)
			note_directory(r, entry->d_name);
		if (is_pid_file(entry->d_name) &&
		    (own || is_of_a_program(entry->d_name)))
			error = add_by_file(r, dirfd(dir), entry->d_name);
	}
	if (dir)
		closedir(dir);
	return error;
}

int rivals_open(struct rivals **ret, const struct rivals_place *place)
{
	struct rivals *r = calloc(1, sizeof(*r));
	int error;

	if (!r)
		return -ENOMEM;
	r->place = *place;
	error = add_by_files(r, "", false);
	if (error == 0 && r->has_dhcpcd)
		error = add_by_files(r, "/" DHCPCD, true);
	if (error < 0) {
		rivals_close(r);
		return error;
	}
	*ret = r;
	return 0;
}

void rivals_close(struct rivals *r)
{
	while (r && r->first) {
		struct process *p = r->first;

		r->first = p->next;
		free(p);
	}
	free(r);
}

/* The process of that name, or 0. Looked for only where there is a claim. */
static pid_t find_by_name(const struct rivals *r, const char *name)
{
	DIR *dir = opendir(r->place.proc);
	char comm[32];
	struct dirent *entry;
	pid_t pid = 0;

	while (dir && !pid && (entry = readdir(dir))) {
		if (str_is_digit(entry->d_name[0]) &&
		    read_comm(r, entry->d_name, comm, sizeof(comm)) &&
		    strcmp(comm, name) == 0 &&
		    netns_of(r->place.proc, entry->d_name) == NETNS_OURS)
			pid = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (dir)
		closedir(dir);
	return pid;
}

bool rivals_find(const struct rivals *r, const char *ifname, int ifindex,
		 struct rival *ret)
{
	for (const struct process *p = r->first; p; p = p->next) {
		if (!p->program->manages(p, ifname))
			continue;
		*ret = (struct rival){ p->program->name, "end it", p->pid };
		return true;
	}
	for (size_t i = 0; i < ARRAY_SIZE(managers); i++) {
		const struct manager *m = &managers[i];
		bool has = r->has_manager & 1u << i && claims(r, m, ifindex);
		pid_t pid = has ? find_by_name(r, m->comm) : 0;

		if (!pid)
			continue;
		*ret = (struct rival){ m->name, m->advice, pid };
		return true;
	}
	return false;
}
