/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods of org.tenured.Client that are about servers and networks, not about a lease. */
#ifndef DAEMON_CONTROL_SERVERS_H
#define DAEMON_CONTROL_SERVERS_H

#include "daemon/varlink.h"

/* How long answers to an audit are waited for. */
#define CONTROL_AUDIT_DEFAULT_S 3
#define CONTROL_AUDIT_MAX_S	60

varlink_handler control_forget_servers;
varlink_handler control_audit;
varlink_handler control_set_network;

#endif
