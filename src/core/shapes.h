/* SPDX-License-Identifier: BSD-2-Clause */
/* What the options are made of that are more than one value or a plain list. */
#ifndef CORE_SHAPES_H
#define CORE_SHAPES_H

#include <stdint.h>

#include "core/decode.h"

/* The shape of such an option; NULL for all others. */
const struct shape *shape_of_code(uint8_t code);

#endif
