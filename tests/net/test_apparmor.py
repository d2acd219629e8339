# SPDX-License-Identifier: BSD-2-Clause
"""The profile of contrib/apparmor: good, and wide enough for what the daemon opens.

No kernel has to know AppArmor: the rules are held against a trace of each file that
the real daemon opens, makes, renames and removes, from an initramfs to its end.
"""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from lab import Skip, eventually

PROFILE = Path(__file__).resolve().parents[2] / "contrib/apparmor/usr.sbin.tenured"
VARIABLES = {"@{run}": "(?:/var)?/run", "@{PROC}": "/proc", "@{sys}": "/sys",
             "@{pid}": "(?:[0-9]+|self)"}
# What abstractions/base is for; and the programs of the test, which lie elsewhere.
ANYBODYS = re.compile(r"/(?:usr/)?lib|/etc/ld\.so|/etc/locale|/etc/localtime|/dev/(?:null|u?random)"
                      r"|/usr/share/(?:locale|zoneinfo)")
CALL = re.compile(r"^(\w+)\((.*)\) += (-?\d+)")
OPENS = re.compile(r'^(?:\w+<(.*?)>|AT_FDCWD(?:<.*?>)?), "([^"]*)"(?:, ([A-Z_|]+))?')
RENAMES = re.compile(r'(?:\d+<([^>]*)>|AT_FDCWD(?:<[^>]*>)?), "([^"]*)"')


def regex(glob):
    """A path of the profile as a regular expression."""
    for name, what in VARIABLES.items():
        glob = glob.replace(name, f"\0{what}\0")
    out = []
    for i, part in enumerate(glob.split("\0")):
        if i % 2:
            out.append(part)
            continue
        for token in re.findall(r"\*\*|\*|\?|[{},]|[^*?{},]+", part):
            out.append({"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")",
                        ",": "|"}.get(token, re.escape(token)))
    return re.compile("".join(out) + r"\Z")


def rules():
    """Each path with what may be done with it, as pairs."""
    found = []
    for line in PROFILE.read_text().splitlines():
        rule = re.match(r"  ([/@]\S+) ([a-zA-Z]+),$", line)
        if rule and not rule[1].startswith("@{exec"):
            found.append((regex(rule[1]), set(rule[2].lower())))
    assert len(found) > 30, "the profile was not understood"
    return found


def wants(call, arguments, result):
    """What a call does: pairs of a path and what has to be allowed."""
    if result < 0:
        return
    if call == "openat":
        opened = OPENS.match(arguments)
        # By O_PATH nothing is opened yet: the sandbox names what is within reach.
        if not opened or "O_PATH" in (opened[3] or ""):
            return
        directory, name, flags = opened[1] or "", opened[2], opened[3] or ""
        path = os.path.normpath(os.path.join(directory, name))
        writes = {"w"} if "O_WRONLY" in flags or "O_CREAT" in flags else set()
        if "O_RDWR" in flags:
            writes = {"r", "w"}
        yield path + "/" * os.path.isdir(path), writes or {"r"}
    elif call in ("renameat", "renameat2", "unlinkat", "mkdirat", "mkdir", "rename", "unlink"):
        named = RENAMES.findall(arguments) or [("", name) for name in
                                               re.findall(r'"([^"]*)"', arguments)]
        for directory, name in named:
            path = os.path.normpath(os.path.join(directory, name))
            yield path + "/" * call.startswith("mkdir"), {"w"}


def denied(trace, allowed):
    """What the profile would not let it do, and how much it would."""
    out, count = set(), 0
    for line in trace.read_text().splitlines():
        call = CALL.match(line)
        for path, needs in wants(call[1], call[2], int(call[3])) if call else ():
            if not path.startswith(("/run", "/var", "/etc", "/proc", "/sys")) or \
                    ANYBODYS.match(path):
                continue
            path = re.sub(r"^/proc/self/", "/proc/1/", path)
            count += 1
            may = set().union(*(words for rule, words in allowed if rule.match(path)))
            if needs - may:
                out.add(f"{path} {''.join(sorted(needs))}")
    return out, count


def traced(lab, trace, *arguments):
    if not shutil.which("strace"):
        raise Skip("no strace here")
    return lab.tenured(*arguments, "eth0", under=("strace", "-qq", "-y", "-o", trace, "-e",
                                                  "trace=%file"))


def test_apparmor_profile_is_good(_lab):
    """By the parser of AppArmor itself, without a kernel that takes it."""
    if not shutil.which("apparmor_parser") or not Path("/etc/apparmor.d/abi").exists():
        raise Skip("no apparmor_parser here")
    # The profile says which rules it is written in; of the kernel here nothing follows.
    features = "/etc/apparmor.d/" + re.search(r"abi <(.*)>,", PROFILE.read_text())[1]
    done = subprocess.run(["apparmor_parser", "--skip-kernel-load", "--skip-cache",
                           "--kernel-features", features, "--warn=all", "--Werror",
                           str(PROFILE)], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout


def test_apparmor_profile_is_wide_enough(lab):
    """A lease in an initramfs, taken over, renewed and released: nothing is denied."""
    lab.server(lease=600)
    allowed = rules()
    trace = lab.dir / "trace"
    early = traced(lab, trace, "--oneshot", "--state-dir", "/run/tenured/initramfs", "-c", "duid")
    assert early.wait() == 0
    refused, count = denied(trace, allowed)
    assert not refused and count > 10, (refused, count)
    # Who else might be there is looked for, too.
    Path("/run/dhclient.eth0.pid").write_text("1\n")
    Path("/run/dhcpcd").mkdir(exist_ok=True)
    Path("/run/dhcpcd/eth0.pid").write_text("1\n")
    client = traced(lab, trace, "-f", "-v", "--state-dir", "/var/lib/tenured", "-c", "duid",
                    "--pidfile", "/run/tenured.pid")
    client.wait_line("its lease comes from the initramfs")
    client.wait_line("eth0: (confirmed|leased) ")
    for number, line in ((signal.SIGUSR1, "RENEWING -> BOUND"), (signal.SIGUSR2, "is gone"),
                         (signal.SIGTERM, None)):
        eventually("the daemon", lab.daemons)
        for pid in lab.daemons():
            os.kill(pid, number)
        if line:
            client.wait_line(line)
    client.wait()
    refused, count = denied(trace, allowed)
    assert not refused and count > 30, (refused, count)
    # And it is not the check that lets all pass.
    assert denied(trace, [rule for rule in allowed if "tenured" not in rule[0].pattern])[0]
