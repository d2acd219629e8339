/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An octet that says who is at the other end, and calls, a NUL between them, to a
 * daemon of two interfaces. To what is a call there is one reply, an object with
 * parameters or an error, ended by a NUL; a wait ends in one; who may not control
 * does not; to what is no call there is none. A subscription is told what the calls
 * after it do, in events whose numbers have no gaps.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/events.h"
#include "daemon/link.h"
#include "daemon/members.h"
#include "daemon/reload.h"
#include "daemon/report.h"
#include "daemon/sent.h"
#include "daemon/subscription.h"
#include "daemon/varlink.h"
#include "fuzz/fuzz.h"
#include "unit/ipc_world.h"

#define CALLS_MAX 8
#define OUT_SIZE  (256 * 1024)

static struct world world;
static struct sent_settings common_sent = { .references = 1 };
static struct settings settings = { .common.sent = &common_sent };
static bool is_running; /* this target, and no other one */

/* ---- what is not to happen ------------------------------------------------ */

int __real_link_find(const char *name, struct link_info *ret);
int __wrap_link_find(const char *name, struct link_info *ret);
bool __wrap_members_add(struct daemon *, const struct members_wish *, nsec now,
			struct members_result *ret);

int __wrap_daemon_reload(struct daemon *, const struct reload_listener *,
			 nsec now, struct settings_error *ret);

/* Each kind of news, or an error in every other daemon. */
int __wrap_daemon_reload(struct daemon *d, const struct reload_listener *l,
			 nsec now, struct settings_error *ret)
{
	if (d->managed[0]->iface.client->state == DHCP4_STATE_BOUND) {
		for (unsigned i = 0; i < RELOAD_NEWS_COUNT; i++)
			l->told(l->context, (enum reload_news)i, "eth0");
		return 0;
	}
	*ret = (struct settings_error){ .line = (unsigned)(now & 0xffff) };
	strcpy(ret->message, "it is wrong");
	return -EINVAL;
}

/* There are eth0 and eth1. */
int __wrap_link_find(const char *name, struct link_info *ret)
{
	if (!is_running)
		return __real_link_find(name, ret);
	if (!daemon_find(&world.daemon, name))
		return -ENODEV;
	*ret = (struct link_info){ .ifindex = 2 };
	memcpy(ret->name, "eth0", sizeof("eth0"));
	return 0;
}

/* The one is somebody else's, the other is his who asks. */
bool __wrap_members_add(struct daemon *d, const struct members_wish *wish,
			nsec now, struct members_result *ret)
{
	(void)now;
	*ret = (struct members_result){ .managed = daemon_find(d, wish->name) };
	if (!ret->managed)
		ret->error = MEMBERS_NO_LINK;
	else if (ret->managed == &world.managed[0])
		ret->error = MEMBERS_BUSY;
	CHECK(strlen(wish->key) > 0 && strlen(wish->key) <= 64);
	iface_settings_clear(wish->own);
	free(wish->own);
	return false;
}

/* ---- the caller ------------------------------------------------------------ */

static struct {
	struct varlink_peer peer; /* first: the data of write_out() */
	struct events events;
	char out[OUT_SIZE];
	size_t used;
} caller;

static int write_out(const char *bytes, size_t size, void *data)
{
	CHECK(data == &caller.peer);
	if (size > sizeof(caller.out) - caller.used)
		return -1;
	memcpy(caller.out + caller.used, bytes, size);
	caller.used += size;
	return 0;
}

static void stepped(struct world *w, struct managed *m, nsec now)
{
	(void)w;
	events_stepped(&caller.events, m, now);
}

static void pass_on(struct world *w, struct managed *m,
		    const struct dhcp4_notice *notice, nsec when)
{
	(void)w;
	events_notice(&caller.events, m, notice, when);
	report_notice(m, notice);
	control_notice(&caller.peer, m, notice, when);
}

/* One object, and nothing besides. */
static void check_reply(void)
{
	json_t *reply;
	const char *error;

	CHECK(!caller.peer.failed && caller.used > 1);
	CHECK(strlen(caller.out) == caller.used - 1);
	reply = json_loadb(caller.out, caller.used - 1, JSON_REJECT_DUPLICATES,
			   NULL);
	CHECK(json_is_object(reply));
	CHECK(json_is_object(json_object_get(reply, "parameters")));
	error = json_string_value(json_object_get(reply, "error"));
	CHECK(!error || fuzz_is_only(error, strlen(error), "."));
	json_decref(reply);
}

