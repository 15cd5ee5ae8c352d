"""Rebuilds the model files from the packages that models/model.toml names: ``make models``.

Downloads each package by name, version and hash, takes the model out, converts it where needed in a build environment
of its own (models/.build, some 1.5 GB), proves the converted file against the original, and puts the result in place.
``--check`` only compares the files in place with the hashes on the card; it needs no network. ``--check-rebuild``
builds all of them anew beside those in place, and compares what both say.
"""

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from egate.face.networks.cards import InputSpec
from egate_models.outputs import worst_cosine

MODELS = Path(__file__).resolve().parents[1]
CARD = MODELS / "model.toml"
REQUIREMENTS = MODELS / "build-requirements.txt"
QUANTISER_REQUIREMENTS = MODELS / "quantiser-requirements.txt"
CONVERTER = Path(__file__).with_name("convert.py")
QUANTISER = Path(__file__).with_name("quantise.py")
BUILD = MODELS / ".build"
TRAINED = "trained"  # a model of this project: no package to rebuild it from
_PYTHONS = ("python3.11", "python3.12")  # those for which the converter's TensorFlow exists


class BuildError(Exception):
    """A step of the build failed. The text says which, and what to do."""


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m egate_models.build", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="compare the files with the card; change nothing")
    parser.add_argument("--check-rebuild", action="store_true", help="build anew, compare outputs; change nothing")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            check()
        elif options.check_rebuild:
            check_rebuild()
        else:
            build()
    except BuildError as error:
        print(f"models: {error}", file=sys.stderr)
        return 1
    return 0


def check() -> None:
    """Compare each file in place with its card. Raises BuildError naming those that differ."""
    files = {table["file"]: table["sha256"] for table in _files(_models(_card()))}
    wrong = {name for name, sha256 in files.items() if not _is(MODELS / name, sha256)}
    extra = {path.name for path in MODELS.glob("*.tflite")} - set(files)
    if wrong or extra:
        raise BuildError(f"not as model.toml says: {', '.join(sorted(wrong | extra))}; run: make models")


def build() -> None:
    """Rebuild every file and write its hash and size into the card."""
    for name, table, built, _ in _built(_models(_card())):
        _put_in_place(name, table, built)
    check()
    _say("card", "all files are as model.toml says")


def check_rebuild() -> None:
    """Rebuild every file beside those in place. Raises BuildError where the two say something else."""
    check()
    for name, table, built, least in _built(_models(_card())):
        cosine = worst_cosine(
            MODELS / table["file"], built, msgspec.convert(_models(_card())[name]["input"], InputSpec)
        )
        same = "the same bytes" if _is(built, table["sha256"]) else "other bytes"
        _say(name, f"{table['file']}: {same}, outputs at cosine {cosine:.6f} or above")
        if not cosine >= least:
            raise BuildError(f"{table['file']}: a rebuild says something else: cosine below {least}")


def _built(models: dict[str, dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any], Path, float]]:
    """Every file of the card, built anew: its model's name, its table, where it lies, and how far it may depart."""
    for name, model in models.items():
        if model["origin"]["client"] == TRAINED:
            _say(name, "trained here, not built: make train-pad")
            continue
        original = _original(name, model["origin"])
        if not model["origin"]["convert"]:
            yield name, model, original, 1 - 1e-6
            continue
        half, whole = _converted(name, model, original)
        yield name, model, half, model["origin"]["tolerance_cosine"]
        for kind, variant in model.get("variants", {}).items():
            yield name, variant, _quantised(name, kind, variant, model, whole), variant["tolerance_cosine"]


