/* SPDX-License-Identifier: BSD-2-Clause */
/* Links: weather, cuts, cables that are moved, and that a seed says it all. */
#include <check.h>
#include <string.h>

#include "core/frame.h"
#include "unit/stations.h"
#include "unit/support.h"

Suite *test_sim_link_suite(void);

#define FRAMES	10000
#define PAYLOAD 300
#define SIZE	(FRAME_HEADERS_SIZE + PAYLOAD)

/* Where a frame has its number: in the payload. */
#define NUMBER_AT (FRAME_HEADERS_SIZE + 100)

/* What became of the frames from a to b. */
struct receiver {
	struct sim_tap tap;
	nsec sent_at[FRAMES], came_at[FRAMES];
	unsigned copies[FRAMES];
	unsigned received, backward, changed;
	unsigned last;
};

static struct sim_interface *a, *b;
static struct sim_link *cable;
static struct receiver receiver;
static struct sim_frame packet;

/* What handlers were told, as "a- b- b+ ". */
static char told[100];

static unsigned number_of(const struct sim_frame *frame)
{
	return (unsigned)(frame->bytes[NUMBER_AT] << 8 |
			  frame->bytes[NUMBER_AT + 1]);
}

static void set_number(struct sim_frame *frame, unsigned number)
{
	static const struct datagram headers = { .source = 0x0a000001,
						 .destination = 0x0a000002,
						 .source_port = 67,
						 .destination_port = 68 };

	frame->bytes[NUMBER_AT] = (uint8_t)(number >> 8);
	frame->bytes[NUMBER_AT + 1] = (uint8_t)number;
	frame_seal(frame->bytes, PAYLOAD, &headers);
}

static unsigned bits_that_differ(const struct sim_frame *frame)
{
	unsigned bits = 0;

	for (unsigned i = 0; i < SIZE; i++)
		bits += (unsigned)__builtin_popcount(frame->bytes[i] ^
						     packet.bytes[i]);
	return bits;
}

static void note(struct sim_tap *tap, struct sim_interface *interface,
		 const struct sim_frame *frame, bool sent)
{
	struct datagram d;
	unsigned number = number_of(frame);

	(void)tap;
	(void)interface;
	if (sent)
		return;
	CHECK(frame->size == SIZE);
	receiver.received++;
	if (frame_parse(frame->bytes, SIZE, 68, false, &d) != REJECT_NONE) {
		receiver.changed++;
		return;
	}
	receiver.backward += number < receiver.last;
	receiver.last = number;
	receiver.came_at[number] = net.clock.now;
	receiver.copies[number]++;
}

static void setup(void)
{
	net_setup();
	a = sim_interface_add(sim_device_add(&net, "a"), "eth0");
	b = sim_interface_add(sim_device_add(&net, "b"), "eth0");
	cable = sim_link_join(a, b);
	memset(&receiver, 0, sizeof(receiver));
	told[0] = '\0';
	receiver.tap.frame = note;
	sim_tap_add(b, &receiver.tap);
	packet = frame_to(b->hw, SIZE, 0xa5);
}

/* Sends all frames, one every 100 us, and waits for the last. */
static void send_all(void)
{
	for (unsigned i = 0; i < FRAMES; i++) {
		set_number(&packet, i);
		receiver.sent_at[i] = net.clock.now;
		sim_send(a, &packet);
		net_pass(100000);
	}
	net_pass(S(10));
	ck_assert_ptr_null(net.flights);
	ck_assert_uint_eq(cable->counters.carried, receiver.received);
}

/* A chance of 100 in 1000, over 10,000 frames: 1,000, give or take 10 sigma. */
static void is_a_tenth(uint64_t count)
{
	ck_assert_uint_gt(count, 700);
	ck_assert_uint_lt(count, 1300);
}

