/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Status, commands and recordings. What ends a command, and how, is a row of a
 * table: the notices of the core decide, and reaching STOPPED does.
 */
#include "daemon/control.h"

#include "base/assert.h"
#include "base/str.h"
#include "daemon/audit.h"
#include "daemon/control_servers.h"
#include "daemon/report.h"
#include "daemon/report_audit.h"
#include "daemon/varlink.h"

#define CLIENT "org.tenured.Client"

/* ---- verdicts ---------------------------------------------------------- */

enum verdict {
	VERDICT_OPEN,	 /* not decided yet */
	VERDICT_GRANTED, /* done if the kernel has the address; else open */
	VERDICT_DONE,
	VERDICT_NO_SUCH_INTERFACE,
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
	VERDICT_NOT_RECORDED,
};

/* What a person is told says what to do next, or that nothing need be done. */
static const struct {
	const char *error, *message;
} failures[] = {
	[VERDICT_NO_SUCH_INTERFACE] = {
		CLIENT ".NoSuchInterface",
		"not managed; 'tenurectl status' lists what is",
	},
	[VERDICT_GONE] = {
		CLIENT ".NoSuchInterface",
		"removed; a lease is asked for when it is back",
	},
	[VERDICT_REMOVED] = { CLIENT ".NoSuchInterface", "not managed any more" },
	[VERDICT_STOPPED] = {
		CLIENT ".Stopped",
		"stopped; 'tenurectl start' makes it ask for a lease again",
	},
	[VERDICT_NOT_LEASED] = {
		CLIENT ".NotLeased",
		"holds no lease, nothing to renew; one is being asked for",
	},
	[VERDICT_BOOTP] = {
		CLIENT ".NotLeased",
		"has its address by BOOTP for ever, nothing to renew",
	},
	[VERDICT_REFUSED] = {
		CLIENT ".Refused",
		"a server refused the address (NAK); another lease is being"
		" asked for",
	},
	[VERDICT_LEASE_LOST] = {
		CLIENT ".LeaseLost",
		"the lease ended before an answer came; another one is being"
		" asked for",
	},
	[VERDICT_NOT_CONFIGURED] = {
		CLIENT ".NotConfigured",
		"leased, but the kernel refused the address or a route;"
		" 'tenurectl status' says why, and it is tried again",
	},
	[VERDICT_TIMEOUT] = {
		CLIENT ".Timeout",
		"no answer in time, but it goes on trying: ",
	},
	[VERDICT_ENDED] = {
		CLIENT ".Ended",
		"the daemon is ending; start it again first",
	},
	[VERDICT_NOT_RECORDED] = {
		CLIENT ".NotRecorded",
		"nothing is recorded, since record-size is 0 or there was no"
		" memory; set it, and restart tenured",
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
		 const char *interface, const struct managed *managed)
{
	char message[160];
	struct str s = str_over(message, sizeof(message));

	str_text(&s, failures[verdict].message);
	if (verdict == VERDICT_TIMEOUT)
		str_text(&s, managed->iface.client.carrier
				     ? lacking[managed->iface.client.state]
				     : "no carrier; is the link connected?");
	varlink_error(peer, failures[verdict].error,
		      json_pack("{s:s, s:s}", "interface", interface, "message",
				message));
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

static enum verdict before_start(const struct dhcp4_client *client)
{
	bool leased = client->state == DHCP4_STATE_BOUND ||
		      client->state == DHCP4_STATE_RENEWING ||
		      client->state == DHCP4_STATE_REBINDING;

	return leased && client->configured ? VERDICT_DONE : VERDICT_OPEN;
}

static enum verdict before_stop(const struct dhcp4_client *client)
{
	(void)client;
	return VERDICT_OPEN;
}

static void start(struct iface *iface, nsec now)
{
	if (iface->client.state == DHCP4_STATE_STOPPED)
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

static const struct control_command renew_command = RENEWAL(iface_renew);
static const struct control_command accept_command = RENEWAL(iface_accept);
static const struct control_command rebind_command = RENEWAL(iface_rebind);

static const struct control_command release_command = {
	.act = release,
	.before = before_stop,
	.on_stopped = VERDICT_DONE,
	.gives_up_lease = true,
};

static const struct control_command stop_command = {
	.act = stop,
	.before = before_stop,
	.on_stopped = VERDICT_DONE,
};

static const struct control_command start_command = {
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

/* The lease that is held or granted, or null; all of it: commands are not for all. */
static json_t *lease_now(const struct managed *managed, nsec now)
{
	const struct dhcp4_client *client = &managed->iface.client;

	if (client->tenure != DHCP4_TENURE_HELD &&
	    client->tenure != DHCP4_TENURE_GRANTED)
		return json_null();
	return report_lease(&client->lease, &managed->settings->route_policy,
			    now, true);
}

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

	if (verdict == VERDICT_GRANTED && managed->iface.client.configured)
		verdict = VERDICT_DONE;
	if (verdict == VERDICT_OPEN || verdict == VERDICT_GRANTED)
		return;
	if (verdict != VERDICT_DONE)
		fail(peer, verdict, managed->iface.name, managed);
	else if (wait->command->gives_up_lease)
		varlink_reply(peer, json_pack("{s:O}", "lease", wait->lease));
	else
		varlink_reply(peer, json_pack("{s:o}", "lease",
					      lease_now(managed, now)));
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

/* ---- methods ----------------------------------------------------------- */

struct managed *control_find(struct varlink_peer *peer, const char *name)
{
	struct managed *managed = daemon_find(peer->daemon, name);

	if (managed)
		return managed;
	fail(peer, VERDICT_NO_SUCH_INTERFACE, name, NULL);
	return NULL;
}

static void status(struct varlink_peer *peer, const struct varlink_method *method,
		   const json_t *parameters, nsec now)
{
	const struct managed *only = NULL;
	const char *name = NULL;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", true, &name))
		return;
	if (name) {
		only = control_find(peer, name);
		if (!only)
			return;
	}
	varlink_reply(peer,
		      report_daemon(peer->daemon, only, now, peer->may_control));
}

static void record(struct varlink_peer *peer, const struct varlink_method *method,
		   const json_t *parameters, nsec now)
{
	const struct managed *managed;
	const char *name;

	(void)method;
	if (!varlink_take_text(peer, parameters, "interface", false, &name))
		return;
	managed = control_find(peer, name);
	if (!managed)
		return;
	if (managed->iface.host->recorder)
		varlink_reply(peer, report_recording(managed, now));
	else
		fail(peer, VERDICT_NOT_RECORDED, name, NULL);
}

/*
 * The wait is there before the deed, since its notices come while it is done; a
 * call that wants no reply is done with at once.
 */
static void command(struct varlink_peer *peer,
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
		fail(peer, VERDICT_GONE, name, NULL);
		return;
	}
	peer->wait = (struct control_wait){
		.command = row,
		.managed = managed,
		.deadline = nsec_add(now, (nsec)wait_s * NSEC_PER_S),
		.lease = row->gives_up_lease ? lease_now(managed, now) : NULL,
	};
	verdict = row->before(&managed->iface.client);
	settle(peer, verdict, now);
	if (verdict != VERDICT_OPEN)
		return;
	row->act(&managed->iface, now);
	if (!peer->wait.command)
		return;
	if (managed->iface.client.state == DHCP4_STATE_STOPPED)
		settle(peer, row->on_stopped, now);
	else if (peer->oneway)
		control_forget(peer);
}

static const char description[] =
	"# What an instance of tenured(8) leases by DHCP, and commands to it.\n"
	"# Status is open to all; commands and recordings are for root, and for\n"
	"# the user who started the daemon.\n"
	"interface org.tenured.Client\n"
	"\n"
	"# A route of a lease; without a gateway it leads to the link itself.\n"
	"type Route (\n"
	"  destination: string,\n"
	"  gateway: ?string\n"
	")\n"
	"\n"
	"# A rule that parts of a lease break, which are not used therefore: how\n"
	"# many, and the first one's destination or address.\n"
	"type Flaw (\n"
	"  rule: string,\n"
	"  count: int,\n"
	"  first: string\n"
	")\n"
	"\n"
	"# An option of a lease. name: of the IANA registry; null: unknown. value:\n"
	"# what it means, in any type of JSON; records are objects, what has a code\n"
	"# of its own is {code, name, value}, octets without a meaning {hex}. raw:\n"
	"# all octets in hex. Hex is null for those who may not give commands.\n"
	"type Option (\n"
	"  code: int,\n"
	"  name: ?string,\n"
	"  value: ?object,\n"
	"  raw: ?string\n"
	")\n"
	"\n"
	"# Seconds count from now, but for seconds, which is what was granted;\n"
	"# null: for ever. No server: it is one of BOOTP. hostName is option 81's,\n"
	"# else 12's; search 119's, else 15's; timezone 101's, else 100's. No\n"
	"# captivePortal: the server names none, or says that there is none.\n"
	"type Lease (\n"
	"  address: string,\n"
	"  prefixLength: int,\n"
	"  server: ?string,\n"
	"  seconds: ?int,\n"
	"  renewInSeconds: ?int,\n"
	"  rebindInSeconds: ?int,\n"
	"  expiresInSeconds: ?int,\n"
	"  routes: []Route,\n"
	"  dnsServers: []string,\n"
	"  flaws: []Flaw,\n"
	"  hostName: ?string,\n"
	"  domainName: ?string,\n"
	"  search: []string,\n"
	"  timezone: ?string,\n"
	"  captivePortal: ?string,\n"
	"  options: []Option,\n"
	"  authentication: (none, token, delayed)\n"
	")\n"
	"\n"
	"# A route of the lease, or its subnet, that lies in a route of another\n"
	"# interface, and takes its traffic unless it is refused. interface is null\n"
	"# once that one is gone.\n"
	"type Overlap (\n"
	"  route: string,\n"
	"  interface: ?string,\n"
	"  of: string,\n"
	"  refused: bool\n"
	")\n"
	"\n"
	"# An address besides a lease: static or link-local. It is waiting while\n"
	"# there is no need of it, probing, not used for a conflict, configuring, or\n"
	"# used; the address is there in the last two.\n"
	"type Fallback (\n"
	"  kind: (static, link_local),\n"
	"  state: (waiting, probing, conflict, configuring, used),\n"
	"  address: ?string,\n"
	"  prefixLength: int\n"
	")\n"
	"\n"
	"# By INFORM: an address that is there by other means, and what a server said\n"
	"# about it; no server: none has answered yet, or it did not name itself.\n"
	"type Informed (\n"
	"  address: string,\n"
	"  server: ?string,\n"
	"  dnsServers: []string\n"
	")\n"
	"\n"
	"# A server that granted a lease in a network, which is known by a name or\n"
	"# by its router; no server: it did not name itself.\n"
	"type KnownServer (\n"
	"  server: ?string,\n"
	"  hardwareAddress: ?string,\n"
	"  network: ?string,\n"
	"  router: ?string\n"
	")\n"
	"\n"
	"# Another program that manages the interface: too, with --force; or instead,\n"
	"# if it is not present.\n"
	"type Rival (\n"
	"  name: string,\n"
	"  pid: int\n"
	")\n"
	"\n"
	"# state is a state of RFC 2131, or STOPPED, PROBING, INFORMING or\n"
	"# V6ONLY-WAIT (RFC 8925), which ends after ipv6OnlySeconds. tenure\n"
	"# tells what may be done with the lease: a remembered one is asked for, a\n"
	"# granted one is to be checked first, only a held one is used. ready: the\n"
	"# kernel has its address and routes. Octets are hex with colons. iaid\n"
	"# and duid are what the client id was made of, where it was.\n"
	"# authentication is what is set here, and of a lease what its last ACK\n"
	"# had; forceRenew: a FORCERENEW that came now could be authenticated.\n"
	"# missing: what of it others removed from the kernel, or replaced.\n"
	"# portOf: the bridge or bond that it belongs to; it is not served then.\n"
	"# The counters are those that counted something. heldChanges: names of\n"
	"# options that the last renewal would have changed, and Accept will.\n"
	"# knownServers is null for those who may not give commands.\n"
	"type Interface (\n"
	"  name: string,\n"
	"  index: int,\n"
	"  present: bool,\n"
	"  carrier: bool,\n"
	"  state: string,\n"
	"  stateSeconds: int,\n"
	"  ipv6OnlySeconds: ?int,\n"
	"  tenure: (none, remembered, granted, held),\n"
	"  ready: bool,\n"
	"  hardwareAddress: ?string,\n"
	"  clientId: ?string,\n"
	"  iaid: ?int,\n"
	"  duid: ?string,\n"
	"  authentication: (none, token, delayed),\n"
	"  forceRenew: bool,\n"
	"  network: ?string,\n"
	"  lastError: ?string,\n"
	"  rival: ?Rival,\n"
	"  lease: ?Lease,\n"
	"  overlaps: []Overlap,\n"
	"  fallback: ?Fallback,\n"
	"  informed: ?Informed,\n"
	"  sent: [string]int,\n"
	"  received: [string]int,\n"
	"  rejected: [string]int,\n"
	"  missing: []string,\n"
	"  portOf: ?string,\n"
	"  serverPin: (off, learn, strict),\n"
	"  knownServers: ?[]KnownServer,\n"
	"  heldChanges: []string\n"
	")\n"
	"\n"
	"# What the daemon gave up, and why a layer does not hold.\n"
	"type Layer (\n"
	"  name: string,\n"
	"  active: bool,\n"
	"  reason: ?string\n"
	")\n"
	"\n"
	"# What runs for a lease, see tenured-hooks(7), and why it does not.\n"
	"type Hooks (\n"
	"  state: (none, unavailable, running, separate, dead),\n"
	"  reason: ?string\n"
	")\n"
	"\n"
	"# The daemon, with one interface or with all that it manages.\n"
	"method Status(interface: ?string) -> (\n"
	"  version: string,\n"
	"  pid: int,\n"
	"  sandbox: []Layer,\n"
	"  interfaces: []Interface,\n"
	"  hooks: Hooks\n"
	")\n"
	"\n"
	"# All commands answer when their outcome is known, or with Timeout after\n"
	"# waitSeconds, 0 to 86400 (30 when it is absent). Whoever hangs up cancels\n"
	"# the wait, not the work.\n"
	"\n"
	"# Asks the server for a longer lease, now; answers with the new one.\n"
	"method Renew(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# The same, and what renew-changes holds back is applied with the answer.\n"
	"method Accept(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# The same by broadcast, of any server.\n"
	"method Rebind(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# Gives the lease back, removes the address, stops; answers with the\n"
	"# lease that was.\n"
	"method Release(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# Stops; address and lease stay to their expiry.\n"
	"method Stop(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# Asks for a lease after a stop; answers when the address can be used.\n"
	"method Start(interface: string, waitSeconds: ?int) -> (lease: ?Lease)\n"
	"\n"
	"# What the flight recorder holds of an interface, for tenured-replay(1):\n"
	"# a file, in hex; the events in it, and how long ago the first one was.\n"
	"method Record(interface: string) -> (\n"
	"  recording: string,\n"
	"  events: int,\n"
	"  seconds: int\n"
	")\n"
	"\n"
	"# Tells which network the link leads to, such as an SSID: 1 to 64 octets,\n"
	"# as printable ASCII without a colon, or in hex with colons. The same as\n"
	"# before: the lease is confirmed. Another one: the lease is given up, and\n"
	"# the stored one of that network is asked for. Waits for no outcome.\n"
	"method SetNetwork(interface: string, network: string) -> ()\n"
	"\n"
	"# No server of the interface's networks is known any more; the next one that\n"
	"# grants a lease is remembered.\n"
	"method ForgetServers(interface: string) -> ()\n"
	"\n"
	"# A rule that an answer breaks; text is for people.\n"
	"type Broken (rule: string, text: string)\n"
	"\n"
	"# A server that answered: option 54, where its packet came from, by whom it\n"
	"# was relayed, what its first message was, and how many there were.\n"
	"type Answer (\n"
	"  server: ?string,\n"
	"  hardwareAddress: ?string,\n"
	"  source: string,\n"
	"  relay: ?string,\n"
	"  message: string,\n"
	"  messages: int,\n"
	"  address: ?string,\n"
	"  options: []Option,\n"
	"  broken: []Broken\n"
	")\n"
	"\n"
	"# Sends one DISCOVER beside whatever the interface does, and answers after\n"
	"# waitSeconds, 0 to 60 (3 when it is absent), with all who answered it;\n"
	"# leftOut: messages of more servers than 16; unreadable: packets that are\n"
	"# no message for us. Nothing that is offered is taken.\n"
	"method Audit(interface: string, waitSeconds: ?int) -> (\n"
	"  answers: []Answer,\n"
	"  leftOut: int,\n"
	"  unreadable: int\n"
	")\n"
	"\n"
	"# message is for people. The daemon does not manage the interface.\n"
	"error NoSuchInterface (interface: string, message: string)\n"
	"\n"
	"# It was stopped; Start comes first.\n"
	"error Stopped (interface: string, message: string)\n"
	"\n"
	"# There is nothing to renew.\n"
	"error NotLeased (interface: string, message: string)\n"
	"\n"
	"# A server said NAK.\n"
	"error Refused (interface: string, message: string)\n"
	"\n"
	"# The lease ended for another reason.\n"
	"error LeaseLost (interface: string, message: string)\n"
	"\n"
	"# The kernel refused what was leased; it is tried again.\n"
	"error NotConfigured (interface: string, message: string)\n"
	"\n"
	"# The caller's wait is over; the work goes on.\n"
	"error Timeout (interface: string, message: string)\n"
	"\n"
	"# The daemon is ending.\n"
	"error Ended (interface: string, message: string)\n"
	"\n"
	"# There is no recorder.\n"
	"error NotRecorded (interface: string, message: string)\n"
	"\n"
	"# There is no carrier, another audit, or no way to send.\n"
	"error NotAudited (interface: string, message: string)\n"
	"\n"
	"# Servers are not remembered.\n"
	"error NotPinned (interface: string, message: string)\n";

static const struct varlink_method methods[] = {
	{ "Status", true, status, NULL },
	{ "Renew", false, command, &renew_command },
	{ "Rebind", false, command, &rebind_command },
	{ "Release", false, command, &release_command },
	{ "Stop", false, command, &stop_command },
	{ "Start", false, command, &start_command },
	{ "Record", false, record, NULL },
	{ "SetNetwork", false, control_set_network, NULL },
	{ "Accept", false, command, &accept_command },
	{ "ForgetServers", false, control_forget_servers, NULL },
	{ "Audit", false, control_audit, NULL },
};

const struct varlink_interface control_interface = { CLIENT, description, methods,
						     ARRAY_SIZE(methods) };
