/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet sockets of a process: one for replies of DHCP, one for ARP, each for
 * all its interfaces.
 *
 * Opening is cheap when the socket is made with protocol 0, filtered and then
 * bound; closing waits 8 to 20 ms for the kernel's RCU. So one is opened when
 * something is awaited first, and closed only in packet_settle(), when no
 * interface has waited for anything for some time.
 */
#ifndef DAEMON_PACKET_H
#define DAEMON_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/frame.h"
#include "daemon/loop.h"

struct packet;

/*
 * Of what is sent: TC_PRIO_INTERACTIVE, which a queue lets pass what can wait, and
 * the highest that takes no privilege. VLANs map it to a priority of their own.
 */
#define PACKET_PRIORITY 6

/* What a socket is for, and by which number it knows who waits for a packet. */
enum packet_kind {
	PACKET_KIND_REPLIES, /* IPv4; the transaction id */
	PACKET_KIND_ARP,     /* the address that somebody has or asks for */
};

/* A packet that came in; bytes are valid during the call. */
struct packet_frame {
	int ifindex;
	const uint8_t *bytes;
	size_t size;
	bool checksum_partial;
	struct hwaddr source;
};

typedef void packet_receive(void *owner, const struct packet_frame *, nsec now);

/*
 * only_ifindex: the one interface that is managed, or 0 for several. No socket
 * is opened yet. 0 or -errno.
 */
int packet_open(struct packet **ret, enum packet_kind, struct loop *,
		int only_ifindex, packet_receive *, void *owner);
void packet_close(struct packet *);

/*
 * Adds or removes a number that is waited for. Opens the socket at need. The
 * filter is attached anew before the next packet is sent, or by packet_flush()
 * at the end of the turn. 0 or -errno.
 */
int packet_listen(struct packet *, uint32_t key);
void packet_unlisten(struct packet *, uint32_t key);
int packet_flush(struct packet *);

/*
 * The same for replies to this host alone, whatever their transaction id; as often
 * as it was asked for it is to be taken back.
 */
int packet_listen_any(struct packet *);
void packet_unlisten_any(struct packet *);

/*
 * The one interface that is managed has another index now: closes the socket.
 * Where it is for several, it stays as it is.
 */
void packet_move(struct packet *, int only_ifindex);

/*
 * There are several interfaces from now on; there is no way back. What was received
 * and not read yet is kept.
 */
void packet_widen(struct packet *);

/* Sends a packet out of an interface to a hardware address (size 0: to none). */
int packet_send(struct packet *, int ifindex, const struct hwaddr *hw,
		const void *bytes, size_t size);

/* Closes the socket if nothing is waited for. */
void packet_settle(struct packet *);

#endif
