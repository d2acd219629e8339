/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The run is short and rarely changed: each change makes it anew. A list that is
 * joined to is read before: what cannot be read at its end must not hide what comes
 * behind it, and a name that points back would point elsewhere.
 */
#include "core/override.h"

#include <string.h>

#include "base/assert.h"
#include "core/domain.h"
#include "core/lease.h"

/* ---- what may be edited --------------------------------------------------- */

static const char of_each_message[] =
	"is a matter of each message, and cannot be changed";
static const char of_clients[] = "is sent by clients only";

/* What the protocol itself is made of; where a key decides, it is named. */
static const struct {
	uint8_t code;
	const char *why;
} refused[] = {
	{ DHCP4_OPTION_REQUESTED_ADDRESS, of_clients },
	{ DHCP4_OPTION_OVERLOAD, of_each_message },
	{ DHCP4_OPTION_MESSAGE_TYPE, of_each_message },
	{ DHCP4_OPTION_SERVER_ID, of_each_message },
	{ DHCP4_OPTION_PARAMETERS, of_clients },
	{ DHCP4_OPTION_MESSAGE, of_each_message },
	{ DHCP4_OPTION_MESSAGE_SIZE, of_each_message },
	{ DHCP4_OPTION_CLIENT_ID, "is the client's own: set it by client-id" },
	{ DHCP4_OPTION_RAPID_COMMIT, "is the matter of rapid-commit" },
	{ DHCP4_OPTION_RELAY_AGENT, "is between relays and servers" },
	{ DHCP4_OPTION_AUTHENTICATION, "is a proof, and the matter of auth" },
	{ DHCP4_OPTION_V6ONLY, "is the matter of ipv6-only" },
	{ DHCP4_OPTION_AUTO_CONFIGURE, "is the matter of auto-configure" },
	{ DHCP4_OPTION_SUBNET_SELECTION, "is the matter of subnet" },
	{ DHCP4_OPTION_FORCERENEW_NONCE, "is the matter of force-renew" },
};

static bool is_list(uint8_t code)
{
	enum option_format format = option_rule(code)->format;

	return format == OPTION_FORMAT_IPV4_LIST ||
	       format == OPTION_FORMAT_IPV4_PAIRS ||
	       format == OPTION_FORMAT_U16_LIST ||
	       format == OPTION_FORMAT_ROUTES || format == OPTION_FORMAT_SEARCH;
}

const char *override_refusal(enum override_kind kind, uint8_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++) {
		if (refused[i].code == code)
			return refused[i].why;
	}
	if (code == DHCP4_OPTION_LEASE_TIME && kind != OVERRIDE_SUPERSEDE &&
	    kind != OVERRIDE_REQUIRE)
		return "can only be superseded: what a server grants is never "
		       "made longer";
	if ((kind == OVERRIDE_PREPEND || kind == OVERRIDE_APPEND) &&
	    !is_list(code))
		return "is no list: use supersede, or default";
	return NULL;
}

static bool is_mask(ipv4_addr mask)
{
	return ipv4_mask_is_contiguous(mask) &&
	       ipv4_mask_length(mask) >= LEASE_PREFIX_MIN;
}

/* What a lease with such a value would be refused for is no value, either. */
static bool is_sound(enum override_kind kind, const struct option_value *value)
{
	struct reader r = reader_over(value->bytes, value->size);

	if (value->code == DHCP4_OPTION_PAD || value->code == DHCP4_OPTION_END)
		return false;
	if (kind == OVERRIDE_REQUIRE || kind == OVERRIDE_IGNORE)
		return value->size == 0;
	if (!option_is_valid(value->code, value->bytes, value->size))
		return false;
	if (value->code == DHCP4_OPTION_SUBNET_MASK)
		return is_mask(reader_u32(&r));
	if (value->code == DHCP4_OPTION_LEASE_TIME)
		return reader_u32(&r) >= OVERRIDE_LEASE_TIME_LEAST_S;
	return true;
}

/* ---- the run -------------------------------------------------------------- */

bool override_next(const struct dhcp4_override *override, uint16_t *offset,
		   struct override_edit *ret)
{
	struct reader r;

	if (*offset == override->used)
		return false;
	r = reader_over(override->bytes + *offset,
			(size_t) override->used - *offset);
	ret->kind = (enum override_kind)reader_u8(&r);
	ret->value.code = reader_u8(&r);
	ret->value.size = reader_u16(&r);
	ret->value.bytes = reader_bytes(&r, ret->value.size);
	ASSERT(!r.failed);
	*offset = (uint16_t)(*offset + 4 + ret->value.size);
	return true;
}

static void write_edit(struct writer *w, const struct override_edit *edit)
{
	writer_u8(w, (uint8_t)edit->kind);
	writer_u8(w, edit->value.code);
	writer_u16(w, edit->value.size);
	writer_bytes(w, edit->value.bytes, edit->value.size);
}

/* Where an edit stands among others. */
static unsigned place_of(const struct override_edit *edit)
{
	return (unsigned)edit->kind << 8 | edit->value.code;
}

static unsigned count_of(const struct dhcp4_override *override,
			 enum override_kind kind)
{
	struct override_edit edit;
	uint16_t offset = 0;
	unsigned count = 0;

	while (override_next(override, &offset, &edit))
		count += edit.kind == kind;
	return count;
}

