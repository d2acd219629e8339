/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhcp-server: the pure server on a packet socket of one interface.
 *
 * It sets no address: whoever starts it has given the interface --address.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/assert.h"
#include "core/names.h"
#include "server/script.h"
#include "server/server.h"

#define USAGE_EXIT	  64
#define POOL_MAX	  65536
#define OPTION_OCTETS_MAX 1024
#define PENDING_MAX	  64
#define SUBNETS_MAX	  16
#define RESERVATIONS_MAX  64

/* What the command line says. */
struct settings {
	const char *interface;
	bool log;
	struct server_config config;
	uint8_t octets[SERVER_CONFIG_OPTIONS_MAX][OPTION_OCTETS_MAX];
	uint8_t boot[255];
	struct server_subnet subnets[SUBNETS_MAX];
	struct server_reservation reservations[RESERVATIONS_MAX];
	struct script script;
};

struct host {
	int fd, ifindex;
	bool log;
	struct server server;
	struct server_packet pending[PENDING_MAX]; /* copies 0: unused */
};

_Noreturn void assert_fail(const char *expression, const char *file, int line)
{
	fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, expression);
	abort();
}

static nsec clock_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_BOOTTIME, &now);
	return (nsec)now.tv_sec * NSEC_PER_S + (nsec)now.tv_nsec;
}

/* ---- command line ----------------------------------------------------- */

static const char usage[] =
	"usage: dhcp-server -i IFACE --address A/LEN --pool A-A [OPTION]...\n"
	"  -i, --interface IFACE   serve this interface\n"
	"      --address A/LEN     its address, and the subnet\n"
	"      --pool A-A          the addresses to give out\n"
	"      --lease S           lease time, in seconds (3600)\n"
	"      --t1 S, --t2 S      send these in options 58 and 59\n"
	"      --router A          a router; may be repeated, as may the next three\n"
	"      --dns A             a name server\n"
	"      --route A/LEN,A     a classless route and its gateway\n"
	"      --option CODE=HEX   any option\n"
	"      --id A              send this in option 54, not the address\n"
	"      --subnet A/LEN,A-A  a relayed subnet: its router, and its pool\n"
	"      --reserve HEX,A     an address for one client identifier\n"
	"      --reserve-hw HEX,A  an address for one hardware address\n"
	"      --decline S         how long a declined address is kept (3600)\n"
	"      --boot HEX          answer PXE at port 4011, with this option 43\n"
	"      --script FILE       misbehave by these rules (script.h)\n"
	"      --log               print a line an event\n";

_Noreturn static void fail(const char *what, const char *text)
{
	fprintf(stderr, "dhcp-server: %s: %s\n", text, what);
	exit(USAGE_EXIT);
}

static ipv4_addr read_address(const char *text)
{
	ipv4_addr address;

	if (!str_to_ipv4(text, &address))
		fail("expected an address", text);
	return address;
}

static uint32_t read_seconds(const char *text)
{
	uint64_t value;

	if (!str_to_u64(text, UINT32_MAX, &value))
		fail("expected a number of seconds", text);
	return (uint32_t)value;
}

/* Cuts text at a separator; the part behind it. */
static char *cut(char *text, char separator, const char *form)
{
	char *rest = strchr(text, separator);

	if (!rest)
		fail(form, text);
	*rest = '\0';
	return rest + 1;
}

static ipv4_addr read_prefix(char *text, uint8_t *ret_length)
{
	const char *length = cut(text, '/', "expected ADDRESS/LENGTH");
	uint64_t value;

	if (!str_to_u64(length, 32, &value))
		fail("expected a prefix length of 0 to 32", length);
	*ret_length = (uint8_t)value;
	return read_address(text);
}

/* Puts octets behind what the option has so far. */
static void add_option(struct settings *settings, uint8_t code,
		       const uint8_t *bytes, size_t size)
{
	struct server_config *config = &settings->config;
	struct option_value *option = config->options;
	struct option_value *end = option + config->option_count;

	while (option < end && option->code != code)
		option++;
	if (option == end) {
		if (config->option_count == SERVER_CONFIG_OPTIONS_MAX)
			fail("too many options", "--option");
		option->code = code;
		option->bytes = settings->octets[config->option_count++];
	}
	if (option->size + size > OPTION_OCTETS_MAX)
		fail("too long", "--option");
	memcpy(settings->octets[option - config->options] + option->size, bytes,
	       size);
	option->size = (uint16_t)(option->size + size);
}

