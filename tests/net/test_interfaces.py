# SPDX-License-Identifier: BSD-2-Clause
"""What the host has: told whole, without a daemon, and by anyone."""

import json
import re
import subprocess
from pathlib import Path

from lab import Skip, eventually
from lab.lab import Space
from lab.rebuild import rebuild
from test_rivals import imitate, write

# What there is to be told, by what takes it; some kernels lack some of it.
FIXTURE = {
    "veth": [
        "link add name veth0 address 02:00:00:00:00:10 type veth peer name veth1",
        "link set veth1 address 02:00:00:00:00:11 mtu 1400 txqueuelen 77",
        "link set veth0 alias upstairs,left",
        "link property add dev veth0 altname veth-with-a-rather-long-name altname second",
        "link set veth0 up",
        "link set veth1 up",
        "address add 10.1.0.1/24 broadcast 10.1.0.255 dev veth0",
        "address add 10.1.0.2/24 dev veth0",
        "address add 10.1.0.9/24 label veth0:tag valid_lft 36000 preferred_lft 18000 "
        "noprefixroute dev veth0",
        "address add 10.2.0.1 peer 10.2.0.2/32 dev veth1",
        "address add 10.3.0.1/24 metric 77 scope link dev veth1",
        "address add fd00:1::1/64 nodad dev veth0",
        "address add fd00:2::1/64 nodad valid_lft 36000 preferred_lft 18000 dev veth1",
        "address add fd00:3::1 peer fd00:3::2/128 nodad dev veth1"],
    "who made an address": ["address add 10.1.0.8/24 proto 16 dev veth0"],
    "routes": [
        "route add default via 10.1.0.254 metric 1002 proto dhcp src 10.1.0.9",
        "route add default via 10.1.0.253 dev veth0 metric 2000",
        "route add 172.16.0.0/12 via 10.1.0.254 mtu lock 1300 advmss 1000 initcwnd 20",
        "route add 172.16.0.0/12 via 10.1.0.253 metric 5 tos 0x10",
        "route add 192.168.9.0/24 via 192.168.1.1 dev veth1 onlink proto bird",
        "route add 192.168.1.1 dev veth1 scope link proto 77",
        "route add blackhole 203.0.113.0/24 metric 9",
        "route add unreachable 198.51.100.0/24 table 1000",
        "route add prohibit 198.51.100.0/25",
        "route add throw 198.51.100.128/25 table 70000",
        "-6 route add default via fd00:1::ff metric 500 mtu 1280 pref high",
        "-6 route add fd11::/48 via fd00:1::fe dev veth0 proto ra expires 36000",
        "-6 route add fd12::/48 dev veth1 metric 7 pref low",
        "-6 route add blackhole fd13::/48",
        "-6 route add unreachable fd14::/48 table 1000"],
    "gateways of IPv6": ["route add 192.168.10.0/24 via inet6 fe80::1 dev veth0"],
    "multipath": [
        "route add 192.168.20.0/24 proto static nexthop via 10.1.0.254 weight 3 "
        "nexthop via 10.2.0.2 dev veth1 onlink weight 1"],
    "multipath of IPv6": [
        "-6 route add fd20::/48 nexthop via fd00:1::ff weight 2 nexthop via fd00:2::ff"],
    "nexthops": [
        "nexthop add id 11 via 10.1.0.254 dev veth0 proto static",
        "nexthop add id 12 via fd00:1::ff dev veth0",
        "nexthop add id 13 blackhole",
        "route add 192.168.30.0/24 nhid 11",
        "-6 route add fd30::/48 nhid 12"],
    "groups of nexthops": [
        "nexthop add id 14 via 10.1.0.253 dev veth0",
        "nexthop add id 20 group 11,3/14",
        "route add 192.168.31.0/24 nhid 20"],
    "rules": [
        "rule add priority 100 from 10.1.0.0/24 to 172.16.0.0/12 iif veth0 table 1000",
        "rule add priority 101 fwmark 0x5/0xff oif veth1 table 70000 protocol static",
        "rule add priority 102 not ipproto 17 dport 53-54 sport 1000 prohibit",
        "rule add priority 103 table main suppress_prefixlength 0",
        "rule add priority 104 uidrange 1000-2000 blackhole",
        "rule add priority 99 goto 103",
        "-6 rule add priority 200 from fd00:1::/64 table 1000"],
    "dummy": [
        "link add name dummy0 address 02:00:00:00:00:20 type dummy",
        "link set dummy0 up",
        "address add 10.4.0.1/24 dev dummy0"],
    "ifb": ["link add name ifb9 address 02:00:00:00:00:21 type ifb", "link set ifb9 group 5"],
    "bridge": [
        "link add name br0 address 02:00:00:00:00:30 type bridge stp_state 0 "
        "ageing_time 1000 priority 100 mcast_snooping 0",
        "link add name port0 address 02:00:00:00:00:31 type veth peer name port1",
        "link set port0 master br0",
        "link set port0 up",
        "link set port1 up",
        "link set br0 up",
        "address add 10.5.0.1/24 dev br0"],
    "vlan": [
        "link add link veth0 name veth0.5 type vlan id 5",
        "link add link veth1 name outer type vlan id 6 protocol 802.1ad",
        "link set veth0.5 up",
        "address add 10.6.0.1/24 dev veth0.5"],
    "macvlan": ["link add link veth0 name mac0 type macvlan mode private"],
    "vrf": [
        "link add name blue type vrf table 500",
        "link add name in-blue type veth peer name of-blue",
        "link set in-blue master blue",
        "link set blue up",
        "link set in-blue up",
        "address add 10.7.0.1/24 dev in-blue"],
}
NEEDED = ("veth", "routes", "rules")


