/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The socket filter of the IP packet socket, built as data: classic BPF that
 * passes DHCP replies with one of the transaction ids in flight.
 *
 * It saves wake-ups and proves nothing: whoever receives checks all of it again.
 */
#ifndef DAEMON_FILTER_H
#define DAEMON_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/*
 * With more ids than this the filter passes every reply: port and cookie only.
 * A larger one would not be attached by older kernels, which let a socket hold
 * 20 KiB of them (net.core.optmem_max), old and new at once.
 */
#define FILTER_XIDS_MAX 256

/* Enough for the head and the search; filter.c shows why. */
#define FILTER_SIZE_MAX (32 + 2 * FILTER_XIDS_MAX)

/*
 * Builds the filter for ids in ascending order without repeats (0 of them: it
 * drops all). It passes what is of packet type HOST, BROADCAST or MULTICAST,
 * IPv4 but not a fragment, UDP to port 68 with the header length as the packet
 * says, op BOOTREPLY, the magic cookie, and one of the ids. Returns the number
 * of instructions, at most FILTER_SIZE_MAX.
 */
size_t filter_build(struct sock_filter program[FILTER_SIZE_MAX],
		    const uint32_t *xids, size_t count);

#endif
