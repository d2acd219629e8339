/* SPDX-License-Identifier: BSD-2-Clause */
/* The last networks of an interface: which are kept, and which may be asked for. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/networks.h"
#include "unit/runner.h"

Suite *test_networks_suite(void);

#define NOW S(1000)

/* Slots in memory; a lease of no address is none. */
static struct fixture {
	struct network_slots slots; /* first */
	struct dhcp4_lease leases[NETWORKS_SPARE + 1];
	int failure[NETWORKS_SPARE + 1]; /* what reading each gives; 0: the lease */
	struct dhcp4_config config;
	bool stored; /* the present lease lies in slot 0, as known() has it */
} f;

static int load(const struct network_slots *slots, unsigned slot,
		struct lease_file *ret)
{
	const struct fixture *own = (const struct fixture *)slots;

	ck_assert(slot > 0 || !own->stored);
	if (own->failure[slot])
		return own->failure[slot];
	if (own->leases[slot].address == IPV4_ANY)
		return -ENOENT;
	*ret = (struct lease_file){ own->leases[slot], true, true, 0 };
	return 0;
}

static void move(const struct network_slots *slots, unsigned from, unsigned to)
{
	(void)slots;
	f.leases[to] = f.leases[from];
	f.leases[from] = (struct dhcp4_lease){ 0 };
}

static void forget(const struct network_slots *slots, unsigned slot)
{
	(void)slots;
	ck_assert_uint_gt(slot, 0);
	f.leases[slot] = (struct dhcp4_lease){ 0 };
}

static void setup(void)
{
	memset(&f, 0, sizeof(f));
	f.slots = (struct network_slots){ load, move, forget };
	f.config.hardware_type = ARP_HTYPE_ETHERNET;
	f.config.hwaddr.size = 6;
	f.config.known_networks = true;
}

/* The n-th network: 10.n.0.50 by 10.n.0.1, whose hardware address ends in n. */
static struct dhcp4_lease lease(uint8_t n)
{
	return (struct dhcp4_lease){
		.address = 0x0a000032 + ((ipv4_addr)n << 16),
		.prefix_length = 24,
		.server_id = 0x0a000001 + ((ipv4_addr)n << 16),
		.expiry_ns = NOW + S(60),
		.lease_s = 3600,
		.router = 0x0a000001 + ((ipv4_addr)n << 16),
		.router_hw = { 6, { 2, 0, 0, 0, 0, n } },
	};
}

static void store(const struct dhcp4_lease *l)
{
	ck_assert_int_eq(networks_make_room(&f.slots, l, NOW), 0);
	f.leases[0] = *l;
}

static void store_network(uint8_t n)
{
	struct dhcp4_lease l = lease(n);

	store(&l);
}

/* Which network lies in each slot; 0: none. */
static void check(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
	const uint8_t expected[] = { a, b, c, d };

	for (unsigned i = 0; i < NETWORKS_MAX; i++)
		ck_assert_msg((f.leases[i].address >> 16 & 0xff) == expected[i],
			      "slot %u", i);
}

/* Covers: 4436-2-01 */
START_TEST(four_networks_are_kept)
{
	for (uint8_t n = 1; n <= 5; n++)
		store_network(n);
	check(5, 4, 3, 2);
}
END_TEST

START_TEST(a_renewal_moves_nothing)
{
	store_network(1);
	store_network(2);
	store_network(2);
	check(2, 1, 0, 0);
}
END_TEST

START_TEST(a_return_takes_its_old_place_away)
{
	for (uint8_t n = 1; n <= 3; n++)
		store_network(n);
	store_network(1);
	check(1, 3, 2, 0);
	store_network(4);
	check(4, 1, 3, 2);
	store_network(3);
	check(3, 4, 1, 2);
}
END_TEST

/* Also where it got another address. */
START_TEST(the_same_network_is_kept_once)
{
	struct dhcp4_lease l = lease(1);

	store_network(1);
	l.address++;
	l.server_id++;
	store(&l);
	check(1, 0, 0, 0);
	/* Before its router was known, it could be another one. */
	l.router_hw.size = 0;
	l.address++;
	store(&l);
	check(1, 1, 0, 0);
	l.router_hw.size = 6;
	store(&l);
	check(1, 0, 0, 0);
}
END_TEST

/* Until its router is known, a lease takes no other's place. */
START_TEST(what_cannot_be_told_apart_yet_is_kept)
{
	struct dhcp4_lease l = lease(1);

	store_network(1);
	l.address++;
	l.router_hw.size = 0;
	store(&l);
	check(1, 1, 0, 0);
	l.router_hw.size = 6;
	l.router_hw.bytes[5] = 9;
	store(&l);
	check(1, 1, 0, 0);
	ck_assert_uint_ne(f.leases[0].address, f.leases[1].address);
}
END_TEST

