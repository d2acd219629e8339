# SPDX-License-Identifier: BSD-2-Clause
"""The hook runner as a service: who may tell it, and what it is told again."""

import json
import os
import re
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from lab import Skip, cpu_ns, eventually, lasts, system
from lab.system import PATIENCE_S

USER = 64321  # lab.DROP_TO
SO_NETNS_COOKIE = 71


def serve(lab, *arguments):
    """The runner as root starts it."""
    runner = lab.tenured("--hook-runner", *arguments)
    runner.wait_line("runs hooks for daemons of")
    return runner


def start(lab, *arguments):
    """The daemon as a service manager starts it: a user with some capabilities."""
    some = "+net_admin,+net_raw,+net_bind_service"
    return lab.tenured("-f", "-v", *arguments, "eth0", drop=False, under=(
        "setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups",
        f"--inh-caps={some}", f"--ambient-caps={some}"))


def hooks_of(lab):
    return json.loads(lab.ctl("status", "--json").stdout)[0]["hooks"]


def address():
    found = list(Path("/run/tenured").rglob("hook-runner"))
    assert len(found) == 1, found
    return str(found[0])


def connect(path):
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    peer.settimeout(PATIENCE_S)
    peer.connect(path)
    return peer


def is_turned_away(peer):
    try:
        return peer.recv(1) == b""
    except ConnectionResetError:
        return True


def test_hook_service(lab):
    """Hooks of a daemon without root's rights run with root's."""
    lab.need_users()
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    lab.hook("20-who", f"id -u >{lab.dir}/who.new; mv {lab.dir}/who.new {lab.dir}/who")
    serve(lab, *hooks)
    client = start(lab, *hooks)
    client.wait_line("eth0: .* is ready")
    told = lab.wait_told("BOUND")
    assert told["new_ip_address"] == "10.0.0.10"
    eventually("a second hook", (lab.dir / "who").exists)
    assert (lab.dir / "who").read_text() == "0\n"
    assert re.search(rf"^Uid:\t{USER}\b", system.status(client.pid), re.M)
    assert hooks_of(lab) == {"state": "separate", "reason": None}
    assert "hooks       separate" in lab.ctl("status", "eth0").stdout
    lab.ctl("renew", "eth0")
    assert lab.wait_told("RENEW")["old_ip_address"] == "10.0.0.10"
    # It was forked by nobody, and the daemon's end is not its own.
    client.stop()
    start(lab, *hooks)
    assert lab.wait_told("REBOOT")["old_ip_address"] == "10.0.0.10"


def bound_and_told(lab):
    """A lease that a service's hooks were told of: the service, the client, the hooks."""
    lab.need_users()
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    runner = serve(lab, *hooks)
    client = start(lab, *hooks)
    lab.wait_told("BOUND")
    return runner, client, hooks


@lasts(8)
def test_hook_service_comes_back(lab):
    """Without it the protocol goes on; with it again hooks hear the newest."""
    runner, client, hooks = bound_and_told(lab)
    runner.stop(signal.SIGKILL)
    client.wait_line("the hook runner ended; start tenured --hook-runner")
    assert hooks_of(lab)["state"] == "dead"
    lab.ctl("renew", "eth0")
    lab.ctl("rebind", "eth0")
    assert len(lab.told()) == 1
    runner = serve(lab, *hooks)
    lab.wait_told("REBIND")
    assert hooks_of(lab)["state"] == "separate"
    assert [run["reason"] for run in lab.told()] == ["BOUND", "REBIND"], "the newest alone"
    # Nothing happens, but whoever is new is to know.
    runner.stop(signal.SIGTERM)
    client.wait_line("the hook runner ended", since=client.wait_line("hooks are run again")[0])
    serve(lab, *hooks)
    told = lab.wait_told("REBOOT")
    assert told["new_ip_address"] == "10.0.0.10" and "old_ip_address" not in told


@lasts(6)
def test_hook_service_misses_the_end(lab):
    """A lease that went while nobody ran hooks is taken back when somebody does."""
    runner, client, hooks = bound_and_told(lab)
    runner.stop(signal.SIGKILL)
    client.wait_line("the hook runner ended")
    lab.ctl("release", "eth0")
    serve(lab, *hooks)
    assert "new_ip_address" not in lab.wait_told("RELEASE")


def test_hook_service_is_not_there(lab):
    """Its socket is: the lease does not wait for it."""
    lab.need_users()
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    serve(lab, *hooks).stop(signal.SIGKILL)
    client = start(lab, *hooks)
    client.wait_line("no hooks are run: no hook runner listens: Connection refused")
    client.wait_line("eth0: .* is ready")
    assert hooks_of(lab)["state"] == "dead"
    serve(lab, *hooks)
    assert lab.wait_told("BOUND")["new_ip_address"] == "10.0.0.10"


def test_hook_service_is_for_its_user(lab):
    """The socket is the user's; whoever gets to it all the same is turned away."""
    lab.need_users()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    runner = serve(lab, *hooks)
    path = address()
    info = os.stat(path)
    assert info.st_uid == USER and info.st_mode & 0o777 == 0o600, oct(info.st_mode)
    os.seteuid(65534)
    try:
        connect(path)
        raise AssertionError("anybody can connect")
    except PermissionError:
        pass
    finally:
        os.seteuid(0)
    os.chmod(path, 0o666)
    os.seteuid(65534)
    try:
        stranger = connect(path)
    finally:
        os.seteuid(0)
    assert is_turned_away(stranger)
    runner.wait_line("somebody who is neither root nor the daemon's user")
    assert not lab.told()


