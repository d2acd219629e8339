/* SPDX-License-Identifier: BSD-2-Clause */
/* All about one interface. */
#ifndef CTL_STATUS_FULL_H
#define CTL_STATUS_FULL_H

#include <jansson.h>

/* An interface of a daemon's Status. */
void status_full(const json_t *daemon, const json_t *interface);

/* A lease as the socket tells it, behind its address: a part of that. */
void status_lease(const json_t *lease);

#endif
