/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The filters of the packet sockets, built as data: classic BPF that passes what
 * an interface waits for, by numbers: the transaction ids in flight, the
 * addresses that are watched.
 *
 * They save wake-ups and prove nothing: whoever receives checks all of it again.
 */
#ifndef DAEMON_FILTER_H
#define DAEMON_FILTER_H

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A filter tells so many numbers apart. A larger one would not be attached by
 * older kernels, which let a socket hold 20 KiB of them (net.core.optmem_max),
 * old and new at once.
 */
#define FILTER_KEYS_MAX 256

/* Instead of a number of keys: whatever it is, it passes. */
#define FILTER_ALL SIZE_MAX

/* Enough for the head and the search; filter.c shows why. */
#define FILTER_SIZE_MAX (32 + 2 * FILTER_KEYS_MAX)

/*
 * Both take numbers in ascending order, repeats allowed, and return how many
 * instructions they wrote, at most FILTER_SIZE_MAX. Without a number all is
 * dropped, and so is whatever is not of packet type HOST, BROADCAST or MULTICAST.
 */

/*
 * Passes IPv4 packets that are no fragments, UDP to port 68 with the header length
 * as the packet says, op BOOTREPLY, the magic cookie, and one of the transaction
 * ids. With too many ids all replies pass.
 */
size_t filter_replies(struct sock_filter program[FILTER_SIZE_MAX],
		      const uint32_t *xids, size_t count);

/*
 * The same, and besides what came to this host alone (packet type HOST), whatever
 * its transaction id.
 */
size_t filter_replies_any(struct sock_filter program[FILTER_SIZE_MAX],
			  const uint32_t *xids, size_t count);

/*
 * Passes ARP for IPv4 over Ethernet whose sender has one of the addresses, or has
 * none and asks for one of them. With too many addresses their neighbours pass,
 * too: as few of the last bits are ignored as will do.
 */
size_t filter_arp(struct sock_filter program[FILTER_SIZE_MAX],
		  const uint32_t *addresses, size_t count);

/*
 * How many of the last bits of the numbers these filters do not look at; of 32 of
 * them none.
 */
unsigned filter_replies_ignores(const uint32_t *xids, size_t count);
unsigned filter_arp_ignores(const uint32_t *addresses, size_t count);

#endif
