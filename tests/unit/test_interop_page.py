"""The comparison with other readers on docs/interoperability.md is what was measured."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_chart_and_table_are_those_of_the_figures() -> None:
    command = [sys.executable, str(ROOT / "tests/interop/draw.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
