/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says by rtnetlink: an octet that chooses who listens, and
 * datagrams, each behind two octets of its length; one of 0x8000 and more is lost.
 * The linker leads the sockets of libmnl here (--wrap), and the loop's.
 *
 * Links have names that end and addresses that fit; whoever asked for a change is
 * called back at most once; and nobody reads beyond a datagram.
 */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "daemon/daemon.h"
#include "daemon/link_monitor.h"
#include "daemon/monitor.h"
#include "host/netlink.h"
#include "daemon/route.h"
#include "daemon/shadow.h"
#include "fuzz/fuzz.h"

#define NOW (1000 * NSEC_PER_S)

#if defined __has_feature
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#elif defined __SANITIZE_ADDRESS__
#define SANITIZED 1
#endif
#ifdef SANITIZED
#include <sanitizer/asan_interface.h>
#else
#define ASAN_POISON_MEMORY_REGION(bytes, size)	 ((void)(bytes), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(bytes, size) ((void)(bytes), (void)(size))
#endif

/* ---- instead of libmnl's sockets and the loop ---------------------------- */

static struct reader datagrams;
static struct loop_source *watched;
static struct loop_timer *armed;

/* What lies behind the last datagram, out of bounds until the next one. */
static uint8_t *beyond;
static size_t beyond_size;

static void let_go(void)
{
	if (beyond)
		ASAN_UNPOISON_MEMORY_REGION(beyond, beyond_size);
	beyond = NULL;
}

/* clang-format off */
struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags);
int __wrap_mnl_socket_bind(struct mnl_socket *, unsigned groups, pid_t pid);
int __wrap_mnl_socket_setsockopt(const struct mnl_socket *, int type, void *bytes,
				 socklen_t size);
int __wrap_mnl_socket_close(struct mnl_socket *);
int __wrap_mnl_socket_get_fd(const struct mnl_socket *);
unsigned __wrap_mnl_socket_get_portid(const struct mnl_socket *);
ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *, const void *bytes,
				 size_t size);
ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *, void *bytes,
				   size_t size);
int __real_mnl_cb_run2(const void *bytes, size_t size, unsigned sequence,
		       unsigned port, mnl_cb_t each, void *context,
		       const mnl_cb_t *controls, unsigned count);
int __wrap_mnl_cb_run2(const void *bytes, size_t size, unsigned sequence,
		       unsigned port, mnl_cb_t each, void *context,
		       const mnl_cb_t *controls, unsigned count);
int __wrap_setsockopt(int fd, int level, int name, const void *value,
		      socklen_t size);
int __wrap_bind(int fd, const struct sockaddr *, socklen_t size);
int __wrap_loop_watch(struct loop *, struct loop_source *, uint32_t events);
void __wrap_loop_unwatch(struct loop *, struct loop_source *);
void __wrap_loop_timer_set(struct loop *, struct loop_timer *, nsec at);
/* clang-format on */

struct mnl_socket *__wrap_mnl_socket_open2(int bus, int flags)
{
	static char any;

	(void)bus, (void)flags;
	return (struct mnl_socket *)(void *)&any;
}

int __wrap_mnl_socket_bind(struct mnl_socket *s, unsigned groups, pid_t pid)
{
	(void)s, (void)groups, (void)pid;
	return 0;
}

int __wrap_mnl_socket_setsockopt(const struct mnl_socket *s, int type,
				 void *bytes, socklen_t size)
{
	(void)s, (void)type, (void)bytes, (void)size;
	return 0;
}

int __wrap_mnl_socket_close(struct mnl_socket *s)
{
	(void)s;
	let_go();
	return 0;
}

int __wrap_mnl_socket_get_fd(const struct mnl_socket *s)
{
	(void)s;
	return -1;
}

unsigned __wrap_mnl_socket_get_portid(const struct mnl_socket *s)
{
	(void)s;
	return 0;
}

ssize_t __wrap_mnl_socket_sendto(const struct mnl_socket *s, const void *bytes,
				 size_t size)
{
	(void)s, (void)bytes;
	return (ssize_t)size;
}

