/* SPDX-License-Identifier: BSD-2-Clause */
/* Sameness of what was told is what mappings are judged by; silence, filters. */
#include "ctl/nat.h"

#include <string.h>

static const char one_address[] = "the server has one address only";
static const char other_silent[] =
	"the server's other address does not answer: another server may tell more";
static const char not_moved[] =
	"the server does not answer from another address when it is asked to";
static const char second_silent[] =
	"a second question to the server was not answered";

bool nat_other(const struct nat_seen *seen, enum nat_test test,
	       struct stun_endpoint *ret)
{
	const struct nat_answer *answer = &seen->answers[test];
	struct stun_endpoint other = answer->message.other;

	if (answer->outcome != NAT_ANSWERED || !ipv4_is_host(other.address) ||
	    !other.port || other.address == seen->server.address ||
	    other.port == seen->server.port)
		return false;
	*ret = other;
	return true;
}

/* What was told was told to the same effect. */
static bool is_same(const struct nat_seen *seen, enum nat_test a, enum nat_test b)
{
	return stun_same(seen->answers[a].message.mapped,
			 seen->answers[b].message.mapped);
}

static bool is_answered(const struct nat_seen *seen, enum nat_test test)
{
	return seen->answers[test].outcome == NAT_ANSWERED;
}

static enum nat_kind judge_mapping(const struct nat_seen *seen,
				   const char **ret_why)
{
	struct stun_endpoint other;

	if (stun_same(seen->answers[NAT_TEST_MAPPING].message.mapped, seen->local))
		return NAT_NONE;
	if (!nat_other(seen, NAT_TEST_MAPPING, &other)) {
		*ret_why = one_address;
		return NAT_UNKNOWN;
	}
	if (is_answered(seen, NAT_TEST_MAPPING_ADDRESS)) {
		if (is_same(seen, NAT_TEST_MAPPING, NAT_TEST_MAPPING_ADDRESS))
			return NAT_ENDPOINT_INDEPENDENT;
		if (is_answered(seen, NAT_TEST_MAPPING_PORT))
			return is_same(seen, NAT_TEST_MAPPING_ADDRESS,
				       NAT_TEST_MAPPING_PORT)
				       ? NAT_ADDRESS_DEPENDENT
				       : NAT_ADDRESS_AND_PORT_DEPENDENT;
	}
	*ret_why = other_silent;
	return NAT_UNKNOWN;
}

/* The answer came from where it was asked to come from. */
static bool is_moved(const struct nat_seen *seen, enum nat_test test,
		     bool other_address)
{
	struct stun_endpoint from = seen->answers[test].from;

	return (from.address != seen->server.address) == other_address &&
	       from.port != seen->server.port;
}

static enum nat_kind judge_filtering(const struct nat_seen *seen,
				     const char **ret_why)
{
	struct stun_endpoint other;
	const struct nat_answer *far = &seen->answers[NAT_TEST_FILTERING_ADDRESS];
	const struct nat_answer *near = &seen->answers[NAT_TEST_FILTERING_PORT];

	*ret_why = second_silent;
	if (!is_answered(seen, NAT_TEST_FILTERING))
		return NAT_UNKNOWN;
	*ret_why = one_address;
	if (!nat_other(seen, NAT_TEST_FILTERING, &other))
		return NAT_UNKNOWN;
	*ret_why = not_moved;
	if (far->outcome == NAT_ANSWERED)
		return is_moved(seen, NAT_TEST_FILTERING_ADDRESS, true)
			       ? NAT_ENDPOINT_INDEPENDENT
			       : NAT_UNKNOWN;
	if (far->outcome == NAT_REFUSED || near->outcome == NAT_REFUSED)
		return NAT_UNKNOWN;
	/* Who is silent when asked directly is not heard through any filter. */
	*ret_why = other_silent;
	if (!is_answered(seen, NAT_TEST_MAPPING_ADDRESS))
		return NAT_UNKNOWN;
	*ret_why = not_moved;
	if (near->outcome == NAT_ANSWERED)
		return is_moved(seen, NAT_TEST_FILTERING_PORT, false)
			       ? NAT_ADDRESS_DEPENDENT
			       : NAT_UNKNOWN;
	*ret_why = NULL;
	return NAT_ADDRESS_AND_PORT_DEPENDENT;
}

void nat_judge(const struct nat_seen *seen, struct nat_verdict *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!is_answered(seen, NAT_TEST_MAPPING))
		return;
	ret->external = seen->answers[NAT_TEST_MAPPING].message.mapped;
	ret->mapping = judge_mapping(seen, &ret->why_no_mapping);
	ret->filtering = judge_filtering(seen, &ret->why_no_filtering);
	if (ret->filtering != NAT_UNKNOWN)
		ret->why_no_filtering = NULL;
	if (ret->mapping == NAT_NONE && ret->filtering == NAT_ENDPOINT_INDEPENDENT)
		ret->filtering = NAT_NONE;
	ret->hairpins = is_answered(seen, NAT_TEST_HAIRPIN);
}

const char *nat_kind_name(enum nat_kind kind)
{
	static const char *const names[] = {
		[NAT_NONE] = "none",
		[NAT_ENDPOINT_INDEPENDENT] = "endpoint-independent",
		[NAT_ADDRESS_DEPENDENT] = "address-dependent",
		[NAT_ADDRESS_AND_PORT_DEPENDENT] = "address-and-port-dependent",
	};

	return names[kind];
}
