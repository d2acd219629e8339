/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tenurectl, of a daemon that has memory: what it shows is whole and true, or it
 * fails and says why.
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/recorder.h"
#include "daemon/loop.h"
#include "torture/ctl_main.h"
#include "torture/talk.h"
#include "torture/torture.h"

#define ARGUMENTS_MAX 8
#define RECORDER_SIZE (64 * 1024)

static _Noreturn void be_daemon(int ready)
{
	static char memory[RECORDER_SIZE];
	struct daemon *d = &talk_world.daemon;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	PROMISE(talk_open(), "no daemon");
	recorder_init(&d->recorder, memory, sizeof(memory));
	d->host.recorder = &d->recorder;
	iface_renew(&talk_world.managed[0].iface, loop_clock());
	PROMISE(write(ready, "", 1) == 1, "nobody waits");
	loop_run(d->loop);
	_exit(1);
}

static pid_t start_daemon(void)
{
	int ready[2];
	char octet;
	pid_t pid;

	PROMISE(pipe(ready) == 0, "no pipe");
	alloc_pause();
	pid = fork();
	if (pid == 0)
		be_daemon(ready[1]);
	alloc_resume();
	PROMISE(read(ready[0], &octet, 1) == 1, "it does not start");
	close(ready[0]);
	close(ready[1]);
	return pid;
}

/* Runs it with these words; what it is to say has this text in it. */
static void tells(const char *const *words, int code, const char *text)
{
	char *argv[ARGUMENTS_MAX] = { (char *)"tenurectl" };
	pid_t pid = start_daemon();
	char socket[256];
	int argc = 1, status, got;

	snprintf(socket, sizeof(socket), "--socket=%s", scratch_path("socket"));
	argv[argc++] = socket;
	while (*words)
		argv[argc++] = (char *)(uintptr_t)*words++;
	got = fork();
	if (got == 0)
		exit(tenurectl_main(argc, argv));
	waitpid(got, &status, 0);
	got = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	PROMISE(got == code || (got > 0 && !all_had_memory()),
		"exit code %d: %s", got, logged());
	if (got == code)
		PROMISE(strstr(logged(), text), "exit code %d: %s", got,
			logged());
	else
		PROMISE(*logged(), "it fails, and does not say why");
}

static void shows_all(void)
{
	static const char *const words[] = { "status", NULL };

	tells(words, 0, "10.0.0.5/24");
}

static void shows_one(void)
{
	static const char *const words[] = { "status", "eth0", NULL };

	tells(words, 0, "10.0.0.5/24");
}

static void shows_json(void)
{
	static const char *const words[] = { "--json", "status", NULL };

	tells(words, 0, "\"10.0.0.5\"");
}

/* Whatever fails, the host has a loopback. */
static void shows_host(void)
{
	static const char *const words[] = { "interfaces", "--json", NULL };

	tells(words, 0, "\"name\":\"lo\"");
}

static void tells_variables(void)
{
	static const char *const words[] = { "lease", "eth0", "--env", NULL };

	tells(words, 0, "new_ip_address='10.0.0.5'");
}

static void counts(void)
{
	static const char *const words[] = { "stats", NULL };

	tells(words, 0, "eth0");
}

/* A file is there whole, or it failed. */
static void saves_metrics(void)
{
	const char *path = scratch_path("metrics");
	const char *const words[] = { "metrics", "-o", path, NULL };
	char text[65536];
	size_t size;
	FILE *file;

	tells(words, 0, "");
	file = fopen(path, "r");
	if (!file)
		return;
	size = fread(text, 1, sizeof(text), file);
	fclose(file);
	PROMISE(size > 6 && !memcmp(text + size - 6, "# EOF\n", 6),
		"a file that is cut");
}

static void watches_nothing(void)
{
	static const char *const words[] = { "watch", "eth9", NULL };

	tells(words, 69, "no daemon manages it");
}

static void starts(void)
{
	static const char *const words[] = { "start", "eth0", NULL };

	tells(words, 0, "10.0.0.5");
}

static void fails(void)
{
	static const char *const words[] = { "renew", "eth9", NULL };

	tells(words, 69, "eth9: no daemon manages it");
}

/* A file is there whole, or it failed. */
static void records(void)
{
	const char *path = scratch_path("record");
	const char *const words[] = { "record", "eth0", "-o", path, NULL };

	tells(words, 0, "saved in");
	if (strstr(logged(), "saved in"))
		PROMISE(access(path, R_OK) == 0, "there is no file");
	else
		PROMISE(access(path, F_OK) < 0, "there is a file");
}

SCENARIOS(ctl) = {
	{ .name = "ctl_shows_all", .play = shows_all },
	{ .name = "ctl_shows_one", .play = shows_one },
	{ .name = "ctl_shows_json", .play = shows_json, .slow = true },
	{ .name = "ctl_shows_host", .play = shows_host, .slow = true },
	{ .name = "ctl_tells_variables", .play = tells_variables },
	{ .name = "ctl_counts", .play = counts },
	{ .name = "ctl_saves_metrics", .play = saves_metrics, .slow = true },
	{ .name = "ctl_watches_nothing", .play = watches_nothing },
	{ .name = "ctl_starts", .play = starts },
	{ .name = "ctl_fails", .play = fails },
	{ .name = "ctl_records", .play = records },
	{ 0 },
};
