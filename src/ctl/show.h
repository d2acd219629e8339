/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people see of a status. What a daemon says is shown as printable ASCII,
 * whatever it is: a terminal obeys other octets.
 */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <jansson.h>

#include "base/str.h"

/* One line an interface. daemons: answers of Status, each with "socket". */
void show_table(const json_t *daemons, const char *run_dir);

/* One interface of a daemon in full. */
void show_interface(const json_t *daemon, const json_t *interface);

/* What the socket said, for programs. */
void show_json(const json_t *);

/* A line of a paragraph, behind its label; and options, one a line. */
void show_line(const char *label, const char *text);
void show_options(const json_t *options);

/* For lines of text: a string with what is not printable as '?'. */
void show_clean(struct str *, const char *text);

/* "10.0.0.1", or "BOOTP" */
void show_server(struct str *, const json_t *lease);

/* "10.0.0.5/24" */
void show_address(struct str *, const json_t *lease);

/* "1 h", or for null the word for it. */
void show_seconds(struct str *, const json_t *seconds, const char *infinite);

#endif
