# SPDX-License-Identifier: BSD-2-Clause
"""Packages of Debian that call a DHCP client, unchanged, in a root of theirs.

make-roots makes these roots, and TENURED_ROOTS names the directory.
"""

import json
import os
import re
import subprocess
from pathlib import Path

from lab import Skip, eventually, lasts, system

PID_FILE = "/run/{}.eth0.pid"


class Root:
    """A system with one more package, and tenured's programs by these names."""

    def __init__(self, lab, package, **names):
        roots = os.environ.get("TENURED_ROOTS")
        if not roots:
            raise Skip("no TENURED_ROOTS, which make-roots makes")
        lab.need_users()
        layers = [Path(roots, name).resolve() for name in (package, "base", "root")]
        self.lab = lab
        self.path = lab.dir / "root"
        upper, work = lab.dir / "upper", lab.dir / "work"
        for folder in (self.path, upper, work):
            folder.mkdir()
        system.mount("-t", "overlay", "-o",
                     f"lowerdir={':'.join(map(str, layers))},upperdir={upper},workdir={work}",
                     "overlay", str(self.path))
        system.mount("-t", "proc", "proc", str(self.path / "proc"))
        system.mount("--rbind", "/dev", str(self.path / "dev"))
        # That of the namespace which the mount is made in.
        lab.client.run("mount", "-t", "sysfs", "sysfs", self.path / "sys")
        system.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(self.path / "run"))
        self.write("/etc/resolv.conf", "# of the test\n")
        for name in ("sbin", "bin"):  # merged or not
            assert (self.path / name).exists()
        for name in names:
            (self.path / f"usr/sbin/{name}").unlink(missing_ok=True)
            os.symlink(f"/usr/libexec/tenured/compat/{name}", self.path / f"usr/sbin/{name}")

    def file(self, path):
        return self.path / path.lstrip("/")

    def write(self, path, text):
        file = self.file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(text)

    def run(self, line, check=True):
        """A line of shell in the root and in the client's namespace."""
        # What is left in the background is not to keep the pipe.
        output = self.lab.dir / "output"
        with output.open("w") as stream:
            done = subprocess.run(
                self.lab.client.enter("chroot", self.path, "sh", "-c", line), check=False,
                stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, timeout=60,
                env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": "C"})
        text = output.read_text()
        print(f"$ {line}\n{text}")
        assert not check or done.returncode == 0, f"{done.returncode}: {text}"
        return text

    def pid(self, client):
        return int(self.file(PID_FILE.format(client)).read_text())

    def exe(self, client):
        return os.readlink(f"/proc/{self.pid(client)}/exe")


PATIENT = """#!/bin/sh
case " $* " in
*" down "*)
	while readlink "/proc/$(cat /run/udhcpc.eth0.pid)/exe"; do sleep 0.05; done ;;
esac >/dev/null 2>&1
exec /usr/lib/ip "$@"
"""


def patient(root):
    """Whose ifdown waits for nobody takes the link down when its client has ended.

    A busy machine would have it down before the client can send its RELEASE.
    """
    real = next(root.file(path) for path in ("/usr/bin/ip", "/bin/ip")
                if root.file(path).exists())
    real.rename(root.file("/usr/lib/ip"))
    root.write("/usr/bin/ip", PATIENT)
    root.file("/usr/bin/ip").chmod(0o755)


def goes_up(lab, root, command="ifup -v"):
    root.run(f"{command} eth0")
    assert lab.kernel.address() == "10.0.0.10/24" and lab.kernel.route("default")
    eventually("resolv.conf", lambda: "10.0.0.53" in root.file("/etc/resolv.conf").read_text())


def goes_down(lab, root, server, command="ifdown -v"):
    root.run(f"{command} eth0")
    server.wait_line("RX RELEASE")
    eventually("no address", lambda: not lab.kernel.addresses())
    eventually("no tenured", lambda: not re.findall(
        "^Name:\ttenured.*\n(?s:.)*?^State:\t[^Z]",
        "\n".join(system.status(pid) for pid in system.descendants()), re.M))


def started(lab, package, **names):
    server = lab.server("--option", "6=0a000035", lease=3600)
    return Root(lab, package, **names), server


INTERFACES = "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet dhcp\n"


@lasts(10)
def test_package_ifupdown_udhcpc(lab):
    root, server = started(lab, "ifupdown", udhcpc=1)
    patient(root)
    root.write("/etc/network/interfaces", INTERFACES + "\thostname host1\n")
    goes_up(lab, root)
    assert root.exe("udhcpc").endswith("/tenured")
    goes_down(lab, root, server)
    # And again, as an administrator does.
    root.run("ifup eth0")
    root.run("ifdown eth0")


@lasts(10)
def test_package_ifupdown_dhclient(lab):
    root, server = started(lab, "ifupdown", dhclient=1)
    root.file("/var/lib/dhcp").mkdir(exist_ok=True)
    root.write("/etc/network/interfaces", INTERFACES + "\tmetric 77\n")
    goes_up(lab, root)
    assert lab.kernel.route("default")["metric"] == 77
    eventually("leases", lambda: "fixed-address 10.0.0.10;" in root.file(
        "/var/lib/dhcp/dhclient.eth0.leases").read_text())
    goes_down(lab, root, server)


@lasts(10)
def test_package_ifupdown_dhcpcd(lab):
    root, server = started(lab, "ifupdown", dhcpcd=1)
    root.write("/etc/network/interfaces", INTERFACES)
    goes_up(lab, root)
    goes_down(lab, root, server)


@lasts(15)
def test_package_ifupdown_post_up(lab):
    """Vagrant's: the interface is dhcp, and "post-up dhclient eth0" comes on top."""
    root, server = started(lab, "ifupdown", dhclient=1)
    root.file("/var/lib/dhcp").mkdir(exist_ok=True)
    root.write("/etc/network/interfaces", INTERFACES +
               "\tpost-up dhclient $IFACE\n")
    goes_up(lab, root)
    goes_down(lab, root, server)


@lasts(20)
def test_package_ifupdown2(lab):
    """It looks whether the name of the process's program ends in dhclient."""
    root, server = started(lab, "ifupdown2", dhclient=1)
    root.file("/var/lib/dhcp").mkdir(exist_ok=True)
    root.write("/etc/network/interfaces", INTERFACES)
    root.file("/run/network").mkdir()  # as tmpfiles make it
    goes_up(lab, root, "ifup -d")
    assert root.exe("dhclient").endswith("dhclient")
    goes_down(lab, root, server, "ifdown -d")


@lasts(10)
def test_package_ifupdown_ng(lab):
    """By all three; where it ends a client by kill -9 the address lives on."""
    root, server = started(lab, "ifupdown-ng", udhcpc=1)
    patient(root)
    root.write("/etc/network/interfaces", INTERFACES +
               "\tudhcpc_opts -t 3\n\tdhcp-hostname host1\n\tdhcp-client-id 01:02:03:04\n")
    goes_up(lab, root)
    assert lab.wire.find("DISCOVER")[-1].options[61] == bytes((1, 2, 3, 4))
    goes_down(lab, root, server)


@lasts(10)
def test_package_ifupdown_ng_dhcpcd(lab):
    root, server = started(lab, "ifupdown-ng", dhcpcd=1)
    root.write("/etc/network/interfaces", INTERFACES)
    goes_up(lab, root)
    goes_down(lab, root, server)


@lasts(10)
def test_package_ifupdown_ng_dhclient(lab):
    root, _ = started(lab, "ifupdown-ng", dhclient=1)
    root.write("/etc/network/interfaces", INTERFACES)
    goes_up(lab, root)
    root.run("ifdown -v eth0")


@lasts(10)
def test_package_busybox(lab):
    """Its ifup and ifdown: the latter ends the client by SIGTERM, which releases (-R)."""
    root, server = started(lab, "busybox", udhcpc=1)
    patient(root)
    for step in ("pre-up", "up", "down", "post-down"):
        root.file(f"/etc/network/if-{step}.d").mkdir(parents=True, exist_ok=True)
    root.write("/etc/network/interfaces", INTERFACES + "\thostname host1\n")
    goes_up(lab, root, "busybox ifup -v")
    assert lab.wire.find("DISCOVER")[-1].options[12] == b"host1"
    goes_down(lab, root, server, "busybox ifdown -v")


# ---- cloud-init ----------------------------------------------------------------

DISCOVER = """
import json
from cloudinit.net import dhcp
print("LEASES", json.dumps(dhcp.dhcp_discovery("/usr/sbin/dhclient", "eth0")))
"""


@lasts(15)
def test_package_cloud_init(lab):
    """Its class of this version: runs a copy of dhclient, waits, kills it, reads."""
    lab.server("--option", "6=0a000035", "--option", "245=a83f8110",
               "--option", "121=20a9fea9fe0a00000100000a000001"[:30], lease=3600)
    root = Root(lab, "cloud-init", dhclient=1)
    root.write("/discover.py", DISCOVER)
    # Where orphans are init's.
    shown = root.run("unshare -p -f --mount-proc sh -c 'python3 /discover.py; true'")
    [lease] = json.loads(re.search("^LEASES (.*)$", shown, re.M)[1])
    assert lease["fixed-address"] == "10.0.0.10" and lease["subnet-mask"] == "255.255.255.0"
    assert lease["routers"] == "10.0.0.1" and lease["interface"] == "eth0"
    assert not lab.kernel.addresses(), "-sf /bin/true configures nothing"


# ---- hooks of others -----------------------------------------------------------

def with_hook(lab, package):
    server = lab.server("--option", "42=0a00000e0a00000f", lease=3600)
    root = Root(lab, package)
    root.file("/etc/tenured/hooks").mkdir(parents=True, exist_ok=True)
    os.symlink("/usr/libexec/tenured/optional-hooks/90-dhclient-compat",
               root.file("/etc/tenured/hooks/90-dhclient-compat"))
    return root, server


def hooked(root, settings=""):
    root.run(f"tenured -n -p /run/t.pid --request-option ntp-servers {settings} eth0")


@lasts(8)
def test_package_chrony(lab):
    root, _ = with_hook(lab, "chrony")
    hooked(root)
    sources = root.file("/run/chrony-dhcp/eth0.sources")
    assert sources.read_text() == "server 10.0.0.14 iburst\nserver 10.0.0.15 iburst\n"
    root.run("tenurectl release eth0")
    eventually("no sources", lambda: not sources.exists())


@lasts(8)
def test_package_ntpsec(lab):
    root, _ = with_hook(lab, "ntpsec")
    hooked(root)
    conf = root.file("/run/ntpsec/ntp.conf.dhcp")
    assert "server 10.0.0.14 iburst\nserver 10.0.0.15 iburst\n" in conf.read_text()
    root.run("tenurectl release eth0")
    eventually("no configuration", lambda: not conf.exists())


@lasts(8)
def test_package_timesyncd(lab):
    root, _ = with_hook(lab, "systemd-timesyncd")
    root.file("/run/systemd/system").mkdir(parents=True)
    hooked(root)
    conf = root.file("/run/systemd/timesyncd.conf.d/01-dhclient.conf")
    assert "NTP=10.0.0.14 10.0.0.15" in conf.read_text()
    root.run("tenurectl release eth0")
    eventually("no configuration", lambda: not conf.exists())
