/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A packet socket: opening, filtering, sending, receiving. Which packets are worth
 * anything is the core's to say; here those are left out that did not come to us
 * on an interface of ours.
 */
#include "daemon/packet.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "core/record.h"
#include "daemon/filter.h"
#include "daemon/rush.h"

/*
 * Packets in so long a window: a flood shall neither keep the loop from its
 * deadlines nor the processor busy. What is above waits in the socket, which
 * drops what it has no room for. Each who waits may be answered by several.
 */
#define WINDOW_NS	(10 * NSEC_PER_MS)
#define WINDOW_PACKETS	16
#define WINDOW_PER_KEY	8
#define WINDOW_RUSH	128
#define WAKE_UP_PACKETS 64

/*
 * Hundreds of interfaces may be answered at once, and each packet takes 2 to
 * 4 KiB of the buffer. One interface is well served by the default.
 */
#define RECEIVE_BUFFER_SHARED (2 << 20)

/* Longer ones arrive cut, which the core refuses by their length fields. */
#define RECEIVE_SIZE 2048
_Static_assert(RECEIVE_SIZE <= RECORD_FRAME_MAX, "each can be recorded");

#define VLAN_ID_MASK 0x0fff

/* A link-layer address, with room for the 20 octets of InfiniBand. */
union link_address {
	struct sockaddr_ll ll;
	uint8_t bytes[offsetof(struct sockaddr_ll, sll_addr) + HWADDR_SIZE_MAX];
};

/* A row for each enum packet_kind. */
static const struct {
	uint16_t protocol;
	size_t (*filter)(struct sock_filter program[FILTER_SIZE_MAX],
			 const uint32_t *keys, size_t count);
	unsigned (*ignores)(const uint32_t *keys, size_t count);
} kinds[] = {
	[PACKET_KIND_REPLIES] = { ETH_P_IP, filter_replies,
				  filter_replies_ignores },
	[PACKET_KIND_ARP] = { ETH_P_ARP, filter_arp, filter_arp_ignores },
};

struct packet {
	struct loop_source source; /* first: wake casts back; fd -1: closed */
	enum packet_kind kind;
	struct loop *loop;
	int only_ifindex;
	packet_receive *receive;
	void *owner;

	bool bound;
	bool dirty; /* the filter attached drops what is waited for */
	bool hasty; /* one was attached in this turn already */
	bool loose; /* it passes whatever is waited for */

	/* Ascending; what two interfaces wait for is there twice. */
	uint32_t *keys;
	size_t key_count, key_size;

	/* Those that the filter attached was made of, and what it ignores. */
	uint32_t *passed;
	size_t passed_count;
	unsigned ignored;

	size_t any_count; /* interfaces that wait for any reply to us */

	nsec window_at; /* when the present one began */
	size_t window_count;
	struct loop_timer window_end; /* set: it is full, nothing is read */

	struct rush rush; /* until it ends, all answers pass */
};

/* ---- receiving ------------------------------------------------------- */

/* What the kernel tells beside the packet. */
struct aside {
	bool checksum_partial;
	bool other_vlan;
};

static struct aside read_aside(struct msghdr *message)
{
	struct tpacket_auxdata aux = { 0 };

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c;
	     c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level == SOL_PACKET &&
		    c->cmsg_type == PACKET_AUXDATA &&
		    c->cmsg_len >= CMSG_LEN(sizeof(aux)))
			memcpy(&aux, CMSG_DATA(c), sizeof(aux));
	}
	/* VLAN 0 is no VLAN: the tag carries a priority alone (802.1Q 9.6). */
	return (struct aside){
		.checksum_partial = aux.tp_status & TP_STATUS_CSUMNOTREADY,
		.other_vlan = (aux.tp_status & TP_STATUS_VLAN_VALID) &&
			      (aux.tp_vlan_tci & VLAN_ID_MASK) != 0,
	};
}

static bool is_ours(const struct packet *p, const struct sockaddr_ll *from)
{
	return from->sll_pkttype <= PACKET_MULTICAST &&
	       (p->only_ifindex == 0 || p->only_ifindex == from->sll_ifindex);
}