START_TEST(fine_weather)
{
	send_all();
	ck_assert_uint_eq(receiver.received, FRAMES);
	ck_assert_uint_eq(receiver.backward, 0);
	for (unsigned i = 0; i < FRAMES; i++)
		CHECK(receiver.came_at[i] == receiver.sent_at[i] + 50000);
}
END_TEST

START_TEST(jitter_keeps_the_order)
{
	nsec least = NSEC_NEVER, most = 0;

	cable->weather.delay = MS(2);
	cable->weather.jitter = MS(3);
	send_all();
	ck_assert_uint_eq(receiver.received, FRAMES);
	ck_assert_uint_eq(receiver.backward, 0);
	for (unsigned i = 0; i < FRAMES; i++) {
		nsec took = receiver.came_at[i] - receiver.sent_at[i];

		least = nsec_min(least, took);
		most = nsec_max(most, took);
	}
	ck_assert_uint_ge(least, MS(2));
	ck_assert_uint_lt(least, MS(4));
	ck_assert_uint_le(most, MS(5));
	ck_assert_uint_gt(most, MS(4));
}
END_TEST

START_TEST(some_are_lost)
{
	cable->weather.loss = 100;
	send_all();
	is_a_tenth(cable->counters.lost);
	ck_assert_uint_eq(receiver.received + cable->counters.lost, FRAMES);
}
END_TEST

START_TEST(some_come_twice)
{
	unsigned twice = 0;

	cable->weather.duplicate = 100;
	send_all();
	is_a_tenth(cable->counters.duplicated);
	for (unsigned i = 0; i < FRAMES; i++) {
		nsec late = receiver.came_at[i] - receiver.sent_at[i];

		CHECK(receiver.copies[i] == 1 || receiver.copies[i] == 2);
		if (receiver.copies[i] == 1)
			continue;
		twice++;
		CHECK(late >= MS(1) && late <= MS(21));
	}
	ck_assert_uint_eq(twice, cable->counters.duplicated);
}
END_TEST

START_TEST(some_come_late)
{
	unsigned late = 0;

	cable->weather.reorder = 100;
	send_all();
	is_a_tenth(cable->counters.reordered);
	ck_assert_uint_eq(receiver.received, FRAMES);
	for (unsigned i = 0; i < FRAMES; i++) {
		nsec took = receiver.came_at[i] - receiver.sent_at[i];

		CHECK(took == 50000 ||
		      (took >= 50000 + MS(1) && took <= 50000 + MS(20)));
		late += took != 50000;
	}
	ck_assert_uint_eq(late, cable->counters.reordered);
	ck_assert_uint_gt(receiver.backward, 0);
}
END_TEST

START_TEST(some_are_corrupted)
{
	cable->weather.corrupt = 100;
	send_all();
	is_a_tenth(cable->counters.corrupted);
	ck_assert_uint_eq(receiver.received, FRAMES);
	ck_assert_uint_eq(receiver.changed, cable->counters.corrupted);
}
END_TEST

/* One bit, and over many frames each octet is hit somewhere. */
START_TEST(corruption_is_one_bit_anywhere)
{
	struct spy *spy = spy_on(b);
	bool hit[SIZE] = { 0 };

	cable->weather.corrupt = 1000;
	for (unsigned i = 0; i < FRAMES; i++) {
		sim_send(a, &packet);
		net_pass(MS(1));
		CHECK(bits_that_differ(&spy->last) == 1);
		for (unsigned at = 0; at < SIZE; at++)
			hit[at] |= spy->last.bytes[at] != packet.bytes[at];
	}
	for (unsigned at = 0; at < SIZE; at++)
		CHECK(hit[at]);
	/* A frame without a payload has no bit to lose. */
	packet.size = 0;
	sim_send(a, &packet);
	ck_assert_uint_eq(cable->counters.corrupted, FRAMES);
}
END_TEST

static void storm(void)
{
	cable->weather = (struct sim_weather){
		.delay = MS(1),
		.jitter = MS(5),
		.loss = 200,
		.duplicate = 200,
		.reorder = 200,
		.corrupt = 200,
	};
}

