/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods that change what is managed, and how: not for everybody who controls. */
#ifndef DAEMON_CONTROL_MANAGE_H
#define DAEMON_CONTROL_MANAGE_H

#include "daemon/varlink.h"

/* The key of an interface that was added, in octets. */
#define CONTROL_KEY_MAX 64

varlink_handler control_add;
varlink_handler control_remove;
varlink_handler control_set_log_level;

#endif
