/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fallback's address on Linux: what the kernel holds of it, and the file that
 * remembers it. Which address that is, and when, the core decides.
 */
#ifndef DAEMON_FALLBACK_H
#define DAEMON_FALLBACK_H

#include "daemon/daemon.h"

/* Of managed.fallback.installed. */
extern const struct installation_kind daemon_fallback_kind;

/* Once, before the interface starts: what was used last is tried first. */
void daemon_fallback_init(struct managed *);

/* After the start: an address that is still in the kernel is ours again. */
void daemon_fallback_adopt(struct managed *, nsec now);

/* As struct iface_ops has them. */
int daemon_fallback_add(struct iface *, const struct dhcp4_effect *);
void daemon_fallback_remove(struct iface *, nsec now);

/* The settings say another place for its routes: they are moved there. */
void daemon_fallback_again(struct managed *, nsec now);

/* The process ends, and nobody would defend the address. */
void daemon_fallback_close(struct managed *, nsec now);

#endif
