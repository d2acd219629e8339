/* SPDX-License-Identifier: BSD-2-Clause */
/* A short list: there are few daemons on a host. */
#include "ctl/subscriptions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl/failure.h"
#include "ctl/memory.h"

static bool is_listed(const struct subscriptions *s, const char *path)
{
	for (size_t i = 0; i < s->count; i++) {
		if (!strcmp(s->list[i].path, path))
			return true;
	}
	return false;
}

/* A copy of count members, with room for one more. */
static void *grown(void *old, size_t count, size_t size)
{
	char *list = memory_get((count + 1) * size);

	if (count)
		memcpy(list, old, count * size);
	free(old);
	return list;
}

static int add(struct subscriptions *s, const char *path)
{
	struct channel channel;
	int error = channel_open(&channel, path, CHANNEL_EVENT_MAX);

	if (error < 0)
		return error;
	error = channel_send(&channel, CLIENT "Subscribe",
			     json_pack("{s:s*}", "interface", s->interface),
			     true);
	if (error < 0) {
		channel_close(&channel);
		return error;
	}
	s->list = grown(s->list, s->count, sizeof(*s->list));
	s->list[s->count++] = (struct subscription){ .path = memory_text(path),
						     .channel = channel };
	return 0;
}

int subscriptions_find(struct subscriptions *s)
{
	glob_t found;
	int result = service_find(s->place, &found);

	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *path = found.gl_pathv[i];
		int error = is_listed(s, path) ? 0 : add(s, path);

		if (error < 0 && (s->place->socket ||
				  (error != -ECONNREFUSED && error != -ENOENT)))
			result = error;
	}
	globfree(&found);
	return result;
}

static void drop(struct subscriptions *s, size_t index)
{
	free(s->list[index].path);
	channel_close(&s->list[index].channel);
	s->count--;
	memmove(&s->list[index], &s->list[index + 1],
		(s->count - index) * sizeof(*s->list));
}

void subscriptions_close(struct subscriptions *s)
{
	while (s->count)
		drop(s, 0);
	free(s->list);
	free(s->polls);
	s->list = NULL;
	s->polls = NULL;
}

bool subscriptions_wait(struct subscriptions *s, int timeout_ms)
{
	free(s->polls);
	s->polls = memory_get((s->count + 1) * sizeof(*s->polls));
	for (size_t i = 0; i < s->count; i++) {
		s->polls[i] = (struct pollfd){ .fd = s->list[i].channel.fd,
					       .events = POLLIN };
		if (channel_turn(&s->list[i].channel))
			timeout_ms = 0;
	}
	s->polls[s->count] = (struct pollfd){ .fd = STDOUT_FILENO };
	poll(s->polls, s->count + 1, timeout_ms);
	return !(s->polls[s->count].revents & POLLERR);
}

bool subscriptions_next(struct subscriptions *s, struct subscription_news *ret)
{
	for (size_t i = 0; i < s->count; i++) {
		struct subscription *from = &s->list[i];
		json_t *reply = NULL;
		int r = channel_receive(&from->channel, &reply);

		if (r == 0)
			continue;
		*ret = (struct subscription_news){
			.reply = reply,
			.error = r < 0 ? r : 0,
			.path = memory_text(from->path),
		};
		if (r < 0 || json_object_get(reply, "error"))
			drop(s, i);
		return true;
	}
	return false;
}
