/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The command line. getopt_long() is fed from the table of keys and kept quiet:
 * what is wrong is said here, in one line that says what would be right.
 */
#include "daemon/options.h"

#include <config.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/keys.h"
#include "daemon/rules.h"

#define LETTERS_MAX 2 /* of one key */

/*
 * What getopt_long() gives for a long option: this, and the key's index. For a
 * letter that it does not know, musl's gives the character, of Unicode or of none.
 */
#define LONG_BASE   0x110000
#define LETTERS_END 128

/* Columns of a terminal that everybody has, but for the last one. */
#define HELP_WIDTH 79

#define SEE_HELP "see tenured --help"

struct option_tables {
	struct option longs[2 * KEYS_MAX + 1];
	char letters[1 + 2 * LETTERS_MAX * KEYS_MAX + 1];
};

/* What may be left out has to be joined by '=', or a name could be meant. */
static int argument_of(const struct key *key)
{
	if (!*key->argument)
		return no_argument;
	return *key->implied ? optional_argument : required_argument;
}

static void build_tables(struct option_tables *ret)
{
	struct option *at = ret->longs;
	struct str letters = str_over(ret->letters, sizeof(ret->letters));

	/* A missing argument comes as ':'. */
	str_char(&letters, ':');
	for (size_t i = 0; i < key_count; i++) {
		const struct key *key = &keys[i];
		struct option row = {
			.name = key->option,
			.has_arg = argument_of(key),
			.val = LONG_BASE + (int)i,
		};

		*at++ = row;
		row.name = key->alias;
		if (row.name)
			*at++ = row;
		for (const char *l = key->letters; *l; l++) {
			str_char(&letters, *l);
			if (*key->argument)
				str_char(&letters, ':');
		}
	}
	*at = (struct option){ 0 };
	ASSERT(!letters.truncated);
}

/* The key that getopt_long() means, or NULL. */
static const struct key *key_of_code(int code)
{
	if (code >= LONG_BASE)
		return &keys[code - LONG_BASE];
	for (size_t i = 0; i < key_count; i++)
		if (code && code < LETTERS_END && strchr(keys[i].letters, code))
			return &keys[i];
	return NULL;
}

/* An option as its user wrote it, for a message. */
static const char *option_text(int code, char *buffer, size_t size)
{
	struct str text = str_over(buffer, size);

	str_char(&text, '-');
	if (code >= LONG_BASE) {
		str_char(&text, '-');
		str_text(&text, key_of_code(code)->option);
	} else {
		str_char(&text, code < LETTERS_END ? (char)code : '?');
	}
	return buffer;
}

/* Of a long option that there is not, or that is cut too short. */
static enum settings_result refuse_long(struct draft *draft, const char *given)
{
	char word[64];
	struct str text = str_over(word, sizeof(word));
	const struct key *named;
	const char *nearest;
	unsigned fitting = 0;

	for (const char *at = given + 2; *at && *at != '='; at++)
		str_char(&text, *at);
	for (size_t i = 0; i < key_count; i++)
		if (strncmp(keys[i].option, word, text.used) == 0)
			fitting++;
	if (fitting > 1)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "option --%s could be several; " SEE_HELP,
				  word);
	named = key_of_name(word);
	nearest = named ? named->option : key_nearest(word, true);
	if (nearest)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "unknown option --%s; did you mean --%s?",
				  word, nearest);
	return draft_fail(draft, EXIT_CODE_USAGE,
			  "unknown option --%s; " SEE_HELP, word);
}

/* Says what getopt_long() did not like; code is what it gave. */
static enum settings_result refuse(struct draft *draft, int code, char **argv)
{
	char shown[64];
	const struct key *key = key_of_code(optopt);

	if (!optopt)
		return refuse_long(draft, argv[optind - 1]);
	option_text(optopt, shown, sizeof(shown));
	if (!key)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "unknown option %s; " SEE_HELP, shown);
	if (code == ':')
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "option %s needs an argument, %s; " SEE_HELP,
				  shown, key->argument);
	return draft_fail(draft, EXIT_CODE_USAGE,
			  "option %s takes no argument; " SEE_HELP, shown);
}

/* Of what could stand in a file, too. Of each -v, how many there are. */
static enum settings_result note(struct draft *draft, const struct key *key,
				 const char *value)
{
	struct origins *origins = &draft->settings->origins;
	char count[12];

	snprintf(count, sizeof(count), "%u", draft->settings->verbosity);
	if (key->apply == rule_verbosity)
		value = count;
	return !key->in_file || origins_add(origins, key,
					    (struct origin){
						    .file = ORIGIN_COMMAND_LINE,
						    .line = (uint32_t)origins->count,
					    },
					    value)
		       ? SETTINGS_OK
		       : draft_fail_memory(draft);
}

