# SPDX-License-Identifier: BSD-2-Clause
"""One test's laboratory: a client's network namespace and a server's.

The test's own process is in the server's namespace, and /run and /var/lib are
its own; so files and sockets have the names that they have on a real host.

    client namespace: eth0 ===veth=== srv0 :the test's own namespace
    tenured, tenurectl                      dhcp-server or dnsmasq, the wire
"""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from . import rules, system
from .forge import Forge
from .kernel import Events, Kernel
from .system import PATIENCE_S, Process
from .wire import Wire

TIMEOUT_S = 400
PROGRAMS = ("tenured", "tenurectl", "tenured-replay", "dhcp-server", "confined")
DROP_TO = "64321:64321"  # a user that no machine has
NOBODY = 65534
ASSERTION = "this must not happen"


class Skip(Exception):
    """Raised with the reason why a test cannot be made here."""


def smoke(test):
    """Mark one of the dozen tests that are made of every kind of build."""
    test.smoke = True
    return test


def lasts(seconds):
    """Tell about how long a test takes: long ones are started first."""
    def mark(test):
        test.seconds = seconds
        return test
    return mark


def nightly(seconds):
    """Mark a test that takes so long that it is made when asked for alone."""
    def mark(test):
        test.nightly = test.seconds = seconds
        return test
    return mark


def eventually(what, condition, timeout=PATIENCE_S):
    """Wait until condition() is true, and return what it gave."""
    deadline = time.monotonic() + timeout
    while True:
        result = condition()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {timeout} s: {what}")
        time.sleep(0.05)


def end_in_time(number, _frame):
    raise TimeoutError(f"ended by {signal.Signals(number).name}")


