/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules for the values of keys that keys.c has no room for. Each reads a value
 * into a field, and returns what is wrong with it, or NULL (struct key).
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include <stddef.h>

/* The index of a word; count if it is none of them. */
size_t rule_word(const char *const *words, size_t count, const char *word);

const char *rule_routes(const char *value, void *accept);
const char *rule_table(const char *value, void *table);
const char *rule_mtu_min(const char *value, void *mtu);
const char *rule_dscp(const char *value, void *dscp);
const char *rule_server(const char *value, void *address);
const char *rule_hook_timeout(const char *value, void *timeout_s);
const char *rule_no_hook(const char *value, void *names); /* adds them */

/* Its field is all of the interface's settings. */
const char *rule_inform(const char *value, void *iface);

#endif
