/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenured --import: leases and the DUID of another DHCP client of this host become
 * ours, so that it keeps its address and its identity when it changes clients.
 *
 * A lease is remembered, not held: the next start asks for it (INIT-REBOOT).
 */
#ifndef DAEMON_IMPORT_H
#define DAEMON_IMPORT_H

#include "daemon/instance.h"
#include "daemon/sandbox.h"
#include "daemon/settings.h"

/*
 * Reads the files that the settings name, or the usual ones, then gives up
 * privileges, and only then looks at what is in them. Tells on stdout what it took,
 * what it left, and what is to be configured. The directories are there already.
 */
enum exit_code import_run(const struct settings *, struct instance *,
			  const struct sandbox_user *);

#endif
