/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP socket on port 68: something for the kernel to find there, and a way
 * out for what it shall route. Nothing is ever read from it but its errors.
 */
#include "daemon/udp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/dhcp4.h"
#include "daemon/packet.h"

/* Anybody can forge ICMP errors; more than these wait for the next send. */
#define ERRORS_BUDGET 32

static int prepare(int fd, const char *vrf)
{
	static struct sock_filter drop_all[] = { BPF_STMT(BPF_RET | BPF_K, 0) };
	const struct sock_fprog filter = { .len = 1, .filter = drop_all };
	const struct sockaddr_in local = {
		.sin_family = AF_INET,
		.sin_port = htons(DHCP4_CLIENT_PORT),
	};
	const int on = 1;

	if (vrf && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, vrf,
			      (socklen_t)strlen(vrf)) < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, IPPROTO_IP, IP_RECVERR, &on, sizeof(on)) < 0 ||
	    bind(fd, (const struct sockaddr *)&local, sizeof(local)) < 0)
		return -errno;
	return 0;
}

int udp_open(const char *vrf)
{
	int fd, error;

	fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	error = prepare(fd, vrf);
	if (error) {
		close(fd);
		return error;
	}
	return fd;
}

static void forget_errors(int fd)
{
	socklen_t size = sizeof(int);
	char octet;
	int error;

	for (int i = 0; i < ERRORS_BUDGET; i++) {
		if (recv(fd, &octet, sizeof(octet),
			 MSG_ERRQUEUE | MSG_DONTWAIT) < 0)
			break;
	}
	/* What is still queued has set the next error; this clears it. */
	(void)getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
}

/* The kernel derives a priority from the type of service: ours comes after it. */
static int set_service(int fd, int tos)
{
	const int priority = PACKET_PRIORITY;

	if (setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority,
		       sizeof(priority)) < 0)
		return -errno;
	return 0;
}

int udp_send(int fd, int ifindex, uint8_t tos, ipv4_addr source,
	     ipv4_addr destination, const void *payload, size_t size)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(DHCP4_SERVER_PORT),
		.sin_addr.s_addr = htonl(destination),
	};
	const struct in_pktinfo way = {
		.ipi_ifindex = ifindex,
		.ipi_spec_dst.s_addr = htonl(source),
	};
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(way))];
	} control = {
		.header = {
			.cmsg_len = CMSG_LEN(sizeof(way)),
			.cmsg_level = IPPROTO_IP,
			.cmsg_type = IP_PKTINFO,
		},
	};
	struct iovec part = { .iov_base = (void *)payload, .iov_len = size };
	const struct msghdr message = {
		.msg_name = &to,
		.msg_namelen = sizeof(to),
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};

	int error;

	memcpy(CMSG_DATA(&control.header), &way, sizeof(way));
	forget_errors(fd);
	error = set_service(fd, tos);
	if (error)
		return error;
	return sendmsg(fd, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}
