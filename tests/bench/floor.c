/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * floor: the least that a program has to do for a lease. It is what all times
 * of the bench are compared with, and no client to use: it believes the first
 * offer, probes nothing, sets no route, keeps no file, and is never patient.
 *
 *   floor IFACE...
 *
 * DISCOVER, OFFER, REQUEST, ACK through one packet socket, and RTM_NEWADDR; a
 * REQUEST at T1, and one when the carrier returns. It ends by a signal.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/packet.h"

#define NS_PER_S  1000000000ULL
#define RETRY_NS  NS_PER_S
#define TRIES_MAX 5
#define BUFFER	  (16 << 20) /* for a thousand replies at once */

enum state {
	SELECTING,
	REQUESTING,
	REBOOTING,
	BOUND,
	RENEWING,
	DOWN
};

struct client {
	int ifindex;
	enum state state;
	unsigned tries;
	uint64_t deadline_ns;
	uint8_t mac[6], server_mac[6];
	uint32_t xid, address, server, mask, lease_s, t1_s;
};

static struct client *clients, **by_index;
static int count, index_max, packets, netlink;
static uint64_t soonest_ns; /* no client's deadline is earlier */

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

_Noreturn static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void wait_until(struct client *client, uint64_t deadline_ns)
{
	client->deadline_ns = deadline_ns;
	if (deadline_ns < soonest_ns)
		soonest_ns = deadline_ns;
}

static void set_address(const struct client *client)
{
	struct {
		struct nlmsghdr header;
		struct ifaddrmsg body;
		struct rtattr local;
		uint32_t address;
		struct rtattr times;
		struct ifa_cacheinfo info;
	} request = {
		.header = { .nlmsg_len = sizeof(request),
			    .nlmsg_type = RTM_NEWADDR,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_CREATE |
					   NLM_F_REPLACE },
		.body = { .ifa_family = AF_INET,
			  .ifa_prefixlen =
				  (uint8_t)__builtin_popcount(client->mask),
			  .ifa_index = (unsigned)client->ifindex },
		.local = { .rta_len = RTA_LENGTH(4), .rta_type = IFA_LOCAL },
		.address = client->address,
		.times = { .rta_len = RTA_LENGTH(sizeof(request.info)),
			   .rta_type = IFA_CACHEINFO },
		.info = { .ifa_prefered = client->lease_s,
			  .ifa_valid = client->lease_s },
	};

	if (send(netlink, &request, sizeof(request), 0) < 0)
		fail("RTM_NEWADDR");
}

static void transmit(struct client *client)
{
	struct message message = {
		.op = OP_REQUEST,
		.type = client->state == SELECTING ? TYPE_DISCOVER : TYPE_REQUEST,
		.xid = client->xid,
	};
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = client->ifindex,
		.sll_halen = 6,
		.sll_addr = { 255, 255, 255, 255, 255, 255 },
	};
	uint32_t source = 0, destination = INADDR_BROADCAST;
	uint8_t packet[PACKET_SIZE_MAX];
	size_t size;

	memcpy(message.chaddr, client->mac, 6);
	if (client->state == REQUESTING)
		message.server = client->server;
	if (client->state == REQUESTING || client->state == REBOOTING)
		message.requested = client->address;
	if (client->state == RENEWING) {
		source = message.ciaddr = client->address;
		destination = client->server;
		memcpy(to.sll_addr, client->server_mac, 6);
	}
	size = packet_write(packet, &message, source, destination);
	if (sendto(packets, packet, size, 0, (struct sockaddr *)&to,
		   sizeof(to)) < 0 &&
	    errno != ENETDOWN && errno != ENOBUFS)
		fail("send");
	client->tries++;
	wait_until(client, now_ns() + RETRY_NS);
}

static void begin(struct client *client, enum state state)
{
	client->state = state;
	client->tries = 0;
	client->xid = (uint32_t)random();
	transmit(client);
}

static void take_ack(struct client *client, const struct message *ack)
{
	client->address = ack->yiaddr;
	client->server = ack->server;
	client->mask = ack->mask;
	client->lease_s = ack->lease_s;
	client->t1_s = ack->t1_s ? ack->t1_s : ack->lease_s / 2;
	client->state = BOUND;
	wait_until(client, now_ns() + client->t1_s * NS_PER_S);
	set_address(client);
}

static void take(struct client *client, const struct message *message)
{
	bool asked = client->state == REQUESTING ||
		     client->state == REBOOTING || client->state == RENEWING;

	if (client->state == SELECTING && message->type == TYPE_OFFER) {
		client->address = message->yiaddr;
		client->server = message->server;
		client->state = REQUESTING;
		client->tries = 0;
		transmit(client);
	} else if (asked && message->type == TYPE_ACK) {
		take_ack(client, message);
	} else if (asked && message->type == TYPE_NAK) {
		begin(client, SELECTING);
	}
}

