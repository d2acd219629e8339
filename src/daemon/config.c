/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration file. Its syntax is conf.c's matter and the meaning of each
 * key rules.h's; here is where a key may stand, and what is said of a wrong one.
 */
#include "daemon/config.h"

#include <config.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/str.h"
#include "daemon/keys.h"
#include "daemon/rules.h"
#include "host/regular.h"

#define SUFFIX		 ".conf"
#define DIRECTORY_SUFFIX ".d"
#define TOO_LONG	 "has too long a path"

_Static_assert(CONFIG_SIZE_MAX == 1024 * 1024 && ORIGIN_FILES_MAX == 256 + 1,
	       "texts of this file say these numbers");

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

/* Into *text, which is made when there is a first file; to be freed. */
static ssize_t read_file(const char *path, char **text)
{
	int fd = regular_open(path);
	ssize_t used = -ENOMEM;

	if (fd < 0)
		return fd;
	if (!*text)
		*text = malloc(CONFIG_SIZE_MAX);
	if (*text)
		used = read_whole(fd, *text, CONFIG_SIZE_MAX);
	close(fd);
	return used;
}

/* What is being read. */
struct reading {
	struct draft *draft;
	const char *path;
	uint16_t file;	     /* its number */
	size_t section;	     /* its number; 0 before the first one */
	struct key_set seen; /* in this section of this file */
};

/* What is said of an item begins with its place. */
#define FAIL(reading, item, ...) \
	draft_fail_at((reading)->draft, (reading)->path, (item)->line, \
		      __VA_ARGS__)

static enum settings_result take_section(struct reading *r,
					 const struct conf_item *item)
{
	struct settings *s = r->draft->settings;
	struct selector selector;
	const char *error = selector_read(item->section, &selector);

	if (error)
		return FAIL(r, item, "section '%.64s' %s", item->section, error);
	r->seen = (struct key_set){ 0 };
	r->section = settings_find_section(s, &selector);
	if (!r->section && s->section_count == SETTINGS_IFACES_MAX)
		return FAIL(r, item, "there are more than %d sections",
			    SETTINGS_IFACES_MAX);
	if (!r->section)
		r->section = settings_add_section(s, &selector);
	if (!r->section)
		return draft_fail_memory(r->draft);
	if (s->sections[r->section - 1].file == r->file)
		return FAIL(r, item, "there is a section [%s] already",
			    selector.text);
	s->sections[r->section - 1].file = r->file;
	return SETTINGS_OK;
}

/* Of a key that there is not, or not in a file. */
static enum settings_result refuse_key(const struct reading *r,
				       const struct conf_item *item)
{
	const struct key *option = key_of_option(item->key);
	const char *nearest = key_nearest(item->key, false);
	char where[sizeof(" in []") + SELECTOR_TEXT_MAX] = "";

	if (option && !option->in_file)
		return FAIL(r, item,
			    "'%s' is an option of the command line, not a key",
			    item->key);
	if (option)
		nearest = key_name(option);
	if (item->section)
		snprintf(where, sizeof(where), " in [%s]", item->section);
	if (!nearest)
		return FAIL(r, item,
			    "unknown key '%.64s'%s; tenured.conf(5) lists the keys",
			    item->key, where);
	return FAIL(r, item, "unknown key '%.64s'%s; did you mean '%s'?",
		    item->key, where, nearest);
}

/* What is wrong with the value by itself, even if another one will count. */
static const char *check_value(const struct key *key, const char *value)
{
	struct settings settings = { 0 };
	struct iface_settings iface = { 0 };
	const char *error = key_apply(key, value, &settings, &iface);

	settings_free(&settings);
	iface_settings_clear(&iface);
	return error;
}

static enum settings_result take_key(struct reading *r,
				     const struct conf_item *item)
{
	const struct origin place = { .section = (uint16_t)r->section,
				      .file = r->file,
				      .line = (uint32_t)item->line };
	const struct key *key = key_of_name(item->key);
	const char *error;

	if (!key)
		return refuse_key(r, item);
	if (item->section && key->scope == KEY_SCOPE_PROCESS)
		return FAIL(r, item,
			    "'%s' is for the whole process: write it before "
			    "the first section",
			    item->key);
	if (key_set_has(&r->seen, key) && !key->repeatable)
		return FAIL(r, item, "'%s' is given twice", item->key);
	key_set_add(&r->seen, key);
	error = check_value(key, item->value);
	if (error == rule_no_memory)
		return draft_fail_memory(r->draft);
	if (error)
		return FAIL(r, item, "%s '%.64s' %s", item->key, item->value,
			    error);
	return origins_add(&r->draft->settings->origins, key, place, item->value)
		       ? SETTINGS_OK
		       : draft_fail_memory(r->draft);
}

static enum settings_result take_items(struct reading *r, const char *text,
				       size_t size)
{
	enum settings_result result = SETTINGS_OK;
	struct conf conf;
	struct conf_item item;

	conf_init(&conf, text, size);
	while (result == SETTINGS_OK && conf_next(&conf, &item)) {
		if (item.error)
			result = FAIL(r, &item, "%s", item.error);
		else if (item.key)
			result = take_key(r, &item);
		else
			result = take_section(r, &item);
	}
	return result;
}

