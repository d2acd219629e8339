/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the targets of the fuzzers share. A target is a function that takes any
 * octets and checks what has to hold for them, whatever they are: it lies in
 * target_NAME.c as fuzz_NAME, and the Makefile makes targets.h of these names.
 *
 * main.c runs them over their corpora and over mutants of these, with any
 * compiler; libfuzzer.c under clang's fuzzer.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"

struct fuzz_target {
	const char *name;
	size_t size_max; /* octets of an input; a longer one is cut */
	void (*run)(const uint8_t *data, size_t size);
};

/* Ends with NULL. */
extern const struct fuzz_target *const fuzz_targets[];

/* The target of a name, or NULL. */
const struct fuzz_target *fuzz_find(const char *name);

/* Runs a target on an input; all that it opened is closed again. */
void fuzz_run(const struct fuzz_target *, const uint8_t *data, size_t size);

/* What has to hold. Says which one did not, and ends the program. */
#define CHECK(expression) ASSERT(expression)

/*
 * Where an ASSERT() that fails leads, instead; NULL: it is a finding. For files
 * that may say what no client ever was.
 */
extern jmp_buf *fuzz_forgiven;

/* Told of a finding before the process ends, with what failed. */
extern void (*fuzz_found)(const char *what);

/* Targets that play a client show each step. */
extern bool fuzz_verbose;

/* Lines that were logged since the start; what they say is checked. */
extern unsigned fuzz_logged;

/* Transaction ids that are waited for, and packets sent (packet.c). */
extern int fuzz_listening;
extern unsigned fuzz_sent;

/* True if there are only letters, digits, and these characters. */
bool fuzz_is_only(const char *text, size_t size, const char *others);

#endif
