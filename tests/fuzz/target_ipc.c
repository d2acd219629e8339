/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An octet that says who is at the other end, and calls, a NUL between them, to a
 * daemon of two interfaces. To what is a call there is one reply, an object with
 * parameters or an error, ended by a NUL; a wait ends in one; who may not control
 * does not; to what is no call there is none.
 */
#include <errno.h>
#include <string.h>

#include "daemon/events.h"
#include "daemon/report.h"
#include "daemon/varlink.h"
#include "fuzz/fuzz.h"
#include "unit/ipc_world.h"

#define CALLS_MAX 8
#define OUT_SIZE  (256 * 1024)

static struct world world;
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

static void pass_on(struct world *w, struct managed *m,
		    const struct dhcp4_notice *notice, nsec when)
{
	(void)w;
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

	if (size < 1)
		return;
	world_open(&world);
	world.notify = pass_on;
	memset(&caller.peer, 0, sizeof(caller.peer));
	caller.peer.daemon = &world.daemon;
	caller.events.daemon = &world.daemon;
	caller.peer.events = &caller.events;
	caller.peer.level =
		data[0] & 1 ? VARLINK_LEVEL_ADMIN : VARLINK_LEVEL_READ;
	caller.peer.write = write_out;
	data++;
	size--;
	for (unsigned i = 0; i < CALLS_MAX && size; i++) {
		const uint8_t *end = memchr(data, 0, size);
		size_t length = end ? (size_t)(end - data) : size;

		if (!take_call(data, length, now))
			break;
		now += NSEC_PER_S;
		data += length + (end ? 1 : 0);
		size -= length + (end ? 1 : 0);
	}
	control_forget(&caller.peer);
	/* Whoever hangs up, or was answered, leaves nobody listening. */
	CHECK(fuzz_listening == 0);
}

const struct fuzz_target fuzz_ipc = { "ipc", 2048, run };
