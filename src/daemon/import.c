/* SPDX-License-Identifier: BSD-2-Clause */
/* The newest lease of each interface; who their client was; files of our own. */
#include "daemon/import.h"

#include <config.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/assert.h"
#include "base/str.h"
#include "core/lease.h"
#include "core/names.h"
#include "daemon/duid.h"
#include "daemon/import_files.h"
#include "daemon/import_lease.h"
#include "daemon/landlock.h"
#include "daemon/log.h"
#include "daemon/store.h"
#include "daemon/wall_clock.h"

#define LEASES_MAX 64
#define TEXT_SIZE  512

/* The newest lease of an interface, and the file that it is of. */
struct found {
	struct import_lease lease;
	const struct import_file *file;
	const char *client; /* "dhclient" */
};

struct import {
	const struct settings *settings;
	struct instance *instance;
	struct store *store;
	struct ifaddrs *links; /* with their hardware addresses */
	struct duid duid;      /* ours, by now */
	int64_t now_s;

	struct found found[LEASES_MAX];
	size_t count;
	const struct import_file *file; /* that is being read */
	unsigned failed;
};

/* ---- what there is ------------------------------------------------------------- */

static void note(struct import *im, const struct import_lease *lease,
		 const char *client)
{
	struct found *found = im->found;

	while (found < im->found + im->count &&
	       strcmp(found->lease.ifname, lease->ifname) != 0)
		found++;
	if (found == im->found + LEASES_MAX) {
		log_warning("%s: left out: more than %d interfaces",
			    lease->ifname, LEASES_MAX);
		return;
	}
	if (found == im->found + im->count)
		im->count++;
	/* In one file the last one counts, whatever its times are. */
	else if (found->file != im->file &&
		 found->lease.granted_s >= lease->granted_s)
		return;
	*found = (struct found){ *lease, im->file, client };
}

static void note_dhclient(void *context, const struct import_lease *lease)
{
	note(context, lease, "dhclient");
}

static void read_file(struct import *im, const struct import_file *file)
{
	struct import_lease lease;
	size_t before = im->count;
	unsigned unread;

	im->file = file;
	if (import_dhcpcd(file->path, file->data, file->size, file->written_s,
			  &lease)) {
		lease.duid = file->duid;
		note(im, &lease, "dhcpcd");
		return;
	}
	unread = import_dhclient(file->data, file->size, note_dhclient, im);
	if (unread)
		log_warning("%s: left out, since cut or of too few words: %u",
			    file->path, unread);
	if (im->count == before && !unread)
		log_notice("%s: there is no other lease in it", file->path);
}

/* ---- who it was ------------------------------------------------------------------ */

/* The hardware address of an interface that is there; size 0: it is not. */
static struct hwaddr hwaddr_of(const struct import *im, const char *ifname,
			       uint8_t *ret_type)
{
	struct hwaddr hw = { .size = 0 };
	struct sockaddr_ll link;

	*ret_type = ARP_HTYPE_ETHERNET;
	for (struct ifaddrs *each = im->links; each; each = each->ifa_next) {
		if (!each->ifa_addr || each->ifa_addr->sa_family != AF_PACKET ||
		    strcmp(each->ifa_name, ifname) != 0)
			continue;
		memcpy(&link, each->ifa_addr, sizeof(link));
		if (link.sll_halen > sizeof(link.sll_addr))
			continue;
		hw.size = link.sll_halen;
		memcpy(hw.bytes, link.sll_addr, hw.size);
		*ret_type = (uint8_t)link.sll_hatype;
	}
	return hw;
}

/*
 * What the other client sent as option 61: what the server repeated (RFC 6842), else
 * by its DUID, for which both take the last octets of the hardware address as IAID.
 * Size 0: nothing, as far as its files tell.
 */
static struct client_id id_of(const struct import_lease *lease,
			      const struct dhcp4_message *m,
			      const struct hwaddr *hw)
{
	struct client_id id = { .size = 0 };
	struct option_value told;
	struct reader r;

	if (dhcp4_options_get(&m->options, DHCP4_OPTION_CLIENT_ID, &told) &&
	    told.size >= DHCP4_CLIENT_ID_MIN && told.size <= sizeof(id.bytes)) {
		id.size = (uint8_t)told.size;
		memcpy(id.bytes, told.bytes, told.size);
	} else if (lease->duid.size && hw->size >= 4) {
		r = reader_over(hw->bytes + hw->size - 4, 4);
		id = client_id_of_duid(reader_u32(&r), &lease->duid);
	}
	return id;
}

/* ---- what is told ------------------------------------------------------------------ */

