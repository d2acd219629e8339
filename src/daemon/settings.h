/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the administrator wants: the command line over the configuration file
 * over the defaults. The keys of both are one table, in keys.c.
 */
#ifndef DAEMON_SETTINGS_H
#define DAEMON_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ipv4.h"
#include "core/acd.h"
#include "core/client.h"
#include "core/auth.h"
#include "core/dhcp4.h"
#include "core/fallback.h"
#include "core/lease.h"
#include "daemon/duid.h"
#include "daemon/log.h"
#include "daemon/origins.h"
#include "daemon/selector.h"
#include "daemon/selector_index.h"

/* Exit codes of tenured(8); from 64 on those of sysexits.h. */
enum exit_code {
	EXIT_CODE_LEASED = 0,
	EXIT_CODE_FAILED = 1,
	EXIT_CODE_NO_LEASE = 2,
	EXIT_CODE_USAGE = 64,
	EXIT_CODE_NO_INTERFACE = 69,
	EXIT_CODE_RUNNING = 75,
	EXIT_CODE_NOT_PERMITTED = 77,
	EXIT_CODE_CONFIGURATION = 78,
};

struct link_info;
struct sent_settings;

/* What becomes of routes that take traffic from other interfaces. */
enum shadow_guard_mode {
	SHADOW_GUARD_REPORT,
	SHADOW_GUARD_ON, /* they are left out */
	SHADOW_GUARD_OFF,
	SHADOW_GUARD_COUNT
};

/* For one interface, or for all that a section is for. */
struct iface_settings {
	/* What is sent; shared with other interfaces, never NULL. */
	struct sent_settings *sent;

	ipv4_addr requested_address; /* 0: none */

	bool bootp;	       /* use BOOTP replies, too */
	bool gateway;	       /* install default routes */
	bool classless_routes; /* ask for option 121 and use it */
	bool configure;	       /* set addresses and routes at all */

	enum acd_mode acd; /* never optimistic with quit */
	enum acd_defence acd_defence;
	enum dhcp4_removal address_removed;

	uint32_t metric; /* SETTINGS_METRIC_DEFAULT: 1000 + ifindex */

	bool dns; /* hooks may set up the resolver */

	/* How an address is got, and of whom; see struct dhcp4_config. */
	enum dhcp4_broadcast broadcast;
	bool rapid_commit;
	bool v6only;
	bool auto_configure;
	uint32_t offer_window_ms;
	ipv4_addr subnet; /* 0: none */
	struct dhcp4_server_list allow_servers, deny_servers;
	struct fallback_config fallback;
	enum dhcp4_auth auth; /* what is needed for it is in settings.auth_keys */
	bool auth_required;
	bool force_renew; /* obey a FORCERENEW that is authenticated */

	bool known_networks; /* confirm leases by their routers (RFC 4436) */

	struct route_policy route_policy; /* for those that a server sends */
	uint32_t table;			  /* of routes; SETTINGS_TABLE_... */
	bool mtu;			  /* set the MTU of option 26 */
	uint16_t mtu_min;		  /* a smaller one is not set */
	uint8_t dscp;			  /* of what is sent, 0 to 63 */

	/* By INFORM: no lease, parameters for an address that is there. */
	struct {
		bool own;	   /* the interface's first one at the start */
		ipv4_addr address; /* 0: none, or own */
		ipv4_addr server;  /* asked first; 0: all are */
	} inform;

	struct iaid_setting {
		bool given; /* else it is made of the interface's name */
		uint32_t number;
	} iaid;
	bool anonymous;
	enum server_pin server_pin; /* who is known here, and what of it */
	enum renew_changes renew_changes;
	enum shadow_guard_mode shadow_guard;
	bool force; /* manage it although another program does */
};

#define SETTINGS_METRIC_DEFAULT	   0
#define SETTINGS_TABLE_DEFAULT	   0	      /* the VRF's, or main */
#define SETTINGS_TABLE_AUTO	   UINT32_MAX /* the VRF's, or one behind main */
#define SETTINGS_MTU_MIN_DEFAULT   576
#define SETTINGS_MTU_MIN_LEAST	   (FRAME_HEADERS_SIZE + DHCP4_MESSAGE_MIN)
#define SETTINGS_DSCP_DEFAULT	   48 /* CS6: network control (RFC 4594 3.2) */
#define SETTINGS_TIMEOUT_DEFAULT_S 30
#define SETTINGS_TIMEOUT_MAX_S	   86400

/* Nobody waits longer for a second offer. */
#define SETTINGS_OFFER_WINDOW_MAX_MS 10000

/* Of the flight recorder, in KiB; 0: nothing is recorded. */
#define SETTINGS_RECORD_DEFAULT_KIB 256
#define SETTINGS_RECORD_MIN_KIB	    16
#define SETTINGS_RECORD_MAX_KIB	    16384
#define SETTINGS_VERBOSITY_MAX	    2

/* How long a hook may run. */
#define SETTINGS_HOOK_TIMEOUT_DEFAULT_S 10
#define SETTINGS_HOOK_TIMEOUT_MAX_S	600

/* An instance's name becomes a part of socket and file names. */
#define SETTINGS_INSTANCE_MAX 63

/* Sections of the configuration, and arguments of the command line. */
#define SETTINGS_IFACES_MAX 4096

struct settings_section {
	struct selector selector; /* first: an index finds it */
	struct iface_settings iface;
	uint16_t file; /* where it was met last, while files are read */
};

