/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The walk along a shape. Each octet is read through a reader that cannot leave
 * its area, and a list looks at each element before it tells of it: so nobody is
 * told of what turns out to be malformed later.
 */
#include "core/decode.h"

#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "core/domain.h"
#include "core/lease.h"
#include "core/text.h"

enum result {
	FITS,
	REFUSED, /* of the right size, but no good value */
	BROKEN,	 /* of another size, or cut */
};

struct walk {
	leaf_visitor *visit; /* NULL: it is only looked at */
	void *context;
	const char *as; /* the name of the next leaf, whatever the shape says */
	bool dropped;	/* octets were passed over */

	/* Shapes are made of shapes: this goes into one. */
	enum result (*into)(struct walk *, const struct shape *, struct reader *);
};

static void tell(struct walk *walk, struct leaf leaf)
{
	if (!walk->visit)
		return;
	if (walk->as)
		leaf.name = walk->as;
	walk->as = NULL;
	walk->visit(walk->context, &leaf);
}

static void tell_end(struct walk *walk)
{
	tell(walk, (struct leaf){ .kind = LEAF_END });
}

/* Goes into a shape, which has to take all that is left. */
static enum result into_whole(struct walk *walk, const struct shape *shape,
			      struct reader *r)
{
	enum result result = walk->into(walk, shape, r);

	return result == FITS && r->left ? BROKEN : result;
}

/* The same without telling of it. */
static enum result look(const struct walk *walk, const struct shape *shape,
			struct reader *r)
{
	struct walk silent = { .into = walk->into };

	return walk->into(&silent, shape, r);
}

/* ---- names ---------------------------------------------------------------- */

static enum result take_single(struct walk *walk, struct leaf leaf,
			       enum domain_form form)
{
	char name[DOMAIN_NAME_SIZE];

	if (!domain_single(leaf.bytes, leaf.size, form, name))
		return REFUSED;
	leaf.kind = LEAF_NAME;
	leaf.text = name;
	tell(walk, leaf);
	return FITS;
}

static enum result take_name(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	(void)shape;
	return take_single(walk, leaf, DOMAIN_FORM_PLAIN);
}

/* As text, what is no name is a value all the same. */
static enum result take_text_name(struct walk *walk, const struct shape *shape,
				  struct leaf leaf)
{
	char name[DOMAIN_NAME_SIZE];

	if (domain_single(leaf.bytes, leaf.size, DOMAIN_FORM_TEXT, name) &&
	    (shape->kind == SHAPE_DOMAIN || domain_is_host(name))) {
		leaf.kind = LEAF_NAME;
		leaf.text = name;
	} else {
		leaf.kind = LEAF_STRANGE;
	}
	tell(walk, leaf);
	return FITS;
}

static enum result look_at_names(const struct shape *shape,
				 struct domain_walk names)
{
	char name[DOMAIN_NAME_SIZE];
	unsigned count = 0;

	while (domain_next(&names, name))
		count++;
	if (names.malformed && !(shape->flags & SHAPE_CUT))
		return BROKEN;
	if (names.refused && !(shape->flags & SHAPE_SKIP))
		return REFUSED;
	return count || !(shape->flags & SHAPE_SOME) ? FITS : REFUSED;
}

static enum result take_names(struct walk *walk, const struct shape *shape,
			      struct leaf leaf)
{
	struct domain_walk names = domain_walk(leaf.bytes, leaf.size,
					       shape->kind == SHAPE_COMPRESSED
						       ? DOMAIN_FORM_COMPRESSED
						       : DOMAIN_FORM_PLAIN);
	enum result result = look_at_names(shape, names);
	char name[DOMAIN_NAME_SIZE];

	if (result != FITS)
		return result;
	leaf.kind = LEAF_LIST;
	tell(walk, leaf);
	while (domain_next(&names, name))
		tell(walk, (struct leaf){ .kind = LEAF_NAME, .text = name });
	if (names.malformed || names.refused)
		walk->dropped = true;
	tell_end(walk);
	return FITS;
}

/* Flags, two codes that mean nothing to us, and a name if it is one. */
static enum result take_fqdn(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	struct leaf flags = { .kind = LEAF_NUMBER, .name = "flags" };
	struct leaf name = { .name = "name" };

	(void)shape;
	if (leaf.size < 3)
		return BROKEN;
	flags.number = leaf.bytes[0] & 0x0f;
	name.bytes = leaf.bytes + 3;
	name.size = leaf.size - 3;
	leaf.kind = LEAF_RECORD;
	tell(walk, leaf);
	tell(walk, flags);
	take_single(walk, name,
		    flags.number & 0x04 ? DOMAIN_FORM_PARTIAL : DOMAIN_FORM_TEXT);
	tell_end(walk);
	return FITS;
}

