/* SPDX-License-Identifier: BSD-2-Clause */
/* Networks where an interface had a lease before, and the name of the present one. */
#ifndef DAEMON_KNOWN_H
#define DAEMON_KNOWN_H

#include "daemon/daemon.h"

/* As struct iface_ops has them. */
void daemon_known(struct iface *, nsec now, struct attach_known *ret);
void daemon_recall(struct iface *, uint8_t index, nsec now);

/*
 * Somebody says which network the link leads to (an SSID, say). The same as before:
 * the lease is confirmed. Another one: it is given up, and the stored lease of that
 * name is asked for, if there is one.
 */
void daemon_name_network(struct managed *, const struct network_id *, nsec now);

#endif
