/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of a translation: which program is run, and how; who is ended, and who is
 * left alone; and what is shown of it.
 */
#include "compat/act.h"

#include <check.h>
#include <config.h>
#include <errno.h>
#include <limits.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/assert.h"
#include "compat/ending.h"
#include "compat/script.h"
#include "compat/show.h"
#include "compat/translation.h"
#include "unit/compat_run.h"
#include "unit/emulated.h"
#include "unit/runner.h"

Suite *test_compat_act_suite(void);

/* Says how it is run, and if it is told of itself, which it is not to be. */
#define SAYS(name, variable) "#!/bin/sh\necho \"" name " $*${" variable "-}\"\n"

static struct translation translation;
static struct ending ending;

static int act(const void *t)
{
	struct translation copy = *(const struct translation *)t;

	return act_run(&copy);
}

static int show(const void *t)
{
	return show_translation(t);
}

static void comes_to(int (*what)(const void *), int code, const char *text)
{
	struct compat_run run;

	compat_run(&run, what, &translation);
	if (run.code != code || strcmp(run.text, text) != 0)
		ck_abort_msg("%d: %s\ninstead %d: %s", run.code, run.text, code,
			     text);
}

static void setup(void)
{
	compat_run_setup();
	setenv("TENURED",
	       compat_run_file("tenured.sh", SAYS("tenured", "TENURED"), 0755),
	       1);
	setenv("TENURECTL",
	       compat_run_file("tenurectl.sh", SAYS("tenurectl", "TENURECTL"),
			       0755),
	       1);
	translation = (struct translation){ .program = "dhclient" };
}

static void teardown(void)
{
	unsetenv("TENURED");
	unsetenv("TENURECTL");
	compat_run_teardown();
}

static const char *path_of(const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", compat_run_directory, name);
	return strdup(path);
}

/* As on a kernel that has neither of these calls. */
static void setup_without(unsigned one, unsigned other)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, one, 1, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, other, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { ARRAY_SIZE(code), code };

	setup();
	if (emulated("seccomp, by which a kernel looks older"))
		return;
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
}

static void setup_before_5_3(void)
{
	setup_without(SYS_pidfd_open, SYS_pidfd_open);
}

static void setup_before_5_1(void)
{
	setup_without(SYS_pidfd_open, SYS_pidfd_send_signal);
}

/* ---- programs ----------------------------------------------------------------- */

START_TEST(tenured_is_run_with_the_words)
{
	translation_add(&translation, "-f", NULL);
	translation_add(&translation, "-i", "lab0");
	comes_to(act, 0, "tenured -f -i lab0\n");
}
END_TEST

START_TEST(tenurectl_is_asked)
{
	translation.act = TRANSLATION_ASK;
	translation_add(&translation, "renew", "lab0");
	comes_to(act, 0, "tenurectl renew lab0\n");
}
END_TEST

START_TEST(a_program_that_is_not_there_is_said)
{
	setenv("TENURED", "/nonexistent/tenured", 1);
	comes_to(act, EX_UNAVAILABLE,
		 "dhclient (of tenured): "
		 "/nonexistent/tenured: "
		 "No such file or directory\n");
}
END_TEST

/* Without the variables, which only tests have, those that were installed. */
START_TEST(the_programs_that_were_installed)
{
	struct compat_run run;

	unsetenv("TENURED");
	translation_add(&translation, "--version", NULL);
	translation.program = "no-such-program";
	if (access(COMPAT_TENURED, X_OK) != 0) {
		comes_to(act, EX_UNAVAILABLE,
			 "no-such-program (of tenured): " COMPAT_TENURED
			 ": No such file or directory\n");
		return;
	}
	compat_run(&run, act, &translation);
	ck_assert_int_eq(run.code, 0);
	ck_assert_int_eq(strncmp(run.text, "tenured ", 8), 0);
}
END_TEST

