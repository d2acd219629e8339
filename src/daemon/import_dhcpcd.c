/* SPDX-License-Identifier: BSD-2-Clause */
/* The file is the ACK; whose it is tells its name, and when it came, its time. */
#include <string.h>

#include "base/cursor.h"
#include "daemon/import_lease.h"

#define SUFFIX ".lease"

/* Of "/var/lib/dhcpcd/wlan0-SSID.lease" it is wlan0. */
static bool find_name(const char *path, char name[IFNAMSIZ])
{
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	size_t length = strlen(file), suffix = strlen(SUFFIX);

	if (length <= suffix || strcmp(file + length - suffix, SUFFIX) != 0)
		return false;
	length -= suffix;
	/* Names of interfaces may have a hyphen, too; but most have none. */
	if (memchr(file, '-', length))
		length = strcspn(file, "-");
	if (length >= IFNAMSIZ)
		return false;
	memcpy(name, file, length);
	name[length] = '\0';
	return import_is_name(name);
}

bool import_dhcpcd(const char *path, const void *data, size_t size,
		   int64_t written_s, struct import_lease *ret)
{
	struct reader r = reader_over(data, size);

	memset(ret, 0, sizeof(*ret));
	if (size > sizeof(ret->ack) || reader_u8(&r) != DHCP4_OP_REPLY ||
	    !reader_bytes(&r, DHCP4_HEADER_SIZE - 5) ||
	    reader_u32(&r) != DHCP4_MAGIC_COOKIE || r.failed ||
	    !find_name(path, ret->ifname))
		return false;
	memcpy(ret->ack, data, size);
	ret->size = size;
	ret->granted_s = written_s;
	return true;
}
