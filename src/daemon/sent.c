/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings to a configuration: nothing here knows how they were written. */
#include "daemon/sent.h"

#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "daemon/settings.h"

/*
 * What is asked for by default: as little as makes the network work, since what
 * is asked for is what can be attacked. 121 comes before 3 and 33 (RFC 3442).
 */
static const uint8_t default_parameters[] = {
	DHCP4_OPTION_SUBNET_MASK,
	DHCP4_OPTION_CLASSLESS_ROUTES,
	DHCP4_OPTION_ROUTER,
	DHCP4_OPTION_STATIC_ROUTES,
	DHCP4_OPTION_DNS_SERVERS,
	DHCP4_OPTION_DOMAIN_NAME,
	DHCP4_OPTION_DOMAIN_SEARCH,
	DHCP4_OPTION_LEASE_TIME,
	DHCP4_OPTION_SERVER_ID,
	DHCP4_OPTION_T1,
	DHCP4_OPTION_T2,
};

/* Less than that is no network. */
static const uint8_t anonymous_parameters[] = {
	DHCP4_OPTION_SUBNET_MASK,
	DHCP4_OPTION_CLASSLESS_ROUTES,
	DHCP4_OPTION_ROUTER,
	DHCP4_OPTION_DNS_SERVERS,
};

_Static_assert(ARRAY_SIZE(default_parameters) + OVERRIDE_REQUIRED_MAX <=
		       DHCP4_PARAMETERS_MAX,
	       "they fit the configuration, with all that may be required");

/* ---- sharing --------------------------------------------------------------- */

struct sent_settings *sent_ref(struct sent_settings *sent)
{
	if (sent)
		sent->references++;
	return sent;
}

void sent_unref(struct sent_settings *sent)
{
	if (sent && --sent->references == 0)
		free(sent);
}

struct sent_settings *sent_edit(struct sent_settings **sent)
{
	struct sent_settings *own;

	if (*sent && (*sent)->references == 1)
		return *sent;
	own = calloc(1, sizeof(*own));
	if (!own)
		return NULL;
	if (*sent)
		*own = **sent;
	own->references = 1;
	sent_unref(*sent);
	*sent = own;
	return own;
}

/* ---- what is sent ---------------------------------------------------------- */

static bool encode(const struct sent_settings *sent, struct dhcp4_encoded *ret)
{
	*ret = sent->options;
	return encode_hostname(ret, sent->hostname, sent->fqdn);
}

bool sent_fits(const struct iface_settings *settings)
{
	struct dhcp4_encoded encoded;

	return encode(settings->sent, &encoded);
}

/* The same as long as the hardware address is: it tells the order of the list. */
static struct prng prng_of(const uint8_t secret[SIPHASH_KEY_SIZE],
			   const struct hwaddr *hwaddr)
{
	uint8_t seed[32] = { 0 };
	struct prng prng;

	_Static_assert(sizeof(seed) >= SIPHASH_SIZE, "a hash seeds it");
	siphash(secret, hwaddr->bytes, hwaddr->size, seed);
	prng_init(&prng, seed);
	return prng;
}

static void ask_for(struct dhcp4_config *config, const uint8_t *codes,
		    size_t count)
{
	for (size_t i = 0; i < count; i++)
		parameters_add(config->parameters, &config->parameters_count,
			       codes[i]);
}

/* What is required, given by default or joined to, servers have to be asked for. */
static bool is_to_be_asked_for(const struct override_edit *edit)
{
	return edit->kind != OVERRIDE_IGNORE && edit->kind != OVERRIDE_SUPERSEDE;
}

static void ask_for_edited(const struct dhcp4_override *override,
			   struct dhcp4_config *config)
{
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(override, &offset, &edit)) {
		if (is_to_be_asked_for(&edit))
			ask_for(config, &edit.value.code, 1);
	}
}

/* Unless something else is done with it. */
static void leave_out_ignored(const struct dhcp4_override *override,
			      struct dhcp4_config *config)
{
	struct override_edit edit;
	uint16_t offset = 0;

	while (override_next(override, &offset, &edit)) {
		if (edit.kind == OVERRIDE_IGNORE)
			parameters_remove(config->parameters,
					  &config->parameters_count,
					  edit.value.code);
	}
	ask_for_edited(override, config);
}

