/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of one step share. Internal to the core: client.c makes a step,
 * state.c decides in it, send.c writes its packets.
 */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include "core/client.h"
#include "core/message.h"

/* A carrier that flaps starts an exchange no more often. */
#define RESTART_SPACING_NS NSEC_PER_S

struct step {
	struct dhcp4_client *client;
	const struct dhcp4_config *config;
	struct dhcp4_offer_pool *pool;
	const struct dhcp4_event *event;
	struct dhcp4_effects *effects;

	/*
	 * What the handler is asked: the event's kind, and TICK again for as long
	 * as a deadline is due.
	 */
	enum dhcp4_event_kind kind;

	/* FRAME: a reply to this client with the xid in flight. */
	const struct dhcp4_message *message;

	enum dhcp4_address_lost lost; /* ADDRESS_LOST */
	bool restore;		      /* ... and may be put back now */

	/* What happened to the lease; its effects are derived from these. */
	bool granted;	      /* an ACK was accepted */
	bool reconfigure;     /* the kernel is to be told again */
	enum dhcp4_loss loss; /* why it ended, if it did */
	enum dhcp4_tenure tenure_before;
	ipv4_addr address_before;
	uint8_t prefix_length_before;
	bool save;	/* the stored lease is to be replaced */
	bool keep;	/* ... to stay, though a server denied it */
	bool forget;	/* ... to go */
	uint8_t recall; /* the lease of this network is wanted; 0: none */

	ipv4_addr fallback_before; /* the one in use */
	bool fallback_again;	   /* the kernel is to be told again */

	unsigned arp_count;
	uint8_t arps[DHCP4_ARPS_MAX][ARP_SIZE];
	struct hwaddr arp_to[DHCP4_ARPS_MAX];
	unsigned notice_count;
	struct dhcp4_notice notices[DHCP4_NOTICES_MAX];

	struct auth_option auth; /* FRAME: its option 90, taken out */
	bool authenticated;	 /* ... and it is what it should be */
};

/* state.c: one a state; the table is indexed by it. */
typedef void state_handler(struct step *);
extern state_handler *const state_handlers[DHCP4_STATE_COUNT];

/* Acts on an event or deadline that means the same in every state. */
void state_common(struct step *);

/* exchange.c */

bool step_is_due(const struct step *, nsec instant);

/* STOPPED: LEASE_LOADED, and START with a lease or without. */
void step_load_lease(struct step *);
void step_start(struct step *);

/* The machine begins anew, at an instant; a lease that is held stays. */
void step_begin_init(struct step *, nsec send_at);

/* A client that paces its start takes its turn: when it may send. */
nsec step_take_slot(struct step *);

/* Each enters the state of its name and sends what belongs to it. */
void step_begin_selecting(struct step *);
void step_begin_rebooting(struct step *);
void step_begin_renewing(struct step *);
void step_begin_rebinding(struct step *);

/* Each sends again and sets the next instant. */
void step_send_discover(struct step *);
void step_request_chosen(struct step *);

/*
 * A REQUEST of RENEWING or REBINDING. Each has an id of its own: the lease is
 * counted from the first one with the ACK's, which may be hours before the last.
 */
void step_send_extension(struct step *);

/* SELECTING: a reply, and the end of the offer window. */
void step_take_offer(struct step *);
void step_take_bootp(struct step *);
void step_choose_best(struct step *);

/* SELECTING: an ACK, which rapid commit allows (RFC 4039 3). */
void step_take_rapid_ack(struct step *);

/* REQUESTING: who was chosen does not answer; another offer, or the beginning. */
void step_chosen_silent(struct step *);

/* A reply in a state that asked for an address with a REQUEST. */
void step_take_answer(struct step *, ipv4_addr asked);

/*
 * CARRIER, for a state that is at work, which it is with carrier only; and RESUME.
 * The lease is to be confirmed before anything else.
 */
void step_carrier_lost(struct step *);
void step_resumed(struct step *);

/* CARRIER, for a state that waits to send: its return gives it its turn. */
void step_carrier_awaited(struct step *);

/* RENEW and REBIND, for a state that waits to send: what it waits for is over. */
void step_hurry(struct step *);

/* RECONFIGURE: by another name on the wire no server knows our lease. */
void step_reconfigured(struct step *);

/*
 * ADDRESS_LOST: told to the kernel again, or given up: released if config wants
 * that, or declined (RFC 2131 3.1 (5)).
 */
void step_address_lost(struct step *);

/*
 * The link leads to another network: what was refused, who was silent and what a
 * server promised counts no more. A lease is another's matter.
 */
void step_forget_network(struct step *);

/* STOP, with a RELEASE or without. */
void step_stop(struct step *);

/* client.c */

/*
 * The only writer of the state: checks that the transition is legal, clears the
 * instants of the state that is left, and draws a new transaction id where a new
 * exchange begins.
 */
void step_enter(struct step *, enum dhcp4_state);
void step_notice(struct step *, struct dhcp4_notice);
void step_reject(struct step *, enum reject);

/* Takes out what the configuration says to ignore. */
void step_drop_ignored(const struct step *, struct dhcp4_options *);

/* Whether a reply is for us; a server older than RFC 6842 does not say. */
bool step_is_for_client_id(const struct dhcp4_message *,
			   const struct client_id *);
bool step_is_for_hwaddr(const struct dhcp4_header *, const struct dhcp4_config *);

/* The lease ends, for this reason. */
void step_lose(struct step *, enum dhcp4_loss);

/* guard.c */

/* EVENT_ARP: a conflict becomes ADDRESS_LOST, or is remembered. */
void guard_hear(struct step *);

/* What state and tenure are now decides what is probed, used or let go. */
void guard_settle(struct step *);

