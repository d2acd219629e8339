# SPDX-License-Identifier: BSD-2-Clause
"""Who is measured: a row each, and how one is started and ended."""

import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from lab import system

from .laboratory import HOOKS, new_directory
from .network import is_address

USER = "64321:64321"  # that no machine has


@dataclass
class Contender:
    """A client: where it is, and its command line by variant.

    @BIN@, @IFACES@, @IFACE@ and @ARGS@ are replaced; with @IFACE@ there is a
    process an interface. Without `single` it is a peer, shown as it is.
    """
    name: str
    binary: str
    command: str
    variants: dict
    files: dict = field(default_factory=dict)  # below /etc; @...@ of vars replaced
    directories: dict = field(default_factory=dict)  # of /run or /var/lib: owner
    about: str = ""

    def path(self):
        return shutil.which(self.binary)

    def commands(self, variant, interfaces):
        words = self.command.replace("@ARGS@", self.variants[variant]).split()
        turns = [[each] for each in interfaces] if "@IFACE@" in words else [interfaces]
        for turn in turns:
            command = []
            for word in words:
                command += turn if word in ("@IFACE@", "@IFACES@") else [
                    self.path() if word == "@BIN@" else word]
            yield command


NETWORK_FILE = """[Match]
Name=c*
[Network]
DHCP=ipv4
LinkLocalAddressing=no
IPv6AcceptRA=no
LLDP=no
"""


def contenders(programs):
    """All of them, the floor and ours first."""
    ours = f"@BIN@ -f --user {USER} @ARGS@ @IFACES@"
    hooks = f"--hook-dir {HOOKS}"
    return [
        Contender("floor", str(programs / "floor"), "@BIN@ @IFACES@", {"off": "", "default": ""},
                  about="the least work that gets a lease (tests/bench/floor.c)"),
        Contender("tenured", os.environ.get("BENCH_TENURED", str(programs.parent / "tenured")),
                  ours, {
                      "off": "--no-hooks --acd off", "off-hooks": f"{hooks} --acd off",
                      "default": "--no-hooks", "default-hooks": hooks,
                      "optimistic": "--no-hooks --acd optimistic",
                      "no-arp": "--no-hooks --known-networks no",
                      "no-recorder": f"{hooks} --record-size 0",
                      "no-sandbox": f"{hooks} --user 0"}),
        Contender("dhcpcd", "dhcpcd", "@BIN@ -B -4 --nodev @ARGS@ @IFACES@",
                  {"off": "-A --nodelay", "default": ""},
                  directories={"/run/dhcpcd": None, "/var/lib/dhcpcd": None},
                  about="privilege separation; a random delay and RFC 5227 by default"),
        Contender("dhclient", "dhclient", "@BIN@ -4 -d -q -lf /var/lib/dhcp/dhclient.leases "
                  "-pf /run/dhclient.pid @IFACES@", {"off": "", "default": ""},
                  directories={"/var/lib/dhcp": None},
                  about="no conflict detection; does not look at the carrier"),
        Contender("udhcpc", "busybox", "@BIN@ udhcpc -f -t 20 -i @IFACE@ @ARGS@",
                  {"off": "", "default": ""},
                  about="no conflict detection by default; does not look at the carrier"),
        Contender("networkd", "/lib/systemd/systemd-networkd", "@BIN@",
                  {"off": "", "default": ""},
                  files={"systemd/network/10-bench.network": NETWORK_FILE,
                         "machine-id": "0123456789abcdef0123456789abcdef\n"},
                  directories={f"/run/systemd/netif{below}": "systemd-network" for below in
                               ("", "/links", "/leases", "/lldp")} | {
                                   "/var/lib/systemd/network": "systemd-network"},
                  about="no conflict detection by default; without D-Bus and udev"),
    ]


PEERS = ("dhcpcd", "dhclient", "udhcpc", "networkd")


def prepare_etc(all_contenders):
    """What the contenders need of /etc, which is a copy by now."""
    for contender in all_contenders:
        for name, content in contender.files.items():
            path = Path("/etc") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content)
    udhcpc = Path("/etc/udhcpc/default.script")
    if udhcpc.exists():
        udhcpc.chmod(0o755)
    Path("/etc/resolv.conf").unlink(missing_ok=True)
    Path("/etc/resolv.conf").write_text("# of the bench\n")


