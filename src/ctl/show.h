/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What people see. What a daemon says is shown as printable ASCII, whatever it is:
 * a terminal obeys other octets.
 */
#ifndef CTL_SHOW_H
#define CTL_SHOW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/str.h"
#include "ctl/paint.h"

/* Longer lines are cut, which they are only if somebody plays tricks. */
#define SHOW_LINE_SIZE 2048

/* What the socket said, for programs. */
void show_json(const json_t *);

/* A line of a paragraph, behind its label; and options, one a line. */
void show_line(const char *label, const char *text);
void show_options(const json_t *options);

/* For lines of text: a string with what is not printable as '?'. */
void show_clean(struct str *, const char *text);

/* A text as it is, a number, "yes" or "no"; of all else "-". */
void show_scalar(struct str *, const json_t *);

/* "10.0.0.1", or "BOOTP" */
void show_server(struct str *, const json_t *lease);

/* "10.0.0.5/24" */
void show_address(struct str *, const json_t *lease);

/* "1 h", or for null the word for it. */
void show_seconds(struct str *, const json_t *seconds, const char *infinite);

/* "DISCOVER 1, REQUEST 2" */
void show_counters(struct str *, const json_t *counters);

/* "renewed, 10.0.0.5/24 for 1 h from 10.0.0.1"; the verb alone without a lease. */
void show_granted(struct str *, const char *verb, const json_t *lease);

/* Of RUNDIR/NAME/FILE.sock NAME, and what is to stand after a name. */
void show_instance(struct str *, const char *socket, const char *run_dir,
		   const char *after);

/* Of an interface of Status: whether its lease is more than a wish. */
bool show_is_leased(const json_t *interface);

/* How well it goes. */
enum paint show_state_paint(const json_t *interface);

#endif
