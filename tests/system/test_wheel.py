"""The wheel that a gate installs: the gate and its models, nothing of the simulator; installed, it runs."""

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from egate import __version__
from egate.face.networks.cards import packaged_models

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = {"egate", "egate_door", "egate_doorlink", "egate_hal", f"egate-{__version__}.dist-info"}

pytestmark = pytest.mark.system


def run(*command: str | Path, status: int = 0, **settings: str) -> tuple[str, str]:
    """Output and error stream of a command that must end with ``status``, run outside the checkout."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, timeout=120, check=False, cwd="/",
        env={**os.environ, **settings},
    )  # fmt: skip
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    dist = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", dist, ROOT)
    (built,) = dist.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_it_holds_the_gate_alone(names: list[str]) -> None:
    assert {name.split("/")[0] for name in names} == FOLDERS
    assert not [name for name in names if Path(name).name.startswith("test_") or "sim" in Path(name).parts]


def test_it_holds_no_key_and_nothing_simulated(wheel: Path, names: list[str]) -> None:
    kinds = {Path(name).suffix for name in names}
    assert not kinds & {".key", ".pem", ".der", ".ml", ".crl", ".list", ".db"}
    with zipfile.ZipFile(wheel) as archive:
        data = [name for name in names if not name.endswith(".py")]
        assert not [name for name in data if b"EGATE SIMULATION" in archive.read(name)]
        assert b".sim" not in archive.read(f"egate-{__version__}.dist-info/entry_points.txt")


def test_it_holds_the_licences(wheel: Path, names: list[str]) -> None:
    info = f"egate-{__version__}.dist-info"
    assert f"{info}/licenses/LICENSE" in names
    for text in (ROOT / "models" / "LICENSES").iterdir():
        assert f"{info}/licenses/models/LICENSES/{text.name}" in names
    with zipfile.ZipFile(wheel) as archive:
        assert "License-Expression: Apache-2.0 AND MIT" in archive.read(f"{info}/METADATA").decode()


def test_it_holds_the_models_as_they_are(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        models = [*packaged_models().glob("*.tflite"), packaged_models() / "model.toml"]
        assert len(models) > 1
        for path in models:
            assert archive.read(f"egate/face/models/{path.name}") == path.read_bytes()


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Commands of a fresh environment with the wheel in it. What egate depends on is lent from our environment, our
    own packages are not."""
    folder = tmp_path_factory.mktemp("a gate") / "venv"
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    run(sys.executable, "-m", "pip", "--python", folder / "bin" / "python", "install", "--quiet", "--no-deps",
        "--no-index", "--disable-pip-version-check", wheel)  # fmt: skip
    (packages,) = folder.glob("lib/python*/site-packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        ours = path.name.startswith(("egate", "_egate", "__editable__")) or path.suffix == ".pth"
        if not ours and not (packages / path.name).exists():
            (packages / path.name).symlink_to(path)
    return folder / "bin"


def test_installed_it_says_its_version(installed: Path) -> None:
    assert run(installed / "egate", "--version") == (f"egate {__version__}\n", "")


def test_installed_it_takes_the_example_and_has_no_simulated_driver(installed: Path, tmp_path: Path) -> None:
    example = ROOT / "firmware" / "config" / "mantrap.toml"
    said, _ = run(installed / "egate", "check-config", example)
    assert "gate-1: the file is good (live lane)" in said
    simulated = tmp_path / "gate.toml"
    simulated.write_text(example.read_text("utf-8").replace('"pn532"', '"sim"', 1), "utf-8")
    _, error = run(installed / "egate", "check-config", simulated, status=2)
    assert error == "egate: devices.chip.driver: no driver 'sim' is installed for this port; installed: pcsc, pn532\n"


def test_installed_it_finds_its_own_models(installed: Path) -> None:
    code = (
        "from egate.face.networks.cards import packaged_models as p; from egate.face.pipeline import FacePipeline as F;"
        "F.load(p()); print(p())"
    )
    folder, _ = run(installed / "python", "-I", "-c", code)
    assert Path(folder.strip()).is_relative_to(installed.parent)
