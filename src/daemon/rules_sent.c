/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What may be said of what servers are told, to what sent.h keeps of it. A key that may be given
 * several times adds to what was said before; an empty value forgets that.
 */
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/rules.h"
#include "daemon/sent.h"
#include "daemon/settings.h"

_Static_assert(DHCP4_CLIENT_ID_MIN == 2 && DHCP4_CLIENT_ID_MAX == 135 &&
		       DHCP4_VENDOR_CLASS_MAX == 128 && DUID_SIZE_MIN == 3 &&
		       DUID_SIZE_MAX == 130 && DHCP4_ENCODED_SIZE == 512 &&
		       DHCP4_PARAMETERS_MAX == 32,
	       "the texts of this file say these numbers");

static const char too_long[] =
	"is too much: all that is sent has 512 octets in all";

/* Octets in hex with colons, else text. How many, or -1: none, or too many. */
static int octets_of(const char *value, uint8_t *bytes, size_t room)
{
	size_t length = strlen(value);

	if (strchr(value, ':'))
		return str_to_hex(value, bytes, room);
	if (length == 0 || length > room || !str_is_printable(value))
		return -1;
	memcpy(bytes, value, length);
	return (int)length;
}

/* Copies what stands before a separator; the rest, or NULL without one. */
static const char *split(const char *value, char separator, char *part,
			 size_t size)
{
	const char *at = strchr(value, separator);
	size_t length = at ? (size_t)(at - value) : 0;

	if (!at || length >= size)
		return NULL;
	memcpy(part, value, length);
	part[length] = '\0';
	return at + 1;
}

/* ---- who the client is --------------------------------------------------- */

/*
 * A colon means hex: were a mistyped octet taken for text, the host would have
 * another identity without a word.
 */
static const char *read_client_id(const char *value, struct client_id *ret)
{
	int size;

	*ret = (struct client_id){ 0 };
	if (strchr(value, ':')) {
		size = str_to_hex(value, ret->bytes, sizeof(ret->bytes));
		if (size < DHCP4_CLIENT_ID_MIN)
			return "must be 2 to 135 octets in hex, as in "
			       "01:52:54:00:12:34:56 (or text without a colon)";
	} else {
		/* Text goes behind a type of 0 (RFC 2132 9.14). */
		size = octets_of(value, ret->bytes + 1, sizeof(ret->bytes) - 1);
		if (size++ < 0)
			return "must be 1 to 134 printable ASCII characters, "
			       "or hex with colons";
	}
	ret->size = (uint8_t)size;
	return NULL;
}

const char *rule_client_id(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	const char *error = NULL;

	if (!sent)
		return rule_no_memory;
	sent->identity = SENT_IDENTITY_GIVEN;
	if (strcmp(value, "duid") == 0)
		sent->identity = SENT_IDENTITY_DUID;
	else if (strcmp(value, "hwaddr") == 0)
		sent->identity = SENT_IDENTITY_HWADDR;
	else if (strcmp(value, "none") == 0)
		sent->client_id = (struct client_id){ 0 };
	else
		error = read_client_id(value, &sent->client_id);
	return error;
}

/* "en:NUMBER:HEX" */
static const char *read_enterprise(const char *value, struct duid *ret)
{
	static const char wrong[] =
		"must be en:NUMBER:HEX, with the enterprise's number and 1 to "
		"124 octets in hex, as in en:9:0a:1b";
	uint8_t bytes[DUID_SIZE_MAX - 6];
	char number[sizeof("4294967295")];
	const char *rest = split(value, ':', number, sizeof(number));
	uint64_t enterprise;
	int size;

	if (!rest || !str_to_u64(number, UINT32_MAX, &enterprise))
		return wrong;
	size = str_to_hex(rest, bytes, sizeof(bytes));
	if (size < 0)
		return wrong;
	*ret = duid_en((uint32_t)enterprise, bytes, (size_t)size);
	return NULL;
}

