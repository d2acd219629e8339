/* SPDX-License-Identifier: BSD-2-Clause */
/* One row an option, in the order of --help. */
#include <limits.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "ctl/commands.h"
#include "ctl/paint.h"

#define TIMEOUT_MAX_S 86400

/* That it was given is enough. */
static const char *take_nothing(struct call *call, const char *value)
{
	(void)call;
	(void)value;
	return NULL;
}

static const char *take_json(struct call *call, const char *value)
{
	(void)value;
	call->json = true;
	return NULL;
}

/* How much a command allows is its own matter. */
static const char *take_wait(struct call *call, const char *value)
{
	uint64_t seconds;

	if (!str_to_u64(value, UINT_MAX, &seconds))
		return "wants a number of seconds";
	call->wait_s = (unsigned)seconds;
	return NULL;
}

static const char *take_timeout(struct call *call, const char *value)
{
	uint64_t seconds;

	if (!str_to_u64(value, TIMEOUT_MAX_S, &seconds))
		return "wants seconds, 0 to 86400";
	call->timeout_s = (unsigned)seconds;
	return NULL;
}

static const char *add(struct call_list *list, const char *value)
{
	if (list->count == CALL_LIST_MAX)
		return "is given more than 32 times";
	list->items[list->count++] = value;
	return NULL;
}

static const char *take_interface(struct call *call, const char *value)
{
	return add(&call->interfaces, value);
}

static const char *take_setting(struct call *call, const char *value)
{
	return add(&call->settings, value);
}

static const char *take_key(struct call *call, const char *value)
{
	call->key = value;
	return NULL;
}

static const char *take_output(struct call *call, const char *value)
{
	call->output = value;
	return NULL;
}

static const char *take_color(struct call *call, const char *value)
{
	static const char *const words[] = {
		[PAINT_WHEN_AUTO] = "auto",
		[PAINT_WHEN_ALWAYS] = "always",
		[PAINT_WHEN_NEVER] = "never",
	};

	(void)call;
	for (unsigned i = 0; i < ARRAY_SIZE(words); i++) {
		if (!strcmp(words[i], value)) {
			paint_choose((enum paint_when)i);
			return NULL;
		}
	}
	return "wants auto, always or never";
}

static const char *take_stun(struct call *call, const char *value)
{
	call->stun = value;
	return NULL;
}

static const char *take_run_dir(struct call *call, const char *value)
{
	call->place.run_dir = value;
	return NULL;
}

static const char *take_state_dir(struct call *call, const char *value)
{
	call->place.state_dir = value;
	return NULL;
}

static const char *take_instance(struct call *call, const char *value)
{
	if (!*value || strchr(value, '/'))
		return "wants a name without a slash";
	call->place.instance = value;
	return NULL;
}

static const char *take_socket(struct call *call, const char *value)
{
	call->place.socket = value;
	return NULL;
}

const struct option_row option_rows[OPTION_COUNT] = {
	[OPTION_JSON] = {
		.name = "json",
		.help = "as JSON, for programs",
		.take = take_json,
	},
	[OPTION_ALL] = {
		.name = "all",
		.help = "each route, however many there are",
		.take = take_nothing,
	},
	[OPTION_ENV] = {
		.name = "env",
		.help = "as variables, for shell scripts",
		.take = take_nothing,
	},
	[OPTION_FOLLOW] = {
		.name = "follow",
		.letter = 'f',
		.help = "go on when daemons end, and with those that start",
		.take = take_nothing,
	},
	[OPTION_WAIT] = {
		.name = "wait",
		.argument = "SECONDS",
		.kind = ARGUMENT_SECONDS,
		.help = "how long to wait for the outcome",
		.take = take_wait,
	},
	[OPTION_VERBOSE] = {
		.name = "verbose",
		.letter = 'v',
		.help = "tell what happens meanwhile, one line each",
		.take = take_nothing,
	},
	[OPTION_INTERFACE] = {
		.name = "interface",
		.letter = 'i',
		.argument = "IFACE",
		.kind = ARGUMENT_INTERFACE,
		.help = "wait for this one; may be given several times",
		.take = take_interface,
	},
	[OPTION_ANY] = {
		.name = "any",
		.help = "one of them suffices",
		.take = take_nothing,
	},
	[OPTION_TIMEOUT] = {
		.name = "timeout",
		.argument = "SECONDS",
		.kind = ARGUMENT_SECONDS,
		.help = "give up after this time (120); 0: never",
		.take = take_timeout,
	},
	[OPTION_KEY] = {
		.name = "key",
		.argument = "KEY",
		.kind = ARGUMENT_TEXT,
		.help = "whose it is: any words; only with them it is removed",
		.take = take_key,
	},
	[OPTION_SET] = {
		.name = "set",
		.argument = "KEY=VALUE",
		.kind = ARGUMENT_SETTING,
		.help = "a setting, as in tenured.conf; several times",
		.take = take_setting,
	},
	[OPTION_RELEASE] = {
		.name = "release",
		.help = "give its lease back, too",
		.take = take_nothing,
	},
	[OPTION_OUTPUT] = {
		.name = "output",
		.letter = 'o',
		.argument = "FILE",
		.kind = ARGUMENT_FILE,
		.help = "where to save it",
		.take = take_output,
	},
	[OPTION_COLOR] = {
		.name = "color",
		.argument = "WHEN",
		.kind = ARGUMENT_WHEN,
		.for_all = true,
		.help = "auto (on terminals, unless NO_COLOR), always, never",
		.take = take_color,
	},
	[OPTION_STUN] = {
		.name = "stun",
		.argument = "HOST[:PORT]",
		.kind = ARGUMENT_TEXT,
		.help = "the STUN server to ask",
		.take = take_stun,
	},
	[OPTION_RUN_DIR] = {
		.name = "run-dir",
		.argument = "DIR",
		.kind = ARGUMENT_DIRECTORY,
		.for_all = true,
		.help = "where the sockets are",
		.take = take_run_dir,
	},
	[OPTION_STATE_DIR] = {
		.name = "state-dir",
		.argument = "DIR",
		.kind = ARGUMENT_DIRECTORY,
		.help = "where the files of leases are",
		.take = take_state_dir,
	},
	[OPTION_INSTANCE] = {
		.name = "instance",
		.argument = "NAME",
		.kind = ARGUMENT_TEXT,
		.for_all = true,
		.help = "only daemons of this instance",
		.take = take_instance,
	},
	[OPTION_SOCKET] = {
		.name = "socket",
		.argument = "PATH",
		.kind = ARGUMENT_SOCKET,
		.for_all = true,
		.help = "only the daemon at this socket",
		.take = take_socket,
	},
	[OPTION_HELP] = {
		.name = "help",
		.letter = 'h',
		.for_all = true,
		.help = "this; of a command, with its options",
		.take = take_nothing,
	},
	[OPTION_VERSION] = {
		.name = "version",
		.letter = 'V',
		.for_all = true,
		.help = "the version",
		.take = take_nothing,
	},
};

_Static_assert(OPTION_COUNT <= 64, "each has a bit");
