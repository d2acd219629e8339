/* SPDX-License-Identifier: BSD-2-Clause */
/* A header of 20 octets, then attributes padded to four octets each. */
#include "ctl/stun.h"

#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/sum.h"

#define HEADER_SIZE	 20
#define LENGTH_OFFSET	 2
#define COOKIE		 UINT32_C(0x2112a442)
#define FINGERPRINT_XOR	 UINT32_C(0x5354554e) /* RFC 8489 14.7 */
#define FINGERPRINT_SIZE 8		      /* with type and length */
#define FAMILY_IPV4	 1
#define FAMILY_IPV6	 2

enum {
	TYPE_REQUEST = 0x0001,
	TYPE_SUCCESS = 0x0101,
	TYPE_ERROR = 0x0111,
};

enum {
	ATTRIBUTE_MAPPED_ADDRESS = 0x0001,
	ATTRIBUTE_CHANGE_REQUEST = 0x0003,
	ATTRIBUTE_MESSAGE_INTEGRITY = 0x0008,
	ATTRIBUTE_ERROR_CODE = 0x0009,
	ATTRIBUTE_UNKNOWN_ATTRIBUTES = 0x000a,
	ATTRIBUTE_MESSAGE_INTEGRITY_SHA256 = 0x001c,
	ATTRIBUTE_XOR_MAPPED_ADDRESS = 0x0020,
	/* From here on an attribute may be passed over by who does not know it. */
	ATTRIBUTE_OPTIONAL = 0x8000,
	ATTRIBUTE_FINGERPRINT = 0x8028,
	ATTRIBUTE_RESPONSE_ORIGIN = 0x802b,
	ATTRIBUTE_OTHER_ADDRESS = 0x802c,
};

/* Those whose meaning does not matter to us, though they may not be unknown. */
static const uint16_t passed_over[] = {
	ATTRIBUTE_CHANGE_REQUEST,
	0x0004, /* SOURCE-ADDRESS of RFC 3489 */
	0x0005, /* CHANGED-ADDRESS of RFC 3489 */
	0x0006, /* USERNAME */
	0x0014, /* REALM */
	0x0015, /* NONCE */
	0x001d, /* PASSWORD-ALGORITHM */
	0x001e, /* USERHASH */
	0x0026, /* PADDING of RFC 5780 */
	0x0027, /* RESPONSE-PORT of RFC 5780 */
};

struct reading {
	const uint8_t *data;
	size_t size;
	struct stun_message *message;
	struct stun_endpoint plain; /* MAPPED-ADDRESS */
	uint16_t seen;		    /* bits: the first of each kind counts */
	bool protected;		    /* MESSAGE-INTEGRITY was there */
	bool ended;		    /* FINGERPRINT was there */
};

/* ---- attributes ---------------------------------------------------------------- */

/* An address of IPv4; another family says nothing to us. False: malformed. */
static bool read_endpoint(struct reader value, bool is_xored,
			  struct stun_endpoint *ret)
{
	size_t size = value.left;
	uint8_t family;
	uint16_t port;
	ipv4_addr address;

	(void)reader_u8(&value);
	family = reader_u8(&value);
	port = reader_u16(&value);
	address = reader_u32(&value);
	if (value.failed || size != (family == FAMILY_IPV6 ? 20 : 8))
		return false;
	if (family != FAMILY_IPV4)
		return family == FAMILY_IPV6;
	ret->port = is_xored ? (uint16_t)(port ^ COOKIE >> 16) : port;
	ret->address = is_xored ? address ^ COOKIE : address;
	return true;
}

/* Class and number, then text for people that we have no use for. */
static bool read_error(struct reader value, unsigned *ret)
{
	unsigned class, number;

	(void)reader_u16(&value);
	class = reader_u8(&value) & 7;
	number = reader_u8(&value);
	if (value.failed || class < 3 || class > 6 || number > 99)
		return false;
	*ret = class * 100 + number;
	return true;
}

static void add_unknown(struct stun_message *message, uint16_t type)
{
	if (message->unknown_count < STUN_UNKNOWN_MAX)
		message->unknown[message->unknown_count++] = type;
}

static bool read_unknown(struct reader value, struct stun_message *message)
{
	if (value.left % 2)
		return false;
	while (value.left)
		add_unknown(message, reader_u16(&value));
	return true;
}

/* It is the last one, and right: over all before it, whose length includes it. */
static bool read_fingerprint(struct reading *r, struct reader value)
{
	uint32_t sum = reader_u32(&value);

	if (value.failed || value.left)
		return false;
	r->ended = true;
	return sum == (sum_crc32(r->data, r->size - FINGERPRINT_SIZE) ^
		       FINGERPRINT_XOR);
}

static bool is_passed_over(uint16_t type)
{
	for (size_t i = 0; i < ARRAY_SIZE(passed_over); i++) {
		if (passed_over[i] == type)
			return true;
	}
	return type >= ATTRIBUTE_OPTIONAL;
}

/* True for the first one of those that have a bit. */
static bool is_first(struct reading *r, unsigned bit)
{
	bool first = !(r->seen & 1u << bit);

	r->seen = (uint16_t)(r->seen | 1u << bit);
	return first;
}

