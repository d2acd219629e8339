/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A subscription beside the call. It is a courtesy: where there is none the call is
 * awaited in silence.
 */
#include "ctl/progress.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "ctl/channel.h"
#include "ctl/commands.h"
#include "ctl/event.h"
#include "ctl/failure.h"
#include "ctl/member.h"
#include "ctl/show.h"

/* What is done at once is not worth a line that comes and goes. */
#define SILENT_MS 250

#define LINE_SIZE 256

struct progress {
	const struct call *call;
	struct channel events, answer;
	bool rewrites; /* a line; else each event gets one of its own */
	uint64_t start_ms;
	char words[LINE_SIZE]; /* of the last event */
	bool drawn;
};

/* Of the terminal, and not its last column: some begin a new line behind it. */
static int columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) < 0 || size.ws_col < 2)
		return 79;
	return size.ws_col - 1;
}

/* "eth0: DISCOVER, 3rd try, 7 s" */
static void draw(struct progress *p, uint64_t now_ms)
{
	char text[LINE_SIZE + 64];
	struct str s = str_over(text, sizeof(text));

	if (!p->rewrites || now_ms - p->start_ms < SILENT_MS)
		return;
	str_text(&s, p->call->interface);
	str_text(&s, ": ");
	str_text(&s, *p->words ? p->words : "waiting");
	str_text(&s, ", ");
	str_duration(&s, (now_ms - p->start_ms) / 1000);
	fprintf(stderr, "\r%.*s\033[K", columns(), text);
	p->drawn = true;
}

static void erase(const struct progress *p)
{
	if (p->drawn)
		fputs("\r\033[K", stderr);
}

/* What is there already is no news, and a state follows from what was sent. */
static bool is_news(const json_t *event)
{
	return !member_is(event, "kind", "present") &&
	       !member_is(event, "kind", "ready") &&
	       !member_is(event, "kind", "transition");
}

static void take_event(struct progress *p, const json_t *event)
{
	struct str s = str_over(p->words, sizeof(p->words));

	event_words(&s, event);
	if (!p->rewrites)
		fprintf(stderr, "%s: %s\n", p->call->interface, p->words);
}

static void take_events(struct progress *p)
{
	json_t *reply;
	int r;

	while ((r = channel_receive(&p->events, &reply)) > 0) {
		const json_t *event = event_of(reply);

		if (event && is_news(event))
			take_event(p, event);
		json_decref(reply);
	}
	if (r < 0)
		channel_close(&p->events);
}

/* Until something comes, or what is shown is to be another second. */
static void wait_for_news(struct progress *p, uint64_t now_ms, uint64_t end_ms)
{
	struct pollfd polls[] = {
		{ .fd = p->answer.fd, .events = POLLIN },
		{ .fd = p->events.fd, .events = POLLIN },
	};
	uint64_t age_ms = now_ms - p->start_ms;
	uint64_t wait_ms =
		age_ms < SILENT_MS ? SILENT_MS - age_ms : 1000 - age_ms % 1000;

	if (channel_turn(&p->events))
		wait_ms = 0;
	if (wait_ms > end_ms - now_ms)
		wait_ms = end_ms - now_ms;
	poll(polls, 2, (int)wait_ms);
}

static int await(struct progress *p, unsigned timeout_s, json_t **ret)
{
	uint64_t end_ms = p->start_ms + timeout_s * UINT64_C(1000);
	int r;

	while ((r = channel_receive(&p->answer, ret)) == 0) {
		uint64_t now_ms = service_clock_ms();

		if (now_ms >= end_ms)
			return -EAGAIN;
		take_events(p);
		draw(p, now_ms);
		wait_for_news(p, now_ms, end_ms);
	}
	take_events(p);
	return r < 0 ? r : 0;
}

static int subscribe(struct progress *p, const char *path)
{
	int error = channel_open(&p->events, path, CHANNEL_EVENT_MAX);

	if (error < 0)
		return error;
	return channel_send(&p->events, CLIENT "Subscribe",
			    json_pack("{s:s}", "interface", p->call->interface),
			    true);
}

int progress_call(const struct call *call, const char *path, const char *method,
		  json_t *parameters, unsigned timeout_s, json_t **ret)
{
	bool verbose = call->given & OPTION_BIT(OPTION_VERBOSE);
	struct progress p = { .call = call,
			      .rewrites = !verbose && paint_can_rewrite(stderr),
			      .start_ms = service_clock_ms() };
	int r;

	if (!p.rewrites && !verbose)
		return service_call(path, method, parameters, timeout_s, ret);
	if (subscribe(&p, path) < 0)
		channel_close(&p.events);
	r = channel_open(&p.answer, path, CHANNEL_REPLY_MAX);
	if (r < 0)
		json_decref(parameters);
	else
		r = channel_send(&p.answer, method, parameters, false);
	if (r == 0)
		r = await(&p, timeout_s, ret);
	erase(&p);
	channel_close(&p.events);
	channel_close(&p.answer);
	return r;
}
