/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What states do: exchanges begun and repeated, answers taken or refused, and
 * the ways out that several states share. Which state does what on which event
 * is state.c's matter.
 */
#include "base/assert.h"
#include "core/step.h"

/* REBOOTING: the second REQUEST after 3 to 4 s, the end after 7 s. */
#define REBOOT_RETRY_NS	       (3 * NSEC_PER_S)
#define REBOOT_RETRY_SPREAD_NS NSEC_PER_S
#define REBOOT_GIVE_UP_NS      (7 * NSEC_PER_S)

/*
 * Somebody waits for an extension that was asked for: so many more REQUESTs
 * follow after 4, 8 and 16 s, and only then those of RFC 2131 4.4.5.
 */
#define SOON_COUNT 3

/* RFC 2131 3.1 (5): ten seconds after a DECLINE. */
#define DECLINE_WAIT_NS (10 * NSEC_PER_S)

/*
 * A BOOTP reply counts from the second DISCOVER on. Until that is sent, three to
 * five seconds after the first, a DHCP server may offer, which is preferred
 * (RFC 1534 3); since a BOOTP server answers each, no reply need be kept.
 */
#define BOOTP_DISCOVERS 2

/* Which server's NAK counts in a state; in all others no answer is taken. */
enum nak_rule {
	NAK_RULE_NONE,
	NAK_RULE_ASKED_SERVER,
	NAK_RULE_ANY_SERVER,
};

static const enum nak_rule nak_rules[DHCP4_STATE_COUNT] = {
	[DHCP4_STATE_REQUESTING] = NAK_RULE_ASKED_SERVER,
	[DHCP4_STATE_REBOOTING] = NAK_RULE_ANY_SERVER,
	[DHCP4_STATE_RENEWING] = NAK_RULE_ASKED_SERVER,
	[DHCP4_STATE_REBINDING] = NAK_RULE_ANY_SERVER,
	/* To the REQUEST of REBOOTING, which a router's answer overtook. */
	[DHCP4_STATE_BOUND] = NAK_RULE_ANY_SERVER,
};

bool step_is_due(const struct step *s, nsec instant)
{
	return instant <= s->client->now;
}

void step_begin_init(struct step *s, nsec send_at)
{
	if (s->client->state != DHCP4_STATE_INIT)
		step_enter(s, DHCP4_STATE_INIT);
	s->client->send_at = send_at;
}

nsec step_take_slot(struct step *s)
{
	s->effects->slot_taken = true;
	return nsec_max(s->client->now, s->event->earliest_send);
}

void step_send_discover(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_send_request(s, DHCP4_REQUEST_DISCOVER);
	c->retransmit_at = nsec_add(c->now, backoff_exchange(&c->prng, c->tries));
}

void step_begin_selecting(struct step *s)
{
	step_enter(s, DHCP4_STATE_SELECTING);
	s->client->restart_at = nsec_add(s->client->now, RESTART_SPACING_NS);
	step_send_discover(s);
}

void step_begin_rebooting(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_enter(s, DHCP4_STATE_REBOOTING);
	c->restart_at = nsec_add(c->now, RESTART_SPACING_NS);
	step_send_request(s, DHCP4_REQUEST_REBOOTING);
	c->retransmit_at = nsec_add(
		c->now,
		REBOOT_RETRY_NS + prng_below(&c->prng, REBOOT_RETRY_SPREAD_NS));
	c->give_up_at = nsec_add(c->now, REBOOT_GIVE_UP_NS);
}

void step_send_extension(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool renewing = c->state == DHCP4_STATE_RENEWING;
	nsec end = renewing ? c->lease.t2_ns : c->lease.expiry_ns;
	nsec wait = backoff_remaining(c->now, end);

	if (c->tries)
		step_draw_xid(c);
	step_send_request(s, renewing ? DHCP4_REQUEST_RENEWING
				      : DHCP4_REQUEST_REBINDING);
	if (s->kind == DHCP4_EVENT_RENEW && s->event->renew.accept)
		c->accepting = true;
	/* Before T1 it was asked for, if not by a user, then by the server. */
	if (s->kind == DHCP4_EVENT_RENEW || s->kind == DHCP4_EVENT_REBIND ||
	    (c->tries == 1 && c->now < c->lease.t1_ns))
		c->soon = SOON_COUNT;
	if (c->soon)
		wait = backoff_exchange(&c->prng, SOON_COUNT + 1U - c->soon--);
	/* Beyond the end it is harmless: T2 or expiry comes first. */
	c->retransmit_at = nsec_add(c->now, wait);
}

