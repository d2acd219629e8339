/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 addresses and prefixes as numbers in host byte order.
 *
 * The order changes in one place only, where a cursor reads or writes octets
 * (or where the shell fills in a kernel structure).
 */
#ifndef BASE_IPV4_H
#define BASE_IPV4_H

#include <stdbool.h>
#include <stdint.h>

typedef uint32_t ipv4_addr;

/* A network; the bits of its address below the prefix are 0. */
struct ipv4_prefix {
	ipv4_addr address;
	uint8_t length;
};

#define IPV4_ANY       UINT32_C(0)
#define IPV4_BROADCAST UINT32_C(0xffffffff)

static inline ipv4_addr ipv4_mask(unsigned prefix_length)
{
	return prefix_length == 0 ? 0 : UINT32_MAX << (32 - prefix_length);
}

static inline bool ipv4_mask_is_contiguous(ipv4_addr mask)
{
	return (~mask & (~mask + 1)) == 0;
}

/* The prefix length of a contiguous mask. */
static inline unsigned ipv4_mask_length(ipv4_addr mask)
{
	unsigned length = 0;

	while (length < 32 && (mask & (UINT32_C(0x80000000) >> length)))
		length++;
	return length;
}

static inline bool ipv4_in(ipv4_addr address, ipv4_addr network,
			   unsigned prefix_length)
{
	return ((address ^ network) & ipv4_mask(prefix_length)) == 0;
}

/* True if all of a prefix is in another one, or if they are equal. */
static inline bool ipv4_prefix_in(struct ipv4_prefix inner,
				  struct ipv4_prefix outer)
{
	return inner.length >= outer.length &&
	       ipv4_in(inner.address, outer.address, outer.length);
}

/* The prefix length of an address's class, for senders that tell no mask. */
static inline unsigned ipv4_class_length(ipv4_addr address)
{
	return address >> 31 == 0 ? 8 : address >> 30 == 2 ? 16 : 24;
}

/*
 * True for what may stand for one host: not 0/8, 127/8, 224/4 or 240/4
 * (RFC 1122 3.2.1.3, RFC 6890).
 */
static inline bool ipv4_is_host(ipv4_addr address)
{
	unsigned first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

#endif
