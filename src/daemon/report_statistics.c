/* SPDX-License-Identifier: BSD-2-Clause */
/* Counters of the shell, beside those of the core, to JSON. */
#include "daemon/report_statistics.h"

#include "core/names.h"
#include "daemon/ipc.h"
#include "daemon/log.h"
#include "daemon/report_counters.h"
#include "lease/report_leaf.h"

/* ---- counting ------------------------------------------------------------ */

static void count_ack(struct managed_counts *counts,
		      const struct dhcp4_client *client, nsec now)
{
	if (counts->address == client->lease.address) {
		counts->renewals++;
		return;
	}
	counts->leases++;
	counts->address = client->lease.address;
	counts->lease_ms =
		(uint32_t)(nsec_until(client->exchange_ns, now) / NSEC_PER_MS);
}

void report_count(struct managed *managed, const struct dhcp4_notice *notice,
		  nsec now)
{
	struct managed_counts *counts = &managed->counts;

	if (notice->kind == DHCP4_NOTICE_ACK)
		count_ack(counts, managed->iface.client, now);
	else if (notice->kind == DHCP4_NOTICE_LOST)
		counts->address = IPV4_ANY;
	else if (notice->kind == DHCP4_NOTICE_NAK)
		counts->naks++;
	else if (notice->kind == DHCP4_NOTICE_CONFLICT)
		counts->conflicts++;
}

/* ---- telling ------------------------------------------------------------- */

static void put_count(json_t **object, const char *name, uint64_t count)
{
	report_put(object, name, json_integer((json_int_t)count));
}

static json_t *counters(const struct managed *managed)
{
	const struct managed_counts *counts = &managed->counts;
	const struct dhcp4_client *client = managed->iface.client;
	json_t *object = json_object();

	report_put(&object, "interface", report_name(managed->iface.name));
	report_put(&object, "state",
		   json_string(dhcp4_state_name(client->state)));
	report_counters(&object, &client->counters);
	put_count(&object, "sendFailures", client->counters.send_failed);
	put_count(&object, "configureFailures",
		  client->counters.configure_failed);
	put_count(&object, "leases", counts->leases);
	put_count(&object, "renewals", counts->renewals);
	put_count(&object, "naks", counts->naks);
	put_count(&object, "conflicts", counts->conflicts);
	put_count(&object, "hooksFailed", counts->hooks_failed);
	report_put(&object, "leaseMilliseconds",
		   counts->leases ? json_integer(counts->lease_ms) : json_null());
	return object;
}

json_t *report_statistics(const struct daemon *daemon,
			  const struct managed *only, nsec now)
{
	struct ipc_census census = ipc_count(daemon->ipc);
	json_t *object = json_object(), *list = json_array();

	put_count(&object, "processSeconds",
		  nsec_until(daemon->started_ns, now) / NSEC_PER_S);
	put_count(&object, "wakeups", loop_wakeups(daemon->loop));
	put_count(&object, "connections", census.connections);
	put_count(&object, "subscribers", census.subscribers);
	report_put(&object, "logLevel",
		   json_string(log_level_names[log_level()]));
	for (size_t i = 0; i < daemon->managed_count; i++)
		if (!only || only == daemon->managed[i])
			report_append(&list, counters(daemon->managed[i]));
	report_put(&object, "interfaces", list);
	return object;
}
