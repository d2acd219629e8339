/* SPDX-License-Identifier: BSD-2-Clause */
/* The file of known servers: what is written is read, and nothing else. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/crc_line.h"
#include "base/str.h"
#include "daemon/store.h"
#include "unit/runner.h"
#include "unit/scratch.h"

Suite *test_store_servers_suite(void);

static char text[SERVER_FILE_SIZE_MAX], again[SERVER_FILE_SIZE_MAX];

/* A network by its name and one by its router, of one server and of two. */
static struct pins some(void)
{
	return (struct pins){
		.count = 2,
		.networks = {
			{ .place = { .name = { 4, { 'h', 'o', 'm', 'e' } } },
			  .count = 1,
			  .servers = { { 0x0a000001, { 6, { 2, 1 } } } } },
			{ .place = { .router = 0x0a0100fe,
				     .router_hw = { 6, { 2, 2 } } },
			  .count = 2,
			  .servers = { { 0x0a010001, { 6, { 2, 3 } } },
				       { 0, { 0, { 0 } } } } },
		},
	};
}

START_TEST(what_is_written_is_read)
{
	struct pins pins = some(), read = { 0 };
	size_t size = server_file_write(&pins, text);

	ck_assert_int_eq(server_file_read(text, size, &read), 0);
	ck_assert_mem_eq(&read, &pins, sizeof(pins));
	pins = (struct pins){ 0 };
	size = server_file_write(&pins, text);
	ck_assert_int_eq(server_file_read(text, size, &read), 0);
	ck_assert_uint_eq(read.count, 0);
}
END_TEST

START_TEST(the_longest_is_read)
{
	struct pins pins, read;
	size_t size;

	memset(&pins, 0xff, sizeof(pins));
	pins.count = PINS_NETWORKS_MAX;
	pins.changed = false;
	for (unsigned n = 0; n < PINS_NETWORKS_MAX; n++) {
		struct pin_network *network = &pins.networks[n];

		network->count = PINS_SERVERS_MAX;
		network->place.name.size = NETWORK_ID_MAX;
		network->place.router_hw.size = HWADDR_SIZE_MAX;
		for (unsigned i = 0; i < PINS_SERVERS_MAX; i++)
			network->servers[i].hw.size = HWADDR_SIZE_MAX;
	}
	size = server_file_write(&pins, text);
	ck_assert_int_eq(server_file_read(text, size, &read), 0);
	ck_assert_uint_eq(read.count, PINS_NETWORKS_MAX);
	ck_assert_uint_eq(server_file_write(&read, again), size);
	ck_assert_mem_eq(again, text, size);
	ck_assert_int_eq(server_file_read(text, SERVER_FILE_SIZE_MAX + 1, &read),
			 -EBADMSG);
}
END_TEST

START_TEST(torn_or_altered_is_refused)
{
	struct pins pins = some(), read = { 0 };
	size_t size = server_file_write(&pins, text);

	for (size_t i = 0; i < size; i++)
		ck_assert_int_eq(server_file_read(text, i, &read), -EBADMSG);
	for (size_t bit = 0; bit < 8 * size; bit++) {
		text[bit / 8] ^= (char)(1 << bit % 8);
		/* The case of a hexadecimal digit of the sum says nothing. */
		if (server_file_read(text, size, &read) == 0)
			ck_assert_mem_eq(&read, &pins, sizeof(pins));
		text[bit / 8] ^= (char)(1 << bit % 8);
	}
}
END_TEST

#define NETWORK "network - 10.0.0.1 02:01\n"
#define SERVER	"server 10.0.0.1 -\n"

/* Whole, and still not what was ever written. */
static const char *const odd[] = {
	"",
	"tenured-servers 2\n",
	"tenured-lease 1\n",
	"tenured-servers 1\n" SERVER,
	"tenured-servers 1\n" NETWORK,
	"tenured-servers 1\n" NETWORK NETWORK SERVER,
	"tenured-servers 1\nnetwork x 10.0.0.1 02:01\n" SERVER,
	"tenured-servers 1\nnetwork - 10.0.0 02:01\n" SERVER,
	"tenured-servers 1\nnetwork - 10.0.0.1 0\n" SERVER,
	"tenured-servers 1\nnetwork - 10.0.0.1\n" SERVER,
	"tenured-servers 1\nnetwork - 10.0.0.1 - -\n" SERVER,
	"tenured-servers 1\n" NETWORK "server 10.0.0.1\n",
	"tenured-servers 1\n" NETWORK "server 10.0.0 -\n",
	"tenured-servers 1\n" NETWORK "server 10.0.0.1 - 1\n",
	"tenured-servers 1\n" NETWORK "client 10.0.0.1 -\n",
	"tenured-servers 1\n" NETWORK "server\n",
	"tenured-servers 1\n" NETWORK SERVER SERVER SERVER SERVER SERVER,
	"tenured-servers 1\n" NETWORK SERVER NETWORK SERVER NETWORK SERVER
		NETWORK SERVER NETWORK SERVER NETWORK SERVER NETWORK SERVER
			NETWORK SERVER NETWORK SERVER,
};

