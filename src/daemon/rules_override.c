/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is done to the options that servers send: values in words, to what
 * core/override.h keeps of them. A key may be given several times; an empty value
 * forgets what was said by that key before.
 */
#include <string.h>

#include "base/assert.h"
#include "daemon/rules.h"
#include "daemon/sent.h"
#include "daemon/settings.h"

_Static_assert(DHCP4_OVERRIDE_SIZE == 512 && OVERRIDE_REQUIRED_MAX == 16 &&
		       OVERRIDE_LEASE_TIME_LEAST_S == 60,
	       "the texts of this file say these numbers");

/* What was expected, where something else stands. */
static const char *const expected[] = {
	[OPTION_FORMAT_OCTETS] = "takes hex, as in 01:02:03",
	[OPTION_FORMAT_IPV4] = "takes an IPv4 address",
	[OPTION_FORMAT_IPV4_LIST] =
		"takes IPv4 addresses, with commas between them",
	[OPTION_FORMAT_IPV4_PAIRS] =
		"takes pairs of IPv4 addresses, with commas between all of them",
	[OPTION_FORMAT_FLAG] = "takes yes or no",
	[OPTION_FORMAT_U8] = "takes a number from 0 to 255",
	[OPTION_FORMAT_U16] = "takes a number from 0 to 65535",
	[OPTION_FORMAT_U16_LIST] =
		"takes numbers from 0 to 65535, with commas between them",
	[OPTION_FORMAT_U32] = "takes a number from 0 to 4294967295",
	[OPTION_FORMAT_S32] = "takes a number from -2147483648 to 2147483647",
	[OPTION_FORMAT_TEXT] = "takes printable ASCII characters",
	[OPTION_FORMAT_EMPTY] = "takes no value behind the '='",
	[OPTION_FORMAT_ROUTES] =
		"takes routes with commas between them, as in 10.0.0.0/8 via 10.0.0.1",
	[OPTION_FORMAT_SEARCH] = "takes domain names, with commas between them",
};

/* Why a value is not taken that is of the option's format. */
static const char *refusal_of(uint8_t code)
{
	if (code == DHCP4_OPTION_SUBNET_MASK)
		return "must be a subnet mask of 255.0.0.0 to 255.255.255.255";
	if (code == DHCP4_OPTION_LEASE_TIME)
		return "must be 60 seconds or more: by a shorter lease servers "
		       "were asked all the time";
	return "has a value that the option may not have, or there is no room: "
	       "supersede, prepend, append and default have 512 octets in all";
}

static const char *edit(enum override_kind kind, const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	uint8_t bytes[DHCP4_OVERRIDE_SIZE];
	struct rule_option option;
	const char *error;
	int size;

	if (!sent)
		return rule_no_memory;
	if (*value == '\0') {
		override_clear(&sent->override, kind);
		return NULL;
	}
	error = rule_read_option(value, &option);
	if (error)
		return error;
	error = override_refusal(kind, option.code);
	if (error)
		return error;
	size = encode_value(option.format, option.text, bytes, sizeof(bytes));
	if (size < 0)
		return expected[option.format];
	return override_put(&sent->override, kind, option.code, bytes,
			    (size_t)size)
		       ? NULL
		       : refusal_of(option.code);
}

const char *rule_supersede(const char *value, void *field)
{
	return edit(OVERRIDE_SUPERSEDE, value, field);
}

const char *rule_prepend(const char *value, void *field)
{
	return edit(OVERRIDE_PREPEND, value, field);
}

const char *rule_append(const char *value, void *field)
{
	return edit(OVERRIDE_APPEND, value, field);
}

const char *rule_default(const char *value, void *field)
{
	return edit(OVERRIDE_DEFAULT, value, field);
}

static const char *mark(struct sent_settings *sent, enum override_kind kind,
			const char *name)
{
	const char *error;
	uint8_t code;

	if (!encode_code(name, &code))
		return "must be names of options, or numbers from 1 to 254, "
		       "with commas between them";
	error = override_refusal(kind, code);
	if (error)
		return error;
	if (override_put(&sent->override, kind, code, NULL, 0))
		return NULL;
	return kind == OVERRIDE_REQUIRE
		       ? "is too much: at most 16 options can be required"
		       : "is too much: there is no room for so many options";
}

static const char *mark_all(enum override_kind kind, const char *value,
			    void *field)
{
	struct sent_settings *sent = sent_edit(field);
	const char *error = NULL;
	char list[256], *at = list, *name;

	if (!sent)
		return rule_no_memory;
	if (*value == '\0')
		override_clear(&sent->override, kind);
	if (strlen(value) >= sizeof(list))
		return "is too long: give it in parts";
	strcpy(list, value);
	while (!error && (name = strsep(&at, RULE_SEPARATORS))) {
		if (*name)
			error = mark(sent, kind, name);
	}
	return error;
}

const char *rule_ignore(const char *value, void *field)
{
	return mark_all(OVERRIDE_IGNORE, value, field);
}

const char *rule_require(const char *value, void *field)
{
	return mark_all(OVERRIDE_REQUIRE, value, field);
}
