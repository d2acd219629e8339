# SPDX-License-Identifier: BSD-2-Clause
"""dhclient's command lines, configuration, lease file and scripts."""

import re
from functools import partial
from pathlib import Path

from compat import begin, refused, show
from lab import eventually

LEASES = "/run/lab/leases"


def becomes(lab, line, words):
    shown = show(lab, "dhclient", line).replace(
        f" --script {lab.dir}/compat/dhclient", " --script SELF")
    assert shown == words, shown


def conf(lab, text):
    path = lab.dir / "dhclient.conf"
    path.write_text(text)
    return str(path)


def no_conf(lab):
    """The machine's own configuration is none of a test's."""
    lab.own_etc()
    for path in ("/etc/dhcp/dhclient.conf", "/etc/dhclient.conf"):
        Path(path).unlink(missing_ok=True)


# ---- callers' lines, word for word: what each becomes --------------------------

def test_dhclient_lines(lab):
    """ifupdown, ifupdown2, cloud-init, dracut, netifrc, Vagrant, libguestfs."""
    no_conf(lab)
    paths = "-pf /run/dhclient.eth0.pid -lf /var/lib/dhcp/dhclient.eth0.leases"
    writes = "TENURED_COMPAT_LEASES=/var/lib/dhcp/dhclient.eth0.leases tenured"
    ends = "-p /run/dhclient.eth0.pid --script SELF -i eth0"
    becomes(lab, f"-4 -v -i {paths} -I -df /var/lib/dhcp/dhclient6.eth0.leases eth0",
            f"{writes} -v --client-id=duid -b --timeout 60 {ends}")
    becomes(lab, f"-4 -v -i {paths} -I -df /var/lib/dhcp/dhclient6.eth0.leases eth0"
            " -e IF_METRIC=100",
            f"{writes} -v --client-id=duid --metric 100 -b --timeout 60 {ends}")
    becomes(lab, f"-4 -v -i -r {paths} -I -df /var/lib/dhcp/dhclient6.eth0.leases eth0",
            "release, and end the process of /run/dhclient.eth0.pid")
    becomes(lab, f"{paths} eth0", f"{writes} -b --timeout 60 {ends}")
    becomes(lab, f"{paths} eth0 -nw", f"{writes} -b --timeout 1 {ends}")
    becomes(lab, f"-r {paths} eth0", "release, and end the process of /run/dhclient.eth0.pid")
    becomes(lab, "-x -pf /run/dhclient.eth0.pid eth0",
            "end the process of /run/dhclient.eth0.pid")
    becomes(lab, "-1 -v -lf /run/dhclient.lease -pf /run/dhclient.pid eth0 -sf /bin/true",
            "TENURED_COMPAT_LEASES=/run/dhclient.lease tenured -v -n --timeout 60"
            " -p /run/dhclient.pid --no-configure --no-hooks --script SELF -i eth0")
    becomes(lab, "--timeout 9 -q -1 -cf /dev/null -pf /tmp/dhclient.eth0.pid"
            " -lf /tmp/dhclient.eth0.lease eth0",
            "TENURED_COMPAT_LEASES=/tmp/dhclient.eth0.lease tenured --log-level=error -n"
            " --timeout 9 -p /tmp/dhclient.eth0.pid --script SELF -i eth0")
    # netifrc's.
    becomes(lab, "-e PEER_DNS=no -e IF_METRIC=7 -q -1 -pf /run/dhclient-eth0.pid eth0",
            "tenured --no-dns --metric 7 --log-level=error -n --timeout 60"
            " -p /run/dhclient-eth0.pid -i eth0")
    becomes(lab, "-q -r -pf /run/dhclient-eth0.pid eth0",
            "release, and end the process of /run/dhclient-eth0.pid")
    becomes(lab, "eth0", "tenured -b --timeout 60 -p /run/dhclient.eth0.pid -i eth0")
    becomes(lab, "-r eth0", "release, and end the process of /run/dhclient.eth0.pid;"
            " or else tenurectl release eth0")
    becomes(lab, "-d -nw --no-pid -B -R ntp-servers,26 -C 01:02 -H host1 -V vendor eth0",
            "tenured --broadcast=yes --request-option 42 --request-option 26"
            " --client-id=01:02 --vendor-class=vendor --hostname=host1 -b --timeout 1 -f -i eth0")


def test_dhclient_errors(lab):
    no_conf(lab)

    fails = partial(refused, lab, "dhclient")
    fails("-6 -D LL eth0", "-6", "IPv4")
    fails("-p 1068 eth0", "-p", "port")
    fails("-s 10.0.0.1 eth0", "-s", "--allow-server")
    fails("-g 10.0.0.1 eth0", "-g", "relay")
    fails("-n eth0", "-n")
    fails("-lfx", "-lfx")
    fails("-pf", "-pf", "argument")
    fails("-e IF_METRIC eth0", "IF_METRIC")


