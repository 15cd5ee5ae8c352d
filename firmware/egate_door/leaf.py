"""One leaf: turns its sensors into events for the table, watches motion and its own faults."""

from egate_door import leaf_table as lt
from egate_door.limits import (
    BEAM_STUCK_MS,
    CLOSING_TRIES,
    HELD_OPEN_MS,
    OPEN_MM_MIN,
    SENSOR_DISAGREE_MS,
    SETTLE_MS,
    SHUT_MM_MAX,
    STALL_MM,
    STALL_MS,
)
from egate_doorlink import table
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.signals import LeafInputs, LeafOutputs


class Since:
    """For how long a condition has been true without a break."""

    def __init__(self) -> None:
        self._true = False
        self._since_ms = 0

    def lasts(self, condition: bool, limit_ms: int, now_ms: int) -> bool:
        """Take in the condition; True once it has held for ``limit_ms``."""
        if condition and not self._true:
            self._since_ms = now_ms
        self._true = condition
        return condition and elapsed_ms(self._since_ms, now_ms) >= limit_ms


class MotionWatch:
    """Tells when a driven motor moves nothing."""

    def __init__(self) -> None:
        self._motor = lt.MOTOR_OFF
        self._at_mm = 0
        self._since_ms = 0

    def stalled(self, motor: int, opening_mm: int, now_ms: int) -> bool:
        if motor != self._motor or abs(opening_mm - self._at_mm) >= STALL_MM:
            self._motor = motor
            self._at_mm = opening_mm
            self._since_ms = now_ms
        return motor != lt.MOTOR_OFF and elapsed_ms(self._since_ms, now_ms) >= STALL_MS


class Leaf:
    def __init__(self) -> None:
        self.state = lt.HALTED
        self.tries = 0
        self.faults = 0  # bits of one leaf, see table.LEAF_FAULTS
        self.obstructed = False  # in this step
        self.settled = False  # leaf at rest and beams free for SETTLE_MS
        self._watch = MotionWatch()
        self._free = Since()
        self._stuck = Since()
        self._disagree = Since()
        self._held = Since()

    def post(self, event: int) -> bool:
        """Apply one event; False where the table lists nothing for it."""
        state = lt.TABLE.get((self.state, event))
        if state is None:
            return False
        self.state = state
        return True

    @property
    def rests(self) -> bool:
        return lt.ACTIONS[self.state][0] == lt.MOTOR_OFF

    def position(self, inputs: "LeafInputs") -> int:
        """Observed position code, as the message table has it."""
        if self.state == lt.BLOCKED:
            return table.BLOCKED
        if inputs.shut:
            return table.CLOSED
        return table.OPEN if inputs.opened else table.MOVING

    def sense(self, inputs: "LeafInputs", now_ms: int) -> None:
        """Turn this pass's sensors into events. Motion ends here first, whatever else happens in the pass."""
        self.obstructed = False
        self.settled = self._free.lasts(inputs.beams_free() and self.rests, SETTLE_MS, now_ms)
        stalled = self._watch.stalled(lt.ACTIONS[self.state][0], inputs.opening_mm, now_ms)
        if self.state == lt.CLOSING and (stalled or not inputs.beams_free()) and not inputs.shut:
            self.tries += 1
            self.obstructed = True
            self.post(lt.OBSTACLE)
        elif stalled:
            self._stalled_opening()
        if inputs.shut:
            if self.post(lt.SHUT) and not self.faults & table.BLOCKED_FAULT:
                self.tries = 0
        elif self.state == lt.LOCKED and inputs.opening_mm > SHUT_MM_MAX:
            self.faults |= table.FORCED_FAULT
            self.post(lt.UNLATCHED)
        if inputs.opened:
            self.post(lt.OPENED)
        if self.state == lt.WAITING and self.tries >= CLOSING_TRIES:
            self._block()

    def watch_faults(self, inputs: "LeafInputs", should_be_shut: bool, now_ms: int) -> None:
        """Faults that time alone brings about."""
        if self._stuck.lasts(not inputs.beams_free(), BEAM_STUCK_MS, now_ms):
            self.faults |= table.BEAM_FAULT
        if self._disagree.lasts(_sensors_disagree(inputs), SENSOR_DISAGREE_MS, now_ms):
            self.faults |= table.POSITION_FAULT
        if self._held.lasts(should_be_shut and not inputs.shut, HELD_OPEN_MS, now_ms):
            self.faults |= table.HELD_OPEN_FAULT
        elif inputs.shut:
            self.faults &= ~table.HELD_OPEN_FAULT

    def clear(self, inputs: "LeafInputs") -> None:
        """A person has looked. A fault whose cause is still there stays."""
        keep = self.faults & table.HELD_OPEN_FAULT
        if not inputs.beams_free():
            keep |= self.faults & table.BEAM_FAULT
        if _sensors_disagree(inputs):
            keep |= self.faults & table.POSITION_FAULT
        self.faults = keep
        self.tries = 0
        self.post(lt.CLEARED)

    def act(self, outputs: "LeafOutputs") -> None:
        outputs.motor, outputs.released = lt.ACTIONS[self.state]

    def _stalled_opening(self) -> None:
        if self.post(lt.STALLED) and self.state == lt.BLOCKED:
            self.faults |= table.BLOCKED_FAULT

    def _block(self) -> None:
        self.faults |= table.BLOCKED_FAULT
        self.post(lt.GIVE_UP)


def _sensors_disagree(inputs: "LeafInputs") -> bool:
    return (
        (inputs.shut and inputs.opened)
        or (inputs.shut and inputs.opening_mm > SHUT_MM_MAX)
        or (inputs.opened and inputs.opening_mm < OPEN_MM_MIN)
    )