ssize_t __wrap_mnl_socket_recvfrom(const struct mnl_socket *s, void *bytes,
				   size_t size)
{
	size_t length = reader_u16(&datagrams);

	(void)s;
	let_go();
	errno = datagrams.failed ? EAGAIN : ENOBUFS;
	if (datagrams.failed || length >= 0x8000)
		return -1;
	if (length > datagrams.left)
		length = datagrams.left;
	CHECK(length <= size);
	if (length)
		memcpy(bytes, reader_bytes(&datagrams, length), length);
	/* Whole granules alone can be put out of bounds. */
	beyond = (uint8_t *)bytes + (length + 7) / 8 * 8;
	beyond_size = (size_t)((uint8_t *)bytes + size - beyond);
	ASAN_POISON_MEMORY_REGION(beyond, beyond_size);
	return (ssize_t)length;
}

/* What was read is of no more use, and the next question may have its stack. */
int __wrap_mnl_cb_run2(const void *bytes, size_t size, unsigned sequence,
		       unsigned port, mnl_cb_t each, void *context,
		       const mnl_cb_t *controls, unsigned count)
{
	int r = __real_mnl_cb_run2(bytes, size, sequence, port, each, context,
				   controls, count);

	let_go();
	return r;
}

int __wrap_setsockopt(int fd, int level, int name, const void *value,
		      socklen_t size)
{
	(void)fd, (void)level, (void)name, (void)value, (void)size;
	return 0;
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t size)
{
	(void)fd, (void)address, (void)size;
	return 0;
}

int __wrap_loop_watch(struct loop *loop, struct loop_source *source,
		      uint32_t events)
{
	(void)loop, (void)events;
	watched = source;
	return 0;
}

void __wrap_loop_unwatch(struct loop *loop, struct loop_source *source)
{
	(void)loop, (void)source;
	watched = NULL;
}

void __wrap_loop_timer_set(struct loop *loop, struct loop_timer *timer, nsec at)
{
	(void)loop;
	armed = at == NSEC_NEVER ? NULL : timer;
}

/* What was to be tried again is, if there are answers left. */
static void fire_armed(void)
{
	struct loop_timer *timer = armed;

	armed = NULL;
	if (timer && datagrams.left)
		timer->fire(timer, NOW);
}

/* ---- who listens --------------------------------------------------------- */

static void check_link(const struct link_info *info)
{
	CHECK(memchr(info->name, 0, sizeof(info->name)));
	CHECK(info->hwaddr.size <= HWADDR_SIZE_MAX);
	CHECK(info->broadcast.size <= HWADDR_SIZE_MAX);
}

static void changed(void *owner, const struct link_info *info, nsec now)
{
	CHECK(owner == &watched && now == NOW);
	check_link(info);
}

static void monitor_links(void)
{
	static const struct hwaddr hw = { 6, { 2, 0, 0, 0, 0, 1 } };
	struct link_monitor *monitor;

	CHECK(link_monitor_open(&monitor, NULL, changed, &watched) == 0);
	for (int i = 0; i < 4 && datagrams.left; i++)
		watched->wake(watched, EPOLLIN, NOW);
	link_monitor_owns(monitor, &hw, NOW);
	fire_armed();
	let_go();
	link_monitor_close(monitor);
}

static void ask_links(void)
{
	struct link_info info;

	if (link_find("eth0", &info) == 0)
		check_link(&info);
}

