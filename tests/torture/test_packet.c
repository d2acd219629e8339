/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet sockets: what is listened for is listened for, or refused by -ENOMEM. */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/acd.h"
#include "daemon/packet.h"
#include "torture/net.h"
#include "torture/spin.h"
#include "torture/torture.h"

#define KEYS 20

static const struct loop_hooks no_hooks;

static struct {
	struct loop *loop;
	struct packet *packet;
	unsigned received;
	uint32_t first_key; /* watched first of all */
} p;

static void receive(void *owner, const struct packet_frame *frame, nsec now)
{
	(void)owner, (void)frame, (void)now;
	p.received++;
}

static bool open_socket(enum packet_kind kind)
{
	alloc_pause();
	PROMISE(loop_open(&p.loop, &no_hooks, NULL) == 0, "no loop");
	alloc_resume();
	if (went_well(packet_open(&p.packet, kind, p.loop, 0, receive, NULL)))
		return true;
	loop_close(p.loop);
	return false;
}

static void close_all(void)
{
	packet_close(p.packet);
	loop_close(p.loop);
}

/* Somebody at the other end asks for an address by ARP. */
static void somebody_asks_for(ipv4_addr address)
{
	struct arp arp = { .op = ARP_OP_REQUEST,
			   .sender_hw = { 2, 0, 0, 0, 0, 1 },
			   .sender = 0,
			   .target = address };
	struct sockaddr_ll to = { .sll_family = AF_PACKET,
				  .sll_protocol = htons(ETH_P_ARP),
				  .sll_ifindex = net_ifindex() - 1,
				  .sll_halen = 6 };
	uint8_t packet[ARP_SIZE];
	int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	memset(to.sll_addr, 255, to.sll_halen);
	arp_write(packet, &arp);
	PROMISE(sendto(fd, packet, sizeof(packet), 0, (struct sockaddr *)&to,
		       sizeof(to)) == sizeof(packet),
		"it cannot ask");
	close(fd);
}

static bool has_received(void *context)
{
	(void)context;
	return p.received > 0;
}

/* Those that could be listened for are heard. */
static void listens(void)
{
	bool set[KEYS];

	if (!open_socket(PACKET_KIND_ARP))
		return;
	for (unsigned i = 0; i < KEYS; i++)
		set[i] = went_well(packet_listen(p.packet, 0x0a000100 + i));
	PROMISE(packet_flush(p.packet) == 0, "the filter is not attached");
	for (unsigned i = 0; i < KEYS; i++) {
		if (!set[i])
			continue;
		p.received = 0;
		somebody_asks_for(0x0a000100 + i);
		PROMISE(spin_until(p.loop, has_received, NULL, SPIN_PATIENCE),
			"number %u is listened for, and not heard", i);
		packet_unlisten(p.packet, 0x0a000100 + i);
	}
	packet_settle(p.packet);
	close_all();
}

/* What was refused can be had when there is memory. */
static void listens_later(void)
{
	if (!open_socket(PACKET_KIND_ARP))
		return;
	for (unsigned i = 0; i < KEYS; i++) {
		if (went_well(packet_listen(p.packet, 0x0a000100 + i)))
			continue;
		alloc_heal();
		PROMISE(packet_listen(p.packet, 0x0a000100 + i) == 0,
			"refused with memory");
	}
	PROMISE(packet_flush(p.packet) == 0, "the filter is not attached");
	p.received = 0;
	somebody_asks_for(0x0a000100 + KEYS / 2);
	PROMISE(spin_until(p.loop, has_received, NULL, SPIN_PATIENCE),
		"not heard");
	close_all();
}

/* Sending takes no memory, whatever is listened for. */
static void sends(void)
{
	static const uint8_t packet[64] = { 0x45 };
	const struct hwaddr to = { 6, { 2, 0, 0, 0, 0, 1 } };

	if (!open_socket(PACKET_KIND_REPLIES))
		return;
	for (unsigned i = 0; i < KEYS; i++) {
		(void)went_well(packet_listen(p.packet, i));
		PROMISE(packet_send(p.packet, net_ifindex(), &to, packet,
				    sizeof(packet)) == 0,
			"not sent");
	}
	(void)went_well(packet_listen_any(p.packet));
	close_all();
}

SCENARIOS(packet) = {
	{ "packet_listens", listens, .place = SCENARIO_PLACE_NET },
	{ "packet_listens_later", listens_later, .place = SCENARIO_PLACE_NET },
	{ "packet_sends", sends, .place = SCENARIO_PLACE_NET },
	{ 0 },
};
