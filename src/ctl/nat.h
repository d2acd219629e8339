/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a NAT, or a firewall, between here and a STUN server does, judged by which
 * questions were answered and how: RFC 5780 4.3 and 4.4, in the words of RFC 4787.
 * It asks nothing itself.
 */
#ifndef CTL_NAT_H
#define CTL_NAT_H

#include <stdbool.h>

#include "ctl/stun.h"

/*
 * The questions. Those of one socket go out from one port: one for mapping, one
 * for filtering, which never sent anything to the server's other address, and one
 * from which the first one's external address is called.
 */
enum nat_test {
	NAT_TEST_MAPPING,	  /* asked of the server */
	NAT_TEST_MAPPING_ADDRESS, /* of its other address, at the same port */
	NAT_TEST_MAPPING_PORT,	  /* of its other address and port */
	NAT_TEST_FILTERING,	  /* of the server, from another port of ours */
	NAT_TEST_FILTERING_ADDRESS, /* to be answered from the other address */
	NAT_TEST_FILTERING_PORT,    /* to be answered from the other port */
	NAT_TEST_HAIRPIN, /* of ourselves, by what the first one told */
	NAT_TESTS
};

enum nat_outcome {
	NAT_NOT_ASKED,
	NAT_ANSWERED,
	NAT_REFUSED, /* by an error that message has */
	NAT_FAILED,  /* with an errno */
	NAT_SILENT,
};

struct nat_answer {
	enum nat_outcome outcome;
	int error;		     /* of NAT_FAILED */
	struct stun_endpoint from;   /* of what was answered or refused */
	struct stun_message message; /* the same */
};

/* All that was seen from one address. */
struct nat_seen {
	struct stun_endpoint server;
	struct stun_endpoint local; /* the port of the questions on mapping */
	struct nat_answer answers[NAT_TESTS];
};

enum nat_kind {
	NAT_UNKNOWN,
	NAT_NONE,
	NAT_ENDPOINT_INDEPENDENT,
	NAT_ADDRESS_DEPENDENT,
	NAT_ADDRESS_AND_PORT_DEPENDENT,
};

/* What was found out; of the rest why it was not, a constant for people. */
struct nat_verdict {
	struct stun_endpoint external; /* port 0: it did not answer */
	enum nat_kind mapping, filtering;
	bool hairpins; /* matters where there is a NAT */
	const char *why_no_mapping, *why_no_filtering;
};

void nat_judge(const struct nat_seen *, struct nat_verdict *ret);

/* "endpoint-independent"; NULL for NAT_UNKNOWN. */
const char *nat_kind_name(enum nat_kind);

/* The server's other address, if it told one that differs from it in both. */
bool nat_other(const struct nat_seen *, enum nat_test, struct stun_endpoint *ret);

#endif
