"""Configuration errors name the key and what would be valid."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import pytest

from egate_hal.errors import SettingsError
from egate_hal.settings import Bounds, bind


@dataclass(frozen=True, slots=True)
class Inner:
    baud: Annotated[int, Bounds(ge=1200, le=921600)] = 9600


@dataclass(frozen=True, slots=True)
class Outer:
    port: str
    folder: Path = Path()
    line: Inner = field(default_factory=Inner)


def test_values_defaults_and_relative_paths() -> None:
    value = bind(Outer, {"port": "a", "folder": "lists", "line": {"baud": 1200}}, "devices.x", Path("/gate"))
    assert value == Outer("a", Path("/gate/lists"), Inner(1200))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({}, "devices.x.port: missing"),
        ({"port": "a", "prot": 1}, "devices.x.prot: unknown key; did you mean 'port'?"),
        ({"port": "a", "zzz": 1}, "devices.x.zzz: unknown key; valid keys: port, folder, line"),
        ({"port": 3}, "devices.x.port: expected str, got int"),
        ({"port": "a", "line": {"baud": 300}}, "devices.x.line.baud: expected int >= 1200"),
        ({"port": "a", "line": {"bad": 300}}, "devices.x.line.bad: unknown key; did you mean 'baud'?"),
    ],
)
def test_errors_name_the_key(table: dict[str, object], message: str) -> None:
    with pytest.raises(SettingsError) as caught:
        bind(Outer, table, "devices.x")
    assert message in str(caught.value)
