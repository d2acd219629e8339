# SPDX-License-Identifier: BSD-2-Clause
"""The programs of src/compat in a laboratory, by the names that they have."""

import os
import subprocess
from pathlib import Path

from lab import Skip, eventually
from lab.system import Process


def program(lab, name):
    """The program of this name; it calls the laboratory's tenured."""
    build = Path(os.environ.get("TENURED_BUILD", "build")).resolve() / "tenured-compat"
    if not build.exists():
        raise Skip("built without src/compat")
    folder = lab.dir / "compat"
    folder.mkdir(exist_ok=True)
    path = folder / name
    if not path.exists():
        path.write_bytes(build.read_bytes())
        path.chmod(0o755)
        wrapper = lab.dir / "tenured-here"
        drop = " ".join(lab.drop)
        wrapper.write_text(f'#!/bin/sh\nexec {lab.dir}/tenured {drop} --no-hooks "$@"\n')
        wrapper.chmod(0o755)
    return path


def environment(lab, **more):
    return {**os.environ, "TENURED": str(lab.dir / "tenured-here"),
            "TENURECTL": str(lab.dir / "tenurectl"), **more}


def show(lab, name, line, **more):
    """What a command line becomes."""
    return subprocess.run([program(lab, name), *line.split()], check=True, text=True, cwd="/",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env={**os.environ, "TENURED_COMPAT_SHOW": "1", **more}).stdout.strip()


def begin(lab, name, *arguments, **more):
    """Starts it in the client's namespace, with these variables, too."""
    path = program(lab, name)
    words = [f"{key}={value}" for key, value in environment(lab, **more).items()
             if os.environ.get(key) != value]
    process = Process(lab.client.enter("env", *words, path, *arguments))
    lab.clients.append(process)
    return process


def refused(lab, name, line, *words):
    """It ends as a wrong command line does, and says each of these."""
    done = begin(lab, name, *line.split())
    done.ends(64)
    for word in words:
        assert word in done.output, done.output


def waits(pid, *signals):
    """Sends these to a process, and waits until it is gone."""
    for number in signals:
        os.kill(pid, number)
    eventually("its end", lambda: not Path(f"/proc/{pid}/status").exists() or
               "State:\tZ" in Path(f"/proc/{pid}/status").read_text())


__all__ = ["begin", "environment", "program", "show", "waits"]
