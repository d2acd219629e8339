/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A client's message read from its octets, by RFC 791, 768, 951 and 2131 alone:
 * none of the client's own code is asked what it wrote.
 */
#include <string.h>

#include "sim/judge_internal.h"

#define IP_SIZE	     20
#define UDP_SIZE     8
#define PROTOCOL_UDP 17
#define IP_FRAGMENT  0x3fff /* more fragments, and where this one belongs */

/* Offsets in the UDP payload (RFC 2131 2, figure 1). */
enum {
	AT_XID = 4,
	AT_SECS = 8,
	AT_FLAGS = 10,
	AT_CIADDR = 12,
	AT_COOKIE = 236,
	AT_OPTIONS = 240,
};

static unsigned u16(const uint8_t *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t u32(const uint8_t *at)
{
	return (uint32_t)u16(at) << 16 | u16(at + 2);
}

/* The ones' complement sum of RFC 1071; 0xffff with a right checksum in it. */
static uint32_t sum_of(const uint8_t *at, size_t size, uint32_t sum)
{
	for (; size > 1; size -= 2, at += 2)
		sum += u16(at);
	if (size)
		sum += (uint32_t)at[0] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* That of the pseudo header of RFC 768: addresses, protocol and length. */
static uint32_t sum_of_pseudo(const uint8_t *ip, size_t udp_size)
{
	return sum_of(ip + 12, 8, PROTOCOL_UDP + (uint32_t)udp_size);
}

/* What is wrong with the headers of a packet. */
static const char *headers_fault(const uint8_t *ip, size_t size)
{
	const uint8_t *udp = ip + IP_SIZE;
	size_t udp_size = size - IP_SIZE;

	if (u16(udp) != DHCP4_CLIENT_PORT || u16(udp + 2) != DHCP4_SERVER_PORT)
		return "it is not from port 68 to port 67";
	if (u16(ip + 2) != size)
		return "its IP length is not its size";
	if (sum_of(ip, IP_SIZE, 0) != 0xffff)
		return "its IP checksum is wrong";
	if (u16(ip + 6) & IP_FRAGMENT)
		return "it is a fragment";
	if (ip[8] == 0)
		return "its TTL is 0";
	if (u16(udp + 4) != udp_size)
		return "its UDP length is not its size";
	if (u16(udp + 6) == 0)
		return "it has no UDP checksum";
	if (sum_of(udp, udp_size, sum_of_pseudo(ip, udp_size)) != 0xffff)
		return "its UDP checksum is wrong";
	return NULL;
}

/*
 * Options: each once (but in pieces, if it is long), none cut, End, and nothing but
 * zeros behind it.
 */
static const char *options_fault(struct judge_packet *p)
{
	size_t at = AT_OPTIONS;
	uint8_t split = DHCP4_OPTION_PAD;

	while (at < p->size && p->payload[at] != DHCP4_OPTION_END) {
		uint8_t code = p->payload[at++];

		if (code == DHCP4_OPTION_PAD)
			return "there is padding before End";
		if (at == p->size || at + 1 + p->payload[at] > p->size)
			return "an option is cut";
		if (p->option[code] && code != split)
			return "an option is there twice";
		if (code != split)
			p->option[code] = (uint16_t)at;
		split = p->payload[at] == UINT8_MAX ? code : DHCP4_OPTION_PAD;
		at += 1 + (size_t)p->payload[at];
	}
	if (at == p->size)
		return "End is missing";
	while (++at < p->size) {
		if (p->payload[at])
			return "there is something behind End";
	}
	return NULL;
}

static ipv4_addr option_address(const struct judge_packet *p, uint8_t code)
{
	uint8_t size;
	const uint8_t *octets = judge_packet_option(p, code, &size);

	return octets && size == 4 ? u32(octets) : 0;
}

/* Which of Table 4's REQUESTs it is, by what it names and where it goes. */
static enum dhcp4_request kind_of_request(const struct judge_packet *p)
{
	if (p->option[DHCP4_OPTION_SERVER_ID])
		return DHCP4_REQUEST_SELECTING;
	if (p->option[DHCP4_OPTION_REQUESTED_ADDRESS])
		return DHCP4_REQUEST_REBOOTING;
	return p->destination == IPV4_BROADCAST ? DHCP4_REQUEST_REBINDING
						: DHCP4_REQUEST_RENEWING;
}

static const char *read_kind(struct judge_packet *p)
{
	uint8_t size;
	const uint8_t *type =
		judge_packet_option(p, DHCP4_OPTION_MESSAGE_TYPE, &size);

	if (!type || size != 1)
		return "option 53 is missing";
	p->type = *type;
	switch (*type) {
	case DHCP4_TYPE_DISCOVER:
		p->sent.kind = DHCP4_REQUEST_DISCOVER;
		return NULL;
	case DHCP4_TYPE_REQUEST:
		p->sent.kind = kind_of_request(p);
		return NULL;
	case DHCP4_TYPE_DECLINE:
		p->sent.kind = DHCP4_REQUEST_DECLINE;
		return NULL;
	case DHCP4_TYPE_RELEASE:
		p->sent.kind = DHCP4_REQUEST_RELEASE;
		return NULL;
	case DHCP4_TYPE_INFORM:
		p->sent.kind = DHCP4_REQUEST_INFORM;
		return NULL;
	default:
		return "its type is no client's";
	}
}

static const char *read_payload(struct judge_packet *p)
{
	const char *fault;

	if (p->size < DHCP4_MESSAGE_MIN)
		return "it is shorter than a BOOTP message";
	if (u32(p->payload + AT_COOKIE) != DHCP4_MAGIC_COOKIE)
		return "the magic cookie is missing";
	fault = options_fault(p);
	if (!fault)
		fault = read_kind(p);
	p->sent.xid = u32(p->payload + AT_XID);
	p->sent.secs = (uint16_t)u16(p->payload + AT_SECS);
	p->sent.ciaddr = u32(p->payload + AT_CIADDR);
	p->sent.requested = option_address(p, DHCP4_OPTION_REQUESTED_ADDRESS);
	p->sent.server_id = option_address(p, DHCP4_OPTION_SERVER_ID);
	p->sent.flag = p->payload[AT_FLAGS] >> 7;
	return fault;
}

bool judge_packet_read(const uint8_t *ip, size_t size, struct judge_packet *ret)
{
	/* A client writes no IP options; with any, this is somebody else's. */
	if (size < IP_SIZE + UDP_SIZE || ip[0] != 0x45 || ip[9] != PROTOCOL_UDP ||
	    (u16(ip + IP_SIZE) != DHCP4_CLIENT_PORT &&
	     u16(ip + IP_SIZE + 2) != DHCP4_SERVER_PORT))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->dscp = ip[1] >> 2;
	ret->source = u32(ip + 12);
	ret->destination = u32(ip + 16);
	ret->payload = ip + IP_SIZE + UDP_SIZE;
	ret->size = size - IP_SIZE - UDP_SIZE;
	ret->malformed = headers_fault(ip, size);
	if (!ret->malformed)
		ret->malformed = read_payload(ret);
	return true;
}

bool judge_checksums_are_right(const uint8_t *ip, size_t size)
{
	size_t header = (ip[0] & 15U) * 4, udp_size;
	const uint8_t *udp = ip + header;
	unsigned checksum;

	if (header < IP_SIZE || size < header + UDP_SIZE)
		return false;
	udp_size = u16(udp + 4);
	checksum = u16(udp + 6);
	if (udp_size < UDP_SIZE || udp_size > size - header ||
	    sum_of(ip, header, 0) != 0xffff)
		return false;
	/* None, or one that hardware would have finished, is as good as right. */
	return checksum == 0 || checksum == sum_of_pseudo(ip, udp_size) ||
	       sum_of(udp, udp_size, sum_of_pseudo(ip, udp_size)) == 0xffff;
}

const uint8_t *judge_packet_option(const struct judge_packet *p, uint8_t code,
				   uint8_t *ret_size)
{
	if (!p->option[code])
		return NULL;
	*ret_size = p->payload[p->option[code]];
	return p->payload + p->option[code] + 1;
}
