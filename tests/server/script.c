/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules of a script: tables of messages and actions, and their reader. */
#include "server/script.h"

#include <string.h>

#include "base/assert.h"

#define WORDS_MAX     8
#define LINE_MAX_SIZE 640

/* ---- actions ---------------------------------------------------------- */

/* One rule at work on one exchange. */
struct step {
	const struct script_rule *rule;
	struct server_exchange *exchange;
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

static void do_silence(const struct step *step)
{
	step->reply->type = 0;
}

static void do_delay(const struct step *step)
{
	step->reply->delay = step->rule->number * NSEC_PER_MS;
}

/* The address in the reply so far, else the one that the client asks for. */
static ipv4_addr address_at_hand(const struct step *step)
{
	ipv4_addr yiaddr = step->reply->header.yiaddr;

	return yiaddr ? yiaddr : step->exchange->request.address;
}

static void do_offer(const struct step *step)
{
	server_grant(step->exchange, DHCP4_TYPE_OFFER, address_at_hand(step));
}

static void do_ack(const struct step *step)
{
	server_grant(step->exchange, DHCP4_TYPE_ACK, address_at_hand(step));
}

static void do_nak(const struct step *step)
{
	server_refuse(step->exchange);
}

static void do_type(const struct step *step)
{
	step->reply->type = (uint8_t)step->rule->number;
}

static void do_wrong_xid(const struct step *step)
{
	step->reply->header.xid++;
}

/* The frame still reaches the client: it goes where the request came from. */
static void do_wrong_chaddr(const struct step *step)
{
	step->reply->header.chaddr[5] ^= 1;
}

static void do_wrong_client_id(const struct step *step)
{
	struct client_id *id = &step->reply->client_id;

	id->bytes[id->size - 1] ^= 1;
	server_set_option(step->reply, DHCP4_OPTION_CLIENT_ID, id->bytes,
			  id->size);
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

static void do_corrupt(const struct step *step)
{
	step->reply->corrupt = true;
}

static void do_broadcast(const struct step *step)
{
	step->reply->broadcast = true;
}

static const struct script_action actions[] = {
	{ "silence", ARGUMENT_NONE, do_silence, 0 },
	{ "delay", ARGUMENT_NUMBER, do_delay, 0 },
	{ "offer", ARGUMENT_NONE, do_offer, 0 },
	{ "ack", ARGUMENT_NONE, do_ack, 0 },
	{ "nak", ARGUMENT_NONE, do_nak, 0 },
	{ "type", ARGUMENT_NUMBER, do_type, 0 },
	{ "wrong-xid", ARGUMENT_NONE, do_wrong_xid, 0 },
	{ "wrong-chaddr", ARGUMENT_NONE, do_wrong_chaddr, 0 },
	{ "wrong-client-id", ARGUMENT_NONE, do_wrong_client_id, 0 },
	{ "yiaddr", ARGUMENT_ADDRESS, do_yiaddr, 0 },
	{ "server-id", ARGUMENT_ADDRESS, do_option, DHCP4_OPTION_SERVER_ID },
	{ "no-server-id", ARGUMENT_NONE, do_no_option, DHCP4_OPTION_SERVER_ID },
	{ "lease", ARGUMENT_NUMBER, do_option, DHCP4_OPTION_LEASE_TIME },
	{ "option", ARGUMENT_OPTION, do_option, 0 },
	{ "no-option", ARGUMENT_CODE, do_no_option, 0 },
	{ "duplicate", ARGUMENT_NUMBER, do_duplicate, 0 },
	{ "corrupt", ARGUMENT_NONE, do_corrupt, 0 },
	{ "broadcast", ARGUMENT_NONE, do_broadcast, 0 },
};

void script_apply(void *context, struct server_exchange *exchange)
{
	struct script *script = context;

	for (unsigned i = 0; i < script->count; i++) {
		struct script_rule *rule = &script->rules[i];

		if (!(rule->kinds & 1U << exchange->request.kind))
			continue;
		rule->seen++;
		if (rule->seen >= rule->first && rule->seen <= rule->last)
			rule->action->apply(&(struct step){ rule, exchange,
							    &exchange->reply });
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
	for (size_t i = 0; at < count && i < ARRAY_SIZE(actions); i++) {
		if (strcmp(words[at], actions[i].name) == 0)
			rule->action = &actions[i];
	}
	if (!rule->action)
		return "no such action";
	at++;
	if (count - at != (rule->action->argument != ARGUMENT_NONE))
		return "wrong number of arguments";
	if (!read_argument(words[at], rule))
		return "wrong argument";
	return NULL;
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
