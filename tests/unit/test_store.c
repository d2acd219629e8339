/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files that were damaged in every way, and writes that were cut off at every
 * step: what is read is one that was written, whole, or none; and none goes
 * without a word.
 */
#include "daemon/store.h"

#include <check.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_store_suite(void);

#define S(n) ((nsec)(n)*NSEC_PER_S)
#define NOW  S(1000)

/* The longest file: a lease's, and what may be before it. */
#define FILE_MAX LEASE_FILE_SIZE_MAX

struct file {
	char text[FILE_MAX + 1]; /* and a NUL */
	size_t size;
};

static struct store *store;
static struct dhcp4_lease older, newer;
static struct file old, new;

/* ---- files ------------------------------------------------------------------ */

static void read_file(const char *name, struct file *ret)
{
	ret->size = scratch_read(name, ret->text, sizeof(ret->text));
}

static void expect_file(const char *name, const char *text, size_t size)
{
	static struct file is;

	read_file(name, &is);
	ck_assert_uint_eq(is.size, size);
	ck_assert_mem_eq(is.text, text, size);
}

/* ---- leases ----------------------------------------------------------------- */

/* Every field has something to lose. */
static void make_lease(struct dhcp4_lease *lease, ipv4_addr address)
{
	*lease = (struct dhcp4_lease){
		.address = address,
		.prefix_length = 24,
		.mask_guessed = true,
		.server_id = 0x0a000001,
		.siaddr = 0x0a000002,
		.server_hw = { 6, { 2, 0, 0, 0, 0, 0x99 } },
		.granted_ns = S(990),
		.t1_ns = S(990 + 1800),
		.t2_ns = S(990 + 3150),
		.expiry_ns = S(990 + 3600),
		.lease_s = 3600,
		.client_id = { 3, { 0, 'p', 'c' } },
		.sname = "boot",
		.file = "kernel",
		.auth = DHCP4_AUTH_DELAYED,
		.auth_key = 7,
		.auth_seen = 9,
		.auth_sent = 11,
		.router = 0x0a000001,
		.router_hw = { 6, { 2, 0, 0, 0, 0, 0x77 } },
		.network = { 4, { 'h', 'o', 'm', 'e' } },
	};
	CHECK(dhcp4_options_append(&lease->options, 3, "\x0a\0\0\1", 4));
}

static void save(const struct dhcp4_lease *lease)
{
	ck_assert_int_eq(store_save(store, "eth0", lease, 1500, NOW), 0);
}

static int load_address(ipv4_addr *ret)
{
	static struct lease_file file;
	int r = store_load(store, "eth0", NOW, &file);

	*ret = r == 0 ? file.lease.address : IPV4_ANY;
	return r;
}

static void expect_lease(const struct dhcp4_lease *lease)
{
	ipv4_addr address;

	ck_assert_int_eq(load_address(&address), 0);
	ck_assert_uint_eq(address, lease->address);
}

static void set_up(void)
{
	scratch_open();
	store = scratch_store("");
	/* What is put there meanwhile is looked for. */
	store_doubt(store);
	make_lease(&older, 0x0a000032);
	make_lease(&newer, 0x0a000033);
	newer.lease_s = DHCP4_LEASE_INFINITE;
	newer.t1_ns = newer.t2_ns = newer.expiry_ns = NSEC_NEVER;
	save(&older);
	read_file("eth0.lease", &old);
	save(&newer);
	read_file("eth0.lease", &new);
	scratch_empty("");
	/* What is logged is another test's matter. */
	ck_assert_ptr_nonnull(freopen("/dev/null", "w", stderr));
}

static void tear_down(void)
{
	store_close(store);
	scratch_close();
}

/* Asked for anew: the damaged file lies aside, and its place is free. */
static void expect_aside(const char *name, const char *bad, const char *text,
			 size_t size)
{
	ck_assert(!scratch_has(name));
	expect_file(bad, text, size);
}

/* The lease that a file of this content is: the older, the newer or none. */
static ipv4_addr outcome(const char *text, size_t size)
{
	ipv4_addr address;
	int r;

	scratch_write("eth0.lease", text, size);
	r = load_address(&address);
	if (r < 0) {
		ck_assert_int_eq(r, -EBADMSG);
		expect_aside("eth0.lease", "eth0.lease.bad", text, size);
	} else {
		ck_assert(address == older.address || address == newer.address);
		ck_assert(scratch_has("eth0.lease"));
	}
	return address;
}

