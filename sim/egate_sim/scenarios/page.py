"""Writes docs/scenarios.md, the edge cases that are played on a whole lane: ``python -m egate_sim.scenarios.page``."""

import sys

from egate_sim import generated_page
from egate_sim.scenarios import SCENARIOS, Scenario

_HEAD = """\
# Edge cases

Generated from `sim/egate_sim/scenarios` by `make generate`; do not edit. Each case is played with the real controller,
lines, chip protocol, door firmware and models on a simulated clock by `tests/system/test_scenarios.py`; by hand with
`egate-sim scenario NAME`. After each: nobody is inside, both leaves were never open at once but in an emergency, every
transaction has one record, the vault is empty, nothing personal is on disk.

| Case | What happens | Recorded | Faults raised |
|---|---|---|---|
"""


def render() -> str:
    """The page."""
    return _HEAD + "".join(_row(scenario) for scenario in SCENARIOS.values())


def _row(scenario: Scenario) -> str:
    expected = scenario.expected
    endings = "<br>".join(map(str, expected.endings)) or "nothing"
    faults = ", ".join(f"`{code}`" for code in sorted(expected.faults)) or "none"
    return f"| `{scenario.name}` | {scenario.what} | {endings} | {faults} |\n"


if __name__ == "__main__":
    sys.exit(generated_page.main("scenarios.md", render, "the code says", sys.argv[1:]))
