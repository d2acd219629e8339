# SPDX-License-Identifier: BSD-2-Clause
"""tenured --import: after the real dhclient and dhcpcd, the same address and identity."""

import re
import shutil
import time
from pathlib import Path

from lab import Skip, eventually, lasts
from lab.servers import SERVERS
from lab.system import Process



def need(*programs):
    for program in programs:
        if not shutil.which(program):
            raise Skip(f"no {program} here")


def dhclient(lab, *arguments):
    """Leases eth0's address by dhclient, which then ends and keeps it."""
    need("dhclient")
    Path("/var/lib/dhcp").mkdir(exist_ok=True)
    lab.judged = False
    lab.plug_in()
    lab.client.run(
        "dhclient", "-4", "-1", *arguments, "-sf", "/bin/true", "-pf", "/run/dhclient.pid",
        "-lf", "/var/lib/dhcp/dhclient.eth0.leases", "eth0")
    pid = Path("/run/dhclient.pid")  # it ends before the one in the background begins
    eventually("dhclient's pid", lambda: pid.exists() and pid.read_text().strip())
    lab.client.run("kill", pid.read_text().strip())
    return re.search(r"fixed-address (\S+);",
                     Path("/var/lib/dhcp/dhclient.eth0.leases").read_text())[1]


def dhcpcd(lab):
    need("dhcpcd")
    lab.need_users()
    Path("/var/lib/dhcpcd").mkdir(exist_ok=True)
    conf = lab.dir / "dhcpcd.conf"
    conf.write_text("duid\npersistent\nnoarp\n")
    lab.judged = False
    lab.plug_in()
    process = Process(lab.client.enter("dhcpcd", "-4", "-1", "-B", "-d", "-f", conf,
                                       "-c", "/bin/true", "eth0"))
    _, line = process.wait_line("eth0: leased ")
    eventually("its file", Path("/var/lib/dhcpcd/eth0.lease").exists)
    process.wait_line("exiting due to oneshot")
    lab.client.ip("address flush dev eth0")
    return re.search(r"leased (\S+) ", line)[1]


def imported(lab, *arguments, code=0):
    process = lab.tenured("--import", *arguments)
    process.ends(code)
    return process.output


def configuration(said):
    """The lines that it says are to be put into the configuration."""
    found = re.search(r"put into tenured.conf:\n((?:      .*\n?)+)", said)
    return "\n".join(line.strip() for line in found[1].splitlines()) + "\n"


def leases(server):
    """What a server's own table of leases has: the addresses, one for each entry."""
    text = (server.dir / "leases").read_text()
    if server.name == "dnsmasq":
        return [line.split()[2] for line in text.splitlines()]
    return sorted(set(re.findall(r"^lease (\S+) \{", text, re.M)))


def goes_on(lab, server, address, *arguments):
    """tenured asks for that address by a REQUEST in INIT-REBOOT, and nothing else."""
    client = lab.tenured("-f", "-v", *arguments, "eth0")
    client.wait_line(f"eth0: {re.escape(address)} is ready")
    assert not client.find("DISCOVER sent"), client.output
    assert client.find(r"REBOOTING"), client.output
    assert eventually("one entry", lambda: leases(server) == [address] and leases(server))
    return client


def after_dhclient(lab, kind):
    need(kind.program)
    server = kind(lab, lease=600)
    address = dhclient(lab)
    said = imported(lab)
    assert f"eth0: {address}/24 from 10.0.0.1, good for " in said
    assert "dhclient sent no client id" in said and "nothing has to be configured" in said
    goes_on(lab, server, address)


def after_dhclient_duid(lab, kind):
    need(kind.program)
    server = kind(lab, lease=600)
    address = dhclient(lab, "-i")
    said = imported(lab)
    assert re.search(r"^DUID [0-9a-f:]+\n    taken$", said, re.M), said
    wanted = configuration(said)
    assert re.fullmatch(r"\[eth0\]\nclient-id = duid\niaid = \d+\n", wanted), said
    conf = lab.dir / "tenured.conf"
    conf.write_text(wanted)
    goes_on(lab, server, address, "--config", str(conf))


def after_dhcpcd(lab, kind):
    need(kind.program)
    server = kind(lab, lease=600)
    address = dhcpcd(lab)
    said = imported(lab)
    assert "by dhcpcd, of /var/lib/dhcpcd/eth0.lease" in said, said
    conf = lab.dir / "tenured.conf"
    conf.write_text(configuration(said))
    goes_on(lab, server, address, "--config", str(conf))


@lasts(8)
def test_import_dhclient_dnsmasq(lab):
    """dhclient as it is without arguments: known by its hardware address."""
    after_dhclient(lab, SERVERS["dnsmasq"])


@lasts(8)
def test_import_dhclient_dhcpd(lab):
    after_dhclient(lab, SERVERS["dhcpd"])


@lasts(8)
def test_import_dhclient_duid_dnsmasq(lab):
    """dhclient -i, as ifupdown starts it: known by its DUID."""
    after_dhclient_duid(lab, SERVERS["dnsmasq"])


