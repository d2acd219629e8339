/* SPDX-License-Identifier: BSD-2-Clause */
/* tenured: settings, the fork, the daemon, the exit code. */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/outcome.h"
#include "daemon/service_notify.h"
#include "daemon/settings.h"

/*
 * Whoever starts us may have closed the standard descriptors; sockets must not
 * take their numbers, or a line of log would go to a peer. Where all are open
 * /dev/null is not wanted: an initramfs or a chroot may have none yet.
 */
static bool fill_standard_descriptors(void)
{
	struct pollfd standard[] = { { .fd = STDIN_FILENO },
				     { .fd = STDOUT_FILENO },
				     { .fd = STDERR_FILENO } };

	/* Of each one that is closed it says so. */
	poll(standard, ARRAY_SIZE(standard), 0);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (standard[fd].revents & POLLNVAL &&
		    open("/dev/null", O_RDWR) < 0) {
			fprintf(stderr,
				"tenured: descriptor %d is closed, and /dev/null, "
				"which it needs then: %m\n",
				fd);
			return false;
		}
	return true;
}

/* Not in main(), where it would lie below the buffers that settings are read into. */
__attribute__((noinline)) static int run(struct settings *settings, int argc,
					 char **argv)
{
	int parent = outcome_fork(settings);
	struct daemon daemon;
	int code = (int)daemon_open(&daemon, settings, parent);

	daemon.argc = argc;
	daemon.argv = argv;
	if (code == EXIT_CODE_LEASED) {
		code = loop_run(daemon.loop);
		if (code < 0) {
			log_error("the event loop failed");
			code = EXIT_CODE_FAILED;
		}
	} else {
		outcome_fail(parent, (enum exit_code)code);
	}
	daemon_close(&daemon);
	return code;
}

static bool ready_fd_is_good(const struct settings *settings)
{
	if (settings->ready_fd < 0 ||
	    service_notify_fd_is_open(settings->ready_fd))
		return true;
	log_error("--ready-fd %d: there is no such descriptor; whoever starts "
		  "this has to leave it open",
		  settings->ready_fd);
	return false;
}

int main(int argc, char **argv)
{
	struct settings settings;
	enum exit_code code = EXIT_CODE_LEASED;
	int r = 0;

	if (!fill_standard_descriptors())
		return EXIT_CODE_FAILED;
	log_open(LOG_WHERE_FOREGROUND);
	if (settings_load(argc, argv, &settings, &code) == SETTINGS_OK) {
		log_set_level(settings_log_level(&settings));
		r = !ready_fd_is_good(&settings) ? (int)EXIT_CODE_USAGE
		    : settings.import		 ? (int)daemon_import(&settings)
		    : settings.hook_runner ? (int)daemon_run_hooks(&settings)
					   : run(&settings, argc, argv);
	} else {
		r = (int)code;
	}
	settings_free(&settings);
	log_close();
	return r;
}
