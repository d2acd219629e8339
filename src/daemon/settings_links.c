/* SPDX-License-Identifier: BSD-2-Clause */
/* Which links are managed, and by which settings. */
#include "daemon/link.h"
#include "daemon/list.h"
#include "daemon/rules.h"
#include "daemon/settings.h"

_Static_assert(SETTINGS_IFACES_MAX == 4096, "a text of this file says so");

static struct selector_list all_wanted(const struct settings *s)
{
	return (struct selector_list){ s->wanted, sizeof(*s->wanted) };
}

static struct selector_list all_sections(const struct settings *s)
{
	return (struct selector_list){ s->sections, sizeof(*s->sections) };
}

const char *settings_want(struct settings *s, const struct selector *selector)
{
	struct selector *larger;

	if (selector_index_find(&s->wanted_index, all_wanted(s),
				selector->text) != SELECTOR_INDEX_NONE)
		return NULL;
	if (s->wanted_count == SETTINGS_IFACES_MAX)
		return "is one too many: there may be 4096 interfaces";
	larger = list_make_room(s->wanted, s->wanted_count, sizeof(*larger));
	if (!larger)
		return rule_no_memory;
	s->wanted = larger;
	if (selector_index_reserve(&s->wanted_index) < 0)
		return rule_no_memory;
	s->wanted[s->wanted_count++] = *selector;
	selector_index_add(&s->wanted_index, all_wanted(s));
	return NULL;
}

size_t settings_add_section(struct settings *s, const struct selector *selector)
{
	struct settings_section *larger =
		list_make_room(s->sections, s->section_count, sizeof(*larger));

	if (!larger)
		return 0;
	s->sections = larger;
	if (selector_index_reserve(&s->section_index) < 0)
		return 0;
	s->sections[s->section_count++] =
		(struct settings_section){ .selector = *selector };
	selector_index_add(&s->section_index, all_sections(s));
	return s->section_count;
}

/* SELECTOR_INDEX_NONE and one are 0: there is none. */
_Static_assert(SELECTOR_INDEX_NONE + 1 == 0, "the number of no section");

size_t settings_find_section(const struct settings *s,
			     const struct selector *selector)
{
	return selector_index_find(&s->section_index, all_sections(s),
				   selector->text) +
	       1;
}

/*
 * The number of the one that names the link, or SELECTOR_INDEX_NONE. A link may be
 * called "en*", which the pattern of that text does not name.
 */
static size_t find_name(const struct selector_index *index,
			struct selector_list list, const char *name)
{
	size_t at = selector_index_find(index, list, name);

	return at != SELECTOR_INDEX_NONE && selector_list_at(list, at)->by ==
						    SELECTOR_BY_NAME
		       ? at
		       : SELECTOR_INDEX_NONE;
}

/* The number of the one that means the link best, or SELECTOR_INDEX_NONE. */
static size_t find_best(const struct selector_index *index,
			struct selector_list list, const char *name,
			const struct link_info *link)
{
	const struct selector *best = NULL;
	size_t found = find_name(index, list, name);

	/* None means it better. */
	if (found != SELECTOR_INDEX_NONE)
		return found;
	for (size_t i = 0; i < index->count; i++) {
		const struct selector *selector = selector_list_at(list, i);

		if (selector_means(selector, name, link) &&
		    (!best || selector->by < best->by)) {
			best = selector;
			found = i;
		}
	}
	return found;
}

const struct iface_settings *settings_for_link(const struct settings *s,
					       const char *name,
					       const struct link_info *link)
{
	struct link_info meant = *link;
	size_t wanted = find_best(&s->wanted_index, all_wanted(s), name, link);
	bool is_wanted = wanted != SELECTOR_INDEX_NONE;
	size_t section;

	if (s->wanted_count > 0 && !is_wanted)
		return NULL;
	if (is_wanted && selector_is_full(&s->wanted[wanted]))
		meant.virtual_end = false;
	section = find_best(&s->section_index, all_sections(s), name, &meant);
	if (section != SELECTOR_INDEX_NONE)
		return &s->sections[section].iface;
	return is_wanted ? &s->common : NULL;
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

bool settings_is_name(const struct settings *s, const char *name)
{
	size_t at = s->wanted_count > 0
			    ? find_name(&s->wanted_index, all_wanted(s), name)
			    : find_name(&s->section_index, all_sections(s), name);

	return at != SELECTOR_INDEX_NONE;
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
