/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of a simulated host share. Internal to it: host.c has the
 * process and the clocks, port.c the ops and the frames, kernel.c addresses and
 * routes, disk.c the lease files.
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include "sim/host.h"

/* host.c: the process runs, and is not asleep. */
bool sim_host_is_awake(const struct sim_host *);

/* ---- port.c -------------------------------------------------------------- */

extern const struct iface_ops sim_port_ops;

/* The interface, with the default configuration; host and number are known. */
void sim_port_init(struct sim_port *, struct sim_host *, unsigned number);

/* Tells the onlookers. */
void sim_port_event(struct sim_port *, enum sim_event);

/* After each event that iface.c was told: what the daemon's loop does then. */
void sim_port_turn_ended(struct sim_port *);

/* The process begins, or is gone. */
void sim_port_process_began(struct sim_port *);
void sim_port_process_gone(struct sim_port *);

/* The machine falls asleep; it is awake again, having slept so long. */
void sim_port_slept(struct sim_port *);
void sim_port_woke(struct sim_port *, bool resumed);

/* ---- kernel.c ------------------------------------------------------------ */

void sim_kernel_init(struct sim_port *);

/* The address that an admin's scripts set, if there is one. */
void sim_kernel_boot(struct sim_port *);

/* True if it has the lease's address; it is the process's then. */
bool sim_kernel_adopt(struct sim_port *, const struct dhcp4_lease *);

/* As ops.c: 0 or -errno; the answer comes later. */
int sim_kernel_configure(struct sim_port *, const struct dhcp4_lease *, nsec now);
void sim_kernel_deconfigure(struct sim_port *);

/* The process that would have is gone, or has other plans. */
void sim_kernel_forget_removal(struct sim_port *);

/* Tells the answer that is outstanding, if one is; or makes it be forgotten. */
void sim_kernel_answer(struct sim_port *);
void sim_kernel_cancel(struct sim_port *);

/* Takes the address away, if there is one. */
void sim_kernel_remove(struct sim_port *, enum sim_cause);

/* Timers follow the host's clocks: stopped in its sleep, set when it is awake. */
void sim_kernel_stop_timers(struct sim_port *);
void sim_kernel_set_timers(struct sim_port *);

/* Where a packet goes first: a gateway, or the destination itself. */
ipv4_addr sim_kernel_next_hop(const struct sim_port *, ipv4_addr destination);

/* ---- fallback.c ---------------------------------------------------------- */

void sim_fallback_init(struct sim_port *);

/* As the daemon's: 0 or -errno; the answer comes later. */
int sim_fallback_add(struct sim_port *, const struct dhcp4_effect *);
void sim_fallback_remove(struct sim_port *);

/* No answer comes any more, nor is a removal tried again. */
void sim_fallback_cancel(struct sim_port *);

/* By a reboot, or an admin. */
void sim_fallback_gone(struct sim_port *);

/* The machine falls asleep; it is awake again. */
void sim_fallback_slept(struct sim_port *);
void sim_fallback_woke(struct sim_port *);

/* A process begins, and has begun: by the file. */
void sim_fallback_recall(struct sim_port *);
void sim_fallback_adopt(struct sim_port *);

/* ---- disk.c -------------------------------------------------------------- */

void sim_disk_save(struct sim_port *);
void sim_disk_forget(struct sim_port *);

/* Reads the file, if there is one, and gives iface.c its lease. */
void sim_disk_load(struct sim_port *);

/* Other networks: which ones there are, and the lease of one of them. */
void sim_disk_known(struct sim_port *, struct attach_known *ret);
void sim_disk_recall(struct sim_port *, uint8_t index);

#endif
