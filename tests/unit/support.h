/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A world for one client: the client, what it was configured with, a clock that
 * only a test moves, a server's replies at the push of a button, and a log of all
 * that the client did.
 *
 * Each step is checked in passing (support.c says for what), so that a test has
 * to look at its own matter alone.
 */
#ifndef UNIT_SUPPORT_H
#define UNIT_SUPPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/client.h"
#include "core/recorder.h"
#include "unit/runner.h"

#define SERVER	 0x0a000001 /* 10.0.0.1 */
#define OTHER	 0x0a000002 /* 10.0.0.2, another server */
#define CLIENT	 0x0a000032 /* 10.0.0.50, what it leases */
#define CLIENT_2 0x0a000033 /* 10.0.0.51 */
#define MASK	 0xffffff00

/* ---- messages of the client, as they are on the wire ------------------ */

unsigned wire_u16(const uint8_t *payload, size_t offset);
uint32_t wire_u32(const uint8_t *payload, size_t offset);

/*
 * An option of a payload, NULL without it. Asserts that options are well formed:
 * none twice, none past the end, End, and zeros from there on.
 */
const uint8_t *wire_option(const uint8_t *payload, size_t size, uint8_t code,
			   uint8_t *ret_size);

/* The same for an option of four octets; 0 without it. */
uint32_t wire_option_u32(const uint8_t *payload, size_t size, uint8_t code);

/* Asserts what Tables 4 and 5 of RFC 2131 say of a message of this kind. */
void check_client_message(const uint8_t *payload, size_t size,
			  enum dhcp4_request, const struct dhcp4_config *);

/* ---- the world ------------------------------------------------------- */

#define SENT_PACKET_MAX 800
#define LOG_SIZE	256 /* older entries are overwritten */

/* One packet that the client sent. */
struct sent {
	nsec at;
	enum dhcp4_request request;
	unsigned number;
	bool unicast, by_socket;
	ipv4_addr source, destination;
	struct hwaddr hw;

	uint32_t xid;
	uint16_t secs;
	ipv4_addr ciaddr, requested, server_id; /* of the message; 0: none */
	bool broadcast;				/* the flag */
	size_t size;
	uint8_t packet[SENT_PACKET_MAX];
};

/* One ARP packet that it sent: a probe or an announcement. */
struct sent_arp {
	nsec at;
	ipv4_addr address;
	bool probe;
};

/* One question to a router (RFC 4436); to: size 0 for everybody. */
struct sent_ask {
	nsec at;
	ipv4_addr address, router;
	struct hwaddr to;
};

struct world {
	struct dhcp4_config config;
	struct dhcp4_encoded encoded; /* config points to it */
	struct dhcp4_offer_pool pool;
	struct dhcp4_client client;
	struct dhcp4_effects effects; /* of the last step */
	nsec now;
	nsec earliest_send;	   /* of the next events */
	enum auth_verdict verdict; /* about the next frames */
	enum pin_verdict pin;	   /* and this */
	struct hwaddr server_hw;

	unsigned sent_count;
	struct sent sent[LOG_SIZE];
	unsigned arp_count;
	struct sent_arp arps[LOG_SIZE];
	unsigned ask_count;
	struct sent_ask asks[LOG_SIZE];
	unsigned notice_count;
	struct dhcp4_notice notices[LOG_SIZE];

	/* What the lease effects made of the kernel and of the store. */
	ipv4_addr kernel;
	uint8_t kernel_length;
	ipv4_addr stored;
	enum dhcp4_loss loss; /* of the last DECONFIGURE */
	unsigned configures, extends, deconfigures, saves, forgets;
	ipv4_addr fallback; /* in the kernel, too */
	uint8_t fallback_length;
	ipv4_addr fallback_gateway;
	unsigned fallback_adds, fallback_removes;
	unsigned recalls;
	uint8_t recalled; /* the network whose lease was asked for last */

	/* Records each step, if a test sets it. */
	struct recorder *recorder;
	struct recorder_track track;

	/* Transitions that were seen. */
	bool seen[DHCP4_STATE_COUNT][DHCP4_STATE_COUNT];
};

/*
 * A client in STOPPED without carrier, at 1000 s, on Ethernet, without conflict
 * detection.
 */
void world_init(struct world *, unsigned seed);

/* One step at the present time. now and earliest_send are filled in here. */
void world_step(struct world *, struct dhcp4_event);

