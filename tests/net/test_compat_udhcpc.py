# SPDX-License-Identifier: BSD-2-Clause
"""udhcpc's command lines, as those who call it have them, and its scripts."""

import os
import signal
from functools import partial

from compat import begin, refused, show, waits
from lab import eventually

TELLS = """
{{ echo "called=$1"; env; }} >{0}/new.$$
n=$(ls {0} | grep '^[0-9]' | tail -n 1)
n=${{n%-*}}
mv {0}/new.$$ {0}/$((${{n:-1000}} + 1))-$1
exit 1"""


def telling(lab, name="script"):
    """A script that keeps what it is told, and fails."""
    told = lab.dir / "told"
    told.mkdir()
    script = lab.dir / name
    script.write_text(f"#!/bin/sh{TELLS.format(told)}\n")
    script.chmod(0o755)
    return script


def calls(lab):
    return [path.name[5:] for path in sorted((lab.dir / "told").iterdir())
            if path.name[0].isdigit()]


def called(lab, *wanted):
    """Waits until the script's calls, or the first of them, are these."""
    try:
        eventually(f"calls {wanted}", lambda: calls(lab)[:len(wanted)] == list(wanted))
    except AssertionError as error:
        raise AssertionError(f"{error}: {os.listdir(lab.dir / 'told')}") from None


def told(lab, call):
    path = next(path for path in sorted((lab.dir / "told").iterdir(), reverse=True)
                if path.name.endswith(f"-{call}"))
    return dict(line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)


# ---- callers' lines, word for word: what each becomes --------------------------

def test_udhcpc_lines(lab):
    """ifupdown, ifupdown-ng, busybox ifupdown, netifrc and cloud-init."""
    def becomes(line, words):
        assert show(lab, "udhcpc", line) == words, show(lab, "udhcpc", line)

    becomes("-n -p /run/udhcpc.eth0.pid -i eth0 -x hostname:host1",
            "tenured --hostname=host1 -n --timeout 9 -p /run/udhcpc.eth0.pid -i eth0")
    becomes("-b -R -p /var/run/udhcpc.eth0.pid -i eth0 -x hostname:host1 -c 01:02:03",
            "tenured -R --client-id=01:02:03 --hostname=host1 -b --timeout 9"
            " -p /var/run/udhcpc.eth0.pid -i eth0")
    becomes("-R -n -p /var/run/udhcpc.eth0.pid -i eth0",
            "tenured -R -n --timeout 9 -p /var/run/udhcpc.eth0.pid -i eth0")
    hook = f"--no-configure --no-hooks --script {lab.dir}/compat/udhcpc"
    becomes("-p /var/run/udhcpc-eth0.pid -s /lib/netifd/dhcp.script -f -t 0 -i eth0"
            " -r 10.0.0.7 -H host1 -V vendor -C -B -O 121 -O staticroutes",
            "TENURED_COMPAT_SCRIPT=/lib/netifd/dhcp.script tenured -r 10.0.0.7"
            " --vendor-class=vendor --client-id=none --broadcast=yes --request-option 121"
            " --request-option 121 --hostname=host1 -f -p /var/run/udhcpc-eth0.pid"
            f" {hook} -i eth0")
    becomes("--interface=eth0 --now --script=/lib/netifrc/sh/udhcpc-hook.sh"
            " --pidfile=/run/udhcpc-eth0.pid --request=10.0.0.9 -x hostname:host1",
            "TENURED_COMPAT_SCRIPT=/lib/netifrc/sh/udhcpc-hook.sh tenured -r 10.0.0.9"
            f" --hostname=host1 -n --timeout 9 -p /run/udhcpc-eth0.pid {hook} -i eth0")
    becomes("-fqn -t2 -T1 -A5 -a -S -vieth7 -o -Ontpsrv -x0x3d:01aabb -F a.example -x lease:60",
            "tenured --no-request-option 121,3,33,6,15,119 -v --request-option 42"
            " --client-id=01:aa:bb --lease-time=60 --fqdn=both --hostname=a.example"
            " -n --timeout 2 -f -q -i eth7")
    becomes("-O staticroutes -i eth0 -s /var/tmp/x/udhcpc_script -n -q -f -v -x 0x3d:0011223344",
            "TENURED_COMPAT_SCRIPT=/var/tmp/x/udhcpc_script tenured --request-option 121 -v"
            f" --client-id=00:11:22:33:44 -n --timeout 9 -f -q {hook} -i eth0")
    # Without an end nothing is given up.
    becomes("-n -b -t 0", "tenured -i eth0")


