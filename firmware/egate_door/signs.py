"""What the lane's alarm lamp and buzzer do: patterns of sixteen steps of 100 ms, the first in the lowest bit."""

from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.signals import Outputs

STEP_MS = 100
STEPS = 16
CHIRP_MS = 400  # how long the buzzer sounds when a leaf reverses or somebody slips through

# each for the lamp and for the buzzer
PATTERNS = (
    (0x0000, 0x0000),  # quiet
    (0x00FF, 0x0000),  # safe state: slow
    (0x3333, 0x0000),  # a fault is active: fast
    (0xFFFF, 0x0F0F),  # emergency: steady, and heard
    (0x0005, 0x0000),  # self-test: twice, then dark
)


class Signs:
    QUIET, SAFE, FAULT, EMERGENCY, TESTING = range(5)

    def __init__(self) -> None:
        self._chirping = False
        self._chirp_ms = 0

    def chirp(self, now_ms: int) -> None:
        """Sound the buzzer for a moment, whatever the pattern."""
        self._chirping = True
        self._chirp_ms = now_ms

    def show(self, outputs: "Outputs", sign: int, now_ms: int) -> None:
        if elapsed_ms(self._chirp_ms, now_ms) >= CHIRP_MS:
            self._chirping = False
        pattern = PATTERNS[sign]
        outputs.lamp = _lit(pattern[0], now_ms)
        outputs.buzzer = self._chirping or _lit(pattern[1], now_ms)


def _lit(bits: int, now_ms: int) -> bool:
    return bool(bits >> now_ms // STEP_MS % STEPS & 1)
