"""What these tests stand on: a virtual machine's own kernel with its simulated GPIO chip and camera (run.sh)."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from kernel_chip import CONFIG, LINES, Chip, number

# Without that machine there is nothing to test here.
collect_ignore_glob = [] if os.environ.get("EGATE_KERNEL") == "1" else ["test_*.py"]


@pytest.fixture(scope="session")  # rpi-lgpio holds on to the chip that it has found first
def chip() -> Iterator[Chip]:
    bank = CONFIG / "egate" / "bank0"
    bank.mkdir(parents=True)
    (bank / "num_lines").write_text("28")
    (bank / "label").write_text("pinctrl-bcm2835")
    for line in LINES:
        place = bank / f"line{number(line)}"
        place.mkdir()
        (place / "name").write_text(line)
    (CONFIG / "egate" / "live").write_text("1")
    name = (bank / "chip_name").read_text().strip()
    device = (CONFIG / "egate" / "dev_name").read_text().strip()
    yield Chip(Path("/sys/devices/platform") / device / name, f"/dev/{name}")
    (CONFIG / "egate" / "live").write_text("0")
    for line in LINES:
        (bank / f"line{number(line)}").rmdir()
    bank.rmdir()
    (CONFIG / "egate").rmdir()
