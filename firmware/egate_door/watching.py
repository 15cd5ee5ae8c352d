"""For a technician: what the door sees and does, sent every so often while somebody watches."""

import gc

from egate_doorlink import table
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.board import Board
    from egate_door.lane import Lane
    from egate_door.timing import LoopTiming
    from egate_doorlink.link import DoorLink

PERIOD_MS_MIN = 20  # a third of the line's capacity
TIMING_PERIOD_MS = 1_000

# Bits of SAMPLE's signals
EMERGENCY_SIGNAL, KEY_SIGNAL, APPROACH_SIGNAL, DARK_SIGNAL, POWER_SIGNAL = 1, 2, 4, 8, 16
ENTRY_RELEASED_SIGNAL, EXIT_RELEASED_SIGNAL = 32, 64


class Watching:
    def __init__(self, lane: "Lane", board: "Board", timing: "LoopTiming", link: "DoorLink") -> None:
        self._lane = lane
        self._board = board
        self._timing = timing
        self._link = link
        self._period_ms = 0
        self._sample_ms = 0
        self._timing_ms = 0

    def start(self, period_ms: int, now_ms: int) -> int:
        """0 ends it. Returns a result code."""
        if period_ms and period_ms < PERIOD_MS_MIN:
            return table.INVALID
        self._period_ms = period_ms
        self._sample_ms = self._timing_ms = now_ms
        self._timing.restart()
        return table.OK

    def stop(self) -> None:
        self._period_ms = 0

    def step(self, now_ms: int) -> None:
        if not self._period_ms:
            return
        if elapsed_ms(self._sample_ms, now_ms) >= self._period_ms:
            self._sample_ms = now_ms
            self._link.tell(table.SAMPLE, self._sample(now_ms))
        if elapsed_ms(self._timing_ms, now_ms) >= TIMING_PERIOD_MS:
            self._timing_ms = now_ms
            self._link.tell(table.TIMING, self._loop_timing())
            self._timing.restart()

    def _sample(self, now_ms: int) -> "tuple[int, ...]":
        inputs, outputs = self._board.inputs, self._board.outputs
        entry, way_out = inputs.leaves
        return (
            now_ms, self._lane.mode, self._lane.leaves[0].state, self._lane.leaves[1].state,
            max(entry.opening_mm, 0), max(way_out.opening_mm, 0),
            outputs.leaves[0].duty >> 8, outputs.leaves[1].duty >> 8, entry.curtain, way_out.curtain,
            self._signals(), inputs.current_ma, inputs.supply_mv,
        )  # fmt: skip

    def _signals(self) -> int:
        inputs, outputs = self._board.inputs, self._board.outputs
        return (
            (EMERGENCY_SIGNAL if inputs.emergency else 0)
            | (KEY_SIGNAL if inputs.reset_key else 0)
            | (APPROACH_SIGNAL if inputs.approach else 0)
            | (DARK_SIGNAL if outputs.beams_dark else 0)
            | (POWER_SIGNAL if outputs.motor_power else 0)
            | (ENTRY_RELEASED_SIGNAL if outputs.leaves[0].released else 0)
            | (EXIT_RELEASED_SIGNAL if outputs.leaves[1].released else 0)
        )

    def _loop_timing(self) -> "tuple[int, ...]":
        timing = self._timing
        free = gc.mem_free() if hasattr(gc, "mem_free") else 0  # CPython has none
        return (
            timing.passes, timing.period_min_us, timing.period_max_us, timing.mean_us(), timing.run_max_us,
            free & 0xFFFFFFFF,
        )  # fmt: skip
