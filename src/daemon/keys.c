/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keys, and the rule for the value of each. What several of them mean
 * together is not decided here but in settings.c.
 */
#include "daemon/keys.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/linklocal.h"
#include "daemon/draft.h"
#include "daemon/rules.h"
#include "daemon/keys_exchange.h"
#include "daemon/keys_sent.h"

_Static_assert(SETTINGS_TIMEOUT_DEFAULT_S == 30 &&
		       SETTINGS_TIMEOUT_MAX_S == 86400 &&
		       SETTINGS_RECORD_DEFAULT_KIB == 256 &&
		       SETTINGS_RECORD_MIN_KIB == 16 &&
		       SETTINGS_RECORD_MAX_KIB == 16384 &&
		       SETTINGS_VERBOSITY_MAX == 2 &&
		       SETTINGS_INSTANCE_MAX == 63 &&
		       SETTINGS_MTU_MIN_DEFAULT == 576 &&
		       SETTINGS_MTU_MIN_LEAST == 328 &&
		       SETTINGS_DSCP_DEFAULT == 48 &&
		       SETTINGS_IFACES_MAX == 4096 && IFNAMSIZ == 16,
	       "the texts of this file say these numbers");

const char key_no_memory[] = "out of memory";

/* ---- rules ----------------------------------------------------------- */

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static bool is_only(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

static const char *store_text(const char *value, char **field)
{
	char *copy = strdup(value);

	if (!copy)
		return key_no_memory;
	free(*field);
	*field = copy;
	return NULL;
}

static const char *apply_yes_no(const char *value, void *field)
{
	bool *flag = field, yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return "must be yes or no";
	*flag = yes;
	return NULL;
}

/* Of a file: as the caller sees it now. */
static const char *apply_path(const char *value, void *field)
{
	return *value ? store_text(value, field) : "must be the path of a file";
}

/* Of a directory that is used after the process has left its first one. */
static const char *apply_directory(const char *value, void *field)
{
	return *value == '/' ? store_text(value, field)
			     : "must be an absolute path";
}

static const char *apply_timeout(const char *value, void *field)
{
	uint32_t *timeout_s = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_TIMEOUT_MAX_S, &number) || number == 0)
		return "must be a number of seconds from 1 to 86400";
	*timeout_s = (uint32_t)number;
	return NULL;
}

static const char *apply_record_size(const char *value, void *field)
{
	uint32_t *record_kib = field;
	uint64_t number;

	if (!str_to_u64(value, SETTINGS_RECORD_MAX_KIB, &number) ||
	    (number > 0 && number < SETTINGS_RECORD_MIN_KIB))
		return "must be 0 (to record nothing), or a number of KiB "
		       "from 16 to 16384";
	*record_kib = (uint32_t)number;
	return NULL;
}

static const char *apply_metric(const char *value, void *field)
{
	uint32_t *metric = field;
	uint64_t number;

	if (!str_to_u64(value, UINT32_MAX, &number))
		return "must be a number from 0 (the default: 1000 and the "
		       "interface's index) to 4294967295";
	*metric = (uint32_t)number;
	return NULL;
}

/* "+" is one more, as each -v is. */
static const char *apply_verbosity(const char *value, void *field)
{
	unsigned *verbosity = field;
	uint64_t number = *verbosity + 1;

	if (strcmp(value, "+") == 0) {
		if (number > SETTINGS_VERBOSITY_MAX)
			return NULL;
	} else if (!str_to_u64(value, SETTINGS_VERBOSITY_MAX, &number)) {
		return "must be a number from 0 to 2";
	}
	*verbosity = (unsigned)number;
	return NULL;
}

static const char *apply_request(const char *value, void *field)
{
	ipv4_addr *ret = field, address;

	if (str_to_ipv4(value, &address) && ipv4_is_host(address)) {
		*ret = address;
		return NULL;
	}
	/* For dhclient and dhcpcd -r is something else. */
	if (isalpha((unsigned char)*value))
		return "must be an IPv4 address to request; to release a lease: "
		       "tenurectl release NAME";
	return "must be the IPv4 address of a host, as in 192.0.2.7";
}

