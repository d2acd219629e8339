/* SPDX-License-Identifier: BSD-2-Clause */
/* Identifiers are put together here; which one is used is the shell's choice. */
#include "core/identity.h"

#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/str.h"
#include "base/sum.h"

#define CLIENT_ID_TYPE_DUID 255

_Static_assert(1 + 4 + DUID_SIZE_MAX == DHCP4_CLIENT_ID_MAX,
	       "a client id has room for any DUID");

enum duid_type {
	DUID_TYPE_LLT = 1,
	DUID_TYPE_EN = 2,
	DUID_TYPE_LL = 3,
	DUID_TYPE_UUID = 4,
};

/* 2000-01-01 00:00 UTC, from which a DUID-LLT counts (RFC 8415 11.2). */
#define DUID_EPOCH_S 946684800U

bool duid_equal(const struct duid *a, const struct duid *b)
{
	return a->size == b->size && memcmp(a->bytes, b->bytes, a->size) == 0;
}

static struct writer begin(struct duid *duid, enum duid_type type)
{
	struct writer w = writer_over(duid->bytes, sizeof(duid->bytes));

	writer_u16(&w, (uint16_t)type);
	return w;
}

struct duid duid_llt(uint16_t hardware_type, const struct hwaddr *hwaddr,
		     uint64_t time_s)
{
	struct duid duid = { 0 };
	struct writer w = begin(&duid, DUID_TYPE_LLT);

	writer_u16(&w, hardware_type);
	writer_u32(&w, (uint32_t)(time_s - DUID_EPOCH_S));
	writer_bytes(&w, hwaddr->bytes, hwaddr->size);
	duid.size = (uint8_t)w.used;
	return duid;
}

struct duid duid_ll(uint16_t hardware_type, const struct hwaddr *hwaddr)
{
	struct duid duid = { 0 };
	struct writer w = begin(&duid, DUID_TYPE_LL);

	writer_u16(&w, hardware_type);
	writer_bytes(&w, hwaddr->bytes, hwaddr->size);
	duid.size = (uint8_t)w.used;
	return duid;
}

struct duid duid_uuid(const uint8_t uuid[UUID_SIZE])
{
	struct duid duid = { 0 };
	struct writer w = begin(&duid, DUID_TYPE_UUID);

	writer_bytes(&w, uuid, UUID_SIZE);
	duid.size = (uint8_t)w.used;
	return duid;
}

struct duid duid_en(uint32_t enterprise, const void *bytes, size_t size)
{
	struct duid duid = { 0 };
	struct writer w = begin(&duid, DUID_TYPE_EN);

	writer_u32(&w, enterprise);
	writer_bytes(&w, bytes, size);
	if (size > 0 && !w.failed)
		duid.size = (uint8_t)w.used;
	return duid;
}

void uuid_mark(uint8_t uuid[UUID_SIZE])
{
	uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x40);
	uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
}

void uuid_of_machine(const uint8_t machine_id[SIPHASH_KEY_SIZE],
		     uint8_t ret[UUID_SIZE])
{
	static const char purpose[] = "tenured DUID-UUID";

	siphash(machine_id, purpose, sizeof(purpose) - 1, ret);
	uuid_mark(ret);
}

uint32_t iaid_of_name(const char *name)
{
	uint64_t sum = sum_fnv(SUM_FNV_START, name, strlen(name));

	return (uint32_t)(sum ^ sum >> 32);
}

struct client_id client_id_of_hwaddr(uint8_t hardware_type,
				     const struct hwaddr *hwaddr)
{
	struct client_id id = { 0 };

	if (hwaddr->size) {
		id.size = (uint8_t)(1 + hwaddr->size);
		id.bytes[0] = hardware_type;
		memcpy(id.bytes + 1, hwaddr->bytes, hwaddr->size);
	}
	return id;
}

struct client_id client_id_of_duid(uint32_t iaid, const struct duid *duid)
{
	struct client_id id = { 0 };
	struct writer w = writer_over(id.bytes, sizeof(id.bytes));

	writer_u8(&w, CLIENT_ID_TYPE_DUID);
	writer_u32(&w, iaid);
	writer_bytes(&w, duid->bytes, duid->size);
	ASSERT(!w.failed);
	id.size = (uint8_t)w.used;
	return id;
}

bool client_id_split(const struct client_id *id, uint32_t *ret_iaid,
		     struct duid *ret_duid)
{
	struct reader r = reader_over(id->bytes, id->size);
	uint8_t type = reader_u8(&r);
	uint32_t iaid = reader_u32(&r);

	if (type != CLIENT_ID_TYPE_DUID || r.left < DUID_SIZE_MIN)
		return false;
	*ret_iaid = iaid;
	ret_duid->size = (uint8_t)r.left;
	memcpy(ret_duid->bytes, r.at, r.left);
	return true;
}

bool hwaddr_is_anonymous(const struct hwaddr *hwaddr)
{
	return hwaddr->size == 0 || hwaddr->size > DHCP4_CHADDR_SIZE;
}

void pseudonym(const uint8_t key[SIPHASH_KEY_SIZE], const struct hwaddr *hwaddr,
	       char ret[PSEUDONYM_SIZE])
{
	uint8_t hash[SIPHASH_SIZE];
	struct str text = str_over(ret, PSEUDONYM_SIZE);

	siphash(key, hwaddr->bytes, hwaddr->size, hash);
	str_hex(&text, hash, PSEUDONYM_SIZE / 2, '\0');
}
