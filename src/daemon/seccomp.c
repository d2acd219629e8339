/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One table of calls and one of arguments, and the program made of them: a row is
 * a comparison, in the order of the table. From Linux 5.11 on the kernel knows by
 * itself which calls always pass, and runs the program for the others alone.
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
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"

#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCH_HERE SECCOMP_ARCH_X86_64
#elif defined(__AARCH64EL__) && !defined(__ILP32__)
#define ARCH_HERE SECCOMP_ARCH_AARCH64
#elif defined(__ARMEL__) && defined(__ARM_EABI__)
#define ARCH_HERE SECCOMP_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH_HERE SECCOMP_ARCH_RISCV64
#elif defined(__s390x__)
#define ARCH_HERE SECCOMP_ARCH_S390X
#else
#define ARCH_HERE SECCOMP_ARCH_COUNT
#endif

static const uint32_t audit_archs[] = {
	[SECCOMP_ARCH_X86_64] = AUDIT_ARCH_X86_64,
	[SECCOMP_ARCH_AARCH64] = AUDIT_ARCH_AARCH64,
	[SECCOMP_ARCH_ARM] = AUDIT_ARCH_ARM,
	[SECCOMP_ARCH_RISCV64] = AUDIT_ARCH_RISCV64,
	[SECCOMP_ARCH_S390X] = AUDIT_ARCH_S390X,
};
_Static_assert(ARRAY_SIZE(audit_archs) == SECCOMP_ARCH_COUNT, "one each");

#define PASS		 SECCOMP_VERDICT_PASS
#define KILL		 SECCOMP_VERDICT_KILL
#define KILL_UNLESS_WIDE SECCOMP_VERDICT_KILL_UNLESS_WIDE
#define SOCKET		 SECCOMP_VERDICT_SOCKET
#define SETSOCKOPT	 SECCOMP_VERDICT_SETSOCKOPT
#define IOCTL		 SECCOMP_VERDICT_IOCTL
#define FCNTL		 SECCOMP_VERDICT_FCNTL
#define MMAP		 SECCOMP_VERDICT_MMAP
#define TGKILL		 SECCOMP_VERDICT_TGKILL
#define TKILL		 SECCOMP_VERDICT_TKILL