void step_begin_rebinding(struct step *s)
{
	step_enter(s, DHCP4_STATE_REBINDING);
	step_send_extension(s);
}

void step_begin_renewing(struct step *s)
{
	/* Or two REQUESTs would leave at once. */
	if (step_is_due(s, s->client->lease.t2_ns)) {
		step_begin_rebinding(s);
		return;
	}
	step_enter(s, DHCP4_STATE_RENEWING);
	step_send_extension(s);
}

/* ---- ACKs, NAKs --------------------------------------------------------- */

const struct dhcp4_lease *step_held_lease(const struct dhcp4_client *c)
{
	return c->tenure == DHCP4_TENURE_NONE ? NULL : &c->lease;
}

/* Whether an ACK may become the lease; asked is the address of the REQUEST. */
static enum reject check_ack(const struct step *s, ipv4_addr asked)
{
	enum reject why = lease_check(s->message, step_held_lease(s->client));
	uint32_t lease_s = 0;

	if (why != REJECT_NONE)
		return why;
	if (s->message->header.yiaddr != asked)
		return REJECT_OTHER_ADDRESS;
	/* So late an answer that the lease is over: as good as none. */
	dhcp4_options_get_u32(&s->message->options, DHCP4_OPTION_LEASE_TIME,
			      &lease_s);
	if (lease_s != DHCP4_LEASE_INFINITE &&
	    step_is_due(s, nsec_add(s->client->xid_sent_ns, lease_s * NSEC_PER_S)))
		return REJECT_LEASE_TIME;
	return REJECT_NONE;
}

static void read_lease(struct step *s)
{
	struct dhcp4_client *c = s->client;

	step_learn_broadcast(s);
	if (hold_changes(s))
		lease_extend(s->message, c->xid_sent_ns, &c->prng, &c->lease);
	else
		lease_from_ack(s->message, c->xid_sent_ns, step_held_lease(c),
			       &c->prng, &c->lease);
	c->lease.local_names = override_names_this_host(s->config->override);
	c->lease.server_hw = s->event->frame.source;
	c->lease.client_id = s->config->client_id;
	admit_answer(s);
	c->counters.received[s->message->type]++;
}

/* The message that was found good becomes the lease. */
static void grant(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool wait = guard_must_wait(s, s->message->header.yiaddr);

	choice_note_source(s);
	read_lease(s);
	c->autoconf_forbidden = false;
	known_granted(s);
	c->tenure = wait ? DHCP4_TENURE_GRANTED : DHCP4_TENURE_HELD;
	c->naks = 0;
	c->configure_failures = 0;
	c->configure_at = NSEC_NEVER;
	s->granted = true;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_ACK,
					      .from = c->state,
					      .server = c->lease.server_id,
					      .address = c->lease.address });
	if (c->lease.mask_guessed)
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_MASK_GUESSED,
				       .address = c->lease.address });
	if (c->state == DHCP4_STATE_BOUND) {
		known_close(s);
		/* A turn that the T1 of before waits for is not needed. */
		c->send_at = NSEC_NEVER;
	} else {
		step_enter(s, wait ? DHCP4_STATE_PROBING : DHCP4_STATE_BOUND);
	}
	/* A DECLINE names the lease that it is about, so it had to be granted. */
	if (c->conflict == c->lease.address) {
		s->lost = DHCP4_ADDRESS_LOST_CONFLICT;
		step_address_lost(s);
	}
}

