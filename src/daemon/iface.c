/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One managed interface: events into the core, effects out of it.
 *
 * An effect that fails here comes back as an event after the step's effects have
 * run; nothing is returned to whoever caused the step.
 */
#include "daemon/iface.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"

/*
 * Room for the options of an ACK of 300 octets, which is what most servers send: no
 * packet of theirs takes memory.
 */
#define ROOM_USUAL 384

/* When the bucket lets the next first transmission go. */
static nsec pacer_earliest(const struct pacer *p, nsec now)
{
	const nsec depth = PACER_BURST * (NSEC_PER_S / PACER_RATE);

	return p->full_at > now + depth ? p->full_at - depth : now;
}

static void pacer_take(struct pacer *p, nsec now)
{
	p->full_at = nsec_max(p->full_at, now) + NSEC_PER_S / PACER_RATE;
}

/*
 * Puts what is secret into a packet, which is the host's own. The recorder has
 * seen it without. 0, or -ENOKEY if the key file does not have the key any more.
 */
static int seal(struct iface *i, const struct dhcp4_effect *effect)
{
	struct dhcp4_effects *effects = &i->host->effects;
	uint8_t *packet =
		effects->packet[0] + (effect->send.packet - effects->packet[0]);
	size_t size = effect->send.size - FRAME_HEADERS_SIZE;
	struct datagram d;

	if (i->config.auth == DHCP4_AUTH_NONE)
		return 0;
	if (!auth_seal(packet + FRAME_HEADERS_SIZE, size, i->keys, NULL))
		return -ENOKEY;
	frame_parse(packet, effect->send.size, DHCP4_SERVER_PORT, true, &d);
	frame_seal(packet, size, &d);
	return 0;
}

/* Sends one packet; a failure is counted by the core, by an event. */
static bool run_send(struct iface *i, const struct dhcp4_effect *effect,
		     int *ret_error)
{
	const struct iface_ops *ops = i->host->ops;
	int r = seal(i, effect);

	if (r == 0 && effect->kind == DHCP4_EFFECT_SEND_BROADCAST)
		r = ops->send_broadcast(i, effect->send.packet,
					effect->send.size);
	else if (r == 0)
		r = ops->send_unicast(i, effect);
	ops->sent(i, effect, -r);
	*ret_error = -r;
	return r == 0;
}

/* What failed while the effects of a step ran; it becomes events afterwards. */
struct failures {
	bool send, configure, fallback;
	int send_error, configure_error, fallback_error;
	uint8_t recall; /* no failure, but for afterwards, too; 0: none */
};

/* Who granted the lease is remembered as a server of this network. */
static void note_server(struct iface *i, nsec now)
{
	const struct dhcp4_lease *lease = &i->client->lease;
	struct dhcp4_notice notice = { .kind = DHCP4_NOTICE_SERVER_CHANGED,
				       .server = lease->server_id,
				       .address = lease->address };

	if (i->pins && pins_note(i->pins, i->client, &i->config) == PIN_NOTE_OTHER)
		i->host->ops->notify(i, &notice, now);
}

static void run_effect(struct iface *i, const struct dhcp4_effect *effect,
		       nsec now, struct failures *failures)
{
	const struct iface_ops *ops = i->host->ops;
	int r;

	switch (effect->kind) {
	case DHCP4_EFFECT_SEND_BROADCAST:
	case DHCP4_EFFECT_SEND_UNICAST:
		if (!run_send(i, effect, &failures->send_error))
			failures->send = true;
		return;
	case DHCP4_EFFECT_SEND_ARP:
		r = ops->send_arp(i, effect);
		if (r < 0) {
			failures->send = true;
			failures->send_error = -r;
		}
		return;
	case DHCP4_EFFECT_DECONFIGURE:
		ops->deconfigure(i, effect->deconfigure.why, now);
		return;
	case DHCP4_EFFECT_CONFIGURE:
	case DHCP4_EFFECT_EXTEND:
		r = ops->configure(i, effect->lease, now);
		failures->configure = r < 0;
		failures->configure_error = -r;
		return;
	case DHCP4_EFFECT_FALLBACK_REMOVE:
		ops->remove_fallback(i, now);
		return;
	case DHCP4_EFFECT_FALLBACK_ADD:
		r = ops->add_fallback(i, effect);
		failures->fallback = r < 0;
		failures->fallback_error = -r;
		return;
	case DHCP4_EFFECT_SAVE_LEASE:
		note_server(i, now);
		ops->save_lease(i, now);
		return;
	case DHCP4_EFFECT_FORGET_LEASE:
		ops->forget_lease(i);
		return;
	case DHCP4_EFFECT_RECALL:
		failures->recall = effect->recall;
		return;
	case DHCP4_EFFECT_NOTIFY:
		ops->notify(i, &effect->notice, now);
		return;
	}
	UNREACHABLE();
}

