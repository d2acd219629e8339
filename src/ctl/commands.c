/* SPDX-License-Identifier: BSD-2-Clause */
/* One row a command, in the order of --help. */
#include "ctl/commands.h"

#include <string.h>

#include "base/assert.h"
#include "base/nearest.h"
#include "ctl/audit.h"
#include "ctl/config.h"
#include "ctl/external.h"
#include "ctl/help.h"
#include "ctl/interfaces.h"
#include "ctl/lease.h"
#include "ctl/metrics.h"
#include "ctl/online.h"
#include "ctl/ownership.h"
#include "ctl/process.h"
#include "ctl/record.h"
#include "ctl/stats.h"
#include "ctl/status.h"
#include "ctl/steer.h"
#include "ctl/watch.h"

#define ANY_INTERFACE \
	{ \
		"IFACE", ARGUMENT_INTERFACE, false \
	}
#define ONE_INTERFACE \
	{ \
		"IFACE", ARGUMENT_INTERFACE, true \
	}

/* A command whose outcome is awaited. */
#define AWAITED \
	.operands = { ONE_INTERFACE }, \
	.options = OPTION_BIT(OPTION_WAIT) | OPTION_BIT(OPTION_VERBOSE), \
	.wait_s = 30, .wait_max_s = 86400

const struct command commands[] = {
	{ .name = "status",
	  .help = "what is leased, in a table; for one interface in full",
	  .operands = { ANY_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON),
	  .run = status_run },
	{ .name = "lease",
	  .help = "a lease alone, even if no daemon runs; for scripts, too",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_ENV) |
		     OPTION_BIT(OPTION_STATE_DIR),
	  .run = lease_run },
	{ .name = "watch",
	  .help = "what happens, as it happens",
	  .operands = { ANY_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_FOLLOW),
	  .run = watch_run },
	{ .name = "renew",
	  .help = "ask the server for a longer lease now",
	  AWAITED,
	  .run = steer_renew },
	{ .name = "rebind",
	  .help = "the same of any server, by broadcast",
	  AWAITED,
	  .run = steer_rebind },
	{ .name = "release",
	  .help = "give the lease back and stop",
	  AWAITED,
	  .run = steer_release },
	{ .name = "stop",
	  .help = "stop; address and lease stay to their expiry",
	  AWAITED,
	  .run = steer_stop },
	{ .name = "start",
	  .help = "ask for a lease again",
	  AWAITED,
	  .run = steer_start },
	{ .name = "accept",
	  .help = "renew, and apply what renew-changes held back",
	  AWAITED,
	  .run = steer_accept },
	{ .name = "network",
	  .help = "tell where the link leads, such as to an SSID",
	  .operands = { ONE_INTERFACE, { "ID", ARGUMENT_TEXT, true } },
	  .run = steer_network },
	{ .name = "forget",
	  .help = "forget the servers that server-pin knows",
	  .operands = { ONE_INTERFACE },
	  .run = steer_forget },
	{ .name = "audit",
	  .help = "which servers answer, with what, and what that breaks",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_WAIT),
	  .wait_s = 3,
	  .wait_max_s = 60,
	  .run = audit_run },
	{ .name = "external",
	  .help = "as what a STUN server sees it, and through what NAT",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_STUN) |
		     OPTION_BIT(OPTION_WAIT),
	  .wait_s = 5,
	  .wait_max_s = 40,
	  .run = external_run },
	{ .name = "record",
	  .help = "save the last events, for tenured-replay",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_OUTPUT),
	  .run = record_run },
	{ .name = "stats",
	  .help = "what was counted, of all interfaces or of one",
	  .operands = { ANY_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON),
	  .run = stats_run },
	{ .name = "metrics",
	  .help = "the same for Prometheus, as OpenMetrics text",
	  .options = OPTION_BIT(OPTION_OUTPUT),
	  .run = metrics_run },
	{ .name = "config",
	  .help = "settings in force, and where each comes from",
	  .operands = { ANY_INTERFACE },
	  .options = OPTION_BIT(OPTION_JSON),
	  .run = config_run },
	{ .name = "reload",
	  .help = "read the configuration again; leases stay",
	  .run = process_reload },
	{ .name = "log-level",
	  .help = "log more or less, until the daemon ends",
	  .operands = { { "LEVEL", ARGUMENT_LEVEL, true } },
	  .run = process_log_level },
	{ .name = "add",
	  .help = "manage an interface, without the configuration",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_SET) |
		     OPTION_BIT(OPTION_WAIT) | OPTION_BIT(OPTION_VERBOSE),
	  .wait_s = 30,
	  .wait_max_s = 86400,
	  .run = ownership_add },
	{ .name = "remove",
	  .help = "manage one that was added no more",
	  .operands = { ONE_INTERFACE },
	  .options = OPTION_BIT(OPTION_KEY) | OPTION_BIT(OPTION_RELEASE),
	  .run = ownership_remove },
	{ .name = "wait-online",
	  .help = "wait until addresses can be used; for boot scripts",
	  .options = OPTION_BIT(OPTION_INTERFACE) | OPTION_BIT(OPTION_ANY) |
		     OPTION_BIT(OPTION_TIMEOUT),
	  .run = online_wait },
	{ .name = "interfaces",
	  .help = "what this host has: links, addresses, routes, managers",
	  .operands = { { "IFACE", ARGUMENT_LINK, false } },
	  .options = OPTION_BIT(OPTION_JSON) | OPTION_BIT(OPTION_ALL),
	  .run = interfaces_run },
	{ .name = "help",
	  .help = "all commands, or one with its options",
	  .operands = { { "COMMAND", ARGUMENT_COMMAND, false } },
	  .run = help_run },
};

const size_t command_count = ARRAY_SIZE(commands);

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	}
	return NULL;
}

const char *command_nearest(const char *word)
{
	struct nearest nearest = nearest_to(word);

	for (size_t i = 0; i < command_count; i++)
		nearest_consider(&nearest, commands[i].name);
	return nearest.best;
}
