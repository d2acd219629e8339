/* SPDX-License-Identifier: BSD-2-Clause */
/* The walks over tables of fields. */
#include "core/field.h"

#include <stdbool.h>
#include <string.h>

#include "base/assert.h"
#include "base/sum.h"
#include "core/encoded.h"
#include "core/lease.h"
#include "core/option.h"
#include "core/override.h"

/* A member that has a size, then octets, in this order, is written so, too. */
_Static_assert(offsetof(struct hwaddr, bytes) == 1 &&
		       offsetof(struct client_id, bytes) == 1,
	       "a size, then octets");
_Static_assert(offsetof(struct dhcp4_options, used) == 0 &&
		       offsetof(struct dhcp4_encoded, used) == 0 &&
		       offsetof(struct dhcp4_override, used) == 0 &&
		       offsetof(struct dhcp4_override, bytes) == 2 &&
		       offsetof(struct dhcp4_options, bytes) == 2 &&
		       offsetof(struct dhcp4_encoded, bytes) == 2,
	       "a size of two octets, then options");
_Static_assert(sizeof(enum option_format) == sizeof(uint32_t),
	       "an enum is a number of four octets");

/* ---- numbers ------------------------------------------------------------ */

static void write_number(struct writer *w, const uint8_t *from, size_t size)
{
	uint16_t two;
	uint32_t four;
	uint64_t eight;

	switch (size) {
	case 2:
		memcpy(&two, from, size);
		writer_u16(w, two);
		return;
	case 4:
		memcpy(&four, from, size);
		writer_u32(w, four);
		return;
	case 8:
		memcpy(&eight, from, size);
		writer_u64(w, eight);
		return;
	}
	UNREACHABLE();
}

static void write_numbers(struct writer *w, const struct field *f,
			  const uint8_t *at)
{
	if (f->each == 1) {
		writer_bytes(w, at, f->size);
		return;
	}
	for (size_t i = 0; i < f->size; i += f->each)
		write_number(w, at + i, f->each);
}

static void read_number(struct reader *r, uint8_t *to, size_t size, uint64_t max)
{
	uint64_t value = 0;

	for (size_t i = 0; i < size; i++)
		value = value << 8 | reader_u8(r);
	if (value > max)
		r->failed = true;
	switch (size) {
	case 1:
		*to = (uint8_t)value;
		return;
	case 2:
		memcpy(to, &(uint16_t){ (uint16_t)value }, size);
		return;
	case 4:
		memcpy(to, &(uint32_t){ (uint32_t)value }, size);
		return;
	case 8:
		memcpy(to, &value, size);
		return;
	}
	UNREACHABLE();
}

/* ---- what has a length ---------------------------------------------------- */

/* Puts at most room octets behind one that tells how many. */
static void write_sized(struct writer *w, const void *from, size_t size)
{
	writer_u8(w, (uint8_t)size);
	writer_bytes(w, from, size);
}

/* The size; the octets are copied, the room behind them is zeros. */
static uint8_t read_sized(struct reader *r, void *to, size_t room)
{
	uint8_t size = reader_u8(r);
	const uint8_t *bytes = reader_bytes(r, size);

	memset(to, 0, room);
	if (!bytes || size > room) {
		r->failed = true;
		return 0;
	}
	memcpy(to, bytes, size);
	return size;
}

static void read_text(struct reader *r, char *to, size_t room)
{
	uint8_t size = read_sized(r, to, room - 1);

	to[room - 1] = '\0';
	if (strlen(to) != size)
		r->failed = true;
}

static void write_options(struct writer *w, const uint8_t *from)
{
	uint16_t used;

	memcpy(&used, from, sizeof(used));
	writer_u16(w, used);
	writer_bytes(w, from + sizeof(used), used);
}

/* Each is put in anew, so that all that a set promises is checked. */
static void read_options(struct reader *r, uint8_t *to, size_t size)
{
	struct reader set = reader_sub(r, reader_u16(r));
	struct dhcp4_options options = { 0 };

	while (set.left) {
		uint8_t code = reader_u8(&set);
		uint16_t length = reader_u16(&set);
		const uint8_t *bytes = reader_bytes(&set, length);

		if (set.failed ||
		    !dhcp4_options_append(&options, code, bytes, length))
			r->failed = true;
	}
	memset(to, 0, size);
	if (options.used > size - sizeof(options.used)) {
		r->failed = true;
		return;
	}
	memcpy(to, &options.used, sizeof(options.used));
	memcpy(to + sizeof(options.used), options.bytes, options.used);
}

/* The same: in an order that is not its own it would read back as another one. */
static void read_override(struct reader *r, uint8_t *to)
{
	struct reader run = reader_sub(r, reader_u16(r));
	const struct reader whole = run;
	struct dhcp4_override anew = { 0 };

	while (run.left) {
		uint8_t kind = reader_u8(&run), code = reader_u8(&run);
		uint16_t length = reader_u16(&run);
		const uint8_t *bytes = reader_bytes(&run, length);

		if (run.failed || kind >= OVERRIDE_KIND_COUNT ||
		    !override_put(&anew, (enum override_kind)kind, code, bytes,
				  length)) {
			r->failed = true;
			break;
		}
	}
	/* Of what could not be read there are no octets to compare. */
	if (r->failed || anew.used != whole.left ||
	    memcmp(anew.bytes, whole.at, anew.used) != 0)
		r->failed = true;
	memcpy(to, &anew, sizeof(anew));
}

/* ---- walks ---------------------------------------------------------------- */

static bool is_zero(const uint8_t *at, size_t size)
{
	return at[0] == 0 && memcmp(at, at + 1, size - 1) == 0;
}

