# SPDX-License-Identifier: BSD-2-Clause
"""One laboratory of the bench: a client's namespace, a server's, and who watches.

    client's namespace: c0, c1, ... ===veth=== bench0, bench1, ... :the server's
                                               (in a bridge, for a real server)

Instants are those of rtnetlink and of packets, told by build/bench/watch.
"""

import json
import re
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from lab.lab import Space
from lab.system import Process

from .laboratory import new_directory

SERVER = "10.99.0.1"
NET = "10.99."
POOL = ("10.99.1.0", "10.99.200.254")
BRIDGE_PORTS_MAX = 1000  # the kernel's own limit is 1023
LEASE_S = 3600
REQUEST, ACK = "3", "5"
CLIENT_SYSCTLS = {  # many interfaces in one subnet: each answers for itself alone
    "net/ipv4/conf/all/arp_ignore": 1, "net/ipv4/conf/all/arp_announce": 2,
}
BOTH_SYSCTLS = {
    "net/ipv4/conf/all/rp_filter": 0, "net/ipv4/conf/default/rp_filter": 0,
    "net/ipv6/conf/all/disable_ipv6": 1, "net/ipv6/conf/default/disable_ipv6": 1,
}


class Watch:
    """The lines of watch or hear, as tuples (ns, word, word, ...), as they come."""

    def __init__(self, command):
        self.rows, self.news = [], threading.Condition()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if "READY" not in self.process.stdout.readline():
            raise RuntimeError(f"{Path(command[0]).name} did not start")
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            at, *words = line.split()
            with self.news:
                self.rows.append((int(at), *words))
                self.news.notify_all()

    def mark(self):
        return len(self.rows)

    def wait(self, want, timeout, since=0):
        """Shows each row since a mark to want() until that is not None; None in the end."""
        deadline, position = time.monotonic() + timeout, since
        while True:
            with self.news:
                if position == len(self.rows):
                    left = deadline - time.monotonic()
                    if left <= 0 or self.process.poll() is not None:
                        return None
                    self.news.wait(min(left, 0.5))
                rows, position = self.rows[position:], len(self.rows)
            for row in rows:
                result = want(row)
                if result is not None:
                    return result

    def close(self):
        self.process.kill()
        self.process.wait()


def kea_configuration(directory, interface, lease, t1):
    options = [{"name": name, "data": SERVER} for name in ("routers", "domain-name-servers")]
    subnet = {"subnet": f"{NET}0.0/16", "id": 1, "option-data": options,
              "pools": [{"pool": f"{POOL[0]} - {POOL[1]}"}]}
    path = directory / "kea.json"
    path.write_text(json.dumps({"Dhcp4": {
        "interfaces-config": {"interfaces": [interface], "dhcp-socket-type": "raw"},
        "lease-database": {"type": "memfile", "persist": False},
        "valid-lifetime": lease, "authoritative": True, "calculate-tee-times": False,
        "renew-timer": t1, "rebind-timer": lease * 7 // 8, "subnet4": [subnet],
        "loggers": [{"name": "kea-dhcp4", "severity": "INFO", "output_options": [
            {"output": "stdout", "pattern": "%m\n", "flush": True}]}]}}))
    return path


def server_command(name, directory, programs, interface, lease, t1):
    """The command of a server, and the line that says that it is ready."""
    if name == "responder":
        return [programs / "responder", SERVER, lease, t1], "^READY"
    if name == "dnsmasq":
        return ["dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0",
                f"--interface={interface}", "--bind-interfaces", "--no-ping",
                "--dhcp-authoritative", "--log-facility=-", "--dhcp-lease-max=100000",
                f"--dhcp-leasefile={directory}/dnsmasq.leases",
                f"--dhcp-range={POOL[0]},{POOL[1]},255.255.0.0,{max(lease, 120)}",
                f"--dhcp-option=3,{SERVER}", f"--dhcp-option=6,{SERVER}"], "DHCP, IP range"
    path = kea_configuration(directory, interface, lease, t1)
    return ["env", f"KEA_PIDFILE_DIR={directory}", f"KEA_LOCKFILE_DIR={directory}",
            "kea-dhcp4", "-c", path], "DHCP4_STARTED"


def server_here(wanted):
    """That server if it is installed, else the bench's own."""
    program = {"kea": "kea-dhcp4"}.get(wanted, wanted)
    return wanted if wanted == "responder" or shutil.which(program) else "responder"


