/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of system calls, for each architecture by an interpreter of the
 * program that is made of it. What the kernel makes of it here: tests/confined.
 */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/if_packet.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/assert.h"
#include "daemon/seccomp.h"

Suite *test_seccomp_suite(void);

#define ENOUGH	1024 /* no number is as high */
#define X32	0x40000000
#define UNKNOWN (SECCOMP_RET_ERRNO | ENOSYS)
#define REFUSED (SECCOMP_RET_ERRNO | EPERM)

static const uint32_t audits[SECCOMP_ARCH_COUNT] = {
	AUDIT_ARCH_X86_64,  AUDIT_ARCH_AARCH64, AUDIT_ARCH_ARM,
	AUDIT_ARCH_RISCV64, AUDIT_ARCH_S390X,
};

/* clang-format off */
#define CALL(name, x86_64, aarch64, arm, riscv64, s390x, verdict) \
	{ #name, { x86_64, aarch64, arm, riscv64, s390x }, \
	  SECCOMP_VERDICT_##verdict },
static const struct row {
	const char *name;
	int16_t number[SECCOMP_ARCH_COUNT];
	enum seccomp_verdict verdict;
} rows[] = {
#include "daemon/seccomp_calls.def"
};
#undef CALL
/* clang-format on */

static void build(enum seccomp_arch arch, bool wide, struct seccomp_program *ret)
{
	struct seccomp_call calls[ARRAY_SIZE(rows)];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		calls[i] = (struct seccomp_call){
			.number = rows[i].number[arch],
			.verdict = rows[i].verdict,
		};
	seccomp_build(arch, calls, ARRAY_SIZE(calls), wide, ret);
}

/* ---- the interpreter ---------------------------------------------------- */

/* struct seccomp_data as words: number, architecture, address, arguments. */
#define WORDS (sizeof(struct seccomp_data) / sizeof(uint32_t))

static uint32_t run(const struct seccomp_program *p, const uint32_t words[WORDS])
{
	uint32_t a = 0;

	for (size_t at = 0; at < p->size; at++) {
		const struct sock_filter *i = &p->code[at];

		switch (i->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			ck_assert_uint_lt(i->k / 4, WORDS);
			a = words[i->k / 4];
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			a &= i->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			at += a == i->k ? i->jt : i->jf;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			at += a >= i->k ? i->jt : i->jf;
			break;
		case BPF_RET | BPF_K:
			return i->k;
		default:
			ck_abort_msg("instruction %zu has code %u", at, i->code);
		}
	}
	ck_abort_msg("the program has no end");
	return 0;
}

/* What becomes of a call; the unused half of each argument has all bits set. */
static uint32_t call(const struct seccomp_program *p, enum seccomp_arch arch,
		     uint32_t number, const uint32_t arguments[3])
{
	uint32_t words[WORDS];
	bool big_endian = arch == SECCOMP_ARCH_S390X;

	memset(words, 0xff, sizeof(words));
	words[0] = number;
	words[1] = audits[arch];
	for (size_t i = 0; i < 3; i++)
		words[4 + 2 * i + big_endian] = arguments[i];
	return run(p, words);
}

static int16_t number_of(enum seccomp_arch arch, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (strcmp(rows[i].name, name) == 0 && rows[i].number[arch] >= 0)
			return rows[i].number[arch];
	}
	return -1;
}

/* ---- numbers ------------------------------------------------------------ */

START_TEST(no_number_is_two_calls)
{
	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		const char *names[ENOUGH] = { NULL };

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			int number = rows[i].number[arch];

			ck_assert_int_lt(number, ENOUGH);
			if (number < 0)
				continue;
			ck_assert_msg(!names[number], "%s and %s are both %d",
				      names[number], rows[i].name, number);
			names[number] = rows[i].name;
		}
	}
}
END_TEST

