/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket: each call is answered whole, or hung up on; the daemon behind it is
 * as it was or has done what it was told, and serves the next one.
 */
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/recorder.h"
#include "daemon/control.h"
#include "daemon/ipc.h"
#include "daemon/store.h"
#include "torture/spin.h"
#include "torture/talk.h"
#include "torture/torture.h"

#define INFO "{\"method\":\"org.varlink.service.GetInfo\"}"

static void opens(void)
{
	if (talk_open())
		talk_close();
}

/* One call, and the same once there is memory: then it must be answered. */
static void ask_twice(const char *call, enum talk_answer answer, const char *text)
{
	if (!talk_open())
		return;
	talk_expect(call, answer, text);
	PROMISE(talk_ask(call) == answer, "with memory it answers %.300s",
		talk_text());
	PROMISE(talk_world.managed[0].iface.client->tenure == DHCP4_TENURE_HELD,
		"the lease is lost");
	talk_close();
}

static void tells_who_it_is(void)
{
	ask_twice(INFO, TALK_ANSWER_REPLY, "org.tenured.Client");
}

static void describes_itself(void)
{
	ask_twice("{\"method\":\"org.varlink.service.GetInterfaceDescription\","
		  "\"parameters\":{\"interface\":\"org.tenured.Client\"}}",
		  TALK_ANSWER_REPLY, "method Renew");
}

static void tells_its_status(void)
{
	ask_twice("{\"method\":\"org.tenured.Client.Status\"}",
		  TALK_ANSWER_REPLY, "eth1");
}

static void tells_of_one(void)
{
	ask_twice(talk_call("Status"), TALK_ANSWER_REPLY, "10.0.0.5");
}

static void refuses_methods(void)
{
	ask_twice(talk_call("Fly"), TALK_ANSWER_ERROR, "MethodNotFound");
}

static void refuses_services(void)
{
	ask_twice("{\"method\":\"org.example.Fly\"}", TALK_ANSWER_ERROR,
		  "InterfaceNotFound");
}

static void refuses_parameters(void)
{
	ask_twice("{\"method\":\"org.tenured.Client.Renew\","
		  "\"parameters\":{\"interface\":7}}",
		  TALK_ANSWER_ERROR, "InvalidParameter");
}

static void refuses_interfaces(void)
{
	ask_twice("{\"method\":\"org.tenured.Client.Renew\","
		  "\"parameters\":{\"interface\":\"eth9\"}}",
		  TALK_ANSWER_ERROR, "NoSuchInterface");
}

static void starts_what_runs(void)
{
	ask_twice(talk_call("Start"), TALK_ANSWER_REPLY, "10.0.0.5");
}

/* ---- what takes time ---------------------------------------------------- */

/* Waits for nothing: it is not answered in time, and the wait is over. */
static void times_out(void)
{
	ask_twice("{\"method\":\"org.tenured.Client.Renew\",\"parameters\":"
		  "{\"interface\":\"eth0\",\"waitSeconds\":0}}",
		  TALK_ANSWER_ERROR, "Timeout");
}

static void notify_ipc(struct world *world, struct managed *m,
		       const struct dhcp4_notice *notice, nsec now)
{
	ipc_notice(world->daemon.ipc, m, notice, now);
}

/* It is given back in any case: only the answer may be lost. */
static void gives_back(void)
{
	if (!talk_open())
		return;
	talk_world.notify = notify_ipc;
	talk_expect(talk_call("Release"), TALK_ANSWER_REPLY, "10.0.0.5");
	if (talk_world.managed[0].iface.client->tenure == DHCP4_TENURE_HELD)
		PROMISE(talk_ask(talk_call("Release")) == TALK_ANSWER_REPLY,
			"it answers %.300s", talk_text());
	PROMISE(talk_world.managed[0].iface.client->tenure == DHCP4_TENURE_NONE,
		"the lease is still there");
	talk_close();
}

static void stops(void)
{
	if (!talk_open())
		return;
	talk_world.notify = notify_ipc;
	talk_expect(talk_call("Stop"), TALK_ANSWER_REPLY, "10.0.0.5");
	PROMISE(talk_ask(talk_call("Stop")) == TALK_ANSWER_REPLY,
		"it answers %.300s", talk_text());
	PROMISE(talk_world.managed[0].iface.client->state == DHCP4_STATE_STOPPED,
		"it runs still");
	talk_close();
}

static struct loop_timer notice_timer;

