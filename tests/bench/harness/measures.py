# SPDX-License-Identifier: BSD-2-Clause
"""What is measured, a function a group; each yields (row, contender, value).

A value is of one repetition; None: it did not come to that. Contenders take turns.
"""

import json
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from .contenders import Start
from .laboratory import new_directory
from .network import ACK, REQUEST, SERVER, Network, Watch, is_address, message
from .rows import PARTS

LIMIT_S = 25  # a client that is not bound by then is not
FLOODED_S = 10
LEASE_T1_S = 400  # nobody renews while a slow peer still binds
OURS = ("floor", "tenured")
GROUPS = {}


def group(name, needs=()):
    """Marks a function as a group; `needs` are programs that it cannot do without."""
    def mark(function):
        function.needs = needs
        GROUPS[name] = function
        return function
    return mark


def settle(seconds=0.2):
    time.sleep(seconds)


def ms(ns):
    return None if ns is None else ns / 1e6


def cold(network, row, variants, limit=LIMIT_S):
    """Cold starts of everybody in turn on one network, as (row, name, ms)."""
    for contender, variant in variants:
        network.clear()
        settle()
        start = Start(network, contender, variant)
        try:
            yield row, contender.name, ms(start.bound_ns(limit))
        finally:
            start.stop()


def cold_rows(bench, rows, repetitions):
    network = Network(bench.programs, server=bench.server)
    try:
        for _ in range(repetitions):
            for row, variants in rows:
                yield from cold(network, row, variants)
    finally:
        network.close()


@group("cold")
def cold_start(bench):
    """Exec to the address, with and without conflict detection."""
    ours = bench.by_name["tenured"]
    rows = [("cold-off", bench.jobs("off")), ("cold-hooks", [(ours, "off-hooks")]),
            ("cold-optimistic", [(ours, "optimistic")])]
    yield from cold_rows(bench, rows, bench.repetitions)
    rows = [("cold-default", bench.jobs("default"))]
    yield from cold_rows(bench, rows, bench.few)


@group("flood-start")
def cold_start_flooded(bench):
    """Exec to the address while 50,000 replies for others come in each second."""
    network = Network(bench.programs)
    try:
        for _ in range(bench.few):
            for job in bench.jobs("off"):
                yield from cold(network, "flood-start-without", [job])
                flood = network.flood("reply", 50000 * 2 * FLOODED_S, 50000)
                try:
                    settle()
                    yield from cold(network, "flood-start", [job], FLOODED_S)
                finally:
                    flood.kill()
                    flood.wait()
    finally:
        network.close()


def replug(network, start):
    """The cable is pulled out and put in again.

    Two marks of the watch, before and after it was out; the instant of its carrier.
    """
    index, before = network.indexes[start.interfaces[0]], network.watch.mark()

    def told(way, since):
        return network.watch.wait(
            lambda row: row[0] if row[1:3] == (way, index) else None, 3, since)
    network.carrier(False)
    told("down", before)  # the kernel tells of a link once a second at most
    time.sleep(0.3)
    mark = network.watch.mark()
    network.carrier(True)
    return before, mark, told("up", mark)


def usable_again(network, before, mark):
    """The instant of the ACK; if the address was gone, when it is there again, too."""
    ack = network.watch.wait(lambda row: row[0] if message(row, "out", ACK) else None, 4, mark)
    if not ack or not any(row[1] == "del" for row in network.watch.rows[before:]):
        return ack
    back = network.watch.wait(lambda row: row[0] if is_address(row) else None, 8, mark)
    return back and max(ack, back)


@group("carrier")
def carrier(bench):
    """Carrier up to the ACK that confirms the lease, and the address there."""
    for contender, variant in bench.jobs("off", tenured="no-arp"):
        network = Network(bench.programs, server=bench.server)
        start = Start(network, contender, variant)
        try:
            if start.bound_ns(LIMIT_S) is None:
                yield "carrier", contender.name, None
                continue
            time.sleep(1)
            for _ in range(bench.few):
                before, mark, up = replug(network, start)
                again = usable_again(network, before, mark)
                yield "carrier", contender.name, ms(again and up and max(0, again - up))
                if not again:
                    break
        finally:
            start.stop()
            network.close()


