/* SPDX-License-Identifier: BSD-2-Clause */
/* One line an event, and lines behind it, set in, for what came of it. */
#include "replay/print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/str.h"
#include "core/names.h"

#define SET_IN "        "

static const char *const losses[] = {
	[DHCP4_ADDRESS_LOST_REMOVED] = "removed",
	[DHCP4_ADDRESS_LOST_CONFLICT] = "conflict",
	[DHCP4_ADDRESS_LOST_PARTLY] = "removed in part",
	[DHCP4_ADDRESS_LOST_FLUSHED] = "flushed",
};

struct text {
	char text[64];
};

static const char *ipv4(struct text *t, ipv4_addr address)
{
	struct str s = str_over(t->text, sizeof(t->text));

	str_ipv4(&s, address);
	return t->text;
}

static const char *hwaddr(struct text *t, const struct hwaddr *hw)
{
	struct str s = str_over(t->text, sizeof(t->text));

	if (hw->size)
		str_hex(&s, hw->bytes, hw->size, ':');
	else
		str_text(&s, "nobody known");
	return t->text;
}

/* Seconds since the boot, on the clock that the core has. */
static const char *instant(struct text *t, nsec at)
{
	if (at == NSEC_NEVER)
		return "never";
	snprintf(t->text, sizeof(t->text), "%" PRIu64 ".%09" PRIu64,
		 at / NSEC_PER_S, at % NSEC_PER_S);
	return t->text;
}

static void print_octets(const uint8_t *bytes, size_t size)
{
	printf(SET_IN "octets ");
	for (size_t i = 0; i < size; i++)
		printf("%02x", bytes[i]);
	putchar('\n');
}

void print_header(const struct recording_header *header)
{
	char name[sizeof(header->interface)] = "";
	char when[64] = "at a time not told";
	time_t wall = (time_t)header->saved_wall_s;
	struct text saved;
	struct tm tm;

	for (size_t i = 0; i < sizeof(name); i++) {
		char c = header->interface[i];

		name[i] = c == '\0' || (c > ' ' && c <= '~') ? c : '?';
	}
	if (wall && gmtime_r(&wall, &tm))
		strftime(when, sizeof(when), "on %Y-%m-%d at %H:%M:%S UTC", &tm);
	printf("%s by tenured %s, saved %s, %s s after the boot%s\n", name,
	       header->version, when, instant(&saved, header->saved_ns),
	       header->masked ? "; masked" : "");
}

void print_client(const char *word, const struct dhcp4_client *c)
{
	struct text at, address;

	printf("%s %s: %s", instant(&at, c->now), word,
	       dhcp4_state_name(c->state));
	if (c->tenure != DHCP4_TENURE_NONE)
		printf(", %s/%u %s", ipv4(&address, c->lease.address),
		       c->lease.prefix_length, dhcp4_tenure_name(c->tenure));
	putchar('\n');
}

/* ---- events ---------------------------------------------------------------- */

/* A message, or why a packet is none. */
static enum reject parse(const uint8_t *packet, size_t size, uint16_t port,
			 bool checksum_partial, struct dhcp4_message *ret)
{
	struct datagram d;
	enum reject why = frame_parse(packet, size, port, checksum_partial, &d);

	return why == REJECT_NONE ? dhcp4_message_parse(d.payload, d.size, ret)
				  : why;
}

static void print_frame(const struct dhcp4_event *event)
{
	struct text yiaddr, server, source;
	ipv4_addr server_id = IPV4_ANY;
	struct dhcp4_message m;
	enum reject why =
		parse(event->frame.bytes, event->frame.size, DHCP4_CLIENT_PORT,
		      event->frame.checksum_partial, &m);

	if (why == REJECT_NONE) {
		dhcp4_options_get_address(&m.options, DHCP4_OPTION_SERVER_ID, 0,
					  &server_id);
		printf(" %s, xid %08" PRIx32 ", of %s by %s",
		       dhcp4_type_name(m.type), m.header.xid,
		       ipv4(&yiaddr, m.header.yiaddr), ipv4(&server, server_id));
	} else {
		printf(" %s", reject_text(why));
	}
	printf(", %zu octets from %s%s", event->frame.size,
	       hwaddr(&source, &event->frame.source),
	       event->frame.checksum_partial ? ", checksum left to hardware"
					     : "");
}

