/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What hooks may be told, variable by variable: its name, as scripts of dhclient
 * and dhcpcd know it, and the types that its value may have. tenured-hooks(7)
 * lists them all.
 */
#ifndef LEASE_HOOK_VARIABLE_H
#define LEASE_HOOK_VARIABLE_H

#include <stdbool.h>

enum hook_type {
	HOOK_TYPE_OCTETS,    /* anything, at most HOOK_OCTETS_MAX of them */
	HOOK_TYPE_ADDRESSES, /* 4 octets each */
	HOOK_TYPE_NUMBERS,   /* 8 octets each, two's complement */
	HOOK_TYPE_ROUTES,    /* 9 each: prefix length, destination, gateway */
	HOOK_TYPE_NAMES,     /* of hosts or domains, a space between them */
	HOOK_TYPE_WORDS,     /* see hook_words_are_plain() */
	HOOK_TYPE_COUNT
};

/*
 * What a field is about: an option, by its code, or one of these. An option of
 * the type OCTETS is given by number, of any other type by name.
 */
enum hook_variable {
	HOOK_VARIABLE_IP_ADDRESS = 256,
	HOOK_VARIABLE_SUBNET_MASK,
	HOOK_VARIABLE_SUBNET_CIDR, /* the prefix length */
	HOOK_VARIABLE_NETWORK_NUMBER,
	HOOK_VARIABLE_BROADCAST_ADDRESS,
	HOOK_VARIABLE_HOST_NAME,
	HOOK_VARIABLE_DOMAIN_NAME,
	HOOK_VARIABLE_DOMAIN_SEARCH,
	HOOK_VARIABLE_NEXT_SERVER, /* siaddr, sname and file of the message */
	HOOK_VARIABLE_SERVER_NAME,
	HOOK_VARIABLE_FILENAME,
	HOOK_VARIABLE_EXPIRY, /* seconds since 1970 */
	HOOK_VARIABLE_END
};

/*
 * The name without new_ or old_, perhaps with hyphens for underscores; NULL for an
 * option that has none, and for one whose value is computed and told as another
 * variable. No two have the same.
 */
const char *hook_variable_name(unsigned variable);

/* True if a value may have this type: what is said of a name is of its kind. */
bool hook_variable_takes(unsigned variable, enum hook_type);

#endif