def confirmed(row):
    """The instant of a line of hear, if it tells of BOUND without a server."""
    event = json.loads(" ".join(row[1:]))["parameters"].get("event", {})
    return row[0] if (event.get("from"), event.get("state")) == ("REBOOTING", "BOUND") else None


@group("arp")
def known_network(bench):
    """Carrier up to BOUND by the router's answer alone: the server is silent."""
    ours = bench.by_name["tenured"]
    network = Network(bench.programs, arp=True)
    start = Start(network, ours, "default")
    hear = None
    try:
        start.bound_ns(LIMIT_S)
        time.sleep(3)  # who the router is was asked for, and written down
        path = start.directory / f"run/tenured/{network.interfaces[0]}.sock"
        if not path.exists():
            bench.note("arp: SKIPPED: tenured has no socket to tell of it")
            return
        hear = Watch([bench.programs / "hear", path])
        network.process.send(signal.SIGSTOP)
        for _ in range(bench.few):
            heard = hear.mark()
            _, mark, up = replug(network, start)
            now = up and hear.wait(
                lambda row, up=up: confirmed(row) if row[0] >= up else None, 3, heard)
            asked, told = (network.watch.wait(
                lambda row, words=words: row[0] if row[1:4] == words and SERVER in row else None,
                3, mark) for words in (("in", "arp", "1"), ("out", "arp", "2")))
            if None in (up, now, asked, told):
                yield "arp", ours.name, None
                yield "arp-beyond", ours.name, None
                continue
            yield "arp", ours.name, ms(now - up)
            yield "arp-beyond", ours.name, ms(now - up - (told - asked))
    finally:
        if hear:
            hear.close()
        start.stop()
        network.close()


def calls_to_address(network, contender, variant, trace):
    """System calls of all processes from exec to the address; None if that never came."""
    network.clear()
    settle()
    start = Start(network, contender, variant, wrap=["strace", "-f", "-ttt", "-o", trace])
    try:
        offset = time.time_ns() - time.monotonic_ns()
        bound = start.bound_ns(LIMIT_S)
    finally:
        start.stop()
    if bound is None:
        return None
    end = (start.t0 + bound + offset) / 1e9
    calls = re.findall(r"^\d+ +(\d+\.\d+) \w+\(", trace.read_text(errors="replace"), re.M)
    return sum(float(at) <= end for at in calls)


@group("syscalls", needs=("strace",))
def system_calls(bench):
    """System calls of all processes from exec to the address."""
    network = Network(bench.programs, server=bench.server)
    trace = network.directory / "strace"
    try:
        for _ in range(bench.fewest):
            for contender, variant in bench.jobs("off", tenured="default-hooks"):
                yield "syscalls", contender.name, calls_to_address(network, contender, variant,
                                                                   trace)
                if contender.name == "tenured" and trace.exists():
                    bench.keep("strace-tenured", trace)
    finally:
        network.close()


def cpu_when_bound(network, contender, variant):
    """CPU that its own processes have used a second after the address, in us."""
    network.clear()
    settle()
    start = Start(network, contender, variant)
    try:
        if start.bound_ns(LIMIT_S) is None:
            return None
        time.sleep(1)
        return start.own_cpu_us()
    finally:
        start.stop()


@group("costs", needs=("strace",))
def costs(bench):
    """A start with everything on, and without each part: CPU, and system calls."""
    ours = bench.by_name["tenured"]
    network = Network(bench.programs, server=bench.server)
    trace = network.directory / "strace"
    try:
        for _ in range(bench.repetitions):
            for part, variant, _ in PARTS:
                yield f"cpu{part}", ours.name, cpu_when_bound(network, ours, variant)
        for part, variant, _ in PARTS:
            yield f"calls{part}", ours.name, calls_to_address(network, ours, variant, trace)
    finally:
        network.close()


