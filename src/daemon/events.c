/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Of each interface is kept what subscribers were told of it last. A notice says
 * what happened and why; what is another than was told once a step is over, and was
 * no notice's matter, is told then. So a view made of events is what is, after each
 * step.
 */
#include "daemon/events.h"

#include <string.h>

#include "base/assert.h"
#include "base/bisect.h"
#include "core/names.h"
#include "daemon/report.h"
#include "daemon/report_list.h"
#include "daemon/subscription.h"

/* ---- what is ------------------------------------------------------------- */

/* Of a link, in the order of enum link_news. */
static const char *const link_names[] = { "gone", "back", "no-carrier",
					  "carrier" };

enum link_news {
	LINK_GONE,
	LINK_BACK,
	LINK_NO_CARRIER,
	LINK_CARRIER
};

static enum link_news link_of(const struct managed *m)
{
	if (m->link.gone)
		return LINK_GONE;
	return m->iface.client->carrier ? LINK_CARRIER : LINK_NO_CARRIER;
}

static void note_lease(struct managed *m)
{
	const struct dhcp4_lease *lease = report_shown_lease(m);

	m->told.lease = lease ? lease->address : IPV4_ANY;
	m->told.granted_ns = lease ? lease->granted_ns : 0;
}

/* All that there is was told. */
static void note_all(struct managed *m)
{
	m->told.state = (uint8_t)m->iface.client->state;
	m->told.link = (uint8_t)link_of(m);
	m->told.usable = report_usable(m);
	note_lease(m);
}

/* ---- telling ------------------------------------------------------------- */

/*
 * An event is encoded once, or twice if it has a lease and both those read it who
 * see octets of options and those who do not.
 */
static void publish(struct events *events, const struct managed *m,
		    const struct event_facts *facts, nsec now)
{
	struct event *encoded[2] = { NULL, NULL };

	for (struct subscription *s = events->first; s; s = s->next) {
		unsigned which = s->raw && facts->lease_of;

		if (!subscription_wants(s, m, facts->interface))
			continue;
		if (!encoded[which])
			encoded[which] = event_encode(facts, which, now);
		subscription_push(s, encoded[which]);
		events->fresh = true;
	}
	event_release(encoded[0]);
	event_release(encoded[1]);
}

/* Facts about an interface, of which some may be added. */
static struct event_facts facts_of(const struct managed *m, enum event_kind kind)
{
	return (struct event_facts){ .kind = kind, .interface = m->iface.name };
}

static void tell_link(struct events *events, struct managed *m,
		      enum link_news link, nsec now)
{
	struct event_facts facts = facts_of(m, EVENT_LINK);

	facts.reason = link_names[link];
	m->told.link = (uint8_t)link;
	publish(events, m, &facts, now);
}

static void sync_link(struct events *events, struct managed *m, nsec now)
{
	enum link_news link = link_of(m);

	if (m->told.link == link)
		return;
	if (m->told.link == LINK_GONE) {
		tell_link(events, m, LINK_BACK, now);
		m->told.link = LINK_NO_CARRIER;
	}
	if (m->told.link != link)
		tell_link(events, m, link, now);
}

static void tell_lease(struct events *events, struct managed *m,
		       const char *reason, nsec now)
{
	const struct dhcp4_lease *lease = &m->iface.client->lease;
	bool renewed = m->told.lease == lease->address;
	struct event_facts facts =
		facts_of(m, renewed ? EVENT_RENEWED : EVENT_LEASED);

	facts.reason = renewed ? NULL : reason;
	facts.server = lease->server_id;
	facts.address = lease->address;
	facts.lease_of = m;
	note_lease(m);
	publish(events, m, &facts, now);
}

static void tell_loss(struct events *events, struct managed *m,
		      enum dhcp4_loss why, ipv4_addr address, nsec now)
{
	struct event_facts facts =
		facts_of(m, why == DHCP4_LOSS_EXPIRED	 ? EVENT_EXPIRED
			    : why == DHCP4_LOSS_RELEASED ? EVENT_RELEASED
							 : EVENT_LOST);

	if (facts.kind == EVENT_LOST)
		facts.reason = dhcp4_loss_name(why);
	facts.address = address;
	m->told.lease = m->told.usable = IPV4_ANY;
	publish(events, m, &facts, now);
}

static void tell_usable(struct events *events, struct managed *m,
			ipv4_addr usable, const char *reason, nsec now)
{
	struct event_facts facts =
		facts_of(m, usable ? EVENT_CONFIGURED : EVENT_UNCONFIGURED);

	facts.address = usable ? usable : m->told.usable;
	facts.reason = usable ? NULL : reason;
	m->told.usable = usable;
	publish(events, m, &facts, now);
}

static void tell_transition(struct events *events, struct managed *m,
			    enum dhcp4_state from, enum dhcp4_state to, nsec now)
{
	struct event_facts facts = facts_of(m, EVENT_TRANSITION);

