/* SPDX-License-Identifier: BSD-2-Clause */
/* What a reload did is told as it is done, and answered as a whole. */
#include "daemon/control_reload.h"

#include "daemon/reload.h"
#include "lease/report_leaf.h"

/* Names by enum reload_news; NULL in the place of what could not be made. */
struct news {
	json_t *lists[RELOAD_NEWS_COUNT];
};

static void note_news(void *context, enum reload_news kind, const char *name)
{
	struct news *news = context;

	report_append(&news->lists[kind], report_name(name));
}

void control_reload(struct varlink_peer *peer,
		    const struct varlink_method *method,
		    const json_t *parameters, nsec now)
{
	struct news news;
	const struct reload_listener listener = { note_news, &news };
	struct settings_error error = { 0 };
	json_t **lists = news.lists;
	int r;

	(void)method, (void)parameters;
	for (unsigned i = 0; i < RELOAD_NEWS_COUNT; i++)
		lists[i] = json_array();
	r = daemon_reload(peer->daemon, &listener, now, &error);
	if (r == 0)
		varlink_reply(peer,
			      json_pack("{s:O, s:O, s:O, s:O, s:O}", "changed",
					lists[RELOAD_CHANGED], "added",
					lists[RELOAD_ADDED], "removed",
					lists[RELOAD_REMOVED], "restartNeeded",
					lists[RELOAD_RESTART], "kept",
					lists[RELOAD_KEPT]));
	else
		varlink_error(peer, CONTROL_ERROR("ConfigurationInvalid"),
			      json_pack("{s:s, s:i, s:s}", "file", error.file,
					"line", (int)error.line, "message",
					error.message));
	for (unsigned i = 0; i < RELOAD_NEWS_COUNT; i++)
		json_decref(lists[i]);
}
