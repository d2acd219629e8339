/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A directory of one test, and files in it, by their names there; "" is itself. A test
 * has one at a time.
 */
#ifndef UNIT_SCRATCH_H
#define UNIT_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

struct store;

/* Makes it, for its user alone; removes it, with all that is there by then. */
void scratch_open(void);
void scratch_close(void);

/* What is in a directory goes, and it stays. */
void scratch_empty(const char *name);

/* Its path, or that of a name in it; good for the next three calls. */
const char *scratch_directory(void);
const char *scratch_path(const char *name);

/* A link is there wherever it leads. */
bool scratch_has(const char *name);

void scratch_write(const char *name, const void *bytes, size_t size);
void scratch_put(const char *name, const char *text);

/* At most size - 1 octets, and a NUL behind them; their number. */
size_t scratch_read(const char *name, char *text, size_t size);
void scratch_expect(const char *name, const char *text);

/* A store over such a directory. */
struct store *scratch_store(const char *name);

#endif
