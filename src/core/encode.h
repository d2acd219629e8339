/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values of options as a client sends them, each from what somebody wrote. What
 * is done with them is request.c's matter.
 */
#ifndef CORE_ENCODE_H
#define CORE_ENCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/encoded.h"

/* Who is to write what of a name into the DNS (RFC 4702 3). */
enum fqdn_mode {
	FQDN_MODE_OFF, /* the name goes as option 12, which says nothing of it */
	FQDN_MODE_NONE, /* the server shall write nothing */
	FQDN_MODE_PTR,	/* the client writes its A record itself */
	FQDN_MODE_BOTH, /* the server shall write both */
	FQDN_MODE_COUNT
};

/*
 * Puts a host name, of at most DHCP4_HOSTNAME_MAX characters that
 * str_is_hostname() allows and without a dot at its end, as option 12 or 81, and
 * takes the other one out (RFC 4702 3.1). A name with a dot is a full one. No
 * name: no option 12, and an option 81 that asks for a name. False: no room.
 */
bool encode_hostname(struct dhcp4_encoded *, const char *name, enum fqdn_mode);

/* Adds a user class of 1 to 255 octets (RFC 3004 4). False: another, or no room. */
bool encode_user_class(struct dhcp4_encoded *, const void *bytes, size_t size);

/*
 * Adds one to the classes, option 124, or one to the options, option 125, of an
 * enterprise (RFC 3925 3, 4). False: no room, there or in the 255 octets that an
 * enterprise has.
 */
bool encode_vendor_class(struct dhcp4_encoded *, uint32_t enterprise,
			 const void *bytes, size_t size);
bool encode_vendor_option(struct dhcp4_encoded *, uint32_t enterprise,
			  uint8_t code, const void *bytes, size_t size);

/*
 * The octets of a value in words, as an option of that format has them: an
 * address, a number, yes or no, text; of a list several with commas between them: so
 * are domains, and routes as "192.0.2.0/24 via 10.0.0.1". What has no words is hex,
 * and what has some that need no colon may be. Returns how many, or -1 if the text
 * is none or they are too many.
 */
int encode_value(enum option_format, const char *text, uint8_t *bytes,
		 size_t room);

/* The code of an option by its name in the table, or by its number, 1 to 254. */
bool encode_code(const char *text, uint8_t *ret);

#endif
