/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules for values of those keys that say what servers are told (sent.h).
 * Each is as in struct key; the field is a struct sent_settings pointer where
 * nothing else is said.
 */
#ifndef DAEMON_KEYS_SENT_H
#define DAEMON_KEYS_SENT_H

const char *key_client_id(const char *value, void *field);
const char *key_hostname(const char *value, void *field);
const char *key_fqdn(const char *value, void *field);
const char *key_vendor_class(const char *value, void *field);
const char *key_user_class(const char *value, void *field);
const char *key_vendor_id_class(const char *value, void *field);
const char *key_vendor_id_option(const char *value, void *field);
const char *key_mud_url(const char *value, void *field);
const char *key_lease_time(const char *value, void *field);
const char *key_option(const char *value, void *field);
const char *key_request_option(const char *value, void *field);
const char *key_no_request_option(const char *value, void *field);

/* struct iaid_setting */
const char *key_iaid(const char *value, void *field);

/* struct duid_settings */
const char *key_duid(const char *value, void *field);

#endif
