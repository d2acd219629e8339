/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An octet of circumstances and the text of a lease file, whose sum is made right if
 * the octet says so: else no mutant would get past it. What is accepted is a lease
 * that is not younger than the file says, and reads the same when written again.
 */
#include <string.h>

#include "base/str.h"
#include "base/sum.h"
#include "core/snapshot.h"
#include "fuzz/checks.h"
#include "fuzz/fuzz.h"
#include "lease/lease_file.h"

#define CRC_SIZE 13 /* "crc 01234567\n" */

static char text[LEASE_FILE_SIZE_MAX + CRC_SIZE + 2];

/* The text with the line of its sum at the end. */
static size_t add_sum(size_t size)
{
	struct str s = str_over(text + size, sizeof(text) - size);
	uint32_t sum = sum_crc32(text, size);
	const uint8_t octets[4] = { (uint8_t)(sum >> 24), (uint8_t)(sum >> 16),
				    (uint8_t)(sum >> 8), (uint8_t)sum };

	str_text(&s, "crc ");
	str_hex(&s, octets, sizeof(octets), '\0');
	str_char(&s, '\n');
	return size + s.used;
}

static void check_times(const struct lease_file *file,
			const struct lease_clocks *clocks)
{
	const struct dhcp4_lease *lease = &file->lease;

	CHECK(lease->granted_ns <= clocks->now);
	if (lease->lease_s == DHCP4_LEASE_INFINITE || !file->time_known) {
		CHECK(lease->expiry_ns == NSEC_NEVER);
		return;
	}
	CHECK(lease->t1_ns <= lease->t2_ns && lease->t2_ns <= lease->expiry_ns);
	/* No lease lasts longer than it was granted for, from now on. */
	CHECK(lease->expiry_ns <=
	      nsec_add(clocks->now, lease->lease_s * NSEC_PER_S));
}

static void check_again(const struct lease_file *file,
			const struct lease_clocks *clocks)
{
	static char copy[LEASE_FILE_SIZE_MAX];
	static struct lease_file again;
	size_t size =
		lease_file_write(&file->lease, file->former_mtu, clocks, copy);

	if (!file->same_boot)
		return;
	CHECK(lease_file_read(copy, size, clocks, &again) == 0);
	CHECK(again.same_boot && again.former_mtu == file->former_mtu);
	CHECK(!fields_difference(&dhcp4_lease_fields, &file->lease, &again.lease));
}

static void run(const uint8_t *data, size_t size)
{
	static const char boot_id[] = "01234567-89ab-cdef-0123-456789abcdef";
	static struct lease_file file;
	struct lease_clocks clocks = { .now = 5000 * NSEC_PER_S,
				       .wall_s = 1800000000 };

	if (size < 1)
		return;
	memcpy(clocks.boot_id, boot_id, sizeof(boot_id));
	if (data[0] & 2)
		clocks.boot_id[0] = 'f';
	if (data[0] & 4)
		clocks.wall_s = 0;
	size--;
	if (size > LEASE_FILE_SIZE_MAX)
		size = LEASE_FILE_SIZE_MAX;
	memcpy(text, data + 1, size);
	if (data[0] & 1)
		size = add_sum(size);
	if (lease_file_read(text, size, &clocks, &file) < 0)
		return;
	CHECK(ipv4_is_host(file.lease.address) && file.lease.lease_s);
	CHECK(file.lease.prefix_length > 0 && file.lease.prefix_length <= 32);
	check_times(&file, &clocks);
	check_again(&file, &clocks);
}

const struct fuzz_target fuzz_lease_file = { "lease_file", 8192, run };
