/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lease file is whole and is the newest lease, at each instant at which the
 * process may be killed; it is removed by a NAK that counts and by a release. Of
 * its options nothing is told that would have to be quoted anywhere.
 */
#include <string.h>

#include "core/option_text.h"
#include "sim/judge_internal.h"

/* The boot it was written in, which is this one, as the file itself has it. */
static bool read_file(const struct port_model *p, struct lease_file *ret)
{
	static const char word[] = "\nboot-id ";
	const struct sim_port *port = p->port;
	struct lease_clocks clocks = {
		.now = sim_host_boottime(port->host),
		.wall_s = sim_host_wall_s(port->host),
	};
	const char *id =
		memmem(port->file, port->file_size, word, sizeof(word) - 1);

	if (!id ||
	    id + sizeof(word) - 1 + BOOT_ID_SIZE > port->file + port->file_size)
		return false;
	memcpy(clocks.boot_id, id + sizeof(word) - 1, BOOT_ID_SIZE);
	return lease_file_read(port->file, port->file_size, &clocks, ret) == 0;
}

static bool has_its_times(const struct port_model *p,
			  const struct dhcp4_lease *filed)
{
	const struct judge_lease *lease = &p->lease;
	nsec boot_at = p->port->host->boot_at;

	return nsec_add(filed->granted_ns, boot_at) == lease->granted &&
	       nsec_add(filed->expiry_ns, boot_at) == lease->expiry &&
	       nsec_add(filed->t1_ns, boot_at) <= lease->t1 &&
	       nsec_add(filed->t1_ns, boot_at) >= judge_lease_t1_early(lease) &&
	       nsec_add(filed->t2_ns, boot_at) <= lease->t2 &&
	       nsec_add(filed->t2_ns, boot_at) >= judge_lease_t2_early(lease);
}

/* Over a reboot times are those that the client made of the old file. */
static bool is_same(const struct port_model *p, const struct dhcp4_lease *filed)
{
	const struct judge_lease *lease = &p->lease;

	return filed->address == lease->address &&
	       filed->prefix_length == lease->prefix_length &&
	       filed->server_id == lease->server_id &&
	       filed->lease_s == lease->lease_s &&
	       client_id_equal(&filed->client_id, &lease->client_id) &&
	       (lease->vague || has_its_times(p, filed));
}

static void tell_options(struct port_model *p, const struct dhcp4_options *options)
{
	struct option_value value;
	uint16_t offset = 0;

	while (dhcp4_options_next(options, &offset, &value)) {
		static char text[65536];
		struct str s = str_over(text, sizeof(text));

		option_print(&s, value.code, value.bytes, value.size);
		if (strpbrk(text, "\n\r\t\"'`$;|()\\*!") || s.truncated)
			judge_fail(p, "option %u is told as %s", value.code,
				   text);
	}
}

static void stored(struct port_model *p)
{
	struct lease_file file;

	if (p->port->file_size == 0) {
		if (!p->file_must_go && !judge_known_may_forget(p) &&
		    !judge_choice_gives_back(p) &&
		    port_model_file_is_whole(p, p->filed_size))
			judge_fail(p, "the lease file of %s is removed",
				   judge_ip(p->filed.address).text);
		return;
	}
	if (!read_file(p, &file)) {
		judge_fail(p, "the lease file that is written cannot be read");
		return;
	}
	tell_options(p, &file.lease.options);
	if (!p->lease.valid || (!p->lease.used && !p->known.recalled) ||
	    !is_same(p, &file.lease))
		judge_fail(p,
			   "the lease file says %s/%u of %s; the newest ACK said "
			   "%s/%u of %s%s",
			   judge_ip(file.lease.address).text,
			   file.lease.prefix_length,
			   judge_ip(file.lease.server_id).text,
			   judge_ip(p->lease.address).text,
			   p->lease.prefix_length,
			   judge_ip(p->lease.server_id).text,
			   p->lease.valid ? "" : ", and has ended");
}

static void look(struct port_model *p)
{
	const struct judge_lease *lease = &p->lease;
	bool is_newest = p->file_known && p->filed.address == lease->address &&
			 p->filed.granted == lease->granted;

	if (!port_model_is_settled(p))
		return;
	if (p->file_must_go)
		judge_fail(p, "the lease file of %s is still there",
			   judge_ip(p->filed.address).text);
	else if (p->phase == JUDGE_PHASE_BOUND && lease->valid && lease->used &&
		 !p->file_late && !is_newest)
		judge_fail(p, "the lease of %s is not in the file",
			   judge_ip(lease->address).text);
}

const struct judge_oracle judge_file = {
	.name = "file",
	.holds = "the lease file is whole and the newest lease's",
	.stored = stored,
	.look = look,
};
