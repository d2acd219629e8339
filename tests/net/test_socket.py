# SPDX-License-Identifier: BSD-2-Clause
"""The socket, as a program sees it: every reply is as it is described."""

import array
import json
import os
import resource
import select
import socket
import statistics
import time
from pathlib import Path

from lab import Lab, eventually, lasts, smoke
from lab.idl import Description
from lab.lab import NOBODY
from lab.system import PATIENCE_S, listens, opened
from lab.varlink import CLIENT, SERVICE, SOURCE, Varlink, as_user, wait_event

PATH = "/run/tenured/eth0.sock"


def bound(lab: Lab, *arguments, **options):
    lab.need_ctl()
    server = lab.server(**options)
    return server, lab.bound(*arguments)


# ---- what is said -------------------------------------------------------

def test_socket_describes_itself(lab):
    """The descriptions are those of the source, and name what can be called."""
    bound(lab)
    with Varlink() as peer:
        assert peer.call(".GetInfo")["interfaces"] == [SERVICE, CLIENT]
        for name in (SERVICE, CLIENT):
            told = peer.call(".GetInterfaceDescription", interface=name)["description"]
            assert told == (SOURCE / f"{name}.varlink").read_text()
        for method in peer.known[CLIENT].methods:
            assert peer.refused(f"{method}s").name == "MethodNotFound"


@smoke
def test_socket_schema(lab):
    """Replies and errors are as described, of all methods, in several states."""
    lab.need_users()
    bound(lab, lease=3600)
    with Varlink() as root, Varlink(user=NOBODY) as anyone:
        for peer in root, anyone:
            assert peer.call("Status")["interfaces"][0]["state"] == "BOUND"
            assert peer.call("ListInterfaces")["interfaces"][0]["address"] == "10.0.0.10"
            lease = peer.call("GetLease", interface="eth0")["lease"]
            assert (lease["options"][0]["raw"] is None) == (peer is anyone)
            numbers = peer.call("Statistics")
            assert numbers["connections"] == 2 and numbers["interfaces"][0]["leases"] == 1
        for method in "Renew", "Accept", "Rebind":
            assert root.call(method, interface="eth0")["lease"]["address"] == "10.0.0.10"
        assert root.call("Statistics", interface="eth0")["interfaces"][0]["renewals"] == 3
        assert root.call("Audit", interface="eth0", waitSeconds=3)["answers"]
        assert root.call("Record", interface="eth0")["events"] > 5
        root.call("SetLogLevel", level="debug")
        assert root.call("Statistics")["logLevel"] == "debug"
        root.call("SetNetwork", interface="eth0", network="home")
        assert root.refused("ForgetServers", interface="eth0").name == "NotPinned"
        assert root.call("Release", interface="eth0")["lease"]["address"] == "10.0.0.10"
        assert root.call("GetLease", interface="eth0")["lease"] is None
        assert root.refused("Renew", interface="eth0").name == "Stopped"
        assert root.refused("Renew", interface="eth9").name == "NoSuchInterface"
        assert root.refused("Renew").name == "InvalidParameter"
        assert root.refused("Subscribe").name == "ExpectedMore"
        assert anyone.refused("Renew", interface="eth0").name == "PermissionDenied"
        assert root.call("Start", interface="eth0")["lease"]["address"] == "10.0.0.10"


def test_socket_json_of_tenurectl(lab):
    """What tenurectl prints for programs is what the socket says."""
    bound(lab)
    with Varlink() as peer:
        kinds = peer.known[CLIENT]
    for arguments in [["status", "--json"], ["status", "eth0", "--json"]]:
        told = json.loads(lab.ctl(*arguments).stdout)
        assert len(told) == 1 and told[0].pop("socket") == PATH, told
        kinds.check_reply("Status", told[0])
    kinds.check_reply("GetLease", json.loads(lab.ctl("lease", "eth0", "--json").stdout))


# ---- events -------------------------------------------------------------

@smoke
def test_subscribe(lab):
    """A lease comes, is renewed, and goes; and an end by itself is no release."""
    lab.need_ctl()
    server = lab.server(lease=3600)
    client = lab.tenured("-f", "eth0")
    eventually("a socket", lambda: listens(PATH))
    with Varlink() as peer, Varlink() as hand:
        events = peer.subscribe()
        wait_event(events, "ready")
        hand.call("Start", interface="eth0")
        hand.call("Renew", interface="eth0")
        event = wait_event(events, "renewed", address="10.0.0.10", server="10.0.0.1")
        assert event["lease"]["address"] == "10.0.0.10"
        wait_event(events, "transition", state="BOUND")
        hand.call("Release", interface="eth0")
        kinds = []
        for event in events:
            kinds.append(event["kind"])
            if event.get("packet") == "RELEASE":
                break
        assert "released" in kinds and "expired" not in kinds, kinds
        assert kinds[-2:] == ["stopped", "sent"], kinds
        server.stop()
        client.stop()
        assert peer.read() is None


