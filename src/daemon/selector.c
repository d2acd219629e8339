/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links are meant by a section or an argument. */
#include "daemon/selector.h"

#include <fnmatch.h>
#include <net/if.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "host/kind.h"
#include "daemon/link.h"

#define BLANKS	 " \t"
#define HWADDR	 "hwaddr"
#define KIND	 "kind "
#define PHYSICAL "physical"

_Static_assert(IFNAMSIZ == 16 && LINK_KIND_MAX == 31 && HWADDR_SIZE_MAX == 20,
	       "the texts of this file say these numbers");
_Static_assert(sizeof(HWADDR " ") + 3 * HWADDR_SIZE_MAX + 1 <=
		       SELECTOR_TEXT_MAX + 1,
	       "the longest address fits");

/* What is wrong with the full name of an interface, or NULL. */
static const char *check_name(const char *name)
{
	if (*name == '\0')
		return "must be the name of an interface";
	if (strchr(name, '/'))
		return "is a path, not the name of an interface; a "
		       "configuration file is named by --config FILE";
	if (name[strspn(name, "0123456789")] == '\0')
		return "is a number, not the name of an interface; a time "
		       "limit is --timeout SEC";
	if (strlen(name) >= IFNAMSIZ)
		return "is longer than the 15 characters of an interface's "
		       "name";
	/* The kernel's dev_valid_name(). */
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	    !str_is_printable(name) || strpbrk(name, ": "))
		return "is not the name of an interface";
	return NULL;
}

/* Pairs of hex digits with colons, and perhaps an asterisk instead of the last. */
static const char *read_hwaddr(const char *text, struct selector *ret)
{
	static const char expected[] =
		"must be hwaddr and 1 to 20 octets in hex with colons, as in "
		"52:54:00:12:34:56, or a beginning, as in 52:54:00:*";
	char octets[3 * HWADDR_SIZE_MAX];
	size_t length = strlen(text);
	struct str s = str_over(ret->text, sizeof(ret->text));
	int size;

	ret->begins = length > 2 && strcmp(text + length - 2, ":*") == 0;
	if (ret->begins)
		length -= 2;
	if (length >= sizeof(octets))
		return expected;
	memcpy(octets, text, length);
	octets[length] = '\0';
	size = str_to_hex(octets, ret->hwaddr.bytes, HWADDR_SIZE_MAX);
	if (size <= 0 || (size > 1 && !strchr(octets, ':')))
		return expected;
	ret->hwaddr.size = (uint8_t)size;
	str_text(&s, HWADDR " ");
	str_hex(&s, ret->hwaddr.bytes, ret->hwaddr.size, ':');
	str_text(&s, ret->begins ? ":*" : "");
	ASSERT(!s.truncated);
	return NULL;
}

static const char *read_kind(const char *text, struct selector *ret)
{
	struct str s = str_over(ret->text, sizeof(ret->text));

	if (!*text || strlen(text) > LINK_KIND_MAX || !str_is_printable(text) ||
	    strpbrk(text, BLANKS "/"))
		return "must be kind and a kind of link, as in kind vlan, or "
		       "kind physical";
	if (kind_is_end(text))
		return "is a kind whose links have to be named in full, each";
	str_text(&s, KIND);
	str_text(&s, text);
	return NULL;
}

static const char *read_pattern(const char *text, struct selector *ret)
{
	size_t length = strlen(text);

	if (length > SELECTOR_TEXT_MAX || !str_is_printable(text) ||
	    strpbrk(text, BLANKS "/"))
		return "is not a pattern of names, as en* is";
	memcpy(ret->text, text, length + 1);
	return NULL;
}

/* What follows the word and blanks behind it, or NULL. */
static const char *behind(const char *text, const char *word, size_t length)
{
	if (strncmp(text, word, length) != 0 || !text[length] ||
	    !strchr(BLANKS, text[length]))
		return NULL;
	text += length;
	return text + strspn(text, BLANKS);
}

const char *selector_read(const char *text, struct selector *ret)
{
	const char *hwaddr = behind(text, HWADDR, strlen(HWADDR));
	const char *kind = behind(text, KIND, strlen(KIND) - 1);
	const char *error;

	*ret = (struct selector){ .by = SELECTOR_BY_NAME };
	if (hwaddr) {
		ret->by = SELECTOR_BY_HWADDR;
		return read_hwaddr(hwaddr, ret);
	}
	if (kind) {
		ret->by = SELECTOR_BY_KIND;
		return read_kind(kind, ret);
	}
	if (strpbrk(text, "*?[")) {
		ret->by = SELECTOR_BY_PATTERN;
		return read_pattern(text, ret);
	}
	if (strpbrk(text, BLANKS))
		return "must be the name of an interface, a pattern, hwaddr "
		       "and an address, or kind and a kind of link";
	error = check_name(text);
	if (!error)
		memcpy(ret->text, text, strlen(text) + 1);
	return error;
}

bool selector_is_full(const struct selector *s)
{
	return s->by == SELECTOR_BY_NAME ||
	       (s->by == SELECTOR_BY_HWADDR && !s->begins);
}

static bool has_hwaddr(const struct selector *s, const struct hwaddr *hwaddr)
{
	return (s->begins ? hwaddr->size > s->hwaddr.size
			  : hwaddr->size == s->hwaddr.size) &&
	       memcmp(hwaddr->bytes, s->hwaddr.bytes, s->hwaddr.size) == 0;
}

static bool is_of_kind(const struct selector *s, const struct link_info *link)
{
	return strcmp(s->text + strlen(KIND),
		      *link->kind ? link->kind : PHYSICAL) == 0;
}

bool selector_means(const struct selector *s, const char *name,
		    const struct link_info *link)
{
	if (link->virtual_end && !selector_is_full(s))
		return false;
	switch (s->by) {
	case SELECTOR_BY_NAME:
		return strcmp(s->text, name) == 0;
	case SELECTOR_BY_HWADDR:
		return has_hwaddr(s, &link->hwaddr);
	case SELECTOR_BY_PATTERN:
		return fnmatch(s->text, name, 0) == 0;
	case SELECTOR_BY_KIND:
		return is_of_kind(s, link);
	}
	return false;
}
