/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * It reads packets as core/frame.c and core/message.c do, but writes into them,
 * and goes on where those refuse. If it read them otherwise, the masked recording
 * would not do the same as the real one, which mask.c sees.
 */
#include "replay/mask_packet.h"

#include <stdbool.h>
#include <string.h>

#include "core/frame.h"
#include "replay/mask_option.h"

static unsigned get_u16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static void put_u16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static ipv4_addr get_address(const uint8_t *at)
{
	struct reader r = reader_over(at, 4);

	return reader_u32(&r);
}

/* ---- messages ---------------------------------------------------------------- */

/* A field that holds options, and how far it was read. */
struct area {
	uint8_t *bytes;
	size_t size, at;
};

struct piece {
	uint8_t code, size;
	uint8_t *bytes;
};

/* The next piece of an option; false at End, at the end, or if it is cut. */
static bool next_piece(struct area *area, struct piece *ret)
{
	while (area->at < area->size && area->bytes[area->at] == DHCP4_OPTION_PAD)
		area->at++;
	if (area->at == area->size)
		return false;
	ret->code = area->bytes[area->at];
	if (ret->code == DHCP4_OPTION_END || area->size - area->at < 2)
		return false;
	ret->size = area->bytes[area->at + 1];
	if (area->size - area->at - 2 < ret->size)
		return false;
	ret->bytes = area->bytes + area->at + 2;
	area->at += 2U + ret->size;
	return true;
}

/* Behind the last piece: End, or code and length of a cut one, stay. */
static void clear_rest(struct area area)
{
	struct piece piece;
	size_t keep;

	while (next_piece(&area, &piece))
		continue;
	if (area.at == area.size)
		return;
	keep = area.bytes[area.at] == DHCP4_OPTION_END ? 1 : 2;
	if (area.size - area.at > keep)
		memset(area.bytes + area.at + keep, 0,
		       area.size - area.at - keep);
}

struct areas {
	struct area area[3];
	unsigned count;
};

/* Copies the pieces of an option together, or back to where they were. */
static size_t join(struct areas areas, uint8_t code, uint8_t *whole, bool back)
{
	struct piece piece;
	size_t size = 0;

	for (unsigned i = 0; i < areas.count; i++) {
		while (next_piece(&areas.area[i], &piece)) {
			if (piece.code != code)
				continue;
			if (back)
				memcpy(piece.bytes, whole + size, piece.size);
			else
				memcpy(whole + size, piece.bytes, piece.size);
			size += piece.size;
		}
	}
	return size;
}

/*
 * What of a value is there once: one of fixed length may be repeated instead of
 * split (message.c).
 */
static size_t size_once(uint8_t code, const uint8_t *bytes, size_t size)
{
	const struct option_rule *rule = option_rule(code);

	if (rule->min != rule->max || !rule->min || size % rule->min)
		return size;
	for (size_t i = rule->min; i < size; i++) {
		if (bytes[i] != bytes[i - rule->min])
			return size;
	}
	return rule->min;
}

/* Options mean what their pieces make together (RFC 3396). */
static void mask_areas(struct anon *a, struct areas areas)
{
	uint8_t whole[DHCP4_MESSAGE_MAX];

	for (unsigned i = 1; i < DHCP4_OPTION_END; i++) {
		uint8_t code = (uint8_t)i;
		size_t size = join(areas, code, whole, false);
		size_t once = size_once(code, whole, size);

		if (!size)
			continue;
		mask_option(a, code, whole, once);
		for (size_t at = once; at < size; at++)
			whole[at] = whole[at - once];
		join(areas, code, whole, true);
	}
	for (unsigned i = 0; i < areas.count; i++)
		clear_rest(areas.area[i]);
}

/* A field that is a string, up to its NUL. */
static void mask_string(struct anon *a, uint8_t *bytes, size_t size)
{
	size_t length = strnlen((const char *)bytes, size);

	anon_text(a, bytes, length);
	memset(bytes + length, 0, size - length);
}

