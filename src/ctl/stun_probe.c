/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Three sockets, and a question for each test. Those that depend on no other one are
 * under way together: the longest wait is for what a filter lets nobody hear.
 */
#include "ctl/stun_probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/* Wants struct timespec, and does not bring it: after <time.h>. */
#include <linux/errqueue.h>

#include "base/assert.h"

/* A source port each: what one of them did says nothing of another one's. */
enum place {
	PLACE_MAPPING,
	PLACE_FILTERING,
	PLACE_HAIRPIN,
	PLACES
};

enum target {
	TARGET_SERVER,
	TARGET_OTHER_ADDRESS, /* at the server's port */
	TARGET_OTHER,
	TARGET_OURSELVES,
};

/* A test that is not to be made until another one was answered names that one. */
static const struct {
	enum place from, heard_at;
	enum target target;
	unsigned change;
	enum nat_test after;
} plan[NAT_TESTS] = {
	[NAT_TEST_MAPPING] = { PLACE_MAPPING, PLACE_MAPPING, TARGET_SERVER,
			       STUN_CHANGE_NONE, NAT_TESTS },
	[NAT_TEST_MAPPING_ADDRESS] = { PLACE_MAPPING, PLACE_MAPPING,
				       TARGET_OTHER_ADDRESS, STUN_CHANGE_NONE,
				       NAT_TEST_MAPPING },
	[NAT_TEST_MAPPING_PORT] = { PLACE_MAPPING, PLACE_MAPPING, TARGET_OTHER,
				    STUN_CHANGE_NONE, NAT_TEST_MAPPING },
	[NAT_TEST_FILTERING] = { PLACE_FILTERING, PLACE_FILTERING,
				 TARGET_SERVER, STUN_CHANGE_NONE, NAT_TESTS },
	[NAT_TEST_FILTERING_ADDRESS] = { PLACE_FILTERING, PLACE_FILTERING,
					 TARGET_SERVER,
					 STUN_CHANGE_ADDRESS | STUN_CHANGE_PORT,
					 NAT_TEST_FILTERING },
	[NAT_TEST_FILTERING_PORT] = { PLACE_FILTERING, PLACE_FILTERING,
				      TARGET_SERVER, STUN_CHANGE_PORT,
				      NAT_TEST_FILTERING },
	[NAT_TEST_HAIRPIN] = { PLACE_HAIRPIN, PLACE_MAPPING, TARGET_OURSELVES,
			       STUN_CHANGE_NONE, NAT_TEST_MAPPING },
};

struct question {
	uint8_t id[STUN_ID_SIZE];
	struct stun_endpoint to;
	unsigned sent;	   /* 0: not asked yet */
	uint64_t first_ms; /* when it was */
	uint64_t due_ms;   /* when it is to be sent again, or given up */
	bool over;
};

struct probing {
	const struct stun_probe *probe;
	struct nat_seen *seen;
	int fds[PLACES];
	struct question questions[NAT_TESTS];
};

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static struct sockaddr_in to_kernel(struct stun_endpoint endpoint)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(endpoint.address),
		.sin_port = htons(endpoint.port),
	};
}

static struct stun_endpoint from_kernel(const struct sockaddr_in *address)
{
	return (struct stun_endpoint){ ntohl(address->sin_addr.s_addr),
				       ntohs(address->sin_port) };
}

/* ---- sockets ------------------------------------------------------------------- */

/*
 * Packets leave by the interface, whatever other routes there are. Kernels before
 * 5.7 let root alone bind to one; IP_UNICAST_IF is for everybody.
 */
static int use_interface(int fd, const char *interface)
{
	unsigned index = if_nametoindex(interface);
	uint32_t wanted = htonl(index);

	if (!index)
		return -ENODEV;
	if (setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		       (socklen_t)strlen(interface) + 1) == 0)
		return 0;
	if (errno != EPERM)
		return -errno;
	return setsockopt(fd, IPPROTO_IP, IP_UNICAST_IF, &wanted,
			  sizeof(wanted)) < 0
		       ? -errno
		       : 0;
}

static int set_up(int fd, const struct stun_probe *probe)
{
	struct stun_endpoint any_port = { probe->address, 0 };
	struct sockaddr_in own = to_kernel(any_port);
	int error = use_interface(fd, probe->interface), on = 1;

	if (error < 0)
		return error;
	if (setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&own, sizeof(own)) < 0 ? -errno : 0;
}

static void close_all(struct probing *p)
{
	for (unsigned i = 0; i < PLACES; i++) {
		if (p->fds[i] >= 0)
			close(p->fds[i]);
	}
}

