# SPDX-License-Identifier: BSD-2-Clause
#
# Completion of tenurectl in fish, made of its tables by tests/completions --update:
# not to be edited.

function __tenurectl_interfaces
	for path in /sys/class/net/*/
		basename $path
	end
end

complete -c tenurectl -f

# Whether one of these commands is there, or none yet.
function __tenurectl_for
	not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help
	or __fish_seen_subcommand_from $argv
end

complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a status -d 'what is leased, in a table; for one interface in full'
complete -c tenurectl -n '__fish_seen_subcommand_from status' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a lease -d 'a lease alone, even if no daemon runs; for scripts, too'
complete -c tenurectl -n '__fish_seen_subcommand_from lease' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a watch -d 'what happens, as it happens'
complete -c tenurectl -n '__fish_seen_subcommand_from watch' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a renew -d 'ask the server for a longer lease now'
complete -c tenurectl -n '__fish_seen_subcommand_from renew' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a rebind -d 'the same of any server, by broadcast'
complete -c tenurectl -n '__fish_seen_subcommand_from rebind' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a release -d 'give the lease back and stop'
complete -c tenurectl -n '__fish_seen_subcommand_from release' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a stop -d 'stop; address and lease stay to their expiry'
complete -c tenurectl -n '__fish_seen_subcommand_from stop' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a start -d 'ask for a lease again'
complete -c tenurectl -n '__fish_seen_subcommand_from start' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a accept -d 'renew, and apply what renew-changes held back'
complete -c tenurectl -n '__fish_seen_subcommand_from accept' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a network -d 'tell where the link leads, such as to an SSID'
complete -c tenurectl -n '__fish_seen_subcommand_from network' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a forget -d 'forget the servers that server-pin knows'
complete -c tenurectl -n '__fish_seen_subcommand_from forget' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a audit -d 'which servers answer, with what, and what that breaks'
complete -c tenurectl -n '__fish_seen_subcommand_from audit' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a external -d 'as what a STUN server sees it, and through what NAT'
complete -c tenurectl -n '__fish_seen_subcommand_from external' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a record -d 'save the last events, for tenured-replay'
complete -c tenurectl -n '__fish_seen_subcommand_from record' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a stats -d 'what was counted, of all interfaces or of one'
complete -c tenurectl -n '__fish_seen_subcommand_from stats' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a metrics -d 'the same for Prometheus, as OpenMetrics text'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a config -d 'settings in force, and where each comes from'
complete -c tenurectl -n '__fish_seen_subcommand_from config' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a reload -d 'read the configuration again; leases stay'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a log-level -d 'log more or less, until the daemon ends'
complete -c tenurectl -n '__fish_seen_subcommand_from log-level' -a 'error warning notice info debug'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a add -d 'manage an interface, without the configuration'
complete -c tenurectl -n '__fish_seen_subcommand_from add' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a remove -d 'manage one that was added no more'
complete -c tenurectl -n '__fish_seen_subcommand_from remove' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a wait-online -d 'wait until addresses can be used; for boot scripts'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a interfaces -d 'what this host has: links, addresses, routes, managers'
complete -c tenurectl -n '__fish_seen_subcommand_from interfaces' -a '(__tenurectl_interfaces)'
complete -c tenurectl -n 'not __fish_seen_subcommand_from status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help' -a help -d 'all commands, or one with its options'
complete -c tenurectl -n '__fish_seen_subcommand_from help' -a 'status lease watch renew rebind release stop start accept network forget audit external record stats metrics config reload log-level add remove wait-online interfaces help'
complete -c tenurectl -n '__tenurectl_for status lease watch audit external stats config interfaces' -l json -d 'as JSON, for programs'
complete -c tenurectl -n '__tenurectl_for interfaces' -l all -d 'each route, however many there are'
complete -c tenurectl -n '__tenurectl_for lease' -l env -d 'as variables, for shell scripts'
complete -c tenurectl -n '__tenurectl_for watch' -s f -l follow -d 'go on when daemons end, and with those that start'
complete -c tenurectl -n '__tenurectl_for renew rebind release stop start accept audit external add' -l wait -x -d 'how long to wait for the outcome'
complete -c tenurectl -n '__tenurectl_for renew rebind release stop start accept add' -s v -l verbose -d 'tell what happens meanwhile, one line each'
complete -c tenurectl -n '__tenurectl_for wait-online' -s i -l interface -x -a '(__tenurectl_interfaces)' -d 'wait for this one; may be given several times'
complete -c tenurectl -n '__tenurectl_for wait-online' -l any -d 'one of them suffices'
complete -c tenurectl -n '__tenurectl_for wait-online' -l timeout -x -d 'give up after this time (120); 0: never'
complete -c tenurectl -n '__tenurectl_for add remove' -l key -x -d 'whose it is: any words; only with them it is removed'
complete -c tenurectl -n '__tenurectl_for add' -l set -x -a 'client-id= duid= duid-file= iaid= hostname= fqdn= vendor-class= user-class= vendor-id-class= vendor-id-option= mud-url= lease-time= option= request-option= no-request-option= supersede= prepend= append= default= ignore= require= anonymous= request= timeout= release-on-exit= acd= acd-defence= address-removed= fallback= known-networks= metric= table= route-policy= shadow-guard= gateway= classless-routes= configure= mtu= mtu-min= dscp= inform= inform-server= broadcast= rapid-commit= offer-window= allow-server= deny-server= server-pin= renew-changes= ipv6-only= auto-configure= subnet= bootp= dns= hooks= no-hook= hook-dir= hook-timeout= auth= auth-keys= auth-required= force-renew= force= instance= user= run-dir= state-dir= sandbox= record-size= control-group= log-level= verbose=' -d 'a setting, as in tenured.conf; several times'
complete -c tenurectl -n '__tenurectl_for remove' -l release -d 'give its lease back, too'
complete -c tenurectl -n '__tenurectl_for record metrics' -s o -l output -r -F -d 'where to save it'
complete -c tenurectl -l color -x -a 'auto always never' -d 'auto (on terminals, unless NO_COLOR), always, never'
complete -c tenurectl -n '__tenurectl_for external' -l stun -x -d 'the STUN server to ask'
complete -c tenurectl -l run-dir -x -a '(__fish_complete_directories)' -d 'where the sockets are'
complete -c tenurectl -n '__tenurectl_for lease' -l state-dir -x -a '(__fish_complete_directories)' -d 'where the files of leases are'
complete -c tenurectl -l instance -x -d 'only daemons of this instance'
complete -c tenurectl -l socket -r -F -d 'only the daemon at this socket'
complete -c tenurectl -s h -l help -d 'this; of a command, with its options'
complete -c tenurectl -s V -l version -d 'the version'
