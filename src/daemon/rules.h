/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rules for the values of keys. Each reads a value into the field of its key, whose
 * type is named here, and returns what is wrong with it, or NULL. Most have the
 * name of their key; what several keys mean together they do not know.
 */
#ifndef DAEMON_RULES_H
#define DAEMON_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/ipv4.h"
#include "core/option.h"
#include "core/pins.h"

/* What a rule returns if there is no memory; its address tells. */
extern const char rule_no_memory[];

/* Whatever the key (rules.c). */
const char *rule_yes_no(const char *value, void *flag);
const char *rule_on_off(const char *value, void *flag);
const char *rule_path(const char *value, void *text); /* of a file */
const char *rule_directory(const char *value, void *text);

/* Of the process (rules_process.c). */
const char *rule_interface(const char *value, void *settings); /* adds one */
const char *rule_oneshot(const char *value, void *settings);
const char *rule_timeout(const char *value, void *timeout_s);
const char *rule_record_size(const char *value, void *record_kib);
const char *rule_control_group(const char *value, void *text);
const char *rule_ready_fd(const char *value, void *fd);
const char *rule_log_level(const char *value, void *level);
const char *rule_verbosity(const char *value, void *number);
const char *rule_instance(const char *value, void *text);
const char *rule_user(const char *value, void *text);
const char *rule_sandbox(const char *value, void *required);
const char *rule_hook_timeout(const char *value, void *timeout_s);
const char *rule_script(const char *value, void *text);
const char *rule_no_hook(const char *value, void *text); /* adds names */

/* Of addresses, routes and the link (rules_link.c). */
const char *rule_acd(const char *value, void *mode);
const char *rule_acd_defence(const char *value, void *defence);
const char *rule_address_removed(const char *value, void *removal);
const char *rule_fallback(const char *value, void *config);
const char *rule_metric(const char *value, void *metric);
const char *rule_table(const char *value, void *table);
const char *rule_route_policy(const char *value, void *policy);
const char *rule_shadow_guard(const char *value, void *mode);
const char *rule_mtu_min(const char *value, void *mtu);
const char *rule_dscp(const char *value, void *dscp);

/* Of how an address is got, and of whom (rules_exchange.c). */
const char *rule_request(const char *value, void *address);
const char *rule_inform(const char *value, void *iface); /* all its settings */
const char *rule_inform_server(const char *value, void *address);
const char *rule_broadcast(const char *value, void *broadcast);
const char *rule_offer_window(const char *value, void *window_ms);
const char *rule_servers(const char *value, void *list); /* of nothing: empty */
const char *rule_subnet(const char *value, void *address);
const char *rule_auth(const char *value, void *auth);
extern const char *const server_pin_names[SERVER_PIN_COUNT];
const char *rule_server_pin(const char *value, void *server_pin);
const char *rule_renew_changes(const char *value, void *renew_changes);

/* Of what servers are told (rules_sent.c); sent is a struct sent_settings **. */
const char *rule_client_id(const char *value, void *sent);
const char *rule_duid(const char *value, void *duid_settings);
const char *rule_iaid(const char *value, void *iaid_setting);
const char *rule_hostname(const char *value, void *sent);
const char *rule_fqdn(const char *value, void *sent);
const char *rule_vendor_class(const char *value, void *sent);
const char *rule_user_class(const char *value, void *sent);
const char *rule_vendor_id_class(const char *value, void *sent);
const char *rule_vendor_id_option(const char *value, void *sent);
const char *rule_mud_url(const char *value, void *sent);
const char *rule_lease_time(const char *value, void *sent);
const char *rule_option(const char *value, void *sent);
const char *rule_request_option(const char *value, void *sent);
const char *rule_no_request_option(const char *value, void *sent);

/* What is done to the options of replies (rules_override.c); sent as above. */
const char *rule_supersede(const char *value, void *sent);
const char *rule_prepend(const char *value, void *sent);
const char *rule_append(const char *value, void *sent);
const char *rule_default(const char *value, void *sent);
const char *rule_ignore(const char *value, void *sent);
const char *rule_require(const char *value, void *sent);

/* What rules are made of: the index of a word, count if it is none of them; ... */
size_t rule_word(const char *const *words, size_t count, const char *word);

/* ... what stands between the members of a list; "192.0.2.0/24" or "192.0.2.1" */
#define RULE_SEPARATORS ", \t"
bool rule_read_prefix(const char *text, size_t length, struct ipv4_prefix *ret);

/* ... whether there are only these characters; and a copy, in the old one's place. */
bool rule_is_only(const char *text, const char *characters);
const char *rule_store_text(const char *value, char **field);

/*
 * ... "OPTION[/TYPE]=VALUE"; the type is that of the table, where it has one. What
 * is wrong, or NULL.
 */
struct rule_option {
	uint8_t code;
	enum option_format format;
	const char *text; /* what stands behind the '=' */
};
const char *rule_read_option(const char *value, struct rule_option *ret);

#endif
