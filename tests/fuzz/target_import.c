/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files of other clients: an octet, which says whose, and the file. A lease that is
 * found in it has a name that a file may have; and if it makes a lease of ours, the
 * file that this is written to is one that is read back.
 */
#include <string.h>

#include "daemon/import_lease.h"
#include "lease/lease_file.h"
#include "fuzz/fuzz.h"

static void check_file(const struct dhcp4_lease *lease)
{
	static char text[LEASE_FILE_SIZE_MAX];
	static struct lease_file file;
	struct lease_clocks clocks = { .now = 60 * NSEC_PER_S,
				       .wall_s = 1800000000 };
	size_t size;

	memset(clocks.boot_id, '-', BOOT_ID_SIZE);
	size = lease_file_write(lease, 0, &clocks, text);
	clocks.boot_id[0] = 'f';
	CHECK(lease_file_read(text, size, &clocks, &file) == 0);
	CHECK(!file.same_boot && file.lease.address == lease->address);
}

static void check(void *context, const struct import_lease *import)
{
	static const uint8_t seed[32] = { 1 };
	static struct dhcp4_message message;
	static struct dhcp4_lease lease;
	struct prng prng;

	(void)context;
	CHECK(import_is_name(import->ifname) && !strchr(import->ifname, '/'));
	CHECK(import->size <= sizeof(import->ack) && import->granted_s >= 0);
	CHECK(import->duid.size <= DUID_SIZE_MAX);
	prng_init(&prng, seed);
	if (import_check(import, &prng, &message, &lease) == REJECT_NONE)
		check_file(&lease);
}

static void run(const uint8_t *data, size_t size)
{
	static const char *const paths[] = { "/x/eth0.lease", "wlan0-a.lease",
					     "/etc/.lease" };
	static struct import_lease lease;

	if (size < 1)
		return;
	if (data[0] & 1)
		import_dhclient((const char *)data + 1, size - 1, check, NULL);
	else if (import_dhcpcd(paths[data[0] / 2 % 3], data + 1, size - 1,
			       1700000000, &lease))
		check(NULL, &lease);
}

const struct fuzz_target fuzz_import = { "import", 4096, run };
