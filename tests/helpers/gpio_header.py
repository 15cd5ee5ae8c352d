"""A header of simulated GPIO pins for the drivers that ask for RPi.GPIO."""

import sys
from types import SimpleNamespace

import pytest

from egate_hal.drivers.gpio_lines import Gpio
from egate_sim.gpio import SimulatedHeader


def plug_in(monkeypatch: pytest.MonkeyPatch) -> SimulatedHeader:
    """Put a simulated header where the package RPi.GPIO would be."""
    header = SimulatedHeader()
    typed: Gpio = header  # mypy shows that it has the interface that the drivers use
    monkeypatch.setitem(sys.modules, "RPi", SimpleNamespace(GPIO=typed))
    monkeypatch.setitem(sys.modules, "RPi.GPIO", typed)
    return header