const char *rule_duid(const char *value, void *field)
{
	static const struct {
		const char *name;
		enum duid_kind kind;
	} kinds[] = { { "uuid", DUID_KIND_UUID },
		      { "llt", DUID_KIND_LLT },
		      { "ll", DUID_KIND_LL } };
	struct duid_settings *duid = field;
	int size;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(value, kinds[i].name) == 0) {
			duid->kind = kinds[i].kind;
			return NULL;
		}
	}
	duid->kind = DUID_KIND_GIVEN;
	if (strncmp(value, "en:", 3) == 0)
		return read_enterprise(value + 3, &duid->given);
	size = str_to_hex(value, duid->given.bytes, DUID_SIZE_MAX);
	if (size < DUID_SIZE_MIN)
		return "must be uuid, llt, ll, en:NUMBER:HEX, or 3 to 130 "
		       "octets in hex: a type of two and at least one more";
	duid->given.size = (uint8_t)size;
	return NULL;
}

const char *rule_iaid(const char *value, void *field)
{
	struct iaid_setting *iaid = field;
	uint64_t number;

	if (!str_to_u64(value, UINT32_MAX, &number))
		return "must be a number from 0 to 4294967295";
	*iaid = (struct iaid_setting){ .given = true, .number = (uint32_t)number };
	return NULL;
}

/* ---- its name ------------------------------------------------------------ */

/* Option 12 holds no root label (RFC 1035 3.1), so a dot at the end goes. */
const char *rule_hostname(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	size_t length = strlen(value);

	if (!sent)
		return rule_no_memory;
	if (length > 0 && !str_is_hostname(value))
		return "must be a host name: letters, digits, inner hyphens "
		       "and dots (or nothing, to send none)";
	if (length > 0 && value[length - 1] == '.')
		length--;
	memcpy(sent->hostname, value, length);
	sent->hostname[length] = '\0';
	sent->hostname_given = true;
	return NULL;
}

const char *rule_fqdn(const char *value, void *field)
{
	static const char *const names[FQDN_MODE_COUNT] = {
		[FQDN_MODE_OFF] = "off",
		[FQDN_MODE_NONE] = "none",
		[FQDN_MODE_PTR] = "ptr",
		[FQDN_MODE_BOTH] = "both",
	};
	size_t found = rule_word(names, FQDN_MODE_COUNT, value);
	struct sent_settings *sent = sent_edit(field);

	if (!sent)
		return rule_no_memory;
	if (found == FQDN_MODE_COUNT)
		return "must be off, none, ptr or both";
	sent->fqdn = (enum fqdn_mode)found;
	return NULL;
}

/* ---- its classes --------------------------------------------------------- */

/* Puts an option, or takes it out if there is nothing to be put. */
static const char *put(struct sent_settings *sent, uint8_t code,
		       const void *bytes, size_t size)
{
	if (size == 0)
		encoded_remove(&sent->options, code);
	else if (!encoded_put(&sent->options, code, bytes, size))
		return too_long;
	return NULL;
}

const char *rule_vendor_class(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	size_t length = strlen(value);

	if (!sent)
		return rule_no_memory;
	if (length > DHCP4_VENDOR_CLASS_MAX || !str_is_printable(value))
		return "must be at most 128 printable ASCII characters (or "
		       "nothing, to send none)";
	return put(sent, DHCP4_OPTION_VENDOR_CLASS, value, length);
}

const char *rule_user_class(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	uint8_t bytes[UINT8_MAX];
	int size = octets_of(value, bytes, sizeof(bytes));

	if (!sent)
		return rule_no_memory;
	if (*value == '\0')
		return put(sent, DHCP4_OPTION_USER_CLASS, NULL, 0);
	if (size < 0)
		return "must be 1 to 255 printable ASCII characters, or hex "
		       "with colons (or nothing, to send none)";
	return encode_user_class(&sent->options, bytes, (size_t)size) ? NULL
								      : too_long;
}

static const char vendor_too_long[] =
	"is too much: an enterprise has 255 octets, and all that is sent 512";

