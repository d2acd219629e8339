/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses and routes, set by rtnetlink. Nothing is read back here: the kernel
 * says of each request whether it could be done, and that is the whole state.
 *
 * A change goes out as one batch, in this order:
 *
 *	the new address (its lifetimes, if it is the old one)
 *	the new routes, and the rule that leads to them
 *	the old rule, and the old routes that are not among them, last first
 *	the old address, if it is another one
 *
 * so that there is no moment without a route. Two routes to one destination with
 * one metric would collide, were they added with NLM_F_EXCL; with NLM_F_APPEND
 * the second lies behind the first, and is used once the first is removed a few
 * microseconds later. It also leaves an administrator's route with our metric in
 * front. The kernel answers EEXIST then only if the very same route is there,
 * with our gateway, source and protocol: as wanted. So routes that did not change
 * are asked for again, which puts back what vanished without a word.
 *
 * Only the last request of a batch wants an answer; the others answer if they
 * fail. An error's answer carries the request, so that it can be named without
 * keeping it.
 */
#include "daemon/route.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/ip.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/assert.h"
#include "base/str.h"
#include "host/netlink.h"

/* In <linux/if_addr.h> since Linux 5.18; older kernels ignore it. */
#define ADDRESS_PROTOCOL 11

/* The address, prefix route and rule, twice, and two sets of routes. */
#define REQUESTS_MAX	 (2 * (3 + DHCP4_ROUTES_MAX))
#define REQUEST_SIZE_MAX 96

/* Answers to a change of each of some thousand interfaces. */
#define ANSWERS_BUFFER (8 << 20)

/* "route 255.255.255.255/32 via 255.255.255.255", and why in the kernel's words. */
#define WHAT_SIZE 192

#define DRAIN_TIME (1 * NSEC_PER_S)

_Static_assert(ROUTE_TABLE_MAIN == RT_TABLE_MAIN, "the kernel's number");

/* A batch that the kernel has, and that has not been answered to its end. */
struct pending {
	struct pending *next;
	uint32_t first, last; /* sequence numbers, which may wrap */
	route_done *done;
	void *context;
	int error; /* of the first request that failed */
	char what[WHAT_SIZE];
};

struct route {
	struct loop_source source; /* first: wake casts back */
	struct loop *loop;
	struct mnl_socket *socket;
	uint32_t sequence;

	/* Oldest first, which is the order of the answers. */
	struct pending *oldest, **end;

	_Alignas(struct nlmsghdr) char batch[REQUESTS_MAX * REQUEST_SIZE_MAX];
};

/* ---- requests -------------------------------------------------------- */

/* Requests one behind the other. */
struct batch {
	struct route *route;
	struct nlmsghdr *last;
	size_t used;
};

static void *put_request(struct batch *b, uint16_t type, uint16_t flags,
			 size_t header_size)
{
	ASSERT(b->used + REQUEST_SIZE_MAX <= sizeof(b->route->batch));
	b->last = mnl_nlmsg_put_header(b->route->batch + b->used);
	b->last->nlmsg_type = type;
	b->last->nlmsg_flags = NLM_F_REQUEST | flags;
	b->last->nlmsg_seq = ++b->route->sequence;
	return mnl_nlmsg_put_extra_header(b->last, header_size);
}

static void end_request(struct batch *b)
{
	ASSERT(b->last->nlmsg_len <= REQUEST_SIZE_MAX);
	b->used += NLMSG_ALIGN(b->last->nlmsg_len);
}

