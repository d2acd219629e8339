/* SPDX-License-Identifier: BSD-2-Clause */
/* Sums bit by bit and octet by octet: what is summed is short, and rare. */
#include "base/sum.h"

uint32_t sum_crc32(const void *data, size_t size)
{
	const uint8_t *bytes = data;
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < size; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
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
