/* SPDX-License-Identifier: BSD-2-Clause */
/* STUN messages: the vectors of RFC 5769, and what no server should send. */
#include "ctl/stun.h"

#include <check.h>
#include <string.h>

#include "base/assert.h"
#include "base/cursor.h"
#include "base/str.h"
#include "base/sum.h"

Suite *test_ctl_stun_suite(void);

static const uint8_t id[STUN_ID_SIZE] = { 0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34,
					  0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae };

static struct stun_message message;

/* ---- RFC 5769 ------------------------------------------------------------------ */

static const char vector_request[] =
	"000100582112a442b7e7a701bc34d686fa87dfae"
	"802200105354554e207465737420636c69656e74"
	"002400046e0001ff"
	"80290008932ff9b151263b36"
	"000600096576746a3a68367659202020"
	"000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
	"80280004e57a3bcf";
static const char vector_ipv4[] =
	"0101003c2112a442b7e7a701bc34d686fa87dfae"
	"8022000b7465737420766563746f7220"
	"002000080001a147e112a643"
	"000800142b91f599fd9e90c38c7489f92af9ba53f06be7d7"
	"80280004c07d4c96";
static const char vector_ipv6[] =
	"010100482112a442b7e7a701bc34d686fa87dfae"
	"8022000b7465737420766563746f7220"
	"002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
	"00080014a382954e4be67bf11784c97c8292c275bfe3ed41"
	"80280004c8fb0b4c";

static size_t octets_of(const char *hex, uint8_t *octets)
{
	int size = str_to_hex(hex, octets, STUN_MESSAGE_MAX);

	ck_assert_int_gt(size, 0);
	return (size_t)size;
}

static enum stun_kind read_hex(const char *hex)
{
	uint8_t octets[STUN_MESSAGE_MAX];

	stun_read(octets, octets_of(hex, octets), &message);
	return message.kind;
}

START_TEST(the_request_of_rfc_5769)
{
	ck_assert_int_eq(read_hex(vector_request), STUN_REQUEST);
	ck_assert_mem_eq(message.id, id, sizeof(id));
	/* PRIORITY is ICE's: a request that has it is none for us. */
	ck_assert_uint_eq(message.unknown_count, 1);
	ck_assert_uint_eq(message.unknown[0], 0x0024);
}
END_TEST

START_TEST(the_ipv4_response_of_rfc_5769)
{
	ck_assert_int_eq(read_hex(vector_ipv4), STUN_SUCCESS);
	ck_assert_mem_eq(message.id, id, sizeof(id));
	ck_assert_uint_eq(message.mapped.address, 0xc0000201);
	ck_assert_uint_eq(message.mapped.port, 32853);
	ck_assert_uint_eq(message.unknown_count + message.other.port, 0);
}
END_TEST

START_TEST(the_ipv6_response_of_rfc_5769)
{
	/* It is sound, but says nothing of an IPv4 address. */
	ck_assert_int_eq(read_hex(vector_ipv6), STUN_UNUSABLE);
	ck_assert_mem_eq(message.id, id, sizeof(id));
	ck_assert_uint_eq(message.mapped.port, 0);
}
END_TEST

/* But for the name of the fingerprint itself: without one nothing can be said. */
START_TEST(each_octet_of_a_vector_counts)
{
	uint8_t octets[STUN_MESSAGE_MAX];
	size_t size = octets_of(vector_ipv4, octets);

	for (size_t i = 0; i < size; i++) {
		if (i == size - 8 || i == size - 7)
			continue;
		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] ^= (uint8_t)(1u << bit);
			stun_read(octets, size, &message);
			ck_assert_msg(message.kind == STUN_NONE, "%zu.%u", i,
				      bit);
			octets[i] ^= (uint8_t)(1u << bit);
		}
	}
}
END_TEST

