#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
#
# The module of dracut: tenured in the place of dhclient, whom the scripts of
# network-legacy call; ip= and all else of dracut.cmdline(7) is theirs. Included by
# add_dracutmodules+=" tenured ".

# shellcheck disable=SC2154 # initdir and moddir are dracut's

# called by dracut
check() {
	require_binaries tenured || return 1
	return 255
}

# called by dracut
depends() {
	# The first is what the second then chooses.
	echo network-legacy network
}

# called by dracut
install() {
	local root=${dracutsysrootdir:-} etc=/etc/tenured file directory user

	for directory in /usr/libexec /usr/lib /usr/local/libexec; do
		file=$root$directory/tenured/optional-hooks/net-conf
		[[ -x $file ]] && inst_script "$file" /usr/lib/tenured/hooks/net-conf
	done
	inst_binary tenured
	inst_script "$moddir/hook.sh" /usr/lib/tenured/hooks/dracut
	rm -f "$initdir"/{,usr/}{s,}bin/dhclient
	inst_script "$moddir/dhclient.sh" /usr/sbin/dhclient

	# By its number, since other modules write passwd anew.
	user=$(awk -F: '$1 == "_tenured" { print $3 ":" $4 }' "$root/etc/passwd")
	[[ $user ]] || dfatal "tenured: there is no user _tenured to become"
	echo "user=$user" >"$initdir/usr/lib/tenured/user"

	# Of no host in particular, it has nothing of this one.
	[[ $hostonly ]] || return 0
	inst_multiple -H -o "$etc/tenured.conf" "$etc/tenured.conf.d/*.conf"
	# shellcheck disable=SC2046 # a list of files
	inst_multiple -H -o $(sed -n 's/^[[:blank:]]*\(auth-keys\|duid-file\)[[:blank:]]*=//p' \
		"$root$etc/tenured.conf" "$root$etc"/tenured.conf.d/*.conf 2>/dev/null)
	[[ -f $root/var/lib/tenured/duid ]] &&
		! grep -qsE '^[[:blank:]]*duid(-file)?[[:blank:]]*=' \
			"$root$etc/tenured.conf" "$root$etc"/tenured.conf.d/*.conf &&
		inst_simple "$root/var/lib/tenured/duid" /usr/lib/tenured/duid
	return 0
}