/* ---- values --------------------------------------------------------------- */

static enum result take_number(struct walk *walk, const struct shape *shape,
			       struct leaf leaf)
{
	leaf.kind = LEAF_NUMBER;
	for (size_t i = 0; i < leaf.size; i++)
		leaf.number = leaf.number << 8 | leaf.bytes[i];
	if (shape->kind == SHAPE_S32)
		leaf.number = (int32_t)leaf.number;
	tell(walk, leaf);
	return FITS;
}

static enum result take_flag(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	(void)shape;
	leaf.kind = LEAF_FLAG;
	leaf.number = leaf.bytes[0];
	tell(walk, leaf);
	return leaf.number > 1 ? REFUSED : FITS;
}

static enum result take_address(struct walk *walk, const struct shape *shape,
				struct leaf leaf)
{
	struct reader r = reader_over(leaf.bytes, leaf.size);

	leaf.kind = LEAF_IPV4;
	leaf.address = reader_u32(&r);
	tell(walk, leaf);
	return shape->kind == SHAPE_HOST && !ipv4_is_host(leaf.address) ? REFUSED
									: FITS;
}

static enum result take_ipv6(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	(void)shape;
	leaf.kind = LEAF_IPV6;
	tell(walk, leaf);
	return FITS;
}

static enum result take_octets(struct walk *walk, const struct shape *shape,
			       struct leaf leaf)
{
	(void)shape;
	leaf.kind = LEAF_HEX;
	tell(walk, leaf);
	return FITS;
}

static enum result take_text(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	(void)shape;
	leaf.kind =
		text_is_plain(leaf.bytes, leaf.size) ? LEAF_TEXT : LEAF_STRANGE;
	tell(walk, leaf);
	return FITS;
}

static enum result take_uri(struct walk *walk, const struct shape *shape,
			    struct leaf leaf)
{
	bool portal = shape->kind == SHAPE_PORTAL;

	leaf.kind = text_is_tame(leaf.bytes, leaf.size) ? LEAF_URI : LEAF_STRANGE;
	tell(walk, leaf);
	return text_is_uri(leaf.bytes, leaf.size, portal) ||
			       (portal && text_is_no_portal(leaf.bytes, leaf.size))
		       ? FITS
		       : REFUSED;
}

static enum result take_zone(struct walk *walk, const struct shape *shape,
			     struct leaf leaf)
{
	leaf.kind = LEAF_TEXT;
	tell(walk, leaf);
	if (shape->kind == SHAPE_TIMEZONE)
		return text_is_timezone(leaf.bytes, leaf.size) ? FITS : REFUSED;
	return text_is_zone_name(leaf.bytes, leaf.size) ? FITS : REFUSED;
}

/* The reserved value means the same as 0 (RFC 6731 4.3). */
static enum result take_preference(struct walk *walk, const struct shape *shape,
				   struct leaf leaf)
{
	static const char *const words[] = { "medium", "high", "medium", "low" };

	(void)shape;
	leaf.kind = LEAF_WORD;
	leaf.text = words[leaf.bytes[0] & 3];
	tell(walk, leaf);
	return FITS;
}

/* Of an octet the leading bits. */
static uint8_t leading(unsigned bits)
{
	return (uint8_t)(0xff00U >> (bits < 8 ? bits : 8));
}

/* Length of the IPv4 mask, length of the prefix, prefix (RFC 5969 7.1.1). */
static enum result take_6rd(struct walk *walk, const struct shape *shape,
			    struct leaf leaf)
{
	unsigned mask = leaf.bytes[0], length = leaf.bytes[1];
	uint8_t prefix[16] = { 0 };

	(void)shape;
	if (mask > 32 || length > 128 || 32 - mask + length > 128)
		return REFUSED;
	for (unsigned i = 0; 8 * i < length; i++)
		prefix[i] = leaf.bytes[2 + i] & leading(length - 8 * i);
	tell(walk, (struct leaf){ .kind = LEAF_NUMBER,
				  .name = "ipv4MaskLength",
				  .number = mask });
	tell(walk, (struct leaf){ .kind = LEAF_PREFIX6,
				  .name = "prefix",
				  .number = length,
				  .bytes = prefix,
				  .size = sizeof(prefix) });
	return FITS;
}

/* ---- shapes of others ------------------------------------------------------ */

static enum result into_never(struct walk *walk, const struct shape *shape,
			      struct reader *r)
{
	(void)walk, (void)shape, (void)r;
	return BROKEN;
}

static enum result into_route(struct walk *walk, const struct shape *shape,
			      struct reader *r)
{
	struct dhcp4_route route;

