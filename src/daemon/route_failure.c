/* SPDX-License-Identifier: BSD-2-Clause */
/* An error's answer carries the request, which need not be kept to be named. */
#include "daemon/route_failure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/rtnetlink.h>

#include "base/assert.h"
#include "base/str.h"
#include "host/netlink.h"

bool route_failure_is_harmless(uint16_t type, int error)
{
	static const struct {
		uint16_t type;
		int error;
	} harmless[] = {
		{ RTM_NEWROUTE, EEXIST }, { RTM_DELROUTE, ESRCH },
		{ RTM_DELROUTE, ENODEV }, { RTM_DELADDR, EADDRNOTAVAIL },
		{ RTM_DELADDR, ENODEV },  { RTM_NEWRULE, EEXIST },
		{ RTM_DELRULE, ENOENT },
	};

	/* Without promote_secondaries an address of ours is as good. */
	if (type == RTM_NEWLINK)
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		if (harmless[i].type == type && harmless[i].error == error)
			return true;
	}
	return false;
}

static void name_address(struct str *s, const struct nlmsghdr *request)
{
	const struct ifaddrmsg *header = mnl_nlmsg_get_payload(request);
	const struct nlattr *a[IFA_LOCAL + 1] = { 0 };

	netlink_read(request, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "address ");
	str_ipv4(s, ntohl(netlink_u32(a[IFA_LOCAL], 0)));
	str_char(s, '/');
	str_u64(s, header->ifa_prefixlen);
}

static void name_rule(struct str *s, const struct nlmsghdr *request)
{
	const struct nlattr *a[FRA_TABLE + 1] = { 0 };

	netlink_read(request, sizeof(struct fib_rule_hdr),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "rule for table ");
	str_u64(s, netlink_u32(a[FRA_TABLE], 0));
}

static void name_route(struct str *s, const struct nlmsghdr *request)
{
	const struct rtmsg *header = mnl_nlmsg_get_payload(request);
	const struct nlattr *a[RTA_GATEWAY + 1] = { 0 };

	netlink_read(request, sizeof(*header),
		     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	str_text(s, "route ");
	str_ipv4(s, ntohl(netlink_u32(a[RTA_DST], 0)));
	str_char(s, '/');
	str_u64(s, header->rtm_dst_len);
	if (a[RTA_GATEWAY]) {
		str_text(s, " via ");
		str_ipv4(s, ntohl(netlink_u32(a[RTA_GATEWAY], 0)));
	}
}

/* The kernel's own words, in parentheses, if it has any. */
static void name_reason(struct str *s, const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(answer);
	const struct nlattr *a[NLMSGERR_ATTR_MSG + 1] = { 0 };
	size_t size = mnl_nlmsg_get_payload_len(answer);
	size_t offset = sizeof(*error);

	if (!(answer->nlmsg_flags & NLM_F_CAPPED))
		offset += NLMSG_ALIGN(error->msg.nlmsg_len) - NLMSG_HDRLEN;
	if (!(answer->nlmsg_flags & NLM_F_ACK_TLVS) || offset >= size)
		return;
	netlink_read_payload((const char *)error + offset, size - offset,
			     (struct netlink_attributes){ a, ARRAY_SIZE(a) - 1 });
	if (!a[NLMSGERR_ATTR_MSG] ||
	    mnl_attr_validate(a[NLMSGERR_ATTR_MSG], MNL_TYPE_NUL_STRING) < 0)
		return;
	str_text(s, " (");
	str_text(s, mnl_attr_get_str(a[NLMSGERR_ATTR_MSG]));
	str_char(s, ')');
}

void route_failure_name(struct str *s, const struct nlmsghdr *answer)
{
	const struct nlmsgerr *error = mnl_nlmsg_get_payload(answer);

	if (answer->nlmsg_flags & NLM_F_CAPPED ||
	    error->msg.nlmsg_len < NLMSG_HDRLEN ||
	    mnl_nlmsg_get_payload_len(answer) <
		    sizeof(*error) - NLMSG_HDRLEN + error->msg.nlmsg_len)
		str_text(s, "configuration");
	else if (error->msg.nlmsg_type == RTM_NEWADDR ||
		 error->msg.nlmsg_type == RTM_DELADDR)
		name_address(s, &error->msg);
	else if (error->msg.nlmsg_type == RTM_NEWRULE ||
		 error->msg.nlmsg_type == RTM_DELRULE)
		name_rule(s, &error->msg);
	else
		name_route(s, &error->msg);
	name_reason(s, answer);
}
