/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One shape a code, from its RFC: what is strict there is so here, and where parts
 * are to be dropped rather than the whole, the flags of decode.h say so.
 */
#include "core/shapes.h"

#include <stddef.h>

#include "base/assert.h"

/* The members of a shape, in order, or by their codes. */
#define OF(...) \
	.of = (const struct shape[]) \
	{ \
		__VA_ARGS__, \
		{ \
			.kind = SHAPE_END \
		} \
	}

/* A shape, and one with a name. */
#define IT(what, ...) \
	{ \
		.kind = SHAPE_##what, __VA_ARGS__ \
	}
#define AS(what, its_name, ...) \
	{ \
		.kind = SHAPE_##what, .name = its_name, __VA_ARGS__ \
	}

/* clang-format off */
#define ROUTES(its_code) \
	IT(LIST, .code = (its_code), .flags = SHAPE_CUT, OF(IT(ROUTE)))
#define NAMES_LEFT (SHAPE_SOME | SHAPE_SKIP | SHAPE_CUT)
#define GOOD_ONES (SHAPE_SKIP | SHAPE_MEND)

/* RFC 9460 14.3.2; hints have no place here (RFC 9463 3.1.8). */
static const struct shape service_parameters[] = {
	AS(LIST, "alpn", .code = 1,
	   OF(IT(SIZED8, OF(IT(TEXT))))),
	AS(U16, "port", .code = 3),
	IT(NEVER, .code = 4),
	IT(NEVER, .code = 6),
	AS(TEXT, "dohpath", .code = 7),
	{ .kind = SHAPE_END },
};

static const struct shape resolver[] = {
	AS(U16, "priority"),
	IT(SIZED8, OF(AS(NAME, "name"))),
	IT(SIZED8, .flags = SHAPE_OPTIONAL,
	   OF(AS(LIST, "addresses", .flags = SHAPE_SOME | SHAPE_SKIP,
		 OF(IT(HOST))))),
	AS(TAGGED, "parameters", .flags = SHAPE_OPTIONAL | SHAPE_WIDE,
	   .of = service_parameters),
	{ .kind = SHAPE_END },
};

/* The first of RFC 2242's suboptions says which of the others count. */
static const struct shape netware_state[] = {
	IT(CHOICE,
	   OF(IT(SIZED8, .code = 1, OF(AS(NOTHING, "notPresent"))),
	      IT(SIZED8, .code = 2, OF(AS(NOTHING, "inFile"))),
	      IT(SIZED8, .code = 3, OF(AS(NOTHING, "inOptions"))),
	      IT(SIZED8, .code = 4, OF(AS(NOTHING, "tooBig"))))),
	AS(TAGGED, "parameters", .flags = SHAPE_KNOWN,
	   OF(AS(FLAG, "nsq-broadcast", .code = 5),
	      AS(LIST, "preferred-dss", .code = 6, .size = 20,
		 OF(IT(IPV4))),
	      AS(LIST, "nearest-servers", .code = 7, .size = 20,
		 OF(IT(IPV4))),
	      AS(U8, "autoretries", .code = 8),
	      AS(U8, "autoretry-seconds", .code = 9),
	      AS(FLAG, "support-1-1", .code = 10),
	      AS(IPV4, "primary-dss", .code = 11))),
	{ .kind = SHAPE_END },
};

static const struct shape backoff[] = {
	AS(U32, "nominal"), AS(U32, "maximum"),
	AS(U32, "retries"), { .kind = SHAPE_END },
};

/* RFC 3495 5, RFC 3594, RFC 3634. */
static const struct shape cablelabs[] = {
	AS(IPV4, "primary-dhcp-server", .code = 1),
	AS(IPV4, "secondary-dhcp-server", .code = 2),
	AS(CHOICE, "provisioning-server", .code = 3,
	   OF(IT(NAME, .code = 0), IT(IPV4, .code = 1))),
	AS(RECORD, "as-backoff", .code = 4, .of = backoff),
	AS(RECORD, "ap-backoff", .code = 5, .of = backoff),
	AS(NAME, "kerberos-realm", .code = 6),
	AS(U8, "ticket-granting", .code = 7),
	AS(U8, "provisioning-timer", .code = 8),
	AS(U16, "ticket-control", .code = 9),
	AS(LIST, "kdc-servers", .code = 10, .flags = SHAPE_SOME,
	   OF(IT(IPV4))),
	{ .kind = SHAPE_END },
};

