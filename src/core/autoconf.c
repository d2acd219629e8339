/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OFFER of no address (RFC 2563): whether the network lets its hosts give
 * themselves link-local addresses, and what its administrator has to say. Who
 * gives itself one is another's matter.
 */
#include <string.h>

#include "core/step.h"

/*
 * Printable ASCII stays, but for what quotes or begins something for a shell; so
 * the words can be shown anywhere.
 */
static char shown(uint8_t c)
{
	if (c < ' ' || c > '~' || memchr("\"'\\`$", c, 5))
		return '?';
	return (char)c;
}

static void copy_text(const struct dhcp4_message *m,
		      char text[DHCP4_NOTICE_TEXT_MAX + 1])
{
	struct option_value value = { .size = 0 };

	dhcp4_options_get(&m->options, DHCP4_OPTION_MESSAGE, &value);
	for (unsigned i = 0; i < value.size && i < DHCP4_NOTICE_TEXT_MAX; i++)
		text[i] = shown(value.bytes[i]);
}

bool autoconf_asks(const struct dhcp4_config *config)
{
	enum fallback_mode mode = dhcp4_fallback_mode(config);

	return config->auto_configure &&
	       (mode == FALLBACK_MODE_LINKLOCAL || mode == FALLBACK_MODE_ALWAYS);
}

bool autoconf_take(struct step *s)
{
	const struct dhcp4_message *m = s->message;
	struct dhcp4_notice notice = { .kind = DHCP4_NOTICE_NO_ADDRESS };
	struct option_value value;

	if (!autoconf_asks(s->config) || m->header.yiaddr != IPV4_ANY ||
	    !dhcp4_options_get(&m->options, DHCP4_OPTION_AUTO_CONFIGURE, &value))
		return false;
	/* One that allows it takes back nothing of what another one said. */
	if (value.bytes[0] == 0)
		s->client->autoconf_forbidden = true;
	s->client->counters.received[DHCP4_TYPE_OFFER]++;
	dhcp4_options_get_address(&m->options, DHCP4_OPTION_SERVER_ID, 0,
				  &notice.server);
	copy_text(m, notice.text);
	step_notice(s, notice);
	return true;
}
