# SPDX-License-Identifier: BSD-2-Clause
"""The examples of the manual: found in the pages, run as they stand, compared.

An example is a literal block, or a line behind .Dl: in EXAMPLES each, elsewhere those
that begin with a command line. "$ " is a command of anybody, "# " one of root, "> "
goes on with one; what follows is what is shown then. What "cat FILE" shows is what the
file holds. Without commands it is a file: a hook, a program, a configuration.

What is shown is compared in shape: addresses, times, numbers and white space may be
others, "..." is anything.
"""

import functools
import os
import re
import subprocess
from pathlib import Path

from .lab import NOBODY, eventually
from .system import Process

SOURCE = Path(os.environ.get("TENURED_SOURCE") or Path(__file__).resolve().parents[3])
PROGRAMS = "tenured|tenurectl|tenured-replay|ln|exec tenured"
ESCAPES = {r"\e": "\\", r"\-": "-", r"\&": ""}

ANY = (  # what may be otherwise, and what it may be
    (r"\.\.\.", r"(?s:.*?)"),
    (r"\d\d:\d\d:\d\d\.\d+", r"\d\d:\d\d:\d\d\.\d+"),
    (r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}", r"(?:[0-9a-f]{2}:){5}[0-9a-f]{2}"),
    (r"\d+\.\d+\.\d+\.\d+", r"\d+\.\d+\.\d+\.\d+"),
    (r"(?:\d+ (?:ms|s|min|h|d)\b ?)*\d+ (?:ms|s|min|h|d)\b",
     r"(?:\d+ (?:ms|s|min|h|d) ?)*\d+ (?:ms|s|min|h|d)"),
    (r"\d+", r"\d+"),
    (r"\s+", r"\s*"),
)
CLAIMED = {}  # the test of each example


class Example:
    def __init__(self, page, text):
        self.page, self.text = page, text

    @property
    def first(self):
        return self.text.split("\n")[0]

    def commands(self):
        """What is run, by whom, and what is shown then."""
        found = []
        for line in self.text.rstrip("\n").split("\n"):
            if line[:2] in ("$ ", "# "):
                found.append([line[:1], line[2:], ""])
            elif line[:2] == "> ":
                found[-1][1] += "\n" + line[2:].lstrip()
            else:
                found[-1][2] += line + "\n"
        return found


@functools.cache
def examples(page):
    """All of a page."""
    found, section, block = [], "", None
    for line in (SOURCE / "man" / page).read_text().split("\n"):
        text = re.sub(r"\\[e&-]", lambda m: ESCAPES[m[0]], line)
        if line.startswith(".Sh "):
            section = line[4:]
        elif line.startswith(".Bd -literal"):
            block = []
        elif line == ".Ed":
            found.append((section, "\n".join(block) + "\n"))
            block = None
        elif block is not None:
            block.append(text)
        elif line.startswith(".Dl "):
            found.append((section, text[4:] + "\n"))
    return [Example(page, text) for section, text in found
            if section == "EXAMPLES" or re.match(rf"(?:[$#] )?(?:{PROGRAMS}) (?!: )", text)
            or re.search(rf"^# (?:{PROGRAMS}) ", text, re.M)]


def plays(page, *firsts):
    """Mark a test of the examples that begin so; they are its further arguments."""
    def mark(test):
        def play(lab):
            test(lab, *[find(page, first) for first in firsts])
        play.__doc__ = test.__doc__
        for first in firsts:
            assert (page, first) not in CLAIMED, f"{page}: '{first}' is played twice"
            CLAIMED[page, first] = test.__name__
        return play
    return mark


def find(page, first):
    found = [each for each in examples(page) if each.text.startswith(first)]
    assert len(found) == 1, f"{page}: {len(found)} examples begin with '{first}'"
    return found[0]


def shape(shown):
    """A pattern of all that may be there instead of what is shown."""
    split = re.compile("|".join(f"({pattern})" for pattern, _ in ANY))
    parts, at = [], 0
    for match in split.finditer(shown.strip()):
        parts += [re.escape(shown.strip()[at:match.start()]), ANY[match.lastindex - 1][1]]
        at = match.end()
    return re.compile("".join([*parts, re.escape(shown.strip()[at:])]))


def compare(example, command, shown, seen):
    assert shape(shown).fullmatch(seen.strip()), (
        f"man/{example.page} shows of '{command}':\n{shown}\nbut it is:\n{seen}")


class Player:
    """Runs commands in the client's namespace and a directory of the test's own."""

    def __init__(self, lab, options=None):
        """options: what stands before those of tenured."""
        self.lab = lab
        self.dir = lab.dir / "manual"
        self.dir.mkdir()
        program = self.dir / "tenured"
        options = [*lab.drop, "--no-hooks"] if options is None else options
        program.write_text(f'#!/bin/sh\nexec {lab.dir}/tenured {" ".join(options)} "$@"\n')
        program.chmod(0o755)

    def enter(self, who, command):
        """A command line as one of who is "#" or "$"."""
        become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
        return self.lab.client.enter(
            *(become if who == "$" and self.lab.root else []),
            "env", "-C", self.dir, f"PATH={self.dir}:{self.lab.dir}:{os.environ['PATH']}",
            "sh", "-c", command)

    def run(self, example, code=0):
        """Runs all commands of an example, the last of which ends so."""
        commands = example.commands()
        assert commands, example.text
        for at, (who, command, shown) in enumerate(commands):
            if command.startswith("cat "):
                Path(command[4:]).parent.mkdir(parents=True, exist_ok=True)
                Path(command[4:]).write_text(shown)
                continue
            done = subprocess.run(
                self.enter(who, command), check=False, stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            wanted = code if at == len(commands) - 1 else 0
            assert done.returncode == wanted, (command, done.returncode, done.stdout)
            if shown:
                compare(example, command, shown, done.stdout)

    def start(self, example):
        """Starts its only command, which does not end by itself."""
        (who, command, _), = example.commands()
        process = Process(self.enter(who, f"exec {command}"))
        self.lab.clients.append(process)
        return process

    def watch(self, example, meanwhile, lines):
        """Likewise; ends it once it has shown so many lines, and compares."""
        process = self.start(example)
        process.wait_line(".")
        meanwhile()
        eventually("all lines", lambda: len(process.lines) >= lines)
        process.stop()
        (_, command, shown), = example.commands()
        compare(example, command, shown, process.output)
