/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory, or the end of the program, said on stderr. It has nothing to lose; and
 * the JSON library's parser goes on without those characters that it finds no
 * memory for, which nobody is to be shown.
 */
#ifndef CTL_MEMORY_H
#define CTL_MEMORY_H

#include <stddef.h>

/* To be freed with free(). */
void *memory_get(size_t size);

/* A copy of a text, to be freed. */
char *memory_text(const char *);

/* The same of size octets, what was there first; NULL: there was nothing. */
void *memory_resize(void *memory, size_t size);

/* There was none. */
_Noreturn void memory_fail(void);

#endif
