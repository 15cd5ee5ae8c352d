"""Runs every bench, each in a process of its own, and shows all figures in one table::

    make bench                          the table; the figures as JSON go to run/bench.json
    make bench ARGS="--json"            the JSON on standard output
    make bench ARGS="--only face"       one bench
    make bench ARGS="--write-docs"      the tables in docs/benchmarks.md and README.md as well

Speed is measured here and nowhere asserted: a goal that is missed says so in the table, and the exit status stays 0.
It is 1 only where a bench breaks.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from figures import Figure, number

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RESULTS = ROOT / "run" / "bench.json"
# Name -> (title, about how long it takes, in seconds)
BENCHES = {
    "controller": ("A transaction in real time", 95),
    "process": ("The controller as a process", 180),
    "throughput": ("On the simulated clock", 30),
    "door": ("The door controller", 40),
    "document": ("Document", 5),
    "trust": ("Trust", 10),
    "face": ("Face", 90),
    "telemetry": ("Events", 25),
}
LIMIT_S = 600
Results = dict[str, list[Figure]]


class BenchBroke(Exception):
    """The text says which one, and what it said last."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure the lane.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    parser.add_argument("--only", choices=BENCHES, action="append", help="run this bench (may be given again)")
    parser.add_argument("--write-docs", action="store_true", help="write the tables into the pages too")
    options = parser.parse_args(arguments)
    if options.write_docs and options.only:
        parser.error("--write-docs needs every bench; leave --only away")
    begun_s = time.monotonic()
    try:
        results = {name: measure(name) for name in options.only or BENCHES}
    except BenchBroke as error:
        say(f"bench: {error}")
        return 1
    text = json.dumps(as_json(results), indent=2, ensure_ascii=False) + "\n"
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(text, "utf-8")
    if options.write_docs:
        write_between(ROOT / "docs" / "benchmarks.md", "\n".join(markdown(results, everything=True)))
        write_between(ROOT / "README.md", "\n".join(markdown(results, everything=False)))
    sys.stdout.write(text if options.json else "\n".join(plain(results)) + "\n")
    say(f"\n{time.monotonic() - begun_s:.0f} s; as JSON in {RESULTS.relative_to(ROOT)}")
    return 0


def say(line: str) -> None:
    """Progress goes to standard error, so that --json stays JSON."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def measure(name: str) -> list[Figure]:
    """Run one bench and read its figures."""
    title, usual_s = BENCHES[name]
    sys.stderr.write(f"{name:<12} {title}, about {usual_s} s … ")
    sys.stderr.flush()
    begun_s = time.monotonic()
    try:
        done = subprocess.run(
            [sys.executable, str(HERE / f"bench_{name}.py")],
            capture_output=True, text=True, timeout=LIMIT_S, cwd=ROOT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BenchBroke(f"{name} did not end within {LIMIT_S} s") from None
    if done.returncode:
        last = (done.stderr.strip() or "it said nothing").splitlines()[-1]
        raise BenchBroke(f"{name} broke: {last}; run it alone: python tests/bench/bench_{name}.py")
    say(f"{time.monotonic() - begun_s:.0f} s")
    return [Figure.from_json(fields) for fields in json.loads(done.stdout)]


def machine() -> str:
    """What it was measured on, without naming anybody's machine."""
    return f"{len(os.sched_getaffinity(0))} {platform.machine()} cores, Python {platform.python_version()}"


def as_json(results: Results) -> dict[str, object]:
    return {"machine": machine(), "figures": {name: [f.as_json() for f in found] for name, found in results.items()}}


def plain(results: Results) -> list[str]:
    """For a terminal."""
    width = max(len(figure.name) for found in results.values() for figure in found) + 2
    lines = []
    for name, found in results.items():
        lines += ["", BENCHES[name][0]]
        lines += [f"  {f.name:<{width}}{number(f.value):>8} {f.unit:<6}  {f.judged}" for f in found]
    return [*lines, "", f"measured on {machine()}"]


def markdown(results: Results, everything: bool) -> list[str]:
    """``everything``: every figure, under its bench's title; else the headline ones in one table."""
    head = ["| Figure | Measured | Goal, or what stands beside it |", "|---|---:|---|"]
    if not everything:
        return head + [row(f) for found in results.values() for f in found if f.headline]
    lines = [f"Measured on {machine()}.", ""]
    for name, found in results.items():
        lines += [f"### {BENCHES[name][0]}", "", *head, *(row(f) for f in found), ""]
    return lines[:-1]


def row(figure: Figure) -> str:
    name = f"– {figure.name.strip()}" if figure.name.startswith(" ") else figure.name
    return f"| {name} | {number(figure.value)} {figure.unit} | {figure.judged} |"


def write_between(path: Path, table: str) -> None:
    """Replace what stands between the file's two markers."""
    begin, end = "<!-- bench: begin -->", "<!-- bench: end -->"
    text, found = re.subn(
        rf"{begin}.*?{end}", lambda _: f"{begin}\n{table}\n{end}", path.read_text("utf-8"), flags=re.DOTALL
    )
    if found != 1:
        raise BenchBroke(f"{path.name}: expected the markers {begin} and {end} once, found them {found} times")
    path.write_text(text, "utf-8")


if __name__ == "__main__":
    sys.exit(main())
