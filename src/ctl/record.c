/* SPDX-License-Identifier: BSD-2-Clause */
/* It comes in hex and is saved as octets. */
#include "ctl/record.h"

#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/census.h"
#include "ctl/failure.h"
#include "ctl/memory.h"
#include "ctl/save.h"
#include "ctl/show.h"

/* 0 or -errno. */
static int save_hex(const char *path, const char *hex)
{
	size_t size = hex ? strlen(hex) / 2 : 0;
	uint8_t *octets = memory_get(size + 1);
	int error = -EPROTO;

	if (hex && size && str_to_hex(hex, octets, size) == (int)size)
		error = save_file(path, octets, size);
	free(octets);
	return error;
}

static void words_recorded(struct str *s, const json_t *outcome)
{
	const json_t *events = json_object_get(outcome, "events");

	if (!json_integer_value(events)) {
		str_text(s, "no events; what it is now is saved in ");
		return;
	}
	str_u64(s, (uint64_t)json_integer_value(events));
	str_text(s, " events of the last ");
	show_seconds(s, json_object_get(outcome, "seconds"), "?");
	str_text(s, " saved in ");
}

int record_run(const struct call *call)
{
	int code = EXIT_FAILURE, error;
	json_auto_t *outcome = census_call(call, CLIENT "Record", json_object(),
					   ANSWER_TIMEOUT_S, &code);
	char name[IFNAMSIZ + sizeof(".record")], text[128];
	const char *path = call->output ? call->output : name;
	struct str s = str_over(text, sizeof(text));

	if (!outcome)
		return code;
	snprintf(name, sizeof(name), "%s.record", call->interface);
	error = save_hex(
		path, json_string_value(json_object_get(outcome, "recording")));
	if (error < 0)
		return fail_to_save(path, error);
	words_recorded(&s, outcome);
	printf("%s: %s%s\n", call->interface, text, path);
	return EXIT_SUCCESS;
}
