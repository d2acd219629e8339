/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The network of those scenarios that need one: a namespace with a veth pair, up,
 * eth0 at the client's end, srv0 with 10.0.0.1/24 and a DHCP server at the other,
 * which leases for 600 s; all of it made once for all runs; and what a run left of
 * addresses is gone before the next.
 */
#ifndef TORTURE_NET_H
#define TORTURE_NET_H

#include <stdbool.h>

#include "base/ipv4.h"

#define NET_IFACE  "eth0"
#define NET_SERVER 0x0a000001 /* 10.0.0.1 */
#define NET_CLIENT 0x0a00000a /* 10.0.0.10, the first that is given out */

/* False, with a line on stderr, where none can be had. */
bool net_open(void);

/* Takes away what a run left. */
void net_clean(void);

int net_ifindex(void);

/* Whether the client's interface has the address now. */
bool net_has(ipv4_addr);

/*
 * Whether the client's interface has the route now. The server gives one to
 * NET_SHADOW, which takes traffic from another interface.
 */
#define NET_SHADOW 0xc6336400 /* 198.51.100.0 */
bool net_has_route(ipv4_addr destination);

/* The client's cable. */
void net_carrier(bool up);

/* Another interface, "eth1", up, whose cable leads nowhere; it is there at first. */
#define NET_OTHER "eth1"
void net_plug(bool in);

#endif