/* ---- files ------------------------------------------------------------------ */

/* What root could read at the start, a daemon that runs may not be allowed to. */
static enum settings_result fail_reading(struct draft *draft, const char *path,
					 int error)
{
	bool forbidden = draft->former && error == EACCES;

	return draft_fail_at(
		draft, path, 0, "cannot be read as configuration: %s%s",
		error == EFBIG ? "larger than 1 MiB" : regular_error(-error),
		forbidden ? "; a daemon that runs reads it as its "
			    "user, not as root"
			  : "");
}

/* A file that may be absent is no file then. */
static enum settings_result take_file(struct draft *draft, const char *path,
				      bool needed, char **text)
{
	struct origins *origins = &draft->settings->origins;
	struct reading r = { .draft = draft, .path = path };
	ssize_t size = read_file(path, text);

	if (size == -ENOENT && !needed)
		return SETTINGS_OK;
	if (size == -ENOMEM)
		return draft_fail_memory(draft);
	if (size < 0)
		return fail_reading(draft, path, (int)-size);
	if (!origins_add_file(origins, path))
		return draft_fail_memory(draft);
	r.file = origins->file_count;
	return take_items(&r, *text, (size_t)size);
}

static int is_configuration(const struct dirent *entry)
{
	size_t length = strlen(entry->d_name);

	return entry->d_name[0] != '.' && length > strlen(SUFFIX) &&
	       strcmp(entry->d_name + length - strlen(SUFFIX), SUFFIX) == 0;
}

/* By octets, whatever the locale. */
static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Puts two texts together; false if that is too long for a path. */
static bool join(char path[PATH_MAX], const char *first, const char *slash,
		 const char *second)
{
	struct str s = str_over(path, PATH_MAX);

	str_text(&s, first);
	str_text(&s, slash);
	str_text(&s, second);
	return !s.truncated;
}

static enum settings_result take_entry(struct draft *draft, const char *directory,
				       const char *name, char **text)
{
	char path[PATH_MAX];

	if (draft->settings->origins.file_count == ORIGIN_FILES_MAX)
		return draft_fail_at(draft, directory, 0,
				     "holds more than 256 files");
	return join(path, directory, "/", name)
		       ? take_file(draft, path, true, text)
		       : draft_fail_at(draft, directory, 0, TOO_LONG);
}

static enum settings_result take_directory(struct draft *draft,
					   const char *directory, char **text)
{
	enum settings_result result = SETTINGS_OK;
	struct dirent **list;
	int count = scandir(directory, &list, is_configuration, compare_names);

	if (count < 0 && errno == ENOMEM)
		return draft_fail_memory(draft);
	if (count < 0 && errno != ENOENT && errno != ENOTDIR)
		return fail_reading(draft, directory, errno);
	for (int i = 0; i < count; i++) {
		if (result == SETTINGS_OK)
			result = take_entry(draft, directory, list[i]->d_name,
					    text);
		free(list[i]);
	}
	if (count >= 0)
		free(list);
	return result;
}

static enum settings_result take_files(struct draft *draft, char **text)
{
	const char *named = draft->settings->config_file;
	const char *path = named ? named : CONFIG_DEFAULT;
	enum settings_result result = take_file(draft, path, named, text);
	char directory[PATH_MAX];

	if (result != SETTINGS_OK)
		return result;
	return join(directory, path, "", DIRECTORY_SUFFIX)
		       ? take_directory(draft, directory, text)
		       : draft_fail_at(draft, path, 0, TOO_LONG);
}

/* ---- values ----------------------------------------------------------------- */

static enum settings_result apply(struct draft *draft,
				  const struct origin *origin,
				  struct iface_settings *iface)
{
	const struct origins *origins = &draft->settings->origins;
	const char *file = origin_file(origins, origin);
	const char *value = origin_value(origins, origin), *error;
	const struct key *key = &keys[origin->key];

	/* The others have been applied when they were met. */
	error = file ? key_apply(key, value, draft->settings, iface) : NULL;
	if (error == rule_no_memory)
		return draft_fail_memory(draft);
	if (error)
		return draft_fail_at(draft, file, origin->line, "%s '%.64s' %s",
				     key_name(key), value, error);
	return SETTINGS_OK;
}

/* What stands in no section goes first: each section begins with it. */
static enum settings_result apply_all(struct draft *draft)
{
	struct settings *s = draft->settings;
	const struct origin *at = s->origins.list, *end = at + s->origins.count;
	enum settings_result result = SETTINGS_OK;
	struct iface_settings *iface = &s->common;

	for (size_t i = 0; i <= s->section_count; i++) {
		if (i > 0) {
			iface = &s->sections[i - 1].iface;
			iface_settings_copy(iface, &s->common);
		}
		for (; at < end && at->section == i; at++) {
			result = apply(draft, at, iface);
			if (result != SETTINGS_OK)
				return result;
		}
	}
	return result;
}

enum settings_result config_read(struct draft *draft)
{
	char *text = NULL;
	enum settings_result result = take_files(draft, &text);

	free(text);
	if (result != SETTINGS_OK)
		return result;
	origins_settle(&draft->settings->origins, &draft->given);
	return apply_all(draft);
}