const char *rule_vendor_id_class(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	char number[sizeof("4294967295")];
	const char *rest = split(value, '=', number, sizeof(number));
	uint8_t bytes[UINT8_MAX - 1];
	uint64_t enterprise;
	int size;

	if (!sent)
		return rule_no_memory;
	if (*value == '\0')
		return put(sent, DHCP4_OPTION_VENDOR_ID_CLASS, NULL, 0);
	if (!rest || !str_to_u64(number, UINT32_MAX, &enterprise) ||
	    (size = octets_of(rest, bytes, sizeof(bytes))) < 0)
		return "must be NUMBER=CLASS, with an enterprise's number and "
		       "text, or hex with colons (or nothing, to send none)";
	return encode_vendor_class(&sent->options, (uint32_t)enterprise, bytes,
				   (size_t)size)
		       ? NULL
		       : vendor_too_long;
}

const char *rule_vendor_id_option(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	char number[sizeof("4294967295")], code_text[sizeof("255")];
	const char *rest = split(value, '/', number, sizeof(number));
	uint8_t bytes[UINT8_MAX - 2];
	uint64_t enterprise, code;
	int size;

	if (!sent)
		return rule_no_memory;
	if (*value == '\0')
		return put(sent, DHCP4_OPTION_VENDOR_ID_OPTIONS, NULL, 0);
	if (rest)
		rest = split(rest, '=', code_text, sizeof(code_text));
	if (!rest || !str_to_u64(number, UINT32_MAX, &enterprise) ||
	    !str_to_u64(code_text, UINT8_MAX, &code) ||
	    (size = octets_of(rest, bytes, sizeof(bytes))) < 0)
		return "must be NUMBER/CODE=VALUE, with an enterprise's number, "
		       "a code from 0 to 255, and text, or hex with colons (or "
		       "nothing, to send none)";
	return encode_vendor_option(&sent->options, (uint32_t)enterprise,
				    (uint8_t)code, bytes, (size_t)size)
		       ? NULL
		       : vendor_too_long;
}

/* ---- options ------------------------------------------------------------- */

const char *rule_mud_url(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	size_t length = strlen(value);

	if (!sent)
		return rule_no_memory;
	if (length > 0 &&
	    (strncmp(value, "https://", 8) != 0 || length == 8 ||
	     length > 255 || !str_is_printable(value) || strchr(value, ' ')))
		return "must be an https:// URL of at most 255 characters (or "
		       "nothing, to send none)";
	return put(sent, DHCP4_OPTION_MUD_URL, value, length);
}

const char *rule_lease_time(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	uint64_t seconds = DHCP4_LEASE_INFINITE;

	if (!sent)
		return rule_no_memory;
	if (*value == '\0')
		return put(sent, DHCP4_OPTION_LEASE_TIME, NULL, 0);
	if (strcmp(value, "infinite") != 0 &&
	    (!str_to_u64(value, UINT32_MAX, &seconds) || seconds == 0))
		return "must be a number of seconds from 1 to 4294967295, or "
		       "infinite (or nothing, to ask for none)";
	return encoded_put_u32(&sent->options, DHCP4_OPTION_LEASE_TIME,
			       (uint32_t)seconds)
		       ? NULL
		       : too_long;
}

/* What is nobody's to set by hand, and who sets it. */
static const struct {
	uint8_t code;
	const char *why;
} refused[] = {
	{ 12, "is the host's name: set it by hostname" },
	{ 50, "is the address asked for: set it by request" },
	{ 51, "is the time asked for: set it by lease-time" },
	{ 52, "is a matter of each message, and never set by hand" },
	{ 53, "is a matter of each message, and never set by hand" },
	{ 54, "is a matter of each message, and never set by hand" },
	{ 55, "is the list of what is asked for: set it by request-option" },
	{ 56, "is a matter of each message, and never set by hand" },
	{ 57, "is made of the MTU, and never set by hand" },
	{ 58, "is sent by servers only" },
	{ 59, "is sent by servers only" },
	{ 61, "is the client's identifier: set it by client-id" },
	{ 80, "is sent where rapid commit is on, and never set by hand" },
	{ 81, "is the host's full name: set it by fqdn and hostname" },
	{ 82, "is sent by relays only" },
	{ 90, "is made for each message, and never set by hand" },
	{ 108, "is asked for where that is on, and never sent" },
	{ 116, "is sent where that is on, and never set by hand" },
	{ 118, "has a key of its own, and is never set by hand" },
	{ 145, "is sent where that is on, and never set by hand" },
	{ 150, "is never sent by a client (RFC 5859, 3)" },
};

