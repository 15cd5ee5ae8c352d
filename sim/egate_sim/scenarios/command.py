"""``egate-sim scenario``: list the edge cases, or play one in simulated time and judge it."""

import argparse
import dataclasses
import json
import sys

from egate.runtime.narrator import Narrator
from egate_sim.scenarios import SCENARIOS
from egate_sim.scenarios.run import Result, run_scenario


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", help="which one; --list names them")
    parser.add_argument("--list", action="store_true", help="list the scenarios")
    parser.add_argument("--seed", type=int, default=1, help="decides everything in the simulated world")
    parser.add_argument("--json", action="store_true", help="print the outcome as JSON and nothing else")


def run(options: argparse.Namespace) -> int:
    """Exit status: 0 when what happened is what was expected."""
    if options.list:
        print("\n".join(f"{s.name:<28} {s.what}" for s in SCENARIOS.values()))
        return 0
    scenario = SCENARIOS.get(options.name)
    if scenario is None:
        print(f"egate-sim: no scenario is called {options.name!r}; see egate-sim scenario --list", file=sys.stderr)
        return 2
    if options.json:
        result = run_scenario(scenario, options.seed)
        print(json.dumps({**dataclasses.asdict(result), "ok": result.ok}, indent=2))
    else:
        print(f">> {scenario.what}")
        result = run_scenario(scenario, options.seed, _say, lambda now_ms: Narrator(print, now_ms, sys.stdout.isatty()))
        _tell(result)
    return 0 if result.ok else 1


def _say(line: str) -> None:
    print(f">> {line}")


def _tell(result: Result) -> None:
    for ending in result.endings:
        print(f"   {ending}")
    for problem in result.problems:
        print(f"!! {problem}")
    verdict = "as expected" if result.ok else "NOT as expected"
    print(f"{result.name}: {verdict}; {result.simulated_s} s of lane time")
