/* SPDX-License-Identifier: BSD-2-Clause */
/* The answer to GetLease, without anybody who asked. */
#include "daemon/oneshot.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/json_text.h"
#include "daemon/report.h"

int oneshot_print(const struct managed *m, nsec now)
{
	json_auto_t *answer =
		json_pack("{s:o}", "lease", report_lease_of(m, now, true));
	struct buffer text = { 0 };
	int r = json_text(answer, &text);

	if (r == 0)
		r = json_text_add(&text, "\n", 1);
	if (r == 0)
		fwrite(text.bytes, 1, text.end, stdout);
	free(text.bytes);
	return r;
}