/* Puts one where it belongs, instead of one in its place. False: no room. */
static bool insert(struct dhcp4_override *override,
		   const struct override_edit *other)
{
	struct dhcp4_override anew = { 0 };
	struct writer w = writer_over(anew.bytes, sizeof(anew.bytes));
	unsigned place = place_of(other);
	struct override_edit edit;
	uint16_t offset = 0;
	bool written = false;

	while (override_next(override, &offset, &edit)) {
		if (!written && place_of(&edit) >= place) {
			write_edit(&w, other);
			written = true;
		}
		if (place_of(&edit) != place)
			write_edit(&w, &edit);
	}
	if (!written)
		write_edit(&w, other);
	anew.used = (uint16_t)w.used;
	if (w.failed || count_of(&anew, OVERRIDE_REQUIRE) > OVERRIDE_REQUIRED_MAX)
		return false;
	*override = anew;
	return true;
}

bool override_put(struct dhcp4_override *override, enum override_kind kind,
		  uint8_t code, const void *bytes, size_t size)
{
	const struct override_edit edit = { kind,
					    { code, (uint16_t)size, bytes } };

	return size <= DHCP4_OVERRIDE_SIZE && !override_refusal(kind, code) &&
	       is_sound(kind, &edit.value) && insert(override, &edit);
}

void override_clear(struct dhcp4_override *override, enum override_kind kind)
{
	const struct dhcp4_override before = *override;
	struct writer w = writer_over(override->bytes, sizeof(override->bytes));
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(&before, &offset, &edit)) {
		if (edit.kind != kind)
			write_edit(&w, &edit);
	}
	override->used = (uint16_t)w.used;
	memset(override->bytes + w.used, 0, sizeof(override->bytes) - w.used);
}

/* ---- what is done --------------------------------------------------------- */

bool override_lacks(const struct dhcp4_override *override,
		    const struct dhcp4_options *options)
{
	struct override_edit edit;
	struct option_value value;
	uint16_t offset = 0;

	while (override_next(override, &offset, &edit)) {
		if (edit.kind == OVERRIDE_REQUIRE &&
		    !dhcp4_options_get(options, edit.value.code, &value))
			return true;
	}
	return false;
}

/* Each name for itself: those that were passed over are not used, either. */
static void write_names(struct writer *w, const struct option_value *list)
{
	struct domain_walk walk =
		domain_walk(list->bytes, list->size, DOMAIN_FORM_COMPRESSED);
	char name[DOMAIN_NAME_SIZE];

	while (domain_next(&walk, name))
		domain_write(w, name);
}

static void write_routes(struct writer *w, const struct option_value *list)
{
	struct reader r = reader_over(list->bytes, list->size);
	struct dhcp4_route route;
	size_t good = 0;

	while (lease_next_route(&r, &route))
		good = list->size - r.left;
	writer_bytes(w, list->bytes, good);
}

/* As much of a list as can be read. */
static void write_list(struct writer *w, const struct option_value *list)
{
	enum option_format format = option_rule(list->code)->format;

	if (format == OPTION_FORMAT_SEARCH)
		write_names(w, list);
	else if (format == OPTION_FORMAT_ROUTES)
		write_routes(w, list);
	else
		writer_bytes(w, list->bytes, list->size);
}

static bool join(struct dhcp4_options *options, const struct option_value *first,
		 const struct option_value *second)
{
	uint8_t value[DHCP4_OPTIONS_SIZE];
	struct writer w = writer_over(value, sizeof(value));

	write_list(&w, first);
	write_list(&w, second);
	return !w.failed &&
	       dhcp4_options_put(options, first->code, value, w.used);
}

/* Whether there is a lease time, and a longer one than that. */
static bool is_longer(const struct option_value *sent,
		      const struct option_value *given)
{
	struct reader a = reader_over(sent->bytes, sent->size);
	struct reader b = reader_over(given->bytes, given->size);

	return reader_u32(&a) > reader_u32(&b);
}

static bool put(struct dhcp4_options *options, const struct option_value *value)
{
	return dhcp4_options_put(options, value->code, value->bytes, value->size);
}

static bool apply(const struct override_edit *edit, struct dhcp4_options *options)
{
	const struct option_value *given = &edit->value;
	struct option_value sent = { .code = given->code, .bytes = given->bytes };
	bool there = dhcp4_options_get(options, given->code, &sent);

	switch (edit->kind) {
	case OVERRIDE_REQUIRE:
		return true;
	case OVERRIDE_IGNORE:
		dhcp4_options_remove(options, given->code);
		return true;
	case OVERRIDE_DEFAULT:
		return there || put(options, given);
	case OVERRIDE_SUPERSEDE:
		if (given->code == DHCP4_OPTION_LEASE_TIME &&
		    !is_longer(&sent, given))
			return true;
		return put(options, given);
	case OVERRIDE_PREPEND:
		return join(options, given, &sent);
	case OVERRIDE_APPEND:
		return join(options, &sent, given);
	case OVERRIDE_KIND_COUNT:
		break;
	}
	UNREACHABLE();
}

bool override_apply(const struct dhcp4_override *override,
		    struct dhcp4_options *options)
{
	struct override_edit edit;
	uint16_t offset = 0;
	bool fits = true;

	while (fits && override_next(override, &offset, &edit))
		fits = apply(&edit, options);
	return fits;
}

bool override_names_this_host(const struct dhcp4_override *override)
{
	struct override_edit edit;
	uint16_t offset = 0;
	bool found = false;

	while (override && override_next(override, &offset, &edit)) {
		struct reader r = reader_over(edit.value.bytes, edit.value.size);

		while (edit.value.code == DHCP4_OPTION_DNS_SERVERS && r.left)
			found |= reader_u32(&r) >> 24 == 127;
	}
	return found;
}
