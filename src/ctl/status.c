/* SPDX-License-Identifier: BSD-2-Clause */
/* The census itself is the answer. */
#include "ctl/status.h"

#include "ctl/census.h"
#include "ctl/show.h"
#include "ctl/status_full.h"
#include "ctl/status_table.h"

int status_run(const struct call *call)
{
	__attribute__((cleanup(census_free))) struct census census =
		census_take(&call->place, call->interface);
	const json_t *daemon, *interface;
	size_t d, i;

	if (!json_array_size(census.daemons))
		return census_fail(call, &census);
	if (call->json) {
		show_json(census.daemons);
		return census.code;
	}
	if (!call->interface) {
		status_table(census.daemons, call->place.run_dir);
		return census.code;
	}
	json_array_foreach (census.daemons, d, daemon) {
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface)
			status_full(daemon, interface);
	}
	return census.code;
}