def make(space):
    """All that this kernel has; the names of what it lacks are printed."""
    space.ip("link set lo up")
    for feature, lines in FIXTURE.items():
        try:
            for line in lines:
                space.ip(line)
        except subprocess.CalledProcessError as refused:
            assert feature not in NEEDED, f"{line}: {refused.stdout}"
            print(f"not here: {feature}: {line}: {refused.stdout.strip()}")


def tell(lab, space, *arguments, user=None):
    become = [] if user is None else [
        "setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", "--"]
    done = space.run(*become, lab.dir / "tenurectl", "interfaces", *arguments, check=False)
    assert done.returncode == 0, (done.returncode, done.stdout)
    return done.stdout


def settled(lab, space):
    """The JSON, once addresses of IPv6 are checked and links have come up."""
    last = []

    def is_still():
        told = json.loads(tell(lab, space, "--json"))
        last.append(without_what_differs(told))
        return len(last) > 1 and last[-1] == last[-2] and not any(
            "tentative" in address["flags"] or
            (link["up"] and link["operationalState"] == "dormant")
            for link in told["interfaces"] for address in link["addresses"])

    eventually("all links and addresses", is_still)
    return json.loads(tell(lab, space, "--json"))


# Lifetimes run.
SECONDS = re.compile(r"(valid|preferred|expiresIn)Seconds$")


def without_what_differs(value):
    """Without indices; lists of things sorted; lifetimes as there or not."""
    if isinstance(value, dict):
        return {key: inner is not None if SECONDS.match(key) else without_what_differs(inner)
                for key, inner in value.items()
                if key != "index" and not key.endswith("Index")}
    if isinstance(value, list):
        inner = [without_what_differs(each) for each in value]
        return sorted(inner, key=lambda each: json.dumps(each, sort_keys=True)) \
            if inner and isinstance(inner[0], dict) else inner
    return value


