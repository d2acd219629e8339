# SPDX-License-Identifier: BSD-2-Clause
"""Other programs that manage an interface: real ones, and the files of two."""

import os
import pwd
import re
import shutil
from pathlib import Path

from lab import Skip, eventually, lasts, system
from lab.system import Process, listens

PROGRAMS = {
    "dhclient": ["-d", "-sf", "/bin/true", "-lf", "/run/leases"],
    "dhcpcd": ["-B", "-4", "-c", "/bin/true"],
    "udhcpc": ["-f", "-s", "/bin/true", "-p", "/run/udhcpc.eth0.pid", "-i"],
}


def rival(lab, name, *arguments, space=None):
    """Starts a client of that name, which has no server to hear from."""
    if not shutil.which(name):
        raise Skip(f"no {name} here")
    for directory in ("/var/lib/dhcp", "/var/lib/dhcpcd", "/run/dhcpcd"):
        Path(directory).mkdir(exist_ok=True)
    lab.plug_in()
    lab.judged = False
    process = Process((space or lab.client).enter(name, *PROGRAMS[name], *arguments))
    said = {"dhclient": "DHCPDISCOVER", "dhcpcd": "soliciting a DHCP lease",
            "udhcpc": "sending discover|broadcasting discover"}[name]
    process.wait_line(said)
    # It is known by its file, which need not be there as soon as it asks.
    eventually("its pid", lambda: any(
        path.read_text().strip() == str(process.pid)
        for place in ("/run", "/run/dhcpcd") for path in Path(place).glob("*pid")))
    return process


def imitate(lab, name):
    """A process of that name in the client's namespace; it does nothing."""
    program = lab.dir / name
    program.write_bytes(Path("/bin/sleep").read_bytes())
    program.chmod(0o755)
    process = Process(lab.client.enter(program, "3600"))
    eventually("its name", lambda: Path(f"/proc/{process.pid}/comm").read_text()
               == f"{name[:15]}\n")
    return process


def write(path, text):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def refused(lab, name, pid, *arguments):
    """75, with the name and the pid of who was there first."""
    arguments = arguments or ("-f", "eth0")
    second = lab.tenured(*arguments)
    second.ends(75)
    assert re.search(rf"eth0: {name} manages it already, with pid {pid}: .*--force",
                     second.output), second.output
    return second


def networkd(lab):
    """The real one, without a bus, for whatever /run/systemd/network says."""
    program = next(filter(os.path.exists, ("/usr/lib/systemd/systemd-networkd",
                                           "/lib/systemd/systemd-networkd")), None)
    if not program:
        raise Skip("no systemd-networkd here")
    lab.need_users()
    try:
        user = pwd.getpwnam("systemd-network")
    except KeyError:
        raise Skip("no user systemd-network here") from None
    for name in ("links", "leases", "lldp"):
        directory = Path("/run/systemd/netif", name)
        directory.mkdir(parents=True, exist_ok=True)
        for each in (directory, directory.parent):
            os.chown(each, user.pw_uid, user.pw_gid)
    # Where /sys is read-only there is no udev to be waited for.
    return Process(lab.client.enter(
        "unshare", "--mount", "sh", "-c",
        f"mount -t sysfs -o ro sysfs /sys && exec {program}"))


def root_with(lab, *programs):
    """What goes before a command to have these programs: nothing, or another root.

    TENURED_RIVALS names one, as what takes over a network is seldom installed.
    """
    if all(map(shutil.which, programs)):
        return []
    root = os.environ.get("TENURED_RIVALS")
    if not root or not all(shutil.which(name, path=":".join(
            f"{root}/{place}" for place in ("usr/sbin", "usr/bin"))) for name in programs):
        raise Skip(f"no {' and '.join(programs)} here, nor in a root named by TENURED_RIVALS")
    lab.need_users()
    for options, place in ((("--bind", "/run"), "run"), (("--bind", "/dev"), "dev"),
                           (("-t", "proc", "proc"), "proc"), (("-t", "tmpfs", "tmpfs"), "tmp")):
        system.mount(*options, f"{root}/{place}")
    return ["chroot", root]


