/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Command line and configuration: all of them is taken, or the start fails for
 * want of memory, and not for what somebody wrote.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/assert.h"
#include "daemon/sent.h"
#include "daemon/settings.h"
#include "torture/torture.h"

#define ARGUMENTS_MAX 16

static struct settings settings;

static void write_file(const char *name, const char *text)
{
	const char *path = scratch_path(name);
	FILE *file;

	alloc_pause();
	file = fopen(path, "w");
	PROMISE(file && fputs(text, file) >= 0 && fclose(file) == 0 &&
			chmod(path, 0600) == 0,
		"%s cannot be written", path);
	alloc_resume();
}

/* A failure that is blamed on no line: what is written there is fine. */
static bool load(const char *const *words, const char *config)
{
	char *argv[ARGUMENTS_MAX] = { (char *)"tenured" };
	enum exit_code code = EXIT_CODE_LEASED;
	char path[256];
	int argc = 1;

	write_file("config", config);
	snprintf(path, sizeof(path), "--config=%s", scratch_path("config"));
	argv[argc++] = path;
	while (*words)
		argv[argc++] = (char *)(uintptr_t)*words++;
	if (settings_load(argc, argv, &settings, &code) == SETTINGS_OK)
		return true;
	PROMISE(!all_had_memory(), "it fails, with memory: %s", logged());
	PROMISE(code == EXIT_CODE_FAILED && strstr(logged(), "memory"),
		"%d is blamed on somebody: %s", (int)code, logged());
	settings_free(&settings);
	return false;
}

static void takes_defaults(void)
{
	static const char *const words[] = { NULL };

	if (!load(words, ""))
		return;
	PROMISE(settings.wanted_count == 1, "no interface");
	PROMISE(all_had_memory(), "something was left out in silence");
	settings_free(&settings);
}

static void takes_paths(void)
{
	static const char *const words[] = {
		"--run-dir=/a",
		"--state-dir=/b",
		"--user=nobody",
		"--instance=me",
		"--pidfile=/p",
		"--hook-dir=/h",
		"--no-hook=a",
		"--no-hook=b,c",
		"--duid-file=/d",
		"--script=/s",
		NULL,
	};

	if (!load(words, ""))
		return;
	PROMISE(strcmp(settings.hooks_skipped, "a,b,c") == 0 &&
			settings.run_dir && settings.state_dir &&
			settings.user && settings.instance &&
			settings.pid_file && settings.hook_dir &&
			settings.duid_file && settings.script,
		"something was left out");
	settings_free(&settings);
}

static void takes_many_interfaces(void)
{
	static const char *const words[] = { "a", "b", "c", "d", "e",
					     "f", "g", "h", "i", NULL };

	if (!load(words, ""))
		return;
	PROMISE(settings.wanted_count == 9, "interfaces are missing");
	settings_free(&settings);
}

static void takes_sections(void)
{
	static const char *const words[] = { NULL };

	if (!load(words, "metric = 7\nhostname = all\n"
			 "[a]\nhostname = one\n[b]\n[c]\nvendor-class = x\n"
			 "[d]\n[hwaddr 52:54:*]\nmetric = 9\n"))
		return;
	PROMISE(settings.section_count == 5, "sections are missing");
	PROMISE(strcmp(settings.sections[0].iface.sent->hostname, "one") == 0,
		"a's");
	PROMISE(strcmp(settings.sections[1].iface.sent->hostname, "all") == 0,
		"b's");
	settings_free(&settings);
}

static void takes_what_is_sent(void)
{
	static const char *const words[] = {
		"--hostname=me",
		"--vendor-class=x",
		"--user-class=u",
		"--client-id=01:02",
		"--option=66=y",
		"a",
		NULL,
	};

	if (!load(words, "user-class = v\nlease-time = 600\n"))
		return;
	PROMISE(settings.common.sent->client_id.size == 2, "no id");
	PROMISE(all_had_memory(), "something was left out in silence");
	settings_free(&settings);
}

/* What the command line gave is read, and thrown away. */
static void lets_the_command_line_win(void)
{
	static const char *const words[] = { "--hostname=me", "--user=nobody",
					     "a", NULL };

	if (!load(words, "hostname = you\nuser = you\nrun-dir = /r\n"))
		return;
	PROMISE(strcmp(settings.user, "nobody") == 0, "the file wins");
	settings_free(&settings);
}

static void takes_keys(void)
{
	char word[256];
	const char *const words[] = { word, "--auth=token", "a", NULL };

	write_file("keys", "token secret\n");
	snprintf(word, sizeof(word), "--auth-keys=%s", scratch_path("keys"));
	if (!load(words, ""))
		return;
	PROMISE(settings.auth_keys->token_size == 6, "no token");
	settings_free(&settings);
}

static void prints_when_checked(void)
{
	char *argv[] = { (char *)"tenured", (char *)"--config=/dev/null",
			 (char *)"--check", NULL };
	enum exit_code code = EXIT_CODE_LEASED;
	enum settings_result result = settings_load(3, argv, &settings, &code);

	PROMISE(result == SETTINGS_DONE || !all_had_memory(), "%s", logged());
	PROMISE(result != SETTINGS_FAILED || code == EXIT_CODE_FAILED, "%d",
		(int)code);
	settings_free(&settings);
}

SCENARIOS(settings) = {
	{ .name = "settings_takes_defaults", .play = takes_defaults },
	{ .name = "settings_takes_paths", .play = takes_paths },
	{ .name = "settings_takes_many_interfaces",
	  .play = takes_many_interfaces },
	{ .name = "settings_takes_sections", .play = takes_sections },
	{ .name = "settings_takes_what_is_sent", .play = takes_what_is_sent },
	{ .name = "settings_lets_the_command_line_win",
	  .play = lets_the_command_line_win },
	{ .name = "settings_takes_keys", .play = takes_keys },
	{ .name = "settings_prints_when_checked",
	  .play = prints_when_checked,
	  .keeps_memory = true },
	{ 0 },
};