@group("memory")
def memory(bench):
    """One interface, bound and idle: processes, memory, wake-ups."""
    for jobs, suffix, idle_s in (
            (bench.jobs("default"), "", bench.idle_s),
            # Not at the same time: what two of ours map would be no longer private.
            ([(bench.by_name["tenured"], "default-hooks")], "-hooks", 0)):
        live = []
        try:
            for contender, variant in jobs:
                network = Network(bench.programs)
                live.append((network, Start(network, contender, variant)))
            for _, start in live:
                start.bound_ns(LIMIT_S)
            time.sleep(8)  # what settles, settles
            before = [start.wakeups() for _, start in live]
            time.sleep(idle_s)
            for (_, start), awake in zip(live, before):
                name, used = start.contender.name, start.memory()
                for what in ("processes", "private", "dirty", "rss"):
                    yield what + suffix, name, used[what]
                if idle_s:
                    yield "wakeups", name, (start.wakeups() - awake) * 60 / idle_s
        finally:
            for network, start in live:
                start.stop()
                network.close()


@group("size")
def size(bench):
    """The stripped program, and the libraries that it loads."""
    for contender in bench.present:
        copy = new_directory() / "stripped"
        shutil.copy(contender.path(), copy)
        subprocess.run(["strip", copy], check=False, stderr=subprocess.DEVNULL)
        yield "size", contender.name, copy.stat().st_size / 1024
        shown = subprocess.run(["ldd", contender.path()], check=False, text=True,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        libraries = re.findall(r"^\s*(\S+?)\.so\S* => ", shown, re.M)
        yield "libraries", contender.name, len(libraries)
        bench.note(f"libraries of {contender.name}: {' '.join(libraries) or 'none'}"
                   if len(libraries) < 9 else f"libraries of {contender.name}: {len(libraries)}")


@group("flood")
def flooded(bench):
    """CPU that a bound client spends on a million packets for others, the dearest kind."""
    count = 50000 if bench.quick else 300000
    live = []
    try:
        for contender, variant in bench.jobs("off"):
            network = Network(bench.programs)
            live.append((network, Start(network, contender, variant)))
        bound = [start.bound_ns(LIMIT_S) for _, start in live]
        time.sleep(6)  # until what settles has settled
        for (network, start), once_bound in zip(live, bound):
            dearest = 0.0 if once_bound else None
            for kind in ("reply", "discover", "udp", "arp") if once_bound else ():
                before = start.cpu_s()
                sent = int(network.flood(kind, count, 50000).communicate()[0])
                settle()
                dearest = max(dearest, (start.cpu_s() - before) / sent * 1e6)
            yield "flood", start.contender.name, dearest
    finally:
        for network, start in live:
            start.stop()
            network.close()


def table_fulls():
    """How often the neighbour table, which all namespaces share, had no room."""
    head, *lines = Path("/proc/1/net/stat/arp_cache").read_text().splitlines()
    column = head.split().index("table_fulls")
    return sum(int(line.split()[column], 16) for line in lines)


def bind_many(bench, network, contender, variant, prefix):
    """Starts it on all interfaces of a network; the start, and its rows."""
    start = Start(network, contender, variant)
    bound = start.bound_ns(60 if contender.name in OURS or bench.quick else 150)
    rows = [(f"{prefix}-time", contender.name, ms(bound)),
            (f"{prefix}-cpu", contender.name, start.cpu_s() if bound else None)]
    if bound is None:
        bench.note(f"{contender.name}: {len(start.seen)} of {network.count} interfaces bound "
                   f"in time")
    else:
        time.sleep(2)
        used = start.memory()
        rows.append((f"{prefix}-rss", contender.name, used["rss"] / 1024))
        bench.note(f"{contender.name}, {network.count} interfaces of {network.name}: bound after "
                   f"{bound / 1e9:.2f} s, {rows[1][2]:.2f} s of CPU, {used['rss']} KiB, "
                   f"{used['private']} private")
    return start, rows


def renewals(network, start, count):
    """T1 of all at once: it was stopped meanwhile. Seconds to the last ACK, REQUESTs."""
    full = table_fulls()
    start.signal(signal.SIGSTOP, start.pids())
    last = max(start.seen.values()) / 1e9
    time.sleep(max(0, last + network.t1_s + 1 - time.monotonic()))
    mark, begin = network.watch.mark(), time.monotonic_ns()
    acked, requests = set(), [0]

    def look(row):
        requests[0] += message(row, "in", REQUEST)
        if message(row, "out", ACK):
            acked.add(row[3])
            if len(acked) == count:
                return row[0]
        return None
    start.signal(signal.SIGCONT, start.pids())
    end = network.watch.wait(look, 30, mark)
    return end and end - begin, requests[0] - count, table_fulls() - full, len(acked)


def many_once(bench, contender, variant, count):
    """So many interfaces; renewals at one T1 if it is one of ours; and the end."""
    ours = contender.name in OURS
    network = Network(bench.programs, count, server="kea", lease=1200,
                      t1=20 if ours else LEASE_T1_S)
    start = None
    try:
        start, rows = bind_many(bench, network, contender, variant, f"many-{count}")
        yield from rows
        if count == 1000 and ours and rows[0][2]:
            span, again, full, acked = renewals(network, start, count)
            yield "renew-time", contender.name, ms(span)
            yield "renew-again", contender.name, again
            yield "renew-full", contender.name, full
            if acked < count:
                bench.note(f"{contender.name}: {acked} of {count} renewed in time")
        if ours:
            yield f"exit-{count}", contender.name, ms(start.exit_ns())
    finally:
        if start:
            start.stop()
        network.close()


@group("many")
def many(bench):
    """100 and 1,000 interfaces in one namespace; renewals at one T1; the end."""
    for count in (100,) if bench.quick else (100, 1000):
        for turn in range(bench.fewest):
            for contender, variant in bench.jobs("off"):
                # A peer takes minutes for 1,000: once will do.
                if contender.name in OURS or count == 100 or turn == 0:
                    yield from many_once(bench, contender, variant, count)


@group("growth")
def growth(bench):
    """CPU to bound and memory from 1 to 4,000 interfaces, of a server without limits."""
    counts = (1, 100, 400) if bench.quick else (1, 100, 1000, 4000)
    for contender, variant in bench.jobs("off"):
        if contender.name not in OURS:
            continue
        first = None
        for count in counts:
            network = Network(bench.programs, count, lease=1200)
            try:
                start, rows = bind_many(bench, network, contender, variant, f"growth-{count}")
                values = {row: value for row, _, value in rows}
                rss = values.get(f"growth-{count}-rss")
                first = rss if count == 1 else first
                if count > 1:
                    yield rows[0]
                    cpu = values[f"growth-{count}-cpu"]
                    yield f"growth-cpu-{count}", contender.name, cpu and cpu / count * 1e6
                    yield f"growth-rss-{count}", contender.name, (
                        rss and first and (rss - first) * (1 << 20) / (count - 1))
                    yield f"growth-exit-{count}", contender.name, ms(start.exit_ns())
                start.stop()
            finally:
                network.close()


@group("core")
def core(bench):
    """The core alone, in memory: steps a second, and a million clients at once."""
    for words, rows in ((["steps"], {"core-steps": "steps_per_second"}),
                        (["clients", 100000 if bench.quick else 1000000],
                         {"core-bytes": "bytes_per_client", "core-dora": "ns_per_dora"})):
        out = subprocess.run([bench.programs / "core", *map(str, words)], check=True,
                             stdout=subprocess.PIPE, text=True).stdout
        values = dict(line.split() for line in out.splitlines())
        for row, value in rows.items():
            yield row, "tenured", float(values[value])
