/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An option by its name has a value as the name has it. By its number it has octets
 * in hex, or text in quotes that the shell has left there.
 */
#include "compat/udhcpc_sent.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/cursor.h"
#include "base/str.h"
#include "compat/names.h"
#include "compat/octets.h"
#include "core/dhcp4.h"

struct sent {
	uint8_t code;
	bool numbered;
	const char *text; /* NULL: octets */
	uint8_t octets[UINT8_MAX];
	size_t size;
};

static void read_octets(const struct translation *t, const char *argument,
			const char *value, struct sent *sent)
{
	int size = str_to_hex(value, sent->octets, sizeof(sent->octets));

	if (size <= 0)
		translation_fail(t,
				 "-x '%s': its value must be hex, or text in "
				 "quotes of its own",
				 argument);
	sent->size = (size_t)size;
}

static bool is_quoted(const char *value)
{
	size_t length = strlen(value);

	return length > 1 && (*value == '"' || *value == '\'') &&
	       value[length - 1] == *value;
}

static struct sent read_sent(const struct translation *t, const char *argument)
{
	size_t length = strcspn(argument, ":= ");
	const char *value = argument + length + 1;
	struct sent sent = { .code = names_code_udhcpc(argument, length),
			     .numbered = isdigit((unsigned char)*argument) };

	if (!argument[length])
		translation_fail(t, "-x '%s' must be OPTION:VALUE", argument);
	if (!sent.code)
		translation_fail(t, "-x '%.*s' is no option of DHCP",
				 (int)length, argument);
	if (sent.numbered && is_quoted(value))
		sent.text = translation_text("%.*s", (int)strlen(value) - 2,
					     value + 1);
	else if (sent.numbered || sent.code == DHCP4_OPTION_CLIENT_ID)
		read_octets(t, argument, value, &sent);
	else
		sent.text = value;
	return sent;
}

/* Of an option that is text by nature, though it may be told in hex. */
static const char *text_of(const struct translation *t, const struct sent *sent)
{
	for (size_t i = 0; i < sent->size; i++)
		if (!isgraph(sent->octets[i]))
			translation_fail(t, "-x %u: its value must be text",
					 sent->code);
	return sent->text ? sent->text
			  : translation_text("%.*s", (int)sent->size,
					     (const char *)sent->octets);
}

static const char *number_of(const struct translation *t, const struct sent *sent)
{
	struct reader r = reader_over(sent->octets, sent->size);

	if (sent->text)
		return sent->text;
	if (sent->size != 4)
		translation_fail(t, "-x %u: its value must have four octets",
				 sent->code);
	return translation_text("%u", reader_u32(&r));
}

static const char *hex_of(const struct sent *sent)
{
	return sent->text ? octets_as_hex(sent->text, strlen(sent->text))
			  : octets_as_hex(sent->octets, sent->size);
}

/* NUMBER=VALUE, in the option's own words, or of a type that is told. */
static const char *assignment(const struct sent *sent)
{
	if (!sent->numbered)
		return translation_text("%u=%s", sent->code, sent->text);
	return sent->text
		       ? translation_text("%u/text=%s", sent->code, sent->text)
		       : translation_text("%u/hex=%s", sent->code, hex_of(sent));
}

void udhcpc_sent_add(struct translation *t, const char *argument)
{
	const struct sent sent = read_sent(t, argument);

	switch (sent.code) {
	case DHCP4_OPTION_HOST_NAME:
		t->hostname = text_of(t, &sent);
		break;
	case DHCP4_OPTION_CLIENT_ID:
		translation_join(t, "--client-id", hex_of(&sent));
		break;
	case DHCP4_OPTION_LEASE_TIME:
		translation_join(t, "--lease-time", number_of(t, &sent));
		break;
	case DHCP4_OPTION_VENDOR_CLASS:
		translation_join(t, "--vendor-class", text_of(t, &sent));
		break;
	default:
		translation_join(t, "--option", assignment(&sent));
		break;
	}
}
