# SPDX-License-Identifier: BSD-2-Clause
"""A VPN beside a server that wants its traffic (TunnelVision, CVE-2024-3661)."""

import json
import re
import signal
import time

from lab import Skip, eventually, lasts, switches

ELSEWHERE = "8.8.8.8"
QUARTERS = [word for first in (0, 64, 128, 192)
            for word in ("--route", f"{first}.0.0.0/2,10.0.0.1")]
SUBNET = "10.0.0.0/24"


def device(lab, name):
    """Leads nowhere; what else has a carrier is not in every kernel."""
    lab.client.ip(f"link add {name} type veth peer name {name}-end")
    lab.client.ip(f"link set {name}-end up")
    lab.client.ip(f"link set {name} up")


def tunnel(lab, *routes):
    """A VPN's device; only where its packets would go is asked, none is sent."""
    device(lab, "vpn0")
    lab.client.ip("address add 172.31.0.2/30 dev vpn0")
    for route in routes:
        lab.client.ip(f"route add {route} dev vpn0")


def halves(lab):
    """As OpenVPN has it."""
    tunnel(lab, "0.0.0.0/1", "128.0.0.0/1")


def rules(lab):
    """As wg-quick has it: of what is in main, all but the default route counts."""
    tunnel(lab, "default table 51820")
    lab.client.ip("rule add not fwmark 51820 table 51820 priority 32765")
    lab.client.ip("rule add table main suppress_prefixlength 0 priority 32764")


def way(lab, to=ELSEWHERE, more=""):
    return re.search(r"dev (\S+)", lab.client.ip(f"route get {to} {more}").stdout)[1]


def wide(lab):
    """A lease whose subnet is a part of the internet; nobody needs that router."""
    lab.here.ip("address add 8.8.8.1/8 dev srv0")
    lab.server("--option", "1=ff000000", net="8.8.8")


def destinations(lab):
    return {route["dst"] for route in lab.kernel.routes()}


def stays(lab, device):
    """Where packets go now, they go a while later."""
    time.sleep(1.5)
    assert way(lab) == device


# Covers: DF-route-08
def test_honest_server(lab):
    """An honest server takes nothing from a VPN, and nothing is said of it."""
    lab.server()
    rules(lab)
    client = lab.bound()
    eventually("routes", lambda: destinations(lab) == {SUBNET, "default"})
    stays(lab, "vpn0")
    assert way(lab, "10.0.0.7") == "eth0" and way(lab, more="mark 51820") == "eth0"
    assert not client.find("takes traffic")


# Covers: DF-route-08
@lasts(3)
def test_quarters_are_reported(lab):
    """By default the server has its way, and each of its routes is told once."""
    halves(lab)
    lab.server(*QUARTERS)
    client = lab.bound()
    for quarter, half in (("0.0.0.0", "0.0.0.0"), ("64.0.0.0", "0.0.0.0"),
                          ("128.0.0.0", "128.0.0.0"), ("192.0.0.0", "128.0.0.0")):
        client.wait_line(rf"eth0: the server's route to {quarter}/2 takes traffic from vpn0 "
                         rf"\({half}/1\); --shadow-guard=on refuses such routes")
    client.wait_line(rf"eth0: the lease's subnet {SUBNET} takes traffic from vpn0")
    assert way(lab) == "eth0"
    said = len(client.find("takes traffic"))
    client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    lab.client.ip("route add 203.0.113.0/24 dev vpn0")
    stays(lab, "eth0")
    assert len(client.find("takes traffic")) == said == 5


# Covers: DF-route-08
def test_quarters_are_refused(lab):
    halves(lab)
    lab.server(*QUARTERS)
    client = lab.bound("--shadow-guard=on")
    client.wait_line("eth0: the server's route to 64.0.0.0/2 is refused: "
                     "it would take traffic from vpn0")
    stays(lab, "vpn0")
    assert not destinations(lab) and lab.kernel.address() == "10.0.0.10/24"


