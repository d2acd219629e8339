/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Daemons tell what they manage; files of other programs, who else does. Why nobody
 * does, the link shows: whatever a daemon would not take by itself.
 */
#include "ctl/manager.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "ctl/member.h"
#include "ctl/memory.h"
#include "host/kind.h"
#include "host/netns.h"
#include "host/rivals.h"

/* An interface of a daemon. */
struct managed {
	uint64_t index;
	const json_t *daemon, *interface;
};

struct managers {
	struct managed *list; /* ascending by index */
	size_t count;
	bool any_daemon; /* in this namespace */
	struct rivals *rivals;
};

static const struct {
	const char *word, *text;
} reasons[] = {
	{ "loopback", "loopback" },
	{ "port", "a port of another interface" },
	{ "other-program", "another program manages it" },
	{ "no-daemon", "no tenured runs here" },
	{ "virtual", "a virtual end, which has to be named in full" },
	{ "not-configured", "not configured" },
};

const char *manager_reason_text(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		if (strcmp(reasons[i].word, word) == 0)
			return reasons[i].text;
	}
	return word;
}

/* A process that cannot be looked at may be here. */
static bool is_here(const json_t *daemon)
{
	char pid[24];

	snprintf(pid, sizeof(pid), "%llu",
		 (unsigned long long)member_number(daemon, "pid"));
	return netns_of(rivals_host.proc, pid) != NETNS_OTHER;
}

static int by_index(const void *a, const void *b)
{
	const struct managed *one = a, *two = b;

	return (one->index > two->index) - (one->index < two->index);
}

static size_t count_interfaces(const json_t *daemons)
{
	const json_t *daemon;
	size_t count = 0, d;

	json_array_foreach (daemons, d, daemon)
		count += json_array_size(json_object_get(daemon, "interfaces"));
	return count;
}

int managers_open(struct managers **ret, const json_t *daemons)
{
	struct managers *m = memory_get(sizeof(*m));
	const json_t *daemon, *interface;
	size_t d, i;
	int error;

	*m = (struct managers){ 0 };
	error = rivals_open(&m->rivals, &rivals_host);
	if (error < 0) {
		free(m);
		return error;
	}
	m->list = memory_get((count_interfaces(daemons) + 1) * sizeof(*m->list));
	json_array_foreach (daemons, d, daemon) {
		if (!is_here(daemon))
			continue;
		m->any_daemon = true;
		json_array_foreach (json_object_get(daemon, "interfaces"), i,
				    interface) {
			if (member_is_true(interface, "present"))
				m->list[m->count++] = (struct managed){
					member_number(interface, "index"),
					daemon, interface
				};
		}
	}
	qsort(m->list, m->count, sizeof(*m->list), by_index);
	*ret = m;
	return 0;
}

void managers_close(struct managers *m)
{
	if (!m)
		return;
	rivals_close(m->rivals);
	free(m->list);
	free(m);
}

static const char *reason_of(const struct managers *m,
			     const struct host_link *host_link,
			     const json_t *link)
{
	const struct ifinfomsg *header =
		mnl_nlmsg_get_payload(host_link->message);

	if (member_is(link, "kind", "loopback"))
		return "loopback";
	/* Ports of a VRF have addresses of their own. */
	if (json_is_integer(json_object_get(link, "masterIndex")) &&
	    !member_is(link, "portKind", "vrf"))
		return "port";
	if (!m->any_daemon)
		return "no-daemon";
	return kind_is_virtual(member_text(link, "kind"), header->ifi_flags)
		       ? "virtual"
		       : "not-configured";
}

/* Indices of another namespace, if it cannot be told, have other names. */
static json_t *daemon_of(const struct managers *m, const struct host_link *link)
{
	const struct managed key = { .index = link->index }, *found;

	found = m->count ? bsearch(&key, m->list, m->count, sizeof(key), by_index)
			 : NULL;
	if (!found || !member_is(found->interface, "name", link->name))
		return NULL;
	return json_pack("{s:s, s:O?, s:O?, s:O?}", "program", "tenured", "pid",
			 json_object_get(found->daemon, "pid"), "socket",
			 json_object_get(found->daemon, "socket"), "state",
			 json_object_get(found->interface, "state"));
}

void managers_put(const struct managers *m, const struct host_link *link,
		  json_t *object)
{
	json_t *by = daemon_of(m, link);
	const char *because = NULL;
	struct rival rival;

	if (!by && rivals_find(m->rivals, link->name, (int)link->index, &rival)) {
		by = json_pack("{s:s, s:i}", "program", rival.name, "pid",
			       (int)rival.pid);
		because = "other-program";
	}
	if (!by)
		because = reason_of(m, link, object);
	json_object_set_new(object, "managedBy", by ? by : json_null());
	json_object_set_new(object, "unmanagedBecause",
			    because ? json_string(because) : json_null());
}