/* A lease of a subnet and a route, beside whatever routes there are. */
static void guard_routes(void)
{
	static const struct iface_settings settings = {
		.shadow_guard = SHADOW_GUARD_ON,
	};
	struct managed managed = { .iface.ifindex = 2, .settings = &settings };
	struct managed *list[] = { &managed };
	struct daemon daemon = { .managed = list, .managed_count = 1 };
	struct route_state *state =
		calloc(1, sizeof(*state) + sizeof(state->routes[0]));

	CHECK(state && shadow_open(&daemon.shadow, &daemon) == 0);
	managed.daemon = &daemon;
	state->address = 0x0a000005;
	state->prefix_length = 24;
	state->route_count = 1;
	state->routes[0] = (struct dhcp4_route){ .destination = 0x14000000,
						 .prefix_length = 8,
						 .gateway = 0x0a000001 };
	shadow_check(&managed, state, NOW);
	CHECK(state->route_count <= 1);
	CHECK(!state->no_subnet_route || state->route_count == 0);
	let_go();
	shadow_close(daemon.shadow);
	free(state);
}

static void ask_addresses(void)
{
	ipv4_addr address;
	uint32_t valid_s;
	bool has;

	link_has_address(2, 0x0a000005, &has, &valid_s);
	link_own_address(2, &address);
	link_has_ipv6(2, &has);
	guard_routes();
}

struct change {
	unsigned answers;
};

static void done(void *context, const char *what, int error, nsec now)
{
	struct change *change = context;

	change->answers++;
	CHECK(now == NOW && error >= 0 && (what != NULL) == (error != 0));
	CHECK(!what || strlen(what) > 0);
}

static void change_routes(void)
{
	static const struct dhcp4_route routes[] = {
		{ .gateway = 0x0a000001 },
		{ .destination = 0x0a010000,
		  .prefix_length = 16,
		  .gateway = 0x0a000001 },
	};
	struct route_state *to = calloc(1, sizeof(*to) + sizeof(routes));
	struct change changes[2] = { { 0 } };
	struct route *route;

	CHECK(to && route_open(&route, NULL) == 0);
	to->ifindex = 2;
	to->address = 0x0a000005;
	to->prefix_length = 24;
	to->valid_s = 3600;
	to->metric = 1002;
	to->table = ROUTE_TABLE_MAIN;
	to->route_count = ARRAY_SIZE(routes);
	memcpy(to->routes, routes, sizeof(routes));
	for (int i = 0; i < 2; i++)
		CHECK(route_change(route, i ? to : NULL, i ? NULL : to, done,
				   &changes[i]) == 0);
	while (datagrams.left)
		watched->wake(watched, EPOLLIN, NOW);
	let_go();
	route_close(route);
	free(to);
	CHECK(changes[0].answers <= 1 && changes[1].answers <= 1);
}

static void take_item(void *owner, const struct monitor_item *item)
{
	CHECK(owner == &watched);
	CHECK(item->prefix_length <= 32);
}

static void take_overflow(void *owner)
{
	CHECK(owner == &watched);
}

static void monitor_others(void)
{
	static const struct monitor_hooks hooks = { take_item, take_overflow };
	struct monitor *monitor;

	CHECK(monitor_open(&monitor, NULL, &hooks, &watched) == 0);
	watched->wake(watched, EPOLLIN, NOW);
	let_go();
	monitor_close(monitor);
}

static void ask_others(void)
{
	monitor_addresses(2, take_item, &watched);
	monitor_routes(ROUTE_TABLE_MAIN, RTPROT_DHCP, 2, take_item, &watched);
}

/* A message of its own, as long as it says, in memory of just that size. */
static void read_link(void)
{
	size_t size = datagrams.left & ~(size_t)3;
	struct nlmsghdr *message = malloc(size ? size : 1);
	struct link_info info;

	CHECK(message);
	memcpy(message, datagrams.at, size);
	if (netlink_sound_size(message, size) == size && size &&
	    link_read(message, &info))
		check_link(&info);
	free(message);
}

static void run(const uint8_t *data, size_t size)
{
	static void (*const listeners[])(void) = {
		read_link,     monitor_links,  ask_links,  ask_addresses,
		change_routes, monitor_others, ask_others,
	};

	if (size < 1)
		return;
	datagrams = reader_over(data + 1, size - 1);
	armed = NULL;
	listeners[data[0] % ARRAY_SIZE(listeners)]();
	let_go();
}

const struct fuzz_target fuzz_netlink = { "netlink", 4096, run };
