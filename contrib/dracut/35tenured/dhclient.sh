#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The stand-in for dhclient in an initramfs of dracut, as ifup and dhcp-multi of
# network-legacy call it:
#
#   dhclient [-4] [--timeout SECONDS] -q -1 -cf FILE -pf FILE -lf FILE IFACE
#
# The hook beside it does what dhclient-script would. --timeout is looked for in
# what --help prints.

timeout=60 pidfile=/dev/null leases=/dev/null netif='' duid='' user=''

while [ $# -gt 0 ]; do
	case $1 in
	-4 | -q | -1) ;;
	-cf) shift ;;
	-pf) pidfile=$2 && shift ;;
	-lf) leases=$2 && shift ;;
	--timeout) timeout=$2 && shift ;;
	--help)
		echo 'dhclient [-4] [--timeout SECONDS] -q -1 -cf FILE -pf FILE -lf FILE IFACE'
		exit 0
		;;
	-6)
		echo 'tenured leases IPv4 addresses alone: there is no DHCPv6' >&2
		exit 1
		;;
	-*)
		echo "dhclient: tenured stands in for it, and does not know $1" >&2
		exit 64
		;;
	*) netif=$1 ;;
	esac
	shift
done

# shellcheck source=/dev/null # the module writes it: UID:GID
. /usr/lib/tenured/user
[ ! -f /usr/lib/tenured/duid ] || duid=/usr/lib/tenured/duid

# While it runs, that file tells others of it; later the number may be another's.
tenured --oneshot --pidfile "$pidfile" --timeout "$timeout" \
	--state-dir /run/tenured/initramfs --hook-dir /usr/lib/tenured/hooks \
	--request-option root-path,ntp-servers,nis-domain,boot-file-name \
	--user "$user" ${duid:+--duid-file "$duid"} "$netif" >"$leases"
code=$?
[ "$pidfile" = /dev/null ] || rm -f "$pidfile"
exit $code
