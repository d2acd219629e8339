/* SPDX-License-Identifier: BSD-2-Clause */
/* Recordings: each event there and back, digests that see all, damaged files. */
#include "core/record.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/sum.h"
#include "unit/support.h"

Suite *test_record_suite(void);

static struct world world;
static struct dhcp4_lease lease;
static uint8_t octets[RECORD_SIZE_MAX], again[RECORD_SIZE_MAX];
static uint8_t packet[RECORD_FRAME_MAX];

/* ---- events ------------------------------------------------------------ */

static const struct attach_known known = { {
	{ 1, 0x0a000001, 0x0a000002, { 6, { 2, 0, 0, 0, 0, 1 } } },
	{ 2, 0x0a000003, 0x0a000004, { 6, { 2, 0, 0, 0, 0, 2 } } },
	{ 3, 0x0a000005, 0x0a000006, { 6, { 2, 0, 0, 0, 0, 3 } } },
} };

static bool tells_networks(enum dhcp4_event_kind kind)
{
	return kind == DHCP4_EVENT_START || kind == DHCP4_EVENT_CARRIER ||
	       kind == DHCP4_EVENT_RESUME;
}

/* One of each kind, with every argument another one than 0. */
static struct dhcp4_event event_of(int kind)
{
	struct dhcp4_event event = {
		.kind = (enum dhcp4_event_kind)kind,
		.now = S(1234),
		.earliest_send = S(1235),
	};

	if (tells_networks(event.kind))
		event.known = known;
	switch (event.kind) {
	case DHCP4_EVENT_STOP:
		event.stop.release = event.stop.gone = true;
		break;
	case DHCP4_EVENT_CARRIER:
		event.carrier.up = event.carrier.moved = true;
		break;
	case DHCP4_EVENT_FRAME:
		event.frame.bytes = packet;
		event.frame.size = sizeof(packet);
		event.frame.checksum_partial = true;
		event.frame.source = (struct hwaddr){ 3, { 1, 2, 3 } };
		break;
	case DHCP4_EVENT_ARP:
		event.arp.bytes = packet;
		event.arp.size = 28;
		event.arp.own = true;
		break;
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
		event.failed.error = 105;
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		event.address_lost = DHCP4_ADDRESS_LOST_CONFLICT;
		break;
	case DHCP4_EVENT_RECONFIGURE:
		event.reconfigure.identity = true;
		break;
	case DHCP4_EVENT_LEASE_LOADED:
		event.lease_loaded.lease = &lease;
		event.lease_loaded.in_kernel = event.lease_loaded.usable = true;
		event.lease_loaded.attached = true;
		break;
	case DHCP4_EVENT_FALLBACK:
		event.fallback.what = DHCP4_FALLBACK_REFUSED;
		event.fallback.address = 0x0a000009;
		event.fallback.error = 12;
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_COUNT:
		break;
	}
	return event;
}

static size_t write_event(uint8_t to[RECORD_SIZE_MAX],
			  const struct record_event *e)
{
	struct writer w = writer_over(to, RECORD_SIZE_MAX);

	record_write_event(&w, e);
	CHECK(!w.failed);
	return w.used;
}

static size_t write_kind(int kind)
{
	struct record_event e = {
		.event = event_of(kind),
		.free_slots = 63,
		.digest = 0x123456789abcdef0,
	};

	world_init(&world, 1);
	lease = world_lease(&world, 3600);
	memset(packet, 0x5a, sizeof(packet));
	return write_event(octets, &e);
}

static bool read_record(size_t size, struct record *ret)
{
	struct reader r = reader_over(octets, size);

	return record_read(&r, ret) && r.left == 0;
}