/* clang-format off */
#define HERE(name) { #name, SYS_##name }
/* clang-format on */
static const struct {
	const char *name;
	int number;
} here[] = {
	/* clang-format off */
	HERE(read), HERE(write), HERE(writev), HERE(readv), HERE(close),
	HERE(openat), HERE(lseek), HERE(fsync), HERE(fdatasync),
	HERE(ftruncate), HERE(unlinkat), HERE(dup3), HERE(fcntl), HERE(ioctl),
	HERE(ppoll), HERE(statx), HERE(epoll_pwait), HERE(epoll_ctl),
	HERE(recvmsg), HERE(recvfrom), HERE(sendto), HERE(sendmsg),
	HERE(socket), HERE(bind), HERE(connect), HERE(accept4),
	HERE(setsockopt), HERE(shutdown), HERE(getsockopt), HERE(getsockname),
	HERE(brk), HERE(munmap), HERE(mremap), HERE(mprotect), HERE(madvise),
	HERE(futex), HERE(getrandom), HERE(getpid), HERE(gettid), HERE(tgkill),
	HERE(tkill), HERE(exit), HERE(exit_group), HERE(rt_sigaction),
	HERE(rt_sigprocmask), HERE(execve), HERE(execveat), HERE(clone),
	HERE(ptrace), HERE(kcmp), HERE(mount), HERE(umount2), HERE(pivot_root),
	HERE(chroot), HERE(unshare), HERE(setns), HERE(bpf), HERE(keyctl),
	HERE(add_key), HERE(request_key), HERE(reboot), HERE(swapon),
	HERE(swapoff), HERE(init_module), HERE(finit_module),
	HERE(delete_module), HERE(personality), HERE(userfaultfd),
	HERE(perf_event_open), HERE(process_vm_readv), HERE(process_vm_writev),
	HERE(open_by_handle_at), HERE(rt_sigreturn), HERE(restart_syscall),
	HERE(timerfd_settime),
	/* clang-format on */
};

/* The headers of the system know the numbers of one architecture. */
START_TEST(numbers_are_those_of_this_system)
{
	enum seccomp_arch arch = seccomp_arch_here();

	for (size_t i = 0; arch < SECCOMP_ARCH_COUNT && i < ARRAY_SIZE(here); i++)
		ck_assert_msg(number_of(arch, here[i].name) == here[i].number,
			      "%s is %d", here[i].name, here[i].number);
}
END_TEST

/* Some of the other architectures, by their headers of Linux 6.1. */
START_TEST(numbers_are_those_of_each_architecture)
{
	static const struct {
		const char *name;
		int16_t number[SECCOMP_ARCH_COUNT];
	} known[] = {
		{ "read", { 0, 63, 3, 63, 3 } },
		{ "execve", { 59, 221, 11, 221, 11 } },
		{ "epoll_pwait", { 281, 22, 346, 22, 312 } },
		{ "socket", { 41, 198, 281, 198, 359 } },
		{ "sendto", { 44, 206, 290, 206, 369 } },
		{ "recvmsg", { 47, 212, 297, 212, 372 } },
		{ "openat", { 257, 56, 322, 56, 288 } },
		{ "mmap", { 9, 222, -1, 222, 90 } },
		{ "mmap2", { -1, -1, 192, -1, -1 } },
		{ "mprotect", { 10, 226, 125, 226, 125 } },
		{ "clock_gettime64", { -1, -1, 403, -1, -1 } },
		{ "timerfd_settime64", { -1, -1, 411, -1, -1 } },
		{ "ppoll_time64", { -1, -1, 414, -1, -1 } },
		{ "futex_time64", { -1, -1, 422, -1, -1 } },
		{ "fcntl64", { -1, -1, 221, -1, -1 } },
		{ "renameat2", { 316, 276, 382, 276, 347 } },
		{ "exit_group", { 231, 94, 248, 94, 248 } },
		{ "io_uring_setup", { 425, 425, 425, 425, 425 } },
		{ "ptrace", { 101, 117, 26, 117, 26 } },
		{ "bpf", { 321, 280, 386, 280, 351 } },
	};

	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		for (size_t i = 0; i < ARRAY_SIZE(known); i++)
			ck_assert_msg(number_of((enum seccomp_arch)arch,
						known[i].name) ==
					      known[i].number[arch],
				      "%s of architecture %d", known[i].name,
				      arch);
	}
}
END_TEST

/* ---- verdicts ----------------------------------------------------------- */

START_TEST(another_architecture_ends_the_process)
{
	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		struct seccomp_program p;
		uint32_t words[WORDS] = { (
			uint32_t)number_of((enum seccomp_arch)arch, "read") };

		build((enum seccomp_arch)arch, false, &p);
		for (int other = 0; other < SECCOMP_ARCH_COUNT; other++) {
			words[1] = audits[other];
			ck_assert_uint_eq(run(&p, words),
					  other == arch
						  ? SECCOMP_RET_ALLOW
						  : SECCOMP_RET_KILL_PROCESS);
		}
		words[1] = AUDIT_ARCH_I386;
		ck_assert_uint_eq(run(&p, words), SECCOMP_RET_KILL_PROCESS);
	}
}
END_TEST

