/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Members of what a daemon said, which may lack any of them, or have one of
 * another type: then it is as if there were nothing.
 */
#ifndef CTL_MEMBER_H
#define CTL_MEMBER_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* "?" if there is none; or NULL. It is to be shown clean (show.h). */
const char *member_text(const json_t *object, const char *key);
const char *member_text_or_null(const json_t *object, const char *key);

/* 0 if there is none, and for less than 0. */
uint64_t member_number(const json_t *object, const char *key);

/* Whether there is a number at all. */
bool member_is_number(const json_t *object, const char *key);

bool member_is_true(const json_t *object, const char *key);
bool member_is(const json_t *object, const char *key, const char *text);

#endif
