/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dhclient.conf: statements that end with a semicolon, and blocks in braces. Each
 * statement is a row of the table; what it is followed by is read word by word.
 */
#include "compat/dhclient_conf.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "compat/dhclient_words.h"
#include "compat/names.h"
#include "compat/octets.h"
#include "core/dhcp4.h"
#include "core/option.h"
#include "host/regular.h"

#define DEPTH_MAX   8
#define DEFINED_MAX 64

/* Names that the file gives to numbers. */
static struct {
	char name[64];
	uint8_t code;
} defined[DEFINED_MAX];
static size_t defined_count;

/* ---- options ------------------------------------------------------------- */

static uint8_t code_of(const struct dhclient_words *p, const char *name)
{
	uint8_t code;

	if (strncmp(name, "dhcp.", strlen("dhcp.")) == 0)
		name += strlen("dhcp.");
	for (size_t i = 0; i < defined_count; i++)
		if (strcmp(defined[i].name, name) == 0)
			return defined[i].code;
	if (strncmp(name, "unknown-", strlen("unknown-")) == 0)
		name += strlen("unknown-");
	code = names_code_isc(name, strlen(name));
	if (!code)
		dhclient_words_fail(p, "'%s' is no option that tenured knows",
				    name);
	return code;
}

/* Of IPv6, which configurations have in the same lists. */
static bool is_of_ipv6(const char *name)
{
	return strncmp(name, "dhcp6.", strlen("dhcp6.")) == 0;
}

/* The values up to the semicolon, with commas between them. */
static const char *take_values(struct dhclient_words *p, bool *ret_text)
{
	const char *values = "";

	*ret_text = p->kind == DHCLIENT_WORD_TEXT;
	for (;;) {
		values = translation_text("%s%s", values, dhclient_words_take(p));
		if (dhclient_words_is(p, ';'))
			return values;
		if (!dhclient_words_is(p, ','))
			dhclient_words_fail(p,
					    "'%s' stands where ',' or ';' should",
					    p->word);
		dhclient_words_next(p);
		values = translation_text("%s,", values);
	}
}

/* NUMBER=VALUE, as tenured reads it: text of what is no text says so. */
static const char *assignment(uint8_t code, const char *values, bool text)
{
	enum option_format format = option_rule(code)->format;

	if (code == DHCP4_OPTION_DOMAIN_SEARCH) {
		char *copy = translation_text("%s", values);

		/* "a.example. b.example." in one pair of quotes, or in two. */
		for (char *at = copy; *at; at++)
			*at = *at == ' ' ? ',' : *at;
		values = copy;
	}
	if (format == OPTION_FORMAT_FLAG)
		values = strcmp(values, "true") == 0 || strcmp(values, "on") == 0
				 ? "yes"
				 : "no";
	if (format != OPTION_FORMAT_OCTETS)
		return translation_text("%u=%s", code, values);
	return text ? translation_text("%u/text=%s", code, values)
		    : translation_text("%u=%s", code, octets_padded(values));
}

/* ---- statements ---------------------------------------------------------- */

struct statement {
	const char *word;
	void (*read)(struct dhclient_words *, const struct statement *);
	const char *text;
};

static void read_nothing(struct dhclient_words *p, const struct statement *s)
{
	(void)s;
	dhclient_words_skip(p);
}

static void read_refused(struct dhclient_words *p, const struct statement *s)
{
	dhclient_words_fail(p, "'%s' cannot be translated: %s", s->word, s->text);
}

/* Text has no type in front of it in dhclient's, as it would have in tenured's. */
static const char *client_id(const char *values, bool text)
{
	if (text)
		return octets_as_hex(values, strlen(values));
	return strcmp(values, "hardware") == 0 ? "hwaddr" : octets_padded(values);
}

/* What tenured has an option of its own for, or sends by itself. */
static bool send_known(struct dhclient_words *p, uint8_t code,
		       const char *values, bool text)
{
	struct translation *t = p->t;

	if (code == DHCP4_OPTION_HOST_NAME) {
		t->hostname = t->hostname ? t->hostname : values;
	} else if (code == DHCP4_OPTION_CLIENT_ID) {
		translation_join(t, "--client-id", client_id(values, text));
	} else if (code == DHCP4_OPTION_LEASE_TIME) {
		translation_join(t, "--lease-time", values);
	} else if (code == DHCP4_OPTION_VENDOR_CLASS) {
		translation_join(t, "--vendor-class", values);
	} else if (code == DHCP4_OPTION_REQUESTED_ADDRESS) {
		translation_join(t, "--request", values);
	} else {
		return false;
	}
	return true;
}

/* "send host-name = gethostname();", as tenured does by itself */
static bool is_own_name(struct dhclient_words *p, uint8_t code)
{
	if (code != DHCP4_OPTION_HOST_NAME || strcmp(p->word, "gethostname") != 0)
		return false;
	dhclient_words_next(p);
	dhclient_words_expect(p, '(');
	dhclient_words_expect(p, ')');
	return true;
}

