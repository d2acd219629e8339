# SPDX-License-Identifier: BSD-2-Clause
"""What was measured, as a table, as a plot, and as a part of README."""

import datetime
import json
import os
import platform
import re
import shutil
import statistics
import subprocess

from .rows import ROWS

COLOURS = {  # of who is measured, in the order of the columns
    "tenured": "#c0392b", "floor": "#7f8c8d", "dhcpcd": "#2980b9", "dhclient": "#27ae60",
    "udhcpc": "#f39c12", "networkd": "#8e44ad",
}


def machine():
    """What kind of machine this is; not which."""
    text = open("/proc/cpuinfo", encoding="utf-8").read()
    model = re.search(r"^model name\s*: (.*)", text, re.M)
    return (f"{model[1] if model else platform.machine()}, {os.cpu_count()} cores, "
            f"Linux {re.match(r'[0-9.]*[0-9]', platform.release())[0]}")


class Results:
    """Every value of every repetition, by row and contender; when, and on what machine."""

    def __init__(self, path=None):
        self.all, self.about = {}, {
            "date": datetime.date.today().isoformat(), "machine": machine(),
            "load": os.getloadavg()[0], "notes": []}
        if path:
            kept = json.loads(path.read_text())
            self.all, self.about = kept["values"], kept["about"]

    def keep(self, path):
        path.write_text(json.dumps({"about": self.about, "values": self.all}, indent=1))

    def add(self, row, contender, value):
        self.all.setdefault(row, {}).setdefault(contender, []).append(value)

    def values(self, row, contender):
        return self.all.get(row, {}).get(contender, [])

    def known(self, row, contender):
        return [value for value in self.values(row, contender) if value is not None]

    def median(self, row, contender):
        """None where there is none, or where it failed as often as not."""
        known = self.known(row, contender)
        if not known or 2 * len(known) < len(self.values(row, contender)):
            return None
        return statistics.median(known)

    def contenders(self):
        """Who has a value, in the order of the columns."""
        return [name for name in COLOURS if any(name in row for row in self.all.values())]


def show_list(groups):
    for name, function in groups.items():
        print(f"{name}: {function.__doc__}")
        for row in ROWS:
            if row.group == name:
                target = f"  (target: {row.target()} {row.unit})" if row.target() else ""
                print(f"    {row.name}: {row.what}{target}")


def number(value, digits):
    if value is None:
        return "-"
    return f"{value:,.{digits if abs(value) < 100 else min(digits, 1)}f}"


def cells(results, row, names):
    """The row's columns; the ratio is of medians, and of the least of each."""
    known = results.known(row.name, "tenured")
    spread = f"{number(min(known), row.digits)}-{number(max(known), row.digits)}" if len(
        known) > 1 else ""
    ours, floor = results.median(row.name, "tenured"), results.median(row.name, "floor")
    ratio = f"{ours / floor:.1f}" if ours and floor else ""
    others = results.known(row.name, "floor")
    least = f"{min(known) / min(others):.1f}" if ratio and min(others) > 0 else ""
    verdict = {True: "yes", False: "NO", None: ""}[row.met(results)]
    values = [number(results.median(row.name, name), row.digits)
              if results.values(row.name, name) else "" for name in names]
    return [row.what, row.unit, row.target(), verdict, values[0], spread, *values[1:2], ratio,
            least, *values[2:]]


