/* SPDX-License-Identifier: BSD-2-Clause */
/* dhclient.conf, as far as it means something to tenured. */
#ifndef COMPAT_DHCLIENT_CONF_H
#define COMPAT_DHCLIENT_CONF_H

#include "compat/translation.h"

/*
 * Translates the file that the options name, or the usual ones, if they are there.
 * What is not known is an error with its line. What options say has been translated
 * before, and stays.
 */
void dhclient_conf_read(struct translation *);

#endif