/* clang-format off */
const struct seccomp_call seccomp_calls[] = {
	/*                    x86_64  aarch64  arm  riscv64  s390x */
	/* A busy wake-up, first. */
	{ "epoll_wait",         { 232,  -1, 252,  -1, 251 }, PASS },
	{ "epoll_pwait",        { 281,  22, 346,  22, 312 }, PASS },
	{ "read",               {   0,  63,   3,  63,   3 }, PASS },
	{ "recvmsg",            {  47, 212, 297, 212, 372 }, PASS },
	{ "recvfrom",           {  45, 207, 292, 207, 371 }, PASS },
	{ "recv",               {  -1,  -1, 291,  -1,  -1 }, PASS },
	{ "sendto",             {  44, 206, 290, 206, 369 }, PASS },
	{ "sendmsg",            {  46, 211, 296, 211, 370 }, PASS },
	{ "send",               {  -1,  -1, 289,  -1,  -1 }, PASS },
	{ "write",              {   1,  64,   4,  64,   4 }, PASS },
	{ "writev",             {  20,  66, 146,  66, 146 }, PASS },
	{ "clock_gettime",      { 228, 113, 263, 113, 260 }, PASS },
	{ "clock_gettime64",    {  -1,  -1, 403,  -1,  -1 }, PASS },
	{ "timerfd_settime",    { 286,  86, 353,  86, 320 }, PASS },
	{ "timerfd_settime64",  {  -1,  -1, 411,  -1,  -1 }, PASS },
	{ "epoll_ctl",          { 233,  21, 251,  21, 250 }, PASS },
	{ "close",              {   3,  57,   6,  57,   6 }, PASS },
	/* Sockets. The arguments of socketcall() are out of reach. */
	{ "socket",             {  41, 198, 281, 198, 359 }, SOCKET },
	{ "bind",               {  49, 200, 282, 200, 361 }, PASS },
	{ "connect",            {  42, 203, 283, 203, 362 }, PASS },
	{ "accept4",            { 288, 242, 366, 242, 364 }, PASS },
	{ "setsockopt",         {  54, 208, 294, 208, 366 }, SETSOCKOPT },
	{ "getsockopt",         {  55, 209, 295, 209, 365 }, PASS },
	{ "getsockname",        {  51, 204, 286, 204, 367 }, PASS },
	{ "shutdown",           {  48, 210, 293, 210, 373 }, PASS },
	{ "socketcall",         {  -1,  -1,  -1,  -1, 102 }, PASS },
	{ "ioctl",              {  16,  29,  54,  29,  54 }, IOCTL },
	{ "poll",               {   7,  -1, 168,  -1, 168 }, PASS },
	{ "ppoll",              { 271,  73, 336,  73, 302 }, PASS },
	{ "ppoll_time64",       {  -1,  -1, 414,  -1,  -1 }, PASS },
	/* Files. */
	{ "openat",             { 257,  56, 322,  56, 288 }, PASS },
	{ "open",               {   2,  -1,   5,  -1,   5 }, PASS },
	{ "fstat",              {   5,  80, 108,  80, 108 }, PASS },
	{ "fstat64",            {  -1,  -1, 197,  -1,  -1 }, PASS },
	{ "newfstatat",         { 262,  79,  -1,  79, 293 }, PASS },
	{ "getdents64",         { 217,  61, 217,  61, 220 }, PASS },
	{ "fstatat64",          {  -1,  -1, 327,  -1,  -1 }, PASS },
	{ "statx",              { 332, 291, 397, 291, 379 }, PASS },
	{ "lseek",              {   8,  62,  19,  62,  19 }, PASS },
	{ "_llseek",            {  -1,  -1, 140,  -1,  -1 }, PASS },
	{ "readv",              {  19,  65, 145,  65, 145 }, PASS },
	{ "ftruncate",          {  77,  46,  93,  46,  93 }, PASS },
	{ "ftruncate64",        {  -1,  -1, 194,  -1,  -1 }, PASS },
	{ "fsync",              {  74,  82, 118,  82, 118 }, PASS },
	{ "fdatasync",          {  75,  83, 148,  83, 148 }, PASS },
	{ "rename",             {  82,  -1,  38,  -1,  38 }, PASS },
	{ "renameat",           { 264,  38, 329,  -1, 295 }, PASS },
	{ "renameat2",          { 316, 276, 382, 276, 347 }, PASS },
	{ "unlink",             {  87,  -1,  10,  -1,  10 }, PASS },
	{ "unlinkat",           { 263,  35, 328,  35, 294 }, PASS },
	{ "dup2",               {  33,  -1,  63,  -1,  63 }, PASS },
	{ "dup3",               { 292,  24, 358,  24, 326 }, PASS },
	{ "fcntl",              {  72,  25,  55,  25,  55 }, FCNTL },
	{ "fcntl64",            {  -1,  -1, 221,  -1,  -1 }, FCNTL },
	/* Memory. One mmap() is told by a pointer, out of reach, too. */
	{ "mmap",               {   9, 222,  -1, 222,  -1 }, MMAP },
	{ "mmap2",              {  -1,  -1, 192,  -1,  -1 }, MMAP },
	{ "mmap",               {  -1,  -1,  -1,  -1,  90 }, PASS },
	{ "mprotect",           {  10, 226, 125, 226, 125 }, MMAP },
	{ "brk",                {  12, 214,  45, 214,  45 }, PASS },
	{ "munmap",             {  11, 215,  91, 215,  91 }, PASS },
	{ "mremap",             {  25, 216, 163, 216, 163 }, PASS },
	{ "madvise",            {  28, 233, 220, 233, 219 }, PASS },
	{ "futex",              { 202,  98, 240,  98, 238 }, PASS },
	{ "futex_time64",       {  -1,  -1, 422,  -1,  -1 }, PASS },
	/* What a C library asks, and the end. */
	{ "getrandom",          { 318, 278, 384, 278, 349 }, PASS },
	{ "getpid",             {  39, 172,  20, 172,  20 }, PASS },
	{ "gettid",             { 186, 178, 224, 178, 236 }, PASS },
	{ "gettimeofday",       {  96, 169,  78, 169,  78 }, PASS },
	{ "time",               { 201,  -1,  -1,  -1,  -1 }, PASS },
	{ "uname",              {  63, 160, 122, 160, 122 }, PASS },
	{ "sysinfo",            {  99, 179, 116, 179, 116 }, PASS },
	{ "sched_getaffinity",  { 204, 123, 242, 123, 240 }, PASS },
	{ "sched_yield",        {  24, 124, 158, 124, 158 }, PASS },
	{ "rt_sigaction",       {  13, 134, 174, 134, 174 }, PASS },
	{ "rt_sigprocmask",     {  14, 135, 175, 135, 175 }, PASS },
	{ "rt_sigreturn",       {  15, 139, 173, 139, 173 }, PASS },
	{ "sigreturn",          {  -1,  -1, 119,  -1, 119 }, PASS },
	{ "restart_syscall",    { 219, 128,   0, 128,   7 }, PASS },
	{ "tgkill",             { 234, 131, 268, 131, 241 }, TGKILL },
	{ "tkill",              { 200, 130, 238, 130, 237 }, TKILL },
	{ "exit",               {  60,  93,   1,  93,   1 }, PASS },
	{ "exit_group",         { 231,  94, 248,  94, 248 }, PASS },
	/* What nobody asks for by mistake: other programs and processes, ... */
	{ "execve",             {  59, 221,  11, 221,  11 }, KILL },
	{ "execveat",           { 322, 281, 387, 281, 354 }, KILL },
	{ "fork",               {  57,  -1,   2,  -1,   2 }, KILL },
	{ "vfork",              {  58,  -1, 190,  -1, 190 }, KILL },
	{ "clone",              {  56, 220, 120, 220, 120 }, KILL_UNLESS_WIDE },
	{ "ptrace",             { 101, 117,  26, 117,  26 }, KILL_UNLESS_WIDE },
	{ "process_vm_readv",   { 310, 270, 376, 270, 340 }, KILL },
	{ "process_vm_writev",  { 311, 271, 377, 271, 341 }, KILL },
	{ "process_madvise",    { 440, 440, 440, 440, 440 }, KILL },
	{ "pidfd_getfd",        { 438, 438, 438, 438, 438 }, KILL },
	{ "kcmp",               { 312, 272, 378, 272, 343 }, KILL },
	/* ... another view of files, namespaces, ... */
	{ "mount",              { 165,  40,  21,  40,  21 }, KILL },
	{ "umount",             {  -1,  -1,  -1,  -1,  22 }, KILL },
	{ "umount2",            { 166,  39,  52,  39,  52 }, KILL },
	{ "pivot_root",         { 155,  41, 218,  41, 217 }, KILL },
	{ "chroot",             { 161,  51,  61,  51,  61 }, KILL },
	{ "move_mount",         { 429, 429, 429, 429, 429 }, KILL },
	{ "open_tree",          { 428, 428, 428, 428, 428 }, KILL },
	{ "fsopen",             { 430, 430, 430, 430, 430 }, KILL },
	{ "fsconfig",           { 431, 431, 431, 431, 431 }, KILL },
	{ "fsmount",            { 432, 432, 432, 432, 432 }, KILL },
	{ "fspick",             { 433, 433, 433, 433, 433 }, KILL },
	{ "mount_setattr",      { 442, 442, 442, 442, 442 }, KILL },
	{ "unshare",            { 272,  97, 337,  97, 303 }, KILL },
	{ "setns",              { 308, 268, 375, 268, 339 }, KILL },
	{ "open_by_handle_at",  { 304, 265, 371, 265, 336 }, KILL },
	/* ... and the kernel itself. */
	{ "personality",        { 135,  92, 136,  92, 136 }, KILL },
	{ "bpf",                { 321, 280, 386, 280, 351 }, KILL },
	{ "perf_event_open",    { 298, 241, 364, 241, 331 }, KILL },
	{ "userfaultfd",        { 323, 282, 388, 282, 355 }, KILL },
	{ "io_uring_setup",     { 425, 425, 425, 425, 425 }, KILL },
	{ "io_uring_enter",     { 426, 426, 426, 426, 426 }, KILL },
	{ "io_uring_register",  { 427, 427, 427, 427, 427 }, KILL },
	{ "keyctl",             { 250, 219, 311, 219, 280 }, KILL },
	{ "add_key",            { 248, 217, 309, 217, 278 }, KILL },
	{ "request_key",        { 249, 218, 310, 218, 279 }, KILL },
	{ "init_module",        { 175, 105, 128, 105, 128 }, KILL },
	{ "finit_module",       { 313, 273, 379, 273, 344 }, KILL },
	{ "delete_module",      { 176, 106, 129, 106, 129 }, KILL },
	{ "kexec_load",         { 246, 104, 347, 104, 277 }, KILL },
	{ "kexec_file_load",    { 320, 294, 401, 294, 381 }, KILL },
	{ "reboot",             { 169, 142,  88, 142,  88 }, KILL },
	{ "swapon",             { 167, 224,  87, 224,  87 }, KILL },
	{ "swapoff",            { 168, 225, 115, 225, 115 }, KILL },
	{ "acct",               { 163,  89,  51,  89,  51 }, KILL },
	{ "quotactl",           { 179,  60, 131,  60, 131 }, KILL },
	{ "iopl",               { 172,  -1,  -1,  -1,  -1 }, KILL },
	{ "ioperm",             { 173,  -1,  -1,  -1,  -1 }, KILL },
	{ "modify_ldt",         { 154,  -1,  -1,  -1,  -1 }, KILL },
};
/* clang-format on */

