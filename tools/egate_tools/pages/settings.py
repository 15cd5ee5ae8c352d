"""docs/settings.md: every setting of a gate file with its bounds, from the classes that check them."""

import dataclasses
import inspect
import json
import types
import typing
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from msgspec import Meta

from egate.config import OPTIONAL_PORTS, PORTS, GateFile
from egate_hal.registry import SIMULATED, available, driver_class

_HEAD = """\
# Settings of a gate file

Generated from the classes that check them by `make generate`; do not edit. Relative paths start at the folder of the
gate file. What the simulator's drivers take stands in egate_sim/drivers."""
_KINDS = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path"}
_BOUNDS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}", "pattern": "as `{}`"}


def pages(docs: Path) -> dict[Path, str]:
    return {docs / "settings.md": "\n\n".join([_HEAD, *_settings()]) + "\n"}


def _settings() -> Iterator[str]:
    for key, hint in _hints(GateFile).items():
        if key != "devices":
            yield from _table(key, hint)
    for port in PORTS + OPTIONAL_PORTS:
        lead = "A lane may do without it. " if port in OPTIONAL_PORTS else ""
        for driver in sorted(set(available(port)) - {SIMULATED}):
            yield from _table(f"devices.{port}", driver_class(port, driver).Settings, f'`driver = "{driver}"`. {lead}')


def _table(name: str, hint: Any, lead: str = "") -> Iterator[str]:
    """The text of one table, then those of the tables inside it."""
    hints = _hints(hint)
    rows, inner = [], []
    for field in dataclasses.fields(hint):
        if dataclasses.is_dataclass(hints[field.name]):
            inner.append(field.name)
        else:
            rows.append(f"| `{field.name}` | {describe(hints[field.name])} | {_default(field)} |")
    yield f"## `[{name}]`"
    text = lead + _doc(hint)
    if text:
        yield text
    if rows:
        yield "\n".join(["| Key | Value | Default |", "|---|---|---|", *rows])
    for key in inner:
        yield from _table(f"{name}.{key}", hints[key])


def describe(hint: Any) -> str:
    """What may stand behind a key: kind and bounds."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return ", ".join([describe(arguments[0]), *_bounds(arguments[1:])])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(describe(each) for each in arguments if each is not type(None))
    if origin is typing.Literal:
        return ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"list: {describe(arguments[0])}"
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return ", ".join(f'`"{value}"`' for value in hint)
    if isinstance(hint, type) and issubclass(hint, IntEnum):
        return ", ".join(f"`{value}`" for value in hint)
    return _KINDS[hint]


def _bounds(marks: tuple[Any, ...]) -> Iterator[str]:
    for mark in marks:
        if isinstance(mark, Meta):
            said = [text.format(getattr(mark, key)) for key, text in _BOUNDS.items() if getattr(mark, key) is not None]
            yield " ".join(said)


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is dataclasses.MISSING:
        return "**required**" if field.default_factory is dataclasses.MISSING else "that of the installation"
    value = field.default
    if value is None:
        return "none"
    return f"`{json.dumps(value)}`"  # numbers, texts and lists look the same in TOML


def _hints(cls: Any) -> dict[str, Any]:
    return typing.get_type_hints(cls, include_extras=True)


def _doc(cls: Any) -> str:
    text = inspect.cleandoc(cls.__doc__ or "").replace("``", "`")
    return "" if text.startswith(f"{cls.__name__}(") else text  # a signature, which dataclass writes by itself
