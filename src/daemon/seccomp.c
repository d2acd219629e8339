/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of this architecture, a table of arguments, and the program made of
 * them. Numbers in a row with one verdict are a run, and the run of a number is
 * found by halves. From Linux 5.11 on the kernel knows by itself which calls always
 * pass, and runs the program for the others alone. It learns that from the program,
 * by running it for every number: while we start, so it has to be short.
 *
 * A call of x32 is that of x86_64 with one bit more, so it is none of the table.
 */
#include "daemon/seccomp.h"

#include <config.h>
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
#include <unistd.h>

#include "base/assert.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCH_HERE				   SECCOMP_ARCH_X86_64
#define HERE(x86_64, aarch64, arm, riscv64, s390x) x86_64
#elif defined(__AARCH64EL__) && !defined(__ILP32__)
#define ARCH_HERE				   SECCOMP_ARCH_AARCH64
#define HERE(x86_64, aarch64, arm, riscv64, s390x) aarch64
#elif defined(__ARMEL__) && defined(__ARM_EABI__)
#define ARCH_HERE				   SECCOMP_ARCH_ARM
#define HERE(x86_64, aarch64, arm, riscv64, s390x) arm
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH_HERE				   SECCOMP_ARCH_RISCV64
#define HERE(x86_64, aarch64, arm, riscv64, s390x) riscv64
#elif defined(__s390x__)
#define ARCH_HERE				   SECCOMP_ARCH_S390X
#define HERE(x86_64, aarch64, arm, riscv64, s390x) s390x
#else
#define ARCH_HERE				   SECCOMP_ARCH_COUNT
#define HERE(x86_64, aarch64, arm, riscv64, s390x) -1
#endif

static const uint32_t audit_archs[] = {
	[SECCOMP_ARCH_X86_64] = AUDIT_ARCH_X86_64,
	[SECCOMP_ARCH_AARCH64] = AUDIT_ARCH_AARCH64,
	[SECCOMP_ARCH_ARM] = AUDIT_ARCH_ARM,
	[SECCOMP_ARCH_RISCV64] = AUDIT_ARCH_RISCV64,
	[SECCOMP_ARCH_S390X] = AUDIT_ARCH_S390X,
};
_Static_assert(ARRAY_SIZE(audit_archs) == SECCOMP_ARCH_COUNT, "one each");

