/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a decision to a packet: which address it names, where it comes from and
 * where it goes. What the message holds is request.c's table.
 */
#include "base/assert.h"
#include "core/step.h"

/*
 * So many INFORMs go to the server that was configured; if they bring no answer,
 * within some twelve seconds, all servers are asked (RFC 2131 4.4.3, 4.4.4).
 */
#define INFORMS_UNICAST 2

/* So many DISCOVERs ask for rapid commit, before it is tried without. */
#define RAPID_DISCOVERS 2

/* Option 56 of a DECLINE and of a RELEASE (RFC 2131 Table 5). */
static const char *reason_of(enum dhcp4_request request)
{
	return request == DHCP4_REQUEST_DECLINE ? "address in use" : "released";
}

ipv4_addr step_wanted_address(const struct step *s)
{
	const struct dhcp4_client *c = s->client;
	ipv4_addr address =
		c->tenure == DHCP4_TENURE_NONE ? c->hint : c->lease.address;

	if (s->config->requested_address)
		address = s->config->requested_address;
	return guard_is_declined(s, address) ? IPV4_ANY : address;
}

/* The address of the message, 0 for a DISCOVER that has none to suggest. */
static ipv4_addr address_of(const struct step *s, enum dhcp4_request request)
{
	const struct dhcp4_client *c = s->client;

	switch (request) {
	case DHCP4_REQUEST_DISCOVER:
		return step_wanted_address(s);
	case DHCP4_REQUEST_SELECTING:
		return c->chosen.address;
	case DHCP4_REQUEST_INFORM:
		return s->config->inform_address;
	case DHCP4_REQUEST_REBOOTING:
	case DHCP4_REQUEST_RENEWING:
	case DHCP4_REQUEST_REBINDING:
	case DHCP4_REQUEST_DECLINE:
	case DHCP4_REQUEST_RELEASE:
		return c->lease.address;
	case DHCP4_REQUEST_COUNT:
		break;
	}
	UNREACHABLE();
}

/*
 * The address a packet comes from: ours where ciaddr names it, else 0.0.0.0,
 * also while an address is in use (RFC 2131 4.1).
 */
static ipv4_addr source_of(enum dhcp4_request request, ipv4_addr address)
{
	switch (request) {
	case DHCP4_REQUEST_RENEWING:
	case DHCP4_REQUEST_REBINDING:
	case DHCP4_REQUEST_RELEASE:
	case DHCP4_REQUEST_INFORM:
		return address;
	case DHCP4_REQUEST_DISCOVER:
	case DHCP4_REQUEST_SELECTING:
	case DHCP4_REQUEST_REBOOTING:
	case DHCP4_REQUEST_DECLINE:
		return IPV4_ANY;
	case DHCP4_REQUEST_COUNT:
		break;
	}
	UNREACHABLE();
}

/* Where a packet goes: to the lease's server, to the one to inform, to all. */
static ipv4_addr destination_of(const struct step *s, enum dhcp4_request request)
{
	const struct dhcp4_client *c = s->client;

	if (request_is_unicast(request))
		return c->lease.server_id;
	if (request == DHCP4_REQUEST_INFORM && s->config->inform_server &&
	    c->tries < INFORMS_UNICAST)
		return s->config->inform_server;
	return IPV4_BROADCAST;
}

/* Its hardware address, if it is known: an ACK came from there. */
static struct hwaddr hardware_of(const struct step *s, enum dhcp4_request request)
{
	return request_is_unicast(request) ? s->client->lease.server_hw
					   : (struct hwaddr){ .size = 0 };
}

/* Seconds since the exchange began (RFC 1542 3.2). */
static uint16_t elapsed_s(const struct dhcp4_client *c)
{
	nsec seconds = (c->now - c->exchange_ns) / NSEC_PER_S;

	return seconds > UINT16_MAX ? UINT16_MAX : (uint16_t)seconds;
}

void step_draw_xid(struct dhcp4_client *c)
{
	c->xid = prng_u32(&c->prng);
	c->xid_sent_ns = NSEC_NEVER;
	c->stranger_told = false;
}

