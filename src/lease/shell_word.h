/* SPDX-License-Identifier: BSD-2-Clause */
/* Text as a shell takes it for one word: a value of a lease, an argument. */
#ifndef LEASE_SHELL_WORD_H
#define LEASE_SHELL_WORD_H

#include <stdio.h>

/* 'a word', whatever is in it. What the stream did not take, it tells itself. */
void shell_word_print(FILE *, const char *word);

#endif
