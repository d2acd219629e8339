/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Options: the table of what each code holds, and a set of received options.
 *
 * A set is made once, by message.c, from options that were joined (RFC 3396)
 * and whose lengths and ranges the table allows. Whoever reads it later can
 * rely on that.
 */
#ifndef CORE_OPTION_H
#define CORE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipv4.h"
#include "core/decode.h"
#include "core/dhcp4.h"

/* How the octets of an option are to be read (RFC 2132 and others). */
enum option_format {
	OPTION_FORMAT_OCTETS, /* anything */
	OPTION_FORMAT_IPV4,   /* one address */
	OPTION_FORMAT_IPV4_LIST,
	OPTION_FORMAT_IPV4_PAIRS, /* address and mask, or destination and router */
	OPTION_FORMAT_FLAG,	  /* 0 or 1 */
	OPTION_FORMAT_U8,
	OPTION_FORMAT_U16,
	OPTION_FORMAT_U16_LIST,
	OPTION_FORMAT_U32,
	OPTION_FORMAT_S32,
	OPTION_FORMAT_TEXT,   /* trailing NULs are not part of it */
	OPTION_FORMAT_EMPTY,  /* its presence is its meaning */
	OPTION_FORMAT_ROUTES, /* RFC 3442 */
	OPTION_FORMAT_SEARCH, /* RFC 3397, compressed names */
};

struct option_rule {
	enum option_format format : 8;
	uint8_t multiple;  /* the length is a multiple of this */
	uint16_t min, max; /* octets; equal: the length is fixed */
	uint16_t least;	   /* the smallest value of a number */
};

/* As in the IANA registry, lower-case, hyphens; NULL: unknown. */
const char *option_name(uint8_t code);

/* What holds for a code; an unknown one may be anything. */
const struct option_rule *option_rule(uint8_t code);

/* True if the table allows these octets as the whole value of the option. */
bool option_is_valid(uint8_t code, const uint8_t *bytes, size_t size);

/*
 * Tells of what the octets mean, leaf by leaf; what is not valid, and what is of an
 * unknown code, is one LEAF_HEX. False if it is not valid, or a part of it is not
 * and was passed over.
 */
bool option_decode(uint8_t code, const uint8_t *bytes, size_t size,
		   leaf_visitor *, void *context);

/* What the largest message can hold, joined: 3 octets before each value. */
#define DHCP4_OPTIONS_SIZE \
	(DHCP4_MESSAGE_MAX - DHCP4_HEADER_SIZE + DHCP4_SNAME_SIZE + \
	 DHCP4_FILE_SIZE + 254)

/*
 * Options in ascending order of their codes, each as code (1 octet), length (2
 * octets) and value: at once the storage and its own index.
 */
struct dhcp4_options {
	uint16_t used;
	uint8_t bytes[DHCP4_OPTIONS_SIZE];
};

/* One option of a set; bytes point into the set. */
struct option_value {
	uint8_t code;
	uint16_t size;
	const uint8_t *bytes;
};

/* Copies what is used. */
void dhcp4_options_copy(struct dhcp4_options *to,
			const struct dhcp4_options *from);

/*
 * Walks through a set: *offset is 0 at first and is moved on. False at the end.
 */
bool dhcp4_options_next(const struct dhcp4_options *, uint16_t *offset,
			struct option_value *ret);

/* False, and *ret untouched, if the set has no such option. */
bool dhcp4_options_get(const struct dhcp4_options *, uint8_t code,
		       struct option_value *ret);

/* The same for an option of the format IPV4 or U32, as a number. */
bool dhcp4_options_get_u32(const struct dhcp4_options *, uint8_t code,
			   uint32_t *ret);

/* The i-th address of a list; false if it has not so many. */
bool dhcp4_options_get_address(const struct dhcp4_options *, uint8_t code,
			       unsigned i, ipv4_addr *ret);

/*
 * Appends an option that is valid by its row and of a higher code than all
 * before; false, and the set as before, otherwise. For what reads a stored set.
 */
bool dhcp4_options_append(struct dhcp4_options *, uint8_t code,
			  const void *bytes, size_t size);

/*
 * Puts an option in its place in a set, instead of one of that code; the octets are
 * not of the same set. False, and the set as before, if the table does not allow
 * them or there is no room.
 */
bool dhcp4_options_put(struct dhcp4_options *, uint8_t code, const void *bytes,
		       size_t size);

/* Takes an option out of a set, if it is there. */
void dhcp4_options_remove(struct dhcp4_options *, uint8_t code);

/*
 * Writes an option into a message that is being built, in pieces of at most 255
 * octets (RFC 3396 6).
 */
void option_write(struct writer *, uint8_t code, const void *bytes, size_t size);
void option_write_u8(struct writer *, uint8_t code, uint8_t value);
void option_write_u16(struct writer *, uint8_t code, uint16_t value);
void option_write_u32(struct writer *, uint8_t code, uint32_t value);

#endif