static uint32_t expected(const struct row *row, bool wide)
{
	switch (row->verdict) {
	case SECCOMP_VERDICT_UNKNOWN:
		return UNKNOWN;
	case SECCOMP_VERDICT_PASS:
		return SECCOMP_RET_ALLOW;
	case SECCOMP_VERDICT_KILL:
		return SECCOMP_RET_KILL_PROCESS;
	case SECCOMP_VERDICT_KILL_UNLESS_WIDE:
		return wide ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
	case SECCOMP_VERDICT_SOCKET:
	case SECCOMP_VERDICT_SETSOCKOPT:
	case SECCOMP_VERDICT_IOCTL:
	case SECCOMP_VERDICT_FCNTL:
	case SECCOMP_VERDICT_MMAP:
	case SECCOMP_VERDICT_TGKILL:
	case SECCOMP_VERDICT_TKILL:
		break;
	}
	return REFUSED;
}

/* Each number that there may be, with arguments that no check lets pass. */
static void check_all(enum seccomp_arch arch, bool wide)
{
	static const uint32_t odd[] = { 0x7fffffff, 0x7fffffff, 0x7fffffff };
	uint32_t unknown = wide ? SECCOMP_RET_ALLOW : UNKNOWN;
	uint32_t expectations[ENOUGH];
	struct seccomp_program p;

	for (size_t i = 0; i < ENOUGH; i++)
		expectations[i] = unknown;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (rows[i].number[arch] >= 0)
			expectations[rows[i].number[arch]] =
				expected(&rows[i], wide);
	}
	build(arch, wide, &p);
	for (uint32_t i = 0; i < ENOUGH; i++) {
		ck_assert_msg(call(&p, arch, i, odd) == expectations[i],
			      "call %u of architecture %d", i, (int)arch);
		ck_assert_uint_eq(call(&p, arch, i | X32, odd), unknown);
	}
	ck_assert_uint_eq(call(&p, arch, UINT32_MAX, odd), unknown);
}

START_TEST(what_is_not_named_is_unknown)
{
	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		check_all((enum seccomp_arch)arch, false);
		check_all((enum seccomp_arch)arch, true);
	}
}
END_TEST

/* Nobody does this by mistake, sanitizers least of all. */
START_TEST(exploits_end_the_process)
{
	static const char *const calls[] = {
		"execve",      "execveat",    "process_vm_readv",
		"mount",       "umount2",     "move_mount",
		"pivot_root",  "chroot",      "unshare",
		"setns",       "bpf",	      "open_by_handle_at",
		"keyctl",      "userfaultfd", "io_uring_setup",
		"init_module", "kexec_load",  "personality",
		"reboot",      "swapon",      "perf_event_open",
	};
	static const uint32_t zeros[3];

	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		struct seccomp_program p;

		build((enum seccomp_arch)arch, true, &p);
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			int16_t number =
				number_of((enum seccomp_arch)arch, calls[i]);

			ck_assert_msg(number >= 0, "%s", calls[i]);
			ck_assert_uint_eq(call(&p, (enum seccomp_arch)arch,
					       (uint32_t)number, zeros),
					  SECCOMP_RET_KILL_PROCESS);
		}
	}
}
END_TEST

