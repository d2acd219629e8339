#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # json_get_vars sets the variables
#
# The protocol "tenured" of netifd: one daemon an interface, which configures
# nothing itself; tenured.script tells netifd what it leased.

[ -x /usr/sbin/tenured ] || exit 0

# shellcheck source=/dev/null
. /lib/functions.sh
# shellcheck source=/dev/null
. ../netifd-proto.sh
init_proto "$@"

proto_tenured_init_config() {
	# shellcheck disable=SC2034 # netifd-proto.sh reads it
	renew_handler=1

	proto_config_add_string 'ipaddr:ipaddr'
	proto_config_add_string 'hostname:hostname'
	proto_config_add_string clientid
	proto_config_add_string vendorid
	proto_config_add_boolean 'broadcast:bool'
	proto_config_add_boolean 'release:bool'
}

proto_tenured_setup() {
	config=$1 device=$2

	json_get_vars ipaddr hostname clientid vendorid broadcast release
	mkdir -p /var/run/tenured-netifd
	echo "$config" >"/var/run/tenured-netifd/$device"
	set -- -f --no-configure --no-hooks --script /lib/netifd/tenured.script
	[ -z "$ipaddr" ] || set -- "$@" --request "$ipaddr"
	[ -z "$hostname" ] || set -- "$@" --hostname "$hostname"
	[ -z "$clientid" ] || set -- "$@" --client-id "$clientid"
	[ -z "$vendorid" ] || set -- "$@" --vendor-class "$vendorid"
	[ "$broadcast" != 1 ] || set -- "$@" --broadcast
	[ "$release" != 1 ] || set -- "$@" --release-on-exit
	proto_run_command "$config" tenured "$@" -i "$device"
}

proto_tenured_renew() {
	proto_kill_command "$1" "$(kill -l USR1)"
}

proto_tenured_teardown() {
	proto_kill_command "$1"
}

add_protocol tenured
