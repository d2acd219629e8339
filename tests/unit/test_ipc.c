/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket: real connections to a real listening socket, under a loop, a clock
 * and credentials that belong to the test. So ipc.c and what is inside of it are
 * compiled into this file with other names for what they get from there.
 */
#include <check.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- other names -------------------------------------------------------- */

static uid_t peer_uid; /* who connects */
static gid_t peer_gid;
static gid_t peer_groups[1000];
static size_t peer_group_count;
static int accept_error; /* what accept4() fails with */

static int fake_getsockopt(int fd, int level, int name, void *value,
			   socklen_t *size)
{
	socklen_t whole = (socklen_t)(peer_group_count * sizeof(gid_t));
	bool fits = *size >= whole;
	int error;

	if (name == SO_PEERGROUPS) {
		*size = whole;
		errno = ERANGE;
		if (fits)
			memcpy(value, peer_groups, whole);
		return fits ? 0 : -1;
	}
	error = getsockopt(fd, level, name, value, size);
	if (error == 0 && name == SO_PEERCRED) {
		((struct ucred *)value)->uid = peer_uid;
		((struct ucred *)value)->gid = peer_gid;
	}
	return error;
}

static int fake_accept4(int fd, struct sockaddr *address, socklen_t *size,
			int flags)
{
	if (accept_error) {
		errno = accept_error;
		return -1;
	}
	return accept4(fd, address, size, flags);
}

#define loop_watch	  fake_loop_watch
#define loop_unwatch	  fake_loop_unwatch
#define loop_timer_set	  fake_loop_timer_set
#define loop_bury	  fake_loop_bury
#define loop_clock	  fake_loop_clock
#define getsockopt	  fake_getsockopt
#define accept4		  fake_accept4
#define ipc_open	  tested_ipc_open
#define ipc_start	  tested_ipc_start
#define ipc_notice	  tested_ipc_notice
#define ipc_removed	  tested_ipc_removed
#define ipc_close	  tested_ipc_close
#define ipc_sent	  tested_ipc_sent
#define ipc_stepped	  tested_ipc_stepped
#define ipc_added	  tested_ipc_added
#define ipc_changed	  tested_ipc_changed
#define ipc_renamed	  tested_ipc_renamed
#define ipc_end_turn	  tested_ipc_end_turn
#define ipc_count	  tested_ipc_count
#define ipc_allow_group	  tested_ipc_allow_group
#define ipc_find_group	  tested_ipc_find_group
#define ipc_peer	  tested_ipc_peer
#define ipc_client_open	  tested_ipc_client_open
#define ipc_client_settle tested_ipc_client_settle
#define ipc_client_end	  tested_ipc_client_end

#include "daemon/ipc.c"
#include "daemon/ipc_client.c"
#include "daemon/ipc_peer.c"

#undef getsockopt
#undef accept4

#include "base/assert.h"
#include "base/prng.h"
#include "ipc_world.h"

#define GET_INFO "{\"method\":\"org.varlink.service.GetInfo\"}"
#define STATUS	 "{\"method\":\"org.tenured.Client.Status\"}"
#define COMMAND(name, more) \
	"{\"method\":\"org.tenured.Client." name "\"," \
	"\"parameters\":{\"interface\":\"eth0\"}" more "}"

Suite *test_ipc_suite(void);

/* ---- a loop ---------------------------------------------------------------- */

#define SOURCES_MAX (IPC_CLIENTS_MAX + 16)

static struct ipc *ipc;

static struct {
	nsec now;
	struct loop_source *sources[SOURCES_MAX];
	struct loop_timer *timers[SOURCES_MAX];
	struct loop_grave *graves;
	unsigned turns, fired;
	nsec look; /* how long it takes to look at the clock */
} fake;

int fake_loop_watch(struct loop *loop, struct loop_source *s, uint32_t events)
{
	size_t i = 0;

	(void)loop;
	s->events = events;
	if (s->added)
		return 0;
	while (fake.sources[i])
		i++;
	fake.sources[i] = s;
	s->added = true;
	return 0;
}

void fake_loop_unwatch(struct loop *loop, struct loop_source *s)
{
	(void)loop;
	for (size_t i = 0; i < SOURCES_MAX; i++)
		if (fake.sources[i] == s)
			fake.sources[i] = NULL;
	s->added = false;
}

void fake_loop_timer_set(struct loop *loop, struct loop_timer *t, nsec at)
{
	size_t i = 0;

	(void)loop;
	if (t->link)
		*t->link = NULL;
	t->link = NULL;
	t->at = at;
	if (at == NSEC_NEVER)
		return;
	while (fake.timers[i])
		i++;
	t->link = &fake.timers[i];
	*t->link = t;
}

void fake_loop_bury(struct loop *loop, struct loop_grave *grave)
{
	(void)loop;
	grave->next = fake.graves;
	fake.graves = grave;
}

nsec fake_loop_clock(void)
{
	return fake.now += fake.look;
}

static void bury_all(void)
{
	while (fake.graves) {
		struct loop_grave *grave = fake.graves;

		fake.graves = grave->next;
		grave->free(grave);
	}
}