/* fqdn.NAME; option 81 has parts with names of their own. */
static void send_fqdn(struct dhclient_words *p, const char *part,
		      const char *values)
{
	if (strcmp(part, "fqdn") == 0)
		p->t->fqdn = p->t->fqdn ? p->t->fqdn : values;
	else if (strcmp(part, "encoded") != 0 &&
		 strcmp(part, "server-update") != 0 &&
		 strcmp(part, "no-client-update") != 0)
		dhclient_words_fail(p, "'fqdn.%s' is not known", part);
}

static void read_send(struct dhclient_words *p, const struct statement *s)
{
	const char *name = dhclient_words_take(p), *values;
	bool fqdn = strncmp(name, "fqdn.", strlen("fqdn.")) == 0, text;
	uint8_t code = fqdn ? 0 : code_of(p, name);

	if (dhclient_words_is(p, '='))
		dhclient_words_next(p);
	if (is_own_name(p, code)) {
		dhclient_words_expect(p, ';');
		return;
	}
	values = take_values(p, &text);
	dhclient_words_expect(p, ';');
	if (p->skipped)
		return;
	if (fqdn)
		send_fqdn(p, name + strlen("fqdn."), values);
	else if (!send_known(p, code, values, text))
		translation_join(p->t, s->text, assignment(code, values, text));
}

/* An MTU that is asked for is set by dhclient's script. */
static void read_list(struct dhclient_words *p, const struct statement *s)
{
	bool asked = strcmp(s->text, "--request-option") == 0;
	const char *codes = "";

	while (!dhclient_words_is(p, ';')) {
		const char *name = dhclient_words_take(p);
		uint8_t code = is_of_ipv6(name) ? 0 : code_of(p, name);

		if (asked && code == DHCP4_OPTION_INTERFACE_MTU && !p->skipped)
			translation_add(p->t, "--mtu", NULL);
		else if (code)
			codes = translation_text("%s%s%u", codes,
						 *codes ? "," : "", code);
		if (dhclient_words_is(p, ','))
			dhclient_words_next(p);
	}
	dhclient_words_next(p);
	if (*codes && !p->skipped)
		translation_add(p->t, s->text, codes);
}

static void read_change(struct dhclient_words *p, const struct statement *s)
{
	const char *name = dhclient_words_take(p), *values;
	bool text;

	if (is_of_ipv6(name)) {
		dhclient_words_skip(p);
		return;
	}
	values = take_values(p, &text);
	dhclient_words_expect(p, ';');
	if (!p->skipped)
		translation_join(p->t, s->text,
				 assignment(code_of(p, name), values, text));
}

static void read_timeout(struct dhclient_words *p, const struct statement *s)
{
	const char *value = dhclient_words_take(p);

	(void)s;
	dhclient_words_expect(p, ';');
	translation_number(p->t, "timeout", value, 86400);
	if (!p->t->timeout && !p->skipped && strcmp(value, "0") != 0)
		p->t->timeout = value;
}

static void read_script(struct dhclient_words *p, const struct statement *s)
{
	const char *value = dhclient_words_take(p);

	(void)s;
	dhclient_words_expect(p, ';');
	if (!p->t->script && !p->skipped)
		p->t->script = value;
}

static void read_reject(struct dhclient_words *p, const struct statement *s)
{
	bool text;
	const char *values = take_values(p, &text);

	dhclient_words_expect(p, ';');
	if (!p->skipped)
		translation_add(p->t, s->text, values);
}

/* "option NAME code NUMBER = TYPE;" tells a number. */
static void read_option(struct dhclient_words *p, const struct statement *s)
{
	const char *name = dhclient_words_take(p), *number;
	uint64_t code;

	(void)s;
	if (strcmp(p->word, "code") != 0)
		dhclient_words_fail(
			p, "'option %s' says nothing here; 'send', perhaps?",
			name);
	dhclient_words_next(p);
	number = dhclient_words_take(p);
	if (!str_to_u64(number, 254, &code) || !code)
		dhclient_words_fail(p, "'%s' is no option of DHCP", number);
	if (defined_count == DEFINED_MAX)
		dhclient_words_fail(p, "more than %d options", DEFINED_MAX);
	snprintf(defined[defined_count].name, sizeof(defined->name), "%s", name);
	defined[defined_count++].code = (uint8_t)code;
	dhclient_words_skip(p);
}

static void read_statements(struct dhclient_words *, bool block);

/* Those of other interfaces are read, and mean nothing. */
static void read_interface(struct dhclient_words *p, const struct statement *s)
{
	const char *name = dhclient_words_take(p);
	bool skipped = p->skipped, named = false;

	(void)s;
	for (size_t i = 0; i < p->t->name_count; i++)
		named |= strcmp(p->t->names[i], name) == 0;
	if (named && p->t->name_count > 1)
		dhclient_words_fail(
			p, "of several interfaces each would need a dhclient of its "
			   "own, or tenured.conf");
	p->skipped |= !named;
	dhclient_words_expect(p, '{');
	read_statements(p, true);
	p->skipped = skipped;
}

