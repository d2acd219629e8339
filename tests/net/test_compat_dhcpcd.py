# SPDX-License-Identifier: BSD-2-Clause
"""dhcpcd's command lines, as those who call it have them."""

import shlex
from functools import partial
from pathlib import Path

from compat import begin, refused, show
from lab import eventually


def becomes(lab, line, words):
    shown = show(lab, "dhcpcd", line).replace(
        f" --script {lab.dir}/compat/dhcpcd", " --script SELF")
    assert shown == words, shown


# ---- callers' lines, word for word: what each becomes --------------------------

def test_dhcpcd_lines(lab):
    """ifupdown, ifupdown-ng, cloud-init, NetworkManager, netifrc, libguestfs."""
    ends = "-n --timeout 30 -p /run/dhcpcd/eth0.pid -i eth0"
    becomes(lab, "eth0", f"tenured {ends}")
    becomes(lab, "-h host1 -i vendor -I 01:02:03 -l 60 -m 7 eth0",
            "tenured --vendor-class=vendor --client-id=01:02:03 --lease-time=60 --metric 7"
            f" --hostname=host1 {ends}")
    becomes(lab, "-k eth0", "release, and end the process of /run/dhcpcd/eth0-4.pid;"
            " or else tenurectl release eth0")
    becomes(lab, "--ipv4only --waitip --persistent --noarp --debug --script=/bin/true eth0",
            "tenured --acd=optimistic -v -n --timeout 30 -p /run/dhcpcd/eth0-4.pid"
            " --no-hooks -i eth0")
    becomes(lab, "--dumplease --ipv4only eth0", "tenurectl lease --env eth0")
    becomes(lab, "--ipv4only -P eth0", "/run/dhcpcd/eth0-4.pid")
    becomes(lab, "--noconfigure -B -K -L -A -c /usr/libexec/nm-dhcp-helper -4 -h host1"
            " -F both eth0",
            "TENURED_COMPAT_SCRIPT=/usr/libexec/nm-dhcp-helper tenured --no-configure"
            " --acd=optimistic --fqdn=both --hostname=host1 -f -n --timeout 30"
            " -p /run/dhcpcd/eth0-4.pid --no-hooks --script SELF -i eth0")
    # netifrc's.
    becomes(lab, "-C resolv.conf -C ntp.conf -C yp.conf -G -m 7 eth0",
            f"tenured --no-dns --no-hook ntp --no-gateway --metric 7 {ends}")
    becomes(lab, "-P -m 7 eth0", "/run/dhcpcd/eth0.pid")
    becomes(lab, "-1 -4 -B -w -t 6 eth0", "tenured -f -q -n --timeout 6 -i eth0")
    becomes(lab, "-b eth0", "tenured -b --timeout 1 -p /run/dhcpcd/eth0.pid -i eth0")
    becomes(lab, "--timeout=0 eth0", "tenured -p /run/dhcpcd/eth0.pid -i eth0")
    becomes(lab, "-pLMqGJ -o ntp_servers,26 -O domain-name -Q routers -r 10.0.0.9 -s10.0.0.8/24"
            " -S routers=10.0.0.2 -C resolv.conf -u class eth0",
            "tenured --log-level=error --no-gateway --broadcast=yes --request-option 42,26"
            " --no-request-option 15 --require 3 --request 10.0.0.9 --inform=10.0.0.8"
            f" --supersede=3=10.0.0.2 --no-dns --user-class=class {ends}")
    becomes(lab, "-n eth0", "tenurectl rebind eth0")
    becomes(lab, "-N eth0", "tenurectl renew eth0")
    becomes(lab, "-x eth0", "end the process of /run/dhcpcd/eth0-4.pid;"
            " or else tenurectl stop eth0")


def test_dhcpcd_errors(lab):
    fails = partial(refused, lab, "dhcpcd")
    fails("-6 eth0", "-6", "IPv4")
    fails("-f /etc/dhcpcd.conf eth0", "-f", "tenured.conf")
    fails("-T eth0", "-T", "audit")
    fails("--frobnicate", "--frobnicate")
    fails("-k", "interface")
    fails("-S ip_address=10.0.0.9/24 eth0", "-S")
    fails("-o nonsense eth0", "nonsense")


# ---- for real ------------------------------------------------------------------

def test_dhcpcd_leases(lab):
    """As cloud-init asks, looks and ends it; then -k, as ifupdown has it."""
    lab.need_ctl()
    server = lab.server("--option", "245=a83f8110", lease=3600)
    begin(lab, "dhcpcd", "--ipv4only", "--waitip", "--persistent", "--noarp", "--debug",
          "--script=/bin/true", "-o", "245", "eth0").ends(0)
    assert lab.kernel.address() == "10.0.0.10/24"
    dump = begin(lab, "dhcpcd", "--dumplease", "--ipv4only", "eth0")
    dump.ends(0)
    lease = dict(word.split("=", 1) for word in shlex.split(dump.output))
    assert lease["ip_address"] == "10.0.0.10" and lease["subnet_mask"] == "255.255.255.0"
    assert lease["interface"] == "eth0" and lease["opt_245"] == "a83f8110"
    asked = begin(lab, "dhcpcd", "--ipv4only", "-P", "eth0")
    asked.ends(0)
    assert lab.daemons() == [int(Path(asked.output.strip()).read_text())]
    begin(lab, "dhcpcd", "-N", "eth0").ends(0)
    begin(lab, "dhcpcd", "-k", "eth0").ends(0)
    server.wait_line("RX RELEASE")
    assert not lab.daemons() and not lab.kernel.addresses()


def test_dhcpcd_k_of_another_start(lab):
    """It is found by tenurectl, whoever started it."""
    lab.need_ctl()
    server = lab.server(lease=3600)
    lab.bound()
    begin(lab, "dhcpcd", "-k", "eth0").ends(0)
    server.wait_line("RX RELEASE")


def test_dhcpcd_script(lab):
    lab.server(lease=3600)
    script = lab.dir / "own-script"
    script.write_text(f'#!/bin/sh\nenv >{lab.dir}/told-$reason\n')
    script.chmod(0o755)
    begin(lab, "dhcpcd", "-c", script, "eth0").ends(0)
    told = lab.dir / "told-BOUND"
    eventually("BOUND", lambda: told.exists() and "interface=" in told.read_text())
    words = told.read_text().splitlines()
    for word in ("protocol=dhcp", "if_up=true", "new_ip_address=10.0.0.10", "interface=eth0"):
        assert word in words, words
    assert lab.kernel.address() == "10.0.0.10/24"


def test_dhcpcd_no_server(lab):
    begin(lab, "dhcpcd", "-1", "-4", "-B", "-w", "-t", "1", "eth0").ends(2)
    assert not lab.daemons()