@lasts(20)
def test_subscribe_expiry(lab):
    """The server falls silent: sent, sent, and expired, which is not released."""
    server, _ = bound(lab, lease=8)
    with Varlink() as peer:
        events = peer.subscribe(interface="eth0")
        wait_event(events, "ready")
        server.stop()
        kinds = []
        for event in events:
            kinds.append(event["kind"])
            if event["kind"] == "expired":
                assert event["address"] == "10.0.0.10"
                break
        assert "sent" in kinds and "released" not in kinds and "lost" not in kinds, kinds


def test_subscribe_links(lab):
    """The carrier goes and comes, and so does the link."""
    bound(lab)
    with Varlink() as peer:
        events = peer.subscribe()
        wait_event(events, "ready")
        lab.carrier(False)
        wait_event(events, "link", reason="no-carrier")
        lab.carrier(True)
        wait_event(events, "link", reason="carrier")
        lab.client.ip("link set eth0 down")
        lab.client.ip("link set eth0 name wan0")
        assert wait_event(events, "removed")["interface"] == "eth0"
        assert wait_event(events, "added")["interface"] == "wan0"
        lab.client.ip("link del wan0")
        wait_event(events, "link", reason="gone")


def drain(peer):
    """All that can be read now, from a socket that was left unread."""
    while select.select([peer.socket], [], [], 3)[0]:
        peer.rest += peer.socket.recv(65536)


@lasts(15)
def test_subscribers_who_stall(lab):
    """64 of them cost renewals nothing, and whoever reads on has a view again."""
    bound(lab, lease=3600)

    def renewals(hand, count):
        took = []
        for _ in range(count):
            start = time.monotonic()
            hand.call("Renew", interface="eth0")
            took.append(time.monotonic() - start)
        return statistics.median(took)

    with Varlink() as hand:
        renewals(hand, 10)
        before = renewals(hand, 100)
        peers = [Varlink() for _ in range(64)]
        for peer in peers:
            peer.ask("Subscribe", more=True)
        eventually("subscribers", lambda: hand.call("Statistics")["subscribers"] == 64)
        renewals(hand, 200)
        after = renewals(hand, 100)
        # Generous: this machine has other things to do, too; whoever waited for one who
        # does not read would wait for seconds.
        assert after < 4 * before + 0.2, f"{before:.6f} s before, {after:.6f} s with them"
        for peer in peers[1:]:
            peer.close()
        eventually("the end of the others",
                   lambda: hand.call("Statistics")["subscribers"] == 1)
        drain(peers[0])
        events = [reply["parameters"]["event"] for reply in
                  map(json.loads, peers[0].rest.split(b"\0")[:-1])]
        assert [event["sequence"] for event in events] == list(range(len(events)))
        kinds = [event["kind"] for event in events]
        if "dropped" in kinds:
            at = kinds.index("dropped")
            assert events[at]["lost"] > 0 and kinds[at + 1:at + 3] == ["present", "ready"], kinds


@lasts(20)
def test_thousand_subscribers(lab):
    """All of them read all events, in the same order."""
    bound(lab, lease=3600)
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))
    peers = []
    for _ in range(1000):
        # Who says nothing for long is hung up on: so each asks at once.
        peers.append(Varlink())
        peers[-1].ask("Subscribe", more=True)
    for peer in peers:
        while peer.read()["parameters"]["event"]["kind"] != "ready":
            pass
    with Varlink() as hand:
        for _ in range(10):
            hand.call("Renew", interface="eth0")
        hand.call("Stop", interface="eth0")
    views = set()
    for peer in peers:
        seen = []
        while not seen or seen[-1][1] != "stopped":
            event = peer.read()["parameters"]["event"]
            seen.append((event["sequence"], event["kind"], event.get("state")))
        views.add(tuple(seen))
        peer.close()
    assert len(views) == 1
    numbers = [number for number, _, _ in views.pop()]
    assert numbers == list(range(2, len(numbers) + 2)) and len(numbers) > 40


# ---- who may ------------------------------------------------------------

