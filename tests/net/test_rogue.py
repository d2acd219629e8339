# SPDX-License-Identifier: BSD-2-Clause
"""More than one server: who is known, who is not, and what a server changes its mind about.

The other server is at the same cable with a hardware address of its own (a macvlan).
"""

import json
from pathlib import Path

from lab import Process, Skip, eventually, lasts

STORE = Path("/var/lib/tenured")
DNS_9, DNS_8 = "option 6=0a000009\n", "option 6=0a000008\n"


def other_server(lab, script="", **options):
    """10.0.0.2, which leases other addresses; it must not answer first by chance."""
    if lab.here.ip("link show dev srv1", check=False).returncode:
        made = lab.here.ip("link add link srv0 srv1 type macvlan mode bridge", check=False)
        if made.returncode:
            raise Skip("no macvlan here")
        lab.here.ip("address add 10.0.0.2/24 dev srv1")
        lab.here.ip("link set srv1 up")
    return lab.server("--address", "10.0.0.2/24", "--pool", "10.0.0.60-10.0.0.90",
                      interface="srv1", script=script, **options)


def known(lab, interface="eth0"):
    """The servers that status knows, and its whole interface."""
    status = json.loads(lab.ctl("status", "--json", interface).stdout)[0]["interfaces"][0]
    return [server["server"] for server in status["knownServers"]], status


def learned(lab, servers):
    eventually(f"known: {servers}", lambda: known(lab)[0] == servers)


def start_again(lab, client, *arguments):
    """Another run, which has no lease to ask for; but the file of servers stays."""
    lab.ctl("release", "eth0")
    client.stop()
    return lab.tenured("-f", "-v", *arguments, "eth0")


@lasts(17)
def test_strict_refuses_others(lab):
    """The first server is the only one, until it is forgotten; a restart forgets nothing."""
    lab.need_ctl()
    first = lab.server()
    client = lab.bound("--server-pin=strict")
    learned(lab, ["10.0.0.1"])
    first.stop()
    other_server(lab)
    client = start_again(lab, client, "--server-pin=strict")
    client.wait_line("10.0.0.2 is refused: other servers are known here")
    offers = len(lab.wire.replies())
    eventually("another OFFER", lambda: len(lab.wire.replies()) > offers)
    servers, status = known(lab)
    assert servers == ["10.0.0.1"] and status["rejected"]["server-pin"] >= 2, status
    assert "10.0.0.2 is refused" in status["lastError"]
    assert not lab.kernel.addresses()
    assert all(m.address(54) != "10.0.0.2" for m in lab.wire.find("SELECTING"))
    done = lab.ctl("forget", "eth0")
    assert "all servers are forgotten" in done.stdout
    client.wait_line("10.0.0.60 is ready")
    learned(lab, ["10.0.0.2"])


@lasts(8)
def test_strict_knows_its_server(lab):
    """Two servers answer, the stranger first: the lease is the known one's."""
    lab.need_ctl()
    lab.server()
    client = lab.bound("--server-pin=strict")
    learned(lab, ["10.0.0.1"])
    other_server(lab)
    client = start_again(lab, client, "--server-pin=strict", "--request=10.0.0.60")
    client.wait_line("10.0.0.10 is ready")
    assert known(lab)[0] == ["10.0.0.1"]


@lasts(8)
def test_learn_prefers_and_reports(lab):
    """The known server is waited for; without it the other one serves, and that is said."""
    lab.need_ctl()
    lab.server(script="on discover delay 500\n")
    client = lab.bound("--server-pin=learn")
    learned(lab, ["10.0.0.1"])
    other_server(lab)
    client = start_again(lab, client, "--server-pin=learn", "--request=10.0.0.60")
    client.wait_line("OFFER of 10.0.0.60 from 10.0.0.2")
    client.wait_line("10.0.0.10 is ready")
    assert not client.find("other servers are known")
    client.stop()


@lasts(10)
def test_learn_takes_another(lab):
    """The known server is gone: two seconds later the other one's OFFER is taken."""
    lab.need_ctl()
    first = lab.server()
    client = lab.bound("--server-pin=learn")
    learned(lab, ["10.0.0.1"])
    first.stop()
    other_server(lab)
    client = start_again(lab, client, "--server-pin=learn")
    since = lab.wire.wait("RELEASE").at
    client.wait_line("OFFER of 10.0.0.60 from 10.0.0.2")
    request = lab.wire.wait("SELECTING", since=since)
    assert request.at - lab.wire.replies("OFFER", since)[0].at > 1.5
    client.wait_line("10.0.0.2 granted the lease, where other servers are known")
    learned(lab, ["10.0.0.2", "10.0.0.1"])


def dns(lab):
    return known(lab)[1]["lease"]["dnsServers"]


@lasts(7)
def test_changes_are_held_until_accepted(lab):
    """A renewal with another resolver lengthens the lease alone, until it is accepted."""
    lab.need_ctl()
    lab.server(script=f"on request-selecting {DNS_9}on request-renewing {DNS_8}")
    client = lab.bound("--renew-changes=hold")
    assert dns(lab) == ["10.0.0.9"]
    lab.ctl("renew", "eth0")
    client.wait_line("10.0.0.1 would change domain-name-servers; not applied")
    _, status = known(lab)
    assert status["heldChanges"] == ["domain-name-servers"]
    assert status["state"] == "BOUND" and dns(lab) == ["10.0.0.9"]
    assert "held        domain-name-servers" in lab.ctl("status", "eth0").stdout
    done = lab.ctl("accept", "eth0")
    assert "accepted, 10.0.0.10/24" in done.stdout, done.stdout
    client.wait_line("10.0.0.1 changed domain-name-servers")
    assert dns(lab) == ["10.0.0.8"] and not known(lab)[1]["heldChanges"]