static void tell_ack(struct loop_timer *timer, nsec now)
{
	const struct dhcp4_notice ack = { .kind = DHCP4_NOTICE_ACK };

	ipc_notice(talk_world.daemon.ipc, &talk_world.managed[0], &ack, now);
	loop_timer_set(talk_world.daemon.loop, timer, now + 5 * NSEC_PER_MS);
}

/* The answer comes with the ACK. */
static void renews(void)
{
	if (!talk_open())
		return;
	notice_timer.fire = tell_ack;
	loop_timer_set(talk_world.daemon.loop, &notice_timer,
		       loop_clock() + 5 * NSEC_PER_MS);
	talk_expect(talk_call("Renew"), TALK_ANSWER_REPLY, "10.0.0.5");
	PROMISE(talk_ask(talk_call("Renew")) == TALK_ANSWER_REPLY,
		"it answers %.300s", talk_text());
	talk_close();
}

/* Who waits when the daemon ends is told, or hung up on. */
static void ends_while_somebody_waits(void)
{
	const char *call = talk_call("Rebind");
	char answer[1024];
	int fd;

	if (!talk_open())
		return;
	fd = talk_connect();
	PROMISE(send(fd, call, strlen(call) + 1, 0) > 0, "not sent");
	spin_for(talk_world.daemon.loop, 5 * NSEC_PER_MS);
	talk_close();
	PROMISE(recv(fd, answer, sizeof(answer), 0) >= 0 || errno != EAGAIN,
		"it waits for ever");
	close(fd);
}

/* ---- subscribers --------------------------------------------------------- */

#define SUBSCRIBE \
	"{\"method\":\"org.tenured.Client.Subscribe\",\"more\":true,\"parameters\"" \
	":{\"interface\":\"eth0\"}}"

static void note_step(struct world *world, struct managed *m, nsec now)
{
	ipc_stepped(world->daemon.ipc, m, now);
}

/* What a subscriber reads of eth0's link; its events are numbered without gaps. */
static void read_events(int fd, char link[16])
{
	static char text[1 << 18];
	ssize_t size = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);
	json_int_t number = 0;

	strcpy(link, "unknown");
	alloc_pause();
	for (char *at = text; size > 0 && at < text + size; at += strlen(at) + 1) {
		json_t *reply = json_loads(at, 0, NULL), *event;
		const char *kind, *reason;

		event = json_object_get(json_object_get(reply, "parameters"),
					"event");
		PROMISE(json_integer_value(json_object_get(event, "sequence")) ==
				number++,
			"a gap: %.200s", at);
		kind = json_string_value(json_object_get(event, "kind"));
		reason = json_string_value(json_object_get(event, "reason"));
		if (reason && (!strcmp(kind, "present") || !strcmp(kind, "link")))
			snprintf(link, 16, "%s", reason);
		json_decref(reply);
	}
	alloc_resume();
}

/* Whatever there was no memory for, the state that was read last is what is. */
static void tells_subscribers(void)
{
	struct iface *eth0 = &talk_world.managed[0].iface;
	char link[16];
	int fd;

	if (!talk_open())
		return;
	talk_world.notify = notify_ipc;
	talk_world.stepped = note_step;
	fd = talk_connect();
	PROMISE(send(fd, SUBSCRIBE, sizeof(SUBSCRIBE), 0) > 0, "not sent");
	spin_for(talk_world.daemon.loop, 3 * NSEC_PER_MS);
	iface_renew(eth0, loop_clock());
	spin_for(talk_world.daemon.loop, 3 * NSEC_PER_MS);
	iface_carrier(eth0, false, loop_clock());
	alloc_heal();
	spin_for(talk_world.daemon.loop, 3 * NSEC_PER_MS);
	read_events(fd, link);
	PROMISE(!strcmp(link, "no-carrier") ||
			(!all_had_memory() &&
			 ipc_count(talk_world.daemon.ipc).connections == 0),
		"the link is %s", link);
	close(fd);
	talk_close();
}

static void subscriber_hangs_up(void)
{
	struct iface *eth0 = &talk_world.managed[0].iface;
	int fd;

	if (!talk_open())
		return;
	talk_world.notify = notify_ipc;
	talk_world.stepped = note_step;
	fd = talk_connect();
	PROMISE(send(fd, SUBSCRIBE, sizeof(SUBSCRIBE), 0) > 0, "not sent");
	spin_for(talk_world.daemon.loop, 3 * NSEC_PER_MS);
	iface_carrier(eth0, false, loop_clock());
	close(fd);
	spin_for(talk_world.daemon.loop, 3 * NSEC_PER_MS);
	PROMISE(ipc_count(talk_world.daemon.ipc).connections == 0,
		"somebody is still there");
	iface_carrier(eth0, true, loop_clock());
	talk_close();
}

