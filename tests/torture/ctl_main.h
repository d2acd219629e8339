/* SPDX-License-Identifier: BSD-2-Clause */
/* tenurectl as a function. */
#ifndef TORTURE_CTL_MAIN_H
#define TORTURE_CTL_MAIN_H

int tenurectl_main(int argc, char **argv);

#endif
