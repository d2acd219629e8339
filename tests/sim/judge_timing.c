/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing leaves too soon, too late or for no reason: back-offs of RFC 2131 4.1,
 * the extensions of 4.4.5, INIT-REBOOT, pauses after NAKs, restarts on flapping
 * links. That something leaves at all is judge_alive.c's matter.
 */
#include "sim/judge_internal.h"

static bool is_in(struct judge_span span, nsec now)
{
	return span.from != NSEC_NEVER && span.from <= now && now <= span.to;
}

static bool is_asked(const struct port_model *p)
{
	return p->phase == JUDGE_PHASE_ASKED;
}

/* Says what was expected instead. */
static void complain(struct port_model *p, const struct judge_sent *s,
		     struct judge_span span, const char *why)
{
	if (span.from == NSEC_NEVER)
		judge_fail(p, "a %s left %s after the last message: %s",
			   judge_kind_name(s->kind),
			   judge_s(s->at - p->last.at).text, why);
	else
		judge_fail(p,
			   "a %s left %s after the last message, not between %s "
			   "and %s: %s",
			   judge_kind_name(s->kind),
			   judge_s(s->at - p->last.at).text,
			   judge_s(span.from).text, judge_s(span.to).text, why);
}

/* DISCOVER or INIT-REBOOT: repeated, or the first of a new exchange. */
static void check_beginning(struct port_model *p, const struct judge_sent *s)
{
	if ((is_asked(p) || judge_known_is_open(p)) &&
	    p->last.kind == s->kind && p->last.xid == s->xid) {
		if (!is_in(p->again, s->at))
			complain(p, s, p->again, "it is repeated at other times");
		return;
	}
	/* Nobody but the client knows when exactly such a lease is over. */
	if (s->kind == DHCP4_REQUEST_DISCOVER && port_model_end_is_open(p))
		return;
	if (!is_in(p->begin, s->at))
		complain(p, s, p->begin, "no new exchange is due");
	else if (p->begin_kind != DHCP4_REQUEST_COUNT && p->begin_kind != s->kind)
		judge_fail(p, "a %s left where a %s was due",
			   judge_kind_name(s->kind),
			   judge_kind_name(p->begin_kind));
}

/* Whether it is for another offer than the last REQUEST was. */
static bool is_next_offer(const struct port_model *p, const struct judge_sent *s)
{
	return s->server_id != p->last.server_id ||
	       s->requested != p->last.requested;
}

/* An offer that is not one of a server that fell silent ends the wait for it. */
static bool is_taken_at_once(const struct port_model *p)
{
	for (unsigned i = 0; i < p->offer_count; i++) {
		if (p->offers[i].at == judge_now(p) && p->offers[i].window == 0)
			return true;
	}
	return false;
}

/* The REQUEST for an offer leaves with it, or when the window closes. */
static void check_selecting(struct port_model *p, const struct judge_sent *s)
{
	nsec window = p->offer_count ? p->offers[0].window : 0;
	struct judge_span due = { NSEC_NEVER, NSEC_NEVER };

	if (!is_asked(p) || (p->last.kind != DHCP4_REQUEST_DISCOVER &&
			     p->last.kind != DHCP4_REQUEST_SELECTING)) {
		complain(p, s, due, "there was no DISCOVER before");
	} else if (p->last.kind == DHCP4_REQUEST_SELECTING &&
		   is_next_offer(p, s)) {
		if (!is_in(p->begin, s->at))
			complain(p, s, p->begin, "another offer was requested");
	} else if (p->last.kind == DHCP4_REQUEST_SELECTING) {
		if (!is_in(p->again, s->at))
			complain(p, s, p->again, "it is repeated at other times");
	} else if (p->offer_count && !is_taken_at_once(p)) {
		/* More offers than there is room for close it early. */
		due.from = p->offers[0].at;
		due.to = nsec_max(due.from + window, p->resumed_at);
		if (window && p->offer_count < DHCP4_OFFERS_MAX)
			due.from = due.from + window;
		if (!is_in(due, s->at))
			complain(p, s, due, "the OFFER came at another time");
	}
}

static bool is_extension(enum dhcp4_request kind)
{
	return kind == DHCP4_REQUEST_RENEWING || kind == DHCP4_REQUEST_REBINDING;
}

