/* SPDX-License-Identifier: BSD-2-Clause */
/* A service manager costs one allocation, and what it is told none. */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/service_notify.h"
#include "torture/torture.h"

static const struct loop_hooks no_hooks;

/* A manager of this process's own, by an abstract name. */
static int listen_as_manager(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	char name[64];

	snprintf(name, sizeof(name), "@tenured-torture-%d", (int)getpid());
	memcpy(address.sun_path + 1, name + 1, strlen(name) - 1);
	if (bind(fd, (const struct sockaddr *)&address,
		 (socklen_t)(offsetof(struct sockaddr_un, sun_path) +
			     strlen(name))) < 0)
		perror(name);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void is_told(void)
{
	struct service_notify *service;
	struct loop *loop;
	unsigned asked;
	int manager;

	alloc_pause();
	manager = listen_as_manager();
	alloc_resume();
	if (went_well(loop_open(&loop, &no_hooks, NULL))) {
		if (went_well(service_notify_open(&service, loop))) {
			asked = alloc_counts().asked;
			service_notify_ready(service, false, loop_clock());
			service_notify_status(service, "eth0 asking");
			service_notify_reloading(service);
			service_notify_reloaded(service);
			PROMISE(alloc_counts().asked == asked,
				"telling takes memory");
			service_notify_close(service);
		}
		loop_close(loop);
	}
	close(manager);
}

/* A line is made and counted in memory that there is already. */
static void is_logged(void)
{
	unsigned asked = alloc_counts().asked;

	for (unsigned i = 0; i < 100; i++)
		log_about("eth0", LOG_LEVEL_NOTICE, "line %u", i);
	PROMISE(alloc_counts().asked == asked, "logging takes memory");
}

SCENARIOS(service_notify) = {
	{ .name = "service_manager_is_told", .play = is_told },
	{ .name = "lines_are_logged", .play = is_logged },
	{ 0 },
};
