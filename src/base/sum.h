/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sums over octets: they tell accidents apart, not attacks.
 */
#ifndef BASE_SUM_H
#define BASE_SUM_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32 of IEEE 802.3: no change within 32 bits in a row escapes it. */
uint32_t sum_crc32(const void *data, size_t size);

/* FNV-1a of 64 bits; begins with SUM_FNV_START, or goes on from a sum. */
#define SUM_FNV_START UINT64_C(0xcbf29ce484222325)
uint64_t sum_fnv(uint64_t sum, const void *data, size_t size);

/* The same for what is long, or summed often: eight octets at a time. */
uint64_t sum_fast(uint64_t sum, const void *data, size_t size);

#endif