class Start:
    """A contender that was started on a network, and all that it started."""

    def __init__(self, network, contender, variant, wrap=(), interfaces=None):
        self.network, self.contender = network, contender
        self.interfaces = interfaces or network.interfaces
        self.directory = new_directory()
        self.mark = network.watch.mark()
        self.seen = {}
        self.log = open(self.directory / "log", "w", encoding="utf-8")
        enter = [network.programs / "enter", "-n", network.path]
        for target in ("run", "var/lib"):
            own = self.directory / target
            own.mkdir(parents=True)
            enter += ["-b", f"{own}:/{target}"]
        if variant == "no-sandbox":
            enter.append("-k")
        for path, owner in contender.directories.items():
            own = self.directory / path.lstrip("/")
            own.mkdir(parents=True, exist_ok=True)
            if owner:
                shutil.chown(own, owner)
        self.parents, self.t0 = [], None
        for command in contender.commands(variant, self.interfaces):
            reader, writer = os.pipe()
            self.parents.append(subprocess.Popen(
                [*enter, "-t", str(writer), "--", *map(str, wrap), *command],
                pass_fds=[writer], stdin=subprocess.DEVNULL, stdout=self.log,
                stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"]}))
            os.close(writer)
            with os.fdopen(reader) as told:
                text = told.read()
            if text and self.t0 is None:
                self.t0 = int(text)
        if self.t0 is None:
            raise RuntimeError(f"{contender.name} did not start: {self.output()}")

    def output(self):
        return (self.directory / "log").read_text(errors="replace")[-2000:]

    def bound_ns(self, timeout, since=None):
        """From its start until the last interface has its address; None if never."""
        want = {self.network.indexes[each] for each in self.interfaces}
        self.seen = {}

        def look(row):
            if is_address(row) and row[2] in want:
                self.seen.setdefault(row[2], row[0])
                if len(self.seen) == len(want):
                    return row[0] - self.t0
            return None
        return self.network.watch.wait(look, timeout, self.mark if since is None else since)

    def pids(self):
        """Its own processes: what enter started, and all below."""
        return [pid for parent in self.parents for pid in system.descendants(parent.pid)]

    def main_pids(self):
        return [pid for parent in self.parents for pid in system.children(parent.pid)]

    def cpu_s(self):
        """What it and all that it started have used, the ended by ticks."""
        total = 0.0
        tick = 1 / os.sysconf("SC_CLK_TCK")
        for pid in [*self.pids(), *(parent.pid for parent in self.parents)]:
            try:
                text = Path(f"/proc/{pid}/stat").read_text()
                own = system.cpu_ns(pid)
            except (OSError, ValueError, IndexError):
                continue  # it ended: it is in its parent's account now
            ended = sum(map(int, text.rpartition(")")[2].split()[13:15])) * tick
            if pid not in {parent.pid for parent in self.parents}:
                total += own * 1e-9
            total += ended
        return total

    def own_cpu_us(self):
        """What its own program's processes that live have used, not what they started."""
        own, total = Path(self.contender.path()).resolve(), 0.0
        for pid in self.pids():
            try:
                if Path(os.readlink(f"/proc/{pid}/exe")) == own:
                    total += system.cpu_ns(pid) / 1e3
            except OSError:
                continue  # a hook that has ended
        return total

    def memory(self):
        """Processes; memory in KiB: resident, private, and what of that was written to."""
        result = {"processes": 0, "rss": 0, "private": 0, "dirty": 0}
        for pid in self.pids():
            try:
                text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            except OSError:
                continue
            sizes = {name: int(kib) for name, kib in re.findall(r"^(\w+):\s+(\d+)", text, re.M)}
            result["processes"] += 1
            result["rss"] += sizes["Rss"]
            result["dirty"] += sizes["Private_Dirty"]
            result["private"] += sizes["Private_Clean"] + sizes["Private_Dirty"]
        return result

    def wakeups(self):
        total = 0
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").glob("*/status"):
                try:
                    found = re.search(r"^voluntary_ctxt_switches:\s+(\d+)", task.read_text(), re.M)
                except OSError:
                    continue
                total += int(found[1])
        return total

    def signal(self, number, pids):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def exit_ns(self, timeout=60):
        """SIGTERM to its first process: until all have gone; None if never."""
        start = time.monotonic_ns()
        self.signal(signal.SIGTERM, self.main_pids())
        deadline = time.monotonic() + timeout
        for parent in self.parents:
            try:
                parent.wait(max(0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                return None
        return time.monotonic_ns() - start

    def stop(self):
        """Ends all of it; nothing of it is left when this returns."""
        for _ in itertools.takewhile(lambda _: any(p.poll() is None for p in self.parents),
                                     range(500)):
            self.signal(signal.SIGKILL, self.pids())
            time.sleep(0.01)
        for parent in self.parents:
            if parent.poll() is None:
                parent.kill()
            parent.wait()
        self.log.close()
        shutil.rmtree(self.directory, ignore_errors=True)
