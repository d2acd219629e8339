/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets to a request, and a reply to octets. For server.c alone. */
#ifndef SERVER_PACKET_H
#define SERVER_PACKET_H

#include <stddef.h>

#include "server/server.h"

/* Returns REJECT_NONE, or why the packet is no message for a server. */
enum reject packet_parse(const struct server_config *, const void *packet,
			 size_t size, const struct hwaddr *source,
			 struct server_request *ret);

/* The reply, if there is one, as a packet with its address and time. */
void packet_write(const struct server_exchange *, struct server_packet *ret);

#endif
