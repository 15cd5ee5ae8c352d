"""One leaf: turns its sensors into events for the table, watches motion and its own faults."""

from egate_door import leaf_table as lt
from egate_door.limits import (
    BEAM_STUCK_MS,
    BEAMS_DISAGREE_MS,
    CLOSING_TRIES,
    GUARD_INNER,
    GUARD_OUTER,
    HELD_OPEN_MS,
    OPEN_MM_MIN,
    SENSOR_DISAGREE_MS,
    SETTLE_MS,
    SHUT_MM_MAX,
)
from egate_door.motion import MotionWatch, Profile
from egate_door.timed import Since
from egate_doorlink import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.signals import LeafInputs, LeafOutputs


class Leaf:
    def __init__(self) -> None:
        self.state = lt.HALTED
        self.tries = 0
        self.faults = 0  # bits of one leaf, see table.LEAF_FAULTS
        self.obstructed = False  # in this step
        self.settled = False  # leaf at rest and beams free for SETTLE_MS
        self._motion = MotionWatch()
        self._profile = Profile()
        self._free = Since()
        self._stuck = Since()
        self._disagree = Since()
        self._beams_disagree = Since()
        self._held = Since()

    def post(self, event: int) -> bool:
        """Apply one event; False where the table lists nothing for it."""
        state = lt.follow(self.state, event)
        if state == lt.NOTHING:
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

    def sense(self, inputs: "LeafInputs", current_ma: int, now_ms: int) -> None:
        """Turn this pass's sensors into events. Motion ends here first, whatever else happens in the pass."""
        self.obstructed = False
        self.settled = self._free.lasts(inputs.beams_free() and self.rests, SETTLE_MS, now_ms)
        self._motion.step(lt.ACTIONS[self.state][0], inputs.opening_mm, current_ma, now_ms)
        if self._motion.overdue:
            self.faults |= table.MOTOR_FAULT
        if self.state == lt.CLOSING and not inputs.shut and self._must_reverse(inputs):
            self.tries += 1
            self.obstructed = True
            self.post(lt.OBSTACLE)
        elif self._motion.met_something():
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
        if self._beams_disagree.lasts(_beams_disagree(inputs), BEAMS_DISAGREE_MS, now_ms):
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
        if not inputs.beams_free() or _beams_disagree(inputs):
            keep |= self.faults & table.BEAM_FAULT
        if _sensors_disagree(inputs):
            keep |= self.faults & table.POSITION_FAULT
        self.faults = keep
        self.tries = 0
        self.post(lt.CLEARED)

    def act(self, inputs: "LeafInputs", outputs: "LeafOutputs") -> None:
        outputs.motor, outputs.released = lt.ACTIONS[self.state]
        outputs.duty = self._profile.duty(outputs.motor, inputs.opening_mm)

    def _must_reverse(self, inputs: "LeafInputs") -> bool:
        return inputs.tripped or not inputs.beams_free() or self._motion.met_something()

    def _stalled_opening(self) -> None:
        if self.post(lt.STALLED) and self.state == lt.BLOCKED:
            self.faults |= table.BLOCKED_FAULT

    def _block(self) -> None:
        self.faults |= table.BLOCKED_FAULT
        self.post(lt.GIVE_UP)


def _beams_disagree(inputs: "LeafInputs") -> bool:
    """The two beams beside the leaf are read twice: by pins of their own, and with the curtain."""
    return inputs.outer_broken != bool(inputs.curtain >> GUARD_OUTER & 1) or inputs.inner_broken != bool(
        inputs.curtain >> GUARD_INNER & 1
    )


def _sensors_disagree(inputs: "LeafInputs") -> bool:
    return (
        (inputs.shut and inputs.opened)
        or (inputs.shut and inputs.opening_mm > SHUT_MM_MAX)
        or (inputs.opened and inputs.opening_mm < OPEN_MM_MIN)
    )
