/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What store.c does, with the same lease files, on a disk that may be full.
 */
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

/* The old file stays if the new one cannot be written. */
void sim_disk_save(struct sim_port *port)
{
	struct lease_clocks clocks = clocks_of(port->host);

	if (port->troubles.store)
		return;
	port->file_size = lease_file_write(&port->iface.client.lease, 0,
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