def test_control_group(lab):
    """Members of the group control; others read; root alone records."""
    lab.need_users()
    bound(lab, "--control-group", "4242")
    with Varlink(user=NOBODY, groups=[4242]) as member:
        assert member.call("Renew", interface="eth0")["lease"]["options"][0]["raw"]
        assert member.refused("Record", interface="eth0").name == "PermissionDenied"
        assert member.refused("SetLogLevel", level="debug").name == "PermissionDenied"
    with Varlink(user=NOBODY, groups=[4243]) as stranger:
        assert stranger.refused("Renew", interface="eth0").name == "PermissionDenied"
        assert stranger.call("Status")["interfaces"][0]["knownServers"] is None


def test_control_group_unknown(lab):
    """A group that is not there keeps the daemon from starting, and it says which."""
    lab.need_ctl()
    lab.plug_in()
    client = lab.tenured("-f", "--control-group", "nosuchgroup", "eth0")
    client.ends(78)
    assert "nosuchgroup" in client.output, client.output


# ---- who means no good ---------------------------------------------------

def still_answers():
    with Varlink() as peer:
        assert peer.call("Status")["interfaces"][0]["state"] == "BOUND"


def connected():
    """A connection over which anything can be said."""
    peer = socket.socket(socket.AF_UNIX)
    peer.connect(PATH)
    peer.settimeout(PATIENCE_S)
    return peer


@lasts(25)
def test_slow_loris(lab):
    """Half a call, octet by octet, ends after ten seconds; others are served meanwhile."""
    bound(lab)
    slow = [connected() for _ in range(50)]
    start = time.monotonic()
    hung_up = 0
    while hung_up < len(slow) and time.monotonic() < start + 30:
        for peer in slow:
            try:
                peer.send(b"{")
            except OSError:
                hung_up += 1
        still_answers()
        time.sleep(0.5)
        if hung_up:
            break
    assert hung_up and time.monotonic() > start + 9
    still_answers()


def test_descriptors_are_closed(lab):
    """What is passed along is closed at once, however much it is."""
    _, client = bound(lab)
    pid = lab.daemons()[0]
    before = len(opened(pid))
    call = json.dumps({"method": f"{SERVICE}.GetInfo"}).encode() + b"\0"
    with Varlink() as peer:
        ends = os.pipe()
        for _ in range(20):
            peer.socket.sendmsg([call], [(socket.SOL_SOCKET, socket.SCM_RIGHTS,
                                          array.array("i", [ends[1]] * 200))])
            assert peer.read()["parameters"]["product"] == "tenured"
        os.close(ends[1])
        assert os.read(ends[0], 1) == b""
        os.close(ends[0])
        # This connection, and what hears of others' routes from the first look on.
        eventually("no more", lambda: len(opened(pid)) <= before + 2)
    assert client.running


def test_connections_in_great_number(lab):
    """Ten thousand that come and go, half of them with a call that is never read."""
    _, client = bound(lab)
    pid = lab.daemons()[0]
    before = len(opened(pid))
    call = json.dumps({"method": f"{CLIENT}.Status"}).encode() + b"\0"
    for number in range(10000):
        peer = connected()
        if number % 2:
            peer.send(call)
        peer.close()
    still_answers()
    eventually("no connection left",
               lambda: len(opened(pid)) <= before)
    assert client.running


def test_places_of_users(lab):
    """One user gets eight connections, and root comes in all the same."""
    lab.need_users()
    bound(lab)
    with as_user(4294967294 - 1):
        peers = [connected() for _ in range(20)]
    call = json.dumps({"method": f"{SERVICE}.GetInfo"}).encode() + b"\0"
    answered = 0
    for peer in peers:
        try:
            peer.send(call)
            answered += bool(peer.recv(1))
        except OSError:
            pass
    assert answered == 8, answered
    still_answers()


def test_killed_in_the_midst(lab):
    """The daemon dies while it writes: whoever reads sees an end, not a hang."""
    _, client = bound(lab)
    with Varlink() as peer:
        for _ in range(300):
            peer.ask("Status")
        os.kill(lab.daemons()[0], 9)
        read = b""
        try:
            while True:
                more = peer.socket.recv(65536)
                if not more:
                    break
                read += more
        except ConnectionResetError:
            pass
        for text in read.split(b"\0")[:-1]:
            json.loads(text)
    client.ends(-9)


# ---- who is managed -------------------------------------------------------

def managed(lab, *arguments):
    """A daemon for eth0, and a link eth1 that it does not manage."""
    lab.need_ctl()
    server = lab.server(lease=3600)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(interface="srv1", net="10.0.1", lease=3600)
    lab.tenured("-f", "-v", *arguments, "eth0").wait_line("eth0: .* is ready")
    return server


