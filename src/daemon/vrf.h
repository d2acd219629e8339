/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which UDP socket an interface sends by (udp.h). What arrives in a VRF finds no
 * socket of the others, so each VRF that has interfaces of ours at the start has
 * one of its own: port 68 cannot be had later.
 */
#ifndef DAEMON_VRF_H
#define DAEMON_VRF_H

struct daemon;

/* Opens them, and gives each interface its own; says what failed. */
void vrf_open_sockets(struct daemon *);
void vrf_close_sockets(struct daemon *);

#endif