/* One turn without waiting; false if nothing was ready. */
static bool turn(void)
{
	struct loop_source *sources[SOURCES_MAX];
	struct pollfd fds[SOURCES_MAX];
	nfds_t count = 0;
	bool ready;

	/* What happened between turns was in the one before. */
	if (ipc)
		ipc_end_turn(ipc, fake.now);
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		struct loop_source *s = fake.sources[i];

		if (!s)
			continue;
		sources[count] = s;
		fds[count++] = (struct pollfd){ s->fd, (short)s->events, 0 };
	}
	ready = poll(fds, count, 0) > 0;
	for (nfds_t i = 0; i < count; i++)
		if (fds[i].revents && sources[i]->added)
			sources[i]->wake(sources[i], (uint32_t)fds[i].revents,
					 fake.now);
	for (size_t i = 0; i < SOURCES_MAX; i++) {
		struct loop_timer *t = fake.timers[i];

		if (!t || t->at > fake.now)
			continue;
		fake.timers[i] = NULL;
		t->link = NULL;
		t->fire(t, fake.now);
		fake.fired++;
	}
	bury_all();
	fake.turns++;
	return ready;
}

/* Turns until nothing is ready: a loop that spins would never end. */
static void run(void)
{
	for (unsigned i = 0; turn(); i++)
		ck_assert_uint_lt(i, 10000);
}

static void sleep_s(unsigned seconds)
{
	fake.now += seconds * NSEC_PER_S;
	turn();
	run();
}

static size_t timers_set(void)
{
	size_t count = 0;

	for (size_t i = 0; i < SOURCES_MAX; i++)
		count += fake.timers[i] != NULL;
	return count;
}

/* ---- a daemon and its callers ----------------------------------------------- */

static struct world world;
static char directory[64];
static struct sockaddr_un address;

static void pass_on(struct world *w, struct managed *m,
		    const struct dhcp4_notice *notice, nsec now)
{
	(void)w;
	ipc_notice(ipc, m, notice, now);
}

static void pass_sent(struct world *w, struct managed *m,
		      const struct dhcp4_effect *effect, int error)
{
	(void)w;
	ipc_sent(ipc, m, effect, error);
}

static void pass_stepped(struct world *w, struct managed *m, nsec now)
{
	(void)w;
	ipc_stepped(ipc, m, now);
}

static void set_up(void)
{
	memset(&fake, 0, sizeof(fake));
	peer_uid = peer_gid = 0;
	peer_group_count = 0;
	accept_error = 0;
	fake.now = WORLD_START + NSEC_PER_S;
	world_open(&world);
	world.notify = pass_on;
	world.packet_sent = pass_sent;
	world.stepped = pass_stepped;
	strcpy(directory, "/tmp/tenured-test.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(directory));
	address.sun_family = AF_UNIX;
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/s.sock",
		 directory);
	ck_assert_int_eq(ipc_open(&ipc, &world.daemon, address.sun_path), 0);
	ck_assert_int_eq(ipc_start(ipc), 0);
	/* Whoever runs the tests might be one of those who call. */
	ipc->rights.owner = (uid_t)-1;
}

static void tear_down(void)
{
	ipc_close(ipc);
	bury_all();
	ck_assert_uint_eq(timers_set(), 0);
	ck_assert_int_eq(access(address.sun_path, F_OK), -1);
	ck_assert_int_eq(rmdir(directory), 0);
}

/* Whether there may be so many connections, both ends of which are ours. */
static bool may_have(unsigned connections)
{
	const rlim_t ends = 2 * (rlim_t)connections + 64;
	struct rlimit limit;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	if (limit.rlim_max < ends) {
		fprintf(stderr, "SKIPPED: %u connections: ulimit -Hn is %ju\n",
			connections, (uintmax_t)limit.rlim_max);
		return false;
	}
	if (limit.rlim_cur < ends)
		limit.rlim_cur = ends;
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	return true;
}

