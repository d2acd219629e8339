/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core: how fast the core is by itself, in memory, without a kernel below it.
 *
 *   core steps            lives of a client, one after another, for two seconds of
 *                         processor time
 *   core clients COUNT    so many clients at once, each leased
 *   core once             one of each, for callgrind: acquire(), renew(), ignore()
 *
 * A life: carrier, DISCOVER, OFFER, REQUEST, ACK, the kernel's answer, T1, ACK,
 * carrier lost, and the end. Nothing is allocated by a step. The server is a
 * template of each reply with the transaction's xid written over.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/assert.h"
#include "bench/packet.h"
#include "core/client.h"

#define SERVER	      0x0a000001 /* 10.0.0.1 */
#define LEASED	      0x0a000032
#define MASK	      0xffffff00
#define LEASE_S	      3600
#define MEASURE_S     2
#define EXIT_USAGE    64
#define START	      (1000 * NSEC_PER_S)
#define XID_AT	      (PACKET_DHCP + 4)
#define CHECKSUM_AT   (PACKET_UDP + 6)
#define LIVES_A_CHECK 1000 /* the clock is read so seldom */

/* A reply to the one hardware address, but for its xid, which is 0. */
struct template
{
	size_t size;
	uint8_t packet[PACKET_SIZE_MAX];
};

/* What all clients here have in common. */
struct world {
	struct dhcp4_config config;
	struct dhcp4_offer_pool pool;
	struct dhcp4_effects effects; /* of the last step */
	struct template offer, ack;
	unsigned long steps;
};

static struct world world;

_Noreturn void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
	abort();
}

/* Of this process alone: whoever else wants the processor does not count. */
static double now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static struct template make_template(uint8_t type)
{
	struct message message = {
		.op = OP_REPLY,
		.type = type,
		.yiaddr = htonl(LEASED),
		.server = htonl(SERVER),
		.mask = htonl(MASK),
		.router = htonl(SERVER),
		.lease_s = LEASE_S,
	};
	struct template result;

	memcpy(message.chaddr, world.config.hwaddr.bytes, 6);
	result.size = packet_write(result.packet, &message, htonl(SERVER),
				   INADDR_BROADCAST);
	return result;
}

static void make_world(void)
{
	static const struct dhcp4_encoded encoded = { 5, { 12, 0, 2, 'p', 'c' } };
	static const uint8_t parameters[] = { 121, 1,  3,  6,  12,
					      15,  26, 28, 42, 119 };

	world.config = (struct dhcp4_config){
		.hardware_type = 1,
		.hwaddr = { 6, { 2, 0, 0, 0, 0, 0x10 } },
		.mtu = 1500,
		.client_id = { 7, { 1, 2, 0, 0, 0, 0, 0x10 } },
		.encoded = &encoded,
		.parameters_count = sizeof(parameters),
		.acd_defence = ACD_DEFENCE_ONCE,
	};
	memcpy(world.config.parameters, parameters, sizeof(parameters));
	world.offer = make_template(TYPE_OFFER);
	world.ack = make_template(TYPE_ACK);
}

static void step(struct dhcp4_client *client, struct dhcp4_event event)
{
	world.steps++;
	dhcp4_step(client, &world.config, &world.pool, &event, &world.effects);
}

/* Writes the xid into a reply, and mends its checksum (RFC 1624). */
static void reply(struct dhcp4_client *client, struct template *template, nsec now)
{
	uint8_t *packet = template->packet;
	uint32_t sum =
		(uint16_t) ~(packet[CHECKSUM_AT] << 8 | packet[CHECKSUM_AT + 1]);
	struct dhcp4_event event = {
		.kind = DHCP4_EVENT_FRAME,
		.now = now,
		.frame = { .bytes = packet,
			   .size = template->size,
			   .source = { 6, { 2, 0, 0, 0, 0, 1 } } },
	};
	uint8_t kept[2] = { packet[CHECKSUM_AT], packet[CHECKSUM_AT + 1] };

	sum += (client->xid >> 16) + (client->xid & 0xffff);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	packet[XID_AT] = (uint8_t)(client->xid >> 24);
	packet[XID_AT + 1] = (uint8_t)(client->xid >> 16);
	packet[XID_AT + 2] = (uint8_t)(client->xid >> 8);
	packet[XID_AT + 3] = (uint8_t)client->xid;
	packet[CHECKSUM_AT] = (uint8_t)(~sum >> 8);
	packet[CHECKSUM_AT + 1] = (uint8_t)~sum;
	step(client, event);
	memcpy(packet + CHECKSUM_AT, kept, sizeof(kept));
}

