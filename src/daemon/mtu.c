/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MTUs of leases. Some devices reset themselves for a new MTU and lose their
 * carrier meanwhile. Were that taken for news of the network, it would be asked
 * for a lease, which says the same MTU again: so each is set once, stays while
 * the carrier is away, and excuses the carrier for a while.
 */
#include "daemon/mtu.h"

#include <string.h>

#include "daemon/daemon.h"
#include "daemon/link.h"
#include "daemon/log.h"
#include "daemon/route.h"

/* RFC 8200 5: the least of a link that carries IPv6. */
#define MTU_MIN_IPV6 1280

_Static_assert(SETTINGS_MTU_MIN_LEAST >= 68, "no smaller one is an MTU");

uint32_t mtu_wanted(const struct iface_settings *settings,
		    const struct dhcp4_lease *lease)
{
	struct option_value value;
	uint32_t mtu;

	if (!settings->mtu ||
	    !dhcp4_options_get(&lease->options, DHCP4_OPTION_INTERFACE_MTU,
			       &value))
		return 0;
	mtu = (uint32_t)(value.bytes[0] << 8 | value.bytes[1]);
	return mtu >= settings->mtu_min ? mtu : 0;
}

/* Below its least MTU a link loses IPv6, addresses and all, without a word. */
static bool harms_ipv6(const struct managed *m, uint32_t mtu)
{
	bool has = false;

	return mtu < MTU_MIN_IPV6 &&
	       (link_has_ipv6(m->iface.ifindex, &has) < 0 || has);
}

static bool set(struct managed *m, uint32_t mtu, nsec now)
{
	int r = route_set_mtu(m->iface.ifindex, mtu);

	if (r < 0) {
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "the kernel refuses an MTU of %u: %s", (unsigned)mtu,
			  strerror(-r));
		return false;
	}
	log_about(m->iface.name, LOG_LEVEL_INFO, "the MTU is %u now",
		  (unsigned)mtu);
	m->link.mtu = mtu;
	m->mtu.changed_ns = now;
	return true;
}

static void try_once(struct managed *m, uint32_t mtu, nsec now)
{
	struct mtu_state *s = &m->mtu;
	uint32_t before = m->link.mtu;

	if (mtu == before)
		return;
	if (harms_ipv6(m, mtu)) {
		log_about(m->iface.name, LOG_LEVEL_WARNING,
			  "an MTU of %u would end IPv6 there, and is not "
			  "set",
			  (unsigned)mtu);
		return;
	}
	if (!set(m, mtu, now))
		return;
	if (!s->former)
		s->former = before;
	s->ours = mtu;
}

void mtu_restore(struct managed *m, nsec now)
{
	struct mtu_state *s = &m->mtu;

	/* What somebody else has set since is left. */
	if (s->former && m->link.mtu == s->ours && s->ours != s->former)
		set(m, s->former, now);
	s->former = s->ours = s->tried = 0;
}

void mtu_settle(struct managed *m, nsec now)
{
	const struct dhcp4_client *c = m->iface.client;
	uint32_t mtu = 0;

	if (!m->settings->configure || m->link.gone ||
	    c->tenure == DHCP4_TENURE_GRANTED ||
	    c->tenure == DHCP4_TENURE_REMEMBERED)
		return;
	/* It comes with the address, and goes with it at a start that fails. */
	if (c->tenure == DHCP4_TENURE_HELD && m->installed.state)
		mtu = mtu_wanted(m->settings, &c->lease);
	if (mtu == m->mtu.tried)
		return;
	if (mtu == 0) {
		mtu_restore(m, now);
		return;
	}
	m->mtu.tried = mtu;
	try_once(m, mtu, now);
}

void mtu_adopt(struct managed *m, uint32_t former)
{
	if (former)
		m->mtu = (struct mtu_state){ .former = former,
					     .ours = m->link.mtu,
					     .tried = m->link.mtu };
}

bool mtu_excuses(const struct mtu_state *s, nsec now)
{
	return s->changed_ns && now < nsec_add(s->changed_ns, MTU_GRACE_NS);
}
