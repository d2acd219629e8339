# SPDX-License-Identifier: BSD-2-Clause
"""What somebody reads who reads only the log, and a service manager; with the sandbox on."""

import os
import re
import select
import signal
import socket
import time
from pathlib import Path

from lab import eventually, lasts, system
from lab.forge import SERVER_MAC
from lab.system import PATIENCE_S, opened

JOURNAL = "/run/systemd/journal/socket"

# Standard error is a pipe to the test, and what leads to the journal says so of itself.
AS_OF_JOURNAL = ["sh", "-c",
                 'JOURNAL_STREAM=$(stat -L -c %d:%i /proc/self/fd/2) exec "$@"', "sh"]


class Listener:
    """Gets datagrams under a path, and keeps them."""

    def __init__(self, path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.path, self.heard = path, []
        self.start()

    def start(self):
        Path(self.path).unlink(missing_ok=True)
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o666)

    def close(self):
        self.read()
        self.socket.close()

    def read(self):
        """All that was said so far."""
        while select.select([self.socket], [], [], 0)[0]:
            self.heard.append(self.socket.recv(65536).decode())
        return self.heard

    def wait(self, what, timeout=PATIENCE_S):
        """The first message that holds this text."""
        return eventually(f"a message {what!r}", lambda: next(
            (each for each in self.read() if what in each), None), timeout)


def fields(message):
    """What is said to the journal, by its names."""
    return dict(line.split("=", 1) for line in message.splitlines())


def lines(client):
    """What it said, without its name and without times that differ from run to run."""
    return [re.sub(r"\b\d+ (s|min)\b( \d+ s\b)?", "TIME", text.removeprefix("tenured: "))
            for _, text in client.lines]


@lasts(40)
def test_log_of_a_life(lab):
    """Start, lease, renewal, cable, NAK, expiry, end: a line each, and no other."""
    lab.need_ctl()
    lab.plug_in()
    # One renewal, and no other between the two that are waited for.
    server = lab.server(lease=24, t1=3, t2=14, script="on request-renewing 2- silence\n")
    client = lab.tenured("-f", "--known-networks=no", "eth0")
    client.wait_line("renewed")
    lab.carrier(False)
    client.wait_line("no carrier")
    lab.carrier(True)
    client.wait_line("confirmed")
    server.stop()
    client.wait_line("is gone: expired")
    server = lab.server(lease=600, script="on request-selecting 1 nak\n")
    since, _ = client.wait_line("NAK")
    client.wait_line("leased", since=since)
    eventually("the address", lab.kernel.addresses)
    lab.ctl("release", "eth0")
    since, _ = client.wait_line("eth0: stopped")
    lab.ctl("start", "eth0")
    client.wait_line("leased", since=since)
    client.stop()
    said = lines(client)
    assert said == [
        "eth0: asking for an address",
        "eth0: leased 10.0.0.10/24 from 10.0.0.1 for TIME, renewal in TIME",
        "eth0: renewed 10.0.0.10/24 from 10.0.0.1 for TIME, renewal in TIME",
        "eth0: no carrier; 10.0.0.10 stays for TIME",
        "eth0: asking for 10.0.0.10 again, which is good for TIME",
        "eth0: confirmed 10.0.0.10/24 by 10.0.0.1 for TIME, renewal in TIME",
        "eth0: 10.0.0.1 did not renew 10.0.0.10, which is good for TIME; asking any server",
        "eth0: 10.0.0.10 is gone: expired",
        "eth0: asking for an address",
        "eth0: NAK from 10.0.0.1",
        "eth0: asking for an address",
        "eth0: leased 10.0.0.10/24 from 10.0.0.1 for TIME, renewal in TIME",
        "eth0: 10.0.0.10 is gone: released",
        "eth0: stopped",
        "eth0: asking for an address",
        "eth0: leased 10.0.0.10/24 from 10.0.0.1 for TIME, renewal in TIME",
        "ends, with eth0 bound 10.0.0.10; addresses stay as long as their leases",
    ], "\n".join(said)


@lasts(7)
def test_log_of_a_life_asks_nobody(lab):
    """Queries are not logged: who looks is no news, not even to -v."""
    lab.need_ctl()
    lab.server()
    client = lab.bound()
    pid, = lab.daemons()
    lab.asleep(pid)
    said = len(client.lines)
    for _ in range(5):
        lab.ctl("status", "eth0")
    assert len(client.lines) == said, client.output


