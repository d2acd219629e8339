/* SPDX-License-Identifier: BSD-2-Clause */
/* The acts. */
#include "confined/acts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/assert.h"

#define PATH_SIZE 256
#define PAGE	  4096

static int result(long r)
{
	return r < 0 ? -errno : 0;
}

static const char *below(char path[PATH_SIZE], const char *directory,
			 const char *name)
{
	snprintf(path, PATH_SIZE, "%s/%s", directory, name);
	return path;
}

/* ---- programs and processes --------------------------------------------- */

static int run_program(const struct scenery *s)
{
	char *arguments[] = { (char *)(uintptr_t) "true", NULL };

	(void)s;
	return result(execv("/bin/true", arguments));
}

static int run_descriptor(const struct scenery *s)
{
	char *arguments[] = { (char *)(uintptr_t) "true", NULL };

	return result(syscall(SYS_execveat, s->program, "", arguments, NULL,
			      AT_EMPTY_PATH));
}

static int make_process(const struct scenery *s)
{
	pid_t pid = fork();

	(void)s;
	if (pid == 0)
		_exit(0);
	return result(pid < 0 ? -1 : waitpid(pid, NULL, 0));
}

static int seize(const struct scenery *s)
{
	return result(ptrace(PTRACE_SEIZE, s->victim, 0, 0));
}

static int read_memory(const struct scenery *s)
{
	char octet;
	struct iovec here = { &octet, 1 };
	struct iovec there = { (void *)(uintptr_t)s->inside, 1 };

	return result(process_vm_readv(s->victim, &here, 1, &there, 1, 0));
}

static int signal_init(const struct scenery *s)
{
	(void)s;
	return result(syscall(SYS_kill, 1, 0));
}

static int signal_thread(const struct scenery *s)
{
	return result(syscall(SYS_tgkill, s->victim, s->victim, 0));
}

static int map_code(const struct scenery *s)
{
	(void)s;
	return mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
		       ? -errno
		       : 0;
}

static int make_data_code(const struct scenery *s)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)s;
	return page == MAP_FAILED
		       ? 0
		       : result(mprotect(page, PAGE, PROT_READ | PROT_EXEC));
}

/* ---- files -------------------------------------------------------------- */

static int open_path(const char *path, int flags)
{
	return result(open(path, flags | O_CLOEXEC, 0600));
}

static int read_passwords(const struct scenery *s)
{
	(void)s;
	return open_path("/etc/shadow", O_RDONLY);
}

static int read_users(const struct scenery *s)
{
	(void)s;
	return open_path("/etc/passwd", O_RDONLY);
}

static int read_environment(const struct scenery *s)
{
	char path[PATH_SIZE];

	snprintf(path, sizeof(path), "/proc/%d/environ", (int)s->victim);
	return open_path(path, O_RDONLY);
}

static int list_root(const struct scenery *s)
{
	(void)s;
	return open_path("/", O_RDONLY | O_DIRECTORY);
}

static int set_core_pattern(const struct scenery *s)
{
	(void)s;
	return open_path("/proc/sys/kernel/core_pattern", O_WRONLY);
}

static int make_file(const struct scenery *s)
{
	char path[PATH_SIZE];

	return open_path(below(path, s->outside, "new"), O_WRONLY | O_CREAT);
}

static int change_file(const struct scenery *s)
{
	char path[PATH_SIZE];

	return open_path(below(path, s->outside, "file"), O_WRONLY);
}

static int remove_file(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(unlink(below(path, s->outside, "file")));
}

static int move_out(const struct scenery *s)
{
	char from[PATH_SIZE], to[PATH_SIZE];

	return result(rename(below(from, s->inside, "file"),
			     below(to, s->outside, "moved")));
}

static int make_directory(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(mkdir(below(path, s->inside, "directory"), 0700));
}

static int make_device(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(mknod(below(path, s->inside, "device"), S_IFCHR | 0600,
			    1 << 8 | 1));
}

static int make_fifo(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(mknod(below(path, s->inside, "fifo"), S_IFIFO | 0600, 0));
}

static int make_symlink(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(symlink("/etc/shadow", below(path, s->inside, "link")));
}

static int make_setuid(const struct scenery *s)
{
	char path[PATH_SIZE];

	return result(chmod(below(path, s->inside, "file"), 04755));
}

static int open_handle(const struct scenery *s)
{
	struct {
		struct file_handle head;
		unsigned char octets[8];
	} handle = { .head = { .handle_bytes = 8, .handle_type = 1 } };

	(void)s;
	return result(open_by_handle_at(AT_FDCWD, &handle.head, O_RDONLY));
}

/* ---- privileges --------------------------------------------------------- */

static int raise_capabilities(const struct scenery *s)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3,
						   0 };
	struct __user_cap_data_struct all[2], now[2];

	(void)s;
	if (syscall(SYS_capget, &header, now) < 0)
		return -errno;
	memcpy(all, now, sizeof(all));
	all[0].effective = all[0].permitted =
		now[0].permitted | 1u << CAP_SYS_ADMIN;
	return result(syscall(SYS_capset, &header, all));
}