static void add_address(struct settings *settings, uint8_t code, const char *text)
{
	uint8_t octets[4];
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u32(&w, read_address(text));
	add_option(settings, code, octets, sizeof(octets));
}

/* RFC 3442: the width, the octets of the prefix that count, the gateway. */
static void add_route(struct settings *settings, char *text)
{
	ipv4_addr gateway =
		read_address(cut(text, ',', "expected PREFIX/LENGTH,GATEWAY"));
	uint8_t length, octets[9];
	ipv4_addr prefix = read_prefix(text, &length);
	struct writer w = writer_over(octets, sizeof(octets));

	writer_u8(&w, length);
	for (unsigned i = 0; i < length; i += 8)
		writer_u8(&w, (uint8_t)(prefix >> (24 - i)));
	writer_u32(&w, gateway);
	add_option(settings, DHCP4_OPTION_CLASSLESS_ROUTES, octets, w.used);
}

static void add_any_option(struct settings *settings, char *text)
{
	uint8_t code, octets[OPTION_OCTETS_MAX];
	int size = script_read_option(text, &code, octets, sizeof(octets));

	if (size < 0)
		fail("expected CODE=HEX", text);
	add_option(settings, code, octets, (size_t)size);
}

static void read_script(struct settings *settings, char *path)
{
	char line[1024];
	FILE *file = fopen(path, "re");

	if (!file)
		fail(strerror(errno), path);
	for (unsigned number = 1; fgets(line, sizeof(line), file); number++) {
		const char *error = script_add(&settings->script, line);

		if (error) {
			fprintf(stderr, "dhcp-server: %s:%u: %s\n", path,
				number, error);
			exit(USAGE_EXIT);
		}
	}
	fclose(file);
}

static void set_interface(struct settings *settings, char *text)
{
	settings->interface = text;
}

static void read_range(char *text, ipv4_addr *ret_first, ipv4_addr *ret_last)
{
	char *last = cut(text, '-', "expected FIRST-LAST");

	*ret_first = read_address(text);
	*ret_last = read_address(last);
	if (!*ret_first || *ret_last < *ret_first ||
	    *ret_last - *ret_first >= POOL_MAX)
		fail("expected FIRST-LAST, 65536 addresses at most", text);
}

static void set_address(struct settings *settings, char *text)
{
	settings->config.address =
		read_prefix(text, &settings->config.prefix_length);
}

static void set_pool(struct settings *settings, char *text)
{
	read_range(text, &settings->config.pool_first,
		   &settings->config.pool_last);
}

static void add_subnet(struct settings *settings, char *text)
{
	char *pool = cut(text, ',', "expected ROUTER/LENGTH,FIRST-LAST");
	struct server_subnet *subnet;

	if (settings->config.subnet_count == SUBNETS_MAX)
		fail("too many", "--subnet");
	subnet = &settings->subnets[settings->config.subnet_count++];
	subnet->router = read_prefix(text, &subnet->prefix_length);
	read_range(pool, &subnet->pool_first, &subnet->pool_last);
}

/* One more, of the address behind the comma, which it cuts off. */
static struct server_reservation *add_reservation(struct settings *settings,
						  char *text)
{
	char *address = cut(text, ',', "expected HEX,ADDRESS");
	struct server_reservation *reservation;

	if (settings->config.reservation_count == RESERVATIONS_MAX)
		fail("too many", "--reserve");
	reservation =
		&settings->reservations[settings->config.reservation_count++];
	reservation->address = read_address(address);
	return reservation;
}

static uint8_t read_octets(const char *text, uint8_t *octets, size_t size)
{
	int used = str_to_hex(text, octets, size);

	if (used < 1)
		fail("expected hex octets, not too many", text);
	return (uint8_t)used;
}

static void reserve_by_id(struct settings *settings, char *text)
{
	struct client_id *id = &add_reservation(settings, text)->client;

	id->size = read_octets(text, id->bytes, sizeof(id->bytes));
}

static void reserve_by_hw(struct settings *settings, char *text)
{
	struct hwaddr *hw = &add_reservation(settings, text)->hw;

	hw->size = read_octets(text, hw->bytes, DHCP4_CHADDR_SIZE);
}

