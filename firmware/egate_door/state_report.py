"""Tells the host what it has not been told yet of the lane's state."""

from egate_doorlink import table
from egate_doorlink.table import ENTRY, EXIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.lane import Lane
    from egate_door.reports import Reports
    from egate_door.signals import Inputs

_UNKNOWN = -1


class StateReport:
    def __init__(self, reports: "Reports") -> None:
        self._reports = reports
        self._positions = [_UNKNOWN, _UNKNOWN]
        self._inside = _UNKNOWN
        self._approach = _UNKNOWN
        self._emergency = _UNKNOWN
        self._faults = _UNKNOWN

    def forget(self) -> None:
        """The next step tells everything."""
        self._positions[ENTRY] = self._positions[EXIT] = _UNKNOWN
        self._inside = self._approach = self._emergency = self._faults = _UNKNOWN

    def step(self, lane: "Lane", inputs: "Inputs") -> None:
        for index in range(2):
            leaf = inputs.leaves[index]
            position = lane.leaves[index].position(leaf)
            if position != self._positions[index]:
                self._positions[index] = position
                self._reports.add(table.LEAF, index, position, max(leaf.opening_mm, 0))
        approach = int(inputs.approach)
        if lane.inside != self._inside or approach != self._approach:
            self._inside = lane.inside
            self._approach = approach
            self._reports.add(table.OCCUPANCY, self._inside, approach)
        emergency = int(lane.emergency)
        if emergency != self._emergency:
            self._emergency = emergency
            self._reports.add(table.EMERGENCY, emergency)
        faults = lane.faults()
        if faults != self._faults:
            self._faults = faults
            self._reports.add(table.FAULTS, faults)
