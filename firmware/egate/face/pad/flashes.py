"""Does a sequence of colours flash? Judged as WCAG 2.2 defines "general flash and red flash thresholds", for 2.3.1.

Area is left out, so this is stricter than the clause, which forgives a small one: a lamp beside the camera may fill a
traveller's view.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from egate.face.pad.challenge import Colour, Shown

MOST_PER_SECOND = 3
"""Flashes of each kind that 2.3.1 allows in any one-second period."""

_PERIOD_MS = 1000
_LEAST_CHANGE = 0.10  # of the maximum relative luminance
_BRIGHT = 0.80  # where the darker of two states is at least this bright, their change is no flash
_SATURATED_RED = 0.80  # R / (R + G + B)
_LEAST_RED_CHANGE = 0.20  # distance in the CIE 1976 UCS chromaticity diagram
_NEARLY = 1e-9  # numbers a rounding error short of a threshold count as on it


@dataclass(frozen=True, slots=True)
class Flashes:
    """The most flashes of each kind in any one second; one is a pair of opposing changes."""

    general: int
    red: int

    @property
    def safe(self) -> bool:
        return max(self.general, self.red) <= MOST_PER_SECOND


def flashes(shown: Sequence[Shown]) -> Flashes:
    """What a sequence of colours, in the order of time, comes to."""
    general = _changes(shown, lambda colour: colour.luminance, _is_general)
    return Flashes(_most_pairs(general), _most_pairs(_changes(shown, _redness, _is_red)))


def _changes(
    shown: Sequence[Shown], height: Callable[[Colour], float], counts: Callable[[Colour, Colour], bool]
) -> list[int]:
    """The times of changes of ``height`` that count, up and down in turn. Each is measured from the last extreme, so
    that a change in many small steps is one change all the same."""
    changes: list[int] = []
    upwards: bool | None = None  # which way the last change went
    if not shown:
        return changes
    low = high = shown[0].colour
    for now in shown:
        rises = upwards is not True and height(now.colour) > height(low) and counts(low, now.colour)
        falls = upwards is not False and height(now.colour) < height(high) and counts(high, now.colour)
        if rises or falls:
            changes.append(now.from_ms)
            upwards, low, high = rises, now.colour, now.colour
        low, high = min(low, now.colour, key=height), max(high, now.colour, key=height)
    return changes


def _most_pairs(changes_ms: Sequence[int]) -> int:
    """Changes up and down alternate, so two neighbours are a pair of opposing ones."""
    counts = (sum(start <= time < start + _PERIOD_MS for time in changes_ms) for start in changes_ms)
    return max(counts, default=0) // 2


def _is_general(one: Colour, other: Colour) -> bool:
    darker, brighter = sorted((one.luminance, other.luminance))
    return brighter - darker >= _LEAST_CHANGE - _NEARLY and darker < _BRIGHT


def _is_red(one: Colour, other: Colour) -> bool:
    saturated = max(_redness(one), _redness(other)) >= _SATURATED_RED - _NEARLY
    (u, v), (other_u, other_v) = _ucs(one), _ucs(other)
    return saturated and (u - other_u) ** 2 + (v - other_v) ** 2 > _LEAST_RED_CHANGE**2


def _redness(colour: Colour) -> float:
    total = colour.red + colour.green + colour.blue
    return colour.red / total if total > 0 else 0.0


def _ucs(colour: Colour) -> tuple[float, float]:
    """u' and v' of the CIE 1976 UCS diagram, by way of XYZ (IEC 61966-2-1: sRGB's primaries); those of white where
    there is no light."""
    red, green, blue = (colour.red, colour.green, colour.blue) if _redness(colour) or colour.luminance else (1, 1, 1)
    x = 0.4124 * red + 0.3576 * green + 0.1805 * blue
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = 0.0193 * red + 0.1192 * green + 0.9505 * blue
    total = x + 15 * y + 3 * z
    return 4 * x / total, 9 * y / total
