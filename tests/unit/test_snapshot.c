/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Snapshots: all that a client is, there and back, and nothing that no client ever
 * was. That a copy by way of octets goes on the same is asserted of every step of
 * every test (support.c).
 */
#include "core/snapshot.h"

#include <check.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit/support.h"

Suite *test_snapshot_suite(void);

/*
 * A value for every member, in their order. When this does not compile, a member is
 * new: it wants a row in the table of core/snapshot.c, and a value here.
 */
#pragma GCC diagnostic error "-Wmissing-field-initializers"

static const struct dhcp4_snapshot full = {
	/* struct dhcp4_config */
	{
		32,
		{ 6, { 2, 0, 0, 1, 2, 3 } },
		0x05dc,
		{ 3, { 0, 'i', 'd' } },
		NULL,
		NULL,
		{ 1, 3, 6 },
		3,
		0x0a000001,
		0x0a000002,
		0x0a000003,
		DHCP4_BROADCAST_NO,
		true,
		true,
		0x0102030405060708,
		ACD_MODE_STRICT,
		ACD_DEFENCE_ALWAYS,
		true,
		true,
		true,
		0x0a000100,
		{ 2, { { 0x0a000013, 32 }, { 0x0a000200, 24 } } },
		{ 8,
		  { { 0x0a000014, 32 },
		    { 0x0a000015, 32 },
		    { 0x0a000016, 32 },
		    { 0x0a000017, 32 },
		    { 0x0a000018, 32 },
		    { 0x0a000019, 32 },
		    { 0x0a00001a, 32 },
		    { 0x0a00001b, 32 } } },
		{ FALLBACK_MODE_STATIC, 0x0a000014, 24, 0x0a000015 },
		DHCP4_AUTH_DELAYED,
		true,
		5,
		0x1112131415161718,
		true,
		true,
		{ 4, { 'h', 'o', 'm', 'e' } },
		46,
		true,
		SERVER_PIN_STRICT,
		RENEW_CHANGES_HOLD,
		DHCP4_REMOVAL_RELEASE,
	},
	/* struct snapshot_shared */
	{
		{ 11, { 12, 0, 1, 'a', 81, 0, 4, 1, 2, 3, 4 } },
		/* require, ignore, supersede, append */
		{ 24, "\0\3\0\0\1\6\0\0\3\x33\0\4\0\0\1\0\5\6\0\4\x0a\0\0\1" },
	},
	/* struct dhcp4_client */
	{
		DHCP4_STATE_SELECTING,
		true,
		1000,
		900,
		{ { 1, 2, 3, 4, 5, 6, 7, 8 }, 0x100000000 },
		2001,
		2002,
		2003,
		2004,
		0xdeadbeef,
		77,
		950,
		940,
		{ 0x0a000003,
		  0x0a000004,
		  1800,
		  7,
		  DHCP4_AUTH_TOKEN,
		  9,
		  true,
		  { 6, { 2, 0, 0, 0, 0, 1 } } },
		{ 0, { 0 } },
		66,
		0x0a000005,
		3,
		1500,
		DHCP4_TENURE_HELD,
		0x0a00000e,
		/* struct acd */
		{
			ACD_PHASE_PROBING,
			0x0a00000d,
			true,
			2,
			2005,
			600,
			500,
			400,
			5,
		},
		{ { 0x0a00000f, 1 },
		  { 0x0a000010, 2 },
		  { 0x0a000011, 3 },
		  { 0x0a000012, 4 } },
		true,
		true,
		4,
		2100,
		/* struct fallback */
		{
			{
				ACD_PHASE_ANNOUNCING,
				0x0a000016,
				true,
				1,
				2200,
				300,
				200,
				100,
				6,
			},
			2300,
			0x0a000017,
			7,
			true,
			true,
			8,
			2400,
		},
		/* struct dhcp4_counters */
		{
			{ 1, 2, 3, 4, 5, 6, 7, 8 },
			{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 },
			{ 9, 8, 7, 6, 5, 4, 3, 2, 1, 9, 8, 7 },
			11,
			12,
			13,
		},
		true,
		2,
		true,
		true,
		0xa5,
		true,
		true,
		true,
		0x0a00001c,
		3300,
		{ 1, 2, 3, 4, 5, 6, 7, 8 },
		{ 8, 7, 6, 5, 4, 3, 2, 0xfffffffffffffff1 },
		0x4142434445464748,
		{ 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1 },
		77,
		/* struct attach */
		{
			ATTACH_PHASE_TESTING,
			2,
			2006,
			700,
			true,
			{ { 0, 0x0a000006, 0x0a000021, { 1, { 1 } } },
			  { 1, 0x0a000013, 0x0a000014, { 1, { 2 } } },
			  { 2, 0x0a000015, 0x0a000016, { 1, { 3 } } },
			  { 3, 0x0a000017, 0x0a000018, { 1, { 4 } } } },
		},
		{ 61, 62, 63 },
		3400,
		/* struct dhcp4_lease */
		{
			0x0a000006,
			24,
			true,
			0x0a000007,
			0x0a000008,
			{ 2, { 9, 8 } },
			800,
			3000,
			4000,
			5000,
			4200,
			{ 2, { 7, 6 } },
			"server",
			"file",
			DHCP4_AUTH_DELAYED,
			0xfffffffe,
			0x2122232425262728,
			0x3132333435363738,
			true,
			0x0a000021,
			{ 3, { 2, 2, 2 } },
			{ 2, { 'i', 'd' } },
			{ 12, { 3, 0, 4, 10, 0, 0, 1, 12, 0, 2, 'p', 'c' } },
		},
	},
	2,
	{ { 0x0a000009, 0x0a00000a, 0, 2, DHCP4_AUTH_NONE, 0, false, { 0 } },
	  { 0x0a00000b, 0x0a00000c, 0, 0x109, DHCP4_AUTH_DELAYED, 3, true, { 1, { 7 } } } },
};

