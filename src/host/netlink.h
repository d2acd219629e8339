/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What all who talk rtnetlink share: opening a socket, and asking one question
 * and waiting for its answer.
 */
#ifndef HOST_NETLINK_H
#define HOST_NETLINK_H

#include <libmnl/libmnl.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A blocking socket; flags may be SOCK_NONBLOCK. groups is a mask of RTMGRP_, of
 * which it hears; with none it is bound by what it sends first. 0 or -errno.
 */
int netlink_open(struct mnl_socket **ret, unsigned groups, int flags);

/* It hears of these from now on. 0 or -errno. */
int netlink_hear(struct mnl_socket *, unsigned groups);

/* Allows for as many octets of answers, if we may. */
void netlink_set_buffer(struct mnl_socket *, int size);

/*
 * Receives what there is into a room (room.h): as mnl_socket_recvfrom(), but what is not sound
 * is left out, with all behind it.
 */
ssize_t netlink_receive(struct mnl_socket *, void *room);

/*
 * How many octets from the start are messages that are there as a whole, and
 * failures with an errno: the library takes lengths of 2 GiB for negative ones.
 */
size_t netlink_sound_size(const void *bytes, size_t size);

/* Begins to ask for a dump; size octets of a header, which are zeros, come first. */
struct nlmsghdr *netlink_put_dump(void *buffer, uint16_t type, size_t size);

/* Dumps that are disturbed as often as this end in -EINTR. */
#define NETLINK_TRIES 8

/*
 * Sends a request by a socket that is kept for the next one, hands each answer to
 * each (may be NULL), and returns when all of them came: 0 or -errno. That is one for
 * a question that is no dump. A dump that was changed while it was read is begun
 * again, so each() may see an object twice.
 */
int netlink_ask(struct nlmsghdr *request, mnl_cb_t each, void *context);

/* The same, but a dump that was disturbed ends in -EINTR at once. */
int netlink_ask_once(struct nlmsghdr *request, mnl_cb_t each, void *context);

/* No question follows soon. */
void netlink_rest(void);

/* The attributes of a message by type; those above max are left out. */
struct netlink_attributes {
	const struct nlattr **by_type; /* max + 1 of them, set to NULL */
	unsigned max;
};

/* Fills them in from behind the message's own header. */
void netlink_read(const struct nlmsghdr *, unsigned header_size,
		  struct netlink_attributes);

/* The same for size octets of attributes at payload. */
void netlink_read_payload(const void *payload, size_t size,
			  struct netlink_attributes);

/*
 * One after the other, of size octets at payload: the one behind another, the first
 * one of NULL. NULL: what is left is none.
 */
const struct nlattr *netlink_next(const void *payload, size_t size,
				  const struct nlattr *);

/* The value of an attribute; otherwise if it is NULL or of another size. */
uint32_t netlink_u32(const struct nlattr *, uint32_t otherwise);

#endif
