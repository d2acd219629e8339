/* SPDX-License-Identifier: BSD-2-Clause */
/* Eight hex digits, the most significant first. */
#include "base/crc_line.h"

#include <string.h>

#include "base/sum.h"

#define LINE_START "crc "
#define START_SIZE (sizeof(LINE_START) - 1)
#define CRC_SIZE   4
#define LINE_SIZE  (START_SIZE + 2 * CRC_SIZE + 1)

void crc_line_append(struct str *s)
{
	uint32_t sum = sum_crc32(s->text, s->used);
	uint8_t crc[CRC_SIZE];

	for (int i = 0; i < CRC_SIZE; i++)
		crc[i] = (uint8_t)(sum >> (24 - 8 * i));
	str_text(s, LINE_START);
	str_hex(s, crc, sizeof(crc), '\0');
	str_char(s, '\n');
}

bool crc_line_check(const char *text, size_t size, size_t *ret_size)
{
	char hex[2 * CRC_SIZE + 1] = { 0 };
	uint8_t crc[CRC_SIZE];
	const char *line;

	if (size < LINE_SIZE)
		return false;
	line = text + size - LINE_SIZE;
	if (memcmp(line, LINE_START, START_SIZE) != 0 || text[size - 1] != '\n')
		return false;
	memcpy(hex, line + START_SIZE, 2 * CRC_SIZE);
	if (str_to_hex(hex, crc, sizeof(crc)) != CRC_SIZE)
		return false;
	*ret_size = size - LINE_SIZE;
	return ((uint32_t)crc[0] << 24 | (uint32_t)crc[1] << 16 |
		(uint32_t)crc[2] << 8 | crc[3]) == sum_crc32(text, *ret_size);
}

bool crc_line_next(const char **text, size_t *size, char *line,
		   size_t line_size, char **ret_value)
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