/* Replies to a new transaction are listened for before its first packet goes. */
static void reconcile_listening(struct iface *i, struct dhcp4_want want)
{
	const struct iface_ops *ops = i->host->ops;
	bool same = want.listen == i->want.listen && want.xid == i->want.xid;

	if (same)
		return;
	if (i->want.listen)
		ops->unlisten(i, i->want.xid);
	/* A socket that cannot be had: nothing is heard, and the timers go on. */
	i->want.listen = want.listen && ops->listen(i, want.xid) == 0;
	i->want.xid = want.xid;
}

/* Others' transactions are of interest to those who can be called upon. */
static void reconcile_any(struct iface *i, bool listen_any)
{
	const struct iface_ops *ops = i->host->ops;

	if (listen_any == i->want.listen_any)
		return;
	if (i->want.listen_any)
		ops->unlisten_any(i);
	i->want.listen_any = listen_any && ops->listen_any(i) == 0;
}

/* So is what others say about an address, before it is probed. */
static void reconcile_watching(struct iface *i, ipv4_addr *is, ipv4_addr want)
{
	const struct iface_ops *ops = i->host->ops;

	if (want == *is)
		return;
	if (*is)
		ops->unwatch(i, *is);
	*is = want && ops->watch(i, want) == 0 ? want : IPV4_ANY;
}

/* And what routers say that a network is known by. */
static void reconcile_routers(struct iface *i,
			      const ipv4_addr routers[ATTACH_NODES_MAX])
{
	const struct iface_ops *ops = i->host->ops;
	ipv4_addr *told = i->want.routers;

	for (unsigned n = 0; n < ATTACH_NODES_MAX; n++) {
		if (routers[n] == told[n])
			continue;
		if (told[n])
			ops->unwatch(i, told[n]);
		told[n] = routers[n] && ops->watch(i, routers[n]) == 0
				  ? routers[n]
				  : IPV4_ANY;
	}
}

static void reconcile(struct iface *i, struct dhcp4_want want)
{
	reconcile_listening(i, want);
	reconcile_watching(i, &i->want.watch, want.watch);
	reconcile_watching(i, &i->want.watch_fallback, want.watch_fallback);
	reconcile_any(i, want.listen_any);
	reconcile_routers(i, want.routers);
}

static void reconcile_deadline(struct iface *i, nsec deadline)
{
	if (deadline == i->want.deadline)
		return;
	i->want.deadline = deadline;
	i->host->ops->set_deadline(i, deadline);
}

/* The core's step, with what goes in and what comes out recorded. */
static struct dhcp4_want step_core(struct iface *i,
				   const struct dhcp4_event *event)
{
	struct iface_host *host = i->host;
	struct recorder *recorder = host->recorder;
	struct dhcp4_want want;

	if (recorder)
		recorder_before(recorder, &i->track, i->client, &i->config,
				&host->offers);
	dhcp4_step(i->client, &i->config, &host->offers, event, &host->effects);
	want = dhcp4_want(i->client);
	if (recorder)
		recorder_after(recorder, &i->track, event, &host->effects, &want);
	return want;
}

/* One step, and its effects. */
static void step_once(struct iface *i, const struct dhcp4_event *event,
		      struct failures *failures)
{
	struct iface_host *host = i->host;
	struct dhcp4_effects *effects = &host->effects;
	struct dhcp4_want want;

	/* Nothing that an effect calls may step: the effects are in use. */
	ASSERT(!host->stepping);
	host->stepping = true;
	want = step_core(i, event);
	if (effects->slot_taken)
		pacer_take(&host->pacer, event->now);
	reconcile(i, want);
	for (unsigned n = 0; n < effects->count; n++)
		run_effect(i, &effects->list[n], event->now, failures);
	reconcile_deadline(i, want.deadline);
	host->stepping = false;
}