static void receive(void)
{
	uint8_t packet[2048];
	struct sockaddr_ll from;
	socklen_t from_size = sizeof(from);
	struct message message;
	ssize_t size;

	while ((size = recvfrom(packets, packet, sizeof(packet), MSG_DONTWAIT,
				(struct sockaddr *)&from, &from_size)) >= 0) {
		struct client *client = from.sll_ifindex <= index_max
						? by_index[from.sll_ifindex]
						: NULL;

		if (!client ||
		    packet_read(packet, (size_t)size, 68, &message) < 0 ||
		    message.op != OP_REPLY || message.xid != client->xid ||
		    memcmp(message.chaddr, client->mac, 6) != 0)
			continue;
		memcpy(client->server_mac, from.sll_addr, 6);
		take(client, &message);
	}
}

static void follow_link(const struct ifinfomsg *link)
{
	struct client *client =
		link->ifi_index <= index_max ? by_index[link->ifi_index] : NULL;
	bool up = link->ifi_flags & IFF_RUNNING &&
		  link->ifi_flags & LINK_LOWER_UP;

	if (!client)
		return;
	if (!up) {
		client->state = DOWN;
		client->deadline_ns = UINT64_MAX;
	} else if (client->state == DOWN) {
		begin(client, client->lease_s ? REBOOTING : SELECTING);
	}
}

static void follow_links(void)
{
	static char buffer[1 << 16];
	ssize_t got;

	while ((got = recv(netlink, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0) {
		struct nlmsghdr *header = (void *)buffer;
		unsigned left = (unsigned)got;

		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			if (header->nlmsg_type == RTM_NEWLINK)
				follow_link(NLMSG_DATA(header));
		}
	}
}

static void act(struct client *client)
{
	if (client->state == BOUND)
		begin(client, RENEWING);
	else if (client->tries >= TRIES_MAX)
		begin(client, SELECTING);
	else
		transmit(client);
}

static void act_on_time(uint64_t now)
{
	if (now < soonest_ns)
		return;
	soonest_ns = UINT64_MAX;
	for (int i = 0; i < count; i++) {
		if (clients[i].deadline_ns <= now)
			act(&clients[i]);
		else if (clients[i].deadline_ns < soonest_ns)
			soonest_ns = clients[i].deadline_ns;
	}
}

static void find_interfaces(char **names)
{
	clients = calloc((size_t)count, sizeof(*clients));
	if (!clients)
		fail("memory");
	for (int i = 0; i < count; i++) {
		struct ifreq request = { 0 };

		strncpy(request.ifr_name, names[i], IFNAMSIZ - 1);
		if (ioctl(packets, SIOCGIFINDEX, &request) < 0)
			fail(names[i]);
		clients[i].ifindex = request.ifr_ifindex;
		if (ioctl(packets, SIOCGIFHWADDR, &request) < 0)
			fail(names[i]);
		memcpy(clients[i].mac, request.ifr_hwaddr.sa_data, 6);
		if (clients[i].ifindex > index_max)
			index_max = clients[i].ifindex;
	}
	by_index = calloc((size_t)index_max + 1, sizeof(struct client *));
	if (!by_index)
		fail("memory");
	for (int i = 0; i < count; i++)
		by_index[clients[i].ifindex] = &clients[i];
}

static void listen_all(void)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = count == 1 ? clients[0].ifindex : 0,
	};
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK,
				      .nl_groups = RTMGRP_LINK };
	int size = BUFFER;

	if (packet_filter(packets, 68, OP_REPLY,
			  count == 1 ? clients[0].mac : NULL) < 0)
		fail("filter");
	if (count > 1 && (setsockopt(packets, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				     sizeof(size)) < 0 ||
			  setsockopt(netlink, SOL_SOCKET, SO_RCVBUFFORCE, &size,
				     sizeof(size)) < 0))
		fail("buffers");
	if (bind(packets, (struct sockaddr *)&here, sizeof(here)) < 0 ||
	    bind(netlink, (struct sockaddr *)&groups, sizeof(groups)) < 0)
		fail("bind");
}

int main(int argc, char **argv)
{
	struct timespec seed;

	count = argc - 1;
	if (count < 1)
		return 64;
	packets = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (packets < 0 || netlink < 0)
		fail("socket");
	clock_gettime(CLOCK_MONOTONIC, &seed);
	srandom((unsigned)seed.tv_nsec ^ (unsigned)getpid());
	find_interfaces(argv + 1);
	listen_all();
	for (int i = 0; i < count; i++)
		begin(&clients[i], SELECTING);
	for (;;) {
		struct pollfd polled[] = { { packets, POLLIN, 0 },
					   { netlink, POLLIN, 0 } };
		uint64_t now = now_ns();

		act_on_time(now);
		poll(polled, 2,
		     soonest_ns <= now ? 0
		     : soonest_ns == UINT64_MAX
			     ? -1
			     : (int)((soonest_ns - now) / 1000000) + 1);
		if (polled[0].revents)
			receive();
		if (polled[1].revents)
			follow_links();
	}
}
