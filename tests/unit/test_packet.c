/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet socket with its filter, at one end of a veth pair in a namespace of
 * the test; frames of all sorts come in from the other.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/assert.h"
#include "core/message.h"
#include "daemon/packet.h"
#include "netns.h"

Suite *test_packet_suite(void);

static const struct hwaddr all = { 6, { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } };

#define XID UINT32_C(0xdecade01)

/* How long frames may be on their way. */
#define PATIENCE (50 * NSEC_PER_MS)

struct fixture {
	struct loop_timer timer; /* first: stop() casts back */
	struct loop *loop;
	struct packet *packet;
	int ifindex, peer_ifindex;
	int peer; /* a raw packet socket at the other end */

	unsigned received;
	int from_ifindex;
	struct hwaddr from;
	bool checksum_partial;
	size_t size;
	uint8_t bytes[2048];
};

static void take_frame(void *owner, const struct packet_frame *frame, nsec now)
{
	struct fixture *f = owner;

	(void)now;
	f->received++;
	f->from_ifindex = frame->ifindex;
	f->from = frame->source;
	f->checksum_partial = frame->checksum_partial;
	f->size = frame->size;
	memcpy(f->bytes, frame->bytes, frame->size);
}

static void stop(struct loop_timer *timer, nsec now)
{
	(void)now;
	loop_quit(((struct fixture *)timer)->loop, 0);
}

static int open_peer(int ifindex, uint16_t protocol)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = ifindex,
	};
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK, 0);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(
		bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	return fd;
}

/* only: manage v0 alone. Interfaces: v0 ours, v1 its other end. */
static bool set_up(struct fixture *f, bool only)
{
	*f = (struct fixture){ .timer.fire = stop };
	if (!netns_enter())
		return false;
	netns_ip("link add v0 address 02:00:00:00:00:00 type veth "
		 "peer name v1 address 02:00:00:00:00:01");
	netns_ip("link set v0 up");
	netns_ip("link set v1 up");
	netns_wait_up("v0");
	netns_wait_up("v1");
	f->ifindex = netns_index("v0");
	f->peer_ifindex = netns_index("v1");
	f->peer = open_peer(f->peer_ifindex, ETH_P_IP);
	ck_assert_int_eq(loop_open(&f->loop, &(struct loop_hooks){ 0 }, NULL), 0);
	ck_assert_int_eq(packet_open(&f->packet, PACKET_KIND_REPLIES, f->loop,
				     only ? f->ifindex : 0, take_frame, f),
			 0);
	return true;
}

static void tear_down(struct fixture *f)
{
	packet_close(f->packet);
	loop_close(f->loop);
	close(f->peer);
}

/* Runs the loop for so long; returns how many frames came up in it. */
static unsigned receive_for(struct fixture *f, nsec patience)
{
	f->received = 0;
	loop_timer_set(f->loop, &f->timer, loop_clock() + patience);
	ck_assert_int_eq(loop_run(f->loop), 0);
	return f->received;
}

static unsigned receive(struct fixture *f)
{
	return receive_for(f, PATIENCE);
}

static void listen_now(struct fixture *f, uint32_t xid)
{
	ck_assert_int_eq(packet_listen(f->packet, xid), 0);
	ck_assert_int_eq(packet_flush(f->packet), 0);
}

static void unlisten_now(struct fixture *f, uint32_t xid)
{
	packet_unlisten(f->packet, xid);
	ck_assert_int_eq(packet_flush(f->packet), 0);
}

/* An OFFER as an IPv4 packet; returns its size. */
static size_t make_reply(uint8_t packet[DHCP4_PACKET_MAX], uint32_t xid,
			 enum dhcp4_op op)
{
	const struct dhcp4_header header = { .op = (uint8_t)op, .xid = xid };
	const struct datagram datagram = {
		.source = 0x0a000001,
		.destination = IPV4_BROADCAST,
		.source_port = DHCP4_SERVER_PORT,
		.destination_port = DHCP4_CLIENT_PORT,
	};
	struct writer w = writer_over(packet, DHCP4_PACKET_MAX);