/* False if there is no memory. */
static bool resize(struct iface *i, size_t room)
{
	struct dhcp4_client *client = realloc(i->client, DHCP4_CLIENT_SIZE(room));

	if (!client)
		return false;
	i->client = client;
	i->room = room;
	return true;
}

/* What a lease needs is mostly a small part of what the packet might have held. */
static void trim(struct iface *i)
{
	size_t used = i->client->lease.options.used;
	size_t enough = used > ROOM_USUAL ? used : ROOM_USUAL;

	if (i->room > enough)
		(void)resize(i, enough);
}

static void step(struct iface *i, struct dhcp4_event event)
{
	struct failures failures = { 0 };
	size_t room = dhcp4_options_after(i->client, &i->config, &event);

	/* As if it had been lost on its way, or had not been there. */
	if (room > i->room && !resize(i, room))
		return;
	event.earliest_send = pacer_earliest(&i->host->pacer, event.now);
	step_once(i, &event, &failures);
	if (failures.recall)
		i->host->ops->recall(i, failures.recall, event.now);
	if (failures.send) {
		event.kind = DHCP4_EVENT_SEND_FAILED;
		event.failed.error = failures.send_error;
		step_once(i, &event, &(struct failures){ 0 });
	}
	if (failures.fallback) {
		event.kind = DHCP4_EVENT_FALLBACK;
		event.fallback.what = DHCP4_FALLBACK_REFUSED;
		event.fallback.address = IPV4_ANY;
		event.fallback.error = failures.fallback_error;
		step_once(i, &event, &(struct failures){ 0 });
	}
	if (failures.configure) {
		event.kind = DHCP4_EVENT_CONFIGURE_FAILED;
		event.failed.error = failures.configure_error;
		step_once(i, &event, &(struct failures){ 0 });
	}
	trim(i);
	if (i->host->ops->stepped)
		i->host->ops->stepped(i, event.now);
}

int iface_init(struct iface *i, struct iface_host *host, const uint8_t seed[32])
{
	if (!resize(i, ROOM_USUAL))
		return -ENOMEM;
	i->host = host;
	i->want = (struct dhcp4_want){ .deadline = NSEC_NEVER };
	i->track = (struct recorder_track){ 0 };
	dhcp4_init(i->client, seed);
	return 0;
}

void iface_free(struct iface *i)
{
	free(i->client);
	i->client = NULL;
}

void iface_load_lease(struct iface *i, const struct dhcp4_lease *lease,
		      bool in_kernel, bool usable, nsec now)
{
	step(i, (struct dhcp4_event){
			.kind = DHCP4_EVENT_LEASE_LOADED,
			.now = now,
			.lease_loaded = { lease, in_kernel, usable, false } });
}

void iface_recalled(struct iface *i, const struct dhcp4_lease *lease,
		    bool usable, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_LEASE_LOADED,
				      .now = now,
				      .lease_loaded = { .lease = lease,
							.usable = usable,
							.attached = true } });
}

/* A step that may begin a test of known networks, which it is told. */
static void step_knowing(struct iface *i, struct dhcp4_event event)
{
	if (i->config.known_networks)
		i->host->ops->known(i, event.now, &event.known);
	step(i, event);
}

void iface_start(struct iface *i, nsec now)
{
	step_knowing(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_START,
					      .now = now });
}

void iface_stop(struct iface *i, bool release, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_STOP,
				      .now = now,
				      .stop.release = release });
}

void iface_close(struct iface *i)
{
	reconcile(i, (struct dhcp4_want){ 0 });
	reconcile_deadline(i, NSEC_NEVER);
}

void iface_gone(struct iface *i, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_STOP,
				      .now = now,
				      .stop.gone = true });
}

void iface_carrier(struct iface *i, bool up, nsec now)
{
	struct dhcp4_event event = { .kind = DHCP4_EVENT_CARRIER,
				     .now = now,
				     .carrier.up = up };

	if (up == i->client->carrier)
		return;
	/* Before the start nothing is asked. */
	if (up && i->client->state != DHCP4_STATE_STOPPED)
		step_knowing(i, event);
	else
		step(i, event);
}

