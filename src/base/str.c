/* SPDX-License-Identifier: BSD-2-Clause */
/* Bounded text, without stdio and without a locale, so that the core can use it. */
#include "base/str.h"

#include <string.h>

#include "base/assert.h"

static const char hex_digits[] = "0123456789abcdef";

struct str str_over(char *buffer, size_t size)
{
	ASSERT(size > 0);
	buffer[0] = '\0';
	return (struct str){ .text = buffer, .size = size };
}

void str_char(struct str *s, char c)
{
	if (s->used + 1 >= s->size) {
		s->truncated = true;
		return;
	}
	s->text[s->used++] = c;
	s->text[s->used] = '\0';
}

void str_text(struct str *s, const char *text)
{
	while (*text)
		str_char(s, *text++);
}

void str_u64(struct str *s, uint64_t value)
{
	char digits[20];
	size_t count = 0;

	do
		digits[count++] = (char)('0' + value % 10);
	while (value /= 10);
	while (count)
		str_char(s, digits[--count]);
}

void str_ipv4(struct str *s, ipv4_addr address)
{
	for (int shift = 24; shift >= 0; shift -= 8) {
		str_u64(s, address >> shift & 0xff);
		if (shift)
			str_char(s, '.');
	}
}

/* How many groups from i on are zero. */
static unsigned zeros_from(const uint8_t bytes[16], unsigned i)
{
	unsigned end = i;

	while (end < 8 && bytes[2 * end] == 0 && bytes[2 * end + 1] == 0)
		end++;
	return end - i;
}

/* A group without leading zeros. */
static void put_group(struct str *s, unsigned group)
{
	bool begun = false;

	for (int shift = 12; shift >= 0; shift -= 4) {
		unsigned digit = group >> shift & 15;

		begun = begun || digit || shift == 0;
		if (begun)
			str_char(s, hex_digits[digit]);
	}
}

void str_ipv6(struct str *s, const uint8_t bytes[16])
{
	unsigned gap = 0, length = 1, i = 0;

	/* The longest run of two zeros or more, the first of equals, is "::". */
	for (unsigned at = 0; at < 8; at++) {
		if (zeros_from(bytes, at) > length) {
			gap = at;
			length = zeros_from(bytes, at);
		}
	}
	while (i < 8) {
		if (length > 1 && i == gap) {
			str_text(s, "::");
			i += length;
			continue;
		}
		if (i && (length == 1 || i != gap + length))
			str_char(s, ':');
		put_group(s, (unsigned)bytes[2 * i] << 8 | bytes[2 * i + 1]);
		i++;
	}
}

void str_hex(struct str *s, const void *data, size_t size, char separator)
{
	const uint8_t *bytes = data;

	for (size_t i = 0; i < size; i++) {
		if (i && separator)
			str_char(s, separator);
		str_char(s, hex_digits[bytes[i] >> 4]);
		str_char(s, hex_digits[bytes[i] & 15]);
	}
}

void str_duration(struct str *s, uint64_t seconds)
{
	static const struct {
		uint64_t seconds;
		const char *name;
	} units[] = { { 86400, " d" }, { 3600, " h" }, { 60, " min" }, { 1, " s" } };
	size_t i = 0;

	/* The largest unit that fits, and what is left of it in the next one. */
	while (i + 1 < ARRAY_SIZE(units) && seconds < units[i].seconds)
		i++;
	str_u64(s, seconds / units[i].seconds);
	str_text(s, units[i].name);
	seconds %= units[i].seconds;
	if (seconds == 0 || seconds < units[i + 1].seconds)
		return;
	str_char(s, ' ');
	str_u64(s, seconds / units[i + 1].seconds);
	str_text(s, units[i + 1].name);
}

/* Reads decimal digits from *text on; false if there are none or too many. */
static bool take_u64(const char **text, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;
	const char *at = *text;

	for (; *at >= '0' && *at <= '9'; at++) {
		uint64_t digit = (uint64_t)(*at - '0');

		if (digit > max || value > (max - digit) / 10)
			return false;
		value = value * 10 + digit;
	}
	if (at == *text)
		return false;
	*text = at;
	*ret = value;
	return true;
}

bool str_to_u64(const char *text, uint64_t max, uint64_t *ret)
{
	uint64_t value;

	if (!take_u64(&text, max, &value) || *text)
		return false;
	*ret = value;
	return true;
}

bool str_to_ipv4(const char *text, ipv4_addr *ret)
{
	ipv4_addr address = 0;

	for (int i = 0; i < 4; i++) {
		uint64_t octet;

		if (i && *text++ != '.')
			return false;
		if (text[0] == '0' && text[1] >= '0' && text[1] <= '9')
			return false;
		if (!take_u64(&text, 255, &octet))
			return false;
		address = address << 8 | (ipv4_addr)octet;
	}
	if (*text)
		return false;
	*ret = address;
	return true;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int str_to_hex(const char *text, void *data, size_t size)
{
	uint8_t *bytes = data;
	size_t count = 0;
	bool colons = text[0] && text[1] && text[2] == ':';

	while (*text) {
		int high, low;

		if (colons && count && *text++ != ':')
			return -1;
		high = hex_digit(text[0]);
		low = high < 0 ? -1 : hex_digit(text[1]);
		if (low < 0 || count == size)
			return -1;
		bytes[count++] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	return count ? (int)count : -1;
}

bool str_is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool str_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool str_is_letter(char c)
{
	return lower(c) >= 'a' && lower(c) <= 'z';
}

bool str_is_same_hostname(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == *b;
}

bool str_is_hostname(const char *text)
{
	size_t length = strlen(text), label = 0;

	if (length && text[length - 1] == '.')
		length--;
	if (length == 0 || length > 253)
		return false;
	for (size_t i = 0; i <= length; i++) {
		if (i == length || text[i] == '.') {
			if (label == 0 || text[i - 1] == '-')
				return false;
			label = 0;
		} else if (str_is_letter(text[i]) || str_is_digit(text[i]) ||
			   (text[i] == '-' && label > 0)) {
			if (++label > 63)
				return false;
		} else {
			return false;
		}
	}
	return true;
}
