/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * responder: a DHCP server that costs next to nothing, on all interfaces at
 * once. It keeps no leases: the last two octets of a hardware address are those
 * of its IPv4 address. So a thousand links need no bridge, and no server's own
 * limits show in what is measured.
 *
 *   responder SERVER LEASE_S [T1_S]
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/packet.h"

#define BUFFER	    (64 << 20)
#define PREFIX	    16
#define FIRST_OF_IT 256 /* behind the server's own address and its like */

_Noreturn static void fail(const char *what)
{
	perror(what);
	exit(1);
}

/* So that the kernel sends no error to who asks by unicast. */
static void hold_port(void)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = { 1, &drop };
	struct sockaddr_in any = { .sin_family = AF_INET, .sin_port = htons(67) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)) < 0 ||
	    bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0)
		fail("port 67");
}

static int listen_all(void)
{
	struct sockaddr_ll here = { .sll_family = AF_PACKET,
				    .sll_protocol = htons(ETH_P_IP) };
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0), size = BUFFER;

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    packet_filter(fd, 67, OP_REQUEST, NULL) < 0 ||
	    bind(fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		fail("packet socket");
	return fd;
}

static void answer(int fd, uint32_t server, struct message *message,
		   const struct sockaddr_ll *from)
{
	uint32_t host = FIRST_OF_IT + (uint32_t)(message->chaddr[4] << 8) +
			message->chaddr[5];
	uint32_t destination = INADDR_BROADCAST;
	struct sockaddr_ll to = *from;
	uint8_t packet[PACKET_SIZE_MAX];
	size_t size;

	if (message->type != TYPE_DISCOVER && message->type != TYPE_REQUEST)
		return;
	message->op = OP_REPLY;
	message->type = message->type == TYPE_DISCOVER ? TYPE_OFFER : TYPE_ACK;
	message->yiaddr = htonl((ntohl(server) & ~0U << (32 - PREFIX)) + host);
	message->requested = 0;
	message->server = message->router = server;
	message->mask = htonl(~0U << (32 - PREFIX));
	if (message->ciaddr)
		destination = message->ciaddr;
	size = packet_write(packet, message, server, destination);
	memcpy(to.sll_addr, message->chaddr, 6);
	if (sendto(fd, packet, size, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		perror("responder: send");
}

int main(int argc, char **argv)
{
	uint32_t server, lease_s, t1_s;
	int fd;

	if (argc < 3 || inet_pton(AF_INET, argv[1], &server) != 1)
		return 64;
	packet_only_in_the_bench("responder");
	lease_s = (uint32_t)strtoul(argv[2], NULL, 10);
	t1_s = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : lease_s / 2;
	hold_port();
	fd = listen_all();
	puts("READY");
	fflush(stdout);
	for (;;) {
		uint8_t packet[2048];
		struct sockaddr_ll from;
		socklen_t from_size = sizeof(from);
		struct message message;
		ssize_t size = recvfrom(fd, packet, sizeof(packet), 0,
					(struct sockaddr *)&from, &from_size);

		if (size < 0 ||
		    packet_read(packet, (size_t)size, 67, &message) < 0)
			continue;
		message.lease_s = lease_s;
		message.t1_s = t1_s;
		message.t2_s = lease_s / 8 * 7;
		answer(fd, server, &message, &from);
	}
}
