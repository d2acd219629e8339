/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Links: each frame on its way is a timer, and the weather decides when it is
 * due, how often it comes, and what is left of it.
 *
 * One number is drawn a frame for all chances, and none in fine weather: a draw
 * costs as much as the rest of a frame.
 */
#include <string.h>

#include "base/assert.h"
#include "sim/network.h"

#define FINE_DELAY_NS (50 * NSEC_PER_MS / 1000)

/* How far a frame is moved behind its turn. */
#define LATE_MIN_NS (1 * NSEC_PER_MS)
#define LATE_MAX_NS (20 * NSEC_PER_MS)

#define PER_MILLE 1000

/* A frame on its way to an end of a link. */
struct sim_flight {
	struct sim_timer timer;
	struct sim_link *link;
	unsigned end;
	struct sim_flight *next, **slot; /* in one of the network's lists */
	struct sim_frame frame;		 /* as far as its size goes */
};

static void flight_insert(struct sim_flight *flight, struct sim_flight **list)
{
	flight->slot = list;
	flight->next = *list;
	if (flight->next)
		flight->next->slot = &flight->next;
	*list = flight;
}

static void flight_remove(struct sim_flight *flight)
{
	*flight->slot = flight->next;
	if (flight->next)
		flight->next->slot = flight->slot;
}

/* The frame landed, or was lost. */
static void flight_end(struct sim_network *network, struct sim_flight *flight)
{
	sim_timer_cancel(&network->clock, &flight->timer);
	flight_remove(flight);
	flight_insert(flight, &network->landed);
}

static void flight_land(struct sim_timer *timer)
{
	struct sim_flight *flight = SIM_OWNER(timer, struct sim_flight, timer);
	struct sim_link *link = flight->link;

	/* A cut by one of those who see the frame must not end it twice. */
	flight_remove(flight);
	link->counters.carried++;
	sim_interface_receive(link->ends[flight->end], &flight->frame);
	flight_insert(flight, &link->network->landed);
}

static struct sim_flight *flight_begin(struct sim_network *network,
				       const struct sim_frame *frame)
{
	struct sim_flight *flight = network->landed;

	ASSERT(frame->size <= SIM_MTU);
	if (flight) {
		flight_remove(flight);
	} else {
		flight = sim_alloc(network, sizeof(*flight));
		flight->timer.fire = flight_land;
	}
	flight_insert(flight, &network->flights);
	memcpy(&flight->frame, frame,
	       offsetof(struct sim_frame, bytes) + frame->size);
	return flight;
}

static void flight_launch(struct sim_flight *flight, struct sim_link *link,
			  unsigned end, bool late)
{
	struct sim_network *network = link->network;
	const struct sim_weather *weather = &link->weather;
	nsec at = network->clock.now + weather->delay;

	flight->link = link;
	flight->end = end;
	if (weather->jitter)
		at += prng_below(&network->prng, weather->jitter + 1);
	at = nsec_max(at, link->busy_until[end]);
	if (late)
		at += LATE_MIN_NS +
		      prng_below(&network->prng, LATE_MAX_NS - LATE_MIN_NS + 1);
	else
		link->busy_until[end] = at;
	sim_timer_set(&network->clock, &flight->timer, at);
}

/* True so often; takes a digit of the dice, which has PER_MILLE to each. */
static bool happens(uint64_t *dice, unsigned chance)
{
	uint64_t digit = *dice % PER_MILLE;

	*dice /= PER_MILLE;
	return digit < chance;
}

static void flip_bit(struct prng *prng, struct sim_frame *frame)
{
	uint64_t bit = prng_below(prng, frame->size * UINT64_C(8));

	frame->bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static void send_in_weather(struct sim_link *link, unsigned end,
			    struct sim_flight *flight)
{
	struct sim_network *network = link->network;
	const struct sim_weather *weather = &link->weather;
	struct sim_flight *copy = NULL;
	uint64_t dice = prng_below(&network->prng, UINT64_C(1000000000000));
	bool late;

	if (happens(&dice, weather->loss)) {
		link->counters.lost++;
		flight_end(network, flight);
		return;
	}
	if (happens(&dice, weather->duplicate)) {
		link->counters.duplicated++;
		copy = flight_begin(network, &flight->frame);
	}
	late = happens(&dice, weather->reorder);
	if (late)
		link->counters.reordered++;
	if (happens(&dice, weather->corrupt) && flight->frame.size) {
		link->counters.corrupted++;
		flip_bit(&network->prng, &flight->frame);
	}
	flight_launch(flight, link, end, late);
	if (copy)
		flight_launch(copy, link, end, true);
}

void sim_send(struct sim_interface *interface, const struct sim_frame *frame)
{
	static const uint8_t none[SIM_HWADDR_SIZE];
	struct sim_network *network = interface->device->network;
	struct sim_flight *flight = flight_begin(network, frame);
	struct sim_link *link = interface->link;
	const struct sim_weather *weather = link ? &link->weather : NULL;

	if (memcmp(frame->source, none, SIM_HWADDR_SIZE) == 0)
		memcpy(flight->frame.source, interface->hw, SIM_HWADDR_SIZE);
	for (struct sim_tap *tap = interface->taps; tap; tap = tap->next)
		tap->frame(tap, interface, &flight->frame, true);
	if (!link || link->is_cut) {
		if (link)
			link->counters.cut++;
		flight_end(network, flight);
	} else if (weather->loss || weather->duplicate || weather->reorder ||
		   weather->corrupt) {
		send_in_weather(link, link->ends[0] == interface, flight);
	} else {
		flight_launch(flight, link, link->ends[0] == interface, false);
	}
}

struct sim_link *sim_link_join(struct sim_interface *a, struct sim_interface *b)
{
	struct sim_network *network = a->device->network;
	struct sim_link *link = sim_alloc(network, sizeof(*link));
	struct sim_link **last = &network->links;

	ASSERT(a != b && !a->link && !b->link);
	link->network = network;
	link->ends[0] = a;
	link->ends[1] = b;
	link->weather.delay = FINE_DELAY_NS;
	while (*last)
		last = &(*last)->next;
	*last = link;
	a->link = b->link = link;
	sim_interface_tell(a, true);
	sim_interface_tell(b, true);
	return link;
}

static void lose_flights(struct sim_link *link)
{
	struct sim_flight *next;

	for (struct sim_flight *f = link->network->flights; f; f = next) {
		next = f->next;
		if (f->link == link) {
			link->counters.cut++;
			flight_end(link->network, f);
		}
	}
	link->busy_until[0] = link->busy_until[1] = 0;
}

void sim_link_cut(struct sim_link *link, bool cut)
{
	if (link->is_cut == cut)
		return;
	link->is_cut = cut;
	if (cut)
		lose_flights(link);
	sim_interface_tell(link->ends[0], !cut);
	sim_interface_tell(link->ends[1], !cut);
}

void sim_link_move(struct sim_link *link, struct sim_interface *from,
		   struct sim_interface *to)
{
	bool was_cut = link->is_cut;

	ASSERT(from->link == link && !to->link);
	sim_link_cut(link, true);
	from->link = NULL;
	to->link = link;
	link->ends[link->ends[1] == from] = to;
	sim_link_cut(link, was_cut);
}

bool sim_interface_has_carrier(const struct sim_interface *interface)
{
	return interface->link && !interface->link->is_cut;
}

struct sim_interface *sim_interface_peer(const struct sim_interface *interface)
{
	const struct sim_link *link = interface->link;

	return link ? link->ends[link->ends[0] == interface] : NULL;
}