# Covers: DF-route-08
def test_quarters_beside_rules(lab):
    """The default route of a table that is asked first is a VPN's, too."""
    rules(lab)
    lab.server(*QUARTERS)
    client = lab.bound("-R")
    client.wait_line("the server's route to 0.0.0.0/2 takes traffic from vpn0 .0.0.0.0/0.;")
    assert way(lab) == "eth0"
    client.stop()
    lab.bound("--shadow-guard=on")
    eventually("the subnet's route", lambda: destinations(lab) == {SUBNET})
    stays(lab, "vpn0")


# Covers: DF-route-08
def test_private_only(lab):
    """A policy needs to know of no VPN."""
    rules(lab)
    lab.server(*QUARTERS, "--route", "10.9.0.0/16,10.0.0.1", "--route", "0.0.0.0/0,10.0.0.1")
    client = lab.bound("--route-policy=private-only")
    client.wait_line(r"the route to 0.0.0.0/2 and 3 more of the server not used \(policy\)")
    eventually("routes", lambda: destinations(lab) == {SUBNET, "10.9.0.0/16", "default"})
    stays(lab, "vpn0")


# Covers: DF-route-08
def test_wide_subnet(lab):
    """The subnet of the lease takes traffic as a route does."""
    halves(lab)
    wide(lab)
    client = lab.bound("-R")
    client.wait_line(r"eth0: the lease's subnet 8.0.0.0/8 takes traffic from vpn0 \(0.0.0.0/1\)")
    assert way(lab) == "eth0"
    client.stop()
    client = lab.bound("--shadow-guard=on")
    client.wait_line("eth0: the lease's subnet 8.0.0.0/8 is refused")
    stays(lab, "vpn0")
    assert not destinations(lab)


# ---- a table behind main ------------------------------------------------------


def rules_behind(lab):
    """The tables that are asked at the priority of our rules."""
    return [int(rule["table"]) for rule in lab.kernel._ip("-N", "rule", "show")
            if rule["priority"] == 32770]


def in_own_table(lab):
    return {route["dst"] for table in rules_behind(lab)
            for route in lab.kernel._ip("-4", "route", "show", "table", str(table))}


def behind_main(lab, *more):
    """What all of these have in common: nothing of ours is in main."""
    client = lab.bound("--table=auto", *more)
    eventually("a rule", lambda: rules_behind(lab) == [0x44480000 + lab.kernel.link_index()])
    assert not destinations(lab) and not client.find("traffic")
    return client


# Covers: DF-route-08
def test_quarters_behind_halves(lab):
    halves(lab)
    lab.server(*QUARTERS)
    behind_main(lab)
    stays(lab, "vpn0")
    assert len(in_own_table(lab)) == 5
    # The VPN's own packets: the kernel takes the gateway for one of the link.
    lab.client.ip("route add 203.0.113.9 via 10.0.0.1 dev eth0")
    assert way(lab, "203.0.113.9") == "eth0"


# Covers: DF-route-08
def test_quarters_behind_rules(lab):
    rules(lab)
    lab.server(*QUARTERS)
    behind_main(lab)
    stays(lab, "vpn0")
    assert way(lab, more="mark 51820") == "eth0"


# Covers: DF-route-08
def test_wide_subnet_behind_main(lab):
    halves(lab)
    wide(lab)
    behind_main(lab)
    stays(lab, "vpn0")
    assert lab.kernel.addresses()[0].get("noprefixroute")


def test_behind_main_alone(lab):
    """Without a VPN all is as ever; with the lease all of it goes."""
    lab.server()
    client = behind_main(lab, "-R")
    assert in_own_table(lab) == {SUBNET, "default"}
    assert way(lab) == way(lab, "10.0.0.7") == "eth0"
    client.stop()
    assert not rules_behind(lab) and not lab.kernel.addresses()