static void read_file(struct translation *, const char *path, unsigned depth,
		      bool skipped);

static void read_include(struct dhclient_words *p, const struct statement *s)
{
	const char *path = dhclient_words_take(p);

	(void)s;
	dhclient_words_expect(p, ';');
	if (p->depth == DEPTH_MAX)
		dhclient_words_fail(p, "more than %d files in one another",
				    DEPTH_MAX);
	read_file(p->t, path, p->depth + 1, p->skipped);
}

static void read_also(struct dhclient_words *p, const struct statement *s)
{
	static const struct statement asked = { "request", NULL,
						"--request-option" };
	static const struct statement required = { "require", NULL, "--require" };
	const char *what = dhclient_words_take(p);

	(void)s;
	if (strcmp(what, "request") != 0 && strcmp(what, "require") != 0)
		dhclient_words_fail(p, "'also %s' is not known", what);
	read_list(p, strcmp(what, "request") == 0 ? &asked : &required);
}

static const struct statement statements[] = {
	{ "send", read_send, "--option" },
	{ "request", read_list, "--request-option" },
	{ "require", read_list, "--require" },
	{ "also", read_also, NULL },
	{ "ignore", read_list, "--ignore" },
	{ "supersede", read_change, "--supersede" },
	{ "prepend", read_change, "--prepend" },
	{ "append", read_change, "--append" },
	{ "default", read_change, "--default" },
	{ "reject", read_reject, "--deny-server" },
	{ "timeout", read_timeout, NULL },
	{ "script", read_script, NULL },
	{ "option", read_option, NULL },
	{ "interface", read_interface, NULL },
	{ "include", read_include, NULL },
	/* tenured's own times and ways are as good, or better. */
	{ "retry", read_nothing, NULL },
	{ "reboot", read_nothing, NULL },
	{ "select-timeout", read_nothing, NULL },
	{ "initial-interval", read_nothing, NULL },
	{ "initial-delay", read_nothing, NULL },
	{ "backoff-cutoff", read_nothing, NULL },
	{ "link-timeout", read_nothing, NULL },
	{ "db-time-format", read_nothing, NULL },
	{ "lease-id-format", read_nothing, NULL },
	{ "do-forward-updates", read_nothing, NULL },
	/* Of what there is already tenured --import knows. */
	{ "lease", read_nothing, NULL },
	{ "alias", read_refused, "give the interface the address by other means" },
	{ "pseudo", read_refused, "an interface is managed once" },
	{ "media", read_refused, "a link's medium is not of DHCP" },
	{ "hardware", read_refused, "a link's address is not of DHCP" },
	{ "omapi", read_refused, "tenurectl takes its place" },
	{ "key", read_refused, "tenured updates no DNS" },
	{ "zone", read_refused, "tenured updates no DNS" },
	{ "bootp", read_refused, "--bootp is tenured's word" },
	{ "vendor", read_refused, "--vendor-id-option is tenured's word" },
	{ "anycast-mac", read_refused, "tenured asks all" },
};

static const struct statement *find(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(statements); i++)
		if (strcmp(statements[i].word, word) == 0)
			return &statements[i];
	return NULL;
}

static void read_statements(struct dhclient_words *p, bool block)
{
	while (p->kind != DHCLIENT_WORD_END &&
	       !(block && dhclient_words_is(p, '}'))) {
		const struct statement *statement = find(p->word);

		if (p->kind != DHCLIENT_WORD_NAME || !statement)
			dhclient_words_fail(
				p, "'%s' is no statement that tenured knows",
				p->word);
		if (statement->read != read_refused)
			dhclient_words_next(p);
		statement->read(p, statement);
	}
	if (block)
		dhclient_words_expect(p, '}');
	if (block && dhclient_words_is(p, ';'))
		dhclient_words_next(p);
}

static void read_file(struct translation *t, const char *path, unsigned depth,
		      bool skipped)
{
	struct dhclient_words p = {
		.t = t, .path = path, .line = 1, .depth = depth, .skipped = skipped
	};
	int fd = regular_open(path);

	if (fd < 0)
		translation_fail(t, "%s: %s", path, regular_error(fd));
	p.file = fdopen(fd, "r");
	if (!p.file)
		translation_fail(t, "%s: %m", path);
	dhclient_words_next(&p);
	read_statements(&p, false);
	fclose(p.file);
}

void dhclient_conf_read(struct translation *t)
{
	static const char *const usual[] = { "/etc/dhcp/dhclient.conf",
					     "/etc/dhclient.conf" };

	if (t->config) {
		/* What turns the file off is read as an empty one. */
		read_file(t, t->config, 0, false);
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++) {
		if (access(usual[i], R_OK) != 0)
			continue;
		read_file(t, usual[i], 0, false);
		break;
	}
}
