/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of notices: each can be made, says what it has to, and has an end. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "daemon/daemon.h"
#include "daemon/log.h"
#include "daemon/notice_log.h"
#include "unit/runner.h"

Suite *test_notice_log_suite(void);

#define ADDRESS UINT32_C(0x0a00000a) /* 10.0.0.10 */
#define SERVER	UINT32_C(0x0a000001)

static struct managed m;
static struct dhcp4_client client; /* m's */
static int log_end; /* what standard error is written to is read from it */

static void setup(void)
{
	struct dhcp4_client *c = &client;
	int ends[2];

	ck_assert_int_eq(pipe2(ends, O_NONBLOCK | O_CLOEXEC), 0);
	dup2(ends[1], STDERR_FILENO);
	close(ends[1]);
	log_end = ends[0];
	log_set_level(LOG_LEVEL_NOTICE);
	memset(&m, 0, sizeof(m));
	memset(c, 0, sizeof(*c));
	m.iface.client = c;
	strcpy(m.iface.name, "eth0");
	c->now = S(100);
	c->carrier = true;
	c->state = DHCP4_STATE_BOUND;
	c->tenure = DHCP4_TENURE_HELD;
	c->send_at = c->retransmit_at = NSEC_NEVER;
	c->lease.address = ADDRESS;
	c->lease.prefix_length = 24;
	c->lease.server_id = SERVER;
	c->lease.t1_ns = S(100 + 1800);
	c->lease.t2_ns = S(100 + 3150);
	c->lease.expiry_ns = S(100 + 3600);
}

/* All lines that were written since. */
static const char *logged(void)
{
	static char text[65536];
	ssize_t size = read(log_end, text, sizeof(text) - 1);

	text[size < 0 ? 0 : size] = '\0';
	return text;
}

static const char *told(struct dhcp4_notice notice)
{
	notice_log(&m.iface, &notice, m.iface.client->now);
	return logged();
}

static const char *entered(enum dhcp4_state from, enum dhcp4_state to)
{
	m.iface.client->state = to;
	return told((struct dhcp4_notice){
		.kind = DHCP4_NOTICE_TRANSITION, .from = from, .to = to });
}

static const char *granted(enum dhcp4_state from)
{
	return told((struct dhcp4_notice){ .kind = DHCP4_NOTICE_ACK,
					   .from = from,
					   .address = ADDRESS,
					   .server = SERVER });
}

static const char *lost(enum dhcp4_loss loss)
{
	return told((struct dhcp4_notice){
		.kind = DHCP4_NOTICE_LOST, .loss = loss, .address = ADDRESS });
}

START_TEST(each_notice_in_each_state_is_one_line)
{
	log_set_level(LOG_LEVEL_DEBUG);
	for (unsigned kind = 0; kind < DHCP4_NOTICE_KINDS; kind++) {
		for (unsigned to = 0; to < DHCP4_STATE_COUNT; to++) {
			const struct dhcp4_notice notice = {
				.kind = kind,
				.to = to,
				.reject = 1,
				.text = "words",
				.changes = UINT8_MAX,
				.irregular = true,
			};
			const char *text;

			/* Each is another's, and no repeat. */
			snprintf(m.iface.name, sizeof(m.iface.name), "v%u",
				 kind * 100 + to);
			m.iface.client->state = to;
			text = told(notice);
			if (kind != DHCP4_NOTICE_TRANSITION)
				ck_assert_ptr_eq(strchr(text, '\n'),
						 text + strlen(text) - 1);
			ck_assert_ptr_null(strpbrk(text, "<?"));
			ck_assert(strlen(text) < 400);
		}
	}
}
END_TEST

