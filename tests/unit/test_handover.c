/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the directory of an initramfs to that of the real root: whatever fails
 * between them, a lease that could be read is used, is in one of the two, and is
 * replaced by none that is older.
 */
#include "daemon/handover.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_handover_suite(void);

#define S(n)   ((nsec)(n)*NSEC_PER_S)
#define NOW    S(1000)
#define EARLY  0x0a000032
#define LATE   0x0a000033
#define NOBODY 65534

#define DUID	   "00:04:00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f\n"
#define OTHER_DUID "00:03:00:01:02:00:00:00:00:10\n"
#define THIRD_DUID "00:03:00:01:02:00:00:00:00:11\n"

static struct instance instance;
static struct handover *handover;
static struct store *store; /* the real root's */
static struct duid_place place;

/* ---- the log --------------------------------------------------------------- */

/* Whether the log has the words; and it is empty afterwards. As any user. */
static bool said(const char *words)
{
	char text[4096];
	ssize_t size = pread(fileno(stderr), text, sizeof(text) - 1, 0);

	CHECK(size >= 0 && ftruncate(fileno(stderr), 0) == 0);
	rewind(stderr);
	text[size] = '\0';
	return strstr(text, words);
}

static bool said_nothing(void)
{
	struct stat info;

	CHECK(fstat(fileno(stderr), &info) == 0);
	return info.st_size == 0;
}

/* ---- leases ----------------------------------------------------------------- */

static void save_in(const char *directory, ipv4_addr address, nsec granted)
{
	const struct dhcp4_lease lease = {
		.address = address,
		.prefix_length = 24,
		.server_id = 0x0a000001,
		.granted_ns = granted,
		.lease_s = 3600,
		.t1_ns = granted + S(1800),
		.t2_ns = granted + S(3150),
		.expiry_ns = granted + S(3600),
	};
	struct store *s = scratch_store(directory);

	ck_assert_int_eq(store_save(s, "eth0", &lease, 1400, NOW), 0);
	store_close(s);
}

static void make_other_boots(void)
{
	struct store *s = scratch_store("early");
	struct lease_file file;

	/* What was imported is of no boot. */
	ck_assert_int_eq(store_load(s, "eth0", NOW, &file), 0);
	ck_assert_int_eq(store_import(s, "eth0", &file.lease, 0), 0);
	store_close(s);
}

/* The address of the lease to begin with; 0: there is none. */
static ipv4_addr load(void)
{
	struct lease_file file;

	if (handover_load(handover, store, "eth0", NOW, &file) < 0)
		return IPV4_ANY;
	if (file.lease.address == EARLY)
		ck_assert_uint_eq(file.former_mtu, 1400);
	return file.lease.address;
}

/* What the store alone would say, as at the next start. */
static ipv4_addr stored(void)
{
	struct lease_file file;

	return store_load(store, "eth0", NOW, &file) < 0 ? IPV4_ANY
							 : file.lease.address;
}

static void reopen(void)
{
	handover_close(handover);
	handover = handover_open(&instance);
}

static void set_up(void)
{
	scratch_open();
	/* For whoever a test is. */
	CHECK(chmod(scratch_directory(), 0755) == 0);
	CHECK(mkdir(scratch_path("early"), 0700) == 0);
	CHECK(mkdir(scratch_path("state"), 0700) == 0);
	instance = (struct instance){ 0 };
	instance.early_dir = strdup(scratch_path("early"));
	instance.state_dir = strdup(scratch_path("state"));
	CHECK(instance.early_dir && instance.state_dir);
	place = (struct duid_place){ .directory = instance.state_dir };
	store = scratch_store("state");
	/* What is put there meanwhile is looked for. */
	store_doubt(store);
	ck_assert_ptr_nonnull(freopen(scratch_path("log"), "w+", stderr));
	signal(SIGXFSZ, SIG_IGN);
	handover = handover_open(&instance);
	ck_assert_ptr_nonnull(handover);
}

static void tear_down(void)
{
	if (geteuid() != getuid())
		CHECK(seteuid(getuid()) == 0);
	handover_close(handover);
	store_close(store);
	instance_free(&instance);
	if (scratch_has("early"))
		CHECK(chmod(scratch_path("early"), 0700) == 0);
	scratch_close();
}

/* ---- the directory ------------------------------------------------------------ */

START_TEST(most_hosts_have_none)
{
	CHECK(rmdir(scratch_path("early")) == 0);
	ck_assert_ptr_null(handover_open(&instance));
	ck_assert(said_nothing());
	handover_close(handover);
	handover = NULL;
	save_in("state", LATE, S(900));
	ck_assert_uint_eq(load(), LATE);
	ck_assert(!handover_duid(NULL, &place, &(struct duid){ 0 }));
	ck_assert(said_nothing());
}
END_TEST

