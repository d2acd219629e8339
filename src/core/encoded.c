/* SPDX-License-Identifier: BSD-2-Clause */
/* The set is short and rarely changed: each change makes it anew. */
#include "core/encoded.h"

#include <string.h>

#include "base/assert.h"

/* What the table of options does not know of those for a boot (RFC 4578 2). */
#define OPTION_ARCHITECTURE 93
#define OPTION_INTERFACE    94
#define OPTION_MACHINE	    97

static bool is_sound(uint8_t code, const uint8_t *bytes, size_t size)
{
	switch (code) {
	case DHCP4_OPTION_PAD:
	case DHCP4_OPTION_END:
		return false;
	case OPTION_ARCHITECTURE:
		return size > 0 && size % 2 == 0;
	case OPTION_INTERFACE:
		return size == 3;
	case OPTION_MACHINE:
		return size == 17 && bytes[0] == 0;
	}
	return option_is_valid(code, bytes, size);
}

bool encoded_next(const struct dhcp4_encoded *encoded, uint16_t *offset,
		  struct option_value *ret)
{
	struct reader r;

	if (!encoded || *offset == encoded->used)
		return false;
	r = reader_over(encoded->bytes + *offset,
			(size_t)encoded->used - *offset);
	ret->code = reader_u8(&r);
	ret->size = reader_u16(&r);
	ret->bytes = reader_bytes(&r, ret->size);
	ASSERT(!r.failed);
	*offset = (uint16_t)(*offset + 3 + ret->size);
	return true;
}

bool encoded_get(const struct dhcp4_encoded *encoded, uint8_t code,
		 struct option_value *ret)
{
	struct option_value value;
	uint16_t offset = 0;

	while (encoded_next(encoded, &offset, &value)) {
		if (value.code == code) {
			*ret = value;
			return true;
		}
	}
	return false;
}

static void write_value(struct writer *w, const struct option_value *value)
{
	writer_u8(w, value->code);
	writer_u16(w, value->size);
	writer_bytes(w, value->bytes, value->size);
}

/* The set without an option of that code, but with another one, if given. */
static bool replace(struct dhcp4_encoded *encoded, uint8_t code,
		    const struct option_value *other)
{
	struct dhcp4_encoded anew = { 0 };
	struct writer w = writer_over(anew.bytes, sizeof(anew.bytes));
	struct option_value value;
	uint16_t offset = 0;

	while (encoded_next(encoded, &offset, &value)) {
		if (other && value.code >= code) {
			write_value(&w, other);
			other = NULL;
		}
		if (value.code != code)
			write_value(&w, &value);
	}
	if (other)
		write_value(&w, other);
	if (w.failed)
		return false;
	anew.used = (uint16_t)w.used;
	*encoded = anew;
	return true;
}

bool encoded_put(struct dhcp4_encoded *encoded, uint8_t code, const void *bytes,
		 size_t size)
{
	struct option_value value = { code, (uint16_t)size, bytes };

	return size <= DHCP4_ENCODED_SIZE && is_sound(code, bytes, size) &&
	       replace(encoded, code, &value);
}

bool encoded_put_u32(struct dhcp4_encoded *encoded, uint8_t code, uint32_t value)
{
	const uint8_t bytes[] = { (uint8_t)(value >> 24), (uint8_t)(value >> 16),
				  (uint8_t)(value >> 8), (uint8_t)value };

	return encoded_put(encoded, code, bytes, sizeof(bytes));
}

void encoded_remove(struct dhcp4_encoded *encoded, uint8_t code)
{
	replace(encoded, code, NULL);
}