START_TEST(what_is_cut_or_too_long_is_none)
{
	uint8_t octets[STUN_MESSAGE_MAX] = { 0 };
	size_t size = octets_of(vector_ipv4, octets);

	for (size_t cut = 0; cut < size; cut++) {
		stun_read(octets, cut, &message);
		ck_assert_msg(message.kind == STUN_NONE, "%zu", cut);
	}
	stun_read(octets, size + 4, &message);
	ck_assert_int_eq(message.kind, STUN_NONE);
	stun_read(octets, size, &message);
	ck_assert_int_eq(message.kind, STUN_SUCCESS);
}
END_TEST

/* ---- messages made here ----------------------------------------------------------- */

static uint8_t made[STUN_MESSAGE_MAX];
static struct writer w;

static void begin(unsigned type)
{
	w = writer_over(made, sizeof(made));
	writer_u16(&w, (uint16_t)type);
	writer_u16(&w, 0);
	writer_u32(&w, 0x2112a442);
	writer_bytes(&w, id, sizeof(id));
}

static void attribute(unsigned type, unsigned size, const void *value)
{
	writer_u16(&w, (uint16_t)type);
	writer_u16(&w, (uint16_t)size);
	writer_bytes(&w, value, size);
	writer_pad(&w, (w.used + 3) / 4 * 4);
}

#define VALUE(...) \
	sizeof((const uint8_t[]){ __VA_ARGS__ }), \
		((const uint8_t[]){ __VA_ARGS__ })

static enum stun_kind finish(void)
{
	writer_patch_u16(&w, 2, (uint16_t)(w.used - 20));
	ck_assert(!w.failed);
	stun_read(made, w.used, &message);
	return message.kind;
}

/* 192.0.2.9:4660 */
static void mapped(void)
{
	attribute(0x0001, VALUE(0, 1, 0x12, 0x34, 192, 0, 2, 9));
}

START_TEST(a_plain_address_serves_where_there_is_no_other)
{
	begin(0x0101);
	mapped();
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	ck_assert_uint_eq(message.mapped.address, 0xc0000209);
	ck_assert_uint_eq(message.mapped.port, 0x1234);
	begin(0x0101);
	mapped();
	attribute(0x0020, VALUE(0, 1, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43));
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	ck_assert_uint_eq(message.mapped.address, 0xc0000201);
}
END_TEST

START_TEST(the_first_of_a_kind_counts)
{
	begin(0x0101);
	mapped();
	attribute(0x0001, VALUE(0, 1, 0x43, 0x21, 10, 0, 0, 1));
	attribute(0x0001, VALUE(0));
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	ck_assert_uint_eq(message.mapped.port, 0x1234);
}
END_TEST

START_TEST(where_the_server_is_besides)
{
	begin(0x0101);
	mapped();
	attribute(0x802c, VALUE(0, 1, 0x0d, 0x97, 192, 0, 2, 2));
	attribute(0x802b, VALUE(0, 1, 0x0d, 0x96, 192, 0, 2, 1));
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	ck_assert_uint_eq(message.other.address, 0xc0000202);
	ck_assert_uint_eq(message.other.port, 3479);
	ck_assert_uint_eq(message.origin.address, 0xc0000201);
	ck_assert_uint_eq(message.origin.port, 3478);
}
END_TEST

START_TEST(addresses_of_wrong_sizes_spoil_the_message)
{
	static const uint8_t long_one[21] = { 0, 1 };
	static const uint8_t bad_family[8] = { 0, 3, 1 };

	for (unsigned size = 0; size < sizeof(long_one); size++) {
		begin(0x0101);
		mapped();
		attribute(0x0020, size, long_one);
		ck_assert_msg(finish() == (size == 8 ? STUN_SUCCESS : STUN_NONE),
			      "%u", size);
	}
	begin(0x0101);
	attribute(0x0001, 8, bad_family);
	ck_assert_int_eq(finish(), STUN_NONE);
}
END_TEST

