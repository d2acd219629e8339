/* SPDX-License-Identifier: BSD-2-Clause */
/* Lease files: what is written is read back, on another day and another clock. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "lease/lease_file.h"

Suite *test_lease_file_suite(void);

#define S(n) ((nsec)(n)*NSEC_PER_S)
#define DAY  86400

#define BOOT  "01234567-89ab-cdef-0123-456789abcdef"
#define OTHER "11111111-89ab-cdef-0123-456789abcdef"

static struct dhcp4_lease lease;
static uint32_t former_mtu;
static struct lease_clocks clocks;
static char text[LEASE_FILE_SIZE_MAX];
static size_t size;
static struct lease_file file;

/* 10.0.0.50/24 for an hour, granted ten seconds ago. */
static void setup(void)
{
	clocks = (struct lease_clocks){ S(1000), 1700000000, BOOT };
	lease = (struct dhcp4_lease){
		.address = 0x0a000032,
		.prefix_length = 24,
		.server_id = 0x0a000001,
		.server_hw = { 6, { 2, 0, 0, 0, 0, 0x99 } },
		.granted_ns = S(990),
		.t1_ns = S(990 + 1800),
		.t2_ns = S(990 + 3150),
		.expiry_ns = S(990 + 3600),
		.lease_s = 3600,
		.client_id = { 3, { 0, 'p', 'c' } },
	};
	ck_assert(dhcp4_options_append(&lease.options, 3, "\x0a\0\0\1", 4));
	memset(&file, 0, sizeof(file));
}

static void save(void)
{
	size = lease_file_write(&lease, former_mtu, &clocks, text);
}

static int load(void)
{
	return lease_file_read(text, size, &clocks, &file);
}

static void check_instants(nsec later)
{
	ck_assert(file.lease.granted_ns == lease.granted_ns + later);
	ck_assert(file.lease.t1_ns == lease.t1_ns + later);
	ck_assert(file.lease.t2_ns == lease.t2_ns + later);
	ck_assert(file.lease.expiry_ns == lease.expiry_ns + later);
}

START_TEST(what_is_written_is_read)
{
	former_mtu = 1500;
	save();
	ck_assert_int_eq(load(), 0);
	ck_assert(file.same_boot && file.time_known);
	check_instants(0);
	ck_assert_uint_eq(file.former_mtu, 1500);
	ck_assert_uint_eq(file.lease.address, lease.address);
	ck_assert_uint_eq(file.lease.prefix_length, 24);
	ck_assert_uint_eq(file.lease.server_id, lease.server_id);
	ck_assert(hwaddr_equal(&file.lease.server_hw, &lease.server_hw));
	ck_assert(client_id_equal(&file.lease.client_id, &lease.client_id));
	ck_assert_uint_eq(file.lease.options.used, lease.options.used);
	ck_assert_mem_eq(file.lease.options.bytes, lease.options.bytes,
			 lease.options.used);
}
END_TEST

/*
 * On the same boot the wall clock says nothing, wherever it was set to.
 * Covers: DF-time-06
 */
START_TEST(wall_clock_moves_no_instant)
{
	static const int64_t steps[] = { 3650 * DAY, -3650 * DAY, -1 };

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++) {
		setup();
		save();
		clocks.now += S(100);
		clocks.wall_s += steps[i];
		ck_assert_int_eq(load(), 0);
		ck_assert(file.same_boot && file.time_known);
		check_instants(0);
	}
}
END_TEST

/* After another boot it is all there is, if it is not behind the file. */
START_TEST(another_boot_counts_by_the_wall_clock)
{
	save();
	memcpy(clocks.boot_id, OTHER, sizeof(OTHER));
	clocks.now = S(60);
	clocks.wall_s += 100;
	ck_assert_int_eq(load(), 0);
	ck_assert(!file.same_boot && file.time_known);
	/* A second less: of the one that has begun nobody knows how much. */
	ck_assert(file.lease.expiry_ns == S(60) + S(3600 - 110 - 1));
	clocks.wall_s -= 101;
	ck_assert_int_eq(load(), 0);
	ck_assert(!file.same_boot && !file.time_known);
	ck_assert(file.lease.expiry_ns == NSEC_NEVER);
}
END_TEST

