"""Reads configuration tables into frozen dataclasses: types, bounds and unknown keys are checked here, once.

The one module that knows how values are converted and checked (msgspec). Bounds stand in the class itself::

    @dataclass(frozen=True, slots=True)
    class Settings:
        port: str
        baud: Annotated[int, Bounds(ge=1200, le=921600)] = 9600
"""

import dataclasses
import difflib
import types
import typing
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Meta as Bounds

from egate_hal.errors import SettingsError

__all__ = ["Bounds", "bind"]

T = TypeVar("T")


def bind(cls: type[T], table: Mapping[str, Any], where: str, base: Path | None = None) -> T:
    """Turn a TOML table into ``cls``, a frozen dataclass; nested dataclasses are tables of their own.

    ``where`` is the table's name for messages, ``base`` the folder against which relative ``Path`` values resolve.
    Raises SettingsError with the key's full name: unknown key (with the nearest valid one), missing key, wrong type,
    value out of bounds.
    """
    _refuse_unknown_keys(cls, table, where)
    try:
        value = msgspec.convert(dict(table), cls, dec_hook=_path_decoder(base))
    except msgspec.ValidationError as error:
        raise SettingsError(_explain(str(error), where)) from None
    return value


def _refuse_unknown_keys(cls: Any, table: Mapping[str, Any], where: str) -> None:
    hints = typing.get_type_hints(cls)
    names = [field.name for field in dataclasses.fields(cls)]
    for key, value in table.items():
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
            advice = f"did you mean '{near[0]}'?" if near else f"valid keys: {', '.join(names)}"
            raise SettingsError(f"{_join(where, key)}: unknown key; {advice}")
        nested = _dataclass_in(hints[key])
        if nested is not None and isinstance(value, Mapping):
            _refuse_unknown_keys(nested, value, _join(where, key))


def _join(where: str, key: str) -> str:
    """A key's full name; the file's own level has none."""
    return f"{where}.{key}" if where else key


def _dataclass_in(hint: Any) -> type | None:
    """The dataclass that a type hint names, alone or in a union with None."""
    candidates = typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, types.UnionType) else (hint,)
    return next((c for c in candidates if isinstance(c, type) and dataclasses.is_dataclass(c)), None)


def _path_decoder(base: Path | None) -> Any:
    def decode(kind: type, value: Any) -> Any:
        if kind is Path and isinstance(value, str):
            return base / value if base is not None else Path(value)
        raise NotImplementedError(f"settings cannot hold a {kind.__name__}")

    return decode


def _explain(message: str, where: str) -> str:
    """msgspec says "Expected `int` >= 1 - at `$.baud`"; we say "serial.baud: expected int >= 1"."""
    text, _, path = message.partition(" - at `$")
    path = path.rstrip("`")
    if "missing required field" in text:
        return f"{where}{path}.{text.rsplit('`', 2)[1]}: missing; this key is required".removeprefix(".")
    return f"{where}{path}: {text[:1].lower()}{text[1:]}".replace("`", "").removeprefix(".")