	writer_pad(&w, FRAME_HEADERS_SIZE);
	dhcp4_message_begin(&w, &header, DHCP4_TYPE_OFFER);
	dhcp4_message_end(&w, FRAME_HEADERS_SIZE);
	ck_assert(!w.failed);
	frame_seal(packet, w.used - FRAME_HEADERS_SIZE, &datagram);
	return w.used;
}

/* A frame from the other end: what it differs in from a good reply. */
struct frame_case {
	const char *name;
	bool arrives;
	uint8_t destination[6]; /* zeros: v0's own */
	int vlan;		/* its tag, plus 1; 0: none */
	uint16_t ethertype;	/* 0: IPv4 */
	uint32_t xid;		/* 0: the right one */
	enum dhcp4_op op;	/* 0: BOOTREPLY */
	uint8_t fragment;	/* the octet with the flags */
};

static void send_frame(const struct fixture *f, const struct frame_case *c)
{
	static const uint8_t none[6], own[6] = { 2, 0, 0, 0, 0, 0 };
	static const uint8_t peer[6] = { 2, 0, 0, 0, 0, 1 };
	uint8_t packet[DHCP4_PACKET_MAX], frame[DHCP4_PACKET_MAX + 18];
	size_t size = make_reply(packet, c->xid ? c->xid : XID,
				 c->op ? c->op : DHCP4_OP_REPLY);
	struct writer w = writer_over(frame, sizeof(frame));

	packet[6] |= c->fragment;
	writer_bytes(&w, memcmp(c->destination, none, 6) ? c->destination : own,
		     6);
	writer_bytes(&w, peer, 6);
	if (c->vlan) {
		writer_u16(&w, ETH_P_8021Q);
		writer_u16(&w, (uint16_t)(c->vlan - 1));
	}
	writer_u16(&w, c->ethertype ? c->ethertype : ETH_P_IP);
	writer_bytes(&w, packet, size);
	ck_assert_int_eq(send(f->peer, frame, w.used, 0), (int)w.used);
}

static void send_reply(const struct fixture *f, uint32_t xid)
{
	send_frame(f, &(struct frame_case){ .xid = xid });
}

/* ---- tests ----------------------------------------------------------- */

static const struct frame_case frame_cases[] = {
	{ .name = "unicast", .arrives = true },
	{ .name = "broadcast",
	  .arrives = true,
	  .destination = { 255, 255, 255, 255, 255, 255 } },
	{ .name = "multicast",
	  .arrives = true,
	  .destination = { 1, 0, 0x5e, 0, 0, 1 } },
	{ .name = "VLAN 0, a priority", .arrives = true, .vlan = 1 + 0xe000 },
	{ .name = "another host", .destination = { 2, 0, 0, 0, 0, 9 } },
	{ .name = "VLAN 5", .vlan = 1 + 5 },
	{ .name = "another protocol", .ethertype = ETH_P_IPV6 },
	{ .name = "another id", .xid = XID + 1 },
	{ .name = "a request", .op = DHCP4_OP_REQUEST },
	{ .name = "a fragment", .fragment = 0x20 },
};

START_TEST(test_which_frames_arrive)
{
	const struct frame_case *c = &frame_cases[_i];
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID);
	send_frame(&f, c);
	ck_assert_msg(receive(&f) == c->arrives, "%s", c->name);
	tear_down(&f);
}
END_TEST

START_TEST(test_what_is_told_of_a_frame)
{
	static const struct hwaddr peer = { 6, { 2, 0, 0, 0, 0, 1 } };
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = make_reply(packet, XID, DHCP4_OP_REPLY);
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	ck_assert_int_eq(f.from_ifindex, f.ifindex);
	ck_assert(hwaddr_equal(&f.from, &peer));
	ck_assert(!f.checksum_partial);
	ck_assert_uint_eq(f.size, size);
	ck_assert_mem_eq(f.bytes, packet, size);
	tear_down(&f);
}
END_TEST

