/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From notices to hooks that ran: the real runner behind a daemon without a
 * network. What hooks were told is read from a file that they write.
 */
#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/log.h"
#include "daemon/loop.h"
#include "daemon/runner.h"
#include "lease/hook_message.h"
#include "unit/emulated.h"
#include "unit/ipc_world.h"

Suite *test_hook_suite(void);

static char top[] = "/tmp/tenured-hook-XXXXXX";
static char directory[64];
static struct world world;
static struct settings settings;
static struct iface_settings iface_settings[2];
static struct managed *eth0, *eth1;

/* ---- the hooks of a test ------------------------------------------------ */

static void hook(const char *name, const char *body)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", directory, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fprintf(f, "#!/bin/sh\ntop=%s\n%s\n", top, body);
	fclose(f);
	ck_assert_int_eq(chmod(path, 0755), 0);
}

/* One that writes "eth0 BOUND new=10.0.0.5 old=" for each time that it runs. */
static void telling_hook(void)
{
	hook("50-tell", "echo $interface $reason new=$new_ip_address "
			"old=$old_ip_address >>$top/told");
}

static const char *content(const char *name)
{
	static char text[65536];
	char path[128];
	size_t size = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	f = fopen(path, "r");
	if (f) {
		size = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
	}
	text[size] = '\0';
	return text;
}

static void touch(const char *name)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	ck_assert_int_ge(fd, 0);
	close(fd);
}

/* True for a process that is there and no zombie. */
static bool runs(int pid)
{
	char path[64], state = 'X';
	FILE *f;

	ck_assert_int_gt(pid, 0);
	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (!f)
		return false;
	ck_assert_int_eq(fscanf(f, "%*d (%*[^)]) %c", &state), 1);
	fclose(f);
	return state != 'Z' && state != 'X';
}

/* From now on the runner's lines of log are in a file. */
static void divert_log(void)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "%s/log", top);
	fd = open(path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
	ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
	log_set_level(LOG_LEVEL_NOTICE);
}

/* How many lines of log hold this. */
static unsigned lines_with(const char *text)
{
	const char *at = content("log");
	unsigned count = 0;

	for (; (at = strstr(at, text)); at++)
		count++;
	return count;
}

/* ---- the daemon ---------------------------------------------------------- */

static void setup(void)
{
	log_set_level(LOG_LEVEL_ERROR);
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(directory, sizeof(directory), "%s/hooks", top);
	ck_assert_int_eq(mkdir(directory, 0755), 0);
	world_open(&world);
	eth0 = &world.managed[0];
	eth1 = &world.managed[1];
	settings = (struct settings){ .hooks = true,
				      .hook_timeout_s = 2,
				      .hook_dir = directory };
	world.daemon.settings = &settings;
	for (int i = 0; i < 2; i++) {
		iface_settings[i] = (struct iface_settings){ .configure = true };
		world.managed[i].settings = &iface_settings[i];
	}
}

static void teardown(void)
{
	char command[64];

	/* The daemon does not wait for its runner; system() does wait. */
	signal(SIGCHLD, SIG_DFL);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	ck_assert_int_eq(system(command), 0);
}

static void start(void)
{
	static const struct loop_hooks none = { 0 };

	ck_assert_int_eq(loop_open(&world.daemon.loop, &none, &world), 0);
	ck_assert_int_eq(
		hooks_open(&world.daemon.hooks, &world.daemon, false, NULL), 0);
}

static enum hooks_state state(void)
{
	const char *reason;

	return hooks_state(world.daemon.hooks, &reason);
}

static void quit(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	loop_quit(world.daemon.loop, 0);
}

static void turn(void)
{
	struct loop_timer timer = { .fire = quit };

	loop_timer_set(world.daemon.loop, &timer,
		       loop_clock() + 10 * NSEC_PER_MS);
	ck_assert_int_eq(loop_run(world.daemon.loop), 0);
}

/* Waits until hooks have written this. */
static void wait_for(const char *name, const char *text)
{
	for (int i = 0; i < 1000 && strcmp(content(name), text) != 0; i++)
		turn();
	ck_assert_str_eq(content(name), text);
}

/* A signal that was sent takes its time on a busy machine. */
static void wait_for_end_of(const char *name)
{
	int pid = atoi(content(name));

	for (int i = 0; i < 1000 && runs(pid); i++)
		turn();
	ck_assert(!runs(pid));
}

