/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a file of the fallback's address, the one that was used last besides
 * a lease, written and read back: memory in, memory out.
 */
#ifndef DAEMON_FALLBACK_FILE_H
#define DAEMON_FALLBACK_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"

#define FALLBACK_FILE_SIZE_MAX 80

struct fallback_file {
	ipv4_addr address; /* 0: none */
	uint8_t prefix_length;
	bool in_kernel; /* and is left there if nobody removes it */
};

/* Its length; the buffer always suffices. */
size_t fallback_file_write(const struct fallback_file *, const char *boot_id,
			   char text[FALLBACK_FILE_SIZE_MAX]);

/*
 * 0, or -EBADMSG for what is no whole, unaltered file of this format. Of another
 * boot it is not in the kernel. The text is cut up.
 */
int fallback_file_read(char *text, size_t size, const char *boot_id,
		       struct fallback_file *ret);

#endif
