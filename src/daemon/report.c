/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * State to JSON. What cannot be made is NULL, and so becomes, and stays, each
 * object or list it was to be put into: nothing is told by halves.
 */
#include "daemon/report.h"

#include <config.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/linklocal.h"
#include "core/names.h"
#include "daemon/report_counters.h"
#include "daemon/report_servers.h"
#include "daemon/shadow.h"
#include "daemon/upkeep.h"
#include "daemon/wall_clock.h"
#include "lease/report_leaf.h"
#include "lease/report_lease.h"

const struct dhcp4_lease *report_shown_lease(const struct managed *managed)
{
	const struct dhcp4_client *client = managed->iface.client;

	return client->tenure == DHCP4_TENURE_HELD ||
			       client->tenure == DHCP4_TENURE_GRANTED
		       ? &client->lease
		       : NULL;
}

json_t *report_lease_of(const struct managed *managed, nsec now, bool raw)
{
	const struct dhcp4_lease *lease = report_shown_lease(managed);

	return lease ? report_lease(lease, &managed->settings->route_policy,
				    now, raw)
		     : json_null();
}

/* ---- trouble ----------------------------------------------------------- */

/* A row for each notice that tells of trouble: its words, and what ends it. */
static const struct {
	const char *before, *after;
	bool of_server; /* the address between the words is the server's */
	enum dhcp4_notice_kind settled_by;
} troubles[] = {
	[DHCP4_NOTICE_NAK] = {
		"server ", " refused the address (NAK)",
		true, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_SILENT] = {
		"server ", " does not answer",
		true, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_UNCONFIRMED] = {
		"no server confirmed ", ", which is used until its expiry",
		false, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_LOST] = {
		"lost ", ": ",
		false, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_CONFLICT] = {
		"another host uses ", "",
		false, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_NO_ADDRESS] = {
		"server ", " has no address to give",
		true, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_SERVER_REFUSED] = {
		"server ", " is refused: ",
		true, DHCP4_NOTICE_ACK,
	},
	[DHCP4_NOTICE_CONFIGURE_FAILED] = {
		"the kernel refused ", " or its routes: ",
		false, DHCP4_NOTICE_READY,
	},
	[DHCP4_NOTICE_LEFT] = {
		"", " or its routes are removed again and again: left for now",
		false, DHCP4_NOTICE_READY,
	},
};

static bool is_trouble(const struct dhcp4_notice *notice)
{
	if (notice->kind == DHCP4_NOTICE_LOST)
		return notice->loss != DHCP4_LOSS_RELEASED &&
		       notice->loss != DHCP4_LOSS_REPLACED &&
		       notice->loss != DHCP4_LOSS_V6ONLY;
	return notice->kind < ARRAY_SIZE(troubles) &&
	       troubles[notice->kind].before;
}

void report_notice(struct managed *managed, const struct dhcp4_notice *notice)
{
	struct dhcp4_notice *trouble = &managed->trouble;

	if (is_trouble(notice))
		*trouble = *notice;
	else if (is_trouble(trouble) &&
		 troubles[trouble->kind].settled_by == notice->kind)
		*trouble = (struct dhcp4_notice){ 0 };
}

static json_t *rival(const struct rival *who)
{
	json_t *object;

	if (!who->name)
		return json_null();
	object = json_object();
	report_put(&object, "name", json_string(who->name));
	report_put(&object, "pid", json_integer(who->pid));
	return object;
}

static json_t *last_error(const struct dhcp4_notice *trouble)
{
	char text[160];
	struct str s = str_over(text, sizeof(text));

	if (!is_trouble(trouble))
		return json_null();
	str_text(&s, troubles[trouble->kind].before);
	str_ipv4(&s, troubles[trouble->kind].of_server ? trouble->server
						       : trouble->address);
	str_text(&s, troubles[trouble->kind].after);
	if (trouble->kind == DHCP4_NOTICE_LOST)
		str_text(&s, dhcp4_loss_name(trouble->loss));
	if (trouble->kind == DHCP4_NOTICE_SERVER_REFUSED)
		str_text(&s, reject_text(trouble->reject));
	if (trouble->kind == DHCP4_NOTICE_CONFIGURE_FAILED)
		str_text(&s, strerror(trouble->error));
	if (*trouble->text) {
		str_text(&s, ": ");
		str_text(&s, trouble->text);
	}
	return json_string(text);
}

/* ---- interfaces -------------------------------------------------------- */

/* What the fallback is at, in a word. */
static const char *fallback_state(const struct fallback *f)
{
	if (!f->active)
		return "waiting";
	if (!fallback_address(f))
		return f->acd.phase == ACD_PHASE_IDLE ? "conflict" : "probing";
	return f->configured ? "used" : "configuring";
}