static void notice(struct managed *m, enum dhcp4_notice_kind kind)
{
	hook_notice(world.daemon.hooks, m,
		    &(struct dhcp4_notice){ .kind = kind }, WORLD_START);
}

static void transition(struct managed *m, enum dhcp4_state from,
		       enum dhcp4_state to)
{
	m->iface.client->state = to;
	hook_notice(world.daemon.hooks, m,
		    &(struct dhcp4_notice){ .kind = DHCP4_NOTICE_TRANSITION,
					    .from = from,
					    .to = to },
		    WORLD_START);
}

static void lose(struct managed *m, enum dhcp4_loss why)
{
	m->iface.client->tenure = DHCP4_TENURE_NONE;
	m->iface.client->configured = false;
	hook_notice(world.daemon.hooks, m,
		    &(struct dhcp4_notice){ .kind = DHCP4_NOTICE_LOST,
					    .loss = why },
		    WORLD_START);
}

/* A lease, by a transition from this state, that the kernel has at once. */
static void lease_from(struct managed *m, enum dhcp4_state from)
{
	world_bind(m, WORLD_START);
	transition(m, from, DHCP4_STATE_BOUND);
}

static pid_t runner_pid(void)
{
	char path[64];
	int pid = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children",
		 (int)syscall(SYS_gettid));
	f = fopen(path, "r");
	ck_assert_ptr_nonnull(f);
	ck_assert_int_eq(fscanf(f, "%d", &pid), 1);
	fclose(f);
	return pid;
}

static void end(void)
{
	hooks_close(world.daemon.hooks);
	world.daemon.hooks = NULL;
	loop_close(world.daemon.loop);
}

/* ---- reasons -------------------------------------------------------------- */

START_TEST(reasons_follow_from_states)
{
	static const struct {
		enum dhcp4_state from;
		const char *line;
	} rows[] = {
		{ DHCP4_STATE_REQUESTING, "eth0 BOUND new=10.0.0.5 old=\n" },
		{ DHCP4_STATE_SELECTING,
		  "eth0 BOUND new=10.0.0.5 old=10.0.0.5\n" },
		{ DHCP4_STATE_RENEWING, "eth0 RENEW new=10.0.0.5 old=10.0.0.5\n" },
		{ DHCP4_STATE_REBINDING,
		  "eth0 REBIND new=10.0.0.5 old=10.0.0.5\n" },
		{ DHCP4_STATE_REBOOTING,
		  "eth0 REBOOT new=10.0.0.5 old=10.0.0.5\n" },
	};
	char expected[512] = "";

	telling_hook();
	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lease_from(eth0, rows[i].from);
		strcat(expected, rows[i].line);
		wait_for("told", expected);
	}
	end();
}
END_TEST

START_TEST(reasons_follow_from_losses)
{
	static const struct {
		enum dhcp4_loss why;
		const char *line;
	} rows[] = {
		{ DHCP4_LOSS_EXPIRED, "eth0 EXPIRE new= old=10.0.0.5\n" },
		{ DHCP4_LOSS_NAK, "eth0 NAK new= old=10.0.0.5\n" },
		{ DHCP4_LOSS_CONFLICT, "eth0 CONFLICT new= old=10.0.0.5\n" },
		{ DHCP4_LOSS_RELEASED, "eth0 RELEASE new= old=10.0.0.5\n" },
		{ DHCP4_LOSS_MOVED, "eth0 EXPIRE new= old=10.0.0.5\n" },
	};
	char expected[1024] = "";

	telling_hook();
	start();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		lease_from(eth0, DHCP4_STATE_REQUESTING);
		strcat(expected, "eth0 BOUND new=10.0.0.5 old=\n");
		wait_for("told", expected);
		lose(eth0, rows[i].why);
		strcat(expected, rows[i].line);
		wait_for("told", expected);
	}
	end();
}
END_TEST

