/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Time that can be passed over: what this program reads of the clocks that only go
 * ahead is later by it, and its timers expire earlier. The wall clock stays.
 */
#ifndef TORTURE_HASTE_H
#define TORTURE_HASTE_H

#include "base/nsec.h"

void haste_pass(nsec);

#endif
