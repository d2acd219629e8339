/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What ends a command, and how, is a row of a table: the notices of the core
 * decide, and reaching STOPPED does.
 */
#include "daemon/control_command.h"

#include "base/assert.h"
#include "base/str.h"
#include "daemon/audit.h"
#include "daemon/report.h"
#include "daemon/report_audit.h"

/* ---- verdicts ---------------------------------------------------------- */

enum verdict {
	VERDICT_OPEN,	 /* not decided yet */
	VERDICT_GRANTED, /* done if the kernel has the address; else open */
	VERDICT_DONE,
	VERDICT_GONE,
	VERDICT_REMOVED,
	VERDICT_STOPPED,
	VERDICT_NOT_LEASED,
	VERDICT_BOOTP,
	VERDICT_REFUSED,
	VERDICT_LEASE_LOST,
	VERDICT_NOT_CONFIGURED,
	VERDICT_TIMEOUT,
	VERDICT_ENDED,
};

/* What a person is told says what to do next, or that nothing need be done. */
static const struct {
	const char *error, *message;
} failures[] = {
	[VERDICT_GONE] = {
		CONTROL_ERROR("NoSuchInterface"),
		"removed; a lease is asked for when it is back",
	},
	[VERDICT_REMOVED] = { CONTROL_ERROR("NoSuchInterface"),
			      "not managed any more" },
	[VERDICT_STOPPED] = {
		CONTROL_ERROR("Stopped"),
		"stopped; 'tenurectl start' makes it ask for a lease again",
	},
	[VERDICT_NOT_LEASED] = {
		CONTROL_ERROR("NotLeased"),
		"holds no lease, nothing to renew; one is being asked for",
	},
	[VERDICT_BOOTP] = {
		CONTROL_ERROR("NotLeased"),
		"has its address by BOOTP for ever, nothing to renew",
	},
	[VERDICT_REFUSED] = {
		CONTROL_ERROR("Refused"),
		"a server refused the address (NAK); another lease is being"
		" asked for",
	},
	[VERDICT_LEASE_LOST] = {
		CONTROL_ERROR("LeaseLost"),
		"the lease ended before an answer came; another one is being"
		" asked for",
	},
	[VERDICT_NOT_CONFIGURED] = {
		CONTROL_ERROR("NotConfigured"),
		"leased, but the kernel refused the address or a route;"
		" 'tenurectl status' says why, and it is tried again",
	},
	[VERDICT_TIMEOUT] = {
		CONTROL_ERROR("Timeout"),
		"no answer in time, but it goes on trying: ",
	},
	[VERDICT_ENDED] = {
		CONTROL_ERROR("Ended"),
		"the daemon is ending; start it again first",
	},
};

/* What is missing yet, for a command that timed out in a state. */
static const char *const lacking[] = {
	[DHCP4_STATE_STOPPED] = "stopped",
	[DHCP4_STATE_INIT] = "no OFFER; is there a server?",
	[DHCP4_STATE_SELECTING] = "no OFFER; is there a server?",
	[DHCP4_STATE_REQUESTING] = "no ACK; does the server still answer?",
	[DHCP4_STATE_INIT_REBOOT] = "no ACK; does the server still answer?",
	[DHCP4_STATE_REBOOTING] = "no ACK; does the server still answer?",
	[DHCP4_STATE_PROBING] = "the address is still being checked",
	[DHCP4_STATE_BOUND] = "the kernel has not confirmed the address",
	[DHCP4_STATE_RENEWING] = "no ACK; does the server still answer?",
	[DHCP4_STATE_REBINDING] = "no ACK; is there a server?",
	[DHCP4_STATE_INFORMING] = "no ACK; is there a server?",
	[DHCP4_STATE_V6ONLY_WAIT] = "the network prefers IPv6 alone",
};
_Static_assert(ARRAY_SIZE(lacking) == DHCP4_STATE_COUNT, "words for each");

static void fail(struct varlink_peer *peer, enum verdict verdict,
		 const struct managed *managed)
{
	char message[160];
	struct str s = str_over(message, sizeof(message));

	str_text(&s, failures[verdict].message);
	if (verdict == VERDICT_TIMEOUT)
		str_text(&s, managed->iface.client->carrier
				     ? lacking[managed->iface.client->state]
				     : "no carrier; is the link connected?");
	control_fail(peer, failures[verdict].error, managed->iface.name, message);
}