DEBIAN = """# Debian's own, and a comment; with a brace {
option rfc3442-classless-static-routes code 121 = array of unsigned integer 8;
send host-name = gethostname();
request subnet-mask, broadcast-address, routers, domain-name-servers,
\tdhcp6.name-servers, interface-mtu,
\trfc3442-classless-static-routes, ntp-servers;
"""

FULL = """option local-thing code 224 = string;
send host-name "guest"; send dhcp-client-identifier 1:0:a0:24:ab:fb:9c;
send dhcp-lease-time 3600; send local-thing "two words";
supersede domain-name "fugue.com home.vix.com";
supersede domain-search "a.example", "b.example";
prepend domain-name-servers 127.0.0.1, 10.0.0.53;
append domain-name-servers 10.0.0.54; default ntp-servers 10.0.0.14;
also request tftp-server-name;
require subnet-mask, routers;
timeout 60; retry 60; reboot 10; select-timeout 5; initial-interval 2;
reject 192.33.137.209, 10.9.0.0/16;
script "/sbin/dhclient-script";
interface "eth0" { send vendor-class-identifier "v"; supersede ip-forwarding true; }
interface "eth9" { send vendor-class-identifier "w"; }
lease { interface "eth0"; fixed-address 192.33.137.200; option routers 192.33.137.250; }
"""


def test_dhclient_conf(lab):
    """Each statement becomes an option of tenured; of other interfaces: nothing."""
    becomes(lab, f"-cf {conf(lab, DEBIAN)} eth0",
            "tenured --mtu --request-option 1,28,3,6,121,42 -b --timeout 60"
            " -p /run/dhclient.eth0.pid -i eth0")
    becomes(lab, f"-cf {conf(lab, FULL)} eth0",
            "tenured --client-id=01:00:a0:24:ab:fb:9c --lease-time=3600"
            " '--option=224/text=two words' '--supersede=15=fugue.com home.vix.com'"
            " --supersede=119=a.example,b.example --prepend=6=127.0.0.1,10.0.0.53"
            " --append=6=10.0.0.54 --default=42=10.0.0.14 --request-option 66 --require 1,3"
            " --deny-server 192.33.137.209,10.9.0.0/16 --vendor-class=v --supersede=19=yes"
            " --hostname=guest -b --timeout 60 -p /run/dhclient.eth0.pid -i eth0")


def test_dhclient_conf_errors(lab):
    """By file and line; a word that is not known is no silence."""
    def fails(text, line, *words):
        done = begin(lab, "dhclient", "-cf", conf(lab, text), "eth0")
        done.ends(64)
        for word in (f"dhclient.conf, line {line}: ", *words):
            assert word in done.output, done.output

    fails("timeout 5;\n\nfrobnicate on;\n", 3, "frobnicate")
    fails("request subnet-mask,\n nonsense;\n", 2, "nonsense")
    fails('alias { interface "eth0"; }', 1, "alias")
    fails("timeout 5", 1, "';'")
    fails('send host-name "guest', 1, "quote")
    fails('interface "eth0" { timeout 5;\n', 2, "'}'")
    fails("option local 5;", 1, "option local")


# ---- for real ------------------------------------------------------------------

def pid_of(path):
    return int(Path(path).read_text())


def test_dhclient_leases(lab):
    """As ifupdown2 starts, stops and releases it."""
    no_conf(lab)
    server = lab.server(lease=3600)
    pid_file = "/run/dhclient.eth0.pid"
    line = ["-pf", pid_file, "-lf", LEASES, "eth0"]
    begin(lab, "dhclient", *line).ends(0)
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.route("default")
    assert lab.daemons() == [pid_of(pid_file)]
    begin(lab, "dhclient", "-x", *line).ends(0)
    assert not lab.daemons() and not Path(pid_file).exists()
    assert lab.kernel.address() == "10.0.0.10/24"
    begin(lab, "dhclient", *line).ends(0)
    begin(lab, "dhclient", "-r", *line).ends(0)
    server.wait_line("RX RELEASE")
    assert not lab.daemons() and not lab.kernel.addresses()
    # There is none any more, which is as it should be.
    begin(lab, "dhclient", "-r", *line).ends(0)


def test_dhclient_ends_what_does_not_run(lab):
    """No client is no error, unless its lease is to be given back."""
    no_conf(lab)
    lab.need_ctl()
    for line in (["-r", "eth0"], ["-x", "eth0"], ["-r"], ["-x"]):
        begin(lab, "dhclient", *line).ends(0)
    server = lab.server(lease=3600)
    begin(lab, "dhclient", "eth0").ends(0)
    begin(lab, "dhclient", "-x").ends(0)
    assert not lab.daemons() and lab.kernel.addresses()
    begin(lab, "dhclient", "-x", "eth0").ends(0)
    begin(lab, "dhclient", "-r", "eth0").ends(69)
    begin(lab, "dhclient", "eth0").ends(0)
    begin(lab, "dhclient", "-r").ends(0)
    server.wait_line("RX RELEASE")
    assert not lab.daemons() and not lab.kernel.addresses()


