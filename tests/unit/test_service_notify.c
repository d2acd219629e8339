/* SPDX-License-Identifier: BSD-2-Clause */
/* What a service manager hears, and --ready-fd. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/loop.h"
#include "daemon/service_notify.h"
#include "unit/listener.h"
#include "unit/runner.h"

Suite *test_service_notify_suite(void);

static struct loop *loop;
static struct loop_timer stop;
static struct service_notify *service;
static nsec wanted_at; /* a status, when a turn of the loop ended; 0: not yet */
static char path[128];

static void quit(struct loop_timer *timer, nsec now)
{
	(void)timer, (void)now;
	loop_quit(loop, 0);
}

static void run_for(nsec how_long)
{
	stop.fire = quit;
	loop_timer_set(loop, &stop, loop_clock() + how_long);
	loop_run(loop);
}

static void turn_ended(void *owner, nsec now)
{
	(void)owner;
	if (service_notify_wants_status(service, now) && !wanted_at)
		wanted_at = now;
}

static const struct loop_hooks hooks = { .turn_ended = turn_ended };

static void open_service(void)
{
	ck_assert_int_eq(service_notify_open(&service, loop), 0);
}

static void setup(void)
{
	snprintf(path, sizeof(path), "%s", listener_open());
	setenv("NOTIFY_SOCKET", path, 1);
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	ck_assert_int_eq(loop_open(&loop, &hooks, NULL), 0);
}

static void teardown(void)
{
	service_notify_close(service);
	loop_close(loop);
	listener_close();
}

static void hears(const char *text)
{
	const char *heard = listener_next();

	ck_assert_msg(heard && strcmp(heard, text) == 0, "not %s but %s", text,
		      heard ? heard : "nothing");
}

static void hears_nothing(void)
{
	const char *heard = listener_next();

	ck_assert_msg(!heard, "%s", heard);
}

/* When no status was told lately. */
static nsec later(void)
{
	return loop_clock() + 2 * NSEC_PER_S;
}

START_TEST(a_life)
{
	open_service();
	service_notify_changed(service);
	CHECK(!service_notify_wants_status(service, later())); /* not ready yet */
	hears_nothing();
	service_notify_ready(service, false, loop_clock());
	hears("READY=1\n");
	CHECK(service_notify_wants_status(service, later()));
	service_notify_status(service, "eth0 asking");
	hears("STATUS=eth0 asking\n");
	CHECK(!service_notify_wants_status(service, later()));
	service_notify_changed(service);
	CHECK(service_notify_wants_status(service, later()));
	service_notify_status(service, "eth0 asking");
	hears_nothing();
	service_notify_status(service, "eth0 bound 10.0.0.5");
	hears("STATUS=eth0 bound 10.0.0.5\n");
	service_notify_close(service);
	service = NULL;
	hears("STOPPING=1");
}
END_TEST

START_TEST(a_reload_is_told_with_its_time)
{
	unsigned long long usec;
	const char *heard;

	open_service();
	service_notify_ready(service, false, loop_clock());
	hears("READY=1\n");
	service_notify_reloading(service);
	heard = listener_next();
	CHECK(heard &&
	      sscanf(heard, "RELOADING=1\nMONOTONIC_USEC=%llu", &usec) == 1 &&
	      usec > 0);
	service_notify_reloaded(service);
	hears("READY=1\n");
	CHECK(service_notify_wants_status(service, later()));
}
END_TEST

START_TEST(who_forked_names_itself)
{
	char text[64];

	open_service();
	service_notify_ready(service, true, loop_clock());
	snprintf(text, sizeof(text), "READY=1\nMAINPID=%d\n", (int)getpid());
	hears(text);
}
END_TEST

START_TEST(without_a_manager_there_is_none)
{
	unsetenv("NOTIFY_SOCKET");
	open_service();
	ck_assert_ptr_null(service);
	setenv("NOTIFY_SOCKET", "", 1);
	open_service();
	ck_assert_ptr_null(service);
	service_notify_ready(service, false, loop_clock());
	service_notify_reloading(service);
	service_notify_reloaded(service);
	service_notify_changed(service);
	CHECK(!service_notify_wants_status(service, later()));
	service_notify_status(service, "nobody");
	hears_nothing();
}
END_TEST

START_TEST(a_manager_that_is_not_there_is_an_error)
{
	listener_leave();
	ck_assert_int_lt(service_notify_open(&service, loop), 0);
	ck_assert_ptr_null(service);
	setenv("NOTIFY_SOCKET", "relative", 1);
	ck_assert_int_lt(service_notify_open(&service, loop), 0);
}
END_TEST

