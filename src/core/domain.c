/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names by RFC 1035 3.1 and 4.1.4. A pointer leads to before where the labels
 * that it ends began, so each is nearer to the start, and there is no loop.
 */
#include "core/domain.h"

#include <string.h>

#include "base/str.h"

#define LABEL_MAX	63
#define NAME_MAX_OCTETS 255
#define POINTER		0xc0

/* Stands for each octet that is in no name, so that its name is refused. */
#define FOREIGN ' '

static bool is_of_name(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
	       (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}

/* An octet of a name as it is, any other as FOREIGN. */
static char of_name(uint8_t octet)
{
	return is_of_name((char)octet) ? (char)octet : FOREIGN;
}

static bool is_label(const char *label, size_t size)
{
	if (size == 0 || size > LABEL_MAX || label[0] == '-' ||
	    label[size - 1] == '-')
		return false;
	for (size_t i = 0; i < size; i++) {
		if (!is_of_name(label[i]))
			return false;
	}
	return true;
}

static bool is_name(const char *text)
{
	if (text[strspn(text, "0123456789.")] == '\0')
		return false;
	for (;;) {
		size_t size = strcspn(text, ".");

		if (!is_label(text, size))
			return false;
		if (text[size] == '\0')
			return true;
		text += size + 1;
	}
}

/*
 * Reads labels from walk->at to the root's label and moves on behind what stands
 * there; false if it is malformed.
 */
static bool take_labels(struct domain_walk *walk, struct str *name)
{
	size_t start = walk->at, at = start, end = 0, octets = 1;

	while (at < walk->size && walk->bytes[at]) {
		uint8_t size = walk->bytes[at];
		size_t left = walk->size - at - 1;

		if (size >= POINTER) {
			if (walk->form != DOMAIN_FORM_COMPRESSED || left == 0)
				return false;
			end = end ? end : at + 2;
			at = (size_t)(size - POINTER) << 8 | walk->bytes[at + 1];
			if (at >= start)
				return false;
			start = at;
			continue;
		}
		octets += 1U + size;
		if (size > LABEL_MAX || size > left || octets > NAME_MAX_OCTETS)
			return false;
		if (name->used)
			str_char(name, '.');
		for (at++; size; size--, at++)
			str_char(name, of_name(walk->bytes[at]));
	}
	if (at == walk->size && walk->form != DOMAIN_FORM_PARTIAL)
		return false;
	walk->at = end ? end : at == walk->size ? at : at + 1;
	return true;
}

/* Reads up to a space; one dot at the end says the same as none. */
static void take_text(struct domain_walk *walk, struct str *name)
{
	const uint8_t *text = walk->bytes + walk->at;
	const uint8_t *space = memchr(text, ' ', walk->size - walk->at);
	size_t size = space ? (size_t)(space - text) : walk->size - walk->at;

	walk->at += size + (space != NULL);
	if (size && text[size - 1] == '.')
		size--;
	for (size_t i = 0; i < size; i++)
		str_char(name, text[i] == '.' ? '.' : of_name(text[i]));
}

struct domain_walk domain_walk(const void *bytes, size_t size,
			       enum domain_form form)
{
	return (struct domain_walk){ .bytes = bytes,
				     .size = size,
				     .form = form,
				     .most = DOMAIN_NAMES_MAX };
}

bool domain_next(struct domain_walk *walk, char ret[DOMAIN_NAME_SIZE])
{
	while (walk->at < walk->size && walk->count < walk->most) {
		struct str name = str_over(ret, DOMAIN_NAME_SIZE);

		if (walk->form == DOMAIN_FORM_TEXT) {
			take_text(walk, &name);
		} else if (!take_labels(walk, &name)) {
			walk->malformed = true;
			walk->at = walk->size;
			return false;
		}
		walk->count++;
		if (!name.truncated && is_name(ret))
			return true;
		walk->refused++;
	}
	return false;
}

bool domain_single(const void *bytes, size_t size, enum domain_form form,
		   char ret[DOMAIN_NAME_SIZE])
{
	struct domain_walk walk = domain_walk(bytes, size, form);

	return domain_next(&walk, ret) && walk.refused == 0 &&
	       walk.at == walk.size;
}

void domain_write(struct writer *w, const char *name)
{
	while (*name) {
		size_t length = strcspn(name, ".");

		writer_u8(w, (uint8_t)length);
		writer_bytes(w, name, length);
		name += length;
		name += *name == '.';
	}
	writer_u8(w, 0);
}

bool domain_is_host(const char *name)
{
	return is_name(name) && str_is_hostname(name);
}
