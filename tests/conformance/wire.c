/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets read and written one by one. */
#include "conformance/wire.h"

#include <string.h>

#include "unit/runner.h"

enum {
	PROTOCOL_UDP = 17,
	OPTION_PAD = 0,
	OPTION_END = 255,
	HEADER_OF_UDP = 8,
	MESSAGE_LEAST = 300,
};

unsigned get_u16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

uint32_t get_u32(const uint8_t *at)
{
	return (uint32_t)get_u16(at) << 16 | get_u16(at + 2);
}

void put_u16(uint8_t *at, unsigned value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

void put_u32(uint8_t *at, uint32_t value)
{
	put_u16(at, value >> 16);
	put_u16(at + 2, value & 0xffff);
}

uint16_t wire_sum(const uint8_t *at, size_t size, uint32_t start)
{
	uint64_t sum = start;

	for (size_t i = 0; i < size; i++)
		sum += i % 2 ? at[i] : (uint64_t)at[i] << 8;
	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* What the pseudo header adds to the sum of UDP (RFC 768). */
static uint32_t pseudo_sum(const uint8_t *ip, unsigned udp_length)
{
	return get_u16(ip + 12) + get_u16(ip + 14) + get_u16(ip + 16) +
	       get_u16(ip + 18) + PROTOCOL_UDP + udp_length;
}

/* ---- of the client ------------------------------------------------------ */

/* The options of a message start here, and end at End or where it does. */
static const uint8_t *find_option(const uint8_t *at, const uint8_t *end,
				  uint8_t code)
{
	while (at < end && *at != OPTION_END) {
		if (*at == code)
			return at;
		if (*at == OPTION_PAD) {
			at++;
			continue;
		}
		CHECK(end - at > 2 + at[1]);
		at += 2 + at[1];
	}
	return NULL;
}

const uint8_t *message_option(const struct message *m, uint8_t code,
			      uint8_t *ret_size)
{
	const uint8_t *at =
		find_option(m->payload + AT_OPTIONS, m->payload + m->size, code);

	if (!at)
		return NULL;
	*ret_size = at[1];
	return at + 2;
}

bool message_has(const struct message *m, uint8_t code)
{
	uint8_t size;

	return message_option(m, code, &size);
}

uint32_t message_u32(const struct message *m, uint8_t code)
{
	uint8_t size;
	const uint8_t *value = message_option(m, code, &size);

	if (!value)
		return 0;
	ck_assert_uint_eq(size, 4);
	return get_u32(value);
}

/* By Table 4 of RFC 2131, and Table 5 for what is no REQUEST. */
static enum dhcp4_request kind_of(const struct message *m)
{
	uint8_t size;
	const uint8_t *type = message_option(m, DHCP4_OPTION_MESSAGE_TYPE, &size);

	CHECK(type && size == 1);
	switch (*type) {
	case DHCP4_TYPE_DISCOVER:
		return DHCP4_REQUEST_DISCOVER;
	case DHCP4_TYPE_DECLINE:
		return DHCP4_REQUEST_DECLINE;
	case DHCP4_TYPE_RELEASE:
		return DHCP4_REQUEST_RELEASE;
	case DHCP4_TYPE_INFORM:
		return DHCP4_REQUEST_INFORM;
	default:
		ck_assert_uint_eq(*type, DHCP4_TYPE_REQUEST);
	}
	if (m->ciaddr)
		return m->destination == IPV4_BROADCAST ? DHCP4_REQUEST_REBINDING
							: DHCP4_REQUEST_RENEWING;
	return message_has(m, DHCP4_OPTION_SERVER_ID) ? DHCP4_REQUEST_SELECTING
						      : DHCP4_REQUEST_REBOOTING;
}

static void check_headers(const struct sim_frame *f)
{
	unsigned size = f->size;
	const uint8_t *udp = f->bytes + AT_UDP;

	CHECK(size >= AT_PAYLOAD && f->vlan == 0);
	ck_assert_uint_eq(f->bytes[0], 0x45);
	ck_assert_uint_eq(get_u16(f->bytes + AT_IP_LENGTH), size);
	ck_assert_uint_eq(wire_sum(f->bytes, AT_UDP, 0), 0);
	ck_assert_uint_eq(get_u16(f->bytes + AT_IP_FRAGMENT) & 0x3fff, 0);
	ck_assert_uint_eq(f->bytes[AT_IP_PROTOCOL], PROTOCOL_UDP);
	ck_assert_uint_eq(get_u16(udp), DHCP4_CLIENT_PORT);
	ck_assert_uint_eq(get_u16(udp + 2), DHCP4_SERVER_PORT);
	ck_assert_uint_eq(get_u16(udp + 4), size - AT_UDP);
	ck_assert_uint_ne(get_u16(udp + 6), 0);
	ck_assert_uint_eq(wire_sum(udp, size - AT_UDP,
				   pseudo_sum(f->bytes, size - AT_UDP)),
			  0);
}

bool message_read(const struct sim_frame *f, struct message *ret)
{
	const uint8_t *payload;

	if (f->ethertype != SIM_ETHERTYPE_IPV4)
		return false;
	check_headers(f);
	ret->frame = *f;
	ret->unicast = !(f->destination[0] & 1);
	ret->source = get_u32(f->bytes + AT_IP_SOURCE);
	ret->destination = get_u32(f->bytes + AT_IP_DESTINATION);
	ret->payload = payload = ret->frame.bytes + AT_PAYLOAD;
	ret->size = f->size - AT_PAYLOAD;
	CHECK(ret->size > AT_OPTIONS);
	ck_assert_uint_eq(payload[AT_OP], 1);
	ck_assert_uint_eq(get_u32(payload + AT_COOKIE), 0x63825363);
	ret->xid = get_u32(payload + AT_XID);
	ret->secs = get_u16(payload + AT_SECS);
	ret->flags = get_u16(payload + AT_FLAGS);
	ret->ciaddr = get_u32(payload + AT_CIADDR);
	ret->kind = kind_of(ret);
	return true;
}

/* ---- of a server -------------------------------------------------------- */

void reply_add(struct reply *r, uint8_t code, const void *bytes, size_t size)
{
	CHECK(size <= 255 && r->size + 2 + size < sizeof(r->payload));
	r->payload[r->size++] = code;
	r->payload[r->size++] = (uint8_t)size;
	if (size)
		memcpy(r->payload + r->size, bytes, size);
	r->size += size;
}

void reply_drop(struct reply *r, uint8_t code)
{
	size_t kept = AT_OPTIONS, size;

	for (size_t at = AT_OPTIONS; at < r->size; at += size) {
		uint8_t *option = r->payload + at;

		size = option[0] == OPTION_PAD ? 1 : 2U + option[1];
		if (option[0] == code)
			continue;
		memmove(r->payload + kept, option, size);
		kept += size;
	}
	r->size = kept;
}

void reply_set(struct reply *r, uint8_t code, const void *bytes, size_t size)
{
	reply_drop(r, code);
	reply_add(r, code, bytes, size);
}

void reply_set_u32(struct reply *r, uint8_t code, uint32_t value)
{
	uint8_t bytes[4];

	put_u32(bytes, value);
	reply_set(r, code, bytes, 4);
}

/* An option that is told only if there is anything to tell. */
static void tell(struct reply *r, uint8_t code, uint32_t value)
{
	if (value)
		reply_set_u32(r, code, value);
}

/* Where it goes, by RFC 2131 4.1. */
static void address(struct reply *r, const struct message *m, bool is_nak)
{
	ipv4_addr to = m->ciaddr ? m->ciaddr : get_u32(r->payload + AT_YIADDR);
	bool broadcast = !m->ciaddr && m->flags & DHCP4_FLAG_BROADCAST;

	r->source_port = DHCP4_SERVER_PORT;
	r->destination_port = DHCP4_CLIENT_PORT;
	r->destination = is_nak || broadcast || !to ? IPV4_BROADCAST : to;
	if (r->destination == IPV4_BROADCAST)
		memcpy(r->hw_destination, sim_hw_broadcast, SIM_HWADDR_SIZE);
	else
		memcpy(r->hw_destination, m->payload + AT_CHADDR,
		       SIM_HWADDR_SIZE);
}

struct reply reply_to(const struct message *m, uint8_t type,
		      const struct terms *terms)
{
	struct reply r = { .source = terms->server, .size = AT_OPTIONS };
	bool gives = type != DHCP4_TYPE_NAK && m->kind != DHCP4_REQUEST_INFORM;
	const uint8_t *id;
	uint8_t size;

	memcpy(r.payload, m->payload, AT_SNAME);
	r.payload[AT_OP] = 2;
	put_u16(r.payload + AT_SECS, 0);
	put_u32(r.payload + AT_CIADDR, type == DHCP4_TYPE_ACK ? m->ciaddr : 0);
	put_u32(r.payload + AT_YIADDR, gives ? terms->address : 0);
	put_u32(r.payload + AT_COOKIE, 0x63825363);
	reply_set(&r, DHCP4_OPTION_MESSAGE_TYPE, &type, 1);
	tell(&r, DHCP4_OPTION_SERVER_ID, terms->server);
	if (gives) {
		tell(&r, DHCP4_OPTION_LEASE_TIME, terms->lease_s);
		tell(&r, DHCP4_OPTION_T1, terms->t1_s);
		tell(&r, DHCP4_OPTION_T2, terms->t2_s);
	}
	if (type != DHCP4_TYPE_NAK) {
		tell(&r, DHCP4_OPTION_SUBNET_MASK, terms->mask);
		tell(&r, DHCP4_OPTION_ROUTER, terms->router);
	}
	/* RFC 6842 3 */
	id = message_option(m, DHCP4_OPTION_CLIENT_ID, &size);
	if (id)
		reply_set(&r, DHCP4_OPTION_CLIENT_ID, id, size);
	address(&r, m, type == DHCP4_TYPE_NAK);
	return r;
}

void frame_mend(struct sim_frame *f)
{
	uint8_t *udp = f->bytes + AT_UDP;
	unsigned length = get_u16(udp + 4);
	uint16_t sum;

	put_u16(f->bytes + AT_IP_CHECKSUM, 0);
	put_u16(f->bytes + AT_IP_CHECKSUM, wire_sum(f->bytes, AT_UDP, 0));
	put_u16(udp + 6, 0);
	CHECK(length <= sizeof(f->bytes) - AT_UDP);
	sum = wire_sum(udp, length, pseudo_sum(f->bytes, length));
	put_u16(udp + 6, sum ? sum : 0xffff);
}

struct sim_frame reply_frame(const struct reply *r)
{
	struct sim_frame f = { .ethertype = SIM_ETHERTYPE_IPV4 };
	size_t size = r->size;

	memcpy(f.source, r->hw_source, SIM_HWADDR_SIZE);
	memcpy(f.destination, r->hw_destination, SIM_HWADDR_SIZE);
	memcpy(f.bytes + AT_PAYLOAD, r->payload, size);
	if (!r->bare) {
		CHECK(size < sizeof(r->payload));
		f.bytes[AT_PAYLOAD + size++] = OPTION_END;
		size = size < MESSAGE_LEAST ? MESSAGE_LEAST : size;
	}
	f.size = (uint16_t)(AT_PAYLOAD + size);
	f.bytes[0] = 0x45;
	put_u16(f.bytes + AT_IP_LENGTH, f.size);
	f.bytes[8] = 64;
	f.bytes[AT_IP_PROTOCOL] = PROTOCOL_UDP;
	put_u32(f.bytes + AT_IP_SOURCE, r->source);
	put_u32(f.bytes + AT_IP_DESTINATION, r->destination);
	put_u16(f.bytes + AT_UDP, r->source_port);
	put_u16(f.bytes + AT_UDP_DESTINATION, r->destination_port);
	put_u16(f.bytes + AT_UDP_LENGTH, (unsigned)(HEADER_OF_UDP + size));
	frame_mend(&f);
	return f;
}
