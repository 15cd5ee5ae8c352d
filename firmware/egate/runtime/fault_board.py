"""The active faults of the gate: who raises one tells it here once, and the record and the lane hear of each change."""

import logging
from collections.abc import Callable

from egate.faults import FAULTS
from egate.transaction import effects as fx

log = logging.getLogger(__name__)


class FaultBoard:
    """``changed(code, active)`` is called for changes only, on the loop's thread."""

    def __init__(self, record: Callable[[str, bool], None], tell_lane: Callable[[str, bool], None]) -> None:
        self._record, self._tell_lane = record, tell_lane
        self.active: set[str] = set()

    def set(self, code: str, active: bool) -> None:
        """Raise or clear a fault of the list. Raises KeyError for a code that is not in it."""
        if self._change(code, active):
            self._tell_lane(code, active)

    def set_by_lane(self, effect: fx.SetFault) -> None:
        """The same for a fault that the lane itself owns and so already knows."""
        self._change(effect.code, effect.active)

    def _change(self, code: str, active: bool) -> bool:
        fault = FAULTS[code]
        if (code in self.active) is active:
            return False
        if active:
            self.active.add(code)
            log.warning("fault %s (%s): %s %s", code, fault.severity, fault.meaning, fault.action)
        else:
            self.active.discard(code)
            log.info("fault %s is over", code)
        self._record(code, active)
        return True