static int caller(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

static void say_bytes(int fd, const void *bytes, size_t size)
{
	ck_assert_int_eq(send(fd, bytes, size, MSG_NOSIGNAL), (ssize_t)size);
}

/* One request, with its NUL. */
static void say(int fd, const char *text)
{
	say_bytes(fd, text, strlen(text) + 1);
}

/* The next reply, if it is there; what follows it stays unread. */
static bool hear(int fd, char *text, size_t size)
{
	size_t used = 0;

	while (used < size) {
		ssize_t got = recv(fd, text + used, size - used, MSG_PEEK);
		const char *end;

		if (got <= 0)
			break;
		end = memchr(text + used, '\0', (size_t)got);
		if (end)
			got = end - (text + used) + 1;
		ck_assert_int_eq(recv(fd, text + used, (size_t)got, 0), got);
		used += (size_t)got;
		if (end)
			return true;
	}
	ck_assert_uint_eq(used, 0);
	return false;
}

static void expect(int fd, const char *part)
{
	char text[16384];

	ck_assert_msg(hear(fd, text, sizeof(text)), "no reply with %s", part);
	ck_assert_msg(strstr(text, part) != NULL, "%s: no %s", text, part);
}

static void expect_silence(int fd)
{
	char byte;

	ck_assert_int_eq(recv(fd, &byte, 1, 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
}

static void expect_hang_up(int fd)
{
	char byte;

	/* A reset, if it hung up with something of ours unread. */
	ck_assert(recv(fd, &byte, 1, 0) == 0 || errno == ECONNRESET);
	close(fd);
}

static size_t clients(void)
{
	return ipc->count;
}

static struct dhcp4_client *eth0(void)
{
	return world.managed[0].iface.client;
}

static void acked(void)
{
	ipc_notice(ipc, &world.managed[0],
		   &(struct dhcp4_notice){ .kind = DHCP4_NOTICE_ACK }, fake.now);
}

/* ---- the path ------------------------------------------------------------------ */

START_TEST(opened)
{
	struct stat status;
	struct ipc *other = NULL;
	char path[200];

	ck_assert_int_eq(stat(address.sun_path, &status), 0);
	ck_assert(S_ISSOCK(status.st_mode));
	ck_assert_int_eq(status.st_mode & 0777, 0666);

	/* Somebody serves it: that is us. */
	ck_assert_int_eq(ipc_open(&other, &world.daemon, address.sun_path),
			 -EADDRINUSE);
	ck_assert_ptr_null(other);

	snprintf(path, sizeof(path), "%s/nothing/s.sock", directory);
	ck_assert_int_eq(ipc_open(&other, &world.daemon, path), -ENOENT);
	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	ck_assert_int_eq(ipc_open(&other, &world.daemon, path), -ENAMETOOLONG);
	run();
}
END_TEST

START_TEST(stale)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct ipc *other = NULL;
	FILE *file;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/t.sock", directory);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	ck_assert_int_eq(ipc_open(&other, &world.daemon, at.sun_path), 0);
	ipc_close(other);
	ck_assert_int_eq(access(at.sun_path, F_OK), -1);

	/* What is no socket is not ours to remove. */
	file = fopen(at.sun_path, "w");
	fclose(file);
	other = NULL;
	ck_assert_int_eq(ipc_open(&other, &world.daemon, at.sun_path),
			 -EADDRINUSE);
	ck_assert_int_eq(unlink(at.sun_path), 0);
}
END_TEST

START_TEST(nothing_to_close)
{
	ipc_close(NULL);
	ipc_notice(NULL, &world.managed[0],
		   &(struct dhcp4_notice){ .kind = DHCP4_NOTICE_NAK }, fake.now);
	ck_assert_int_eq(world.managed[0].trouble.kind, DHCP4_NOTICE_NAK);
}
END_TEST

/* ---- requests ------------------------------------------------------------------- */

START_TEST(idle)
{
	int fd = caller();

	say(fd, STATUS);
	run();
	expect(fd, "\"eth0\"");

	/* Nothing is kept for it, and nothing is going to happen. */
	ck_assert_uint_eq(timers_set(), 0);
	sleep_s(100000);
	ck_assert_uint_eq(clients(), 1);
	say(fd, GET_INFO);
	run();
	expect(fd, "\"product\":\"tenured\"");
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

START_TEST(octet_by_octet)
{
	static const char text[] = GET_INFO;
	int fd = caller();

	for (size_t i = 0; i < sizeof(text); i++) {
		run();
		expect_silence(fd);
		say_bytes(fd, text + i, 1);
	}
	run();
	expect(fd, "org.tenured.Client");
	close(fd);
}
END_TEST

START_TEST(pipelined)
{
	static const char text[] = GET_INFO "\0" STATUS "\0" STATUS "\0" GET_INFO;
	int fd = caller();

	say_bytes(fd, text, sizeof(text));
	run();
	expect(fd, "org.tenured.Client");
	expect(fd, "\"eth0\"");
	expect(fd, "\"eth0\"");
	expect(fd, "org.tenured.Client");
	expect_silence(fd);
	close(fd);
}
END_TEST

/* Nobody gets more than one request done in a turn. */
START_TEST(one_a_turn)
{
	static const char text[] = GET_INFO "\0" GET_INFO "\0" GET_INFO;
	int greedy = caller(), modest = caller();
	unsigned before;

	say_bytes(greedy, text, sizeof(text));
	say(modest, GET_INFO);
	before = fake.turns;
	do
		turn();
	while (!hear(modest, (char[4096]){ 0 }, 4096));
	ck_assert_uint_le(fake.turns - before, 3);
	run();
	expect(greedy, "tenured");
	expect(greedy, "tenured");
	expect(greedy, "tenured");
	close(greedy);
	close(modest);
}
END_TEST

/* What takes long takes several turns, and everybody's in its turn. */
START_TEST(slow_answers)
{
	static const char text[] = GET_INFO "\0" GET_INFO "\0" GET_INFO;
	unsigned heard[6] = { 0 }, least = 0;
	int fds[ARRAY_SIZE(heard)];
	char reply[1024];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = caller();
	run();
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		say_bytes(fds[i], text, sizeof(text));
	fake.look = 3 * NSEC_PER_MS;
	while (least < 3) {
		unsigned before = 0, after = 0;

		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			before += heard[i];
		ck_assert(turn());
		least = 3;
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
			heard[i] += hear(fds[i], reply, sizeof(reply));
			after += heard[i];
			if (least > heard[i])
				least = heard[i];
		}
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			ck_assert_uint_le(heard[i], least + 1);
		ck_assert_uint_le(after, before + 2);
	}
	fake.look = 0;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	run();
}
END_TEST

START_TEST(largest_request)
{
	static char text[IPC_REQUEST_MAX];
	int fd = caller();

	memset(text, ' ', sizeof(text));
	memcpy(text, GET_INFO, strlen(GET_INFO));
	text[sizeof(text) - 1] = '\0';
	say_bytes(fd, text, sizeof(text));
	run();
	expect(fd, "tenured");
	ck_assert_uint_eq(clients(), 1);

	text[sizeof(text) - 1] = ' ';
	say_bytes(fd, text, sizeof(text));
	run();
	ck_assert_uint_eq(clients(), 0);
	expect_hang_up(fd);
}
END_TEST

START_TEST(garbage)
{
	static const uint8_t seed[32] = { 7 };
	static const char letters[] = "{}[]\",:\\ \0\0aemthod01\x80\xff";
	struct prng prng;

	prng_init(&prng, seed);
	for (unsigned round = 0; round < 300; round++) {
		char bytes[300];
		size_t size = 1 + (size_t)prng_below(&prng, sizeof(bytes));
		int fd = caller();

		for (size_t i = 0; i < size; i++)
			bytes[i] = letters[prng_below(&prng, sizeof(letters))];
		say_bytes(fd, bytes, size);
		run();
		close(fd);
		run();
		ck_assert_uint_eq(clients(), 0);
	}
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_BOUND);
}
END_TEST

START_TEST(not_a_call)
{
	int fd = caller();

	say(fd, "hello");
	say(fd, GET_INFO);
	run();
	expect_hang_up(fd);
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

/* A descriptor that is passed along is closed, not kept. */
START_TEST(descriptor)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { (void *)(uintptr_t)GET_INFO, sizeof(GET_INFO) };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);
	int fd = caller(), ends[2];
	char byte;

	ck_assert_int_eq(pipe(ends), 0);
	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &ends[1], sizeof(int));
	ck_assert_int_gt(sendmsg(fd, &message, 0), 0);
	close(ends[1]);
	run();
	expect(fd, "tenured");
	ck_assert_int_eq(read(ends[0], &byte, 1), 0);
	close(ends[0]);
	close(fd);
}
END_TEST