	if (!lease_next_route(r, &route)) {
		r->failed = true;
		return BROKEN;
	}
	tell(walk, (struct leaf){ .kind = LEAF_RECORD, .name = shape->name });
	tell(walk, (struct leaf){ .kind = LEAF_PREFIX,
				  .name = "destination",
				  .address = route.destination,
				  .number = route.prefix_length });
	tell(walk, (struct leaf){ .kind = LEAF_IPV4,
				  .name = "gateway",
				  .address = route.gateway });
	tell_end(walk);
	return FITS;
}

static enum result into_nothing(struct walk *walk, const struct shape *shape,
				struct reader *r)
{
	(void)r;
	tell(walk,
	     (struct leaf){ .kind = LEAF_FLAG, .name = shape->name, .number = 1 });
	return FITS;
}

static enum result into_record(struct walk *walk, const struct shape *shape,
			       struct reader *r)
{
	tell(walk, (struct leaf){ .kind = LEAF_RECORD, .name = shape->name });
	for (const struct shape *member = shape->of; member->kind; member++) {
		enum result result;

		if ((member->flags & SHAPE_OPTIONAL) && !r->left)
			break;
		result = walk->into(walk, member, r);
		if (result != FITS)
			return result;
	}
	tell_end(walk);
	return FITS;
}

static bool is_passed_over(const struct shape *shape, enum result result)
{
	return shape->flags & (result == REFUSED ? SHAPE_SKIP : SHAPE_MEND);
}

/* Tells of elements by their first number, equal ones in the order they have. */
static void tell_sorted(struct walk *walk, const struct shape *shape,
			struct reader all)
{
	int64_t done = -1, next;

	do {
		struct reader r = all, element = { 0 };

		next = INT64_MAX;
		for (int64_t i = 0; r.left; i++) {
			struct reader start = r;
			struct reader inner = reader_sub(&r, reader_u16(&r));
			int64_t key = (int64_t)reader_u16(&inner) << 32 | i;

			if (key > done && key < next) {
				next = key;
				element = start;
			}
		}
		if (next != INT64_MAX)
			walk->into(walk, shape->of, &element);
		done = next;
	} while (next != INT64_MAX);
}

static enum result into_list(struct walk *walk, const struct shape *shape,
			     struct reader *r)
{
	struct reader all = *r;
	unsigned count = 0;

	if (shape->size && r->left > shape->size)
		return BROKEN;
	tell(walk, (struct leaf){ .kind = LEAF_LIST, .name = shape->name });
	while (r->left) {
		struct reader ahead = *r;
		enum result result = look(walk, shape->of, &ahead);

		ASSERT(ahead.left < r->left);
		if (ahead.failed && (shape->flags & SHAPE_CUT))
			break;
		if (ahead.failed)
			return BROKEN;
		if (result != FITS && !is_passed_over(shape, result))
			return result;
		if (result == FITS && walk->visit &&
		    !(shape->flags & SHAPE_SORTED))
			walk->into(walk, shape->of, r);
		if (result != FITS)
			walk->dropped = true;
		count += result == FITS;
		*r = ahead;
	}
	if (r->left)
		walk->dropped = true;
	reader_bytes(r, r->left);
	if (walk->visit && (shape->flags & SHAPE_SORTED))
		tell_sorted(walk, shape, all);
	tell_end(walk);
	return count || !(shape->flags & SHAPE_SOME) ? FITS : REFUSED;
}

/* The member of a code, or NULL. */
static const struct shape *member_of_code(const struct shape *shape, unsigned code)
{
	const struct shape *member = shape->of;

	while (member && member->kind && member->code != code)
		member++;
	return member && member->kind ? member : NULL;
}

static enum result into_choice(struct walk *walk, const struct shape *shape,
			       struct reader *r)
{
	const struct shape *member = member_of_code(shape, reader_u8(r));

	return r->failed || !member ? BROKEN : walk->into(walk, member, r);
}

static enum result into_sized(struct walk *walk, const struct shape *shape,
			      struct reader *r)
{
	size_t size = shape->kind == SHAPE_SIZED8 ? reader_u8(r) : reader_u16(r);
	struct reader inner = reader_sub(r, size);

	return inner.failed ? BROKEN : into_whole(walk, shape->of, &inner);
}

static void tell_item(struct walk *walk, const struct shape *member,
		      unsigned code, struct reader inner)
{
	tell(walk, (struct leaf){ .kind = LEAF_ITEM,
				  .number = code,
				  .text = member->name });
	walk->as = "value";
	walk->into(walk, member, &inner);
	tell_end(walk);
}

static enum result into_tagged(struct walk *walk, const struct shape *shape,
			       struct reader *r)
{
	static const struct shape unknown = { .kind = SHAPE_HEX };
	bool wide = shape->flags & SHAPE_WIDE;

