/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A good value for each option that is made of parts, and what can be wrong with
 * it. None changes what address a client gets, or which routes.
 */
#include "server/rich.h"

#include <string.h>

#include "base/assert.h"
#include "core/option.h"

/* clang-format off */
#define OPTION(code, octets) { code, sizeof(octets) - 1, octets }
/* clang-format on */

static const struct {
	uint8_t code, size;
	const char *octets;
} options[] = {
	OPTION(15, "a.example b.example"),
	OPTION(63, "\2\0\5\1\1\6\4\x0a\0\0\1"),
	OPTION(78, "\1\x0a\0\0\1"),
	OPTION(79, "\1default"),
	OPTION(81, "\4\0\0\4host\7example\0"),
	OPTION(87, ".ou.o"),
	OPTION(88, "\1a\0\1b\1c\0"),
	OPTION(99, "\1DE\1\2BY"),
	OPTION(100, "CET-1CEST,M3.5.0,M10.5.0/3"),
	OPTION(101, "Europe/Berlin"),
	OPTION(114, "https://portal.example/api"),
	OPTION(117, "\0\6\0\x2c"),
	OPTION(119, "\3eng\7example\0\1b\xc0\4"),
	OPTION(120, "\0\3sip\1a\0\1b\xc0\4"),
	OPTION(122, "\1\4\x0a\0\0\1\3\7\0\2mt\1a\0\7\1\1"),
	OPTION(124, "\0\0\0\x09\5\2ab\1c"),
	OPTION(125, "\0\0\0\x09\3\1\1x\0\0\1\x37\4\1\2yz"),
	OPTION(137, "\4lost\1a\0"),
	OPTION(138, "\x0a\0\0\1\x0a\0\0\2"),
	OPTION(139, "\1\4\x0a\0\0\1\3\4\x0a\0\0\2"),
	OPTION(140, "\1\3\1a\0\2\6\1b\0\1c\0"),
	OPTION(141, "\1a\0\1b\xc0\0"),
	OPTION(143, "\0\x0ahttps://a/\0\x0bhttps://b:8"),
	OPTION(146, "\1\x0a\0\0\1\x0a\0\0\2\1a\0"),
	OPTION(148, "\x0a\0\0\1"),
	OPTION(150, "\x0a\0\0\1\x0a\0\0\2"),
	OPTION(158, "\x08\x0a\0\0\1\x0a\0\0\2\4\x0a\0\0\3"),
	OPTION(162, "\0\x13\0\1\3\1a\0\4\x0a\0\0\x35\0\7\0\4/dns"),
	OPTION(212, "\x08\x20\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\0\x0a\0\0\1"),
	OPTION(213, "\6access\1a\0"),
	OPTION(252, "http://wpad.example/wpad.dat\n"),
};

/* Another number for each option; every bit of the first one counts. */
static uint32_t mix(uint32_t number)
{
	number = (number ^ number >> 16) * 0x85ebca6b;
	number = (number ^ number >> 13) * 0xc2b2ae35;
	return number ^ number >> 16;
}

/* Of eight three are left out, three are good, one is cut, one has an odd octet. */
void rich_write(struct writer *w, uint32_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(options); i++) {
		uint32_t chance = mix(number + (uint32_t)i * 0x9e3779b9);
		size_t size = options[i].size, at = (chance >> 3) % size;
		uint8_t octets[64];

		ASSERT(size <= sizeof(octets));
		memcpy(octets, options[i].octets, size);
		if (chance % 8 < 3)
			continue;
		if (chance % 8 == 6)
			size = at;
		if (chance % 8 == 7)
			octets[at] = (uint8_t)(chance >> 16);
		option_write(w, options[i].code, octets, size);
	}
}
