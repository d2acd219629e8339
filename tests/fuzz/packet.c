/* SPDX-License-Identifier: BSD-2-Clause */
/* Packet sockets that there are not: they count, and all goes well. */
#include "daemon/packet.h"

#include "fuzz/fuzz.h"

int fuzz_listening;
unsigned fuzz_sent;

int __wrap_packet_listen(struct packet *, uint32_t key);
void __wrap_packet_unlisten(struct packet *, uint32_t key);
int __wrap_packet_send(struct packet *, int ifindex, const struct hwaddr *hw,
		       const void *bytes, size_t size);

int __wrap_packet_listen(struct packet *p, uint32_t key)
{
	(void)p, (void)key;
	fuzz_listening++;
	return 0;
}

void __wrap_packet_unlisten(struct packet *p, uint32_t key)
{
	(void)p, (void)key;
	fuzz_listening--;
}

int __wrap_packet_send(struct packet *p, int ifindex, const struct hwaddr *hw,
		       const void *bytes, size_t size)
{
	(void)p, (void)ifindex, (void)hw, (void)bytes;
	CHECK(size > 0);
	fuzz_sent++;
	return 0;
}
