# SPDX-License-Identifier: BSD-2-Clause
"""What a lease becomes in the kernel: routes, metrics, and what is left alone."""

import re
import signal
import time

from lab import Skip, eventually, lasts, smoke


def destinations(lab):
    return {route["dst"]: route.get("gateway") for route in lab.kernel.routes()}


def settled(lab, expected):
    eventually(f"routes {expected}", lambda: destinations(lab) == expected)


# Covers: 3442-client-01 3442-client-03 3442-local-01 3442-client-07
# Covers: 3442-format-01
@smoke
def test_classless_routes(lab):
    """Every width of prefix; host bits cleared; on-link; no option 3."""
    gateways = {
        "128.0.0.0/1": "10.0.0.2", "11.0.0.0/8": "10.0.0.3", "12.128.0.0/9": "10.0.0.4",
        "13.1.0.0/16": "10.0.0.5", "14.1.128.0/17": "10.0.0.6", "15.1.2.0/24": "10.0.0.7",
        "16.1.2.3/32": "10.0.0.8", "0.0.0.0/0": "10.0.0.9", "192.168.7.0/24": "0.0.0.0",
    }
    routes = [word for route in gateways.items() for word in ("--route", ",".join(route))]
    lab.server(*routes, "--option", "121=19" + "81d2b184" + "0a0000fd")
    lab.bound()
    settled(lab, {
        "10.0.0.0/24": None, "192.168.7.0/24": None, "default": "10.0.0.9",
        "128.0.0.0/1": "10.0.0.2", "11.0.0.0/8": "10.0.0.3", "12.128.0.0/9": "10.0.0.4",
        "13.1.0.0/16": "10.0.0.5", "14.1.128.0/17": "10.0.0.6", "15.1.2.0/24": "10.0.0.7",
        "16.1.2.3": "10.0.0.8", "129.210.177.128/25": "10.0.0.253",
    })
    assert all(route["protocol"] == "dhcp" for route in lab.kernel.routes())
    assert {121, 33} <= set(lab.wire.find("DISCOVER")[0].options[55])


# Covers: 3442-client-02 3442-client-03
def test_classless_routes_rule(lab):
    """With option 121 present, 3 and 33 are nothing."""
    lab.server("--route", "10.9.0.0/16,10.0.0.254", "--option", "33=0a0800010a000001")
    lab.bound()
    settled(lab, {"10.0.0.0/24": None, "10.9.0.0/16": "10.0.0.254"})
    time.sleep(0.3)
    assert not lab.kernel.route("default")


# Covers: 3442-client-08
def test_no_classless_routes(lab):
    """Switched off, 121 and 249 are not asked for, and nothing when sent."""
    static = ["--option", "33=0a0800010a000002"]
    lab.server("--route", "10.9.0.0/16,10.0.0.254", "--option", "249=100a070a0000fe", *static)
    client = lab.bound("--no-classless-routes")
    expected = {"10.0.0.0/24": None, "default": "10.0.0.1", "10.8.0.1": "10.0.0.2"}
    settled(lab, expected)
    for message in lab.wire.find():
        assert not {121, 249} & set(message.options[55]) and 33 in message.options[55]
    client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    time.sleep(0.3)
    settled(lab, expected)


# Covers: DF-route-02 DF-route-01
def test_gateway_outside(lab):
    """A /32 whose router is elsewhere, as large clouds have it."""
    lab.server("--option", "1=ffffffff", "--router", "10.128.0.1", router=False)
    lab.bound()
    assert lab.kernel.address() == "10.0.0.10/32"
    eventually("a default route", lambda: lab.kernel.route("default"))
    routes = destinations(lab)
    assert routes["default"] == "10.128.0.1" and routes["10.128.0.1"] is None
    assert lab.kernel.route("10.128.0.1")["scope"] == "link"


# Covers: DF-route-02
def test_gateway_outside_classless(lab):
    """The same by option 121, the way to the gateway listed last."""
    lab.server("--option", "1=ffffffff", "--route", "0.0.0.0/0,10.128.0.1",
               "--route", "10.128.0.1/32,0.0.0.0", router=False)
    lab.bound()
    eventually("a default route", lambda: lab.kernel.route("default"))
    routes = destinations(lab)
    assert routes["default"] == "10.128.0.1" and routes["10.128.0.1"] is None


