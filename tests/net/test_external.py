# SPDX-License-Identifier: BSD-2-Clause
"""tenurectl external: a STUN server with two addresses, behind NATs of several kinds.

    client: eth0 ===veth=== srv0 :the test's own: wan0 ===veth=== net0 :the internet
            10.0.0.10            10.0.0.1         203.0.113.7     192.0.2.1, 192.0.2.2
                                 nftables                         turnserver (coturn)
"""

import json
import re
import shutil
from pathlib import Path

from lab import Skip, eventually, lasts
from lab.lab import Space
from lab.system import Process

SERVERS = "192.0.2.1", "192.0.2.2"
EXTERNAL = "203.0.113.7"
ADDRESS = "10.0.0.10"


def join_internet(lab):
    """The router's other side, and the hosts behind it; their namespace."""
    net = Space()
    lab.here.ip(f"link add wan0 type veth peer name net0 netns {net.pid}")
    lab.here.ip(f"address add {EXTERNAL}/24 dev wan0")
    lab.here.ip("address add 203.0.113.8/24 dev wan0")
    net.ip("address add 203.0.113.1/24 dev net0")
    for server in SERVERS:
        net.ip(f"address add {server}/32 dev net0")
    for space, name in ((lab.here, "wan0"), (net, "net0"), (net, "lo")):
        space.ip(f"link set {name} up")
    lab.here.ip("route add default via 203.0.113.1")
    net.ip("route add 10.0.0.0/24 via 203.0.113.7")
    Path("/proc/sys/net/ipv4/ip_forward").write_text("1\n")
    return net


def stun_server(lab, net, *arguments, servers=SERVERS):
    if not shutil.which("turnserver"):
        raise Skip("no turnserver (coturn) here")
    listening = [word for server in servers for word in ("-L", server)]
    process = Process(net.enter(
        "turnserver", "-n", *listening, "--stun-only", "--no-auth", "--no-tcp", "--no-tls",
        "--no-dtls", "--no-cli", "--userdb", lab.dir / "turndb", "--pidfile",
        lab.dir / "turnserver.pid", "--log-file", "stdout", "--simple-log", *arguments))
    eventually("an open port of each address", lambda: net.run(
        "cat", "/proc/net/udp").stdout.count(":0D96 00000000:0000") >= len(servers))
    return process


def nat(lab, rules):
    """Rules of nftables in the router."""
    if not shutil.which("nft"):
        raise Skip("no nft here")
    path = lab.dir / "rules"
    path.write_text(rules)
    done = lab.here.run("nft", "-f", path, check=False)
    if re.search("not supported|No such file|not permitted", done.stdout):
        raise Skip(f"the kernel has no such NAT: {done.stdout.strip()}")
    assert done.returncode == 0, done.stdout


def masquerade(how=""):
    return f"""table ip nat {{
        chain post {{
            type nat hook postrouting priority 100;
            oifname "wan0" masquerade {how}
        }}
    }}"""


FULL_CONE = f"""table ip nat {{
    chain pre {{
        type nat hook prerouting priority -100;
        ip daddr {EXTERNAL} udp dport 1024-65535 dnat to {ADDRESS}
    }}
    chain post {{
        type nat hook postrouting priority 100;
        oifname "wan0" masquerade
        oifname "srv0" ip saddr 10.0.0.0/24 snat to {EXTERNAL}
    }}
}}"""

# Whoever a port has sent to may send to that port, from any port.
FILTER = """table ip filter {
    set spoken {
        type inet_service . ipv4_addr
        flags dynamic, timeout
        timeout 1m
    }
    chain way {
        type filter hook forward priority 0;
        oifname "wan0" ip protocol udp update @spoken { udp sport . ip daddr } accept
        iifname "wan0" ip protocol udp udp dport . ip saddr @spoken accept
        iifname "wan0" ip protocol udp drop
    }
}"""

BY_ADDRESS = f"""table ip nat {{
    chain post {{
        type nat hook postrouting priority 100;
        oifname "wan0" ip daddr {SERVERS[0]} snat to {EXTERNAL}
        oifname "wan0" ip daddr {SERVERS[1]} snat to 203.0.113.8
    }}
}}"""

BLOCKED = """table ip filter {
    chain way {
        type filter hook forward priority 0;
        ip protocol udp drop
    }
}"""


def ready(lab, *arguments, rules=None, servers=SERVERS):
    """All of it, and a lease."""
    lab.need_ctl()
    net = join_internet(lab)
    stun_server(lab, net, *arguments, servers=servers)
    if rules:
        nat(lab, rules)
    lab.server(lease=600)
    lab.bound()
    return net


def external(lab, *arguments, code=0, **options):
    done = lab.ctl("external", "eth0", "--stun", SERVERS[0], *arguments, check=False, **options)
    assert done.returncode == code, done.stdout
    return done.stdout


def judged(lab, words, *arguments, **members):
    """What is said to people, and to programs."""
    said = external(lab, *arguments)
    assert said.splitlines()[0] == f"eth0: {ADDRESS} appears as {words}", said
    told = json.loads(external(lab, "--json", *arguments))
    assert told["server"] == {"address": SERVERS[0], "port": 3478}
    finding, = told["addresses"]
    assert finding["address"] == finding["local"]["address"] == ADDRESS
    assert finding["error"] is None
    for name, value in members.items():
        assert finding[name] == value, (name, finding)
    return said, finding


