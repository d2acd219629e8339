/* SPDX-License-Identifier: BSD-2-Clause */
/* The namespace, by ip(8); it ends with the program. */
#include "torture/net.h"

#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/link.h"
#include "torture/torture.h"
#include "unit/netns.h"

static int ifindex;

int net_ifindex(void)
{
	return ifindex;
}

/* Makes it as shell commands say; the words of any that fails are on stderr. */
static bool do_all(const char *const *commands)
{
	for (; *commands; commands++) {
		if (system(*commands) != 0) {
			fprintf(stderr, "this failed: %s\n", *commands);
			return false;
		}
	}
	return true;
}

bool net_open(void)
{
	static const char *const commands[] = {
		/* Then the kernel says nothing by itself; there may be none. */
		"echo 1 2>/dev/null "
		">/proc/sys/net/ipv6/conf/default/disable_ipv6 || true",
		"ip link set lo up",
		"ip link add " NET_IFACE " address 02:00:00:00:00:05 type veth "
		"peer name srv0 address 02:00:00:00:00:01",
		"ip address add 10.0.0.1/24 dev srv0",
		"ip link set srv0 up",
		"ip link set " NET_IFACE " up",
		NULL,
	};

	if (!netns_make() || !do_all(commands))
		return false;
	ifindex = (int)if_nametoindex(NET_IFACE);
	return ifindex > 0;
}

void net_clean(void)
{
	static const char *const commands[] = {
		"ip -4 address flush dev " NET_IFACE,
		NULL,
	};

	do_all(commands);
}

bool net_has(ipv4_addr address)
{
	bool has = false;
	uint32_t valid_s;

	alloc_pause();
	PROMISE(link_has_address(ifindex, address, &has, &valid_s) == 0,
		"the kernel does not tell its addresses");
	alloc_resume();
	return has;
}

void net_carrier(bool up)
{
	alloc_pause();
	PROMISE(system(up ? "ip link set srv0 up" : "ip link set srv0 down") == 0,
		"the cable is stuck");
	alloc_resume();
}
