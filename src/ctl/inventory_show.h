/* SPDX-License-Identifier: BSD-2-Clause */
/* What people see of the host. */
#ifndef CTL_INVENTORY_SHOW_H
#define CTL_INVENTORY_SHOW_H

#include "ctl/inventory.h"

/* A line each link, then the routes. */
void inventory_show_all(const struct inventory *);

/* The one link in full. */
void inventory_show_one(const struct inventory *);

#endif
