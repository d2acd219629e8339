/* SPDX-License-Identifier: BSD-2-Clause */
/* An event of a subscription, as people read it. */
#ifndef CTL_EVENT_H
#define CTL_EVENT_H

#include <jansson.h>

#include "base/str.h"
#include "ctl/paint.h"

/* The event in a reply of Subscribe; NULL: there is none. */
const json_t *event_of(const json_t *reply);

/* What happened, without the interface's name: "DISCOVER, 3rd try". */
void event_words(struct str *, const json_t *event);

/* Whether that is good or bad. */
enum paint event_paint(const json_t *event);

#endif