/* Where no boot has an id, or what was imported has none, two are not the same. */
START_TEST(of_no_boot_nothing_is_the_same)
{
	memcpy(clocks.boot_id, BOOT_ID_NONE, sizeof(BOOT_ID_NONE));
	save();
	clocks.wall_s += 100;
	ck_assert_int_eq(load(), 0);
	ck_assert(!file.same_boot && file.time_known);
	ck_assert(file.lease.expiry_ns == S(1000) + S(3600 - 110 - 1));
}
END_TEST

/*
 * A wall clock of 1970 was not set by anybody, neither here nor there: nobody knows
 * how much time passed, however well it seems to fit.
 *
 * Covers: DF-time-08
 */
START_TEST(a_clock_that_was_never_set_tells_nothing)
{
	static const struct {
		int64_t saved, read;
	} walls[] = {
		{ 20, 30 }, { 20, 1700000000 }, { 1700000000, 30 },
		{ 0, 0 },   { -5, -4 },		{ 1577836799, 1577836799 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(walls); i++) {
		setup();
		clocks.wall_s = walls[i].saved;
		save();
		clocks.wall_s = walls[i].read;
		/* On the same boot no wall clock is asked. */
		ck_assert_int_eq(load(), 0);
		ck_assert(file.time_known);
		check_instants(0);
		memcpy(clocks.boot_id, OTHER, sizeof(OTHER));
		ck_assert_int_eq(load(), 0);
		ck_assert(!file.same_boot && !file.time_known);
		ck_assert(file.lease.expiry_ns == NSEC_NEVER);
	}
	setup();
	clocks.wall_s = 1577836800;
	save();
	memcpy(clocks.boot_id, OTHER, sizeof(OTHER));
	ck_assert_int_eq(load(), 0);
	ck_assert(file.time_known);
}
END_TEST

/*
 * A machine that was set back to a snapshot, with a disk that was not: the file is
 * of a future of the same boot. Its age is the wall clock's, as after a boot.
 *
 * Covers: DF-time-08
 */
START_TEST(a_file_of_a_future_that_was_undone)
{
	save();
	clocks.now = lease.granted_ns - S(100);
	clocks.wall_s += 500;
	ck_assert_int_eq(load(), 0);
	ck_assert(!file.same_boot && file.time_known);
	ck_assert(file.lease.expiry_ns == clocks.now + S(3600 - 510 - 1));
	/* The clock was not set right yet. */
	clocks.wall_s -= 501;
	ck_assert_int_eq(load(), 0);
	ck_assert(!file.time_known);
	/* The other way round, an older file: BOOTTIME counts. */
	setup();
	save();
	clocks.now += S(500);
	clocks.wall_s -= 10;
	ck_assert_int_eq(load(), 0);
	ck_assert(file.same_boot && file.time_known);
	check_instants(0);
}
END_TEST

/*
 * Wall clocks are read in whole seconds: whatever part of one is cut off at the
 * grant, at the writing and at the reading, no second is added to the lease.
 */
START_TEST(another_boot_adds_no_time)
{
	/* Parts of a second, in tenths: of the age, of the wall clock, of the gap. */
	for (unsigned i = 0; i < 1000; i++) {
		nsec age = S(10) + i % 10 * (NSEC_PER_S / 10);
		nsec wall = i / 10 % 10 * (NSEC_PER_S / 10);
		nsec gap = S(100) + i / 100 * (NSEC_PER_S / 10);
		nsec left;

		setup();
		clocks.now = lease.granted_ns + age;
		save();
		memcpy(clocks.boot_id, OTHER, sizeof(OTHER));
		clocks.now = S(60);
		clocks.wall_s += (int64_t)((wall + gap) / NSEC_PER_S);
		ck_assert_int_eq(load(), 0);
		left = file.lease.expiry_ns - clocks.now;
		ck_assert(left <= S(3600) - age - gap);
		ck_assert(left + S(3) > S(3600) - age - gap);
	}
}
END_TEST

/* It has no server, and no end. */
START_TEST(lease_of_bootp)
{
	lease.server_id = IPV4_ANY;
	lease.lease_s = DHCP4_LEASE_INFINITE;
	lease.t1_ns = lease.t2_ns = lease.expiry_ns = NSEC_NEVER;
	save();
	ck_assert_int_eq(load(), 0);
	ck_assert(lease_is_bootp(&file.lease));
	ck_assert(file.lease.expiry_ns == NSEC_NEVER);
	ck_assert(file.lease.t1_ns == NSEC_NEVER);
	/* One with an end is of DHCP, and wants a server. */
	setup();
	lease.server_id = IPV4_ANY;
	save();
	ck_assert_int_eq(load(), -EBADMSG);
	lease.server_id = 0xe0000001;
	save();
	ck_assert_int_eq(load(), -EBADMSG);
}
END_TEST

/* Covers: DF-opt-10 DF-opt-16 */
START_TEST(text_of_the_network_is_hex)
{
	static const char nasty[] = "a\nb\x1b[2J%s%n\xff\xc0$(x)`y`;z";

	strcpy(lease.sname, nasty);
	strcpy(lease.file, nasty);
	ck_assert(dhcp4_options_append(&lease.options, 12, nasty,
				       sizeof(nasty) - 1));
	ck_assert(dhcp4_options_append(&lease.options, 56, nasty,
				       sizeof(nasty) - 1));
	save();
	for (size_t i = 0; i < size; i++)
		ck_assert(strchr("abcdefghijklmnopqrstuvwxyz0123456789-.:\n ",
				 text[i]) != NULL);
	ck_assert_int_eq(load(), 0);
	ck_assert_str_eq(file.lease.sname, nasty);
	ck_assert_str_eq(file.lease.file, nasty);
}
END_TEST

/*
 * A CRC in capitals is the same number; any other bit tells, and any cut.
 * Covers: DF-life-02
 */
START_TEST(damaged_files_are_refused)
{
	save();
	for (size_t i = 0; i < size; i++) {
		bool in_crc = i >= size - 9 && i < size - 1;

		for (unsigned bit = 0; bit < 8; bit++) {
			if (in_crc && bit == 5)
				continue;
			text[i] ^= (char)(1 << bit);
			ck_assert_int_eq(load(), -EBADMSG);
			text[i] ^= (char)(1 << bit);
		}
	}
	ck_assert_int_eq(load(), 0);
	while (size-- > 0)
		ck_assert_int_eq(load(), -EBADMSG);
}
END_TEST

START_TEST(times_out_of_order_are_refused)
{
	lease.t1_ns = lease.t2_ns;
	save();
	ck_assert_int_eq(load(), -EBADMSG);
	setup();
	lease.t2_ns = lease.expiry_ns;
	save();
	ck_assert_int_eq(load(), -EBADMSG);
	setup();
	save();
	ck_assert_int_eq(load(), 0);
}
END_TEST

Suite *test_lease_file_suite(void)
{
	Suite *suite = suite_create("lease_file");
	TCase *tcase = tcase_create("lease_file");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, what_is_written_is_read);
	tcase_add_test(tcase, wall_clock_moves_no_instant);
	tcase_add_test(tcase, another_boot_counts_by_the_wall_clock);
	tcase_add_test(tcase, of_no_boot_nothing_is_the_same);
	tcase_add_test(tcase, a_clock_that_was_never_set_tells_nothing);
	tcase_add_test(tcase, a_file_of_a_future_that_was_undone);
	tcase_add_test(tcase, another_boot_adds_no_time);
	tcase_add_test(tcase, lease_of_bootp);
	tcase_add_test(tcase, text_of_the_network_is_hex);
	tcase_add_test(tcase, damaged_files_are_refused);
	tcase_add_test(tcase, times_out_of_order_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