	tell(walk, (struct leaf){ .kind = LEAF_LIST, .name = shape->name });
	while (r->left) {
		unsigned code = wide ? reader_u16(r) : reader_u8(r);
		size_t size = wide ? reader_u16(r) : reader_u8(r);
		struct reader inner = reader_sub(r, size), ahead = inner;
		const struct shape *member = member_of_code(shape, code);
		struct walk silent = { .into = walk->into };
		enum result result;

		if (inner.failed || (!member && (shape->flags & SHAPE_KNOWN)))
			return BROKEN;
		member = member ? member : &unknown;
		result = into_whole(&silent, member, &ahead);
		if (result == FITS && walk->visit)
			tell_item(walk, member, code, inner);
		else if (result != FITS && !is_passed_over(shape, result))
			return result;
		if (result != FITS)
			walk->dropped = true;
	}
	tell_end(walk);
	return FITS;
}

/* What takes each kind: a value of so many octets (0: its own, or all), or more. */
static const struct {
	uint8_t size;
	enum result (*take)(struct walk *, const struct shape *, struct leaf);
	enum result (*into)(struct walk *, const struct shape *, struct reader *);
} kinds[] = {
	[SHAPE_U8] = { 1, take_number, NULL },
	[SHAPE_U16] = { 2, take_number, NULL },
	[SHAPE_U32] = { 4, take_number, NULL },
	[SHAPE_S32] = { 4, take_number, NULL },
	[SHAPE_FLAG] = { 1, take_flag, NULL },
	[SHAPE_IPV4] = { 4, take_address, NULL },
	[SHAPE_HOST] = { 4, take_address, NULL },
	[SHAPE_IPV6] = { 16, take_ipv6, NULL },
	[SHAPE_PREFERENCE] = { 1, take_preference, NULL },
	[SHAPE_6RD] = { 18, take_6rd, NULL },
	[SHAPE_HEX] = { 0, take_octets, NULL },
	[SHAPE_TEXT] = { 0, take_text, NULL },
	[SHAPE_URI] = { 0, take_uri, NULL },
	[SHAPE_PORTAL] = { 0, take_uri, NULL },
	[SHAPE_TIMEZONE] = { 0, take_zone, NULL },
	[SHAPE_ZONE_NAME] = { 0, take_zone, NULL },
	[SHAPE_DOMAIN] = { 0, take_text_name, NULL },
	[SHAPE_HOST_NAME] = { 0, take_text_name, NULL },
	[SHAPE_NAME] = { 0, take_name, NULL },
	[SHAPE_NAMES] = { 0, take_names, NULL },
	[SHAPE_COMPRESSED] = { 0, take_names, NULL },
	[SHAPE_FQDN] = { 0, take_fqdn, NULL },
	[SHAPE_ROUTE] = { 0, NULL, into_route },
	[SHAPE_NOTHING] = { 0, NULL, into_nothing },
	[SHAPE_NEVER] = { 0, NULL, into_never },
	[SHAPE_RECORD] = { 0, NULL, into_record },
	[SHAPE_LIST] = { 0, NULL, into_list },
	[SHAPE_SIZED8] = { 0, NULL, into_sized },
	[SHAPE_SIZED16] = { 0, NULL, into_sized },
	[SHAPE_CHOICE] = { 0, NULL, into_choice },
	[SHAPE_TAGGED] = { 0, NULL, into_tagged },
};

static enum result into_shape(struct walk *walk, const struct shape *shape,
			      struct reader *r)
{
	size_t size =
		kinds[shape->kind].size ? kinds[shape->kind].size : shape->size;
	struct leaf leaf = { .name = shape->name };

	if (kinds[shape->kind].into)
		return kinds[shape->kind].into(walk, shape, r);
	leaf.size = size ? size : r->left;
	leaf.bytes = reader_bytes(r, leaf.size);
	return r->failed ? BROKEN : kinds[shape->kind].take(walk, shape, leaf);
}

bool decode_fits(const struct shape *shape, const uint8_t *bytes, size_t size)
{
	struct walk walk = { .into = into_shape };
	struct reader r = reader_over(bytes, size);

	return into_whole(&walk, shape, &r) == FITS;
}

bool decode(const struct shape *shape, const uint8_t *bytes, size_t size,
	    leaf_visitor *visit, void *context)
{
	struct walk walk = { .visit = visit,
			     .context = context,
			     .into = into_shape };
	struct reader r = reader_over(bytes, size);

	if (decode_fits(shape, bytes, size)) {
		into_shape(&walk, shape, &r);
		return !walk.dropped;
	}
	tell(&walk, (struct leaf){ .kind = LEAF_HEX,
				   .name = shape->name,
				   .bytes = bytes,
				   .size = size });
	return false;
}
