"""Throws mutated inputs at everything that reads bytes of a stranger::

    make fuzz                                           every target, ten seconds each
    make fuzz ARGS="--seconds 60 --target sod"          one target (may be given again), for a minute
    make fuzz ARGS="--executions 5000 --seed 7"         a run that the same Python repeats exactly
    make fuzz ARGS="--target dg2 --replay FILE"         one input, with the trace of what it breaks
    make fuzz ARGS="--seconds 60 --write-corpus"        makes tests/fuzz/corpus anew: seeds and what was found from them

What breaks the promise (fuzzing/engine.py) is kept in run/fuzz/TARGET and makes the exit status 1. Once mended, such an
input belongs into tests/fuzz/corpus/TARGET under a name that begins with "found-"; make test replays it for ever.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FINDINGS = ROOT / "run" / "fuzz"
sys.path.insert(0, str(HERE.parent / "helpers"))

from fuzzing.corpus import CORPUS, FOUND, corpus  # noqa: E402 - the path comes first
from fuzzing.engine import Finding, Fuzzer, Target, distilled  # noqa: E402
from fuzzing.targets import TARGETS  # noqa: E402

_DEFAULT_SECONDS = 10
_BATCH = 25  # executions between two looks at the clock


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    name: str
    executions: int
    per_second: float
    arcs: int
    new_arcs: int
    pool: int
    most_steps: int
    findings: int


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    options = _options(arguments)
    targets = [TARGETS[name] for name in options.target or TARGETS]
    if options.replay:
        return _replay(targets[0], options.replay)
    rows = []
    for target in targets:
        fuzzer = Fuzzer(target, options.seed)
        rows.append(_explore(fuzzer, options))
        if options.write_corpus:
            _write_corpus(fuzzer)
        for finding in fuzzer.report.findings.values():
            _keep(target, finding)
    _show(rows)
    return int(any(row.findings for row in rows))


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make fuzz", description="Fuzz whatever reads bytes of a stranger.")
    parser.add_argument("--target", choices=TARGETS, action="append", metavar="NAME", help=f"of: {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=float, default=_DEFAULT_SECONDS, help="for each target (default %(default)s)")
    parser.add_argument("--executions", type=int, help="for each target, in place of a time")
    parser.add_argument("--seed", type=int, default=0, help="of the mutations (default %(default)s)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run this input alone")
    parser.add_argument("--write-corpus", action="store_true", help="begin with the seeds; keep what reaches further")
    options = parser.parse_args(arguments)
    if options.replay and len(options.target or ()) != 1:
        parser.error("--replay needs one --target")
    return options


def _explore(fuzzer: Fuzzer, options: argparse.Namespace) -> Row:
    """Begin with the corpus, or with the seeds where a corpus is to be made, and go on until time is up."""
    name, begun_s = fuzzer.target.name, time.monotonic()
    fuzzer.replay([*corpus(name, FOUND), *fuzzer.target.seeds()] if options.write_corpus else corpus(name))
    known = len(fuzzer.reach.seen)
    while True:
        spent_s = time.monotonic() - begun_s
        left = options.executions - fuzzer.report.executions if options.executions else options.seconds - spent_s
        if left <= 0:
            break
        fuzzer.explore(min(_BATCH, left) if options.executions else _BATCH)
        _progress(f"{name}: {fuzzer.report.executions} executions, {len(fuzzer.reach.seen)} arcs, {spent_s:.0f} s")
    _progress("")
    report, spent_s, seen = fuzzer.report, max(time.monotonic() - begun_s, 1e-9), len(fuzzer.reach.seen)
    return Row(
        name=name,
        executions=report.executions,
        per_second=report.executions / spent_s,
        arcs=seen,
        new_arcs=seen - known,
        pool=len(report.pool),
        most_steps=report.most_steps,
        findings=len(report.findings),
    )


def _replay(target: Target, path: Path) -> int:
    fuzzer = Fuzzer(target)
    fuzzer.replay([path.read_bytes()])
    for finding in fuzzer.report.findings.values():
        say(f"{finding.breach}: {finding.place}\n{finding.trace}")
    say(f"{target.name}: {fuzzer.report.most_steps} steps, {len(fuzzer.report.findings)} findings")
    return int(bool(fuzzer.report.findings))


def _write_corpus(fuzzer: Fuzzer) -> None:
    """Replace all but what was found by earlier runs, which stays for ever."""
    folder = CORPUS / fuzzer.target.name
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        if not path.name.startswith(FOUND):
            path.unlink()
    for data in distilled(fuzzer, fuzzer.report.pool):
        (folder / _name(data)).write_bytes(data)


def _keep(target: Target, finding: Finding) -> None:
    folder = FINDINGS / target.name
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / _name(finding.data)
    path.write_bytes(finding.data)
    say(f"{target.name}: {finding.breach}, {finding.place}")
    say(f'  make fuzz ARGS="--target {target.name} --replay {path.relative_to(ROOT)}"')


def say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _name(data: bytes) -> str:
    return f"{hashlib.sha256(data).hexdigest()[:16]}.bin"


def _progress(text: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{text}")
        sys.stderr.flush()


def _show(rows: Sequence[Row]) -> None:
    say(
        f"{'target':20} {'executions':>10} {'per s':>7} {'arcs':>6} {'new':>5} {'kept':>5} {'steps':>8} {'findings':>8}"
    )
    for row in rows:
        say(
            f"{row.name:20} {row.executions:10} {row.per_second:7.0f} {row.arcs:6} {row.new_arcs:5} {row.pool:5} "
            f"{row.most_steps:8} {row.findings:8}"
        )


if __name__ == "__main__":
    sys.exit(main())