static void tell_duid(const struct import *im, const struct client_id *id)
{
	char hex[3 * DHCP4_CLIENT_ID_MAX + 1];
	struct str s = str_over(hex, sizeof(hex));
	struct duid duid;
	uint32_t iaid;

	str_hex(&s, id->bytes, id->size, ':');
	if (client_id_split(id, &iaid, &duid) && duid_equal(&duid, &im->duid))
		printf("      client-id = duid\n      iaid = %u\n", iaid);
	else
		printf("      client-id = %s\n", hex);
}

/* What servers know the host by, and what is to be done that they go on to. */
static void tell_id(const struct import *im, const struct found *found,
		    const struct client_id *id, const struct client_id *ours)
{
	char hex[3 * DHCP4_CLIENT_ID_MAX + 1];
	struct str s = str_over(hex, sizeof(hex));

	if (!id->size) {
		printf("    %s sent no client id, as far as its files tell; "
		       "servers know the host by its\n"
		       "    hardware address, which tenured sends, too: nothing "
		       "has to be configured\n",
		       found->client);
		return;
	}
	str_hex(&s, id->bytes, id->size, ':');
	printf("    %s sent the client id %s\n", found->client, hex);
	if (client_id_equal(id, ours)) {
		printf("    so does tenured: nothing has to be configured\n");
		return;
	}
	printf("    to be the same to servers, put into tenured.conf:\n"
	       "      [%s]\n",
	       found->lease.ifname);
	tell_duid(im, id);
}

static void tell_lease(const struct import *im, const struct found *found,
		       const struct dhcp4_lease *lease, int64_t age_s)
{
	char text[TEXT_SIZE];
	struct str s = str_over(text, sizeof(text));
	int64_t left_s = lease->lease_s - age_s;

	str_text(&s, found->lease.ifname);
	str_text(&s, ": ");
	str_ipv4(&s, lease->address);
	str_char(&s, '/');
	str_u64(&s, lease->prefix_length);
	str_text(&s, " from ");
	str_ipv4(&s, lease->server_id);
	str_text(&s, ", ");
	if (lease->lease_s == DHCP4_LEASE_INFINITE) {
		str_text(&s, "for ever");
	} else if (found->lease.granted_s > im->now_s) {
		str_text(&s, "granted in the future");
	} else if (left_s > 0) {
		str_text(&s, "good for ");
		str_duration(&s, (uint64_t)left_s);
	} else {
		str_text(&s, "expired ");
		str_duration(&s, (uint64_t)-left_s);
		str_text(&s, " ago");
	}
	printf("%s\n    by %s, of %s\n", text, found->client, found->file->path);
}

/* ---- what is taken ------------------------------------------------------------------ */

/* A tenured at work knows better. */
static bool is_running(const struct import *im, const char *ifname)
{
	unsigned index = if_nametoindex(ifname);
	pid_t pid = 0;
	int fd = index ? instance_lock(im->instance, (int)index, &pid) : -1;

	if (fd >= 0)
		close(fd);
	return fd == -EBUSY;
}

/* Whether our own lease stays. */
static bool has_newer(const struct import *im, const struct found *found)
{
	return !im->settings->common.force &&
	       store_written_s(im->store, found->lease.ifname) >
		       found->lease.granted_s;
}

static void keep(struct import *im, const struct found *found,
		 const struct dhcp4_lease *lease, int64_t age_s)
{
	const char *ifname = found->lease.ifname;
	int r;

	if (is_running(im, ifname)) {
		printf("    not taken: tenured is at work there\n");
		return;
	}
	if (has_newer(im, found)) {
		printf("    not taken: tenured has a newer one; --force takes it\n");
		return;
	}
	r = store_import(im->store, ifname, lease, age_s);
	if (r < 0) {
		log_error("%s/%s.lease: %s", im->instance->state_dir, ifname,
			  strerror(-r));
		im->failed++;
		return;
	}
	printf("    taken: the next start asks for %s\n",
	       age_s < lease->lease_s ? "it" : "this address again");
}

static bool make_lease(const struct import_lease *import,
		       struct dhcp4_message *m, struct dhcp4_lease *ret)
{
	uint8_t seed[32] = { 0 };
	enum reject reject;
	struct prng prng;

	/* It only spreads the times of renewals: without one nothing is lost. */
	if (getrandom(seed, sizeof(seed), 0) < 0)
		memset(seed, 0, sizeof(seed));
	prng_init(&prng, seed);
	reject = import_check(import, &prng, m, ret);
	if (reject != REJECT_NONE)
		log_warning("%s: left out: its lease is not usable: %s",
			    import->ifname, reject_text(reject));
	return reject == REJECT_NONE;
}

