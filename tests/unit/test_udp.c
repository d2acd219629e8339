/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP socket on port 68, on a veth pair in a namespace of the test.
 */
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cursor.h"
#include "core/frame.h"
#include "daemon/packet.h"
#include "daemon/udp.h"
#include "netns.h"

Suite *test_udp_suite(void);

#define OWN    UINT32_C(0x0a090002) /* 10.9.0.2 */
#define SERVER UINT32_C(0x0a090001)

struct fixture {
	int ifindex;
	int peer; /* a packet socket at the other end, without link headers */
	int udp;
	uint8_t big[UINT16_MAX];
};

static bool set_up(struct fixture *f)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
	};

	if (!netns_enter())
		return false;
	netns_ip("link add v0 address 02:00:00:00:00:00 type veth "
		 "peer name v1 address 02:00:00:00:00:01");
	netns_ip("link set v0 up");
	netns_ip("link set v1 up");
	netns_wait_up("v0");
	netns_wait_up("v1");
	netns_ip("addr add 10.9.0.3/24 dev v0"); /* not the one to send from */
	netns_ip("addr add 10.9.0.2/24 dev v0");
	netns_ip("neigh add 10.9.0.1 lladdr 02:00:00:00:00:01 dev v0");
	f->ifindex = netns_index("v0");
	address.sll_ifindex = netns_index("v1");
	f->peer = socket(AF_PACKET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	ck_assert_int_ge(f->peer, 0);
	ck_assert_int_eq(bind(f->peer, (const struct sockaddr *)&address,
			      sizeof(address)),
			 0);
	f->udp = udp_open(NULL);
	ck_assert_int_ge(f->udp, 0);
	return true;
}

static void tear_down(struct fixture *f)
{
	close(f->peer);
	close(f->udp);
}

/* The next IPv4 packet of a protocol at the other end; its size, or 0. */
static size_t receive_at_peer(const struct fixture *f, uint8_t protocol,
			      uint8_t packet[2048])
{
	struct pollfd wait = { .fd = f->peer, .events = POLLIN };

	while (poll(&wait, 1, 50) > 0) {
		ssize_t size = recv(f->peer, packet, 2048, 0);

		if (size >= FRAME_IP_SIZE && packet[9] == protocol)
			return (size_t)size;
	}
	return 0;
}

static void send_from_peer(const struct fixture *f, const void *packet,
			   size_t size)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = netns_index("v1"),
		.sll_halen = 6,
		.sll_addr = { 2, 0, 0, 0, 0, 0 },
	};

	ck_assert_int_eq(sendto(f->peer, packet, size, 0,
				(const struct sockaddr *)&to, sizeof(to)),
			 (int)size);
}

static int priority_of(int fd)
{
	int priority = 0;
	socklen_t size = sizeof(priority);

	ck_assert_int_eq(
		getsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, &size), 0);
	return priority;
}

/* As in a VRF, whose device stands for all of its ports: here it is v0. */
START_TEST(test_of_a_device)
{
	char name[IF_NAMESIZE] = "";
	socklen_t size = sizeof(name);
	struct fixture f;

	if (!set_up(&f))
		return;
	close(f.udp);
	ck_assert_int_eq(udp_open("none-such"), -ENODEV);
	f.udp = udp_open("v0");
	ck_assert_int_ge(f.udp, 0);
	ck_assert_int_eq(
		getsockopt(f.udp, SOL_SOCKET, SO_BINDTODEVICE, name, &size), 0);
	ck_assert_str_eq(name, "v0");
	ck_assert_int_eq(udp_send(f.udp, f.ifindex, 0, OWN, SERVER, "hello", 5),
			 0);
	tear_down(&f);
}
END_TEST

START_TEST(test_sends_from_the_address)
{
	uint8_t packet[2048];
	struct datagram d;
	struct fixture f;
	size_t size;

	if (!set_up(&f))
		return;
	ck_assert_int_eq(
		udp_send(f.udp, f.ifindex, 0xc0, OWN, SERVER, "hello", 5), 0);
	size = receive_at_peer(&f, IPPROTO_UDP, packet);
	ck_assert_uint_gt(size, 0);
	ck_assert_int_eq(frame_parse(packet, size, 67, true, &d), REJECT_NONE);
	ck_assert_uint_eq(packet[1], 0xc0);
	ck_assert_int_eq(priority_of(f.udp), PACKET_PRIORITY);
	ck_assert_uint_eq(d.source, OWN);
	ck_assert_uint_eq(d.destination, SERVER);
	ck_assert_uint_eq(d.source_port, 68);
	ck_assert_mem_eq(d.payload, "hello", 5);
	tear_down(&f);
}
END_TEST

