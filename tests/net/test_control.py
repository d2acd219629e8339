# SPDX-License-Identifier: BSD-2-Clause
"""tenurectl: what it asks for happens, and it tells what came of it."""

import json
import time

from lab import Lab, eventually, lasts, smoke
from lab.lab import NOBODY


def bound(lab: Lab, **options):
    lab.need_ctl()
    server = lab.server(**options)
    client = lab.bound()
    return server, client


def failed(done, *words):
    assert done.returncode != 0, done.stdout
    for word in words:
        assert word in done.stdout, done.stdout


@smoke
def test_status(lab):
    """A table for people, JSON for programs."""
    bound(lab, lease=3600)
    shown = lab.ctl("status").stdout
    for word in ("eth0", "BOUND", "10.0.0.10", "10.0.0.1"):
        assert word in shown, shown
    status = json.dumps(json.loads(lab.ctl("status", "--json").stdout))
    for word in ("eth0", "BOUND", "10.0.0.10", "10.0.0.1"):
        assert f'"{word}' in status, status


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
    time.sleep(3.5)
    assert len(lab.wire.find()) == 2 and client.running
    assert lab.kernel.address() == "10.0.0.10/24" and lab.lease_files()
    assert "STOPPED" in lab.ctl("status", "eth0").stdout

    start = time.monotonic()
    lab.ctl("start", "eth0")
    assert lab.wire.find("INIT-REBOOT", since=start)
    assert "BOUND" in lab.ctl("status", "eth0").stdout
    assert not events.deleted("10.0.0.10")


# Covers: 2131-4.3.2-11 2131-4.4-06
@smoke
def test_renew(lab):
    """It waits for the outcome and says it."""
    bound(lab, script="on request-renewing delay 1000\n")
    start = time.monotonic()
    done = lab.ctl("renew", "eth0")
    assert 0.9 <= time.monotonic() - start <= 5
    assert "10.0.0.10" in done.stdout, done.stdout
    assert lab.wire.find("RENEWING", since=start)
    assert lab.kernel.valid_s() >= 57


def test_rebind(lab):
    bound(lab)
    start = time.monotonic()
    done = lab.ctl("rebind", "eth0")
    assert "10.0.0.10" in done.stdout, done.stdout
    assert lab.wire.find("REBINDING", since=start)


def test_renew_refused(lab):
    bound(lab, script="on request-renewing nak\n")
    failed(lab.ctl("renew", "eth0", check=False), "NAK")


def test_renew_when_stopped(lab):
    """It fails and names the command that helps."""
    bound(lab)
    lab.ctl("stop", "eth0")
    for command in ("renew", "rebind"):
        failed(lab.ctl(command, "eth0", check=False), "start")
    assert len(lab.wire.find()) == 2


def test_unknown(lab):
    """An interface that is not managed, a command that does not exist."""
    bound(lab)
    failed(lab.ctl("renew", "eth7", check=False), "eth7")
    failed(lab.ctl("renwe", "eth0", check=False), "renew")


def test_no_daemon(lab):
    lab.need_ctl()
    failed(lab.ctl("status", check=False), "tenured")


@smoke
def test_permission(lab):
    """Anyone may look; only root may act."""
    lab.need_users()
    bound(lab)
    assert "BOUND" in lab.ctl("status", user=NOBODY).stdout
    for command in ("renew", "rebind", "release", "stop", "start"):
        failed(lab.ctl(command, "eth0", user=NOBODY, check=False), "root")
    assert len(lab.wire.find()) == 2 and lab.kernel.addresses()


@lasts(8)
def test_start_waits(lab):
    """start without a server goes on waiting, until there is one."""
    server, _ = bound(lab)
    lab.ctl("release", "eth0")
    server.stop()
    start = time.monotonic()
    from lab.system import Process
    waiting = Process(lab.client.enter(lab.dir / "tenurectl", "start", "eth0"))
    lab.wire.wait("DISCOVER", since=start)
    time.sleep(1)
    assert waiting.running
    lab.server()
    assert waiting.wait() == 0, waiting.output
    assert "10.0.0.10" in waiting.output