/* By whatever name: what it took from itself it would remove. */
START_TEST(the_initramfs_own_daemon_takes_nothing)
{
	static const char *const names[] = { "early", "early/", "state/../early" };

	save_in("early", EARLY, S(900));
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		free(instance.state_dir);
		instance.state_dir = strdup(scratch_path(names[i]));
		CHECK(instance.state_dir);
		ck_assert_ptr_null(handover_open(&instance));
		ck_assert(said_nothing());
	}
	ck_assert(scratch_has("early/eth0.lease"));
}
END_TEST

/* Whoever can write there could give the host any address. */
START_TEST(that_of_another_user_is_not_read)
{
	save_in("early", EARLY, S(900));
	instance.change_owner = true;
	instance.uid = geteuid() + 1;
	ck_assert_ptr_null(handover_open(&instance));
	ck_assert(said("/early is somebody else's"));
	instance.uid = geteuid();
	handover_close(handover);
	handover = handover_open(&instance);
	ck_assert_ptr_nonnull(handover);
	ck_assert_uint_eq(load(), EARLY);
}
END_TEST

START_TEST(what_is_no_directory_is_said)
{
	CHECK(rename(scratch_path("early"), scratch_path("other")) == 0);
	CHECK(symlink("other", scratch_path("early")) == 0);
	ck_assert_ptr_null(handover_open(&instance));
	ck_assert(said("/early: "));
	CHECK(unlink(scratch_path("early")) == 0);
	scratch_put("early", "");
	ck_assert_ptr_null(handover_open(&instance));
	ck_assert(said("/early: Not a directory"));
	CHECK(unlink(scratch_path("early")) == 0);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
	if (geteuid() == 0)
		CHECK(seteuid(NOBODY) == 0);
	else
		CHECK(chmod(scratch_path("early"), 0) == 0);
	ck_assert_ptr_null(handover_open(&instance));
	ck_assert(said("/early: Permission denied"));
}
END_TEST

/* ---- a lease ------------------------------------------------------------------ */

START_TEST(it_is_taken_once)
{
	save_in("early", EARLY, S(900));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert(said("eth0: its lease comes from the initramfs"));
	ck_assert_uint_eq(stored(), EARLY);
	ck_assert(!scratch_has("early/eth0.lease"));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert(said_nothing());
}
END_TEST

