"""``egate check-config`` and ``egate run`` with files that are wrong: one clear line, the right exit status."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import gate_files
import pytest

from egate import __version__
from egate.__main__ import EXIT_CONFIG, EXIT_FAILED, main
from egate.telemetry.outbox import Outbox


def check(path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    status = main(["check-config", str(path)])
    return status, *capsys.readouterr()


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["--version"])
    assert left.value.code == 0
    assert capsys.readouterr().out == f"egate {__version__}\n"


def test_a_good_file_names_its_lane_and_devices(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = check(gate_files.write(tmp_path), capsys)
    assert (status, err) == (0, "")
    assert out.splitlines()[0] == "gate-1: the file is good (simulation lane)"
    assert [line.split() for line in out.splitlines()[1:]] == [
        ["document_reader", "serial"],
        ["chip", "sim"],
        ["camera", "sim"],
        ["indicators", "sim"],
        ["attendant", "sim"],
        ["door", "serial"],
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("outbox =", "outbux ="), "telemetry.outbux: unknown key; did you mean 'outbox'?"),
        ((r"\[screen\]", "[scren]"), "scren: unknown key; did you mean 'screen'?"),
        (("port = 1\n", "port = 0\n"), "telemetry.broker.port: expected int >= 1"),
        (("port = 1\n", 'port = "1"\n'), "telemetry.broker.port: expected int, got str"),
        (("enabled = false", "port = 65536"), "screen.port: expected int <= 65535"),
        (('id = "gate-1"', 'id = "Gate 1"'), "lane: a field that must hold a gate name (1 to 32 of"),
        (('id = "gate-1"\n', ""), "lane.id: missing"),
        ((r"\[devices.chip\]\ndriver = \"sim\"\nsocket = \"chip.sock\"\n", ""), "devices.chip: missing"),
        ((r"\[devices.chip\]", "[devices.chp]"), "devices.chp: no such device; valid: document_reader, chip"),
        (
            ('driver = "serial"', 'driver = "serail"'),
            "devices.document_reader.driver: no driver 'serail' is installed for this port; did you mean 'serial'?",
        ),
        (('driver = "serial"\n', ""), "devices.document_reader.driver: missing; installed: serial"),
        (('port = "/dev/null"', 'port = "/dev/null"\nbaud = 7'), "devices.document_reader.baud: expected int >= 1200"),
        (("simulation = true", "simulation = false"), "devices.chip.driver = 'sim': a lane that serves a border"),
    ],
)
def test_what_is_wrong_is_named(
    change: tuple[str, str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out, err = check(gate_files.write(tmp_path, change), capsys)
    assert (status, out) == (EXIT_CONFIG, "")
    assert err.startswith(f"egate: {message}")
    assert err.count("\n") == 1


def test_files_that_cannot_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    no_toml = tmp_path / "no.toml"
    no_toml.write_bytes(b"[lane\n")
    for path, message in (
        (tmp_path / "absent.toml", "cannot be read (No such file or directory)"),
        (tmp_path, "cannot be read (Is a directory)"),
        (no_toml, "is not a TOML file"),
    ):
        status, _, err = check(path, capsys)
        assert status == EXIT_CONFIG
        assert message in err
        assert str(path) in err


def test_a_camera_without_its_package(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is good, for another machine; what this one lacks is said."""
    monkeypatch.setitem(sys.modules, "picamera2", None)  # as if not installed
    path = gate_files.write(tmp_path, ('driver = "sim"\nsocket = "camera.sock"', 'driver = "picamera2"'))
    status, out, _ = check(path, capsys)
    assert status == 0
    (line,) = [line for line in out.splitlines() if line.split()[0] == "camera"]
    assert "picamera2, not usable on this machine: picamera2 is not installed here" in line


def egate(*arguments: str) -> tuple[int, list[str]]:
    """Exit status and lines of the error stream, from a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "egate", *arguments], capture_output=True, text=True, timeout=60, check=False
    )
    return done.returncode, done.stderr.splitlines()


def test_run_refuses_a_bad_file_in_one_line(tmp_path: Path) -> None:
    path = gate_files.write(tmp_path, ("outbox =", "outbux ="))
    assert egate("run", "--config", str(path)) == (
        EXIT_CONFIG,
        ["egate: telemetry.outbux: unknown key; did you mean 'outbox'?"],
    )


def test_run_with_a_folder_for_an_outbox(tmp_path: Path) -> None:
    (tmp_path / "outbox" / "events.db").mkdir(parents=True)
    status, (line,) = egate("run", "--config", str(gate_files.write(tmp_path)))
    assert status == EXIT_FAILED
    assert line.startswith("egate: the journal")


def test_run_with_an_outbox_that_another_controller_holds(tmp_path: Path) -> None:
    outbox = tmp_path / "outbox" / "events.db"
    with Outbox.open(outbox, "gate-1", datetime.now(UTC)):
        status, (line,) = egate("run", "--config", str(gate_files.write(tmp_path)))
    assert status == EXIT_FAILED
    assert line == "egate: another process holds this journal; a gate has one controller"
