/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any news of any daemon is a reason to look; so is a second without one, since a
 * daemon may have begun. What was looked at decides, not the news.
 */
#include "ctl/online.h"

#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "ctl/census.h"
#include "ctl/commands.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/show.h"
#include "ctl/subscriptions.h"

#define LOOK_MS 1000

/* What was seen of those that are waited for. */
struct view {
	unsigned online, missing;
	struct str names; /* of the missing ones */
};

static void note(struct view *view, const char *name, bool online)
{
	if (online) {
		view->online++;
		return;
	}
	view->missing++;
	str_text(&view->names, view->names.used ? ", " : "");
	show_clean(&view->names, name);
}

/* The one of this name that any daemon manages, or NULL. */
static const json_t *find(const json_t *summaries, const char *name)
{
	const json_t *summary;
	size_t i;

	json_array_foreach (summaries, i, summary) {
		if (member_is(summary, "name", name))
			return summary;
	}
	return NULL;
}

/* All that is managed, of all daemons; those that do not answer have nothing. */
static json_t *list_all(const struct call *call)
{
	json_t *all = json_array();
	glob_t found;

	service_find(&call->place, &found);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		json_t *reply = NULL;

		if (service_call(found.gl_pathv[i], CLIENT "ListInterfaces",
				 NULL, ANSWER_TIMEOUT_S, &reply) == 0)
			json_array_extend(
				all, json_object_get(
					     json_object_get(reply, "parameters"),
					     "interfaces"));
		json_decref(reply);
	}
	globfree(&found);
	return all;
}

static void look(const struct call *call, struct view *view)
{
	json_auto_t *all = list_all(call);
	const struct call_list *named = &call->interfaces;
	const json_t *summary;
	size_t i;

	for (i = 0; i < named->count; i++) {
		summary = find(all, named->items[i]);
		note(view, named->items[i],
		     member_text_or_null(summary, "address"));
	}
	if (named->count)
		return;
	json_array_foreach (all, i, summary) {
		if (member_is_true(summary, "present"))
			note(view, member_text(summary, "name"),
			     member_text_or_null(summary, "address"));
	}
}

static bool is_enough(const struct call *call, const struct view *view)
{
	if (call->given & OPTION_BIT(OPTION_ANY))
		return view->online > 0;
	return view->online > 0 && view->missing == 0;
}

static void forget_news(struct subscriptions *s)
{
	struct subscription_news news;

	while (subscriptions_next(s, &news)) {
		json_decref(news.reply);
		free(news.path);
	}
}

static int fail_offline(const struct view *view)
{
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (!view->missing)
		return fail(EX_TEMPFAIL, NULL,
			    "no interface is managed yet; is tenured running?");
	str_text(&s, view->names.text);
	str_text(&s, ": no address in time; 'tenurectl status' says why");
	return fail(EX_TEMPFAIL, NULL, text);
}

int online_wait(const struct call *call)
{
	struct subscriptions s = { .place = &call->place };
	uint64_t end_ms = service_clock_ms() + call->timeout_s * UINT64_C(1000);
	char names[SHOW_LINE_SIZE];
	struct view view;
	bool enough;

	for (;;) {
		uint64_t now_ms, wait_ms = LOOK_MS;

		subscriptions_find(&s);
		view = (struct view){ .names = str_over(names, sizeof(names)) };
		look(call, &view);
		enough = is_enough(call, &view);
		now_ms = service_clock_ms();
		if (enough || (call->timeout_s && now_ms >= end_ms))
			break;
		if (call->timeout_s && wait_ms > end_ms - now_ms)
			wait_ms = end_ms - now_ms;
		subscriptions_wait(&s, (int)wait_ms);
		forget_news(&s);
	}
	subscriptions_close(&s);
	return enough ? EXIT_SUCCESS : fail_offline(&view);
}