def test_hook_service_is_told_nonsense(lab):
    """What is no message ends that connection, and no other."""
    lab.need_users()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    runner = serve(lab, *hooks)
    client = start(lab, *hooks)
    lab.wait_told("BOUND")
    for nonsense in (b"x", b"\0" * 30, b"\xff" * 8192, b"\0" * 9000):
        peer = connect(address())
        peer.send(nonsense)
        assert is_turned_away(peer), nonsense[:4]
    runner.wait_line("told its hook runner what makes no sense")
    assert len(runner.find("makes no sense")) == 1, "said once a minute"
    client.send(signal.SIGUSR1)
    lab.wait_told("RENEW")


def told_by_daemon(lab, hooks):
    """The octets by which a daemon tells its runner of a lease."""
    serve(lab, *hooks).stop(signal.SIGKILL)
    path = address()
    os.unlink(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(path)
        listener.listen()
        listener.settimeout(PATIENCE_S)
        os.chown(path, USER, USER)
        client = start(lab, *hooks)
        peer, _ = listener.accept()
        message = peer.recv(65536)
        client.stop()
    os.unlink(path)
    return message


TELL = """
import socket, sys
peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
peer.connect(sys.argv[1])
peer.send(bytes.fromhex(sys.argv[2]))
assert peer.recv(64)
"""


def test_hook_service_of_two_namespaces(lab):
    """Interfaces of the same number and name are two where their namespaces are."""
    lab.need_users()
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.getsockopt(socket.SOL_SOCKET, SO_NETNS_COOKIE, 8)
        except OSError:
            raise Skip("this kernel does not tell namespaces apart") from None
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    message = told_by_daemon(lab, hooks)
    serve(lab, *hooks)
    tell = (sys.executable, "-c", TELL, address(), message.hex())
    for space, knows in (lab.client, False), (lab.here, False), (lab.client, True):
        subprocess.run(space.enter(*tell), check=True, timeout=60)
        assert ("old_ip_address" in lab.told()[-1]) == knows, lab.told()
    assert len(lab.told("BOUND")) == 3


def known_of(message, ifindex):
    """The same as a lease that the hooks of another interface were told of before."""
    known = b"\1"
    return message[:4] + ifindex.to_bytes(4, "big") + message[8:12] + known + message[13:]


@lasts(3)
def test_hook_service_of_many_who_went(lab):
    """Daemons that never come back leave room for others."""
    lab.need_users()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    message = told_by_daemon(lab, hooks)
    runner = serve(lab, *hooks)
    for begin in range(10000, 16000, 2000):
        with connect(address()) as peer:
            for ifindex in range(begin, begin + 2000):
                peer.send(known_of(message, ifindex))
    with connect(address()) as peer:
        peer.send(message)
        assert peer.recv(64)
    assert not runner.find("too many interfaces")


@lasts(2)
def test_hook_service_without_descriptors(lab):
    """Who cannot be accepted yet waits, and the runner does, too."""
    lab.need_users()
    hooks = lab.telling_hook()
    runner = serve(lab, *hooks)
    pid = runner.pid
    _, most = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (66, most))  # of all that it polls
    peers = [connect(address()) for _ in range(64)]
    runner.wait_line("hooks have to wait: Too many open files")
    ran = cpu_ns(pid)
    time.sleep(1)
    assert cpu_ns(pid) - ran < 0.1e9, "it tries all the time"
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (most, most))
    peers[-1].send(b"x")
    assert is_turned_away(peers[-1])
    assert len(runner.find("hooks have to wait")) == 1


def test_hook_service_and_root(lab):
    """A daemon that can run hooks by itself does."""
    lab.need_users()
    lab.need_ctl()
    lab.server(lease=3600)
    hooks = lab.telling_hook()
    serve(lab, *hooks)
    lab.bound(*hooks)
    lab.wait_told("BOUND")
    assert hooks_of(lab)["state"] == "running"
    assert len(lab.told()) == 1


def test_hook_service_twice(lab):
    lab.need_users()
    hooks = lab.telling_hook()
    serve(lab, *hooks)
    second = lab.tenured("--hook-runner", *hooks)
    second.ends(75)
    assert "a hook runner serves /run/tenured" in second.output
    (lab.dir / "hooks").chmod(0o777)
    other = lab.tenured("--hook-runner", "--instance", "other", *hooks)
    other.ends(1)
    assert "others than root could change it" in other.output


@lasts(6)
def test_hook_service_ends(lab):
    """SIGTERM does not wait for a hook that hangs, nor leave it behind."""
    lab.need_users()
    lab.server(lease=3600)
    hooks = lab.hook("10-hang", f"echo $$ >{lab.dir}/pid; sleep 1000; exit 0")
    runner = serve(lab, *hooks, "--hook-timeout", "60")
    start(lab, *hooks).wait_line("eth0: leased|eth0: .*10.0.0.10")
    eventually("a hook", lambda: (lab.dir / "pid").exists() and (lab.dir / "pid").read_text())
    begin = time.monotonic()
    runner.send(signal.SIGTERM)
    runner.ends(0)
    assert time.monotonic() - begin < 40, "much less than the hook would have had"
    pid = int((lab.dir / "pid").read_text())
    eventually("no hook left", lambda: not re.search(r"^State:\t[^Z]", system.status(pid), re.M))