/* ---- a file that is damaged -------------------------------------------------- */

/* What is there at the start is found, and what is written since then. */
START_TEST(files_that_are_not_looked_for)
{
	struct lease_file file;

	store_close(store);
	store = scratch_store("");
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), -ENOENT);
	scratch_write("eth0.lease", old.text, old.size);
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), -ENOENT);
	store_doubt(store);
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), 0);
	store_close(store);
	store = scratch_store("");
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), 0);
	ck_assert_int_eq(store_forget(store, "eth0"), 0);
	store_close(store);
	store = scratch_store("");
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), -ENOENT);
	ck_assert_int_eq(store_save(store, "eth0", &newer, 0, NOW), 0);
	ck_assert_int_eq(store_load(store, "eth0", NOW, &file), 0);
}
END_TEST

/* Covers: DF-life-02 */
START_TEST(each_prefix)
{
	for (size_t size = 0; size < old.size; size++)
		ck_assert_uint_eq(outcome(old.text, size), IPV4_ANY);
	ck_assert_uint_eq(outcome(old.text, old.size), older.address);
	for (size_t size = 0; size < new.size; size++)
		ck_assert_uint_eq(outcome(new.text, size), IPV4_ANY);
	ck_assert_uint_eq(outcome(new.text, new.size), newer.address);
}
END_TEST

/* A digit of the CRC in capitals is the same digit. */
static bool is_same_text(const struct file *a, const struct file *b)
{
	for (size_t i = 0; i < a->size; i++) {
		bool in_crc = i >= a->size - 9;

		if (a->text[i] != b->text[i] &&
		    !(in_crc && isxdigit(a->text[i]) &&
		      tolower(a->text[i]) == b->text[i]))
			return false;
	}
	return true;
}

/* Covers: DF-life-02 */
START_TEST(each_bit)
{
	static struct file flipped;

	for (size_t bit = 0; bit < 8 * old.size; bit++) {
		bool same;

		flipped = old;
		flipped.text[bit / 8] ^= (char)(1 << bit % 8);
		same = is_same_text(&flipped, &old);
		ck_assert_uint_eq(outcome(flipped.text, flipped.size),
				  same ? older.address : IPV4_ANY);
	}
}
END_TEST

/* Some blocks of the one and some of the other, in either order, of either size. */
START_TEST(each_mix_of_old_and_new)
{
	static struct file mixed;
	const struct file *const pairs[][2] = { { &old, &new }, { &new, &old } };

	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct file *head = pairs[i][0], *tail = pairs[i][1];

		for (size_t at = 1; at < head->size && at < tail->size; at++) {
			ipv4_addr whole = IPV4_ANY;

			mixed = *tail;
			memcpy(mixed.text, head->text, at);
			if (memcmp(mixed.text, tail->text, tail->size) == 0)
				whole = i ? older.address : newer.address;
			ck_assert_uint_eq(outcome(mixed.text, mixed.size), whole);
		}
	}
}
END_TEST

/* Covers: DF-life-02 */
START_TEST(a_damaged_lease_of_another_network)
{
	struct store_networks networks = store_networks(store, "eth0", NOW);
	static struct lease_file file;

	for (unsigned slot = 1; slot < NETWORKS_MAX; slot++) {
		char name[32], bad[40];

		snprintf(name, sizeof(name), "eth0.lease.%u", slot);
		snprintf(bad, sizeof(bad), "%s.bad", name);
		for (size_t size = 0; size < old.size; size += 7) {
			scratch_write(name, old.text, size);
			ck_assert_int_eq(networks.slots.load(&networks.slots,
							     slot, &file),
					 -EBADMSG);
			expect_aside(name, bad, old.text, size);
		}
	}
}
END_TEST