static json_t *fallback(const struct iface *iface)
{
	const struct fallback_config *config = &iface->config.fallback;
	const struct fallback *f = &iface->client->fallback;
	bool is_static = config->mode == FALLBACK_MODE_STATIC;
	json_t *object;

	if (dhcp4_fallback_mode(&iface->config) == FALLBACK_MODE_OFF)
		return json_null();
	object = json_object();
	report_put(&object, "kind",
		   json_string(is_static ? "static" : "link_local"));
	report_put(&object, "state", json_string(fallback_state(f)));
	report_put(&object, "address", report_ipv4_or_null(fallback_address(f)));
	report_put(&object, "prefixLength",
		   json_integer(is_static ? config->prefix_length
					  : LINKLOCAL_PREFIX_LENGTH));
	return object;
}

/* What a server said about an address that is there by other means. */
static json_t *informed(const struct iface *iface)
{
	const struct dhcp4_lease *answer = &iface->client->lease;
	const ipv4_addr own = iface->config.inform_address;
	json_t *object;

	if (!iface->config.inform_address)
		return json_null();
	object = json_object();
	report_put(&object, "address", report_ipv4(own));
	report_put(&object, "server", report_ipv4_or_null(answer->server_id));
	report_put(&object, "dnsServers",
		   report_dns_servers((struct lease_terms){
			   .address = own,
			   .options = &answer->options,
			   .local_names = answer->local_names }));
	return object;
}

/* Routes that lie in those of other interfaces. */
static json_t *overlaps(const struct managed *managed)
{
	const struct shadow_view *view = managed->shadow;
	json_t *list = json_array();

	for (unsigned i = 0;
	     managed->installed.state && view && i < view->count; i++) {
		const struct shadow *s = &view->shadows[i];
		char name[IF_NAMESIZE];
		json_t *object;

		if (!s->over)
			continue;
		object = json_object();
		report_put(&object, "route", report_prefix(s->prefix));
		report_put(&object, "interface",
			   if_indextoname((unsigned)s->over, name)
				   ? report_name(name)
				   : json_null());
		report_put(&object, "of", report_prefix(s->over_prefix));
		report_put(&object, "refused", json_boolean(s->left_out));
		report_append(&list, object);
	}
	return list;
}

/*
 * Who the host is to servers, and where it is: null unless all is told. iaid and
 * duid are what a client id of RFC 4361 is made of; null for another one.
 */
static void put_identity(json_t **object, const struct dhcp4_config *config,
			 bool all)
{
	const struct client_id none = { 0 };
	const struct client_id *id = all ? &config->client_id : &none;
	struct duid duid = { 0 };
	uint32_t iaid;
	bool has = client_id_split(id, &iaid, &duid);

	report_put(object, "clientId", report_hex(id->bytes, id->size));
	report_put(object, "iaid", has ? json_integer(iaid) : json_null());
	report_put(object, "duid", report_hex(duid.bytes, duid.size));
	report_put(object, "network",
		   report_hex(config->network.bytes,
			      all ? config->network.size : 0));
}

static void append_text(void *list, const char *text)
{
	report_append(list, json_string(text));
}

/* What others took from the kernel. */
static json_t *missing(const struct managed *managed)
{
	json_t *list = json_array();

	upkeep_list(&managed->installed, append_text, &list);
	upkeep_list(&managed->fallback.installed, append_text, &list);
	return list;
}

static json_t *port_of(const struct managed *managed)
{
	char text[IF_NAMESIZE];

	if (!managed->link.master ||
	    !if_indextoname((unsigned)managed->link.master, text))
		return json_null();
	return report_name(text);
}

