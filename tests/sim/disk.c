/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What store.c does, with the same lease files, on a disk that may be full.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "sim/port.h"

static struct lease_clocks clocks_of(const struct sim_host *host)
{
	struct lease_clocks clocks = {
		.now = sim_host_boottime(host),
		.wall_s = sim_host_wall_s(host),
	};

	snprintf(clocks.boot_id, sizeof(clocks.boot_id),
		 "%08x-0000-4000-8000-000000000000", host->boots);
	return clocks;
}

static void tell(struct sim_port *port)
{
	for (struct sim_watch *w = port->host->watches; w; w = w->next) {
		if (w->stored)
			w->stored(w, port);
	}
}

/* ---- slots of other networks ------------------------------------------------ */

struct disk_slots {
	struct network_slots slots;
	struct sim_port *port;
	struct lease_clocks clocks;
};

static const struct disk_slots *disk_of(const struct network_slots *slots)
{
	return (const struct disk_slots *)slots;
}

static int load_slot(const struct network_slots *slots, unsigned slot,
		     struct lease_file *ret)
{
	const struct disk_slots *disk = disk_of(slots);
	const struct sim_port *port = disk->port;

	if (slot == 0)
		return lease_file_read(port->file, port->file_size,
				       &disk->clocks, ret);
	if (!port->older)
		return -ENOENT;
	return lease_file_read(port->older[slot - 1].text,
			       port->older[slot - 1].size, &disk->clocks, ret);
}

static void move_slot(const struct network_slots *slots, unsigned from,
		      unsigned to)
{
	struct sim_port *port = disk_of(slots)->port;

	if (!port->older)
		port->older = sim_alloc(port->host->network,
					NETWORKS_SPARE * sizeof(*port->older));
	if (to == 0) {
		port->file_size = port->older[from - 1].size;
		memcpy(port->file, port->older[from - 1].text, port->file_size);
		port->older[from - 1].size = 0;
	} else if (from > 0) {
		port->older[to - 1] = port->older[from - 1];
		port->older[from - 1].size = 0;
	} else {
		memcpy(port->older[to - 1].text, port->file, port->file_size);
		port->older[to - 1].size = port->file_size;
	}
}

static void remove_slot(const struct network_slots *slots, unsigned slot)
{
	disk_of(slots)->port->older[slot - 1].size = 0;
}

static struct disk_slots slots_of(struct sim_port *port)
{
	return (struct disk_slots){
		.slots = { load_slot, move_slot, remove_slot },
		.port = port,
		.clocks = clocks_of(port->host),
	};
}

void sim_disk_known(struct sim_port *port, struct attach_known *ret)
{
	struct disk_slots disk = slots_of(port);
	const struct dhcp4_client *client = port->iface.client;
	bool has = client->tenure != DHCP4_TENURE_NONE;

	networks_known(&disk.slots, &port->iface.config,
		       has ? &client->lease : NULL, false, disk.clocks.now, ret);
}

void sim_disk_recall(struct sim_port *port, uint8_t index)
{
	struct disk_slots disk = slots_of(port);
	struct lease_file file;

	if (load_slot(&disk.slots, index - 1U, &file) < 0)
		return;
	networks_recall(&disk.slots, index - 1U);
	tell(port);
	iface_recalled(&port->iface, &file.lease, file.time_known,
		       disk.clocks.now);
}

/* ---- the present lease ------------------------------------------------------- */

/* The old file stays if the new one cannot be written. */
void sim_disk_save(struct sim_port *port)
{
	struct lease_clocks clocks = clocks_of(port->host);
	struct disk_slots disk = slots_of(port);

	if (port->troubles.store)
		return;
	if (port->iface.config.known_networks)
		networks_make_room(&disk.slots, &port->iface.client->lease,
				   clocks.now);
	port->file_size = lease_file_write(&port->iface.client->lease, 0,
					   &clocks, port->file);
	tell(port);
}

void sim_disk_forget(struct sim_port *port)
{
	if (!port->file_size)
		return;
	port->file_size = 0;
	tell(port);
}

/* As daemon.c's load_lease(): held if the kernel still has its address. */
void sim_disk_load(struct sim_port *port)
{
	struct lease_clocks clocks = clocks_of(port->host);
	struct lease_file file;
	bool in_kernel;

	if (!port->file_size)
		return;
	if (lease_file_read(port->file, port->file_size, &clocks, &file) < 0) {
		/* It is put aside. */
		sim_disk_forget(port);
		return;
	}
	in_kernel = file.time_known && sim_kernel_adopt(port, &file.lease);
	iface_load_lease(&port->iface, &file.lease, in_kernel, file.time_known,
			 clocks.now);
	sim_port_turn_ended(port);
}
