# SPDX-License-Identifier: BSD-2-Clause
"""tenurectl: what it asks for happens, and it tells what came of it."""

import json
import time

from lab import Lab, Process, eventually, lasts, smoke
from lab.lab import NOBODY


def bound(lab: Lab, **options):
    lab.need_ctl()
    server = lab.server(**options)
    client = lab.bound()
    return server, client


def failed(done, code, *words):
    assert done.returncode == code, f"exit code {done.returncode}: {done.stdout}"
    for word in words:
        assert word in done.stdout, done.stdout


def test_status(lab):
    """A table for people, JSON for programs."""
    bound(lab, lease=3600)
    shown = lab.ctl("status").stdout
    for word in ("eth0", "BOUND", "10.0.0.10", "10.0.0.1"):
        assert word in shown, shown
    status = json.dumps(json.loads(lab.ctl("status", "--json").stdout))
    for word in ("eth0", "BOUND", "10.0.0.10", "10.0.0.1"):
        assert f'"{word}' in status, status


# Covers: DF-opt-18 3925-4-01
def test_options(lab):
    """Options by name, with what they mean; octets only for those who may command."""
    lab.need_ctl()
    lab.need_users()
    lab.server("--option", "15=" + b"lab.example".hex(), "--option", "125=0000000903010178",
               "--option", "230=2428696429")
    lab.bound()
    shown = lab.ctl("status", "eth0").stdout
    for line in ("domain-name lab.example", "subnet-mask 255.255.255.0",
                 "vendor-identifying-options enterprise 9 options 1=78",
                 "option-230 2428696429"):
        assert line in shown, shown
    shown = lab.ctl("status", "eth0", user=NOBODY).stdout
    for line in ("domain-name lab.example", "options 1=-", "option-230 -"):
        assert line in shown, shown


# Covers: 2131-4.4.4-01 2131-4.4.6-01 2131-4.4.1-T5-03 2131-4.4.1-T5-09
@smoke
def test_release(lab):
    """RELEASE on the wire, no address, no lease file; STOPPED, and it lives."""
    server, client = bound(lab)
    done = lab.ctl("release", "eth0")
    assert "released" in done.stdout, done.stdout
    release = lab.wire.wait("RELEASE")
    assert (release.ciaddr, release.address(54)) == ("10.0.0.10", "10.0.0.1")
    server.wait_line("^RX RELEASE ciaddr 10.0.0.10 unicast")
    eventually("no address", lambda: not lab.kernel.addresses())
    assert not lab.kernel.routes() and not lab.lease_files()
    assert "STOPPED" in lab.ctl("status", "eth0").stdout and client.running
    count = len(lab.wire.find())
    time.sleep(1)
    assert len(lab.wire.find()) == count


# Covers: 2131-4.4.2-01
@smoke
def test_stop_and_start(lab):
    """Stopped: the address lives on, nothing is sent. Started: confirmed."""
    _, client = bound(lab, lease=60, t1=3)
    events = lab.events()
    lab.ctl("stop", "eth0")
    sent = len(lab.wire.find())
    time.sleep(3.5)
    assert len(lab.wire.find()) == sent and client.running
    assert lab.kernel.address() == "10.0.0.10/24" and lab.lease_files()
    assert "STOPPED" in lab.ctl("status", "eth0").stdout

    start = time.monotonic()
    lab.ctl("start", "eth0")
    assert lab.wire.find("INIT-REBOOT", since=start)
    assert "BOUND" in lab.ctl("status", "eth0").stdout
    assert not events.deleted("10.0.0.10")


# Covers: 2131-4.3.2-11 2131-4.4-06
def test_renew(lab):
    """It waits for the outcome and says it."""
    bound(lab, lease=600, script="on request-renewing delay 1000\n")
    time.sleep(2.5)
    start, before = time.monotonic(), lab.kernel.valid_s()
    done = lab.ctl("renew", "eth0")
    assert 0.9 <= time.monotonic() - start <= 20
    assert "10.0.0.10" in done.stdout, done.stdout
    renewing = lab.wire.find("RENEWING", since=start)[0]
    # Counted from the REQUEST.
    assert lab.kernel.valid_s() + time.monotonic() - renewing.at > before + 1


def test_rebind(lab):
    bound(lab)
    start = time.monotonic()
    done = lab.ctl("rebind", "eth0")
    assert "10.0.0.10" in done.stdout, done.stdout
    assert lab.wire.find("REBINDING", since=start)


def test_renew_refused(lab):
    bound(lab, script="on request-renewing nak\n")
    failed(lab.ctl("renew", "eth0", check=False), 1, "NAK")


def test_renew_unanswered(lab):
    """No outcome in time is one, too."""
    bound(lab, script="on request-renewing silence\n")
    failed(lab.ctl("--wait", "1", "renew", "eth0", check=False), 75, "no ACK")
    assert "RENEWING" in lab.ctl("status").stdout


def test_renew_when_stopped(lab):
    """It fails and names the command that helps."""
    bound(lab)
    sent = len(lab.wire.find())
    lab.ctl("stop", "eth0")
    for command in ("renew", "rebind"):
        failed(lab.ctl(command, "eth0", check=False), 1, "start")
    assert len(lab.wire.find()) == sent


def test_unknown(lab):
    """An interface that is not managed, a command that does not exist."""
    bound(lab)
    failed(lab.ctl("renew", "eth7", check=False), 69, "eth7")
    failed(lab.ctl("renwe", "eth0", check=False), 64, "renwe", "--help")


def test_no_daemon(lab):
    lab.need_ctl()
    failed(lab.ctl("status", check=False), 69, "tenured")


def test_permission(lab):
    """Anyone may look; only root may act."""
    lab.need_users()
    bound(lab)
    sent = len(lab.wire.find())
    assert "BOUND" in lab.ctl("status", user=NOBODY).stdout
    for command in ("renew", "rebind", "release", "stop", "start"):
        failed(lab.ctl(command, "eth0", user=NOBODY, check=False), 77, "root")
    assert len(lab.wire.find()) == sent and lab.kernel.addresses()


@lasts(8)
def test_start_waits(lab):
    """start without a server goes on waiting, until there is one."""
    server, _ = bound(lab)
    lab.ctl("release", "eth0")
    server.stop()
    start = time.monotonic()
    waiting = Process(lab.client.enter(lab.dir / "tenurectl", "start", "eth0"))
    lab.wire.wait("DISCOVER", since=start)
    time.sleep(1)
    assert waiting.running
    lab.server()
    waiting.ends(0)
    assert "10.0.0.10" in waiting.output
