/* SPDX-License-Identifier: BSD-2-Clause */
/* Identifiers octet by octet, and what they must not tell. */
#include "core/identity.h"

#include <check.h>
#include <string.h>

Suite *test_identity_suite(void);

static const struct hwaddr hwaddr = { 6, { 2, 0, 0, 0, 0, 0x10 } };

static void expect(const struct duid *duid, const char *bytes, size_t size)
{
	ck_assert_uint_eq(duid->size, size);
	ck_assert_mem_eq(duid->bytes, bytes, size);
}

START_TEST(duids_by_type)
{
	static const uint8_t uuid[UUID_SIZE] = "0123456789abcdef";
	struct duid duid = duid_llt(1, &hwaddr, 946684800 + 0x01020304);

	expect(&duid, "\0\1\0\1\1\2\3\4\2\0\0\0\0\x10", 14);
	duid = duid_ll(0x0102, &hwaddr);
	expect(&duid, "\0\3\1\2\2\0\0\0\0\x10", 10);
	duid = duid_uuid(uuid);
	expect(&duid,
	       "\0\4"
	       "0123456789abcdef",
	       18);
	duid = duid_en(9, "ab", 2);
	expect(&duid,
	       "\0\2\0\0\0\x09"
	       "ab",
	       8);
}
END_TEST

START_TEST(duid_of_an_enterprise_has_its_limits)
{
	uint8_t bytes[125] = { 0 };

	ck_assert_uint_eq(duid_en(9, bytes, 0).size, 0);
	ck_assert_uint_eq(duid_en(9, bytes, 1).size, 7);
	ck_assert_uint_eq(duid_en(9, bytes, 124).size, DUID_SIZE_MAX);
	ck_assert_uint_eq(duid_en(9, bytes, 125).size, 0);
}
END_TEST

START_TEST(duids_are_compared)
{
	struct duid a = { 3, { 1, 2, 3, 4 } };
	struct duid b = { 3, { 1, 2, 3, 5 } };

	ck_assert(duid_equal(&a, &b));
	b.bytes[2] = 9;
	ck_assert(!duid_equal(&a, &b));
	b = a;
	b.size = 2;
	ck_assert(!duid_equal(&a, &b));
}
END_TEST

START_TEST(uuid_of_a_machine)
{
	uint8_t machine_id[SIPHASH_KEY_SIZE] = { 1, 2, 3 };
	uint8_t one[UUID_SIZE], same[UUID_SIZE], other[UUID_SIZE];

	uuid_of_machine(machine_id, one);
	uuid_of_machine(machine_id, same);
	ck_assert_mem_eq(one, same, sizeof(one));
	ck_assert_uint_eq(one[6] >> 4, 4);
	ck_assert_uint_eq(one[8] >> 6, 2);
	ck_assert_ptr_null(memmem(one, sizeof(one), "\1\2\3", 3));
	machine_id[15] = 1;
	uuid_of_machine(machine_id, other);
	ck_assert_mem_ne(one, other, sizeof(one));
}
END_TEST

START_TEST(by_hardware_address)
{
	struct client_id id = client_id_of_hwaddr(1, &hwaddr);

	ck_assert_uint_eq(id.size, 7);
	ck_assert_mem_eq(id.bytes, "\1\2\0\0\0\0\x10", 7);
	ck_assert_uint_eq(client_id_of_hwaddr(1, &(struct hwaddr){ 0 }).size, 0);
}
END_TEST

/* Covers: 4361-6.1-03 */
START_TEST(by_duid)
{
	struct duid duid = duid_ll(1, &hwaddr), back;
	struct client_id id = client_id_of_duid(0x01020304, &duid);
	uint32_t iaid = 0;

	ck_assert_uint_eq(id.size, 15);
	ck_assert_mem_eq(id.bytes, "\xff\1\2\3\4\0\3\0\1\2\0\0\0\0\x10", 15);
	ck_assert(client_id_split(&id, &iaid, &back));
	ck_assert_uint_eq(iaid, 0x01020304);
	expect(&back, (const char *)duid.bytes, duid.size);
	duid.size = DUID_SIZE_MAX;
	id = client_id_of_duid(0, &duid);
	ck_assert_uint_eq(id.size, DHCP4_CLIENT_ID_MAX);
}
END_TEST

START_TEST(other_identifiers_have_no_duid)
{
	struct client_id id = client_id_of_hwaddr(1, &hwaddr);
	struct duid duid;
	uint32_t iaid;

	ck_assert(!client_id_split(&id, &iaid, &duid));
	id = (struct client_id){ 7, { 255, 1, 2, 3, 4, 0, 1 } };
	ck_assert(!client_id_split(&id, &iaid, &duid));
	id.size = 0;
	ck_assert(!client_id_split(&id, &iaid, &duid));
}
END_TEST

START_TEST(iaids_are_of_their_names)
{
	ck_assert_uint_eq(iaid_of_name("eth0"), iaid_of_name("eth0"));
	ck_assert_uint_ne(iaid_of_name("eth0"), iaid_of_name("eth1"));
	ck_assert_uint_ne(iaid_of_name("eth0"), iaid_of_name("wlan0"));
	/* A later version has to say the same. */
	ck_assert_uint_eq(iaid_of_name(""), 0x4fd0bfc1);
}
END_TEST

START_TEST(addresses_that_tell_nobody)
{
	ck_assert(hwaddr_is_anonymous(&(struct hwaddr){ 0 }));
	ck_assert(!hwaddr_is_anonymous(&hwaddr));
	ck_assert(!hwaddr_is_anonymous(&(struct hwaddr){ .size = 16 }));
	ck_assert(hwaddr_is_anonymous(&(struct hwaddr){ .size = 20 }));
}
END_TEST

/* Covers: 7844-3.7-02 */
START_TEST(pseudonyms)
{
	uint8_t key[SIPHASH_KEY_SIZE] = { 0 };
	struct hwaddr other = hwaddr;
	char one[PSEUDONYM_SIZE], two[PSEUDONYM_SIZE];

	pseudonym(key, &hwaddr, one);
	ck_assert_uint_eq(strlen(one), 12);
	ck_assert_uint_eq(strspn(one, "0123456789abcdef"), 12);
	ck_assert_ptr_null(strstr(one, "020000000010"));
	pseudonym(key, &hwaddr, two);
	ck_assert_str_eq(one, two);
	other.bytes[5] ^= 1;
	pseudonym(key, &other, two);
	ck_assert_str_ne(one, two);
	key[0] = 1;
	pseudonym(key, &hwaddr, two);
	ck_assert_str_ne(one, two);
}
END_TEST

Suite *test_identity_suite(void)
{
	Suite *suite = suite_create("identity");
	TCase *tcase = tcase_create("identity");

	tcase_add_test(tcase, duids_by_type);
	tcase_add_test(tcase, duid_of_an_enterprise_has_its_limits);
	tcase_add_test(tcase, duids_are_compared);
	tcase_add_test(tcase, uuid_of_a_machine);
	tcase_add_test(tcase, by_hardware_address);
	tcase_add_test(tcase, by_duid);
	tcase_add_test(tcase, other_identifiers_have_no_duid);
	tcase_add_test(tcase, iaids_are_of_their_names);
	tcase_add_test(tcase, addresses_that_tell_nobody);
	tcase_add_test(tcase, pseudonyms);
	suite_add_tcase(suite, tcase);
	return suite;
}
