/* SPDX-License-Identifier: BSD-2-Clause */
/* A list of a few codes. */
#include "core/parameters.h"

#include <string.h>

#include "core/dhcp4.h"

static bool is_classless(uint8_t code)
{
	return code == DHCP4_OPTION_CLASSLESS_ROUTES ||
	       code == DHCP4_OPTION_CLASSLESS_ROUTES_MS;
}

static bool is_classful(uint8_t code)
{
	return code == DHCP4_OPTION_ROUTER || code == DHCP4_OPTION_STATIC_ROUTES;
}

bool parameters_add(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t *count,
		    uint8_t code)
{
	uint8_t at = is_classless(code) ? 0 : *count;

	if (memchr(codes, code, *count))
		return true;
	if (*count == DHCP4_PARAMETERS_MAX)
		return false;
	memmove(codes + at + 1, codes + at, (size_t)*count - at);
	codes[at] = code;
	++*count;
	return true;
}

void parameters_remove(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t *count,
		       uint8_t code)
{
	uint8_t *at = memchr(codes, code, *count);

	if (!at)
		return;
	--*count;
	memmove(at, at + 1, (size_t)(codes + *count - at));
}

static void swap(uint8_t *a, uint8_t *b)
{
	uint8_t code = *a;

	*a = *b;
	*b = code;
}

void parameters_shuffle(uint8_t codes[DHCP4_PARAMETERS_MAX], uint8_t count,
			struct prng *prng)
{
	for (unsigned n = count; n > 1; n--)
		swap(&codes[n - 1], &codes[prng_below(prng, n)]);
	for (unsigned i = 0; i < count; i++)
		for (unsigned j = i + 1; j < count; j++)
			if (is_classful(codes[i]) && is_classless(codes[j]))
				swap(&codes[i], &codes[j]);
}
