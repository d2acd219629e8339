/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who a client is to servers: by its hardware address (RFC 2132 9.14), by a DUID
 * that a host has once for all of its interfaces (RFC 4361, RFC 8415 11), or by
 * nothing that lasts (RFC 7844). Where a DUID is kept is the shell's matter.
 */
#ifndef CORE_IDENTITY_H
#define CORE_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/siphash.h"
#include "core/frame.h"
#include "core/lease.h"

/* A type of two octets, and 1 to 128 octets (RFC 8415 11.1). */
#define DUID_SIZE_MIN 3
#define DUID_SIZE_MAX 130

#define UUID_SIZE 16

/* Opaque, whatever its type is. */
struct duid {
	uint8_t size; /* 0: none */
	uint8_t bytes[DUID_SIZE_MAX];
};

bool duid_equal(const struct duid *, const struct duid *);

/* The types of RFC 8415 11.2 to 11.4, and RFC 6355; time_s since 1970. */
struct duid duid_llt(uint16_t hardware_type, const struct hwaddr *,
		     uint64_t time_s);
struct duid duid_ll(uint16_t hardware_type, const struct hwaddr *);
struct duid duid_uuid(const uint8_t uuid[UUID_SIZE]);

/* Of an enterprise; size is 1 to 124, else it has none. */
struct duid duid_en(uint32_t enterprise, const void *bytes, size_t size);

/*
 * A UUID for a machine, of which nobody can tell the machine's id, and no other
 * program has the same.
 */
void uuid_of_machine(const uint8_t machine_id[SIPHASH_KEY_SIZE],
		     uint8_t ret[UUID_SIZE]);

/* Makes random octets a UUID, of version 4 (RFC 4122 4.4). */
void uuid_mark(uint8_t uuid[UUID_SIZE]);

/* The same number for the same name of an interface, always. */
uint32_t iaid_of_name(const char *name);

/* Hardware type and address; none if there is no address. */
struct client_id client_id_of_hwaddr(uint8_t hardware_type,
				     const struct hwaddr *);

/* Type 255, IAID, DUID (RFC 4361 6.1). */
struct client_id client_id_of_duid(uint32_t iaid, const struct duid *);

/* What it was made of; false if it is of another kind. */
bool client_id_split(const struct client_id *, uint32_t *ret_iaid,
		     struct duid *ret_duid);

/*
 * True if there is no room for the address in a message, or none at all, so that
 * only a DUID can tell who sends it (RFC 4390 2.1).
 */
bool hwaddr_is_anonymous(const struct hwaddr *);

/*
 * A host name for one hardware address, in which neither that nor the real name
 * can be read (RFC 7844 3.7). The key is nobody else's.
 */
#define PSEUDONYM_SIZE 13
void pseudonym(const uint8_t key[SIPHASH_KEY_SIZE], const struct hwaddr *,
	       char ret[PSEUDONYM_SIZE]);

#endif