START_TEST(nobody_else_sees_the_variables)
{
	setenv("WATCHDOG_USEC", "1000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	open_service();
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_ptr_null(getenv("WATCHDOG_USEC"));
	ck_assert_ptr_null(getenv("WATCHDOG_PID"));
}
END_TEST

/* The manager reads nothing; once it does, nothing is missing. */
START_TEST(who_has_no_loop_tells_it_once)
{
	ck_assert_int_eq(service_notify_once(), 0);
	hears("READY=1\n");
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
	ck_assert_int_eq(service_notify_once(), 0);
	hears_nothing();
	setenv("NOTIFY_SOCKET", "nonsense", 1);
	ck_assert_int_eq(service_notify_once(), -EINVAL);
	ck_assert_ptr_null(getenv("NOTIFY_SOCKET"));
}
END_TEST

START_TEST(ready_is_told_again_to_a_slow_manager)
{
	char status[32];
	bool ready = false;
	const char *heard, *last = "";
	static char kept[256];

	open_service();
	for (unsigned i = 0; i < 10000; i++) {
		snprintf(status, sizeof(status), "number %u", i);
		service_notify_status(service, status);
	}
	service_notify_ready(service, false, loop_clock());
	while ((heard = listener_next())) {
		CHECK(!strstr(heard, "READY"));
		snprintf(kept, sizeof(kept), "%s", heard);
		last = kept;
	}
	ck_assert_str_ne(last, "STATUS=number 9999\n");
	run_for(MS(150));
	while ((heard = listener_next()) && !ready)
		ready = strcmp(heard, "READY=1\nSTATUS=number 9999\n") == 0;
	CHECK(ready);
	run_for(MS(150));
	hears_nothing();
}
END_TEST

static void watched(const char *usec, const char *pid)
{
	setenv("WATCHDOG_USEC", usec, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
	open_service();
	service_notify_ready(service, false, loop_clock());
	hears("READY=1\n");
}

START_TEST(the_watchdog_hears_twice_a_period)
{
	nsec began = loop_clock();
	char pid[16];

	snprintf(pid, sizeof(pid), "%d", (int)getpid());
	watched("40000", pid);
	hears("WATCHDOG=1");
	for (int heard = 0; heard < 5;) {
		run_for(MS(5));
		heard += listener_next() != NULL;
	}
	CHECK(loop_clock() - began >= 5 * MS(20));
	/* And after five seconds at the latest: a case has no more. */
}
END_TEST

START_TEST(a_watchdog_without_a_pid_is_ours)
{
	watched("40000", NULL);
	hears("WATCHDOG=1");
}
END_TEST

START_TEST(a_watchdog_of_others_is_not_fed)
{
	watched("40000", "1");
	run_for(MS(50));
	hears_nothing();
}
END_TEST

START_TEST(a_watchdog_of_nonsense_is_not_fed)
{
	static const char *const nonsense[] = { "", "0", "-1", "x",
						"99999999999999999999" };

	for (size_t i = 0; i < 5; i++) {
		watched(nonsense[i], NULL);
		run_for(MS(20));
		hears_nothing();
		service_notify_close(service);
		hears("STOPPING=1");
		setenv("NOTIFY_SOCKET", path, 1);
	}
	service = NULL;
}
END_TEST

START_TEST(status_is_not_told_all_the_time)
{
	nsec before;

	open_service();
	service_notify_ready(service, false, loop_clock());
	CHECK(service_notify_wants_status(service, loop_clock()));
	before = loop_clock();
	service_notify_status(service, "1 bound");
	service_notify_changed(service);
	CHECK(!service_notify_wants_status(service, before));
	wanted_at = 0;
	run_for(3 * NSEC_PER_S / 2);
	CHECK(wanted_at >= before + NSEC_PER_S);
}
END_TEST

START_TEST(a_long_status_is_cut)
{
	char text[1000];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	open_service();
	service_notify_status(service, text);
	CHECK(strlen(listener_next()) < 200);
	service_notify_status(service, text);
	hears_nothing();
}
END_TEST

START_TEST(a_descriptor_is_told_with_a_line_and_closed)
{
	int ends[2];
	char line[4];

	ck_assert_int_eq(pipe(ends), 0);
	CHECK(service_notify_fd_is_open(ends[1]));
	CHECK(fcntl(ends[1], F_GETFD) & FD_CLOEXEC);
	service_notify_fd_ready(ends[1]);
	ck_assert_int_eq(read(ends[0], line, sizeof(line)), 1);
	ck_assert_int_eq(line[0], '\n');
	ck_assert_int_eq(read(ends[0], line, sizeof(line)), 0);
	close(ends[0]);
}
END_TEST

START_TEST(a_descriptor_that_nobody_reads_holds_nothing_up)
{
	char rubbish[4096] = { 0 };
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	while (write(ends[1], rubbish, sizeof(rubbish)) > 0)
		continue;
	fcntl(ends[1], F_SETFL, 0);
	service_notify_fd_ready(ends[1]);
	CHECK(fcntl(ends[1], F_GETFD) < 0);
	close(ends[0]);
	service_notify_fd_ready(-1);
}
END_TEST

START_TEST(our_own_descriptors_are_nobodys_to_name)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	CHECK(!service_notify_fd_is_open(fd));
	close(fd);
	CHECK(!service_notify_fd_is_open(fd));
}
END_TEST

Suite *test_service_notify_suite(void)
{
	Suite *suite = suite_create("service_notify");
	TCase *c = tcase_create("service_notify");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, a_life);
	tcase_add_test(c, a_reload_is_told_with_its_time);
	tcase_add_test(c, who_forked_names_itself);
	tcase_add_test(c, without_a_manager_there_is_none);
	tcase_add_test(c, a_manager_that_is_not_there_is_an_error);
	tcase_add_test(c, nobody_else_sees_the_variables);
	tcase_add_test(c, who_has_no_loop_tells_it_once);
	tcase_add_test(c, ready_is_told_again_to_a_slow_manager);
	tcase_add_test(c, the_watchdog_hears_twice_a_period);
	tcase_add_test(c, a_watchdog_without_a_pid_is_ours);
	tcase_add_test(c, a_watchdog_of_others_is_not_fed);
	tcase_add_test(c, a_watchdog_of_nonsense_is_not_fed);
	tcase_add_test(c, status_is_not_told_all_the_time);
	tcase_add_test(c, a_long_status_is_cut);
	tcase_add_test(c, a_descriptor_is_told_with_a_line_and_closed);
	tcase_add_test(c, a_descriptor_that_nobody_reads_holds_nothing_up);
	tcase_add_test(c, our_own_descriptors_are_nobodys_to_name);
	suite_add_tcase(suite, c);
	return suite;
}
