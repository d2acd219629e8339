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

/* A number is -1 where there is no such call. */
struct seccomp_call {
	char name[22];
	int16_t number[SECCOMP_ARCH_COUNT];
	enum seccomp_verdict verdict : 8;
};

extern const struct seccomp_call seccomp_calls[];
extern const size_t seccomp_call_count;

#define SECCOMP_PROGRAM_MAX 512

struct seccomp_program {
	size_t size;
	struct sock_filter code[SECCOMP_PROGRAM_MAX];
};

/* What this is built for. */
enum seccomp_arch seccomp_arch_here(void);

/*
 * The program for an architecture. wide is for builds with a sanitizer, whose
 * runtime needs what it likes: all passes but what is refused by name.
 */
void seccomp_build(enum seccomp_arch, bool wide, struct seccomp_program *ret);

/*
 * Binds the process to it, for good; wants no_new_privs. True with *ret_why NULL
 * or how it is limited; false with why it does not hold: constant strings.
 */
bool seccomp_enter(const char **ret_why);

#endif
