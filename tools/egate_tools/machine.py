"""The machine by itself: Python, packages, clock, serial ports, header pins, camera package."""

import importlib
import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from importlib import metadata
from pathlib import Path

from serial.tools import list_ports

from egate.runtime.clock import SystemClock
from egate_hal.drivers.camera_picamera2 import load_picamera2
from egate_hal.drivers.gpio_lines import load_gpio
from egate_hal.drivers.serial_line import examine_port
from egate_hal.errors import DeviceUnavailable
from egate_tools.findings import Finding, Verdict, bad, good

OLDEST = (3, 11)
_BY_ID = Path("/dev/serial/by-id")  # names that stay the same whichever socket a device is plugged into
_REINSTALL = "Install egate again into this environment: pip install egate"


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Finding:
    text = ".".join(map(str, version))
    if version[:2] < OLDEST:
        return bad("Python", text, "egate does not run on it.", "Install Python 3.11 or later.")
    return good("Python", f"{text} at {sys.executable}")


def packages() -> list[Finding]:
    """What egate's own metadata asks for, each really imported. One finding if all is well, else one a package."""
    needed = metadata.requires("egate") or []
    modules = _modules()
    wrong = [finding for line in needed if (finding := _package(line, modules)) is not None]
    return wrong or [good("packages", f"{sum('extra ==' not in line for line in needed)} needed, all can be imported")]


def _package(requirement: str, modules: Mapping[str, list[str]]) -> Finding | None:
    """None where all is well, or where only an extra asks for it."""
    name = re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]
    if "extra ==" in requirement:
        return None
    what = f"package {name}"
    try:
        metadata.version(name)
        for module in modules.get(_normal(name), []):
            importlib.import_module(module)
    except metadata.PackageNotFoundError:
        return bad(what, "is not installed", "The controller does not start.", _REINSTALL)
    except Exception as error:  # a broken package may raise anything; that it does is the finding
        return bad(
            what, f"cannot be imported ({type(error).__name__}: {error})", "The controller may fail.", _REINSTALL
        )
    return None


def _modules() -> dict[str, list[str]]:
    """Package -> its public modules at the top."""
    found: dict[str, list[str]] = {}
    for module, names in metadata.packages_distributions().items():
        for name in names:
            if not module.startswith("_"):
                found.setdefault(_normal(name), []).append(module)
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def clock(now: datetime) -> Finding:
    """``now``: what the machine says."""
    text = now.isoformat(" ", "minutes")
    if not SystemClock.plausible(now):
        meaning = "No certificate and no expiry date can be judged; the lane stays closed."
        return bad("clock", f"{text} lies before this software", meaning, "Set up network time and mend its battery.")
    return good("clock", text)


def serial_ports() -> list[Finding]:
    """Every port that is here, and whether this user may use it."""
    ports = sorted({port.device for port in list_ports.comports()})
    names = {str(path.resolve()): str(path) for path in _by_id()}
    if not ports:
        text = "none found; document reader and door controller are attached by one each"
        return [Finding("serial ports", Verdict.NOTE, text)]
    return [_serial_port(port, names.get(port)) for port in ports]


def _by_id() -> Iterator[Path]:
    return _BY_ID.iterdir() if _BY_ID.is_dir() else iter(())


def _serial_port(port: str, stable_name: str | None) -> Finding:
    try:
        examine_port(port)
    except DeviceUnavailable as error:
        user = os.environ.get("USER", "$USER")
        return bad(
            f"port {port}", str(error), "No driver can use it.", f"sudo usermod -aG dialout {user}, then log in anew."
        )
    return good(f"port {port}", f"usable; in the gate file: {stable_name or port}")


def gpio() -> Finding:
    try:
        load_gpio()
    except DeviceUnavailable as error:
        return Finding("GPIO", Verdict.NOTE, str(error))
    return good("GPIO", "usable")


def camera() -> Finding:
    try:
        load_picamera2()
    except DeviceUnavailable as error:
        return Finding("Pi camera", Verdict.NOTE, str(error))
    return good("Pi camera", "the package picamera2 is here")
