/* SPDX-License-Identifier: BSD-2-Clause */
/* Hex with colons, so that nobody takes it for text. */
#include "compat/octets.h"

#include <string.h>

#include "base/str.h"
#include "compat/translation.h"

#define HEX "0123456789abcdefABCDEF"

const char *octets_as_hex(const void *data, size_t size)
{
	char *text = translation_text("%*s", 3 * (int)size, "");
	struct str s = str_over(text, 3 * size + 1);

	str_hex(&s, data, size, ':');
	return text;
}

const char *octets_padded(const char *text)
{
	const char *all = text, *padded = "";

	if (!strchr(text, ':'))
		return text;
	for (;;) {
		size_t digits = strspn(text, HEX);

		if (digits < 1 || digits > 2)
			return all;
		padded = translation_text("%s%s%.*s", padded,
					  digits == 1 ? "0" : "", (int)digits,
					  text);
		if (!text[digits])
			return padded;
		if (text[digits] != ':')
			return all;
		padded = translation_text("%s:", padded);
		text += digits + 1;
	}
}
