/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A keyed function of what stands there decides what will stand there: ChaCha20
 * over a sum of it. Addresses are mapped bit by bit, each bit flipped or not by a
 * function of the bits before it, which is what keeps prefixes together.
 */
#include "replay/anon.h"

#include <string.h>

#include "base/assert.h"
#include "base/prng.h"
#include "base/sum.h"
#include "core/linklocal.h"

/* Different things that read the same get different values. */
enum domain {
	DOMAIN_ADDRESS,
	DOMAIN_WORD,
	DOMAIN_HWADDR,
	DOMAIN_OCTETS,
};

#define BLOCK_SIZE (16 * sizeof(uint32_t))

void anon_init(struct anon *a, const uint8_t key[32])
{
	memset(a, 0, sizeof(*a));
	memcpy(a->key, key, sizeof(a->key));
}

/* As many octets as are wanted (to may be the same as from). */
static void derive(const struct anon *a, enum domain domain, const void *from,
		   size_t from_size, uint8_t *to, size_t size)
{
	uint64_t sum = sum_fnv(SUM_FNV_START, from, from_size);
	uint32_t nonce[3] = { (uint32_t)(sum >> 32), (uint32_t)sum, domain };
	uint32_t block[16];

	for (size_t at = 0; at < size; at += BLOCK_SIZE) {
		size_t piece = size - at < BLOCK_SIZE ? size - at : BLOCK_SIZE;

		prng_block(a->key, (uint32_t)(at / BLOCK_SIZE), nonce, block);
		memcpy(to + at, block, piece);
	}
}

/* ---- addresses --------------------------------------------------------------- */

/* Blocks that mean something to a client, and the classes: they map to themselves. */
static const struct anon_subnet fixed[] = {
	{ 0x00000000, 8 },  /* this network */
	{ 0x7f000000, 8 },  /* loopback */
	{ 0xa9fe0000, 16 }, /* link-local */
	{ 0x80000000, 2 },  /* class B */
	{ 0xc0000000, 3 },  /* class C */
	{ 0xe0000000, 3 },  /* multicast, reserved, broadcast */
};

bool anon_add_subnet(struct anon *a, ipv4_addr address, unsigned length)
{
	ipv4_addr network = address & ipv4_mask(length);

	for (unsigned i = 0; i < a->subnet_count; i++) {
		if (a->subnets[i].network == network &&
		    a->subnets[i].length == length)
			return true;
	}
	if (a->subnet_count == ANON_SUBNETS_MAX)
		return false;
	a->subnets[a->subnet_count++] = (struct anon_subnet){ network, length };
	return true;
}

/* Whether a bit must stay, so that a block behind it maps to itself. */
static bool leads_to_fixed(ipv4_addr address, unsigned bit)
{
	for (unsigned i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (bit < fixed[i].length &&
		    ipv4_in(address, fixed[i].network, bit))
			return true;
	}
	return false;
}

/* Whether host bits so far are all 0 or all 1: they may be all of that. */
static bool leads_to_edge(const struct anon *a, ipv4_addr address, unsigned bit)
{
	for (unsigned i = 0; i < a->subnet_count; i++) {
		const struct anon_subnet *s = &a->subnets[i];
		ipv4_addr broadcast = s->network | ~ipv4_mask(s->length);

		if (bit >= s->length && (ipv4_in(address, s->network, bit) ||
					 ipv4_in(address, broadcast, bit)))
			return true;
	}
	return false;
}

static bool is_whole(ipv4_addr address)
{
	return !ipv4_is_host(address) || linklocal_has(address);
}

ipv4_addr anon_address(struct anon *a, ipv4_addr address)
{
	ipv4_addr mapped = address;

	if (is_whole(address))
		return address;
	for (unsigned bit = 0; bit < 32; bit++) {
		uint32_t prefix[2] = { address & ipv4_mask(bit), bit };
		uint8_t flip;

		if (leads_to_fixed(address, bit) ||
		    leads_to_edge(a, address, bit))
			continue;
		derive(a, DOMAIN_ADDRESS, prefix, sizeof(prefix), &flip, 1);
		if (flip & 1)
			mapped ^= UINT32_C(0x80000000) >> bit;
	}
	if (mapped == address)
		a->kept = true;
	return mapped;
}

