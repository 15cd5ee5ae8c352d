"""What docs say about the door: in docs/door-link.md the parts between the markers, docs/door-leaf.md as a whole."""

import struct
from collections.abc import Callable
from pathlib import Path

from egate_door import leaf_table as lt
from egate_doorlink import table
from egate_doorlink.frame import encode

_EXAMPLE_SESSION = 0x1234
_TYPES = {"B": "u8", "H": "u16", "I": "u32"}


def messages() -> str:
    rows = ["| Id | Message | Sent by | ACK | Payload, in order | Meaning |", "|---|---|---|---|---|---|"]
    for number, name, sender, acknowledged, layout, fields, meaning in table.MESSAGES:
        payload = ", ".join(f"{field} {kind}" for field, kind in zip(fields, _kinds(layout), strict=True)) or "(empty)"
        rows.append(
            f"| 0x{number:02X} | {name} | {sender} | {'yes' if acknowledged else 'no'} | {payload} | {meaning} |"
        )
    return "\n".join(rows)


def codes() -> str:
    lists = (
        ("leaf", table.LEAVES),
        ("direction", table.DIRECTIONS),
        ("position", table.POSITIONS),
        ("result", table.RESULTS),
        ("kind of ANOMALY", table.ANOMALIES),
        ("bits of FAULTS and SELF_TESTED (bit 0 first)", table.FAULT_NAMES),
    )
    rows = [
        f"- **{name}**: " + ", ".join(f"{number} {code}" for number, code in enumerate(values))
        for name, values in lists
    ]
    events = ", ".join(f"{table.STARTED + number} {name}" for number, name in enumerate(table.LOG_EVENTS))
    return "\n".join([*rows, f"- **code of LOGGED**: the number of a fault's bit, or {events}"])


def examples() -> str:
    """Whole frames, delimiter included, to check another implementation against."""
    hello = (table.HELLO, 0, table.pack(table.HELLO, (table.TABLE_HASH,)))
    grant = (table.GRANT, 0, table.pack(table.GRANT, (table.EXIT, table.FORWARD, 258, 5_000)))
    ack = (table.ACK, 0, table.pack(table.ACK, (table.INTERLOCK,)))
    rows = [f"The hash of this table is `0x{table.TABLE_HASH:08x}`. In session 0x{_EXAMPLE_SESSION:04x}:", "", "```"]
    for what, (message, sequence, payload) in (
        ("HELLO", hello),
        ("GRANT exit forward, token 258, 5000 ms", grant),
        ("ACK of it: interlock", ack),
    ):
        rows.append(f"{what:<40}{encode(_EXAMPLE_SESSION, message, sequence, payload).hex(' ')}")
    return "\n".join([*rows, "```"])


def leaf_page() -> str:
    lines = [
        "# One leaf of the door",
        "",
        "Generated from `firmware/egate_door/leaf_table.py` by `make generate`; do not edit. From every state but",
        "evacuating and evacuated, `alarm` leads to evacuating; that is not drawn.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {lt.STATES[lt.HALTED]}",
    ]
    for (state, event), target in lt.TABLE.items():
        if event != lt.ALARM:
            lines.append(f"    {lt.STATES[state]} --> {lt.STATES[target]}: {lt.EVENTS[event]}")
    lines += ["```", "", "| State | Motor | Lock |", "|---|---|---|"]
    motors = {lt.MOTOR_OFF: "off", lt.MOTOR_OPEN: "opens", lt.MOTOR_CLOSE: "closes"}
    for name, (motor, released) in zip(lt.STATES, lt.ACTIONS, strict=True):
        lines.append(f"| {name} | {motors[motor]} | {'released' if released else 'latched'} |")
    return "\n".join(lines) + "\n"


def _kinds(layout: str) -> list[str]:
    """The types of a struct format such as ``<BBI`` or ``<I16s``."""
    kinds, count = [], ""
    for char in layout[1:]:
        if char.isdigit():
            count += char
        else:
            kinds.append(f"char[{count}]" if char == "s" else _TYPES[char])
            count = ""
    if struct.calcsize(layout) < len(kinds):
        raise ValueError(f"cannot describe the layout {layout}")
    return kinds


_PARTS: dict[str, Callable[[], str]] = {"messages": messages, "codes": codes, "examples": examples}


def link_page(page: str) -> str:
    """``page`` with every part between its markers written anew. ValueError where a marker is missing."""
    for name, render in _PARTS.items():
        begin, end = f"<!-- generated: {name} -->", f"<!-- end: {name} -->"
        head, found, rest = page.partition(begin)
        _, closed, tail = rest.partition(end)
        if not found or not closed:
            raise ValueError(f"docs/door-link.md has lost its marker for the part '{name}'")
        page = f"{head}{begin}\n\n{render()}\n\n{end}{tail}"
    return page


def pages(docs: Path) -> dict[Path, str]:
    link = docs / "door-link.md"
    return {link: link_page(link.read_text("utf-8")), docs / "door-leaf.md": leaf_page()}