/* Events, each an object with a NUL, and numbers that rise by one. */
static void check_events(struct subscription *s, nsec now)
{
	uint64_t number = s->sequence;
	size_t at = 0;

	caller.used = 0;
	while (subscription_has_output(s))
		CHECK(subscription_write(s, now, write_out, &caller.peer) == 0);
	for (; at < caller.used; at += strlen(caller.out + at) + 1) {
		json_t *reply = json_loads(caller.out + at, 0, NULL);
		const json_t *event = json_object_get(
			json_object_get(reply, "parameters"), "event");
		const json_t *sequence = json_object_get(event, "sequence");

		CHECK(json_is_true(json_object_get(reply, "continues")));
		CHECK(json_is_integer(sequence) &&
		      (uint64_t)json_integer_value(sequence) == number);
		number++;
		json_decref(reply);
	}
	CHECK(at == caller.used && number == s->sequence);
}

static bool take_call(const uint8_t *call, size_t size, nsec now)
{
	unsigned sent = world.sent + fuzz_sent;
	int error;

	caller.used = 0;
	error = varlink_call(&caller.peer, (const char *)call, size, now);
	CHECK(error == 0 || error == -EPROTO);
	if (!varlink_may_control(&caller.peer))
		CHECK(!caller.peer.wait.command && world.sent + fuzz_sent == sent);
	if (error) {
		CHECK(caller.used == 0 && !caller.peer.wait.command);
		return false;
	}
	if (caller.peer.subscription) {
		check_events(caller.peer.subscription, now);
		return true;
	}
	if (caller.peer.oneway) {
		CHECK(caller.used == 0 && !caller.peer.wait.command);
		return true;
	}
	if (caller.peer.wait.command) {
		CHECK(caller.used == 0);
		control_timeout(&caller.peer, now);
		CHECK(!caller.peer.wait.command);
	}
	check_reply();
	return true;
}

static void run(const uint8_t *data, size_t size)
{
	nsec now = WORLD_START + 10 * NSEC_PER_S;
	enum log_level level = log_level();
	struct subscription *heard = NULL;

	if (size < 1)
		return;
	is_running = true;
	world_open(&world);
	world.daemon.settings = &settings;
	world.notify = pass_on;
	world.stepped = stepped;
	memset(&caller.peer, 0, sizeof(caller.peer));
	memset(&caller.events, 0, sizeof(caller.events));
	caller.peer.daemon = &world.daemon;
	caller.events.daemon = &world.daemon;
	caller.peer.events = &caller.events;
	caller.peer.level = data[0] & 1	  ? VARLINK_LEVEL_ADMIN
			    : data[0] & 2 ? VARLINK_LEVEL_CONTROL
					  : VARLINK_LEVEL_READ;
	caller.peer.write = write_out;
	data++;
	size--;
	for (unsigned i = 0; i < CALLS_MAX && size; i++) {
		const uint8_t *end = memchr(data, 0, size);
		size_t length = end ? (size_t)(end - data) : size;

		if (!take_call(data, length, now))
			break;
		if (heard)
			check_events(heard, now);
		if (caller.peer.subscription) {
			subscription_close(heard);
			heard = caller.peer.subscription;
			caller.peer.subscription = NULL;
		}
		now += NSEC_PER_S;
		data += length + (end ? 1 : 0);
		size -= length + (end ? 1 : 0);
	}
	control_forget(&caller.peer);
	subscription_close(heard);
	/* Whose member it is frees it; nobody leaves this world. */
	for (unsigned i = 0; i < world.daemon.managed_count; i++)
		json_decref(world.daemon.managed[i]->added);
	world_close(&world);
	CHECK(!caller.events.first);
	log_set_level(level);
	is_running = false;
	/* Whoever hangs up, or was answered, leaves nobody listening. */
	CHECK(fuzz_listening == 0);
}

const struct fuzz_target fuzz_ipc = { "ipc", 2048, run };
