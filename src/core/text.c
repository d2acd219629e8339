/* SPDX-License-Identifier: BSD-2-Clause */
/* What each kind of text is made of. Nothing here changes what it reads. */
#include "core/text.h"

#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"

#define DIGITS	"0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool is_of(uint8_t c, const char *set)
{
	return c && strchr(set, c);
}

/* How many octets in a row are of a set. */
static size_t span(const uint8_t *text, size_t size, const char *set)
{
	size_t count = 0;

	while (count < size && is_of(text[count], set))
		count++;
	return count;
}

static bool begins_with(const uint8_t *text, size_t size, const char *start)
{
	size_t length = strlen(start);

	return size >= length && memcmp(text, start, length) == 0;
}

bool text_is_plain(const uint8_t *text, size_t size)
{
	return size && span(text, size, LETTERS DIGITS "%+,-./:=@_~") == size;
}

/* ---- URIs --------------------------------------------------------------- */

static bool has_whole_escapes(const uint8_t *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (text[i] == '%' &&
		    span(text + i + 1, size - i - 1, DIGITS "ABCDEFabcdef") < 2)
			return false;
	}
	return true;
}

bool text_is_uri(const uint8_t *text, size_t size, bool http)
{
	size_t scheme = begins_with(text, size, "https://")	     ? 8
			: http && begins_with(text, size, "http://") ? 7
								     : 0;

	return scheme && size > scheme &&
	       is_of(text[scheme], LETTERS DIGITS "[") &&
	       span(text, size, LETTERS DIGITS "-._~:/?#[]@!$&'()*+,;=%") ==
		       size &&
	       has_whole_escapes(text, size);
}

bool text_is_no_portal(const uint8_t *text, size_t size)
{
	static const char urn[] = "urn:ietf:params:capport:unrestricted";

	return size == sizeof(urn) - 1 && memcmp(text, urn, size) == 0;
}

bool text_is_tame(const uint8_t *text, size_t size)
{
	return span(text, size, LETTERS DIGITS "-._~:/?#[]@&+,=%") == size;
}

/* ---- time zones --------------------------------------------------------- */

/* A number of at most two digits, three for a day of the year. */
static unsigned take_number(struct reader *r)
{
	size_t digits = span(r->at, r->left, DIGITS);
	unsigned number = 0;

	if (digits == 0 || digits > 3)
		r->failed = true;
	for (; digits && !r->failed; digits--)
		number = number * 10 + (reader_u8(r) - (unsigned)'0');
	return number;
}

/* Takes an octet if it is of a set. */
static bool take_any(struct reader *r, const char *set)
{
	return span(r->at, r->left, set) && reader_u8(r);
}

/* hh[:mm[:ss]], of at most so many hours. */
static void take_time(struct reader *r, unsigned hours_max)
{
	take_any(r, "+-");
	if (take_number(r) > hours_max)
		r->failed = true;
	for (unsigned i = 0; i < 2 && take_any(r, ":"); i++) {
		if (take_number(r) > 59)
			r->failed = true;
	}
}

/* Three letters or more, or the same with digits and signs in <>. */
static void take_abbreviation(struct reader *r)
{
	bool quoted = take_any(r, "<");
	size_t size =
		span(r->at, r->left, quoted ? LETTERS DIGITS "+-" : LETTERS);

	reader_bytes(r, size);
	if (size < 3 || (quoted && !take_any(r, ">")))
		r->failed = true;
}

/* When it changes: Jn, n, or Mm.w.d, and a time. */
static void take_rule(struct reader *r)
{
	if (!take_any(r, ","))
		r->failed = true;
	if (take_any(r, "M")) {
		for (unsigned i = 0; i < 2; i++) {
			take_number(r);
			if (!take_any(r, "."))
				r->failed = true;
		}
	} else {
		take_any(r, "J");
	}
	take_number(r);
	if (take_any(r, "/"))
		take_time(r, 167);
}

bool text_is_timezone(const uint8_t *text, size_t size)
{
	struct reader r = reader_over(text, size);

	take_abbreviation(&r);
	take_time(&r, 25);
	if (r.failed || r.left == 0)
		return !r.failed;
	take_abbreviation(&r);
	if (r.left && *r.at != ',')
		take_time(&r, 25);
	if (r.failed || r.left == 0)
		return !r.failed;
	take_rule(&r);
	take_rule(&r);
	return !r.failed && r.left == 0;
}

bool text_is_zone_name(const uint8_t *text, size_t size)
{
	static const char *const areas[] = {
		"Africa/", "America/",	"Antarctica/", "Arctic/",
		"Asia/",   "Atlantic/", "Australia/",  "Etc/",
		"Europe/", "Indian/",	"Pacific/",    "Brazil/",
		"Canada/", "Chile/",	"Mexico/",     "US/",
	};
	static const char *const alone[] = {
		"UTC", "GMT", "CET",	 "EET",	    "MET",     "WET",	  "EST",
		"MST", "HST", "EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT",
	};
	uint8_t last = '/';

	for (size_t i = 0; i < ARRAY_SIZE(alone); i++) {
		if (size == strlen(alone[i]) && begins_with(text, size, alone[i]))
			return true;
	}
	for (size_t i = 0; i < size; last = text[i++]) {
		if (!is_of(text[i], LETTERS DIGITS "+-_/") ||
		    (text[i] == '/' && last == '/'))
			return false;
	}
	for (size_t i = 0; i < ARRAY_SIZE(areas); i++) {
		if (begins_with(text, size, areas[i]))
			return last != '/';
	}
	return false;
}
