/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file. Its syntax is conf.c's matter and the meaning of each
 * key rules.h's; here is where a key may stand, and what is said of a wrong one.
 */
#include "daemon/config.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "daemon/keys.h"
#include "daemon/rules.h"

#define CONFIG_DEFAULT TENURED_SYSCONFDIR "/tenured.conf"

_Static_assert(CONFIG_SIZE_MAX == 1024 * 1024, "config_read() says 1 MiB");

/* Reads up to size octets. Their number, or -errno; -EFBIG if there are more. */
static ssize_t read_whole(int fd, char *buffer, size_t size)
{
	size_t used = 0;

	for (;;) {
		char beyond;
		ssize_t got = used < size ? read(fd, buffer + used, size - used)
					  : read(fd, &beyond, 1);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			return (ssize_t)used;
		if (used == size)
			return -EFBIG;
		used += (size_t)got;
	}
}

static ssize_t read_file(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	ssize_t used;

	if (fd < 0)
		return -errno;
	used = read_whole(fd, buffer, size);
	close(fd);
	return used;
}

/* What is said of an item begins with its place. */
#define FAIL(draft, item, format, ...) \
	draft_fail(draft, EXIT_CODE_CONFIGURATION, "%s:%zu: " format, \
		   (draft)->path, (item)->line, __VA_ARGS__)

/* A section that begins with what holds for all, or NULL without memory. */
static struct settings_section *add_section(struct settings *s,
					    const struct selector *selector)
{
	size_t n = s->section_count;
	struct settings_section *section = s->sections;

	/* There is room for the next power of two. */
	if ((n & (n - 1)) == 0)
		section = reallocarray(section, n ? 2 * n : 1, sizeof(*section));
	if (!section)
		return NULL;
	s->sections = section;
	section += s->section_count++;
	*section = (struct settings_section){ .selector = *selector };
	iface_settings_copy(&section->iface, &s->common);
	return section;
}

static bool has_section(const struct settings *s, const struct selector *selector)
{
	for (size_t i = 0; i < s->section_count; i++)
		if (selector_equal(&s->sections[i].selector, selector))
			return true;
	return false;
}

static enum settings_result take_section(struct draft *draft,
					 const struct conf_item *item)
{
	struct settings *s = draft->settings;
	struct selector selector;
	const char *error = selector_read(item->section, &selector);

	if (error)
		return FAIL(draft, item, "section '%.64s' %s", item->section,
			    error);
	if (has_section(s, &selector))
		return FAIL(draft, item, "there is a section [%s] already",
			    selector.text);
	if (s->section_count == SETTINGS_IFACES_MAX)
		return FAIL(draft, item, "there are more than %d sections",
			    SETTINGS_IFACES_MAX);
	return add_section(s, &selector) ? SETTINGS_OK
					 : draft_fail(draft, EXIT_CODE_FAILED,
						      "%s", rule_no_memory);
}

/* Of a key that there is not, or not in a file. */
static enum settings_result refuse_key(struct draft *draft,
				       const struct conf_item *item)
{
	const struct key *option = key_of_option(item->key);
	const char *nearest = key_nearest(item->key, false);
	char where[sizeof(" in []") + SELECTOR_TEXT_MAX] = "";

	if (option && !option->name)
		return FAIL(draft, item,
			    "'%s' is an option of the command line, not a key",
			    item->key);
	if (option)
		nearest = option->name;
	if (item->section)
		snprintf(where, sizeof(where), " in [%s]", item->section);
	if (!nearest)
		return FAIL(draft, item,
			    "unknown key '%.64s'%s; tenured(8) lists the keys",
			    item->key, where);
	return FAIL(draft, item, "unknown key '%.64s'%s; did you mean '%s'?",
		    item->key, where, nearest);
}

/* seen are the keys of this section so far. */
static enum settings_result take_key(struct draft *draft,
				     const struct conf_item *item,
				     struct key_set *seen)
{
	struct settings ignored = { 0 }, *settings = draft->settings;
	struct iface_settings ignored_iface = { 0 },
			      *iface = &draft->settings->common;
	const struct key *key = key_of_name(item->key);
	const char *error;

	if (!key)
		return refuse_key(draft, item);
	if (item->section && key->scope == KEY_SCOPE_PROCESS)
		return FAIL(draft, item,
			    "'%s' is for the whole process: write it before "
			    "the first section",
			    item->key);
	if (key_set_has(seen, key) && !key->repeatable)
		return FAIL(draft, item, "'%s' is given twice", item->key);
	key_set_add(seen, key);
	if (item->section)
		iface = &settings->sections[settings->section_count - 1].iface;
	if (key_set_has(&draft->given, key)) {
		settings = &ignored;
		iface = &ignored_iface;
	}
	error = key_apply(key, item->value, settings, iface);
	settings_free(&ignored);
	iface_settings_clear(&ignored_iface);
	if (error == rule_no_memory)
		return draft_fail(draft, EXIT_CODE_FAILED, "%s", error);
	if (error)
		return FAIL(draft, item, "%s '%.64s' %s", item->key,
			    item->value, error);
	return SETTINGS_OK;
}

static enum settings_result take_items(struct draft *draft, const char *text,
				       size_t size)
{
	enum settings_result result = SETTINGS_OK;
	struct conf conf;
	struct conf_item item;
	struct key_set seen = { 0 };

	conf_init(&conf, text, size);
	while (result == SETTINGS_OK && conf_next(&conf, &item)) {
		if (item.error) {
			result = FAIL(draft, &item, "%s", item.error);
		} else if (item.key) {
			result = take_key(draft, &item, &seen);
		} else {
			result = take_section(draft, &item);
			seen = (struct key_set){ 0 };
		}
	}
	return result;
}

enum settings_result config_read(struct draft *draft)
{
	const char *named = draft->settings->config_file;
	char *text = malloc(CONFIG_SIZE_MAX);
	enum settings_result result;
	ssize_t size;

	if (!text)
		return draft_fail(draft, EXIT_CODE_FAILED, "%s", rule_no_memory);
	draft->path = named ? named : CONFIG_DEFAULT;
	size = read_file(draft->path, text, CONFIG_SIZE_MAX);
	if (size >= 0) {
		result = take_items(draft, text, (size_t)size);
	} else if (size == -ENOENT && !named) {
		draft->file_absent = true;
		result = SETTINGS_OK;
	} else {
		result = draft_fail(draft, EXIT_CODE_CONFIGURATION,
				    "%s: cannot be read as configuration: %s",
				    draft->path,
				    size == -EFBIG ? "larger than 1 MiB"
						   : strerror((int)-size));
	}
	free(text);
	return result;
}