/* A server on the same machine leaves the sum to hardware that is not there. */
START_TEST(test_unfinished_checksum)
{
	const struct sockaddr_in client = {
		.sin_family = AF_INET,
		.sin_port = htons(DHCP4_CLIENT_PORT),
		.sin_addr.s_addr = htonl(IPV4_BROADCAST),
	};
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = make_reply(packet, XID, DHCP4_OP_REPLY);
	struct datagram datagram;
	const int on = 1;
	struct fixture f;
	int fd;

	if (!set_up(&f, false))
		return;
	netns_ip("addr add 10.9.0.1/24 dev v1");
	listen_now(&f, XID);
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(
		setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)), 0);
	ck_assert_int_eq(setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, "v1", 2), 0);
	ck_assert_int_gt(sendto(fd, packet + FRAME_HEADERS_SIZE,
				size - FRAME_HEADERS_SIZE, 0,
				(const struct sockaddr *)&client, sizeof(client)),
			 0);
	ck_assert_uint_eq(receive(&f), 1);
	ck_assert(f.checksum_partial);
	ck_assert_int_eq(frame_parse(f.bytes, f.size, DHCP4_CLIENT_PORT,
				     f.checksum_partial, &datagram),
			 REJECT_NONE);
	close(fd);
	tear_down(&f);
}
END_TEST

START_TEST(test_ids_come_and_go)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID);
	listen_now(&f, XID - 7);
	listen_now(&f, XID); /* another interface drew the same */
	send_reply(&f, XID);
	send_reply(&f, XID - 7);
	send_reply(&f, XID - 1);
	ck_assert_uint_eq(receive(&f), 2);
	unlisten_now(&f, XID);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	unlisten_now(&f, XID);
	send_reply(&f, XID);
	send_reply(&f, XID - 7);
	ck_assert_uint_eq(receive(&f), 1);
	unlisten_now(&f, XID - 7);
	send_reply(&f, XID - 7);
	ck_assert_uint_eq(receive(&f), 0);
	tear_down(&f);
}
END_TEST

/* Of any id, but to us alone; and the socket stays open for it. */
START_TEST(test_any_id_to_us_alone)
{
	const struct frame_case to_all = {
		.destination = { 255, 255, 255, 255, 255, 255 },
	};
	struct fixture f;

	if (!set_up(&f, false))
		return;
	ck_assert_int_eq(packet_listen_any(f.packet), 0);
	ck_assert_int_eq(packet_listen_any(f.packet), 0);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	packet_settle(f.packet);
	send_reply(&f, XID);
	send_frame(&f, &to_all);
	ck_assert_uint_eq(receive(&f), 1);
	listen_now(&f, XID);
	send_frame(&f, &to_all);
	send_reply(&f, XID + 1);
	ck_assert_uint_eq(receive(&f), 2);
	unlisten_now(&f, XID);
	packet_unlisten_any(f.packet);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	packet_unlisten_any(f.packet);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	packet_settle(f.packet);
	ck_assert_int_eq(packet_listen_any(f.packet), 0);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

START_TEST(test_nothing_slips_in_before_the_filter)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	ck_assert_int_eq(packet_listen(f.packet, XID), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID + 1);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

START_TEST(test_settled_and_open_again)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	packet_settle(f.packet);
	listen_now(&f, XID);
	packet_settle(f.packet); /* one is in flight: stays open */
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	unlisten_now(&f, XID);
	packet_settle(f.packet);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	listen_now(&f, XID);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

/* Whoever asks in one turn is heard, and nobody else is once it ends. */
START_TEST(test_many_ask_in_one_turn)
{
	static const uint8_t octets[] = { 0 };
	struct fixture f;

	if (!set_up(&f, false))
		return;
	for (uint32_t i = 0; i < 8; i++) {
		ck_assert_int_eq(packet_listen(f.packet, XID + i), 0);
		ck_assert_int_eq(packet_send(f.packet, f.ifindex, &all, octets,
					     sizeof(octets)),
				 0);
	}
	for (uint32_t i = 0; i < 8; i++)
		send_reply(&f, XID + i);
	ck_assert_uint_eq(receive(&f), 8);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID + 8);
	ck_assert_uint_eq(receive(&f), 0);
	/* One that is gone is told from the others at the latest with the half. */
	for (uint32_t i = 0; i < 4; i++)
		packet_unlisten(f.packet, XID + i);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	send_reply(&f, XID + 4);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

static void wait_for_the_rush_to_end(struct fixture *f)
{
	ck_assert_uint_eq(receive_for(f, 250 * NSEC_PER_MS), 0);
	ck_assert_int_eq(packet_flush(f->packet), 0);
}

START_TEST(test_more_ids_than_a_filter_holds)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	for (uint32_t i = 0; i < 1000; i++)
		ck_assert_int_eq(packet_listen(f.packet, i * 7919), 0);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	send_reply(&f, 999 * 7919);
	send_frame(&f, &(struct frame_case){ .op = DHCP4_OP_REQUEST });
	ck_assert_uint_eq(receive(&f), 1);
	for (uint32_t i = 0; i < 999; i++)
		packet_unlisten(f.packet, i * 7919);
	wait_for_the_rush_to_end(&f);
	send_reply(&f, 998 * 7919);
	send_reply(&f, 999 * 7919);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

/* Who asks one after another, with an answer each in between. */
static void rush(struct fixture *f, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		listen_now(f, XID + i);
		unlisten_now(f, XID + i);
	}
}

