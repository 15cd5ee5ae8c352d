"""The one table of messages and codes. Both ends build on it; its hash is compared before anything moves.

Change it freely: two ends with different tables refuse to talk. Only HELLO, WELCOME and the frame around them must stay
as they are, because they carry the hash.
"""

import hashlib
import struct

TYPE_CHECKING = False  # the type checker takes it for true; MicroPython has no typing
if TYPE_CHECKING:
    from typing import Any

# Who sends a message
HOST = "host"
DOOR = "door"
BOTH = "both"

HELLO, WELCOME, HEARTBEAT, ACK = 0x01, 0x02, 0x03, 0x04
GRANT, CLOSE, CLEAR, SELF_TEST, WATCH, READ_LOG = 0x10, 0x11, 0x12, 0x13, 0x14, 0x15
LEAF, PASSED, OCCUPANCY, OBSTRUCTED, EMERGENCY, FAULTS, LAPSED = 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26
ANOMALY, SELF_TESTED, SAMPLE, TIMING, LOGGED = 0x27, 0x28, 0x29, 0x2A, 0x2B

# (id, name, sender, acknowledged, struct format, fields, meaning)
MESSAGES = (
    (HELLO, "HELLO", HOST, False, "<I", ("table_hash",), "Open a session; the header's session number is its name."),
    (WELCOME, "WELCOME", DOOR, False, "<I16s", ("table_hash", "firmware"), "Answer to HELLO with the same session."),
    (HEARTBEAT, "HEARTBEAT", BOTH, False, "<IIH", ("uptime_ms", "echo_ms", "held_ms"), "The sender is alive."),
    (ACK, "ACK", BOTH, False, "<B", ("result",), "Answer to the message with the same sequence number."),
    (GRANT, "GRANT", HOST, True, "<BBIH", ("leaf", "direction", "token", "valid_ms"), "Open the leaf once."),
    (CLOSE, "CLOSE", HOST, True, "<B", ("leaf",), "Close the leaf as soon as that is safe."),
    (CLEAR, "CLEAR", HOST, True, "<B", ("inside",), "A person has looked: clear latched faults; so many are inside."),
    (SELF_TEST, "SELF_TEST", HOST, True, "<", (), "Test beams and interlocks; SELF_TESTED follows."),
    (WATCH, "WATCH", HOST, True, "<H", ("period_ms",), "Send SAMPLE so often, and TIMING every second; 0 ends it."),
    (READ_LOG, "READ_LOG", HOST, True, "<B", ("index",), "Read one entry of the log, 0 the newest; LOGGED follows."),
    (LEAF, "LEAF", DOOR, True, "<BBH", ("leaf", "position", "opening_mm"), "The observed position changed."),
    (PASSED, "PASSED", DOOR, True, "<BB", ("leaf", "direction"), "A person walked through."),
    (OCCUPANCY, "OCCUPANCY", DOOR, True, "<BB", ("inside", "approach"), "Persons inside; somebody before the entry."),
    (OBSTRUCTED, "OBSTRUCTED", DOOR, True, "<BB", ("leaf", "tries"), "Closing met something; the leaf reversed."),
    (EMERGENCY, "EMERGENCY", DOOR, True, "<B", ("latched",), "The emergency input acted (1) or was reset (0)."),
    (FAULTS, "FAULTS", DOOR, True, "<I", ("bits",), "All faults that are active, one bit each."),
    (LAPSED, "LAPSED", DOOR, True, "<BI", ("leaf", "token"), "The grant expired before the leaf was fully open."),
    (ANOMALY, "ANOMALY", DOOR, True, "<BB", ("leaf", "kind"), "Somebody or something is not where it should be."),
    (SELF_TESTED, "SELF_TESTED", DOOR, True, "<I", ("bits",), "The test has ended; faults as in FAULTS."),
    (
        SAMPLE, "SAMPLE", DOOR, False, "<IBBBHHBBBBBHH",
        (
            "uptime_ms", "mode", "entry_state", "exit_state", "entry_mm", "exit_mm", "entry_duty", "exit_duty",
            "entry_curtain", "exit_curtain", "signals", "current_ma", "supply_mv",
        ),
        "What the door sees and does, for a technician.",
    ),
    (
        TIMING, "TIMING", DOOR, False, "<IHHHHI",
        ("passes", "period_min_us", "period_max_us", "run_mean_us", "run_max_us", "free_bytes"),
        "The control loop since the last TIMING.",
    ),
    (LOGGED, "LOGGED", DOOR, False, "<BBHIB", ("index", "count", "start", "uptime_s", "code"), "An entry of the log."),
)  # fmt: skip