/* ---- commands ---------------------------------------------------------- */

struct control_command {
	void (*act)(struct iface *, nsec now);

	/* Decides before anything is done, or leaves it open. */
	enum verdict (*before)(const struct dhcp4_client *);

	/* What it means to be in STOPPED after that. */
	enum verdict on_stopped;

	/* What each notice means; those that are not named decide nothing. */
	enum verdict on[DHCP4_NOTICE_KINDS];

	bool gives_up_lease; /* the answer shows the lease as it was before */
};

static enum verdict before_renewal(const struct dhcp4_client *client)
{
	if (client->state == DHCP4_STATE_STOPPED)
		return VERDICT_STOPPED;
	/* It ends a pause, and what comes of that is seen. */
	if (client->carrier && (client->state == DHCP4_STATE_INIT ||
				client->state == DHCP4_STATE_V6ONLY_WAIT))
		return VERDICT_OPEN;
	if (client->tenure != DHCP4_TENURE_HELD)
		return VERDICT_NOT_LEASED;
	if (lease_is_bootp(&client->lease))
		return VERDICT_BOOTP;
	return VERDICT_OPEN;
}

/* The server has answered, and is not to be asked again. */
static bool is_informed(const struct dhcp4_client *client)
{
	return client->state == DHCP4_STATE_INFORMING && client->carrier &&
	       client->send_at == NSEC_NEVER &&
	       client->retransmit_at == NSEC_NEVER;
}

static enum verdict before_start(const struct dhcp4_client *client)
{
	bool leased = client->state == DHCP4_STATE_BOUND ||
		      client->state == DHCP4_STATE_RENEWING ||
		      client->state == DHCP4_STATE_REBINDING;

	return (leased && client->configured) || is_informed(client)
		       ? VERDICT_DONE
		       : VERDICT_OPEN;
}

static enum verdict before_stop(const struct dhcp4_client *client)
{
	(void)client;
	return VERDICT_OPEN;
}

static void start(struct iface *iface, nsec now)
{
	if (iface->client->state == DHCP4_STATE_STOPPED)
		iface_start(iface, now);
}

static void stop(struct iface *iface, nsec now)
{
	iface_stop(iface, false, now);
}

static void release(struct iface *iface, nsec now)
{
	iface_stop(iface, true, now);
}

/* They differ in what is asked; what comes of it is the same. */
#define RENEWAL(ask) \
	{ \
		.act = (ask), .before = before_renewal, \
		.on_stopped = VERDICT_STOPPED, \
		.on = { \
			[DHCP4_NOTICE_ACK] = VERDICT_DONE, \
			[DHCP4_NOTICE_NAK] = VERDICT_REFUSED, \
			[DHCP4_NOTICE_LOST] = VERDICT_LEASE_LOST, \
			[DHCP4_NOTICE_V6ONLY] = VERDICT_NOT_LEASED, \
		}, \
	}

const struct control_command control_renew = RENEWAL(iface_renew);
const struct control_command control_accept = RENEWAL(iface_accept);
const struct control_command control_rebind = RENEWAL(iface_rebind);

const struct control_command control_release = {
	.act = release,
	.before = before_stop,
	.on_stopped = VERDICT_DONE,
	.gives_up_lease = true,
};

const struct control_command control_stop = {
	.act = stop,
	.before = before_stop,
	.on_stopped = VERDICT_DONE,
};

const struct control_command control_start = {
	.act = start,
	.before = before_start,
	.on_stopped = VERDICT_STOPPED,
	.on = {
		[DHCP4_NOTICE_ACK] = VERDICT_GRANTED,
		[DHCP4_NOTICE_READY] = VERDICT_DONE,
		[DHCP4_NOTICE_INFORMED] = VERDICT_DONE,
		[DHCP4_NOTICE_CONFIGURE_FAILED] = VERDICT_NOT_CONFIGURED,
	},
};

/* Its end is that of the wait: what was heard until then is the answer. */
static const struct control_command audit_command = {
	.on_stopped = VERDICT_OPEN,
};

void control_await_audit(struct varlink_peer *peer, struct managed *managed,
			 nsec deadline)
{
	peer->wait = (struct control_wait){ .command = &audit_command,
					    .managed = managed,
					    .deadline = deadline };
}

