/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Other names and addresses in place of real ones: always the same one for the
 * same, of the same length, and nobody without the key can tell which was which.
 *
 * IPv4 addresses keep their relations. Two that share a prefix share one of that
 * length afterwards. Special blocks, classes, and in known subnets the network's
 * own address and its broadcast stay what they are.
 */
#ifndef REPLAY_ANON_H
#define REPLAY_ANON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

#define ANON_SUBNETS_MAX 1024

struct anon {
	uint32_t key[8];
	unsigned subnet_count;
	struct anon_subnet {
		ipv4_addr network;
		unsigned length;
	} subnets[ANON_SUBNETS_MAX];
	bool kept; /* a host's address became itself: another key is better */
};

/* No subnets; key is 32 random octets. */
void anon_init(struct anon *, const uint8_t key[32]);

/* Makes a subnet known, before any address is mapped. False: they are too many. */
bool anon_add_subnet(struct anon *, ipv4_addr address, unsigned length);

ipv4_addr anon_address(struct anon *, ipv4_addr);

/*
 * Text: letters and digits of each word change; what is neither printable ASCII nor
 * a NUL becomes a letter; all else stays.
 */
void anon_text(const struct anon *, void *text, size_t size);

/* Keeps whether it is a group's, and whether it is locally administered. */
void anon_hwaddr(const struct anon *, uint8_t *bytes, size_t size);

/* Text, with a type or without; or by its type (RFC 2132 9.14, RFC 4361). */
void anon_client_id(const struct anon *, uint8_t *bytes, size_t size);

/* What nobody knows the meaning of. */
void anon_octets(const struct anon *, uint8_t *bytes, size_t size);

#endif