json_t *report_interface(const struct managed *managed, nsec now, bool raw)
{
	const struct iface *iface = &managed->iface;
	const struct dhcp4_client *client = iface->client;
	const struct dhcp4_config *config = &iface->config;
	nsec since = nsec_until(client->since_ns, now);
	json_t *object = json_object();

	report_put(&object, "name", report_name(iface->name));
	report_put(&object, "index", json_integer(iface->ifindex));
	report_put(&object, "present", json_boolean(!managed->link.gone));
	report_put(&object, "carrier", json_boolean(client->carrier));
	report_put(&object, "state",
		   json_string(dhcp4_state_name(client->state)));
	report_put(&object, "stateSeconds",
		   json_integer((json_int_t)(since / NSEC_PER_S)));
	report_put(&object, "ipv6OnlySeconds",
		   client->state == DHCP4_STATE_V6ONLY_WAIT
			   ? report_seconds_until(now, client->send_at)
			   : json_null());
	report_put(&object, "tenure",
		   json_string(dhcp4_tenure_name(client->tenure)));
	report_put(&object, "ready", json_boolean(client->configured));
	report_put(&object, "hardwareAddress",
		   report_hex(config->hwaddr.bytes, config->hwaddr.size));
	put_identity(&object, config, raw);
	report_put(&object, "authentication",
		   json_string(dhcp4_auth_name(config->auth)));
	report_put(&object, "conflictDetection",
		   json_string(acd_mode_name(dhcp4_acd_mode(config))));
	report_put(&object, "forceRenew", json_boolean(client->forcible));
	report_put(&object, "lastError", last_error(&managed->trouble));
	report_put(&object, "rival", rival(&managed->rival));
	report_put(&object, "lease",
		   client->tenure == DHCP4_TENURE_NONE
			   ? json_null()
			   : report_lease(&client->lease,
					  &managed->settings->route_policy, now,
					  raw));
	report_put(&object, "overlaps", overlaps(managed));
	report_put(&object, "fallback", fallback(iface));
	report_put(&object, "informed", informed(iface));
	report_counters(&object, &client->counters);
	report_servers(&object, iface, raw);
	report_put(&object, "missing", missing(managed));
	report_put(&object, "portOf", port_of(managed));
	return object;
}

static json_t *interfaces(const struct daemon *daemon,
			  const struct managed *only, nsec now, bool raw)
{
	json_t *list = json_array();

	for (size_t i = 0; i < daemon->managed_count; i++) {
		if (!only || only == daemon->managed[i])
			report_append(&list, report_interface(daemon->managed[i],
							      now, raw));
	}
	return list;
}

static json_t *layer(enum sandbox_layer which, const struct sandbox_report *report)
{
	const char *unavailable = report->unavailable[which];
	const char *reason = unavailable ? unavailable : report->limited[which];
	json_t *object = json_object();

	report_put(&object, "name", json_string(sandbox_layer_name(which)));
	report_put(&object, "active", json_boolean(!unavailable));
	report_put(&object, "reason", reason ? json_string(reason) : json_null());
	return object;
}

static json_t *sandbox(const struct sandbox_report *report)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < SANDBOX_LAYER_COUNT; i++)
		report_append(&list, layer(i, report));
	return list;
}

static json_t *hooks(const struct hooks *runner)
{
	const char *reason;
	enum hooks_state state = hooks_state(runner, &reason);
	json_t *object = json_object();

	report_put(&object, "state", json_string(hooks_state_name(state)));
	report_put(&object, "reason",
		   *reason ? json_string(reason) : json_null());
	return object;
}

json_t *report_daemon(const struct daemon *daemon, const struct managed *only,
		      nsec now, bool raw)
{
	json_t *object = json_object();

	report_put(&object, "version", json_string(TENURED_VERSION));
	report_put(&object, "pid", json_integer(getpid()));
	report_put(&object, "sandbox", sandbox(&daemon->sandbox));
	report_put(&object, "interfaces", interfaces(daemon, only, now, raw));
	report_put(&object, "hooks", hooks(daemon->hooks));
	return object;
}

/* ---- recordings -------------------------------------------------------- */

_Static_assert(IFNAMSIZ <= sizeof(((struct recording_header *)0)->interface),
	       "a name fits");

/* All octets of a writer as hex, however many. */
static json_t *hex_of(const struct writer *w)
{
	size_t size = 2 * w->used + 1;
	char *text = malloc(size);
	struct str s;
	json_t *value;

	if (!text || w->failed) {
		free(text);
		return NULL;
	}
	s = str_over(text, size);
	str_hex(&s, w->start, w->used, '\0');
	value = json_string(text);
	free(text);
	return value;
}

json_t *report_recording(const struct managed *managed, nsec now)
{
	const struct iface *iface = &managed->iface;
	const struct recorder *recorder = iface->host->recorder;
	size_t size = recorder_file_size(recorder);
	void *octets = malloc(size);
	struct writer w = writer_over(octets, octets ? size : 0);
	struct recording_header header = {
		.version = TENURED_VERSION,
		.saved_ns = now,
		.saved_wall_s = (uint64_t)wall_clock_s(),
	};
	struct recorder_summary summary;
	json_t *object = json_object();

	memcpy(header.interface, iface->name, sizeof(iface->name));
	recorder_save(recorder, &iface->track, &header, iface->client,
		      &iface->config, &iface->host->offers, &w, &summary);
	report_put(&object, "recording", hex_of(&w));
	report_put(&object, "events", json_integer(summary.events));
	report_put(&object, "seconds",
		   json_integer((json_int_t)(nsec_until(summary.first_ns, now) /
					     NSEC_PER_S)));
	free(octets);
	return object;
}
