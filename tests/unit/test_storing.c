/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A disk that takes nothing: the lease lives on, one line says so, it is tried
 * again less and less often, and what is stored then is what is true then.
 */
#include "daemon/storing.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/ipc_world.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_storing_suite(void);

#define NOW WORLD_START

static struct world world;
static struct managed *const eth0 = &world.managed[0];
static struct managed *const eth1 = &world.managed[1];

/* A directory in the way of new files fails root, too. */
static void break_disk(const char *ifname, bool failing)
{
	static const char *const suffixes[] = { "lease.new", "fallback.new" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char name[32];

		snprintf(name, sizeof(name), "%s.%s", ifname, suffixes[i]);
		CHECK((failing ? mkdir(scratch_path(name), 0700)
			       : rmdir(scratch_path(name))) == 0);
	}
}

static void set_up(void)
{
	scratch_open();
	world_open(&world);
	world_bind(eth1, NOW);
	CHECK(loop_open(&world.daemon.loop, &(struct loop_hooks){ 0 }, NULL) == 0);
	world.daemon.store = scratch_store("");
	storing_init(eth0);
	storing_init(eth1);
	ck_assert_ptr_nonnull(freopen(scratch_path("log"), "w", stderr));
	setvbuf(stderr, NULL, _IONBF, 0);
}

static void tear_down(void)
{
	store_close(world.daemon.store);
	loop_close(world.daemon.loop);
	scratch_close();
}

/* How many lines of the log have this text. */
static unsigned logged(const char *text)
{
	char line[512];
	FILE *f = fopen(scratch_path("log"), "r");
	unsigned count = 0;

	ck_assert_ptr_nonnull(f);
	while (fgets(line, sizeof(line), f))
		count += strstr(line, text) != NULL;
	fclose(f);
	return count;
}

/* The next try, at its time, which is so long after the last one. */
static void retry(struct managed *m, nsec *now, nsec wait)
{
	struct loop_timer *timer = &m->storing.retry;

	ck_assert(loop_timer_is_set(timer));
	ck_assert_uint_eq(timer->at - *now, wait);
	*now = timer->at;
	loop_timer_set(world.daemon.loop, timer, NSEC_NEVER);
	timer->fire(timer, *now);
}

static void save(struct managed *m, nsec now)
{
	storing_save(&m->iface, now);
	storing_work(m, now);
}

static ipv4_addr stored(const char *ifname, nsec now)
{
	static struct lease_file file;

	if (store_load(world.daemon.store, ifname, now, &file) < 0)
		return IPV4_ANY;
	return file.lease.address;
}

START_TEST(a_disk_that_takes_it)
{
	save(eth0, NOW);
	ck_assert_uint_eq(stored("eth0", NOW), eth0->iface.client->lease.address);
	ck_assert(!storing_has_work(eth0));
	ck_assert(!loop_timer_is_set(&eth0->storing.retry));
	/* Once to the disk; then nothing is left to do. */
	ck_assert(storing_settle(eth0, NOW));
	ck_assert(!storing_settle(eth0, NOW));
	ck_assert_uint_eq(logged(""), 0);
}
END_TEST

/* What is known to be in the file need not be read: no other lease is. */
START_TEST(whether_it_is_in_the_file)
{
	struct dhcp4_lease *lease = &eth0->iface.client->lease;
	nsec now = NOW;

	ck_assert(!storing_is_stored(eth0));
	save(eth0, NOW);
	ck_assert(storing_is_stored(eth0));
	lease->expiry_ns++;
	ck_assert(storing_is_stored(eth0));
	lease->address++;
	ck_assert(!storing_is_stored(eth0));
	break_disk("eth0", true);
	save(eth0, NOW);
	lease->address--;
	/* It had to make room for what could not be written then. */
	ck_assert(!storing_is_stored(eth0));
	break_disk("eth0", false);
	retry(eth0, &now, NSEC_PER_S);
	ck_assert(storing_is_stored(eth0));
	lease->network = (struct network_id){ 4, "home" };
	ck_assert(!storing_is_stored(eth0));
	save(eth0, NOW);
	ck_assert(storing_is_stored(eth0));
	storing_forget(&eth0->iface);
	storing_work(eth0, NOW);
	ck_assert(!storing_is_stored(eth0));
	save(eth0, NOW);
	storing_replaced(eth0);
	ck_assert(!storing_is_stored(eth0));
}
END_TEST