def aligned(rows, left):
    """Rows of cells as lines; so many of the first columns begin on the left."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) if i < left else cell.rjust(width) for i, (cell, width)
                        in enumerate(zip(row, widths))).rstrip()


def table(results):
    """The whole table, as lines."""
    names = ["tenured", "floor"] + [name for name in results.contenders()
                                    if name not in ("tenured", "floor")]
    head = ["", "", "target", "met", "tenured", "(spread)", "floor", "x floor", "by least",
            *names[2:]]
    body = [cells(results, row, names) for row in ROWS if row.name in results.all]
    return aligned([head, *body], left=2)


def plot(results, directory):
    """A picture by gnuplot; its path, or None if there is no gnuplot."""
    if not shutil.which("gnuplot"):
        print("# no gnuplot here: no plot")
        return None
    rows = [row for row in ROWS if row.plotted and row.name in results.all]
    names = [name for name in results.contenders()
             if any(results.median(row.name, name) for row in rows)]
    if not names:
        return None
    data = directory / "plot.data"
    with open(data, "w", encoding="utf-8") as file:
        print("row", *names, file=file)
        for row in rows:
            values = [results.median(row.name, name) for name in names]
            print(f'"{row.plotted}"', *("?" if value is None else f"{max(value, 0.01):g}"
                                             for value in values), file=file)
    picture = directory / "bench.png"
    subprocess.run(["gnuplot"], check=True, text=True, input=f"""
set terminal png size 960,420 noenhanced
set output "{picture}"
set datafile missing "?"
set style data histogram
set style histogram clustered gap 1
set style fill solid 0.8
set logscale y
set format y "%g ms"
set grid y
set key outside top center horizontal
set xtics font ",10"
set xrange [-0.6:{len(rows) - 0.4}]
set bmargin 3
colours = "{" ".join(COLOURS[name] for name in names)}"
plot for [i=2:{len(names) + 1}] "{data}" using i:xtic(1) title columnheader(i) \
    linecolor rgb word(colours, i - 1)
""")
    return picture


def readme_table(results):
    """A narrow one, without spread: rows with a target, and what each part costs."""
    names = results.contenders()
    body = [[row.what + (f", {row.unit}" if row.unit else ""), row.target(), *(
        number(results.median(row.name, name), row.digits) if results.values(row.name, name)
        else "" for name in names)] for row in ROWS if row.name in results.all and (
                row.target() or row.group == "costs")]
    return aligned([["", "target", *names], *body], left=1)


def update_readme(results, source, picture):
    """Writes README's section "How fast" anew, and puts the plot beside this."""
    path = source / "README"
    text = path.read_text(encoding="utf-8")
    about = results.about
    busy = "" if about["load"] <= os.cpu_count() else (
        "; the machine\nwas busy with other things, too: read ratios, not milliseconds")
    section = f"""How fast
--------

Measured {about["date"]} by make bench on {about["machine"]}{busy}.
Medians; the floor is the least program that gets a lease. tests/bench/README says how
each row is measured; tests/bench/plot.png shows some.

{chr(10).join("    " + line for line in readme_table(results))}


"""
    text, count = re.subn(r"^How fast\n-+\n.*?(?=^[^\n]+\n---)", lambda _: section, text,
                          flags=re.M | re.S)
    if count != 1:
        raise SystemExit("README has no section 'How fast'")
    path.write_text(text, encoding="utf-8")
    if picture:
        shutil.copy(picture, source / "tests/bench/plot.png")


def show(results, options, source):
    """Prints the table and keeps it, and all values; targets change no exit code."""
    about = results.about
    text = "\n".join([f"{about['date']}, {about['machine']}, load {about['load']:.1f}", "",
                      *table(results), "", *about["notes"], ""])
    print(text)
    (options.output / "table.txt").write_text(text, encoding="utf-8")
    results.keep(options.output / "results.json")
    picture = plot(results, options.output)
    if options.update:
        update_readme(results, source, picture)


def smoke(results):
    """Whether everybody came to something in each row; the exit code."""
    failed = [f"{name} of {row}" for row, values in results.all.items()
              for name in values if results.median(row, name) is None]
    print(*(f"FAILED   {each}" for each in failed), sep="\n", end="\n" if failed else "")
    print(f"{sum(map(len, results.all.values())) - len(failed)} passed, {len(failed)} failed, "
          "0 skipped")
    return 1 if failed or not results.all else 0
