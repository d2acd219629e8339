/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The descriptions of interfaces in varlink's own language: the files NAME.varlink
 * of this directory, which the Makefile makes into strings.
 */
#ifndef DAEMON_DESCRIPTIONS_H
#define DAEMON_DESCRIPTIONS_H

extern const char description_client[];	 /* org.tenured.Client */
extern const char description_service[]; /* org.varlink.service */

#endif
