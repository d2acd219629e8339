/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole daemon on links of a namespace of the test, where nobody answers:
 * interfaces join and leave in the midst of whatever they do, and nothing of them
 * is left.
 */
#include "daemon/members.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/assert.h"
#include "daemon/installed.h"
#include "daemon/log.h"
#include "daemon/refusal.h"
#include "daemon/wanted.h"
#include "netns.h"
#include "unit/ipc_world.h"
#include "unit/runner.h"

Suite *test_members_suite(void);

#define MANY 200

static char top[] = "/tmp/tenured-members-XXXXXX";
static struct settings settings;
static struct daemon daemon_;

/*
 * The daemon shares this process with Check, which finds out by timer_create() before
 * and after each test what clock there is. Behind the daemon's filter it finds another
 * one after it, and gives up where the difference of the two is negative: on one boot
 * in two. So to the daemon this kernel has no filters; the other layers are there.
 */
static void withhold_seccomp(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_seccomp, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

static bool prepare(void)
{
	char run[64], state[64];
	char *argv[] = { (char *)"tenured",
			 (char *)"-f",
			 (char *)"--config",
			 (char *)"/dev/null",
			 (char *)"--user",
			 (char *)"0",
			 (char *)"--acd=off",
			 (char *)"--no-hooks",
			 run,
			 state,
			 (char *)"v0",
			 NULL };
	enum exit_code code;

	if (!netns_enter())
		return false;
	netns_delegate();
	withhold_seccomp();
	ck_assert_ptr_nonnull(mkdtemp(top));
	snprintf(run, sizeof(run), "--run-dir=%s/run", top);
	snprintf(state, sizeof(state), "--state-dir=%s/state", top);
	netns_ip("link add v0 type veth peer name v1");
	netns_ip("link add w0 type veth peer name w1");
	netns_ip("link set v1 up");
	netns_ip("link set w1 up");
	ck_assert_int_eq(settings_load(ARRAY_SIZE(argv) - 1, argv, &settings,
				       &code),
			 SETTINGS_OK);
	log_set_level(LOG_LEVEL_ERROR);
	return true;
}

static bool set_up(void)
{
	if (!prepare())
		return false;
	ck_assert_int_eq(daemon_open(&daemon_, &settings, -1), EXIT_CODE_LEASED);
	return true;
}

static void tear_down(void)
{
	daemon_close(&daemon_);
	settings_free(&settings);
	netns_command("rm -rf %s", top);
}

static void quit(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	loop_quit(daemon_.loop, 0);
}

/* What is ready is done, and so is what follows from it. */
static void run_turns(void)
{
	struct loop_timer timer = { .fire = quit };

	loop_timer_set(daemon_.loop, &timer,
		       nsec_add(loop_clock(), 20 * NSEC_PER_MS));
	ck_assert_int_eq(loop_run(daemon_.loop), 0);
	daemon_end_turn(&daemon_, loop_clock());
}

/* Settings like those of the first one, but one's own. */
static struct iface_settings *own_settings(void)
{
	struct iface_settings *own = calloc(1, sizeof(*own));

	ck_assert_ptr_nonnull(own);
	iface_settings_copy(own, daemon_.managed[0]->settings);
	return own;
}

static bool add_with(const char *name, const char *key, uint32_t metric,
		     struct members_result *ret)
{
	const struct members_wish wish = { .name = name,
					   .own = own_settings(),
					   .membership = MEMBERSHIP_KEY,
					   .key = key };

	wish.own->metric = metric;
	return members_add(&daemon_, &wish, loop_clock(), ret);
}

static bool add(const char *name, const char *key, struct members_result *ret)
{
	return add_with(name, key, 50, ret);
}

static struct managed *add_well(const char *name)
{
	struct members_result result;

	ck_assert(add(name, "key", &result));
	ck_assert_int_eq(result.error, MEMBERS_OK);
	ck_assert_ptr_nonnull(result.managed);
	return result.managed;
}

static void check_error(const struct members_result *result, const char *name,
			const char *text)
{
	char said[512];
	struct str s = str_over(said, sizeof(said));

	refusal_explain(result, &daemon_, name, &s);
	ck_assert_msg(strstr(said, text), "%s", said);
}

static unsigned count_descriptors(void)
{
	DIR *list = opendir("/proc/self/fd");
	unsigned count = 0;

	ck_assert_ptr_nonnull(list);
	while (readdir(list))
		count++;
	closedir(list);
	return count;
}

/* ---- joining ------------------------------------------------------------- */

START_TEST(test_add)
{
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	ck_assert_str_eq(w0->iface.name, "w0");
	ck_assert(members_is_of(w0, "key"));
	ck_assert(!members_is_of(w0, "kez"));
	ck_assert(!members_is_of(daemon_.managed[0], "key"));
	ck_assert_ptr_eq(daemon_find(&daemon_, "w0"), w0);
	ck_assert_ptr_eq(daemon_find_index(&daemon_, netns_index("w0")), w0);
	ck_assert_ptr_eq(daemon_find_index(&daemon_, netns_index("v0")),
			 daemon_.managed[0]);
	/* It is set up, and gets its carrier by the monitor. */
	netns_wait_up("w0");
	run_turns();
	ck_assert_int_eq(w0->iface.client->state, DHCP4_STATE_SELECTING);
	tear_down();
}
END_TEST

START_TEST(test_errors)
{
	struct members_result result;

	if (!set_up())
		return;
	ck_assert(!add("w9", "key", &result));
	ck_assert_int_eq(result.error, MEMBERS_NO_LINK);
	check_error(&result, "w9", "there is no interface w9; there are: ");

	ck_assert(!add("v0", "key", &result));
	ck_assert_int_eq(result.error, MEMBERS_BUSY);
	ck_assert_ptr_eq(result.managed, daemon_.managed[0]);
	check_error(&result, "v0", "managed already");

	add_well("w0");
	ck_assert(!add("w0", "other", &result));
	ck_assert_int_eq(result.error, MEMBERS_BUSY);
	ck_assert(members_is_of(result.managed, "key"));
	/* Who asks for the same again has it already. */
	ck_assert(!add("w0", "key", &result));
	ck_assert_int_eq(result.error, MEMBERS_OK);
	ck_assert(members_is_of(result.managed, "key"));
	ck_assert_int_eq((int)daemon_.managed_count, 2);
	tear_down();
}
END_TEST

/* The kernel is asked for an address, and has not answered yet. */
static void configure(struct managed *m, struct dhcp4_lease *lease)
{
	world_lease(lease, loop_clock());
	m->iface.client = realloc(m->iface.client, sizeof(*m->iface.client));
	m->iface.room = DHCP4_OPTIONS_SIZE;
	m->iface.client->lease = *lease;
	ck_assert_int_eq(daemon_configure(&m->iface, lease, loop_clock()), 0);
	ck_assert(!installation_is_settled(&m->installed));
}

/* Routes that are there move; other settings are the member's own from then on. */
START_TEST(test_change)
{
	struct members_result result;
	struct dhcp4_lease lease;

	if (!set_up())
		return;
	configure(add_well("w0"), &lease);
	run_turns();
	result.managed = daemon_find(&daemon_, "w0");
	result.managed->iface.client->tenure = DHCP4_TENURE_HELD;
	ck_assert(!add_with("w0", "key", 51, &result));
	ck_assert_int_eq(result.error, MEMBERS_OK);
	ck_assert_uint_eq(result.managed->settings->metric, 51);
	ck_assert_ptr_eq(result.managed->settings, result.managed->own);
	ck_assert_uint_eq(result.managed->installed.state->metric, 51);
	result.managed->iface.client->tenure = DHCP4_TENURE_NONE;
	tear_down();
}
END_TEST

/* Another process has the lock until it is killed. */
static pid_t hold_lock(int ifindex)
{
	struct instance instance = { 0 };
	const char *path;
	int ready[2];
	char octet;
	pid_t pid;

	ck_assert_int_eq(instance_find(&settings, &instance), 0);
	ck_assert_int_eq(instance_make(&instance, &path), 0);
	ck_assert_int_eq(pipe(ready), 0);
	pid = fork();
	if (pid == 0) {
		if (instance_lock(&instance, ifindex, &pid) < 0 ||
		    write(ready[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	ck_assert_int_eq((int)read(ready[0], &octet, 1), 1);
	close(ready[0]);
	close(ready[1]);
	instance_free(&instance);
	return pid;
}

START_TEST(test_locked)
{
	struct members_result result;
	char text[64];
	pid_t pid;

	if (!prepare())
		return;
	pid = hold_lock(netns_index("w0"));
	ck_assert_int_eq(daemon_open(&daemon_, &settings, -1), EXIT_CODE_LEASED);
	ck_assert(!add("w0", "key", &result));
	ck_assert_int_eq(result.error, MEMBERS_LOCKED);
	ck_assert_int_eq(result.pid, pid);
	snprintf(text, sizeof(text),
		 "w0: tenured runs there already, with pid %d", (int)pid);
	check_error(&result, "w0", text);
	ck_assert_int_eq((int)daemon_.managed_count, 1);
	tear_down();
	kill(pid, SIGKILL);
}
END_TEST

/* ---- leaving ------------------------------------------------------------- */

START_TEST(test_remove)
{
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	members_remove(w0, false, loop_clock());
	ck_assert_ptr_null(daemon_find(&daemon_, "w0"));
	ck_assert_ptr_null(daemon_find_index(&daemon_, netns_index("w0")));
	ck_assert_int_eq((int)daemon_.managed_count, 1);
	run_turns();
	ck_assert_ptr_null(daemon_.left);
	/* It may come again, and the lock is free. */
	add_well("w0");
	tear_down();
}
END_TEST

START_TEST(test_remove_while_asked)
{
	struct dhcp4_lease lease;
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	configure(w0, &lease);
	members_remove(w0, false, loop_clock());
	/* Its answer is nobody's. */
	run_turns();
	ck_assert_ptr_null(daemon_.left);
	ck_assert_ptr_nonnull(
		strstr(netns_show("-4 address show dev w0"), "10.0.0.5"));
	tear_down();
}
END_TEST

/* A turn writes one file; who leaves before it is its turn is in that list still. */
START_TEST(test_remove_while_a_file_waits)
{
	struct managed *all[3];
	unsigned waiting = 0;

	if (!set_up())
		return;
	all[0] = daemon_.managed[0];
	all[1] = add_well("w0");
	all[2] = add_well("w1");
	run_turns();
	for (unsigned i = 0; i < ARRAY_SIZE(all); i++)
		storing_save(&all[i]->iface, loop_clock());
	for (unsigned turn = 0; turn < 2; turn++) {
		/* Who is in the list is not put into it again. */
		if (daemon_.unsaved)
			storing_save(&daemon_.unsaved->iface, loop_clock());
		daemon_end_turn(&daemon_, loop_clock());
		waiting = 0;
		for (unsigned i = 0; i < ARRAY_SIZE(all); i++)
			waiting += storing_has_work(all[i]);
		ck_assert_uint_eq(waiting, 2 - turn);
	}
	ck_assert_ptr_ne(daemon_.unsaved, all[0]);
	members_remove(daemon_.unsaved, false, loop_clock());
	ck_assert(!storing_has_work(daemon_.unsaved));
	members_bury(&daemon_);
	ck_assert_ptr_eq(daemon_.left, daemon_.unsaved);
	run_turns();
	ck_assert_ptr_null(daemon_.unsaved);
	ck_assert_ptr_null(daemon_.left);
	tear_down();
}
END_TEST

START_TEST(test_remove_while_removing)
{
	struct dhcp4_lease lease;
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	configure(w0, &lease);
	daemon_deconfigure(&w0->iface, DHCP4_LOSS_RELEASED, loop_clock());
	members_remove(w0, true, loop_clock());
	/* The kernel owes an answer: until then it stays. */
	daemon_end_turn(&daemon_, loop_clock());
	ck_assert_ptr_eq(daemon_.left, w0);
	run_turns();
	ck_assert_ptr_null(daemon_.left);
	ck_assert_ptr_null(
		strstr(netns_show("-4 address show dev w0"), "10.0.0.5"));
	tear_down();
}
END_TEST

/* What the former member could not remove is removed before the next one begins. */
START_TEST(test_join_after_one_that_owes)
{
	struct dhcp4_lease lease;
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	configure(w0, &lease);
	members_remove(w0, true, loop_clock());
	/* As if there had been no memory to ask for it. */
	ck_assert_ptr_nonnull(w0->installed.state);
	loop_timer_set(daemon_.loop, &w0->installed.again, NSEC_NEVER - 1);
	ck_assert(!installation_is_settled(&w0->installed));
	add_well("w0");
	ck_assert_ptr_null(w0->installed.state);
	run_turns();
	ck_assert_ptr_null(daemon_.left);
	ck_assert_ptr_null(
		strstr(netns_show("-4 address show dev w0"), "10.0.0.5"));
	tear_down();
}
END_TEST

START_TEST(test_remove_gone)
{
	struct managed *w0;

	if (!set_up())
		return;
	w0 = add_well("w0");
	netns_ip("link del w0");
	run_turns();
	ck_assert(w0->link.gone);
	members_remove(w0, true, loop_clock());
	run_turns();
	ck_assert_ptr_null(daemon_.left);
	ck_assert_int_eq((int)daemon_.managed_count, 1);
	tear_down();
}
END_TEST

/* All of them at the end, and one who left but is not freed yet. */
START_TEST(test_close)
{
	struct dhcp4_lease lease;

	if (!set_up())
		return;
	configure(add_well("w0"), &lease);
	members_remove(daemon_.managed[1], true, loop_clock());
	tear_down();
}
END_TEST

static void check_order(void)
{
	for (size_t i = 0; i < daemon_.managed_count; i++) {
		struct managed *m = daemon_.managed[i];

		ck_assert_ptr_eq(daemon_find_index(&daemon_, m->iface.ifindex),
				 m);
		ck_assert_ptr_eq(daemon_find(&daemon_, m->iface.name), m);
		ck_assert_ptr_null(daemon_find_gone(&daemon_, m->iface.name));
		if (i)
			ck_assert_int_lt(daemon_.by_index[i - 1]->iface.ifindex,
					 daemon_.by_index[i]->iface.ifindex);
	}
}

/* In whatever order they come and go, each is found, and nothing is left open. */
START_TEST(test_many)
{
	unsigned before, memory;
	char name[16];

	if (!set_up())
		return;
	for (int i = 0; i < MANY; i++)
		netns_ip("link add d%d type bridge", i);
	run_turns();
	before = count_descriptors();
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "d%u", i * 77 % MANY);
			add_well(name);
		}
		ck_assert_int_eq((int)daemon_.managed_count, MANY + 1);
		check_order();
		memory = count_descriptors();
		ck_assert_int_ge((int)memory, (int)before + MANY);
		for (unsigned i = 0; i < MANY; i++) {
			snprintf(name, sizeof(name), "d%u", i * 41 % MANY);
			members_remove(daemon_find(&daemon_, name), i % 2,
				       loop_clock());
			if (i % 50 == 0)
				check_order();
		}
		run_turns();
		ck_assert_ptr_null(daemon_.left);
		ck_assert_int_eq((int)daemon_.managed_count, 1);
	}
	ck_assert_int_le((int)count_descriptors(), (int)before + 1);
	tear_down();
}
END_TEST

/* ---- names that change ---------------------------------------------------- */

static void rename_link(const char *from, const char *to)
{
	netns_ip("link set %s down", from);
	netns_ip("link set %s name %s", from, to);
}

/* Who is there goes before who waits for that name, which is no name for good. */
START_TEST(test_two_with_one_name)
{
	struct managed *v0, *w0;

	if (!set_up())
		return;
	v0 = daemon_.managed[0];
	w0 = add_well("w0");
	netns_ip("link del w0");
	rename_link("v0", "w0");
	run_turns();
	ck_assert_ptr_eq(daemon_find(&daemon_, "w0"), v0);
	ck_assert_ptr_eq(daemon_find_gone(&daemon_, "w0"), w0);
	ck_assert_ptr_null(daemon_find(&daemon_, "v0"));

	rename_link("w0", "a0");
	run_turns();
	ck_assert_ptr_eq(daemon_find(&daemon_, "a0"), v0);
	ck_assert_ptr_null(daemon_find_gone(&daemon_, "a0"));
	ck_assert_ptr_eq(daemon_find(&daemon_, "w0"), w0);

	netns_ip("link add w0 type veth peer name w1");
	run_turns();
	ck_assert(!w0->link.gone);
	check_order();
	tear_down();
}
END_TEST

/* Of what was listed another link has the name when it is asked for by that. */
START_TEST(test_names_that_change_while_they_are_looked_up)
{
	struct wanted_view view;
	struct selector w0;

	if (!set_up())
		return;
	ck_assert_ptr_null(selector_read("w0", &w0));
	ck_assert_ptr_null(settings_want(&settings, &w0));
	ck_assert_int_eq(wanted_look(&view), 0);
	for (size_t i = 0; i < view.count; i++)
		view.links[i].pending = strcmp(view.links[i].name, "w0") == 0;
	rename_link("w0", "x0");
	rename_link("v0", "w0");
	wanted_again(&daemon_, &view, NULL, loop_clock());
	run_turns();
	ck_assert_int_eq((int)daemon_.managed_count, 2);
	check_order();
	ck_assert_str_eq(daemon_.managed[0]->iface.name, "w0");
	ck_assert_str_eq(daemon_.managed[1]->iface.name, "x0");
	tear_down();
}
END_TEST

Suite *test_members_suite(void)
{
	Suite *s = suite_create("members");
	TCase *tc = tcase_create("members");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_add);
	tcase_add_test(tc, test_errors);
	tcase_add_test(tc, test_change);
	tcase_add_test(tc, test_locked);
	tcase_add_test(tc, test_remove);
	tcase_add_test(tc, test_remove_while_asked);
	tcase_add_test(tc, test_remove_while_a_file_waits);
	tcase_add_test(tc, test_remove_while_removing);
	tcase_add_test(tc, test_join_after_one_that_owes);
	tcase_add_test(tc, test_remove_gone);
	tcase_add_test(tc, test_close);
	tcase_add_test(tc, test_many);
	tcase_add_test(tc, test_two_with_one_name);
	tcase_add_test(tc, test_names_that_change_while_they_are_looked_up);
	suite_add_tcase(s, tc);
	return s;
}