/* Option 52, which counts in the options field only, the first time. */
static unsigned find_overload(struct area options)
{
	struct piece piece;

	while (next_piece(&options, &piece)) {
		if (piece.code == DHCP4_OPTION_OVERLOAD)
			return piece.size == 1 && piece.bytes[0] <= 3
				       ? piece.bytes[0]
				       : 0;
	}
	return 0;
}

#define AT_CHADDR 28
#define AT_SNAME  44
#define AT_FILE	  108
#define AT_COOKIE 236

static void mask_header(struct anon *a, uint8_t *m)
{
	size_t hlen = m[2] < DHCP4_CHADDR_SIZE ? m[2] : DHCP4_CHADDR_SIZE;

	for (size_t at = 12; at < AT_CHADDR; at += 4)
		mask_address(a, m + at);
	anon_hwaddr(a, m + AT_CHADDR, hlen);
	memset(m + AT_CHADDR + hlen, 0, DHCP4_CHADDR_SIZE - hlen);
}

/* A UDP payload. */
static void mask_message(struct anon *a, uint8_t *m, size_t size)
{
	struct areas areas = { .count = 1 };
	unsigned overload = 0;

	if (size < DHCP4_HEADER_SIZE || size > DHCP4_MESSAGE_MAX) {
		memset(m, 0, size);
		return;
	}
	mask_header(a, m);
	if (get_address(m + AT_COOKIE) == DHCP4_MAGIC_COOKIE) {
		areas.area[0].bytes = m + DHCP4_HEADER_SIZE;
		areas.area[0].size = size - DHCP4_HEADER_SIZE;
		overload = find_overload(areas.area[0]);
	} else {
		memset(m + AT_COOKIE, 0, size - AT_COOKIE);
	}
	if (overload & DHCP4_OVERLOAD_FILE)
		areas.area[areas.count++] =
			(struct area){ m + AT_FILE, DHCP4_FILE_SIZE, 0 };
	else
		mask_string(a, m + AT_FILE, DHCP4_FILE_SIZE);
	if (overload & DHCP4_OVERLOAD_SNAME)
		areas.area[areas.count++] =
			(struct area){ m + AT_SNAME, DHCP4_SNAME_SIZE, 0 };
	else
		mask_string(a, m + AT_SNAME, DHCP4_SNAME_SIZE);
	mask_areas(a, areas);
}

/* ---- packets ------------------------------------------------------------------ */

#define AT_IP_CHECKSUM	10
#define AT_UDP_CHECKSUM 6
#define UDP_SIZE	8
#define PROTOCOL_UDP	17

/* A checksum is right, or wrong, or not there, or left to hardware. */
enum checksum {
	CHECKSUM_RIGHT,
	CHECKSUM_WRONG,
	CHECKSUM_NONE,
	CHECKSUM_PSEUDO,
};

static uint16_t pseudo_of(const uint8_t *packet, size_t length)
{
	return frame_sum_pseudo(get_address(packet + 12),
				get_address(packet + 16), (uint16_t)length);
}

static enum checksum judge(const uint8_t *udp, size_t length, uint16_t pseudo)
{
	unsigned checksum = get_u16(udp + AT_UDP_CHECKSUM);

	if (checksum == 0)
		return CHECKSUM_NONE;
	if (checksum == pseudo)
		return CHECKSUM_PSEUDO;
	return frame_sum(pseudo, udp, length) == 0xffff ? CHECKSUM_RIGHT
							: CHECKSUM_WRONG;
}

/* Another one that is neither right nor means anything else. */
static unsigned spoil(unsigned right, unsigned pseudo)
{
	unsigned wrong = right ^ 1;

	return wrong == 0 || wrong == pseudo ? right ^ 2 : wrong;
}

