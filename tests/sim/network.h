/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A network of devices: interfaces, joined by links in pairs, that hand what
 * they receive to handlers. All is driven by one clock and one generator.
 *
 * Everything below a packet socket is simulated here; what stands on it (the
 * client's core and its iface.c, the server, relays) is code that is used
 * elsewhere. Nothing here knows of DHCP.
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/prng.h"
#include "sim/clock.h"

#define SIM_MTU		  1500
#define SIM_HWADDR_SIZE	  6
#define SIM_NAME_SIZE	  16
#define SIM_ARP_CACHE_MAX 32

enum {
	SIM_ETHERTYPE_IPV4 = 0x0800,
	SIM_ETHERTYPE_ARP = 0x0806,
};

extern const uint8_t sim_hw_broadcast[SIM_HWADDR_SIZE];

/* A frame of Ethernet; vlan is 0 for an untagged one. */
struct sim_frame {
	uint8_t destination[SIM_HWADDR_SIZE], source[SIM_HWADDR_SIZE];
	uint16_t ethertype;
	uint16_t vlan;
	bool unfinished; /* UDP's checksum; the receiver's kernel knows it */
	uint16_t size;
	uint8_t bytes[SIM_MTU];
};

struct sim_network;
struct sim_device;
struct sim_interface;
struct sim_link;

/*
 * What an interface does with frames. Handlers lie inside of what they are for
 * and are asked in the order in which they were added.
 */
struct sim_handler {
	/* A frame arrived; true if nobody else needs to see it. */
	bool (*receive)(struct sim_handler *, struct sim_interface *,
			const struct sim_frame *);
	/* The link came up or went down; may be NULL. */
	void (*carrier)(struct sim_handler *, struct sim_interface *, bool up);
	struct sim_handler *next;
};

/*
 * Sees all that an interface sends, be it lost on the link or sent into none, and
 * all that it receives for its handlers; may touch neither.
 */
struct sim_tap {
	void (*frame)(struct sim_tap *, struct sim_interface *,
		      const struct sim_frame *, bool sent);
	struct sim_tap *next;
};

struct sim_arp_entry {
	ipv4_addr address;
	uint8_t hw[SIM_HWADDR_SIZE];
	nsec expiry;
};

struct sim_interface {
	struct sim_device *device;
	char name[SIM_NAME_SIZE];
	uint8_t hw[SIM_HWADDR_SIZE];
	ipv4_addr address; /* 0: none */
	uint8_t prefix_length;
	/* Next hop for what is not in the prefix; 0: sent directly. */
	ipv4_addr gateway;
	ipv4_addr second; /* another address that ARP answers for; 0: none */
	/* Handlers see frames for other stations, and tagged ones, too. */
	bool promiscuous;
	struct sim_link *link;
	struct sim_handler *handlers;
	struct sim_tap *taps;
	struct sim_arp_entry arp[SIM_ARP_CACHE_MAX];
	struct sim_arp_pending *pending; /* packets whose next hop is asked for */
	struct sim_interface *next;	 /* of the device */
};

struct sim_device {
	struct sim_network *network;
	char name[SIM_NAME_SIZE];
	struct sim_interface *interfaces;
	struct sim_switch *fabric; /* of a switch; else NULL */
	struct sim_router *router; /* of a router; else NULL */
	struct sim_device *next;
};

/*
 * What a link does to a frame; chances are in thousandths. A reordered frame, and
 * the copy of a duplicated one, comes 1 to 20 ms after its turn. A corrupted one
 * has one bit flipped behind its Ethernet header.
 */
struct sim_weather {
	nsec delay, jitter; /* each frame takes delay + 0..jitter, in order */
	unsigned loss, duplicate, reorder, corrupt;
};

/*
 * What a link did so far. carried counts frames that arrived, copies too: once
 * none is on its way, carried + lost + cut is what was sent + duplicated.
 */
struct sim_link_counters {
	uint64_t carried, lost, duplicated, reordered, corrupted, cut;
};

struct sim_link {
	struct sim_network *network;
	struct sim_interface *ends[2];
	struct sim_weather weather;
	bool is_cut;
	nsec busy_until[2]; /* when the last frame towards an end arrives */
	struct sim_link_counters counters;
	struct sim_link *next;
};

/* Owns the devices, their interfaces, the links, and the frames on their way. */
struct sim_network {
	struct sim_clock clock;
	struct prng prng;
	struct sim_device *devices;
	struct sim_link *links;
	struct sim_flight *flights; /* frames on their way */
	struct sim_flight *landed;  /* room for others */
	struct sim_block *blocks;   /* all of sim_alloc() */
	uint32_t last_hw;	    /* hardware addresses are counted */
};

/* Is to be called when all ends, before what there was then is freed. */
void sim_at_end(struct sim_network *, void (*act)(void *of), void *of);

/* The time starts at start; the same seed gives the same weather. */
void sim_network_init(struct sim_network *, const uint8_t seed[32], nsec start);
void sim_network_free(struct sim_network *);

struct sim_device *sim_device_add(struct sim_network *, const char *name);

/* hw is 02:00:00:00:00:01 and on; there is no address yet. */
struct sim_interface *sim_interface_add(struct sim_device *, const char *name);
/* The next one, as of another device in the place of this one. */
void sim_interface_change_hw(struct sim_interface *);
void sim_interface_set_address(struct sim_interface *, ipv4_addr address,
			       uint8_t prefix_length);

void sim_handler_add(struct sim_interface *, struct sim_handler *);
void sim_tap_add(struct sim_interface *, struct sim_tap *);

/*
 * Joins two interfaces that have no link, whose handlers are told; the weather is
 * fine: 50 us, no loss.
 */
struct sim_link *sim_link_join(struct sim_interface *, struct sim_interface *);

/* Takes an end from its link to another interface: a cable that is moved. */
void sim_link_move(struct sim_link *, struct sim_interface *from,
		   struct sim_interface *to);

/* Cuts or mends; both ends learn it. Frames on their way are lost by a cut. */
void sim_link_cut(struct sim_link *, bool cut);
bool sim_interface_has_carrier(const struct sim_interface *);

/* The other end; NULL without a link. */
struct sim_interface *sim_interface_peer(const struct sim_interface *);

/* Puts a frame on the link as it is; the source is filled in if it is zero. */
void sim_send(struct sim_interface *, const struct sim_frame *);

/* The same from its parts: size octets of that type, untagged. */
void sim_send_payload(struct sim_interface *, const uint8_t hw[SIM_HWADDR_SIZE],
		      uint16_t ethertype, const void *bytes, size_t size);

/*
 * Sends an IPv4 packet to a hardware address; sim_send_ip() finds that by the
 * cache, or asks by ARP first and keeps the packet for a second. gateway is the
 * next hop, or the destination itself. One packet a next hop is kept, the last,
 * until a second after it was asked for.
 */
void sim_send_to(struct sim_interface *, const uint8_t hw[SIM_HWADDR_SIZE],
		 const void *packet, size_t size);
void sim_send_ip(struct sim_interface *, ipv4_addr gateway, const void *packet,
		 size_t size);

/*
 * Sends an IPv4 packet on its way to its destination: by a router's routes, from
 * whichever of its interfaces; from any other device by this one and its gateway.
 */
void sim_route_ip(struct sim_interface *, const void *packet, size_t size);

/* An entry is good for a minute, or until the carrier is lost. */
void sim_arp_learn(struct sim_interface *, ipv4_addr,
		   const uint8_t hw[SIM_HWADDR_SIZE]);
/* NULL if the cache has no such address. */
const uint8_t *sim_arp_find(const struct sim_interface *, ipv4_addr);

/*
 * Ready-made handlers: allocated here, freed with the network. ARP answers for
 * the interface's address and learns (RFC 826); echo answers pings to each address
 * of the device (RFC 1122 3.2.2.6), back to where the frame came from.
 */
void sim_arp_add(struct sim_interface *);
void sim_echo_add(struct sim_interface *);

/*
 * Sends a ping, by sim_route_ip(); whether it was answered is for a tap to see,
 * by sim_is_pong().
 */
void sim_ping(struct sim_interface *, ipv4_addr destination, uint16_t sequence);
bool sim_is_pong(const struct sim_frame *, ipv4_addr from, uint16_t sequence);

/* Memory that lives as long as the network; zeroed; ends the program without. */
void *sim_alloc(struct sim_network *, size_t size);

/* ---- for devices ------------------------------------------------------ */

/* A frame has come: is it for this interface? Then taps, then handlers. */
void sim_interface_receive(struct sim_interface *, const struct sim_frame *);

/* The handlers alone, until one keeps the frame. */
void sim_interface_handle(struct sim_interface *, const struct sim_frame *);

/* Tells the handlers of the carrier. */
void sim_interface_tell(struct sim_interface *, bool up);

/* ---- devices of several interfaces ------------------------------------ */

/*
 * A switch of ports: learns hardware addresses, floods what it does not know. It
 * forgets those of a port that goes down, and no others. No loops.
 */
struct sim_device *sim_switch_add(struct sim_network *, const char *name);

/* A free port of a switch; made when there is none. */
struct sim_interface *sim_switch_port(struct sim_device *);

/*
 * A router: forwards IPv4 between its interfaces by the routes below, the TTL
 * one less, and answers ARP and pings for its addresses. It forwards no
 * broadcast. Interfaces are added by sim_router_interface().
 */
struct sim_device *sim_router_add(struct sim_network *, const char *name);
struct sim_interface *sim_router_interface(struct sim_device *, const char *name,
					   ipv4_addr, uint8_t prefix_length);
void sim_router_route(struct sim_device *, ipv4_addr destination,
		      uint8_t prefix_length, ipv4_addr gateway);

/*
 * Makes an interface of a router, or of any device with an address, relay DHCP
 * (RFC 1542 4.1, RFC 2131 4.1): requests heard there go to the servers with
 * giaddr set, replies to its giaddr come out there, by hardware address or by
 * broadcast as flags say.
 */
#define SIM_RELAY_SERVERS_MAX 4
void sim_relay_add(struct sim_interface *, const ipv4_addr *servers,
		   unsigned count);

#endif