LEAVES = ("entry", "exit")
ENTRY, EXIT = 0, 1

DIRECTIONS = ("forward", "backward")
FORWARD, BACKWARD = 0, 1

POSITIONS = ("closed", "moving", "open", "blocked")
CLOSED, MOVING, OPEN, BLOCKED = 0, 1, 2, 3

RESULTS = ("ok", "interlock", "emergency", "expired", "used", "fault", "not_ready", "invalid")
OK, INTERLOCK, IN_EMERGENCY, EXPIRED, USED, FAULT, NOT_READY, INVALID = 0, 1, 2, 3, 4, 5, 6, 7

# One bit each in FAULTS: seven of the entry, seven of the exit, then the controller's own.
_LEAF_FAULTS = ("beam", "position", "blocked", "held_open", "forced", "motor", "interlock")
FAULT_NAMES = (
    tuple(["entry." + name for name in _LEAF_FAULTS])
    + tuple(["exit." + name for name in _LEAF_FAULTS])
    + ("controller.watchdog", "controller.supply", "controller.sensor_chain", "controller.bridge", "controller.log")
)
LEAF_FAULT_BITS = len(_LEAF_FAULTS)
BEAM_FAULT, POSITION_FAULT, BLOCKED_FAULT, HELD_OPEN_FAULT, FORCED_FAULT, MOTOR_FAULT, INTERLOCK_FAULT = (
    1, 2, 4, 8, 16, 32, 64,
)  # fmt: skip
WATCHDOG_FAULT, SUPPLY_FAULT, SENSOR_CHAIN_FAULT, BRIDGE_FAULT, LOG_FAULT = (
    1 << 14, 1 << 15, 1 << 16, 1 << 17, 1 << 18,
)  # fmt: skip
# With these nothing moves
UNTRUSTED_LEAF = BEAM_FAULT | POSITION_FAULT | MOTOR_FAULT | INTERLOCK_FAULT
UNTRUSTED_CONTROLLER = SUPPLY_FAULT | SENSOR_CHAIN_FAULT | BRIDGE_FAULT

ANOMALIES = ("tailgating", "against", "company", "thing", "wide", "standing", "left_behind")
TAILGATING, AGAINST, COMPANY, THING, WIDE, STANDING, LEFT_BEHIND = 0, 1, 2, 3, 4, 5, 6

# Codes of the log behind those of the faults
LOG_EVENTS = ("started", "emergency_began", "emergency_ended")
STARTED, EMERGENCY_BEGAN, EMERGENCY_ENDED = 128, 129, 130

_BY_ID = {row[0]: row for row in MESSAGES}
FIELDS = {row[0]: len(row[5]) for row in MESSAGES}


def _hash() -> int:
    """Over everything that both ends must agree on; the prose does not count."""
    lines = []
    for message, name, sender, acknowledged, layout, fields, _ in MESSAGES:
        lines.append(" ".join((str(message), name, sender, str(acknowledged), layout, ",".join(fields))))
    for codes in (LEAVES, DIRECTIONS, POSITIONS, RESULTS, FAULT_NAMES, ANOMALIES, LOG_EVENTS):
        lines.append(" ".join(codes))
    return int.from_bytes(hashlib.sha256("\n".join(lines).encode()).digest()[:4], "little")


TABLE_HASH = _hash()


def payload_bytes(message: int) -> int:
    return struct.calcsize(_BY_ID[message][4])


def pack(message: int, values: "tuple[Any, ...]") -> bytes:
    """The payload of one message."""
    return struct.pack(_BY_ID[message][4], *values)


def unpack(message: int, payload: bytes, sender: str) -> "tuple[Any, ...] | None":
    """The values of a payload; None where ``sender`` has no such message or the length is another."""
    row = _BY_ID.get(message)
    if row is None or row[2] not in (sender, BOTH) or struct.calcsize(row[4]) != len(payload):
        return None
    return struct.unpack(row[4], payload)


def is_acknowledged(message: int) -> bool:
    return _BY_ID[message][3]
