"""``egate-sim door``: what its lines do to the world."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from egate_hal.door import Leaf
from egate_sim.door.command import obey
from egate_sim.door.simulated import SimulatedDoor
from egate_sim.virtual_time import VirtualTimeLoop
from egate_tools.__main__ import main


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("", ""),
        ("walk entry in", ""),
        ("walk exit out", ""),
        ("entry.curtain 24", ""),
        ("exit.hand -1", ""),
        ("restart", ""),
        ("walk cellar in", "say: walk"),
        ("entry.nothing 1", "there is no signal 'entry.nothing'"),
        ("cellar.curtain 1", "there is no signal 'cellar.curtain'"),
        ("make tea", "say: walk"),
    ],
)
def test_a_line_is_done_or_what_is_wrong_with_it_is_said(line: str, wrong: str) -> None:
    async def whole() -> str:
        door = SimulatedDoor()
        await door.start()
        try:
            return await obey(door, line.split())
        finally:
            await door.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        said = runner.run(whole())
    assert said.startswith(wrong)
    assert bool(said) is bool(wrong)


@pytest.mark.system
def test_a_technician_s_tool_finds_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    port = tmp_path / "door"
    command = [sys.executable, "-m", "egate_sim", "door", "--link", str(port), "--host", "cpython"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as door:
        assert door.stdout is not None
        assert str(port) in door.stdout.readline()
        assert main(["door", "status", "--port", str(port)]) == 0
        door.communicate("quit\n", timeout=20)
    assert "mode        normal" in capsys.readouterr().out
    assert not port.exists()
    assert Leaf.ENTRY == "entry"
