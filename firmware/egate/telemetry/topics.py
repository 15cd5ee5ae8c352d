"""The topic tree, in one place. Site and airport are no part of it: they live in the centre's registry, so that a
broker's access rule stays one pattern with the gate's own name.
"""

from typing import Final

from egate.telemetry.fields import GateId, RecordInvalid, check_gate
from egate.telemetry.records import Kind

ROOT: Final = "egate/v1"

EVERY_EVENT: Final = f"{ROOT}/+/evt/#"
EVERY_STATE: Final = f"{ROOT}/+/state/+"


def event(gate: GateId, kind: Kind) -> str:
    """QoS 1, not retained, journalled."""
    return f"{_gate(gate)}/evt/{kind}"


def ack(gate: GateId) -> str:
    """QoS 1, not retained: what the centre has committed."""
    return f"{_gate(gate)}/ack"


def connection(gate: GateId) -> str:
    """QoS 1, retained: birth and last will."""
    return f"{_gate(gate)}/state/conn"


def lane_state(gate: GateId) -> str:
    """QoS 1, retained: how the lane is now."""
    return f"{_gate(gate)}/state/lane"


def parse(topic: str) -> tuple[GateId, str, str] | None:
    """(gate, branch, leaf) of a topic of the tree, leaf empty for ``ack``; None for any other topic."""
    prefix, _, rest = topic.partition(f"{ROOT}/")
    gate, _, path = rest.partition("/")
    branch, _, leaf = path.partition("/")
    try:
        check_gate(gate)
    except RecordInvalid:
        return None
    return None if prefix or not branch else (gate, branch, leaf)


def _gate(gate: GateId) -> str:
    check_gate(gate)
    return f"{ROOT}/{gate}"