/* False: the message does not add up. */
static bool read_attribute(struct reading *r, uint16_t type, struct reader value)
{
	struct stun_message *message = r->message;

	if (type == ATTRIBUTE_FINGERPRINT)
		return read_fingerprint(r, value);
	/* What follows a proof is not covered by it (14.5, 14.6). */
	if (r->protected)
		return true;
	switch (type) {
	case ATTRIBUTE_MESSAGE_INTEGRITY:
		r->protected = true;
		return value.left == 20;
	case ATTRIBUTE_MESSAGE_INTEGRITY_SHA256:
		r->protected = true;
		return value.left >= 16 && value.left <= 32;
	case ATTRIBUTE_XOR_MAPPED_ADDRESS:
		return !is_first(r, 0) ||
		       read_endpoint(value, true, &message->mapped);
	case ATTRIBUTE_MAPPED_ADDRESS:
		return !is_first(r, 1) || read_endpoint(value, false, &r->plain);
	case ATTRIBUTE_OTHER_ADDRESS:
		return !is_first(r, 2) ||
		       read_endpoint(value, false, &message->other);
	case ATTRIBUTE_RESPONSE_ORIGIN:
		return !is_first(r, 3) ||
		       read_endpoint(value, false, &message->origin);
	case ATTRIBUTE_ERROR_CODE:
		return !is_first(r, 4) || read_error(value, &message->error);
	case ATTRIBUTE_UNKNOWN_ATTRIBUTES:
		return message->kind != STUN_ERROR || !is_first(r, 5) ||
		       read_unknown(value, message);
	default:
		if (is_passed_over(type))
			return true;
		if (message->kind == STUN_ERROR)
			return true; /* an error is one, whatever is in it */
		add_unknown(message, type);
		return true;
	}
}

/* ---- messages -------------------------------------------------------------------- */

static enum stun_kind kind_of(uint16_t type)
{
	switch (type) {
	case TYPE_REQUEST:
		return STUN_REQUEST;
	case TYPE_SUCCESS:
		return STUN_SUCCESS;
	case TYPE_ERROR:
		return STUN_ERROR;
	default:
		return STUN_NONE;
	}
}

static bool read_all(struct reading *r)
{
	struct reader at = reader_over(r->data, r->size);
	struct stun_message *message = r->message;
	const uint8_t *id;
	uint16_t length;

	message->kind = kind_of(reader_u16(&at));
	length = reader_u16(&at);
	if (reader_u32(&at) != COOKIE || message->kind == STUN_NONE)
		return false;
	id = reader_bytes(&at, STUN_ID_SIZE);
	if (!id || length != at.left || length % 4)
		return false;
	memcpy(message->id, id, STUN_ID_SIZE);
	while (at.left) {
		uint16_t type = reader_u16(&at);
		struct reader value;

		length = reader_u16(&at);
		value = reader_sub(&at, length);
		(void)reader_bytes(&at, (size_t)-length % 4);
		if (at.failed || r->ended || !read_attribute(r, type, value))
			return false;
	}
	return true;
}

void stun_read(const void *data, size_t size, struct stun_message *ret)
{
	struct reading r = { .data = data, .size = size, .message = ret };

	memset(ret, 0, sizeof(*ret));
	if (!read_all(&r)) {
		memset(ret, 0, sizeof(*ret));
		return;
	}
	if (!ret->mapped.port)
		ret->mapped = r.plain;
	if (ret->kind == STUN_SUCCESS && (ret->unknown_count || !ret->mapped.port))
		ret->kind = STUN_UNUSABLE;
	if (ret->kind == STUN_ERROR && !ret->error)
		ret->kind = STUN_UNUSABLE;
}

size_t stun_write(uint8_t *data, const uint8_t id[STUN_ID_SIZE], unsigned change)
{
	struct writer w = writer_over(data, STUN_REQUEST_MAX);
	size_t length = FINGERPRINT_SIZE + (change ? 8 : 0);

	writer_u16(&w, TYPE_REQUEST);
	writer_u16(&w, (uint16_t)length);
	writer_u32(&w, COOKIE);
	writer_bytes(&w, id, STUN_ID_SIZE);
	if (change) {
		writer_u16(&w, ATTRIBUTE_CHANGE_REQUEST);
		writer_u16(&w, 4);
		writer_u32(&w, change);
	}
	length = w.used;
	writer_u16(&w, ATTRIBUTE_FINGERPRINT);
	writer_u16(&w, 4);
	writer_u32(&w, sum_crc32(data, length) ^ FINGERPRINT_XOR);
	ASSERT(!w.failed);
	return w.used;
}

bool stun_same(struct stun_endpoint a, struct stun_endpoint b)
{
	return a.address == b.address && a.port == b.port;
}

unsigned stun_due_ms(unsigned sent)
{
	unsigned due_ms = STUN_RTO_MS * ((1u << sent) - 1);

	if (sent < STUN_SENDS)
		return due_ms;
	return STUN_RTO_MS * ((1u << (STUN_SENDS - 1)) - 1) + STUN_LAST_MS;
}