START_TEST(its_directory_is_there_for_the_pid_file)
{
	struct stat info;

	translation.directory = path_of("dhcpcd");
	comes_to(act, 0, "tenured \n");
	ck_assert_int_eq(stat(translation.directory, &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0755);
}
END_TEST

START_TEST(a_script_is_told_before_the_start)
{
	translation.script =
		compat_run_file("script", "#!/bin/sh\necho $reason\n", 0755);
	translation.names[translation.name_count++] = "lab0";
	setenv(SCRIPT_PROGRAM, "dhclient", 1);
	setenv(SCRIPT_FILE, translation.script, 1);
	comes_to(act, 0, "PREINIT\ntenured \n");
	unsetenv(SCRIPT_PROGRAM);
	unsetenv(SCRIPT_FILE);
}
END_TEST

START_TEST(an_answer_is_printed)
{
	translation.act = TRANSLATION_ANSWER;
	translation.answer = "/run/dhcpcd/pid";
	comes_to(act, 0, "/run/dhcpcd/pid\n");
}
END_TEST

/* Names without new_; and the program's own exit code. */
START_TEST(a_lease_is_dumped_without_new)
{
	translation.act = TRANSLATION_DUMP;
	setenv("TENURECTL",
	       compat_run_file("tenurectl",
			       "#!/bin/sh\necho new_a=new_b\necho reason=new_\n"
			       "printf new_last=1\nexit 3\n",
			       0755),
	       1);
	comes_to(act, 3, "a=new_b\nreason=new_\nlast=1");
	setenv("TENURECTL", "/nonexistent/tenurectl", 1);
	comes_to(act, EX_UNAVAILABLE,
		 "/nonexistent/tenurectl: No such file or directory\n");
	setenv("TENURECTL",
	       compat_run_file("tenurectl", "#!/bin/sh\nkill -9 $$\n", 0755), 1);
	comes_to(act, EXIT_FAILURE, "");
}
END_TEST

/* ---- processes -------------------------------------------------------------------- */

/*
 * Begins a shell in a file of this name, which says by which signals it was reached, and
 * ends by itself before long. The pid file has its number, which is returned.
 */
static pid_t begin(const char *name, const char *traps)
{
	const char *shell = path_of(name), *new = path_of("new");
	char command[PATH_MAX * 2];
	int pid = 0;
	FILE *file;

	translation.pid_file = path_of("pid");
	snprintf(command, sizeof(command), "cp /bin/sh %s", shell);
	ck_assert_int_eq(system(command), 0);
	snprintf(command, sizeof(command),
		 "cd %s; trap 'echo USR1 >>told' USR1\n"
		 "trap 'echo USR2 >>told' USR2; %s; echo $$ >%s; mv %s %s; i=0\n"
		 "while [ $i -lt 2000 ]; do sleep 0.01; i=$((i + 1)); done",
		 compat_run_directory, traps, new, new, translation.pid_file);
	/* Its parent is another one, so that nobody has to wait for it. */
	if (fork() == 0) {
		if (fork() == 0)
			execl(shell, shell, "-c", command, (char *)NULL);
		_exit(0);
	}
	wait(NULL);
	while (access(translation.pid_file, F_OK) != 0)
		usleep(1000);
	file = fopen(translation.pid_file, "r");
	ck_assert_ptr_nonnull(file);
	ck_assert_int_eq(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

static const char *told(void)
{
	static char text[64];
	FILE *file = fopen(path_of("told"), "r");
	size_t size = 0;

	if (file) {
		size = fread(text, 1, sizeof(text) - 1, file);
		fclose(file);
	}
	text[size] = '\0';
	return text;
}

START_TEST(its_process_is_ended)
{
	begin("tenured-dhclient", "trap 'echo TERM >>told; exit' TERM");
	translation.act = TRANSLATION_STOP;
	comes_to(act, 0, "");
	ck_assert_int_eq(ending_find(translation.pid_file, &ending), -ESRCH);
	ck_assert_int_ne(access(translation.pid_file, F_OK), 0);
	ck_assert_str_eq(told(), "TERM\n");
}
END_TEST

START_TEST(a_lease_is_released_before)
{
	begin("tenured", "trap 'echo TERM >>told; exit' TERM");
	translation.act = TRANSLATION_RELEASE;
	translation.hint = true;
	comes_to(act, 0, "");
	ck_assert_str_eq(told(), "USR2\nTERM\n");
}
END_TEST

/* Whoever has the number by now, if it is no tenured. */
START_TEST(another_process_is_left_alone)
{
	static const char *const others[] = { "other", "tenured-replay",
					      "tenured-compat", "tenuredx",
					      "tenured-" };
	pid_t pid = begin(others[_i], ":");
	char text[PATH_MAX];

	ck_assert_int_eq(ending_find(translation.pid_file, &ending), -ESRCH);
	translation.act = TRANSLATION_RELEASE;
	snprintf(text, sizeof(text),
		 "dhclient (of tenured): no process of %s runs\n",
		 translation.pid_file);
	comes_to(act, 0, text);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_str_eq(told(), "");
}
END_TEST

/* An upgrade puts another file in the place of what runs. */
START_TEST(what_was_upgraded_is_ended)
{
	begin("tenured-udhcpc", "trap 'echo TERM >>told; exit' TERM");
	ck_assert_int_eq(unlink(path_of("tenured-udhcpc")), 0);
	translation.act = TRANSLATION_STOP;
	comes_to(act, 0, "");
	ck_assert_str_eq(told(), "TERM\n");
}
END_TEST

static void wait_for_end(pid_t pid)
{
	while (kill(pid, 0) == 0)
		usleep(1000);
}

/* A child that has this number and waits for its end; -1 where that is not allowed. */
static pid_t fork_as(pid_t pid)
{
	struct clone_args args = {
		.exit_signal = SIGCHLD,
		.set_tid = (uintptr_t)&pid,
		.set_tid_size = 1,
	};
	long child = syscall(SYS_clone3, &args, sizeof(args));

	while (child == 0)
		pause();
	return (pid_t)child;
}

/* The number was used again since it was looked at. */
START_TEST(whoever_has_its_number_later_is_left_alone)
{
	pid_t pid = begin("tenured", ":"), later;
	struct ending same;

	ck_assert_int_eq(ending_find(translation.pid_file, &ending), 0);
	ck_assert_int_eq(ending_find(translation.pid_file, &same), 0);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	wait_for_end(pid);
	later = fork_as(pid);
	ck_assert_int_eq(ending_renew(&same), EXIT_FAILURE);
	ck_assert_int_eq(ending_make(&ending, translation.pid_file, true), 0);
	close(same.fd);
	if (later < 0)
		return;
	ck_assert_int_eq(waitpid(later, NULL, WNOHANG), 0);
	ck_assert_int_eq(kill(later, SIGKILL), 0);
	ck_assert_int_eq(waitpid(later, NULL, 0), later);
}
END_TEST

static void name_no_file(enum translation_act what, const char *word)
{
	translation.act = what;
	translation.hint = true;
	translation.pid_file = "/nonexistent/pid";
	translation.names[0] = "lab0";
	translation.name_count = 1;
	translation.word_count = 0;
	translation_add(&translation, word, "lab0");
}

static int act_as_nobody(const void *t)
{
	ck_assert_int_eq(setresuid(65534, 65534, 65534), 0);
	return act(t);
}

/* Whether it runs is not known then; and that is another thing than that none does. */
START_TEST(what_may_not_be_looked_at_is_said)
{
	const bool root = geteuid() == 0;
	char text[PATH_MAX + 128];
	pid_t pid = 0;

	if (root) {
		pid = begin("tenured", ":");
		ck_assert_int_eq(chmod(compat_run_directory, 0755), 0);
	} else {
		translation.pid_file = compat_run_file("pid", "1\n", 0644);
	}
	translation.act = TRANSLATION_RELEASE;
	snprintf(text, sizeof(text),
		 "dhclient (of tenured): the process of %s may not be looked "
		 "at; root may\n",
		 translation.pid_file);
	comes_to(root ? act_as_nobody : act, EX_NOPERM, text);
	/* Of all that have files it is one. */
	translation.hint = true;
	comes_to(root ? act_as_nobody : act, EX_NOPERM, text);
	/* tenurectl knows better who may do what. */
	name_no_file(TRANSLATION_STOP, "stop");
	translation.pid_file = path_of("pid");
	comes_to(root ? act_as_nobody : act, 0, "tenurectl stop lab0\n");
	if (root)
		ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_str_eq(told(), "");
}
END_TEST

/* Where no pid file was named, whoever manages it is asked to end that. */
START_TEST(tenurectl_ends_what_no_file_names)
{
	name_no_file(TRANSLATION_STOP, "stop");
	comes_to(act, 0, "tenurectl stop lab0\n");
}
END_TEST

/* What is not managed is ended; but a lease that was left is not given back. */
START_TEST(what_does_not_run_is_ended_already)
{
	static const struct {
		enum translation_act act;
		const char *word;
		bool left, none_is_well;
		int code;
	} cases[] = {
		{ TRANSLATION_STOP, "stop", true, true, 0 },
		{ TRANSLATION_STOP, "stop", true, false, EX_UNAVAILABLE },
		{ TRANSLATION_RELEASE, "release", false, true, 0 },
		{ TRANSLATION_RELEASE, "release", true, true, EX_UNAVAILABLE },
		{ TRANSLATION_RELEASE, "release", false, false, EX_UNAVAILABLE },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[128];

		setenv("TENURECTL",
		       compat_run_file("tenurectl.sh",
				       cases[i].left
					       ? "#!/bin/sh\necho $*\n"
						 "[ $1 = lease ] || exit 69\n"
					       : "#!/bin/sh\necho $*\nexit 69\n",
				       0755),
		       1);
		name_no_file(cases[i].act, cases[i].word);
		translation.none_is_well = cases[i].none_is_well;
		snprintf(text, sizeof(text), "%s lab0\n", cases[i].word);
		comes_to(act, cases[i].code, text);
	}
	setenv("TENURECTL",
	       compat_run_file("tenurectl.sh", "#!/bin/sh\nexit 77\n", 0755), 1);
	name_no_file(TRANSLATION_STOP, "stop");
	translation.none_is_well = true;
	comes_to(act, 77, "");
}
END_TEST

START_TEST(without_a_name_all_are_ended)
{
	const char *files = path_of("*.pid");
	char text[PATH_MAX];

	translation.act = TRANSLATION_RELEASE;
	translation.hint = true;
	translation.pid_file = files;
	snprintf(text, sizeof(text),
		 "dhclient (of tenured): no process of %s runs\n", files);
	comes_to(act, 0, text);
	compat_run_file("b.pid", translation_text("%d\n", getpid()), 0644);
	comes_to(act, 0, text);
	begin("tenured", "trap 'echo TERM >>told; exit' TERM");
	ck_assert_int_eq(rename(path_of("pid"), path_of("a.pid")), 0);
	translation.pid_file = files;
	comes_to(act, 0, "");
	ck_assert_str_eq(told(), "USR2\nTERM\n");
	ck_assert_int_ne(access(path_of("a.pid"), F_OK), 0);
	ck_assert_int_eq(access(path_of("b.pid"), F_OK), 0);
}
END_TEST

START_TEST(to_start_it_again_renews)
{
	pid_t pid = begin("tenured", ":");
	char text[128];

	translation.hint = true;
	translation.names[translation.name_count++] = "lab0";
	snprintf(text, sizeof(text),
		 "tenured manages it already, as process %d, and renews\n",
		 (int)pid);
	comes_to(act, 0, text);
	while (!*told())
		usleep(1000);
	ck_assert_str_eq(told(), "USR1\n");
	/* Of two interfaces, or where a file was named, it is a start. */
	translation.hint = false;
	comes_to(act, 0, "tenured \n");
	translation.hint = true;
	translation.name_count = 2;
	comes_to(act, 0, "tenured \n");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
}
END_TEST

START_TEST(what_is_no_number_is_no_process)
{
	static const char *const texts[] = { "",   "0\n",	    "-1\n",
					     "1 ", "99999999999\n", "abc\n" };

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		ck_assert_int_eq(
			ending_find(compat_run_file("pid", texts[i], 0644),
				    &ending),
			-ESRCH);
	ck_assert_int_eq(ending_find("/nonexistent/pid", &ending), -ESRCH);
	ck_assert_int_eq(ending_find("/dev/null/pid", &ending), -ESRCH);
}
END_TEST

START_TEST(what_is_no_file_is_said)
{
	char text[PATH_MAX];

	translation.act = TRANSLATION_STOP;
	translation.pid_file = path_of("fifo");
	ck_assert_int_eq(mkfifo(translation.pid_file, 0644), 0);
	snprintf(text, sizeof(text),
		 "dhclient (of tenured): %s: it is no regular file\n",
		 translation.pid_file);
	comes_to(act, EXIT_FAILURE, text);
}
END_TEST

/* ---- what is shown ------------------------------------------------------------------- */

START_TEST(words_are_shown_as_a_shell_reads_them)
{
	translation_add(&translation, "-a", "two words");
	translation_add(&translation, "", "it's");
	translation_add(&translation, "$x", "b/c=d,e:f.g+h@i%j");
	comes_to(show, 0,
		 "tenured -a 'two words' '' 'it'\\''s' '$x'"
		 " b/c=d,e:f.g+h@i%j\n");
}
END_TEST

/* One that holds a space or a quote is a word still. */
START_TEST(variables_are_shown_as_a_shell_reads_them)
{
	setenv(SCRIPT_FILE, "/tmp/it's a script", 1);
	setenv(SCRIPT_LEASES, "/tmp/leases", 1);
	comes_to(show, 0,
		 SCRIPT_FILE "='/tmp/it'\\''s a script' " SCRIPT_LEASES
			     "=/tmp/leases tenured\n");
	unsetenv(SCRIPT_FILE);
	unsetenv(SCRIPT_LEASES);
}
END_TEST

START_TEST(each_act_is_shown)
{
	static const struct {
		enum translation_act act;
		bool hint;
		const char *text;
	} acts[] = {
		{ TRANSLATION_RUN, false, "tenured word\n" },
		{ TRANSLATION_ASK, false, "tenurectl word\n" },
		{ TRANSLATION_DUMP, false, "tenurectl word\n" },
		{ TRANSLATION_RELEASE, false,
		  "release, and end the process of /p\n" },
		{ TRANSLATION_RELEASE, true,
		  "release, and end the process of /p; or else tenurectl word\n" },
		{ TRANSLATION_STOP, false, "end the process of /p\n" },
		{ TRANSLATION_STOP, true,
		  "end the process of /p; or else tenurectl word\n" },
		{ TRANSLATION_ANSWER, false, "answer\n" },
	};

	translation.pid_file = "/p";
	translation.answer = "answer";
	translation_add(&translation, "word", NULL);
	for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
		translation.act = acts[i].act;
		translation.hint = acts[i].hint;
		comes_to(show, 0, acts[i].text);
	}
}
END_TEST

static TCase *make_processes(const char *name, void (*set_up)(void))
{
	TCase *processes = tcase_create(name);

	tcase_set_timeout(processes, 30);
	tcase_add_checked_fixture(processes, set_up, teardown);
	tcase_add_test(processes, its_process_is_ended);
	tcase_add_test(processes, a_lease_is_released_before);
	tcase_add_loop_test(processes, another_process_is_left_alone, 0, 5);
	tcase_add_test(processes, what_was_upgraded_is_ended);
	tcase_add_test(processes, whoever_has_its_number_later_is_left_alone);
	tcase_add_test(processes, what_may_not_be_looked_at_is_said);
	tcase_add_test(processes, without_a_name_all_are_ended);
	tcase_add_test(processes, to_start_it_again_renews);
	tcase_add_test(processes, what_is_no_number_is_no_process);
	return processes;
}

Suite *test_compat_act_suite(void)
{
	Suite *suite = suite_create("compat_act");
	TCase *programs = tcase_create("programs");
	TCase *others = tcase_create("others");
	TCase *shown = tcase_create("shown");

	tcase_add_checked_fixture(programs, setup, teardown);
	tcase_add_test(programs, tenured_is_run_with_the_words);
	tcase_add_test(programs, tenurectl_is_asked);
	tcase_add_test(programs, a_program_that_is_not_there_is_said);
	tcase_add_test(programs, the_programs_that_were_installed);
	tcase_add_test(programs, its_directory_is_there_for_the_pid_file);
	tcase_add_test(programs, a_script_is_told_before_the_start);
	tcase_add_test(programs, an_answer_is_printed);
	tcase_add_test(programs, a_lease_is_dumped_without_new);
	suite_add_tcase(suite, programs);
	suite_add_tcase(suite, make_processes("processes", setup));
	suite_add_tcase(suite, make_processes("before_5_3", setup_before_5_3));
	suite_add_tcase(suite, make_processes("before_5_1", setup_before_5_1));
	tcase_add_checked_fixture(others, setup, teardown);
	tcase_add_test(others, tenurectl_ends_what_no_file_names);
	tcase_add_test(others, what_does_not_run_is_ended_already);
	tcase_add_test(others, what_is_no_file_is_said);
	suite_add_tcase(suite, others);
	tcase_add_checked_fixture(shown, setup, teardown);
	tcase_add_test(shown, words_are_shown_as_a_shell_reads_them);
	tcase_add_test(shown, variables_are_shown_as_a_shell_reads_them);
	tcase_add_test(shown, each_act_is_shown);
	suite_add_tcase(suite, shown);
	return suite;
}
