/* SPDX-License-Identifier: BSD-2-Clause */
/* The example of a handler in tests/README, and what else handlers may do. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server_world.h"

Suite *test_server_handler_suite(void);

/* An example, word for word. */

/* Answers late, grants a minute, and refuses every third renewal. */
static void be_stingy(void *context, struct server_exchange *exchange)
{
	struct server_reply *reply = &exchange->reply;
	unsigned *renewals = context;

	reply->delay = 100 * NSEC_PER_MS;
	if (exchange->request.kind == DHCP4_REQUEST_INFORM)
		reply->type = 0; /* no answer */
	if (exchange->request.kind == DHCP4_REQUEST_RENEWING &&
	    ++*renewals % 3 == 0)
		server_refuse(exchange); /* a NAK */
	if (reply->header.yiaddr)
		server_set_number(reply, DHCP4_OPTION_LEASE_TIME, 60);
}

/* The end of the example. */

static size_t read_file(const char *top, const char *name, char *ret, size_t size)
{
	char path[4096];
	FILE *file;
	size_t used;

	snprintf(path, sizeof(path), "%s/%s", top, name);
	file = fopen(path, "r");
	ck_assert_msg(file != NULL, "%s", path);
	used = fread(ret, 1, size - 1, file);
	fclose(file);
	ret[used] = '\0';
	return used;
}

/* Each of its lines stands in the README, indented by two, in one block. */
START_TEST(test_readme)
{
	const char *top = getenv("TENURED_SOURCE");
	char source[16384], readme[65536], block[2048];
	struct str s = str_over(block, sizeof(block));
	char *rest = source, *line, *end;

	top = top ? top : ".";
	read_file(top, "tests/unit/test_server_handler.c", source,
		  sizeof(source));
	read_file(top, "tests/README", readme, sizeof(readme));
	rest = strstr(source, "\n/* Answers late");
	end = strstr(source, "\n/* The end of");
	ck_assert(rest && end);
	rest++;
	*end = '\0';
	while ((line = strsep(&rest, "\n"))) {
		str_text(&s, *line ? "  " : "");
		str_text(&s, line);
		str_char(&s, '\n');
	}
	ck_assert_msg(strstr(readme, block), "tests/README is out of date");
}
END_TEST

START_TEST(test_example)
{
	unsigned renewals = 0;

	srv.server.handler = be_stingy;
	srv.server.context = &renewals;
	srv_bind(1);
	ck_assert_uint_eq(srv_number(DHCP4_OPTION_LEASE_TIME), 60);
	ck_assert_uint_eq(srv.exchange.packet.at, srv.now + 100 * NSEC_PER_MS);
	for (unsigned i = 1; i <= 6; i++)
		ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_RENEWING,
						POOL_FIRST),
				  i % 3 ? DHCP4_TYPE_ACK : DHCP4_TYPE_NAK);
	ck_assert_uint_eq(srv_ask_about(1, DHCP4_REQUEST_INFORM, POOL_FIRST), 0);
	ck_assert_uint_eq(srv.exchange.packet.copies, 0);
}
END_TEST

static uint8_t nonsense[DHCP4_MESSAGE_MAX];

/* What is no message is sent as it is, to whom the reply is for. */
static void say_nonsense(void *context, struct server_exchange *exchange)
{
	(void)context;
	exchange->reply.raw = nonsense;
	exchange->reply.raw_size = sizeof(nonsense);
}

START_TEST(test_raw)
{
	/* A second option 57 makes none of both: the client takes 576 octets. */
	struct ask ask = { .client = 1,
			   .extra = { DHCP4_OPTION_MESSAGE_SIZE, 2,
				      (const uint8_t *)"\11\11" } };

	srv.server.handler = say_nonsense;
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_OFFER);
	ck_assert_int_eq(srv_parse(&srv.exchange.packet), REJECT_COOKIE);
	ck_assert_uint_eq(srv.datagram.size, sizeof(nonsense));
	ck_assert_mem_eq(srv.datagram.payload, nonsense, sizeof(nonsense));
	ck_assert_uint_eq(srv.datagram.destination, POOL_FIRST);
}
END_TEST

static void do_all(void *context, struct server_exchange *exchange)
{
	struct server_reply *reply = &exchange->reply;

	say_nonsense(context, exchange);
	reply->second = say_nonsense;
	reply->corrupt = reply->broadcast = true;
	reply->delay = NSEC_PER_S;
	reply->copies = 5;
}

START_TEST(test_nothing_stays)
{
	const struct server_packet *packet = &srv.exchange.packet;

	srv.server.handler = do_all;
	srv_discover(1);
	ck_assert_uint_eq(packet->copies, 5);
	ck_assert_uint_eq(packet->at, srv.now + NSEC_PER_S);
	ck_assert_uint_eq(packet->destination, IPV4_BROADCAST);
	ck_assert_uint_eq(srv.exchange.second.copies, 5);
	srv.server.handler = NULL;
	srv_discover(1);
	ck_assert_int_eq(srv_parse(packet), REJECT_NONE);
	ck_assert_uint_eq(packet->copies, 1);
	ck_assert_uint_eq(packet->at, srv.now);
	ck_assert_uint_eq(packet->destination, POOL_FIRST);
	ck_assert_uint_eq(srv.exchange.second.copies, 0);
}
END_TEST

/* A reply may be made where there was none, and decided anew. */
static void decide_for_all(void *context, struct server_exchange *exchange)
{
	(void)context;
	if (exchange->request.kind == DHCP4_REQUEST_SELECTING)
		server_decide(exchange);
}

START_TEST(test_decide)
{
	struct ask ask = { .client = 1,
			   .kind = DHCP4_REQUEST_SELECTING,
			   .address = POOL_FIRST,
			   .server_id = RELAY };

	srv.server.handler = decide_for_all;
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_ACK);
	ck_assert_int_eq(srv.leases[0].state, SERVER_LEASE_BOUND);
	ask.client = 2;
	ck_assert_uint_eq(srv_ask(ask), DHCP4_TYPE_NAK);
}
END_TEST

Suite *test_server_handler_suite(void)
{
	Suite *suite = suite_create("server_handler");
	TCase *tcase = tcase_create("server_handler");

	tcase_add_checked_fixture(tcase, srv_setup, NULL);
	tcase_add_test(tcase, test_readme);
	tcase_add_test(tcase, test_example);
	tcase_add_test(tcase, test_raw);
	tcase_add_test(tcase, test_nothing_stays);
	tcase_add_test(tcase, test_decide);
	suite_add_tcase(suite, tcase);
	return suite;
}
