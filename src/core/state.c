/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which state does what on which event: one handler a state, one case an event.
 *
 * A handler is asked about the event first and about TICK then, as long as a
 * deadline is due; so an event that changes the state leaves the rest to the new
 * state's handler. Cases in which a state does nothing are listed, not defaulted.
 * CONFIGURED, CONFIGURE_FAILED, SEND_FAILED and a lease's expiry mean the same in
 * every state and are state_common()'s; FALLBACK means nothing to any (fallback.c).
 */
#include "core/step.h"

/* From a state that cannot be without a lease, to INIT. */
static void leave_lease_states(struct step *s)
{
	if (!dhcp4_tenure_is_legal(s->client->state, DHCP4_TENURE_NONE))
		step_begin_init(s, s->client->now);
}

static void carrier_noted(struct step *s)
{
	struct dhcp4_client *c = s->client;
	bool up = s->event->carrier.up;
	bool moved = s->event->carrier.moved;

	if (up == c->carrier && !moved) {
		/* Nothing has happened. */
		s->kind = DHCP4_EVENT_TICK;
		return;
	}
	c->carrier = up;
	c->autoconf_forbidden = false;
	if (!up)
		guard_recheck(s);
	if (!moved)
		return;
	/* Neither lease nor exchange nor refusals of the old network count. */
	if (c->tenure != DHCP4_TENURE_NONE)
		step_lose(s, DHCP4_LOSS_MOVED);
	step_forget_network(s);
	c->restart_at = c->now;
	if (c->state != DHCP4_STATE_STOPPED && c->state != DHCP4_STATE_INFORMING)
		step_begin_init(s, c->now);
}

static void configured(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_HELD)
		return;
	c->configure_failures = 0;
	c->configure_at = c->restore_at = NSEC_NEVER;
	if (!c->configured)
		step_notice(s,
			    (struct dhcp4_notice){ .kind = DHCP4_NOTICE_READY,
						   .address = c->lease.address });
	c->configured = true;
}

/* What the kernel refuses is tried again; the lease machine goes on. */
static void configure_failed(struct step *s)
{
	struct dhcp4_client *c = s->client;

	c->counters.configure_failed++;
	if (c->tenure != DHCP4_TENURE_HELD)
		return;
	c->configured = false;
	c->configure_failures++;
	c->configure_at =
		nsec_add(c->now, backoff_configure(c->configure_failures));
	step_notice(s,
		    (struct dhcp4_notice){ .kind = DHCP4_NOTICE_CONFIGURE_FAILED,
					   .address = c->lease.address,
					   .error = s->event->failed.error });
}

/* What an anonymous client had by another hardware address it had not. */
static void reconfigured(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (!s->config->anonymous || !s->event->reconfigure.identity ||
	    c->tenure == DHCP4_TENURE_NONE)
		return;
	step_lose(s, DHCP4_LOSS_MOVED);
	leave_lease_states(s);
}