static int become_root(const struct scenery *s)
{
	(void)s;
	return result(setresuid(0, 0, 0));
}

static int raise_limit(const struct scenery *s)
{
	(void)s;
	return result(setrlimit(RLIMIT_CORE, &(struct rlimit){ 1, 1 }));
}

static int enter_namespace(const struct scenery *s)
{
	return result(setns(s->netns, 0));
}

static int mount_over(const struct scenery *s)
{
	return result(syscall(SYS_mount, "none", s->outside, "tmpfs", 0, NULL));
}

static int unmount(const struct scenery *s)
{
	return result(syscall(SYS_umount2, s->outside, 0));
}

/* ---- the network -------------------------------------------------------- */

static struct sockaddr_in local(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

static int connect_tcp(const struct scenery *s)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = local(1);

	(void)s;
	return fd < 0 ? -errno
		      : result(connect(fd, (struct sockaddr *)&address,
				       sizeof(address)));
}

static int bind_tcp(const struct scenery *s)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in address = { .sin_family = AF_INET,
				       .sin_port = htons(64321) };

	(void)s;
	return fd < 0 ? -errno
		      : result(bind(fd, (struct sockaddr *)&address,
				    sizeof(address)));
}

static int connect_abstract(const struct scenery *s)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(s->abstract);

	memcpy(address.sun_path + 1, s->abstract, length);
	return result(connect(fd, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
					  1 + length)));
}

/* Whatever it says, netfilter was not asked: an old kernel's favourite. */
static int set_netfilter(const struct scenery *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char nothing[8] = "";

	(void)s;
	return result(setsockopt(fd, IPPROTO_IP, 64, nothing, sizeof(nothing)));
}

static int set_ring(const struct scenery *s)
{
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), version = 1;

	(void)s;
	return result(setsockopt(fd, SOL_PACKET, 10 /* PACKET_VERSION */,
				 &version, sizeof(version)));
}

static int list_interfaces(const struct scenery *s)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifconf list = { 0 };

	(void)s;
	return result(ioctl(fd, SIOCGIFCONF, &list));
}

/* ---- what is needed ----------------------------------------------------- */

static int end_by_assertion(const struct scenery *s)
{
	ASSERT(!s);
	return 0;
}

/* More than a heap grows by at once, in all sizes, and given back. */
static int use_memory(const struct scenery *s)
{
	static void *blocks[4096];

	(void)s;
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++) {
		blocks[i] = malloc(i * 64);
		if (!blocks[i])
			return -errno;
		memset(blocks[i], 1, i * 64);
	}
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i += 2) {
		void *larger = realloc(blocks[i], 1 << 18);

		if (!larger)
			return -errno;
		blocks[i] = larger;
	}
	for (size_t i = 0; i < ARRAY_SIZE(blocks); i++)
		free(blocks[i]);
	return 0;
}

static int keep_file(const struct scenery *s)
{
	char new[PATH_SIZE], old[PATH_SIZE], line[8] = "";
	FILE *file = fopen(below(new, s->inside, "new"), "we");

	if (!file || fputs("lease", file) < 0 || fflush(file) != 0 ||
	    fsync(fileno(file)) < 0 || fclose(file) != 0 ||
	    rename(new, below(old, s->inside, "file")) < 0)
		return -errno;
	file = fopen(old, "re");
	if (!file || !fgets(line, sizeof(line), file) ||
	    strcmp(line, "lease") != 0)
		return -EIO;
	fclose(file);
	return result(unlink(old));
}

static int lock_file(const struct scenery *s)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	char path[PATH_SIZE];
	int fd = open(below(path, s->inside, "lock"),
		      O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	return fd < 0 ? -errno
		      : result(fcntl(fd, F_SETLK, &lock) < 0 ||
					       ftruncate(fd, 0) < 0
				       ? -1
				       : 0);
}

static int name_interface(const struct scenery *s)
{
	char name[IF_NAMESIZE];

	(void)s;
	return if_indextoname(1, name) && if_nametoindex(name) == 1 ? 0 : -errno;
}

static int open_udp(const struct scenery *s)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), on = 1;
	struct sockaddr_in address = local(0);

	(void)s;
	return result(setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) < 0 ||
				      bind(fd, (struct sockaddr *)&address,
					   sizeof(address)) < 0
			      ? -1
			      : 0);
}

const struct need needs[] = {
	{ "end by an assertion", -SIGABRT, end_by_assertion },
	{ "use memory", 0, use_memory },
	{ "keep a file", 0, keep_file },
	{ "lock a file", 0, lock_file },
	{ "name an interface", 0, name_interface },
	{ "open a UDP socket", 0, open_udp },
};

const size_t need_count = ARRAY_SIZE(needs);

/* ---- all of them -------------------------------------------------------- */

#define P (1u << LAYER_PRIVILEGES)
#define L (1u << LAYER_LANDLOCK)
#define S (1u << LAYER_SECCOMP)

/* Where ALL is an argument, each bit of it is set: no flags are like this. */
#define ALL -1L