/* False if there is nothing more to receive. */
static bool receive_one(struct packet *p, uint8_t received[RECEIVE_SIZE], nsec now)
{
	union link_address from = { 0 };
	union {
		struct cmsghdr align;
		uint8_t bytes[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct iovec part = { .iov_base = received, .iov_len = RECEIVE_SIZE };
	struct msghdr message = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t size = recvmsg(p->source.fd, &message, 0);
	struct packet_frame frame = { .bytes = received };
	struct aside aside;

	/* Reading takes a pending error, such as ENETDOWN, off the socket. */
	if (size < 0)
		return errno != EAGAIN;
	aside = read_aside(&message);
	if (!is_ours(p, &from.ll) || aside.other_vlan)
		return true;
	frame.ifindex = from.ll.sll_ifindex;
	frame.size = (size_t)size;
	frame.checksum_partial = aside.checksum_partial;
	if (from.ll.sll_halen <= HWADDR_SIZE_MAX) {
		frame.source.size = from.ll.sll_halen;
		memcpy(frame.source.bytes,
		       from.bytes + offsetof(struct sockaddr_ll, sll_addr),
		       frame.source.size);
	}
	p->receive(p->owner, &frame, now);
	return true;
}

/* In a rush many have been answered by now, and do not wait any more. */
static bool is_window_full(const struct packet *p)
{
	size_t most = WINDOW_PACKETS + WINDOW_PER_KEY * p->key_count;

	return p->window_count >= most + (rush_is_on(&p->rush) ? WINDOW_RUSH : 0);
}

/* The loop does not look at the socket until the window ends. */
static void pause_until_window_end(struct packet *p)
{
	rush_disperse(&p->rush, p->window_at);
	loop_timer_set(p->loop, &p->window_end,
		       nsec_add(p->window_at, WINDOW_NS));
	loop_unwatch(p->loop, &p->source);
}

static void window_ended(struct loop_timer *timer, nsec now)
{
	struct packet *p = LOOP_OWNER(timer, struct packet, window_end);

	(void)now;
	if (p->source.fd >= 0)
		(void)loop_watch(p->loop, &p->source, EPOLLIN);
}

/* An answer each: to look for more costs as much as to be woken by it. */
static size_t budget_of(const struct packet *p)
{
	size_t count = p->key_count + p->any_count;

	return count == 0		 ? 1
	       : count < WAKE_UP_PACKETS ? count
					 : WAKE_UP_PACKETS;
}

static void wake(struct loop_source *source, uint32_t events, nsec now)
{
	struct packet *p = (struct packet *)source;
	const size_t budget = budget_of(p);
	/* Not a part of each socket: of the stack the start has touched more. */
	uint8_t received[RECEIVE_SIZE];

	(void)events;
	if (now >= nsec_add(p->window_at, WINDOW_NS)) {
		p->window_at = now;
		p->window_count = 0;
	}
	for (size_t i = 0; i < budget && p->source.fd >= 0; i++) {
		if (is_window_full(p)) {
			pause_until_window_end(p);
			return;
		}
		if (!receive_one(p, received, now))
			return;
		p->window_count++;
	}
}

/* ---- opening and closing ------------------------------------------------- */

int packet_open(struct packet **ret, enum packet_kind kind, struct loop *loop,
		int only_ifindex, packet_receive *receive, void *owner)
{
	struct packet *p = calloc(1, sizeof(*p));

	if (!p)
		return -ENOMEM;
	p->source.fd = -1;
	p->kind = kind;
	p->loop = loop;
	p->only_ifindex = only_ifindex;
	p->receive = receive;
	p->owner = owner;
	p->window_end.fire = window_ended;
	rush_init(&p->rush, loop);
	*ret = p;
	return 0;
}

static void close_socket(struct packet *p)
{
	if (p->source.fd < 0)
		return;
	loop_unwatch(p->loop, &p->source);
	loop_timer_set(p->loop, &p->window_end, NSEC_NEVER);
	rush_end(&p->rush);
	close(p->source.fd);
	p->source.fd = -1;
	p->bound = false;
	p->passed_count = 0;
}

void packet_close(struct packet *p)
{
	if (!p)
		return;
	close_socket(p);
	free(p->keys);
	free(p->passed);
	free(p);
}

/* ---- the socket and its filter --------------------------------------- */

/* A smaller buffer costs retransmissions at worst. */
static void enlarge_buffer(const struct packet *p)
{
	const int size = RECEIVE_BUFFER_SHARED / 2; /* doubled by the kernel */

	(void)setsockopt(p->source.fd, SOL_SOCKET, SO_RCVBUFFORCE, &size,
			 sizeof(size));
}

/*
 * With protocol 0 the socket receives nothing before it is bound, and binding
 * has no receive hook to wait for.
 */
static int open_socket(struct packet *p)
{
	const int on = 1, priority = PACKET_PRIORITY;
	int fd, error;

	fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &on, sizeof(on)) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	/* Without it, what is sent waits behind other traffic. */
	(void)setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority,
			 sizeof(priority));
	p->source = (struct loop_source){ .fd = fd, .wake = wake };
	if (p->only_ifindex == 0)
		enlarge_buffer(p);
	error = loop_watch(p->loop, &p->source, EPOLLIN);
	if (error) {
		close(fd);
		p->source.fd = -1;
		return error;
	}
	p->dirty = true;
	return 0;
}