static void take(struct import *im, const struct found *found)
{
	struct dhcp4_message m;
	struct dhcp4_lease lease;
	struct client_id id, ours;
	uint8_t type;
	struct hwaddr hw = hwaddr_of(im, found->lease.ifname, &type);
	int64_t age_s = im->now_s - found->lease.granted_s;

	if (!make_lease(&found->lease, &m, &lease)) {
		im->failed++;
		return;
	}
	/* Nobody knows how old it is: it is only to be asked for. */
	if (age_s < 0)
		age_s = (int64_t)lease.lease_s + 1;
	if (lease.lease_s == DHCP4_LEASE_INFINITE)
		age_s = 0;
	id = id_of(&found->lease, &m, &hw);
	ours = client_id_of_hwaddr(type, &hw);
	lease.client_id = id.size ? id : ours;
	tell_lease(im, found, &lease, age_s);
	keep(im, found, &lease, age_s);
	tell_id(im, found, &id, &ours);
}

/* The first DUID that was found becomes ours, unless there is one. */
static void take_duid(struct import *im)
{
	const struct duid_place place = { .directory = im->instance->state_dir };
	const struct duid *theirs = NULL;
	char hex[3 * DUID_SIZE_MAX + 1];
	struct str s = str_over(hex, sizeof(hex));
	int r;

	for (size_t i = 0; i < im->count && !theirs; i++) {
		if (im->found[i].lease.duid.size)
			theirs = &im->found[i].lease.duid;
	}
	r = duid_stored(&place, &im->duid);
	if (!theirs || (r == 0 && duid_equal(&im->duid, theirs)))
		return;
	str_hex(&s, theirs->bytes, theirs->size, ':');
	if (r == 0 && !im->settings->common.force) {
		printf("DUID %s\n    not taken: tenured has one; --force takes it\n",
		       hex);
		return;
	}
	r = duid_store(&place, theirs);
	if (r < 0) {
		log_error("%s/duid: %s", place.directory, strerror(-r));
		im->failed++;
		return;
	}
	im->duid = *theirs;
	printf("DUID %s\n    taken\n", hex);
}

/* ---- all of it ------------------------------------------------------------------------ */

/* From here on nothing but our own directories can be reached. */
static int give_up(const struct import *im, const struct sandbox_user *user)
{
	const struct landlock_path paths[] = {
		{ im->instance->lock_dir, LANDLOCK_ACCESS_KEEP,
		  im->instance->locks.directory },
		{ im->instance->state_dir, LANDLOCK_ACCESS_KEEP,
		  im->instance->state },
	};
	struct sandbox_report report;

	return sandbox_enter(user, paths, ARRAY_SIZE(paths), &report);
}

static enum exit_code end(const struct import *im)
{
	if (fflush(stdout) != 0 || ferror(stdout)) {
		log_error("stdout: %s", strerror(errno));
		return EXIT_CODE_FAILED;
	}
	return im->failed ? EXIT_CODE_FAILED : EXIT_CODE_LEASED;
}

static enum exit_code run(struct import *im, const struct sandbox_user *user,
			  const struct import_files *files)
{
	int r = give_up(im, user);

	/* What is made from here on is the user's own. */
	im->instance->change_owner = false;
	if (r == 0)
		r = store_open(&im->store, im->instance->state);
	if (r < 0) {
		log_error("cannot give up privileges: %s", strerror(-r));
		return EXIT_CODE_FAILED;
	}
	for (size_t i = 0; i < files->count; i++)
		read_file(im, &files->file[i]);
	if (!im->count) {
		log_error("there is no lease to import; tenured --import FILE"
			  " reads one that is elsewhere");
		im->failed++;
	}
	take_duid(im);
	for (size_t i = 0; i < im->count; i++)
		take(im, &im->found[i]);
	store_close(im->store);
	return end(im);
}

/* Not inlined, or the stack of main() would be longer by all of it for good. */
__attribute__((noinline)) enum exit_code import_run(
	const struct settings *settings, struct instance *instance,
	const struct sandbox_user *user)
{
	struct import_files *files = calloc(1, sizeof(*files));
	struct import *im = calloc(1, sizeof(*im));
	enum exit_code code = EXIT_CODE_FAILED;

	if (files && im) {
		im->settings = settings;
		im->instance = instance;
		im->now_s = wall_clock_s();
		im->failed = import_files_read(settings->import_files,
					       settings->import_count, files);
		if (getifaddrs(&im->links) < 0)
			im->links = NULL;
		code = run(im, user, files);
		if (im->links)
			freeifaddrs(im->links);
		import_files_free(files);
	} else {
		log_error("there is no memory");
	}
	free(files);
	free(im);
	return code;
}
