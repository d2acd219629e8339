/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets to runners, and processes that become one. */
#include "daemon/hook_runner.h"

#include <config.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/auth_file.h"
#include "daemon/hook_files.h"
#include "daemon/log.h"
#include "daemon/service_notify.h"

struct runner_settings hook_runner_settings(const struct settings *s,
					    const char *run_dir)
{
	struct runner_settings settings = {
		.directories = { TENURED_HOOKDIR, TENURED_SYSCONFDIR "/hooks" },
		.directory_count = 2,
		.run_dir = run_dir,
		.script = s->script,
		.skipped = s->hooks_skipped,
		.timeout_s = s->hook_timeout_s,
		.foreground = true,
	};

	if (s->hook_dir) {
		settings.directories[0] = s->hook_dir;
		settings.directory_count = 1;
	}
	if (!s->hooks)
		settings.directory_count = 0;
	return settings;
}

static void wipe(const struct settings *s)
{
	if (s->auth_keys)
		auth_file_wipe(s->auth_keys);
}

int hook_runner_fork(const struct settings *s,
		     const struct runner_settings *settings)
{
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	pid = fork();
	if (pid == 0) {
		wipe(s);
		runner_main(settings, pair[1], false);
	}
	close(pair[1]);
	if (pid < 0) {
		int r = -errno;

		close(pair[0]);
		return r;
	}
	/* Nobody waits for it: its end is seen by the channel. */
	signal(SIGCHLD, SIG_IGN);
	return pair[0];
}

/* The socket's path, perhaps with more behind it. 0 or -ENAMETOOLONG. */
static int address_of(const char *run_dir, const char *more,
		      struct sockaddr_un *ret)
{
	int n;

	ret->sun_family = AF_UNIX;
	n = snprintf(ret->sun_path, sizeof(ret->sun_path),
		     "%s/" HOOK_RUNNER_SOCKET "%s", run_dir, more);
	return n < (int)sizeof(ret->sun_path) ? 0 : -ENAMETOOLONG;
}

static int open_socket(void)
{
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	return fd < 0 ? -errno : fd;
}

int hook_runner_connect(const char *run_dir)
{
	struct sockaddr_un address;
	int r = address_of(run_dir, "", &address), fd;

	if (r < 0)
		return r;
	fd = open_socket();
	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

bool hook_runner_exists(const char *run_dir)
{
	struct sockaddr_un address;
	struct stat info;

	return address_of(run_dir, "", &address) == 0 &&
	       lstat(address.sun_path, &info) == 0 && S_ISSOCK(info.st_mode);
}

/* One that listens is put there under its name, by rename(). */
int hook_runner_watch(const char *run_dir)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK), r;

	if (fd < 0)
		return -errno;
	if (inotify_add_watch(fd, run_dir, IN_MOVED_TO | IN_ONLYDIR) >= 0)
		return fd;
	r = -errno;
	close(fd);
	return r;
}

void hook_runner_seen(int watch)
{
	char events[4096];

	while (read(watch, events, sizeof(events)) > 0)
		continue;
}

/* ---- the service --------------------------------------------------------- */

/*
 * The socket is made, listens, and gets its name: who finds it can connect. It is
 * the daemon's user's, as the directory is; made with that user's rights, since he
 * could put anything in its way.
 */
static int make_socket(int fd, const struct sockaddr_un *address,
		       const struct sockaddr_un *temporary)
{
	unlink(temporary->sun_path);
	if (bind(fd, (const struct sockaddr *)temporary, sizeof(*temporary)) < 0 ||
	    listen(fd, SOMAXCONN) < 0 ||
	    rename(temporary->sun_path, address->sun_path) < 0)
		return -errno;
	return 0;
}

/* For a while; the real user stays, and can come back. */
static int become(gid_t gid, uid_t uid)
{
	if (uid != 0 && (setegid(gid) < 0 || seteuid(uid) < 0))
		return -errno;
	return 0;
}

static int come_back(void)
{
	return seteuid(getuid()) < 0 || setegid(getgid()) < 0 ? -errno : 0;
}

static int listen_at(const char *run_dir, const struct sandbox_user *user)
{
	struct sockaddr_un address, temporary;
	int r = address_of(run_dir, "", &address), fd, back;

	if (r == 0)
		r = address_of(run_dir, ".new", &temporary);
	if (r < 0)
		return r;
	fd = hook_runner_connect(run_dir);
	if (fd >= 0) {
		close(fd);
		return -EADDRINUSE;
	}
	fd = open_socket();
	if (fd < 0)
		return fd;
	umask(0177);
	r = user->kept ? 0 : become(user->gid, user->uid);
	if (r == 0)
		r = make_socket(fd, &address, &temporary);
	back = come_back();
	if (r == 0)
		r = back;
	if (r == 0)
		return fd;
	close(fd);
	return r;
}

static void tell_manager(void)
{
	int r = service_notify_once();

	if (r < 0)
		service_notify_unheard(r);
}

enum exit_code hook_runner_serve(const struct settings *s,
				 const struct instance *instance,
				 const struct sandbox_user *user)
{
	struct runner_settings settings =
		hook_runner_settings(s, instance->run_dir);
	const char *directory;
	int r = hook_files_check(&settings, &directory);

	if (r < 0) {
		log_error(r == -EPERM ? "%s: others than root could change it"
				      : "cannot open %s",
			  directory);
		return EXIT_CODE_FAILED;
	}
	r = listen_at(instance->run_dir, user);
	if (r == -EADDRINUSE) {
		log_error("a hook runner serves %s already", instance->run_dir);
		return EXIT_CODE_RUNNING;
	}
	if (r < 0) {
		log_error("cannot listen in %s: %s", instance->run_dir,
			  strerror(-r));
		return EXIT_CODE_FAILED;
	}
	settings.user = user->kept ? geteuid() : user->uid;
	log_notice("runs hooks for daemons of %s", instance->run_dir);
	wipe(s);
	service_notify_fd_ready(s->ready_fd);
	tell_manager();
	runner_main(&settings, r, true);
}
