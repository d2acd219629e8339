/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The audit of an interface (core/audit.h): its DISCOVER out, answers in, beside
 * whatever the client does. Who asked for it ends it.
 */
#ifndef DAEMON_AUDIT_H
#define DAEMON_AUDIT_H

#include "core/audit.h"
#include "daemon/daemon.h"
#include "daemon/packet.h"

/* 0; -EBUSY: there is one; -ENETDOWN: there is no carrier; or -errno. */
int audit_start(struct managed *);

/* True if the frame was an answer to it, and nobody else's business. */
bool audit_take(struct managed *, const struct packet_frame *, nsec now);

/* What was heard so far; there has to be one. */
const struct audit *audit_result(const struct managed *);

/* The interface was removed: nothing more is heard. */
void audit_deafen(struct managed *);

/* Ends it, if there is one. */
void audit_end(struct managed *);

#endif
