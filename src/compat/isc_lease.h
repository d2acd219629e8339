/* SPDX-License-Identifier: BSD-2-Clause */
/* A lease as dhclient writes it into its file, for whom reads that. */
#ifndef COMPAT_ISC_LEASE_H
#define COMPAT_ISC_LEASE_H

/* Adds the lease of the environment, which is a hook's, to the file. */
void isc_lease_write(const char *path);

#endif