START_TEST(of_two_of_this_boot_the_newer_counts)
{
	save_in("state", LATE, S(901));
	save_in("early", EARLY, S(900));
	ck_assert_uint_eq(load(), LATE);
	ck_assert_uint_eq(stored(), LATE);
	ck_assert(said_nothing());
	ck_assert(!scratch_has("early/eth0.lease"));
	save_in("early", EARLY, S(902));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

/* Killed between writing it here and removing it there. */
START_TEST(a_move_that_came_to_no_end)
{
	save_in("state", EARLY, S(900));
	save_in("early", EARLY, S(900));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert(said_nothing());
	ck_assert(!scratch_has("early/eth0.lease"));
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

/* Whatever its instants are: they count from another start. */
START_TEST(one_of_the_boot_before_gives_way)
{
	save_in("early", LATE, S(999));
	make_other_boots();
	CHECK(rename(scratch_path("early/eth0.lease"),
		     scratch_path("state/eth0.lease")) == 0);
	save_in("early", EARLY, S(10));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

START_TEST(of_another_boot_it_is_none)
{
	save_in("early", EARLY, S(900));
	make_other_boots();
	ck_assert_uint_eq(load(), IPV4_ANY);
	ck_assert(!scratch_has("early/eth0.lease"));
	save_in("state", LATE, S(10));
	save_in("early", EARLY, S(900));
	make_other_boots();
	ck_assert_uint_eq(load(), LATE);
	ck_assert(!scratch_has("early/eth0.lease"));
}
END_TEST

/* Cut at each octet: it is put aside there, and nothing else follows from it. */
START_TEST(a_torn_one_is_left_there)
{
	char text[LEASE_FILE_SIZE_MAX + 1];
	size_t whole;

	save_in("early", EARLY, S(900));
	whole = scratch_read("early/eth0.lease", text, sizeof(text));
	for (size_t size = 0; size < whole; size++) {
		scratch_empty("state");
		store_close(store);
		store = scratch_store("state");
		store_doubt(store);
		if (size % 2)
			save_in("state", LATE, S(10));
		scratch_write("early/eth0.lease", text, size);
		ck_assert_uint_eq(load(), size % 2 ? LATE : IPV4_ANY);
		/* Said again and again it would be left out. */
		ck_assert(size > 0 || said("eth0.lease is not used: it is torn"));
		ck_assert(scratch_has("early/eth0.lease.bad"));
		ck_assert(!scratch_has("early/eth0.lease"));
	}
}
END_TEST

/* One is written that is not whole yet: the initramfs' daemon was killed. */
START_TEST(half_of_one_is_none)
{
	char text[LEASE_FILE_SIZE_MAX + 1];
	size_t whole;

	save_in("early", EARLY, S(900));
	whole = scratch_read("early/eth0.lease", text, sizeof(text));
	CHECK(rename(scratch_path("early/eth0.lease"),
		     scratch_path("early/eth0.lease.new")) == 0);
	ck_assert_uint_eq(load(), IPV4_ANY);
	ck_assert(said_nothing());
	/* The same here, of an earlier try. */
	scratch_write("early/eth0.lease", text, whole);
	scratch_write("state/eth0.lease.new", text, whole / 2);
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
	ck_assert(!scratch_has("state/eth0.lease.new"));
}
END_TEST

START_TEST(a_torn_one_of_the_store_gives_way)
{
	scratch_write("state/eth0.lease", "torn", 4);
	save_in("early", EARLY, S(900));
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
	ck_assert(scratch_has("state/eth0.lease.bad"));
}
END_TEST

/* ---- what fails --------------------------------------------------------------- */

/* Used, said, and still there; and moved once there is room. */
static void expect_kept(const char *why)
{
	ck_assert_uint_eq(load(), EARLY);
	ck_assert(said(why));
	ck_assert(scratch_has("early/eth0.lease"));
	ck_assert(!scratch_has("state/eth0.lease"));
}

static void limit_size(rlim_t limit)
{
	struct rlimit limits;

	CHECK(getrlimit(RLIMIT_FSIZE, &limits) == 0);
	limits.rlim_cur = limit;
	CHECK(setrlimit(RLIMIT_FSIZE, &limits) == 0);
}

static void limit_descriptors(rlim_t limit)
{
	struct rlimit limits;

	CHECK(getrlimit(RLIMIT_NOFILE, &limits) == 0);
	limits.rlim_cur = limit;
	CHECK(setrlimit(RLIMIT_NOFILE, &limits) == 0);
}

/* The log is a file, too: what is said goes where there is no end. */
START_TEST(a_full_disk_loses_nothing)
{
	char text[LEASE_FILE_SIZE_MAX + 1];
	size_t whole;

	save_in("early", EARLY, S(900));
	whole = scratch_read("early/eth0.lease", text, sizeof(text));
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	for (size_t size = 0; size < whole; size++) {
		ipv4_addr address;

		limit_size(size);
		address = load();
		limit_size(RLIM_INFINITY);
		ck_assert_uint_eq(address, EARLY);
		ck_assert(scratch_has("early/eth0.lease"));
		ck_assert_uint_eq(stored(), IPV4_ANY);
		ck_assert(!scratch_has("state/eth0.lease.new"));
	}
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
	ck_assert(!scratch_has("early/eth0.lease"));
}
END_TEST

/* The file cannot be made, and then not be given its name. */
START_TEST(a_write_that_fails_loses_nothing)
{
	save_in("early", EARLY, S(900));
	CHECK(mkdir(scratch_path("state/eth0.lease.new"), 0700) == 0);
	expect_kept("the lease of the initramfs is used, but cannot be moved: ");
	CHECK(rmdir(scratch_path("state/eth0.lease.new")) == 0);
	/* The directory was removed under it. */
	CHECK(rmdir(scratch_path("state")) == 0);
	expect_kept("cannot be moved: No such file or directory");
	CHECK(mkdir(scratch_path("state"), 0700) == 0);
	store_close(store);
	CHECK(store_open(&store,
			 open(instance.state_dir, O_RDONLY | O_DIRECTORY)) == 0);
	store_doubt(store);
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

/* What is to be somebody's who cannot have it. */
START_TEST(an_owner_that_it_cannot_have_loses_nothing)
{
	save_in("early", EARLY, S(900));
	if (geteuid() == 0) {
		CHECK(chown(scratch_path("early"), NOBODY, NOBODY) == 0);
		CHECK(chown(scratch_path("early/eth0.lease"), NOBODY, NOBODY) ==
		      0);
		CHECK(chown(scratch_path("state"), NOBODY, NOBODY) == 0);
		CHECK(seteuid(NOBODY) == 0);
	}
	store_give_to(store, 1, 1);
	expect_kept("cannot be moved: Operation not permitted");
	ck_assert(!scratch_has("state/eth0.lease.new"));
	store_give_to_none(store);
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

/* It stays there, and gives way to the same one, and to each later one. */
START_TEST(one_that_cannot_be_removed_does_not_come_again)
{
	save_in("early", EARLY, S(900));
	if (geteuid() == 0) {
		CHECK(chown(scratch_path("early/eth0.lease"), NOBODY, NOBODY) ==
		      0);
		CHECK(chown(scratch_path("state"), NOBODY, NOBODY) == 0);
		CHECK(chmod(scratch_path("early"), 0755) == 0);
		CHECK(seteuid(NOBODY) == 0);
	} else {
		CHECK(chmod(scratch_path("early"), 0500) == 0);
	}
	ck_assert_uint_eq(load(), EARLY);
	ck_assert(said("cannot be moved: Permission denied"));
	ck_assert_uint_eq(stored(), EARLY);
	ck_assert(scratch_has("early/eth0.lease"));
	save_in("state", LATE, S(901));
	ck_assert_uint_eq(load(), LATE);
	ck_assert_uint_eq(stored(), LATE);
}
END_TEST

START_TEST(without_descriptors_nothing_is_lost)
{
	save_in("early", EARLY, S(900));
	limit_descriptors(0);
	ck_assert_uint_eq(load(), IPV4_ANY);
	ck_assert_ptr_null(handover_open(&instance));
	limit_descriptors(64);
	ck_assert_uint_eq(load(), EARLY);
	ck_assert_uint_eq(stored(), EARLY);
}
END_TEST

/* It may be newer, and only not be to be read now. */
START_TEST(one_that_cannot_be_read_is_not_replaced)
{
	int busy;

	save_in("state", LATE, S(901));
	save_in("early", EARLY, S(900));
	/* Who opens it has to wait until it is given up, or to go without. */
	signal(SIGIO, SIG_IGN);
	busy = open(scratch_path("state/eth0.lease"), O_WRONLY);
	CHECK(busy >= 0 && fcntl(busy, F_SETLEASE, F_WRLCK) == 0);
	ck_assert_uint_eq(load(), IPV4_ANY);
	ck_assert(scratch_has("early/eth0.lease"));
	close(busy);
	ck_assert_uint_eq(load(), LATE);
	ck_assert(!scratch_has("early/eth0.lease"));
}
END_TEST

/* ---- the DUID ----------------------------------------------------------------- */

static bool takes_duid(struct duid *ret)
{
	*ret = (struct duid){ 0 };
	return handover_duid(handover, &place, ret);
}

START_TEST(a_host_without_a_duid_takes_it)
{
	struct duid duid, own;

	ck_assert(!takes_duid(&duid));
	ck_assert(said_nothing());
	scratch_put("early/duid", DUID);
	ck_assert(takes_duid(&duid));
	ck_assert_uint_eq(duid.size, 18);
	scratch_expect("state/duid", DUID);
	ck_assert(!scratch_has("early/duid"));
	ck_assert_int_eq(duid_stored(&place, &own), 0);
	ck_assert_mem_eq(&own, &duid, sizeof(own));
	ck_assert(!takes_duid(&duid));
	ck_assert(said_nothing());
}
END_TEST

START_TEST(a_host_with_a_duid_keeps_it)
{
	struct duid duid;

	scratch_put("state/duid", DUID);
	scratch_put("early/duid", DUID);
	ck_assert(takes_duid(&duid));
	ck_assert(said_nothing());
	ck_assert(!scratch_has("early/duid"));
	scratch_put("early/duid", OTHER_DUID);
	ck_assert(takes_duid(&duid));
	ck_assert(said("the initramfs has another DUID"));
	ck_assert_uint_eq(duid.size, 18);
	scratch_expect("state/duid", DUID);
	ck_assert(!scratch_has("early/duid"));
	/* Of the same size, too. */
	scratch_put("state/duid", OTHER_DUID);
	scratch_put("early/duid", THIRD_DUID);
	ck_assert(takes_duid(&duid));
	ck_assert(said("the initramfs has another DUID"));
	scratch_expect("state/duid", OTHER_DUID);
}
END_TEST

/* The whole one is by what servers knew it in this boot. */
START_TEST(a_torn_duid_gives_way_to_a_whole_one)
{
	struct duid duid;

	scratch_write("state/duid", DUID, 20);
	scratch_put("early/duid", OTHER_DUID);
	ck_assert(takes_duid(&duid));
	ck_assert_uint_eq(duid.size, 10);
	scratch_expect("state/duid", OTHER_DUID);
}
END_TEST

START_TEST(a_torn_duid_is_not_taken)
{
	struct duid duid;

	for (size_t size = 0; size < strlen(DUID); size++) {
		scratch_write("early/duid", DUID, size);
		ck_assert(!takes_duid(&duid));
		ck_assert(said("the initramfs' DUID is not used: it is torn"));
		ck_assert(!scratch_has("state/duid"));
	}
	/* Nor is what it would be a link to. */
	CHECK(rename(scratch_path("early/duid"), scratch_path("log.duid")) == 0);
	scratch_put("log.duid", DUID);
	CHECK(symlink("../log.duid", scratch_path("early/duid")) == 0);
	ck_assert(!takes_duid(&duid));
	ck_assert(said("the initramfs' DUID is not used: "));
	CHECK(unlink(scratch_path("log.duid")) == 0);
}
END_TEST

START_TEST(a_duid_that_cannot_be_kept_is_used)
{
	struct duid duid;

	scratch_put("early/duid", DUID);
	CHECK(mkdir(scratch_path("state/duid.new"), 0700) == 0);
	ck_assert(takes_duid(&duid));
	ck_assert(said("the initramfs' DUID is used, but cannot be kept in "));
	ck_assert_uint_eq(duid.size, 18);
	ck_assert(scratch_has("early/duid"));
	ck_assert(!scratch_has("state/duid"));
	CHECK(rmdir(scratch_path("state/duid.new")) == 0);
	/* Nor on a disk that is full after some octets. */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
	for (rlim_t size = 0; size < strlen(DUID); size++) {
		limit_size(size);
		ck_assert(takes_duid(&duid));
		limit_size(RLIM_INFINITY);
		ck_assert_uint_eq(duid.size, 18);
		ck_assert(scratch_has("early/duid"));
		ck_assert(!scratch_has("state/duid"));
	}
	reopen();
	ck_assert(takes_duid(&duid));
	scratch_expect("state/duid", DUID);
}
END_TEST

/* Its own may be there, and only not be to be read now. */
START_TEST(a_shortage_replaces_no_duid)
{
	struct duid duid;
	int first;

	scratch_put("state/duid", DUID);
	scratch_put("early/duid", OTHER_DUID);
	first = dup(0);
	close(first);
	/* Enough for the one file, not for a directory and a file. */
	limit_descriptors((rlim_t)first + 1);
	ck_assert(!takes_duid(&duid));
	limit_descriptors(64);
	scratch_expect("state/duid", DUID);
	scratch_expect("early/duid", OTHER_DUID);
}
END_TEST

Suite *test_handover_suite(void)
{
	Suite *suite = suite_create("handover");
	TCase *tests = tcase_create("handover");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, most_hosts_have_none);
	tcase_add_test(tests, the_initramfs_own_daemon_takes_nothing);
	tcase_add_test(tests, that_of_another_user_is_not_read);
	tcase_add_test(tests, what_is_no_directory_is_said);
	tcase_add_test(tests, what_cannot_be_read_is_said);
	tcase_add_test(tests, it_is_taken_once);
	tcase_add_test(tests, of_two_of_this_boot_the_newer_counts);
	tcase_add_test(tests, a_move_that_came_to_no_end);
	tcase_add_test(tests, one_of_the_boot_before_gives_way);
	tcase_add_test(tests, of_another_boot_it_is_none);
	tcase_add_test(tests, a_torn_one_is_left_there);
	tcase_add_test(tests, half_of_one_is_none);
	tcase_add_test(tests, a_torn_one_of_the_store_gives_way);
	tcase_add_test(tests, a_full_disk_loses_nothing);
	tcase_add_test(tests, a_write_that_fails_loses_nothing);
	tcase_add_test(tests, an_owner_that_it_cannot_have_loses_nothing);
	tcase_add_test(tests, one_that_cannot_be_removed_does_not_come_again);
	tcase_add_test(tests, without_descriptors_nothing_is_lost);
	tcase_add_test(tests, one_that_cannot_be_read_is_not_replaced);
	tcase_add_test(tests, a_host_without_a_duid_takes_it);
	tcase_add_test(tests, a_host_with_a_duid_keeps_it);
	tcase_add_test(tests, a_torn_duid_gives_way_to_a_whole_one);
	tcase_add_test(tests, a_torn_duid_is_not_taken);
	tcase_add_test(tests, a_duid_that_cannot_be_kept_is_used);
	tcase_add_test(tests, a_shortage_replaces_no_duid);
	suite_add_tcase(suite, tests);
	return suite;
}
