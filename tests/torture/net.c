/* SPDX-License-Identifier: BSD-2-Clause */
/* The namespace, by ip(8); it ends with the program. */
#include "torture/net.h"

#include <limits.h>
#include <net/if.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/link.h"
#include "daemon/monitor.h"
#include "torture/torture.h"
#include "unit/netns.h"

static int ifindex;
static int holder; /* of the cables: a socket to it */

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

static pid_t server;

static bool serve(void)
{
	char path[PATH_MAX] = "";
	ssize_t size = readlink("/proc/self/exe", path, sizeof(path) - 16);
	char *slash = size > 0 ? strrchr(path, '/') : NULL;

	if (!slash)
		return false;
	strcpy(slash, "/dhcp-server");
	server = fork();
	if (server == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(path, path, "-i", "srv0", "--address", "10.0.0.1/24",
		      "--pool", "10.0.0.10-10.0.0.20", "--lease", "600",
		      "--route", "0.0.0.0/0,10.0.0.1", "--route",
		      "198.51.100.0/24,10.0.0.1", "--dns", "10.0.0.1", NULL);
		perror(path);
		_exit(1);
	}
	return server > 0;
}

/* What the holder does; a daemon itself may not, after its start. */
enum deed {
	DEED_CABLE_OUT,
	DEED_CABLE_IN,
	DEED_UNPLUG,
	DEED_PLUG
};

static bool set_cable(bool in)
{
	static int fd = -1;
	struct ifreq request = { .ifr_name = "srv0" };

	if (fd < 0)
		fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (ioctl(fd, SIOCGIFFLAGS, &request) < 0)
		return false;
	request.ifr_flags = (short)(in ? request.ifr_flags | IFF_UP
				       : request.ifr_flags & ~IFF_UP);
	return ioctl(fd, SIOCSIFFLAGS, &request) == 0;
}

static bool set_plug(bool in)
{
	static const char *const commands[] = {
		"ip link add " NET_OTHER " type veth peer name srv1",
		"ip link set srv1 up",
		"ip link set " NET_OTHER " up",
		"ip route add 198.51.0.0/16 dev " NET_OTHER,
		NULL,
	};

	if (!in)
		return system("ip link del " NET_OTHER) == 0;
	return if_nametoindex(NET_OTHER) || do_all(commands);
}

static _Noreturn void hold(int end)
{
	char deed;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(end, &deed, 1) == 1) {
		char done = deed <= DEED_CABLE_IN
				    ? set_cable(deed == DEED_CABLE_IN)
				    : set_plug(deed == DEED_PLUG);

		if (write(end, &done, 1) != 1)
			break;
	}
	_exit(0);
}

static bool start_holder(void)
{
	int ends[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return false;
	pid = fork();
	if (pid == 0) {
		close(ends[0]);
		hold(ends[1]);
	}
	close(ends[1]);
	holder = ends[0];
	return pid > 0;
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
	return ifindex > 0 && set_plug(true) && serve() && start_holder();
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

struct search {
	ipv4_addr destination;
	bool found;
};

static void look_at(void *context, const struct monitor_item *item)
{
	struct search *search = context;

	if (item->is_route && item->ifindex == ifindex &&
	    item->address == search->destination)
		search->found = true;
}

bool net_has_route(ipv4_addr destination)
{
	struct search search = { .destination = destination };

	alloc_pause();
	PROMISE(monitor_routes(0, 0, 0, look_at, &search) == 0,
		"the kernel does not tell its routes");
	alloc_resume();
	return search.found;
}

static void let(enum deed deed)
{
	char octet = (char)deed, done;

	PROMISE(write(holder, &octet, 1) == 1 && read(holder, &done, 1) == 1 &&
			done,
		"the cable is stuck");
}

void net_carrier(bool up)
{
	let(up ? DEED_CABLE_IN : DEED_CABLE_OUT);
}

void net_plug(bool in)
{
	let(in ? DEED_PLUG : DEED_UNPLUG);
}

void net_clean(void)
{
	static const char *const commands[] = {
		"ip -4 address flush dev " NET_IFACE,
		NULL,
	};

	net_carrier(true);
	net_plug(true);
	do_all(commands);
	/* The next client may call itself otherwise, and is to get NET_CLIENT, too. */
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	if (!serve())
		abort();
}
