"""How a leaf is driven: soft start, creeping before the end, and a watch over what the motor does."""

from egate_door import leaf_table as lt
from egate_door.limits import (
    CLOSE_DUTY,
    CLOSE_OVERLOAD_MA,
    CLOSING_MS_MAX,
    CREEP_DUTY,
    CREEP_MM,
    FULLY_OPEN_MM,
    INRUSH_MS,
    OPEN_DUTY,
    OPEN_OVERLOAD_MA,
    OPENING_MS_MAX,
    OVERLOAD_MS,
    RAMP_DUTY,
    STALL_MM,
    STALL_MS,
)
from egate_door.timed import Since
from egate_doorlink.ticks import elapsed_ms


class Profile:
    """Duty pass by pass. Stopping is always at once; only starting and arriving are soft."""

    def __init__(self) -> None:
        self._motor = lt.MOTOR_OFF
        self._duty = 0

    def duty(self, motor: int, opening_mm: int) -> int:
        """0 .. 65535 for this pass."""
        if motor != self._motor:
            self._motor = motor
            self._duty = 0
            return 0  # the bridge rests for the first pass of another direction
        if motor == lt.MOTOR_OFF:
            return 0
        wanted = _wanted_duty(motor, opening_mm)
        self._duty = min(max(wanted, self._duty - RAMP_DUTY), self._duty + RAMP_DUTY)
        return self._duty


def _wanted_duty(motor: int, opening_mm: int) -> int:
    if motor == lt.MOTOR_OPEN:
        return OPEN_DUTY if opening_mm < FULLY_OPEN_MM - CREEP_MM else CREEP_DUTY
    return CLOSE_DUTY if opening_mm > CREEP_MM else CREEP_DUTY


class MotionWatch:
    """Tells when a driven motor moves nothing, draws too much, or takes too long."""

    def __init__(self) -> None:
        self.stalled = False
        self.overloaded = False
        self.overdue = False
        self._motor = lt.MOTOR_OFF
        self._at_mm = 0
        self._moved_ms = 0
        self._started_ms = 0
        self._heavy = Since()

    def step(self, motor: int, opening_mm: int, current_ma: int, now_ms: int) -> None:
        """``motor``: what it was told in the pass before; ``current_ma``: of this leaf's motor alone."""
        if motor != self._motor:
            self._motor = motor
            self._started_ms = now_ms
            self._moved(opening_mm, now_ms)
        elif abs(opening_mm - self._at_mm) >= STALL_MM:
            self._moved(opening_mm, now_ms)
        driven = motor != lt.MOTOR_OFF
        driven_ms = elapsed_ms(self._started_ms, now_ms)
        closing = motor == lt.MOTOR_CLOSE
        self.stalled = driven and elapsed_ms(self._moved_ms, now_ms) >= STALL_MS
        self.overdue = driven and driven_ms >= (CLOSING_MS_MAX if closing else OPENING_MS_MAX)
        heavy = driven and driven_ms >= INRUSH_MS and current_ma > (CLOSE_OVERLOAD_MA if closing else OPEN_OVERLOAD_MA)
        self.overloaded = self._heavy.lasts(heavy, OVERLOAD_MS, now_ms)

    def met_something(self) -> bool:
        return self.stalled or self.overloaded or self.overdue

    def _moved(self, opening_mm: int, now_ms: int) -> None:
        self._at_mm = opening_mm
        self._moved_ms = now_ms