# Covers: 2132-3.5-02 DF-route-03 3442-local-02 2132-3.5-01
def test_routers_by_metric(lab):
    """Those that can be one, in their order: the first is used, then the next."""
    lab.server("--option", "3=" + "00000000" + "0a00000a" + "0a000002" + "0a000003" + "0a000002"
               + "c0000201", router=False)
    lab.bound("--metric", "70")

    def defaults():
        return {route["metric"]: route["gateway"] for route in lab.kernel.routes()
                if route["dst"] == "default"}

    eventually("default routes", lambda: defaults() == {
        70: "10.0.0.2", 71: "10.0.0.3", 72: "192.0.2.1"})
    assert lab.kernel.route("192.0.2.1")["scope"] == "link"


# Covers: DF-route-08
@lasts(4)
def test_routes_that_divert(lab):
    """A server's halves of the world, beside a VPN (CVE-2024-3661)."""
    if lab.client.ip("tuntap add vpn0 mode tun", check=False).returncode:
        raise Skip("no tun devices here")
    lab.client.ip("link set vpn0 up")
    lab.client.ip("address add 172.31.0.2/30 dev vpn0")
    lab.client.ip("route add default dev vpn0")
    peer = "203.0.113.9"
    lab.server("--route", "0.0.0.0/1,10.0.0.1", "--route", "128.0.0.0/1,10.0.0.1",
               "--route", f"{peer}/32,10.0.0.1", "--route", "10.9.0.0/16,10.0.0.254")

    def way(to):
        return re.search(r"dev (\S+)", lab.client.ip(f"route get {to}").stdout)[1]

    for which in ("default-only", "none"):
        client = lab.bound(f"--route-policy={which}", "-R")
        eventually("the prefix route", lambda: destinations(lab) == {"10.0.0.0/24": None})
        time.sleep(0.3)
        assert destinations(lab) == {"10.0.0.0/24": None}
        assert way("1.1.1.1") == way("198.51.100.1") == way(peer) == "vpn0"
        client.stop()
    client = lab.bound("--metric", "77", "-R")
    settled(lab, {"10.0.0.0/24": None, "0.0.0.0/1": "10.0.0.1", "128.0.0.0/1": "10.0.0.1",
                  peer: "10.0.0.1", "10.9.0.0/16": "10.0.0.254"})
    assert {route["metric"] for route in lab.kernel.routes()} == {77}
    for route in ("0.0.0.0/1", "128.0.0.0/1", f"{peer}/32", "10.9.0.0/16"):
        client.wait_line(f"eth0: the server's route to {route} takes traffic from vpn0")
    said = len(client.find("takes traffic"))
    client.send(signal.SIGUSR1)
    lab.wire.wait("RENEWING")
    time.sleep(0.3)
    assert len(client.find("takes traffic")) == said, "it is told once"
    client.stop()
    # In a table of its own nothing is diverted, and nothing is said.
    client = lab.bound("--table", "77")
    time.sleep(0.3)
    assert way("1.1.1.1") == "vpn0" and not client.find("takes traffic")


# Covers: DF-route-08
def test_default_route_only(lab):
    """What remains is the default route, and the way to it."""
    lab.server("--route", "0.0.0.0/0,192.0.2.1", "--route", "192.0.2.0/24,0.0.0.0",
               "--route", "10.9.0.0/16,10.0.0.254", router=False)
    lab.bound("--route-policy=default-only")
    settled(lab, {"10.0.0.0/24": None, "192.0.2.1": None, "default": "192.0.2.1"})


def test_no_gateway(lab):
    """--no-gateway leaves default routes out, by whichever option, alone."""
    lab.server("--route", "0.0.0.0/0,10.0.0.2", "--route", "10.9.0.0/16,10.0.0.254")
    lab.bound("--no-gateway")
    settled(lab, {"10.0.0.0/24": None, "10.9.0.0/16": "10.0.0.254"})
    time.sleep(0.3)
    assert not lab.kernel.route("default")


def test_no_gateway_of_router(lab):
    lab.server()
    lab.bound("--no-gateway")
    settled(lab, {"10.0.0.0/24": None})


def test_no_configure(lab):
    """--no-configure: the protocol and its result, and no more."""
    server = lab.server(lease=60, t1=2)
    lab.client.ip("link set eth0 up")
    client = lab.tenured("--no-configure", "eth0")
    client.ends(0)
    assert "10.0.0.10/24 from 10.0.0.1" in client.output
    lab.wire.wait("REQUEST", count=2)
    assert server.running and not lab.kernel.addresses() and not lab.kernel.routes()


def test_no_configure_sets_the_link_up(lab):
    lab.server()
    lab.tenured("--no-configure", "eth0").ends(0)
    assert "state UP" in lab.client.ip("link show dev eth0").stdout