/* ---- patience --------------------------------------------------------------------- */

START_TEST(slow_request)
{
	int silent = caller(), slow = caller(), again = caller();

	say(again, GET_INFO);
	run();
	expect(again, "tenured");
	for (unsigned s = 0; s < 9; s++) {
		say_bytes(slow, "{", 1);
		say_bytes(again, "{", 1);
		run();
		sleep_s(1);
	}
	ck_assert_uint_eq(clients(), 3);
	sleep_s(1);
	ck_assert_uint_eq(clients(), 0);
	expect_hang_up(silent);
	expect_hang_up(slow);
	expect_hang_up(again);
}
END_TEST

/* Behind a whole request there is no hurry; only its rest has to come. */
START_TEST(half_behind_a_whole)
{
	static const char text[] = GET_INFO "\0{";
	int fd = caller();

	run();
	sleep_s(9);
	say_bytes(fd, text, sizeof(text) - 1);
	run();
	expect(fd, "tenured");
	sleep_s(9);
	ck_assert_uint_eq(clients(), 1);
	sleep_s(1);
	ck_assert_uint_eq(clients(), 0);
	expect_hang_up(fd);
}
END_TEST

START_TEST(stalled_reader)
{
	int fd = caller();
	size_t peak = 0;

	for (unsigned i = 0; i < 5000; i++) {
		if (send(fd, STATUS, sizeof(STATUS), MSG_NOSIGNAL) < 0)
			break;
		run();
		peak = buffer_used(&ipc->clients[0]->out);
		ck_assert_uint_lt(peak, IPC_OUTPUT_MAX + 16384);
	}
	ck_assert_uint_ge(peak, IPC_OUTPUT_MAX);
	sleep_s(9);
	ck_assert_uint_eq(clients(), 1);

	/* It reads on: everything comes, in order and whole. */
	for (unsigned i = 0; i < 100; i++) {
		expect(fd, "\"eth0\"");
		run();
	}
	sleep_s(9);
	ck_assert_uint_eq(clients(), 1);
	sleep_s(2);
	ck_assert_uint_eq(clients(), 0);
	close(fd);
}
END_TEST

/* ---- commands ------------------------------------------------------------------------ */

START_TEST(command)
{
	static const char text[] = COMMAND("Renew", "") "\0" GET_INFO;
	int fd = caller(), other = caller();

	say_bytes(fd, text, sizeof(text));
	run();
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_RENEWING);
	expect_silence(fd);
	say(other, STATUS);
	run();
	expect(other, "\"RENEWING\"");
	sleep_s(15);
	ck_assert_uint_eq(fake.fired, 0);
	acked();
	expect_silence(fd); /* not from within a step of the core */
	run();
	expect(fd, "\"10.0.0.5\"");
	expect(fd, "tenured");
	ck_assert_uint_eq(timers_set(), 0);
	close(fd);
	close(other);
}
END_TEST

