/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a seed draws: networks, servers, hosts, and the faults that befall them.
 * A plan is data: it is drawn whole before anything runs, so that a run with
 * some of its faults left out is otherwise the same.
 */
#ifndef SIM_PLAN_H
#define SIM_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "base/nsec.h"
#include "base/str.h"
#include "core/auth.h"
#include "core/client.h"
#include "core/encode.h"
#include "server/characters.h"

#define PLAN_NETWORKS_MAX 3
#define PLAN_SERVERS_MAX  (2 * PLAN_NETWORKS_MAX) /* on their switches */
#define PLAN_CENTRES_MAX  2			  /* behind the router */
#define PLAN_HOSTS_MAX	  8
#define PLAN_PORTS_MAX	  3
#define PLAN_FAULTS_MAX	  32

/* Addresses besides a lease: so many from each of these on. */
#define PLAN_LINKLOCAL 0xa9fe0110U /* 169.254.1.16 */
#define PLAN_STATIC    0x0aff0001U /* 10.255.0.1 */
#define PLAN_FALLBACKS 3

/* The faults of a server's character come after these. */
enum fault_kind {
	/* of a port's link */
	FAULT_CUT,
	FAULT_FLAPS,
	FAULT_LOSS,
	FAULT_DUPLICATION,
	FAULT_DELAY,
	FAULT_REORDERING,
	FAULT_CORRUPTION,
	FAULT_MOVE,
	FAULT_UPLINK_CUT, /* of its network: the carrier stays */
	/* of a host or a port of it */
	FAULT_KILL,
	FAULT_END,
	FAULT_RELEASE,
	FAULT_REBOOT,
	FAULT_SUSPEND,
	FAULT_CLOCK_STEP,
	FAULT_SEND_ERROR,
	FAULT_CONFIGURE_ERROR,
	FAULT_NETLINK_ERROR,
	FAULT_NETLINK_SLOW,
	FAULT_DISK_ERROR,
	FAULT_FILE_TORN,
	FAULT_ADDRESS_TAKEN,
	FAULT_HWADDR_CHANGE,
	FAULT_RENEW,
	FAULT_REBIND,
	FAULT_RELOAD,
	FAULT_REMOVED,
	/* of a server */
	FAULT_SERVER_SILENT,
	FAULT_SERVER_SLOW,
	FAULT_SERVER_AMNESIA,
	FAULT_SERVER_ID_CHANGE,
	FAULT_SERVER_TIMES,
	/* of a port's network */
	FAULT_OUTAGE,	  /* of all servers of all networks */
	FAULT_NEW_HWADDR, /* of its server, or of the router before that */
	FAULT_SQUATTER, /* a device has an address of the pool by its own right */
	FAULT_FORCE_RENEW,  /* a FORCERENEW to the port, by a server */
	FAULT_FORCE_FORGED, /* one that is not to be obeyed */
	FAULT_PROBES,	 /* a device looks who is there, which harms nobody */
	FAULT_ROGUE,	 /* a second server, faster and of bad character */
	FAULT_CHARACTER, /* the first that is not honest */
	FAULT_COUNT = FAULT_CHARACTER + SERVER_CHARACTER_COUNT - 1
};

/* A client is silent most of its life: so faults wait for what it sends. */
enum fault_timing {
	FAULT_TIMING_PLAIN,	/* from at on, for duration */
	FAULT_TIMING_ONCE_SENT, /* the same, but later: after its port has sent */
	FAULT_TIMING_UNTIL_SENT, /* from at on, until after its port has sent */
	FAULT_TIMING_COUNT
};

struct fault {
	unsigned index; /* as it was drawn */
	enum fault_kind kind;
	enum fault_timing timing;
	nsec at, duration;
	nsec after;		     /* the last of so many messages: */
	unsigned sends;		     /* of its port */
	unsigned host, port, server; /* whom it befalls, as its kind says */
	uint32_t number;	     /* drawn for it; each kind has its use */
};