def in_table(lab, table):
    return {route["dst"]: route["metric"]
            for route in lab.kernel._ip("-4", "route", "show", "table", table)
            if route["dev"] == "eth0" and route.get("protocol") == "dhcp"}


def test_table(lab):
    """All routes of a lease in another table; none elsewhere, none afterwards."""
    lab.server("--route", "0.0.0.0/0,10.0.0.1", "--route", "10.9.0.0/16,10.0.0.254")
    client = lab.bound("--table", "1234567", "--metric", "9", "-R")
    expected = {"10.0.0.0/24": 9, "10.9.0.0/16": 9, "default": 9}
    eventually("routes", lambda: in_table(lab, "1234567") == expected)
    assert not lab.kernel.routes()
    client.stop()
    assert not in_table(lab, "1234567")


def test_table_by_name(lab):
    lab.server()
    lab.bound("--table", "default")
    eventually("routes", lambda: len(in_table(lab, "253")) == 2)


def test_vrf(lab):
    """The routes of a VRF's interface are in that one's table, by themselves."""
    if lab.client.ip("link add red type vrf table 77", check=False).returncode:
        raise Skip("this kernel has no VRFs")
    lab.client.ip("link set red up")
    lab.client.ip("link set eth0 master red")
    lab.server(t1=2, lease=60)
    client = lab.bound()
    eventually("routes", lambda: len(in_table(lab, "77")) == 2)
    assert not in_table(lab, "main")
    # By the socket, as every second renewal goes.
    lab.wire.wait("RENEWING")
    assert "%red:68" in lab.client.run("ss", "-uan").stdout
    lab.client.ip("link set eth0 nomaster")
    eventually("routes in main", lambda: len(in_table(lab, "main")) == 2)
    eventually("no socket of it", lambda: "%red:68" not in lab.client.run("ss", "-uan").stdout)
    assert client.running


def test_metric(lab):
    lab.server("--route", "0.0.0.0/0,10.0.0.1", "--route", "10.9.0.0/16,10.0.0.254")
    lab.bound("--metric", "77")
    eventually("three routes", lambda: len(lab.kernel.routes()) == 3)
    assert {route["metric"] for route in lab.kernel.routes()} == {77}


# Covers: DF-route-10
def test_what_is_not_ours(lab):
    """An administrator's address and routes stay, to the end and after it."""
    lab.server()
    lab.client.ip("link set eth0 up")
    lab.client.ip("address add 10.0.0.200/24 dev eth0 metric 9")
    lab.client.ip("route add default via 10.0.0.99 dev eth0 metric 5")
    theirs = destinations(lab)
    client = lab.tenured("-f", "-R", "eth0")
    eventually("the lease's address", lambda: len(lab.kernel.addresses()) == 2)
    eventually("the lease's routes", lambda: len(lab.kernel.routes()) == 4)
    client.stop()
    assert [info["local"] for info in lab.kernel.addresses()] == ["10.0.0.200"]
    assert destinations(lab) == theirs and len(lab.kernel.routes()) == 2


# Covers: DF-route-09 2131-4.3.2-11
def test_renewal_changes_routes(lab):
    """One route more, one less: the others are not touched."""
    first = "100a080a0000fe"
    lab.server("--option", "121=" + first + "180a090a0a0000fd", router=False,
               script="on request-renewing option 121=" + first + "180a090b0a0000fd\n")
    events = lab.events()
    client = lab.bound()
    settled(lab, {"10.0.0.0/24": None, "10.8.0.0/16": "10.0.0.254",
                  "10.9.10.0/24": "10.0.0.253"})
    # The kernel's news arrive in order: what came before is not the renewal's.
    eventually("the news of all routes",
               lambda: all(events.find(r"\b10\.%s\.0/" % route)
                           for route in (r"0\.0", r"8\.0", r"9\.10")))
    start = time.monotonic()
    client.send(signal.SIGUSR1)
    settled(lab, {"10.0.0.0/24": None, "10.8.0.0/16": "10.0.0.254",
                  "10.9.11.0/24": "10.0.0.253"})
    assert not events.find(r"\b10\.8\.0\.0/16|\b10\.0\.0\.0/24", since=start)
    assert not events.deleted("10.0.0.10")


# Covers: DF-addr-05 2132-5.3-01
def test_broadcast_address(lab):
    lab.server("--option", "28=c00002ff")
    lab.bound()
    assert lab.kernel.addresses()[0]["broadcast"] == "10.0.0.255"


# Covers: 2131-3.3-01
def test_infinite_lease(lab):
    lab.server(lease=0xffffffff)
    lab.bound()
    assert lab.kernel.valid_s() == 0xffffffff
