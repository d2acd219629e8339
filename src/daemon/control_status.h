/* SPDX-License-Identifier: BSD-2-Clause */
/* Methods that tell what is, and change nothing. */
#ifndef DAEMON_CONTROL_STATUS_H
#define DAEMON_CONTROL_STATUS_H

#include "daemon/varlink.h"

varlink_handler control_status;
varlink_handler control_list;
varlink_handler control_lease;
varlink_handler control_configuration;
varlink_handler control_statistics;
varlink_handler control_record;

#endif
