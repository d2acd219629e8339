/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a lease file, written and read back: memory in, memory out.
 *
 * Lines of a word and a value, the first one naming the format and its version,
 * the last one a CRC-32 of all before it. Times stand on both clocks: CLOCK_BOOTTIME
 * with the id of the boot, exact as long as that lasts, and the wall clock.
 */
#ifndef LEASE_LEASE_FILE_H
#define LEASE_LEASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/nsec.h"
#include "core/lease.h"

#define BOOT_ID_SIZE 36 /* a UUID as text, without a NUL */

/* Of no boot, or of nobody knows which: another one each time. */
#define BOOT_ID_NONE "------------------------------------"
_Static_assert(sizeof(BOOT_ID_NONE) == BOOT_ID_SIZE + 1, "it is as long");

bool boot_is_same(const char *a, const char *b);

/* Enough for the longest file: all options in hex, and the lines around. */
#define LEASE_FILE_SIZE_MAX 8192

/* What time it is, on every clock. */
struct lease_clocks {
	nsec now;	/* CLOCK_BOOTTIME */
	int64_t wall_s; /* seconds since 1970 */
	char boot_id[BOOT_ID_SIZE + 1];
};

/* Writes the file's text. Its length; the buffer always suffices. */
size_t lease_file_write(const struct dhcp4_lease *, uint32_t former_mtu,
			const struct lease_clocks *,
			char text[LEASE_FILE_SIZE_MAX]);

struct lease_file {
	struct dhcp4_lease lease; /* its instants on this boot's clock */
	bool same_boot;
	/*
	 * How long the lease lasts is known. False on another boot where the wall
	 * clock is earlier than the file's, or either was never set: the expiry is
	 * NSEC_NEVER then, and the lease may be asked for, not used.
	 */
	bool time_known;
	uint32_t former_mtu; /* of the interface, before the lease's; 0: the same */
};

/*
 * 0, or -EBADMSG for what is no whole, unaltered file of this format; *ret is
 * unspecified then.
 */
int lease_file_read(const char *text, size_t size, const struct lease_clocks *,
		    struct lease_file *ret);

#endif
