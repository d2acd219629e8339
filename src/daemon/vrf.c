/* SPDX-License-Identifier: BSD-2-Clause */
/* The UDP sockets of a process: one for all, and one for each VRF. */
#include "daemon/vrf.h"

#include <net/if.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/udp.h"

void vrf_open_sockets(struct daemon *d)
{
	d->udp = udp_open(NULL);
	if (d->udp < 0)
		log_warning("UDP port 68: %s; unicast goes by the packet socket",
			    strerror(-d->udp));
	for (size_t i = 0; i < d->managed_count; i++) {
		struct managed *m = &d->managed[i];
		char name[IF_NAMESIZE];
		size_t same = 0;

		m->udp = d->udp;
		if (!m->link.vrf || !if_indextoname((unsigned)m->link.vrf, name))
			continue;
		while (d->managed[same].link.vrf != m->link.vrf)
			same++;
		m->udp = same < i ? d->managed[same].udp : udp_open(name);
		if (m->udp < 0)
			log_about(m->iface.name, LOG_LEVEL_WARNING,
				  "UDP port 68 of %s: %s; unicast goes by "
				  "the packet socket",
				  name, strerror(-m->udp));
	}
}

void vrf_close_sockets(struct daemon *d)
{
	for (size_t i = 0; i < d->managed_count; i++) {
		int fd = d->managed[i].udp;

		for (size_t j = i; j < d->managed_count; j++) {
			if (d->managed[j].udp == fd)
				d->managed[j].udp = -1;
		}
		if (fd >= 0 && fd != d->udp)
			close(fd);
	}
	if (d->udp >= 0)
		close(d->udp);
}