static void check_arguments(const struct dhcp4_event *event)
{
	if (tells_networks(event->kind))
		CHECK(memcmp(&event->known, &known, sizeof(known)) == 0);
	switch (event->kind) {
	case DHCP4_EVENT_STOP:
		CHECK(event->stop.release && event->stop.gone);
		break;
	case DHCP4_EVENT_CARRIER:
		CHECK(event->carrier.up && event->carrier.moved);
		break;
	case DHCP4_EVENT_FRAME:
		CHECK(event->frame.size == sizeof(packet));
		ck_assert_mem_eq(event->frame.bytes, packet, sizeof(packet));
		CHECK(event->frame.checksum_partial);
		CHECK(hwaddr_equal(&event->frame.source,
				   &(struct hwaddr){ 3, { 1, 2, 3 } }));
		break;
	case DHCP4_EVENT_ARP:
		CHECK(event->arp.size == 28 && event->arp.own);
		ck_assert_mem_eq(event->arp.bytes, packet, 28);
		break;
	case DHCP4_EVENT_SEND_FAILED:
	case DHCP4_EVENT_CONFIGURE_FAILED:
		CHECK(event->failed.error == 105);
		break;
	case DHCP4_EVENT_ADDRESS_LOST:
		CHECK(event->address_lost == DHCP4_ADDRESS_LOST_CONFLICT);
		break;
	case DHCP4_EVENT_RECONFIGURE:
		CHECK(event->reconfigure.identity);
		break;
	case DHCP4_EVENT_LEASE_LOADED:
		CHECK(!fields_difference(&dhcp4_lease_fields,
					 event->lease_loaded.lease, &lease));
		CHECK(event->lease_loaded.in_kernel && event->lease_loaded.usable);
		CHECK(event->lease_loaded.attached);
		break;
	case DHCP4_EVENT_FALLBACK:
		CHECK(event->fallback.what == DHCP4_FALLBACK_REFUSED);
		CHECK(event->fallback.address == 0x0a000009);
		CHECK(event->fallback.error == 12);
		break;
	case DHCP4_EVENT_START:
	case DHCP4_EVENT_RESUME:
	case DHCP4_EVENT_TICK:
	case DHCP4_EVENT_CONFIGURED:
	case DHCP4_EVENT_RENEW:
	case DHCP4_EVENT_REBIND:
	case DHCP4_EVENT_COUNT:
		break;
	}
}

START_TEST(every_event_comes_back)
{
	static struct record record;
	size_t size = write_kind(_i);

	CHECK(read_record(size, &record));
	CHECK(record.kind == RECORD_KIND_EVENT);
	ck_assert_int_eq(record.event.event.kind, _i);
	CHECK(record.event.event.now == S(1234));
	CHECK(record.event.event.earliest_send == S(1235));
	CHECK(record.event.free_slots == 63);
	CHECK(record.event.digest == 0x123456789abcdef0);
	check_arguments(&record.event.event);
}
END_TEST

START_TEST(no_part_of_an_event_is_one)
{
	static struct record record;
	size_t size = write_kind(_i);

	for (size_t i = 0; i < size; i++)
		CHECK(!read_record(i, &record));
	/* Nor is one with a smaller size, whatever stands behind it. */
	octets[2]--;
	CHECK(!read_record(size, &record));
	CHECK(!read_record(size - 1, &record));
}
END_TEST

START_TEST(each_octet_of_an_event_counts)
{
	static struct record record;
	size_t size = write_kind(_i);

	for (size_t i = 3; i < size; i++) {
		uint8_t was = octets[i];

		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] = (uint8_t)(was ^ 1U << bit);
			if (!read_record(size, &record))
				continue;
			CHECK(write_event(again, &record.event) == size);
			CHECK(memcmp(again, octets, size) == 0);
		}
		octets[i] = was;
	}
}
END_TEST

START_TEST(a_packet_that_is_too_long_is_not_written)
{
	static uint8_t huge[UINT16_MAX + 1];
	struct record_event e = { .event = event_of(DHCP4_EVENT_FRAME) };
	struct writer w = writer_over(octets, sizeof(octets));

	e.event.frame.bytes = huge;
	e.event.frame.size = sizeof(octets);
	record_write_event(&w, &e);
	CHECK(w.failed);
	w = writer_over(octets, sizeof(octets));
	e.event.frame.size = sizeof(huge);
	record_write_event(&w, &e);
	CHECK(w.failed);
}
END_TEST

/* ---- digests ----------------------------------------------------------- */

static struct dhcp4_effects effects;
static struct dhcp4_want want;

static uint64_t digest(void)
{
	return record_digest(&effects, &want);
}

/* A step with a packet, a lease and notices among its effects. */
static void make_effects(void)
{
	world_init(&world, 1);
	world_bind(&world);
	world_run_to(&world, world.client.lease.t1_ns);
	world_ack(&world);
	effects = world.effects;
	want = dhcp4_want(&world.client);
	effects.list[0].kind = DHCP4_EFFECT_SEND_UNICAST;
	effects.list[0].send.packet = packet;
	effects.list[0].send.size = 100;
	effects.list[0].send.hw = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 1 } };
	memset(packet, 1, sizeof(packet));
	lease = world.client.lease;
	effects.list[1] = (struct dhcp4_effect){ .kind = DHCP4_EFFECT_SAVE_LEASE,
						 .lease = &lease };
	effects.list[2] =
		(struct dhcp4_effect){ .kind = DHCP4_EFFECT_DECONFIGURE,
				       .deconfigure = { CLIENT, 24,
							DHCP4_LOSS_NAK } };
	effects.list[3] =
		(struct dhcp4_effect){ .kind = DHCP4_EFFECT_NOTIFY,
				       .notice = { .kind = DHCP4_NOTICE_ACK,
						   .address = CLIENT } };
	effects.count = 4;
}

