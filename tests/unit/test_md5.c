/* SPDX-License-Identifier: BSD-2-Clause */
/* The suite of RFC 1321 A.5, and what lies at the ends of blocks. */
#include "base/md5.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"

Suite *test_md5_suite(void);

static const struct {
	const char *text, *hash;
} vectors[] = {
	{ "", "d41d8cd98f00b204e9800998ecf8427e" },
	{ "a", "0cc175b9c0f1b6a831c399e269772661" },
	{ "abc", "900150983cd24fb0d6963f7d28e17f72" },
	{ "message digest", "f96b697d7cb7938d525a2f31aaf161d0" },
	{ "abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b" },
	{ "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
	  "d174ab98d277d9f5a5611c2c9f419d9f" },
	{ "1234567890123456789012345678901234567890123456789012345678901234567"
	  "8901234567890",
	  "57edf4a22be3c955ac49da2e2107b67a" },
};

/* Added in parts of so many octets. */
static void is_hash(const char *text, size_t part, const char *expected)
{
	uint8_t hash[MD5_SIZE], wanted[MD5_SIZE];
	size_t left = strlen(text);
	struct md5 m;

	ck_assert_int_eq(str_to_hex(expected, wanted, sizeof(wanted)), MD5_SIZE);
	md5_begin(&m);
	for (; left > part; left -= part, text += part)
		md5_add(&m, text, part);
	md5_add(&m, text, left);
	md5_end(&m, hash);
	ck_assert_mem_eq(hash, wanted, sizeof(hash));
}

START_TEST(vector)
{
	is_hash(vectors[_i].text, 1000, vectors[_i].hash);
	is_hash(vectors[_i].text, 7, vectors[_i].hash);
}
END_TEST

/* Of zeros, as many as leave room for the length, just so, or not. */
START_TEST(ends_of_blocks)
{
	static const struct {
		size_t size;
		const char *hash;
	} known[] = {
		{ 55, "c9ea3314b91c9fd4e38f9432064fd1f2" },
		{ 56, "e3c4dd21a9171fd39d208efa09bf7883" },
		{ 63, "65cecfb980d72fde57d175d6ec1c3f64" },
		{ 64, "3b5d3c7d207e37dceeedd301e35e2e58" },
	};
	const uint8_t zeros[64] = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		uint8_t hash[MD5_SIZE], wanted[MD5_SIZE];
		struct md5 m;

		str_to_hex(known[i].hash, wanted, sizeof(wanted));
		md5_begin(&m);
		md5_add(&m, zeros, known[i].size);
		md5_end(&m, hash);
		ck_assert_mem_eq(hash, wanted, sizeof(hash));
	}
}
END_TEST

Suite *test_md5_suite(void)
{
	Suite *suite = suite_create("md5");
	TCase *tcase = tcase_create("md5");

	tcase_add_loop_test(tcase, vector, 0, (int)ARRAY_SIZE(vectors));
	tcase_add_test(tcase, ends_of_blocks);
	suite_add_tcase(suite, tcase);
	return suite;
}