static struct dhcp4_snapshot snapshot;
static uint8_t octets[SNAPSHOT_SIZE_MAX], again[SNAPSHOT_SIZE_MAX];

/* The client that it is of, as octets. */
static void write_restored(struct writer *w, const struct dhcp4_snapshot *s)
{
	struct dhcp4_client client;
	struct dhcp4_config config;
	struct dhcp4_offer_pool pool;

	snapshot_restore(s, &client, &config, &pool);
	snapshot_write(w, &client, &config, &pool);
}

static size_t write_to(uint8_t to[SNAPSHOT_SIZE_MAX],
		       const struct dhcp4_snapshot *s)
{
	struct writer w = writer_over(to, SNAPSHOT_SIZE_MAX);

	write_restored(&w, s);
	CHECK(!w.failed);
	return w.used;
}

/* All octets, and no more. */
static bool read_from(const uint8_t *from, size_t size)
{
	struct reader r = reader_over(from, size);

	snapshot_read(&r, &snapshot);
	return !r.failed && r.left == 0;
}

START_TEST(every_member_comes_back)
{
	size_t size = write_to(octets, &full);

	CHECK(read_from(octets, size));
	ck_assert_pstr_eq(fields_difference(&dhcp4_config_fields,
					    &snapshot.config, &full.config),
			  NULL);
	ck_assert_pstr_eq(snapshot_difference(&snapshot, &full), NULL);
	ck_assert_mem_eq(&snapshot, &full, sizeof(full));
}
END_TEST

START_TEST(a_longer_member_is_another)
{
	struct dhcp4_config longer = full.config;

	longer.client_id.size++;
	ck_assert_pstr_eq(fields_difference(&dhcp4_config_fields, &longer,
					    &full.config),
			  "client_id");
}
END_TEST

/* Another order reads back as this one, and is another snapshot. */
START_TEST(edits_have_an_order)
{
	struct dhcp4_override *override = &snapshot.shared.override;
	uint8_t first[4];

	snapshot = full;
	memcpy(first, override->bytes, 4);
	memcpy(override->bytes, override->bytes + 4, 4);
	memcpy(override->bytes + 4, first, 4);
	CHECK(!read_from(octets, write_to(octets, &snapshot)));
	snapshot = full;
	override->used = 8;
	memcpy(override->bytes + 4, override->bytes, 4);
	CHECK(!read_from(octets, write_to(octets, &snapshot)));
}
END_TEST

START_TEST(octets_are_those_of_the_network)
{
	static const uint8_t start[] = { 32,   6, 2, 0,	  0,   1, 2, 3, 0x05,
					 0xdc, 3, 0, 'i', 'd', 1, 3, 6, 0 };

	write_to(octets, &full);
	ck_assert_mem_eq(octets, start, sizeof(start));
}
END_TEST