/* One filter does for all; what passes too much goes with the rush. */
START_TEST(test_a_rush_is_heard_out)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	rush(&f, 15);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive_for(&f, 10 * NSEC_PER_MS), 0);
	rush(&f, 200);
	send_reply(&f, XID);
	ck_assert_uint_ge(receive(&f), 1);
	wait_for_the_rush_to_end(&f);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	tear_down(&f);
}
END_TEST

/* For want of descriptors nobody waits. */
START_TEST(test_who_cannot_listen_makes_no_rush)
{
	struct rlimit limit, none;
	struct fixture f;

	if (!set_up(&f, false))
		return;
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
	for (uint32_t i = 1; i <= 16; i++)
		ck_assert_int_eq(packet_listen(f.packet, XID + i), -EMFILE);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
	listen_now(&f, XID + 99);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive_for(&f, 10 * NSEC_PER_MS), 0);
	tear_down(&f);
}
END_TEST

/* What is others' does not drown who rush: it ends the rush. */
START_TEST(test_a_flood_ends_a_rush)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID + 99);
	rush(&f, 200);
	for (int i = 0; i < 160; i++)
		send_reply(&f, XID);
	while (!f.received)
		receive_for(&f, NSEC_PER_MS);
	ck_assert_int_eq(packet_flush(f.packet), 0);
	receive(&f);
	rush(&f, 200);
	send_reply(&f, XID);
	send_reply(&f, XID + 99);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

/* One who waits is told 24 packets in 10 ms; nothing that has room is lost. */
START_TEST(test_a_flood_is_read_in_turns)
{
	const nsec window = 10 * NSEC_PER_MS;
	unsigned sum;
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID);
	for (int i = 0; i < 100; i++)
		send_reply(&f, XID);
	sum = receive_for(&f, window);
	ck_assert_uint_ge(sum, 24);
	ck_assert_uint_le(sum, 2 * 24);
	for (int i = 0; i < 20 && sum < 100; i++)
		sum += receive_for(&f, window);
	ck_assert_uint_eq(sum, 100);
	tear_down(&f);
}
END_TEST

/* A socket that is closed while its reader pauses is read when open again. */
START_TEST(test_closed_in_a_flood)
{
	struct fixture f;

	if (!set_up(&f, false))
		return;
	listen_now(&f, XID);
	for (int i = 0; i < 100; i++)
		send_reply(&f, XID);
	while (!f.received)
		receive_for(&f, NSEC_PER_MS);
	unlisten_now(&f, XID);
	packet_settle(f.packet);
	ck_assert_uint_eq(receive(&f), 0);
	listen_now(&f, XID);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

START_TEST(test_only_the_managed_interface)
{
	struct fixture f;

	if (!set_up(&f, true))
		return;
	netns_ip("link add w0 address 02:00:00:00:00:00 type veth peer name w1");
	netns_ip("link set w0 up");
	netns_ip("link set w1 up");
	netns_wait_up("w1");
	listen_now(&f, XID);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	close(f.peer);
	f.peer = open_peer(netns_index("w1"), ETH_P_IP);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 0);
	tear_down(&f);
}
END_TEST

