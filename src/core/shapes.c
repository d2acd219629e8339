/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One shape a code, from its RFC: what is strict there is so here, and where parts
 * are to be dropped rather than the whole, the flags of decode.h say so.
 */
#include "core/shapes.h"

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
#define ROUTES IT(LIST, .flags = SHAPE_CUT, OF(IT(ROUTE)))
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

static const struct shape shapes[256] = {
	[12] = IT(HOST_NAME),
	[15] = IT(DOMAIN),
	[21] = IT(LIST,
		  OF(IT(RECORD, OF(AS(IPV4, "address"),
				   AS(IPV4, "mask"))))),
	[33] = IT(LIST,
		  OF(IT(RECORD, OF(AS(IPV4, "destination"),
				   AS(IPV4, "router"))))),
	[55] = IT(LIST, OF(IT(U8))),
	/* RFC 2242 */
	[63] = IT(RECORD, .of = netware_state),
	/* RFC 2610 */
	[78] = IT(RECORD,
		  OF(AS(FLAG, "mandatory"),
		     AS(LIST, "agents", .flags = SHAPE_SOME,
			OF(IT(IPV4))))),
	[79] = IT(RECORD,
		  OF(AS(FLAG, "mandatory"),
		     AS(TEXT, "scopes", .flags = SHAPE_OPTIONAL))),
	/* RFC 4702 */
	[81] = IT(FQDN),
	/* RFC 4174 */
	[83] = IT(RECORD,
		  OF(AS(U16, "functions"), AS(U16, "access"),
		     AS(U16, "flags"), AS(U32, "security"),
		     AS(LIST, "servers", .flags = SHAPE_SOME,
			OF(IT(IPV4))))),
	/* RFC 4280 */
	[88] = IT(NAMES, .flags = SHAPE_SOME),
	/* RFC 3118 */
	[90] = IT(RECORD,
		  OF(AS(U8, "protocol"), AS(U8, "algorithm"),
		     AS(U8, "method"),
		     AS(HEX, "counter", .size = 8),
		     AS(HEX, "information", .flags = SHAPE_OPTIONAL))),
	/* RFC 4578 */
	[94] = IT(RECORD,
		  OF(AS(U8, "type"), AS(U8, "major"),
		     AS(U8, "minor"))),
	[97] = IT(RECORD,
		  OF(AS(U8, "type"), AS(HEX, "uuid", .size = 16))),
	/* RFC 4776 */
	[99] = IT(RECORD,
		  OF(AS(U8, "what"), AS(TEXT, "country", .size = 2),
		     AS(TAGGED, "elements"))),
	/* RFC 4833 */
	[100] = IT(TIMEZONE),
	[101] = IT(ZONE_NAME),
	/* RFC 8539 */
	[109] = IT(IPV6),
	/* RFC 8910 */
	[114] = IT(PORTAL),
	/* RFC 3397 */
	[119] = IT(COMPRESSED, .flags = NAMES_LEFT),
	/* RFC 3361 */
	[120] = IT(CHOICE,
		   OF(IT(COMPRESSED, .code = 0, .flags = NAMES_LEFT),
		      IT(LIST, .code = 1, .flags = SHAPE_SOME,
			 OF(IT(IPV4))))),
	[121] = ROUTES,
	[122] = IT(TAGGED, .flags = GOOD_ONES, .of = cablelabs),
	/* RFC 3925 */
	[124] = IT(LIST, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
		   OF(IT(RECORD,
			 OF(AS(U32, "enterprise"),
			    IT(SIZED8,
			       OF(AS(LIST, "classes",
				     OF(IT(SIZED8, OF(IT(HEX))))))))))),
	[125] = IT(LIST, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
		   OF(IT(RECORD,
			 OF(AS(U32, "enterprise"),
			    IT(SIZED8, OF(AS(TAGGED, "options"))))))),
	/* RFC 5223 */
	[137] = IT(NAME),
	/* RFC 5678 */
	[139] = IT(TAGGED, .flags = GOOD_ONES,
		   OF(AS(LIST, "information", .code = 1, OF(IT(IPV4))),
		      AS(LIST, "command", .code = 2, OF(IT(IPV4))),
		      AS(LIST, "event", .code = 3, OF(IT(IPV4))))),
	[140] = IT(TAGGED, .flags = GOOD_ONES,
		   OF(AS(NAMES, "information", .code = 1),
		      AS(NAMES, "command", .code = 2),
		      AS(NAMES, "event", .code = 3))),
	/* RFC 6011 */
	[141] = IT(COMPRESSED, .flags = NAMES_LEFT),
	/* RFC 8572 */
	[143] = IT(LIST, .flags = SHAPE_SOME | GOOD_ONES | SHAPE_CUT,
		   OF(IT(SIZED16, OF(IT(URI))))),
	/* RFC 6704 */
	[145] = IT(LIST, OF(IT(U8))),
	/* RFC 6731 */
	[146] = IT(RECORD,
		   OF(AS(PREFERENCE, "preference"),
		      AS(IPV4, "primary"), AS(IPV4, "secondary"),
		      AS(NAMES, "domains",
			 .flags = SHAPE_SKIP | SHAPE_OPTIONAL))),
	/* RFC 8973 */
	[147] = IT(NAME),
	[148] = IT(LIST, .flags = SHAPE_SOME | SHAPE_SKIP,
		   OF(IT(HOST))),
	/* RFC 6926 */
	[151] = IT(RECORD,
		   OF(AS(U8, "status"),
		      AS(TEXT, "message", .flags = SHAPE_OPTIONAL))),
	/* RFC 7291 */
	[158] = IT(LIST, .flags = SHAPE_SOME | SHAPE_SKIP,
		   OF(IT(SIZED8,
			 OF(IT(LIST, .flags = SHAPE_SOME | SHAPE_SKIP,
			       OF(IT(HOST))))))),
	/* RFC 7618 */
	[159] = IT(RECORD,
		   OF(AS(U8, "offset"), AS(U8, "length"),
		      AS(U16, "id"))),
	/* RFC 8520 */
	[161] = IT(URI),
	/* RFC 9463 */
	[162] = IT(LIST, .flags = SHAPE_SOME | SHAPE_SORTED,
		   OF(IT(SIZED16, OF(IT(RECORD, .of = resolver))))),
	/* RFC 5969 */
	[212] = IT(RECORD,
		   OF(IT(6RD),
		      AS(LIST, "relays", .flags = SHAPE_SOME,
			 OF(IT(IPV4))))),
	/* RFC 5986 */
	[213] = IT(NAME),
	/* RFC 6607 */
	[221] = IT(RECORD,
		   OF(AS(U8, "type"),
		      AS(HEX, "id", .flags = SHAPE_OPTIONAL))),
	[249] = ROUTES,
};
/* clang-format on */

const struct shape *shape_of_code(uint8_t code)
{
	return shapes[code].kind ? &shapes[code] : NULL;
}