static void put_address(struct batch *b, const struct route_state *state,
			uint16_t type, uint16_t flags)
{
	const struct ifa_cacheinfo lifetimes = {
		.ifa_prefered = state->valid_s,
		.ifa_valid = state->valid_s,
	};
	struct ifaddrmsg *header = put_request(b, type, flags, sizeof(*header));

	header->ifa_family = AF_INET;
	header->ifa_prefixlen = state->prefix_length;
	header->ifa_scope = state->scope;
	header->ifa_index = (uint32_t)state->ifindex;
	mnl_attr_put_u32(b->last, IFA_LOCAL, htonl(state->address));
	mnl_attr_put_u32(b->last, IFA_ADDRESS, htonl(state->address));
	if (type == RTM_NEWADDR) {
		if (state->broadcast)
			mnl_attr_put_u32(b->last, IFA_BROADCAST,
					 htonl(state->broadcast));
		mnl_attr_put(b->last, IFA_CACHEINFO, sizeof(lifetimes),
			     &lifetimes);
		mnl_attr_put_u32(b->last, IFA_FLAGS, IFA_F_NOPREFIXROUTE);
		mnl_attr_put_u8(b->last, ADDRESS_PROTOCOL, RTPROT_DHCP);
	}
	end_request(b);
}

/* Without end, so that a metric which is the worst one stays the worst. */
uint32_t route_metric(const struct route_state *state,
		      const struct dhcp4_route *route)
{
	return state->metric > UINT32_MAX - route->preference
		       ? UINT32_MAX
		       : state->metric + route->preference;
}

static void put_route(struct batch *b, const struct route_state *state,
		      const struct dhcp4_route *route, uint16_t type,
		      uint16_t flags)
{
	struct rtmsg *header = put_request(b, type, flags, sizeof(*header));

	header->rtm_family = AF_INET;
	header->rtm_dst_len = route->prefix_length;
	header->rtm_table = RT_TABLE_UNSPEC; /* RTA_TABLE has it */
	header->rtm_protocol = RTPROT_DHCP;
	header->rtm_scope = route->gateway ? RT_SCOPE_UNIVERSE : RT_SCOPE_LINK;
	header->rtm_type = RTN_UNICAST;
	if (route->prefix_length)
		mnl_attr_put_u32(b->last, RTA_DST, htonl(route->destination));
	if (route->gateway)
		mnl_attr_put_u32(b->last, RTA_GATEWAY, htonl(route->gateway));
	mnl_attr_put_u32(b->last, RTA_OIF, (uint32_t)state->ifindex);
	mnl_attr_put_u32(b->last, RTA_PREFSRC, htonl(state->address));
	mnl_attr_put_u32(b->last, RTA_PRIORITY, route_metric(state, route));
	mnl_attr_put_u32(b->last, RTA_TABLE, state->table);
	end_request(b);
}

/* Who finds nothing better in main comes here; all interfaces' are alike. */
static void put_rule(struct batch *b, const struct route_state *state,
		     uint16_t type, uint16_t flags)
{
	struct fib_rule_hdr *header =
		put_request(b, type, flags, sizeof(*header));

	header->family = AF_INET;
	header->table = RT_TABLE_UNSPEC; /* FRA_TABLE has it */
	header->action = FR_ACT_TO_TBL;
	mnl_attr_put_u32(b->last, FRA_PRIORITY, ROUTE_RULE_BEHIND);
	mnl_attr_put_u32(b->last, FRA_TABLE, state->table);
	mnl_attr_put_u8(b->last, FRA_PROTOCOL, RTPROT_DHCP);
	end_request(b);
}

/* ---- what a change consists of --------------------------------------- */

/* As with addresses whose prefix route the kernel makes. */
unsigned route_list(const struct route_state *state,
		    struct dhcp4_route routes[ROUTE_COUNT_MAX])
{
	unsigned count = 0;

	ASSERT(state->route_count <= DHCP4_ROUTES_MAX);
	if (!state->no_subnet_route && state->prefix_length > 0 &&
	    state->prefix_length < 32)
		routes[count++] = (struct dhcp4_route){
			.destination = state->address &
				       ipv4_mask(state->prefix_length),
			.prefix_length = state->prefix_length,
		};
	for (unsigned i = 0; i < state->route_count; i++)
		routes[count++] = state->routes[i];
	return count;
}

static bool contains(const struct dhcp4_route *routes, unsigned count,
		     const struct dhcp4_route *route)
{
	for (unsigned i = 0; i < count; i++) {
		if (routes[i].destination == route->destination &&
		    routes[i].prefix_length == route->prefix_length &&
		    routes[i].gateway == route->gateway &&
		    routes[i].preference == route->preference)
			return true;
	}
	return false;
}

