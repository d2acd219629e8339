/* SPDX-License-Identifier: BSD-2-Clause */
/* Giving up what is not needed, layer by layer. */
#include "daemon/sandbox.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/landlock.h"
#include "daemon/seccomp.h"

/* Since Linux 6.3: no memory may become executable. */
#ifndef PR_SET_MDWE
#define PR_SET_MDWE		 65
#define PR_MDWE_REFUSE_EXEC_GAIN 1
#endif

/* USER_NS_INIT_INO in <linux/nsfs.h>, since Linux 6.18. */
#define FIRST_USER_NAMESPACE UINT32_C(0xeffffffd)

#define KEPT (1u << CAP_NET_ADMIN | 1u << CAP_NET_RAW)

/* Of the calling process; the second one has the numbers from 32 on. */
struct capabilities {
	struct __user_cap_data_struct parts[_LINUX_CAPABILITY_U32S_3];
};

static const char *const layer_names[] = {
	[SANDBOX_LAYER_USER] = "user",
	[SANDBOX_LAYER_CAPABILITIES] = "capabilities",
	[SANDBOX_LAYER_NO_NEW_PRIVS] = "no_new_privs",
	[SANDBOX_LAYER_LANDLOCK] = "landlock",
	[SANDBOX_LAYER_SECCOMP] = "seccomp",
};
_Static_assert(ARRAY_SIZE(layer_names) == SANDBOX_LAYER_COUNT, "a name each");

const char *sandbox_layer_name(enum sandbox_layer layer)
{
	return layer_names[layer];
}

static struct __user_cap_header_struct header(void)
{
	return (struct __user_cap_header_struct){ _LINUX_CAPABILITY_VERSION_3, 0 };
}

static bool has_capabilities(void)
{
	struct __user_cap_header_struct us = header();
	struct capabilities caps;

	return syscall(SYS_capget, &us, &caps.parts) == 0 &&
	       (caps.parts[0].permitted & KEPT) == KEPT;
}

/* That of the host, by its number, which all kernels have. */
static bool is_first_user_namespace(void)
{
	struct stat info;

	return stat("/proc/self/ns/user", &info) == 0 &&
	       info.st_ino == FIRST_USER_NAMESPACE;
}

/* A user namespace that maps one user has nobody to become. */
static bool maps_one_user(void)
{
	int fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	unsigned long inside, outside, count = 0;
	char map[128];
	ssize_t size = fd >= 0 ? read(fd, map, sizeof(map) - 1) : -1;

	if (fd >= 0)
		close(fd);
	if (size <= 0)
		return false;
	map[size] = '\0';
	return sscanf(map, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
	       count == 1;
}

/* UID[:GID] in numbers; the group is the user's number if it is left out. */
static bool parse_numbers(const char *spec, struct sandbox_user *ret)
{
	char text[32], *colon;
	uint64_t uid, gid;

	if (snprintf(text, sizeof(text), "%s", spec) >= (int)sizeof(text))
		return false;
	colon = strchr(text, ':');
	if (colon)
		*colon++ = '\0';
	if (!str_to_u64(text, UINT32_MAX - 1, &uid) ||
	    !str_to_u64(colon ? colon : text, UINT32_MAX - 1, &gid))
		return false;
	ret->uid = (uid_t)uid;
	ret->gid = (gid_t)gid;
	return true;
}

/* The user of a line of passwd(5): NAME:PASSWORD:UID:GID: and so on. */
static bool parse_entry(char *line, const char *name, struct sandbox_user *ret)
{
	size_t size = strlen(name);
	char *numbers = NULL, *end = NULL;

	if (strncmp(line, name, size) == 0 && line[size] == ':')
		numbers = strchr(line + size + 1, ':');
	if (numbers)
		end = strchr(numbers + 1, ':');
	if (end)
		end = strchr(end + 1, ':');
	if (!end)
		return false;
	*end = '\0';
	return parse_numbers(numbers + 1, ret);
}

/* fgetpwent() would ask for the place in the file, twice a line. */
static bool read_passwd(const char *name, struct sandbox_user *ret)
{
	FILE *file = fopen("/etc/passwd", "re");
	char *line = NULL;
	size_t room = 0;
	bool found = false;

	while (file && !found && getline(&line, &room, file) > 0)
		found = parse_entry(line, name, ret);
	free(line);
	if (file)
		fclose(file);
	return found;
}

/*
 * A system user stands in /etc/passwd. It is read directly first: the name
 * service would load and run whatever modules the host has configured.
 */
static bool look_up(const char *name, struct sandbox_user *ret)
{
	const struct passwd *entry;

	if (read_passwd(name, ret))
		return true;
	entry = getpwnam(name);
	if (!entry)
		return false;
	ret->uid = entry->pw_uid;
	ret->gid = entry->pw_gid;
	return true;
}

int sandbox_find_user(const char *spec, struct sandbox_user *ret)
{
	*ret = (struct sandbox_user){ 0 };
	if (!has_capabilities())
		return -EPERM;
	ret->root = geteuid() == 0;
	if (!ret->root) {
		ret->kept = "started without root";
		return 0;
	}
	if (!is_first_user_namespace() && maps_one_user()) {
		ret->kept = "the user namespace maps one user";
		return 0;
	}
	if (!parse_numbers(spec, ret) && !look_up(spec, ret))
		return -ENOENT;
	if (ret->uid == 0)
		ret->kept = "told to stay root";
	return 0;
}

static int change_user(const struct sandbox_user *user)
{
	if (setgroups(0, NULL) < 0 ||
	    setresgid(user->gid, user->gid, user->gid) < 0 ||
	    setresuid(user->uid, user->uid, user->uid) < 0)
		return -errno;
	return 0;
}

/* Without these bits a process cannot get back what it gave up. */
static bool lock_securebits(void)
{
	return prctl(PR_SET_SECUREBITS,
		     SECBIT_NOROOT | SECBIT_NOROOT_LOCKED |
			     SECBIT_NO_SETUID_FIXUP |
			     SECBIT_NO_SETUID_FIXUP_LOCKED |
			     SECBIT_KEEP_CAPS_LOCKED |
			     SECBIT_NO_CAP_AMBIENT_RAISE |
			     SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED,
		     0, 0, 0) == 0;
}

/* Only a process with CAP_SETPCAP may. The first number that is none is the end. */
static bool cut_bounding_set(void)
{
	for (unsigned cap = 0;; cap++) {
		if (cap != CAP_NET_ADMIN && cap != CAP_NET_RAW &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0)
			return errno == EINVAL;
	}
}

/* What is not inheritable leaves the ambient set, too. */
static int keep_capabilities(void)
{
	struct __user_cap_header_struct us = header();
	const struct capabilities caps = { { { KEPT, KEPT, 0 } } };

	return syscall(SYS_capset, &us, &caps.parts) < 0 ? -errno : 0;
}

/*
 * Not the size of files: the log of a daemon in the foreground may be one, and has
 * no end. The processes of others are not counted, so none may be made at all.
 */
static void limit_resources(void)
{
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 });
	if (!TENURED_SANITIZED)
		setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, 0 });
}

