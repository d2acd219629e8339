/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What other DHCP clients keep of a lease, read: octets in, an ACK out, which is then
 * checked as if a server had sent it. No file is opened here, and no clock is read.
 */
#ifndef DAEMON_IMPORT_LEASE_H
#define DAEMON_IMPORT_LEASE_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/dhcp4.h"
#include "core/identity.h"
#include "core/lease.h"
#include "core/message.h"

struct import_lease {
	char ifname[IFNAMSIZ]; /* import_is_name() */
	int64_t granted_s;     /* since 1970 */
	size_t size;
	uint8_t ack[DHCP4_MESSAGE_MAX];
	struct duid duid; /* that its client has; size 0: none is known */
};

/* What an interface may be called, and a file that has its name in it. */
bool import_is_name(const char *);

/*
 * The leases of a text of dhclient's, in its order: of several for an interface the
 * last one is the present one. Returns how many blocks of leases could not be read.
 */
typedef void import_visitor(void *context, const struct import_lease *);
unsigned import_dhclient(const char *text, size_t size, import_visitor *,
			 void *context);

/*
 * The one lease of a file of dhcpcd's, IFNAME.lease or IFNAME-SSID.lease, which was
 * written when it was granted. False if it is not such a file.
 */
bool import_dhcpcd(const char *path, const void *data, size_t size,
		   int64_t written_s, struct import_lease *ret);

/*
 * Its message, and the lease that it makes, whose times are counted from the grant;
 * or why it makes none.
 */
enum reject import_check(const struct import_lease *, struct prng *,
			 struct dhcp4_message *ret_message,
			 struct dhcp4_lease *ret);

#endif