/*
 * The flag of the next transmission. `auto` begins with what brought the last
 * answer on this link, and tries the other as long as there is silence; the
 * REQUEST for an offer is sent as the DISCOVER that it came for.
 */
static bool wants_broadcast(const struct step *s, enum dhcp4_request request)
{
	const struct dhcp4_client *c = s->client;
	bool other = request != DHCP4_REQUEST_SELECTING && c->tries % 2;

	switch (s->config->broadcast) {
	case DHCP4_BROADCAST_AUTO:
		return c->broadcast != other;
	case DHCP4_BROADCAST_YES:
		return true;
	case DHCP4_BROADCAST_NO:
		return false;
	case DHCP4_BROADCAST_COUNT:
		break;
	}
	UNREACHABLE();
}

/* What is told of the lease's server: the one that offered, or that granted. */
static struct request_values values_of(struct step *s, enum dhcp4_request request)
{
	struct dhcp4_client *c = s->client;
	bool chosen = request == DHCP4_REQUEST_SELECTING;
	bool ends = request == DHCP4_REQUEST_DECLINE ||
		    request == DHCP4_REQUEST_RELEASE;

	/* The REQUEST for an offer repeats its DISCOVER's secs (3.1). */
	if (!chosen)
		c->secs = elapsed_s(c);
	return (struct request_values){
		.xid = c->xid,
		.secs = c->secs,
		.address = address_of(s, request),
		.server_id = chosen ? c->chosen.server_id : c->lease.server_id,
		/* A lease ends by the name it was obtained with (4.4.6). */
		.client_id = ends ? &c->lease.client_id : &s->config->client_id,
		.reason = reason_of(request),
		.broadcast = wants_broadcast(s, request),
		/* Some networks drop what has it (RFC 4039 3). */
		.rapid_commit =
			s->config->rapid_commit && c->tries < RAPID_DISCOVERS,
		.auto_configure = autoconf_asks(s->config),
	};
}

void step_send_request(struct step *s, enum dhcp4_request request)
{
	struct dhcp4_client *c = s->client;
	struct request_values values = values_of(s, request);
	struct datagram d = {
		.source = source_of(request, values.address),
		.destination = destination_of(s, request),
		.source_port = DHCP4_CLIENT_PORT,
		.destination_port = DHCP4_SERVER_PORT,
		.dscp = s->config->dscp,
	};
	bool unicast = d.destination != IPV4_BROADCAST;
	struct dhcp4_effect *effect;
	uint8_t *packet;
	struct writer w;

	ASSERT(s->effects->packets < DHCP4_SENDS_MAX);
	ASSERT(d.destination != IPV4_ANY);
	effect = &s->effects->list[s->effects->count++];
	packet = s->effects->packet[s->effects->packets++];
	w = writer_over(packet + FRAME_HEADERS_SIZE, DHCP4_MESSAGE_MAX);
	request_write(&w, request, s->config, &values);
	/* Last, since it is about all the rest. */
	admit_write(s, request, &w);
	ASSERT(!w.failed);
	frame_seal(packet, w.used, &d);

	c->tries++;
	c->counters.sent[request]++;
	if (c->xid_sent_ns == NSEC_NEVER)
		c->xid_sent_ns = c->now;
	effect->kind = unicast ? DHCP4_EFFECT_SEND_UNICAST
			       : DHCP4_EFFECT_SEND_BROADCAST;
	effect->send.request = request;
	effect->send.number = c->tries;
	effect->send.packet = packet;
	effect->send.size = FRAME_HEADERS_SIZE + w.used;
	effect->send.source = d.source;
	effect->send.destination = d.destination;
	effect->send.hw = hardware_of(s, request);
	/*
	 * The way to the server may have changed since the last ACK: every
	 * second transmission lets the kernel find it anew. Not so a RELEASE,
	 * whose source address is gone before the kernel had found it.
	 */
	effect->send.by_socket =
		unicast &&
		(!effect->send.hw.size ||
		 (request == DHCP4_REQUEST_RENEWING && c->tries % 2 == 0));
}
