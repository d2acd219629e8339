/* SPDX-License-Identifier: BSD-2-Clause */
/* Whether a program stands between the tests and the kernel, as qemu-user does. */
#ifndef TESTS_UNIT_EMULATED_H
#define TESTS_UNIT_EMULATED_H

#include <stdbool.h>

/*
 * True, with a line on stderr, where tests/cross said (by TENURED_EMULATOR) what
 * emulates the kernel, which then does not have this: the test is skipped.
 */
bool emulated(const char *what);

#endif
