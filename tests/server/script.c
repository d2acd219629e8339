/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a script: tables of messages and actions, and their reader. */
#include "server/script.h"

#include <string.h>

#include "base/assert.h"

#define WORDS_MAX     8
#define LINE_MAX_SIZE 640

/* ---- actions that are no character: most have an argument ------------- */

/* One rule at work on one reply. */
struct step {
	const struct script_rule *rule;
	struct server_reply *reply;
};

enum argument {
	ARGUMENT_NONE,
	ARGUMENT_NUMBER,
	ARGUMENT_ADDRESS,
	ARGUMENT_CODE,
	ARGUMENT_OPTION, /* CODE=HEX */
};

struct script_action {
	const char *name;
	enum argument argument;
	void (*apply)(const struct step *);
	uint8_t code; /* of the option that is set to the argument, or 0 */
};

static void do_delay(const struct step *step)
{
	step->reply->delay = step->rule->number * NSEC_PER_MS;
}

static void do_type(const struct step *step)
{
	step->reply->type = (uint8_t)step->rule->number;
}

static void do_yiaddr(const struct step *step)
{
	step->reply->header.yiaddr = step->rule->number;
}

static void do_option(const struct step *step)
{
	server_set_option(step->reply, step->rule->code, step->rule->octets,
			  step->rule->size);
}

static void do_no_option(const struct step *step)
{
	server_remove_option(step->reply, step->rule->code);
}

static void do_duplicate(const struct step *step)
{
	step->reply->copies = step->rule->number;
}

static const struct script_action actions[] = {
	{ "delay", ARGUMENT_NUMBER, do_delay, 0 },
	{ "type", ARGUMENT_NUMBER, do_type, 0 },
	{ "yiaddr", ARGUMENT_ADDRESS, do_yiaddr, 0 },
	{ "server-id", ARGUMENT_ADDRESS, do_option, DHCP4_OPTION_SERVER_ID },
	{ "no-server-id", ARGUMENT_NONE, do_no_option, DHCP4_OPTION_SERVER_ID },
	{ "lease", ARGUMENT_NUMBER, do_option, DHCP4_OPTION_LEASE_TIME },
	{ "option", ARGUMENT_OPTION, do_option, 0 },
	{ "no-option", ARGUMENT_CODE, do_no_option, 0 },
	{ "duplicate", ARGUMENT_NUMBER, do_duplicate, 0 },
};

void script_apply(void *context, struct server_exchange *exchange)
{
	struct script *script = context;

	for (unsigned i = 0; i < script->count; i++) {
		struct script_rule *rule = &script->rules[i];

		if (!(rule->kinds & 1U << exchange->request.kind))
			continue;
		rule->seen++;
		if (rule->seen < rule->first || rule->seen > rule->last)
			continue;
		if (rule->action)
			rule->action->apply(
				&(struct step){ rule, &exchange->reply });
		else
			server_character_apply(rule->character,
					       rule->seen - rule->first,
					       exchange);
	}
}

/* ---- reading ---------------------------------------------------------- */

#define KIND(name) (1U << DHCP4_REQUEST_##name)
#define KINDS_REQUEST \
	(KIND(SELECTING) | KIND(REBOOTING) | KIND(RENEWING) | KIND(REBINDING))

static const struct {
	const char *name;
	unsigned kinds;
} types[] = {
	{ "any", (1U << DHCP4_REQUEST_COUNT) - 1 },
	{ "discover", KIND(DISCOVER) },
	{ "request", KINDS_REQUEST },
	{ "request-selecting", KIND(SELECTING) },
	{ "request-init-reboot", KIND(REBOOTING) },
	{ "request-renewing", KIND(RENEWING) },
	{ "request-rebinding", KIND(REBINDING) },
	{ "decline", KIND(DECLINE) },
	{ "release", KIND(RELEASE) },
	{ "inform", KIND(INFORM) },
};

/* Cuts a line into words, in place; -1 if there are too many. */
static int split(char *line, char *words[WORDS_MAX])
{
	char *rest = line, *word;
	int count = 0;

	while ((word = strsep(&rest, " \t\r\n"))) {
		if (!*word)
			continue;
		if (count == WORDS_MAX)
			return -1;
		words[count++] = word;
	}
	return count;
}