static const struct {
	const char *name;
	uint32_t arguments[3];
	bool passes;
} arguments[] = {
	{ "socket", { AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0 }, true },
	{ "socket", { AF_PACKET, SOCK_DGRAM, 8 }, false },
	{ "socket", { AF_PACKET, SOCK_RAW, 0 }, false },
	{ "socket", { AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE }, true },
	{ "socket", { AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER }, false },
	{ "socket", { AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0 }, true },
	{ "socket", { AF_INET, SOCK_STREAM, 0 }, false },
	{ "socket", { AF_INET, SOCK_RAW, IPPROTO_ICMP }, false },
	{ "socket", { AF_INET, SOCK_DGRAM, IPPROTO_ICMP }, false },
	{ "socket", { AF_INET6, SOCK_DGRAM, 0 }, false },
	{ "socket", { AF_UNIX, SOCK_SEQPACKET, 0 }, true },
	{ "socket", { AF_VSOCK, SOCK_STREAM, 0 }, false },
	{ "setsockopt", { 3, SOL_SOCKET, SO_ATTACH_FILTER }, true },
	{ "setsockopt", { 3, SOL_PACKET, PACKET_AUXDATA }, true },
	{ "setsockopt", { 3, SOL_PACKET, PACKET_RX_RING }, false },
	{ "setsockopt", { 3, IPPROTO_IP, IP_RECVERR }, true },
	{ "setsockopt", { 3, IPPROTO_IP, 64 }, false }, /* IPT_SO_SET_REPLACE */
	{ "setsockopt", { 3, SOL_NETLINK, NETLINK_EXT_ACK }, true },
	{ "setsockopt", { 3, IPPROTO_TCP, 31 }, false }, /* TCP_ULP */
	{ "ioctl", { 3, SIOCGIFNAME, 0 }, true },
	{ "ioctl", { 3, SIOCGIFINDEX, 0 }, true },
	{ "ioctl", { 0, 0x5412, 0 }, false }, /* TIOCSTI */
	{ "fcntl", { 3, F_SETFD, FD_CLOEXEC }, true },
	{ "fcntl", { 3, F_SETLK, 0 }, true },
	{ "fcntl", { 3, F_DUPFD_CLOEXEC, 0 }, true },
	{ "fcntl", { 3, F_SETOWN, 1 }, false },
	{ "fcntl", { 3, F_SETPIPE_SZ, 1 << 20 }, false },
	{ "mprotect", { 0, 4096, PROT_READ | PROT_WRITE }, true },
	{ "mprotect", { 0, 4096, PROT_READ | PROT_EXEC }, false },
	{ "tgkill", { 1, 1, SIGABRT }, true },
	{ "tgkill", { 1, 1, SIGKILL }, false },
	{ "tkill", { 1, SIGABRT, 0 }, true },
	{ "tkill", { 1, SIGTERM, 0 }, false },
};

START_TEST(arguments_are_looked_at)
{
	for (int arch = 0; arch < SECCOMP_ARCH_COUNT; arch++) {
		struct seccomp_program p;

		build((enum seccomp_arch)arch, false, &p);
		for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
			int16_t number = number_of((enum seccomp_arch)arch,
						   arguments[i].name);

			ck_assert_msg(
				call(&p, (enum seccomp_arch)arch,
				     (uint32_t)number, arguments[i].arguments) ==
					(arguments[i].passes ? SECCOMP_RET_ALLOW
							     : REFUSED),
				"%s of architecture %d, row %zu",
				arguments[i].name, arch, i);
		}
	}
}
END_TEST

/* One architecture passes a pointer: there the kernel alone can refuse (MDWE). */
START_TEST(no_memory_becomes_executable)
{
	static const uint32_t code[] = { 0, 4096, PROT_WRITE | PROT_EXEC };
	static const uint32_t data[] = { 0, 4096, PROT_READ | PROT_WRITE };

	for (int arch = 0; arch < SECCOMP_ARCH_S390X; arch++) {
		const char *name = arch == SECCOMP_ARCH_ARM ? "mmap2" : "mmap";
		uint32_t number =
			(uint32_t)number_of((enum seccomp_arch)arch, name);
		struct seccomp_program p;

		build((enum seccomp_arch)arch, false, &p);
		ck_assert_uint_eq(call(&p, (enum seccomp_arch)arch, number, code),
				  REFUSED);
		ck_assert_uint_eq(call(&p, (enum seccomp_arch)arch, number, data),
				  SECCOMP_RET_ALLOW);
	}
}
END_TEST

Suite *test_seccomp_suite(void)
{
	Suite *suite = suite_create("seccomp");
	TCase *numbers = tcase_create("numbers");
	TCase *verdicts = tcase_create("verdicts");

	suite_add_tcase(suite, numbers);
	tcase_add_test(numbers, no_number_is_two_calls);
	tcase_add_test(numbers, numbers_are_those_of_this_system);
	tcase_add_test(numbers, numbers_are_those_of_each_architecture);
	suite_add_tcase(suite, verdicts);
	tcase_add_test(verdicts, another_architecture_ends_the_process);
	tcase_add_test(verdicts, what_is_not_named_is_unknown);
	tcase_add_test(verdicts, exploits_end_the_process);
	tcase_add_test(verdicts, arguments_are_looked_at);
	tcase_add_test(verdicts, no_memory_becomes_executable);
	return suite;
}
