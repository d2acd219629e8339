/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Structs as octets, by tables of their members: one row a member, one walk that
 * writes and one that reads, so that the two cannot drift apart.
 *
 * Octets are in network order and without padding, the same on every machine. What
 * is read is checked: numbers are within their bounds, text ends, options obey
 * their table. What reads back is written as the same octets.
 */
#ifndef CORE_FIELD_H
#define CORE_FIELD_H

#include <stddef.h>
#include <stdint.h>

#include "base/assert.h"
#include "base/cursor.h"

/* A kind says besides how a member is written what it means to an outsider. */
enum field_kind {
	FIELD_KIND_NUMBER,  /* one, or an array; also a bool, or an enum */
	FIELD_KIND_ADDRESS, /* ipv4_addr */
	FIELD_KIND_TEXT,    /* an array of char, ended by a NUL */
	FIELD_KIND_HWADDR,  /* struct hwaddr */
	FIELD_KIND_CLIENT_ID,
	FIELD_KIND_OPTIONS,  /* struct dhcp4_options, or dhcp4_encoded */
	FIELD_KIND_OVERRIDE, /* struct dhcp4_override */
	FIELD_KIND_STRUCT,   /* with a table of its own; one octet if empty */
	FIELD_KIND_SECRET,   /* an array of octets that no outsider may see */
};

/* What a STRUCT is made of (snapshot.c). */
enum field_part {
	FIELD_PART_RULE,
	FIELD_PART_SERVER_LIST,
	FIELD_PART_FALLBACK_CONFIG,
	FIELD_PART_FALLBACK,
	FIELD_PART_OFFER,
	FIELD_PART_LEASE,
	FIELD_PART_ACD,
	FIELD_PART_DECLINED,
	FIELD_PART_NODE,
	FIELD_PART_ATTACH,
	FIELD_PART_COUNTERS,
};

#define FIELD_NAME_SIZE 26

/* There are many of them: they hold no pointers, and what is small is stored so. */
struct field {
	char name[FIELD_NAME_SIZE];
	enum field_kind kind : 8;
	enum field_part part : 8;
	uint16_t offset, size; /* of the member */
	uint16_t each;	       /* NUMBER: the size of one: 1, 2, 4 or 8 */
	uint16_t max;	       /* NUMBER: none is larger; 0: any */
};

struct fields {
	const struct field *rows;
	size_t count;
};

/* clang-format off */
#define FIELD_ROW(type, member, of_kind) \
	.name = #member, .kind = FIELD_KIND_##of_kind, \
	.offset = ONE_IF(sizeof(#member) <= FIELD_NAME_SIZE) * \
		  offsetof(type, member), \
	.size = sizeof(((type *)0)->member)
#define FIELD_UP_TO(type, member, most) \
	{ FIELD_ROW(type, member, NUMBER), \
	  .each = sizeof(((type *)0)->member), .max = (most) }
#define FIELD_NUMBER(type, member) FIELD_UP_TO(type, member, 0)
#define FIELD_FLAG(type, member) FIELD_UP_TO(type, member, 1)
#define FIELD_NUMBERS(type, member) \
	{ FIELD_ROW(type, member, NUMBER), \
	  .each = sizeof(((type *)0)->member[0]) }
#define FIELD_ADDRESS(type, member) { FIELD_ROW(type, member, ADDRESS) }
#define FIELD_TEXT(type, member) { FIELD_ROW(type, member, TEXT) }
#define FIELD_HWADDR(type, member) { FIELD_ROW(type, member, HWADDR) }
#define FIELD_CLIENT_ID(type, member) { FIELD_ROW(type, member, CLIENT_ID) }
#define FIELD_OPTIONS(type, member) { FIELD_ROW(type, member, OPTIONS) }
#define FIELD_OVERRIDE(type, member) { FIELD_ROW(type, member, OVERRIDE) }
#define FIELD_SECRET(type, member) { FIELD_ROW(type, member, SECRET) }
#define FIELD_STRUCT(type, member, of_part) \
	{ FIELD_ROW(type, member, STRUCT), .part = FIELD_PART_##of_part }
#define FIELDS_OF(of_rows) \
	{ .rows = (of_rows), .count = ARRAY_SIZE(of_rows) }
/* clang-format on */

/* The table of a member that is a STRUCT. */
const struct fields *field_table(const struct field *);

/* Never more octets than the struct's own size. */
void fields_write(struct writer *, const struct fields *, const void *from);

/* A value out of bounds fails the reader, too; *to is unspecified then. */
void fields_read(struct reader *, const struct fields *, void *to);

/* The name of the first member that two structs differ in, or NULL. */
const char *fields_difference(const struct fields *, const void *a,
			      const void *b);

/* Adds to a sum (SUM_FNV_START) what makes octets of one table another's. */
uint64_t fields_layout(uint64_t sum, const struct fields *);

#endif