/*
 * Behind an octet that tells whether there is anything: most have nothing but zeros
 * most of the time. What is between members does not count.
 */
static void write_struct(struct writer *w, const struct field *f,
			 const uint8_t *at)
{
	/* Of a lease without options there may be no more. */
	size_t size = f->part == FIELD_PART_LEASE ? LEASE_SIZE(0) : f->size;
	size_t start = w->used;

	writer_u8(w, 0);
	if (is_zero(at, size))
		return;
	fields_write(w, field_table(f), at);
	if (w->failed)
		return;
	if (is_zero(w->start + start, w->used - start))
		w->used = start + 1;
	else
		w->start[start] = 1;
}

/* Zeros that are written out would read back as other octets. */
static void read_struct(struct reader *r, const struct field *f, uint8_t *at)
{
	uint8_t something = reader_u8(r);
	const uint8_t *start = r->at;

	memset(at, 0, f->size);
	if (something)
		fields_read(r, field_table(f), at);
	if (something > 1 ||
	    (something && !r->failed && is_zero(start, (size_t)(r->at - start))))
		r->failed = true;
}

static void field_write(struct writer *w, const struct field *f, const uint8_t *at)
{
	switch (f->kind) {
	case FIELD_KIND_NUMBER:
		write_numbers(w, f, at);
		return;
	case FIELD_KIND_ADDRESS:
		write_number(w, at, f->size);
		return;
	case FIELD_KIND_TEXT:
		write_sized(w, at, strlen((const char *)at));
		return;
	case FIELD_KIND_HWADDR:
	case FIELD_KIND_CLIENT_ID:
		write_sized(w, at + 1, at[0]);
		return;
	case FIELD_KIND_OPTIONS:
	case FIELD_KIND_OVERRIDE:
		write_options(w, at);
		return;
	case FIELD_KIND_STRUCT:
		write_struct(w, f, at);
		return;
	case FIELD_KIND_SECRET:
		writer_bytes(w, at, f->size);
		return;
	}
	UNREACHABLE();
}

/* The largest of a NUMBER; of all others 0. */
static uint64_t field_max(const struct field *f)
{
	return f->kind == FIELD_KIND_NUMBER && !f->max ? UINT64_MAX : f->max;
}

static void field_read(struct reader *r, const struct field *f, uint8_t *at)
{
	switch (f->kind) {
	case FIELD_KIND_NUMBER:
		for (size_t i = 0; i < f->size; i += f->each)
			read_number(r, at + i, f->each, field_max(f));
		return;
	case FIELD_KIND_ADDRESS:
		read_number(r, at, f->size, UINT32_MAX);
		return;
	case FIELD_KIND_TEXT:
		read_text(r, (char *)at, f->size);
		return;
	case FIELD_KIND_HWADDR:
	case FIELD_KIND_CLIENT_ID:
		at[0] = read_sized(r, at + 1, f->size - 1);
		return;
	case FIELD_KIND_OPTIONS:
		read_options(r, at, f->size);
		return;
	case FIELD_KIND_OVERRIDE:
		read_override(r, at);
		return;
	case FIELD_KIND_STRUCT:
		read_struct(r, f, at);
		return;
	case FIELD_KIND_SECRET:
		for (size_t i = 0; i < f->size; i++)
			at[i] = reader_u8(r);
		return;
	}
	UNREACHABLE();
}

void fields_write(struct writer *w, const struct fields *table, const void *from)
{
	for (size_t i = 0; i < table->count; i++)
		field_write(w, &table->rows[i],
			    (const uint8_t *)from + table->rows[i].offset);
}

void fields_read(struct reader *r, const struct fields *table, void *to)
{
	for (size_t i = 0; i < table->count; i++)
		field_read(r, &table->rows[i],
			   (uint8_t *)to + table->rows[i].offset);
}

/* No member is longer: options are. */
#define MEMBER_MAX (sizeof(struct dhcp4_options))

static bool field_differs(const struct field *f, const uint8_t *a,
			  const uint8_t *b)
{
	uint8_t one[MEMBER_MAX], other[MEMBER_MAX];
	struct writer w = writer_over(one, sizeof(one));
	struct writer v = writer_over(other, sizeof(other));

	field_write(&w, f, a);
	field_write(&v, f, b);
	ASSERT(!w.failed && !v.failed);
	return w.used != v.used || memcmp(one, other, w.used) != 0;
}

const char *fields_difference(const struct fields *table, const void *a,
			      const void *b)
{
	const char *name = NULL;

	for (size_t i = 0; i < table->count && !name; i++) {
		const struct field *f = &table->rows[i];
		const uint8_t *one = (const uint8_t *)a + f->offset;
		const uint8_t *other = (const uint8_t *)b + f->offset;

		if (f->kind == FIELD_KIND_STRUCT)
			name = fields_difference(field_table(f), one, other);
		else if (field_differs(f, one, other))
			name = f->name;
	}
	return name;
}

uint64_t fields_layout(uint64_t sum, const struct fields *table)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct field *f = &table->rows[i];
		uint8_t octets[4 * sizeof(uint64_t)];
		struct writer w = writer_over(octets, sizeof(octets));

		if (f->kind == FIELD_KIND_STRUCT) {
			sum = fields_layout(sum, field_table(f));
			continue;
		}
		writer_u64(&w, f->kind);
		writer_u64(&w, f->size);
		writer_u64(&w, f->each);
		writer_u64(&w, field_max(f));
		sum = sum_fnv(sum, octets, w.used);
		sum = sum_fnv(sum, f->name, strlen(f->name));
	}
	return sum;
}