/* True if the address may not be used until it was probed. */
bool guard_must_wait(const struct step *, ipv4_addr);

/*
 * The link was lost, or slept, or is new to us: probes begin anew. `strict` uses
 * nothing until then (RFC 5227 2.1).
 */
void guard_recheck(struct step *);

/* An address that somebody else has is not asked for again for a while. */
void guard_decline(struct step *, ipv4_addr);
bool guard_is_declined(const struct step *, ipv4_addr);
nsec guard_declined_at(const struct step *); /* the last time, or 0 */
void guard_forget(struct step *);

/* True where RFC 826 is spoken as acd.c writes it. */
bool dhcp4_has_arp(const struct dhcp4_config *);

/* fallback.c */

/* What an event means to the fallback, whatever else it means. */
void fallback_take(struct step *);

/* What state and tenure are now decides whether there is one. */
void fallback_settle(struct step *);

/* The address that was in use may be another now. */
void fallback_end_step(struct step *);
/* admit.c */

/*
 * FRAME: whether a reply that is ours but for its transaction id may be looked at
 * at all, by that id or by what it proves, before any state sees it. What a
 * FORCERENEW leads to is a TICK's.
 */
enum reject admit_message(struct step *, struct dhcp4_message *,
			  ipv4_addr destination);

/* It may not: an ACK whose OFFER promised more leads back to INIT. */
void admit_refused(struct step *, enum reject);

/* A reply is used: for an offer, for the lease, and for the nonce in it. */
void admit_offer(const struct step *, struct dhcp4_offer *);
void admit_answer(struct step *);

/* A lease was loaded: counters go on from those that it remembers. */
void admit_loaded(struct step *);

/* The nonce of another network's server proves nothing here. */
void admit_forget(struct step *);

/* The end of a step: what is known is needed only with a lease. */
void admit_settle(struct step *);

/* Adds what authenticates a message of ours, if anything does. */
void admit_write(struct step *, enum dhcp4_request, struct writer *);

/* known.c */

/* restore.c */

/* EVENT_ADDRESS_LOST: whether the kernel may be told again. */
void restore_note(struct step *);

/* What somebody removed just before the lease's end is gone for good. */
bool restore_is_expiry(const struct step *);

/* What was put off is due. */
void restore_settle(struct step *);

/* START, CARRIER and RESUME: which networks are known, and that all may differ. */
void known_note(struct step *);

/* EVENT_ARP: a router's answer confirms a lease, or is learned. */
void known_hear(struct step *);

/* LEASE_LOADED of the network where we are. */
void known_recalled(struct step *);

/* What state and tenure are now decides what is asked, and what an answer does. */
void known_settle(struct step *);

/* While the lease is being confirmed its address is not announced. */
nsec known_quiet_until(const struct dhcp4_client *);

/*
 * BOUND by a router's answer: that of DHCP is waited for as in REBOOTING, and
 * decides.
 */
void known_bound_due(struct step *);
void known_bound_answered(struct step *);
void known_close(struct step *);

/* A lease was taken from an ACK, in the state that asked for it. */
void known_granted(struct step *);

/* A NAK counts, and the lease is about to be lost. */
void known_refused(struct step *, ipv4_addr server, bool irregular);

/* hold.c */

/* An ACK is about to be the lease: what it changes, and whether not to apply that. */
bool hold_changes(struct step *);

/* send.c */

void step_draw_xid(struct dhcp4_client *);

/* The address a DISCOVER suggests: asked for, held, or held before; or 0. */
ipv4_addr step_wanted_address(const struct step *);

/* Sends the message that the state of the client asks for. */
void step_send_request(struct step *, enum dhcp4_request);

/* choice.c */

/* Whether a server may be listened to at all; source is the packet's. */
enum reject choice_check(const struct step *, const struct dhcp4_message *,
			 ipv4_addr source);

/* By the administrator's lists; and RFC 3011 2: who does not repeat it is deaf. */
bool choice_is_wanted(const struct dhcp4_config *, ipv4_addr server);
bool choice_is_of_subnet(const struct dhcp4_config *,
			 const struct dhcp4_message *);

/* It may not: the first time in a transaction it is told. */
void choice_refused(struct step *, enum reject);

/* The OFFER as it is kept, and how long others are waited for. */
struct dhcp4_offer choice_offer(const struct step *);
nsec choice_window(const struct step *, const struct dhcp4_offer *);

/* The server that was chosen fell silent; or its ACK came, from somewhere. */
void choice_note_silent(struct step *);
void choice_note_source(struct step *);

/* selecting.c, besides what state.c calls */

/* Whether what is offered may be taken at all. */
enum reject step_check_offer(const struct step *);

/* An answer came: so the flag of what was sent last is the right one here. */
void step_learn_broadcast(struct step *);

/* exchange.c, for the others */

/* The lease that a missing mask may be taken from. */
const struct dhcp4_lease *step_held_lease(const struct dhcp4_client *);

/*
 * DECLINE and RELEASE: a transaction of its own, which nobody answers. A BOOTP
 * server knows neither.
 */
void step_send_ending(struct step *, enum dhcp4_request);

/* v6only.c */

/* How long the message asks us to do without IPv4, if we may; or 0. */
uint32_t v6only_seconds(const struct step *);

/*
 * The network does without IPv4, and so do we (RFC 8925 3.2). A lease that there
 * is goes back to its server.
 */
void step_begin_v6only(struct step *, ipv4_addr server, uint32_t seconds);

state_handler v6only_wait;

/* informing.c */
state_handler informing;

/* autoconf.c */

/* True if it may give itself a link-local address, and asks whether it should. */
bool autoconf_asks(const struct dhcp4_config *);

/* True if the OFFER is one of no address, which is all that is to be done. */
bool autoconf_take(struct step *);

#endif
