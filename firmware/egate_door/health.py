"""Faults of the controller itself: its supply, its chain of sensors, a bridge that leaks, a restart by the watchdog."""

from egate_door.leaf_table import MOTOR_OFF
from egate_door.limits import CHAIN_BROKEN_MS, IDLE_CURRENT_MA, IDLE_CURRENT_MS, SUPPLY_LOW_MS, SUPPLY_MV_MIN
from egate_door.timed import Since
from egate_doorlink import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.signals import Inputs, Outputs


class Health:
    def __init__(self) -> None:
        self.faults = 0
        self._low = Since()
        self._broken = Since()
        self._leaking = Since()

    def step(self, inputs: "Inputs", outputs: "Outputs", now_ms: int) -> None:
        """``outputs``: as they were set in the pass before."""
        if self._low.lasts(inputs.supply_mv < SUPPLY_MV_MIN, SUPPLY_LOW_MS, now_ms):
            self.faults |= table.SUPPLY_FAULT
        if self._broken.lasts(not inputs.chain_whole, CHAIN_BROKEN_MS, now_ms):
            self.faults |= table.SENSOR_CHAIN_FAULT
        off = outputs.leaves[0].motor == MOTOR_OFF and outputs.leaves[1].motor == MOTOR_OFF
        if self._leaking.lasts(off and inputs.current_ma > IDLE_CURRENT_MA, IDLE_CURRENT_MS, now_ms):
            self.faults |= table.BRIDGE_FAULT

    def clear(self) -> None:
        """A person has looked; a cause that is still there brings its fault back by itself."""
        self.faults = 0
