/* SPDX-License-Identifier: BSD-2-Clause */
/* The program itself, with another name for main(). */
#include "torture/ctl_main.h"

#define main	    tenurectl_main
#define assert_fail tenurectl_assert_fail

#include "ctl/main.c"
