/* SPDX-License-Identifier: BSD-2-Clause */
/* One transaction more on the packet socket, with an id of its own. */
#include "daemon/audit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/assert.h"
#include "daemon/log.h"

struct managed_audit {
	struct audit audit;
	bool listening;
};

void audit_deafen(struct managed *m)
{
	if (!m->audit || !m->audit->listening)
		return;
	m->audit->listening = false;
	packet_unlisten(m->daemon->packet, m->audit->audit.xid);
}

void audit_end(struct managed *m)
{
	if (!m->audit)
		return;
	audit_deafen(m);
	/* The socket may have been open for this alone. */
	daemon_settle_later(m->daemon, loop_clock());
	free(m->audit);
	m->audit = NULL;
}

static int ask(struct managed *m)
{
	struct managed_audit *a = m->audit;
	struct packet *socket = m->daemon->packet;
	uint8_t packet[DHCP4_PACKET_MAX];
	uint32_t xid;
	size_t size;
	int r;

	if (getrandom(&xid, sizeof(xid), 0) != sizeof(xid))
		return -errno;
	size = audit_begin(&a->audit, &m->iface.config, xid, packet);
	r = packet_listen(socket, xid);
	if (r < 0)
		return r;
	a->listening = true;
	return packet_send(socket, m->iface.ifindex, &m->link.broadcast, packet,
			   size);
}

int audit_start(struct managed *m)
{
	int r;

	if (m->audit)
		return -EBUSY;
	if (!m->iface.client->carrier)
		return -ENETDOWN;
	m->audit = calloc(1, sizeof(*m->audit));
	if (!m->audit)
		return -ENOMEM;
	r = ask(m);
	if (r < 0) {
		audit_end(m);
		return r;
	}
	log_about(m->iface.name, LOG_LEVEL_INFO, "DISCOVER sent for an audit");
	return 0;
}

bool audit_take(struct managed *m, const struct packet_frame *frame, nsec now)
{
	struct dhcp4_event event;

	if (!m->audit || !m->audit->listening)
		return false;
	event = iface_frame_event(&m->iface, frame->bytes, frame->size,
				  frame->checksum_partial, &frame->source, now);
	return audit_hear(&m->audit->audit, &m->iface.config,
			  &m->settings->route_policy, &event);
}

const struct audit *audit_result(const struct managed *m)
{
	ASSERT(m->audit);
	return &m->audit->audit;
}
