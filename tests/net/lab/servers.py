# SPDX-License-Identifier: BSD-2-Clause
"""The servers that people run, each told the same things in its own language.

A server is asked for features by name; what one cannot do it says in "cannot",
and is not asked about.

  routes      classless routes (option 121), as (destination, gateway) pairs
  search      the domains of option 119
  dns         the address of a name server
  raw         options by number, as octets, sent whether asked for or not
  reserve     a client id, as octets, and the address that is kept for it
  mac         a hardware address, and the address that is kept for it
  duid        the DUID of a client, as octets, and the address that is kept for it
  rapid       answers a DISCOVER with rapid commit by an ACK
  fqdn        answers option 81, as a server of this domain
  vendor      a vendor class, and the name server that its hosts are told
  user        the same by a user class
  subnet      another network, 10.3.0 for 10.3.0.0/24, for who asks for it (option 118)
  times       T1 and T2 in seconds
"""

import json
import os
import shutil
import struct
from pathlib import Path

from .lab import Skip, Space, eventually
from .system import Process

LEASE_S = 120


class Server:
    """Starts when it is made: on srv0, for 10.0.0.0/24, unless told otherwise.

    relayed is the network that it serves behind a relay agent instead of its own;
    space the namespace that it runs in.
    """

    cannot = {}

    def __init__(self, lab, interface="srv0", net="10.0.0", first=10, last=50, lease=LEASE_S,
                 relayed=None, space=None, **features):
        self.interface, self.own, self.net = interface, net, relayed or net
        self.first, self.last = f"{self.net}.{first}", f"{self.net}.{last}"
        self.lease, self.router = lease, f"{self.net}.1"
        self.relayed, self.features = relayed, features
        self.dir = lab.dir / f"{self.name}-{interface}-{first}"
        self.dir.mkdir()
        (self.dir / "leases").touch()
        if interface == "srv0":
            lab.plug_in()  # Kea opens no socket on a link without carrier
        self.process = Process((space or lab.here).enter(*self.command()), env={
            **os.environ, "KEA_PIDFILE_DIR": str(self.dir), "KEA_LOCKFILE_DIR": str(self.dir)})
        self.wait_ready()

    def wait_ready(self):
        self.process.wait_line(self.ready)

    def get(self, feature, default=None):
        return self.features.get(feature, default)

    def write(self, text):
        path = self.dir / "conf"
        path.write_text(text)
        return path


CLASSES = {"vendor", "user"}


