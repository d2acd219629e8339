/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the values of settings come from, and which of them count. */
#include "daemon/origins.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "daemon/keys.h"
#include "daemon/list.h"

_Static_assert(sizeof(struct origin) == 16, "the header says so");

bool origins_add_file(struct origins *o, const char *path)
{
	char *copy = strdup(path), **larger;

	ASSERT(o->file_count < ORIGIN_FILES_MAX);
	larger = list_make_room(o->files, o->file_count, sizeof(*larger));
	if (larger)
		o->files = larger;
	if (!larger || !copy) {
		free(copy);
		return false;
	}
	larger[o->file_count++] = copy;
	return true;
}

/* Appends a text with its end; where it begins, or -1 without memory. */
static ptrdiff_t add_text(struct origins *o, const char *text)
{
	size_t size = strlen(text) + 1, at = o->texts_used;

	if (o->texts_size - at < size) {
		size_t larger = 2 * o->texts_size + size;
		char *texts = realloc(o->texts, larger);

		if (!texts)
			return -1;
		o->texts = texts;
		o->texts_size = larger;
	}
	memcpy(o->texts + at, text, size);
	o->texts_used += size;
	return (ptrdiff_t)at;
}

bool origins_add(struct origins *o, const struct key *key, struct origin place,
		 const char *value)
{
	ptrdiff_t text = add_text(o, value);
	struct origin *larger;

	if (text < 0)
		return false;
	larger = list_make_room(o->list, o->count, sizeof(*larger));
	if (!larger)
		return false;
	o->list = larger;
	place.key = (uint16_t)(key - keys);
	place.text = (uint32_t)text;
	o->list[o->count++] = place;
	return true;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

/* First of which key in which section; then, of several, the one that counts last. */
static int compare_slots(const struct origin *a, const struct origin *b)
{
	int order = compare_numbers(a->section, b->section);

	return order ? order : compare_numbers(a->key, b->key);
}

static int compare(const void *x, const void *y)
{
	const struct origin *a = x, *b = y;
	int order = compare_slots(a, b);

	if (!order)
		order = compare_numbers(a->file, b->file);
	return order ? order : compare_numbers(a->line, b->line);
}

void origins_settle(struct origins *o, const struct key_set *given)
{
	size_t kept = 0, end;

	if (o->count)
		qsort(o->list, o->count, sizeof(*o->list), compare);
	for (size_t at = 0; at < o->count; at = end) {
		const struct key *key = &keys[o->list[at].key];
		const struct origin *last;

		end = at + 1;
		while (end < o->count &&
		       compare_slots(&o->list[at], &o->list[end]) == 0)
			end++;
		last = &o->list[end - 1];
		if (last->section != ORIGIN_COMMON && key_set_has(given, key))
			continue;
		for (size_t i = at; i < end; i++)
			if (&o->list[i] == last ||
			    (key->repeatable && o->list[i].file == last->file))
				o->list[kept++] = o->list[i];
	}
	o->count = kept;
}

const struct origin *origins_find(const struct origins *o,
				  const struct key *key, size_t section)
{
	const struct origin wanted = { .key = (uint16_t)(key - keys),
				       .section = (uint16_t)section };
	struct bisect b = { 0, o->count };

	while (b.low < b.high) {
		const struct origin *middle = &o->list[bisect_middle(b)];

		bisect_step(&b, compare_slots(middle, &wanted) < 0);
	}
	return b.low < o->count && compare_slots(&o->list[b.low], &wanted) == 0
		       ? &o->list[b.low]
		       : NULL;
}

bool origins_follows(const struct origins *o, const struct origin *origin)
{
	return origin > o->list && origin < o->list + o->count &&
	       compare_slots(origin - 1, origin) == 0;
}

const char *origin_value(const struct origins *o, const struct origin *origin)
{
	return o->texts + origin->text;
}

const char *origin_file(const struct origins *o, const struct origin *origin)
{
	bool none = origin->file == ORIGIN_HOST ||
		    origin->file == ORIGIN_COMMAND_LINE;

	return none ? NULL : o->files[origin->file - 1];
}

void origins_free(struct origins *o)
{
	for (size_t i = 0; i < o->file_count; i++)
		free(o->files[i]);
	free(o->files);
	free(o->list);
	free(o->texts);
	*o = (struct origins){ 0 };
}