static const char *apply_acd(const char *value, void *field)
{
	static const char *const names[ACD_MODE_COUNT] = {
		[ACD_MODE_OFF] = "off",
		[ACD_MODE_STRICT] = "strict",
		[ACD_MODE_FAST] = "fast",
		[ACD_MODE_OPTIMISTIC] = "optimistic",
	};
	size_t found = rule_word(names, ACD_MODE_COUNT, value);

	if (found == ACD_MODE_COUNT)
		return "must be strict, fast, optimistic or off";
	*(enum acd_mode *)field = (enum acd_mode)found;
	return NULL;
}

static const char *apply_acd_defence(const char *value, void *field)
{
	static const char *const names[ACD_DEFENCE_COUNT] = {
		[ACD_DEFENCE_NEVER] = "never",
		[ACD_DEFENCE_ONCE] = "once",
		[ACD_DEFENCE_ALWAYS] = "always",
	};
	size_t found = rule_word(names, ACD_DEFENCE_COUNT, value);

	if (found == ACD_DEFENCE_COUNT)
		return "must be never, once or always";
	*(enum acd_defence *)field = (enum acd_defence)found;
	return NULL;
}

/* ADDRESS/LENGTH[,GATEWAY] */
static bool read_static_fallback(char *text, struct fallback_config *ret)
{
	char *slash = strchr(text, '/'), *comma = strchr(text, ',');
	struct fallback_config read = { .mode = FALLBACK_MODE_STATIC };
	uint64_t length;

	if (!slash || (comma && comma < slash))
		return false;
	*slash = '\0';
	if (comma)
		*comma = '\0';
	if (!str_to_ipv4(text, &read.address) || !ipv4_is_host(read.address) ||
	    !str_to_u64(slash + 1, 32, &length) || length == 0)
		return false;
	read.prefix_length = (uint8_t)length;
	if (comma && (!str_to_ipv4(comma + 1, &read.gateway) ||
		      !ipv4_is_host(read.gateway) || read.gateway == read.address ||
		      !ipv4_in(read.gateway, read.address, read.prefix_length)))
		return false;
	*ret = read;
	return true;
}

static const char *apply_fallback(const char *value, void *field)
{
	static const char *const names[FALLBACK_MODE_COUNT] = {
		[FALLBACK_MODE_OFF] = "none",
		[FALLBACK_MODE_LINKLOCAL] = "link-local",
		[FALLBACK_MODE_STATIC] = "", /* by its address */
		[FALLBACK_MODE_ALWAYS] = "link-local-always",
	};
	size_t found = rule_word(names, FALLBACK_MODE_COUNT, value);
	char text[sizeof("255.255.255.255/32,255.255.255.255")];
	struct fallback_config read = { .mode = (enum fallback_mode)found };

	if (*value == '\0' || found == FALLBACK_MODE_COUNT) {
		struct str s = str_over(text, sizeof(text));

		str_text(&s, value);
		if (s.truncated || !read_static_fallback(text, &read))
			return "must be none, link-local, link-local-always, or "
			       "ADDRESS/LENGTH or ADDRESS/LENGTH,GATEWAY, as in "
			       "192.0.2.7/24,192.0.2.1";
		if (ipv4_in(read.address, LINKLOCAL_NETWORK,
			    LINKLOCAL_PREFIX_LENGTH))
			return "is a link-local address, which nobody chooses: "
			       "say link-local";
	}
	*(struct fallback_config *)field = read;
	return NULL;
}

static const char *apply_auth(const char *value, void *field)
{
	static const char *const names[DHCP4_AUTH_COUNT] = {
		[DHCP4_AUTH_NONE] = "none",
		[DHCP4_AUTH_TOKEN] = "token",
		[DHCP4_AUTH_DELAYED] = "delayed",
	};
	size_t found = rule_word(names, DHCP4_AUTH_COUNT, value);

	if (found == DHCP4_AUTH_COUNT)
		return "must be none, token or delayed";
	*(enum dhcp4_auth *)field = (enum dhcp4_auth)found;
	return NULL;
}