@lasts(8)
def test_journal(lab):
    """Where standard error is the journal, it gets fields, and standard error nothing."""
    lab.need_ctl()
    journal = Listener(JOURNAL)
    lab.server(lease=50)
    client = lab.tenured("-f", "eth0", under=AS_OF_JOURNAL)
    leased = fields(journal.wait("leased"))
    assert re.fullmatch(r"eth0: leased 10\.0\.0\.10/24 from 10\.0\.0\.1 for 50 s, renewal in \d+ s",
                        leased.pop("MESSAGE"))
    assert re.fullmatch(r"[0-9a-f]{32}", leased.pop("MESSAGE_ID"))
    assert leased.pop("DHCP_STATE") in ("PROBING", "BOUND")
    assert leased == {
        "PRIORITY": "5", "SYSLOG_FACILITY": "3", "SYSLOG_IDENTIFIER": "tenured",
        "INTERFACE": "eth0", "DHCP_REASON": "leased",
        "DHCP_ADDRESS": "10.0.0.10", "DHCP_SERVER": "10.0.0.1"}
    journal.close()
    lab.carrier(False)
    eventually("nobody hears of it", lambda: "no carrier" in lab.ctl("status").stdout)
    journal.start()
    lab.carrier(True)
    again = fields(journal.wait("asking for 10.0.0.10 again"))
    assert again["DHCP_REASON"] == "confirming"
    assert "lines of log were lost" in journal.wait("were lost")
    journal.wait("confirmed")
    client.stop()
    said = [fields(message)["MESSAGE"] for message in journal.read()]
    assert sum("ends, with" in text for text in said) == 1, said
    assert not client.output, client.output


@lasts(12)
def test_journal_that_takes_nothing(lab):
    """Nobody reads the journal: leases are renewed, and what is lost is counted."""
    journal = Listener(JOURNAL)
    lab.server(lease=4, t1=1)
    client = lab.tenured("-f", "-v", "-v", "eth0", under=AS_OF_JOURNAL)
    eventually("renewals", lambda: len(lab.wire.find("RENEWING")) > 3)
    # More than any queue holds.
    attacker = lab.forge()
    message = lab.wire.find("RENEWING")[-1]
    lab.wire.ignore(SERVER_MAC)
    for n in range(2000):
        attacker.reply(message, "NAK", extra={54: bytes(4)}, yiaddr=f"10.0.{n // 256}.{n % 256}")
    renewals = len(lab.wire.find("RENEWING"))
    eventually("renewals", lambda: len(lab.wire.find("RENEWING")) > renewals + 1)
    assert lab.kernel.addresses()
    client.stop()
    assert journal.read() and not client.output


def test_journal_in_background(lab):
    """A daemon that forks says each line once, to the journal, its parent nothing."""
    journal = Listener(JOURNAL)
    lab.server(lease=0xffffffff)
    client = lab.tenured("eth0", under=AS_OF_JOURNAL)
    client.ends(0)
    pid, = lab.daemons()
    os.kill(pid, signal.SIGTERM)
    journal.wait("ends, with")
    said = [fields(message)["MESSAGE"] for message in journal.read()]
    assert len(said) == len(set(said)) >= 3, said
    assert [text for _, text in client.lines] == [
        "eth0: 10.0.0.10/24 from 10.0.0.1, for ever"]


def test_journal_of_somebody_else(lab):
    """The variable is left of another stream: standard error it is."""
    journal = Listener(JOURNAL)
    lab.server()
    client = lab.tenured("-f", "eth0", under=["env", "JOURNAL_STREAM=1:2"])
    client.wait_line("eth0: leased")
    assert not journal.read()


def own_dev(lab):
    """A /dev of the test's own, with what programs want of it."""
    own = lab.dir / "dev"
    own.mkdir()
    for name in ("null", "zero", "full", "random", "urandom"):
        (own / name).touch()
        system.mount("--bind", f"/dev/{name}", str(own / name))
    system.mount("--rbind", str(own), "/dev")


def test_syslog_in_background(lab):
    """The system log has all lines; who waits at a terminal sees them, until there is a lease."""
    own_dev(lab)
    log = Listener("/dev/log")
    lab.server()
    client = lab.tenured("eth0")
    client.ends(0)
    pid, = lab.daemons()
    seen = [text for _, text in client.lines if text.startswith("tenured: ")]
    assert seen[-1].startswith("tenured: eth0: leased"), client.output
    os.kill(pid, signal.SIGTERM)
    log.wait("ends, with")
    said = log.read()
    for text in said:
        assert re.match(r"<2[89]>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d "
                        rf"tenured\[{pid}\]: \S", text), text
    assert [text.split("]: ", 1)[1] for text in said][:len(seen)] == \
        [text.removeprefix("tenured: ") for text in seen]
    assert not [text for _, text in client.lines if "ends" in text]