/* No room is too small, whatever is in the structs. */
START_TEST(the_longest_fits)
{
	struct dhcp4_lease *lease = &snapshot.client.lease;

	snapshot = full;
	snapshot.shared.encoded.used = DHCP4_ENCODED_SIZE;
	snapshot.shared.override.used = DHCP4_OVERRIDE_SIZE;
	memset(lease->sname, 's', DHCP4_SNAME_SIZE);
	memset(lease->file, 'f', DHCP4_FILE_SIZE);
	snapshot.config.client_id.size = DHCP4_CLIENT_ID_MAX;
	snapshot.config.hwaddr.size = HWADDR_SIZE_MAX;
	lease->client_id.size = DHCP4_CLIENT_ID_MAX;
	lease->server_hw.size = HWADDR_SIZE_MAX;
	lease->options.used = DHCP4_OPTIONS_SIZE;
	snapshot.offer_count = DHCP4_OFFERS_MAX;
	write_to(octets, &snapshot);
}
END_TEST

/* Each member that differs is named. */
START_TEST(differences_are_named)
{
	snapshot = full;
	snapshot.client.restart_at++;
	ck_assert_str_eq(snapshot_difference(&snapshot, &full), "restart_at");
	snapshot = full;
	snapshot.client.lease.options.bytes[11]++;
	ck_assert_str_eq(snapshot_difference(&snapshot, &full), "options");
	snapshot = full;
	snapshot.offer_count--;
	ck_assert_str_eq(snapshot_difference(&snapshot, &full), "offers");
	snapshot = full;
	snapshot.offers[1].server_id++;
	ck_assert_str_eq(snapshot_difference(&snapshot, &full), "server_id");
	/* The configuration is somebody else's. */
	snapshot = full;
	snapshot.config.mtu++;
	ck_assert_ptr_null(snapshot_difference(&snapshot, &full));
}
END_TEST

START_TEST(restored_offers_can_be_chosen)
{
	struct dhcp4_client client;
	struct dhcp4_config config;
	struct dhcp4_offer_pool pool;

	snapshot_restore(&full, &client, &config, &pool);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE - 2);
	snapshot_take(&client, &config, &pool, &snapshot);
	ck_assert_uint_eq(snapshot.offer_count, 2);
	ck_assert_mem_eq(snapshot.offers, full.offers, sizeof(full.offers));
	ck_assert_uint_eq(offer_take_best(&pool, &client.offers).server_id,
			  0x0a00000c);
	ck_assert_uint_eq(offer_take_best(&pool, &client.offers).server_id,
			  0x0a00000a);
	ck_assert_uint_eq(offer_pool_free(&pool), DHCP4_POOL_SIZE);
}
END_TEST

START_TEST(a_prefix_is_refused)
{
	size_t size = write_to(octets, &full);

	for (size_t i = 0; i < size; i++)
		CHECK(!read_from(octets, i));
}
END_TEST

/* What is read is written the same: nothing is passed over, or made up. */
static void check_altered(size_t size)
{
	size_t size_again;

	if (!read_from(octets, size))
		return;
	size_again = write_to(again, &snapshot);
	CHECK(size_again == size);
	CHECK(memcmp(again, octets, size) == 0);
	CHECK(!dhcp4_flaw(&snapshot.client));
}

START_TEST(each_octet_counts)
{
	size_t size = write_to(octets, &full);

	for (size_t i = 0; i < size; i++) {
		uint8_t was = octets[i];

		for (unsigned bit = 0; bit < 8; bit++) {
			octets[i] = (uint8_t)(was ^ 1U << bit);
			check_altered(size);
		}
		octets[i] = was;
	}
}
END_TEST

static struct world world;

static size_t reach(int number)
{
	struct writer w = writer_over(octets, sizeof(octets));

	world_init(&world, (unsigned)number);
	world_reach(&world, places[number].state, places[number].held);
	snapshot_write(&w, &world.client, &world.config, &world.pool);
	CHECK(!w.failed);
	return w.used;
}