/* Address and prefix length are what the kernel tells addresses apart by. */
static bool same_address(const struct route_state *a, const struct route_state *b)
{
	return a->ifindex == b->ifindex && a->address == b->address &&
	       a->prefix_length == b->prefix_length;
}

/* The routes of both may be the same to the kernel. */
static bool same_source(const struct route_state *a, const struct route_state *b)
{
	return a->ifindex == b->ifindex && a->address == b->address &&
	       a->metric == b->metric && a->table == b->table;
}

static bool same_rule(const struct route_state *a, const struct route_state *b)
{
	return b && b->has_rule && a->table == b->table;
}

static void put_change(struct batch *b, const struct route_state *from,
		       const struct route_state *to)
{
	struct dhcp4_route old[ROUTE_COUNT_MAX];
	struct dhcp4_route new[ROUTE_COUNT_MAX];
	unsigned old_count = from ? route_list(from, old) : 0;
	unsigned new_count = to ? route_list(to, new) : 0;

	if (to)
		put_address(b, to, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE);
	for (unsigned i = 0; i < new_count; i++)
		put_route(b, to, &new[i], RTM_NEWROUTE,
			  NLM_F_CREATE | NLM_F_APPEND);
	if (to && to->has_rule)
		put_rule(b, to, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL);
	if (from && from->has_rule && !same_rule(from, to))
		put_rule(b, from, RTM_DELRULE, 0);
	for (unsigned i = old_count; i-- > 0;) {
		if (!to || !same_source(from, to) ||
		    !contains(new, new_count, &old[i]))
			put_route(b, from, &old[i], RTM_DELROUTE, 0);
	}
	if (from && (!to || !same_address(from, to)))
		put_address(b, from, RTM_DELADDR, 0);
}

/* ---- answers --------------------------------------------------------- */

/* Failures that mean: it is as it shall be. */
static bool is_harmless(uint16_t type, int error)
{
	static const struct {
		uint16_t type;
		int error;
	} harmless[] = {
		{ RTM_NEWROUTE, EEXIST }, { RTM_DELROUTE, ESRCH },
		{ RTM_DELROUTE, ENODEV }, { RTM_DELADDR, EADDRNOTAVAIL },
		{ RTM_DELADDR, ENODEV },  { RTM_NEWRULE, EEXIST },
		{ RTM_DELRULE, ENOENT },
	};

	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		if (harmless[i].type == type && harmless[i].error == error)
			return true;
	}
	return false;
}

static void name_address(struct str *s, const struct nlmsghdr *request)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(request);
	const struct nlattr *a[IFA_LOCAL + 1] = { 0 };

	netlink_read(request, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "address ");
	str_ipv4(s, ntohl(netlink_u32(a[IFA_LOCAL], 0)));
	str_char(s, '/');
	str_u64(s, header->ifa_prefixlen);
}

static void name_rule(struct str *s, const struct nlmsghdr *request)
{
	const struct nlattr *a[FRA_TABLE + 1] = { 0 };

	netlink_read(request, sizeof(struct fib_rule_hdr),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "rule for table ");
	str_u64(s, netlink_u32(a[FRA_TABLE], 0));
}

static void name_route(struct str *s, const struct nlmsghdr *request)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(request);
	const struct nlattr *a[RTA_GATEWAY + 1] = { 0 };

	netlink_read(request, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "route ");
	str_ipv4(s, ntohl(netlink_u32(a[RTA_DST], 0)));
	str_char(s, '/');
	str_u64(s, header->rtm_dst_len);
	if (a[RTA_GATEWAY]) {
		str_text(s, " via ");
		str_ipv4(s, ntohl(netlink_u32(a[RTA_GATEWAY], 0)));
	}
}

