/* SPDX-License-Identifier: BSD-2-Clause */
/* A loop that runs until a scenario has seen what it waits for. */
#ifndef TORTURE_SPIN_H
#define TORTURE_SPIN_H

#include <stdbool.h>

#include "base/nsec.h"
#include "daemon/loop.h"

/* Long enough for a busy machine, where something is to happen. */
#define SPIN_PATIENCE (5 * NSEC_PER_S)

/* Runs it until this holds, or so long; whether it holds. */
bool spin_until(struct loop *, bool (*)(void *), void *context, nsec patience);

/* Runs it for so long. */
void spin_for(struct loop *, nsec);

/*
 * As spin_until(), but time is passed over where nothing happens: a second after
 * each twentieth of one. patience is of that time.
 */
bool spin_hastily(struct loop *, bool (*)(void *), void *context, nsec patience);

#endif