/* What the other end receives, with its Ethernet header; 0: nothing. */
static size_t receive_at_peer(const struct fixture *f, uint8_t frame[2048])
{
	ssize_t size = recv(f->peer, frame, 2048, 0);

	return size < 0 ? 0 : (size_t)size;
}

static int priority_of(const struct packet *packet)
{
	/* First in it. */
	const struct loop_source *source = (const struct loop_source *)packet;
	int priority = 0;
	socklen_t size = sizeof(priority);

	ck_assert_int_eq(getsockopt(source->fd, SOL_SOCKET, SO_PRIORITY,
				    &priority, &size),
			 0);
	return priority;
}

START_TEST(test_sending)
{
	static const struct hwaddr server = { 6, { 2, 0, 0, 0, 0, 1 } };
	static const uint8_t broadcast[6] = { 255, 255, 255, 255, 255, 255 };
	uint8_t packet[DHCP4_PACKET_MAX], frame[2048];
	size_t size = make_reply(packet, XID, DHCP4_OP_REQUEST);
	struct fixture f;

	if (!set_up(&f, _i))
		return;
	ck_assert_int_eq(packet_send(f.packet, f.ifindex, &all, packet, size), 0);
	ck_assert_uint_eq(receive_at_peer(&f, frame), ETH_HLEN + size);
	ck_assert_mem_eq(frame, broadcast, 6);
	ck_assert_mem_eq(frame + ETH_HLEN, packet, size);
	ck_assert_int_eq(priority_of(f.packet), PACKET_PRIORITY);
	ck_assert_int_eq(packet_send(f.packet, f.ifindex, &server, packet, size),
			 0);
	ck_assert_uint_eq(receive_at_peer(&f, frame), ETH_HLEN + size);
	ck_assert_mem_eq(frame, server.bytes, 6);
	ck_assert_int_eq(packet_send(f.packet, 12345, &all, packet, size),
			 -ENXIO);
	tear_down(&f);
}
END_TEST