/* What is granted goes back: the network prefers IPv6 alone. */
static void refuse_grant(struct step *s, uint32_t v6only_s)
{
	struct dhcp4_client *c = s->client;

	read_lease(s);
	if (c->tenure != DHCP4_TENURE_HELD)
		c->tenure = DHCP4_TENURE_REMEMBERED;
	step_begin_v6only(s, c->lease.server_id, v6only_s);
}

/*
 * An ACK that was checked. Option 108 counts where the network is new, or may be:
 * an address that is extended stays in use (RFC 8925 3.2).
 */
static void take_ack(struct step *s, enum reject why)
{
	enum dhcp4_state state = s->client->state;
	/* BOUND: the answer to a reboot that a known router's overtook. */
	bool arrives = state == DHCP4_STATE_SELECTING ||
		       state == DHCP4_STATE_REBOOTING ||
		       state == DHCP4_STATE_BOUND;
	uint32_t v6only_s = arrives ? v6only_seconds(s) : 0;

	if (why != REJECT_NONE)
		step_reject(s, why);
	else if (v6only_s)
		refuse_grant(s, v6only_s);
	else
		grant(s);
}

void step_take_rapid_ack(struct step *s)
{
	ipv4_addr address = s->message->header.yiaddr;
	enum reject why = REJECT_UNEXPECTED;
	struct option_value value;

	if (s->config->rapid_commit &&
	    dhcp4_options_get(&s->message->options, DHCP4_OPTION_RAPID_COMMIT,
			      &value))
		why = guard_is_declined(s, address) ? REJECT_DECLINED
						    : check_ack(s, address);
	take_ack(s, why);
}

void step_take_bootp(struct step *s)
{
	const struct dhcp4_client *c = s->client;
	enum reject why = REJECT_BOOTP;

	if (s->config->bootp && c->tries >= BOOTP_DISCOVERS &&
	    c->offers.count == 0)
		why = step_check_offer(s);
	if (why == REJECT_NONE)
		grant(s);
	else
		step_reject(s, why);
}

/* The server whose NAK counts where only one server's does. */
static ipv4_addr asked_server(const struct dhcp4_client *c)
{
	return c->state == DHCP4_STATE_REQUESTING ? c->chosen.server_id
						  : c->lease.server_id;
}

static void obey_nak(struct step *s, ipv4_addr server, bool irregular)
{
	struct dhcp4_client *c = s->client;

	c->naks++;
	c->counters.received[DHCP4_TYPE_NAK]++;
	c->counters.irregular_naks += irregular;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_NAK,
					      .server = server,
					      .irregular = irregular });
	/* A NAK of another offer says nothing of the address that is held. */
	if (c->tenure != DHCP4_TENURE_NONE &&
	    (c->state != DHCP4_STATE_REQUESTING ||
	     c->chosen.address == c->lease.address)) {
		known_refused(s, server, irregular);
		step_lose(s, DHCP4_LOSS_NAK);
	}
	c->hint = IPV4_ANY;
	step_begin_init(s, nsec_add(c->now, backoff_nak(c->naks)));
}

static void take_nak(struct step *s)
{
	struct dhcp4_client *c = s->client;
	enum nak_rule rule = nak_rules[c->state];
	ipv4_addr server = IPV4_ANY;
	/* Some servers leave the identifier out: obeyed, and counted. */
	bool irregular = !dhcp4_options_get_address(
		&s->message->options, DHCP4_OPTION_SERVER_ID, 0, &server);

	ASSERT(rule != NAK_RULE_NONE);
	if (rule == NAK_RULE_ASKED_SERVER && !irregular &&
	    server != asked_server(c))
		step_reject(s, REJECT_OTHER_SERVER);
	else
		obey_nak(s, server, irregular);
}

void step_take_answer(struct step *s, ipv4_addr asked)
{
	if (s->message->type == DHCP4_TYPE_ACK)
		take_ack(s, check_ack(s, asked));
	else if (s->message->type == DHCP4_TYPE_NAK)
		take_nak(s);
	else
		step_reject(s, REJECT_UNEXPECTED);
}

/* ---- the beginning ------------------------------------------------------ */