/* In ascending order of their codes. */
static const struct shape shapes[] = {
	IT(HOST_NAME, .code = 12),
	IT(DOMAIN, .code = 15),
	IT(LIST, .code = 21,
	  OF(IT(RECORD, OF(AS(IPV4, "address"),
			   AS(IPV4, "mask"))))),
	IT(LIST, .code = 33,
	  OF(IT(RECORD, OF(AS(IPV4, "destination"),
			   AS(IPV4, "router"))))),
	IT(LIST, .code = 55, OF(IT(U8))),
	/* RFC 2242 */
	IT(RECORD, .code = 63, .of = netware_state),
	/* RFC 2610 */
	IT(RECORD, .code = 78,
	  OF(AS(FLAG, "mandatory"),
	     AS(LIST, "agents", .flags = SHAPE_SOME,
		OF(IT(IPV4))))),
	IT(RECORD, .code = 79,
	  OF(AS(FLAG, "mandatory"),
	     AS(TEXT, "scopes", .flags = SHAPE_OPTIONAL))),
	/* RFC 4702 */
	IT(FQDN, .code = 81),
	/* RFC 4174 */
	IT(RECORD, .code = 83,
	  OF(AS(U16, "functions"), AS(U16, "access"),
	     AS(U16, "flags"), AS(U32, "security"),
	     AS(LIST, "servers", .flags = SHAPE_SOME,
		OF(IT(IPV4))))),
	/* RFC 4280 */
	IT(NAMES, .code = 88, .flags = SHAPE_SOME),
	/* RFC 3118 */
	IT(RECORD, .code = 90,
	  OF(AS(U8, "protocol"), AS(U8, "algorithm"),
	     AS(U8, "method"),
	     AS(HEX, "counter", .size = 8),
	     AS(HEX, "information", .flags = SHAPE_OPTIONAL))),
	/* RFC 4578 */
	IT(RECORD, .code = 94,
	  OF(AS(U8, "type"), AS(U8, "major"),
	     AS(U8, "minor"))),
	IT(RECORD, .code = 97,
	  OF(AS(U8, "type"), AS(HEX, "uuid", .size = 16))),
	/* RFC 4776 */
	IT(RECORD, .code = 99,
	  OF(AS(U8, "what"), AS(TEXT, "country", .size = 2),
	     AS(TAGGED, "elements"))),
	/* RFC 4833 */
	IT(TIMEZONE, .code = 100),
	IT(ZONE_NAME, .code = 101),
	/* RFC 8539 */
	IT(IPV6, .code = 109),
	/* RFC 8910 */
	IT(PORTAL, .code = 114),
	/* RFC 3397 */
	IT(COMPRESSED, .code = 119, .flags = NAMES_LEFT),
	/* RFC 3361 */
	IT(CHOICE, .code = 120,
	   OF(IT(COMPRESSED, .code = 0, .flags = NAMES_LEFT),
	      IT(LIST, .code = 1, .flags = SHAPE_SOME,
		 OF(IT(IPV4))))),
	ROUTES(121),
	IT(TAGGED, .code = 122, .flags = GOOD_ONES, .of = cablelabs),
	/* RFC 3925 */
	IT(LIST, .code = 124, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
	   OF(IT(RECORD,
		 OF(AS(U32, "enterprise"),
		    IT(SIZED8,
		       OF(AS(LIST, "classes",
			     OF(IT(SIZED8, OF(IT(HEX))))))))))),
	IT(LIST, .code = 125, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
	   OF(IT(RECORD,
		 OF(AS(U32, "enterprise"),
		    IT(SIZED8, OF(AS(TAGGED, "options"))))))),
	/* RFC 5223 */
	IT(NAME, .code = 137),
	/* RFC 5678 */
	IT(TAGGED, .code = 139, .flags = GOOD_ONES,
	   OF(AS(LIST, "information", .code = 1, OF(IT(IPV4))),
	      AS(LIST, "command", .code = 2, OF(IT(IPV4))),
	      AS(LIST, "event", .code = 3, OF(IT(IPV4))))),
	IT(TAGGED, .code = 140, .flags = GOOD_ONES,
	   OF(AS(NAMES, "information", .code = 1),
	      AS(NAMES, "command", .code = 2),
	      AS(NAMES, "event", .code = 3))),
	/* RFC 6011 */
	IT(COMPRESSED, .code = 141, .flags = NAMES_LEFT),
	/* RFC 8572 */
	IT(LIST, .code = 143, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
	   OF(IT(SIZED16, OF(IT(URI))))),
	/* RFC 6704 */
	IT(LIST, .code = 145, OF(IT(U8))),
	/* RFC 6731 */
	IT(RECORD, .code = 146,
	   OF(AS(PREFERENCE, "preference"),
	      AS(IPV4, "primary"), AS(IPV4, "secondary"),
	      AS(NAMES, "domains",
		 .flags = SHAPE_SKIP | SHAPE_OPTIONAL))),
	/* RFC 8973 */
	IT(NAME, .code = 147),
	IT(LIST, .code = 148, .flags = SHAPE_SOME | SHAPE_SKIP,
	   OF(IT(HOST))),
	/* RFC 6926 */
	IT(RECORD, .code = 151,
	   OF(AS(U8, "status"),
	      AS(TEXT, "message", .flags = SHAPE_OPTIONAL))),
	/* RFC 7291 */
	IT(LIST, .code = 158, .flags = SHAPE_SOME | SHAPE_SKIP,
	   OF(IT(SIZED8,
		 OF(IT(LIST, .flags = SHAPE_SOME | SHAPE_SKIP,
		       OF(IT(HOST))))))),
	/* RFC 7618 */
	IT(RECORD, .code = 159,
	   OF(AS(U8, "offset"), AS(U8, "length"),
	      AS(U16, "id"))),
	/* RFC 8520 */
	IT(URI, .code = 161),
	/* RFC 9463 */
	IT(LIST, .code = 162, .flags = SHAPE_SOME | SHAPE_SORTED,
	   OF(IT(SIZED16, OF(IT(RECORD, .of = resolver))))),
	/* RFC 5969 */
	IT(RECORD, .code = 212,
	   OF(IT(6RD),
	      AS(LIST, "relays", .flags = SHAPE_SOME,
		 OF(IT(IPV4))))),
	/* RFC 5986 */
	IT(NAME, .code = 213),
	/* RFC 6607 */
	IT(RECORD, .code = 221,
	   OF(AS(U8, "type"),
	      AS(HEX, "id", .flags = SHAPE_OPTIONAL))),
	ROUTES(249),
};
/* clang-format on */

const struct shape *shape_of_code(uint8_t code)
{
	size_t first = 0, end = ARRAY_SIZE(shapes);

	while (first < end) {
		size_t middle = (first + end) / 2;

		if (shapes[middle].code == code)
			return &shapes[middle];
		if (shapes[middle].code < code)
			first = middle + 1;
		else
			end = middle;
	}
	return NULL;
}
