"""Let a reader read simulated passports of several kinds, and write down what it asks of their chips.

    tests/interop/measure.py egate .venv/bin/python tests/interop/read_egate.py

Each kind is put into a virtual PC/SC reader by ``egate-sim chip-server``; the counts are the chip's, not the reader's.
The command gets number, birth and expiry (YYMMDD) of the zone and the issuer's certificate (DER) as its last arguments,
finds the reader by PCSCLITE_CSOCK_NAME, and prints in its last line what it did. docs/interoperability.md tells more.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from egate_hal.drivers.chip_pcsc import PcscChip, PcscSettings

FIGURES = Path(__file__).with_name("figures.json")
PROFILES = ("2006 BAC+AA", "2014 SAC", "2017 PACE-GM+CA", "2020 PACE-CAM", "2022 PACE only", "2024 everything")
_TIMEOUT_S = 60
_SOCKET = re.compile(r"export (PCSCLITE_CSOCK_NAME)=(\S+)")
_FIELDS = re.compile(r"number (\S+), born (\d{6}), expires (\d{6})")
_SUM = re.compile(r"sum +(\d+) round trips, (\d+) bytes to the chip, (\d+) bytes from it")


def measure(chip: list[str], command: list[str], folder: Path, details: Path | None = None) -> dict[str, Any]:
    """What one reading took and what the reader said of it. ``folder``: for the service's socket, the same for all
    readings, because the PC/SC library looks for it once a process; ``details``: where to write every command."""
    csca = folder / "csca.der"
    serve = [sys.executable, "-m", "egate_sim", "chip-server", *chip, "--csca", str(csca)]
    with subprocess.Popen([*serve, "--folder", str(folder)], stdout=subprocess.PIPE, text=True) as server:
        try:
            introduction = _introduction(server)
            said = _read(command, introduction, csca)
        finally:
            server.send_signal(signal.SIGINT)
            counted = server.communicate(timeout=_TIMEOUT_S)[0]
    if details:
        details.write_text(introduction + counted + said, "utf-8")
    sums = [[int(figure) for figure in each] for each in _SUM.findall(counted)]
    trips, sent, received = (sum(column) for column in zip(*sums, strict=True)) if sums else (0, 0, 0)
    last = said.strip().splitlines()[-1] if said.strip() else "nothing"
    return {"round_trips": trips, "to_chip": sent, "from_chip": received, "said": last}


def _introduction(server: "subprocess.Popen[str]") -> str:
    assert server.stdout is not None
    lines = []
    for line in server.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            return "".join(lines)
    raise SystemExit("the chip server did not start; see what it says above")


def _read(command: list[str], introduction: str, csca: Path) -> str:
    socket, fields = _SOCKET.search(introduction), _FIELDS.search(introduction)
    assert socket, introduction
    assert fields, introduction
    os.environ[socket[1]] = socket[2]
    asyncio.run(_wait_for_chip())
    arguments = [*command, *fields.groups(), str(csca)]
    done = subprocess.run(arguments, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    return done.stdout + (done.stderr if done.returncode else "")


async def _wait_for_chip() -> None:
    """The service looks for one only now and then. Nothing is sent to it."""
    chip = PcscChip(PcscSettings(search_ms=10_000))
    await chip.open()
    await chip.connect()
    await chip.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--profile", action="append", choices=PROFILES, help="only this kind; may be repeated")
    parser.add_argument("--details", type=Path, metavar="FOLDER", help="write every command of each reading there")
    parser.add_argument("--record", action="store_true", help="put the figures into figures.json, below NAME")
    parser.add_argument("--long-read", default="refuse", help="as of chip-server (default: refuse)")
    parser.add_argument("name")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    measured = {}
    with tempfile.TemporaryDirectory(prefix="egate") as folder:
        for profile in options.profile or PROFILES:
            chip = ["--profile", profile, "--long-read", options.long_read]
            details = options.details / f"{options.name} {profile}.log" if options.details else None
            found = measured[profile] = measure(chip, options.command, Path(folder), details)
            print(f"{profile:<16}{found['round_trips']:5} round trips {found['to_chip']:6} B to the chip "
                  f"{found['from_chip']:7} B from it  {found['said']}", flush=True)  # fmt: skip
    if options.record:
        figures = json.loads(FIGURES.read_text("utf-8")) if FIGURES.exists() else {}
        figures.setdefault(options.name, {}).update(measured)
        FIGURES.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