/* Asked for, it is due now. Whose clock was moved, nobody knows its lease's times. */
static bool is_due_now(const struct port_model *p, enum sim_event event)
{
	return p->lease.exempt || port_model_just(p, event);
}

/* From T1 on, or when asked for; then by half of what remains until T2. */
static void check_renewing(struct port_model *p, const struct judge_sent *s)
{
	const struct judge_lease *lease = &p->lease;
	struct judge_span due = { judge_lease_t1_early(lease),
				  nsec_max(lease->t1, p->resumed_at) };
	bool asked = is_due_now(p, SIM_EVENT_RENEW_ASKED);

	if (is_asked(p) && p->last.kind == DHCP4_REQUEST_RENEWING) {
		if (!asked && !is_in(p->again, s->at))
			complain(p, s, p->again, "it is repeated at other times");
	} else if (p->phase != JUDGE_PHASE_BOUND) {
		complain(p, s, p->begin, "the lease was not settled before");
	} else if (!asked) {
		/* An ACK that came late may find T1 past. */
		due.to = nsec_max(due.to, p->send_by);
		if (!is_in(due, s->at))
			complain(p, s, due, "it is not T1");
	}
	if (s->at >= lease->t2 && !asked)
		complain(p, s, due, "T2 is past");
}

static void check_rebinding(struct port_model *p, const struct judge_sent *s)
{
	const struct judge_lease *lease = &p->lease;
	struct judge_span due = { judge_lease_t2_early(lease), lease->t2 };
	/* In REBINDING a renewal that is asked for is a rebinding. */
	bool again = is_asked(p) && p->last.kind == DHCP4_REQUEST_REBINDING;
	bool asked = is_due_now(p, SIM_EVENT_REBIND_ASKED) ||
		     (again && port_model_just(p, SIM_EVENT_RENEW_ASKED));

	if (again) {
		if (!asked && !is_in(p->again, s->at))
			complain(p, s, p->again, "it is repeated at other times");
	} else if (p->phase != JUDGE_PHASE_BOUND &&
		   !(is_asked(p) && is_extension(p->last.kind))) {
		complain(p, s, p->begin, "the lease was not settled before");
	} else if (!asked) {
		due.to = nsec_max(due.to, nsec_max(p->resumed_at, p->send_by));
		if (!is_in(due, s->at))
			complain(p, s, due, "it is not T2");
	}
	if (s->at >= lease->expiry && !lease->exempt)
		complain(p, s, due, "the lease is over");
}

static void sent(struct port_model *p, const struct judge_packet *m)
{
	const struct judge_sent *s = &m->sent;
	struct judge_span never = { NSEC_NEVER, NSEC_NEVER };

	if (m->late || m->malformed || p->silent)
		return;
	if (!port_model_is_awake(p)) {
		complain(p, s, never, "there is no process that is awake");
		return;
	}
	switch (s->kind) {
	case DHCP4_REQUEST_DISCOVER:
	case DHCP4_REQUEST_REBOOTING:
		check_beginning(p, s);
		return;
	case DHCP4_REQUEST_SELECTING:
		check_selecting(p, s);
		return;
	case DHCP4_REQUEST_RENEWING:
		check_renewing(p, s);
		return;
	case DHCP4_REQUEST_REBINDING:
		check_rebinding(p, s);
		return;
	case DHCP4_REQUEST_RELEASE:
		if (!port_model_just(p, SIM_EVENT_RELEASED) &&
		    !judge_choice_gives_back(p))
			complain(p, s, never, "nobody asked for it");
		return;
	case DHCP4_REQUEST_DECLINE:
		if (p->guard.decline_at != judge_now(p))
			complain(p, s, never, "nobody was found");
		return;
	case DHCP4_REQUEST_INFORM:
	case DHCP4_REQUEST_COUNT:
		complain(p, s, never, "there is no reason for it");
		return;
	}
}

static void notice(struct port_model *p, const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_TRANSITION &&
	    notice->to == DHCP4_STATE_V6ONLY_WAIT && !p->silent &&
	    !judge_choice_gives_back(p))
		judge_fail(p, "it does without IPv4, and nobody said so");
}

const struct judge_oracle judge_timing = {
	.name = "timing",
	.holds = "no message leaves too soon, too late or for no reason",
	.sent = sent,
	.notice = notice,
};
