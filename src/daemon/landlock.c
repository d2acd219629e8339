/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Landlock by its system calls. Constants and structures are our own: what a
 * system's headers know is older than what its kernel can do.
 */
#include "daemon/landlock.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

/* The same on every architecture. */
#define CALL_CREATE_RULESET 444
#define CALL_ADD_RULE	    445
#define CALL_RESTRICT_SELF  446

#define CREATE_RULESET_VERSION 1
#define RULE_PATH_BENEATH      1

enum fs_right {
	FS_EXECUTE = 1 << 0,
	FS_WRITE_FILE = 1 << 1,
	FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3,
	FS_REMOVE_FILE = 1 << 5,
	FS_MAKE_REG = 1 << 8,
	FS_TRUNCATE = 1 << 14,
};

/* What each ABI has rules for. */
static const struct {
	uint64_t fs, net, scoped;
	const char *limit;
} abis[] = {
	[1] = { .fs = (1 << 13) - 1,
		.limit = "ABI 1: no rules for renaming, truncation, TCP, "
			 "devices, signals" },
	[2] = { .fs = (1 << 14) - 1,
		.limit = "ABI 2: no rules for truncation, TCP, devices, "
			 "signals" },
	[3] = { .fs = (1 << 15) - 1,
		.limit = "ABI 3: no rules for TCP, devices, signals" },
	[4] = { .fs = (1 << 15) - 1,
		.net = 3,
		.limit = "ABI 4: no rules for devices, signals" },
	[5] = { .fs = (1 << 16) - 1,
		.net = 3,
		.limit = "ABI 5: no rules for signals" },
	[6] = { .fs = (1 << 16) - 1, .net = 3, .scoped = 3 },
};

#define ABI_MAX ((long)ARRAY_SIZE(abis) - 1)

struct ruleset_attributes {
	uint64_t fs, net, scoped;
};

/* As the kernel has it. */
struct path_rule {
	uint64_t rights;
	int32_t parent;
} __attribute__((packed));

static const uint64_t rights[LANDLOCK_ACCESS_COUNT] = {
	[LANDLOCK_ACCESS_READ] = FS_READ_FILE | FS_READ_DIR,
	[LANDLOCK_ACCESS_KEEP] = FS_READ_FILE | FS_READ_DIR | FS_WRITE_FILE |
				 FS_TRUNCATE | FS_MAKE_REG | FS_REMOVE_FILE,
};

/* A path that is not there needs no right. 0 or -errno. */
static int add_path(int ruleset, uint64_t handled,
		    const struct landlock_path *path)
{
	struct path_rule rule = { .rights = rights[path->access] & handled };
	int r = 0;

	rule.parent = path->directory ? path->directory
				      : open(path->path, O_PATH | O_CLOEXEC);
	if (rule.parent < 0)
		return errno == ENOENT && path->access == LANDLOCK_ACCESS_READ
			       ? 0
			       : -errno;
	if (syscall(CALL_ADD_RULE, ruleset, RULE_PATH_BENEATH, &rule, 0) < 0)
		r = -errno;
	if (!path->directory)
		close(rule.parent);
	return r;
}

static struct landlock unavailable(const char *why)
{
	return (struct landlock){ .ruleset = -1, .why = why };
}

struct landlock landlock_prepare(const struct landlock_path *paths, size_t count)
{
	/* A sanitizer's runtime reads all kinds of files, and writes reports. */
	static const struct landlock_path wide = { "/", LANDLOCK_ACCESS_KEEP, 0 };
	struct ruleset_attributes attributes;
	struct landlock l;
	long abi = syscall(CALL_CREATE_RULESET, NULL, 0, CREATE_RULESET_VERSION);
	int r = 0;

	if (abi < 1)
		return unavailable(errno == EOPNOTSUPP
					   ? "switched off in this kernel"
					   : "this kernel has none");
	if (abi > ABI_MAX)
		abi = ABI_MAX;
	attributes = (struct ruleset_attributes){ abis[abi].fs, abis[abi].net,
						  abis[abi].scoped };
	l.why = abis[abi].limit;
	/* What an older kernel does not know is zero, and so no error. */
	l.ruleset = (int)syscall(CALL_CREATE_RULESET, &attributes,
				 sizeof(attributes), 0);
	if (l.ruleset < 0)
		return unavailable("the kernel refuses the rules");
	for (size_t i = 0; i < count && r == 0; i++)
		r = add_path(l.ruleset, attributes.fs, &paths[i]);
	if (TENURED_SANITIZED && r == 0) {
		l.why = "wider, since built with sanitizers";
		r = add_path(l.ruleset, attributes.fs, &wide);
	}
	if (r < 0) {
		close(l.ruleset);
		return unavailable("a directory cannot be opened");
	}
	return l;
}

void landlock_forget(struct landlock *l)
{
	if (l->ruleset >= 0)
		close(l->ruleset);
	l->ruleset = -1;
}

bool landlock_enter(struct landlock *l, const char **ret_why)
{
	int ruleset = l->ruleset;
	bool entered;

	*ret_why = l->why;
	if (ruleset < 0)
		return false;
	entered = syscall(CALL_RESTRICT_SELF, ruleset, 0) == 0;
	if (!entered)
		*ret_why = "the kernel refuses the rules";
	landlock_forget(l);
	return entered;
}
