/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, or the end. */
#include "ctl/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

_Noreturn void memory_fail(void)
{
	fputs("tenurectl: out of memory\n", stderr);
	exit(EX_OSERR);
}

static void *have(void *memory)
{
	if (!memory)
		memory_fail();
	return memory;
}

void *memory_get(size_t size)
{
	return have(malloc(size));
}

void *memory_resize(void *memory, size_t size)
{
	return have(realloc(memory, size));
}

char *memory_text(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(memory_get(size), text, size);
}