class Network:
    """See above. `interfaces` are the client's, up and with carrier."""

    def __init__(self, programs, count=1, server="responder", lease=LEASE_S, t1=None, arp=False):
        self.programs, self.count, self.t1_s = programs, count, t1 or lease // 2
        self.name = server = server_here(server)
        self.bridged = count > 1 and server != "responder"
        if self.bridged and count > BRIDGE_PORTS_MAX:
            raise ValueError(f"a bridge has no {count} ports")
        self.client, self.server = Space(), Space()
        self.interfaces = [f"c{i}" for i in range(count)]
        self.ends = [f"bench{i}" for i in range(count)]
        self.directory = new_directory()
        self.watch = self.process = None
        try:
            self._set_up()
            interface = "bench" if self.bridged else "bench0"
            command, ready = server_command(server, self.directory, programs, interface,
                                            lease, self.t1_s)
            self.process = Process(self.server.enter(*command))
            self.process.wait_line(ready)
            self.watch = Watch(self.server.enter(
                programs / "watch", self.path, "all" if count > 1 and not self.bridged
                else interface, *(["arp"] if arp else [])))
        except BaseException:
            self.close()
            raise

    @property
    def path(self):
        return f"/proc/{self.client.pid}/ns/net"

    def _batch(self, space, lines):
        subprocess.run(space.enter("ip", "-batch", "-"), input="\n".join(lines) + "\n",
                       text=True, check=True, stdout=subprocess.DEVNULL)

    def _set(self, space, values):
        script = "".join(f"echo {value} >/proc/sys/{name} || :\n"
                         for name, value in values.items())
        subprocess.run(space.enter("sh", "-c", script), check=True, stderr=subprocess.DEVNULL)

    def _set_up(self):
        self._set(self.server, BOTH_SYSCTLS)
        self._set(self.client, BOTH_SYSCTLS | (CLIENT_SYSCTLS if self.count > 1 else {}))
        lines = ["link set lo up"]
        if self.bridged:
            lines += ["link add bench type bridge stp_state 0 mcast_snooping 0 "
                      "forward_delay 0", f"address add {SERVER}/16 dev bench",
                      "link set bench up"]
        for end, interface in zip(self.ends, self.interfaces):
            lines.append(f"link add {end} type veth peer name {interface} "
                         f"netns {self.client.pid}")
            if self.bridged:  # what a client broadcasts reaches the server alone
                lines += [f"link set {end} master bench",
                          f"link set {end} type bridge_slave isolated on"]
            lines.append(f"link set {end} up")
        if not self.bridged:
            lines += [f"address add {SERVER}/16 dev bench0"]
        self._batch(self.server, lines)
        self._batch(self.client, ["link set lo up"] + [
            f"link set c{i} address 02:be:00:00:{i >> 8:02x}:{i & 255:02x} up"
            for i in range(self.count)])
        shown = self.client.run("ip", "-o", "link", "show").stdout
        self.indexes = {found[2]: found[1] for found in
                        re.finditer(r"^(\d+): (c\d+)[@:]", shown, re.M)}
        self._settle()

    def _settle(self):
        """The other end of a veth drops until its carrier is noticed."""
        deadline = time.monotonic() + 20
        while "NO-CARRIER" in (shown := self.server.ip("-o link show").stdout) \
                or " state DOWN" in shown:
            if time.monotonic() > deadline:
                raise RuntimeError("the links of the bench do not come up")
            time.sleep(0.1)
        # The kernel makes carriers known by the hundred, and with a pause between;
        # of a link that is asked for, at once. Nobody who is measured is to pay.
        self._batch(self.client, [f"link show dev {each}" for each in self.interfaces])
        time.sleep(0.3)

    def clear(self):
        """The client's side as it was: no address, no route, up."""
        for interface in self.interfaces:
            self.client.ip(f"address flush dev {interface}", check=False)
            self.client.ip(f"link set {interface} up", check=False)

    def carrier(self, up):
        self.server.ip(f"link set bench0 {'up' if up else 'down'}")

    def flood(self, kind, count, a_second):
        """Starts a flood out of the other end of c0; the process."""
        return subprocess.Popen(
            self.server.enter(self.programs / "flood", kind, count, a_second, "bench0"),
            stdout=subprocess.PIPE, text=True)

    def close(self):
        if self.watch:
            self.watch.close()
        if self.process and self.process.running:
            self.process.stop(signal.SIGKILL)
        for space in (self.client, self.server):
            subprocess.run(["kill", "-9", str(space.pid)], check=False)
        shutil.rmtree(self.directory, ignore_errors=True)


def is_address(row):
    return row[1] == "add" and row[3].startswith(NET)


def message(row, way, kind):
    """A DHCP message of that type, "in" from a client or "out" from the server."""
    return row[1] == way and row[2] == kind