def _files(models: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Whatever on the card has a file: models and their variants."""
    for model in models.values():
        yield model
        yield from model.get("variants", {}).values()


def _card() -> dict[str, Any]:
    return tomllib.loads(CARD.read_text("utf-8"))


def _models(card: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: table for name, table in card.items() if isinstance(table, dict)}


def _original(name: str, origin: dict[str, Any]) -> Path:
    """Download the package unless it is here already, and take the model out of it."""
    archive = _archive(name, origin)
    target = BUILD / "originals" / Path(origin["member"]).name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(_member(archive, origin["member"]))
    _demand(target, origin["member_sha256"])
    return target


def _archive(name: str, origin: dict[str, Any]) -> Path:
    folder = BUILD / "packages" / str(origin["package"])
    folder.mkdir(parents=True, exist_ok=True)
    here = [path for path in folder.iterdir() if _is(path, origin["archive_sha256"])]
    if not here:
        _say(name, f"downloading {origin['package']} {origin['version']} with {origin['client']}")
        (_by_pip if origin["client"] == "pip" else _by_npm)(origin, folder)
        here = [path for path in folder.iterdir() if _is(path, origin["archive_sha256"])]
    if not here:
        raise BuildError(f"{origin['package']} {origin['version']}: what was downloaded has not the hash on the card")
    return here[0]


def _by_pip(origin: dict[str, Any], folder: Path) -> None:
    wanted = folder / "requirement.txt"
    wanted.write_text(f"{origin['package']}=={origin['version']} --hash=sha256:{origin['archive_sha256']}\n")
    _run([sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
          "--require-hashes", "--dest", str(folder), "-r", str(wanted)], "pip download")  # fmt: skip


def _by_npm(origin: dict[str, Any], folder: Path) -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise BuildError("npm is needed for a package of its registry; install it: sudo apt install npm")
    _run([npm, "pack", "--silent", f"{origin['package']}@{origin['version']}"], "npm pack", cwd=folder)


def _member(archive: Path, member: str) -> bytes:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as wheel:
            return wheel.read(member)
    with tarfile.open(archive) as tarball:
        file = tarball.extractfile(member)
        if file is None:
            raise BuildError(f"{archive.name} holds no file {member}")
        return file.read()


def _converted(name: str, model: dict[str, Any], original: Path) -> tuple[Path, Path]:
    """Convert ONNX to TFLite, with weights in half and in full precision; prove the former against the original."""
    python = build_environment()
    _say(name, f"converting {original.name} (about a minute)")
    folder = BUILD / "converted" / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    report = _run([str(python), str(CONVERTER), str(original), str(folder), json.dumps(model["input"])], "conversion")
    found = json.loads(report.splitlines()[-1])
    least = model["origin"]["tolerance_cosine"]
    _say(name, f"converted against original: cosine {found['cosine']:.6f}, difference {found['difference']:.2g}")
    if not found["cosine"] >= least:
        raise BuildError(f"{name}: the converted file departs from the original: cosine below {least}")
    half = folder / str(found["file"])
    return half, half.with_name(half.name.replace("float16", "float32"))


def _quantised(name: str, kind: str, variant: dict[str, Any], model: dict[str, Any], whole: Path) -> Path:
    """Round to eight bits within the ranges that the card names; prove it against full precision."""
    python = _environment("quantiser", QUANTISER_REQUIREMENTS)
    result = whole.with_name(f"{whole.stem}_{kind}.tflite")
    _run([str(python), str(QUANTISER), "convert", str(whole), str(MODELS / variant["ranges"]), str(result)], kind)
    cosine, least = worst_cosine(whole, result, msgspec.convert(model["input"], InputSpec)), variant["tolerance_cosine"]
    _say(name, f"{kind} against full precision: cosine {cosine:.4f}")
    if not cosine >= least:
        raise BuildError(f"{name}: {kind} departs from full precision: cosine below {least}")
    return result


def build_environment() -> Path:
    """The Python that has TensorFlow: it converts, and it trains. Raises BuildError."""
    return _environment("environment", REQUIREMENTS)


def _environment(name: str, requirements: Path) -> Path:
    """A Python of its own, made once and remade when its requirements change."""
    folder = BUILD / name
    python = folder / "bin" / "python"
    stamp = folder / hashlib.sha256(requirements.read_bytes()).hexdigest()
    if not stamp.exists():
        base = next(filter(_works, _PYTHONS), None)
        if base is None:
            raise BuildError(f"the converter needs one of {', '.join(_PYTHONS)}; install one and try again")
        _say("setup", f"making the build's {name} (some minutes the first time)")
        _run([base, "-m", "venv", "--clear", str(folder)], "venv")
        _run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps",
              "--require-hashes", "-r", str(requirements)], "pip install")  # fmt: skip
        stamp.touch()
    return python


def _works(python: str) -> bool:
    """True for a Python that is there and starts: version managers leave wrappers without one behind them."""
    if shutil.which(python) is None:
        return False
    try:
        _run([python, "-c", "import venv"], python)
    except BuildError:
        return False
    return True


def _put_in_place(name: str, model: dict[str, Any], built: Path) -> None:
    """Copy the built file and write its hash and size into the card; the rest of the card is kept as it is."""
    sha256, size = _sha256(built), built.stat().st_size
    if sha256 == model["sha256"]:
        _say(name, f"{model['file']}: the same bytes as before ({size} bytes)")
    else:
        _say(name, f"{model['file']}: NEW bytes ({size}); model.toml is rewritten, look at the difference")
        text = CARD.read_text("utf-8")
        text = text.replace(f'sha256 = "{model["sha256"]}"', f'sha256 = "{sha256}"', 1)
        CARD.write_text(text.replace(f"bytes = {model['bytes']}\n", f"bytes = {size}\n", 1), "utf-8")
    shutil.copyfile(built, MODELS / model["file"])


def _run(command: list[str], what: str, cwd: Path | None = None) -> str:
    """Run a tool; its output matters only when it fails."""
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    environment["PATH"] = f"{Path(command[0]).parent}{os.pathsep}{environment.get('PATH', '')}"  # tools call tools
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - fixed commands, no shell
    if done.returncode != 0:
        raise BuildError(f"{what} failed:\n{(done.stderr or done.stdout)[-2000:]}")
    return done.stdout


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _is(path: Path, sha256: str) -> bool:
    return path.is_file() and _sha256(path) == sha256


def _demand(path: Path, sha256: str) -> None:
    if not _is(path, sha256):
        raise BuildError(f"{path.name} has not the hash on the card; the package's content changed")


def _say(what: str, text: str) -> None:
    print(f"models  {what:10} {text}", flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
