/* SPDX-License-Identifier: BSD-2-Clause */
/* How the core is to go about it, by the settings of an interface. */
#ifndef DAEMON_CLIENT_CONFIG_H
#define DAEMON_CLIENT_CONFIG_H

struct dhcp4_config;
struct iface_settings;

/*
 * Fills in what follows from the settings alone. Not what servers are told
 * (sent.h), nor authentication, the fallback, and what the link is.
 */
void client_config_set(struct dhcp4_config *, const struct iface_settings *);

#endif
