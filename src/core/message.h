/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One DHCP message: parsed from octets into a validated struct, and begun and
 * ended for those that are built. The same for a client and for a server.
 */
#ifndef CORE_MESSAGE_H
#define CORE_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cursor.h"
#include "base/ipv4.h"
#include "core/dhcp4.h"
#include "core/option.h"
#include "core/reject.h"

/* The fixed fields of RFC 2131 2, figure 1, without sname and file. */
struct dhcp4_header {
	uint8_t op, htype, hlen, hops;
	uint32_t xid;
	uint16_t secs, flags;
	ipv4_addr ciaddr, yiaddr, siaddr, giaddr;
	uint8_t chaddr[DHCP4_CHADDR_SIZE];
};

struct dhcp4_message {
	struct dhcp4_header header;
	uint8_t type; /* enum dhcp4_type, or a number that we do not know */

	/* Empty where the field carried options; ended by a NUL in any case. */
	char sname[DHCP4_SNAME_SIZE + 1];
	char file[DHCP4_FILE_SIZE + 1];

	struct dhcp4_options options;
};

/*
 * Parses a UDP payload. Options of the options field, of file and of sname are
 * joined in that order (RFC 2131 4.1, RFC 3396); pads, End, overload and the
 * options that option_is_valid() refuses are left out. A field is read up to an
 * option that runs over its end; what was read before counts. A message of full
 * length that has no option 53 at all is one of BOOTP (RFC 1534).
 *
 * Returns REJECT_NONE, or why the octets are no DHCP message: MESSAGE_SHORT,
 * MESSAGE_LONG, COOKIE, MESSAGE_TYPE. *ret is then unspecified.
 */
enum reject dhcp4_message_parse(const void *payload, size_t size,
				struct dhcp4_message *ret);

/* A walk through the pieces of one option; the members are its own. */
struct dhcp4_pieces {
	uint8_t code;
	unsigned at, count; /* of the fields that hold options */
	struct reader field[3];
};

/*
 * The pieces of an option as they stand in a UDP payload, in the order in which
 * they are joined. Of a payload that is no message, any octets of it.
 */
struct dhcp4_pieces dhcp4_message_pieces(const void *payload, size_t size,
					 uint8_t code);

/* False at the end. */
bool dhcp4_pieces_next(struct dhcp4_pieces *, struct option_value *ret);

/* Writes the fixed fields, zeros for sname and file, and the cookie. */
void dhcp4_header_write(struct writer *, const struct dhcp4_header *);

/* The same, and option 53. */
void dhcp4_message_begin(struct writer *, const struct dhcp4_header *,
			 enum dhcp4_type);

/* Writes End and zeros up to DHCP4_MESSAGE_MIN octets since offset start. */
void dhcp4_message_end(struct writer *, size_t start);

#endif