void iface_moved(struct iface *i, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
				      .now = now,
				      .carrier.moved = true });
}

void iface_resumed(struct iface *i, nsec now)
{
	step_knowing(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_RESUME,
					      .now = now });
}

void iface_tick(struct iface *i, nsec now)
{
	/* The timer that calls this is not set any more. */
	i->want.deadline = NSEC_NEVER;
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_TICK, .now = now });
}

/* What the keys say of a frame; the core's state does not hold them. */
static enum auth_verdict judge(const struct iface *i, const void *packet,
			       size_t size, bool checksum_partial)
{
	const uint8_t *nonce = i->client->nonce_known ? i->client->nonce : NULL;
	struct datagram d;

	if (i->config.auth == DHCP4_AUTH_NONE && !i->config.force_renew)
		return AUTH_VERDICT_NONE;
	if (frame_parse(packet, size, DHCP4_CLIENT_PORT, checksum_partial, &d) !=
	    REJECT_NONE)
		return AUTH_VERDICT_NONE;
	return auth_verify(d.payload, d.size, i->keys, nonce);
}

/* What is known of who sent it; neither does the core's state hold that. */
static enum pin_verdict judge_server(const struct iface *i, const void *packet,
				     size_t size, bool checksum_partial,
				     const struct hwaddr *source)
{
	struct pin_server server = { .hw = *source };
	struct dhcp4_message message;
	struct datagram d;

	if (!i->pins ||
	    frame_parse(packet, size, DHCP4_CLIENT_PORT, checksum_partial, &d) !=
		    REJECT_NONE ||
	    dhcp4_message_parse(d.payload, d.size, &message) != REJECT_NONE)
		return PIN_VERDICT_NONE;
	dhcp4_options_get_address(&message.options, DHCP4_OPTION_SERVER_ID, 0,
				  &server.id);
	return pins_judge(i->pins, i->client, &i->config, &server);
}

struct dhcp4_event iface_frame_event(const struct iface *i, const void *packet,
				     size_t size, bool checksum_partial,
				     const struct hwaddr *source, nsec now)
{
	return (struct dhcp4_event){
		.kind = DHCP4_EVENT_FRAME,
		.now = now,
		.frame = { packet, size, checksum_partial, *source,
			   judge(i, packet, size, checksum_partial),
			   judge_server(i, packet, size, checksum_partial,
					source) },
	};
}

void iface_frame(struct iface *i, const void *packet, size_t size,
		 bool checksum_partial, const struct hwaddr *source, nsec now)
{
	step(i,
	     iface_frame_event(i, packet, size, checksum_partial, source, now));
}

void iface_arp(struct iface *i, const void *packet, size_t size, bool own,
	       nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_ARP,
				      .now = now,
				      .arp = { packet, size, own } });
}

void iface_renew(struct iface *i, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_RENEW, .now = now });
}

void iface_accept(struct iface *i, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_RENEW,
				      .now = now,
				      .renew.accept = true });
}

void iface_rebind(struct iface *i, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_REBIND, .now = now });
}

void iface_address_lost(struct iface *i, enum dhcp4_address_lost how, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_ADDRESS_LOST,
				      .now = now,
				      .address_lost = how });
}

void iface_reconfigured(struct iface *i, bool identity, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
				      .now = now,
				      .reconfigure.identity = identity });
}

void iface_configured(struct iface *i, int error, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = error ? DHCP4_EVENT_CONFIGURE_FAILED
						    : DHCP4_EVENT_CONFIGURED,
				      .now = now,
				      .failed.error = error });
}

void iface_fallback_found(struct iface *i, ipv4_addr address, nsec now)
{
	step(i, (struct dhcp4_event){ .kind = DHCP4_EVENT_FALLBACK,
				      .now = now,
				      .fallback = { .what = DHCP4_FALLBACK_FOUND,
						    .address = address } });
}

void iface_fallback_configured(struct iface *i, int error, nsec now)
{
	step(i, (struct dhcp4_event){
			.kind = DHCP4_EVENT_FALLBACK,
			.now = now,
			.fallback = { .what = error ? DHCP4_FALLBACK_REFUSED
						    : DHCP4_FALLBACK_CONFIGURED,
				      .error = error } });
}