static int open_all(struct probing *p)
{
	struct sockaddr_in own = { 0 };
	socklen_t size = sizeof(own);
	int error = 0;

	for (unsigned i = 0; i < PLACES; i++)
		p->fds[i] = -1;
	for (unsigned i = 0; i < PLACES && !error; i++) {
		p->fds[i] = socket(AF_INET,
				   SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		error = p->fds[i] < 0 ? -errno : set_up(p->fds[i], p->probe);
	}
	if (!error && getsockname(p->fds[PLACE_MAPPING],
				  (struct sockaddr *)&own, &size) < 0)
		error = -errno;
	if (error)
		close_all(p);
	else
		p->seen->local = from_kernel(&own);
	return error;
}

/* ---- outcomes -------------------------------------------------------------------- */

static struct nat_answer *end(struct probing *p, enum nat_test test,
			      enum nat_outcome outcome)
{
	p->questions[test].over = true;
	p->seen->answers[test].outcome = outcome;
	return &p->seen->answers[test];
}

/* The question under way that has this id and is answered at a place, or NAT_TESTS. */
static enum nat_test find(const struct probing *p, const uint8_t *id)
{
	for (enum nat_test test = 0; test < NAT_TESTS; test++) {
		const struct question *q = &p->questions[test];

		if (q->sent && !q->over && !memcmp(q->id, id, STUN_ID_SIZE))
			return test;
	}
	return NAT_TESTS;
}

static void take(struct probing *p, enum place place, const uint8_t *data,
		 size_t size, struct stun_endpoint from)
{
	struct stun_message message;
	struct nat_answer *answer;
	enum nat_test test;

	stun_read(data, size, &message);
	test = message.kind == STUN_NONE ? NAT_TESTS : find(p, message.id);
	if (test == NAT_TESTS || plan[test].heard_at != place)
		return;
	/* Our own question is what a hairpin gives back; elsewhere it is none. */
	if ((message.kind == STUN_REQUEST) != (test == NAT_TEST_HAIRPIN))
		return;
	answer = end(p, test,
		     message.kind == STUN_SUCCESS || message.kind == STUN_REQUEST
			     ? NAT_ANSWERED
			     : NAT_REFUSED);
	answer->from = from;
	answer->message = message;
}

/*
 * A report that a question did not arrive, which holds the question. 0 if there was
 * one.
 */
static int take_error(struct probing *p, enum place place)
{
	uint8_t data[STUN_REQUEST_MAX], control[256];
	struct iovec part = { data, sizeof(data) };
	struct msghdr header = { .msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control) };
	ssize_t size = recvmsg(p->fds[place], &header, MSG_ERRQUEUE);
	struct stun_message message;
	enum nat_test test;

	if (size < 0)
		return -errno;
	stun_read(data, (size_t)size, &message);
	test = message.kind == STUN_NONE ? NAT_TESTS : find(p, message.id);
	if (test == NAT_TESTS)
		return 0;
	for (struct cmsghdr *c = CMSG_FIRSTHDR(&header); c;
	     c = CMSG_NXTHDR(&header, c)) {
		struct sock_extended_err error;

		if (c->cmsg_level != IPPROTO_IP || c->cmsg_type != IP_RECVERR ||
		    c->cmsg_len < CMSG_LEN(sizeof(error)))
			continue;
		memcpy(&error, CMSG_DATA(c), sizeof(error));
		end(p, test, NAT_FAILED)->error = (int)error.ee_errno;
	}
	return 0;
}

static void receive(struct probing *p, enum place place)
{
	uint8_t data[STUN_MESSAGE_MAX + 1];
	struct sockaddr_in from = { 0 };
	socklen_t length = sizeof(from);
	ssize_t size;

	while (take_error(p, place) == 0)
		;
	/* One a turn: a flood does not keep us from the clock. */
	size = recvfrom(p->fds[place], data, sizeof(data), 0,
			(struct sockaddr *)&from, &length);
	if (size >= 0 && size <= STUN_MESSAGE_MAX)
		take(p, place, data, (size_t)size, from_kernel(&from));
}

/* ---- questions ------------------------------------------------------------------- */

/* Where a question is to go; false: there is no such place. */
static bool find_target(const struct probing *p, enum nat_test test,
			struct stun_endpoint *ret)
{
	enum nat_test after = plan[test].after;
	const struct nat_answer *before =
		after == NAT_TESTS ? NULL : &p->seen->answers[after];

	*ret = p->seen->server;
	if (!before)
		return true;
	if (plan[test].target == TARGET_OURSELVES) {
		*ret = before->message.mapped;
		return ipv4_is_host(ret->address) &&
		       !stun_same(*ret, p->seen->local);
	}
	if (!nat_other(p->seen, after, ret))
		return false;
	if (plan[test].target == TARGET_SERVER)
		*ret = p->seen->server;
	if (plan[test].target == TARGET_OTHER_ADDRESS)
		ret->port = p->seen->server.port;
	return true;
}