struct settings {
	bool foreground;	  /* -f; with it, background means nothing */
	bool background;	  /* -b; never with fail_now */
	bool fail_now;		  /* -n */
	bool quit;		  /* -q; never with release_on_exit */
	bool oneshot;		  /* these three, for one interface, named */
	bool release_on_exit;	  /* -R */
	enum log_level log_level; /* NOTICE by default; each -v adds one to it */
	unsigned verbosity;	  /* -v, counted up to SETTINGS_VERBOSITY_MAX */
	int ready_fd;		  /* told when ready; -1: none */
	uint32_t timeout_s;	  /* --timeout, from 1 on */
	uint32_t record_kib;	  /* --record-size; 0: off */

	/* Answered by settings_load() itself. */
	bool check, help, version;

	/* Strings belong to the settings; NULL where nothing was said. */
	char *pid_file, *instance, *user, *run_dir, *state_dir, *config_file;
	char *auth_file;
	char *control_group; /* by name or number; who is in it may control */

	struct auth_keys *auth_keys; /* of the auth_file; NULL without one */
	bool auth_keys_kept; /* they are the former ones: it cannot be read */

	/* One DUID for all interfaces; the file is somebody else's, or NULL. */
	struct duid_settings duid;
	char *duid_file;

	/*
	 * Which links are managed: those that one of these means; if there is none,
	 * those that a section is for. Of each there is none twice.
	 */
	struct selector *wanted;
	size_t wanted_count;
	struct settings_section *sections;
	size_t section_count;
	struct selector_index wanted_index, section_index;
	struct iface_settings common; /* where no section is for the link */

	struct origins origins; /* of all values that are no defaults */

	bool hooks;		 /* run them at all */
	uint32_t hook_timeout_s; /* from 1 on */
	char *hook_dir;		 /* instead of the usual two, or NULL */
	char *script;		 /* run after the hooks, or NULL; absolute */
	char *hooks_skipped;	 /* names, commas between them, or NULL */

	bool sandbox_required; /* each layer of it, or no start */
	bool hook_runner;      /* be nothing but the runner of hooks */

	/* Take over what other clients leased, and end: of these files, if any. */
	bool import;
	char *const *import_files; /* the caller's arguments */
	size_t import_count;
};

/* What settings_load() found besides settings. */
enum settings_result {
	SETTINGS_OK,
	SETTINGS_DONE,	 /* --help, --version or --check: answered on stdout */
	SETTINGS_FAILED, /* said why on stderr; the code to exit with is set */
};

/* Why they are refused: in a line of a file, in all of it, or by neither. */
struct settings_error {
	enum exit_code code;
	char file[256];	    /* empty: none */
	unsigned line;	    /* 0: all of it */
	char message[1024]; /* says what would be right */
};

/*
 * Reads the command line and the files: the one that it names, or the default one,
 * if there, and those of the directory of the same name with ".d" behind it.
 * Nothing else is touched. May be called again with the same arguments, with the
 * privileges of that moment, and with the former settings (NULL at the start): of
 * them stay keys for authentication that cannot be read any more, which is logged,
 * and the place of a file named by a relative path.
 *
 * *ret is to be freed with settings_free() in any case; *ret_error is set if
 * SETTINGS_FAILED. Not reentrant, since getopt_long() is not.
 */
enum settings_result settings_read(int argc, char **argv,
				   const struct settings *former,
				   struct settings *ret,
				   struct settings_error *ret_error);

/* The same at a start: every error is one line on stderr. */
enum settings_result settings_load(int argc, char **argv, struct settings *ret,
				   enum exit_code *ret_code);
void settings_free(struct settings *);

/* The one that --log-level and each -v make together. */
enum log_level settings_log_level(const struct settings *);

/*
 * The settings that hold for a link that is known by that name (its own, or an
 * alternative one), and belong to the settings. NULL: it is not to be managed.
 *
 * Of several sections one holds alone: the first by name, else by hardware
 * address, pattern or kind. An argument that names the link in full lets patterns
 * hold for a virtual end, too: it is meant.
 */
const struct iface_settings *settings_for_link(const struct settings *,
					       const char *name,
					       const struct link_info *);

/* The number of the section that these are of, from 1 on; 0: of none. */
size_t settings_section_of(const struct settings *,
			   const struct iface_settings *);

/*
 * The names by which links are to be managed; they should be there at the start.
 * *at is 0 at first. NULL at the end.
 */
const char *settings_next_name(const struct settings *, size_t *at);

/* True if it is one of these. */
bool settings_is_name(const struct settings *, const char *name);

/* True if all links that are to be managed are known by settings_next_name(). */
bool settings_by_names_alone(const struct settings *);

/* The name if one link is to be managed, and by its name; else NULL. */
const char *settings_only_name(const struct settings *);

/* Adds an argument, if it is not there. Returns what is wrong, or NULL. */
const char *settings_want(struct settings *, const struct selector *);

/* Adds a section that is not there. Its number, or 0 without memory. */
size_t settings_add_section(struct settings *, const struct selector *);

/* The number of the section that has this selector, from 1 on; 0: there is none. */
size_t settings_find_section(const struct settings *, const struct selector *);

/* What is wrong with the settings of an interface as a whole, or NULL. */
const char *settings_check_iface(const struct settings *,
				 const struct iface_settings *);

/* Makes settings of an interface, which may be all zeros, those of another. */
void iface_settings_copy(struct iface_settings *,
			 const struct iface_settings *from);

/* Lets go of what they have, and leaves them all zeros. */
void iface_settings_clear(struct iface_settings *);

#endif