START_TEST(nothing_is_told_before_the_kernel_has_it)
{
	telling_hook();
	start();
	world_bind(eth0, WORLD_START);
	eth0->iface.client->configured = false;
	transition(eth0, DHCP4_STATE_REQUESTING, DHCP4_STATE_PROBING);
	transition(eth0, DHCP4_STATE_PROBING, DHCP4_STATE_BOUND);
	notice(eth0, DHCP4_NOTICE_ACK);
	lease_from(eth1, DHCP4_STATE_REBOOTING);
	wait_for("told", "eth1 REBOOT new=10.0.0.5 old=\n");
	eth0->iface.client->configured = true;
	notice(eth0, DHCP4_NOTICE_READY);
	wait_for("told", "eth1 REBOOT new=10.0.0.5 old=\n"
			 "eth0 BOUND new=10.0.0.5 old=\n");
	/* A second READY, after the kernel had lost it, is no news. */
	notice(eth0, DHCP4_NOTICE_READY);
	lose(eth1, DHCP4_LOSS_NAK);
	wait_for("told", "eth1 REBOOT new=10.0.0.5 old=\n"
			 "eth0 BOUND new=10.0.0.5 old=\n"
			 "eth1 NAK new= old=10.0.0.5\n");
	end();
}
END_TEST

START_TEST(unconfirmed_lease_is_told)
{
	telling_hook();
	start();
	world_bind(eth0, WORLD_START);
	eth0->iface.client->state = DHCP4_STATE_SELECTING;
	notice(eth0, DHCP4_NOTICE_READY);
	notice(eth0, DHCP4_NOTICE_UNCONFIRMED);
	wait_for("told", "eth0 REBOOT new=10.0.0.5 old=\n");
	end();
}
END_TEST

START_TEST(what_was_not_told_is_not_taken_back)
{
	telling_hook();
	start();
	world_bind(eth0, WORLD_START);
	lose(eth0, DHCP4_LOSS_CONFLICT);
	lose(eth0, DHCP4_LOSS_REPLACED);
	hook_withdraw(world.daemon.hooks, eth0, WORLD_START);
	lease_from(eth1, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth1 BOUND new=10.0.0.5 old=\n");
	end();
}
END_TEST

START_TEST(stop_tells_whether_the_address_stays)
{
	telling_hook();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	transition(eth0, DHCP4_STATE_BOUND, DHCP4_STATE_STOPPED);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n"
			 "eth0 STOP new=10.0.0.5 old=10.0.0.5\n");
	hook_withdraw(world.daemon.hooks, eth0, WORLD_START);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n"
			 "eth0 STOP new=10.0.0.5 old=10.0.0.5\n"
			 "eth0 STOP new= old=10.0.0.5\n");
	end();
}
END_TEST

START_TEST(conflict_while_asking_is_told)
{
	telling_hook();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	/* Checked again, it is back soon. */
	eth0->iface.client->configured = false;
	eth0->iface.client->tenure = DHCP4_TENURE_GRANTED;
	notice(eth0, DHCP4_NOTICE_WITHDRAWN);
	eth0->iface.client->tenure = DHCP4_TENURE_REMEMBERED;
	notice(eth0, DHCP4_NOTICE_WITHDRAWN);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n"
			 "eth0 CONFLICT new= old=10.0.0.5\n");
	end();
}
END_TEST

START_TEST(parameters_are_told_and_taken_back)
{
	telling_hook();
	start();
	world_bind(eth0, WORLD_START);
	eth0->iface.client->tenure = DHCP4_TENURE_NONE;
	eth0->iface.client->configured = false;
	notice(eth0, DHCP4_NOTICE_INFORMED);
	wait_for("told", "eth0 INFORM new=10.0.0.5 old=\n");
	transition(eth0, DHCP4_STATE_INFORMING, DHCP4_STATE_STOPPED);
	wait_for("told", "eth0 INFORM new=10.0.0.5 old=\n"
			 "eth0 STOP new= old=10.0.0.5\n");
	end();
}
END_TEST

START_TEST(earlier_daemons_lease_is_known)
{
	telling_hook();
	start();
	world_bind(eth0, WORLD_START);
	hook_adopt(world.daemon.hooks, eth0, &eth0->iface.client->lease,
		   WORLD_START);
	lose(eth0, DHCP4_LOSS_EXPIRED);
	wait_for("told", "eth0 EXPIRE new= old=10.0.0.5\n");
	end();
}
END_TEST

