"""Finds drivers by port and name. Configuration alone decides between a real device and a simulated one.

A package offers a driver by an entry point in the group ``egate.drivers``, named ``<port>.<driver>``::

    [project.entry-points."egate.drivers"]
    "camera.picamera2" = "egate_hal.drivers.camera_picamera2:PiCamera"

The class has an attribute ``Settings`` (a frozen dataclass) and is built as ``Driver(settings)``. It is imported only
when asked for, so that a missing package troubles nobody who does not use it. A driver that needs something of the
machine beside Python itself has a static method ``examine(settings)`` that raises DeviceUnavailable where it is absent;
it opens and changes nothing, so that a technician may ask while a lane runs. One that only stands in for a device,
say by showing a recording, has the attribute ``stands_in = True``.
"""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import EntryPoint, EntryPoints, entry_points
from pathlib import Path
from typing import Any

from egate_hal.errors import DeviceUnavailable, SettingsError
from egate_hal.settings import bind

GROUP = "egate.drivers"
SIMULATED = "sim"  # the name of every driver whose device exists in a simulation only


@dataclass(frozen=True, slots=True)
class DeviceConfig:
    """One ``[devices.<port>]`` table: the driver's name and its checked settings."""

    port: str
    driver: str
    settings: Any


def available(port: str) -> dict[str, EntryPoint]:
    """Driver name -> entry point of every driver installed for ``port``."""
    prefix = f"{port}."
    return {e.name.removeprefix(prefix): e for e in _installed() if e.name.startswith(prefix)}


@cache
def _installed() -> EntryPoints:
    """Looked up once: it reads the metadata of every installed package."""
    return entry_points(group=GROUP)


def driver_class(port: str, name: str) -> Any:
    """The driver class. Raises SettingsError for an unknown name, DeviceUnavailable where it cannot be imported."""
    drivers = available(port)
    if name not in drivers:
        near = difflib.get_close_matches(name, drivers, n=1)
        advice = f"did you mean '{near[0]}'?" if near else f"installed: {', '.join(sorted(drivers)) or 'none'}"
        raise SettingsError(f"devices.{port}.driver: no driver '{name}' is installed for this port; {advice}")
    try:
        return drivers[name].load()
    except ImportError as error:
        raise DeviceUnavailable(
            f"devices.{port}.driver = '{name}': needs a package that is not here ({error.name})"
        ) from error


def read_device(port: str, table: Mapping[str, Any], base: Path | None = None) -> DeviceConfig:
    """Check one ``[devices.<port>]`` table against its driver's Settings. Raises SettingsError, DeviceUnavailable."""
    where = f"devices.{port}"
    rest = dict(table)
    name = rest.pop("driver", None)
    if not isinstance(name, str):
        raise SettingsError(f"{where}.driver: missing; installed: {', '.join(sorted(available(port))) or 'none'}")
    return DeviceConfig(port, name, bind(driver_class(port, name).Settings, rest, where, base))


def create(device: DeviceConfig) -> Any:
    """Build the driver. Nothing is opened yet."""
    return driver_class(device.port, device.driver)(device.settings)


def stands_in(device: DeviceConfig) -> bool:
    """Whether the driver only stands in for a device: no lane that serves a border may use it."""
    return device.driver == SIMULATED or bool(getattr(driver_class(device.port, device.driver), "stands_in", False))


def examine(device: DeviceConfig) -> None:
    """Look whether this machine has what the driver needs. Raises DeviceUnavailable with what is absent."""
    look = getattr(driver_class(device.port, device.driver), "examine", None)
    if look is not None:
        look(device.settings)
