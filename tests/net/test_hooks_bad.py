# SPDX-License-Identifier: BSD-2-Clause
"""Hooks that are in the way: the protocol goes on as if there were none."""

import re
import time

from lab import eventually, lasts, smoke, system

LONG = ("--hook-timeout", "60")


def runs(pid):
    return bool(re.search(r"^State:\t[^Z]", system.status(pid), re.M))


def exchange(lab, *arguments):
    """A client, what it said and heard up to its first renewal, and its T1."""
    since = time.monotonic()
    client = lab.tenured("-f", "-v", "-R", *arguments, "eth0")
    first = lab.wire.wait("SELECTING", since=since)
    renewing = lab.wire.wait("RENEWING", since=since)
    return client, since, renewing.at - first.at


def spoken(lab, since):
    """Who said what, up to the answer to the first renewal."""
    lab.wire.wait("RENEWING", since=since)
    eventually("its answer", lambda: len(lab.wire.replies("ACK", since)) >= 2)
    until = lab.wire.replies("ACK", since)[1].at
    said = [*lab.wire.find(since=since), *lab.wire.replies(since=since)]
    return [(message.from_client, message.variant)
            for message in sorted(said, key=lambda message: message.at) if message.at <= until]


def is_as_without(lab, body, still=True):
    """The wire with such a hook is that without; still: it runs at the renewal.

    Returns the client, that goes on.
    """
    lab.plug_in()
    lab.server(lease=24, t1=3, t2=18)
    client, since, plain_t1 = exchange(lab, "--no-hooks")
    plain = spoken(lab, since)
    client.stop()
    pids = lab.dir / "pids"
    hooks = lab.hook("10-bad", f"echo $$ >>{pids}\n{body}")
    client, since, t1 = exchange(lab, *hooks, *LONG)
    # As soon as the REQUEST is seen.
    running = [runs(pid) for pid in pids.read_text().split()]
    assert running == [True] if still else running, running
    assert spoken(lab, since) == plain, (spoken(lab, since), plain)
    assert 2.5 < t1 < 12, (plain_t1, t1)
    return client


# Covers: DF-life-03
@lasts(10)
@smoke
def test_bad_hook_sleeps(lab):
    client = is_as_without(lab, "sleep 1000; exit 0")
    # Nor does the end wait for it.
    begin = time.monotonic()
    client.stop()
    assert time.monotonic() - begin < 40, "much less than the hook has"


@lasts(10)
def test_bad_hook_forks(lab):
    """What it starts is no more in the way than it is itself."""
    children, daemons = lab.dir / "children", lab.dir / "daemons"
    is_as_without(lab, f"""[ $reason = BOUND ] || exit 0
        for i in 1 2 3 4 5 6 7 8; do
        (sleep 1000) & echo $! >>{children}
        setsid sh -c 'echo $$ >>{daemons}; exec sleep 1000' >/dev/null 2>&1 &
        done; wait""")
    eventually("eight of them", lambda: daemons.exists()
               and len(daemons.read_text().splitlines()) == 8)
    # Killed, it takes its process group with it; daemons of their own stay.
    lab.here.run("kill", "-KILL", (lab.dir / "pids").read_text().split()[0])
    eventually("no child", lambda: not any(runs(pid) for pid in children.read_text().split()))
    pids = daemons.read_text().split()
    assert len(pids) == 8 and all(runs(pid) for pid in pids)


@lasts(10)
def test_bad_hook_floods(lab):
    """Its output is neither the log's nor anybody's to wait for."""
    client = is_as_without(lab, "while :; do echo flood flood flood; done")
    hook = int((lab.dir / "pids").read_text().split()[0])
    lab.here.run("kill", "-KILL", hook)
    client.wait_line(r"hook 10-bad: of what it printed \d+ octets were dropped")
    assert len(client.find("hook 10-bad: flood")) <= 40, "two runs at most"


@lasts(10)
def test_bad_hook_fails(lab):
    client = is_as_without(lab, "exit 1", still=False)
    client.wait_line("hook 10-bad failed .1.")


@lasts(10)
def test_bad_hook_is_deleted(lab):
    is_as_without(lab, f"rm -r {lab.dir}/hooks; sleep 1000; exit 0")


@lasts(10)
def test_bad_hook_asks_the_daemon(lab):
    """Nobody waits for whom it waits for."""
    lab.need_ctl()
    is_as_without(lab, f"""while :; do
        {lab.dir}/tenurectl status eth0 >{lab.dir}/status.new
        mv {lab.dir}/status.new {lab.dir}/status; done""")
    told = lab.dir / "status"
    eventually("an answer", lambda: told.exists() and "10.0.0.10" in told.read_text())