/* ---- text ---------------------------------------------------------------------- */

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

static bool is_printable(uint8_t c)
{
	return c >= ' ' && c <= '~';
}

/* What is no text may tell something, but for a NUL. */
static bool is_word(uint8_t c)
{
	return (lower(c) >= 'a' && lower(c) <= 'z') || (c >= '0' && c <= '9') ||
	       (c && !is_printable(c));
}

/* Another one of as many, never the same. */
static uint8_t another(uint8_t c, uint8_t first, unsigned count, uint8_t random)
{
	unsigned step = 1 + random % (count - 1);

	return (uint8_t)(first + (c - first + step) % count);
}

static uint8_t another_letter(uint8_t c, uint8_t random)
{
	if (c >= '0' && c <= '9')
		return another(c, '0', 10, random);
	if (c >= 'A' && c <= 'Z')
		return another(c, 'A', 26, random);
	if (!is_printable(c))
		return (uint8_t)('a' + random % 26);
	return another(c, 'a', 26, random);
}

/* Capitals change nothing in a name: the same letters take their place. */
static void map_word(const struct anon *a, uint8_t *word, size_t size)
{
	uint64_t sum = SUM_FNV_START;
	uint32_t nonce[3], block[16];

	for (size_t i = 0; i < size; i++)
		sum = sum_fnv(sum, &(uint8_t){ lower(word[i]) }, 1);
	nonce[0] = (uint32_t)(sum >> 32);
	nonce[1] = (uint32_t)sum;
	nonce[2] = DOMAIN_WORD;
	for (size_t i = 0; i < size; i++) {
		if (i % 16 == 0)
			prng_block(a->key, (uint32_t)(i / 16), nonce, block);
		word[i] = another_letter(word[i], (uint8_t)(block[i % 16] >> 8));
	}
}

void anon_text(const struct anon *a, void *text, size_t size)
{
	uint8_t *at = text;

	for (size_t start = 0, end; start < size; start = end + 1) {
		for (end = start; end < size && is_word(at[end]); end++)
			continue;
		map_word(a, at + start, end - start);
	}
}

/* ---- octets --------------------------------------------------------------------- */

void anon_octets(const struct anon *a, uint8_t *bytes, size_t size)
{
	derive(a, DOMAIN_OCTETS, bytes, size, bytes, size);
}

static bool is_all(const uint8_t *bytes, size_t size, uint8_t value)
{
	for (size_t i = 0; i < size; i++) {
		if (bytes[i] != value)
			return false;
	}
	return true;
}

void anon_hwaddr(const struct anon *a, uint8_t *bytes, size_t size)
{
	uint8_t first = size ? bytes[0] : 0;

	if (is_all(bytes, size, 0) || is_all(bytes, size, 0xff))
		return;
	derive(a, DOMAIN_HWADDR, bytes, size, bytes, size);
	bytes[0] = (uint8_t)((bytes[0] & ~3) | (first & 3));
}

static bool is_text(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!is_printable(bytes[i]))
			return false;
	}
	return true;
}

/* A name without a type: no type of hardware is a letter. */
void anon_client_id(const struct anon *a, uint8_t *bytes, size_t size)
{
	if (size < 2)
		return;
	if (is_text(bytes, size))
		anon_text(a, bytes, size);
	else if (bytes[0] == 0 && is_text(bytes + 1, size - 1))
		anon_text(a, bytes + 1, size - 1);
	else if (bytes[0] == 0 || bytes[0] == 0xff)
		anon_octets(a, bytes + 1, size - 1);
	else
		anon_hwaddr(a, bytes + 1, size - 1);
}
