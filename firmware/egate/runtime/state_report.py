"""Tells the broker how the lane is now: a retained state, sent when it changes. A watcher of the lane loop."""

from egate.runtime.clock import Clock
from egate.telemetry.link import Link
from egate.telemetry.records import Doors, LaneState
from egate.transaction import effects as fx
from egate.transaction.state import Lane


class StateReport:
    """``mode`` says what kind of lane this is: live or simulation."""

    def __init__(self, link: Link, clock: Clock, mode: str) -> None:
        self._link, self._clock, self._mode = link, clock, mode
        self._last: LaneState | None = None
        self._stage, self._since = "", clock.utc()

    def __call__(self, lane: Lane, effects: tuple[fx.Effect, ...]) -> None:
        if lane.stage.value != self._stage:
            self._stage, self._since = lane.stage.value, self._clock.utc()
        state = LaneState(
            state=lane.stage.value,
            since=self._since,
            transaction=lane.transaction.id if lane.transaction else None,
            screen=lane.shown.screen.value if lane.shown else None,
            mode=self._mode,
            faults=tuple(sorted(lane.faults)),
            occupancy=lane.inside,
            doors=Doors(lane.entry.value, lane.exit.value),
        )
        if state != self._last:
            self._last = state
            self._link.set_lane_state(state)