@lasts(15)
def test_external_masquerade(lab):
    """Ports are kept, so mappings look independent; only who was asked may answer."""
    ready(lab, rules=masquerade())
    _, told = judged(lab, f"{EXTERNAL}; NAT: endpoint-independent mapping, "
                     "address-and-port-dependent filtering", "--wait", "3",
                     mapping="endpoint-independent", filtering="address-and-port-dependent",
                     hairpinning=False, mappingUnknown=None, filteringUnknown=None)
    assert told["external"] == {"address": EXTERNAL, "port": told["local"]["port"]}


@lasts(15)
def test_external_random_ports(lab):
    """A port by chance for each connection."""
    ready(lab, rules=masquerade("fully-random"))
    judged(lab, f"{EXTERNAL}; NAT: address-and-port-dependent mapping, "
           "address-and-port-dependent filtering", "--wait", "3",
           mapping="address-and-port-dependent", filtering="address-and-port-dependent")


@lasts(15)
def test_external_by_address(lab):
    """An external address for each address of others."""
    ready(lab, rules=BY_ADDRESS)
    judged(lab, f"{EXTERNAL}; NAT: address-dependent mapping, "
           "address-and-port-dependent filtering", "--wait", "3",
           mapping="address-dependent", filtering="address-and-port-dependent")


@lasts(8)
def test_external_full_cone(lab):
    """Everybody may send to the port; from inside, too."""
    ready(lab, rules=FULL_CONE)
    judged(lab, f"{EXTERNAL}; NAT: endpoint-independent mapping, "
           "endpoint-independent filtering, hairpinning", mapping="endpoint-independent",
           filtering="endpoint-independent", hairpinning=True)


@lasts(15)
def test_external_filter(lab):
    """Who was spoken to may answer from another port, but nobody else."""
    ready(lab, rules=f"{FULL_CONE}\n{FILTER}")
    judged(lab, f"{EXTERNAL}; NAT: endpoint-independent mapping, "
           "address-dependent filtering, hairpinning", "--wait", "3",
           filtering="address-dependent", hairpinning=True)


@lasts(8)
def test_external_without_nat(lab):
    """What is leased is what is seen."""
    ready(lab)
    _, told = judged(lab, "itself; no NAT, no filtering", mapping="none", filtering="none",
                     hairpinning=None)
    assert told["external"] == told["local"]


@lasts(12)
def test_external_firewall(lab):
    """No NAT, but a filter."""
    ready(lab, rules=FILTER)
    judged(lab, "itself; no NAT, address-dependent filtering", "--wait", "3", mapping="none",
           filtering="address-dependent")


@lasts(8)
def test_external_one_address(lab):
    """The server cannot say of what kind a NAT is: it is said that it cannot."""
    ready(lab, "--no-rfc5780", rules=masquerade(), servers=SERVERS[:1])
    said, _ = judged(lab, f"{EXTERNAL}; NAT", mapping=None, filtering=None)
    for what in "mapping", "filtering":
        assert f"eth0: {what} is not known: the server has one address only" in said


@lasts(8)
def test_external_blocked(lab):
    """Nothing comes back."""
    ready(lab, rules=BLOCKED)
    said = external(lab, "--wait", "2", code=75)
    assert f"eth0: {ADDRESS}: 192.0.2.1:3478 does not answer within 2 s: UDP is blocked" in said
    told = json.loads(external(lab, "--wait", "1", "--json", code=75))["addresses"][0]
    assert told["external"] is None and "does not answer" in told["error"]


@lasts(6)
def test_external_refused(lab):
    """Nobody listens there, no route leads there, no such host: each in its words."""
    ready(lab)
    said = external(lab, "--stun", f"{SERVERS[0]}:9", code=1)
    assert "192.0.2.1:9 says that nobody listens at this port" in said
    lab.clients[0].stop()  # it would put the route back
    lab.client.ip("route del default")
    said = external(lab, "--wait", "1", code=1)
    assert f"'ip route get 192.0.2.1 from {ADDRESS} oif eth0'" in said
    said = lab.ctl("external", "eth0", "--stun", "stun.invalid", check=False)
    assert said.returncode in (1, 75)  # as the resolver of this machine has it
    assert "stun.invalid: the name has no IPv4 address that can be found" in said.stdout
    for wrong in "192.0.2.1:0", "192.0.2.1:65536", "[2001:db8::1]", "no_name", "127.0.0.1", "":
        external(lab, "--stun", wrong, code=64)


@lasts(8)
def test_external_by_anybody(lab):
    """Unprivileged; a name of /etc/hosts; and without a daemon, from what is there."""
    lab.need_users()
    lab.own_etc()
    with open("/etc/hosts", "a") as hosts:
        hosts.write(f"{SERVERS[0]} stun.example.net\n")
    ready(lab, rules=masquerade())
    words = f"eth0: {ADDRESS} appears as {EXTERNAL}; NAT: endpoint-independent mapping"
    said = external(lab, "--wait", "2", "--stun", "stun.example.net:3478", user=65534)
    assert words in said
    lab.clients[0].stop()
    assert words in external(lab, "--wait", "2", user=65534)
    assert "no such interface" in lab.ctl("external", "eth9", "--stun", SERVERS[0],
                                          check=False).stdout


@lasts(10)
def test_external_other_way(lab):
    """Another interface has the default route: the question goes out by ours all the same."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    ready(lab, rules=masquerade())
    lab.client.ip("link set eth1 up")
    lab.client.ip("address add 10.1.0.2/24 dev eth1")
    lab.client.ip("route add default via 10.1.0.1 metric 1")
    assert f"eth0: {ADDRESS} appears as {EXTERNAL}" in external(lab, "--wait", "2")
    nat(lab, BLOCKED)
    said = external(lab, "--wait", "1", code=75)
    assert f"routes lead there from 10.1.0.2, so answers to {ADDRESS}" in said