/* A directory, and the name of a socket. */
static const char *apply_instance(const char *value, void *field)
{
	size_t length = strlen(value);

	if (length == 0 || length > SETTINGS_INSTANCE_MAX ||
	    !isalnum((unsigned char)*value) ||
	    !is_only(value, "abcdefghijklmnopqrstuvwxyz"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_."))
		return "must be 1 to 63 letters, digits, hyphens, dots and "
		       "underscores, the first a letter or digit";
	return store_text(value, field);
}

/* Whether there is such a user is seen when the daemon becomes it. */
static const char *apply_user(const char *value, void *field)
{
	static const char digits[] = "0123456789";
	char number[sizeof("4294967294")];
	const char *part = value;
	uint64_t id;

	if (isalpha((unsigned char)*value) || *value == '_')
		return is_printable(value) && !strpbrk(value, ": /")
			       ? store_text(value, field)
			       : "must be the name of a user, without a group";
	for (int i = 0; i < 2; i++) {
		size_t length = strspn(part, digits);

		if (length == 0 || length >= sizeof(number))
			break;
		memcpy(number, part, length);
		number[length] = '\0';
		/* All ones mean "none" to the kernel. */
		if (!str_to_u64(number, UINT32_MAX - 1, &id))
			break;
		part += length;
		if (*part == '\0')
			return store_text(value, field);
		if (*part++ != ':')
			break;
	}
	return "must be a user's name, or UID or UID:GID in numbers";
}

const char *key_check_iface_name(const char *name)
{
	if (*name == '\0')
		return "must be the name of an interface";
	if (strchr(name, '/'))
		return "is a path, not the name of an interface; a "
		       "configuration file is named by --config FILE";
	if (is_only(name, "0123456789"))
		return "is a number, not the name of an interface; a time "
		       "limit is --timeout SEC";
	if (strpbrk(name, "*?["))
		return "is a pattern, which this version does not support; "
		       "name each interface in full";
	if (strlen(name) >= IFNAMSIZ)
		return "is longer than the 15 characters of an interface's "
		       "name";
	/* The kernel's dev_valid_name(). */
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    !is_printable(name) || strpbrk(name, ": "))
		return "is not the name of an interface";
	return NULL;
}

/* The field is all of the settings. */
static const char *apply_interface(const char *value, void *field)
{
	struct settings *settings = field;
	const char *error = key_check_iface_name(value);

	if (error)
		return error;
	if (draft_find_iface(settings->ifaces, settings->iface_count, value))
		return NULL;
	if (settings->iface_count == SETTINGS_IFACES_MAX)
		return "is one too many: there may be 4096 interfaces";
	return draft_add_iface(&settings->ifaces, &settings->iface_count, value)
		       ? NULL
		       : key_no_memory;
}

/* ---- the table ------------------------------------------------------- */

#define OF_PROCESS(member) \
	.scope = KEY_SCOPE_PROCESS, .field = offsetof(struct settings, member)
#define OF_IFACE(member) \
	.scope = KEY_SCOPE_IFACE, \
	.field = offsetof(struct iface_settings, member)

/* In the order of --help. */
const struct key keys[] = {
	{ .option = "interface",
	  .letters = "i",
	  .argument = "IFACE",
	  .scope = KEY_SCOPE_PROCESS,
	  .apply = apply_interface,
	  .help = "manage IFACE, as when named alone (repeatable)" },
	{ .option = "client-id",
	  .alias = "clientid",
	  .letters = "c",
	  .argument = "ID",
	  .name = "client-id",
	  OF_IFACE(sent),
	  .apply = key_client_id,
	  .help = "client id: duid, hwaddr, hex, or text" },
	{ .option = "duid",
	  .argument = "DUID",
	  .name = "duid",
	  OF_PROCESS(duid),
	  .apply = key_duid },
	{ .option = "duid-file",
	  .argument = "FILE",
	  .name = "duid-file",
	  OF_PROCESS(duid_file),
	  .apply = apply_path },
	{ .option = "iaid",
	  .argument = "N",
	  .name = "iaid",
	  OF_IFACE(iaid),
	  .apply = key_iaid },
	{ .option = "hostname",
	  .letters = "hH",
	  .argument = "NAME",
	  .name = "hostname",
	  OF_IFACE(sent),
	  .apply = key_hostname,
	  .help = "host name to send (default: the host's own)" },
	{ .option = "fqdn",
	  .argument = "MODE",
	  .name = "fqdn",
	  OF_IFACE(sent),
	  .apply = key_fqdn },
	{ .option = "vendor-class",
	  .argument = "TEXT",
	  .name = "vendor-class",
	  OF_IFACE(sent),
	  .apply = key_vendor_class },
	{ .option = "user-class",
	  .argument = "TEXT",
	  .name = "user-class",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_user_class },
	{ .option = "vendor-id-class",
	  .argument = "ID",
	  .name = "vendor-id-class",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_vendor_id_class },
	{ .option = "vendor-id-option",
	  .argument = "ID",
	  .name = "vendor-id-option",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_vendor_id_option },
	{ .option = "mud-url",
	  .argument = "URL",
	  .name = "mud-url",
	  OF_IFACE(sent),
	  .apply = key_mud_url },
	{ .option = "lease-time",
	  .argument = "SEC",
	  .name = "lease-time",
	  OF_IFACE(sent),
	  .apply = key_lease_time },
	{ .option = "option",
	  .argument = "OPTION=V",
	  .name = "option",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_option },
	{ .option = "request-option",
	  .argument = "LIST",
	  .name = "request-option",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_request_option,
	  .help = "ask for these options, too" },
	{ .option = "no-request-option",
	  .argument = "N",
	  .name = "no-request-option",
	  .repeatable = true,
	  OF_IFACE(sent),
	  .apply = key_no_request_option },
	{ .option = "anonymous",
	  .implied = "yes",
	  .name = "anonymous",
	  OF_IFACE(anonymous),
	  .apply = apply_yes_no,
	  .help = "tell nothing that could tell who this is" },
	{ .option = "request",
	  .letters = "r",
	  .argument = "ADDRESS",
	  .name = "request",
	  OF_IFACE(requested_address),
	  .apply = apply_request,
	  .help = "ask for this IPv4 address" },
	{ .option = "foreground",
	  .letters = "f",
	  .implied = "yes",
	  OF_PROCESS(foreground),
	  .apply = apply_yes_no,
	  .help = "stay in the foreground, never fork" },
	{ .option = "background",
	  .letters = "b",
	  .implied = "yes",
	  OF_PROCESS(background),
	  .apply = apply_yes_no,
	  .help = "no lease in time: go on in the background" },
	{ .option = "now",
	  .letters = "n",
	  .implied = "yes",
	  OF_PROCESS(fail_now),
	  .apply = apply_yes_no,
	  .help = "no lease in time: undo all and exit with 2" },
	{ .option = "quit",
	  .letters = "q",
	  .implied = "yes",
	  OF_PROCESS(quit),
	  .apply = apply_yes_no,
	  .help = "quit once leased, leave the configuration" },
	{ .option = "timeout",
	  .argument = "SEC",
	  .name = "timeout",
	  OF_PROCESS(timeout_s),
	  .apply = apply_timeout,
	  .help = "what \"in time\" is (default: 30)" },
	{ .option = "release-on-exit",
	  .letters = "R",
	  .implied = "yes",
	  .name = "release-on-exit",
	  OF_PROCESS(release_on_exit),
	  .apply = apply_yes_no,
	  .help = "give the lease back when ended" },
	{ .option = "pidfile",
	  .letters = "p",
	  .argument = "FILE",
	  OF_PROCESS(pid_file),
	  .apply = apply_path,
	  .help = "write the process id to FILE" },
	{ .option = "acd",
	  .argument = "MODE",
	  .name = "acd",
	  OF_IFACE(acd),
	  .apply = apply_acd,
	  .help = "how to check for conflicts (default: fast)" },
	{ .option = "acd-defence",
	  .argument = "HOW",
	  .name = "acd-defence",
	  OF_IFACE(acd_defence),
	  .apply = apply_acd_defence },
	{ .option = "fallback",
	  .argument = "WHAT",
	  .name = "fallback",
	  OF_IFACE(fallback),
	  .apply = apply_fallback,
	  .help = "address to use without a lease (default: none)" },
	{ .option = "known-networks",
	  .argument = "yes|no",
	  .name = "known-networks",
	  OF_IFACE(known_networks),
	  .apply = apply_yes_no },
	{ .option = "metric",
	  .argument = "N",
	  .name = "metric",
	  OF_IFACE(metric),
	  .apply = apply_metric,
	  .help = "route metric (default: 1000 + ifindex)" },
	{ .option = "table",
	  .argument = "TABLE",
	  .name = "table",
	  OF_IFACE(table),
	  .apply = rule_table },
	{ .option = "routes",
	  .argument = "WHICH",
	  .name = "routes",
	  OF_IFACE(accept_routes),
	  .apply = rule_routes },
	{ .option = "no-gateway",
	  .implied = "no",
	  .name = "gateway",
	  OF_IFACE(gateway),
	  .apply = apply_yes_no,
	  .help = "install no default route" },
	{ .option = "no-classless-routes",
	  .implied = "no",
	  .name = "classless-routes",
	  OF_IFACE(classless_routes),
	  .apply = apply_yes_no },
	{ .option = "no-configure",
	  .implied = "no",
	  .name = "configure",
	  OF_IFACE(configure),
	  .apply = apply_yes_no,
	  .help = "set no address, no route: protocol only" },
	{ .option = "mtu",
	  .implied = "yes",
	  .name = "mtu",
	  OF_IFACE(mtu),
	  .apply = apply_yes_no },
	{ .option = "mtu-min",
	  .argument = "N",
	  .name = "mtu-min",
	  OF_IFACE(mtu_min),
	  .apply = rule_mtu_min },
	{ .option = "dscp",
	  .argument = "N",
	  .name = "dscp",
	  OF_IFACE(dscp),
	  .apply = rule_dscp },
	{ .option = "inform",
	  .argument = "ADDRESS|auto",
	  .name = "inform",
	  .scope = KEY_SCOPE_IFACE,
	  .apply = rule_inform },
	{ .option = "inform-server",
	  .argument = "ADDRESS",
	  .name = "inform-server",
	  OF_IFACE(inform.server),
	  .apply = rule_server },
	{ .option = "broadcast",
	  .argument = "WHEN",
	  .implied = "yes",
	  .name = "broadcast",
	  OF_IFACE(broadcast),
	  .apply = key_apply_broadcast,
	  .help = "ask servers to broadcast (default: auto)" },
	{ .option = "rapid-commit",
	  .argument = "on|off",
	  .name = "rapid-commit",
	  OF_IFACE(rapid_commit),
	  .apply = key_apply_on_off },
	{ .option = "offer-window",
	  .argument = "MS",
	  .name = "offer-window",
	  OF_IFACE(offer_window_ms),
	  .apply = key_apply_offer_window },
	{ .option = "allow-server",
	  .argument = "LIST",
	  .name = "allow-server",
	  OF_IFACE(allow_servers),
	  .apply = key_apply_servers },
	{ .option = "deny-server",
	  .argument = "LIST",
	  .name = "deny-server",
	  OF_IFACE(deny_servers),
	  .apply = key_apply_servers },
	{ .option = "ipv6-only",
	  .implied = "yes",
	  .name = "ipv6-only",
	  OF_IFACE(v6only),
	  .apply = apply_yes_no,
	  .help = "do without IPv4 where the network does" },
	{ .option = "auto-configure",
	  .implied = "yes",
	  .name = "auto-configure",
	  OF_IFACE(auto_configure),
	  .apply = apply_yes_no },
	{ .option = "subnet",
	  .argument = "ADDRESS",
	  .name = "subnet",
	  OF_IFACE(subnet),
	  .apply = key_apply_subnet },
	{ .option = "bootp",
	  .implied = "yes",
	  .name = "bootp",
	  OF_IFACE(bootp),
	  .apply = apply_yes_no },
	{ .option = "no-dns",
	  .implied = "no",
	  .name = "dns",
	  OF_IFACE(dns),
	  .apply = apply_yes_no },
	{ .option = "no-hooks",
	  .implied = "no",
	  .name = "hooks",
	  OF_PROCESS(hooks),
	  .apply = apply_yes_no,
	  .help = "run no hooks" },
	{ .option = "no-hook",
	  .argument = "NAME",
	  .name = "no-hook",
	  OF_PROCESS(hooks_skipped),
	  .apply = rule_no_hook },
	{ .option = "hook-dir",
	  .argument = "DIR",
	  .name = "hook-dir",
	  OF_PROCESS(hook_dir),
	  .apply = apply_directory },
	{ .option = "hook-timeout",
	  .argument = "SEC",
	  .name = "hook-timeout",
	  OF_PROCESS(hook_timeout_s),
	  .apply = rule_hook_timeout },
	{ .option = "auth",
	  .argument = "HOW",
	  .name = "auth",
	  OF_IFACE(auth),
	  .apply = apply_auth,
	  .help = "authenticate by token or delayed (default: none)" },
	{ .option = "auth-keys",
	  .argument = "FILE",
	  .name = "auth-keys",
	  OF_PROCESS(key_file),
	  .apply = apply_path },
	{ .option = "auth-required",
	  .argument = "YES|NO",
	  .name = "auth-required",
	  OF_IFACE(auth_required),
	  .apply = apply_yes_no },
	{ .option = "force-renew",
	  .implied = "yes",
	  .name = "force-renew",
	  OF_IFACE(force_renew),
	  .apply = apply_yes_no },
	{ .option = "instance",
	  .argument = "NAME",
	  .name = "instance",
	  OF_PROCESS(instance),
	  .apply = apply_instance,
	  .help = "name of the socket and of the state's folder" },
	{ .option = "user",
	  .argument = "NAME|UID[:GID]",
	  .name = "user",
	  OF_PROCESS(user),
	  .apply = apply_user,
	  .help = "become this user" },
	{ .option = "run-dir",
	  .argument = "DIR",
	  .name = "run-dir",
	  OF_PROCESS(run_dir),
	  .apply = apply_directory },
	{ .option = "state-dir",
	  .argument = "DIR",
	  .name = "state-dir",
	  OF_PROCESS(state_dir),
	  .apply = apply_directory },
	{ .option = "record-size",
	  .argument = "KIB",
	  .name = "record-size",
	  OF_PROCESS(record_kib),
	  .apply = apply_record_size },
	{ .option = "config",
	  .argument = "FILE",
	  OF_PROCESS(config_file),
	  .apply = apply_path,
	  .help = "read this configuration file" },
	{ .option = "check",
	  .implied = "yes",
	  OF_PROCESS(check),
	  .apply = apply_yes_no,
	  .help = "only check configuration and command line" },
	{ .option = "verbose",
	  .letters = "v",
	  .implied = "+",
	  .name = "verbose",
	  OF_PROCESS(verbosity),
	  .apply = apply_verbosity,
	  .help = "log more (repeatable)" },
	{ .option = "version",
	  .letters = "V",
	  .implied = "yes",
	  OF_PROCESS(version),
	  .apply = apply_yes_no,
	  .help = "show the version and exit" },
	{ .option = "help",
	  .implied = "yes",
	  OF_PROCESS(help),
	  .apply = apply_yes_no,
	  .help = "show this and exit" },
};

const size_t key_count = ARRAY_SIZE(keys);
_Static_assert(ARRAY_SIZE(keys) <= KEYS_MAX, "a set holds all of them");
