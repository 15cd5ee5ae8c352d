"""The doctor finds what is really wrong: each test breaks one thing of a sound site and names the finding."""

import io
import os
import shutil
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest

from egate.face.networks.cards import packaged_models
from egate_sim.broker import Broker
from egate_sim.site import prepare_site
from egate_tools import machine
from egate_tools.__main__ import main
from egate_tools.doctor import examine
from egate_tools.findings import Finding, Verdict, bad, write


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    prepare_site(folder, 1, datetime.now(UTC), screen_port=None)
    return folder


@pytest.fixture
def site(sound: Path, tmp_path: Path) -> Path:
    """A sound site of its own, with pseudo-terminals for ports."""
    shutil.copytree(sound, tmp_path / "site")
    folder = tmp_path / "site"
    gate_file = folder / "gate.toml"
    gate_file.write_text(gate_file.read_text("utf-8").replace(str(sound), str(folder)), "utf-8")
    return folder


@pytest.fixture
def ports(site: Path) -> object:
    ends = [os.openpty() for _ in range(2)]
    for name, (_, slave) in zip(("ocr", "door"), ends, strict=True):
        (site / name).symlink_to(os.ttyname(slave))
    yield ends
    for pair in ends:
        for end in pair:
            os.close(end)


def found(site: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(site / "gate.toml")}


def edit(site: Path, old: str, new: str) -> None:
    path = site / "gate.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_sound_site_with_a_broker(site: Path, ports: object, capsys: pytest.CaptureFixture[str]) -> None:
    with Broker() as broker:
        edit(site, "port = 1883", f"port = {broker.port}")
        assert main(["doctor", "--config", str(site / "gate.toml")]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "nothing to mend"
    assert any(line.startswith("ok") and "takes MQTT 5 sessions" in line for line in lines)
    assert not (site / "outbox.db").exists(), "the doctor must leave nothing behind"


def test_missing_ports_and_a_port_that_is_none(site: Path) -> None:
    (site / "door").write_text("a file, no terminal")
    findings = found(site)
    assert findings["device document_reader"].verdict is Verdict.BAD
    assert "no such serial port" in findings["device document_reader"].result
    assert "is no serial port" in findings["device door"].result


def test_a_key_file_that_everybody_may_read(site: Path) -> None:
    (key,) = (site / "border").glob("*lookup*")
    key.chmod(0o644)
    finding = found(site)["alert list"]
    assert finding.verdict is Verdict.BAD
    assert "everybody on this machine may read this secret" in finding.result
    assert finding.remedy == f"Run: chmod o= {key}"


def test_an_altered_model(site: Path, tmp_path: Path) -> None:
    models = tmp_path / "models"
    models.mkdir()
    for path in packaged_models().iterdir():
        if path.is_file():
            shutil.copy(path, models)
    altered = models / "face_mesh.tflite"
    altered.write_bytes(altered.read_bytes()[:-1] + b"\0\0")
    text = (site / "gate.toml").read_text("utf-8")
    begin = text.index("[face]\n") + len("[face]\n")
    head, rest = text[:begin], text[begin:].removeprefix(f'models = "{packaged_models()}"\n')
    (site / "gate.toml").write_text(f'{head}models = "{models}"\n{rest}', "utf-8")
    finding = found(site)["models"]
    assert finding.verdict is Verdict.BAD
    assert "face_mesh.tflite: differs from the file that model.toml describes" in finding.result


def test_a_missing_trust_bundle_is_named(site: Path) -> None:
    (site / "trust" / "bundle.egt").unlink()
    finding = found(site)["trust bundle"]
    assert finding.verdict is Verdict.BAD
    assert finding.result == f"{site}/trust/bundle.egt: cannot be read or written (No such file or directory)"


def test_nobody_listens_at_the_brokers_port(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    edit(site, "port = 1883", f"port = {port}")
    finding = found(site)["broker"]
    assert finding.verdict is Verdict.NOTE, "the lane works without; events wait"
    assert f"cannot reach 127.0.0.1:{port}" in finding.result


def test_something_else_listens_at_the_brokers_port(site: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        edit(site, "port = 1883", f"port = {mute.getsockname()[1]}\nconnect_timeout_s = 0.2")
        assert found(site)["broker"].verdict is Verdict.NOTE


def test_an_outbox_that_is_a_folder_and_one_that_cannot_be_written(site: Path) -> None:
    (site / "outbox.db").mkdir()
    assert "is a folder, not a file" in found(site)["outbox"].result
    edit(site, 'outbox = "outbox.db"', 'outbox = "/proc/egate/outbox.db"')  # nobody, not even root, writes there
    finding = found(site)["outbox"]
    assert finding.verdict is Verdict.BAD
    assert "/proc cannot be written" in finding.result


def test_a_bad_gate_file_ends_the_examination(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(site, "[border]", "[bordr]")
    assert main(["doctor", "--config", str(site / "gate.toml")]) == 1
    out = capsys.readouterr().out
    assert "bordr: unknown key; did you mean 'border'?" in out
    assert out.splitlines()[-1] == "1 to mend"


def test_a_package_that_is_missing_or_broken() -> None:
    with patch.object(
        machine.metadata, "requires", return_value=["egate-absent>=1", "msgspec>=0.1", "x; extra == 'y'"]
    ):
        (missing,) = machine.packages()
        assert missing.what == "package egate-absent"
        assert missing.verdict is Verdict.BAD
        with patch.dict(sys.modules, {"msgspec": None}):  # an import of it fails
            assert [finding.what for finding in machine.packages()] == ["package egate-absent", "package msgspec"]


def test_a_clock_that_lost_its_battery() -> None:
    assert machine.clock(datetime(1970, 1, 1, 0, 5, tzinfo=UTC)).verdict is Verdict.BAD
    assert machine.clock(datetime.now(UTC)).verdict is Verdict.GOOD


def test_an_old_python() -> None:
    assert machine.python((3, 10, 4)).verdict is Verdict.BAD
    assert machine.python().verdict is Verdict.GOOD


def test_a_bad_finding_says_what_it_means_and_what_to_do() -> None:
    with pytest.raises(ValueError, match="say what it means"):
        bad("port", "gone", "", "")
    out = io.StringIO()
    write([bad("port", "gone", "No reading.", "Plug it in.")], out)
    assert out.getvalue().splitlines() == [
        "BAD   port  gone",
        "            means: No reading.",
        "            do:    Plug it in.",
        "",
        "1 to mend",
    ]
