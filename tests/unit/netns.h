/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network namespace for one test, made by the test itself, so that nothing it
 * does reaches the host.
 */
#ifndef TESTS_UNIT_NETNS_H
#define TESTS_UNIT_NETNS_H

#include <stdbool.h>

/*
 * Moves this process (Check runs each test in one) into a network namespace of
 * its own, with a user namespace where that takes one. False, with a line on
 * stderr, where that is not allowed or emulated or ip(8) is missing: the test is
 * skipped.
 */
bool netns_enter(void);

/* The same for a program that is no test of Check, and with loopback down. */
bool netns_make(void);

/*
 * From now on another process runs commands, for a test that will not be allowed to: a
 * sandbox keeps it from that.
 */
void netns_delegate(void);

/* Runs ip(8) with these arguments; the test fails if it does. */
void netns_ip(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Runs any command of the shell. */
void netns_command(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What ip(8) prints, with numbers for names; until the next call. */
const char *netns_show(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/*
 * Waits until the kernel lets packets out of an interface: some time after both
 * ends of it are up.
 */
void netns_wait_up(const char *name);

/* The index of an interface that is there. */
int netns_index(const char *name);

#endif
