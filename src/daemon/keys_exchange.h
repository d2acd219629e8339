/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How an address is got, and of whom: rules for the values of these keys, each of
 * which returns what is wrong with the value, or NULL, as struct key has it; and
 * what the core is told of them.
 */
#ifndef DAEMON_KEYS_EXCHANGE_H
#define DAEMON_KEYS_EXCHANGE_H

#include "core/client.h"
#include "daemon/settings.h"

/* enum dhcp4_broadcast */
const char *key_apply_broadcast(const char *value, void *field);

/* bool */
const char *key_apply_on_off(const char *value, void *field);

/* uint32_t, in milliseconds */
const char *key_apply_offer_window(const char *value, void *field);

/* struct dhcp4_server_list: addresses and prefixes; of nothing it is empty */
const char *key_apply_servers(const char *value, void *field);

/* ipv4_addr: what a subnet begins with */
const char *key_apply_subnet(const char *value, void *field);

void exchange_configure(struct dhcp4_config *, const struct iface_settings *);

#endif
