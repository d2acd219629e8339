/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One managed interface: the bridge between wake-ups and the core.
 *
 * It turns what happens into events, steps the core, and runs the effects
 * through struct iface_ops, which ops.c implements on Linux and the simulator on
 * its own network. It decides nothing about the protocol.
 */
#ifndef DAEMON_IFACE_H
#define DAEMON_IFACE_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/nsec.h"
#include "core/client.h"
#include "core/recorder.h"

struct iface;

/*
 * What an interface needs of its host. A function that returns int returns 0 or
 * -errno. now is the time of the wake-up.
 */
struct iface_ops {
	/* The effects of the core (client.h), one each. */
	int (*send_broadcast)(struct iface *, const void *packet, size_t size);
	int (*send_unicast)(struct iface *, const struct dhcp4_effect *);
	int (*send_arp)(struct iface *, const struct dhcp4_effect *);

	/* Asynchronous: the answer comes by iface_configured(). */
	int (*configure)(struct iface *, const struct dhcp4_lease *, nsec now);
	void (*deconfigure)(struct iface *, enum dhcp4_loss why, nsec now);
	/* The same for the fallback, by iface_fallback_configured(). */
	int (*add_fallback)(struct iface *, const struct dhcp4_effect *);
	void (*remove_fallback)(struct iface *, nsec now);
	void (*save_lease)(struct iface *, nsec now);
	void (*forget_lease)(struct iface *);
	void (*notify)(struct iface *, const struct dhcp4_notice *, nsec now);
	void (*sent)(struct iface *, const struct dhcp4_effect *, int error);

	/* A step, and what followed from it, is over; NULL: it is not asked for. */
	void (*stepped)(struct iface *, nsec now);

	/*
	 * Other networks whose leases are stored, and one of these leases: the
	 * answer to recall is iface_recalled(), at once or never. Neither is asked
	 * for without config.known_networks.
	 */
	void (*known)(struct iface *, nsec now, struct attach_known *ret);
	void (*recall)(struct iface *, uint8_t index, nsec now);

	/* The core's wants, told when they change. */
	int (*listen)(struct iface *, uint32_t xid);
	void (*unlisten)(struct iface *, uint32_t xid);
	int (*watch)(struct iface *, ipv4_addr);
	void (*unwatch)(struct iface *, ipv4_addr);
	void (*set_deadline)(struct iface *, nsec deadline);

	/* Unicast replies with any transaction id, too. */
	int (*listen_any)(struct iface *);
	void (*unlisten_any)(struct iface *);
};

/*
 * Paces first transmissions: a bucket of PACER_BURST, filled by PACER_RATE a
 * second. One for all interfaces of a process. A server's socket holds some two
 * hundred packets, and servers answer one to some thousands a second; what is lost
 * is missing for seconds.
 */
#define PACER_BURST 128
#define PACER_RATE  700
struct pacer {
	nsec full_at; /* when the bucket is full again */
};

/* What all interfaces of a process share. */
struct iface_host {
	const struct iface_ops *ops;
	struct pacer pacer;
	struct dhcp4_offer_pool offers;
	struct dhcp4_effects effects;
	bool stepping;		   /* effects are in use */
	struct recorder *recorder; /* NULL: nothing is recorded */
};

struct iface {
	struct iface_host *host;
	int ifindex;
	char name[IFNAMSIZ];
	struct dhcp4_config config;

	/* No longer than it takes: its lease has room for so many octets. */
	struct dhcp4_client *client;
	size_t room;

	struct dhcp4_want want; /* as last told to the ops */
	struct recorder_track track;
	const struct auth_keys *keys; /* somebody else's; NULL: none */
	struct pins *pins;	      /* so are they; NULL without server-pin */
};

/*
 * config and the names are filled in already; seed is 32 random octets. A client of
 * before makes place. 0 or -ENOMEM.
 */
int iface_init(struct iface *, struct iface_host *, const uint8_t seed[32]);

/* The memory of it, which may be zeroed. */
void iface_free(struct iface *);

void iface_load_lease(struct iface *, const struct dhcp4_lease *,
		      bool in_kernel, bool usable, nsec now);
void iface_start(struct iface *, nsec now);

/*
 * The stored lease of the network where the interface is now: asked for as the
 * core asks for the one that it has. usable: as in iface_load_lease().
 */
void iface_recalled(struct iface *, const struct dhcp4_lease *, bool usable,
		    nsec now);
void iface_stop(struct iface *, bool release, nsec now);

/* After a stop: nothing is heard or waited for any more, whatever there is yet. */
void iface_close(struct iface *);

/* The interface was removed: there is no carrier, and nothing of ours on it. */
void iface_gone(struct iface *, nsec now);
void iface_carrier(struct iface *, bool up, nsec now);
/* Somebody says that the link leads to another network; the carrier is off. */
void iface_moved(struct iface *, nsec now);
void iface_resumed(struct iface *, nsec now);
void iface_tick(struct iface *, nsec now);
void iface_frame(struct iface *, const void *packet, size_t size,
		 bool checksum_partial, const struct hwaddr *source, nsec now);

/* The same as the core's event, for somebody else than the core. */
struct dhcp4_event iface_frame_event(const struct iface *, const void *packet,
				     size_t size, bool checksum_partial,
				     const struct hwaddr *source, nsec now);

/* An ARP packet; own: its sender is an interface of this host. */
void iface_arp(struct iface *, const void *packet, size_t size, bool own,
	       nsec now);
void iface_renew(struct iface *, nsec now);
/* The same, and what renew-changes holds back is applied with the answer. */
void iface_accept(struct iface *, nsec now);
void iface_rebind(struct iface *, nsec now);

/* The kernel does not have the address any more, or not all of its routes. */
void iface_address_lost(struct iface *, enum dhcp4_address_lost, nsec now);

/* The config was changed; identity: the hardware address or client id too. */
void iface_reconfigured(struct iface *, bool identity, nsec now);

/* The answer to ops.configure: 0 or a positive errno. */
void iface_configured(struct iface *, int error, nsec now);

/* After the start: the kernel has a fallback's address from an earlier run. */
void iface_fallback_found(struct iface *, ipv4_addr, nsec now);

/* The answer to ops.add_fallback. */
void iface_fallback_configured(struct iface *, int error, nsec now);

#endif