START_TEST(odd_names_are_not_handed_on)
{
	telling_hook();
	start();
	strcpy(eth0->iface.name, "a;reboot");
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	ck_assert(hook_is_settled(world.daemon.hooks, eth0));
	lease_from(eth1, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth1 BOUND new=10.0.0.5 old=\n");
	end();
}
END_TEST

/* ---- shells --------------------------------------------------------------- */

/* Keeps what it is told in a file, has each shell read that, and evaluates it. */
static const char canary[] =
	"cd $top/traps\n"
	"env | sed -n 's/^\\(new_[a-z0-9_]*\\)=\\(.*\\)$/\\1=\"\\2\"/p' >$top/env\n"
	"for shell in dash bash 'busybox ash'; do\n"
	"command -v ${shell%% *} >/dev/null || continue\n"
	"$shell -c '. \"$1\"; for v in host_name domain_name root_path opt_012 "
	"opt_015 opt_224; do eval x=\\$new_$v; eval y=$x; "
	"[ \"$x\" = \"$y\" ] || echo \"$x is not $y\"; done' "
	"shell $top/env >>$top/said 2>&1\n"
	"echo $shell >>$top/shells\n"
	"done\n"
	"echo $new_opt_224 >$top/last";

/* Covers: DF-opt-11 */
START_TEST(no_shell_makes_anything_of_any_octet)
{
	char trap[128];

	snprintf(trap, sizeof(trap), "%s/traps", top);
	ck_assert_int_eq(mkdir(trap, 0755), 0);
	hook("50-canary", canary);
	settings.hook_timeout_s = 60;
	start();
	for (unsigned octet = 0; octet < 256; octet++) {
		static const uint8_t codes[] = { 12, 15, 17, 224 };
		struct dhcp4_options *options;
		uint8_t value[] = "a?b;>x";
		char hex[32];

		value[1] = (uint8_t)octet;
		world_bind(eth0, WORLD_START);
		options = &eth0->iface.client->lease.options;
		options->used = 0;
		for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
			/* A letter is followed by no other trap. */
			bool plain = octet % 2 && codes[i] != 224;

			dhcp4_options_append(options, codes[i], value,
					     plain ? 3 : sizeof(value) - 1);
		}
		transition(eth0, DHCP4_STATE_RENEWING, DHCP4_STATE_BOUND);
		snprintf(hex, sizeof(hex), "61%02x623b3e78\n", octet);
		wait_for("last", hex);
	}
	ck_assert_str_eq(content("said"), "");
	ck_assert_int_eq(rmdir(trap), 0);
	ck_assert_ptr_nonnull(strstr(content("shells"), "sh\n"));
	end();
}
END_TEST

/* ---- the queue ------------------------------------------------------------ */

START_TEST(the_newest_waits_and_no_other)
{
	hook("10-slow", "[ -e $top/go ] || { echo yes >$top/began; "
			"while ! [ -e $top/go ]; do sleep 0.01; done; }");
	telling_hook();
	settings.hook_timeout_s = 10;
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	/* It runs, and all that comes meanwhile has one place to wait in. */
	wait_for("began", "yes\n");
	for (int i = 0; i < 200; i++) {
		lose(eth0, DHCP4_LOSS_NAK);
		lease_from(eth0, DHCP4_STATE_REQUESTING);
		lease_from(eth0, DHCP4_STATE_RENEWING);
	}
	ck_assert(!hook_is_settled(world.daemon.hooks, eth0));
	touch("go");
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n"
			 "eth0 RENEW new=10.0.0.5 old=10.0.0.5\n");
	ck_assert(hook_is_settled(world.daemon.hooks, eth0));
	end();
}
END_TEST