/* A thousand renewals, one line; then it works, and one line says that. */
START_TEST(a_disk_that_takes_nothing)
{
	nsec now = NOW, wait = NSEC_PER_S;

	break_disk("eth0", true);
	save(eth0, now);
	for (unsigned i = 0; i < 1000; i++)
		save(eth0, now);
	ck_assert(!storing_has_work(eth0));
	ck_assert_uint_eq(logged(""), 1);
	ck_assert_uint_eq(logged("eth0: the lease is not stored: "
				 "Is a directory"),
			  1);
	for (unsigned i = 0; i < 15; i++) {
		retry(eth0, &now, wait);
		wait = nsec_min(2 * wait, 1024 * NSEC_PER_S);
	}
	ck_assert_uint_eq(logged(""), 1);
	/* What is stored in the end is the lease of then. */
	eth0->iface.client->lease.address = 0x0a000007;
	eth0->iface.client->lease.expiry_ns = now + NSEC_PER_S;
	break_disk("eth0", false);
	retry(eth0, &now, wait);
	ck_assert_uint_eq(stored("eth0", now), 0x0a000007);
	ck_assert_uint_eq(logged(""), 2);
	ck_assert_uint_eq(logged("eth0: the disk takes again"), 1);
	ck_assert(!loop_timer_is_set(&eth0->storing.retry));
	/* It reached the disk, too. */
	ck_assert(!storing_settle(eth0, now));
	/* The next trouble is told again, and tried again as soon as the first. */
	break_disk("eth0", true);
	save(eth0, now);
	ck_assert_uint_eq(logged("eth0: the lease is not stored"), 2);
	retry(eth0, &now, NSEC_PER_S);
}
END_TEST

/* The first and the last of them speak. */
START_TEST(one_line_for_all_interfaces)
{
	nsec now = NOW;

	break_disk("eth0", true);
	break_disk("eth1", true);
	save(eth0, now);
	save(eth1, now);
	ck_assert_uint_eq(logged(""), 1);
	break_disk("eth0", false);
	retry(eth0, &now, NSEC_PER_S);
	ck_assert_uint_eq(logged(""), 1);
	break_disk("eth1", false);
	now = NOW;
	retry(eth1, &now, NSEC_PER_S);
	ck_assert_uint_eq(logged("eth1: the disk takes again"), 1);
	ck_assert_uint_eq(logged(""), 2);
}
END_TEST

/* A lease that went meanwhile is not written any more. */
START_TEST(a_lease_that_went)
{
	nsec now = NOW;

	break_disk("eth0", true);
	save(eth0, now);
	eth0->iface.client->tenure = DHCP4_TENURE_NONE;
	break_disk("eth0", false);
	retry(eth0, &now, NSEC_PER_S);
	ck_assert(!scratch_has("eth0.lease"));
	ck_assert_uint_eq(logged("eth0: the disk takes again"), 1);
}
END_TEST

/* What could not be forgotten would be asked for after a restart. */
START_TEST(a_file_that_does_not_go)
{
	nsec now;

	CHECK(mkdir(scratch_path("eth0.lease"), 0700) == 0);
	storing_forget(&eth0->iface);
	ck_assert_uint_eq(logged("eth0: the lease file cannot be removed"), 1);
	CHECK(rmdir(scratch_path("eth0.lease")) == 0);
	fclose(fopen(scratch_path("eth0.lease"), "w"));
	now = eth0->storing.retry.at - NSEC_PER_S;
	retry(eth0, &now, NSEC_PER_S);
	ck_assert(!scratch_has("eth0.lease"));
	/* A new lease takes its place all the same. */
	CHECK(mkdir(scratch_path("eth0.lease"), 0700) == 0);
	storing_forget(&eth0->iface);
	CHECK(rmdir(scratch_path("eth0.lease")) == 0);
	storing_save(&eth0->iface, now);
	now = eth0->storing.retry.at - NSEC_PER_S;
	retry(eth0, &now, NSEC_PER_S);
	ck_assert_uint_eq(stored("eth0", now), 0x0a000005);
}
END_TEST