START_TEST(storm_loses_count_of_nothing)
{
	struct sim_link_counters *n = &cable->counters;

	storm();
	send_all();
	ck_assert_uint_eq(n->carried + n->lost, FRAMES + n->duplicated);
	ck_assert_uint_gt(n->duplicated, 0);
	ck_assert_uint_gt(receiver.changed, 0);
}
END_TEST

static uint64_t hash_of_run(uint8_t seed)
{
	const uint8_t seeds[32] = { seed };
	struct spy *spy;

	net_teardown();
	setup();
	prng_init(&net.prng, seeds);
	spy = spy_on(b);
	storm();
	send_all();
	return spy->hash;
}

START_TEST(same_seed_same_run)
{
	uint64_t first = hash_of_run(1);

	ck_assert_uint_eq(hash_of_run(1), first);
	ck_assert_uint_ne(hash_of_run(2), first);
}
END_TEST

/* ---- cuts and moves --------------------------------------------------- */

/* A handler that writes down what it is told. */
struct listener {
	struct sim_handler handler;
	const char *name;
};

static bool ignore(struct sim_handler *handler, struct sim_interface *interface,
		   const struct sim_frame *frame)
{
	(void)handler;
	(void)interface;
	(void)frame;
	return false;
}

static void tell(struct sim_handler *handler, struct sim_interface *interface,
		 bool up)
{
	struct listener *listener = (struct listener *)(void *)handler;

	ck_assert(sim_interface_has_carrier(interface) == up);
	strcat(told, listener->name);
	strcat(told, up ? "+ " : "- ");
}

static void listen_at(struct sim_interface *interface, const char *name)
{
	struct listener *listener = sim_alloc(&net, sizeof(*listener));

	listener->handler.receive = ignore;
	listener->handler.carrier = tell;
	listener->name = name;
	sim_handler_add(interface, &listener->handler);
}

START_TEST(cut_loses_what_is_on_its_way)
{
	struct spy *back = spy_on(a);

	listen_at(a, "a");
	listen_at(b, "b");
	sim_send(a, &packet);
	memcpy(packet.destination, a->hw, 6);
	sim_send(b, &packet);
	sim_link_cut(cable, true);
	sim_link_cut(cable, true);
	ck_assert_uint_eq(cable->counters.cut, 2);
	ck_assert_ptr_null(net.flights);
	sim_send(a, &packet);
	ck_assert_uint_eq(cable->counters.cut, 3);
	net_pass(S(1));
	ck_assert_uint_eq(receiver.received, 0);
	ck_assert_uint_eq(back->received, 0);
	ck_assert_str_eq(told, "a- b- ");
	sim_link_cut(cable, false);
	sim_link_cut(cable, false);
	ck_assert_str_eq(told, "a- b- a+ b+ ");
	sim_send(b, &packet);
	net_pass(S(1));
	ck_assert_uint_eq(back->received, 1);
	ck_assert_uint_eq(cable->counters.carried, 1);
}
END_TEST

/* Others fly on, and what had to wait for lost frames waits no more. */
START_TEST(cut_is_of_one_link)
{
	struct sim_interface *c =
		sim_interface_add(sim_device_add(&net, "c"), "eth0");
	struct sim_interface *d =
		sim_interface_add(sim_device_add(&net, "d"), "eth0");
	struct sim_frame frame = frame_to(d->hw, 50, 0);
	struct spy *spy = spy_on(d);

	sim_link_join(c, d);
	sim_send(c, &frame);
	cable->weather.delay = S(5);
	set_number(&packet, 0);
	sim_send(a, &packet);
	sim_send(c, &frame);
	sim_link_cut(cable, true);
	sim_link_cut(cable, false);
	cable->weather.delay = MS(1);
	sim_send(a, &packet);
	net_pass(MS(2));
	ck_assert_uint_eq(spy->received, 2);
	ck_assert_uint_eq(receiver.received, 1);
}
END_TEST