const size_t seccomp_call_count = ARRAY_SIZE(seccomp_calls);

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

#define AT(member) ((uint32_t)offsetof(struct seccomp_data, member))
#define LOAD(at)   BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define AND(mask)  BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask))
#define TEST(k, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), (uint8_t)(yes), (uint8_t)(no))
#define RETURN(action) BPF_STMT(BPF_RET | BPF_K, (action))

static void put(struct seccomp_program *p, struct sock_filter instruction)
{
	ASSERT(p->size < ARRAY_SIZE(p->code));
	p->code[p->size++] = instruction;
}

/* The half of an argument that an int is in. */
static uint32_t offset_of(enum seccomp_arch arch, unsigned argument)
{
	uint32_t offset = AT(args) + argument * (uint32_t)sizeof(uint64_t);

	return arch == SECCOMP_ARCH_S390X ? offset + 4 : offset;
}

/* Goes on behind the alternative if it does not hold. */
static void put_alternative(struct seccomp_program *p, enum seccomp_arch arch,
			    const struct alternative *a)
{
	size_t count = 0, left;

	while (count < TESTS_MAX && a->tests[count].mask)
		count++;
	left = 3 * count + 1;
	for (size_t i = 0; i < count; i++) {
		const struct test *test = &a->tests[i];

		left -= 3;
		put(p, (struct sock_filter)LOAD(offset_of(arch, test->argument)));
		put(p, (struct sock_filter)AND(test->mask));
		put(p, (struct sock_filter)TEST(test->value, 0, left));
	}
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
}