NETWORKMANAGER = """[main]
plugins=keyfile
auth-polkit=false
dhcp=internal
[keyfile]
unmanaged-devices=none
[device-eth0]
match-device=interface-name:eth0
managed=1
"""

NETWORKMANAGER_ETH0 = """[connection]
id=eth0
type=ethernet
interface-name=eth0
uuid=7e4b8c0a-0000-4000-8000-000000000001
[ipv4]
method=auto
[ipv6]
method=disabled
"""


def networkmanager(lab):
    """The real one with a bus of its own; and what goes before its nmcli."""
    inside = root_with(lab, "NetworkManager", "dbus-daemon", "nmcli")
    root = inside[-1] if inside else ""
    write("/run/lab/nm.conf", NETWORKMANAGER)
    connection = "/run/NetworkManager/system-connections/eth0.nmconnection"
    write(connection, NETWORKMANAGER_ETH0)
    os.chmod(connection, 0o600)
    Path("/run/dbus").mkdir(exist_ok=True)
    bus = Process([*inside, "dbus-daemon", "--system", "--nofork", "--nopidfile"])
    eventually("a bus", lambda: listens("/run/dbus/system_bus_socket"))
    assert bus.running, bus.output
    if not root:
        Path("/var/lib/NetworkManager").mkdir(exist_ok=True)
    daemon = Process(lab.client.enter(
        "unshare", "--mount", "sh", "-c",
        f"mount -t sysfs -o ro sysfs {root}/sys && exec \"$@\"", "sh",
        *inside, "NetworkManager", "--no-daemon", "--config=/run/lab/nm.conf"))
    return daemon, inside


def forced(lab, name, pid):
    """All the same, if it must be; and then both are there to see."""
    both = lab.bound("--force")
    assert both.find(rf"eth0: {name}, with pid {pid}, manages it, too")
    if (lab.dir / "tenurectl").exists():
        assert f"{name}, with pid {pid}" in lab.ctl("status", "eth0").stdout
    both.stop()


def client_of(lab, name):
    process = rival(lab, name, "eth0")
    refused(lab, name, process.pid)
    assert not lab.lease_files() and not lab.daemons()
    lab.server()
    forced(lab, name, process.pid)
    process.stop()
    # It has gone: nobody is in the way, whatever it left behind.
    assert not lab.bound().find("manages it")


@lasts(8)
def test_dhclient_is_there(lab):
    client_of(lab, "dhclient")


@lasts(8)
def test_dhcpcd_is_there(lab):
    if not lab.root:
        raise Skip("dhcpcd needs users")
    client_of(lab, "dhcpcd")


@lasts(8)
def test_udhcpc_is_there(lab):
    client_of(lab, "udhcpc")


def test_rival_of_one_interface(lab):
    """Of several that were named, none is served; without it, all."""
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    process = rival(lab, "udhcpc", "eth0")
    lab.server(interface="srv1", net="10.0.1")
    refused(lab, "udhcpc", process.pid, "-f", "eth1", "eth0")
    assert not lab.kernel.addresses("eth1")
    client = lab.bound(interface="eth1")
    assert not client.find("manages it")


def test_rival_in_another_namespace(lab):
    """It has an eth0 of its own, of which nothing follows."""
    lab.here.ip("link add eth0 type veth peer name eth9")
    lab.here.ip("link set eth9 up")
    lab.here.ip("link set eth0 up")
    rival(lab, "udhcpc", "eth0", space=lab.here)
    lab.server()
    assert not lab.bound().find("manages it")


def test_rival_without_inform(lab):
    """Who only asks about an address is in nobody's way."""
    rival(lab, "udhcpc", "eth0")
    lab.client.ip("address add 10.0.0.77/24 dev eth0")
    lab.server()
    client = lab.tenured("-f", "-v", "--inform=auto", "eth0")
    client.wait_line("eth0: parameters from")


NETWORKD = """# This is private data. Do not parse.
ADMIN_STATE={}
OPER_STATE=routable
CARRIER_STATE=carrier
ADDRESS_STATE=routable
IPV4_ADDRESS_STATE=routable
IPV6_ADDRESS_STATE=degraded
ONLINE_STATE=online
REQUIRED_FOR_ONLINE=yes
NETWORK_FILE=/etc/systemd/network/20-wired.network
"""


