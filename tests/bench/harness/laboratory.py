# SPDX-License-Identifier: BSD-2-Clause
"""The namespaces that the bench itself is in, and the files that are its own there."""

import itertools
import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab import system

INSIDE = "TENURED_BENCH_INSIDE"
WORK = Path("/mnt/bench")  # on a file system of the bench; contenders see it, too
HOOKS = WORK / "hooks"
TOOLS = ("ip", "unshare", "nsenter", "mount")
numbers = itertools.count()


def why_not():
    """Why this cannot be here; None: it can."""
    if os.geteuid() != 0:
        return "not root, who alone can make what others' programs run in"
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        return f"no {', '.join(missing)} here"
    trial = subprocess.run(["unshare", "-nm", "true"], stderr=subprocess.PIPE, text=True)
    return trial.stderr.strip() if trial.returncode else None


def enter():
    """Goes on in network and mount namespaces of its own; ends if there are none."""
    if INSIDE in os.environ:
        system.reap_descendants()
        return
    why = why_not()
    if why:
        print(f"SKIPPED: the bench: {why}")
        print("0 passed, 0 failed, 1 skipped")
        sys.exit(0)
    os.environ[INSIDE] = "1"
    os.execvp("unshare", ["unshare", "-nm", "--propagation", "private", sys.executable,
                          *sys.argv])


def set_up(source, peers=None):
    """/run, /var/lib and /etc are its own from now on; so is what peers adds to /usr."""
    for path in ("/run", "/var/lib", WORK.parent):
        system.mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(path))
    if os.access("/proc/1/ns/net", os.R_OK):  # no daemon is named by its namespace
        system.mount("-t", "tmpfs", "tmpfs", "/proc/1/ns")
    WORK.mkdir()
    etc = WORK / "etc"
    subprocess.run(["cp", "-a", "/etc", etc], check=True)
    if peers:
        subprocess.run(["cp", "-a", f"{peers}/etc/.", etc], check=False)
        system.mount("-t", "overlay", "-o", f"lowerdir={peers}/usr:/usr", "overlay", "/usr")
    system.mount("--bind", str(etc), "/etc")
    shutil.copytree(source / "src/hooks", HOOKS)
    for path in HOOKS.iterdir():
        path.chmod(0o755)


def new_directory():
    path = WORK / str(next(numbers))
    path.mkdir()
    return path