/*
 * What a process before us left in the kernel, whose lifetimes do not count a
 * suspend: the lease is over, and its address goes.
 */
static void clear_remains(struct step *s, const struct dhcp4_lease *lease,
			  enum dhcp4_loss why)
{
	s->tenure_before = DHCP4_TENURE_HELD;
	s->address_before = lease->address;
	s->prefix_length_before = lease->prefix_length;
	s->loss = why;
	step_notice(s, (struct dhcp4_notice){ .kind = DHCP4_NOTICE_LOST,
					      .address = lease->address,
					      .loss = why });
}

/* Somebody whom nobody is to take us for had it (RFC 7844 3.2). */
static bool is_foreign(const struct step *s, const struct dhcp4_lease *lease)
{
	return s->config->anonymous &&
	       !client_id_equal(&lease->client_id, &s->config->client_id);
}

void step_load_lease(struct step *s)
{
	struct dhcp4_client *c = s->client;
	const struct dhcp4_lease *lease = s->event->lease_loaded.lease;

	if (c->tenure != DHCP4_TENURE_NONE || s->event->lease_loaded.attached)
		return;
	if (is_foreign(s, lease)) {
		if (s->event->lease_loaded.in_kernel)
			clear_remains(s, lease, DHCP4_LOSS_MOVED);
		return;
	}
	c->hint = lease->address;
	if (step_is_due(s, lease->expiry_ns)) {
		if (s->event->lease_loaded.in_kernel)
			clear_remains(s, lease, DHCP4_LOSS_EXPIRED);
		return;
	}
	lease_copy(&c->lease, lease);
	step_drop_ignored(s, &c->lease.options);
	admit_loaded(s);
	c->tenure = s->event->lease_loaded.in_kernel ? DHCP4_TENURE_HELD
						     : DHCP4_TENURE_REMEMBERED;
	c->usable = s->event->lease_loaded.usable;
}

/*
 * A server of DHCP knows the lease, by the name that is ours now. Who would be
 * anonymous asks nobody about an address on a network that may be another (7844).
 */
static bool is_confirmable(const struct step *s)
{
	const struct dhcp4_lease *lease = &s->client->lease;

	return !s->config->anonymous && !lease_is_bootp(lease) &&
	       client_id_equal(&lease->client_id, &s->config->client_id);
}

/* INIT-REBOOT asks for the lease's address; it is not the way to another. */
static bool may_reboot(const struct step *s)
{
	const struct dhcp4_client *c = s->client;
	ipv4_addr wanted = s->config->requested_address;

	return c->tenure != DHCP4_TENURE_NONE &&
	       (wanted == IPV4_ANY || wanted == c->lease.address) &&
	       is_confirmable(s);
}

/* To the beginning; what is ours stays, what was only asked for is but a wish. */
static void begin_anew(struct step *s, nsec send_at)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure == DHCP4_TENURE_REMEMBERED) {
		c->hint = c->lease.address;
		c->tenure = DHCP4_TENURE_NONE;
	}
	step_begin_init(s, send_at);
}

void step_start(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (s->config->inform_address) {
		if (c->tenure != DHCP4_TENURE_NONE)
			step_lose(s, DHCP4_LOSS_REPLACED);
		step_enter(s, DHCP4_STATE_INFORMING);
	} else if (may_reboot(s)) {
		step_enter(s, DHCP4_STATE_INIT_REBOOT);
	} else {
		begin_anew(s, c->now);
	}
	guard_recheck(s);
	c->send_at = c->carrier ? step_take_slot(s) : c->now;
}

/* ---- what several states do alike ------------------------------------- */

/* What a server may know is asked for again, before anything else is. */
static void confirm(struct step *s, nsec send_at)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_NONE && is_confirmable(s)) {
		step_enter(s, DHCP4_STATE_INIT_REBOOT);
		c->send_at = send_at;
	} else {
		begin_anew(s, send_at);
	}
}

void step_carrier_lost(struct step *s)
{
	ASSERT(!s->client->carrier);
	confirm(s, s->client->now);
}

