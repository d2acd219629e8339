/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The UDP socket on port 68, one a process. It receives nothing (a filter drops
 * all): being bound, it keeps the kernel from answering a server's unicast with
 * an ICMP error, and it sends what shall be routed and resolved by the kernel.
 */
#ifndef DAEMON_UDP_H
#define DAEMON_UDP_H

#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

/*
 * Opens and binds it (needs CAP_NET_BIND_SERVICE): for all interfaces, or for
 * those of a VRF by the name of that, since what arrives there finds no other
 * socket. The descriptor, or -errno.
 */
int udp_open(const char *vrf);

/*
 * Sends a UDP payload from source port 68 to destination port 67, out of the
 * interface, from the source address, with this octet as type of service. 0 or
 * -errno; a pending ICMP error of an earlier one is taken from the socket and is
 * not this one's.
 */
int udp_send(int fd, int ifindex, uint8_t tos, ipv4_addr source,
	     ipv4_addr destination, const void *payload, size_t size);

#endif
