/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flood: broadcasts that are meant for others, so many a second, until so many
 * are sent. It works in a network namespace of the bench alone.
 *
 *   flood KIND COUNT A_SECOND IFACE
 *     reply     BOOTREPLYs, ACKs, for other xids and hardware addresses
 *     discover  other clients' DISCOVERs
 *     udp       noise to port 68
 *     arp       questions of strangers for strangers
 *
 * It sends past the queues (PACKET_QDISC_BYPASS), so nobody on this side looks
 * at them: neither the server nor who watches pays. Prints how many were sent.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "bench/packet.h"

#define FRAMES	  1024 /* different ones, sent over and over */
#define BATCH	  32
#define COUNT_MAX 20000000
#define PAUSE_US  200
#define NET	  0x0a630000 /* 10.99.0.0: where the bench is */

struct frame {
	size_t size;
	uint8_t octets[ETH_HLEN + PACKET_SIZE_MAX];
};

static struct frame frames[FRAMES];

static void draw(uint8_t *octets, size_t size)
{
	while (size--)
		*octets++ = (uint8_t)(random() >> 8);
}

static size_t make_message(uint8_t *packet, uint8_t op, uint8_t type)
{
	struct message message = { .op = op, .type = type };

	draw((uint8_t *)&message.xid, sizeof(message.xid));
	draw(message.chaddr, sizeof(message.chaddr));
	message.chaddr[0] = 6; /* nobody in the bench begins so */
	if (op == OP_REQUEST)
		return packet_write(packet, &message, 0, INADDR_BROADCAST);
	message.yiaddr = htonl(NET | 0xfd00 | (random() & 0xff));
	message.server = message.router = htonl(NET | 1);
	message.mask = htonl(0xffff0000);
	message.lease_s = 3600;
	return packet_write(packet, &message, message.server, INADDR_BROADCAST);
}

static size_t make_reply(uint8_t *packet)
{
	return make_message(packet, OP_REPLY, TYPE_ACK);
}

static size_t make_discover(uint8_t *packet)
{
	return make_message(packet, OP_REQUEST, TYPE_DISCOVER);
}

static size_t make_udp(uint8_t *packet)
{
	size_t payload = 1 + (size_t)random() % 500;

	draw(packet + PACKET_DHCP, payload);
	return packet_seal(packet, payload, htonl(NET | 2), 4000,
			   INADDR_BROADCAST, 68);
}

static size_t make_arp(uint8_t *arp)
{
	static const uint8_t question[] = { 0, 1, 8, 0, 6, 4, 0, 1 };
	uint32_t sender = htonl(NET | 0xfb00 | (random() & 0xff));
	uint32_t target = htonl(NET | 0xfc00 | (random() & 0xff));

	memset(arp, 0, 46); /* Ethernet's least */
	memcpy(arp, question, sizeof(question));
	draw(arp + 8, 6);
	arp[8] = 6;
	memcpy(arp + 14, &sender, 4);
	memcpy(arp + 24, &target, 4);
	return 46;
}

static const struct kind {
	const char *name;
	uint16_t protocol;
	size_t (*make)(uint8_t *packet);
} kinds[] = {
	{ "reply", ETH_P_IP, make_reply },
	{ "discover", ETH_P_IP, make_discover },
	{ "udp", ETH_P_IP, make_udp },
	{ "arp", ETH_P_ARP, make_arp },
};

static void make_frames(const struct kind *kind)
{
	for (struct frame *each = frames; each < frames + FRAMES; each++) {
		memset(each->octets, 255, 6);
		draw(each->octets + 6, 6);
		each->octets[6] = 6;
		each->octets[12] = (uint8_t)(kind->protocol >> 8);
		each->octets[13] = (uint8_t)kind->protocol;
		each->size = ETH_HLEN + kind->make(each->octets + ETH_HLEN);
	}
}

static int open_port(const char *interface)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_ifindex =
					    (int)if_nametoindex(interface) };
	int fd = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0), yes = 1;

	if (!here.sll_ifindex || fd < 0 ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &yes, sizeof(yes)) <
		    0 ||
	    bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0) {
		perror(interface);
		exit(1);
	}
	return fd;
}

static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int send_some(int fd, long from, int count)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec parts[BATCH];

	for (int i = 0; i < count; i++) {
		struct frame *frame = &frames[(from + i) % FRAMES];

		parts[i] = (struct iovec){ frame->octets, frame->size };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	return sendmmsg(fd, messages, (unsigned)count, 0);
}

static long send_all(int fd, long count, double a_second)
{
	double start = now_s();
	long sent = 0;

	while (sent < count) {
		double due = (now_s() - start) * a_second - (double)sent;
		int some = due > BATCH ? BATCH : (int)due;

		if (some > count - sent)
			some = (int)(count - sent);
		if (some < 1) {
			usleep(PAUSE_US);
			continue;
		}
		some = send_some(fd, sent, some);
		if (some < 0 && errno != ENOBUFS && errno != EAGAIN) {
			perror("flood: send");
			exit(1);
		}
		sent += some > 0 ? some : 0;
	}
	return sent;
}

int main(int argc, char **argv)
{
	const struct kind *kind = kinds,
			  *end = kinds + sizeof(kinds) / sizeof(*kinds);
	long count = argc == 5 ? atol(argv[2]) : 0;

	while (argc == 5 && kind < end && strcmp(kind->name, argv[1]) != 0)
		kind++;
	if (count < 1 || count > COUNT_MAX || kind == end)
		return 64;
	packet_only_in_the_bench("flood");
	make_frames(kind);
	printf("%ld\n", send_all(open_port(argv[4]), count, atof(argv[3])));
	return 0;
}
