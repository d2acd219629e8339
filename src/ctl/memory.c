/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory, or the end. */
#include "ctl/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>

void *memory_get(size_t size)
{
	void *memory = malloc(size);

	if (memory)
		return memory;
	fputs("tenurectl: out of memory\n", stderr);
	exit(EX_OSERR);
}