def test_behind_main_kept(lab):
    """A lease that is kept keeps its rule; the next process takes it over."""
    lab.server()
    behind_main(lab).stop()
    assert in_own_table(lab) == {SUBNET, "default"} and lab.kernel.address()
    client = behind_main(lab, "-R")
    client.wait_line("REBOOTING -> BOUND")
    client.send(signal.SIGUSR1)
    client.wait_line("RENEWING -> BOUND")
    assert len(rules_behind(lab)) == 1 and way(lab) == "eth0"
    client.stop()
    assert not rules_behind(lab) and not lab.kernel.addresses()


def test_behind_main_interface_removed(lab):
    """The kernel removes routes with their interface, and no rule."""
    lab.server()
    client = behind_main(lab)
    lab.client.ip("link delete eth0")
    eventually("no rule", lambda: not rules_behind(lab))
    assert client.running


def test_behind_main_with_fallback(lab):
    """Lease and link-local address share the rule, which goes with the second."""
    lab.server(script="on request-renewing nak\non discover 2- silence\n")
    client = lab.bound("--table=auto", "--fallback=link-local-always")
    eventually("both", lambda: "169.254.0.0/16" in in_own_table(lab))
    assert len(rules_behind(lab)) == 1
    client.send(signal.SIGUSR1)
    eventually("one", lambda: in_own_table(lab) == {"169.254.0.0/16"})
    client.stop()
    assert not rules_behind(lab)


# ---- what comes later ---------------------------------------------------------


@lasts(6)
def test_tunnel_comes_later(lab):
    """What is refused follows the routes of others; a VPN that went needs none."""
    lab.server(*QUARTERS)
    client = lab.bound("--shadow-guard=on")
    eventually("all routes", lambda: len(destinations(lab)) == 5)
    halves(lab)
    eventually("none", lambda: not destinations(lab))
    assert way(lab) == "vpn0" and client.find("would take traffic")
    # The kernel says nothing of the routes that go with an interface.
    lab.client.ip("link delete vpn0")
    eventually("all routes again", lambda: len(destinations(lab)) == 5)
    assert client.running


@lasts(6)
def test_tunnel_comes_between_leases(lab):
    """What was known of others' routes before a lease went counts for none that follows."""
    lab.need_ctl()
    lab.server(*QUARTERS)
    lab.bound("--shadow-guard=on")
    eventually("all routes", lambda: len(destinations(lab)) == 5)
    lab.ctl("release", "eth0")
    halves(lab)
    time.sleep(2)  # the news were heard, and there was nothing to guard
    lab.ctl("start", "eth0")
    eventually("an address", lambda: lab.kernel.address() == "10.0.0.10/24")
    stays(lab, "vpn0")
    assert not destinations(lab)


def test_tunnel_comes_just_before_a_lease(lab):
    """News that nobody has looked at yet are looked at before routes are installed."""
    lab.need_ctl()
    lab.server(*QUARTERS)
    lab.bound("--shadow-guard=on")
    eventually("all routes", lambda: len(destinations(lab)) == 5)
    lab.ctl("release", "eth0")
    eventually("no routes", lambda: not destinations(lab))
    events = lab.events()
    halves(lab)
    lab.ctl("start", "eth0")
    eventually("an address", lambda: lab.kernel.address() == "10.0.0.10/24")
    stays(lab, "vpn0")
    assert not events.find(r"\b64\.0\.0\.0/2 ")


@lasts(10)
def test_news_that_matter(lab):
    """Only a route in which one of ours lies wakes anybody: at once, or it never was."""
    lab.server("--route", "20.1.0.0/16,10.0.0.1", lease=3600)
    tunnel(lab)
    client = lab.bound()
    pid, = lab.daemons()
    before = lab.asleep(pid)
    for to in ("10.0.0.0/25", "10.0.0.77", "20.1.255.0/24", "20.0.0.0/16", "20.2.0.0/15",
               "21.0.0.0/8", "128.0.0.0/1", "11.0.0.0/8"):
        lab.client.ip(f"route add {to} dev vpn0")
    time.sleep(0.3)
    assert switches(pid) == before
    lab.client.ip("route add 20.0.0.0/15 dev vpn0")
    client.wait_line(r"the server's route to 20.1.0.0/16 takes traffic from vpn0 \(20.0.0.0/15\)")
    lab.client.ip("route add 10.0.0.0/24 dev vpn0")
    client.wait_line(r"the lease's subnet 10.0.0.0/24 takes traffic from vpn0")