/* A datagram to port 68 is swallowed: no ICMP error, nothing to read. */
START_TEST(test_keeps_the_kernel_quiet)
{
	struct datagram d = {
		.source = SERVER,
		.destination = OWN,
		.source_port = 67,
		.destination_port = 68,
	};
	uint8_t packet[FRAME_HEADERS_SIZE + 4] = { 0 }, answer[2048];
	struct fixture f;

	if (!set_up(&f))
		return;
	frame_seal(packet, 4, &d);
	send_from_peer(&f, packet, sizeof(packet));
	ck_assert_uint_eq(receive_at_peer(&f, IPPROTO_ICMP, answer), 0);
	ck_assert_int_eq(recv(f.udp, answer, sizeof(answer), 0), -1);
	ck_assert_int_eq(errno, EAGAIN);
	/* As it would have been: another port is refused. */
	d.destination_port = 69;
	frame_seal(packet, 4, &d);
	send_from_peer(&f, packet, sizeof(packet));
	ck_assert_uint_gt(receive_at_peer(&f, IPPROTO_ICMP, answer), 0);
	tear_down(&f);
}
END_TEST

static uint16_t checksum(const uint8_t *bytes, size_t size)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < size; i += 2)
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* "Port unreachable" about what was sent. */
START_TEST(test_an_old_error_is_not_of_this_one)
{
	uint8_t sent[2048], icmp[FRAME_IP_SIZE + 8 + FRAME_HEADERS_SIZE];
	struct writer w = writer_over(icmp, sizeof(icmp));
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert_int_eq(
		udp_send(f.udp, f.ifindex, 0xc0, OWN, SERVER, "hello", 5), 0);
	ck_assert_uint_gt(receive_at_peer(&f, IPPROTO_UDP, sent), 0);
	writer_u16(&w, 0x4500);
	writer_u16(&w, sizeof(icmp));
	writer_u32(&w, 0);
	writer_u16(&w, 64 << 8 | IPPROTO_ICMP);
	writer_u16(&w, 0);
	writer_u32(&w, SERVER);
	writer_u32(&w, OWN);
	writer_patch_u16(&w, 10, checksum(icmp, FRAME_IP_SIZE));
	writer_u16(&w, 3 << 8 | 3);
	writer_pad(&w, FRAME_IP_SIZE + 8);
	writer_bytes(&w, sent, FRAME_HEADERS_SIZE);
	writer_patch_u16(&w, FRAME_IP_SIZE + 2,
			 checksum(icmp + FRAME_IP_SIZE,
				  sizeof(icmp) - FRAME_IP_SIZE));
	for (int i = 0; i < 100; i++)
		send_from_peer(&f, icmp, sizeof(icmp));
	ck_assert_int_eq(poll(&(struct pollfd){ .fd = f.udp }, 1, 1000), 1);
	ck_assert_int_eq(
		udp_send(f.udp, f.ifindex, 0xc0, OWN, SERVER, "hello", 5), 0);
	tear_down(&f);
}
END_TEST

START_TEST(test_errors_of_this_one)
{
	struct fixture f;

	if (!set_up(&f))
		return;
	ck_assert_int_eq(udp_send(f.udp, f.ifindex, 0xc0, OWN, SERVER, f.big,
				  sizeof(f.big)),
			 -EMSGSIZE);
	ck_assert_int_eq(udp_send(f.udp, 12345, 0xc0, OWN, SERVER, "x", 1),
			 -ENODEV);
	tear_down(&f);
}
END_TEST

/* Another process may be bound there, for as long as it lets us. */
START_TEST(test_port_is_taken)
{
	const struct sockaddr_in local = { .sin_family = AF_INET,
					   .sin_port = htons(68) };
	int fd;

	if (!netns_enter())
		return;
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(
		bind(fd, (const struct sockaddr *)&local, sizeof(local)), 0);
	ck_assert_int_eq(udp_open(NULL), -EADDRINUSE);
	close(fd);
}
END_TEST

Suite *test_udp_suite(void)
{
	Suite *suite = suite_create("udp");
	TCase *tcase = tcase_create("udp");

	tcase_add_test(tcase, test_of_a_device);
	tcase_add_test(tcase, test_sends_from_the_address);
	tcase_add_test(tcase, test_keeps_the_kernel_quiet);
	tcase_add_test(tcase, test_an_old_error_is_not_of_this_one);
	tcase_add_test(tcase, test_errors_of_this_one);
	tcase_add_test(tcase, test_port_is_taken);
	suite_add_tcase(suite, tcase);
	return suite;
}