/* From a client that is stopped to one that is BOUND. */
__attribute__((noinline)) static void acquire(struct dhcp4_client *client,
					      nsec now)
{
	step(client,
	     (struct dhcp4_event){ .kind = DHCP4_EVENT_START, .now = now });
	step(client, (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER,
					   .now = now,
					   .carrier.up = true });
	reply(client, &world.offer, now);
	reply(client, &world.ack, now);
	step(client,
	     (struct dhcp4_event){ .kind = DHCP4_EVENT_CONFIGURED, .now = now });
}

static void must_be(const struct dhcp4_client *client, enum dhcp4_state state)
{
	if (client->state != state || client->lease.address != LEASED) {
		fprintf(stderr, "core: the client is not in state %d\n", state);
		exit(1);
	}
}

static void begin(struct dhcp4_client *client, unsigned long number)
{
	uint8_t seed[32] = { 0 };

	memcpy(seed, &number, sizeof(number));
	dhcp4_init(client, seed);
}

/* T1 comes, and the server extends the lease. */
__attribute__((noinline)) static void renew(struct dhcp4_client *client, nsec t1)
{
	step(client, (struct dhcp4_event){ .kind = DHCP4_EVENT_TICK, .now = t1 });
	reply(client, &world.ack, t1);
	step(client,
	     (struct dhcp4_event){ .kind = DHCP4_EVENT_CONFIGURED, .now = t1 });
}

/* A reply to nobody comes, as good as one to this client. */
__attribute__((noinline)) static void ignore(struct dhcp4_client *client, nsec now)
{
	struct dhcp4_event event = {
		.kind = DHCP4_EVENT_FRAME,
		.now = now,
		.frame = { .bytes = world.ack.packet,
			   .size = world.ack.size,
			   .source = { 6, { 2, 0, 0, 0, 0, 1 } } },
	};

	step(client, event);
}

/* A whole life, from the present to its T1 and a little more. */
static void live(struct dhcp4_client *client, unsigned long number)
{
	nsec t1;

	begin(client, number);
	acquire(client, START);
	must_be(client, DHCP4_STATE_BOUND);
	t1 = dhcp4_want(client).deadline;
	renew(client, t1);
	must_be(client, DHCP4_STATE_BOUND);
	step(client,
	     (struct dhcp4_event){ .kind = DHCP4_EVENT_CARRIER, .now = t1 });
	step(client, (struct dhcp4_event){ .kind = DHCP4_EVENT_STOP, .now = t1 });
}

static int measure_steps(void)
{
	static struct dhcp4_client client;
	double start = now_s(), took;
	unsigned long number = 0;

	do {
		for (unsigned i = 0; i < LIVES_A_CHECK; i++)
			live(&client, number++);
		took = now_s() - start;
	} while (took < MEASURE_S);
	printf("steps_per_second %.0f\n", (double)world.steps / took);
	return 0;
}

static int measure_clients(unsigned long count)
{
	struct dhcp4_client *clients = calloc(count, sizeof(*clients));
	double start, took;

	if (!clients) {
		fprintf(stderr, "core: no memory for %lu clients\n", count);
		return 1;
	}
	for (unsigned long i = 0; i < count; i++)
		begin(&clients[i], i);
	start = now_s();
	for (unsigned long i = 0; i < count; i++)
		acquire(&clients[i], START);
	took = now_s() - start;
	for (unsigned long i = 0; i < count; i++)
		must_be(&clients[i], DHCP4_STATE_BOUND);
	printf("bytes_per_client %zu\nns_per_dora %.0f\nseconds %.3f\n",
	       sizeof(*clients), took / (double)count * 1e9, took);
	free(clients);
	return 0;
}

static int each_once(void)
{
	static struct dhcp4_client client;
	nsec t1;

	begin(&client, 1);
	acquire(&client, START);
	must_be(&client, DHCP4_STATE_BOUND);
	t1 = dhcp4_want(&client).deadline;
	renew(&client, t1);
	must_be(&client, DHCP4_STATE_BOUND);
	ignore(&client, t1);
	must_be(&client, DHCP4_STATE_BOUND);
	return 0;
}

int main(int argc, char **argv)
{
	make_world();
	if (argc == 2 && strcmp(argv[1], "steps") == 0)
		return measure_steps();
	if (argc == 2 && strcmp(argv[1], "once") == 0)
		return each_once();
	if (argc == 3 && strcmp(argv[1], "clients") == 0 && atol(argv[2]) > 0)
		return measure_clients((unsigned long)atol(argv[2]));
	fputs("usage: core steps | clients COUNT | once\n", stderr);
	return EXIT_USAGE;
}
