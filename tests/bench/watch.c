/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * watch: the instants that the bench measures, as the kernel tells them, a line
 * each, with CLOCK_MONOTONIC in ns.
 *
 *   watch NETNS IFACE [arp]
 *
 *   NS up|down IFINDEX             carrier in the client's namespace, NETNS
 *   NS add|del IFINDEX ADDRESS     IPv4 addresses there
 *   NS in|out TYPE MAC CIADDR DST  DHCP at IFACE here, the server's side; by
 *                                  the number of its type
 *   NS in|out arp OP SENDER TARGET and ARP, if asked for
 *
 * Packets have the kernel's own time stamp, the rest that of being read. IFACE
 * "all" is every interface.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/packet.h"

#define BUFFER (256 << 20)

_Noreturn static void fail(const char *what)
{
	fprintf(stderr, "watch: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long long nanoseconds(struct timespec time)
{
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static long long clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return nanoseconds(now);
}

static void large_buffer(int fd)
{
	int size = BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		fail("a large buffer");
}

/* A netlink socket of another namespace; this process stays in its own. */
static int open_netlink(const char *path)
{
	struct sockaddr_nl groups = { .nl_family = AF_NETLINK,
				      .nl_groups = RTMGRP_LINK |
						   RTMGRP_IPV4_IFADDR };
	int here = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), fd;
	int there = open(path, O_RDONLY | O_CLOEXEC);

	if (here < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
		fail(path);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	if (fd < 0 || bind(fd, (struct sockaddr *)&groups, sizeof(groups)) < 0)
		fail("netlink");
	large_buffer(fd);
	if (setns(here, CLONE_NEWNET) < 0)
		fail("setns");
	close(here);
	close(there);
	return fd;
}

/* UDP from or to ports 67 and 68, and ARP or not. */
static int open_packets(const char *interface, int with_arp)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_ARP, with_arp ? 8 : 7,
			 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ETH_P_IP, 0, 6),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 23),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 4),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 14),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 16),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 67, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 68, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, 0),
		BPF_STMT(BPF_RET | BPF_K, 65535),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_ALL) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), yes = 1;

	if (strcmp(interface, "all") != 0) {
		here.sll_ifindex = (int)if_nametoindex(interface);
		if (!here.sll_ifindex)
			fail(interface);
	}
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)) < 0)
		fail("packets");
	large_buffer(fd);
	if (bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		fail("bind");
	return fd;
}

static void tell_link(long long now, const struct ifinfomsg *link)
{
	int up = link->ifi_flags & IFF_RUNNING && link->ifi_flags & LINK_LOWER_UP;

	printf("%lld %s %d\n", now, up ? "up" : "down", link->ifi_index);
}

static void tell_address(long long now, const struct nlmsghdr *header)
{
	const struct ifaddrmsg *address = NLMSG_DATA(header);
	const struct rtattr *each = IFA_RTA(address);
	unsigned left = (unsigned)IFA_PAYLOAD(header);
	char text[INET_ADDRSTRLEN] = "-";

	for (; RTA_OK(each, left); each = RTA_NEXT(each, left)) {
		if (each->rta_type == IFA_LOCAL && address->ifa_family == AF_INET)
			inet_ntop(AF_INET, RTA_DATA(each), text, sizeof(text));
	}
	printf("%lld %s %u %s\n", now,
	       header->nlmsg_type == RTM_NEWADDR ? "add" : "del",
	       address->ifa_index, text);
}

static void read_netlink(int fd)
{
	static char buffer[1 << 16];
	ssize_t got;

	while ((got = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT)) > 0) {
		struct nlmsghdr *header = (void *)buffer;
		long long now = clock_ns(CLOCK_MONOTONIC);
		unsigned left = (unsigned)got;

		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			if (header->nlmsg_type == RTM_NEWLINK)
				tell_link(now, NLMSG_DATA(header));
			else if (header->nlmsg_type == RTM_NEWADDR ||
				 header->nlmsg_type == RTM_DELADDR)
				tell_address(now, header);
		}
	}
	if (got < 0 && errno == ENOBUFS)
		fail("events were lost");
}

