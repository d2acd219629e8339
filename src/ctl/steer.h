/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Commands to the daemon of one interface: what is asked of it, and what came of
 * that in words. Each returns what to exit with.
 */
#ifndef CTL_STEER_H
#define CTL_STEER_H

#include "ctl/call.h"

/* Their outcome is awaited. */
int steer_renew(const struct call *);
int steer_rebind(const struct call *);
int steer_release(const struct call *);
int steer_stop(const struct call *);
int steer_start(const struct call *);
int steer_accept(const struct call *);

/* Done at once. */
int steer_network(const struct call *);
int steer_forget(const struct call *);

#endif
