/* SPDX-License-Identifier: BSD-2-Clause */
/* Audits to JSON; see report.c for what cannot be made. */
#include "daemon/report_audit.h"

#include "base/str.h"
#include "core/names.h"
#include "lease/report_leaf.h"
#include "lease/report_options.h"

/* What a flaw is, and what has it. */
static json_t *flaw(enum flaw kind, struct ipv4_prefix first)
{
	char text[160];
	struct str s = str_over(text, sizeof(text));

	str_text(&s, flaw_text(kind));
	str_text(&s, ": ");
	str_ipv4(&s, first.address);
	str_char(&s, '/');
	str_u64(&s, first.length);
	return json_pack("{s:s, s:s}", "rule", flaw_name(kind), "text", text);
}

static json_t *broken(const struct audit_answer *a)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < AUDIT_RULE_COUNT; i++) {
		enum audit_rule rule = (enum audit_rule)i;

		if (a->broken >> i & 1)
			report_append(&list,
				      json_pack("{s:s, s:s}", "rule",
						audit_rule_name(rule), "text",
						audit_rule_text(rule)));
	}
	for (unsigned i = 0; i < FLAW_COUNT; i++) {
		if (a->flaws.of[i].count)
			report_append(&list,
				      flaw((enum flaw)i, a->flaws.of[i].first));
	}
	return list;
}

static json_t *answer(const struct audit_answer *a)
{
	char source[sizeof("255.255.255.255")];
	struct str s = str_over(source, sizeof(source));

	str_ipv4(&s, a->source);
	return json_pack(
		"{s:o, s:o, s:s, s:o, s:s, s:i, s:o, s:o, s:o}", "server",
		report_ipv4_or_null(a->server.id), "hardwareAddress",
		report_hex(a->server.hw.bytes, a->server.hw.size), "source",
		source, "relay", report_ipv4_or_null(a->relay), "message",
		dhcp4_type_name(a->type), "messages", (int)a->messages,
		"address", report_ipv4_or_null(a->address), "options",
		report_options(&a->options, true), "broken", broken(a));
}

json_t *report_audit(const struct audit *audit)
{
	json_t *answers = json_array();

	for (unsigned i = 0; i < audit->count; i++)
		report_append(&answers, answer(&audit->answers[i]));
	return json_pack("{s:o, s:i, s:i}", "answers", answers, "leftOut",
			 (int)audit->left_out, "unreadable",
			 (int)audit->unreadable);
}
