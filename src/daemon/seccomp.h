/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system calls that the daemon may make once it reads from the network. It is
 * not a list of what is dangerous: whatever the table does not name is refused.
 * What is refused by mistake must not mean a dead network, so an unknown call only
 * fails with ENOSYS, as on an older kernel, and the kernel logs it. What nobody
 * does by mistake ends the process.
 */
#ifndef DAEMON_SECCOMP_H
#define DAEMON_SECCOMP_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum seccomp_arch {
	SECCOMP_ARCH_X86_64,
	SECCOMP_ARCH_AARCH64,
	SECCOMP_ARCH_ARM,
	SECCOMP_ARCH_RISCV64,
	SECCOMP_ARCH_S390X,
	SECCOMP_ARCH_COUNT /* none of these */
};

enum seccomp_verdict {
	SECCOMP_VERDICT_UNKNOWN, /* of what the table does not name */
	SECCOMP_VERDICT_PASS,
	SECCOMP_VERDICT_KILL,
	SECCOMP_VERDICT_KILL_UNLESS_WIDE,

	/* It depends on the arguments: EPERM unless they are as listed. */
	SECCOMP_VERDICT_SOCKET,
	SECCOMP_VERDICT_SETSOCKOPT,
	SECCOMP_VERDICT_IOCTL,
	SECCOMP_VERDICT_FCNTL,
	SECCOMP_VERDICT_MMAP, /* mprotect(), too */
	SECCOMP_VERDICT_TGKILL,
	SECCOMP_VERDICT_TKILL,
};

/* A row of seccomp_calls.def as one architecture has it: -1 is no call there. */
struct seccomp_call {
	int16_t number;
	enum seccomp_verdict verdict : 8;
};

#define SECCOMP_PROGRAM_MAX 256

struct seccomp_program {
	size_t size;
	struct sock_filter code[SECCOMP_PROGRAM_MAX];
};

/* What this is built for. */
enum seccomp_arch seccomp_arch_here(void);

/*
 * The program for an architecture and its calls. wide is for builds with a sanitizer,
 * whose runtime needs what it likes: all passes but what is refused by name.
 */
void seccomp_build(enum seccomp_arch, const struct seccomp_call *calls,
		   size_t count, bool wide, struct seccomp_program *ret);

/*
 * Binds the process to it, for good; wants no_new_privs. True with *ret_why NULL
 * or how it is limited; false with why it does not hold: constant strings.
 */
bool seccomp_enter(const char **ret_why);

#endif
