/* SPDX-License-Identifier: BSD-2-Clause */
/* Requests and replies in words, for logs. */
#include "core/names.h"
#include "server/server.h"

static void describe_address(struct str *s, const char *name, ipv4_addr address)
{
	if (!address)
		return;
	str_text(s, name);
	str_ipv4(s, address);
}

void server_describe_request(struct str *s, const struct server_request *request)
{
	static const char *const variants[DHCP4_REQUEST_COUNT] = {
		[DHCP4_REQUEST_SELECTING] = " selecting",
		[DHCP4_REQUEST_REBOOTING] = " init-reboot",
		[DHCP4_REQUEST_RENEWING] = " renewing",
		[DHCP4_REQUEST_REBINDING] = " rebinding",
	};
	const char *variant = variants[request->kind];
	ipv4_addr ciaddr = request->message.header.ciaddr;

	str_text(s, dhcp4_type_name(request->message.type));
	str_text(s, variant ? variant : "");
	describe_address(s, ciaddr ? " ciaddr " : " requested ",
			 request->address);
	str_text(s, request->destination == IPV4_BROADCAST ? " broadcast"
							   : " unicast");
}

static void describe_packet(struct str *s, const struct server_packet *packet)
{
	str_text(s, dhcp4_type_name(packet->type));
	describe_address(s, " yiaddr ", packet->yiaddr);
	str_text(s, packet->destination_hw.size ? " unicast" : " broadcast");
}

void server_describe_reply(struct str *s, const struct server_exchange *exchange)
{
	if (!exchange->packet.copies) {
		str_text(s, "nothing");
		return;
	}
	describe_packet(s, &exchange->packet);
	if (exchange->second.copies) {
		str_text(s, " and ");
		describe_packet(s, &exchange->second);
	}
}
