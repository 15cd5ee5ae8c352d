"""What the door's tool says to a technician."""

from typing import TYPE_CHECKING

from egate_door.leaf_table import STATES
from egate_hal.drivers.door_service import LeafSample, LogEntry

if TYPE_CHECKING:
    from egate_tools.door.session import Session

NO_DOOR = (
    "Look at the cable and the controller's lamp, and stop the gate first (systemctl stop egate): one program at a "
    "time holds the line."
)
_LEAF = {
    "beam": "a light barrier is broken, stuck or blind: clean and align it, then test again",
    "position": "end switches and position sensor contradict each other: look at the switches of this leaf",
    "blocked": "three tries to close have failed, or something stops the leaf: clear its path",
    "held_open": "it should have been shut for eight seconds: see who or what holds it",
    "forced": "it was pushed open while locked: look at its latch",
    "motor": "it takes too long on its way: belt, bearings or motor",
    "interlock": "the interlock let a closing through in the dark: replace the controller board",
}
_CONTROLLER = {
    "watchdog": "its program hung and was restarted: keep the log, and tell whoever maintains it",
    "supply": "its supply was below 4.5 V: look at power supply and wiring",
    "sensor_chain": "the cable to curtains and switches is broken or loose",
    "bridge": "current flows although nothing is driven: a motor bridge is shorted, replace it",
    "log": "its flash cannot be written: replace the board at the next visit",
}
_REFUSALS = {
    "interlock": "A leaf is not shut and locked. Close both, then try again.",
    "emergency": "The emergency input has acted. Find out why, then reset it with the key at the lane.",
    "not_ready": "The door controller is only just starting. Try again.",
    "invalid": "This door controller does not know the command. Is its program as new as this tool?",
}


def refusal(reason: str) -> str:
    return f"The door controller refused ({reason}). {_REFUSALS.get(reason, 'See docs/door-link.md.')}"


def fault(code: str) -> str:
    where, _, what = code.partition(".")
    return f"{code}: {(_CONTROLLER if where == 'controller' else _LEAF).get(what, 'see docs/door-link.md')}"


def logged(entry: LogEntry) -> str:
    minutes, seconds = divmod(entry.uptime_s, 60)
    return f"start {entry.start:5d}  {minutes // 60:4d}:{minutes % 60:02d}:{seconds:02d}  {entry.what}"


def tested(faults: tuple[str, ...]) -> str:
    if not faults:
        return "All receivers went dark with the transmitters off, and both interlocks tripped. No fault is active.\n"
    return "".join(f"{fault(code)}\n" for code in faults)


def _leaf(seen: LeafSample) -> str:
    return f"{STATES[seen.state]}, {seen.opening_mm} mm, {sum(seen.broken)} of {len(seen.broken)} beams broken"


def status(session: "Session") -> str:
    door, sample = session.door, session.door.samples[-1]
    lines = [
        f"firmware    {door.firmware}",
        f"mode        {sample.mode}" + (", emergency latched" if session.emergency else ""),
        *(f"{leaf:<11} {_leaf(seen)}" for leaf, seen in sample.leaves.items()),
        f"inside      {session.inside}" + (", somebody before the entry" if session.approach else ""),
        f"supply      {sample.supply_mv / 1000:.2f} V, motors {sample.current_ma / 1000:.1f} A",
        f"link        {door.round_trip_ms} ms there and back, {door.damaged} frames damaged",
        "faults      " + ("none" if not session.faults else ""),
        *(f"  {fault(code)}" for code in session.faults),
    ]
    return "\n".join(lines) + "\n"
