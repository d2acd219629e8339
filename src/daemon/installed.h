/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel holds of an interface's lease: its address and its routes. */
#ifndef DAEMON_INSTALLED_H
#define DAEMON_INSTALLED_H

#include "daemon/daemon.h"

/* Of managed.installed. */
extern const struct installation_kind daemon_lease_kind;

/* As struct iface_ops has them. */
int daemon_configure(struct iface *, const struct dhcp4_lease *, nsec now);
void daemon_deconfigure(struct iface *, enum dhcp4_loss, nsec now);

/* Installs the lease that is installed anew, where other routes are wanted. */
void daemon_configure_again(struct managed *, nsec now);

/*
 * The kernel has the lease's address from an earlier process: from now on it is
 * this one's to change and to remove.
 */
void daemon_adopt(struct managed *, const struct dhcp4_lease *, nsec now);

/*
 * Removes from the kernel what this process put there, and waits for it; with -R
 * the servers are told. An address that was there before the start stays.
 */
void daemon_withdraw(struct daemon *, nsec now);

/* Of the routes of an interface: their metric, and their table. */
uint32_t daemon_metric(const struct managed *);
uint32_t daemon_table(const struct managed *);

/* Fills these in for a state, and its interface. */
void daemon_place(const struct managed *, struct route_state *);

#endif