void step_resumed(struct step *s)
{
	confirm(s, step_take_slot(s));
}

void step_hurry(struct step *s)
{
	struct dhcp4_client *c = s->client;
	nsec declined_at = guard_declined_at(s);
	nsec pause = declined_at ? nsec_add(declined_at, DECLINE_WAIT_NS) : 0;

	if (c->carrier)
		c->send_at = nsec_min(c->send_at,
				      nsec_max(nsec_max(pause, c->restart_at),
					       step_take_slot(s)));
}

void step_carrier_awaited(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (!s->event->carrier.up)
		return;
	c->send_at =
		nsec_max(nsec_max(c->send_at, c->restart_at), step_take_slot(s));
}

void step_send_ending(struct step *s, enum dhcp4_request request)
{
	if (lease_is_bootp(&s->client->lease))
		return;
	step_draw_xid(s->client);
	s->client->tries = 0;
	step_send_request(s, request);
}

void step_forget_network(struct step *s)
{
	struct dhcp4_client *c = s->client;

	c->conflict = c->hint = IPV4_ANY;
	c->naks = 0;
	c->broadcast = false;
	c->silent_server = IPV4_ANY;
	c->silent_until = 0;
	c->autoconf_forbidden = false;
	guard_forget(s);
	admit_forget(s);
}

/* Another interface may come in its place, to which nothing of this applies. */
static void forget_link(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_NONE)
		step_lose(s, DHCP4_LOSS_REMOVED);
	step_forget_network(s);
	c->carrier = false;
	c->restart_at = 0;
	c->acd = (struct acd){ 0 };
	acd_stop(&c->acd);
	fallback_init(&c->fallback);
}

static void release(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool ours = c->tenure == DHCP4_TENURE_HELD ||
		    c->tenure == DHCP4_TENURE_GRANTED;

	if (ours && c->carrier)
		step_send_ending(s, DHCP4_REQUEST_RELEASE);
	if (c->tenure != DHCP4_TENURE_NONE)
		step_lose(s, DHCP4_LOSS_RELEASED);
	/* Also what is left of a lease that ended before. */
	s->loss = DHCP4_LOSS_RELEASED;
	c->hint = IPV4_ANY;
}

void step_stop(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (s->event->stop.release)
		release(s);
	if (s->event->stop.gone)
		forget_link(s);
	if (c->state != DHCP4_STATE_STOPPED)
		step_enter(s, DHCP4_STATE_STOPPED);
}

void step_reconfigured(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (!s->event->reconfigure.identity)
		return;
	begin_anew(s, c->state == DHCP4_STATE_INIT ? c->send_at : c->now);
}

/* RFC 2131 3.1 (5); a longer pause, after refusals, stays. */
static void decline(struct step *s)
{
	struct dhcp4_client *c = s->client;
	nsec send_at = nsec_add(c->now, DECLINE_WAIT_NS);

	if (c->state == DHCP4_STATE_INIT)
		send_at = nsec_max(send_at, c->send_at);
	guard_decline(s, c->lease.address);
	if (c->carrier)
		step_send_ending(s, DHCP4_REQUEST_DECLINE);
	step_lose(s, DHCP4_LOSS_CONFLICT);
	if (c->state != DHCP4_STATE_STOPPED)
		step_begin_init(s, send_at);
}

void step_address_lost(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_HELD && c->tenure != DHCP4_TENURE_GRANTED)
		return;
	switch (s->lost) {
	case DHCP4_ADDRESS_LOST_REMOVED:
		if (s->config->address_removed == DHCP4_REMOVAL_RELEASE) {
			release(s);
			if (c->state != DHCP4_STATE_STOPPED)
				step_enter(s, DHCP4_STATE_STOPPED);
			return;
		}
		/* fall through */
	case DHCP4_ADDRESS_LOST_PARTLY:
	case DHCP4_ADDRESS_LOST_FLUSHED:
		c->configured = false;
		s->reconfigure = s->restore;
		return;
	case DHCP4_ADDRESS_LOST_CONFLICT:
		decline(s);
		return;
	}
	UNREACHABLE();
}