START_TEST(what_must_be_understood_and_is_not_makes_it_unusable)
{
	begin(0x0101);
	mapped();
	attribute(0x0077, VALUE(1));
	ck_assert_int_eq(finish(), STUN_UNUSABLE);
	ck_assert_uint_eq(message.unknown[0], 0x0077);
	begin(0x0101);
	mapped();
	attribute(0x8077, VALUE(1));
	attribute(0x0004, VALUE(0, 1, 0x0d, 0x96, 192, 0, 2, 1));
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	begin(0x0101);
	ck_assert_int_eq(finish(), STUN_UNUSABLE);
}
END_TEST

START_TEST(unknown_ones_are_counted_to_a_bound)
{
	begin(0x0101);
	mapped();
	for (unsigned i = 0; i < 3 * STUN_UNKNOWN_MAX; i++)
		attribute(0x0100 + i, VALUE(0));
	ck_assert_int_eq(finish(), STUN_UNUSABLE);
	ck_assert_uint_eq(message.unknown_count, STUN_UNKNOWN_MAX);
}
END_TEST

START_TEST(an_error_has_its_code)
{
	begin(0x0111);
	attribute(0x0009, VALUE(0, 0, 4, 20, 'n', 'o'));
	attribute(0x000a, VALUE(0, 3, 0, 0x26));
	ck_assert_int_eq(finish(), STUN_ERROR);
	ck_assert_uint_eq(message.error, 420);
	ck_assert_uint_eq(message.unknown_count, 2);
	ck_assert_uint_eq(message.unknown[0], 0x0003);
	ck_assert_uint_eq(message.unknown[1], 0x0026);
	begin(0x0111);
	ck_assert_int_eq(finish(), STUN_UNUSABLE);
}
END_TEST

START_TEST(codes_that_are_none_spoil_the_message)
{
	static const uint8_t wrong[][4] = { { 0, 0, 2, 0 },
					    { 0, 0, 7, 0 },
					    { 0, 0, 4, 100 } };

	for (unsigned i = 0; i < ARRAY_SIZE(wrong); i++) {
		begin(0x0111);
		attribute(0x0009, 4, wrong[i]);
		ck_assert_int_eq(finish(), STUN_NONE);
	}
	begin(0x0111);
	attribute(0x0009, 3, wrong[0]);
	ck_assert_int_eq(finish(), STUN_NONE);
	begin(0x0111);
	attribute(0x0009, VALUE(0, 0, 4, 20));
	attribute(0x000a, VALUE(0, 3, 0));
	ck_assert_int_eq(finish(), STUN_NONE);
}
END_TEST

START_TEST(what_follows_a_proof_is_not_taken)
{
	static const uint8_t proof[32];

	for (unsigned sha256 = 0; sha256 < 2; sha256++) {
		begin(0x0101);
		mapped();
		attribute(sha256 ? 0x001c : 0x0008, sha256 ? 32 : 20, proof);
		attribute(0x802c, VALUE(0, 1, 0x0d, 0x97, 192, 0, 2, 2));
		attribute(0x0077, VALUE(1));
		ck_assert_int_eq(finish(), STUN_SUCCESS);
		ck_assert_uint_eq(message.other.port, 0);
	}
}
END_TEST

static void fingerprint(void)
{
	uint32_t sum;

	writer_patch_u16(&w, 2, (uint16_t)(w.used + 8 - 20));
	sum = sum_crc32(made, w.used) ^ 0x5354554e;
	attribute(0x8028, VALUE((uint8_t)(sum >> 24), (uint8_t)(sum >> 16),
				(uint8_t)(sum >> 8), (uint8_t)sum));
}