/* The kernel's own words, in parentheses, if it has any. */
static void name_reason(struct str *s, const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(answer);
	const struct nlattr *a[NLMSGERR_ATTR_MSG + 1] = { 0 };
	size_t size = mnl_nlmsg_get_payload_len(answer);
	size_t offset = sizeof(*error);

	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		offset += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS) || offset >= size)
		return;
	netlink_read_payload((const char *)error + offset, size - offset,
			     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (!a[NLMSGERR_ATTR_MSG] ||
	    mnl_attr_validate(a[NLMSGERR_ATTR_MSG], MNL_TYPE_NUL_STRING) < 0)
		return;
	str_text(s, " (");
	str_text(s, mnl_attr_get_str(a[NLMSGERR_ATTR_MSG]));
	str_char(s, ')');
}

/* What failed, from the request as the answer carries it. */
static void name_failure(char what[WHAT_SIZE], const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(answer);
	struct str s = str_over(what, WHAT_SIZE);

	if (answer->nlmsg_flags & NLM_F_CAPPED ||
	    error->msg.nlmsg_len < NLMSG_HDRLEN ||
	    mnl_nlmsg_get_payload_len(answer) <
		    sizeof(*error) - NLMSG_HDRLEN + error->msg.nlmsg_len)
		str_text(&s, "configuration");
	else if (error->msg.nlmsg_type == RTM_NEWADDR ||
		 error->msg.nlmsg_type == RTM_DELADDR)
		name_address(&s, &error->msg);
	else if (error->msg.nlmsg_type == RTM_NEWRULE ||
		 error->msg.nlmsg_type == RTM_DELRULE)
		name_rule(&s, &error->msg);
	else
		name_route(&s, &error->msg);
	name_reason(&s, answer);
}

static void finish_oldest(struct route *r, nsec now)
{
	struct pending *p = r->oldest;

	r->oldest = p->next;
	if (!r->oldest)
		r->end = &r->oldest;
	if (p->done)
		p->done(p->context, p->error ? p->what : NULL, p->error, now);
	free(p);
}

static void take_answer(struct route *r, const struct nlmsghdr *answer, nsec now)
{
	const struct nlmsgerr *message = mnl_nlmsg_get_payload(answer);
	struct pending *p = r->oldest;
	int error;

	if (answer->nlmsg_type != NLMSG_ERROR ||
	    mnl_nlmsg_get_payload_len(answer) < sizeof(*message) || !p ||
	    answer->nlmsg_seq - p->first > p->last - p->first)
		return;
	error = -message->error;
	if (error > 0 && p->error == 0 &&
	    !is_harmless(message->msg.nlmsg_type, error)) {
		p->error = error;
		name_failure(p->what, answer);
	}
	if (answer->nlmsg_seq == p->last)
		finish_oldest(r, now);
}

/*
 * The kernel has dropped answers. It answers while it is asked, so that all who
 * still wait once the queue is empty wait in vain: they are told that it failed,
 * and may ask for the same again.
 */
static void give_up_all(struct route *r, nsec now)
{
	struct pending *last = NULL;

	for (struct pending *p = r->oldest; p; p = p->next) {
		if (p->error == 0) {
			struct str s = str_over(p->what, sizeof(p->what));

			str_text(&s, "answer of the kernel");
			p->error = ENOBUFS;
		}
		last = p;
	}
	/* Those who are told may add to the list. */
	while (last) {
		if (r->oldest == last)
			last = NULL;
		finish_oldest(r, now);
	}
}

static void receive(struct route *r, nsec now)
{
	_Alignas(struct nlmsghdr) char buffer[NETLINK_BUFFER_SIZE];
	bool overflow = false;

	for (;;) {
		ssize_t size = netlink_receive(r->socket, buffer, sizeof(buffer));
		const struct nlmsghdr *answer = (const void *)buffer;
		int left = (int)size;

		if (size < 0 && errno == ENOBUFS) {
			overflow = true;
			continue;
		}
		if (size < 0)
			break;
		for (; mnl_nlmsg_ok(answer, left);
		     answer = mnl_nlmsg_next(answer, &left))
			take_answer(r, answer, now);
	}
	if (overflow)
		give_up_all(r, now);
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	(void)events;
	receive((struct route *)source, now);
}