START_TEST(a_lease_is_told_by_how_it_came)
{
	ck_assert_str_eq(granted(DHCP4_STATE_REQUESTING),
			 "tenured: eth0: leased 10.0.0.10/24 from 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	ck_assert_str_eq(granted(DHCP4_STATE_SELECTING),
			 "tenured: eth0: leased 10.0.0.10/24 from 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	ck_assert_str_eq(granted(DHCP4_STATE_RENEWING),
			 "tenured: eth0: renewed 10.0.0.10/24 from 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	ck_assert_str_eq(granted(DHCP4_STATE_REBINDING),
			 "tenured: eth0: renewed 10.0.0.10/24 from 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	ck_assert_str_eq(granted(DHCP4_STATE_REBOOTING),
			 "tenured: eth0: confirmed 10.0.0.10/24 by 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	/* The answer of a known router was faster. */
	ck_assert_str_eq(granted(DHCP4_STATE_BOUND),
			 "tenured: eth0: confirmed 10.0.0.10/24 by 10.0.0.1 for "
			 "1 h, renewal in 30 min\n");
	m.iface.client->lease.expiry_ns = NSEC_NEVER;
	ck_assert_str_eq(granted(DHCP4_STATE_REQUESTING),
			 "tenured: eth0: leased 10.0.0.10/24 from 10.0.0.1 for "
			 "ever, renewal never\n");
}
END_TEST

START_TEST(a_state_says_what_comes_next)
{
	struct dhcp4_client *c = m.iface.client;

	ck_assert_str_eq(entered(DHCP4_STATE_RENEWING, DHCP4_STATE_REBINDING),
			 "tenured: eth0: asking any server to renew 10.0.0.10, "
			 "which is good for 1 h\n");
	c->now = c->lease.t2_ns;
	ck_assert_str_eq(entered(DHCP4_STATE_RENEWING, DHCP4_STATE_REBINDING),
			 "tenured: eth0: 10.0.0.1 did not renew 10.0.0.10, which "
			 "is good for 7 min 30 s; asking any server\n");
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_STOPPED),
			 "tenured: eth0: stopped; 10.0.0.10 stays for 7 min "
			 "30 s, and nobody renews it\n");
	ck_assert_str_eq(entered(DHCP4_STATE_INIT_REBOOT, DHCP4_STATE_REBOOTING),
			 "tenured: eth0: asking for 10.0.0.10 again, which is "
			 "good for 7 min 30 s\n");
	c->send_at = c->now + S(3);
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_INIT_REBOOT),
			 "tenured: eth0: asking for 10.0.0.10 again in 3 s\n");
	c->send_at = c->now + MS(3);
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_INIT_REBOOT), "");
	c->carrier = false;
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_INIT_REBOOT),
			 "tenured: eth0: no carrier; 10.0.0.10 stays for 7 min "
			 "30 s\n");
}
END_TEST

START_TEST(a_state_without_a_lease_says_what_comes_next)
{
	struct dhcp4_client *c = m.iface.client;

	c->tenure = DHCP4_TENURE_NONE;
	ck_assert_str_eq(entered(DHCP4_STATE_INIT, DHCP4_STATE_SELECTING),
			 "tenured: eth0: asking for an address\n");
	c->send_at = c->now + S(10);
	ck_assert_str_eq(entered(DHCP4_STATE_SELECTING, DHCP4_STATE_INIT),
			 "tenured: eth0: asking for an address in 10 s\n");
	c->carrier = false;
	ck_assert_str_eq(entered(DHCP4_STATE_SELECTING, DHCP4_STATE_INIT),
			 "tenured: eth0: no carrier; waiting for it\n");
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_STOPPED),
			 "tenured: eth0: stopped\n");
	ck_assert_str_eq(entered(DHCP4_STATE_STOPPED, DHCP4_STATE_INFORMING),
			 "tenured: eth0: asking for parameters\n");
	c->tenure = DHCP4_TENURE_REMEMBERED;
	ck_assert_str_eq(entered(DHCP4_STATE_INIT_REBOOT, DHCP4_STATE_REBOOTING),
			 "tenured: eth0: asking for 10.0.0.10 again\n");
}
END_TEST

START_TEST(states_on_the_way_are_not_told)
{
	const struct dhcp4_notice passed = { .kind = DHCP4_NOTICE_TRANSITION,
					     .from = DHCP4_STATE_STOPPED,
					     .to = DHCP4_STATE_INIT };

	m.iface.client->state = DHCP4_STATE_SELECTING;
	m.iface.client->carrier = false;
	ck_assert_str_eq(told(passed), "");
	log_set_level(LOG_LEVEL_INFO);
	ck_assert_str_eq(told(passed), "tenured: eth0: STOPPED -> INIT\n");
}
END_TEST

START_TEST(one_that_is_removed_is_not_told_to_be_stopped)
{
	m.link.gone = true;
	ck_assert_str_eq(entered(DHCP4_STATE_BOUND, DHCP4_STATE_STOPPED), "");
}
END_TEST

START_TEST(a_loss_is_told_with_its_cause)
{
	ck_assert_str_eq(lost(DHCP4_LOSS_EXPIRED),
			 "tenured: eth0: 10.0.0.10 is gone: expired\n");
	ck_assert_str_eq(lost(DHCP4_LOSS_RELEASED),
			 "tenured: eth0: 10.0.0.10 is gone: released\n");
}
END_TEST

static const char *sent(enum dhcp4_request request, unsigned number, int error)
{
	const struct dhcp4_effect effect = {
		.kind = DHCP4_EFFECT_SEND_BROADCAST,
		.send = { .request = request, .number = number },
	};

	notice_log_sent(&m.iface, &effect, error);
	return logged();
}