def classless(routes):
    """Option 121's octets."""
    octets = b""
    for destination, gateway in routes:
        address, length = destination.split("/")
        whole = bytes(map(int, address.split(".")))
        octets += bytes([int(length)]) + whole[:(int(length) + 7) // 8]
        octets += bytes(map(int, gateway.split(".")))
    return octets


def colons(octets):
    return ":".join(f"{octet:02x}" for octet in octets)


class Dnsmasq(Server):
    name, program = "dnsmasq", "dnsmasq"
    ready = "DHCP, IP range"
    cannot = {"duid": "dnsmasq does not look into a client id of RFC 4361"}

    def command(self):
        reserve, mac = self.get("reserve"), self.get("mac")
        options = [f"3,{self.router}"]
        if "search" in self.features:
            options.append(f"option:domain-search,{','.join(self.get('search'))}")
        if "routes" in self.features:
            options.append("121," + ",".join(part for pair in self.get("routes") for part in pair))
        if "times" in self.features:
            options += [f"option:T{i},{time}" for i, time in enumerate(self.get("times"), 1)]
        if "dns" in self.features:
            options.append(f"6,{self.get('dns')}")
        options += [f"tag:{kind},6,{self.get(kind)[1]}" for kind in CLASSES & set(self.features)]
        subnet = self.get("subnet")
        return [
            "dnsmasq", "--no-daemon", "--conf-file=/dev/null", "--port=0", "--user=root",
            f"--interface={self.interface}", "--bind-interfaces", "--no-ping",
            "--dhcp-authoritative", "--log-facility=-", "--log-dhcp",
            f"--pid-file={self.dir}/pid", f"--dhcp-leasefile={self.dir}/leases",
            f"--dhcp-range={self.first},{self.last},255.255.255.0,{self.lease}",
            *(f"--dhcp-option={option}" for option in options),
            *(f"--dhcp-option-force={code},{colons(octets)}"
              for code, octets in self.get("raw", {}).items()),
            *([f"--dhcp-host=id:{colons(reserve[0])},{reserve[1]}"] if reserve else []),
            *([f"--dhcp-host={mac[0]},{mac[1]}"] if mac else []),
            *(["--dhcp-rapid-commit"] if self.get("rapid") else []),
            *([f"--domain={self.get('fqdn')}", "--dhcp-fqdn"] if "fqdn" in self.features else []),
            *(f"--dhcp-{kind}class=set:{kind},{self.get(kind)[0]}"
              for kind in CLASSES & set(self.features)),
            *([f"--dhcp-range={subnet}.10,{subnet}.50,255.255.255.0,{self.lease}"]
              if subnet else []),
        ]


class Kea(Server):
    name, program = "kea", "kea-dhcp4"
    ready = "DHCP4_STARTED"
    cannot = {"rapid": "Kea knows rapid commit for DHCPv6 alone"}

    def option(self, code, data, **more):
        return {"code": code, "data": data, "always-send": True, **more}

    def test_class(self, kind):
        text = self.get(kind)[0].encode()
        if kind == "vendor":
            return f"option[60].hex == 0x{text.hex()}"
        return f"option[77].hex == 0x{len(text):02x}{text.hex()}"

    def command(self):
        raw = dict(self.get("raw", {}))
        if "routes" in self.features:
            raw[121] = classless(self.get("routes"))
        options = [self.option(code, octets.hex(), **{"csv-format": False})
                   for code, octets in raw.items()]
        if "search" in self.features:
            options.append(self.option(119, ", ".join(self.get("search"))))
        if "dns" in self.features:
            options.append(self.option(6, self.get("dns")))
        options.append(self.option(3, self.router))
        reservations = []
        if "reserve" in self.features:
            identity, address = self.get("reserve")
            reservations.append({"client-id": colons(identity), "ip-address": address})
        if "mac" in self.features:
            mac, address = self.get("mac")
            reservations.append({"hw-address": mac, "ip-address": address})
        if "duid" in self.features:
            duid, address = self.get("duid")
            reservations.append({"duid": colons(duid), "ip-address": address})
        subnet = {"subnet": f"{self.net}.0/24", "id": 1, "option-data": options,
                  "pools": [{"pool": f"{self.first} - {self.last}"}], "reservations": reservations}
        conf = {
            "interfaces-config": {"interfaces": [self.interface],
                                  "dhcp-socket-type": "udp" if self.relayed else "raw"},
            "lease-database": {"type": "memfile", "persist": False},
            "valid-lifetime": self.lease, "authoritative": True,
            "host-reservation-identifiers": ["client-id", "hw-address", "duid"],
            "subnet4": [subnet],
            "loggers": [{"name": "kea-dhcp4", "severity": "INFO",
                         "output_options": [{"output": "stdout", "flush": True}]}],
        }
        classes = [{"name": kind, "test": self.test_class(kind),
                    "option-data": [self.option(6, self.get(kind)[1])]}
                   for kind in CLASSES & set(self.features)]
        if classes:  # which may not be empty
            conf["client-classes"] = classes
        if "subnet" in self.features:
            net = self.get("subnet")
            conf["subnet4"].append({
                "subnet": f"{net}.0/24", "id": 2,
                "pools": [{"pool": f"{net}.10 - {net}.50"}]})
        if "times" in self.features:
            conf["renew-timer"], conf["rebind-timer"] = self.get("times")
        if "fqdn" in self.features:
            conf |= {"ddns-qualifying-suffix": self.get("fqdn"), "ddns-send-updates": False}
        return ["kea-dhcp4", "-c", self.write(json.dumps({"Dhcp4": conf}))]


class Dhcpd(Server):
    """ISC dhcpd."""

    name, program = "dhcpd", "dhcpd"
    ready = "Server starting service|Listening on LPF"
    cannot = {"rapid": "ISC dhcpd knows rapid commit for DHCPv6 alone",
              "duid": "ISC dhcpd does not look into a client id of RFC 4361"}

    def command(self):
        raw = dict(self.get("raw", {}))
        if "routes" in self.features:
            raw[121] = classless(self.get("routes"))
        lines = ["authoritative;", "ping-check false;",
                 f"ddns-update-style {'standard' if 'fqdn' in self.features else 'none'};",
                 f"default-lease-time {self.lease};", f"max-lease-time {self.lease};",
                 *(f"option raw-{code} code {code} = string;" for code in raw)]
        inside = [f"range {self.first} {self.last};", f"option routers {self.router};"]
        if "search" in self.features:
            names = ", ".join(f'"{name}"' for name in self.get("search"))
            inside.append(f"option domain-search {names};")
        if "dns" in self.features:
            inside.append(f"option domain-name-servers {self.get('dns')};")
        inside += [f"option raw-{code} {colons(octets)};" for code, octets in raw.items()]
        if "times" in self.features:
            inside += [f"option dhcp-{what}-time {seconds};" for what, seconds
                       in zip(("renewal", "rebinding"), self.get("times"))]
        if raw:
            # It leaves out what nobody asked for.
            inside.append("option dhcp-parameter-request-list = concat(option "
                          f"dhcp-parameter-request-list, {','.join(f'{code:x}' for code in raw)});")
        if self.relayed:
            lines.append(f"subnet {self.own}.0 netmask 255.255.255.0 {{ }}")
        lines += [f"subnet {self.net}.0 netmask 255.255.255.0 {{", *inside, "}"]
        if "reserve" in self.features:
            identity, address = self.get("reserve")
            lines.append(f"host one {{ option dhcp-client-identifier {colons(identity)}; "
                         f"fixed-address {address}; }}")
        if "mac" in self.features:
            mac, address = self.get("mac")
            lines.append(f"host two {{ hardware ethernet {mac}; fixed-address {address}; }}")
        if "vendor" in self.features:
            lines.append(self.write_class("option vendor-class-identifier", *self.get("vendor")))
        if "user" in self.features:
            # It takes the option for one text: the first octet is a length.
            lines.append(self.write_class("substring(option user-class, 1, 255)",
                                          *self.get("user")))
        if "fqdn" in self.features:
            lines += ["ddns-updates on;", "allow client-updates;",
                      "option fqdn.no-client-update on;",
                      f'ddns-domainname "{self.get("fqdn")}";']
        if "subnet" in self.features:
            net = self.get("subnet")
            lines.append(f"subnet {net}.0 netmask 255.255.255.0 {{ range {net}.10 {net}.50; }}")
        return ["dhcpd", "-4", "-f", "-d", "-cf", self.write("\n".join(lines) + "\n"),
                "-lf", self.dir / "leases", "-pf", self.dir / "pid", "-user", "root",
                "-group", "root", self.interface]


    @staticmethod
    def write_class(option, text, server):
        return (f'class "{text}" {{ match if {option} = "{text}"; '
                f"option domain-name-servers {server}; }}")


class Udhcpd(Server):
    name, program = "udhcpd", "udhcpd"
    ready = "udhcpd: started"
    udp = ":0043 "  # port 67
    cannot = {"rapid": "udhcpd does not know rapid commit",
              "reserve": "udhcpd reserves by hardware address alone",
              "duid": "udhcpd reserves by hardware address alone",
              "fqdn": "udhcpd does not answer option 81",
              "vendor": "udhcpd knows no classes",
              "user": "udhcpd knows no classes",
              "subnet": "udhcpd serves one network",
              "relayed": "udhcpd serves the network of its interface alone"}

    def wait_ready(self):
        """It opens its socket after that line."""
        super().wait_ready()
        udp = Path(f"/proc/{self.process.pid}/net/udp")
        eventually("its socket", lambda: self.udp in udp.read_text())

    def command(self):
        lines = [f"start {self.first}", f"end {self.last}", f"interface {self.interface}",
                 f"lease_file {self.dir}/leases", f"pidfile {self.dir}/pid", "auto_time 0",
                 "option subnet 255.255.255.0", f"option lease {self.lease}",
                 f"option router {self.router}"]
        if "search" in self.features:
            lines.append(f"option search {' '.join(self.get('search'))}")
        if "dns" in self.features:
            lines.append(f"option dns {self.get('dns')}")
        if "routes" in self.features:
            lines.append("option staticroutes " +
                         ", ".join(" ".join(pair) for pair in self.get("routes")))
        if "mac" in self.features:
            lines.append(f"static_lease {' '.join(self.get('mac'))}")
        raw = dict(self.get("raw", {}))
        if "times" in self.features:
            raw |= {58 + i: struct.pack("!I", time) for i, time in enumerate(self.get("times"))}
        lines += [f"option 0x{code:02x} {octets.hex()}" for code, octets in raw.items()]
        return ["udhcpd", "-f", "-a", "0", self.write("\n".join(lines) + "\n")]


SERVERS = {kind.name: kind for kind in (Dnsmasq, Kea, Dhcpd, Udhcpd)}


def share_network(lab):
    """Makes srv0 a port of a bridge br0, which has its address from now on.

    Returns another namespace, whose srv1 (10.0.0.2) is on the same network.
    """
    other = Space()
    lab.here.ip("link add br0 type bridge")
    lab.here.ip("address flush dev srv0")
    lab.here.ip("link set srv0 master br0")
    lab.here.ip(f"link add port1 type veth peer name srv1 netns {other.pid}")
    lab.here.ip("link set port1 master br0")
    other.ip("address add 10.0.0.2/24 dev srv1")
    lab.here.ip("address add 10.0.0.1/24 dev br0")
    for space, name in ((lab.here, "port1"), (lab.here, "br0"), (other, "lo"), (other, "srv1")):
        space.ip(f"link set {name} up")
    lab.plug_in()
    return other


def relay_network(lab):
    """Puts a relay agent between srv1 (10.1.0.1) and the client's eth1 (10.2.0.0/24)."""
    if not shutil.which("dhcrelay"):
        raise Skip("no dhcrelay here")
    agent = Space()
    lab.here.ip(f"link add srv1 type veth peer name up0 netns {agent.pid}")
    agent.ip(f"link add down0 type veth peer name eth1 netns {lab.client.pid}")
    agent.ip("address add 10.1.0.2/24 dev up0")
    agent.ip("address add 10.2.0.1/24 dev down0")
    lab.here.ip("address add 10.1.0.1/24 dev srv1")
    lab.here.ip("link set srv1 up")
    for name in ("lo", "up0", "down0"):
        agent.ip(f"link set {name} up")
    lab.client.ip("link set eth1 up")
    lab.here.ip("route add 10.2.0.0/24 via 10.1.0.2")
    agent.run("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward")
    relay = Process(agent.enter("dhcrelay", "-4", "-d", "-pf", lab.dir / "relay.pid",
                                "-id", "down0", "-iu", "up0", "10.1.0.1"))
    relay.wait_line("Sending on .*down0")
    return agent


def available(kind):
    """Whether the server is installed here."""
    return shutil.which(kind.program) is not None