/* Who was no root before is none now. */
static void report_user(const struct sandbox_user *user,
			struct sandbox_report *report)
{
	const char **which = user->root ? report->unavailable : report->limited;

	which[SANDBOX_LAYER_USER] = user->kept;
}

int sandbox_give_up(const struct sandbox_user *user, struct sandbox_report *ret)
{
	struct sandbox_report report = { 0 };
	int r = 0;

	if (!cut_bounding_set() || !lock_securebits()) {
		report.limited[SANDBOX_LAYER_CAPABILITIES] =
			"the bounding set could not be cut without CAP_SETPCAP";
		/*
		 * The change of user leaves the permitted set, which is cut after
		 * it. With the bits above none is touched by it.
		 */
		prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
	}
	report_user(user, &report);
	if (!user->kept)
		r = change_user(user);
	if (r == 0)
		r = keep_capabilities();
	if (r < 0)
		return r;
	limit_resources();
	/* Last: every change of credentials resets it to the system's default. */
	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	prctl(PR_SET_MDWE, PR_MDWE_REFUSE_EXEC_GAIN, 0, 0, 0);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		report.unavailable[SANDBOX_LAYER_NO_NEW_PRIVS] =
			"the kernel refuses it";
	*ret = report;
	return 0;
}

static void note(struct sandbox_report *report, enum sandbox_layer layer,
		 bool active, const char *why)
{
	if (active)
		report->limited[layer] = why;
	else
		report->unavailable[layer] = why;
}

int sandbox_enter(const struct sandbox_user *user,
		  const struct landlock_path *paths, size_t count,
		  struct sandbox_report *ret)
{
	struct landlock landlock = landlock_prepare(paths, count);
	int r = sandbox_give_up(user, ret);
	const char *why;
	bool active;

	if (r < 0) {
		landlock_forget(&landlock);
		return r;
	}
	active = landlock_enter(&landlock, &why);
	note(ret, SANDBOX_LAYER_LANDLOCK, active, why);
	active = seccomp_enter(&why);
	note(ret, SANDBOX_LAYER_SECCOMP, active, why);
	return 0;
}

enum sandbox_layer sandbox_gap(const struct sandbox_report *report)
{
	unsigned layer = 0;

	while (layer < SANDBOX_LAYER_COUNT && !report->unavailable[layer])
		layer++;
	return (enum sandbox_layer)layer;
}