static void set_boot(struct settings *settings, char *text)
{
	settings->config.boot = settings->boot;
	settings->config.boot_size =
		read_octets(text, settings->boot, sizeof(settings->boot));
}

static void set_decline(struct settings *settings, char *text)
{
	settings->config.decline_s = read_seconds(text);
}

static void set_lease(struct settings *settings, char *text)
{
	settings->config.lease_s = read_seconds(text);
}

static void set_t1(struct settings *settings, char *text)
{
	settings->config.t1_s = read_seconds(text);
}

static void set_t2(struct settings *settings, char *text)
{
	settings->config.t2_s = read_seconds(text);
}

static void add_router(struct settings *settings, char *text)
{
	add_address(settings, DHCP4_OPTION_ROUTER, text);
}

static void add_dns(struct settings *settings, char *text)
{
	add_address(settings, DHCP4_OPTION_DNS_SERVERS, text);
}

static void set_id(struct settings *settings, char *text)
{
	settings->config.id = read_address(text);
}

static void set_log(struct settings *settings, char *text)
{
	(void)text;
	settings->log = true;
}

static void show_usage(struct settings *settings, char *text)
{
	(void)settings;
	(void)text;
	fputs(usage, stdout);
	exit(0);
}

static const struct flag {
	const char *name;
	bool argument;
	void (*read)(struct settings *, char *text);
} flags[] = {
	{ "-i", true, set_interface },
	{ "--interface", true, set_interface },
	{ "--address", true, set_address },
	{ "--pool", true, set_pool },
	{ "--lease", true, set_lease },
	{ "--t1", true, set_t1 },
	{ "--t2", true, set_t2 },
	{ "--router", true, add_router },
	{ "--dns", true, add_dns },
	{ "--route", true, add_route },
	{ "--option", true, add_any_option },
	{ "--id", true, set_id },
	{ "--subnet", true, add_subnet },
	{ "--reserve", true, reserve_by_id },
	{ "--reserve-hw", true, reserve_by_hw },
	{ "--decline", true, set_decline },
	{ "--boot", true, set_boot },
	{ "--script", true, read_script },
	{ "--log", false, set_log },
	{ "--help", false, show_usage },
};

static const struct flag *find_flag(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		if (strcmp(flags[i].name, name) == 0)
			return &flags[i];
	}
	fail("no such option; see --help", name);
}

static void read_command_line(struct settings *settings, int argc, char **argv)
{
	const struct server_config *config = &settings->config;

	settings->config.lease_s = 3600;
	settings->config.subnets = settings->subnets;
	settings->config.reservations = settings->reservations;
	for (int i = 1; i < argc; i++) {
		const struct flag *flag = find_flag(argv[i]);

		if (flag->argument && ++i == argc)
			fail("an argument is missing", flag->name);
		flag->read(settings, argv[i]);
	}
	if (!settings->interface || !config->address || !config->pool_first)
		fail("-i, --address and --pool are needed", "see --help");
	for (unsigned i = 0; i < config->reservation_count; i++) {
		if (!server_serves(config, config->reservations[i].address))
			fail("an address of no subnet", "--reserve");
	}
}

/* ---- the socket ------------------------------------------------------- */

/* A filter that drops all. */
static struct sock_filter drop[] = { BPF_STMT(BPF_RET | BPF_K, 0) };

/*
 * A port is bound, and nothing read from it, so that the kernel does not tell
 * clients that the port is unreachable.
 */
static int hold_port(const char *interface, uint16_t port)
{
	struct sockaddr_in any = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	struct sock_fprog filter = { 1, drop };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), yes = 1;

	/* Tests run several servers on one network. */
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		       sizeof(filter)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface,
		       (socklen_t)strlen(interface) + 1) < 0)
		return -errno;
	return bind(fd, (struct sockaddr *)&any, sizeof(any)) < 0 ? -errno : 0;
}

static int open_socket(struct host *host, const char *interface)
{
	struct sockaddr_ll here = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
	};

	host->ifindex = (int)if_nametoindex(interface);
	if (!host->ifindex)
		return -errno;
	here.sll_ifindex = host->ifindex;
	host->fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (host->fd < 0 ||
	    bind(host->fd, (struct sockaddr *)&here, sizeof(here)) < 0)
		return -errno;
	return hold_port(interface, DHCP4_SERVER_PORT);
}

