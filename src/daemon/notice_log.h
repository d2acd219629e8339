/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of what happens to an interface. */
#ifndef DAEMON_NOTICE_LOG_H
#define DAEMON_NOTICE_LOG_H

#include "daemon/iface.h"

void notice_log(const struct iface *, const struct dhcp4_notice *, nsec now);

/* A message that was sent, or could not be: 0 or a positive errno. */
void notice_log_sent(const struct iface *, const struct dhcp4_effect *,
		     int error);

#endif