static bool read_u32(const char *text, uint32_t max, uint32_t *ret)
{
	uint64_t value;

	if (!str_to_u64(text, max, &value))
		return false;
	*ret = (uint32_t)value;
	return true;
}

/* N, N-M or N- */
static bool read_range(char *text, struct script_rule *rule)
{
	char *dash = strchr(text, '-');

	if (dash)
		*dash++ = '\0';
	if (!read_u32(text, UINT32_MAX, &rule->first) || !rule->first)
		return false;
	rule->last = dash ? UINT32_MAX : rule->first;
	return !dash || !*dash || read_u32(dash, UINT32_MAX, &rule->last);
}

int script_read_option(const char *text, uint8_t *ret_code, uint8_t *octets,
		       size_t size)
{
	const char *value = strchr(text, '=');
	char digits[4] = "";
	uint32_t code;

	if (!value || value - text >= (int)sizeof(digits))
		return -1;
	memcpy(digits, text, (size_t)(value - text));
	if (!read_u32(digits, 254, &code))
		return -1;
	*ret_code = (uint8_t)code;
	return value[1] ? str_to_hex(value + 1, octets, size) : 0;
}

static bool read_argument(const char *text, struct script_rule *rule)
{
	struct writer w = writer_over(rule->octets, sizeof(rule->octets));
	uint32_t code;
	int size;

	rule->code = rule->action->code;
	switch (rule->action->argument) {
	case ARGUMENT_NONE:
		return true;
	case ARGUMENT_NUMBER:
	case ARGUMENT_ADDRESS:
		if (rule->action->argument == ARGUMENT_NUMBER
			    ? !read_u32(text, UINT32_MAX, &rule->number)
			    : !str_to_ipv4(text, &rule->number))
			return false;
		writer_u32(&w, rule->number);
		rule->size = (uint16_t)w.used;
		return true;
	case ARGUMENT_CODE:
		if (!read_u32(text, 254, &code))
			return false;
		rule->code = (uint8_t)code;
		return true;
	case ARGUMENT_OPTION:
		size = script_read_option(text, &rule->code, rule->octets,
					  sizeof(rule->octets));
		rule->size = size < 0 ? 0 : (uint16_t)size;
		return size >= 0;
	}
	UNREACHABLE();
}

static const char *read_action(char *words[], int count, struct script_rule *rule)
{
	int arguments;

	for (size_t i = 0; count && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(words[0], actions[i].name) == 0)
			rule->action = &actions[i];
	}
	if (!count || (!rule->action &&
		       !server_character_find(words[0], &rule->character)))
		return "no such action";
	arguments = rule->action && rule->action->argument != ARGUMENT_NONE;
	if (count - 1 != arguments)
		return "wrong number of arguments";
	if (rule->action && !read_argument(words[1], rule))
		return "wrong argument";
	return NULL;
}

static const char *read_rule(char *words[], int count, struct script_rule *rule)
{
	int at = 2;

	if (count < 3 || strcmp(words[0], "on") != 0)
		return "expected: on TYPE [N[-[M]]] ACTION [ARGUMENT]";
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (strcmp(words[1], types[i].name) == 0)
			rule->kinds = types[i].kinds;
	}
	if (!rule->kinds)
		return "no such message type";
	rule->first = 1;
	rule->last = UINT32_MAX;
	if (words[2][0] >= '0' && words[2][0] <= '9' &&
	    !read_range(words[at++], rule))
		return "occurrences are N, N-M or N-, from 1 on";
	return read_action(words + at, count - at, rule);
}

const char *script_add(struct script *script, const char *line)
{
	char copy[LINE_MAX_SIZE], *words[WORDS_MAX];
	struct script_rule rule = { 0 };
	const char *error;
	int count;

	if (strlen(line) >= sizeof(copy))
		return "line too long";
	memcpy(copy, line, strlen(line) + 1);
	count = split(copy, words);
	if (count == 0 || (count > 0 && words[0][0] == '#'))
		return NULL;
	if (script->count == SCRIPT_RULES_MAX)
		return "too many rules";
	error = read_rule(words, count, &rule);
	if (!error)
		script->rules[script->count++] = rule;
	return error;
}
