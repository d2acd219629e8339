/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel says in attributes, as members of a JSON object, by tables: one
 * row an attribute. An attribute that no row knows, or that is not of its form, is
 * kept as hex below "other", by its number: nothing is lost without being named.
 * What is given is bounded by its size, whatever it says of itself.
 */
#ifndef CTL_HOST_VALUE_H
#define CTL_HOST_VALUE_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

struct host_links;
struct nlattr;

enum value_form {
	VALUE_NUMBER, /* unsigned, of 1, 2, 4 or 8 octets */
	VALUE_SIGNED, /* of 4 octets */
	VALUE_BIG,    /* unsigned, in the network's order */
	VALUE_SWITCH, /* a number that is 0 or not */
	VALUE_NAMED,  /* a number, and its name where it has one */
	VALUE_BITS,   /* a number; the list of its bits' names */
	VALUE_TEXT,
	VALUE_ADDRESS,	/* of IPv4 or IPv6, by its size */
	VALUE_HARDWARE, /* hex with colons; none where there is none */
	VALUE_OCTETS,	/* hex */
	VALUE_LINK,	/* an index: the link's name, and "...Index" */
	VALUE_NESTED,	/* attributes of their own */
	VALUE_READER,	/* a function knows */
};

/* The name of a number; the list ends with a name of NULL. */
struct value_name {
	uint32_t value;
	const char *name;
};

/* Where members go, and who has which index (NULL: that is not known). */
struct value_target {
	json_t *object;
	const struct host_links *links;
};

typedef void value_reader(const struct value_target *, const struct nlattr *);

struct value_table;

struct value_row {
	uint16_t type;
	enum value_form form;
	const char *key;
	const struct value_name *names;	 /* of VALUE_NAMED and VALUE_BITS */
	const struct value_table *table; /* of VALUE_NESTED */
	value_reader *read;		 /* of VALUE_READER */
};

struct value_table {
	const struct value_row *rows;
	size_t count;

	/* Types that are left out: counters and the like. */
	const uint16_t *ignored;
	size_t ignored_count;
};

#define VALUE_TABLE(list) \
	{ \
		list, sizeof(list) / sizeof(*(list)), NULL, 0 \
	}
#define VALUE_TABLE_BUT(list, not ) \
	{ \
		list, sizeof(list) / sizeof(*(list)), not, \
			sizeof(not ) / sizeof(*(not )), \
	}

/* Reads size octets of attributes. */
void values_read(const struct value_target *, const void *attributes,
		 size_t size, const struct value_table *);

/* An attribute that has no row. */
void value_put_other(const struct value_target *, const struct nlattr *);

/* A member that is a link: its name, or null for one that is not here. */
void value_put_link(const struct value_target *, const char *key, uint32_t index);

/* The name of a number, or the number. */
json_t *value_named(const struct value_name *, uint32_t value);

/* The names of its bits, and a number of those that have none. */
json_t *value_bits(const struct value_name *, uint32_t value);

/* Text that is UTF-8 as it is, else {"hex": ...}; it ends with a NUL or at size. */
json_t *value_text(const char *text, size_t size);

/* "10.0.0.1" or "fe80::1"; NULL if it is as long as neither. */
json_t *value_address(const void *octets, size_t size);

/* The same with "/24" behind it; octets that are NULL are zeros. */
json_t *value_prefix(uint8_t family, const void *octets, size_t size,
		     unsigned length);

/* An unsigned number of 1, 2, 4 or 8 octets; -1: it has not that size. */
int value_number(const struct nlattr *, uint64_t *ret);

#endif