START_TEST(a_fallback_that_is_not_stored)
{
	struct fallback_file read;
	nsec now = NOW;

	eth0->fallback.stored = (struct fallback_file){ 0xa9fe0102, 16, true };
	break_disk("eth0", true);
	storing_fallback(eth0, now);
	ck_assert_uint_eq(logged("eth0: the fallback address is not stored"), 1);
	break_disk("eth0", false);
	retry(eth0, &now, NSEC_PER_S);
	store_load_fallback(world.daemon.store, "eth0", &read);
	ck_assert_uint_eq(read.address, 0xa9fe0102);
}
END_TEST

/* The file is there, and then is not: as on a disk that fails a sync. */
START_TEST(a_disk_that_is_not_reached)
{
	nsec now = NOW;

	save(eth0, now);
	CHECK(rename(scratch_path("eth0.lease"), scratch_path("log.away")) == 0);
	ck_assert(storing_settle(eth0, now));
	ck_assert_uint_eq(logged("eth0: the lease is stored, but not on the "
				 "disk"),
			  1);
	ck_assert(!storing_settle(eth0, now));
	CHECK(rename(scratch_path("log.away"), scratch_path("eth0.lease")) == 0);
	retry(eth0, &now, NSEC_PER_S);
	ck_assert_uint_eq(logged("eth0: the disk takes again"), 1);
	ck_assert(!storing_settle(eth0, now));
}
END_TEST

/* Only times changed: not to the disk; unless the last try failed. */
START_TEST(what_failed_is_synced_afterwards)
{
	nsec now = NOW;

	save(eth0, now);
	ck_assert(storing_settle(eth0, now));
	save(eth0, now + NSEC_PER_S);
	ck_assert(!storing_settle(eth0, now));
	eth0->iface.client->lease.address = 0x0a000007;
	break_disk("eth0", true);
	save(eth0, now);
	break_disk("eth0", false);
	eth0->storing.synced_ns = 0;
	retry(eth0, &now, NSEC_PER_S);
	ck_assert_uint_eq(eth0->storing.synced_ns, now);
}
END_TEST

START_TEST(the_end_tries_a_last_time)
{
	break_disk("eth0", true);
	save(eth0, NOW);
	break_disk("eth0", false);
	storing_close(eth0, NOW);
	ck_assert_uint_eq(stored("eth0", NOW), 0x0a000005);
	ck_assert(!loop_timer_is_set(&eth0->storing.retry));
	ck_assert_uint_eq(world.daemon.unstored, 0);
	/* The next interface of that name begins without its troubles. */
	break_disk("eth0", true);
	save(eth0, NOW);
	storing_close(eth0, NOW);
	ck_assert_uint_eq(world.daemon.unstored, 0);
	ck_assert(!storing_has_work(eth0));
	ck_assert(!storing_settle(eth0, NOW));
}
END_TEST

Suite *test_storing_suite(void)
{
	Suite *suite = suite_create("storing");
	TCase *tests = tcase_create("storing");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, a_disk_that_takes_it);
	tcase_add_test(tests, whether_it_is_in_the_file);
	tcase_add_test(tests, a_disk_that_takes_nothing);
	tcase_add_test(tests, one_line_for_all_interfaces);
	tcase_add_test(tests, a_lease_that_went);
	tcase_add_test(tests, a_file_that_does_not_go);
	tcase_add_test(tests, a_fallback_that_is_not_stored);
	tcase_add_test(tests, a_disk_that_is_not_reached);
	tcase_add_test(tests, what_failed_is_synced_afterwards);
	tcase_add_test(tests, the_end_tries_a_last_time);
	suite_add_tcase(suite, tests);
	return suite;
}