#define CALL(name, ...) .call = SYS_##name, .arguments = { __VA_ARGS__ }

/* clang-format off */
const struct act acts[] = {
	{ "run a program", L | S, .perform = run_program },
	{ "run an open program", L | S, .perform = run_descriptor },
	{ "make a process", P | S, .perform = make_process },
	{ "clone3", S, CALL(clone3, 0, 0) },
	{ "trace a process", P | L | S, .perform = seize },
	{ "read another's memory", P | L | S, .perform = read_memory },
	{ "signal process 1", P | L | S, .perform = signal_init },
	{ "signal a thread", P | L | S, .perform = signal_thread },
	{ "kcmp", S, CALL(kcmp, 1, 1, 0, 0) },
	{ "pidfd_getfd", S, CALL(pidfd_getfd, -1, 0, 0) },
	{ "map memory with code", S, .perform = map_code },
	{ "make data code", S, .perform = make_data_code },
	{ "memfd_create", S, CALL(memfd_create, (long)"", 0) },
	{ "personality", S, CALL(personality, ADDR_NO_RANDOMIZE) },

	{ "read /etc/shadow", P | L, .perform = read_passwords },
	{ "read /etc/passwd", L, .perform = read_users },
	{ "read another's environment", P | L, .perform = read_environment },
	{ "list /", L, .perform = list_root },
	{ "set the core pattern", P | L, .perform = set_core_pattern },
	{ "make a file elsewhere", L, .perform = make_file },
	{ "change a file elsewhere", L, .perform = change_file },
	{ "remove a file elsewhere", L, .perform = remove_file },
	{ "move a file elsewhere", L, .perform = move_out },
	{ "make a directory", L | S, .perform = make_directory },
	{ "make a device", P | L | S, .perform = make_device },
	{ "make a fifo", L | S, .perform = make_fifo },
	{ "make a symlink", L | S, .perform = make_symlink },
	{ "make a file set-user-ID", S, .perform = make_setuid },
	{ "open by handle", P | S, .perform = open_handle },
	{ "chroot", P | S, CALL(chroot, (long)"/") },
	{ "mount", P | L | S, .perform = mount_over },
	{ "unmount", P | S, .perform = unmount },
	{ "pivot_root", P | S, CALL(pivot_root, (long)"/", (long)"/") },
	{ "move_mount", P | S, CALL(move_mount, ALL, (long)"", ALL, (long)"") },
	{ "fsopen", P | S, CALL(fsopen, (long)"tmpfs", 0) },

	{ "raise capabilities", P | S, .perform = raise_capabilities },
	{ "become root", P | S, .perform = become_root },
	{ "raise a limit", P | S, .perform = raise_limit },
	{ "prctl", S, CALL(prctl, PR_SET_DUMPABLE, 1) },
	{ "make a user namespace", S, CALL(unshare, CLONE_NEWUSER) },
	{ "make a network namespace", P | S, CALL(unshare, CLONE_NEWNET) },
	{ "enter a namespace", P | S, .perform = enter_namespace },

	{ "connect by TCP", L | S, .perform = connect_tcp },
	{ "listen by TCP", L | S, .perform = bind_tcp },
	{ "a socket of IPv6", S, CALL(socket, AF_INET6, SOCK_DGRAM, 0) },
	{ "a raw socket", S, CALL(socket, AF_INET, SOCK_RAW, IPPROTO_ICMP) },
	{ "a raw packet socket", S, CALL(socket, AF_PACKET, SOCK_RAW, 0) },
	{ "a socket of uevents", S, CALL(socket, AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT) },
	{ "connect to an abstract socket", L, .perform = connect_abstract },
	{ "set netfilter's tables", S, .perform = set_netfilter },
	{ "set up a packet ring", S, .perform = set_ring },
	{ "list interfaces by ioctl", S, .perform = list_interfaces },

	{ "bpf", S, CALL(bpf, ALL, 0, 0) },
	{ "perf_event_open", S, CALL(perf_event_open, 0, 0, ALL, ALL) },
	{ "userfaultfd", S, CALL(userfaultfd, ALL) },
	{ "io_uring_setup", S, CALL(io_uring_setup, 0, 0) },
	{ "io_uring_enter", S, CALL(io_uring_enter, ALL, 0, 0, 0) },
	{ "keyctl", S, CALL(keyctl, 0, 0, 0, 0) },
	{ "add_key", S, CALL(add_key, (long)"user", (long)"", 0, 0) },
	{ "init_module", P | S, CALL(init_module, 0, 0, (long)"") },
	{ "finit_module", P | S, CALL(finit_module, ALL, (long)"", 0) },
	{ "delete_module", P | S, CALL(delete_module, (long)"-", 0) },
	{ "kexec_load", P | S, CALL(kexec_load, 0, 0, 0, ALL) },
	{ "reboot", P | S, CALL(reboot, 0, 0, 0, 0) },
	{ "swapon", P | S, CALL(swapon, (long)"-", 0) },
	{ "set the host's name", P | S, CALL(sethostname, (long)"", ALL) },
};
/* clang-format on */

const size_t act_count = ARRAY_SIZE(acts);
