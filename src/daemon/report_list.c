/* SPDX-License-Identifier: BSD-2-Clause */
/* Summaries to JSON; see report.c for what cannot be made. */
#include "daemon/report_list.h"

#include "core/names.h"
#include "lease/report_leaf.h"

ipv4_addr report_usable(const struct managed *managed)
{
	const struct dhcp4_client *client = managed->iface.client;

	return client->tenure == DHCP4_TENURE_HELD && client->configured
		       ? client->lease.address
		       : IPV4_ANY;
}

static json_t *summary(const struct managed *managed)
{
	const struct dhcp4_client *client = managed->iface.client;

	return json_pack("{s:o, s:i, s:b, s:b, s:s, s:s, s:o, s:s?}", "name",
			 report_name(managed->iface.name), "index",
			 managed->iface.ifindex, "present", !managed->link.gone,
			 "carrier", client->carrier, "state",
			 dhcp4_state_name(client->state), "tenure",
			 dhcp4_tenure_name(client->tenure), "address",
			 report_ipv4_or_null(report_usable(managed)), "owner",
			 managed->key);
}

json_t *report_list(const struct daemon *daemon)
{
	json_t *list = json_array();

	for (size_t i = 0; i < daemon->managed_count; i++)
		report_append(&list, summary(daemon->managed[i]));
	return json_pack("{s:o}", "interfaces", list);
}