def test_add_interface(lab):
    """It is leased like any other; the key says whose it is; and it goes again."""
    managed(lab)
    with Varlink() as peer, Varlink() as watcher:
        events = watcher.subscribe()
        wait_event(events, "ready")
        lease = peer.call("AddInterface", interface="eth1", key="vm 7",
                          settings={"hostname": "guest", "metric": "77"})["lease"]
        assert lease["address"] == "10.0.1.10", lease
        wait_event(events, "added", interface="eth1")
        wait_event(events, "configured", interface="eth1", address="10.0.1.10")
        assert lab.client.ip("route show default dev eth1").stdout.split()[-1] == "77"
        again = peer.call("AddInterface", interface="eth1", key="vm 7",
                          settings={"hostname": "guest", "metric": "77"})["lease"]
        assert again["address"] == "10.0.1.10"
        peer.call("AddInterface", interface="eth1", key="vm 7",
                  settings={"hostname": "guest", "metric": "78"})
        wait_event(events, "changed", interface="eth1")
        eventually("the metric", lambda: "metric 78" in lab.client.ip("route").stdout)
        busy = peer.refused("AddInterface", interface="eth1", key="vm 8")
        assert (busy.name, busy.parameters["owner"]) == ("InterfaceBusy", "vm 7")
        busy = peer.refused("AddInterface", interface="eth0", key="vm 7")
        assert (busy.name, busy.parameters.get("owner")) == ("InterfaceBusy", None)
        owners = {one["name"]: one["owner"]
                  for one in peer.call("ListInterfaces")["interfaces"]}
        assert owners == {"eth0": None, "eth1": "vm 7"}
        assert peer.refused("RemoveInterface", interface="eth1",
                            key="vm 8").name == "InterfaceBusy"
        peer.call("RemoveInterface", interface="eth1", key="vm 7", release=True)
        assert peer.refused("GetLease", interface="eth1").name == "NoSuchInterface"
        seen = []
        for event in events:
            if event.get("interface") == "eth1":
                seen.append(event["kind"])
                if event["kind"] == "removed":
                    break
        assert "released" in seen, seen
        eventually("no address", lambda: "10.0.1.10" not in
                   lab.client.ip("addr show eth1").stdout)


def test_add_refused(lab):
    """Each refusal is typed, says why, and changes nothing."""
    managed(lab)
    with Varlink() as peer:
        for wrong, setting, word in [({"metrik": "1"}, "metrik", "metric"),
                                     ({"metric": "many"}, "metric", ""),
                                     ({"log-level": "debug"}, "log-level", "")]:
            error = peer.refused("AddInterface", interface="eth1", key="k", settings=wrong)
            assert error.name == "SettingInvalid", error
            assert error.parameters["setting"] == setting, error
            assert word in error.parameters["message"], error
        error = peer.refused("AddInterface", interface="eth7", key="k")
        assert error.name == "NotManageable" and "eth7" in error.parameters["message"], error
        for parameters in ({"key": ""}, {"key": "k" * 65}, {"key": "k", "settings": []},
                           {"key": "k", "settings": {"metric": 1}}, {}):
            error = peer.refused("AddInterface", interface="eth1", **parameters)
            assert error.name == "InvalidParameter", error
        assert len(peer.call("ListInterfaces")["interfaces"]) == 1


def test_add_waits_no_longer(lab):
    """Without a server it is added all the same: whoever hangs up ends the wait alone."""
    lab.need_ctl()
    lab.server(lease=3600)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.tenured("-f", "-v", "eth0").wait_line("eth0: .* is ready")
    with Varlink() as peer:
        assert peer.refused("AddInterface", interface="eth1", key="k",
                            waitSeconds=1).name == "Timeout"
        peer.call("RemoveInterface", interface="eth1", key="k")
        peer.ask("AddInterface", interface="eth1", key="k")
    with Varlink() as peer:
        eventually("it", lambda: len(peer.call("ListInterfaces")["interfaces"]) == 2)
        lab.server(interface="srv1", net="10.0.1", lease=3600)
        eventually("its lease", lambda: peer.call("GetLease", interface="eth1")["lease"])


def configuration(lab, text):
    """The file of the daemon, which is started with it."""
    path = lab.dir / "tenured.conf"
    path.write_text(text)
    return path


