/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Processes are known by their names: files with a pid lie anywhere and outlive
 * who wrote them. Which interface one manages, its command line tells, or a file
 * of its own that is told apart by the interface's index.
 */
#include "daemon/rivals.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"

/* Of a command line or a file of state; the rest says nothing more. */
#define TEXT_SIZE 4096

struct process;

/* A program, and how it tells which interfaces are its own. */
struct kind {
	const char *comm; /* as in /proc/PID/comm: 15 characters */
	const char *name, *advice;
	bool (*manages)(const struct rivals *, const struct process *,
			const char *ifname, int ifindex);
};

/* Its words are apart by a NUL each, and size counts all of these. */
struct process {
	struct process *next;
	const struct kind *kind;
	pid_t pid;
	size_t size;
	char words[];
};

struct rivals {
	struct rivals_place place;
	struct process *first;
};

const struct rivals_place rivals_host = { .proc = "/proc", .run = "/run" };

/* ---- command lines ------------------------------------------------------ */

static const char *next_word(const struct process *p, const char *word)
{
	const char *next = word ? word + strlen(word) + 1 : p->words;

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
static bool by_words(const struct rivals *r, const struct process *p,
		     const char *ifname, int ifindex)
{
	(void)r, (void)ifindex;
	return !has_word(p, "-6") && (has_word(p, ifname) || !names_any(p));
}

/*
 * "dhcpcd: eth0 [ip4] [ip6]" manages one, "dhcpcd: [manager] [ip4] [ip6]" all;
 * others of that name are their helpers.
 */
static bool by_title(const struct rivals *r, const struct process *p,
		     const char *ifname, int ifindex)
{
	const char *whom = next_word(p, p->words);

	if (strcmp(p->words, "dhcpcd:") != 0)
		return by_words(r, p, ifname, ifindex);
	return whom && !(has_word(p, "[ip6]") && !has_word(p, "[ip4]")) &&
	       (strcmp(whom, ifname) == 0 || strcmp(whom, "[manager]") == 0 ||
		strcmp(whom, "[master]") == 0);
}

/* "-i eth0", "-ieth0", "--interface=eth0", or eth0 without any of them. */
static bool by_option_i(const struct rivals *r, const struct process *p,
			const char *ifname, int ifindex)
{
	static const char longer[] = "--interface";
	bool named = false;

	(void)r, (void)ifindex;
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
static bool by_applet(const struct rivals *r, const struct process *p,
		      const char *ifname, int ifindex)
{
	const char *applet = next_word(p, p->words);

	return applet && strcmp(applet, "udhcpc") == 0 &&
	       by_option_i(r, p, ifname, ifindex);
}

/* ---- files -------------------------------------------------------------- */

/* The text of a file, cut at size - 1; its length, or -errno. */
static ssize_t read_text(const char *path, char *text, size_t size)
{
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
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

/* True if the interface's file in a directory has one of two lines. */
static bool has_line(const struct rivals *r, const char *directory, int ifindex,
		     const char *either, const char * or)
{
	char path[PATH_MAX], text[TEXT_SIZE], *rest = text, *line;

	snprintf(path, sizeof(path), "%s/%s/%d", r->place.run, directory,
		 ifindex);
	if (read_text(path, text, sizeof(text)) < 0)
		return false;
	while ((line = strsep(&rest, "\n"))) {
		if (strcmp(line, either) == 0 || strcmp(line, or) == 0)
			return true;
	}
	return false;
}

static bool by_networkd(const struct rivals *r, const struct process *p,
			const char *ifname, int ifindex)
{
	(void)p, (void)ifname;
	return has_line(r, "systemd/netif/links", ifindex,
			"ADMIN_STATE=configuring", "ADMIN_STATE=configured");
}

static bool by_networkmanager(const struct rivals *r, const struct process *p,
			      const char *ifname, int ifindex)
{
	(void)p, (void)ifname;
	return has_line(r, "NetworkManager/devices", ifindex, "managed=true",
			"managed=1");
}

/* ---- processes ----------------------------------------------------------- */

static const struct kind kinds[] = {
	{ "dhclient", "dhclient", "end it", by_words },
	{ "dhcpcd", "dhcpcd", "end it", by_title },
	{ "udhcpc", "udhcpc", "end it", by_option_i },
	{ "busybox", "udhcpc", "end it", by_applet },
	{ "systemd-network", "systemd-networkd",
	  "set Unmanaged=yes for it in a .network file", by_networkd },
	{ "NetworkManager", "NetworkManager",
	  "take it away from that (nmcli device set IFACE managed no)",
	  by_networkmanager },
};

static const struct kind *kind_of(const char *comm)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(comm, kinds[i].comm) == 0)
			return &kinds[i];
	}
	return NULL;
}

/*
 * Which network a process sees, the file of that network's devices tells: unlike
 * ns/net, everybody may look at it.
 */
static bool is_in_our_namespace(const char *proc, const char *pid)
{
	char path[PATH_MAX];
	struct stat ours, its;

	snprintf(path, sizeof(path), "%s/self/net/dev", proc);
	if (stat(path, &ours) < 0)
		return true;
	snprintf(path, sizeof(path), "%s/%s/net/dev", proc, pid);
	return stat(path, &its) == 0 && ours.st_dev == its.st_dev &&
	       ours.st_ino == its.st_ino;
}

/* A title is one string with spaces, and padded with them. */
static void split_words(struct process *p)
{
	for (size_t i = 0; i < p->size; i++) {
		if (p->words[i] == ' ')
			p->words[i] = '\0';
	}
}

/* Adds the process, if it is one of the programs. Who ended meanwhile is none. */
static int add(struct rivals *r, const char *pid)
{
	char path[PATH_MAX], text[TEXT_SIZE];
	const struct kind *kind;
	struct process *p;
	ssize_t size;

	snprintf(path, sizeof(path), "%s/%s/comm", r->place.proc, pid);
	if (read_text(path, text, sizeof(text)) <= 0)
		return 0;
	text[strcspn(text, "\n")] = '\0';
	kind = kind_of(text);
	if (!kind || !is_in_our_namespace(r->place.proc, pid))
		return 0;
	snprintf(path, sizeof(path), "%s/%s/cmdline", r->place.proc, pid);
	size = read_text(path, text, sizeof(text));
	if (size <= 0)
		return 0;
	p = malloc(sizeof(*p) + (size_t)size + 1);
	if (!p)
		return -ENOMEM;
	*p = (struct process){ .next = r->first,
			       .kind = kind,
			       .pid = (pid_t)strtol(pid, NULL, 10),
			       .size = (size_t)size + 1 };
	memcpy(p->words, text, p->size);
	split_words(p);
	r->first = p;
	return 0;
}

int rivals_open(struct rivals **ret, const struct rivals_place *place)
{
	struct rivals *r = calloc(1, sizeof(*r));
	struct dirent *entry;
	int error = 0;
	DIR *dir;

	if (!r)
		return -ENOMEM;
	r->place = *place;
	dir = opendir(place->proc);
	while (dir && error == 0 && (entry = readdir(dir))) {
		if (isdigit((unsigned char)entry->d_name[0]))
			error = add(r, entry->d_name);
	}
	if (dir)
		closedir(dir);
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

bool rivals_find(const struct rivals *r, const char *ifname, int ifindex,
		 struct rival *ret)
{
	for (const struct process *p = r->first; p; p = p->next) {
		if (!p->kind->manages(r, p, ifname, ifindex))
			continue;
		*ret = (struct rival){ p->kind->name, p->kind->advice, p->pid };
		return true;
	}
	return false;
}