@lasts(8)
def test_import_dhclient_duid_dhcpd(lab):
    after_dhclient_duid(lab, SERVERS["dhcpd"])


@lasts(14)
def test_import_dhcpcd_dnsmasq(lab):
    """dhcpcd as Debian configures it: known by its DUID."""
    after_dhcpcd(lab, SERVERS["dnsmasq"])


@lasts(14)
def test_import_dhcpcd_dhcpd(lab):
    after_dhcpcd(lab, SERVERS["dhcpd"])


LEASE = """lease {{
  interface "{interface}";
  fixed-address {address};
  option subnet-mask 255.255.255.0;
  option dhcp-lease-time {seconds};
  option dhcp-server-identifier 10.0.0.1;
  {more}
  expire epoch {expire};
}}
"""


def lease_text(address="10.0.0.33", seconds=600, left=300, interface="eth0", more=""):
    return LEASE.format(address=address, seconds=seconds, interface=interface, more=more,
                        expire=int(time.time()) + left)


def state(lab):
    """The directory in which tenured keeps what it kept."""
    return lab.lease_files()[0].parent


def lease_file(lab, text, name="dhclient.leases"):
    path = lab.dir / name
    path.write_text(text)
    return str(path)


@lasts(4)
def test_import_expired(lab):
    """What is over is but a wish: a DISCOVER that asks for the address."""
    lab.plug_in()
    said = imported(lab, lease_file(lab, lease_text(left=-3630)))
    assert "expired 1 h" in said and "asks for this address again" in said
    lab.server()
    client = lab.bound()
    assert client.find("DISCOVER sent") and not client.find("REBOOTING")
    assert lab.wire.wait("DISCOVER").options[50] == bytes([10, 0, 0, 33])
    assert lab.kernel.address() == "10.0.0.33/24"


@lasts(4)
def test_import_keeps_ours(lab):
    """A newer lease and a DUID of our own stay, unless told otherwise; a daemon is left alone."""
    lab.server(lease=600)
    client = lab.bound("--client-id", "duid")
    path = lease_file(lab, 'default-duid "\\000\\003\\000\\001\\002\\000\\000\\000\\000\\011";\n'
                      + lease_text(left=-60))
    assert "not taken: tenured is at work there" in imported(lab, path)
    client.stop()
    kept = {file: file.read_bytes() for file in state(lab).iterdir() if file.is_file()}
    said = imported(lab, path)
    assert "not taken: tenured has a newer one; --force takes it" in said
    assert "not taken: tenured has one; --force takes it" in said
    assert all(file.read_bytes() == octets for file, octets in kept.items())
    said = imported(lab, "--force", path)
    assert "not taken" not in said, said
    changed = {file.name for file, octets in kept.items() if file.read_bytes() != octets}
    assert {"eth0.lease", "duid"} <= changed
    assert (state(lab) / "duid").read_text() == "00:03:00:01:02:00:00:00:00:09\n"
    if lab.root:
        for name in ("eth0.lease", "duid"):
            assert (state(lab) / name).stat().st_uid == 64321


@lasts(4)
def test_import_newest(lab):
    """Of several leases of an interface the newest; of several interfaces each."""
    paths = [lease_file(lab, lease_text("10.0.0.33", left=200) + lease_text("10.0.0.34", left=100),
                        "one"),
             lease_file(lab, lease_text("10.0.0.35", left=99)
                        + lease_text("10.1.0.7", interface="wlan0"), "two"),
             lease_file(lab, "lease {\n interface \"eth1\";\n fixed-address 10.2.0.1;", "three")]
    said = imported(lab, *paths)
    assert "eth0: 10.0.0.34/24" in said and "wlan0: 10.1.0.7/24" in said
    assert "10.0.0.35" not in said and "10.0.0.33" not in said
    assert "three: left out, since cut or of too few words: 1" in said


@lasts(3)
def test_import_identity_that_is_told(lab):
    """What the server repeated of the client id is what it was, whatever the DUID is."""
    said = imported(lab, lease_file(lab, 'default-duid "\\000\\003\\000\\001abcdef";\n'
                    + lease_text(more="option dhcp-client-identifier 1:2:3;")))
    assert "dhclient sent the client id 01:02:03" in said
    assert configuration(said) == "[eth0]\nclient-id = 01:02:03\n"


@lasts(3)
def test_import_nothing(lab):
    """What is no lease is told, and nothing else happens."""
    Path("/var/lib/dhcp").mkdir(exist_ok=True)
    assert "there is no lease to import" in imported(lab, code=1)
    said = imported(lab, "/nonexistent", "/dev/zero", str(lab.dir), code=1)
    assert said.count("not read: ") == 3
    said = imported(lab, lease_file(lab, lease_text(address="127.0.0.1")), code=1)
    assert "eth0: left out: its lease is not usable" in said
    (lab.dir / "big").write_bytes(b"#" * 1048577)
    assert "more than a mebioctet" in imported(lab, str(lab.dir / "big"), code=1)
    assert not lab.lease_files()