def test_reload(lab):
    """What changed is named; what is wrong, too, and then all stays."""
    lab.need_ctl()
    lab.server(lease=3600)
    path = configuration(lab, "[eth0]\nmetric = 50\n")
    lab.tenured("-f", "-v", "--config", path).wait_line("eth0: .* is ready")
    with Varlink("/run/tenured/eth0.sock") as peer, Varlink("/run/tenured/eth0.sock") as other:
        events = other.subscribe()
        wait_event(events, "ready")
        assert peer.call("Reload") == {"changed": [], "added": [], "removed": [],
                                       "restartNeeded": [], "kept": []}
        path.write_text("record-size = 64\n[eth0]\nmetric = 51\n")
        told = peer.call("Reload")
        assert told["changed"] == ["eth0"] and told["restartNeeded"], told
        assert wait_event(events, "changed")["interface"] == "eth0"
        eventually("the metric", lambda: "metric 51" in lab.client.ip("route").stdout)
        path.write_text("[eth0]\n\nmetrik = 52\n")
        error = peer.refused("Reload")
        assert error.name == "ConfigurationInvalid", error
        assert error.parameters["file"] == str(path) and error.parameters["line"] == 3, error
        assert "metric" in error.parameters["message"], error
        assert peer.call("GetLease", interface="eth0")["lease"]["address"] == "10.0.0.10"
        assert "metric 51" in lab.client.ip("route").stdout


# ---- what hooks are given -------------------------------------------------

def test_lease_json(lab):
    """Hooks have the same JSON, whole, for each thing that they are told of."""
    lab.need_ctl()
    lab.server(lease=3600)
    told = lab.dir / "json"
    told.mkdir()
    hooks = lab.hook("10-json", f'cat "$LEASE_JSON" >{told}/new && mv {told}/new {told}/$reason')
    client = lab.bound(*hooks)
    kind = Description((SOURCE / f"{CLIENT}.varlink").read_text())
    eventually("a hook", (told / "BOUND").exists)
    seen = json.loads((told / "BOUND").read_text())
    kind.check(seen, "Interface")
    assert seen["lease"]["address"] == "10.0.0.10" and seen["lease"]["options"][0]["raw"], seen
    path = Path("/run/tenured/eth0.json")
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text())["name"] == "eth0"
    lab.ctl("release", "eth0")
    eventually("a hook", (told / "RELEASE").exists)
    seen = json.loads((told / "RELEASE").read_text())
    kind.check(seen, "Interface")
    assert seen["lease"] is None
    assert not path.with_name("eth0.json.new").exists()
    client.stop()


def test_lease_json_ends(lab):
    """It goes with the interface, and is no other one's."""
    managed(lab, *lab.hook("10-nothing", "exit 3"))
    path = Path("/run/tenured/eth1.json")
    with Varlink() as peer:
        peer.call("AddInterface", interface="eth1", key="k")
        eventually("a file", path.exists)
        eventually("hooks that failed", lambda: peer.call(
            "Statistics", interface="eth1")["interfaces"][0]["hooksFailed"] > 0)
        peer.call("RemoveInterface", interface="eth1", key="k", release=True)
        eventually("no file", lambda: not path.exists())
        assert path.with_name("eth0.json").exists()


# ---- configuration --------------------------------------------------------

def test_configuration_of_the_socket(lab):
    """Each value with where it comes from; of one interface, what holds for it."""
    lab.need_ctl()
    lab.need_users()
    lab.server(lease=3600)
    lab.add_link("eth1", "srv1", "10.0.1.1/24")
    lab.server(interface="srv1", net="10.0.1", lease=3600)
    path = configuration(lab, "metric = 40\n[eth0]\nhostname = inner\n")
    lab.tenured("-f", "-v", "--config", path).wait_line("eth0: .* is ready")

    def values(peer, **parameters):
        return {(row["section"], row["key"]): row
                for row in peer.call("Configuration", **parameters)["values"]}

    with Varlink() as peer, Varlink(user=NOBODY) as anyone:
        found = values(peer)
        row = found[None, "metric"]
        assert (row["value"], row["source"], row["file"], row["line"]) == (
            "40", "file", str(path), 1), row
        assert found["eth0", "hostname"]["value"] == "inner"
        assert found[None, "record-size"]["source"] == "default"
        found = values(peer, interface="eth0")
        assert found[None, "metric"]["value"] == "40" and "record-size" not in str(found)
        assert anyone.refused("Configuration").name == "PermissionDenied"
        peer.call("AddInterface", interface="eth1", key="k", settings={"metric": "60"})
        found = values(peer, interface="eth1")
        row = found[None, "metric"]
        assert (row["value"], row["source"], row.get("file")) == ("60", "add", None), row