	facts.from = dhcp4_state_name(from);
	facts.state = dhcp4_state_name(to);
	m->told.state = (uint8_t)to;
	publish(events, m, &facts, now);
	if (to != DHCP4_STATE_STOPPED)
		return;
	facts = facts_of(m, EVENT_STOPPED);
	publish(events, m, &facts, now);
}

/* ---- notices ------------------------------------------------------------- */

/* What is told of notices that change no view. Without a reason: by no row. */
static const struct notice_row {
	enum event_kind kind;
	const char *reason, *text;
} rows[DHCP4_NOTICE_KINDS] = {
	[DHCP4_NOTICE_OFFER] = { EVENT_OFFERED, "", NULL },
	[DHCP4_NOTICE_NAK] = { EVENT_NAK, "", NULL },
	[DHCP4_NOTICE_SILENT] = { EVENT_TROUBLE, "silent",
				  "%s does not answer any more" },
	[DHCP4_NOTICE_UNCONFIRMED] = { EVENT_TROUBLE, "unconfirmed",
				       "no server confirmed %a; it is used to "
				       "its expiry" },
	[DHCP4_NOTICE_MASK_GUESSED] = { EVENT_TROUBLE, "mask-guessed",
					"no subnet mask for %a was sent" },
	[DHCP4_NOTICE_CONFIGURE_FAILED] = { EVENT_TROUBLE, "configure-failed",
					    "the kernel refused %a or its "
					    "routes; it is tried again" },
	[DHCP4_NOTICE_CONFLICT] = { EVENT_CONFLICT, "", NULL },
	[DHCP4_NOTICE_DEFENDED] = { EVENT_CONFLICT, "defended",
				    "another host claimed %a; defended" },
	[DHCP4_NOTICE_FALLBACK_READY] = { EVENT_FALLBACK, "ready", NULL },
	[DHCP4_NOTICE_FALLBACK_ENDED] = { EVENT_FALLBACK, "ended", NULL },
	[DHCP4_NOTICE_FALLBACK_TAKEN] = { EVENT_FALLBACK, "taken", NULL },
	[DHCP4_NOTICE_FALLBACK_FAILED] = { EVENT_FALLBACK, "failed", NULL },
	[DHCP4_NOTICE_INFORMED] = { EVENT_NOTE, "informed", "parameters from %s" },
	[DHCP4_NOTICE_V6ONLY] = { EVENT_NOTE, "ipv6-only",
				  "%s prefers IPv6 alone" },
	[DHCP4_NOTICE_NO_ADDRESS] = { EVENT_TROUBLE, "no-address",
				      "%s has no address to give" },
	[DHCP4_NOTICE_UNAUTHENTICATED] = { EVENT_TROUBLE, "unauthenticated",
					   "accepted without authentication: "
					   "%s" },
	[DHCP4_NOTICE_FORCED] = { EVENT_NOTE, "force-renew",
				  "FORCERENEW from %s" },
	[DHCP4_NOTICE_ATTACHED] = { EVENT_NOTE, "known-network",
				    "router %s of a known network is here" },
	[DHCP4_NOTICE_SERVER_REFUSED] = { EVENT_TROUBLE, "server-refused",
					  "%s is refused: others are known "
					  "here" },
	[DHCP4_NOTICE_SERVER_CHANGED] = { EVENT_TROUBLE, "server-changed",
					  "%s granted the lease, where others "
					  "are known" },
	[DHCP4_NOTICE_SERVER_MOVED] = { EVENT_TROUBLE, "server-moved",
					"the ACK of %s came from another "
					"hardware address than its OFFER" },
	[DHCP4_NOTICE_CHANGED] = { EVENT_NOTE, "options-changed",
				   "%s changed options of the lease" },
	[DHCP4_NOTICE_HELD] = { EVENT_TROUBLE, "options-held",
				"%s would change options of the lease; not "
				"applied" },
	[DHCP4_NOTICE_LEFT] = { EVENT_TROUBLE, "left",
				"%a was removed too often; left so for now" },
};

static void tell_notice(struct events *events, struct managed *m,
			const struct dhcp4_notice *notice, nsec now)
{
	const struct notice_row *row = &rows[notice->kind];
	struct event_facts facts = facts_of(m, row->kind);

	if (!row->reason)
		return;
	facts.reason = *row->reason ? row->reason : NULL;
	facts.text = row->text;
	facts.server = notice->server;
	facts.address = notice->address;
	publish(events, m, &facts, now);
}

/* Who left is not told of, whatever it still does. */
static bool is_told_of(const struct events *events, const struct managed *m)
{
	return events->first && m->told.serial;
}

void events_notice(struct events *events, struct managed *m,
		   const struct dhcp4_notice *notice, nsec now)
{
	if (!is_told_of(events, m))
		return;
	sync_link(events, m, now);
	if (notice->kind == DHCP4_NOTICE_TRANSITION)
		tell_transition(events, m, notice->from, notice->to, now);
	else if (notice->kind == DHCP4_NOTICE_ACK)
		tell_lease(events, m, "granted", now);
	else if (notice->kind == DHCP4_NOTICE_LOST)
		tell_loss(events, m, notice->loss, notice->address, now);
	else if (notice->kind == DHCP4_NOTICE_READY)
		tell_usable(events, m, notice->address, NULL, now);
	else if (notice->kind == DHCP4_NOTICE_WITHDRAWN)
		tell_usable(events, m, IPV4_ANY, "being checked", now);
	else
		tell_notice(events, m, notice, now);
}