static void send_question(struct probing *p, enum nat_test test)
{
	struct question *q = &p->questions[test];
	struct sockaddr_in to = to_kernel(q->to);
	uint8_t data[STUN_REQUEST_MAX];
	size_t size = stun_write(data, q->id, plan[test].change);
	enum place from = plan[test].from;
	int error = 0;

	/* What another one's failure left behind is reported first, and once. */
	for (int tries = 0; tries < 2; tries++) {
		while (take_error(p, from) == 0)
			;
		error = sendto(p->fds[from], data, size, 0,
			       (struct sockaddr *)&to, sizeof(to)) < 0
				? errno
				: 0;
		if (!error || q->over)
			break;
	}
	if (error && error != EAGAIN && error != ENOBUFS && !q->over)
		end(p, test, NAT_FAILED)->error = error;
	q->sent++;
}

/* Asks for the first time what can be asked now. 0 or -errno. */
static int begin(struct probing *p, enum nat_test test, uint64_t now)
{
	struct question *q = &p->questions[test];
	enum nat_test after = plan[test].after;

	if (after != NAT_TESTS && !p->questions[after].over)
		return 0;
	if ((after != NAT_TESTS &&
	     p->seen->answers[after].outcome != NAT_ANSWERED) ||
	    !find_target(p, test, &q->to)) {
		q->over = true;
		return 0;
	}
	if (getrandom(q->id, sizeof(q->id), 0) != sizeof(q->id))
		return -errno;
	q->first_ms = now;
	q->due_ms = now;
	return 1;
}

/* What is due by now: sent, or given up. */
static void go_on(struct probing *p, enum nat_test test, uint64_t now)
{
	struct question *q = &p->questions[test];
	uint64_t last_ms = q->first_ms + p->probe->wait_ms;

	if (now < q->due_ms)
		return;
	if (q->sent && (now >= last_ms || q->sent == STUN_SENDS)) {
		end(p, test, NAT_SILENT);
		return;
	}
	send_question(p, test);
	q->due_ms = q->first_ms + stun_due_ms(q->sent);
	if (q->due_ms > last_ms)
		q->due_ms = last_ms;
}

/* All that can be done now. When to come back, 0: all is over, or -errno. */
static int64_t turn(struct probing *p, uint64_t now)
{
	uint64_t next_ms = UINT64_MAX;

	for (enum nat_test test = 0; test < NAT_TESTS; test++) {
		struct question *q = &p->questions[test];
		int ready = q->over || q->sent ? 1 : begin(p, test, now);

		if (ready < 0)
			return ready;
		/* Who hears the other address hears the other port as well. */
		if (test == NAT_TEST_FILTERING_PORT &&
		    p->seen->answers[NAT_TEST_FILTERING_ADDRESS].outcome ==
			    NAT_ANSWERED)
			q->over = true;
		if (!q->over && ready)
			go_on(p, test, now);
		if (!q->over && q->sent && q->due_ms < next_ms)
			next_ms = q->due_ms;
	}
	return next_ms == UINT64_MAX ? 0 : (int64_t)next_ms;
}

static int ask_all(struct probing *p)
{
	struct pollfd polled[PLACES];
	int64_t next_ms;

	while ((next_ms = turn(p, now_ms())) > 0) {
		int64_t wait_ms = next_ms - (int64_t)now_ms();

		for (unsigned i = 0; i < PLACES; i++)
			polled[i] = (struct pollfd){ .fd = p->fds[i],
						     .events = POLLIN };
		if (poll(polled, PLACES, wait_ms > 0 ? (int)wait_ms : 0) < 0)
			continue;
		for (enum place place = 0; place < PLACES; place++) {
			if (polled[place].revents)
				receive(p, place);
		}
	}
	return (int)next_ms;
}

int stun_probe(const struct stun_probe *probe, struct nat_seen *ret)
{
	struct probing p = { .probe = probe, .seen = ret };
	int error;

	memset(ret, 0, sizeof(*ret));
	ret->server = probe->server;
	error = open_all(&p);
	if (error < 0)
		return error;
	error = ask_all(&p);
	close_all(&p);
	return error;
}

ipv4_addr stun_probe_route(ipv4_addr from, struct stun_endpoint server)
{
	struct stun_endpoint any_port = { from, 0 };
	struct sockaddr_in to = to_kernel(server), own = to_kernel(any_port);
	socklen_t size = sizeof(own);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return IPV4_ANY;
	if (bind(fd, (struct sockaddr *)&own, size) < 0 ||
	    connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0 ||
	    getsockname(fd, (struct sockaddr *)&own, &size) < 0)
		own.sin_addr.s_addr = 0;
	close(fd);
	return from_kernel(&own).address;
}
