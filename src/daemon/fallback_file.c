/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * "ADDRESS/LENGTH BOOT", where BOOT is no boot's id if the kernel has it not, and
 * the line of its CRC.
 */
#include "daemon/fallback_file.h"

#include <errno.h>
#include <string.h>

#include "base/crc_line.h"
#include "base/str.h"
#include "lease/lease_file.h"

static const char no_boot[] = "-";

size_t fallback_file_write(const struct fallback_file *fallback,
			   const char *boot_id, char text[FALLBACK_FILE_SIZE_MAX])
{
	struct str s = str_over(text, FALLBACK_FILE_SIZE_MAX);

	str_ipv4(&s, fallback->address);
	str_char(&s, '/');
	str_u64(&s, fallback->prefix_length);
	str_char(&s, ' ');
	str_text(&s, fallback->in_kernel ? boot_id : no_boot);
	str_char(&s, '\n');
	crc_line_append(&s);
	return s.used;
}

int fallback_file_read(char *text, size_t size, const char *boot_id,
		       struct fallback_file *ret)
{
	struct fallback_file read = { 0 };
	char *slash, *space;
	uint64_t length;

	if (!crc_line_check(text, size, &size) || size == 0 ||
	    text[size - 1] != '\n')
		return -EBADMSG;
	text[size - 1] = '\0';
	slash = strchr(text, '/');
	space = strchr(text, ' ');
	if (!slash || !space || slash > space)
		return -EBADMSG;
	*slash = *space = '\0';
	if (!str_to_ipv4(text, &read.address) || !ipv4_is_host(read.address) ||
	    !str_to_u64(slash + 1, 32, &length) || length == 0)
		return -EBADMSG;
	read.prefix_length = (uint8_t)length;
	read.in_kernel = boot_is_same(space + 1, boot_id);
	*ret = read;
	return 0;
}