START_TEST(each_damage_of_the_fallback)
{
	static struct file whole, damaged;
	struct fallback_file fallback = { 0xa9fe0102, 16, true };

	CHECK(store_save_fallback(store, "eth0", &fallback) == 0);
	read_file("eth0.fallback", &whole);
	for (size_t size = 0; size < whole.size; size++) {
		scratch_write("eth0.fallback", whole.text, size);
		store_load_fallback(store, "eth0", &fallback);
		ck_assert_uint_eq(fallback.address, IPV4_ANY);
		expect_aside("eth0.fallback", "eth0.fallback.bad", whole.text,
			     size);
	}
	for (size_t bit = 0; bit < 8 * whole.size; bit++) {
		damaged = whole;
		damaged.text[bit / 8] ^= (char)(1 << bit % 8);
		scratch_write("eth0.fallback", damaged.text, damaged.size);
		store_load_fallback(store, "eth0", &fallback);
		if (is_same_text(&damaged, &whole)) {
			ck_assert_uint_eq(fallback.address, 0xa9fe0102);
			CHECK(fallback.in_kernel);
			continue;
		}
		ck_assert_uint_eq(fallback.address, IPV4_ANY);
		CHECK(!fallback.in_kernel);
		expect_aside("eth0.fallback", "eth0.fallback.bad", damaged.text,
			     damaged.size);
	}
}
END_TEST

/* No file of ours at all, or none that could be read. */
START_TEST(what_is_no_file)
{
	ipv4_addr address;

	CHECK(mkdir(scratch_path("eth0.lease"), 0700) == 0);
	ck_assert_int_eq(load_address(&address), -EBADMSG);
	ck_assert(scratch_has("eth0.lease.bad"));
	CHECK(rmdir(scratch_path("eth0.lease.bad")) == 0);
	CHECK(symlink("/etc/passwd", scratch_path("eth0.lease")) == 0);
	ck_assert_int_eq(load_address(&address), -EBADMSG);
	ck_assert(scratch_has("eth0.lease.bad") && !scratch_has("eth0.lease"));
	CHECK(mkfifo(scratch_path("eth0.lease"), 0600) == 0);
	ck_assert_int_eq(load_address(&address), -EBADMSG);
}
END_TEST

/* A host that has no descriptors left says nothing of its files. */
START_TEST(a_shortage_loses_no_file)
{
	struct rlimit limit, none = { 0 };
	ipv4_addr address;

	save(&older);
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	none.rlim_max = limit.rlim_max;
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	ck_assert_int_eq(load_address(&address), -EMFILE);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	expect_lease(&older);
}
END_TEST

/* ---- a write that came to no end --------------------------------------------- */

/* Killed before the rename, with so much of the new file written. */
START_TEST(a_rename_that_never_happened)
{
	for (size_t size = 0; size <= new.size; size++) {
		scratch_write("eth0.lease", old.text, old.size);
		scratch_write("eth0.lease.new", new.text, size);
		expect_lease(&older);
		save(&newer);
		expect_lease(&newer);
		ck_assert(!scratch_has("eth0.lease.new"));
	}
}
END_TEST

/* What lies there may be a link to something precious. */
START_TEST(what_lies_in_the_way_is_not_written_to)
{
	char other[PATH_MAX];

	scratch_put("precious", "kept\n");
	snprintf(other, sizeof(other), "%s", scratch_path("precious"));
	CHECK(link(other, scratch_path("eth0.lease.new")) == 0);
	save(&older);
	expect_file("precious", "kept\n", 5);
	CHECK(symlink(other, scratch_path("eth0.lease.new")) == 0);
	save(&older);
	expect_file("precious", "kept\n", 5);
	CHECK(mkfifo(scratch_path("eth0.lease.new"), 0600) == 0);
	save(&newer);
	expect_lease(&newer);
}
END_TEST

/* The disk is full after each number of octets; the limit is the test's own. */
START_TEST(a_disk_that_is_full)
{
	struct rlimit before, limit;
	static struct file is;

	signal(SIGXFSZ, SIG_IGN);
	scratch_write("eth0.lease", old.text, old.size);
	CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
	for (size_t size = 0; size < new.size; size += 13) {
		int r;

		limit = before;
		limit.rlim_cur = size;
		CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
		r = store_save(store, "eth0", &newer, 1500, NOW);
		CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
		ck_assert_int_eq(r, -EFBIG);
		read_file("eth0.lease", &is);
		ck_assert_uint_eq(is.size, old.size);
		ck_assert_mem_eq(is.text, old.text, old.size);
		ck_assert(!scratch_has("eth0.lease.new"));
	}
	save(&newer);
	expect_lease(&newer);
}
END_TEST

