/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets in which names and addresses become others, in place: their lengths and
 * their structure stay, and so does what is wrong with them. What has no meaning
 * becomes zeros. The values of their options are mask_option.h's.
 */
#ifndef REPLAY_MASK_PACKET_H
#define REPLAY_MASK_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "replay/anon.h"

/* An IPv4 packet, whole or broken; its checksums are made anew. */
void mask_packet(struct anon *, uint8_t *packet, size_t size);

/* An ARP packet. */
void mask_arp(struct anon *, uint8_t *packet, size_t size);

#endif