START_TEST(interfaces_do_not_wait_for_each_other)
{
	hook("10-slow", "[ $interface != eth0 ] || "
			"while ! [ -e $top/go ]; do sleep 0.01; done");
	telling_hook();
	settings.hook_timeout_s = 60;
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	lease_from(eth1, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth1 BOUND new=10.0.0.5 old=\n");
	/* The hook has written; its end is still to be told. */
	for (int i = 0; i < 1000 && !eth1->hook.ran; i++)
		turn();
	ck_assert(hook_is_settled(world.daemon.hooks, eth1));
	ck_assert(!hook_is_settled(world.daemon.hooks, eth0));
	touch("go");
	wait_for("told", "eth1 BOUND new=10.0.0.5 old=\n"
			 "eth0 BOUND new=10.0.0.5 old=\n");
	end();
}
END_TEST

/* More interfaces than hooks may run at a time: the last one has its turn. */
START_TEST(interface_that_has_to_wait_is_told)
{
	char expected[1024] = "";

	hook("10-slow", "echo $ifindex >>$top/began; "
			"while ! [ -e $top/go ]; do sleep 0.01; done");
	hook("50-tell", "echo $reason >>$top/told");
	settings.hook_timeout_s = 60;
	start();
	for (int i = 0; i <= RUNNER_HOOKS_MAX; i++) {
		eth0->iface.ifindex = 100 + i;
		lease_from(eth0, DHCP4_STATE_REQUESTING);
		strcat(expected, "BOUND\n");
	}
	for (int i = 0; i < 1000 && strlen(content("began")) <
					    RUNNER_HOOKS_MAX * strlen("100\n");
	     i++)
		turn();
	touch("go");
	wait_for("told", expected);
	end();
}
END_TEST

/* With what it started; then the others of its interface have their turn. */
START_TEST(hung_hook_is_killed)
{
	hook("10-slow", "sleep 1000 & echo $! >$top/child; sleep 1000");
	telling_hook();
	settings.hook_timeout_s = 1;
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	wait_for_end_of("child");
	end();
}
END_TEST

/* What is left of its process group goes when it ends; a daemon may stay. */
START_TEST(processes_left_behind_are_killed)
{
	hook("10-forks",
	     "sleep 1000 & echo $! >$top/child\n"
	     "setsid sleep 1000 >/dev/null 2>&1 & echo $! >$top/other\n"
	     "while ! [ \"$(cut -d ' ' -f 6 /proc/$!/stat)\" = $! ]\n"
	     "do :; done");
	telling_hook();
	settings.hook_timeout_s = 60;
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	wait_for_end_of("child");
	ck_assert(runs(atoi(content("other"))));
	ck_assert_int_eq(kill(atoi(content("other")), SIGKILL), 0);
	end();
}
END_TEST

/* What it prints is never in the way: not of it, not of the runner. */
START_TEST(flood_of_output_is_dropped)
{
	hook("10-flood", "i=0; while [ $i -lt 20000 ]; do\n"
			 "echo 0123456789012345678901234567890123456789\n"
			 "i=$((i + 1)); done; echo $i >$top/count");
	telling_hook();
	settings.hook_timeout_s = 60;
	divert_log();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	ck_assert_str_eq(content("count"), "20000\n");
	ck_assert_uint_eq(lines_with("eth0: hook 10-flood: 0123456789"), 20);
	/* All but twenty lines of 41 octets. */
	ck_assert_uint_eq(lines_with("of what it printed 819180 octets were "
				     "dropped"),
			  1);
	end();
}
END_TEST

START_TEST(long_and_odd_output_is_one_line)
{
	hook("10-odd", "printf '%0300d\\n\\n\\033[2Jlast' 7 >&2");
	telling_hook();
	divert_log();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	ck_assert_uint_eq(lines_with("hook 10-odd: "), 3);
	ck_assert_uint_eq(lines_with("hook 10-odd: ?[2Jlast"), 1);
	ck_assert_uint_eq(lines_with("100 octets were dropped"), 1);
	end();
}
END_TEST

/* Said when it is seen, and not again while it stays so. */
START_TEST(directory_that_others_take_is_said_once)
{
	telling_hook();
	divert_log();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	ck_assert_int_eq(chmod(directory, 0777), 0);
	for (int i = 0; i < 3; i++) {
		eth1->hook.awaited = 0;
		eth1->hook.ran = false;
		lease_from(eth1, DHCP4_STATE_RENEWING);
		for (int n = 0; n < 1000 && !eth1->hook.ran; n++)
			turn();
		ck_assert(eth1->hook.ran);
	}
	ck_assert_str_eq(content("told"), "eth0 BOUND new=10.0.0.5 old=\n");
	ck_assert_uint_eq(lines_with("others than root could change it"), 1);
	end();
}
END_TEST

/* A hook that is replaced or removed while it runs is run to its end. */
START_TEST(deleted_hook_runs_on)
{
	hook("10-gone", "rm $top/hooks/10-gone; echo went >$top/gone");
	telling_hook();
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "eth0 BOUND new=10.0.0.5 old=\n");
	ck_assert_str_eq(content("gone"), "went\n");
	end();
}
END_TEST