START_TEST(every_place_comes_back)
{
	size_t size = reach(_i);

	CHECK(read_from(octets, size));
	CHECK(snapshot.client.state == places[_i].state);
	CHECK(write_to(again, &snapshot) == size);
	ck_assert_mem_eq(again, octets, size);
}
END_TEST

/* Altered in up to three places at once, it is refused, or is what it says. */
START_TEST(altered_places_are_safe)
{
	size_t size = reach(_i);
	struct prng prng;

	prng_init(&prng, (uint8_t[32]){ (uint8_t)_i });
	for (unsigned i = 0; i < 1000; i++) {
		uint8_t original[SNAPSHOT_SIZE_MAX];

		memcpy(original, octets, size);
		for (uint64_t n = 1 + prng_below(&prng, 3); n; n--)
			octets[prng_below(&prng, size)] ^=
				(uint8_t)(1U << prng_below(&prng, 8));
		check_altered(size);
		memcpy(octets, original, size);
	}
}
END_TEST

/* The snapshot with one member changed, is it refused? */
#define REFUSED(member, value) \
	do { \
		size_t length; \
\
		snapshot = full; \
		snapshot.member = (value); \
		length = write_to(octets, &snapshot); \
		ck_assert_msg(!read_from(octets, length), #member); \
	} while (0)

START_TEST(impossible_values_are_refused)
{
	REFUSED(client.state, DHCP4_STATE_COUNT);
	REFUSED(client.state, DHCP4_STATE_BOUND); /* has no offers */
	REFUSED(client.tenure, (enum dhcp4_tenure)(DHCP4_TENURE_HELD + 1));
	REFUSED(client.tenure, DHCP4_TENURE_REMEMBERED); /* not in SELECTING */
	REFUSED(client.carrier, false);
	REFUSED(client.lease.prefix_length, 33);
	REFUSED(client.lease.address, IPV4_ANY);
	REFUSED(client.retransmit_at, 1000); /* is past */
	REFUSED(config.parameters_count, DHCP4_PARAMETERS_MAX + 1);
	REFUSED(config.acd, ACD_MODE_COUNT);
	REFUSED(config.broadcast, DHCP4_BROADCAST_COUNT);
	REFUSED(config.allow_servers.count, DHCP4_SERVER_RULES_MAX + 1);
	REFUSED(config.deny_servers.rules[7].length, 33);
	REFUSED(config.acd_defence, ACD_DEFENCE_COUNT);
	REFUSED(config.dscp, 64);
	REFUSED(config.address_removed, DHCP4_REMOVAL_COUNT);
	REFUSED(client.acd.phase, ACD_PHASE_COUNT);
	REFUSED(client.lease.options.bytes[0], 12); /* twice the same */
	REFUSED(client.lease.options.bytes[2], 3);  /* no address */
	REFUSED(client.lease.options.bytes[9], 3);  /* past the end */
}
END_TEST

/* The place in the octets of full at which text begins. */
static size_t place_of(const char *text, size_t size)
{
	const uint8_t *at = memmem(octets, size, text, strlen(text));

	ck_assert_ptr_nonnull(at);
	return (size_t)(at - octets);
}

/* Octets that no writer makes: sizes past the room, a NUL in text. */
START_TEST(impossible_octets_are_refused)
{
	size_t size = write_to(octets, &full);
	const struct {
		size_t at;
		uint8_t octet;
	} changes[] = { { 1, HWADDR_SIZE_MAX + 1 },
			{ 10, 200 },
			{ place_of("server", size), 0 } };

	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		uint8_t was = octets[changes[i].at];

		octets[changes[i].at] = changes[i].octet;
		ck_assert_msg(!read_from(octets, size), "change %zu", i);
		octets[changes[i].at] = was;
	}
	CHECK(read_from(octets, size));
}
END_TEST

/* The first octet in which so many are not those of `again`. */
static size_t first_other(size_t size)
{
	size_t at = 0;

	while (at < size && octets[at] == again[at])
		at++;
	return at;
}

