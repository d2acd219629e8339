/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which UDP socket an interface sends by (udp.h). What arrives in a VRF finds no
 * socket of the others, so each VRF that has interfaces of ours at the start has
 * one of its own: port 68 cannot be had later.
 */
#ifndef DAEMON_VRF_H
#define DAEMON_VRF_H

struct daemon;
struct managed;

/* Opens them, and gives each interface its own; says what failed. */
void vrf_open_sockets(struct daemon *);
void vrf_close_sockets(struct daemon *);

/*
 * An interface that is managed later shares that of its VRF. Where none is open
 * yet, port 68 takes a privilege that is gone as a rule: the packet socket does
 * instead, and it is said.
 */
void vrf_join(struct managed *);

/* It is managed no more: closes the socket that was for it alone. */
void vrf_leave(struct managed *);

#endif
