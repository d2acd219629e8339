# SPDX-License-Identifier: BSD-2-Clause
"""What the daemon gives up, and how it spends its time."""

import json
import re
import resource
import shutil
from collections import Counter
from pathlib import Path

from lab import Skip, eventually, smoke, system
from lab.lab import DROP_TO, NOBODY

CAP_NET_ADMIN, CAP_NET_RAW = 12, 13
CAPABILITIES = 1 << CAP_NET_ADMIN | 1 << CAP_NET_RAW

CALLS_MAX = 232  # from exec to the request for the address, ten of them for this lab


def status_of(pid):
    """The fields of /proc/PID/status."""
    return dict(re.split(r":\s*", line, maxsplit=1)
                for line in system.status(pid).splitlines())


def assert_confined(pid):
    status = status_of(pid)
    for field in ("CapEff", "CapPrm", "CapBnd"):
        assert int(status[field], 16) == CAPABILITIES, f"{field} {status[field]}"
    for field in ("CapInh", "CapAmb"):
        assert int(status[field], 16) & ~CAPABILITIES == 0, f"{field} {status[field]}"
    assert status["NoNewPrivs"] == "1"
    return status


@smoke
def test_privileges(lab):
    """Not root, two capabilities, no way to more."""
    lab.need_users()
    lab.server()
    status = assert_confined(lab.bound().pid)
    uid, gid = DROP_TO.split(":")
    assert set(status["Uid"].split()) == {uid}
    assert set(status["Gid"].split()) == {gid}
    assert status["Groups"].split() in ([], [gid])


def test_privileges_in_background(lab):
    lab.need_users()
    lab.server()
    lab.tenured("eth0").ends(0)
    [daemon] = lab.daemons()
    assert set(assert_confined(daemon)["Uid"].split()) == {DROP_TO.split(":")[0]}


def test_descriptors(lab):
    """As many as it may have, and never more; hooks have those of who started it."""
    lab.server()
    file = lab.dir / "descriptors"
    hooks = lab.hook("10-descriptors", f"ulimit -Sn >{file}.new; mv {file}.new {file}")
    for most in (4096, 2048):
        resource.setrlimit(resource.RLIMIT_NOFILE, (1024, most))
        client = lab.bound(*hooks)
        limits = Path(f"/proc/{client.pid}/limits").read_text()
        assert re.search(rf"^Max open files +{most} +{most} ", limits, re.M), limits
        eventually("a hook", file.exists)
        assert file.read_text() == "1024\n"
        client.stop()
        file.unlink()


def test_system_user(lab):
    """By default it becomes _tenured."""
    lab.need_users()
    (lab.dir / "passwd").write_text(
        "root:x:0:0:root:/root:/bin/sh\n\n# a word\n_tenured\n_tenured:x\n_tenured:x:64320\n"
        "_tenured2:x:64321:64321::/nonexistent:/bin/false\n"
        "_tenured:x:64322:64323::/nonexistent:/bin/false\n")
    (lab.dir / "group").write_text("root:x:0:\n_tenured:x:64323:\n")
    for name in ("passwd", "group"):
        lab.here.run("mount", "--bind", lab.dir / name, f"/etc/{name}")
    lab.server()
    client = lab.tenured("-f", "eth0", drop=False)
    eventually("an address", lab.kernel.addresses)
    assert set(status_of(client.pid)["Uid"].split()) == {"64322"}
    assert set(status_of(client.pid)["Gid"].split()) == {"64323"}


def test_capabilities_without_users(lab):
    """In a user namespace of one user the other layers hold."""
    if lab.root:
        raise Skip("made as an ordinary user")
    lab.server()
    assert_confined(lab.bound().pid)


def layers(lab):
    """What tenurectl tells of each layer of the one daemon, by its name."""
    lab.need_ctl()
    [daemon] = json.loads(lab.ctl("status", "--json").stdout)
    return {layer["name"]: layer for layer in daemon["sandbox"]}


@smoke
def test_layers(lab):
    """What status tells of the sandbox is what the kernel tells of the process."""
    lab.server()
    status = status_of(lab.bound().pid)
    told = layers(lab)
    assert list(told) == ["user", "capabilities", "no_new_privs", "landlock", "seccomp"]
    assert told["user"]["active"] == lab.root, told
    assert told["user"]["reason"] or lab.root, told
    assert told["capabilities"]["active"] and told["no_new_privs"]["active"], told
    assert told["seccomp"]["active"] == (status.get("Seccomp") == "2"), told
    assert told["landlock"]["active"] or told["landlock"]["reason"], told
    shown = lab.ctl("status", "eth0").stdout
    for name, layer in told.items():
        active = r"(: \S.*|(, \w+)*)$" if layer["active"] else ": unavailable, \\S"
        assert re.search(rf"\b{name}{active}", shown, re.M), shown


