/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of a word and a value, and one with a sum at the end. */
#include "daemon/sealed.h"

#include <string.h>

#include "base/sum.h"

void sealed_write(struct str *s)
{
	uint32_t sum = sum_crc32(s->text, s->used);
	uint8_t crc[4];

	for (int i = 0; i < 4; i++)
		crc[i] = (uint8_t)(sum >> (24 - 8 * i));
	str_text(s, "crc ");
	str_hex(s, crc, sizeof(crc), '\0');
	str_char(s, '\n');
}

bool sealed_check(const char *text, size_t *size)
{
	static const char name[] = "crc ";
	const size_t length = sizeof("crc 01234567\n") - 1;
	char hex[9] = { 0 };
	uint8_t crc[4];
	uint32_t sum;

	if (*size < length || memcmp(text + *size - length, name, 4) != 0 ||
	    text[*size - 1] != '\n')
		return false;
	memcpy(hex, text + *size - 9, 8);
	sum = sum_crc32(text, *size - length);
	if (str_to_hex(hex, crc, sizeof(crc)) != 4)
		return false;
	*size -= length;
	return ((uint32_t)crc[0] << 24 | (uint32_t)crc[1] << 16 |
		(uint32_t)crc[2] << 8 | crc[3]) == sum;
}

bool sealed_line(const char **text, size_t *size, char *line, size_t line_size,
		 char **ret_value)
{
	const char *end = memchr(*text, '\n', *size);
	size_t length = end ? (size_t)(end - *text) : 0;
	char *space;

	if (!end || length >= line_size || memchr(*text, '\0', length))
		return false;
	memcpy(line, *text, length);
	line[length] = '\0';
	*text += length + 1;
	*size -= length + 1;
	space = strchr(line, ' ');
	if (!space)
		return false;
	*space = '\0';
	*ret_value = space + 1;
	return true;
}
