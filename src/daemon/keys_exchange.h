/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules for the values of keys that say how an address is got, and of whom. Each
 * returns what is wrong with the value, or NULL, as struct key has it.
 */
#ifndef DAEMON_KEYS_EXCHANGE_H
#define DAEMON_KEYS_EXCHANGE_H

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

#endif
