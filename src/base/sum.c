/* SPDX-License-Identifier: BSD-2-Clause */
/* A CRC by half octets: what it is of is short, and rare. */
#include "base/sum.h"

#include <endian.h>
#include <string.h>

/* What four bits that leave the CRC do to the rest of it. */
static const uint32_t crc_of[16] = {
	0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
	0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
	0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
};

uint32_t sum_crc32(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		crc = crc >> 4 ^ crc_of[crc & 15];
		crc = crc >> 4 ^ crc_of[crc & 15];
	}
	return ~crc;
}

uint64_t sum_fnv(uint64_t sum, const void *data, size_t size)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * UINT64_C(0x100000001b3);
	return sum;
}

/* The same on every machine. */
static uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return le64toh(word);
}

/* What the high bits know, the low ones learn. */
uint64_t sum_fast(uint64_t sum, const void *data, size_t size)
{
	const uint8_t *bytes = data;
	size_t at = 0;

	for (; size - at >= 8; at += 8) {
		sum = (sum ^ word_at(bytes + at)) * UINT64_C(0x9e3779b97f4a7c15);
		sum ^= sum >> 32;
	}
	return sum_fnv(sum, bytes + at, size - at);
}
