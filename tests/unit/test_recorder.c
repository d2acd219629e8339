/* SPDX-License-Identifier: BSD-2-Clause */
/* The ring: whatever is still in it replays, however often it began anew. */
#include "core/recorder.h"

#include <check.h>
#include <string.h>

#include "core/encode.h"
#include "unit/support.h"
#include "unit/tape.h"

Suite *test_recorder_suite(void);

#define LARGE (256 * 1024)

static struct tape tape;
static struct world world, other;

static void set_up(void)
{
	tape_init(&tape, LARGE);
	world_init(&world, 1);
	tape_attach(&tape, &world);
	world_init(&other, 2);
	tape_attach(&tape, &other);
}

/* A renewal: two events, three with its TICK. */
static void renew(struct world *w)
{
	world_run_to(w, w->client.lease.t1_ns);
	world_ack(w);
	world_event(w, DHCP4_EVENT_CONFIGURED);
}

START_TEST(every_place_replays)
{
	unsigned events;

	world_reach(&world, places[_i].state, places[_i].held);
	events = tape_check(&tape, &world);
	ck_assert_uint_gt(events, 0);
	ck_assert_uint_eq(tape.summary.first_ns, S(1000));
	/* And what follows, whatever it is. */
	world_carrier(&world, false);
	world_run(&world, S(100));
	world_carrier(&world, true);
	world_event(&world, DHCP4_EVENT_RESUME);
	world_stop(&world, true);
	ck_assert_uint_ge(tape_check(&tape, &world), events + 4);
}
END_TEST

START_TEST(nothing_yet_is_a_snapshot)
{
	world.now = S(1234);
	ck_assert_uint_eq(tape_check(&tape, &world), 0);
	ck_assert_uint_eq(tape.summary.first_ns, S(1234));
}
END_TEST

/* At any moment, in a ring of any size: the end is exact, and half is there. */
START_TEST(a_ring_that_began_anew_replays)
{
	size_t size = RECORDER_SIZE_MIN + (size_t)_i * 997;

	tape_init(&tape, size);
	world_bind(&world);
	for (unsigned i = 0; i < 200; i++) {
		world_forget(&world);
		renew(&world);
		ck_assert_uint_gt(tape_check(&tape, &world), 0);
		if (tape.recorder.tail > 2 * size)
			ck_assert_uint_gt(tape.file.size, size / 2);
	}
	ck_assert_uint_gt(tape.recorder.tail, 3 * size);
	ck_assert_uint_gt(tape.summary.first_ns, S(1000));
}
END_TEST

/* Events are not lost as long as there is room, nor snapshots made in vain. */
START_TEST(a_large_ring_keeps_all)
{
	size_t events = 0;

	world_bind(&world);
	for (unsigned i = 0; i < 40; i++) {
		world_forget(&world);
		renew(&world);
	}
	events = tape_check(&tape, &world);
	ck_assert_uint_eq(events, 5 + 40 * 3);
	ck_assert_uint_eq(tape.summary.first_ns, S(1000));
	/* An ACK of 328 octets and two events without arguments a renewal. */
	ck_assert_uint_lt(tape.file.size, 40 * 600 + 4 * 1024);
}
END_TEST

/* Where many have theirs in it, snapshots do not take the place of events. */
START_TEST(of_many_there_are_fewer_snapshots)
{
	uint64_t written[2];

	for (unsigned many = 0; many < 2; many++) {
		world_init(&world, 1);
		tape_init(&tape, RECORDER_SIZE_MIN);
		tape_attach(&tape, &world);
		tape.recorder.owners = many ? 100 : 0;
		world_bind(&world);
		for (unsigned i = 0; i < 100; i++) {
			world_forget(&world);
			renew(&world);
			ck_assert_uint_gt(tape_check(&tape, &world), 0);
		}
		written[many] = tape.recorder.tail;
	}
	ck_assert_uint_lt(written[1], written[0] - 5000);
}
END_TEST

