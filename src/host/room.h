/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Room for what is large and soon done with: messages of rtnetlink, a file, a filter.
 * It is the same memory for all: on the stack of each its pages would be touched,
 * however short a message.
 */
#ifndef HOST_ROOM_H
#define HOST_ROOM_H

/* As much as the kernel puts into one part of a dump. */
#define ROOM_SIZE 32768

/*
 * ROOM_SIZE octets, aligned for any message, until they are given back; nothing in
 * them is cleared. Whoever is called back with what is in a room may take another;
 * they are given back in turn, the last one first.
 */
void *room_take(void);
void room_give(void);

#endif