/* An event that has no arguments. */
void world_event(struct world *, enum dhcp4_event_kind);
void world_carrier(struct world *, bool up);
void world_stop(struct world *, bool release);
void world_lost(struct world *, enum dhcp4_address_lost);
void world_load(struct world *, const struct dhcp4_lease *, bool in_kernel,
		bool usable);

/* What became of the fallback's address. */
void world_fallback(struct world *, enum dhcp4_fallback_report, ipv4_addr found);

/* Another host says that it has sender, to whoever has target. */
void world_arp(struct world *, enum arp_op, ipv4_addr sender, ipv4_addr target);

/* START, with carrier. */
void world_start(struct world *);

/* Goes to the next deadline, which must be there, and sends the TICK. */
void world_tick(struct world *);

/* Goes to an instant, or on by a duration, by way of all deadlines before. */
void world_run_to(struct world *, nsec instant);
void world_run(struct world *, nsec duration);

/* The same, and asserts that there is no deadline on the way. */
void world_sleep_to(struct world *, nsec instant);
void world_sleep(struct world *, nsec duration);

/* Forgets the log: counts are 0 again. */
void world_forget(struct world *);

/* The n-th packet of the log, from 0; the last one. Asserts that it is there. */
const struct sent *world_sent(const struct world *, unsigned n);
const struct sent *world_last(const struct world *);

/* How many packets of a kind, or notices, the log has. */
unsigned world_count(const struct world *, enum dhcp4_request);
unsigned world_notices(const struct world *, enum dhcp4_notice_kind);

/* Asserts state and tenure. */
void world_check(const struct world *, enum dhcp4_state, enum dhcp4_tenure);

/* ---- replies --------------------------------------------------------- */

/* A reply of a server. Values of 0 are left out of the options. */
struct reply {
	uint8_t op, type, htype, hlen;
	bool bootp; /* without option 53 */
	uint8_t chaddr[DHCP4_CHADDR_SIZE];
	uint32_t xid;
	uint16_t flags;
	ipv4_addr source, ciaddr, yiaddr, siaddr, giaddr;
	ipv4_addr server_id, mask, router;
	uint32_t lease_s, t1_s, t2_s;
	struct client_id client_id;

	/* More options, as octets. */
	const uint8_t *options;
	size_t options_size;

	ipv4_addr destination; /* 0: all */
};

#define REPLY_OPTIONS(...) \
	.options = (const uint8_t[]){ __VA_ARGS__ }, \
	.options_size = sizeof((const uint8_t[]){ __VA_ARGS__ })

/*
 * The usual reply of SERVER to the client's present transaction: an OFFER or ACK
 * of CLIENT (of the address that was asked for last, if one was) for an hour, or
 * a NAK.
 */
struct reply world_reply(const struct world *, enum dhcp4_type);

/* Writes the reply as an IPv4 packet; returns its size. */
size_t reply_write(const struct reply *, uint8_t packet[DHCP4_PACKET_MAX]);

/* The client receives it now. */
void world_receive(struct world *, const struct reply *);

/* The same for the usual reply. */
void world_offer(struct world *);
void world_ack(struct world *);
void world_nak(struct world *);

/* A BOOTP server's reply: CLIENT's address, mask and router. */
struct reply world_bootp_reply(const struct world *);

/*
 * From SELECTING by a BOOTP reply to the second DISCOVER, which is sent if it is
 * not yet.
 */
void world_bootp(struct world *);

/* Asserts that a reply changes nothing but this counter. */
void world_refuses(struct world *, const struct reply *, enum reject);

/* ---- on the way to a state ------------------------------------------- */

/* START, carrier, OFFER, ACK, CONFIGURED; the lease is that of the reply. */
void world_bind(struct world *);
void world_bind_as(struct world *, const struct reply *ack);

/*
 * From a world just made to a state by its shortest way, with a lease held or not,
 * where the state allows both.
 */
void world_reach(struct world *, enum dhcp4_state, bool held);

/* All that world_reach() can reach. */
struct place {
	enum dhcp4_state state;
	bool held;
};
#define PLACES 18
extern const struct place places[PLACES];

/* A lease as the store gives it back: of CLIENT, by this client's identifier. */
struct dhcp4_lease world_lease(const struct world *, uint32_t remaining_s);

#endif