static const char *why_refused(uint8_t code)
{
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (refused[i].code == code)
			return refused[i].why;
	return NULL;
}

static bool find_format(const char *name, enum option_format *ret)
{
	static const struct {
		const char *name;
		enum option_format format;
	} formats[] = {
		{ "hex", OPTION_FORMAT_OCTETS },
		{ "text", OPTION_FORMAT_TEXT },
		{ "address", OPTION_FORMAT_IPV4 },
		{ "addresses", OPTION_FORMAT_IPV4_LIST },
		{ "flag", OPTION_FORMAT_FLAG },
		{ "u8", OPTION_FORMAT_U8 },
		{ "u16", OPTION_FORMAT_U16 },
		{ "u32", OPTION_FORMAT_U32 },
		{ "s32", OPTION_FORMAT_S32 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++) {
		if (strcmp(name, formats[i].name) == 0) {
			*ret = formats[i].format;
			return true;
		}
	}
	return false;
}

const char *rule_read_option(const char *value, struct rule_option *ret)
{
	char option[64], name[64];
	const char *type;

	ret->text = split(value, '=', option, sizeof(option));
	type = ret->text ? split(option, '/', name, sizeof(name)) : NULL;
	if (!ret->text || !encode_code(type ? name : option, &ret->code))
		return "must be OPTION=VALUE, with the name of an option, or "
		       "its number from 1 to 254; tenured.conf(5) says more";
	ret->format = option_rule(ret->code)->format;
	if (type && !find_format(type, &ret->format))
		return "is of no type: one may be hex, text, address, "
		       "addresses, flag, u8, u16, u32 or s32";
	return NULL;
}

const char *rule_option(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);
	uint8_t bytes[DHCP4_ENCODED_SIZE];
	struct rule_option option;
	const char *error = rule_read_option(value, &option);
	int size;

	if (!sent)
		return rule_no_memory;
	if (error)
		return error;
	if (why_refused(option.code))
		return why_refused(option.code);
	size = encode_value(option.format, option.text, bytes, sizeof(bytes));
	if (size < 0)
		return "has no value of the option's type; as hex it may be "
		       "given by OPTION/hex=01:02:03";
	if (encoded_put(&sent->options, option.code, bytes, (size_t)size))
		return NULL;
	return "has a value that the option may not have, or there is no room: "
	       "all that is sent has 512 octets in all";
}

/* ---- what is asked for --------------------------------------------------- */

/* Of a message, or of a client; nobody can ask for them. */
static bool is_requestable(uint8_t code)
{
	static const uint8_t never[] = { 50, 52, 53, 55, 57, 61, 80, 82, 90, 108 };

	return !memchr(never, code, sizeof(never));
}

/* Each code of a list goes into one of two lists, and out of the other. */
static const char *move_codes(const char *value, uint8_t *to, uint8_t *to_count,
			      uint8_t *from, uint8_t *from_count)
{
	char list[256], *at = list, *name;

	if (strlen(value) >= sizeof(list))
		return "is too long: give it in parts";
	strcpy(list, value);
	while ((name = strsep(&at, ", "))) {
		uint8_t code;

		if (*name == '\0')
			continue;
		if (!encode_code(name, &code))
			return "must be names of options, or numbers from 1 to "
			       "254, with commas between them";
		if (!is_requestable(code))
			return "names an option that is not asked for by that: "
			       "50, 52, 53, 55, 57, 61, 80, 82, 90 or 108";
		parameters_remove(from, from_count, code);
		if (!parameters_add(to, to_count, code))
			return "is too much: there is room for 32 options";
	}
	return NULL;
}

const char *rule_request_option(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);

	if (!sent)
		return rule_no_memory;
	return move_codes(value, sent->wanted, &sent->wanted_count,
			  sent->unwanted, &sent->unwanted_count);
}

const char *rule_no_request_option(const char *value, void *field)
{
	struct sent_settings *sent = sent_edit(field);

	if (!sent)
		return rule_no_memory;
	return move_codes(value, sent->unwanted, &sent->unwanted_count,
			  sent->wanted, &sent->wanted_count);
}