/* The notices of its own deed come while a command is being done. */
START_TEST(command_done_at_once)
{
	static const char text[] = COMMAND("Stop", "") "\0" COMMAND(
		"Release", "") "\0" COMMAND("Renew", "");
	int fd = caller();

	say_bytes(fd, text, sizeof(text));
	run();
	expect(fd, "\"10.0.0.5\"");
	expect(fd, "\"10.0.0.5\"");
	expect(fd, "org.tenured.Client.Stopped");
	ck_assert_int_eq(eth0()->tenure, DHCP4_TENURE_NONE);
	close(fd);
}
END_TEST

START_TEST(command_times_out)
{
	int fd = caller();

	say(fd, COMMAND("Rebind", ""));
	run();
	sleep_s(29);
	expect_silence(fd);
	sleep_s(1);
	expect(fd, "org.tenured.Client.Timeout");
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_REBINDING);
	ck_assert_uint_eq(clients(), 1);
	close(fd);
}
END_TEST

START_TEST(many_wait)
{
	int fds[40];

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		fds[i] = caller();
		say(fds[i], COMMAND("Renew", ""));
	}
	run();
	acked();
	run();
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		expect(fds[i], "\"10.0.0.5\"");
		close(fds[i]);
	}
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

START_TEST(hang_up_while_waiting)
{
	int fd = caller();

	say(fd, COMMAND("Renew", ""));
	run();
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_RENEWING);
	acked();
	run();
}
END_TEST

/* The request and the end of the connection are seen in one turn. */
START_TEST(hang_up_with_data)
{
	static const char oneway[] =
		COMMAND("Renew", ",\"oneway\":true") "\0" COMMAND(
			"Stop", ",\"oneway\":true");
	static const char waiting[] =
		STATUS "\0" COMMAND("Renew", "") "\0" COMMAND("Stop", "");
	int fd = caller();

	say_bytes(fd, waiting, sizeof(waiting));
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);

	world_bind(&world.managed[0], fake.now);
	fd = caller();
	say_bytes(fd, oneway, sizeof(oneway));
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);

	fd = caller();
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

/* So it is if what was answered before stays unread, which resets the connection. */
START_TEST(hang_up_with_answers)
{
	static const char text[] =
		STATUS "\0" COMMAND("Renew", "") "\0" COMMAND("Stop", "");
	int fd = caller();

	say(fd, STATUS);
	run();
	say_bytes(fd, text, sizeof(text));
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_STOPPED);
}
END_TEST