START_TEST(odd_is_refused)
{
	struct str s = str_over(text, sizeof(text));
	struct pins read;

	str_text(&s, odd[_i]);
	crc_line_append(&s);
	ck_assert_int_eq(server_file_read(text, s.used, &read), -EBADMSG);
}
END_TEST

/* ---- on disk -------------------------------------------------------------- */

static struct store *store;

static void setup(void)
{
	scratch_open();
	store = scratch_store("");
	store_doubt(store);
}

static void teardown(void)
{
	store_close(store);
	scratch_close();
}

START_TEST(stored_is_loaded)
{
	struct pins pins = some(), read;

	store_load_servers(store, "eth0", &read);
	ck_assert_uint_eq(read.count, 0);
	ck_assert_int_eq(store_save_servers(store, "eth0", &pins), 0);
	CHECK(!scratch_has("eth0.servers.new"));
	store_load_servers(store, "eth0", &read);
	ck_assert_mem_eq(&read, &pins, sizeof(pins));
	/* Another name of the interface is theirs, too. */
	ck_assert_int_eq(store_rename(store, "eth0", "eth1"), 0);
	store_load_servers(store, "eth0", &read);
	ck_assert_uint_eq(read.count, 0);
	store_load_servers(store, "eth1", &read);
	ck_assert_mem_eq(&read, &pins, sizeof(pins));
}
END_TEST

START_TEST(bad_is_put_aside)
{
	struct pins pins = some(), read;

	ck_assert_int_eq(store_save_servers(store, "eth0", &pins), 0);
	ck_assert_int_eq(truncate(scratch_path("eth0.servers"), 20), 0);
	store_load_servers(store, "eth0", &read);
	ck_assert_uint_eq(read.count, 0);
	CHECK(!scratch_has("eth0.servers"));
	CHECK(scratch_has("eth0.servers.bad"));
	/* A link leads nowhere. */
	ck_assert_int_eq(symlink("/etc/passwd", scratch_path("eth0.servers")), 0);
	store_load_servers(store, "eth0", &read);
	CHECK(!scratch_has("eth0.servers"));
}
END_TEST

/* A host that is short of descriptors says nothing of the file. */
START_TEST(not_put_aside_for_want_of_descriptors)
{
	struct pins pins = some(), read;
	struct rlimit limit, none;

	ck_assert_int_eq(store_save_servers(store, "eth0", &pins), 0);
	CHECK(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	none = (struct rlimit){ 0, limit.rlim_max };
	CHECK(setrlimit(RLIMIT_NOFILE, &none) == 0);
	store_load_servers(store, "eth0", &read);
	CHECK(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	ck_assert_uint_eq(read.count, 0);
	store_load_servers(store, "eth0", &read);
	ck_assert_mem_eq(&read, &pins, sizeof(pins));
}
END_TEST

Suite *test_store_servers_suite(void)
{
	Suite *suite = suite_create("store_servers");
	TCase *file = tcase_create("file"), *disk = tcase_create("disk");

	tcase_add_test(file, what_is_written_is_read);
	tcase_add_test(file, the_longest_is_read);
	tcase_add_test(file, torn_or_altered_is_refused);
	tcase_add_loop_test(file, odd_is_refused, 0, ARRAY_SIZE(odd));
	suite_add_tcase(suite, file);
	tcase_add_checked_fixture(disk, setup, teardown);
	tcase_add_test(disk, stored_is_loaded);
	tcase_add_test(disk, bad_is_put_aside);
	tcase_add_test(disk, not_put_aside_for_want_of_descriptors);
	suite_add_tcase(suite, disk);
	return suite;
}