static void tell_arp(long long at, const char *way, const uint8_t *arp)
{
	char sender[INET_ADDRSTRLEN], target[INET_ADDRSTRLEN];

	inet_ntop(AF_INET, arp + 14, sender, sizeof(sender));
	inet_ntop(AF_INET, arp + 24, target, sizeof(target));
	printf("%lld %s arp %d %s %s\n", at, way, arp[7], sender, target);
}

static void tell_frame(long long at, const char *way, const uint8_t *frame,
		       size_t size)
{
	const uint8_t *packet = frame + ETH_HLEN;
	char from[INET_ADDRSTRLEN], to[INET_ADDRSTRLEN];
	struct message message;

	if (frame[12] == 8 && frame[13] == 6) {
		if (size >= ETH_HLEN + 28)
			tell_arp(at, way, packet);
		return;
	}
	size -= ETH_HLEN;
	if (packet_read(packet, size, 67, &message) < 0 &&
	    packet_read(packet, size, 68, &message) < 0)
		return;
	inet_ntop(AF_INET, &message.ciaddr, from, sizeof(from));
	inet_ntop(AF_INET, packet + 16, to, sizeof(to));
	printf("%lld %s %d %02x%02x%02x%02x%02x%02x %s %s\n", at, way,
	       message.type, message.chaddr[0], message.chaddr[1],
	       message.chaddr[2], message.chaddr[3], message.chaddr[4],
	       message.chaddr[5], from, to);
}

/* The kernel stamps by the wall clock: moved to the monotonic one. */
static long long stamp_of(struct msghdr *header)
{
	long long now = clock_ns(CLOCK_MONOTONIC);
	struct cmsghdr *each = CMSG_FIRSTHDR(header);
	struct timespec stamp;

	for (; each; each = CMSG_NXTHDR(header, each)) {
		if (each->cmsg_level != SOL_SOCKET ||
		    each->cmsg_type != SO_TIMESTAMPNS)
			continue;
		memcpy(&stamp, CMSG_DATA(each), sizeof(stamp));
		return nanoseconds(stamp) - clock_ns(CLOCK_REALTIME) + now;
	}
	return now;
}

static void read_packets(int fd)
{
	static uint8_t frame[65536];
	union {
		struct cmsghdr header;
		char octets[128];
	} control;
	struct sockaddr_ll from;
	struct iovec part = { frame, sizeof(frame) };

	for (;;) {
		struct msghdr header = {
			.msg_name = &from,
			.msg_namelen = sizeof(from),
			.msg_iov = &part,
			.msg_iovlen = 1,
			.msg_control = &control,
			.msg_controllen = sizeof(control),
		};
		ssize_t size = recvmsg(fd, &header, MSG_DONTWAIT);

		if (size < ETH_HLEN)
			return;
		tell_frame(stamp_of(&header),
			   from.sll_pkttype == PACKET_OUTGOING ? "out" : "in",
			   frame, (size_t)size);
	}
}

/* Who watches does not wait for a turn: it is awake for moments, but then at once. */
static void go_first(void)
{
	struct sched_param priority = { .sched_priority = 1 };

	if (sched_setscheduler(0, SCHED_FIFO, &priority) < 0)
		perror("watch: its own instants may be late");
}

int main(int argc, char **argv)
{
	struct pollfd polled[2] = { { .events = POLLIN }, { .events = POLLIN } };

	if (argc < 3)
		return 64;
	go_first();
	polled[0].fd = open_netlink(argv[1]);
	polled[1].fd = open_packets(argv[2], argc > 3);
	printf("0 READY\n");
	for (;;) {
		fflush(stdout);
		poll(polled, 2, -1);
		if (polled[0].revents)
			read_netlink(polled[0].fd);
		if (polled[1].revents)
			read_packets(polled[1].fd);
	}
}
