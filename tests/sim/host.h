/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A host that runs the client: the shipped core behind the shipped iface.c, on a
 * small imitation of Linux (a kernel's addresses and routes, a disk, clocks, a
 * process that can die).
 *
 * The imitation decides nothing about DHCP: it does what ops.c and daemon.c do,
 * with the same lease files. Its calls can be made to fail.
 */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/iface.h"
#include "daemon/networks.h"
#include "lease/lease_file.h"
#include "sim/network.h"

#define SIM_HOST_PORTS_MAX 8

/* The wall clock at network time 0, in seconds since 1970. */
#define SIM_EPOCH_S 1700000000

/* Octets of a host's flight recorder: it begins anew in most runs. */
#define SIM_RECORD_SIZE (32 * 1024)

/* A process that is started with the host finds this much BOOTTIME gone. */
#define SIM_BOOT_NS (5 * NSEC_PER_S)

struct sim_host;
struct sim_port;

/*
 * What happens to a port besides frames. Each is told once it is so, and before
 * the daemon does anything about it.
 */
enum sim_event {
	SIM_EVENT_STARTED, /* a process began, and loaded its lease if it has one */
	SIM_EVENT_KILLED,   /* kill -9 */
	SIM_EVENT_ENDED,    /* SIGTERM: lease and address stay */
	SIM_EVENT_RELEASED, /* somebody asked for a release */
	SIM_EVENT_REBOOTED, /* all but the disk is gone */
	/* Told to a process; one that slept learns it when it is awake. */
	SIM_EVENT_CARRIER_UP,
	SIM_EVENT_CARRIER_DOWN,
	SIM_EVENT_SUSPENDED,
	SIM_EVENT_RESUMED,
	SIM_EVENT_CLOCK_STEPPED, /* the wall clock */
	SIM_EVENT_RENEW_ASKED,
	SIM_EVENT_REBIND_ASKED,
	SIM_EVENT_ADDRESS_TAKEN, /* an admin removed it from the kernel */
	SIM_EVENT_HWADDR_CHANGED,
	SIM_EVENT_REMOVED,  /* the interface */
	SIM_EVENT_RETURNED, /* another one of its name */
	SIM_EVENT_COUNT
};

/* Who changed the kernel's address. */
enum sim_cause {
	SIM_CAUSE_DAEMON,
	SIM_CAUSE_LIFETIME, /* its lifetime ran out */
	SIM_CAUSE_ADMIN,
	SIM_CAUSE_REBOOT,
	SIM_CAUSE_REMOVED, /* with its interface */
};

/* What the kernel holds on an interface. */
struct sim_kernel {
	ipv4_addr address; /* 0: none */
	uint8_t prefix_length;
	/* On the host's monotonic clock, which a suspend stops. */
	nsec valid_until; /* NSEC_NEVER: for ever */
	unsigned route_count;
	struct dhcp4_route routes[DHCP4_ROUTES_MAX];
};

/*
 * An onlooker. Each function may be NULL; all are told at network->clock.now,
 * after the fact. None may call the host.
 */
struct sim_watch {
	/* A frame left, or arrived at, the port of a host that is awake. */
	void (*frame)(struct sim_watch *, struct sim_port *,
		      const struct sim_frame *, bool sent);
	/* The client wanted to send, and the socket refused. */
	void (*send_failed)(struct sim_watch *, struct sim_port *,
			    const struct dhcp4_effect *, int error);
	/*
	 * The client gave a packet to the kernel, to route. Its frame has left, or
	 * leaves when ARP has an answer, or never.
	 */
	void (*routed)(struct sim_watch *, struct sim_port *,
		       const struct dhcp4_effect *);
	/* The client sent an ARP packet, or wanted to: error is 0 or an errno. */
	void (*arp)(struct sim_watch *, struct sim_port *,
		    const uint8_t *packet, int error);
	/* The kernel's address or its lifetime changed; before is the old one. */
	void (*kernel)(struct sim_watch *, struct sim_port *,
		       const struct sim_kernel *before, enum sim_cause);
	/* The kernel's fallback address is another, or gone. */
	void (*fallback)(struct sim_watch *, struct sim_port *, ipv4_addr before);
	/* The disk's lease file changed: written or removed. */
	void (*stored)(struct sim_watch *, struct sim_port *);
	/* The daemon says something (what is logged and told to listeners). */
	void (*notice)(struct sim_watch *, struct sim_port *,
		       const struct dhcp4_notice *);
	void (*event)(struct sim_watch *, struct sim_port *, enum sim_event);
	struct sim_watch *next;
};

/* Which calls fail at present; 0: none. */
struct sim_troubles {
	int send;	 /* errno of each send */
	int configure;	 /* errno at once, of each request to the kernel */
	int netlink;	 /* errno that comes as the kernel's answer: not done */
	int store;	 /* errno of each write of a lease file */
	nsec netlink_ns; /* how long an answer takes; 100 us at first */
};

