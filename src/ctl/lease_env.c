/* SPDX-License-Identifier: BSD-2-Clause */
/* An option whose octets are told is taken by them, else by its value. */
#include "ctl/lease_env.h"

#include "core/encode.h"

/* A value in the words that encode_value() reads; false if it has none. */
static bool value_text(struct str *s, const json_t *value)
{
	const json_t *item;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach (value, i, item) {
			str_text(s, i ? "," : "");
			if (json_is_array(item) || !value_text(s, item))
				return false;
		}
		return true;
	}
	if (json_is_string(value))
		str_text(s, json_string_value(value));
	else if (json_is_boolean(value))
		str_text(s, json_is_true(value) ? "yes" : "no");
	else if (json_is_integer(value) && json_integer_value(value) >= 0)
		str_u64(s, (uint64_t)json_integer_value(value));
	else
		return false;
	return true;
}

/* The octets of an option; -1 if nothing tells of them. */
static int octets_of(const json_t *option, uint8_t code,
		     uint8_t bytes[DHCP4_OPTIONS_SIZE])
{
	const char *raw = json_string_value(json_object_get(option, "raw"));
	enum option_format format = option_rule(code)->format;
	char text[DHCP4_OPTIONS_SIZE];
	struct str s = str_over(text, sizeof(text));

	if (raw)
		return *raw ? str_to_hex(raw, bytes, DHCP4_OPTIONS_SIZE) : 0;
	if (format == OPTION_FORMAT_OCTETS ||
	    !value_text(&s, json_object_get(option, "value")) || s.truncated)
		return -1;
	return encode_value(format, text, bytes, DHCP4_OPTIONS_SIZE);
}

static void take_options(const json_t *list, struct dhcp4_options *ret)
{
	uint8_t bytes[DHCP4_OPTIONS_SIZE];
	const json_t *option;
	size_t i;

	json_array_foreach (list, i, option) {
		json_int_t code =
			json_integer_value(json_object_get(option, "code"));
		int size;

		if (code < 1 || code > 254)
			continue;
		size = octets_of(option, (uint8_t)code, bytes);
		if (size >= 0)
			dhcp4_options_append(ret, (uint8_t)code, bytes,
					     (size_t)size);
	}
}

static nsec instant_of(const json_t *seconds, nsec now)
{
	json_int_t number = json_integer_value(seconds);

	if (!json_is_integer(seconds) || number < 0 ||
	    (uint64_t)number > NSEC_NEVER / NSEC_PER_S)
		return NSEC_NEVER;
	return nsec_add(now, (nsec)number * NSEC_PER_S);
}

bool lease_env_from_json(const json_t *lease, nsec now, struct dhcp4_lease *ret)
{
	const json_t *length = json_object_get(lease, "prefixLength");
	const char *address =
		json_string_value(json_object_get(lease, "address"));

	*ret = (struct dhcp4_lease){ 0 };
	if (!address || !str_to_ipv4(address, &ret->address) ||
	    !ipv4_is_host(ret->address) || !json_is_integer(length) ||
	    json_integer_value(length) < 0 || json_integer_value(length) > 32)
		return false;
	ret->prefix_length = (uint8_t)json_integer_value(length);
	ret->expiry_ns =
		instant_of(json_object_get(lease, "expiresInSeconds"), now);
	take_options(json_object_get(lease, "options"), &ret->options);
	return true;
}