/* A runner that does not read: the daemon goes on, and keeps the newest. */
START_TEST(full_channel_is_waited_for)
{
	pid_t runner;

	telling_hook();
	start();
	runner = runner_pid();
	ck_assert_int_eq(kill(runner, SIGSTOP), 0);
	for (int i = 0; i < 2000; i++) {
		lease_from(eth0, DHCP4_STATE_RENEWING);
		lease_from(eth1, DHCP4_STATE_RENEWING);
	}
	ck_assert(eth0->hook.unsent && eth1->hook.unsent);
	lose(eth0, DHCP4_LOSS_NAK);
	lease_from(eth1, DHCP4_STATE_REBINDING);
	turn();
	ck_assert(eth0->hook.unsent && eth1->hook.unsent);
	ck_assert_int_eq(kill(runner, SIGCONT), 0);
	for (int i = 0; i < 1000 && (eth0->hook.unsent || eth1->hook.unsent); i++)
		turn();
	ck_assert(!eth0->hook.unsent && !eth1->hook.unsent);
	for (int i = 0; i < 1000 && (!strstr(content("told"), "eth0 NAK") ||
				     !strstr(content("told"), "eth1 REBIND"));
	     i++)
		turn();
	ck_assert_ptr_nonnull(strstr(content("told"), "eth0 NAK"));
	ck_assert_ptr_nonnull(strstr(content("told"), "eth1 REBIND"));
	end();
}
END_TEST

/* What waits for room is not sent under a name that came to be odd. */
START_TEST(odd_name_of_one_that_waits)
{
	pid_t runner;

	telling_hook();
	start();
	runner = runner_pid();
	ck_assert_int_eq(kill(runner, SIGSTOP), 0);
	while (!eth0->hook.unsent || !eth1->hook.unsent) {
		lease_from(eth0, DHCP4_STATE_RENEWING);
		lease_from(eth1, DHCP4_STATE_RENEWING);
	}
	strcpy(eth1->iface.name, "e+h");
	hook_renamed(world.daemon.hooks, eth1, WORLD_START);
	ck_assert_int_eq(kill(runner, SIGCONT), 0);
	for (int i = 0; i < 1000 && (eth0->hook.unsent || eth1->hook.unsent); i++)
		turn();
	lose(eth0, DHCP4_LOSS_EXPIRED);
	for (int i = 0; i < 1000 && !strstr(content("told"), "eth0 EXPIRE"); i++)
		turn();
	ck_assert_ptr_nonnull(strstr(content("told"), "eth0 EXPIRE"));
	ck_assert_ptr_null(strstr(content("told"), "e+h"));
	end();
}
END_TEST

/* What an earlier daemon's hooks know waits for room as everything does. */
START_TEST(known_lease_is_told_when_there_is_room)
{
	pid_t runner;

	telling_hook();
	start();
	runner = runner_pid();
	ck_assert_int_eq(kill(runner, SIGSTOP), 0);
	while (!eth1->hook.unsent)
		lease_from(eth1, DHCP4_STATE_RENEWING);
	world_bind(eth0, WORLD_START);
	hook_adopt(world.daemon.hooks, eth0, &eth0->iface.client->lease,
		   WORLD_START);
	ck_assert_int_eq(eth0->hook.unsent, HOOK_REASON_KNOWN);
	ck_assert_int_eq(kill(runner, SIGCONT), 0);
	for (int i = 0; i < 1000 && eth0->hook.unsent; i++)
		turn();
	lose(eth0, DHCP4_LOSS_EXPIRED);
	for (int i = 0; i < 1000 && !strstr(content("told"), "eth0"); i++)
		turn();
	ck_assert_ptr_nonnull(
		strstr(content("told"), "eth0 EXPIRE new= old=10.0.0.5\n"));
	end();
}
END_TEST

START_TEST(last_words_are_heard)
{
	pid_t runner;

	hook("10-slow", "sleep 0.2");
	telling_hook();
	start();
	runner = runner_pid();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	lose(eth0, DHCP4_LOSS_RELEASED);
	end();
	for (int i = 0; i < 500 && kill(runner, 0) == 0; i++)
		usleep(10000);
	ck_assert_ptr_nonnull(strstr(content("told"), "eth0 RELEASE"));
	ck_assert_int_lt(kill(runner, 0), 0);
}
END_TEST

/* ---- the runner ------------------------------------------------------------ */

START_TEST(no_hook_no_runner)
{
	start();
	ck_assert_int_eq(state(), HOOKS_STATE_NONE);
	ck_assert(hook_is_settled(world.daemon.hooks, eth0));
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	end();
}
END_TEST

