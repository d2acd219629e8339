/* SPDX-License-Identifier: BSD-2-Clause */
/* The method whose replies do not end: what happens, as it happens. */
#ifndef DAEMON_CONTROL_EVENTS_H
#define DAEMON_CONTROL_EVENTS_H

#include "daemon/varlink.h"

varlink_handler control_subscribe;

#endif
