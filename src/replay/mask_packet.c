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
#include "core/shapes.h"
#include "core/text.h"

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

static void map_address(struct anon *a, uint8_t *at)
{
	struct writer w = writer_over(at, 4);

	writer_u32(&w, anon_address(a, get_address(at)));
}

/* ---- options --------------------------------------------------------------- */

/* Every one of them; octets that are left are no address. */
static void map_addresses(struct anon *a, uint8_t *bytes, size_t size)
{
	for (; size >= 4; bytes += 4, size -= 4)
		map_address(a, bytes);
	anon_octets(a, bytes, size);
}

/* Option 21: an address, then a mask. */
static void map_filters(struct anon *a, uint8_t *bytes, size_t size)
{
	for (; size >= 8; bytes += 8, size -= 8)
		map_address(a, bytes);
	anon_octets(a, bytes, size);
}

/* RFC 3442: of a destination as many octets as its prefix has. */
static void map_routes(struct anon *a, uint8_t *bytes, size_t size)
{
	while (size) {
		size_t significant = (bytes[0] + 7U) / 8;
		uint8_t destination[4] = { 0 };

		if (bytes[0] > 32 || size < 1 + significant + 4) {
			anon_octets(a, bytes + 1, size - 1);
			return;
		}
		memcpy(destination, bytes + 1, significant);
		map_address(a, destination);
		memcpy(bytes + 1, destination, significant);
		map_address(a, bytes + 1 + significant);
		bytes += 1 + significant + 4;
		size -= 1 + significant + 4;
	}
}

/* What no name has stays what no name has: anon_text() would make a letter of it. */
static void map_label(struct anon *a, uint8_t *label, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (label[i] < ' ' || label[i] > '~')
			label[i] = '?';
	}
	anon_text(a, label, size);
}

/*
 * RFC 3397: labels behind their lengths, and pointers to earlier ones. A length
 * that is none stays, or what is refused could be taken; so it is with routes.
 */
static void map_search(struct anon *a, uint8_t *bytes, size_t size)
{
	while (size) {
		size_t length = bytes[0];
		size_t step = length >= 0xc0 ? 2 : 1 + length;

		if (step > size || (length > 63 && length < 0xc0)) {
			anon_octets(a, bytes + 1, size - 1);
			return;
		}
		if (length <= 63)
			map_label(a, bytes + 1, length);
		bytes += step;
		size -= step;
	}
}

/* Of a URI all but the scheme; an escape might come out as none, so it goes. */
static void map_text(struct anon *a, uint8_t *text, size_t size)
{
	size_t scheme = 0;

	if (text_is_no_portal(text, size))
		return;
	if (text_is_uri(text, size, true)) {
		scheme = text[4] == 's' ? 5 : 4;
		for (size_t i = 0; i < size; i++) {
			if (text[i] == '%')
				text[i] = 'x';
		}
	}
	anon_text(a, text + scheme, size - scheme);
}

/* Another zone, one that could be. */
static void map_zone(uint8_t code, uint8_t *text, size_t size)
{
	if (!option_is_valid(code, text, size))
		memset(text, '?', size);
	else if (code == DHCP4_OPTION_POSIX_TIMEZONE)
		memset(text, 'A', size - 1), text[size - 1] = '0';
	else if (size > 3) {
		memset(text, 'A', size);
		memcpy(text, "US/", 3);
	}
}

/* Leaves point into a copy; what is there in the option becomes another. */
struct leaves {
	struct anon *anon;
	uint8_t *bytes;
	const uint8_t *copy;
};

static void map_leaf(void *context, const struct leaf *leaf)
{
	const struct leaves *l = context;
	size_t offset;

	/* Numbers and flags tell nothing; 6rd's prefix is not where it was. */
	if (!leaf->bytes || leaf->kind == LEAF_PREFIX6 ||
	    leaf->kind == LEAF_NUMBER || leaf->kind == LEAF_FLAG)
		return;
	offset = (size_t)(leaf->bytes - l->copy);
	if (leaf->kind == LEAF_IPV4)
		map_address(l->anon, l->bytes + offset);
	else if (leaf->kind == LEAF_NAME || leaf->kind == LEAF_LIST)
		map_search(l->anon, l->bytes + offset, leaf->size);
	else if (leaf->kind == LEAF_IPV6 || leaf->kind == LEAF_HEX)
		anon_octets(l->anon, l->bytes + offset, leaf->size);
	else
		map_text(l->anon, l->bytes + offset, leaf->size);
}