void control_forget(struct varlink_peer *peer)
{
	if (peer->wait.command == &audit_command)
		audit_end(peer->wait.managed);
	json_decref(peer->wait.lease);
	peer->wait = (struct control_wait){ 0 };
}

/* Answers the peer that waits, unless the verdict is open. */
static void settle(struct varlink_peer *peer, enum verdict verdict, nsec now)
{
	const struct control_wait *wait = &peer->wait;
	const struct managed *managed = wait->managed;

	if (verdict == VERDICT_GRANTED && managed->iface.client->configured)
		verdict = VERDICT_DONE;
	if (verdict == VERDICT_OPEN || verdict == VERDICT_GRANTED)
		return;
	if (verdict != VERDICT_DONE)
		fail(peer, verdict, managed);
	else if (wait->command->gives_up_lease)
		varlink_reply(peer, json_pack("{s:O}", "lease", wait->lease));
	else
		varlink_reply(peer,
			      json_pack("{s:o}", "lease",
					report_lease_of(managed, now, true)));
	control_forget(peer);
}

void control_notice(struct varlink_peer *peer, const struct managed *managed,
		    const struct dhcp4_notice *notice, nsec now)
{
	const struct control_command *command = peer->wait.command;

	if (!command || peer->wait.managed != managed)
		return;
	if (notice->kind == DHCP4_NOTICE_TRANSITION) {
		if (notice->to == DHCP4_STATE_STOPPED)
			settle(peer, command->on_stopped, now);
	} else if (notice->kind < ARRAY_SIZE(command->on) &&
		   notice->loss != DHCP4_LOSS_REPLACED) {
		/* Replaced is lost and granted in one: the ACK decides. */
		settle(peer, command->on[notice->kind], now);
	}
}

void control_removed(struct varlink_peer *peer, nsec now)
{
	settle(peer, VERDICT_REMOVED, now);
}

void control_timeout(struct varlink_peer *peer, nsec now)
{
	if (peer->wait.command == &audit_command) {
		varlink_reply(peer,
			      report_audit(audit_result(peer->wait.managed)));
		control_forget(peer);
	} else if (peer->wait.command) {
		settle(peer, VERDICT_TIMEOUT, now);
	}
}

void control_end(struct varlink_peer *peer, nsec now)
{
	if (peer->wait.command)
		settle(peer, VERDICT_ENDED, now);
}

/*
 * The wait is there before the deed, since its notices come while it is done; a
 * call that wants no reply is done with at once.
 */
void control_command(struct varlink_peer *peer,
		     const struct varlink_method *method,
		     const json_t *parameters, nsec now)
{
	const struct control_command *row = method->command;
	json_int_t wait_s = CONTROL_WAIT_DEFAULT_S;
	struct managed *managed;
	const char *name;
	enum verdict verdict;

	if (!varlink_take_text(peer, parameters, "interface", false, &name) ||
	    !varlink_take_int(peer, parameters, "waitSeconds",
			      CONTROL_WAIT_MAX_S, &wait_s))
		return;
	managed = control_find(peer, name);
	if (!managed)
		return;
	if (managed->link.gone) {
		fail(peer, VERDICT_GONE, managed);
		return;
	}
	peer->wait = (struct control_wait){
		.command = row,
		.managed = managed,
		.deadline = nsec_add(now, (nsec)wait_s * NSEC_PER_S),
		.lease = row->gives_up_lease ? report_lease_of(managed, now, true)
					     : NULL,
	};
	verdict = row->before(managed->iface.client);
	settle(peer, verdict, now);
	if (verdict != VERDICT_OPEN)
		return;
	row->act(&managed->iface, now);
	if (!peer->wait.command)
		return;
	if (managed->iface.client->state == DHCP4_STATE_STOPPED)
		settle(peer, row->on_stopped, now);
	else if (peer->oneway)
		control_forget(peer);
}

void control_await_start(struct varlink_peer *peer, struct managed *managed,
			 json_int_t wait_s, nsec now)
{
	if (peer->oneway)
		return;
	peer->wait = (struct control_wait){
		.command = &control_start,
		.managed = managed,
		.deadline = nsec_add(now, (nsec)wait_s * NSEC_PER_S),
	};
	/* It was added before, and stopped since: that is nobody's to undo here. */
	if (managed->iface.client->state == DHCP4_STATE_STOPPED)
		settle(peer, VERDICT_STOPPED, now);
	else
		settle(peer, before_start(managed->iface.client), now);
}
