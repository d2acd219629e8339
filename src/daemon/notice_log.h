/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of what happens to an interface. */
#ifndef DAEMON_NOTICE_LOG_H
#define DAEMON_NOTICE_LOG_H

#include "daemon/iface.h"

void notice_log(const struct iface *, const struct dhcp4_notice *, nsec now);

#endif