def others(value, path=""):
    """Where anything is told by its number alone."""
    found = []
    if isinstance(value, dict):
        for key, inner in value.items():
            found += [f"{path}: {inner}"] if key == "other" else others(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            found += others(inner, path)
    return found


def test_interfaces_rebuilt_from_json(lab):
    """Another namespace, made of the JSON alone, tells the same."""
    lab.need_ctl()
    first, second = Space(), Space()
    make(first)
    told = settled(lab, first)
    rebuild(second, told)
    again = settled(lab, second)
    for key in sorted({*told, *again}):
        one, two = (without_what_differs(which.get(key)) for which in (told, again))
        if isinstance(one, list):
            lost = [each for each in one if each not in two]
            more = [each for each in two if each not in one]
            assert not lost and not more, f"{key}:\n" + "\n".join(
                [f"- {each}" for each in lost] + [f"+ {each}" for each in more])
        assert one == two, f"{key}:\n- {one}\n+ {two}"


def test_interfaces_tells_what_ip_tells(lab):
    """Nothing is lost: not an address, route, rule or nexthop, not an attribute."""
    lab.need_ctl()
    space = Space()
    make(space)
    told = settled(lab, space)

    def ip(*words):
        return json.loads(space.run("ip", "-j", "-d", *words).stdout or "[]")

    links = {link["name"]: link for link in told["interfaces"]}
    assert set(links) == {link["ifname"] for link in ip("link")}
    for link in ip("address"):
        ours = links[link["ifname"]]
        assert ours["index"] == link["ifindex"] and ours["mtu"] == link["mtu"]
        assert ours.get("alternativeNames", []) == link.get("altnames", [])
        assert ours.get("master") == link.get("master")
        assert [(a["address"], a["prefixLength"]) for a in ours["addresses"]] == [
            (a["local"], a["prefixlen"]) for a in link["addr_info"]]
    for family, flag in (("ipv4", "-4"), ("ipv6", "-6")):
        for key, words in (("routes", ("route", "show", "table", "all")), ("rules", ("rule",))):
            ours = [each for each in told[key] if each["family"] == family]
            theirs = ip(flag, *words)
            assert len(ours) == len(theirs), f"{len(ours)} {key}, not {len(theirs)}"
            for each in theirs if key == "routes" else []:
                assert any(route_is(each, route) for route in ours), each
    assert len(told["nexthops"]) == len(ip("nexthop"))
    # Kinds of links have more than we give names to.
    assert all("kindData" in each or "portData" in each for each in others(told)), others(told)


def keys_of(value):
    """All members, but of what only one kind of link has."""
    if isinstance(value, list):
        return set().union(*map(keys_of, value))
    if not isinstance(value, dict):
        return set()
    return set(value).union(*(keys_of(inner) for key, inner in value.items()
                              if key not in ("other", "kindData", "portData", "metrics")))


def test_interfaces_members_are_in_the_manual(lab):
    lab.need_ctl()
    make(lab.client)
    lab.server()
    lab.bound()
    page = (Path(__file__).parents[2] / "man" / "tenurectl.1").read_text()
    section = page[page.index(".Sh THE HOST AS JSON"):page.index(".Sh SEE ALSO")]
    known = set(re.findall(r"^\.(?:It )?(?:Li|Pq Li) ([^\n]*)", section, re.M))
    known = {word for line in known for word in re.findall(r"[A-Za-z0-9]+", line)}
    told = keys_of(json.loads(tell(lab, lab.client, "--json")))
    missing = {key for key in told if key not in known and
               not (key.endswith("Index") and key[:-len("Index")] in known)}
    assert not missing, f"not in tenurectl(1): {missing}"


def route_is(theirs, ours):
    destination = {"default": ("0.0.0.0/0", "::/0")}.get(
        theirs["dst"], (theirs["dst"], f"{theirs['dst']}/32", f"{theirs['dst']}/128"))
    return (ours["destination"] in destination and ours["type"] == theirs["type"] and
            ours.get("gateway") == (theirs.get("gateway") or theirs.get("via", {}).get("host")) and
            ours.get("interface") == theirs.get("dev") and
            ours.get("metric", 0) == theirs.get("metric", 0) and
            len(ours.get("nexthops", [])) == len(theirs.get("nexthops", [])))


def test_interfaces_default_route(lab):
    """The one that the kernel would take; not merely the least metric's."""
    lab.need_ctl()
    space = Space()
    make(space)
    defaults = json.loads(tell(lab, space, "--json"))["defaults"]
    assert defaults["ipv4"]["metric"] == 1002 and defaults["ipv4"]["chosenBy"] == "kernel"
    assert defaults["ipv6"]["gateway"] == "fd00:1::ff"
    space.ip("rule add priority 50 table 999")
    space.ip("route add default via 10.3.0.254 table 999 metric 5000")
    told = json.loads(tell(lab, space, "--json"))
    assert told["defaults"]["ipv4"]["table"] == 999
    assert {link["name"]: link["defaultFor"] for link in told["interfaces"]}["veth1"] == ["ipv4"]
    # It refuses every address that the kernel can be asked about.
    space.ip("rule add priority 49 prohibit")
    refused = json.loads(tell(lab, space, "--json"))["defaults"]["ipv4"]
    assert (refused["table"], refused["metric"], refused["chosenBy"]) == (254, 1002, "metric")


def test_interfaces_for_people(lab):
    """A table; one in full; and why who manages what."""
    lab.need_ctl()
    space = Space()
    make(space)
    table = tell(lab, space)
    assert re.match(r"INTERFACE +KIND +CARRIER +ADDRESSES +DEFAULT +MANAGED\n", table)
    assert re.search(r"^lo +loopback .* no: loopback$", table, re.M), table
    assert re.search(r"^veth0 +veth +yes +10\.1\.0\.1/24 .* \+\d +ipv4, ipv6 ", table, re.M), table
    assert "others; --all shows each" in table and "203.0.113.0" not in table
    assert "ipv4 100 from 10.1.0.0/24 to 172.16.0.0/12 inputInterface veth0 table 1000" in table
    whole = tell(lab, space, "--all")
    assert "blackhole 203.0.113.0/24 metric 9" in whole
    assert "172.16.0.0/12 via 10.1.0.254 dev veth0" in whole
    one = tell(lab, space, "veth0")
    assert re.search(r"^  also called +veth-with-a-rather-long-name, second$", one, re.M), one
    assert "10.1.0.9/24 scope global, valid for 9 h 59 min" in one or \
        "10.1.0.9/24 scope global, valid for 10 h" in one, one
    assert "172.16.0.0/12" not in one and "default via 10.1.0.254 dev veth0" in one
    # By its other name it is the same.
    assert tell(lab, space, "veth-with-a-rather-long-name") == tell(lab, space, "veth0")
    only = json.loads(tell(lab, space, "--json", "veth1"))
    assert [link["name"] for link in only["interfaces"]] == ["veth1"]
    assert {route["destination"] for route in only["routes"]} >= {"192.168.9.0/24", "10.3.0.0/24"}
    assert "172.16.0.0/12" not in {route["destination"] for route in only["routes"]}
    assert [rule["priority"] for rule in only["rules"]] == [101]
    none = space.run(lab.dir / "tenurectl", "interfaces", "veth7", check=False)
    assert none.returncode == 69 and "veth7: there is no such interface" in none.stdout


def reasons(lab, space):
    told = json.loads(tell(lab, space, "--json"))
    return {link["name"]: (link["managedBy"] or {}).get("program") or link["unmanagedBecause"]
            for link in told["interfaces"]}


def test_interfaces_who_manages_what(lab):
    """By the daemon's own account; and by that of its namespace alone."""
    lab.need_ctl()
    client = lab.client
    client.ip("link add name br0 type bridge")
    client.ip("link add name port0 type veth peer name port1")
    client.ip("link set port0 master br0")
    client.ip("link add name ifb7 type ifb")
    assert reasons(lab, client) == {
        "lo": "loopback", "eth0": "no-daemon", "br0": "no-daemon", "port0": "port",
        "port1": "no-daemon", "ifb7": "no-daemon"}
    lab.server()
    daemon = lab.bound()
    assert reasons(lab, client) == {
        "lo": "loopback", "eth0": "tenured", "br0": "not-configured", "port0": "port",
        "port1": "virtual", "ifb7": "virtual"}
    mine = next(link for link in json.loads(tell(lab, client, "--json"))["interfaces"]
                if link["name"] == "eth0")
    by = mine["managedBy"]
    assert by["state"] == "BOUND" and by["socket"] == "/run/tenured/eth0.sock", by
    write(f"/run/NetworkManager/devices/{lab.kernel.link_index('br0')}", "[device]\nmanaged=true\n")
    imitate(lab, "NetworkManager")
    assert reasons(lab, client)["br0"] == "NetworkManager"
    assert "no: NetworkManager does" in tell(lab, client)
    assert re.search(r"^eth0 +veth +yes +10\.0\.0\.10/24 .* ipv4 +yes BOUND$",
                     tell(lab, client), re.M)
    # A link of that name elsewhere is another one.
    elsewhere = Space()
    elsewhere.ip("link add name eth0 type veth peer name eth1")
    assert reasons(lab, elsewhere)["eth0"] == "no-daemon"
    daemon.stop()
    assert reasons(lab, client)["eth0"] == "no-daemon"


def test_interfaces_of_anyone(lab):
    """No right is needed, and no daemon."""
    lab.need_ctl()
    if not lab.root:
        raise Skip("needs users")
    make(lab.client)
    told = json.loads(tell(lab, lab.client, "--json", user=65534))
    assert {"lo", "eth0", "veth0"} <= {link["name"] for link in told["interfaces"]}
    assert told == {**json.loads(tell(lab, lab.client, "--json")),
                    "interfaces": told["interfaces"], "routes": told["routes"]}