static void print_lease(const struct dhcp4_lease *lease)
{
	struct text address, server, t1, t2, expiry;

	printf(" %s/%u from %s, T1 %s, T2 %s, expiry %s",
	       ipv4(&address, lease->address), lease->prefix_length,
	       ipv4(&server, lease->server_id), instant(&t1, lease->t1_ns),
	       instant(&t2, lease->t2_ns), instant(&expiry, lease->expiry_ns));
}

static void print_fallback(const struct dhcp4_event *event)
{
	struct text address;

	switch (event->fallback.what) {
	case DHCP4_FALLBACK_FOUND:
		printf(" found %s", ipv4(&address, event->fallback.address));
		break;
	case DHCP4_FALLBACK_CONFIGURED:
		printf(" configured");
		break;
	case DHCP4_FALLBACK_REFUSED:
		printf(" refused: %s", strerror(event->fallback.error));
		break;
	}
}

/* What an event says besides its kind. */
static void print_arguments(const struct dhcp4_event *event)
{
	switch (event->kind) {
	case DHCP4_EVENT_STOP:
		printf("%s%s", event->stop.release ? " release" : "",
		       event->stop.gone ? " gone" : "");
		break;
	case DHCP4_EVENT_CARRIER:
		printf(" %s%s", event->carrier.up ? "up" : "down",
		       event->carrier.moved ? ", another network" : "");
		break;
	case DHCP4_EVENT_FRAME:
		print_frame(event);
		break;
	case DHCP4_EVENT_ARP:
		printf(" %zu octets%s", event->arp.size,
		       event->arp.own ? ", our own" : "");
		break;
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
		printf(" %s", strerror(event->failed.error));
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		printf(" %s", losses[event->address_lost]);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		printf("%s", event->reconfigure.identity ? " identity" : "");
		break;
	case DHCP4_EVENT_LEASE_LOADED:
		print_lease(event->lease_loaded.lease);
		printf("%s%s%s",
		       event->lease_loaded.in_kernel ? ", in kernel" : "",
		       event->lease_loaded.usable ? ", usable" : "",
		       event->lease_loaded.attached ? ", recalled" : "");
		break;
	case DHCP4_EVENT_FALLBACK:
		print_fallback(event);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

/* Networks that the client was told of. */
static void print_known(const struct attach_known *known)
{
	struct text address, router;

	for (unsigned i = 0; i < ATTACH_OTHERS_MAX; i++) {
		const struct attach_node *node = &known->node[i];

		if (node->router)
			printf(", network %u: %s by %s", node->index,
			       ipv4(&address, node->address),
			       ipv4(&router, node->router));
	}
}

void print_event(const struct dhcp4_event *event, bool packets)
{
	struct text now;

	printf("%s %s", instant(&now, event->now), dhcp4_event_name(event->kind));
	print_arguments(event);
	print_known(&event->known);
	putchar('\n');
	if (packets && event->kind == DHCP4_EVENT_FRAME)
		print_octets(event->frame.bytes, event->frame.size);
	if (packets && event->kind == DHCP4_EVENT_ARP)
		print_octets(event->arp.bytes, event->arp.size);
}

/* ---- effects --------------------------------------------------------------- */

static void print_send(const struct dhcp4_effect *effect)
{
	struct text source, destination, hw;
	struct dhcp4_message m;

	printf(" %s, try %u", dhcp4_request_name(effect->send.request),
	       effect->send.number);
	if (parse(effect->send.packet, effect->send.size, DHCP4_SERVER_PORT,
		  false, &m) == REJECT_NONE)
		printf(", xid %08" PRIx32 ", secs %u", m.header.xid,
		       m.header.secs);
	printf(", %zu octets, %s to %s", effect->send.size,
	       ipv4(&source, effect->send.source),
	       ipv4(&destination, effect->send.destination));
	if (effect->kind == DHCP4_EFFECT_SEND_UNICAST)
		printf(", %s%s", hwaddr(&hw, &effect->send.hw),
		       effect->send.by_socket ? ", by the socket" : "");
}

static void print_arp(const struct dhcp4_effect *effect)
{
	struct text sender, target, to;
	struct arp arp;

	arp_parse(effect->arp.packet, ARP_SIZE, &arp);
	if (arp.sender != IPV4_ANY && arp.sender != arp.target)
		printf(" of %s asks %s", ipv4(&sender, arp.sender),
		       ipv4(&target, arp.target));
	else
		printf(" %s %s", arp.sender ? "announces" : "probes",
		       ipv4(&target, arp.target));
	if (effect->arp.to.size)
		printf(", to %s", hwaddr(&to, &effect->arp.to));
}

/* What a server says of other things than a lease. */
static void print_word_of(const struct dhcp4_notice *n, const char *server)
{
	if (n->kind == DHCP4_NOTICE_V6ONLY)
		printf("%s prefers IPv6 alone", server);
	else if (n->kind == DHCP4_NOTICE_NO_ADDRESS)
		printf("%s has no address to give: %s", server, n->text);
	else if (n->kind == DHCP4_NOTICE_UNAUTHENTICATED)
		printf("accepted, not authenticated, by %s", server);
	else if (n->kind == DHCP4_NOTICE_FORCED)
		printf("FORCERENEW by %s", server);
	else
		printf("informed by %s", server);
}

/* What is said of an address alone, around it. */
static const struct {
	const char *before, *after;
} about[] = {
	[DHCP4_NOTICE_UNCONFIRMED] = { "", " is unconfirmed" },
	[DHCP4_NOTICE_MASK_GUESSED] = { "the mask of ", " is guessed" },
	[DHCP4_NOTICE_READY] = { "", " is ready" },
	[DHCP4_NOTICE_FALLBACK_READY] = { "", " is ready" },
	[DHCP4_NOTICE_WITHDRAWN] = { "", " is withdrawn until it is probed" },
	[DHCP4_NOTICE_CONFLICT] = { "another host uses ", "" },
	[DHCP4_NOTICE_FALLBACK_TAKEN] = { "another host uses ", "" },
	[DHCP4_NOTICE_FALLBACK_ENDED] = { "", " is not used any more" },
	[DHCP4_NOTICE_DEFENDED] = { "", " was claimed and is defended" },
	[DHCP4_NOTICE_LEFT] = { "", " was removed too often, and is left so" },
};

/* What a server does that makes one look twice. */
static void print_doubt(const struct dhcp4_notice *n, const char *server)
{
	char options[160];
	struct str s = str_over(options, sizeof(options));

	changes_text(&s, n->changes);
	if (n->kind == DHCP4_NOTICE_SERVER_REFUSED)
		printf("%s is refused: %s", server, reject_text(n->reject));
	else if (n->kind == DHCP4_NOTICE_SERVER_CHANGED)
		printf("%s is another server than before", server);
	else if (n->kind == DHCP4_NOTICE_SERVER_MOVED)
		printf("%s answers from another hardware address", server);
	else
		printf("%s %s %s", server,
		       n->kind == DHCP4_NOTICE_HELD ? "would change" : "changed",
		       options);
}

static void print_notice(const struct dhcp4_notice *n)
{
	struct text address, server;

	ipv4(&address, n->address);
	ipv4(&server, n->server);
	switch (n->kind) {
	case DHCP4_NOTICE_TRANSITION:
		printf("%s -> %s", dhcp4_state_name(n->from),
		       dhcp4_state_name(n->to));
		break;
	case DHCP4_NOTICE_OFFER:
		printf("offered %s by %s", address.text, server.text);
		break;
	case DHCP4_NOTICE_NAK:
		printf("refused by %s%s", server.text,
		       n->irregular ? ", which did not name itself" : "");
		break;
	case DHCP4_NOTICE_ACK:
		printf("granted %s by %s", address.text, server.text);
		break;
	case DHCP4_NOTICE_REJECTED:
		printf("packet rejected: %s", reject_text(n->reject));
		break;
	case DHCP4_NOTICE_SILENT:
		printf("%s is silent about %s", server.text, address.text);
		break;
	case DHCP4_NOTICE_LOST:
		printf("lost %s: %s", address.text, dhcp4_loss_name(n->loss));
		break;
	case DHCP4_NOTICE_CONFIGURE_FAILED:
	case DHCP4_NOTICE_FALLBACK_FAILED:
		printf("%s is not configured: %s", address.text,
		       strerror(n->error));
		break;
	case DHCP4_NOTICE_UNCONFIRMED:
	case DHCP4_NOTICE_MASK_GUESSED:
	case DHCP4_NOTICE_READY:
	case DHCP4_NOTICE_FALLBACK_READY:
	case DHCP4_NOTICE_WITHDRAWN:
	case DHCP4_NOTICE_CONFLICT:
	case DHCP4_NOTICE_FALLBACK_TAKEN:
	case DHCP4_NOTICE_FALLBACK_ENDED:
	case DHCP4_NOTICE_DEFENDED:
	case DHCP4_NOTICE_LEFT:
		printf("%s%s%s", about[n->kind].before, address.text,
		       about[n->kind].after);
		break;
	case DHCP4_NOTICE_INFORMED:
	case DHCP4_NOTICE_V6ONLY:
	case DHCP4_NOTICE_NO_ADDRESS:
	case DHCP4_NOTICE_UNAUTHENTICATED:
	case DHCP4_NOTICE_FORCED:
		print_word_of(n, server.text);
		break;
	case DHCP4_NOTICE_ATTACHED:
		printf("%s is confirmed: router %s is here", address.text,
		       server.text);
		break;
	case DHCP4_NOTICE_SERVER_REFUSED:
	case DHCP4_NOTICE_SERVER_CHANGED:
	case DHCP4_NOTICE_SERVER_MOVED:
	case DHCP4_NOTICE_CHANGED:
	case DHCP4_NOTICE_HELD:
		print_doubt(n, server.text);
		break;
	}
}

static void print_effect(const struct dhcp4_effect *effect)
{
	struct text address;

	printf(SET_IN);
	if (effect->kind == DHCP4_EFFECT_NOTIFY) {
		print_notice(&effect->notice);
		return;
	}
	printf("%s", dhcp4_effect_name(effect->kind));
	switch (effect->kind) {
	case DHCP4_EFFECT_SEND_BROADCAST:
	case DHCP4_EFFECT_SEND_UNICAST:
		print_send(effect);
		break;
	case DHCP4_EFFECT_SEND_ARP:
		print_arp(effect);
		break;
	case DHCP4_EFFECT_DECONFIGURE:
		printf(" %s/%u: %s", ipv4(&address, effect->deconfigure.address),
		       effect->deconfigure.prefix_length,
		       dhcp4_loss_name(effect->deconfigure.why));
		break;
	case DHCP4_EFFECT_CONFIGURE:
	case DHCP4_EFFECT_EXTEND:
	case DHCP4_EFFECT_SAVE_LEASE:
		print_lease(effect->lease);
		break;
	case DHCP4_EFFECT_FALLBACK_REMOVE:
		printf(" %s", ipv4(&address, effect->fallback.address));
		break;
	case DHCP4_EFFECT_FALLBACK_ADD:
		printf(" %s/%u", ipv4(&address, effect->fallback.address),
		       effect->fallback.prefix_length);
		break;
	case DHCP4_EFFECT_RECALL:
		printf(" the lease of network %u", effect->recall);
		break;
	case DHCP4_EFFECT_FORGET_LEASE:
	case DHCP4_EFFECT_NOTIFY:
		break;
	}
}

void print_effects(const struct dhcp4_effects *effects, bool packets)
{
	for (unsigned i = 0; i < effects->count; i++) {
		const struct dhcp4_effect *effect = &effects->list[i];

		print_effect(effect);
		putchar('\n');
		if (packets && effect->kind == DHCP4_EFFECT_SEND_ARP)
			print_octets(effect->arp.packet, ARP_SIZE);
		else if (packets && effect->kind < DHCP4_EFFECT_SEND_ARP)
			print_octets(effect->send.packet, effect->send.size);
	}
}