@lasts(4)
def test_changes_are_applied_and_named(lab):
    """By default a renewal changes what it says, in a line of log."""
    lab.need_ctl()
    lab.server(script=f"on request-selecting {DNS_9}on request-renewing {DNS_8}")
    client = lab.bound()
    lab.ctl("renew", "eth0")
    client.wait_line("10.0.0.1 changed domain-name-servers")
    assert dns(lab) == ["10.0.0.8"]


@lasts(4)
def test_damaged_file_is_put_aside(lab):
    """What is torn knows nobody, and is said; the first server is learned anew."""
    lab.need_ctl()
    lab.server()
    client = lab.bound("--server-pin=strict")
    learned(lab, ["10.0.0.1"])
    client.stop()
    file = next(STORE.glob("**/eth0.servers"))
    file.write_text(file.read_text().replace("10.0.0.1 ", "10.0.0.3 ", 1))
    client = lab.bound("--server-pin=strict")
    client.wait_line(r"eth0.servers is not used: .* kept as eth0.servers.bad")
    learned(lab, ["10.0.0.1"])


# A rogue that answers a DISCOVER at once with whatever breaks the most rules.
ROGUE = """\
on discover no-option 1
on discover option 58=00000e10
on discover option 59=00000708
on discover option 6=7f000001
"""


def audit(lab, *arguments):
    return json.loads(lab.ctl("audit", "eth0", "--json", "--wait", 2, *arguments).stdout)


@lasts(8)
def test_audit_lists_servers(lab):
    """Who answers, from where, with what, and what is wrong with it; the lease stays."""
    lab.need_ctl()
    lab.server(dns="10.0.0.9")
    client = lab.bound("--server-pin=learn")
    learned(lab, ["10.0.0.1"])
    other_server(lab, ROGUE)
    before = known(lab)[1]
    answers = {answer["server"]: answer for answer in audit(lab)["answers"]}
    assert set(answers) == {"10.0.0.1", "10.0.0.2"}, answers
    honest, rogue = answers["10.0.0.1"], answers["10.0.0.2"]
    assert honest["message"] == "OFFER" and honest["address"] == "10.0.0.10"
    assert not honest["broken"], honest
    options = {option["code"]: option["value"] for option in honest["options"]}
    assert options[6] == ["10.0.0.9"], options
    assert {rule["rule"] for rule in rogue["broken"]} == \
        {"no-mask", "times", "server-pin", "name-server"}, rogue
    assert honest["hardwareAddress"] != rogue["hardwareAddress"]
    asked = lab.wire.find("DISCOVER")[-1]
    assert asked.broadcast and 50 not in asked.options and asked.options[61] == \
        lab.wire.find("DISCOVER")[0].options[61]
    after = known(lab)[1]
    assert after["lease"]["address"] == "10.0.0.10" and after["state"] == "BOUND"
    assert after["sent"] == before["sent"] and after["rejected"] == before["rejected"]
    shown = lab.ctl("audit", "eth0", "--wait", 2).stdout
    assert "SERVER    HARDWARE" in shown, shown
    assert "no-mask, times, server-pin, name-server" in shown, shown
    assert "no-mask: sends no subnet mask" in shown, shown
    assert not client.find("packet refused")


@lasts(15)
def test_audit_while_the_client_asks(lab):
    """The client's own exchange goes on beside it; two audits at once are one too many."""
    lab.need_ctl()
    # That of the audit, and the client's before it, which may be two by then.
    lab.server(script="on discover 1-3 silence\n")
    client = lab.tenured("-f", "-v", "eth0")
    client.wait_line("DISCOVER sent")
    eventually("a socket", lambda: lab.ctl("status", check=False).returncode == 0)
    first = Process(lab.client.enter(lab.dir / "tenurectl", "audit", "eth0", "--wait", "8"))
    client.wait_line("DISCOVER sent for an audit")
    second = lab.ctl("audit", "eth0", check=False)
    assert second.returncode == 1 and "another audit" in second.stdout, second.stdout
    first.ends(75)
    client.wait_line("10.0.0.10 is ready")
    assert len({message.xid for message in lab.wire.find("DISCOVER")}) == 2


@lasts(6)
def test_audit_that_cannot_be(lab):
    """Of an interface that nobody manages, or without carrier, or by a user."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    done = lab.ctl("audit", "eth7", check=False)
    assert done.returncode == 69 and "no daemon manages it" in done.stdout, done.stdout
    done = lab.ctl("audit", "eth0", "--wait", 61, check=False)
    assert done.returncode == 64, done.stdout
    lab.carrier(False)
    client.wait_line("carrier lost")
    done = lab.ctl("audit", "eth0", check=False)
    assert done.returncode == 1 and "no carrier" in done.stdout, done.stdout


@lasts(6)
def test_audit_of_a_link_that_goes(lab):
    """The interface is removed while answers are waited for; the daemon lives."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    running = Process(lab.client.enter(lab.dir / "tenurectl", "audit", "eth0"))
    client.wait_line("DISCOVER sent for an audit")
    lab.here.ip("link del srv0")
    client.wait_line("the interface was removed")
    lab.add_link()
    client.wait_line("the interface is back")
    # Whether the answer was heard before that is chance.
    assert running.wait() in (0, 75), running.output
    assert client.running