/* all: of all keys, whatever is waited for. */
static int attach(struct packet *p, bool all)
{
	const size_t count = all ? FILTER_ALL : p->key_count;
	struct sock_filter program[FILTER_SIZE_MAX];
	struct sock_fprog fprog = { .filter = program };

	fprog.len = (unsigned short)(p->any_count ? filter_replies_any
						  : kinds[p->kind].filter)(
		program, p->keys, count);
	if (setsockopt(p->source.fd, SOL_SOCKET, SO_ATTACH_FILTER, &fprog,
		       sizeof(fprog)) < 0)
		return -errno;
	p->dirty = false;
	p->passed_count = p->key_count;
	if (p->key_count)
		memcpy(p->passed, p->keys, p->key_count * sizeof(*p->keys));
	p->loose = all;
	p->ignored = all ? 32 : kinds[p->kind].ignores(p->keys, p->key_count);
	return 0;
}

/*
 * Of hundreds of keys that go one after another most may pass for a while: each
 * filter has its price, and whoever receives checks all of it again.
 */
static bool passes_too_much(const struct packet *p)
{
	if (rush_is_on(&p->rush))
		return false;
	return p->loose ||
	       (p->passed_count && p->passed_count >= 2 * p->key_count);
}

static int bind_socket(const struct packet *p)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(kinds[p->kind].protocol),
		.sll_ifindex = p->only_ifindex,
	};

	if (bind(p->source.fd, (const struct sockaddr *)&address,
		 sizeof(address)) < 0)
		return -errno;
	return 0;
}

/*
 * Filter first, bind last: nothing can come in between. A socket that only
 * sends is not bound at all.
 */
static int bind_filtered(struct packet *p)
{
	int error;

	if (!p->bound && p->key_count + p->any_count > 0) {
		error = bind_socket(p);
		if (error)
			return error;
		p->bound = true;
	}
	return 0;
}

/*
 * Before a packet leaves. Hundreds may, in one turn, and each of them waits for an
 * answer: from the second on all answers pass, until the turn ends.
 */
static int prepare(struct packet *p)
{
	int error = 0;

	if (p->dirty) {
		error = attach(p, p->hasty || rush_is_on(&p->rush));
		p->hasty = true;
	}
	return error ? error : bind_filtered(p);
}

int packet_flush(struct packet *p)
{
	int error = 0;

	if (p->source.fd < 0)
		return 0;
	if (p->dirty || passes_too_much(p))
		error = attach(p, rush_is_on(&p->rush));
	p->hasty = false;
	return error ? error : bind_filtered(p);
}

/* The index of the first key that is not below. */
static size_t find_key(const uint32_t *keys, size_t count, uint32_t key)
{
	struct bisect b = { 0, count };

	while (b.low < b.high)
		bisect_step(&b, keys[bisect_middle(b)] < key);
	return b.low;
}