def test_sandbox_required(lab):
    """With every layer it runs; else it says which one is missing, and exits."""
    lab.server()
    client = lab.bound()
    gaps = [name for name, layer in layers(lab).items() if not layer["active"]]
    client.stop()
    if not gaps:
        lab.bound("--sandbox", "required")
        return
    client = lab.tenured("-f", "--sandbox", "required", "eth0")
    client.ends(77)
    assert f"layer {gaps[0]} is unavailable: " in client.output, client.output
    assert "best-effort" in client.output, client.output


def test_sandbox_required_of_root(lab):
    """Who is told to stay root does not have the user layer either."""
    lab.need_users()
    lab.server()
    client = lab.tenured("-f", "--sandbox=required", "--user", "0", "eth0", drop=False)
    client.ends(77)
    assert "layer user is unavailable: told to stay root" in client.output, client.output


def assert_all_stopped(lab, *under, user):
    """Each forbidden act fails, and each layer stops those that it should."""
    if not (lab.dir / "confined").exists():
        raise Skip("make tests has not made build/confined")
    place = lab.dir / "acts"
    place.mkdir()
    place.chmod(0o777)
    done = lab.here.run(*under, lab.dir / "confined", place, user, check=False)
    if done.returncode == 77:
        raise Skip(done.stdout)
    print(done.stdout)
    assert done.returncode == 0 and "stopped" in done.stdout, done.stdout


def test_forbidden_acts(lab):
    """What somebody who broke into the daemon would do next."""
    assert_all_stopped(lab, user=DROP_TO if lab.root else "0")


def test_forbidden_acts_of_one_user(lab):
    """The same where an ordinary user made a namespace, and there is one user."""
    lab.need_users()
    assert_all_stopped(lab, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}",
                       "--clear-groups", "unshare", "-Urnm", user="0")


def calls(trace):
    """The system calls of a trace by strace -f, as (name, line)."""
    return [(found[1], line) for line in trace.splitlines()
            if (found := re.match(r"(?:\d+ +)?(\w+)\(", line))]


def test_acquisition_does_not_poll(lab):
    """No sleep, no poll that times out again and again, no late close."""
    if not shutil.which("strace"):
        raise Skip("no strace here")
    lab.server()
    trace = lab.dir / "trace"
    # Looking for leaks is tracing, too: not both.
    process = lab.tenured("-f", "-q", "eth0", under=(
        "env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-o", trace))
    process.ends(0)
    made = calls(trace.read_text())
    assert made, trace.read_text()
    names = [name for name, _ in made]
    assert not {"nanosleep", "clock_nanosleep", "select", "pselect6", "pause"} & set(names)
    timeouts = [line for name, line in made
                if name in ("poll", "ppoll", "epoll_wait", "epoll_pwait", "epoll_pwait2")
                and re.search(r"\) = 0\b|Timeout", line)]
    assert len(timeouts) <= 1, timeouts

    packet_sockets, opened, early = set(), 0, []
    for name, line in made:
        if "RTM_NEWADDR" in line:
            break
        if name == "socket" and "AF_PACKET" in line:
            packet_sockets.add(line.split()[-1])
            opened += 1
        elif name == "close" and re.search(r"\((\d+)", line)[1] in packet_sockets:
            early.append(line)
    assert opened and not early, early


def test_second_instance_by_name(lab):
    """Another instance for another interface lives beside the first."""
    lab.add_link("eth1", "srv1", "10.1.0.1/24")
    lab.server()
    lab.server(interface="srv1", net="10.1.0")
    lab.tenured("eth0").ends(0)
    lab.tenured("eth1").ends(0)
    assert len(lab.daemons()) == 2
    lab.need_ctl()
    shown = lab.ctl("status").stdout
    assert "10.0.0.10" in shown and "10.1.0.10" in shown, shown


def test_calls_until_there_is_an_address(lab):
    """A start asks the kernel for what it needs, and for that once."""
    if not shutil.which("strace"):
        raise Skip("no strace here, so that calls are not counted")
    if b"__asan_init" in Path("/run/lab/tenured").read_bytes():
        raise Skip("built with sanitizers, whose calls are not ours")
    lab.server()
    trace = lab.dir / "trace"
    process = lab.tenured("-f", "-q", "eth0", under=(
        "env", "ASAN_OPTIONS=detect_leaks=0", "strace", "-f", "-s", "99", "-o", trace))
    process.ends(0)
    names = []
    for name, line in calls(trace.read_text()):
        names.append(name)
        if "RTM_NEWADDR" in line:
            break
    # From exec on, of our wrappers, too; a sanitizer's own are not ours to count.
    start = len(names) - 1 - names[::-1].index("execve")
    made = Counter(names[start:])
    assert made.total() <= CALLS_MAX, f"{made.total()}: {made}"