static void seal_udp(uint8_t *udp, size_t length, uint16_t pseudo,
		     enum checksum kind)
{
	unsigned right;

	put_u16(udp + AT_UDP_CHECKSUM, 0);
	right = (uint16_t)~frame_sum(pseudo, udp, length);
	right = right ? right : 0xffff;
	switch (kind) {
	case CHECKSUM_RIGHT:
		put_u16(udp + AT_UDP_CHECKSUM, right);
		return;
	case CHECKSUM_WRONG:
		put_u16(udp + AT_UDP_CHECKSUM, spoil(right, pseudo));
		return;
	case CHECKSUM_PSEUDO:
		put_u16(udp + AT_UDP_CHECKSUM, pseudo);
		return;
	case CHECKSUM_NONE:
		return;
	}
}

static void seal_ip(uint8_t *packet, size_t header, bool right)
{
	unsigned checksum;

	put_u16(packet + AT_IP_CHECKSUM, 0);
	checksum = (uint16_t)~frame_sum(0, packet, header);
	put_u16(packet + AT_IP_CHECKSUM, right ? checksum : checksum ^ 1);
}

/* UDP in a packet whose addresses were others before: the sum was over those. */
static void mask_udp(struct anon *a, const uint8_t *packet, uint8_t *udp,
		     size_t size, ipv4_addr source, ipv4_addr destination)
{
	size_t length = size >= UDP_SIZE ? get_u16(udp + 4) : 0;
	enum checksum kind;

	if (length < UDP_SIZE || length > size) {
		/* Ports and length stay. */
		if (size > 6)
			memset(udp + 6, 0, size - 6);
		return;
	}
	kind = judge(udp, length,
		     frame_sum_pseudo(source, destination, (uint16_t)length));
	mask_message(a, udp + UDP_SIZE, length - UDP_SIZE);
	memset(udp + length, 0, size - length);
	seal_udp(udp, length, pseudo_of(packet, length), kind);
}

/* Of the header no client looks at type of service, identification and TTL. */
static void clear_header(uint8_t *packet, size_t header)
{
	packet[1] = 0;
	put_u16(packet + 4, 0);
	packet[8] = 0;
	memset(packet + FRAME_IP_SIZE, 0, header - FRAME_IP_SIZE);
}

void mask_packet(struct anon *a, uint8_t *packet, size_t size)
{
	size_t header = size ? (packet[0] & 15U) * 4 : 0;
	size_t total = size >= FRAME_IP_SIZE ? get_u16(packet + 2) : 0;
	ipv4_addr source, destination;
	bool right;

	/* Too broken for any meaning: version and lengths stay. */
	if (total < header || total > size || header < FRAME_IP_SIZE) {
		if (size > 4)
			memset(packet + 4, 0, size - 4);
		return;
	}
	right = frame_sum(0, packet, header) == 0xffff;
	source = get_address(packet + 12);
	destination = get_address(packet + 16);
	mask_address(a, packet + 12);
	mask_address(a, packet + 16);
	clear_header(packet, header);
	memset(packet + total, 0, size - total);
	if (packet[9] == PROTOCOL_UDP && (get_u16(packet + 6) & 0x3fff) == 0)
		mask_udp(a, packet, packet + header, total - header, source,
			 destination);
	else
		memset(packet + header, 0, total - header);
	seal_ip(packet, header, right);
}

void mask_arp(struct anon *a, uint8_t *packet, size_t size)
{
	struct arp arp;

	if (!arp_parse(packet, size, &arp)) {
		memset(packet, 0, size);
		return;
	}
	anon_hwaddr(a, arp.sender_hw, sizeof(arp.sender_hw));
	anon_hwaddr(a, arp.target_hw, sizeof(arp.target_hw));
	arp.sender = anon_address(a, arp.sender);
	arp.target = anon_address(a, arp.target);
	memset(packet + ARP_SIZE, 0, size - ARP_SIZE);
	arp_write(packet, &arp);
}