/* The filter that is attached lets it pass already. */
static bool passes(const struct packet *p, uint32_t key)
{
	const uint64_t start = (uint64_t)key >> p->ignored << p->ignored;
	size_t at = find_key(p->passed, p->passed_count, (uint32_t)start);

	return at < p->passed_count && (uint64_t)p->passed[at] >> p->ignored ==
					       (uint64_t)key >> p->ignored;
}

/* There is room for one key more, and for a copy of all of them. */
static int make_room(struct packet *p)
{
	size_t size = p->key_size ? 2 * p->key_size : 8;
	uint32_t *keys;

	if (p->key_count < p->key_size)
		return 0;
	keys = realloc(p->passed, size * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	p->passed = keys;
	keys = realloc(p->keys, size * sizeof(*keys));
	if (!keys)
		return -ENOMEM;
	p->keys = keys;
	p->key_size = size;
	return 0;
}

int packet_listen(struct packet *p, uint32_t key)
{
	size_t at = find_key(p->keys, p->key_count, key);

	if (make_room(p) < 0)
		return -ENOMEM;
	if (p->source.fd < 0) {
		int error = open_socket(p);

		if (error)
			return error;
	}
	rush_join(&p->rush, loop_clock());
	memmove(p->keys + at + 1, p->keys + at,
		(p->key_count - at) * sizeof(*p->keys));
	p->keys[at] = key;
	p->key_count++;
	p->dirty |= !passes(p, key);
	return 0;
}

void packet_unlisten(struct packet *p, uint32_t key)
{
	size_t at = find_key(p->keys, p->key_count, key);

	ASSERT(at < p->key_count && p->keys[at] == key);
	p->key_count--;
	memmove(p->keys + at, p->keys + at + 1,
		(p->key_count - at) * sizeof(*p->keys));
}

int packet_listen_any(struct packet *p)
{
	int error = p->source.fd < 0 ? open_socket(p) : 0;

	if (error)
		return error;
	p->dirty |= p->any_count++ == 0;
	return 0;
}

void packet_unlisten_any(struct packet *p)
{
	ASSERT(p->any_count > 0);
	p->dirty |= --p->any_count == 0;
}

void packet_move(struct packet *p, int only_ifindex)
{
	if (!p->only_ifindex)
		return;
	ASSERT(p->key_count == 0);
	close_socket(p);
	p->only_ifindex = only_ifindex;
}

/* To be bound anew, which waits once for what closing would wait for, too. */
void packet_widen(struct packet *p)
{
	if (!p->only_ifindex)
		return;
	p->only_ifindex = 0;
	p->bound = false;
	if (p->source.fd >= 0)
		enlarge_buffer(p);
}

void packet_settle(struct packet *p)
{
	if (p->key_count + p->any_count == 0)
		close_socket(p);
}

/* ---- sending --------------------------------------------------------- */

int packet_send(struct packet *p, int ifindex, const struct hwaddr *hw,
		const void *bytes, size_t size)
{
	union link_address to = {
		.ll = {
			.sll_family = AF_PACKET,
			.sll_protocol = htons(kinds[p->kind].protocol),
			.sll_ifindex = ifindex,
		},
	};
	int error;

	if (p->source.fd < 0) {
		error = open_socket(p);
		if (error)
			return error;
	}
	error = prepare(p);
	if (error)
		return error;
	to.ll.sll_halen = hw->size;
	memcpy(to.bytes + offsetof(struct sockaddr_ll, sll_addr), hw->bytes,
	       hw->size);
	/*
	 * A socket bound to one interface keeps the news that it went down for
	 * whoever comes next, even if it is up again. The second try tells.
	 */
	for (int tries = 0; tries < 2; tries++) {
		if (sendto(p->source.fd, bytes, size, MSG_NOSIGNAL,
			   (const struct sockaddr *)&to, sizeof(to)) >= 0)
			return 0;
		error = -errno;
		if (error != -ENETDOWN)
			break;
	}
	return error;
}
