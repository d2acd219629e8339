/* SPDX-License-Identifier: BSD-2-Clause */
/* What matters most of an interface, in a word or two. */
#include "daemon/summary.h"

#include "base/assert.h"

/* So many are told by their names. */
#define NAMED_MAX 4

enum standing {
	STANDING_BOUND,
	STANDING_INFORMED,
	STANDING_ASKING,
	STANDING_NO_CARRIER,
	STANDING_IPV6,
	STANDING_STOPPED,
	STANDING_REMOVED,
	STANDING_COUNT
};

static const char *const names[STANDING_COUNT] = {
	[STANDING_BOUND] = "bound",
	[STANDING_INFORMED] = "informed",
	[STANDING_ASKING] = "asking",
	[STANDING_NO_CARRIER] = "without carrier",
	[STANDING_IPV6] = "with IPv6 alone",
	[STANDING_STOPPED] = "stopped",
	[STANDING_REMOVED] = "removed",
};

static enum standing standing_of(const struct managed *m)
{
	const struct dhcp4_client *c = m->iface.client;

	if (m->link.gone)
		return STANDING_REMOVED;
	if (c->tenure == DHCP4_TENURE_HELD && c->configured)
		return STANDING_BOUND;
	if (c->state == DHCP4_STATE_STOPPED)
		return STANDING_STOPPED;
	if (!c->carrier)
		return STANDING_NO_CARRIER;
	if (c->state == DHCP4_STATE_V6ONLY_WAIT)
		return STANDING_IPV6;
	if (c->state == DHCP4_STATE_INFORMING && m->confirmed)
		return STANDING_INFORMED;
	return STANDING_ASKING;
}

static void write_one(struct str *s, const struct managed *m)
{
	enum standing standing = standing_of(m);

	str_text(s, m->iface.name);
	str_char(s, ' ');
	str_text(s, names[standing]);
	if (standing != STANDING_BOUND)
		return;
	str_char(s, ' ');
	str_ipv4(s, m->iface.client->lease.address);
}

static void write_counts(struct str *s, const struct daemon *d)
{
	size_t counts[STANDING_COUNT] = { 0 };
	const char *between = "";

	for (size_t i = 0; i < d->managed_count; i++)
		counts[standing_of(d->managed[i])]++;
	for (size_t n = 0; n < STANDING_COUNT; n++) {
		if (!counts[n])
			continue;
		str_text(s, between);
		str_u64(s, counts[n]);
		str_char(s, ' ');
		str_text(s, names[n]);
		between = "; ";
	}
}

void summary_write(struct str *s, const struct daemon *d)
{
	if (d->managed_count > NAMED_MAX) {
		write_counts(s, d);
		return;
	}
	for (size_t i = 0; i < d->managed_count; i++) {
		if (i > 0)
			str_text(s, "; ");
		write_one(s, d->managed[i]);
	}
}