/* ---- the interface --------------------------------------------------- */

int route_open(struct route **ret, struct loop *loop)
{
	struct route *r = calloc(1, sizeof(*r));
	int error;

	if (!r)
		return -ENOMEM;
	r->loop = loop;
	r->end = &r->oldest;
	error = netlink_open(&r->socket, 0, SOCK_NONBLOCK);
	if (error)
		goto fail;
	netlink_set_buffer(r->socket, ANSWERS_BUFFER);
	r->source.fd = mnl_socket_get_fd(r->socket);
	r->source.wake = wake;
	error = loop_watch(loop, &r->source, EPOLLIN);
	if (error)
		goto fail_socket;
	*ret = r;
	return 0;

fail_socket:
	mnl_socket_close(r->socket);
fail:
	free(r);
	return error;
}

void route_close(struct route *r)
{
	if (!r)
		return;
	loop_unwatch(r->loop, &r->source);
	mnl_socket_close(r->socket);
	while (r->oldest) {
		struct pending *p = r->oldest;

		r->oldest = p->next;
		free(p);
	}
	free(r);
}

uint32_t route_port(const struct route *r)
{
	return mnl_socket_get_portid(r->socket);
}

int route_change(struct route *r, const struct route_state *from,
		 const struct route_state *to, route_done *done, void *context)
{
	struct batch batch = { .route = r };
	struct pending *p;

	ASSERT(from || to);
	p = calloc(1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	p->first = r->sequence + 1;
	p->done = done;
	p->context = context;
	put_change(&batch, from, to);
	ASSERT(batch.last);
	batch.last->nlmsg_flags |= NLM_F_ACK;
	p->last = r->sequence;
	if (mnl_socket_sendto(r->socket, r->batch, batch.used) < 0) {
		int error = -errno;

		free(p);
		return error;
	}
	*r->end = p;
	r->end = &p->next;
	return 0;
}

int route_link_up(int ifindex, bool promote)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct nlattr *families, *inet, *settings;
	struct ifinfomsg *header;

	message->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = ifindex;
	header->ifi_flags = IFF_UP;
	header->ifi_change = IFF_UP;
	if (!promote)
		return netlink_ask(message, NULL, NULL);
	families = mnl_attr_nest_start(message, IFLA_AF_SPEC);
	inet = mnl_attr_nest_start(message, AF_INET);
	settings = mnl_attr_nest_start(message, IFLA_INET_CONF);
	mnl_attr_put_u32(message, IPV4_DEVCONF_PROMOTE_SECONDARIES, 1);
	mnl_attr_nest_end(message, settings);
	mnl_attr_nest_end(message, inet);
	mnl_attr_nest_end(message, families);
	return netlink_ask(message, NULL, NULL);
}

int route_set_mtu(int ifindex, uint32_t mtu)
{
	_Alignas(struct nlmsghdr) char buffer[128];
	struct nlmsghdr *message = mnl_nlmsg_put_header(buffer);
	struct ifinfomsg *header;

	message->nlmsg_type = RTM_NEWLINK;
	header = mnl_nlmsg_put_extra_header(message, sizeof(*header));
	header->ifi_family = AF_UNSPEC;
	header->ifi_index = ifindex;
	mnl_attr_put_u32(message, IFLA_MTU, mtu);
	return netlink_ask(message, NULL, NULL);
}

void route_cancel(struct route *r, void *context)
{
	for (struct pending *p = r ? r->oldest : NULL; p; p = p->next) {
		if (p->context == context)
			p->done = NULL;
	}
}

void route_drain(struct route *r)
{
	nsec end = nsec_add(loop_clock(), DRAIN_TIME);
	struct pollfd wait = { .fd = r->source.fd, .events = POLLIN };

	while (r->oldest) {
		nsec left = nsec_until(loop_clock(), end);

		if (left == 0 || poll(&wait, 1, (int)(left / NSEC_PER_MS)) <= 0)
			return;
		receive(r, loop_clock());
	}
}