class Space:
    """A network namespace: this process's own, or one that a holder keeps."""

    def __init__(self, own=False):
        self.prefix = []
        if own:
            return
        holder = subprocess.Popen(["unshare", "-n", "sleep", "3600"])
        mine = os.readlink("/proc/self/ns/net")
        eventually("a namespace", lambda: os.readlink(f"/proc/{holder.pid}/ns/net") != mine)
        self.pid = holder.pid
        self.prefix = ["nsenter", f"--net=/proc/{holder.pid}/ns/net", "--"]

    def enter(self, *command):
        return [*self.prefix, *map(str, command)]

    def run(self, *command, check=True):
        return subprocess.run(self.enter(*command), check=check, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def ip(self, line, check=True):
        """One ip(8) command, as a line."""
        return self.run("ip", *line.split(), check=check)


class Lab:
    """See above. Leaves nothing behind, whatever happens in the test."""

    def __init__(self, timeout=TIMEOUT_S):
        self.timeout = timeout
        self.root = os.environ.get("TENURED_NET_INSIDE") == "root"
        self.dir = Path("/run/lab")
        self.clients = []
        self.judged = True  # False: other clients' messages are on the wire, too

    def __enter__(self):
        system.reap_descendants()
        system.die_with_parent()
        signal.signal(signal.SIGTERM, end_in_time)
        signal.signal(signal.SIGALRM, end_in_time)
        signal.alarm(self.timeout)
        try:
            self._set_up()
        except BaseException:
            system.kill_descendants()
            raise
        return self

    def __exit__(self, *_):
        signal.alarm(0)
        system.kill_descendants()

    def _set_up(self):
        build = Path(os.environ.get("TENURED_BUILD", "build")).resolve()
        programs = {name: (build / name).read_bytes() for name in PROGRAMS
                    if (build / name).exists()}
        for path in ("/run", "/var/lib"):
            system.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", path)
        # So no daemon is named by its namespace, as wherever pid 1 cannot be looked at.
        if os.access("/proc/1/ns/net", os.R_OK):
            system.mount("-t", "tmpfs", "tmpfs", "/proc/1/ns")
        # Here they can be run by any user, wherever they were built.
        self.dir.mkdir()
        self.reports = self.dir / "sanitizers"
        self.reports.mkdir()
        self.reports.chmod(0o1777)
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            os.environ[name] = f"{os.environ.get(name, '')}:log_path={self.reports / name}"
        for name, content in programs.items():
            (self.dir / name).write_bytes(content)
            (self.dir / name).chmod(0o755)
        self._protect("/etc/resolv.conf", "# of the test\n")
        self.here, self.client = Space(own=True), Space()
        for space in (self.here, self.client):
            space.ip("link set lo up")
        self.add_link()
        self.kernel = Kernel(self.client)
        self.wire = Wire("srv0")

    def _protect(self, path, content):
        """Lay a file of the test's own over one of the machine's."""
        if not os.path.exists(path):
            return
        own = self.dir / os.path.basename(path)
        own.write_text(content)
        system.mount("--bind", str(own), os.path.realpath(path))

    def own_etc(self):
        """From now on /etc is a copy: files in it can be replaced by others."""
        copy = self.dir / "etc"
        subprocess.run(["umount", os.path.realpath("/etc/resolv.conf")], check=False,
                       stderr=subprocess.DEVNULL)
        # As an ordinary user not all of it can be read.
        subprocess.run(["cp", "-a", "/etc", copy], check=False, stderr=subprocess.DEVNULL)
        system.mount("--bind", str(copy), "/etc")
        resolv = Path("/etc/resolv.conf")
        resolv.unlink(missing_ok=True)
        resolv.write_text("# of the test\n")
        return resolv

    # ---- the network ----------------------------------------------------

    def add_link(self, interface="eth0", peer="srv0", address="10.0.0.1/24"):
        """Joins both namespaces; the client's end is down, as after boot."""
        self.here.ip(f"link add {peer} type veth peer name {interface} netns {self.client.pid}")
        self.here.ip(f"address add {address} dev {peer}")
        self.here.ip(f"link set {peer} up")

    def carrier(self, up, at_once=False):
        """Plugs the client's cable in or pulls it out.

        The kernel tells of a link once a second at most; what came and went
        meanwhile (at_once) shows in its count of changes alone.
        """
        if not at_once:
            time.sleep(1.2)
        self.here.ip(f"link set srv0 {'up' if up else 'down'}")

    def plug_in(self, interface="eth0", peer="srv0"):
        """Sets the client's end up beforehand, for a test that loses nothing.

        The server's end drops what it sends until the kernel has taken note of
        its carrier; the client may have asked and be waiting by then.
        """
        self.client.ip(f"link set {interface} up")
        eventually("a carrier",
                   lambda: " state UP " in self.here.ip(f"link show dev {peer}").stdout)

    def mac(self, interface="eth0"):
        shown = self.client.run("ip", "-o", "link", "show", "dev", interface).stdout
        return re.search(r"link/ether (\S+)", shown)[1]

    # ---- servers --------------------------------------------------------

    def server(self, *arguments, script="", interface="srv0", net="10.0.0", lease=60,
               router=True, **options):
        """dhcp-server; t1=5 stands for --t1 5, script for the lines of one."""
        command = [self.dir / "dhcp-server", "-i", interface, "--log",
                   "--address", f"{net}.1/24", "--pool", f"{net}.10-{net}.50",
                   "--lease", lease, *(["--router", f"{net}.1"] if router else []), *arguments]
        for name, value in options.items():
            command += [f"--{name}", value]
        if script:
            path = self.dir / f"script-{interface}-{time.monotonic()}"
            path.write_text(script)
            command += ["--script", path]
        process = Process(self.here.enter(*command))
        process.wait_line("^READY")
        return process

    def forge(self):
        """What puts any frame on the wire, which is there already."""
        self.plug_in()
        return Forge("srv0")

    def dnsmasq(self, lease=120):
        if not shutil.which("dnsmasq"):
            raise Skip("no dnsmasq here")
        process = Process([
            # Not --keep-in-foreground: that changes groups, which one user cannot.
            "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
            "--interface=srv0", "--bind-interfaces", "--no-ping", "--dhcp-authoritative",
            "--log-facility=-", f"--dhcp-leasefile={self.dir}/dnsmasq.leases",
            f"--dhcp-range=10.0.0.10,10.0.0.50,255.255.255.0,{lease}",
            "--dhcp-option=3,10.0.0.1", "--dhcp-option=6,10.0.0.1"])
        process.wait_line("DHCP, IP range")
        return process

    # ---- the client -----------------------------------------------------

    @property
    def drop(self):
        """The arguments that name the user to become, where there are users."""
        return ["--user", DROP_TO] if self.root else []

    def tenured(self, *arguments, under=(), drop=True):
        """Starts tenured with these arguments, perhaps under another command.

        Hooks of the machine are not run; those of the test are by --hook-dir.
        """
        hooks = [] if "--hook-dir" in arguments else ["--no-hooks"]
        process = Process(self.client.enter(
            *under, self.dir / "tenured", *(self.drop if drop else []), *hooks, *arguments))
        self.clients.append(process)
        return process

    def bound(self, *arguments, interface="eth0"):
        """Starts tenured -f and waits until it says that all is configured."""
        process = self.tenured("-f", "-v", *arguments, interface)
        process.wait_line(f"{interface}: .* is ready")
        return process

    def ctl(self, *arguments, user=None, check=True):
        """Runs tenurectl, as another user if told so."""
        become = [] if user is None else [
            "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
        done = self.client.run(*become, self.dir / "tenurectl", *arguments, check=False)
        assert not check or done.returncode == 0, f"tenurectl {arguments}: {done.stdout}"
        return done

    def replay(self, *arguments, code=0):
        """Runs tenured-replay, which exits with this code."""
        done = self.here.run(self.dir / "tenured-replay", *arguments, check=False)
        assert done.returncode == code, f"exit code {done.returncode}: {done.stdout}"
        return done.stdout

    def hook(self, name, body, mode=0o755):
        """Writes a hook; what runs the hooks of the test is the result."""
        directory = self.dir / "hooks"
        directory.mkdir(exist_ok=True)
        (directory / name).write_text(f"#!/bin/sh\n{body}\n")
        (directory / name).chmod(mode)
        return ["--hook-dir", str(directory)]

    def shipped_hook(self, name):
        """One of the hooks that are installed, as it is in the source."""
        top = Path(__file__).resolve().parents[3] / "src"
        source = next(top.glob(f"*hooks/{name}"))
        directory = self.dir / "hooks"
        directory.mkdir(exist_ok=True)
        (directory / name).write_bytes(source.read_bytes())
        (directory / name).chmod(0o755)
        return ["--hook-dir", str(directory)]

    def telling_hook(self, name="10-tell"):
        """A hook that keeps what it was told: see told(). Two interfaces may run it at
        once, so each run takes a number of its own, by a link that fails if it is taken."""
        told = self.dir / "told"
        told.mkdir(exist_ok=True)
        return self.hook(name, f"""
            env >{told}/new.$$
            n=$(ls {told} | grep '^[0-9]*$' | tail -n 1)
            n=$((${{n:-10000}} + 1))
            while ! ln {told}/new.$$ {told}/$n 2>&- && [ -e {told}/$n ]; do n=$((n + 1)); done
            rm {told}/new.$$""")

    def told(self, reason=None):
        """The environments of that hook, as dictionaries, oldest first."""
        runs = [dict(line.split("=", 1) for line in path.read_text().splitlines())
                for path in sorted((self.dir / "told").iterdir()) if path.name.isdigit()]
        return [run for run in runs if reason in (None, run["reason"])]

    def wait_told(self, reason, count=1, timeout=PATIENCE_S):
        """The last of so many runs for a reason, as soon as there are as many."""
        return eventually(f"a hook for {reason}", lambda: len(self.told(reason)) >= count
                          and self.told(reason)[-1], timeout)

    def daemons(self):
        """The process ids of every tenured that lives."""
        return [pid for pid in system.descendants()
                if re.search(r"^Name:\ttenured\n(?s:.)*^State:\t[^Z]", system.status(pid), re.M)]

    def asleep(self, pid):
        """Waits for a daemon's last wake-up after its lease, some seconds later, by which
        it closes the socket that heard replies; tells how often it was awake by then."""
        eventually("an end of replies", lambda: " 0800 " not in Path(
            f"/proc/{pid}/net/packet").read_text())
        while True:
            before = system.switches(pid)
            time.sleep(0.5)
            if system.switches(pid) == before:
                return before

    def lease_files(self):
        return [path for top in ("/run/tenured", "/var/lib/tenured")
                for path in Path(top).rglob("*.lease")]

    @staticmethod
    def stored(interface="eth0", suffix=""):
        """The lines of a lease file, each with its value or an empty one; {} without a file."""
        for path in Path("/var/lib/tenured").glob(f"**/{interface}.lease{suffix}"):
            try:
                return dict(line.split(" ", 1) for line in path.read_text().splitlines())
            except FileNotFoundError:
                pass  # another network's has its number now
        return {}

    def wait_router(self, address="10.0.0.10"):
        """Until the lease file has who the router is: the last thing that comes into it."""
        eventually("the router", lambda: self.stored().get("address") == address
                   and self.stored().get("router-hw"))

    def events(self):
        return Events(self.client)

    def need_users(self):
        if not self.root:
            raise Skip("needs root: there is one user in this namespace")

    def need_ctl(self):
        if not (self.dir / "tenurectl").exists():
            raise Skip("built without tenurectl")

    # ---- the end --------------------------------------------------------

    def check(self):
        """What must hold after every test."""
        if self.judged:
            rules.judge(self.wire, self._late)
        for client in self.clients:
            assert ASSERTION not in client.output, client.output
        for report in self.reports.iterdir():
            raise AssertionError(report.read_text())
        crashed = system.reap_crashed()
        assert not crashed, crashed

    def _late(self, at):
        """Whether a reply that came then was to a client that has been told to end."""
        ends = [client.stopping for client in self.clients
                if client.stopping and client.stopping <= at]
        return ends and not [m for m in self.wire.find(since=max(ends))
                             if m.at <= at and m.type != "RELEASE"]

    def explain(self):
        """Shows what there is to see of a failure."""
        print(f"the wire:\n{self.wire.explain()}")
        for client in self.clients:
            print(f"{' '.join(map(str, client.command))}\n{client.output}")
        print(self.client.run("ip", "-4", "-d", "address", check=False).stdout)
        print(self.client.run("ip", "-4", "route", check=False).stdout)
