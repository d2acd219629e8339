/* SPDX-License-Identifier: BSD-2-Clause */
/* What keys mean together, for the process and for its interfaces. */
#include "daemon/settings_check.h"

#include <config.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/str.h"
#include "daemon/auth_file.h"
#include "daemon/keys.h"
#include "daemon/link.h"
#include "daemon/sent.h"

/* Whose settings they are: a link's that was named, or of all that are meant. */
struct use {
	const char *who;
	const struct iface_settings *iface;
	bool many;
};

struct uses {
	struct use *list;
	size_t count;
};

/* ---- of the process -------------------------------------------------------- */

static enum settings_result check_process(struct draft *draft)
{
	const struct settings *s = draft->settings;

	if (s->background && s->fail_now)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "-b and -n exclude each other: without a lease "
				  "in time, -b goes on and -n gives up");
	if (s->quit && s->release_on_exit)
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "-q and -R (release-on-exit) exclude each "
				  "other: one leaves the address in use, the "
				  "other gives it back");
	if (s->oneshot && !settings_only_name(s))
		return draft_fail(draft, EXIT_CODE_USAGE,
				  "--oneshot tells of one interface, which has "
				  "to be named in full");
	return SETTINGS_OK;
}

/* ---- whom to blame --------------------------------------------------------- */

/* An error that the value of a key in some settings is part of. */
static enum settings_result blame(struct draft *draft, const char *name,
				  const struct iface_settings *iface,
				  const char *text)
{
	const struct settings *s = draft->settings;
	const struct key *key = key_of_name(name);
	const struct origin *origin =
		origins_find(&s->origins, key, settings_section_of(s, iface));
	const char *file;

	if (!origin)
		origin = origins_find(&s->origins, key, ORIGIN_COMMON);
	file = origin ? origin_file(&s->origins, origin) : NULL;
	if (file)
		return draft_fail_at(draft, file, origin->line, "%s", text);
	return draft_fail(draft,
			  origin ? EXIT_CODE_USAGE : EXIT_CODE_CONFIGURATION,
			  "%s", text);
}

/* ---- of one interface ------------------------------------------------------ */

/* What is wrong, or NULL, and a key whose value says so. */
struct wrong {
	const char *key, *text;
};

static const char not_anonymous[] =
	"anonymous goes with neither auth nor force-renew: who proves who it is "
	"is not anonymous";

static const char *find_wrong_auth(const struct iface_settings *iface,
				   const struct auth_keys *of)
{
	if (iface->auth != DHCP4_AUTH_NONE && iface->anonymous)
		return not_anonymous;
	if (iface->auth == DHCP4_AUTH_TOKEN && !(of && of->token_size))
		return "auth token needs auth-keys FILE with a line "
		       "\"token TEXT\"";
	if (iface->auth == DHCP4_AUTH_DELAYED && !(of && of->count))
		return "auth delayed needs auth-keys FILE with a line "
		       "\"ID SECRET\"";
	return NULL;
}

static const char *find_wrong_renewal(const struct iface_settings *iface)
{
	if (!iface->force_renew)
		return NULL;
	if (iface->anonymous)
		return not_anonymous;
	if (iface->auth == DHCP4_AUTH_TOKEN)
		return "auth token and force-renew exclude each other: a token "
		       "proves nothing of a FORCERENEW";
	return NULL;
}

static struct wrong find_wrong(const struct settings *s,
			       const struct iface_settings *iface)
{
	struct wrong wrong = { "option", NULL };

	if (!sent_fits(iface)) {
		wrong.text = "host name, classes and options are too long to be "
			     "sent together: they have 512 octets in all";
		return wrong;
	}
	wrong.key = "inform-server";
	/* Whom to ask means nothing where nobody is. */
	if (iface->inform.server && !iface->inform.own && !iface->inform.address) {
		wrong.text = "inform-server says which server to inform, but not "
			     "about which address; inform does";
		return wrong;
	}
	wrong.key = "force-renew";
	wrong.text = find_wrong_renewal(iface);
	if (wrong.text)
		return wrong;
	wrong.key = "auth";
	wrong.text = find_wrong_auth(iface, s->auth_keys);
	return wrong;
}

const char *settings_check_iface(const struct settings *s,
				 const struct iface_settings *iface)
{
	return find_wrong(s, iface).text;
}

static enum settings_result check_one(struct draft *draft, const char *who,
				      const struct iface_settings *iface)
{
	const struct wrong wrong = find_wrong(draft->settings, iface);
	char text[256];

	if (!wrong.text)
		return SETTINGS_OK;
	snprintf(text, sizeof(text), "%s: %s", who, wrong.text);
	return blame(draft, wrong.key, iface, text);
}

/* Sections, too, of which only the link itself can tell whether they are for it. */
static enum settings_result check_ifaces(struct draft *draft,
					 const struct uses *uses)
{
	const struct settings *s = draft->settings;
	enum settings_result result = SETTINGS_OK;
	bool auth = false;

	for (size_t i = 0; result == SETTINGS_OK && i < s->section_count; i++) {
		const struct settings_section *section = &s->sections[i];

		result = check_one(draft, section->selector.text,
				   &section->iface);
		auth |= section->iface.auth != DHCP4_AUTH_NONE;
	}
	for (size_t i = 0; result == SETTINGS_OK && i < uses->count; i++) {
		const struct use *use = &uses->list[i];

		result = check_one(draft, use->who, use->iface);
		auth |= use->iface->auth != DHCP4_AUTH_NONE;
	}
	if (result == SETTINGS_OK && s->auth_keys && !auth)
		return blame(draft, "auth-keys", &s->common,
			     "auth-keys does nothing without auth token or "
			     "auth delayed");
	return result;
}

