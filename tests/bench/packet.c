/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * See packet.h. Checks no more than it needs in order not to crash.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "bench/packet.h"

#define PAYLOAD_MIN 300 /* what BOOTP wants (RFC 1542 2.1) */

static const uint8_t cookie[4] = { 99, 130, 83, 99 };

/* The numbers of the options that struct message has. */
enum {
	OPTION_MASK = 1,
	OPTION_ROUTER = 3,
	OPTION_REQUESTED = 50,
	OPTION_LEASE = 51,
	OPTION_TYPE = 53,
	OPTION_SERVER = 54,
	OPTION_PARAMETERS = 55,
	OPTION_T1 = 58,
	OPTION_T2 = 59,
	OPTION_END = 255,
};

static void put16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static uint32_t sum(const uint8_t *bytes, size_t size, uint32_t so_far)
{
	for (; size > 1; bytes += 2, size -= 2)
		so_far += (uint32_t)(bytes[0] << 8 | bytes[1]);
	return size ? so_far + (uint32_t)(bytes[0] << 8) : so_far;
}

static uint16_t fold(uint32_t value)
{
	while (value >> 16)
		value = (value & 0xffff) + (value >> 16);
	return (uint16_t)~value;
}

size_t packet_seal(uint8_t *packet, size_t payload, uint32_t source,
		   uint16_t source_port, uint32_t destination, uint16_t port)
{
	size_t size = PACKET_DHCP + payload, udp = size - PACKET_UDP;
	uint16_t check;

	memset(packet, 0, PACKET_DHCP);
	packet[0] = 0x45;
	put16(packet + 2, (unsigned)size);
	packet[8] = 64;
	packet[9] = 17;
	memcpy(packet + 12, &source, 4);
	memcpy(packet + 16, &destination, 4);
	put16(packet + 10, fold(sum(packet, PACKET_UDP, 0)));
	put16(packet + PACKET_UDP, source_port);
	put16(packet + PACKET_UDP + 2, port);
	put16(packet + PACKET_UDP + 4, (unsigned)udp);
	check = fold(sum(packet + 12, 8 + udp, (uint32_t)(17 + udp)));
	put16(packet + PACKET_UDP + 6, check ? check : 0xffff);
	return size;
}

static uint8_t *option(uint8_t *at, uint8_t code, uint32_t value)
{
	if (!value)
		return at;
	at[0] = code;
	at[1] = 4;
	memcpy(at + 2, &value, 4);
	return at + 6;
}

size_t packet_write(uint8_t packet[PACKET_SIZE_MAX],
		    const struct message *message, uint32_t source,
		    uint32_t destination)
{
	static const uint8_t asked[] = { OPTION_PARAMETERS, 4,
					 OPTION_MASK,	    OPTION_ROUTER,
					 OPTION_LEASE,	    OPTION_T1 };
	uint8_t *dhcp = packet + PACKET_DHCP, *at = packet + PACKET_OPTIONS;
	size_t payload;

	memset(packet, 0, PACKET_SIZE_MAX);
	dhcp[0] = message->op;
	dhcp[1] = 1;
	dhcp[2] = 6;
	memcpy(dhcp + 4, &message->xid, 4);
	memcpy(dhcp + 12, &message->ciaddr, 4);
	memcpy(dhcp + 16, &message->yiaddr, 4);
	memcpy(dhcp + 28, message->chaddr, 6);
	memcpy(dhcp + 236, cookie, 4);
	*at++ = OPTION_TYPE;
	*at++ = 1;
	*at++ = message->type;
	at = option(at, OPTION_REQUESTED, message->requested);
	at = option(at, OPTION_SERVER, message->server);
	at = option(at, OPTION_LEASE, htonl(message->lease_s));
	at = option(at, OPTION_T1, htonl(message->t1_s));
	at = option(at, OPTION_T2, htonl(message->t2_s));
	at = option(at, OPTION_MASK, message->mask);
	at = option(at, OPTION_ROUTER, message->router);
	if (message->op == OP_REQUEST) {
		memcpy(at, asked, sizeof(asked));
		at += sizeof(asked);
	}
	*at++ = OPTION_END;
	payload = (size_t)(at - dhcp);
	if (payload < PAYLOAD_MIN)
		payload = PAYLOAD_MIN;
	return message->op == OP_REQUEST
		       ? packet_seal(packet, payload, source, 68, destination, 67)
		       : packet_seal(packet, payload, source, 67, destination,
				     68);
}

static void read_option(struct message *message, uint8_t code, uint8_t size,
			const uint8_t *value)
{
	uint32_t number;

	if (code == OPTION_TYPE && size == 1)
		message->type = *value;
	if (size != 4)
		return;
	memcpy(&number, value, 4);
	switch (code) {
	case OPTION_MASK:
		message->mask = number;
		break;
	case OPTION_ROUTER:
		message->router = number;
		break;
	case OPTION_REQUESTED:
		message->requested = number;
		break;
	case OPTION_LEASE:
		message->lease_s = ntohl(number);
		break;
	case OPTION_SERVER:
		message->server = number;
		break;
	case OPTION_T1:
		message->t1_s = ntohl(number);
		break;
	case OPTION_T2:
		message->t2_s = ntohl(number);
		break;
	}
}

int packet_read(const uint8_t *packet, size_t size, uint16_t port,
		struct message *ret)
{
	size_t header = size ? (packet[0] & 15U) * 4 : 0;
	const uint8_t *dhcp = packet + header + 8, *end = packet + size, *at;

	if (header < 20 || size < header + 8 + 240 || packet[9] != 17 ||
	    packet[header + 2] << 8 != (port & 0xff00) ||
	    packet[header + 3] != (port & 0xff) ||
	    memcmp(dhcp + 236, cookie, 4) != 0)
		return -1;
	memset(ret, 0, sizeof(*ret));
	ret->op = dhcp[0];
	memcpy(&ret->xid, dhcp + 4, 4);
	memcpy(&ret->ciaddr, dhcp + 12, 4);
	memcpy(&ret->yiaddr, dhcp + 16, 4);
	memcpy(ret->chaddr, dhcp + 28, 6);
	at = dhcp + 240;
	while (at + 1 < end && *at != OPTION_END) {
		if (*at == 0) {
			at++;
			continue;
		}
		if (at + 2 + at[1] > end)
			return -1;
		read_option(ret, at[0], at[1], at + 2);
		at += 2 + at[1];
	}
	return 0;
}

int packet_filter(int fd, uint16_t port, uint8_t op, const uint8_t *mac)
{
	uint32_t start = 0;
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 17, 0, 8),
		BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
		BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 5),
		BPF_STMT(BPF_LD | BPF_B | BPF_IND, 8),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, op, 0, 3),
		BPF_STMT(BPF_LD | BPF_W | BPF_IND, 8 + 28),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 65535),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(*code), code };

	if (mac)
		memcpy(&start, mac, sizeof(start));
	else
		code[8].jf = 0;
	code[8].k = ntohl(start);
	return setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
			  sizeof(program));
}

void packet_only_in_the_bench(const char *program)
{
	struct if_nameindex *all = if_nameindex();
	int others = !all;

	for (struct if_nameindex *each = all; each && each->if_index; each++)
		others += strcmp(each->if_name, "lo") != 0 &&
			  strncmp(each->if_name, "bench", 5) != 0;
	if_freenameindex(all);
	if (!others)
		return;
	fprintf(stderr,
		"%s: this is no network namespace of the bench: start it by "
		"tests/bench/run\n",
		program);
	exit(3);
}