START_TEST(what_nobody_answers_is_told_once)
{
	struct dhcp4_client *c = m.iface.client;

	c->retransmit_at = c->now + S(15);
	for (unsigned n = 1; n < 20; n++)
		ck_assert_str_eq(sent(DHCP4_REQUEST_DISCOVER, n, 0),
				 n == 4 ? "tenured: eth0: no server answers; "
					  "asking again in 15 s, and so on\n"
					: "");
	for (unsigned n = 1; n < 20; n++)
		ck_assert_str_eq(
			sent(DHCP4_REQUEST_RENEWING, n, 0),
			n == 2 ? "tenured: eth0: 10.0.0.1 has not renewed "
				 "10.0.0.10 yet, which is good for 1 h; asking "
				 "again in 15 s\n"
			       : "");
	log_set_level(LOG_LEVEL_INFO);
	ck_assert_str_eq(sent(DHCP4_REQUEST_DISCOVER, 1, 0),
			 "tenured: eth0: DISCOVER sent\n");
	ck_assert_str_eq(sent(DHCP4_REQUEST_DISCOVER, 3, 0),
			 "tenured: eth0: DISCOVER sent, try 3\n");
}
END_TEST

START_TEST(what_cannot_be_sent_is_told_with_its_cause)
{
	ck_assert_str_eq(sent(DHCP4_REQUEST_DISCOVER, 4, 105),
			 "tenured: eth0: cannot send DISCOVER: No buffer space "
			 "available\n");
}
END_TEST

/* A server that refuses everything fills no disk. */
START_TEST(a_flood_is_counted_instead)
{
	unsigned lines = 0;

	for (int n = 0; n < 10000; n++) {
		const char *text = told(
			(struct dhcp4_notice){ .kind = DHCP4_NOTICE_NAK,
					       .server = SERVER + (uint32_t)n });

		lines += *text != '\0';
	}
	ck_assert_uint_eq(lines, 10);
	/* Another kind of line is not held back by it. */
	ck_assert_str_ne(granted(DHCP4_STATE_REQUESTING), "");
	log_close();
	ck_assert_str_eq(logged(),
			 "tenured: eth0: NAK from 10.0.39.16 (said 9989 times "
			 "more in the last 1 s)\n");
}
END_TEST

START_TEST(debug_tells_all)
{
	log_set_level(LOG_LEVEL_DEBUG);
	for (int n = 0; n < 100; n++)
		ck_assert_str_eq(told((struct dhcp4_notice){
					 .kind = DHCP4_NOTICE_REJECTED,
					 .reject = REJECT_XID }),
				 "tenured: eth0: packet refused: another "
				 "transaction id\n");
}
END_TEST

/* Nobody reads standard error; what is said is lost, and nothing waits. */
START_TEST(nobody_is_waited_for)
{
	fcntl(STDERR_FILENO, F_SETFL, 0);
	log_set_level(LOG_LEVEL_INFO);
	for (int n = 0; n < 100000; n++)
		log_info("a line that fills a pipe, in the end, number %d", n);
	ck_assert_ptr_nonnull(strstr(logged(), "number 0\n"));
	while (*logged())
		continue;
	log_info("read again");
	ck_assert_str_eq(logged(), "tenured: read again\n");
}
END_TEST

START_TEST(what_no_terminal_should_see_is_not_shown)
{
	log_notice("a\033[2Jb\nc\377");
	ck_assert_str_eq(logged(), "tenured: a?[2Jb?c?\n");
}
END_TEST

Suite *test_notice_log_suite(void)
{
	Suite *suite = suite_create("notice_log");
	TCase *c = tcase_create("notice_log");

	tcase_add_checked_fixture(c, setup, NULL);
	tcase_add_test(c, each_notice_in_each_state_is_one_line);
	tcase_add_test(c, a_lease_is_told_by_how_it_came);
	tcase_add_test(c, a_state_says_what_comes_next);
	tcase_add_test(c, a_state_without_a_lease_says_what_comes_next);
	tcase_add_test(c, states_on_the_way_are_not_told);
	tcase_add_test(c, one_that_is_removed_is_not_told_to_be_stopped);
	tcase_add_test(c, a_loss_is_told_with_its_cause);
	tcase_add_test(c, what_nobody_answers_is_told_once);
	tcase_add_test(c, what_cannot_be_sent_is_told_with_its_cause);
	tcase_add_test(c, a_flood_is_counted_instead);
	tcase_add_test(c, debug_tells_all);
	tcase_add_test(c, nobody_is_waited_for);
	tcase_add_test(c, what_no_terminal_should_see_is_not_shown);
	suite_add_tcase(suite, c);
	return suite;
}
