/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What somebody who broke into the daemon would do next. None of it does harm if
 * it is not stopped: who may reboot, say, gives the wrong password.
 */
#ifndef CONFINED_ACTS_H
#define CONFINED_ACTS_H

#include <stddef.h>
#include <sys/types.h>

enum layer {
	LAYER_PRIVILEGES, /* sandbox_give_up() */
	LAYER_LANDLOCK,
	LAYER_SECCOMP,
	LAYER_COUNT
};

/* What is there for acts before the sandbox is entered. */
struct scenery {
	char *inside, *outside; /* directories; each with a "file" */
	const char *abstract;	/* somebody's abstract socket: its name */
	pid_t victim;		/* another process */
	int program, netns;	/* descriptors */
};

struct act {
	const char *name;
	unsigned layers; /* a bit for each one that has to stop it by itself */

	/* A system call and arguments, or what returns 0 or -errno. */
	long call, arguments[5];
	int (*perform)(const struct scenery *);
};

extern const struct act acts[];
extern const size_t act_count;

/* What a daemon must still be able to do, and how each ends: 0 or -signal. */
struct need {
	const char *name;
	int end;
	int (*perform)(const struct scenery *);
};

extern const struct need needs[];
extern const size_t need_count;

#endif