static void put_check(struct seccomp_program *p, enum seccomp_arch arch,
		      enum seccomp_verdict verdict)
{
	for (size_t i = 0; i < ARRAY_SIZE(alternatives); i++) {
		if (alternatives[i].verdict == verdict)
			put_alternative(p, arch, &alternatives[i]);
	}
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_ERRNO | EPERM));
}

static void put_verdict(struct seccomp_program *p, enum seccomp_arch arch,
			bool wide, enum seccomp_verdict verdict)
{
	switch (verdict) {
	case SECCOMP_VERDICT_PASS:
		put(p, (struct sock_filter)RETURN(SECCOMP_RET_ALLOW));
		return;
	case SECCOMP_VERDICT_KILL:
		put(p, (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
		return;
	case SECCOMP_VERDICT_KILL_UNLESS_WIDE:
		put(p,
		    (struct sock_filter)RETURN(wide ? SECCOMP_RET_ALLOW
						    : SECCOMP_RET_KILL_PROCESS));
		return;
	case SECCOMP_VERDICT_SOCKET:
	case SECCOMP_VERDICT_SETSOCKOPT:
	case SECCOMP_VERDICT_IOCTL:
	case SECCOMP_VERDICT_FCNTL:
	case SECCOMP_VERDICT_MMAP:
	case SECCOMP_VERDICT_TGKILL:
	case SECCOMP_VERDICT_TKILL:
		put_check(p, arch, verdict);
		return;
	}
	UNREACHABLE();
}

/* Another architecture's numbers mean other calls; nobody changes it mid-way. */
void seccomp_build(enum seccomp_arch arch, bool wide, struct seccomp_program *p)
{
	p->size = 0;
	put(p, (struct sock_filter)LOAD(AT(arch)));
	put(p, (struct sock_filter)TEST(audit_archs[arch], 1, 0));
	put(p, (struct sock_filter)RETURN(SECCOMP_RET_KILL_PROCESS));
	put(p, (struct sock_filter)LOAD(AT(nr)));
	for (size_t i = 0; i < seccomp_call_count; i++) {
		const struct seccomp_call *call = &seccomp_calls[i];
		size_t at = p->size;

		if (call->number[arch] < 0)
			continue;
		put(p, (struct sock_filter)TEST((uint32_t)call->number[arch], 0,
						0));
		put_verdict(p, arch, wide, call->verdict);
		ASSERT(p->size - at - 1 <= UINT8_MAX);
		p->code[at].jf = (uint8_t)(p->size - at - 1);
	}
	put(p, (struct sock_filter)RETURN(wide ? SECCOMP_RET_ALLOW
					       : SECCOMP_RET_ERRNO | ENOSYS));
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
	seccomp_build(ARCH_HERE, TENURED_SANITIZED, &program);
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