START_TEST(nothing_follows_a_fingerprint)
{
	begin(0x0101);
	mapped();
	fingerprint();
	ck_assert_int_eq(finish(), STUN_SUCCESS);
	begin(0x0101);
	mapped();
	fingerprint();
	attribute(0x8022, VALUE('x'));
	ck_assert_int_eq(finish(), STUN_NONE);
	begin(0x0101);
	mapped();
	attribute(0x8028, VALUE(0, 0, 0, 0, 0));
	ck_assert_int_eq(finish(), STUN_NONE);
}
END_TEST

START_TEST(other_methods_and_classes_are_none)
{
	static const unsigned types[] = { 0x0011, 0x0103, 0x0113, 0x0003,
					  0x4101, 0x8101, 0x0000 };

	for (unsigned i = 0; i < ARRAY_SIZE(types); i++) {
		begin(types[i]);
		mapped();
		ck_assert_msg(finish() == STUN_NONE, "%04x", types[i]);
	}
}
END_TEST

/* ---- requests -------------------------------------------------------------------- */

START_TEST(a_request_reads_as_it_was_written)
{
	uint8_t data[STUN_REQUEST_MAX];

	ck_assert_uint_eq(stun_write(data, id, STUN_CHANGE_NONE), 28);
	ck_assert_mem_eq(data,
			 ((uint8_t[]){ 0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42 }), 8);
	stun_read(data, 28, &message);
	ck_assert_int_eq(message.kind, STUN_REQUEST);
	ck_assert_mem_eq(message.id, id, sizeof(id));
	ck_assert_uint_eq(
		stun_write(data, id, STUN_CHANGE_ADDRESS | STUN_CHANGE_PORT), 36);
	ck_assert_mem_eq(data + 20, ((uint8_t[]){ 0, 3, 0, 4, 0, 0, 0, 6 }), 8);
	stun_read(data, 36, &message);
	ck_assert_int_eq(message.kind, STUN_REQUEST);
}
END_TEST

/* RFC 8489 6.2.1 has these instants for an RTO of 500 ms. */
START_TEST(a_request_is_repeated_as_the_rfc_has_it)
{
	static const unsigned due_ms[] = { 0,	 500,	1500,  3500,
					   7500, 15500, 31500, 39500 };

	for (unsigned sent = 0; sent < ARRAY_SIZE(due_ms); sent++)
		ck_assert_uint_eq(stun_due_ms(sent), due_ms[sent]);
	ck_assert_uint_eq(STUN_SENDS, 7);
}
END_TEST

Suite *test_ctl_stun_suite(void)
{
	Suite *suite = suite_create("ctl_stun");
	TCase *tcase = tcase_create("ctl_stun");

	tcase_add_test(tcase, the_request_of_rfc_5769);
	tcase_add_test(tcase, the_ipv4_response_of_rfc_5769);
	tcase_add_test(tcase, the_ipv6_response_of_rfc_5769);
	tcase_add_test(tcase, each_octet_of_a_vector_counts);
	tcase_add_test(tcase, what_is_cut_or_too_long_is_none);
	tcase_add_test(tcase, a_plain_address_serves_where_there_is_no_other);
	tcase_add_test(tcase, the_first_of_a_kind_counts);
	tcase_add_test(tcase, where_the_server_is_besides);
	tcase_add_test(tcase, addresses_of_wrong_sizes_spoil_the_message);
	tcase_add_test(tcase,
		       what_must_be_understood_and_is_not_makes_it_unusable);
	tcase_add_test(tcase, unknown_ones_are_counted_to_a_bound);
	tcase_add_test(tcase, an_error_has_its_code);
	tcase_add_test(tcase, codes_that_are_none_spoil_the_message);
	tcase_add_test(tcase, what_follows_a_proof_is_not_taken);
	tcase_add_test(tcase, nothing_follows_a_fingerprint);
	tcase_add_test(tcase, other_methods_and_classes_are_none);
	tcase_add_test(tcase, a_request_reads_as_it_was_written);
	tcase_add_test(tcase, a_request_is_repeated_as_the_rfc_has_it);
	suite_add_tcase(suite, tcase);
	return suite;
}
