/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links are managed, and by which settings. */
#include <stdlib.h>

#include "daemon/link.h"
#include "daemon/rules.h"
#include "daemon/settings.h"

_Static_assert(SETTINGS_IFACES_MAX == 4096, "a text of this file says so");

const char *settings_want(struct settings *s, const struct selector *selector)
{
	size_t n = s->wanted_count;

	for (size_t i = 0; i < n; i++)
		if (selector_equal(&s->wanted[i], selector))
			return NULL;
	if (n == SETTINGS_IFACES_MAX)
		return "is one too many: there may be 4096 interfaces";
	/* There is room for the next power of two. */
	if ((n & (n - 1)) == 0) {
		struct selector *larger =
			reallocarray(s->wanted, n ? 2 * n : 1, sizeof(*larger));

		if (!larger)
			return rule_no_memory;
		s->wanted = larger;
	}
	s->wanted[s->wanted_count++] = *selector;
	return NULL;
}

/* The argument that means the link best, or NULL. */
static const struct selector *find_wanted(const struct settings *s,
					  const char *name,
					  const struct link_info *link)
{
	const struct selector *best = NULL;

	for (size_t i = 0; i < s->wanted_count; i++)
		if (selector_means(&s->wanted[i], name, link) &&
		    (!best || s->wanted[i].by < best->by))
			best = &s->wanted[i];
	return best;
}

const struct iface_settings *settings_for_link(const struct settings *s,
					       const char *name,
					       const struct link_info *link)
{
	const struct selector *wanted = find_wanted(s, name, link);
	const struct settings_section *best = NULL;
	struct link_info meant = *link;

	if (s->wanted_count > 0 && !wanted)
		return NULL;
	meant.virtual_end &= !(wanted && selector_is_full(wanted));
	for (size_t i = 0; i < s->section_count; i++) {
		const struct settings_section *section = &s->sections[i];

		if (selector_means(&section->selector, name, &meant) &&
		    (!best || section->selector.by < best->selector.by))
			best = section;
	}
	if (best)
		return &best->iface;
	return wanted ? &s->common : NULL;
}

size_t settings_section_of(const struct settings *s,
			   const struct iface_settings *iface)
{
	for (size_t i = 0; i < s->section_count; i++)
		if (iface == &s->sections[i].iface)
			return i + 1;
	return 0;
}

/* The i-th of those that choose the links. */
static const struct selector *chooser(const struct settings *s, size_t i)
{
	if (s->wanted_count > 0)
		return i < s->wanted_count ? &s->wanted[i] : NULL;
	return i < s->section_count ? &s->sections[i].selector : NULL;
}

const char *settings_next_name(const struct settings *s, size_t *at)
{
	const struct selector *selector;

	while ((selector = chooser(s, *at))) {
		++*at;
		if (selector->by == SELECTOR_BY_NAME)
			return selector->text;
	}
	return NULL;
}

bool settings_by_names_alone(const struct settings *s)
{
	const struct selector *selector;

	for (size_t i = 0; (selector = chooser(s, i)); i++)
		if (selector->by != SELECTOR_BY_NAME)
			return false;
	return true;
}

const char *settings_only_name(const struct settings *s)
{
	const struct selector *first = chooser(s, 0);

	return first && first->by == SELECTOR_BY_NAME && !chooser(s, 1)
		       ? first->text
		       : NULL;
}