/* What is malformed stays so, even where it is a part that was passed over. */
static void map_leaves(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	uint8_t copy[DHCP4_OPTIONS_SIZE];
	struct leaves leaves = { a, bytes, copy };

	memcpy(copy, bytes, size);
	/* The last one is another: repeated, what is wrong would be right. */
	if (!option_decode(code, copy, size, map_leaf, &leaves)) {
		memset(bytes, 0xff, size);
		if (size)
			bytes[size - 1] = 0xfe;
	} else if (code == DHCP4_OPTION_6RD) {
		anon_octets(a, bytes + 2, 16);
	}
}

/* Flags and codes, and the name in one of two forms (RFC 4702 2). */
static void map_fqdn(struct anon *a, uint8_t *bytes, size_t size)
{
	if (size >= 3 && bytes[0] & 0x04)
		map_search(a, bytes + 3, size - 3);
	else if (size >= 3)
		anon_text(a, bytes + 3, size - 3);
	else
		memset(bytes, 0xff, size);
}

/*
 * Option 90: what it is, its counter and the key's number stay, or the copy would
 * be treated otherwise (RFC 3118 2, RFC 6704 3.1.2).
 */
static void map_authentication(struct anon *a, uint8_t *bytes, size_t size)
{
	size_t keep = 11;

	if (size > keep)
		keep += bytes[0] == 1 ? 4 : bytes[0] == 3;
	if (size > keep)
		anon_octets(a, bytes + keep, size - keep);
}

/* Of what the table calls octets, these are known. */
static void map_octets(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	if (code == DHCP4_OPTION_CLIENT_ID)
		anon_client_id(a, bytes, size);
	else if (code == DHCP4_OPTION_FQDN)
		map_fqdn(a, bytes, size);
	else if (code == DHCP4_OPTION_AUTHENTICATION)
		map_authentication(a, bytes, size);
	else if (code == DHCP4_OPTION_PARAMETERS)
		return;
	else if (shape_of_code(code))
		map_leaves(a, code, bytes, size);
	else
		anon_octets(a, bytes, size);
}

/* The whole value of an option. Numbers and masks tell nothing of a network. */
static void mask_option(struct anon *a, uint8_t code, uint8_t *bytes, size_t size)
{
	switch (option_rule(code)->format) {
	case OPTION_FORMAT_OCTETS:
		map_octets(a, code, bytes, size);
		return;
	case OPTION_FORMAT_IPV4:
	case OPTION_FORMAT_IPV4_LIST:
		if (code != DHCP4_OPTION_SUBNET_MASK)
			map_addresses(a, bytes, size);
		return;
	case OPTION_FORMAT_IPV4_PAIRS:
		if (code == DHCP4_OPTION_STATIC_ROUTES)
			map_addresses(a, bytes, size);
		else
			map_filters(a, bytes, size);
		return;
	case OPTION_FORMAT_TEXT:
		while (size && bytes[size - 1] == 0)
			size--;
		if (code == DHCP4_OPTION_POSIX_TIMEZONE ||
		    code == DHCP4_OPTION_TZDB_TIMEZONE)
			map_zone(code, bytes, size);
		else
			map_text(a, bytes, size);
		return;
	case OPTION_FORMAT_ROUTES:
		map_routes(a, bytes, size);
		return;
	case OPTION_FORMAT_SEARCH:
		map_search(a, bytes, size);
		return;
	case OPTION_FORMAT_FLAG:
	case OPTION_FORMAT_U8:
	case OPTION_FORMAT_U16:
	case OPTION_FORMAT_U16_LIST:
	case OPTION_FORMAT_U32:
	case OPTION_FORMAT_S32:
	case OPTION_FORMAT_EMPTY:
		return;
	}
}

void mask_options(struct anon *a, void *set)
{
	uint8_t *bytes = (uint8_t *)set + sizeof(uint16_t);
	uint16_t used, at = 0;

	memcpy(&used, set, sizeof(used));
	while (at < used) {
		uint8_t *option = bytes + at;
		unsigned size = get_u16(option + 1);
		uint16_t next = (uint16_t)(at + 3 + size);

		mask_option(a, option[0], option + 3, size);
		if (option_is_valid(option[0], option + 3, size)) {
			at = next;
			continue;
		}
		memmove(option, bytes + next, used - next);
		used = (uint16_t)(used - (next - at));
	}
	memcpy(set, &used, sizeof(used));
}

/* What is no value any more is left out, as above. */
void mask_override(struct anon *a, struct dhcp4_override *override)
{
	struct dhcp4_override masked = { 0 };
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(override, &offset, &edit)) {
		uint8_t value[DHCP4_OVERRIDE_SIZE];

		memcpy(value, edit.value.bytes, edit.value.size);
		mask_option(a, edit.value.code, value, edit.value.size);
		override_put(&masked, edit.kind, edit.value.code, value,
			     edit.value.size);
	}
	*override = masked;
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
		map_address(a, m + at);
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
	map_address(a, packet + 12);
	map_address(a, packet + 16);
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