def test_udhcpc_errors(lab):
    """What cannot be had is named."""
    fails = partial(refused, lab, "udhcpc")
    fails("-P 1068 -i eth0", "-P", "port")
    fails("-z", "-z")
    fails("--frobnicate", "--frobnicate")
    fails("--re eth0", "--re", "several")
    fails("-i", "-i", "argument")
    fails("-O nonsense", "nonsense")
    fails("-x hostname", "OPTION:VALUE")
    fails("-t many -n", "many")
    fails("eth0 eth1", "eth1")
    fails("--now=3", "--now", "no argument")


# ---- for real ------------------------------------------------------------------

def test_udhcpc_leases(lab):
    """As ifupdown has it; its end releases by SIGUSR2 and comes by SIGTERM."""
    server = lab.server(lease=3600)
    begin(lab, "udhcpc", *"-n -p /run/udhcpc.eth0.pid -i eth0 -x hostname:host1".split()).ends(0)
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.route("default")
    pid = int((lab.dir.parent / "udhcpc.eth0.pid").read_text())
    assert lab.daemons() == [pid]
    waits(pid, signal.SIGUSR2, signal.SIGTERM)
    assert not lab.kernel.addresses()
    server.wait_line("RX RELEASE")


def test_udhcpc_no_server(lab):
    """leasefail, and the code of no lease."""
    script = telling(lab)
    process = begin(lab, "udhcpc", "-n", "-f", "-t", "2", "-T", "1", "-s", script)
    process.ends(2)
    called(lab, "deconfig", "leasefail")


def test_udhcpc_script(lab):
    """Its names and its $1; the environment of the start; nothing is configured."""
    lab.need_ctl()
    server = lab.server("--option", "12=6775657374", "--option", "15=6c61622e6578616d706c65",
                        "--option", "6=0a000035", "--option", "42=0a00000e",
                        "--option", "121=1009090a000001", "--option", "245=a83f8110", lease=3600)
    script = telling(lab)
    process = begin(lab, "udhcpc", *"-O staticroutes -O ntpsrv -O 245 -i eth0 -f -v -R".split(),
                    "-x", "0x3d:0011223344", "-s", script, LEASE_FILE="/run/lab/lease file")
    process.wait_line("eth0: .* is ready")
    called(lab, "deconfig", "bound")
    bound = told(lab, "bound")
    shown = {name: bound.get(name) for name in (
        "interface", "ip", "subnet", "mask", "router", "dns", "domain", "hostname", "ntpsrv",
        "serverid", "lease", "staticroutes", "opt245", "LEASE_FILE", "reason")}
    assert shown == {
        "interface": "eth0", "ip": "10.0.0.10", "subnet": "255.255.255.0", "mask": "24",
        "router": "10.0.0.1", "dns": "10.0.0.53", "domain": "lab.example", "hostname": "guest",
        "ntpsrv": "10.0.0.14", "serverid": "10.0.0.1", "lease": "3600",
        "staticroutes": "9.9.0.0/16 10.0.0.1", "opt245": "a83f8110",
        "LEASE_FILE": "/run/lab/lease file", "reason": "BOUND"}, shown
    assert not [name for name in bound if name.startswith("TENURED_COMPAT")]
    assert not lab.kernel.addresses()
    server.wait_line("client-id 00:11:22:33:44|RX DISCOVER")
    process.send(signal.SIGUSR1)
    called(lab, "deconfig", "bound", "renew")
    lab.ctl("status")  # which is answered when it has heard how the first calls ended
    process.send(signal.SIGTERM)
    process.ends(0)
    called(lab, "deconfig", "bound", "renew", "deconfig")
    assert len(calls(lab)) == 4, calls(lab)
    assert "script failed" not in process.output


def test_udhcpc_lease_file(lab):
    """What a script of cloud-init 25 writes is there when udhcpc has ended."""
    lab.server(lease=3600)
    script = lab.dir / "script"
    script.write_text('#!/bin/sh\n[ "$1" = bound ] || exit 1\necho "$ip" >"$LEASE_FILE"\n')
    script.chmod(0o755)
    done = begin(lab, "udhcpc", *"-O staticroutes -i eth0 -n -q -f -v".split(), "-s", script,
                 LEASE_FILE="/run/lab/lease")
    done.ends(0)
    assert (lab.dir / "lease").read_text() == "10.0.0.10\n"
    assert not lab.daemons() and not lab.kernel.addresses()


def test_udhcpc_nak(lab):
    """nak, and deconfig after it."""
    lab.server(lease=3600, script="on request-renewing nak\n"
               "on discover 2- delay 30000\n")
    script = telling(lab)
    process = begin(lab, "udhcpc", "-f", "-v", "-s", script)
    # A call that waits for one before it would give way to what is newer.
    called(lab, "deconfig", "bound")
    process.send(signal.SIGUSR1)
    called(lab, "deconfig", "bound", "nak", "deconfig")
