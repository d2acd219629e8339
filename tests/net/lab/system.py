# SPDX-License-Identifier: BSD-2-Clause
"""Processes and mounts: what Python's standard library leaves to C."""

import array
import ctypes
import fcntl
import os
import re
import select
import signal
import socket
import subprocess
import termios
import threading
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36

# For what comes in a moment where nothing else runs. It bears nothing on a test that
# passes, and saves one on a machine that has much else to do.
PATIENCE_S = 100.0

libc = ctypes.CDLL(None, use_errno=True)


def reap_descendants():
    """Become the parent of every orphan below, so that none can get away."""
    libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent():
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


def children(pid):
    """The children of each thread of a process."""
    found = []
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found  # it ended meanwhile
    for thread in threads:
        try:
            text = Path(f"/proc/{pid}/task/{thread}/children").read_text()
        except OSError:
            continue  # or that thread did
        found += [int(child) for child in text.split()]
    return found


def descendants(pid=None):
    below = []
    for child in children(pid or os.getpid()):
        below += [child, *descendants(child)]
    return below


def status(pid):
    """/proc/PID/status; empty if it ended."""
    try:
        return Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return ""


def switches(pid):
    """How often a process went to sleep, and so was awake."""
    return int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", status(pid), re.M)[1])


def cpu_ns(pid):
    """The time that a process has run, by the scheduler."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def opened(pid):
    """What the descriptors of a process lead to; one that is closed meanwhile is none."""
    found = []
    for fd in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
        except FileNotFoundError:
            pass
    return found


def listens(path):
    """Whether connections are taken there: a socket's file comes some time before that."""
    with socket.socket(socket.AF_UNIX) as peer:
        return peer.connect_ex(str(path)) == 0


def reap_crashed():
    """Reaps what has ended, and tells what ended by a fault of its own."""
    faults = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL,
              signal.SIGFPE, signal.SIGTRAP, signal.SIGSYS}
    crashed = []
    try:
        while True:
            pid, how = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return crashed
            if os.WIFSIGNALED(how) and os.WTERMSIG(how) in faults:
                crashed.append(f"process {pid}: {signal.Signals(os.WTERMSIG(how)).name}")
    except ChildProcessError:
        return crashed


def kill_descendants():
    """Kill all that was started here and below, and wait for its end."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        pids = descendants()
        if not pids:
            return
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        reap_crashed()
        time.sleep(0.01)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


class Process:
    """A process, and every line that it and its children print."""

    def __init__(self, command, **options):
        self.command = command
        self.lines = []  # (time, text)
        self.news = threading.Condition()
        self.rest = b""  # of a line that has no end yet
        self.stopping = None  # when it was told to end
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, bufsize=0, **options)
        self.pid = self.process.pid
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        pipe = self.process.stdout.fileno()
        news = select.poll()
        news.register(pipe)
        while True:
            news.poll()
            with self.news:
                octets = os.read(pipe, 65536)
                *whole, self.rest = (self.rest + octets).split(b"\n")
                if not octets and self.rest:
                    whole, self.rest = [self.rest], b""
                self.lines += [(time.monotonic(), line.decode(errors="replace"))
                               for line in whole]
                self.news.notify_all()
            if not octets:
                return

    def _read_up(self, to_the_end=False):
        """Waits until all whole lines that were printed by now are among the lines.

        Not for the end of the pipe, which a child in the background may keep.
        """
        unread = array.array("i", [0])
        deadline = time.monotonic() + PATIENCE_S
        while self.reader.is_alive() and time.monotonic() < deadline:
            with self.news:
                fcntl.ioctl(self.process.stdout, termios.FIONREAD, unread)
                if not unread[0] and not (to_the_end and self.rest):
                    return
            time.sleep(0.001)

    @property
    def output(self):
        return "\n".join(text for _, text in self.lines)

    def _find(self, pattern, since):
        return [(at, text) for at, text in list(self.lines)
                if at >= since and re.search(pattern, text)]

    def find(self, pattern, since=0.0):
        """The times and texts of the lines by now that a pattern is found in."""
        self._read_up()
        return self._find(pattern, since)

    def wait_line(self, pattern, timeout=PATIENCE_S, since=0.0):
        """The first such line's time and text, as soon as there is one."""
        deadline = time.monotonic() + timeout
        with self.news:
            while True:
                found = self._find(pattern, since)
                if found:
                    return found[0]
                left = deadline - time.monotonic()
                if left <= 0 or not self.reader.is_alive():
                    raise AssertionError(
                        f"no line like {pattern!r} from {self.command}:\n{self.output}")
                self.news.wait(min(left, 0.2))

    @property
    def running(self):
        return self.process.poll() is None

    def wait(self, timeout=PATIENCE_S):
        """The exit code, once all that it printed is read."""
        try:
            code = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"still running after {timeout} s: {self.command}\n{self.output}") from None
        self._read_up(to_the_end=True)
        return code

    def ends(self, code, timeout=PATIENCE_S):
        """Waits for its end, which is with this exit code."""
        ended = self.wait(timeout)
        assert ended == code, f"exit code {ended} instead of {code}:\n{self.output}"

    def send(self, number):
        self.process.send_signal(number)

    def stop(self, number=signal.SIGTERM, timeout=PATIENCE_S):
        if self.running:
            self.stopping = time.monotonic()
            self.send(number)
        return self.wait(timeout)