/* A socket bound to an interface remembers that this went down. */
START_TEST(test_sending_after_the_link_was_down)
{
	uint8_t packet[DHCP4_PACKET_MAX];
	size_t size = make_reply(packet, XID, DHCP4_OP_REQUEST);
	struct fixture f;

	if (!set_up(&f, _i))
		return;
	listen_now(&f, XID);
	netns_ip("link set v0 down");
	ck_assert_int_eq(packet_send(f.packet, f.ifindex, &all, packet, size),
			 -ENETDOWN);
	netns_ip("link set v0 up");
	netns_ip("link set v0 down");
	netns_ip("link set v0 up");
	netns_wait_up("v0");
	netns_wait_up("v1");
	ck_assert_int_eq(packet_send(f.packet, f.ifindex, &all, packet, size), 0);
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	netns_ip("link set v0 down");
	ck_assert_uint_eq(receive(&f), 0);
	netns_ip("link set v0 up");
	netns_wait_up("v1");
	send_reply(&f, XID);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

/* ---- ARP ------------------------------------------------------------- */

#define ADDRESS 0x0a000032
#define OTHER	0x0a000033

/* The other end says that it has an address. */
static void send_arp(int peer, ipv4_addr sender)
{
	static const struct arp claim = { .op = ARP_OP_REPLY,
					  .sender_hw = { 2, 0, 0, 0, 0, 1 } };
	uint8_t frame[ETH_HLEN + ARP_SIZE] = { 255, 255, 255, 255, 255, 255, 2,
					       0,   0,	 0,   0,   1,	8,   6 };
	struct arp arp = claim;

	arp.sender = sender;
	arp_write(frame + ETH_HLEN, &arp);
	ck_assert_int_eq(send(peer, frame, sizeof(frame), 0), sizeof(frame));
}

/* The same for another socket, which hears of addresses. */
static bool set_up_arp(struct fixture *f, bool only)
{
	if (!set_up(f, only))
		return false;
	packet_close(f->packet);
	close(f->peer);
	f->peer = open_peer(f->peer_ifindex, ETH_P_ARP);
	ck_assert_int_eq(packet_open(&f->packet, PACKET_KIND_ARP, f->loop,
				     only ? f->ifindex : 0, take_frame, f),
			 0);
	return true;
}

START_TEST(test_arp_of_watched_addresses)
{
	struct fixture f;
	struct arp arp;

	if (!set_up_arp(&f, _i))
		return;
	listen_now(&f, ADDRESS);
	send_arp(f.peer, OTHER);
	ck_assert_uint_eq(receive(&f), 0);
	send_arp(f.peer, ADDRESS);
	ck_assert_uint_eq(receive(&f), 1);
	ck_assert_int_eq(f.from_ifindex, f.ifindex);
	ck_assert(arp_parse(f.bytes, f.size, &arp));
	ck_assert_uint_eq(arp.sender, ADDRESS);
	listen_now(&f, OTHER);
	unlisten_now(&f, ADDRESS);
	send_arp(f.peer, ADDRESS);
	send_arp(f.peer, OTHER);
	ck_assert_uint_eq(receive(&f), 1);
	tear_down(&f);
}
END_TEST

/* Covers: 5227-1.1-01 */
START_TEST(test_arp_is_sent_to_all)
{
	const struct arp probe = { .op = ARP_OP_REQUEST, .target = ADDRESS };
	uint8_t packet[ARP_SIZE], frame[2048];
	struct fixture f;

	if (!set_up_arp(&f, _i))
		return;
	arp_write(packet, &probe);
	ck_assert_int_eq(packet_send(f.packet, f.ifindex, &all, packet,
				     sizeof(packet)),
			 0);
	ck_assert_uint_eq(receive_at_peer(&f, frame), ETH_HLEN + ARP_SIZE);
	ck_assert_mem_eq(frame, "\377\377\377\377\377\377\2\0\0\0\0\0\10\6",
			 ETH_HLEN);
	ck_assert_mem_eq(frame + ETH_HLEN, packet, sizeof(packet));
	tear_down(&f);
}
END_TEST

Suite *test_packet_suite(void)
{
	Suite *suite = suite_create("packet");
	TCase *tcase = tcase_create("packet");

	tcase_add_loop_test(tcase, test_which_frames_arrive, 0,
			    (int)ARRAY_SIZE(frame_cases));
	tcase_add_test(tcase, test_what_is_told_of_a_frame);
	tcase_add_test(tcase, test_unfinished_checksum);
	tcase_add_test(tcase, test_ids_come_and_go);
	tcase_add_test(tcase, test_any_id_to_us_alone);
	tcase_add_test(tcase, test_nothing_slips_in_before_the_filter);
	tcase_add_test(tcase, test_settled_and_open_again);
	tcase_add_test(tcase, test_many_ask_in_one_turn);
	tcase_add_test(tcase, test_more_ids_than_a_filter_holds);
	tcase_add_test(tcase, test_a_rush_is_heard_out);
	tcase_add_test(tcase, test_who_cannot_listen_makes_no_rush);
	tcase_add_test(tcase, test_a_flood_ends_a_rush);
	tcase_add_test(tcase, test_a_flood_is_read_in_turns);
	tcase_add_test(tcase, test_closed_in_a_flood);
	tcase_add_test(tcase, test_only_the_managed_interface);
	tcase_add_loop_test(tcase, test_sending, 0, 2);
	tcase_add_loop_test(tcase, test_sending_after_the_link_was_down, 0, 2);
	tcase_add_loop_test(tcase, test_arp_of_watched_addresses, 0, 2);
	tcase_add_loop_test(tcase, test_arp_is_sent_to_all, 0, 2);
	suite_add_tcase(suite, tcase);
	return suite;
}
