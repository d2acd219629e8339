/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters to JSON; see report.c for what cannot be made. */
#include "daemon/report_counters.h"

#include "base/assert.h"
#include "core/names.h"
#include "lease/report_leaf.h"

/* Puts a counter that counted something. */
static void count(json_t **object, const char *name, uint32_t value)
{
	if (value)
		report_put(object, name, json_integer(value));
}

static json_t *sent(const struct dhcp4_counters *counters)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < ARRAY_SIZE(counters->sent); i++)
		count(&object, dhcp4_request_name((enum dhcp4_request)i),
		      counters->sent[i]);
	return object;
}

static json_t *received(const struct dhcp4_counters *counters)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < ARRAY_SIZE(counters->received); i++)
		count(&object, dhcp4_type_name((uint8_t)i),
		      counters->received[i]);
	return object;
}

static json_t *rejected(const struct dhcp4_counters *counters)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < ARRAY_SIZE(counters->rejected); i++)
		count(&object, reject_name((enum reject)i),
		      counters->rejected[i]);
	return object;
}

void report_counters(json_t **object, const struct dhcp4_counters *counters)
{
	report_put(object, "sent", sent(counters));
	report_put(object, "received", received(counters));
	report_put(object, "rejected", rejected(counters));
}
