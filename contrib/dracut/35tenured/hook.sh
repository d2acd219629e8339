#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# The hook of tenured in an initramfs of dracut: tells the scripts of network-legacy
# what they would hear of dhclient-script. Address, routes and MTU are there already.

# shellcheck disable=SC2154 # what hooks are told; hookdir is of dracut-lib.sh

PATH=/usr/sbin:/usr/bin:/sbin:/bin
[ -n "$new_ip_address" ] || exit 0

# shellcheck source=/dev/null
. /lib/dracut-lib.sh
# shellcheck source=/dev/null
. /lib/net-lib.sh

netif=$interface

# What others read of the lease, as a shell does.
set | while read -r line; do
	case $line in
	new_*) echo "$line" ;;
	esac
done >"/tmp/dhclient.$netif.dhcpopts"

if getargbool 1 rd.peerdns; then
	search="$new_domain_search"
	[ -z "$search" ] || echo "search $search"
	for server in $new_domain_name_servers; do
		echo "nameserver $server"
	done
fi >"/tmp/net.$netif.resolv.conf"

if [ -n "$new_host_name" ]; then
	name=${new_host_name%".$new_domain_name"}
	name=$name${new_domain_name:+.$new_domain_name}
	echo "echo '$name' >/proc/sys/kernel/hostname" >"/tmp/net.$netif.hostname"
fi

# Later, in the queue: hooks are not to wait for it.
job=$hookdir/initqueue/setup_net_$netif.sh
{
	echo '. /lib/net-lib.sh'
	echo "setup_net '$netif'"
	echo "source_hook initqueue/online '$netif'"
	[ -e "/tmp/net.$netif.manualup" ] || echo "/sbin/netroot '$netif'"
	echo "rm -f -- '$job'"
} >"$job"
echo "[ -f '/tmp/net.$netif.did-setup' ]" >"$hookdir/initqueue/finished/dhclient-$netif.sh"

: >"/tmp/net.$netif.up"
read -r address <"/sys/class/net/$netif/address" && : >"/tmp/net.$address.up"
exit 0