def test_networkd_is_there(lab):
    """By its file, as long as it lives."""
    links = f"/run/systemd/netif/links/{lab.kernel.link_index()}"
    write(links, NETWORKD.format("configured"))
    daemon = imitate(lab, "systemd-networkd")
    refused(lab, "systemd-networkd", daemon.pid)
    write(links, NETWORKD.format("unmanaged"))
    lab.server()
    lab.bound().stop()
    write(links, NETWORKD.format("configuring"))
    refused(lab, "systemd-networkd", daemon.pid)
    daemon.stop()
    lab.bound()


@lasts(6)
def test_real_networkd(lab):
    """It leases eth0 itself, until it is told to leave it alone."""
    lab.judged = False
    link = Path("/run/systemd/netif/links", str(lab.kernel.link_index()))
    network = "/run/systemd/network/20-eth0.network"
    write(network, "[Match]\nName=eth0\n[Network]\nDHCP=ipv4\nLinkLocalAddressing=no\n")
    lab.server(lease=3600)
    daemon = networkd(lab)
    eventually("its address", lambda: lab.kernel.address())
    address = lab.kernel.address()
    refused(lab, "systemd-networkd", daemon.pid)
    assert lab.kernel.address() == address and not lab.lease_files()
    forced(lab, "systemd-networkd", daemon.pid)
    daemon.stop()
    write(network, "[Match]\nName=eth0\n[Link]\nUnmanaged=yes\n")
    daemon = networkd(lab)
    eventually("its word", lambda: link.exists()
               and "ADMIN_STATE=unmanaged" in link.read_text())
    assert daemon.running
    lab.client.ip("address flush dev eth0")
    assert not lab.bound().find("manages it")


def test_networkmanager_is_there(lab):
    devices = f"/run/NetworkManager/devices/{lab.kernel.link_index()}"
    write(devices, "[device]\nmanaged=true\nnm-owned=0\nroute-metric-default-aspired=100\n")
    daemon = imitate(lab, "NetworkManager")
    assert "nmcli" in refused(lab, "NetworkManager", daemon.pid).output
    write(devices, "[device]\nmanaged=false\n")
    lab.server()
    lab.bound()


@lasts(10)
def test_real_networkmanager(lab):
    """It leases eth0 itself, until nmcli takes that away from it."""
    lab.judged = False
    lab.server(lease=3600)
    daemon, inside = networkmanager(lab)
    device = Path("/run/NetworkManager/devices", str(lab.kernel.link_index()))
    eventually("its address", lambda: lab.kernel.address())
    address = lab.kernel.address()
    eventually("its file", lambda: device.exists() and "managed=true" in device.read_text())
    said = refused(lab, "NetworkManager", daemon.pid).output
    assert lab.kernel.address() == address and not lab.lease_files()
    # What it says is to be done is what helps.
    assert "nmcli device set IFACE managed no" in said
    forced(lab, "NetworkManager", daemon.pid)
    lab.client.run(*inside, "nmcli", "device", "set", "eth0", "managed", "no")
    eventually("its word", lambda: "managed=false" in device.read_text())
    assert daemon.running
    lab.client.ip("address flush dev eth0")
    assert not lab.bound().find("manages it")


def test_taken_while_away(lab):
    """An interface that returns as another program's is left to that."""
    write("/run/NetworkManager/devices/77", "[device]\nmanaged=true\n")
    daemon = imitate(lab, "NetworkManager")
    lab.server()
    client = lab.bound()
    lab.here.ip("link delete srv0")
    client.wait_line("eth0: the interface was removed")
    lab.client.ip(f"link add eth0 index 77 type veth peer name srv0 netns {os.getpid()}")
    client.wait_line(f"eth0: back, but managed by NetworkManager, with pid {daemon.pid}")
    # Whatever that does with it is no news.
    for what in ("up", "down", "up"):
        lab.client.ip(f"link set eth0 {what}")
    # The next one is not.
    lab.here.ip("link delete srv0")
    lab.add_link()
    client.wait_line("eth0: the interface is back")
    assert len(client.find("back, but managed by")) == 1