/* ---- much and long ------------------------------------------------------ */

/* A request in pieces, longer than one read takes. */
static void takes_long_ones(void)
{
	static char call[20000];
	size_t used = (size_t)snprintf(call, sizeof(call), INFO);

	memset(call + used, ' ', sizeof(call) - 1 - used);
	ask_twice(call, TALK_ANSWER_REPLY, "org.tenured.Client");
}

/* Several at once, one of which hangs up in the midst of a request. */
static void serves_many(void)
{
	int fds[6];

	if (!talk_open())
		return;
	for (unsigned i = 0; i < 6; i++) {
		fds[i] = talk_connect();
		PROMISE(send(fds[i], INFO, i == 3 ? 9 : sizeof(INFO), 0) > 0,
			"not sent");
		spin_for(talk_world.daemon.loop, NSEC_PER_MS);
	}
	for (unsigned i = 0; i < 6; i++)
		close(fds[i]);
	spin_for(talk_world.daemon.loop, 2 * NSEC_PER_MS);
	alloc_heal();
	PROMISE(talk_ask(INFO) == TALK_ANSWER_REPLY, "it serves nobody now");
	talk_close();
}

/* ---- what needs more of the daemon --------------------------------------- */

#define RECORDER_SIZE (64 * 1024)

static void gives_recordings(void)
{
	static char memory[RECORDER_SIZE];
	struct daemon *d = &talk_world.daemon;

	if (!talk_open())
		return;
	recorder_init(&d->recorder, memory, sizeof(memory));
	d->host.recorder = &d->recorder;
	iface_renew(&talk_world.managed[0].iface, loop_clock());
	talk_expect(talk_call("Record"), TALK_ANSWER_REPLY, "recording");
	PROMISE(talk_ask(talk_call("Record")) == TALK_ANSWER_REPLY,
		"it answers %.300s", talk_text());
	talk_close();
}

static void is_told_a_network(void)
{
	static const char call[] =
		"{\"method\":\"org.tenured.Client.SetNetwork\",\"parameters\":"
		"{\"interface\":\"eth0\",\"network\":\"home\"}}";
	struct daemon *d = &talk_world.daemon;

	if (!talk_open())
		return;
	alloc_pause();
	PROMISE(store_open(&d->store, open(scratch(), O_RDONLY | O_DIRECTORY)) ==
			0,
		"no store");
	alloc_resume();
	talk_expect(call, TALK_ANSWER_REPLY, "parameters");
	PROMISE(talk_ask(call) == TALK_ANSWER_REPLY, "it answers %.300s",
		talk_text());
	PROMISE(talk_world.managed[0].iface.config.network.size == 4,
		"it was not told");
	store_close(d->store);
	talk_close();
}

SCENARIOS(ipc) = {
	{ .name = "ipc_opens", .play = opens },
	{ .name = "ipc_tells_subscribers", .play = tells_subscribers },
	{ .name = "ipc_subscriber_hangs_up", .play = subscriber_hangs_up },
	{ .name = "ipc_tells_who_it_is", .play = tells_who_it_is },
	{ .name = "ipc_describes_itself", .play = describes_itself },
	{ .name = "ipc_tells_its_status", .play = tells_its_status, .slow = true },
	{ .name = "ipc_tells_of_one", .play = tells_of_one, .slow = true },
	{ .name = "ipc_refuses_methods", .play = refuses_methods },
	{ .name = "ipc_refuses_services", .play = refuses_services },
	{ .name = "ipc_refuses_parameters", .play = refuses_parameters },
	{ .name = "ipc_refuses_interfaces", .play = refuses_interfaces },
	{ .name = "ipc_starts_what_runs", .play = starts_what_runs },
	{ .name = "ipc_times_out", .play = times_out },
	{ .name = "ipc_gives_back", .play = gives_back },
	{ .name = "ipc_stops", .play = stops },
	{ .name = "ipc_renews", .play = renews },
	{ .name = "ipc_ends_while_somebody_waits",
	  .play = ends_while_somebody_waits },
	{ .name = "ipc_takes_long_ones", .play = takes_long_ones },
	{ .name = "ipc_serves_many", .play = serves_many },
	{ .name = "ipc_gives_recordings", .play = gives_recordings },
	{ .name = "ipc_is_told_a_network", .play = is_told_a_network },
	{ 0 },
};