def test_syslog_starts_later(lab):
    """A daemon that is started before its system log is: lines go there once it is there."""
    own_dev(lab)
    lab.server()
    lab.tenured("eth0").ends(0)
    pid, = lab.daemons()
    log = Listener("/dev/log")
    os.kill(pid, signal.SIGUSR1)
    log.wait("renewed 10.0.0.10")
    assert "lines of log were lost" in log.wait("were lost")


# ---- service managers ----------------------------------------------------------------


@lasts(10)
def test_service_manager(lab):
    """READY once it works, STATUS when it changes, STOPPING; the watchdog is fed."""
    lab.need_ctl()
    manager = Listener("/run/lab/notify")
    lab.plug_in()
    client = lab.tenured("-f", "eth0", under=[
        "sh", "-c", 'WATCHDOG_PID=$$ exec "$@"', "sh",
        "env", "NOTIFY_SOCKET=/run/lab/notify", "WATCHDOG_USEC=1000000"])
    manager.wait("READY=1\n")  # without any server
    assert "MAINPID" not in "".join(manager.read())
    lab.ctl("status", "eth0")  # the socket listens by then
    manager.wait("STATUS=eth0 asking\n")
    lab.server()
    manager.wait("STATUS=eth0 bound 10.0.0.10\n")
    client.send(signal.SIGHUP)
    at = manager.read().index(manager.wait("RELOADING=1\nMONOTONIC_USEC="))
    eventually("READY", lambda: "READY=1\n" in manager.read()[at:])
    lab.ctl("release", "eth0")
    manager.wait("STATUS=eth0 stopped\n")
    eventually("a watchdog", lambda: manager.read().count("WATCHDOG=1") > 3)
    client.stop()
    manager.wait("STOPPING=1")
    states = [text for text in manager.heard if text.startswith("STATUS")]
    assert all(one != other for one, other in zip(states, states[1:])), states
    assert manager.heard[-1] == "STOPPING=1" and manager.heard[0] == "READY=1\n", manager.heard


def test_service_manager_ends_what_has_no_lease(lab):
    """That is no failure: the service did what it was for."""
    manager = Listener("/run/lab/notify")
    lab.plug_in()
    client = lab.tenured("-f", "eth0", under=["env", "NOTIFY_SOCKET=/run/lab/notify"])
    manager.wait("READY=1\n")
    client.send(signal.SIGTERM)
    client.ends(0)


def test_service_manager_by_an_abstract_name(lab):
    """The sandbox lets nobody connect to such a name; it is connected before."""
    heard = []

    def hears(what):
        while select.select([manager], [], [], 0)[0]:
            heard.append(manager.recv(4096).decode())
        return any(what in text for text in heard)

    # It is of the network namespace: that of the client.
    client_net = os.open(f"/proc/{lab.client.pid}/ns/net", os.O_RDONLY)
    own_net = os.open("/proc/self/ns/net", os.O_RDONLY)
    system.libc.setns(client_net, 0)
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind("\0tenured-test")
    system.libc.setns(own_net, 0)
    lab.server()
    client = lab.tenured("-f", "eth0", under=["env", "NOTIFY_SOCKET=@tenured-test"])
    eventually("READY", lambda: hears("READY=1"))
    eventually("bound", lambda: hears("STATUS=eth0 bound 10.0.0.10"))
    client.stop()
    eventually("STOPPING", lambda: hears("STOPPING=1"))


def test_service_manager_of_a_daemon_that_forks(lab):
    """It names itself, since the one who was started is gone."""
    manager = Listener("/run/lab/notify")
    lab.server()
    lab.tenured("eth0", under=["env", "NOTIFY_SOCKET=/run/lab/notify"]).ends(0)
    pid, = lab.daemons()
    assert f"MAINPID={pid}\n" in manager.wait("READY=1")


def test_service_manager_is_gone(lab):
    """Nobody listens at $NOTIFY_SOCKET: one line, and a lease."""
    lab.server()
    client = lab.tenured("-f", "eth0", under=["env", "NOTIFY_SOCKET=/run/lab/nobody"])
    client.wait_line("eth0: leased")
    assert len(client.find("the service manager is told nothing")) == 1