void events_sent(struct events *events, struct managed *m,
		 const struct dhcp4_effect *effect, int error, nsec now)
{
	struct event_facts facts = facts_of(m, EVENT_SENT);

	if (!is_told_of(events, m))
		return;
	facts.packet = dhcp4_request_name(effect->send.request);
	facts.attempt = effect->send.number;
	if (error) {
		facts.kind = EVENT_TROUBLE;
		facts.reason = "not-sent";
		facts.text = "%p could not be sent";
	}
	if (events->sent_count < EVENTS_SENT_MAX)
		events->sent[events->sent_count++] = facts;
	else
		publish(events, m, &facts, now);
}

static void tell_sent(struct events *events, const struct managed *m, nsec now)
{
	for (unsigned i = 0; i < events->sent_count; i++)
		publish(events, m, &events->sent[i], now);
	events->sent_count = 0;
}

void events_stepped(struct events *events, struct managed *m, nsec now)
{
	const struct dhcp4_lease *lease = report_shown_lease(m);
	ipv4_addr usable = report_usable(m);

	tell_sent(events, m, now);
	if (!is_told_of(events, m))
		return;
	sync_link(events, m, now);
	if (m->told.state != m->iface.client->state)
		tell_transition(events, m, m->told.state,
				m->iface.client->state, now);
	if (!lease && m->told.lease)
		tell_loss(events, m, DHCP4_LOSS_WITHDRAWN, m->told.lease, now);
	else if (lease && (lease->address != m->told.lease ||
			   lease->granted_ns != m->told.granted_ns))
		tell_lease(events, m, "unconfirmed", now);
	if (usable != m->told.usable)
		tell_usable(events, m, usable, "not complete", now);
}

/* ---- who is managed ------------------------------------------------------- */

static struct event_facts facts_present(const struct managed *m,
					enum event_kind kind)
{
	struct event_facts facts = facts_of(m, kind);

	facts.state = dhcp4_state_name(m->iface.client->state);
	facts.reason = link_names[link_of(m)];
	facts.address = report_usable(m);
	facts.lease_of = m;
	return facts;
}

struct event *events_present(const struct managed *m, enum event_kind kind,
			     bool raw, nsec now)
{
	struct event_facts facts = facts_present(m, kind);

	return event_encode(&facts, raw, now);
}

static void tell_present(struct events *events, struct managed *m,
			 enum event_kind kind, nsec now)
{
	struct event_facts facts = facts_present(m, kind);

	note_all(m);
	publish(events, m, &facts, now);
}

void events_added(struct events *events, struct managed *m, nsec now)
{
	m->told.serial = ++events->serial;
	if (events->first)
		tell_present(events, m, EVENT_ADDED, now);
}

static void tell_removed(struct events *events, const struct managed *m,
			 const char *name, nsec now)
{
	struct event_facts facts = facts_of(m, EVENT_REMOVED);

	facts.interface = name;
	publish(events, m, &facts, now);
}

void events_removed(struct events *events, struct managed *m, nsec now)
{
	if (events->first)
		tell_removed(events, m, m->iface.name, now);
	m->told.serial = 0;
}

void events_renamed(struct events *events, struct managed *m,
		    const char *before, nsec now)
{
	if (!events->first)
		return;
	tell_removed(events, m, before, now);
	tell_present(events, m, EVENT_ADDED, now);
}

void events_changed(struct events *events, struct managed *m, nsec now)
{
	if (events->first)
		tell_present(events, m, EVENT_CHANGED, now);
}

/* ---- who is told ---------------------------------------------------------- */

/* Of nobody knows what he was told: who comes first finds it as it is. */
void events_join(struct events *events, struct subscription *s)
{
	struct daemon *d = events->daemon;

	for (size_t i = 0; !events->first && i < d->managed_count; i++) {
		note_all(d->managed[i]);
		d->managed[i]->told.serial = ++events->serial;
	}
	s->next = events->first;
	s->link = &events->first;
	if (s->next)
		s->next->link = &s->next;
	events->first = s;
	events->count++;
}

void events_leave(struct events *events, struct subscription *s)
{
	*s->link = s->next;
	if (s->next)
		s->next->link = s->link;
	events->count--;
}

/* They are in the order in which they came. */
struct managed *events_next(const struct events *events, uint64_t serial)
{
	struct daemon *d = events->daemon;
	struct bisect b = { 0, d->managed_count };

	while (b.low < b.high) {
		const struct managed *m = d->managed[bisect_middle(b)];

		bisect_step(&b, m->told.serial <= serial);
	}
	return b.low < d->managed_count ? d->managed[b.low] : NULL;
}
