"""Tests what protects people before it is relied on: with the light transmitters off every receiver must be dark, and
both closing interlocks, given a lease without a motor, must trip.

Takes some 50 ms, runs before every closing, at the start and on the host's wish. Meanwhile the rest of the program
sees the beams as they were, and nothing may close.
"""

from egate_door.limits import BEAM_LIGHT_MS, BEAM_TEST_FRESH_MS, BEAM_TEST_MS, BEAMS
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.signals import Inputs, LeafInputs

IDLE, DARK, PROBE, LIGHT = range(4)
_WITHOUT_LIGHT = (DARK, PROBE)
_ALL_BROKEN = (1 << BEAMS) - 1


class _Beams:
    """One leaf's beams as they were before the test, and what the test found."""

    def __init__(self) -> None:
        self.blind = False  # a receiver saw light in the dark
        self.deaf = False  # the interlock did not trip
        self._outer = False
        self._inner = False
        self._curtain = 0

    def keep(self, inputs: "LeafInputs") -> None:
        self._outer = inputs.outer_broken
        self._inner = inputs.inner_broken
        self._curtain = inputs.curtain

    def show(self, inputs: "LeafInputs") -> None:
        inputs.outer_broken = self._outer
        inputs.inner_broken = self._inner
        inputs.curtain = self._curtain


class SafetyTest:
    """``start``, then ``step`` in every pass until ``running`` ends; ``leaves`` says what was found."""

    def __init__(self) -> None:
        self.leaves = (_Beams(), _Beams())
        self.phase = IDLE
        self.finished = False  # in this pass
        self._since_ms = 0
        self._good_ms = 0
        self._good = False
        self._stopped = False

    @property
    def running(self) -> bool:
        return self.phase != IDLE

    @property
    def dark(self) -> bool:
        """The light transmitters are to be off."""
        return self.phase in _WITHOUT_LIGHT

    @property
    def probing(self) -> bool:
        """The interlocks are to have a lease."""
        return self.phase == PROBE

    def start(self, now_ms: int) -> None:
        self.phase = DARK
        self._since_ms = now_ms
        self._good = self._stopped = False

    def stop(self, now_ms: int) -> None:
        """Something more urgent has come: transmitters on, and no result."""
        if self.phase != IDLE and not self._stopped:
            self._stopped = True
            self._enter(LIGHT, now_ms)

    def fresh(self, now_ms: int) -> bool:
        """The last test was passed, just now."""
        return self._good and elapsed_ms(self._good_ms, now_ms) <= BEAM_TEST_FRESH_MS

    def used(self) -> None:
        self._good = False

    def step(self, inputs: "Inputs", now_ms: int) -> None:
        """Look at the beams as they are, then let ``inputs`` show them as they were."""
        self.finished = False
        if self.phase == IDLE:
            for index in range(2):
                self.leaves[index].keep(inputs.leaves[index])
            return
        if self.phase == DARK:
            self._wait_for_dark(inputs, now_ms)
        elif self.phase == PROBE:
            self._wait_for_trip(inputs, now_ms)
        elif elapsed_ms(self._since_ms, now_ms) >= BEAM_LIGHT_MS:
            self._finish(now_ms)
            return  # from here on the beams are seen as they are
        for index in range(2):
            self.leaves[index].show(inputs.leaves[index])

    def _wait_for_dark(self, inputs: "Inputs", now_ms: int) -> None:
        for index in range(2):
            self.leaves[index].blind = not _dark(inputs.leaves[index])
            self.leaves[index].deaf = True
        seen = self.leaves[0].blind or self.leaves[1].blind
        if not seen:
            self._enter(PROBE, now_ms)
        elif elapsed_ms(self._since_ms, now_ms) >= BEAM_TEST_MS:
            self._enter(LIGHT, now_ms)

    def _wait_for_trip(self, inputs: "Inputs", now_ms: int) -> None:
        for index in range(2):
            if inputs.leaves[index].tripped:
                self.leaves[index].deaf = False
        deaf = self.leaves[0].deaf or self.leaves[1].deaf
        if not deaf or elapsed_ms(self._since_ms, now_ms) >= BEAM_TEST_MS:
            self._enter(LIGHT, now_ms)

    def _enter(self, phase: int, now_ms: int) -> None:
        self.phase = phase
        self._since_ms = now_ms

    def _finish(self, now_ms: int) -> None:
        self.phase = IDLE
        if self._stopped:
            return
        self.finished = True
        self._good_ms = now_ms
        self._good = True
        for leaf in self.leaves:
            if leaf.blind or leaf.deaf:
                self._good = False


def _dark(inputs: "LeafInputs") -> bool:
    return inputs.outer_broken and inputs.inner_broken and inputs.curtain == _ALL_BROKEN