/* Also where the ring has lost the one's snapshots, and the other's not. */
START_TEST(two_keep_apart)
{
	if (_i)
		tape_init(&tape, RECORDER_SIZE_MIN);
	world_bind(&world);
	world_bind(&other);
	for (unsigned i = 0; i < 100; i++) {
		world_forget(&world);
		renew(&world);
		ck_assert_uint_gt(tape_check(&tape, &world), 1);
		world_forget(&other);
		if (i % 3 == 0)
			renew(&other);
		tape_check(&tape, &other);
	}
	ck_assert_uint_ne(world.track.owner, other.track.owner);
}
END_TEST

/* What was quiet for long is what it is now; its next event can be replayed. */
START_TEST(a_quiet_one_begins_anew)
{
	tape_init(&tape, RECORDER_SIZE_MIN);
	world_bind(&world);
	world_bind(&other);
	for (unsigned i = 0; i < 100; i++) {
		world_forget(&other);
		renew(&other);
	}
	ck_assert_uint_eq(tape_check(&tape, &world), 0);
	world_event(&world, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(tape_check(&tape, &world), 1);
	ck_assert_uint_gt(tape_check(&tape, &other), 10);
}
END_TEST

/* With an event that tells of it, or, as for the MTU, with none. */
START_TEST(another_configuration_is_recorded)
{
	world_bind(&world);
	world.config.mtu = 1300;
	world_event(&world, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(tape_check(&tape, &world), 6);
	world_ack(&world);
	world.config.client_id.bytes[3]++;
	world_step(&world, (struct dhcp4_event){ .kind = DHCP4_EVENT_RECONFIGURE,
						 .reconfigure.identity = true });
	ck_assert_uint_eq(tape_check(&tape, &world), 8);
	/* Also when nothing happens after it. */
	encode_hostname(&world.encoded, "another", FQDN_MODE_OFF);
	ck_assert_uint_eq(tape_check(&tape, &world), 8);
}
END_TEST

/* It is not in the configuration, but counts as if it were. */
/* A client that sends nothing of its own is recorded, too. */
START_TEST(nothing_encoded_is_recorded)
{
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);

	world.config.encoded = NULL;
	world_bind_as(&world, &reply);
	ck_assert_uint_eq(tape_check(&tape, &world), 5);
}
END_TEST

START_TEST(another_override_is_recorded)
{
	static struct dhcp4_override edits;
	struct reply reply = world_reply(&world, DHCP4_TYPE_ACK);

	memset(&edits, 0, sizeof(edits));
	world.config.override = &edits;
	world_bind_as(&world, &reply);
	ck_assert_uint_eq(tape_check(&tape, &world), 5);
	CHECK(override_put(&edits, OVERRIDE_SUPERSEDE, 1, "\xff\xff\0\0", 4));
	world_event(&world, DHCP4_EVENT_RENEW);
	world_ack(&world);
	ck_assert_uint_eq(world.kernel_length, 16);
	ck_assert_uint_eq(tape_check(&tape, &world), 7);
	override_clear(&edits, OVERRIDE_SUPERSEDE);
	world_event(&world, DHCP4_EVENT_RENEW);
	world_ack(&world);
	ck_assert_uint_eq(world.kernel_length, 24);
	ck_assert_uint_eq(tape_check(&tape, &world), 9);
}
END_TEST

/* Offers of others leave no room to collect them. */
START_TEST(a_full_pool_is_recorded)
{
	struct reply reply;

	world.config.offer_window_ns = S(2);
	world.pool.used = UINT64_MAX - 1;
	world_start(&world);
	world_offer(&world);
	reply = world_reply(&world, DHCP4_TYPE_OFFER);
	reply.server_id = OTHER;
	reply.yiaddr = CLIENT_2;
	world_receive(&world, &reply);
	world_check(&world, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(tape_check(&tape, &world), 4);
}
END_TEST

START_TEST(waiting_offers_are_recorded)
{
	world.config.offer_window_ns = S(2);
	world_start(&world);
	world_offer(&world);
	world.pool.used |= UINT64_C(0xff) << 40;
	/* A snapshot with an offer in it. */
	world.config.mtu--;
	world_tick(&world);
	world_check(&world, DHCP4_STATE_REQUESTING, DHCP4_TENURE_NONE);
	ck_assert_uint_eq(tape_check(&tape, &world), 4);
}
END_TEST

/* Such a packet fits no record: what comes after it is all that replays. */
START_TEST(a_packet_too_long_ends_what_was)
{
	static uint8_t packet[RECORD_SIZE_MAX];

	world_bind(&world);
	world_step(&world,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_FRAME,
					 .frame = { packet, sizeof(packet),
						    false, world.server_hw,
						    world.verdict, world.pin } });
	ck_assert_uint_eq(tape_check(&tape, &world), 0);
	world_event(&world, DHCP4_EVENT_RENEW);
	ck_assert_uint_eq(tape_check(&tape, &world), 1);
	ck_assert_uint_eq(tape.summary.first_ns, S(1000));
}
END_TEST

START_TEST(the_longest_packet_fits)
{
	static uint8_t packet[RECORD_FRAME_MAX];

	world_bind(&world);
	world_step(&world,
		   (struct dhcp4_event){ .kind = DHCP4_EVENT_FRAME,
					 .frame = { packet, sizeof(packet),
						    false, world.server_hw,
						    world.verdict, world.pin } });
	ck_assert_uint_eq(tape_check(&tape, &world), 6);
}
END_TEST

/* A core that does something else is found out: here, one asked with other times. */
START_TEST(another_run_diverges)
{
	static struct record record;
	static struct replay run;
	struct recording_header header;
	struct reader records;
	bool agreed = true;

	world_bind(&world);
	tape_save(&tape, &world);
	CHECK(recording_open(tape.octets, tape.file.size, &header, &records) ==
	      RECORDING_ERROR_NONE);
	CHECK(record_read(&records, &record));
	record.snapshot.client.prng.key[0]++;
	replay_begin(&run, &record.snapshot);
	while (agreed && record_read(&records, &record) &&
	       record.kind == RECORD_KIND_EVENT) {
		CHECK(replay_step(&run, &record.event));
		agreed = replay_agrees(&run, &record.event);
	}
	CHECK(!agreed);
}
END_TEST

/* Events that can follow on nothing are no step. */
START_TEST(impossible_events_are_no_step)
{
	struct record_event event = {
		.event = { .kind = DHCP4_EVENT_TICK, .now = S(999) },
		.free_slots = DHCP4_POOL_SIZE - 1,
	};
	struct dhcp4_snapshot snapshot;
	static struct replay run;

	world.config.offer_window_ns = S(2);
	world_start(&world);
	world_offer(&world);
	snapshot_take(&world.client, &world.config, &world.pool, &snapshot);
	replay_begin(&run, &snapshot);
	CHECK(!replay_step(&run, &event));
	event.event.now = S(1000);
	event.free_slots++;
	CHECK(!replay_step(&run, &event));
	event.free_slots--;
	CHECK(replay_step(&run, &event));
}
END_TEST

Suite *test_recorder_suite(void)
{
	Suite *suite = suite_create("recorder");
	TCase *tcase = tcase_create("recorder");

	tcase_add_checked_fixture(tcase, set_up, NULL);
	tcase_add_loop_test(tcase, every_place_replays, 0, PLACES);
	tcase_add_test(tcase, nothing_yet_is_a_snapshot);
	tcase_add_loop_test(tcase, a_ring_that_began_anew_replays, 0, 5);
	tcase_add_test(tcase, a_large_ring_keeps_all);
	tcase_add_test(tcase, of_many_there_are_fewer_snapshots);
	tcase_add_loop_test(tcase, two_keep_apart, 0, 2);
	tcase_add_test(tcase, a_quiet_one_begins_anew);
	tcase_add_test(tcase, another_configuration_is_recorded);
	tcase_add_test(tcase, nothing_encoded_is_recorded);
	tcase_add_test(tcase, another_override_is_recorded);
	tcase_add_test(tcase, a_full_pool_is_recorded);
	tcase_add_test(tcase, waiting_offers_are_recorded);
	tcase_add_test(tcase, a_packet_too_long_ends_what_was);
	tcase_add_test(tcase, the_longest_packet_fits);
	tcase_add_test(tcase, another_run_diverges);
	tcase_add_test(tcase, impossible_events_are_no_step);
	suite_add_tcase(suite, tcase);
	return suite;
}