START_TEST(what_is_empty_is_one_octet)
{
	struct dhcp4_snapshot empty = full;
	size_t size = write_to(octets, &full), less, at;
	struct writer short_one;

	memset(&empty.config.fallback, 0, sizeof(empty.config.fallback));
	less = write_to(again, &empty);
	at = first_other(less);
	CHECK(octets[at] == 1 && again[at] == 0);
	CHECK(read_from(again, less));
	ck_assert_mem_eq(&snapshot, &empty, sizeof(empty));

	/* Nor does what is between members make more of it. */
	((uint8_t *)&empty.config.fallback.prefix_length)[1] = 1;
	memcpy(octets, again, less);
	CHECK(write_to(again, &empty) == less);
	ck_assert_mem_eq(octets, again, less);

	/* There is one way alone to say so. */
	CHECK(write_to(octets, &full) == size);
	octets[at] = 2;
	CHECK(!read_from(octets, size));
	octets[at] = 1;
	memset(octets + at + 1, 0, size - less);
	CHECK(!read_from(octets, size));

	short_one = writer_over(octets, at + 3);
	write_restored(&short_one, &full);
	CHECK(short_one.failed);
}
END_TEST

/* Who keeps a client keeps no more of it than there is (client.h). */
START_TEST(nothing_behind_a_client_is_read)
{
	static const struct dhcp4_config config;
	static const struct dhcp4_offer_pool pool;
	const size_t align = _Alignof(struct dhcp4_client);
	const size_t page = (size_t)sysconf(_SC_PAGESIZE);
	const size_t size = (DHCP4_CLIENT_SIZE(0) + align - 1) / align * align;
	const size_t room = (size + page - 1) / page * page;
	uint8_t *memory = mmap(NULL, room + page, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct writer w = writer_over(octets, sizeof(octets));
	struct dhcp4_client *client;

	CHECK(memory != MAP_FAILED);
	CHECK(mprotect(memory + room, page, PROT_NONE) == 0);
	client = (void *)(memory + room - size);
	dhcp4_init(client, (const uint8_t[32]){ 1 });
	snapshot_write(&w, client, &config, &pool);
	CHECK(!w.failed);
	snapshot_take(client, &config, &pool, &snapshot);
	CHECK(write_to(again, &snapshot) == w.used);
	ck_assert_mem_eq(octets, again, w.used);
	munmap(memory, room + page);
}
END_TEST

/* The snapshot with so long an option 12 behind its configuration, is it read? */
static bool reads_with_option(uint16_t length)
{
	size_t size = write_to(again, &full), start;
	struct writer w = writer_over(octets, sizeof(octets));

	fields_write(&w, &dhcp4_config_fields, &full.config);
	start = w.used;
	writer_u16(&w, (uint16_t)(3 + length));
	writer_u8(&w, 12);
	writer_u16(&w, length);
	for (uint16_t i = 0; i < length; i++)
		writer_u8(&w, 'a');
	start += 2U + full.shared.encoded.used;
	writer_bytes(&w, again + start, size - start);
	CHECK(!w.failed);
	return read_from(octets, w.used);
}

START_TEST(options_past_their_room_are_refused)
{
	CHECK(reads_with_option(DHCP4_ENCODED_SIZE - 3));
	CHECK(!reads_with_option(DHCP4_ENCODED_SIZE - 2));
	CHECK(!reads_with_option(DHCP4_OPTIONS_SIZE));
}
END_TEST

Suite *test_snapshot_suite(void)
{
	Suite *suite = suite_create("snapshot");
	TCase *tcase = tcase_create("snapshot");

	tcase_add_test(tcase, every_member_comes_back);
	tcase_add_test(tcase, edits_have_an_order);
	tcase_add_test(tcase, octets_are_those_of_the_network);
	tcase_add_test(tcase, the_longest_fits);
	tcase_add_test(tcase, differences_are_named);
	tcase_add_test(tcase, restored_offers_can_be_chosen);
	tcase_add_test(tcase, a_prefix_is_refused);
	tcase_add_test(tcase, a_longer_member_is_another);
	tcase_add_test(tcase, each_octet_counts);
	tcase_add_loop_test(tcase, every_place_comes_back, 0, PLACES);
	tcase_add_loop_test(tcase, altered_places_are_safe, 0, PLACES);
	tcase_add_test(tcase, impossible_values_are_refused);
	tcase_add_test(tcase, impossible_octets_are_refused);
	tcase_add_test(tcase, what_is_empty_is_one_octet);
	tcase_add_test(tcase, nothing_behind_a_client_is_read);
	tcase_add_test(tcase, options_past_their_room_are_refused);
	suite_add_tcase(suite, tcase);
	return suite;
}
