/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4, UDP and ARP headers. Every length is checked here once, in one function;
 * what comes after sees the payload alone and cannot ask the headers again.
 */
#include "core/frame.h"

#include <string.h>

#define IP_PROTOCOL_UDP	 17
#define IP_FRAGMENT_BITS 0x3fff /* MF and the offset */
#define IP_DONT_FRAGMENT 0x4000
#define IP_TTL		 64

#define ARP_PROTOCOL_IPV4 0x0800

bool hwaddr_equal(const struct hwaddr *a, const struct hwaddr *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

uint16_t frame_sum(uint32_t sum, const uint8_t *bytes, size_t size)
{
	/* At most 65,535 octets: the sum of so many stays below 2^32. */
	for (; size > 1; size -= 2, bytes += 2)
		sum += (uint32_t)(bytes[0] << 8 | bytes[1]);
	if (size)
		sum += (uint32_t)bytes[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)sum;
}

uint16_t frame_sum_pseudo(ipv4_addr source, ipv4_addr destination,
			  uint16_t udp_length)
{
	uint32_t sum = IP_PROTOCOL_UDP + (uint32_t)udp_length;

	sum += (source >> 16) + (source & 0xffff);
	sum += (destination >> 16) + (destination & 0xffff);
	return frame_sum(sum, NULL, 0);
}

/* RFC 1122 3.2.1.3: addresses that no datagram can come from. */
static bool source_is_possible(ipv4_addr source)
{
	return source >> 28 != 14 && source != IPV4_BROADCAST &&
	       source >> 24 != 127;
}

/* The IPv4 header; *ret_udp becomes what it carries, as long as it says. */
static enum reject parse_ip(const uint8_t *packet, size_t size,
			    struct reader *ret_udp, struct datagram *ret)
{
	struct reader r = reader_over(packet, size);
	uint8_t version = reader_u8(&r);
	size_t header = (size_t)(version & 15) * 4;
	uint16_t total, fragment;
	uint8_t protocol;

	ret->dscp = reader_u8(&r) >> 2;
	total = reader_u16(&r);
	reader_u16(&r);
	fragment = reader_u16(&r);
	reader_u8(&r);
	protocol = reader_u8(&r);
	reader_u16(&r);
	ret->source = reader_u32(&r);
	ret->destination = reader_u32(&r);
	if (r.failed || version >> 4 != 4 || header < FRAME_IP_SIZE ||
	    total < header || total > size)
		return REJECT_IP_HEADER;
	if (frame_sum(0, packet, header) != 0xffff)
		return REJECT_IP_CHECKSUM;
	if (!source_is_possible(ret->source))
		return REJECT_IP_SOURCE;
	if (fragment & IP_FRAGMENT_BITS)
		return REJECT_FRAGMENT;
	if (protocol != IP_PROTOCOL_UDP)
		return REJECT_NOT_UDP;
	*ret_udp = reader_over(packet + header, total - header);
	return REJECT_NONE;
}

enum reject frame_parse(const void *packet, size_t size, uint16_t port,
			bool checksum_partial, struct datagram *ret)
{
	struct reader udp;
	const uint8_t *start;
	uint16_t length, checksum, pseudo;
	enum reject why = parse_ip(packet, size, &udp, ret);

	if (why != REJECT_NONE)
		return why;
	start = udp.at;
	ret->size = udp.left;
	ret->source_port = reader_u16(&udp);
	ret->destination_port = reader_u16(&udp);
	length = reader_u16(&udp);
	checksum = reader_u16(&udp);
	if (udp.failed || length < 8 || length > ret->size)
		return REJECT_UDP_LENGTH;
	if (ret->destination_port != port)
		return REJECT_UDP_PORT;
	pseudo = frame_sum_pseudo(ret->source, ret->destination, length);
	if (checksum && !checksum_partial && checksum != pseudo &&
	    frame_sum(pseudo, start, length) != 0xffff)
		return REJECT_UDP_CHECKSUM;
	ret->payload = start + 8;
	ret->size = length - 8U;
	return REJECT_NONE;
}

void frame_seal(uint8_t *packet, size_t payload_size, const struct datagram *d)
{
	struct writer w = writer_over(packet, FRAME_HEADERS_SIZE);
	uint16_t length = (uint16_t)(payload_size + 8);
	uint16_t sum;

	writer_u8(&w, 0x45);
	writer_u8(&w, (uint8_t)(d->dscp << 2));
	writer_u16(&w, (uint16_t)(length + FRAME_IP_SIZE));
	writer_u16(&w, 0);
	writer_u16(&w, IP_DONT_FRAGMENT);
	writer_u8(&w, IP_TTL);
	writer_u8(&w, IP_PROTOCOL_UDP);
	writer_u16(&w, 0);
	writer_u32(&w, d->source);
	writer_u32(&w, d->destination);
	writer_patch_u16(&w, 10, (uint16_t)~frame_sum(0, packet, FRAME_IP_SIZE));

	writer_u16(&w, d->source_port);
	writer_u16(&w, d->destination_port);
	writer_u16(&w, length);
	writer_u16(&w, 0);
	sum = (uint16_t)~frame_sum(frame_sum_pseudo(d->source, d->destination,
						    length),
				   packet + FRAME_IP_SIZE, length);
	/* A sum of 0 goes out as 0xffff: 0 says that there is none (RFC 768). */
	writer_patch_u16(&w, FRAME_IP_SIZE + 6, sum ? sum : 0xffff);
}

bool arp_parse(const void *packet, size_t size, struct arp *ret)
{
	struct reader r = reader_over(packet, size);
	const uint8_t *sender_hw, *target_hw;
	bool ethernet = reader_u16(&r) == ARP_HTYPE_ETHERNET;

	/* Both tests are made: no short cut around a read. */
	ethernet &= reader_u16(&r) == ARP_PROTOCOL_IPV4;
	ethernet &= reader_u8(&r) == 6;
	ethernet &= reader_u8(&r) == 4;
	ret->op = reader_u16(&r);
	sender_hw = reader_bytes(&r, 6);
	ret->sender = reader_u32(&r);
	target_hw = reader_bytes(&r, 6);
	ret->target = reader_u32(&r);
	if (r.failed || !ethernet)
		return false;
	memcpy(ret->sender_hw, sender_hw, 6);
	memcpy(ret->target_hw, target_hw, 6);
	return true;
}

void arp_write(uint8_t packet[ARP_SIZE], const struct arp *arp)
{
	struct writer w = writer_over(packet, ARP_SIZE);

	writer_u16(&w, ARP_HTYPE_ETHERNET);
	writer_u16(&w, ARP_PROTOCOL_IPV4);
	writer_u8(&w, 6);
	writer_u8(&w, 4);
	writer_u16(&w, arp->op);
	writer_bytes(&w, arp->sender_hw, 6);
	writer_u32(&w, arp->sender);
	writer_bytes(&w, arp->target_hw, 6);
	writer_u32(&w, arp->target);
}
