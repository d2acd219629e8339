/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The text of a configuration file, read as the daemon reads it: keys, their rules,
 * and what they mean together. Refused, it says why in one line; accepted, what is
 * sent fits a message, and each interface is there once.
 */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/conf.h"
#include "daemon/client_config.h"
#include "daemon/link.h"
#include "daemon/sent.h"
#include "daemon/settings.h"
#include "fuzz/fuzz.h"

/* Items come line by line, none after an error, and their text ends. */
static void check_syntax(const uint8_t *data, size_t size)
{
	static struct conf conf;
	struct conf_item item;
	size_t line = 0, count = 0;
	bool failed = false;

	conf_init(&conf, data, size);
	while (conf_next(&conf, &item)) {
		CHECK(!failed && item.line > line && ++count <= size);
		line = item.line;
		failed = item.error;
		if (item.error)
			continue;
		CHECK(item.key ? item.value != NULL : item.section != NULL);
		CHECK(!item.key || *item.key);
		CHECK(!item.key || strlen(item.value) <= CONF_LINE_MAX);
	}
	CHECK(!conf_next(&conf, &item));
}

static void check_iface(const struct iface_settings *iface)
{
	static const uint8_t secret[SIPHASH_KEY_SIZE];
	static struct dhcp4_config config;
	static struct dhcp4_encoded own;

	memset(&config, 0, sizeof(config));
	config.hardware_type = ARP_HTYPE_ETHERNET;
	config.hwaddr = (struct hwaddr){ 6, { 2, 0, 0, 0, 0, 1 } };
	config.mtu = 1500;
	client_config_set(&config, iface);
	sent_configure(iface, secret, &own, &config);
	sent_identify(iface, "eth0", &(struct duid){ 0 }, &config);
	CHECK(sent_message_size(&config) <= DHCP4_MESSAGE_MAX);
	CHECK(config.dscp < 64);
}

/* Who holds for a link means it, and nobody who means it is of a better kind. */
static void check_links(struct settings *s)
{
	static const struct link_info links[] = {
		{ .name = "eth0", .hwaddr = { 6, { 2, 0, 0, 0, 0, 1 } } },
		{ .name = "en1", .hwaddr = { 6, { 0x52, 0x54 } }, .kind = "vlan" },
		{ .name = "v0", .kind = "veth", .virtual_end = true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(links); i++) {
		const struct link_info *link = &links[i];
		const struct iface_settings *iface =
			settings_for_link(s, link->name, link);
		const struct settings_section *best = NULL;

		for (size_t j = 0; j < s->section_count; j++) {
			const struct settings_section *section = &s->sections[j];

			if (selector_means(&section->selector, link->name, link) &&
			    (!best || section->selector.by < best->selector.by))
				best = section;
		}
		if (s->section_count)
			CHECK(iface == (best ? &best->iface : NULL));
		else
			CHECK(iface == (i == 0 ? &s->common : NULL));
	}
}

static void check_settings(struct settings *s)
{
	CHECK(s->wanted_count == (s->section_count == 0));
	CHECK(s->section_count <= SETTINGS_IFACES_MAX);
	check_iface(&s->common);
	for (size_t i = 0; i < s->section_count; i++) {
		const struct settings_section *section = &s->sections[i];

		CHECK(section->selector.text[0]);
		/* So none is there twice. */
		CHECK(settings_find_section(s, &section->selector) == i + 1);
		if (i < 4)
			check_iface(&section->iface);
	}
	check_links(s);
}

/* A file in memory, the same one each time. */
static const char *write_file(const uint8_t *data, size_t size)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("config", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	CHECK(fd >= 0 && ftruncate(fd, 0) == 0);
	CHECK(pwrite(fd, data, size, 0) == (ssize_t)size);
	return path;
}

static void run(const uint8_t *data, size_t size)
{
	char *arguments[] = { (char[]){ "tenured" }, (char[]){ "--config" },
			      NULL, NULL };
	struct settings settings;
	enum exit_code code = EXIT_CODE_LEASED;

	check_syntax(data, size);
	arguments[2] = (char *)(uintptr_t)write_file(data, size);
	fuzz_logged = 0;
	switch (settings_load(3, arguments, &settings, &code)) {
	case SETTINGS_OK:
		CHECK(fuzz_logged == 0);
		check_settings(&settings);
		break;
	case SETTINGS_FAILED:
		CHECK(fuzz_logged == 1 && code != EXIT_CODE_LEASED);
		break;
	case SETTINGS_DONE:
		CHECK(false);
	}
	settings_free(&settings);
}

const struct fuzz_target fuzz_config = { "config", 4096, run };