/* The address besides a lease: in the kernel, and on the disk. */
struct sim_fallback {
	ipv4_addr address; /* 0: none */
	uint8_t prefix_length;
	ipv4_addr gateway;    /* of a default route; 0: none */
	ipv4_addr installed;  /* what this process asked the kernel to hold */
	int netlink_error;    /* of the answer that is outstanding; 0: done */
	ipv4_addr stored;     /* the last one; 0: there is no file */
	unsigned stored_boot; /* the boot that left it in the kernel; 0: none */
	unsigned asleep;      /* timers that wait for the machine to wake */
	struct sim_timer netlink, removal;
};

/* A lease file of another network. */
struct sim_file {
	char text[LEASE_FILE_SIZE_MAX];
	size_t size; /* 0: there is none */
};

/* An interface of the host and what is managed about it. */
struct sim_port {
	struct iface iface; /* first: ops cast back to struct sim_port */
	struct dhcp4_encoded encoded; /* iface.config points to it */
	struct sim_host *host;
	struct sim_interface *interface;
	struct sim_kernel kernel;
	ipv4_addr fixed_address; /* an admin's, from each boot on; 0: none */
	uint8_t fixed_length;
	struct sim_troubles troubles;

	/* The disk; it outlives processes and boots. */
	char file[LEASE_FILE_SIZE_MAX];
	size_t file_size;	/* 0: there is none */
	struct sim_file *older; /* slots 1 and on; NULL: there never was one */

	bool configuring;   /* an answer of the kernel is outstanding */
	bool removing;	    /* it could not be asked to remove an address */
	int netlink_error;  /* it; 0: done */
	bool listening;	    /* as iface.c asked by listen() */
	bool listening_any; /* ... and by listen_any() */
	ipv4_addr watched[2 + ATTACH_NODES_MAX]; /* by watch(); 0: none */
	bool unfiltered;     /* as with a socket that has no filter */
	bool gone;	     /* the interface was removed */
	bool save_due;	     /* the lease file is written when the turn ends */
	bool carrier_missed; /* it changed while the host slept */
	ipv4_addr installed; /* what this process asked the kernel to hold */
	uint8_t installed_length;

	struct sim_fallback fallback;

	struct sim_timer deadline, netlink, lifetime, removal;
	struct sim_handler handler;
	struct sim_tap tap;
};

struct sim_host {
	struct sim_network *network;
	struct sim_device *device;
	struct iface_host shared; /* of the process */
	struct recorder recorder; /* its, too */
	uint8_t ring[SIM_RECORD_SIZE];
	bool on;      /* there is a kernel; only a disk if not */
	bool running; /* there is a process */
	bool suspended;
	struct sim_timer boot; /* the end of sim_host_reboot()'s off */
	nsec boot_at;	       /* network time at which BOOTTIME was 0 */
	nsec suspended_at, suspended_ns; /* of this boot */
	int64_t wall_offset_s; /* wall clock less network time and SIM_EPOCH_S */
	unsigned boots;
	unsigned port_count;
	struct sim_port ports[SIM_HOST_PORTS_MAX];
	struct sim_watch *watches;
	uint64_t steps;		     /* wake-ups that became events of cores */
	const struct iface_ops *ops; /* of its processes: sim_port_ops at first */
	struct sim_host *next;
};

/*
 * A host of ports interfaces, eth0 and on, with a default configuration that may
 * be changed before sim_host_start(): hardware address, client identifier by it,
 * its name as hostname, the daemon's usual parameters, no conflict detection. It
 * is off, and has no cable.
 */
struct sim_host *sim_host_add(struct sim_network *, const char *name,
			      unsigned ports);
void sim_watch_add(struct sim_host *, struct sim_watch *);

/* The port's clocks. */
nsec sim_host_boottime(const struct sim_host *);
nsec sim_host_monotonic(const struct sim_host *);
int64_t sim_host_wall_s(const struct sim_host *);

/*
 * What happens to it. Asking twice, or in vain, does nothing: nothing but a
 * resume or a reboot happens to a host that is suspended.
 */
void sim_host_start(struct sim_host *); /* a new process; boots if it is off */
void sim_host_kill(struct sim_host *);
void sim_host_end(struct sim_host *); /* SIGTERM */
void sim_host_reboot(struct sim_host *, nsec off);
void sim_host_suspend(struct sim_host *);
void sim_host_resume(struct sim_host *);
void sim_host_restore(struct sim_host *); /* as if there had been no time */
void sim_host_step_clock(struct sim_host *, int64_t seconds);
void sim_port_renew(struct sim_port *);
void sim_port_rebind(struct sim_port *);
void sim_port_release(struct sim_port *);
void sim_port_take_address(struct sim_port *);

/* SIGHUP: the configuration, but not who the client is, may have changed. */
void sim_port_reload(struct sim_port *);

/*
 * The interface is removed; another one of its name comes, with this hardware
 * address or a new one. A process that is started finds one, too.
 */
void sim_port_remove(struct sim_port *);
void sim_port_return(struct sim_port *, bool new_hwaddr);

/* Another one, never used before; the kernel keeps what it has. */
void sim_port_change_hwaddr(struct sim_port *);

#endif
