/* SPDX-License-Identifier: BSD-2-Clause */
/* The UDP sockets of a process: one for all, and one for each VRF. */
#include "daemon/vrf.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/udp.h"

/* Another one of the same VRF that has its socket, or NULL. */
static const struct managed *find_same(const struct managed *m)
{
	const struct daemon *d = m->daemon;

	for (size_t i = 0; i < d->managed_count; i++) {
		const struct managed *other = d->managed[i];

		if (other != m && other->link.vrf == m->link.vrf &&
		    other->udp >= 0)
			return other;
	}
	return NULL;
}

void vrf_join(struct managed *m)
{
	const struct managed *same;
	char name[IF_NAMESIZE];

	m->udp = m->daemon->udp;
	if (!m->link.vrf || !if_indextoname((unsigned)m->link.vrf, name))
		return;
	m->udp = -1;
	same = find_same(m);
	m->udp = same ? same->udp : udp_open(name);
	if (m->udp < 0)
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "UDP port 68 of %s: %s; unicast goes by the "
			  "packet socket",
			  name, strerror(-m->udp));
}

/* Whether any but this one uses its socket. */
static bool is_shared(const struct managed *m)
{
	const struct daemon *d = m->daemon;
	bool shared = m->udp == d->udp;

	for (size_t i = 0; i < d->managed_count && !shared; i++)
		shared = d->managed[i] != m && d->managed[i]->udp == m->udp;
	return shared;
}

void vrf_leave(struct managed *m)
{
	if (m->udp >= 0 && !is_shared(m))
		close(m->udp);
	m->udp = -1;
}

void vrf_open_sockets(struct daemon *d)
{
	d->udp = udp_open(NULL);
	if (d->udp < 0)
		log_warning("UDP port 68: %s; unicast goes by the packet socket",
			    strerror(-d->udp));
	for (size_t i = 0; i < d->managed_count; i++)
		vrf_join(d->managed[i]);
}

void vrf_close_sockets(struct daemon *d)
{
	for (size_t i = 0; i < d->managed_count; i++)
		vrf_leave(d->managed[i]);
	if (d->udp >= 0)
		close(d->udp);
}