START_TEST(switched_off_no_runner)
{
	telling_hook();
	settings.hooks = false;
	start();
	ck_assert_int_eq(state(), HOOKS_STATE_NONE);
	end();
}
END_TEST

START_TEST(untrusted_directory_no_runner)
{
	telling_hook();
	ck_assert_int_eq(chmod(directory, 0777), 0);
	log_set_level(LOG_LEVEL_ERROR);
	start();
	ck_assert_int_eq(state(), HOOKS_STATE_UNAVAILABLE);
	end();
}
END_TEST

START_TEST(dead_runner_is_noticed)
{
	telling_hook();
	start();
	ck_assert_int_eq(state(), HOOKS_STATE_RUNNING);
	ck_assert(!hook_is_settled(world.daemon.hooks, eth0));
	/* The line of log is not this test's. */
	ck_assert_int_eq(dup2(open("/dev/null", O_WRONLY), STDERR_FILENO),
			 STDERR_FILENO);
	ck_assert_int_eq(kill(runner_pid(), SIGKILL), 0);
	for (int i = 0; i < 1000 && state() == HOOKS_STATE_RUNNING; i++)
		turn();
	ck_assert_int_eq(state(), HOOKS_STATE_DEAD);
	ck_assert(hook_is_settled(world.daemon.hooks, eth0));
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	end();
}
END_TEST

START_TEST(dns_is_told_as_it_is_set)
{
	hook("10-dns", "echo $dns >>$top/told");
	start();
	lease_from(eth0, DHCP4_STATE_REQUESTING);
	wait_for("told", "no\n");
	iface_settings[0].dns = true;
	lease_from(eth0, DHCP4_STATE_RENEWING);
	wait_for("told", "no\nyes\n");
	iface_settings[0].configure = false;
	lease_from(eth0, DHCP4_STATE_RENEWING);
	wait_for("told", "no\nyes\nno\n");
	end();
}
END_TEST

Suite *test_hook_suite(void)
{
	Suite *suite = suite_create("hook");
	TCase *tcase = tcase_create("hook");

	suite_add_tcase(suite, tcase);
	if (emulated("execveat(), by which hooks are run"))
		return suite;
	tcase_set_timeout(tcase, 60);
	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, reasons_follow_from_states);
	tcase_add_test(tcase, reasons_follow_from_losses);
	tcase_add_test(tcase, nothing_is_told_before_the_kernel_has_it);
	tcase_add_test(tcase, unconfirmed_lease_is_told);
	tcase_add_test(tcase, what_was_not_told_is_not_taken_back);
	tcase_add_test(tcase, stop_tells_whether_the_address_stays);
	tcase_add_test(tcase, conflict_while_asking_is_told);
	tcase_add_test(tcase, parameters_are_told_and_taken_back);
	tcase_add_test(tcase, earlier_daemons_lease_is_known);
	tcase_add_test(tcase, odd_names_are_not_handed_on);
	tcase_add_test(tcase, no_shell_makes_anything_of_any_octet);
	tcase_add_test(tcase, the_newest_waits_and_no_other);
	tcase_add_test(tcase, interfaces_do_not_wait_for_each_other);
	tcase_add_test(tcase, interface_that_has_to_wait_is_told);
	tcase_add_test(tcase, hung_hook_is_killed);
	tcase_add_test(tcase, processes_left_behind_are_killed);
	tcase_add_test(tcase, flood_of_output_is_dropped);
	tcase_add_test(tcase, long_and_odd_output_is_one_line);
	tcase_add_test(tcase, directory_that_others_take_is_said_once);
	tcase_add_test(tcase, deleted_hook_runs_on);
	tcase_add_test(tcase, full_channel_is_waited_for);
	tcase_add_test(tcase, odd_name_of_one_that_waits);
	tcase_add_test(tcase, known_lease_is_told_when_there_is_room);
	tcase_add_test(tcase, last_words_are_heard);
	tcase_add_test(tcase, no_hook_no_runner);
	tcase_add_test(tcase, switched_off_no_runner);
	tcase_add_test(tcase, untrusted_directory_no_runner);
	tcase_add_test(tcase, dead_runner_is_noticed);
	tcase_add_test(tcase, dns_is_told_as_it_is_set);
	return suite;
}