START_TEST(what_is_of_no_use_is_not_kept)
{
	struct dhcp4_lease l = lease(1);

	l.router_hw.size = 0;
	store(&l);
	store_network(2);
	check(2, 0, 0, 0);
	l.network.size = 1;
	store(&l);
	store_network(3);
	check(3, 1, 2, 0);
	f.leases[1].expiry_ns = NOW;
	store_network(4);
	check(4, 3, 2, 0);
	f.leases[0].expiry_ns = NOW;
	store_network(5);
	check(5, 3, 2, 0);
}
END_TEST

/* Nothing moves, wherever it is, and nothing is to be stored. */
START_TEST(a_shortage_makes_no_room)
{
	struct dhcp4_lease l = lease(5);

	for (uint8_t n = 1; n <= 4; n++)
		store_network(n);
	for (unsigned slot = 0; slot < NETWORKS_MAX; slot++) {
		f.failure[slot] = -EMFILE;
		ck_assert_int_eq(networks_make_room(&f.slots, &l, NOW), -EMFILE);
		check(4, 3, 2, 1);
		f.failure[slot] = 0;
	}
	store(&l);
	check(5, 4, 3, 2);
}
END_TEST

/* A fault of the disk may last: what is there goes the way of all leases. */
START_TEST(what_cannot_be_read_is_not_free)
{
	store_network(1);
	store_network(2);
	store_network(3);
	f.failure[1] = -EIO;
	store_network(4);
	check(4, 3, 2, 1);
	f.failure[1] = 0;
	f.failure[0] = -EIO;
	store_network(5);
	check(5, 4, 3, 2);
	/* What is damaged was put aside. */
	f.failure[0] = 0;
	f.failure[1] = -EBADMSG;
	store_network(6);
	check(6, 5, 3, 2);
	f.failure[1] = 0;
	f.failure[0] = -EBADMSG;
	store_network(7);
	check(7, 5, 3, 2);
}
END_TEST

static unsigned known(const struct dhcp4_lease *own, struct attach_known *ret)
{
	unsigned count = 0;

	networks_known(&f.slots, &f.config, own, f.stored, NOW, ret);
	while (count < ATTACH_OTHERS_MAX && ret->node[count].router)
		count++;
	return count;
}

START_TEST(others_are_told_with_their_slot)
{
	struct attach_known told;

	ck_assert_uint_eq(known(NULL, &told), 0);
	for (uint8_t n = 1; n <= 4; n++)
		store_network(n);
	ck_assert_uint_eq(known(&f.leases[0], &told), 3);
	for (unsigned i = 0; i < 3; i++) {
		ck_assert_uint_eq(told.node[i].index, i + 2);
		ck_assert_uint_eq(told.node[i].address, f.leases[i + 1].address);
		ck_assert_uint_eq(told.node[i].router, f.leases[i + 1].router);
	}
	/* Without a lease the present file is one of them. */
	ck_assert_uint_eq(known(NULL, &told), 3);
	ck_assert_uint_eq(told.node[0].index, 1);
}
END_TEST

/* What is told is the same, and the slot is not loaded: load() sees to that. */
START_TEST(the_present_lease_need_not_be_loaded)
{
	struct attach_known loaded, told;

	for (uint8_t n = 1; n <= 4; n++)
		store_network(n);
	ck_assert_uint_eq(known(&f.leases[0], &loaded), 3);
	f.stored = true;
	ck_assert_uint_eq(known(&f.leases[0], &told), 3);
	for (unsigned i = 0; i < 3; i++)
		ck_assert_mem_eq(&told.node[i], &loaded.node[i],
				 sizeof(told.node[i]));
	/* One that may be the same network is not told, either. */
	f.leases[2] = f.leases[0];
	f.leases[2].address++;
	ck_assert_uint_eq(known(&f.leases[0], &told), 2);
}
END_TEST

/* Covers: 4436-2.1-02 */
START_TEST(some_are_not_told)
{
	struct attach_known told;

	store_network(1);
	store_network(2);
	f.leases[1].expiry_ns = NOW;
	ck_assert_uint_eq(known(&f.leases[0], &told), 0);
	check(2, 0, 0, 0);
	store_network(1);
	f.leases[1].client_id.size = 2;
	ck_assert_uint_eq(known(&f.leases[0], &told), 0);
	check(1, 2, 0, 0);
}
END_TEST