/* A network: two switches, and servers on one or behind a relaying router. */
struct plan_network {
	ipv4_addr address;
	uint8_t prefix_length;
	uint8_t mask_length; /* that clients are told: 31 or 32, too */
	bool relayed;
	bool classless;	   /* routes by option 121, too */
	bool bootp;	   /* there is a server of BOOTP, too */
	bool spare_router; /* clients are told of a second one */
	bool gateway;	   /* its router is there, and answers ARP */
	unsigned servers;  /* on its switch */
	uint32_t lease_s, t1_s, t2_s;
	bool rapid_commit;
	bool wants_flag; /* what is not broadcast does not arrive */
	bool v6only;	 /* without IPv4, for those that can do without */
	uint32_t v6only_s;
};

/* What somebody makes of the options of servers. */
enum plan_override {
	PLAN_OVERRIDE_SHORTER,	/* half of the time that leases have */
	PLAN_OVERRIDE_LONGER,	/* which means nothing */
	PLAN_OVERRIDE_TIMES,	/* T1 and T2 */
	PLAN_OVERRIDE_MASK,	/* of one address */
	PLAN_OVERRIDE_ROUTER,	/* besides those that are told */
	PLAN_OVERRIDE_NAMES,	/* servers of names, before and behind */
	PLAN_OVERRIDE_DOMAIN,	/* where there is none */
	PLAN_OVERRIDE_CLASSFUL, /* no routes by option 121 */
	PLAN_OVERRIDE_REQUIRED, /* what rogues do not send */
	PLAN_OVERRIDE_COUNT
};

/* What a host's client is there for. */
enum plan_purpose {
	PLAN_PURPOSE_LEASE,
	PLAN_PURPOSE_BOOTP,  /* takes an address for ever, if it gets one */
	PLAN_PURPOSE_INFORM, /* has an address, and asks for the rest */
};

struct plan_host {
	unsigned ports;
	unsigned networks[PLAN_PORTS_MAX]; /* of each port */
	enum plan_purpose purpose;
	nsec start_at;
	bool at_edge; /* on the switch that the servers are not on */
	enum dhcp4_broadcast broadcast;
	bool has_own_id; /* not by its hardware address */
	nsec offer_window_ns;
	ipv4_addr requested; /* 0: none */
	enum acd_mode acd;
	enum acd_defence acd_defence;
	enum dhcp4_removal address_removed;
	bool known_networks;
	struct fallback_config fallback; /* its address: left by an earlier run */
	bool rapid_commit, v6only, auto_configure;
	bool denies_rogues; /* servers that are up to no good */
	bool anonymous;	    /* RFC 7844; never with has_own_id */
	enum fqdn_mode fqdn;
	unsigned vendor_size; /* octets of option 43; 0: none */
	uint32_t lease_s;     /* that it asks for; 0: none */
	uint8_t dscp;
	enum dhcp4_auth auth;
	bool auth_required, force_renew;
	enum server_pin server_pin;
	enum renew_changes renew_changes;
	unsigned overrides; /* bits */
};

struct plan {
	uint64_t seed;
	unsigned network_count, host_count, fault_count;
	bool thrifty; /* servers soon give what was given back to others */
	struct plan_network networks[PLAN_NETWORKS_MAX];
	struct plan_host hosts[PLAN_HOSTS_MAX];
	struct fault faults[PLAN_FAULTS_MAX];
	unsigned centres; /* servers of all networks that are relayed */
	nsec start, calm_at, end_at;
};

void plan_draw(struct plan *, uint64_t seed);

/* Leaves out all faults whose bit is not set. */
void plan_keep(struct plan *, uint32_t faults);

/* The character of a server whose fault it is. */
enum server_character fault_character(enum fault_kind);

/* "cable cut", "server: nak-all" */
void fault_say(struct str *, enum fault_kind);

#endif
