/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Assertions that stay on in release builds.
 *
 * They state invariants of our own code. They never judge what came from the
 * network, a file, the kernel or a socket: such input is refused, not asserted.
 */
#ifndef BASE_ASSERT_H
#define BASE_ASSERT_H

/*
 * The one function the core needs from whoever links it: report and abort.
 * The daemon logs, a test prints, a fuzzer traps.
 */
_Noreturn void assert_fail(const char *expression, const char *file, int line);

#define ASSERT(expression) \
	((expression) ? (void)0 : assert_fail(#expression, __FILE__, __LINE__))

#define UNREACHABLE() assert_fail("unreachable", __FILE__, __LINE__)

#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))

/* 1, for initializers; without the condition, a constant, nothing compiles. */
#define ONE_IF(condition) sizeof(char[(condition) ? 1 : -1])

#endif