def test_dhclient_foreign_pid(lab):
    """A number that another program has by now is left alone."""
    no_conf(lab)
    other = begin(lab, "dhclient", "--help")
    other.ends(0)
    sleeper = lab.client.run("sh", "-c", "sleep 60 >/dev/null 2>&1 & echo $!")
    pid = int(sleeper.stdout)
    Path("/run/dhclient.eth0.pid").write_text(f"{pid}\n")
    begin(lab, "dhclient", "-r", "-pf", "/run/dhclient.eth0.pid", "eth0").ends(0)
    assert Path(f"/proc/{pid}").exists()


def test_dhclient_twice(lab):
    """Vagrant's post-up: the client of the same interface renews, and that is well."""
    no_conf(lab)
    lab.server(lease=3600)
    begin(lab, "dhclient", "-pf", "/run/dhclient.eth0.pid", "eth0").ends(0)
    [pid] = lab.daemons()
    again = begin(lab, "dhclient", "eth0")
    again.ends(0)
    assert f"process {pid}" in again.output
    lab.wire.wait("RENEWING")
    assert lab.daemons() == [pid]


def leases(text):
    """As cloud-init reads them."""
    result = []
    for block in re.findall(r"lease {(.*?)}\n", text, re.S):
        lines = [line.strip().replace('"', "").replace("option ", "")
                 for line in block.split(";")]
        result.append(dict(line.split(" ", 1) for line in lines if line))
    return result


def test_dhclient_lease_file(lab):
    """lease { ... } as dhclient has it, and one more with each renewal."""
    no_conf(lab)
    lab.need_ctl()
    lab.server("--option", "15=6c61622e6578616d706c65", "--option", "6=0a0000350a000036",
               "--option", "119=0161076578616d706c6500", "--option", "26=05dc",
               "--option", "121=1009090a000001", "--option", "245=a83f8110", lease=3600)
    done = begin(lab, "dhclient", "-1", "-v", "-lf", LEASES, "-R", "245,domain-search",
                 "-pf", "/run/dhclient.pid", "eth0")
    done.ends(0)
    eventually("a lease", lambda: Path(LEASES).exists() and leases(Path(LEASES).read_text()))
    [lease] = leases(Path(LEASES).read_text())
    times = {name: lease.pop(name) for name in ("renew", "rebind", "expire")}
    assert all(re.fullmatch(r"[0-6] \d{4}/\d\d/\d\d \d\d:\d\d:\d\d", value)
               for value in times.values()), times
    assert lease == {
        "interface": "eth0", "fixed-address": "10.0.0.10", "subnet-mask": "255.255.255.0",
        "routers": "10.0.0.1", "domain-name": "lab.example",
        "domain-name-servers": "10.0.0.53,10.0.0.54", "domain-search": "a.example.",
        "interface-mtu": "1500", "rfc3442-classless-static-routes": "16,9,9,10,0,0,1",
        "dhcp-lease-time": "3600", "dhcp-message-type": "5",
        "dhcp-client-identifier": "1:" + re.sub("(^|:)0", r"\1", lab.mac()),
        "dhcp-server-identifier": "10.0.0.1", "unknown-245": "a8:3f:81:10"}, lease
    lab.ctl("renew", "eth0")
    eventually("another", lambda: len(leases(Path(LEASES).read_text())) == 2)


def test_dhclient_script(lab):
    """Its names, its variables, and those of -e; the script has all to do."""
    no_conf(lab)
    lab.server("--option", "119=0161076578616d706c650001620363006500"[:28],
               "--option", "121=1009090a000001", lease=3600)
    script = lab.dir / "own-script"
    script.write_text(f'#!/bin/sh\n[ "$reason" != BOUND ] || env >{lab.dir}/told\n'
                      f'echo "$reason" >>{lab.dir}/reasons\n')
    script.chmod(0o755)
    begin(lab, "dhclient", "-1", "-sf", script, "-e", "IF_METRIC=7", "-e", "OURS=two words",
          "-R", "domain-search", "eth0").ends(0)
    eventually("BOUND", lambda: (lab.dir / "reasons").read_text() == "PREINIT\nBOUND\n")
    told = dict(line.split("=", 1) for line in (lab.dir / "told").read_text().splitlines())
    assert told["new_rfc3442_classless_static_routes"] == "16 9 9 10 0 0 1"
    assert told["new_ip_address"] == "10.0.0.10" and told["interface"] == "eth0"
    assert told["IF_METRIC"] == "7" and told["OURS"] == "two words"
    assert not lab.kernel.addresses()


def test_dhclient_no_server(lab):
    """-1 ends with 2; without it the client goes on where nobody sees it."""
    no_conf(lab)
    begin(lab, "dhclient", "-1", "--timeout", "1", "eth0").ends(2)
    assert not lab.daemons()
    begin(lab, "dhclient", "--timeout", "1", "eth0").ends(0)
    assert lab.daemons()
    server = lab.server(lease=3600)
    server.wait_line("TX ACK")