/* ---- of several ------------------------------------------------------------ */

/* Of two uses, or of one that is for many interfaces. */
static enum settings_result refuse_shared(struct draft *draft, const char *key,
					  const char *what, const struct use *a,
					  const struct use *b)
{
	char text[256];

	if (a == b)
		snprintf(text, sizeof(text),
			 "%s for one interface only, and %s may be several",
			 what, a->who);
	else
		snprintf(text, sizeof(text),
			 "%s for one interface only, not for both %s and %s",
			 what, a->who, b->who);
	return blame(draft, key, b->iface, text);
}

/* Asked for by two interfaces, an address could go to either. */
static bool share_request(const struct use *a, const struct use *b)
{
	return a->iface->requested_address &&
	       a->iface->requested_address == b->iface->requested_address;
}

/* An IAID is that of one interface (RFC 4361 6.1). */
static bool share_iaid(const struct use *a, const struct use *b)
{
	return a->iface->iaid.given && b->iface->iaid.given &&
	       a->iface->iaid.number == b->iface->iaid.number;
}

/* Who shares it with the first: that one itself, if it stands for many. */
static const struct use *find_sharer(const struct uses *uses, const struct use *a,
				     bool (*share)(const struct use *,
						   const struct use *))
{
	if (!share(a, a))
		return NULL;
	for (const struct use *b = a; b < uses->list + uses->count; b++)
		if (b == a ? a->many : share(a, b))
			return b;
	return NULL;
}

static enum settings_result check_shared(struct draft *draft,
					 const struct uses *uses)
{
	static const struct {
		bool (*share)(const struct use *, const struct use *);
		const char *key, *what;
	} rows[] = {
		{ share_request, "request", "an address can be requested" },
		{ share_iaid, "iaid", "an IAID is" },
	};

	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		for (size_t i = 0; i < uses->count; i++) {
			const struct use *a = &uses->list[i];
			const struct use *b =
				find_sharer(uses, a, rows[row].share);

			if (b)
				return refuse_shared(draft, rows[row].key,
						     rows[row].what, a, b);
		}
	}
	return SETTINGS_OK;
}

/* ---- who uses what --------------------------------------------------------- */

/* Of a link of which nothing is known but its name. */
static const struct iface_settings *settings_of_name(struct settings *s,
						     const char *name)
{
	static const struct link_info unknown = { .kind = "?" };

	return settings_for_link(s, name, &unknown);
}

/*
 * Which settings may come to be used: those of each section where sections or
 * patterns choose the links, else those of the links that are named.
 */
static void list_uses(struct settings *s, struct uses *ret)
{
	bool all = s->wanted_count == 0;

	for (size_t i = 0; i < s->wanted_count; i++)
		all |= s->wanted[i].by != SELECTOR_BY_NAME;
	for (size_t i = 0; all && i < s->section_count; i++)
		ret->list[ret->count++] = (struct use){
			s->sections[i].selector.text,
			&s->sections[i].iface,
			!selector_is_full(&s->sections[i].selector),
		};
	for (size_t i = 0; i < s->wanted_count; i++) {
		const struct selector *wanted = &s->wanted[i];
		const struct iface_settings *iface = &s->common;

		if (wanted->by == SELECTOR_BY_NAME)
			iface = settings_of_name(s, wanted->text);
		if (!all || iface == &s->common)
			ret->list[ret->count++] =
				(struct use){ wanted->text, iface,
					      !selector_is_full(wanted) };
	}
}

enum settings_result settings_check(struct draft *draft)
{
	struct settings *s = draft->settings;
	size_t most = s->wanted_count + s->section_count;
	struct uses uses = { .list = calloc(most, sizeof(*uses.list)) };
	enum settings_result result = check_process(draft);

	if (!uses.list)
		return draft_fail_memory(draft);
	list_uses(s, &uses);
	if (result == SETTINGS_OK)
		result = check_shared(draft, &uses);
	if (result == SETTINGS_OK)
		result = check_ifaces(draft, &uses);
	free(uses.list);
	return result;
}

/* ---- what names mean on this host ------------------------------------------ */

static enum settings_result refuse_name(struct draft *draft, const char *key,
					const char *what, const char *name)
{
	char text[256];

	snprintf(text, sizeof(text), "there is no %s %.64s", what, name);
	return blame(draft, key, &draft->settings->common, text);
}

enum settings_result settings_check_host(struct draft *draft)
{
	const struct settings *s = draft->settings;
	const char *user = s->user, *group = s->control_group;
	const char *file = s->duid_file;
	struct duid duid;
	int r = file ? duid_read(file, &duid) : 0;

	if (user && !str_is_digit(*user) && !getpwnam(user))
		return refuse_name(draft, "user", "user", user);
	if (group && !str_is_digit(*group) && !getgrnam(group))
		return refuse_name(draft, "control-group", "group", group);
	return r < 0 ? draft_fail_at(draft, file, 0,
				     "cannot be read as a DUID: %s",
				     r == -EBADMSG ? "it holds no line of hex, "
						     "as in 00:04:5a:..."
						   : strerror(-r))
		     : SETTINGS_OK;
}