@lasts(6)
def test_news_of_many_routes(lab):
    """What is listened for grows with a lease, though a socket has little memory."""
    lab.need_ctl()
    if lab.client.run("sh", "-c", "echo 2048 >/proc/sys/net/core/optmem_max",
                      check=False).returncode:
        raise Skip("the memory of sockets cannot be limited here")
    many = "".join(f"18{to:02x}00000a000001" for to in range(20, 35))
    lab.server("--route", "20.0.0.0/24,10.0.0.1", "--route", "20.0.1.0/24,10.0.0.1",
               "--route", "20.0.2.0/24,10.0.0.1", "--route", "20.0.3.0/24,10.0.0.1",
               script=f"on request-renewing option 121={many}\n")
    tunnel(lab)
    client = lab.bound()
    lab.ctl("renew", "eth0")
    eventually("all routes", lambda: "34.0.0.0/24" in destinations(lab))
    time.sleep(2.5)  # the look that they are worth is over
    lab.client.ip("route add 34.0.0.0/8 dev vpn0")
    client.wait_line(r"the server's route to 34.0.0.0/24 takes traffic from vpn0 \(34.0.0.0/8\)")


def test_subnet_of_both(lab):
    """Two interfaces in one subnet take nothing from each other."""
    device(lab, "other")
    lab.client.ip("address add 10.0.0.200/24 dev other")
    lab.client.ip("route add default via 10.0.0.1 dev other metric 50")
    lab.server()
    client = lab.bound("--shadow-guard=on")
    eventually("routes", lambda: destinations(lab) == {SUBNET, "default"})
    stays(lab, "other")
    assert not client.find("traffic")


@lasts(4)
def test_guard_off(lab):
    """Nothing is said, refused or listened for."""
    halves(lab)
    lab.server(*QUARTERS)
    client = lab.bound("--shadow-guard=off")
    eventually("all routes", lambda: len(destinations(lab)) == 5)
    stays(lab, "eth0")
    assert not client.find("traffic")


def test_flaws_of_each_lease(lab):
    """What is not used is told of a lease once, and of the next one again."""
    lab.need_ctl()
    lab.server("--route", "127.0.0.0/8,10.0.0.1", "--route", "20.0.0.0/8,10.0.0.1")
    client = lab.bound()
    lab.ctl("renew", "eth0")
    lab.ctl("release", "eth0")
    lab.ctl("start", "eth0")
    eventually("both lines", lambda: len(client.find(r"not used \(destination\)")) >= 2)
    assert len(client.find(r"not used \(destination\)")) == 2, client.output


def test_overlaps_in_status(lab):
    lab.need_ctl()
    halves(lab)
    lab.server(*QUARTERS, "--route", "127.0.0.0/8,10.0.0.1", "--option", "6=7f0000010a000001")
    client = lab.bound("--shadow-guard=on")
    client.wait_line(r"eth0: the route to 127.0.0.0/8 of the server not used \(destination\)")
    client.wait_line(r"eth0: the name server 127.0.0.1 of the server not used \(name-server\)")
    shown = json.loads(lab.ctl("status", "--json", "eth0").stdout)
    interface = shown[0]["interfaces"][0]
    assert {"route": "64.0.0.0/2", "interface": "vpn0", "of": "0.0.0.0/1",
            "refused": True} in interface["overlaps"]
    assert interface["lease"]["flaws"] == [
        {"rule": "destination", "count": 1, "first": "127.0.0.0/8"},
        {"rule": "name-server", "count": 1, "first": "127.0.0.1"}]
    assert interface["lease"]["dnsServers"] == ["10.0.0.1"]
