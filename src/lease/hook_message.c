/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages to the hook runner, read and checked: what the runner does. */
#include "lease/hook_message.h"

#include <string.h>

#include "base/assert.h"
#include "core/option.h"

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

#define LABEL_MAX	63
#define NAME_MAX_OCTETS 253

#define ROUTE_SIZE 9

static const char *const reason_names[] = {
	[HOOK_REASON_NONE] = "NONE",	     [HOOK_REASON_KNOWN] = "KNOWN",
	[HOOK_REASON_BOUND] = "BOUND",	     [HOOK_REASON_RENEW] = "RENEW",
	[HOOK_REASON_REBIND] = "REBIND",     [HOOK_REASON_REBOOT] = "REBOOT",
	[HOOK_REASON_INFORM] = "INFORM",     [HOOK_REASON_STOP] = "STOP",
	[HOOK_REASON_EXPIRE] = "EXPIRE",     [HOOK_REASON_NAK] = "NAK",
	[HOOK_REASON_CONFLICT] = "CONFLICT", [HOOK_REASON_RELEASE] = "RELEASE",
	[HOOK_REASON_FAIL] = "FAIL",
};
_Static_assert(ARRAY_SIZE(reason_names) == HOOK_REASON_COUNT, "a name each");
_Static_assert(DHCP4_OPTIONS_SIZE <= HOOK_OCTETS_MAX, "each option fits");

const char *hook_reason_name(enum hook_reason reason)
{
	return reason_names[reason];
}

bool hook_interface_is_plain(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length < IFNAMSIZ &&
	       strspn(name, LETTERS DIGITS) > 0 &&
	       strspn(name, LETTERS DIGITS "_.:@-") == length;
}

/* One name, of size octets. */
static bool is_plain(const char *name, size_t size)
{
	size_t label = 0;

	if (size > NAME_MAX_OCTETS)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (name[i] == '.' && label == 0)
			return false;
		label = name[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || !name[i] ||
		    !strchr(LETTERS DIGITS "_-.", name[i]))
			return false;
	}
	/* One that begins with a hyphen would be taken for an option. */
	return label > 0 && name[0] != '-';
}

bool hook_names_are_plain(const void *text, size_t size)
{
	const char *at = text, *end = at + size;

	for (;;) {
		const char *space = memchr(at, ' ', (size_t)(end - at));

		if (!is_plain(at, (size_t)((space ? space : end) - at)))
			return false;
		if (!space)
			return true;
		at = space + 1;
	}
}

bool hook_words_are_plain(const void *text, size_t size)
{
	const char *at = text;

	for (size_t i = 0; i < size; i++) {
		const char *set =
			i ? LETTERS DIGITS " ._:/,=+@%-" : LETTERS DIGITS "/";

		if (!at[i] || !strchr(set, at[i]))
			return false;
	}
	return size > 0;
}

static bool routes_are_valid(const uint8_t *bytes, size_t size)
{
	for (size_t i = 0; i < size; i += ROUTE_SIZE)
		if (bytes[i] > 32)
			return false;
	return true;
}

/* What every field must be, whoever wrote it. */
bool hook_field_is_valid(unsigned variable, enum hook_type type,
			 const uint8_t *bytes, size_t size)
{
	if (!hook_variable_takes(variable, type))
		return false;
	switch (type) {
	case HOOK_TYPE_OCTETS:
		return size <= HOOK_OCTETS_MAX;
	case HOOK_TYPE_ADDRESSES:
		return size > 0 && size % 4 == 0;
	case HOOK_TYPE_NUMBERS:
		return size > 0 && size % 8 == 0;
	case HOOK_TYPE_ROUTES:
		return size > 0 && size % ROUTE_SIZE == 0 &&
		       routes_are_valid(bytes, size);
	case HOOK_TYPE_NAMES:
		return hook_names_are_plain(bytes, size);
	case HOOK_TYPE_WORDS:
		return hook_words_are_plain(bytes, size);
	case HOOK_TYPE_COUNT:
		break;
	}
	return false;
}

bool hook_message_read(struct reader *r, struct hook_header *ret)
{
	struct hook_header header = {
		.number = reader_u32(r),
		.ifindex = reader_u32(r),
		.metric = reader_u32(r),
	};
	unsigned reason = reader_u8(r), dns = reader_u8(r);
	const uint8_t *name = reader_bytes(r, IFNAMSIZ);

	if (!r->failed)
		memcpy(header.interface, name, IFNAMSIZ);
	if (r->failed || reason >= HOOK_REASON_COUNT || dns > 1 ||
	    header.ifindex == 0 || header.ifindex > INT32_MAX ||
	    header.interface[IFNAMSIZ - 1] != '\0' ||
	    !hook_interface_is_plain(header.interface)) {
		r->failed = true;
		return false;
	}
	header.reason = (enum hook_reason)reason;
	header.dns = dns;
	*ret = header;
	return true;
}

bool hook_message_next(struct reader *r, struct hook_field *ret)
{
	struct hook_field field;
	unsigned type;

	if (!r->left || r->failed)
		return false;
	field.variable = reader_u16(r);
	type = reader_u8(r);
	field.size = reader_u16(r);
	field.bytes = reader_bytes(r, field.size);
	if (r->failed || type >= HOOK_TYPE_COUNT ||
	    !hook_field_is_valid(field.variable, (enum hook_type)type,
				 field.bytes, field.size)) {
		r->failed = true;
		return false;
	}
	field.type = (enum hook_type)type;
	*ret = field;
	return true;
}

bool hook_reason_suits(enum hook_reason reason, bool lease)
{
	switch (reason) {
	case HOOK_REASON_KNOWN:
	case HOOK_REASON_BOUND:
	case HOOK_REASON_RENEW:
	case HOOK_REASON_REBIND:
	case HOOK_REASON_REBOOT:
	case HOOK_REASON_INFORM:
		return lease;
	case HOOK_REASON_EXPIRE:
	case HOOK_REASON_NAK:
	case HOOK_REASON_CONFLICT:
	case HOOK_REASON_RELEASE:
	case HOOK_REASON_FAIL:
		return !lease;
	case HOOK_REASON_STOP:
		return true;
	case HOOK_REASON_NONE:
	case HOOK_REASON_COUNT:
		break;
	}
	return false;
}

bool hook_message_is_valid(const void *bytes, size_t size)
{
	struct reader r = reader_over(bytes, size);
	struct hook_header header;
	struct hook_field field;
	unsigned last = 0;

	if (size > HOOK_MESSAGE_MAX || !hook_message_read(&r, &header))
		return false;
	while (hook_message_next(&r, &field)) {
		unsigned order =
			field.variable * 2U + (field.type != HOOK_TYPE_OCTETS);

		/* Twice the same name would mean what the hook makes of it. */
		if (order <= last)
			return false;
		last = order;
	}
	return !r.failed && hook_reason_suits(header.reason, last > 0);
}

void hook_answer_write(struct writer *w, const struct hook_answer *answer)
{
	writer_u32(w, answer->number);
	writer_u32(w, answer->ifindex);
	writer_u32(w, answer->failed);
}