/* Who only stops sending still wants the answers. */
START_TEST(half_closed)
{
	static const char text[] = GET_INFO "\0" COMMAND("Renew", "");
	int fd = caller();

	say_bytes(fd, text, sizeof(text));
	shutdown(fd, SHUT_WR);
	run();
	expect(fd, "tenured");
	expect_silence(fd);
	ck_assert_uint_eq(clients(), 1);
	acked();
	run();
	expect(fd, "\"10.0.0.5\"");
	expect_hang_up(fd);
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

START_TEST(daemon_ends)
{
	int waiting = caller(), idle_one = caller();

	say(waiting, COMMAND("Renew", ""));
	say(idle_one, GET_INFO);
	run();
	expect(idle_one, "tenured");
	ipc_close(ipc);
	ipc = NULL;
	bury_all();
	expect(waiting, "org.tenured.Client.Ended");
	expect_hang_up(waiting);
	expect_hang_up(idle_one);
}
END_TEST

/* ---- subscriptions ---------------------------------------------------------------- */

#define SUBSCRIBE "{\"method\":\"org.tenured.Client.Subscribe\",\"more\":true}"

/* The next reply has a number that is one more than that of the last one. */
static void expect_event(int fd, unsigned *sequence, const char *kind)
{
	char text[16384], begins[64], part[64];

	ck_assert_msg(hear(fd, text, sizeof(text)), "no event %s", kind);
	snprintf(begins, sizeof(begins),
		 "{\"parameters\":{\"event\":{\"sequence\":%u,", (*sequence)++);
	ck_assert_msg(!strncmp(text, begins, strlen(begins)), "%s", text);
	snprintf(part, sizeof(part), "\"kind\":\"%s\"", kind);
	ck_assert_msg(strstr(text, part) != NULL, "%s: no %s", text, part);
}

/* A caller who subscribed, and has read what is present. */
static int subscriber(unsigned *sequence)
{
	int fd = caller();

	*sequence = 0;
	say(fd, SUBSCRIBE);
	run();
	expect_event(fd, sequence, "present");
	expect_event(fd, sequence, "present");
	expect_event(fd, sequence, "ready");
	expect_silence(fd);
	return fd;
}

/* The carrier of eth1 goes or comes: one event, and nothing is sent. */
static void flap(void)
{
	struct iface *eth1 = &world.managed[1].iface;

	iface_carrier(eth1, !eth1->client->carrier, fake.now);
}

START_TEST(subscribed)
{
	unsigned sequence;
	int fd = subscriber(&sequence);

	/* For as long as nothing happens, nothing is waited for. */
	ck_assert_uint_eq(timers_set(), 0);
	sleep_s(86400);
	ck_assert_uint_eq(clients(), 1);
	flap();
	run();
	expect_event(fd, &sequence, "link");
	expect_silence(fd);
	ck_assert_uint_eq(timers_set(), 0);
	close(fd);
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_uint_eq(ipc->events.count, 0);
	flap();
	run();
}
END_TEST

/* What was asked for before is answered first, what comes after it never. */
START_TEST(subscribed_among_calls)
{
	static const char text[] = GET_INFO "\0" SUBSCRIBE "\0" GET_INFO;
	unsigned sequence = 0;
	int fd = caller();

	say_bytes(fd, text, sizeof(text));
	run();
	expect(fd, "tenured");
	expect_event(fd, &sequence, "present");
	expect_event(fd, &sequence, "present");
	expect_event(fd, &sequence, "ready");
	sleep_s(60);
	expect_silence(fd);
	ck_assert_uint_eq(clients(), 1);
	close(fd);
}
END_TEST

/* The end of the caller's words is not the end of his ears. */
START_TEST(subscribed_half_closed)
{
	unsigned sequence;
	int fd = subscriber(&sequence);

	shutdown(fd, SHUT_WR);
	run();
	flap();
	run();
	expect_event(fd, &sequence, "link");
	ipc_close(ipc);
	ipc = NULL;
	bury_all();
	expect_hang_up(fd);
}
END_TEST

/* A stalled subscriber misses events, and may go on within a minute. */
START_TEST(stalled_subscriber)
{
	unsigned sequence, events = 0;
	int fd = subscriber(&sequence);
	char text[16384], lost[32];

	for (unsigned i = 0; i < 2000; i++) {
		flap();
		turn();
	}
	sleep_s(59);
	ck_assert_uint_eq(clients(), 1);
	ck_assert(ipc->clients[0]->peer.subscription->lagging);
	/* What was written already comes first, without a gap. */
	for (;;) {
		ck_assert(hear(fd, text, sizeof(text)));
		sequence++;
		run();
		if (strstr(text, "\"dropped\""))
			break;
		ck_assert(strstr(text, "\"link\""));
		events++;
	}
	ck_assert_uint_lt(events, 1900);
	snprintf(lost, sizeof(lost), "\"lost\":%u,", 2000 - events);
	ck_assert_msg(strstr(text, lost) != NULL, "%s: no %s", text, lost);
	expect_event(fd, &sequence, "present");
	expect_event(fd, &sequence, "present");
	expect_event(fd, &sequence, "ready");
	expect_silence(fd);
	flap();
	run();
	expect_event(fd, &sequence, "link");
	ck_assert_uint_eq(timers_set(), 0);
	close(fd);
}
END_TEST

START_TEST(stalled_for_good)
{
	unsigned sequence;
	int fd = subscriber(&sequence);

	for (unsigned i = 0; i < 2000; i++) {
		flap();
		turn();
	}
	sleep_s(59);
	flap();
	turn();
	ck_assert_uint_eq(clients(), 1);
	sleep_s(1);
	ck_assert_uint_eq(clients(), 0);
	ck_assert_uint_eq(ipc->events.count, 0);
	close(fd);
}
END_TEST

/* Closed with events on their way, in the midst of a write. */
START_TEST(hang_up_of_a_subscriber)
{
	int fds[20];
	unsigned sequence;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = subscriber(&sequence);
	for (unsigned i = 0; i < 500; i++) {
		flap();
		if (i % 25 == 0)
			close(fds[i / 25]);
		turn();
	}
	run();
	ck_assert_uint_eq(clients(), 0);
	ck_assert_uint_eq(ipc->events.count, 0);
}
END_TEST

/* All of a thousand read everything, in order, without a gap. */
START_TEST(thousand_subscribers)
{
	static int fds[1000];
	static unsigned sequences[ARRAY_SIZE(fds)];

	if (!may_have(ARRAY_SIZE(fds)))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = subscriber(&sequences[i]);
	for (unsigned round = 0; round < 5; round++) {
		for (unsigned i = 0; i < 20; i++)
			flap();
		run();
		for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
			for (unsigned n = 0; n < 20; n++)
				expect_event(fds[i], &sequences[i], "link");
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		expect_silence(fds[i]);
		close(fds[i]);
	}
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

/*
 * Between the REQUEST of a renewal and its ACK nothing is done for those who do not
 * read: nothing is written, and after a while nothing is encoded or kept.
 */
START_TEST(stalled_subscribers_cost_nothing)
{
	int fds[64];
	unsigned sequence;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		fds[i] = subscriber(&sequence);
	for (unsigned i = 0; i < 2000; i++) {
		flap();
		turn();
	}
	for (unsigned i = 0; i < 100; i++) {
		unsigned turns = fake.turns;

		flap();
		/* Nobody is ready: the turn that is made is for packets alone. */
		ck_assert(!turn());
		ck_assert_uint_eq(fake.turns, turns + 1);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		const struct subscription *s = ipc->clients[i]->peer.subscription;

		ck_assert_uint_eq(s->count, 0);
		ck_assert_uint_eq(s->octets, 0);
		ck_assert_uint_gt(s->lost, 100);
	}
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	run();
}
END_TEST

START_TEST(subscribe_needs_more)
{
	int fd = caller();

	say(fd, "{\"method\":\"org.tenured.Client.Subscribe\"}");
	say(fd, "{\"method\":\"org.tenured.Client.Subscribe\",\"more\":true,"
		"\"oneway\":true}");
	say(fd, "{\"method\":\"org.tenured.Client.Subscribe\",\"more\":true,"
		"\"parameters\":{\"interface\":\"eth9\"}}");
	say(fd, GET_INFO);
	run();
	expect(fd, "org.varlink.service.ExpectedMore");
	expect(fd, "org.tenured.Client.NoSuchInterface");
	expect(fd, "tenured");
	ck_assert_uint_eq(ipc->events.count, 0);
	close(fd);
}
END_TEST

/* ---- who may come in ------------------------------------------------------------------- */

START_TEST(stranger)
{
	int fd;

	peer_uid = 4000000000;
	fd = caller();
	say(fd, COMMAND("Release", ""));
	say(fd, STATUS);
	run();
	expect(fd, "org.varlink.service.PermissionDenied");
	expect(fd, "\"BOUND\"");
	ck_assert_int_eq(eth0()->state, DHCP4_STATE_BOUND);
	close(fd);
}
END_TEST

START_TEST(owner)
{
	int fd;

	ipc->rights.owner = 1000; /* who started a daemon without privileges */
	peer_uid = 1000;
	fd = caller();
	say(fd, COMMAND("Stop", ""));
	run();
	expect(fd, "\"10.0.0.5\"");
	close(fd);
}
END_TEST

/* Connects, and is not let do what only the level above may. */
static void expect_level(enum varlink_level level)
{
	static const char text[] = COMMAND("Record", "");
	int fd = caller();

	run();
	ck_assert_int_eq(ipc->clients[ipc->count - 1]->peer.level, level);
	say_bytes(fd, text, sizeof(text));
	run();
	expect(fd, level == VARLINK_LEVEL_ADMIN ? "NotRecorded"
						: "PermissionDenied");
	say(fd, COMMAND("Stop", ""));
	run();
	expect(fd,
	       level == VARLINK_LEVEL_READ ? "PermissionDenied" : "\"lease\"");
	close(fd);
	run();
}

/* A member of the group controls, whichever of his groups it is. */
START_TEST(control_group)
{
	peer_uid = 1000;
	peer_gid = 50;
	expect_level(VARLINK_LEVEL_READ);
	ck_assert_int_eq(ipc_allow_group(ipc, NULL), 0);
	expect_level(VARLINK_LEVEL_READ);
	ck_assert_int_eq(ipc_allow_group(ipc, "50"), 0);
	expect_level(VARLINK_LEVEL_CONTROL);
	peer_gid = 51;
	expect_level(VARLINK_LEVEL_READ);
	for (gid_t i = 0; i < 10; i++)
		peer_groups[i] = 41 + i;
	peer_group_count = 9;
	expect_level(VARLINK_LEVEL_READ);
	peer_group_count = 10;
	expect_level(VARLINK_LEVEL_CONTROL);
	peer_uid = 0;
	expect_level(VARLINK_LEVEL_ADMIN);
}
END_TEST

/* So is a user of very many groups; nobody is of "no group". */
START_TEST(control_group_of_many)
{
	peer_uid = 4294967294;
	peer_gid = (gid_t)-1;
	expect_level(VARLINK_LEVEL_READ);
	peer_gid = 7;
	for (gid_t i = 0; i < ARRAY_SIZE(peer_groups); i++)
		peer_groups[i] = 1000 + i;
	peer_group_count = ARRAY_SIZE(peer_groups);
	ck_assert_int_eq(ipc_allow_group(ipc, "1999"), 0);
	expect_level(VARLINK_LEVEL_CONTROL);
	ck_assert_int_eq(ipc_allow_group(ipc, "2000"), 0);
	expect_level(VARLINK_LEVEL_READ);
}
END_TEST

START_TEST(control_group_by_name)
{
	ck_assert_int_eq(ipc_allow_group(ipc, "root"), 0);
	ck_assert_uint_eq(ipc->rights.group, 0);
	ck_assert_int_eq(ipc_allow_group(ipc, "no such group"), -ENOENT);
	ck_assert_uint_eq(ipc->rights.group, 0);
}
END_TEST

/* Connects as the user; true if it was let in. */
static bool comes_in(uid_t uid, int *ret_fd)
{
	size_t before = clients();

	peer_uid = uid;
	*ret_fd = caller();
	run();
	return clients() > before;
}

START_TEST(places)
{
	static int fds[IPC_CLIENTS_OTHERS_MAX + IPC_CLIENTS_USER_MAX + 1];
	size_t count = 0;

	for (uid_t uid = 1; count < IPC_CLIENTS_OTHERS_MAX; uid++) {
		for (unsigned i = 0; i < IPC_CLIENTS_USER_MAX; i++)
			ck_assert(comes_in(uid, &fds[count++]));
		ck_assert(!comes_in(uid, &fds[count]));
		expect_hang_up(fds[count]);
	}
	/* What is left is root's. */
	ck_assert(!comes_in(4294967294, &fds[count]));
	expect_hang_up(fds[count]);
	for (unsigned i = 0; i < IPC_CLIENTS_USER_MAX + 1; i++)
		ck_assert(comes_in(0, &fds[count++]));

	close(fds[0]);
	run();
	ck_assert(comes_in(1, &fds[0]));
	while (count > 0)
		close(fds[--count]);
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

static size_t unread(void)
{
	size_t octets = 0;

	for (size_t i = 0; i < clients(); i++)
		octets += ipc->clients[i]->out.size;
	return octets;
}

/* Answers that are long, and wanted by none of those who ask for them. */
START_TEST(long_answers)
{
	static struct managed *list[2000];
	int fds[8 * IPC_CLIENTS_USER_MAX], last;

	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		list[i] = &world.managed[0];
	world.daemon.managed = list;
	world.daemon.managed_count = ARRAY_SIZE(list);
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		ck_assert(comes_in(1 + (uid_t)i / IPC_CLIENTS_USER_MAX, &fds[i]));
		say(fds[i], STATUS);
		run();
		ck_assert_uint_lt(unread(), IPC_OUTPUT_OTHERS_MAX + (16 << 20));
	}
	ck_assert_uint_gt(unread(), IPC_OUTPUT_OTHERS_MAX / 2);
	ck_assert_uint_lt(clients(), ARRAY_SIZE(fds));
	expect_hang_up(fds[ARRAY_SIZE(fds) - 1]);

	/* Root is not kept waiting by that. */
	ck_assert(comes_in(0, &last));
	say(last, GET_INFO);
	run();
	expect(last, "tenured");
	close(last);
	world.daemon.managed = world.list;
	world.daemon.managed_count = ARRAY_SIZE(world.list);
	for (size_t i = 0; i + 1 < ARRAY_SIZE(fds); i++)
		close(fds[i]);
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

START_TEST(places_of_root)
{
	static int fds[IPC_CLIENTS_MAX + 1];
	size_t count = 0;

	if (!may_have(IPC_CLIENTS_MAX))
		return;
	while (count < IPC_CLIENTS_MAX)
		ck_assert(comes_in(0, &fds[count++]));
	ck_assert(!comes_in(0, &fds[count]));
	expect_hang_up(fds[count]);
	while (count > 0)
		close(fds[--count]);
	run();
	ck_assert_uint_eq(clients(), 0);
}
END_TEST

/* Without descriptors the listening socket is left alone, not spun on. */
START_TEST(no_descriptors)
{
	int fd = caller();

	accept_error = EMFILE;
	run();
	ck_assert_uint_eq(timers_set(), 1);
	accept_error = 0;
	fake.now += 100 * NSEC_PER_MS;
	turn();
	say(fd, GET_INFO);
	run();
	expect(fd, "tenured");
	close(fd);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	suite_add_tcase(suite, tcase);
	return tcase;
}

Suite *test_ipc_suite(void)
{
	Suite *suite = suite_create("ipc");
	TCase *tcase;

	tcase = add_case(suite, "path");
	tcase_add_test(tcase, opened);
	tcase_add_test(tcase, stale);
	tcase_add_test(tcase, nothing_to_close);

	tcase = add_case(suite, "requests");
	tcase_add_test(tcase, idle);
	tcase_add_test(tcase, octet_by_octet);
	tcase_add_test(tcase, pipelined);
	tcase_add_test(tcase, one_a_turn);
	tcase_add_test(tcase, slow_answers);
	tcase_add_test(tcase, largest_request);
	tcase_add_test(tcase, garbage);
	tcase_add_test(tcase, not_a_call);
	tcase_add_test(tcase, descriptor);

	tcase = add_case(suite, "patience");
	tcase_add_test(tcase, slow_request);
	tcase_add_test(tcase, half_behind_a_whole);
	tcase_add_test(tcase, stalled_reader);

	tcase = add_case(suite, "commands");
	tcase_add_test(tcase, command);
	tcase_add_test(tcase, command_done_at_once);
	tcase_add_test(tcase, command_times_out);
	tcase_add_test(tcase, many_wait);
	tcase_add_test(tcase, hang_up_while_waiting);
	tcase_add_test(tcase, hang_up_with_data);
	tcase_add_test(tcase, hang_up_with_answers);
	tcase_add_test(tcase, half_closed);
	tcase_add_test(tcase, daemon_ends);

	tcase = add_case(suite, "subscriptions");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, subscribed);
	tcase_add_test(tcase, subscribed_among_calls);
	tcase_add_test(tcase, subscribed_half_closed);
	tcase_add_test(tcase, subscribe_needs_more);
	tcase_add_test(tcase, stalled_subscriber);
	tcase_add_test(tcase, stalled_for_good);
	tcase_add_test(tcase, hang_up_of_a_subscriber);
	tcase_add_test(tcase, thousand_subscribers);
	tcase_add_test(tcase, stalled_subscribers_cost_nothing);

	tcase = add_case(suite, "peers");
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, stranger);
	tcase_add_test(tcase, owner);
	tcase_add_test(tcase, control_group);
	tcase_add_test(tcase, control_group_of_many);
	tcase_add_test(tcase, control_group_by_name);
	tcase_add_test(tcase, places);
	tcase_add_test(tcase, places_of_root);
	tcase_add_test(tcase, long_answers);
	tcase_add_test(tcase, no_descriptors);
	return suite;
}