/* clang-format off */
#define CALL(name, x86_64, aarch64, arm, riscv64, s390x, verdict) \
	{ HERE(x86_64, aarch64, arm, riscv64, s390x), SECCOMP_VERDICT_##verdict },
static const struct seccomp_call calls_here[] = {
#include "daemon/seccomp_calls.def"
};
#undef CALL
/* clang-format on */

/* An argument, as far as mask goes, is value. */
struct test {
	uint8_t argument;
	uint32_t mask, value;
};

#define TESTS_MAX 3
#define ANY	  UINT32_MAX

/* All tests hold; those not given always do. */
struct alternative {
	enum seccomp_verdict verdict;
	struct test tests[TESTS_MAX];
};

#define SOCK_TYPES	 0xf
#define SOCKET_OPTIONS	 63 /* from 64 on IPPROTO_IP has netfilter's */
#define FCNTL_ALL_LOCKS	 7  /* F_DUPFD to F_SETLKW */
#define FCNTL_LONG_LOCKS 12 /* F_GETLK64 and F_SETLK64 of 32 bits */

/* A call of this verdict passes if one of them holds. */
static const struct alternative alternatives[] = {
	{ SECCOMP_VERDICT_SOCKET,
	  { { 0, ANY, AF_PACKET }, { 1, SOCK_TYPES, SOCK_DGRAM }, { 2, ANY, 0 } } },
	{ SECCOMP_VERDICT_SOCKET,
	  { { 0, ANY, AF_NETLINK }, { 2, ANY, NETLINK_ROUTE } } },
	{ SECCOMP_VERDICT_SOCKET,
	  { { 0, ANY, AF_INET }, { 1, SOCK_TYPES, SOCK_DGRAM }, { 2, ANY, 0 } } },
	{ SECCOMP_VERDICT_SOCKET, { { 0, ANY, AF_UNIX } } },

	{ SECCOMP_VERDICT_SETSOCKOPT, { { 1, ANY, SOL_SOCKET } } },
	{ SECCOMP_VERDICT_SETSOCKOPT,
	  { { 1, ANY, IPPROTO_IP }, { 2, ~(uint32_t)SOCKET_OPTIONS, 0 } } },
	{ SECCOMP_VERDICT_SETSOCKOPT,
	  { { 1, ANY, SOL_PACKET }, { 2, ANY, PACKET_AUXDATA } } },
	{ SECCOMP_VERDICT_SETSOCKOPT, { { 1, ANY, SOL_NETLINK } } },

	/* How a C library turns the name of an interface to its index, and back. */
	{ SECCOMP_VERDICT_IOCTL, { { 1, ANY, SIOCGIFNAME } } },
	{ SECCOMP_VERDICT_IOCTL, { { 1, ANY, SIOCGIFINDEX } } },

	{ SECCOMP_VERDICT_FCNTL, { { 1, ~(uint32_t)FCNTL_ALL_LOCKS, 0 } } },
	{ SECCOMP_VERDICT_FCNTL, { { 1, ~(uint32_t)1, FCNTL_LONG_LOCKS } } },
	{ SECCOMP_VERDICT_FCNTL, { { 1, ANY, F_DUPFD_CLOEXEC } } },

	{ SECCOMP_VERDICT_MMAP, { { 2, PROT_EXEC, 0 } } },

	/* abort() */
	{ SECCOMP_VERDICT_TGKILL, { { 2, ANY, SIGABRT } } },
	{ SECCOMP_VERDICT_TKILL, { { 1, ANY, SIGABRT } } },
};

#define VERDICTS (SECCOMP_VERDICT_TKILL + 1)

/* No number is as high. */
#define NUMBERS_MAX 512

#define AT(member) ((uint32_t)offsetof(struct seccomp_data, member))
#define LOAD(at)   ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at)))
#define AND(mask) \
	((struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask)))
#define RETURN(action) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (action)))

/*
 * The program is written from its end, since all jumps lead there. A place in it is
 * how many instructions there are from it on.
 */
static size_t put(struct seccomp_program *p, struct sock_filter instruction)
{
	ASSERT(p->size < ARRAY_SIZE(p->code));
	p->size++;
	p->code[ARRAY_SIZE(p->code) - p->size] = instruction;
	return p->size;
}

/* It leads over as many instructions as an octet counts. */
_Static_assert(SECCOMP_PROGRAM_MAX <= 1 + UINT8_MAX, "each is within reach");

static size_t put_comparison(struct seccomp_program *p, uint16_t how,
			     uint32_t k, size_t yes, size_t no)
{
	return put(p, (struct sock_filter){ BPF_JMP | BPF_K | how,
					    (uint8_t)(p->size - yes),
					    (uint8_t)(p->size - no), k });
}

/* The half of an argument that an int is in. */
static uint32_t offset_of(enum seccomp_arch arch, unsigned argument)
{
	uint32_t offset = AT(args) + argument * (uint32_t)sizeof(uint64_t);

	return arch == SECCOMP_ARCH_S390X ? offset + 4 : offset;
}

static size_t put_alternative(struct seccomp_program *p, enum seccomp_arch arch,
			      const struct alternative *a, size_t yes, size_t no)
{
	for (size_t i = TESTS_MAX; i-- > 0;) {
		const struct test *test = &a->tests[i];

		if (!test->mask)
			continue;
		put_comparison(p, BPF_JEQ, test->value, yes, no);
		if (test->mask != ANY)
			put(p, AND(test->mask));
		yes = put(p, LOAD(offset_of(arch, test->argument)));
	}
	return yes;
}

static size_t put_check(struct seccomp_program *p, enum seccomp_arch arch,
			enum seccomp_verdict verdict, size_t pass, size_t refuse)
{
	size_t place = refuse;

	for (size_t i = ARRAY_SIZE(alternatives); i-- > 0;) {
		if (alternatives[i].verdict == verdict)
			place = put_alternative(p, arch, &alternatives[i], pass,
						place);
	}
	return place;
}

