"""The light challenge: a short sequence of colours that nobody can know beforehand, for the lamp beside the camera.

A face before the camera answers the right colour at the right moment; what was recorded before cannot
(``cues/light.py`` judges the answer). The colours lie on a circle around white in the plane of one luminance: red and
blue swing by 90 % of that luminance, green takes up what the eye would see of it.

**Photosensitive people** (WCAG 2.2, success criterion 2.3.1): every colour has the same relative luminance and none is
a saturated red, so no pair of steps is a general or a red flash at all. And where a lamp is badly balanced, so that its
luminance does change, a step still lasts 300 ms: two steps make one flash at most, and so there are no more than two in
any second, where three are allowed. ``flashes.py`` judges sequences by the clause, and the tests every challenge by it.

**How many there are**: 12 hues, neighbours at least 90 degrees apart (12 * 7^4 sequences of five), less those whose
colours lie to one side or along one line, because there one figure could stand for the whole sequence: 20,016, that is
14.3 bits. Each is equally likely. A sixth colour would make nine times as many, and cost the time in which the pulse is
looked for.
"""

import cmath
import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass

STEPS = 5
STEP_MS = 300
DURATION_MS = STEPS * STEP_MS

LUMINANCE = 0.5
"""Of every colour and of rest, relative to the lamp's white at its brightest."""

_SWING = 0.45  # of red and of blue around LUMINANCE; leaves each between 0.05 and 0.95
_WEIGHTS = (0.2126, 0.7152, 0.0722)  # relative luminance of red, green and blue: WCAG 2.2, ITU-R BT.709
_HUES = 12
_LEAST_TURN = 3  # hues between neighbours: 90 degrees
_TURNS = _HUES + 1 - 2 * _LEAST_TURN
_FAIR_BYTES = 252  # a multiple of 12 and of 7: bytes below it are fair dice for both
_MOST_RESULTANT = 0.51
_MIN_ENTROPY_BYTES = 16
_BLOCK_BYTES = 64


@dataclass(frozen=True, slots=True)
class Colour:
    """Light of the lamp: shares 0 .. 1 of what its red, green and blue can give, linear in light, white where equal."""

    red: float
    green: float
    blue: float

    def __post_init__(self) -> None:
        if not all(0 <= share <= 1 for share in (self.red, self.green, self.blue)):
            raise ValueError(f"a lamp's shares lie between 0 and 1, got {self.red}, {self.green}, {self.blue}")

    @property
    def luminance(self) -> float:
        """Relative luminance: 1 is the lamp's white at its brightest."""
        return sum(weight * share for weight, share in zip(_WEIGHTS, (self.red, self.green, self.blue), strict=True))


@dataclass(frozen=True, slots=True)
class Shown:
    """From ``from_ms`` on, until the next, the lamp shone in ``colour``."""

    colour: Colour
    from_ms: int


DARK = Colour(0.0, 0.0, 0.0)
REST = Colour(LUMINANCE, LUMINANCE, LUMINANCE)
"""White, before the challenge and after it, as bright as every step."""


def hue(number: int) -> Colour:
    """The colour ``number`` * 30 degrees around the circle; 0 is the reddest, 3 the bluest."""
    angle = math.tau * number / _HUES
    red, blue = _SWING * math.cos(angle), _SWING * math.sin(angle)
    green = -(_WEIGHTS[0] * red + _WEIGHTS[2] * blue) / _WEIGHTS[1]
    return Colour(LUMINANCE + red, LUMINANCE + green, LUMINANCE + blue)


@dataclass(frozen=True, slots=True, repr=False)
class Challenge:
    """``steps``: the colours in their order, each for STEP_MS."""

    steps: tuple[Colour, ...]

    @classmethod
    def draw(cls, entropy: bytes, attempt: int = 0) -> "Challenge":
        """The challenge that follows from ``entropy``, at least 16 bytes of a cryptographic random source, for the
        ``attempt``-th start of one capture: each start has one of its own. Raises ValueError."""
        if len(entropy) < _MIN_ENTROPY_BYTES:
            raise ValueError(f"a challenge needs {_MIN_ENTROPY_BYTES} bytes of entropy, got {len(entropy)}")
        dice = (byte for byte in _expanded(entropy, attempt) if byte < _FAIR_BYTES)
        while True:
            hues = [next(dice) % _HUES]
            while len(hues) < STEPS:
                hues.append((hues[-1] + _LEAST_TURN + next(dice) % _TURNS) % _HUES)
            if spread(hues):
                return cls(tuple(hue(number) for number in hues))

    def __repr__(self) -> str:
        return f"Challenge({len(self.steps)} steps)"  # what it is, nobody shall read in a log


def spread(hues: list[int]) -> bool:
    """Whether hues lie neither to one side of the circle nor along one line through its middle: the resultants of the
    angles and of the doubled angles are short (Mardia and Jupp, Directional Statistics, 2000)."""
    turns = [cmath.exp(1j * math.tau * number / _HUES) for number in hues]
    return all(abs(sum(turn**order for turn in turns)) / len(turns) <= _MOST_RESULTANT for order in (1, 2))


def _expanded(entropy: bytes, attempt: int) -> Iterator[int]:
    """Endless bytes: SHAKE256 (FIPS 202) of entropy, attempt and block number."""
    block = 0
    while True:
        label = b"egate light challenge" + attempt.to_bytes(4, "big") + block.to_bytes(4, "big")
        yield from hashlib.shake_256(label + entropy).digest(_BLOCK_BYTES)
        block += 1
