/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * unconfined: what callgrind has to have in front of the daemon (LD_PRELOAD). It
 * makes code while it runs, which the sandbox forbids: of seccomp's filters, and
 * of memory that may not become code, the daemon believes that they are in force.
 *
 * It is for counting instructions alone; no other test runs without the sandbox.
 */
#include <dlfcn.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SET_MDWE 65 /* PR_SET_MDWE, since Linux 6.3 */

#define ARGUMENTS 6

/* Whatever there are; the rest is not looked at. */
static void read_all(long arguments[ARGUMENTS], va_list from)
{
	for (unsigned i = 0; i < ARGUMENTS; i++)
		arguments[i] = va_arg(from, long);
}

static long pass_on(long number, const long a[ARGUMENTS])
{
	long (*next)(long, ...) =
		(long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");

	return next(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

long syscall(long number, ...)
{
	long arguments[ARGUMENTS];
	va_list from;

	if (number == SYS_seccomp)
		return 0;
	va_start(from, number);
	read_all(arguments, from);
	va_end(from);
	return pass_on(number, arguments);
}

int prctl(int option, ...)
{
	long arguments[ARGUMENTS] = { option };
	va_list from;

	if (option == SET_MDWE || option == PR_SET_SECCOMP)
		return 0;
	va_start(from, option);
	for (unsigned i = 1; i < ARGUMENTS; i++)
		arguments[i] = va_arg(from, long);
	va_end(from);
	return (int)pass_on(SYS_prctl, arguments);
}