/* Where each verdict is. */
static void put_verdicts(struct seccomp_program *p, enum seccomp_arch arch,
			 bool wide, size_t ret[VERDICTS])
{
	size_t refuse = put(p, RETURN(SECCOMP_RET_ERRNO | EPERM));
	size_t kill = put(p, RETURN(SECCOMP_RET_KILL_PROCESS));
	size_t unknown = put(p, RETURN(SECCOMP_RET_ERRNO | ENOSYS));
	size_t pass = put(p, RETURN(SECCOMP_RET_ALLOW));

	ret[SECCOMP_VERDICT_UNKNOWN] = wide ? pass : unknown;
	ret[SECCOMP_VERDICT_PASS] = pass;
	ret[SECCOMP_VERDICT_KILL] = kill;
	ret[SECCOMP_VERDICT_KILL_UNLESS_WIDE] = wide ? pass : kill;
	for (unsigned i = SECCOMP_VERDICT_SOCKET; i < VERDICTS; i++)
		ret[i] = put_check(p, arch, (enum seccomp_verdict)i, pass,
				   refuse);
}

/* Numbers from the first one on, to the next run. */
struct run {
	uint16_t first;
	uint8_t verdict;
};

static size_t find_runs(const struct seccomp_call *calls, size_t call_count,
			struct run ret[NUMBERS_MAX])
{
	uint8_t verdicts[NUMBERS_MAX];
	size_t count = 0;

	memset(verdicts, SECCOMP_VERDICT_UNKNOWN, sizeof(verdicts));
	for (size_t i = 0; i < call_count; i++) {
		int number = calls[i].number;

		ASSERT(number < NUMBERS_MAX - 1);
		if (number >= 0)
			verdicts[number] = calls[i].verdict;
	}
	for (uint16_t i = 0; i < NUMBERS_MAX; i++) {
		if (i == 0 || verdicts[i] != verdicts[i - 1])
			ret[count++] = (struct run){ i, verdicts[i] };
	}
	return count;
}

static size_t put_runs(struct seccomp_program *p, const struct run *runs,
		       size_t count, const size_t verdicts[VERDICTS])
{
	size_t half = count / 2, before, from;

	if (count == 1)
		return verdicts[runs->verdict];
	from = put_runs(p, runs + half, count - half, verdicts);
	before = put_runs(p, runs, half, verdicts);
	return put_comparison(p, BPF_JGE, runs[half].first, from, before);
}

/* Another architecture's numbers mean other calls; nobody changes it mid-way. */
void seccomp_build(enum seccomp_arch arch, const struct seccomp_call *calls,
		   size_t count, bool wide, struct seccomp_program *p)
{
	struct run runs[NUMBERS_MAX];
	size_t verdicts[VERDICTS], numbers;

	p->size = 0;
	put_verdicts(p, arch, wide, verdicts);
	put_runs(p, runs, find_runs(calls, count, runs), verdicts);
	numbers = put(p, LOAD(AT(nr)));
	put_comparison(p, BPF_JEQ, audit_archs[arch], numbers,
		       verdicts[SECCOMP_VERDICT_KILL]);
	put(p, LOAD(AT(arch)));
	memmove(p->code, &p->code[ARRAY_SIZE(p->code) - p->size],
		p->size * sizeof(p->code[0]));
}

enum seccomp_arch seccomp_arch_here(void)
{
	return ARCH_HERE;
}

bool seccomp_enter(const char **ret_why)
{
	struct seccomp_program program;
	struct sock_fprog fprog = { .filter = program.code };

	*ret_why = NULL;
	if (ARCH_HERE == SECCOMP_ARCH_COUNT) {
		*ret_why = "no table of system calls for this architecture";
		return false;
	}
	seccomp_build(ARCH_HERE, calls_here, ARRAY_SIZE(calls_here),
		      TENURED_SANITIZED, &program);
	fprog.len = (uint16_t)program.size;
	/* Before Linux 4.14 nothing is logged. */
	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_LOG, &fprog) < 0 &&
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &fprog) < 0) {
		*ret_why = errno == ENOSYS || errno == EINVAL
				   ? "this kernel has no seccomp filters"
				   : "the kernel refuses the filter";
		return false;
	}
	if (TENURED_SANITIZED)
		*ret_why = "wider, since built with sanitizers";
	return true;
}