static void set_parameters(const struct iface_settings *settings,
			   struct dhcp4_config *config)
{
	const struct sent_settings *sent = settings->sent;
	bool few = config->anonymous;
	const uint8_t *codes = few ? anonymous_parameters : default_parameters;
	size_t count =
		few ? sizeof(anonymous_parameters) : sizeof(default_parameters);

	/* As it is: classless routes are not the first. */
	memcpy(config->parameters, codes, count);
	config->parameters_count = (uint8_t)count;
	for (size_t i = 0; i < sent->unwanted_count; i++)
		parameters_remove(config->parameters, &config->parameters_count,
				  sent->unwanted[i]);
	ask_for_edited(&sent->override, config);
	ask_for(config, sent->wanted, sent->wanted_count);
	if (settings->mtu)
		ask_for(config, (const uint8_t[]){ DHCP4_OPTION_INTERFACE_MTU },
			1);
	leave_out_ignored(&sent->override, config);
	if (settings->classless_routes)
		return;
	parameters_remove(config->parameters, &config->parameters_count,
			  DHCP4_OPTION_CLASSLESS_ROUTES);
	parameters_remove(config->parameters, &config->parameters_count,
			  DHCP4_OPTION_CLASSLESS_ROUTES_MS);
}

bool sent_has_own(const struct iface_settings *settings)
{
	const struct sent_settings *sent = settings->sent;

	return settings->anonymous && sent->hostname_given && *sent->hostname;
}

/* Who shares it gets the same each time. */
void sent_share(const struct iface_settings *settings, struct dhcp4_config *config)
{
	struct sent_settings *sent = settings->sent;

	config->override = &sent->override;
	if (settings->anonymous)
		return;
	encode(sent, &sent->encoded);
	config->encoded = &sent->encoded;
}

void sent_configure(const struct iface_settings *settings,
		    const uint8_t secret[SIPHASH_KEY_SIZE],
		    struct dhcp4_encoded *own, struct dhcp4_config *config)
{
	char name[PSEUDONYM_SIZE];
	struct prng prng;

	config->anonymous = settings->anonymous;
	config->encoded = NULL;
	sent_share(settings, config);
	set_parameters(settings, config);
	if (!config->anonymous)
		return;
	prng = prng_of(secret, &config->hwaddr);
	parameters_shuffle(config->parameters, config->parameters_count, &prng);
	if (!own || !sent_has_own(settings))
		return;
	pseudonym(secret, &config->hwaddr, name);
	*own = (struct dhcp4_encoded){ 0 };
	encode_hostname(own, name, FQDN_MODE_OFF);
	config->encoded = own;
}

size_t sent_message_size(const struct dhcp4_config *config)
{
	const struct request_values values = {
		.address = IPV4_BROADCAST,
		.server_id = IPV4_BROADCAST,
		.client_id = &config->client_id,
	};
	uint8_t message[DHCP4_MESSAGE_MAX];
	struct writer w = writer_over(message, sizeof(message));

	request_write(&w, DHCP4_REQUEST_SELECTING, config, &values);
	return w.used;
}

/* ---- who sends it ---------------------------------------------------------- */

bool sent_wants_duid(const struct iface_settings *settings,
		     const struct hwaddr *hwaddr)
{
	enum sent_identity identity = settings->sent->identity;

	if (settings->anonymous)
		return false;
	return identity == SENT_IDENTITY_DUID ||
	       (identity == SENT_IDENTITY_HWADDR && hwaddr_is_anonymous(hwaddr));
}

void sent_identify(const struct iface_settings *settings, const char *name,
		   const struct duid *duid, struct dhcp4_config *config)
{
	uint32_t iaid = settings->iaid.given ? settings->iaid.number
					     : iaid_of_name(name);

	if (duid->size && sent_wants_duid(settings, &config->hwaddr))
		config->client_id = client_id_of_duid(iaid, duid);
	else if (!settings->anonymous &&
		 settings->sent->identity == SENT_IDENTITY_GIVEN)
		config->client_id = settings->sent->client_id;
	else
		config->client_id = client_id_of_hwaddr(config->hardware_type,
							&config->hwaddr);
}
