/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Octets to typed values: a shape tells what an option is made of, a walk along
 * it gives one leaf after another. It allocates nothing, and goes no deeper than
 * the shape does.
 *
 * Leaves are what others may be told of the network: addresses, numbers, names
 * and text of closed alphabets; what is none of these is octets, for hex.
 */
#ifndef CORE_DECODE_H
#define CORE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

/* ---- leaves --------------------------------------------------------------- */

enum leaf_kind {
	/* Of others; the values of values come after them. */
	LEAF_LIST,   /* values follow, up to END */
	LEAF_RECORD, /* the same, each with its name */
	LEAF_ITEM, /* one value follows; number: its code; text: a label, or NULL */
	LEAF_END,
	LEAF_IPV4,
	LEAF_IPV6,
	LEAF_PREFIX,  /* of IPv4: address and number, its length */
	LEAF_PREFIX6, /* of IPv6: octets and number */
	LEAF_NUMBER,
	LEAF_FLAG,
	LEAF_NAME, /* of a host or a domain (domain.h) */
	LEAF_WORD, /* one of a few of our own */
	LEAF_TEXT, /* text_is_plain(), or of a grammar of text.h */
	LEAF_URI,
	LEAF_HEX,
	LEAF_STRANGE, /* text or a name that is in no closed alphabet: hex */
};

struct leaf {
	enum leaf_kind kind;
	const char *name; /* of the record's member; NULL in a list and alone */
	int64_t number;	  /* NUMBER, FLAG, PREFIX, PREFIX6, ITEM */
	ipv4_addr address;    /* IPV4, PREFIX */
	const char *text;     /* NAME, WORD, ITEM: ends with a NUL */
	const uint8_t *bytes; /* where it stands; IPV6, PREFIX6: 16 octets */
	size_t size;
};

/* Whoever is told of leaves; what they point to lasts as long as the call. */
typedef void leaf_visitor(void *context, const struct leaf *);

/* Lists, records and items within one another, at most. */
#define DECODE_DEPTH_MAX 8

/* ---- shapes --------------------------------------------------------------- */

enum shape_kind {
	SHAPE_END, /* of a list of members or codes */
	/* of a fixed size */
	SHAPE_U8,
	SHAPE_U16,
	SHAPE_U32,
	SHAPE_S32,
	SHAPE_FLAG, /* 0 or 1 */
	SHAPE_IPV4,
	SHAPE_HOST, /* an address that may be a host's */
	SHAPE_IPV6,
	SHAPE_PREFERENCE, /* RFC 6731 4.3 */
	/* of all octets that are left */
	SHAPE_HEX,
	SHAPE_TEXT,
	SHAPE_URI,    /* https */
	SHAPE_PORTAL, /* https, http, or that there is none */
	SHAPE_TIMEZONE,
	SHAPE_ZONE_NAME,
	SHAPE_DOMAIN,	  /* as text */
	SHAPE_HOST_NAME,  /* as text */
	SHAPE_NAME,	  /* one, uncompressed */
	SHAPE_NAMES,	  /* any number of them */
	SHAPE_COMPRESSED, /* the same with pointers */
	SHAPE_ROUTE,	  /* RFC 3442: destination and gateway */
	SHAPE_6RD,	  /* RFC 5969: IPv4 mask length and prefix */
	SHAPE_FQDN,	  /* RFC 4702: flags and name */
	SHAPE_NOTHING,
	SHAPE_NEVER, /* what must not be there */
	/* of others */
	SHAPE_RECORD, /* the members, in order */
	SHAPE_LIST,   /* of the first member, as often as there are octets */
	SHAPE_SIZED8, /* an octet, and the first member in so many octets */
	SHAPE_SIZED16,
	SHAPE_CHOICE, /* an octet, a code, and the member of that code */
	SHAPE_TAGGED, /* a list of code, size, and the member of that code */
};

enum shape_flag {
	SHAPE_SOME = 1,	     /* at least one is left, or all is refused */
	SHAPE_SKIP = 2,	     /* bad values are passed over */
	SHAPE_MEND = 4,	     /* values of another size, too */
	SHAPE_CUT = 8,	     /* what runs over the end is left out */
	SHAPE_OPTIONAL = 16, /* a record may end here */
	SHAPE_WIDE = 32,     /* TAGGED: code and size have two octets */
	SHAPE_KNOWN = 64,    /* TAGGED: no code but those of the members */
	SHAPE_SORTED = 128,  /* SIZED16 by the two octets that follow */
};

struct shape {
	enum shape_kind kind : 8;
	uint8_t flags;
	uint8_t code;
	uint8_t size; /* octets of HEX and TEXT, the most of a LIST; 0: all */
	const char *name; /* as a member; as one with a code: its label */
	const struct shape *of;
};

/* True if the octets are of that shape, to the last one. */
bool decode_fits(const struct shape *, const uint8_t *bytes, size_t size);

/*
 * Tells of the leaves; one LEAF_HEX of it all if they do not fit. False if anything
 * was passed over, or did not fit.
 */
bool decode(const struct shape *, const uint8_t *bytes, size_t size,
	    leaf_visitor *, void *context);

#endif
