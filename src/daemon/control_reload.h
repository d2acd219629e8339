/* SPDX-License-Identifier: BSD-2-Clause */
/* The method that has the configuration read again. */
#ifndef DAEMON_CONTROL_RELOAD_H
#define DAEMON_CONTROL_RELOAD_H

#include "daemon/varlink.h"

varlink_handler control_reload;

#endif