/* The digest becomes another one while a value is, and the old one again. */
#define CHANGES(lvalue) \
	do { \
		uint64_t before = digest(); \
\
		(lvalue)++; \
		ck_assert_msg(digest() != before, #lvalue); \
		(lvalue)--; \
		CHECK(digest() == before); \
	} while (0)

START_TEST(digests_see_all)
{
	struct dhcp4_effect *list = effects.list;

	make_effects();
	CHANGES(packet[0]);
	CHANGES(packet[99]);
	CHANGES(list[0].send.number);
	CHANGES(list[0].send.size);
	CHANGES(list[0].send.source);
	CHANGES(list[0].send.destination);
	CHANGES(list[0].send.hw.bytes[5]);
	CHANGES(list[0].send.hw.size);
	CHANGES(lease.expiry_ns);
	CHANGES(lease.options.bytes[4]);
	CHANGES(list[2].deconfigure.address);
	CHANGES(list[2].deconfigure.prefix_length);
	CHANGES(list[2].deconfigure.why);
	CHANGES(list[3].notice.kind);
	CHANGES(list[3].notice.from);
	CHANGES(list[3].notice.to);
	CHANGES(list[3].notice.reject);
	CHANGES(list[3].notice.loss);
	CHANGES(list[3].notice.address);
	CHANGES(list[3].notice.server);
	CHANGES(list[3].notice.error);
	CHANGES(want.deadline);
	CHANGES(want.xid);
	CHANGES(want.watch);
	CHANGES(want.watch_fallback);
	CHANGES(effects.count);
	list[3].notice.irregular = true;
	CHANGES(list[3].notice.error);
}
END_TEST

START_TEST(digests_see_flags)
{
	bool *const flags[] = {
		&effects.slot_taken,
		&effects.list[0].send.by_socket,
		&effects.list[3].notice.irregular,
		&want.listen,
	};

	make_effects();
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		uint64_t before = digest();

		*flags[i] = !*flags[i];
		ck_assert_msg(digest() != before, "flag %zu", i);
		*flags[i] = !*flags[i];
	}
}
END_TEST

/* Addresses of memory are no part of it. */
START_TEST(digests_are_the_same_elsewhere)
{
	static struct dhcp4_lease other;
	uint64_t before;

	make_effects();
	before = digest();
	other = lease;
	effects.list[1].lease = &other;
	CHECK(digest() == before);
}
END_TEST

/* ---- files ------------------------------------------------------------- */

static uint8_t file[2 * RECORD_SIZE_MAX];
static struct recording_header header;
static struct reader records;

static size_t write_file(const char *version)
{
	struct recording_header h = {
		.interface = "eth0",
		.saved_ns = S(9),
		.saved_wall_s = 1800000000,
	};
	struct writer w = writer_over(file, sizeof(file));

	strcpy(h.version, version);
	world_init(&world, 1);
	recording_begin(&w, &h);
	record_write_snapshot(&w, &world.client, &world.config, &world.pool);
	recording_end(&w);
	CHECK(!w.failed);
	return w.used;
}

static enum recording_error open_file(size_t size)
{
	return recording_open(file, size, &header, &records);
}

/* Makes the sum right again. */
static void sum_up(size_t size)
{
	struct writer w = writer_over(file + size - 4, 4);

	writer_u32(&w, sum_crc32(file, size - 4));
}

START_TEST(a_file_comes_back)
{
	static struct record record;
	size_t size = write_file("1.2.3");

	CHECK(open_file(size) == RECORDING_ERROR_NONE);
	ck_assert_str_eq(header.version, "1.2.3");
	ck_assert_str_eq(header.interface, "eth0");
	CHECK(header.saved_ns == S(9) && header.saved_wall_s == 1800000000);
	CHECK(!header.masked);
	CHECK(record_read(&records, &record));
	CHECK(record.kind == RECORD_KIND_SNAPSHOT);
	CHECK(record_read(&records, &record));
	CHECK(record.kind == RECORD_KIND_END);
	CHECK(!record_read(&records, &record));
}
END_TEST