START_TEST(cable_is_moved)
{
	struct sim_interface *c =
		sim_interface_add(sim_device_add(&net, "c"), "eth0");
	struct sim_frame frame = frame_to(sim_hw_broadcast, 50, 0);
	struct spy *spy = spy_on(c);

	listen_at(a, "a");
	listen_at(b, "b");
	listen_at(c, "c");
	sim_send(a, &frame);
	sim_link_move(cable, b, c);
	ck_assert_str_eq(told, "a- b- a+ c+ ");
	ck_assert_ptr_eq(sim_interface_peer(a), c);
	ck_assert_ptr_null(sim_interface_peer(b));
	ck_assert(!sim_interface_has_carrier(b));
	ck_assert_uint_eq(cable->counters.cut, 1);
	sim_send(a, &frame);
	net_pass(S(1));
	ck_assert_uint_eq(spy->received, 1);
	ck_assert_uint_eq(receiver.received, 0);
	/* One that is cut is moved without a word. */
	sim_link_cut(cable, true);
	told[0] = '\0';
	sim_link_move(cable, c, b);
	ck_assert_str_eq(told, "");
	sim_link_cut(cable, false);
	ck_assert_str_eq(told, "a+ b+ ");
}
END_TEST

START_TEST(joining_is_told)
{
	struct sim_interface *c =
		sim_interface_add(sim_device_add(&net, "c"), "eth0");
	struct sim_interface *d =
		sim_interface_add(sim_device_add(&net, "d"), "eth0");

	listen_at(c, "c");
	listen_at(d, "d");
	sim_link_join(c, d);
	ck_assert_str_eq(told, "c+ d+ ");
}
END_TEST

/* Whoever sees a frame may cut its own link: the frame is not lost twice. */
static bool cut_it(struct sim_handler *handler, struct sim_interface *interface,
		   const struct sim_frame *frame)
{
	(void)handler;
	(void)frame;
	sim_link_cut(interface->link, true);
	return true;
}

START_TEST(receiver_cuts_the_link)
{
	struct sim_handler handler = { .receive = cut_it };

	sim_handler_add(b, &handler);
	set_number(&packet, 0);
	sim_send(a, &packet);
	sim_send(a, &packet);
	net_pass(S(1));
	ck_assert_uint_eq(cable->counters.carried, 1);
	ck_assert_uint_eq(cable->counters.cut, 1);
	handler.receive = ignore;
	sim_link_cut(cable, false);
	for (unsigned i = 0; i < 3; i++)
		sim_send(a, &packet);
	net_pass(S(1));
	ck_assert_uint_eq(receiver.received, 4);
}
END_TEST

Suite *test_sim_link_suite(void)
{
	Suite *suite = suite_create("sim_link");
	TCase *tcase = tcase_create("sim_link");

	tcase_add_checked_fixture(tcase, setup, net_teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, fine_weather);
	tcase_add_test(tcase, jitter_keeps_the_order);
	tcase_add_test(tcase, some_are_lost);
	tcase_add_test(tcase, some_come_twice);
	tcase_add_test(tcase, some_come_late);
	tcase_add_test(tcase, some_are_corrupted);
	tcase_add_test(tcase, corruption_is_one_bit_anywhere);
	tcase_add_test(tcase, storm_loses_count_of_nothing);
	tcase_add_test(tcase, same_seed_same_run);
	tcase_add_test(tcase, cut_loses_what_is_on_its_way);
	tcase_add_test(tcase, cut_is_of_one_link);
	tcase_add_test(tcase, cable_is_moved);
	tcase_add_test(tcase, joining_is_told);
	tcase_add_test(tcase, receiver_cuts_the_link);
	suite_add_tcase(suite, tcase);
	return suite;
}
