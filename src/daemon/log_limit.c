/* SPDX-License-Identifier: BSD-2-Clause */
/* A bucket for each interface and kind; those that are full again are free. */
#include "daemon/log_limit.h"

#include <stdio.h>
#include <string.h>

static bool is_of(const struct log_limit_entry *e, const char *interface,
		  const void *kind)
{
	return e->kind == kind &&
	       strncmp(e->interface, interface, sizeof(e->interface)) == 0;
}

struct log_limit_entry *log_limit_find(struct log_limit *l, const char *interface,
				       const void *kind, nsec now)
{
	struct log_limit_entry *found = NULL;

	for (size_t i = 0; i < LOG_LIMIT_KEYS; i++) {
		struct log_limit_entry *e = &l->entries[i];

		if (is_of(e, interface, kind))
			return e;
		if (!found && !e->left_out && e->full_at <= now)
			found = e;
		/* They are taken from the first on: none behind it is in use. */
		if (!e->kind)
			break;
	}
	if (!found)
		return &l->other;
	*found = (struct log_limit_entry){ .kind = kind };
	snprintf(found->interface, sizeof(found->interface), "%s", interface);
	return found;
}

bool log_limit_allows(const struct log_limit *l,
		      const struct log_limit_entry *e, nsec now)
{
	nsec burst = e == &l->other ? LOG_LIMIT_OTHER_BURST : LOG_LIMIT_BURST;

	return e->full_at <= now + (burst - 1) * LOG_LIMIT_EVERY_NS;
}

uint32_t log_limit_say(struct log_limit *l, struct log_limit_entry *e, nsec now)
{
	uint32_t left_out = e->left_out;

	e->full_at = (e->full_at > now ? e->full_at : now) + LOG_LIMIT_EVERY_NS;
	e->said_at = now;
	e->left_out = 0;
	if (left_out)
		l->waiting--;
	return left_out;
}

static size_t text_of(const struct log_limit *l, const struct log_limit_entry *e)
{
	return e == &l->other ? 0 : 1 + (size_t)(e - l->entries);
}

const char *log_limit_text(const struct log_limit *l,
			   const struct log_limit_entry *e)
{
	return l->texts[text_of(l, e)];
}

void log_limit_leave_out(struct log_limit *l, struct log_limit_entry *e,
			 int level, const char *text)
{
	if (!e->left_out)
		l->waiting++;
	if (e->left_out < UINT32_MAX)
		e->left_out++;
	e->level = level;
	snprintf(l->texts[text_of(l, e)], LOG_LIMIT_TEXT, "%s", text);
}

struct log_limit_entry *log_limit_due(struct log_limit *l, nsec now, bool end)
{
	if (!l->waiting)
		return NULL;
	if (l->other.left_out && (end || log_limit_allows(l, &l->other, now)))
		return &l->other;
	for (size_t i = 0; i < LOG_LIMIT_KEYS; i++) {
		struct log_limit_entry *e = &l->entries[i];

		if (e->left_out && (end || log_limit_allows(l, e, now)))
			return e;
	}
	return NULL;
}