/* Of two that may be one network the newer lease is good, if one is. */
START_TEST(of_one_network_only_the_newest_is_told)
{
	struct attach_known told;
	struct dhcp4_lease own = lease(1);

	f.leases[1] = lease(1);
	f.leases[1].address++;
	ck_assert_uint_eq(known(&own, &told), 0);
	/* The same subnet, with another router: told when both are known. */
	f.leases[1].router_hw.bytes[5] = 9;
	ck_assert_uint_eq(known(&own, &told), 1);
	own.router_hw.size = 0;
	ck_assert_uint_eq(known(&own, &told), 0);
	own.prefix_length = 32;
	ck_assert_uint_eq(known(&own, &told), 0);
	f.leases[1].prefix_length = 32;
	ck_assert_uint_eq(known(&own, &told), 1);
	/* The same router, with names. */
	own = lease(1);
	f.leases[1] = lease(1);
	own.network = (struct network_id){ 1, { 'a' } };
	ck_assert_uint_eq(known(&own, &told), 0);
	f.leases[1].network = (struct network_id){ 1, { 'b' } };
	ck_assert_uint_eq(known(&own, &told), 1);
	f.leases[1].router++;
	f.leases[1].network.bytes[0] = 'a';
	ck_assert_uint_eq(known(&own, &told), 0);
}
END_TEST

/* Covers: DF-if-07 */
START_TEST(a_network_is_found_by_its_name)
{
	const struct network_id a = { 1, { 'a' } }, b = { 1, { 'b' } };
	struct lease_file file;

	store_network(1);
	f.leases[0].network = a;
	store_network(2);
	ck_assert_int_eq(networks_find(&f.slots, &b, NOW, &file), -ENOENT);
	ck_assert_int_eq(networks_find(&f.slots, &a, NOW, &file), 1);
	ck_assert_uint_eq(file.lease.address, lease(1).address);
	f.leases[1].expiry_ns = NOW;
	ck_assert_int_eq(networks_find(&f.slots, &a, NOW, &file), -ENOENT);
}
END_TEST

START_TEST(a_recalled_lease_is_the_present_one)
{
	for (uint8_t n = 1; n <= 4; n++)
		store_network(n);
	networks_recall(&f.slots, 2);
	check(2, 4, 3, 1);
	networks_recall(&f.slots, 0);
	check(2, 4, 3, 1);
	networks_recall(&f.slots, 3);
	check(1, 2, 4, 3);
}
END_TEST

/* Two networks may give the same address by servers of the same address. */
START_TEST(names_tell_the_same_address_apart)
{
	struct dhcp4_lease l = lease(1);

	l.network = (struct network_id){ 1, { 'a' } };
	store(&l);
	l.network.bytes[0] = 'b';
	store(&l);
	check(1, 1, 0, 0);
	ck_assert_uint_eq(f.leases[1].network.bytes[0], 'a');
}
END_TEST

START_TEST(names_are_text_or_hex)
{
	static const char *const wrong[] = { "",	  "caf\xc3\xa9", "a:zz",
					     "tab\there", "00:",	 ":" };
	char longest[NETWORK_ID_MAX + 2];
	struct network_id id;

	ck_assert(network_id_read("Home 5", &id));
	ck_assert_uint_eq(id.size, 6);
	ck_assert_mem_eq(id.bytes, "Home 5", 6);
	ck_assert(network_id_read("00:ff", &id));
	ck_assert_uint_eq(id.size, 2);
	ck_assert_uint_eq(id.bytes[1], 0xff);
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!network_id_read(wrong[i], &id), "%s", wrong[i]);
	memset(longest, 'x', sizeof(longest));
	longest[NETWORK_ID_MAX + 1] = '\0';
	ck_assert(!network_id_read(longest, &id));
	longest[NETWORK_ID_MAX] = '\0';
	ck_assert(network_id_read(longest, &id));
	ck_assert_uint_eq(id.size, NETWORK_ID_MAX);
}
END_TEST

Suite *test_networks_suite(void)
{
	Suite *suite = suite_create("networks");
	TCase *tcase = tcase_create("networks");

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_add_test(tcase, four_networks_are_kept);
	tcase_add_test(tcase, a_renewal_moves_nothing);
	tcase_add_test(tcase, a_return_takes_its_old_place_away);
	tcase_add_test(tcase, the_same_network_is_kept_once);
	tcase_add_test(tcase, what_cannot_be_told_apart_yet_is_kept);
	tcase_add_test(tcase, what_is_of_no_use_is_not_kept);
	tcase_add_test(tcase, a_shortage_makes_no_room);
	tcase_add_test(tcase, what_cannot_be_read_is_not_free);
	tcase_add_test(tcase, others_are_told_with_their_slot);
	tcase_add_test(tcase, the_present_lease_need_not_be_loaded);
	tcase_add_test(tcase, some_are_not_told);
	tcase_add_test(tcase, of_one_network_only_the_newest_is_told);
	tcase_add_test(tcase, a_network_is_found_by_its_name);
	tcase_add_test(tcase, a_recalled_lease_is_the_present_one);
	tcase_add_test(tcase, names_tell_the_same_address_apart);
	tcase_add_test(tcase, names_are_text_or_hex);
	suite_add_tcase(suite, tcase);
	return suite;
}
