/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces as the kernel sees them: what they are now. link_monitor.h tells when
 * that changes.
 */
#ifndef DAEMON_LINK_H
#define DAEMON_LINK_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/frame.h"

#define LINK_KIND_MAX 31

struct link_info {
	int ifindex;
	char name[IFNAMSIZ];

	/* "vlan", "bond", ...; empty: a device, or the kernel names no kind. */
	char kind[LINK_KIND_MAX + 1];

	/*
	 * Loopback, the end of a tunnel or of a pair (tap, veth), a bridge's port or
	 * the like: nobody means it by a pattern.
	 */
	bool virtual_end;
	uint16_t hardware_type;		 /* ARPHRD_... */
	struct hwaddr hwaddr, broadcast; /* size 0: the link has none */
	uint32_t mtu;
	bool up;      /* IFF_UP: the administrator's wish */
	bool carrier; /* IFF_UP, IFF_RUNNING and IFF_LOWER_UP together */

	/*
	 * There is a carrier that the kernel has yet to make known, which of many
	 * links takes seconds. Who asks for one link makes it do so (Linux 6.8).
	 */
	bool pending;

	/*
	 * How often the carrier came and went. The kernel tells of a link at most
	 * once a second: a cable changed meanwhile shows here alone.
	 */
	uint32_t carrier_changes;
	bool gone; /* the interface was removed */

	/* The VRF that it belongs to, and that one's table; 0: none. */
	int vrf;
	uint32_t vrf_table;

	/* The bridge, bond or the like whose port it is; 0: nobody's. */
	int master;
};

struct nlmsghdr;

/*
 * Reads a message about a link. False for what only looks like news of one: a
 * bridge port (RTM_DELLINK when it leaves its bridge), and a wireless event,
 * which lacks most attributes.
 */
bool link_read(const struct nlmsghdr *, struct link_info *ret);

/*
 * Finds an interface by name (with link_info.gone false). 0, -ENODEV, or another
 * -errno.
 */
int link_find(const char *name, struct link_info *ret);

/*
 * Whether a link that was told of still is there, and called so: news may be old.
 * True if that cannot be found out.
 */
bool link_is_there(const struct link_info *);

/* Hands a message about each interface to take(), as libmnl does. 0 or -errno. */
int link_dump(int (*take)(const struct nlmsghdr *, void *context), void *context);

/* The same of each address of a family on an interface, and perhaps of others. */
int link_addresses(int ifindex, uint8_t family,
		   int (*take)(const struct nlmsghdr *, void *context),
		   void *context);

/* All interfaces, in the order of their indices; to be freed. 0 or -errno. */
int link_list(struct link_info **ret, size_t *ret_count);

/*
 * The names of all interfaces but loopback, separated by ", ". For messages: what
 * does not fit is left out. 0 or -errno.
 */
int link_names(char *buffer, size_t size);

/*
 * Whether the interface has the address now, and for how long (without it: 0;
 * UINT32_MAX: for ever). 0 or -errno.
 */
int link_has_address(int ifindex, ipv4_addr address, bool *ret_has,
		     uint32_t *ret_valid_s);

/* The first address of the interface that is not of host scope; 0: none. */
int link_own_address(int ifindex, ipv4_addr *ret);

/* Whether IPv6 is in use on the interface: it has an address. 0 or -errno. */
int link_has_ipv6(int ifindex, bool *ret);

#endif