/* ---- several files at once ---------------------------------------------------- */

static void (*move_on)(const struct network_slots *, unsigned, unsigned);
static unsigned moves_left;

/* From some move on the process is dead. */
static void move_or_die(const struct network_slots *slots, unsigned from,
			unsigned to)
{
	if (moves_left == 0)
		return;
	moves_left--;
	move_on(slots, from, to);
}

static struct store_networks dying_after(unsigned moves)
{
	struct store_networks networks = store_networks(store, "eth0", NOW);

	move_on = networks.slots.move;
	networks.slots.move = move_or_die;
	moves_left = moves;
	return networks;
}

static void fill_slots(unsigned count)
{
	static const char *const names[] = { "eth0.lease", "eth0.lease.1",
					     "eth0.lease.2", "eth0.lease.3" };

	scratch_empty("");
	for (unsigned slot = 0; slot < count; slot++) {
		struct dhcp4_lease lease;

		make_lease(&lease, 0x0a000032 + (slot << 8));
		lease.network.bytes[0] = (uint8_t)('a' + slot);
		save(&lease);
		/* The present one is saved last, in its place. */
		if (slot + 1 < count)
			CHECK(rename(scratch_path("eth0.lease"),
				     scratch_path(names[count - 1 - slot])) == 0);
	}
}

/* The slots of fill_slots(), each lease in one of them. */
static unsigned count_leases(void)
{
	struct store_networks networks = store_networks(store, "eth0", NOW);
	static struct lease_file file;
	unsigned seen = 0;

	for (unsigned slot = 0; slot < NETWORKS_MAX; slot++) {
		unsigned which;

		if (networks.slots.load(&networks.slots, slot, &file) < 0)
			continue;
		which = (file.lease.address >> 8) & 0xff;
		ck_assert(!(seen & 1U << which));
		seen |= 1U << which;
	}
	return (unsigned)__builtin_popcount(seen);
}

/* A return to a known network, killed between any two of its renames. */
START_TEST(a_recall_that_was_cut_off)
{
	for (unsigned slot = 1; slot < NETWORKS_MAX; slot++) {
		for (unsigned moves = 0; moves <= slot + 2; moves++) {
			struct store_networks networks;
			ipv4_addr address;

			fill_slots(NETWORKS_MAX);
			networks = dying_after(moves);
			networks_recall(&networks.slots, slot);
			load_address(&address);
			ck_assert_uint_eq(count_leases(), NETWORKS_MAX);
			ck_assert(!scratch_has("eth0.lease.moved"));
		}
	}
}
END_TEST

/* Another network's lease is stored, killed between any two renames. */
START_TEST(room_that_was_not_made_to_the_end)
{
	for (unsigned count = 1; count <= NETWORKS_MAX; count++) {
		for (unsigned moves = 0; moves <= NETWORKS_MAX; moves++) {
			struct store_networks networks;
			struct dhcp4_lease other;

			fill_slots(count);
			make_lease(&other, 0x0a000132 + (9 << 8));
			other.network.bytes[0] = 'z';
			networks = dying_after(moves);
			networks_make_room(&networks.slots, &other, NOW);
			/* Of a full house the oldest goes, and no other. */
			ck_assert_uint_ge(count_leases(),
					  count - (count == NETWORKS_MAX));
		}
	}
}
END_TEST

Suite *test_store_suite(void)
{
	Suite *suite = suite_create("store");
	TCase *tests = tcase_create("store");

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_add_test(tests, files_that_are_not_looked_for);
	tcase_add_test(tests, each_prefix);
	tcase_add_test(tests, each_bit);
	tcase_add_test(tests, each_mix_of_old_and_new);
	tcase_add_test(tests, a_damaged_lease_of_another_network);
	tcase_add_test(tests, each_damage_of_the_fallback);
	tcase_add_test(tests, what_is_no_file);
	tcase_add_test(tests, a_shortage_loses_no_file);
	tcase_add_test(tests, a_rename_that_never_happened);
	tcase_add_test(tests, what_lies_in_the_way_is_not_written_to);
	tcase_add_test(tests, a_disk_that_is_full);
	tcase_add_test(tests, a_recall_that_was_cut_off);
	tcase_add_test(tests, room_that_was_not_made_to_the_end);
	suite_add_tcase(suite, tests);
	return suite;
}
