"""``egate models``: what an office types, what it is told, and with which exit status."""

import shutil
import subprocess
from pathlib import Path

import pytest

from egate.__main__ import main
from egate.commands.outcome import EXIT_INPUT, EXIT_NOT_BELIEVED, EXIT_OK
from egate.face.networks.manifest import parse_manifest
from egate.runtime.model_files import signed_files

MODELS = Path(__file__).resolve().parents[2] / "models"
SIGN = ("models", "sign", "--out", "m.toml", "--key", "key.pem", "--issuer", "Border Guard of Utopia")


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with keys and a copy of the models, from which the commands run."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    for path in signed_files(MODELS):
        shutil.copy(path, tmp_path / "models")
    assert main(["models", "keygen", "--key", "key.pem", "--public", "m.pub"]) == EXIT_OK
    assert "m.pub: the public key; install it on every gate as face.verify_key" in capsys.readouterr().out
    return tmp_path


def sign(*more: str) -> int:
    return main([*SIGN, "--version", "3", "--models", "models", *more])


def verify() -> int:
    return main(["models", "verify", "m.toml", "--key", "m.pub", "--models", "models"])


def test_the_secret_is_for_its_owner_alone(office: Path) -> None:
    assert (office / "key.pem").stat().st_mode & 0o777 == 0o600
    (office / "key.pem").chmod(0o640)
    assert sign() == EXIT_NOT_BELIEVED
    assert not (office / "m.toml").exists()


def test_signed_verified_and_shown(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert sign() == EXIT_OK
    assert sorted(path.name for path in office.glob("m.toml*")) == ["m.toml", "m.toml.sig"]
    assert verify() == EXIT_OK
    out = capsys.readouterr().out
    assert "Models' manifest 3 of Border Guard of Utopia" in out
    assert "A gate with this key runs the models of models." in out
    assert main(["models", "show", "m.toml", "--key", "m.pub"]) == EXIT_OK
    shown = capsys.readouterr()
    assert shown.err == ""
    listed = [line.split()[-1] for line in shown.out.splitlines()[1:]]
    assert listed == sorted(path.name for path in signed_files(MODELS))


def test_a_site_signs_a_calibration_of_its_own_too(office: Path) -> None:
    (office / "lane-7.toml").write_text("format = 1\n")
    assert sign("--also", "lane-7.toml") == EXIT_OK
    assert "lane-7.toml" in parse_manifest((office / "m.toml").read_bytes()).files


def test_shown_without_a_key_it_says_that_nobody_checked(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign()
    (office / "m.toml.sig").unlink()
    capsys.readouterr()
    assert main(["models", "show", "m.toml"]) == EXIT_OK
    assert "the signature was not checked" in capsys.readouterr().err


def test_models_that_do_not_run_are_not_signed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "models/face_mesh.tflite").write_bytes(b"TFL3")
    assert sign() == EXIT_NOT_BELIEVED
    assert "face_mesh.tflite: differs from the file that model.toml describes" in capsys.readouterr().err
    assert not (office / "m.toml").exists()


def test_an_altered_manifest_and_an_altered_model(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sign()
    (office / "models/pad.toml").write_text((office / "models/pad.toml").read_text() + "#\n")
    assert verify() == EXIT_NOT_BELIEVED
    assert "pad.toml: is another file than the manifest lists" in capsys.readouterr().err
    raw = (office / "m.toml").read_bytes()
    (office / "m.toml").write_bytes(raw.replace(b"Utopia", b"Dystopia"))
    assert verify() == EXIT_NOT_BELIEVED
    assert "was altered, or another key signed it" in capsys.readouterr().err


def test_what_is_wrong_with_the_arguments(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*SIGN, "--version", "0", "--models", "models"]) == EXIT_INPUT
    assert main(["models", "verify", "m.toml", "--key", "m.pub"]) == EXIT_INPUT
    assert "m.toml: No such file or directory" in capsys.readouterr().err


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
def test_another_program_checks_the_signature(office: Path) -> None:
    sign()
    command = "openssl pkeyutl -verify -pubin -inkey m.pub -rawin -in m.toml -sigfile m.toml.sig"
    done = subprocess.run(command.split(), capture_output=True, text=True, check=False)
    assert "Signature Verified Successfully" in done.stdout, done.stderr