START_TEST(altered_files_are_refused)
{
	size_t size = write_file("1.2.3");

	for (size_t i = 0; i < size; i++) {
		enum recording_error error;

		file[i] ^= (uint8_t)(1U << i % 8);
		error = open_file(size);
		ck_assert_int_eq(error, i < 8	 ? RECORDING_ERROR_FOREIGN
					: i < 10 ? RECORDING_ERROR_FORMAT
						 : RECORDING_ERROR_DAMAGED);
		file[i] ^= (uint8_t)(1U << i % 8);
		ck_assert_int_eq(open_file(i), i < 8 ? RECORDING_ERROR_FOREIGN
						     : RECORDING_ERROR_DAMAGED);
	}
	CHECK(open_file(size) == RECORDING_ERROR_NONE);
	file[size] = 0;
	CHECK(open_file(size + 1) == RECORDING_ERROR_DAMAGED);
	CHECK(open_file(0) == RECORDING_ERROR_FOREIGN);
}
END_TEST

/* Whose structs were others is told so, and told whose it is. */
START_TEST(another_layout_is_refused)
{
	size_t size = write_file("1.2.3");

	file[10]++;
	sum_up(size);
	CHECK(open_file(size) == RECORDING_ERROR_LAYOUT);
	ck_assert_str_eq(header.version, "1.2.3");
}
END_TEST

/* A terminal would obey it. */
START_TEST(unprintable_versions_are_refused)
{
	CHECK(open_file(write_file("1\033[2J")) == RECORDING_ERROR_RECORD);
	CHECK(open_file(write_file("1\177")) == RECORDING_ERROR_RECORD);
}
END_TEST

START_TEST(a_cut_header_is_refused)
{
	size_t size = 24;

	write_file("1.2.3");
	sum_up(size);
	CHECK(open_file(size) == RECORDING_ERROR_RECORD);
}
END_TEST

START_TEST(a_file_without_room_is_not_summed_up)
{
	struct writer w = writer_over(file, 3);

	recording_end(&w);
	CHECK(w.failed);
}
END_TEST

START_TEST(records_after_the_end_are_refused)
{
	static struct record record;
	size_t size = write_file("1.2.3");

	memset(file + size, 0, 7);
	sum_up(size + 7);
	CHECK(open_file(size + 7) == RECORDING_ERROR_NONE);
	CHECK(record_read(&records, &record));
	CHECK(!record_read(&records, &record));
}
END_TEST

START_TEST(unknown_records_are_refused)
{
	static struct record record;
	struct reader r;

	octets[0] = RECORD_KIND_EVENT + 1;
	octets[1] = octets[2] = 0;
	r = reader_over(octets, 3);
	CHECK(!record_read(&r, &record));
}
END_TEST

START_TEST(errors_have_words)
{
	for (int i = 0; i <= RECORDING_ERROR_RECORD; i++)
		ck_assert_uint_gt(
			strlen(recording_error_text((enum recording_error)i)), 0);
}
END_TEST

Suite *test_record_suite(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");

	tcase_add_loop_test(tcase, every_event_comes_back, 0, DHCP4_EVENT_COUNT);
	tcase_add_loop_test(tcase, no_part_of_an_event_is_one, 0,
			    DHCP4_EVENT_COUNT);
	tcase_add_loop_test(tcase, each_octet_of_an_event_counts, 0,
			    DHCP4_EVENT_COUNT);
	tcase_add_test(tcase, a_packet_that_is_too_long_is_not_written);
	tcase_add_test(tcase, digests_see_all);
	tcase_add_test(tcase, digests_see_flags);
	tcase_add_test(tcase, digests_are_the_same_elsewhere);
	tcase_add_test(tcase, a_file_comes_back);
	tcase_add_test(tcase, altered_files_are_refused);
	tcase_add_test(tcase, another_layout_is_refused);
	tcase_add_test(tcase, unprintable_versions_are_refused);
	tcase_add_test(tcase, a_cut_header_is_refused);
	tcase_add_test(tcase, a_file_without_room_is_not_summed_up);
	tcase_add_test(tcase, records_after_the_end_are_refused);
	tcase_add_test(tcase, unknown_records_are_refused);
	tcase_add_test(tcase, errors_have_words);
	suite_add_tcase(suite, tcase);
	return suite;
}