/* shown is the option, or empty if the value stands alone. */
static enum settings_result take(struct draft *draft, const struct key *key,
				 const char *shown, const char *value)
{
	const char *error =
		key_apply(key, value, draft->settings, &draft->settings->common);

	key_set_add(&draft->given, key);
	if (!error)
		return note(draft, key, value);
	if (error == rule_no_memory)
		return draft_fail_memory(draft);
	return draft_fail(draft, EXIT_CODE_USAGE, "%s%s'%.64s' %s", shown,
			  *shown ? " " : "", value, error);
}

/* The left half of a line of --help: "-h, -H, --hostname NAME". */
static void usage_text(struct str *text, const struct key *key)
{
	for (const char *l = key->letters; *l; l++) {
		str_char(text, '-');
		str_char(text, *l);
		str_text(text, ", ");
	}
	if (!*key->letters)
		str_text(text, "    ");
	str_text(text, "--");
	str_text(text, key->option);
	if (*key->argument) {
		str_text(text, *key->implied ? "[=" : " ");
		str_text(text, key->argument);
		str_text(text, *key->implied ? "]" : "");
	}
}

/* What few need is named, and not explained, in lines of their own. */
static void print_others(void)
{
	char word[80];
	int column = HELP_WIDTH;

	fputs("\nThe manual, tenured(8), also explains:", stdout);
	for (size_t i = 0; i < key_count; i++) {
		struct str text = str_over(word, sizeof(word));

		if (keys[i].help)
			continue;
		str_text(&text, "--");
		str_text(&text, keys[i].option);
		if (*keys[i].argument) {
			str_char(&text, ' ');
			str_text(&text, keys[i].argument);
		}
		if (column + 2 + (int)text.used > HELP_WIDTH) {
			putchar('\n');
			column = 0;
		}
		column += printf("  %s", word);
	}
	putchar('\n');
}

static void print_help(void)
{
	char line[80];
	int width = 0;

	for (size_t i = 0; i < key_count; i++) {
		struct str text = str_over(line, sizeof(line));

		usage_text(&text, &keys[i]);
		if (keys[i].help && width < (int)text.used)
			width = (int)text.used;
	}
	puts("Usage: tenured [OPTION]... [IFACE...]\n"
	     "Lease IPv4 addresses by DHCP for interfaces (default: those of "
	     "the\nconfiguration, else eth0) and keep them.\n");
	for (size_t i = 0; i < key_count; i++) {
		struct str text = str_over(line, sizeof(line));

		usage_text(&text, &keys[i]);
		if (keys[i].help)
			printf("  %-*s  %s\n", width, line, keys[i].help);
	}
	print_others();
}

bool options_printed(struct draft *draft)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return true;
	draft_fail(draft, EXIT_CODE_FAILED, "stdout: %m");
	return false;
}

/* Answers what asks for no more than words. */
static enum settings_result answer(struct draft *draft)
{
	if (draft->settings->help)
		print_help();
	else if (draft->settings->version)
		puts("tenured " TENURED_VERSION);
	else
		return SETTINGS_OK;
	return options_printed(draft) ? SETTINGS_DONE : SETTINGS_FAILED;
}

enum settings_result options_read(struct draft *draft, int argc, char **argv)
{
	const struct key *interface = key_of_option("interface");
	enum settings_result result = SETTINGS_OK;
	struct option_tables tables;
	char shown[64];
	int code;

	build_tables(&tables);
	opterr = 0;
	optind = 0; /* begin anew, whoever used getopt_long() before */
	while (result == SETTINGS_OK) {
		const struct key *key;

		code = getopt_long(argc, argv, tables.letters, tables.longs,
				   NULL);
		if (code == -1)
			break;
		if (code == '?' || code == ':')
			return refuse(draft, code, argv);
		key = key_of_code(code);
		ASSERT(key);
		result = take(draft, key, option_text(code, shown, sizeof(shown)),
			      optarg ? optarg : key->implied);
		if (result == SETTINGS_OK)
			result = answer(draft);
	}
	if (draft->settings->import) {
		draft->settings->import_files = argv + optind;
		draft->settings->import_count = (size_t)(argc - optind);
		return result;
	}
	while (result == SETTINGS_OK && optind < argc)
		result = take(draft, interface, "", argv[optind++]);
	return result;
}