void state_common(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure != DHCP4_TENURE_NONE &&
	    (step_is_due(s, c->lease.expiry_ns) || restore_is_expiry(s))) {
		step_lose(s, DHCP4_LOSS_EXPIRED);
		leave_lease_states(s);
	}
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		/* Probes that end now end before what the state waits for. */
		guard_settle(s);
		if (step_is_due(s, c->configure_at)) {
			c->configure_at = NSEC_NEVER;
			s->reconfigure = true;
		}
		restore_settle(s);
		break;
	case DHCP4_EVENT_CARRIER:
		carrier_noted(s);
		break;
	case DHCP4_EVENT_RESUME:
		/* The kernel's lifetimes do not count a suspend. */
		s->reconfigure = true;
		guard_recheck(s);
		break;
	case DHCP4_EVENT_CONFIGURED:
		configured(s);
		break;
	case DHCP4_EVENT_CONFIGURE_FAILED:
		configure_failed(s);
		break;
	case DHCP4_EVENT_SEND_FAILED:
		/* As good as lost on the wire: the timers cover it. */
		c->counters.send_failed++;
		break;
	case DHCP4_EVENT_RECONFIGURE:
		reconfigured(s);
		break;
	case DHCP4_EVENT_LEASE_LOADED:
		if (s->event->lease_loaded.attached)
			known_recalled(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_STOP:
	case DHCP4_EVENT_FRAME:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_ADDRESS_LOST:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

static void handle_stopped(struct step *s)
{
	switch (s->kind) {
	case DHCP4_EVENT_START:
		step_start(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_LEASE_LOADED:
		step_load_lease(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_FRAME:
		step_reject(s, REJECT_UNEXPECTED);
		break;
	case DHCP4_EVENT_CARRIER:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_RECONFIGURE:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

/* INIT and INIT_REBOOT wait alike; they differ in what begins after them. */
static void handle_waiting(struct step *s, void (*begin)(struct step *))
{
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		if (s->client->carrier && step_is_due(s, s->client->send_at))
			begin(s);
		break;
	case DHCP4_EVENT_CARRIER:
		step_carrier_awaited(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		step_reconfigured(s);
		break;
	case DHCP4_EVENT_FRAME:
		step_reject(s, REJECT_UNEXPECTED);
		break;
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
		step_hurry(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

static void handle_init(struct step *s)
{
	handle_waiting(s, step_begin_selecting);
}

static void handle_init_reboot(struct step *s)
{
	handle_waiting(s, step_begin_rebooting);
}

/* States that asked and wait: they differ in what they asked, and how often. */
static void handle_asking(struct step *s, void (*due)(struct step *),
			  void (*answered)(struct step *))
{
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		due(s);
		break;
	case DHCP4_EVENT_FRAME:
		answered(s);
		break;
	case DHCP4_EVENT_CARRIER:
		step_carrier_lost(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		step_reconfigured(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

static void selecting_due(struct step *s)
{
	if (step_is_due(s, s->client->choose_at))
		step_choose_best(s);
	else if (step_is_due(s, s->client->retransmit_at))
		step_send_discover(s);
}

/* A NAK to a DISCOVER means nothing, nor does an ACK that is not rapid (4.4.1). */
static void selecting_answered(struct step *s)
{
	if (s->message->type == DHCP4_TYPE_OFFER)
		step_take_offer(s);
	else if (s->message->type == DHCP4_TYPE_BOOTP)
		step_take_bootp(s);
	else if (s->message->type == DHCP4_TYPE_ACK)
		step_take_rapid_ack(s);
	else
		step_reject(s, REJECT_UNEXPECTED);
}

static void handle_selecting(struct step *s)
{
	handle_asking(s, selecting_due, selecting_answered);
}

static void requesting_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (step_is_due(s, c->give_up_at)) {
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_SILENT,
				       .server = c->chosen.server_id,
				       .address = c->chosen.address });
		step_chosen_silent(s);
	} else if (step_is_due(s, c->retransmit_at)) {
		c->retransmit_at = NSEC_NEVER;
		step_request_chosen(s);
	}
}

static void requesting_answered(struct step *s)
{
	step_take_answer(s, s->client->chosen.address);
}

/* An ACK after a sleep would be counted from before it, if it came at all. */
static void handle_requesting(struct step *s)
{
	if (s->kind == DHCP4_EVENT_RESUME)
		step_resumed(s);
	else
		handle_asking(s, requesting_due, requesting_answered);
}

/*
 * Nobody confirmed the lease. Ours, it stays so; remembered, it comes into use now
 * for the time it has left (RFC 2131 3.2 (3)), or is only a wish.
 */
static void reboot_unanswered(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->tenure == DHCP4_TENURE_REMEMBERED) {
		bool usable = c->usable && !guard_must_wait(s, c->lease.address);

		c->tenure = usable ? DHCP4_TENURE_HELD : DHCP4_TENURE_NONE;
		c->hint = c->lease.address;
	}
	if (c->tenure == DHCP4_TENURE_HELD)
		step_notice(s, (struct dhcp4_notice){
				       .kind = DHCP4_NOTICE_UNCONFIRMED,
				       .address = c->lease.address });
	step_begin_selecting(s);
}

static void rebooting_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (step_is_due(s, c->give_up_at)) {
		reboot_unanswered(s);
	} else if (step_is_due(s, c->retransmit_at)) {
		c->retransmit_at = NSEC_NEVER;
		step_send_request(s, DHCP4_REQUEST_REBOOTING);
	}
}

static void lease_answered(struct step *s)
{
	step_take_answer(s, s->client->lease.address);
}

/* Nobody answers any more what was asked before a suspend: it begins anew. */
static void handle_rebooting(struct step *s)
{
	if (s->kind == DHCP4_EVENT_RESUME)
		step_resumed(s);
	else
		handle_asking(s, rebooting_due, lease_answered);
}

/* Ends by a conflict, by expiry, or when nobody was found (guard.c). */
static void handle_probing(struct step *s)
{
	switch (s->kind) {
	case DHCP4_EVENT_CARRIER:
		step_carrier_lost(s);
		break;
	case DHCP4_EVENT_RESUME:
		step_resumed(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		step_reconfigured(s);
		break;
	case DHCP4_EVENT_FRAME:
		step_reject(s, REJECT_UNEXPECTED);
		break;
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

/* T1 of many interfaces at once is paced: each takes its turn when T1 comes. */
static void bound_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	known_bound_due(s);
	if (step_is_due(s, c->lease.t1_ns) && c->send_at == NSEC_NEVER)
		c->send_at = step_take_slot(s);
	if (step_is_due(s, c->lease.t2_ns))
		step_begin_rebinding(s);
	else if (step_is_due(s, c->send_at))
		step_begin_renewing(s);
}

/* A BOOTP server has nothing to say about what it gave. */
static void extension_asked(struct step *s, void (*begin)(struct step *))
{
	if (!lease_is_bootp(&s->client->lease))
		begin(s);
}

static void handle_bound(struct step *s)
{
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		bound_due(s);
		break;
	case DHCP4_EVENT_RENEW:
		extension_asked(s, step_begin_renewing);
		break;
	case DHCP4_EVENT_REBIND:
		extension_asked(s, step_begin_rebinding);
		break;
	case DHCP4_EVENT_CARRIER:
		step_carrier_lost(s);
		break;
	case DHCP4_EVENT_RESUME:
		step_resumed(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		step_reconfigured(s);
		break;
	case DHCP4_EVENT_FRAME:
		known_bound_answered(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

static void extending_due(struct step *s)
{
	struct dhcp4_client *c = s->client;

	if (c->state == DHCP4_STATE_RENEWING && step_is_due(s, c->lease.t2_ns))
		step_begin_rebinding(s);
	else if (step_is_due(s, c->retransmit_at))
		step_send_extension(s);
}

/* Past T2 whoever asks for either is served by the same REQUEST. */
static void renew_asked(struct step *s)
{
	const struct dhcp4_client *c = s->client;

	if (c->state == DHCP4_STATE_RENEWING && step_is_due(s, c->lease.t2_ns))
		step_begin_rebinding(s);
	else
		step_send_extension(s);
}

static void rebind_asked(struct step *s)
{
	if (s->client->state == DHCP4_STATE_RENEWING)
		step_begin_rebinding(s);
	else
		step_send_extension(s);
}

/* RENEWING and REBINDING: they differ in whom they ask, and until when. */
static void handle_extending(struct step *s)
{
	switch (s->kind) {
	case DHCP4_EVENT_TICK:
		extending_due(s);
		break;
	case DHCP4_EVENT_FRAME:
		lease_answered(s);
		break;
	case DHCP4_EVENT_RENEW:
		renew_asked(s);
		break;
	case DHCP4_EVENT_REBIND:
		rebind_asked(s);
		break;
	case DHCP4_EVENT_CARRIER:
		step_carrier_lost(s);
		break;
	case DHCP4_EVENT_RESUME:
		step_resumed(s);
		break;
	case DHCP4_EVENT_STOP:
		step_stop(s);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		step_address_lost(s);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		step_reconfigured(s);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_ARP:
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
	case DHCP4_EVENT_LEASE_LOADED:
	case DHCP4_EVENT_FALLBACK:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

state_handler *const state_handlers[DHCP4_STATE_COUNT] = {
	[DHCP4_STATE_STOPPED] = handle_stopped,
	[DHCP4_STATE_INIT] = handle_init,
	[DHCP4_STATE_SELECTING] = handle_selecting,
	[DHCP4_STATE_REQUESTING] = handle_requesting,
	[DHCP4_STATE_INIT_REBOOT] = handle_init_reboot,
	[DHCP4_STATE_REBOOTING] = handle_rebooting,
	[DHCP4_STATE_PROBING] = handle_probing,
	[DHCP4_STATE_BOUND] = handle_bound,
	[DHCP4_STATE_RENEWING] = handle_extending,
	[DHCP4_STATE_REBINDING] = handle_extending,
	[DHCP4_STATE_INFORMING] = informing,
	[DHCP4_STATE_V6ONLY_WAIT] = v6only_wait,
};