static void transmit(const struct host *host, const struct server_packet *packet)
{
	const struct hwaddr *hw = &packet->destination_hw;
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = host->ifindex,
		.sll_halen = 6,
		.sll_addr = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	};

	if (hw->size == 6)
		memcpy(to.sll_addr, hw->bytes, 6);
	for (unsigned i = 0; i < packet->copies; i++) {
		if (sendto(host->fd, packet->bytes, packet->size, 0,
			   (struct sockaddr *)&to, sizeof(to)) < 0)
			perror("dhcp-server: send");
	}
}

/* ---- what happens ----------------------------------------------------- */

static void log_exchange(const struct host *host,
			 const struct server_exchange *exchange)
{
	char text[160];
	struct str s = str_over(text, sizeof(text));

	if (!host->log)
		return;
	str_text(&s, "RX ");
	server_describe_request(&s, &exchange->request);
	str_text(&s, " from ");
	str_hex(&s, exchange->request.source_hw.bytes,
		exchange->request.source_hw.size, ':');
	str_text(&s, "\nTX ");
	server_describe_reply(&s, exchange);
	puts(text);
	fflush(stdout);
}

/* Keeps a packet, if it is one, until its time; with no room left it is lost. */
static void keep(struct host *host, const struct server_packet *packet)
{
	if (!packet->copies)
		return;
	for (size_t i = 0; i < PENDING_MAX; i++) {
		if (!host->pending[i].copies) {
			host->pending[i] = *packet;
			return;
		}
	}
}

static void on_readable(struct host *host)
{
	static struct server_exchange exchange;
	uint8_t packet[2048];
	struct sockaddr_ll from = { 0 };
	struct hwaddr source = { .size = 6 };
	socklen_t from_size = sizeof(from);
	ssize_t size = recvfrom(host->fd, packet, sizeof(packet), MSG_DONTWAIT,
				(struct sockaddr *)&from, &from_size);
	enum reject why;

	/* A link that goes down is an error here, once; it may come back. */
	if (size < 0)
		return;
	memcpy(source.bytes, from.sll_addr, 6);
	why = server_receive(&host->server, clock_now(), packet, (size_t)size,
			     &source, &exchange);
	if (why == REJECT_NONE) {
		log_exchange(host, &exchange);
		keep(host, &exchange.packet);
		keep(host, &exchange.second);
	} else if (host->log && why > REJECT_UDP_PORT) {
		printf("RX refused: %s\n", reject_text(why));
		fflush(stdout);
	}
}

/* Sends what is due; the time until the next, NSEC_NEVER if there is none. */
static nsec send_due(struct host *host)
{
	nsec now = clock_now(), next = NSEC_NEVER;

	for (size_t i = 0; i < PENDING_MAX; i++) {
		struct server_packet *packet = &host->pending[i];

		if (!packet->copies)
			continue;
		if (packet->at <= now) {
			transmit(host, packet);
			packet->copies = 0;
		} else {
			next = nsec_min(next, packet->at);
		}
	}
	return nsec_until(now, next);
}

_Noreturn static void serve(struct host *host)
{
	struct pollfd poll = { .fd = host->fd, .events = POLLIN };

	for (;;) {
		nsec wait = send_due(host);
		struct timespec timeout = {
			.tv_sec = (time_t)(wait / NSEC_PER_S),
			.tv_nsec = (long)(wait % NSEC_PER_S),
		};

		if (ppoll(&poll, 1, wait == NSEC_NEVER ? NULL : &timeout, NULL) >
		    0)
			on_readable(host);
	}
}

int main(int argc, char **argv)
{
	static struct settings settings;
	static struct host host;
	struct server_lease *leases;
	int error;

	read_command_line(&settings, argc, argv);
	leases = calloc(server_pool_size(&settings.config), sizeof(*leases));
	if (!leases)
		fail(strerror(ENOMEM), "--pool");
	server_init(&host.server, &settings.config, leases);
	host.server.handler = script_apply;
	host.server.context = &settings.script;
	host.log = settings.log;
	error = open_socket(&host, settings.interface);
	if (!error && settings.config.boot)
		error = hold_port(settings.interface, SERVER_BOOT_PORT);
	if (error) {
		fprintf(stderr, "dhcp-server: %s: %s\n", settings.interface,
			strerror(-error));
		return 1;
	}
	if (host.log) {
		printf("READY %s\n", settings.interface);
		fflush(stdout);
	}
	serve(&host);
}
