/* SPDX-License-Identifier: BSD-2-Clause */
/* Differences of clocks; and a kernel's word on where it had the time from. */
#include "daemon/clocks.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/nsec.h"

/* What differs by less is the time that reading two clocks takes. */
#define SLEEP_NS ((int64_t)NSEC_PER_S)
#define LEAP_NS	 (60 * (int64_t)NSEC_PER_S)

/* These read theirs before any driver is there, and need not tell of it. */
#if defined(__x86_64__) || defined(__i386__) || defined(__s390__) || \
	defined(__powerpc__)
const bool clocks_always_known = true;
#else
const bool clocks_always_known = false;
#endif

bool clocks_leapt(const struct clocks *before, const struct clocks *now)
{
	int64_t slept = (now->boot - now->monotonic) -
			(before->boot - before->monotonic);
	int64_t ahead = (now->wall - now->boot) - (before->wall - before->boot);

	return slept > SLEEP_NS || ahead > LEAP_NS;
}

/* The kernel set the wall clock by this one when it booted. */
static bool was_read_at_boot(const char *rtc, const char *name)
{
	char path[PATH_MAX], answer = '0';
	int fd;

	snprintf(path, sizeof(path), "%s/%s/hctosys", rtc, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	if (read(fd, &answer, 1) != 1)
		answer = '0';
	close(fd);
	return answer == '1';
}

bool clocks_wall_is_known(bool synchronised, const char *rtc)
{
	bool known = synchronised;
	DIR *dir = opendir(rtc);
	struct dirent *entry;

	while (dir && !known && (entry = readdir(dir)))
		known = was_read_at_boot(rtc, entry->d_name);
	if (dir)
		closedir(dir);
	return known;
}