def test_bound_wakes_nobody_without_a_watchdog(lab):
    """A service manager that does not watch costs no wake-up."""
    manager = Listener("/run/lab/notify")
    lab.server(lease=3600)
    lab.tenured("-f", "eth0", under=["env", "NOTIFY_SOCKET=/run/lab/notify"])
    manager.wait("STATUS=eth0 bound 10.0.0.10")
    pid, = lab.daemons()
    before = lab.asleep(pid)
    time.sleep(3)
    assert system.switches(pid) == before


# ---- --ready-fd -----------------------------------------------------------------------


def ready(path):
    """What a supervisor reads at the other end: a line once there is a lease, then the end."""
    return eventually("a line", lambda: Path(path).exists() and Path(path).read_text())


def ready_to(path):
    """Starts a program with descriptor 7 at a file."""
    return ["sh", "-c", f'exec "$@" 7>{path}', "sh"]


def test_ready_fd(lab):
    """s6 is told when the lease is ready, not before, by one line and a close."""
    lab.plug_in()
    client = lab.tenured("-f", "--ready-fd", "7", "eth0", under=ready_to("/run/lab/ready"))
    client.wait_line("asking")
    time.sleep(1)
    assert Path("/run/lab/ready").read_text() == ""
    lab.server()
    assert ready("/run/lab/ready") == "\n"
    assert lab.kernel.addresses()
    pid, = lab.daemons()
    eventually("closed", lambda: "/run/lab/ready" not in opened(pid))


def test_ready_fd_without_a_lease(lab):
    """-b: ready when a parent would have been let go; -n: never."""
    lab.tenured("-f", "-b", "--timeout=1", "--ready-fd=7", "eth0",
                under=ready_to("/run/lab/ready-b"))
    assert ready("/run/lab/ready-b") == "\n"
    pid, = lab.daemons()
    os.kill(pid, signal.SIGTERM)
    eventually("its end", lambda: not lab.daemons())
    lab.tenured("-f", "-n", "--timeout=1", "--ready-fd=7", "eth0",
                under=ready_to("/run/lab/ready-n")).ends(2)
    assert Path("/run/lab/ready-n").read_text() == ""


def test_ready_fd_that_is_not_open(lab):
    """It says who has to leave it open; a number of its own is none."""
    for number in ("3", "4", "7"):
        client = lab.tenured("-f", f"--ready-fd={number}", "eth0", under=AS_OF_JOURNAL)
        client.ends(64)
        assert f"--ready-fd {number}: there is no such descriptor" in client.output


# ---- floods ---------------------------------------------------------------------------


@lasts(6)
def test_log_of_floods_is_bounded(lab):
    """10,000 NAKs, OFFERs and claims of the address are some lines, with what was left out."""
    lab.wire.ignore(SERVER_MAC)
    attacker = lab.forge()
    lab.server(lease=3600, script="on request-selecting 1 silence\n")
    client = lab.tenured("-f", "--acd-defence=always", "eth0")
    message = lab.wire.wait("SELECTING")
    for n in range(10000):
        attacker.reply(message, "NAK" if n % 2 else "OFFER", yiaddr=f"10.0.1.{n % 250}")
    client.wait_line("leased")
    eventually("the address", lab.kernel.addresses)
    for n in range(10000):
        attacker.arp(1, "10.0.0.10", "10.0.0.10",
                     sender_mac=f"02:00:00:00:{n // 256:02x}:{n % 256:02x}")
    client.wait_line("another host claimed 10.0.0.10")
    time.sleep(1)
    client.stop()
    assert len(client.lines) < 60, client.output
    assert len(client.find("claimed")) <= 11


@lasts(35)
def test_log_of_a_server_that_refuses_everything(lab):
    """As many lines as its back-off has tries, and no more."""
    lab.server(script="on any nak-all\n")
    client = lab.tenured("-f", "eth0")
    client.wait_line("no server answers|NAK")
    time.sleep(5)
    assert len(client.lines) < 30, client.output


@lasts(32)
def test_log_of_a_loose_cable(lab):
    """A dozen flaps are some lines, the last of which says how many there were."""
    lab.plug_in()
    lab.server(lease=3600)
    client = lab.bound()
    for _ in range(12):
        lab.carrier(False)
        back = time.monotonic()
        lab.carrier(True)
    # An answer after its end would find nobody at the port.
    eventually("an answer", lambda: lab.wire.replies("ACK", since=back))
    client.stop()
    told = client.find("no carrier; 10.0.0.10 stays")
    assert 1 <= len(told) <= 11, client.output
