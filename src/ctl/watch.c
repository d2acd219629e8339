/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One line an event, of all daemons. What is lost is said: events that were not
 * read in time, and a daemon that ends. To follow is to wait for the next one.
 */
#include "ctl/watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>

#include "ctl/commands.h"
#include "ctl/event.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/show.h"
#include "ctl/subscriptions.h"

/* How soon a daemon that was started is noticed. */
#define LOOK_MS 1000

/* "16:57:07.250" */
static void print_time(void)
{
	struct timespec now;
	char text[16] = "";
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	if (localtime_r(&now.tv_sec, &tm))
		strftime(text, sizeof(text), "%T", &tm);
	printf("%s.%03ld ", text, now.tv_nsec / 1000000);
}

static void print_event(const struct call *call, const json_t *event,
			const char *path)
{
	const char *interface = member_text_or_null(event, "interface");
	char text[SHOW_LINE_SIZE];
	struct str s = str_over(text, sizeof(text));

	/* That what is there was told matters to programs alone. */
	if (member_is(event, "kind", "ready"))
		return;
	print_time();
	show_instance(&s, path, call->place.run_dir, "/");
	show_clean(&s, interface);
	printf("%s%s", text, s.used ? ": " : "");
	s = str_over(text, sizeof(text));
	event_words(&s, event);
	paint_put(stdout, event_paint(event), text);
	putchar('\n');
}

static void print_json(const json_t *event, const char *path)
{
	json_auto_t *told = json_copy((json_t *)(uintptr_t)event);

	json_object_set_new(told, "socket", json_string(path));
	json_dumpf(told, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
}

/* Takes all news there are. What to exit with if they were the last, or code. */
static int take_news(const struct call *call, struct subscriptions *s, int code)
{
	struct subscription_news news;

	while (subscriptions_next(s, &news)) {
		const json_t *event = event_of(news.reply);

		if (event && call->json)
			print_json(event, news.path);
		else if (event)
			print_event(call, event, news.path);
		else if (news.error < 0)
			code = fail_call(news.path, news.error);
		else if (!reply_is_error(news.reply, CLIENT "NoSuchInterface"))
			code = fail_reply(news.path, news.reply);
		json_decref(news.reply);
		free(news.path);
	}
	fflush(stdout);
	return code;
}

int watch_run(const struct call *call)
{
	bool follow = call->given & OPTION_BIT(OPTION_FOLLOW);
	struct subscriptions s = { .place = &call->place,
				   .interface = call->interface };
	int error = subscriptions_find(&s), code = 0;
	bool read = true, found = s.count;

	if (error < 0)
		code = fail_call(call->place.run_dir, error);
	while (read && (follow || s.count)) {
		read = subscriptions_wait(&s, follow ? LOOK_MS : -1);
		code = take_news(call, &s, code);
		if (follow)
			subscriptions_find(&s);
	}
	subscriptions_close(&s);
	if (!read)
		return EXIT_SUCCESS;
	if (code)
		return code;
	return fail(EX_UNAVAILABLE, found ? call->interface : call->place.run_dir,
		    found ? "no daemon manages it; --follow waits until one does"
			  : "no daemon answers here; --follow waits for one");
}
