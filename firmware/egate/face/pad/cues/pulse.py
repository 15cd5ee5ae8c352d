"""Cue: the pulse in the colour of the skin.

With every beat of the heart the skin swallows a little more green light, by some thousandths. The colours of ten
places from forehead to jaw are followed and projected onto the plane orthogonal to skin tone (Wang et al., POS, 2017),
in which changes of brightness cancel. Blood reaches all of them together, while noise and compression differ from place
to place: each is compared with all the others, which count alike, within the band of a heart's rate. ``together`` is
how far the middle one of them agrees, so that a lock of hair or a beard over some spoils nothing, ``least`` how far the
one does that agrees least, ``rhythm`` how much of the band one rate and its double hold, ``strength`` how large the
signal is.

A place is looked at through a window whose edge is soft: the points of a mesh tremble from frame to frame, and with a
hard edge every spot or wrinkle that goes in and out is a larger signal than the pulse.

Only frames count in which the face comes no nearer, in light that does not change: walking up and the light challenge
are larger than any pulse. There, and where colours jump all the same, the signal is cut, and each piece loses its own
mean and slope; pieces too short to show a beat don't count.

What it cannot see: in one second there is hardly more than one beat, so that anything else which changes the colour of
a whole face at once, a flickering lamp or a camera that balances its white, passes for a pulse. A film that is good
enough shows the pulse of the one who was filmed, and thin paper over a face lets some of it through. Make-up, dark
skin, poor light and compression weaken it; a longer look (``steady_ms``) makes up for some of that.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.cue import Features, Missing
from egate.face.pad.observation import Observation

# Rows of the mesh whose middle is the place: forehead and its sides, below the eyes, cheeks, nose, beside the mouth.
_PLACES = (
    (151, 9), (67, 104), (297, 333), (118, 101), (347, 330), (50, 205), (280, 425), (195, 5), (210, 214), (430, 434),
)  # fmt: skip
_REACH = 0.2  # standard deviation of the window, in distances between the eyes
_EDGE = 2.2  # standard deviations after which the window ends
_MIN_REACH_PX = 2
_MOST_FRAMES = 900
_MIN_RATE_HZ, _GRID_HZ = 5.0, 16.0
LEAST_SPAN_MS = 850
"""Of a piece in steady light, of somebody who stands still."""
_MIN_FRAMES = 8
_BAND_HZ = (0.75, 3.0)  # 45 to 180 beats a minute
_PEAK_HZ = 0.2
_JUMP = 0.02  # relative change of colour from frame to frame that no heart makes
_FLOOR = 1e-6

Floats = NDArray[np.float64]


@dataclass(slots=True, repr=False)
class _Run:
    """An unbroken run of frames: when each was taken, and the colours (10, 3) of its places."""

    times_ms: list[int] = field(default_factory=list)
    colours: list[Floats] = field(default_factory=list)


class PulseCue:
    """Features: ``together`` and ``least`` (median and least correlation of a place with the mean of all the others,
    -1 .. 1), ``rhythm`` (share of the band's power, 0 .. 1) and ``strength`` (natural logarithm of the
    median place's standard deviation, relative to the skin's brightness). A living face has more of the first three."""

    name = "pulse"

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._unbroken = False
        self._small = False

    def observe(self, seen: Observation) -> None:
        if not seen.steady:
            self._unbroken = False
            return
        last_ms = self._runs[-1].times_ms[-1] if self._runs else None
        if sum(len(run.times_ms) for run in self._runs) >= _MOST_FRAMES or (
            last_ms is not None and seen.time_ms <= last_ms
        ):
            return
        colours = _colours(seen)
        if colours is None:
            self._small = True
            return
        if not self._unbroken:
            self._runs.append(_Run())
            self._unbroken = True
        self._runs[-1].times_ms.append(seen.time_ms)
        self._runs[-1].colours.append(colours)

    def features(self) -> Features | Missing:
        intervals = [interval for run in self._runs for interval in np.diff(run.times_ms)]
        if not intervals:
            return Missing.TOO_SMALL if self._small else Missing.TOO_FEW_FRAMES
        if 1000 / float(np.median(intervals)) < _MIN_RATE_HZ:
            return Missing.TOO_SLOW
        if max(run.times_ms[-1] - run.times_ms[0] for run in self._runs) < LEAST_SPAN_MS:
            return Missing.TOO_SHORT
        pieces = [piece for run in self._runs for piece in _pieces(np.array(run.times_ms), np.array(run.colours))]
        if not pieces:
            return Missing.TOO_NOISY
        signals = np.concatenate(pieces, axis=1)
        sizes = signals.std(axis=1)
        signals /= sizes[:, np.newaxis] + _FLOOR**2  # what trembles most, as the edge of a beard, must not outweigh all
        whole = signals.mean(axis=0)
        agreement = [_correlation(one, whole - one / len(signals)) for one in signals]
        return {
            "together": float(np.median(agreement)),
            "least": min(agreement),
            "rhythm": _rhythm(whole),
            "strength": float(np.log(np.median(sizes) + _FLOOR)),
        }

    def wipe(self) -> None:
        for run in self._runs:
            for colours in run.colours:
                colours.fill(0)
        self._runs.clear()
        self._unbroken = self._small = False


def _colours(seen: Observation) -> Floats | None:
    """(10, 3): the mean colour of each place; None where a place is too small, dark, or outside of the picture."""
    five = seen.mesh.five
    reach = _REACH * float(np.hypot(*(five[1] - five[0])))
    rows, columns = seen.pixels.shape[:2]
    if not _MIN_REACH_PX <= reach <= max(rows, columns):
        return None
    means = []
    for place in _PLACES:
        x, y = seen.mesh.points[list(place), :2].mean(axis=0)
        if not (reach <= x < columns - reach and reach <= y < rows - reach):
            return None
        across, weights_across = _window(x, reach, columns)
        down, weights_down = _window(y, reach, rows)
        by_row = np.einsum("c,rck->rk", weights_across, seen.pixels[down, across].astype(np.float32))
        means.append(weights_down @ by_row)
    colours = np.array(means, np.float64)
    return colours if colours.min() > 1 else None


def _window(centre: float, reach: float, length: int) -> tuple[slice, NDArray[np.float32]]:
    """The part of a side of ``length`` pixels that the window covers, and its weights, which add up to 1."""
    begin, end = max(0, int(centre - _EDGE * reach)), min(length, int(centre + _EDGE * reach) + 1)
    weights = np.exp(-(((np.arange(begin, end) - centre) / reach) ** 2) / 2)
    return slice(begin, end), np.asarray(weights / weights.sum(), np.float32)


def _pieces(times_ms: NDArray[np.int_], colours: Floats) -> list[Floats]:
    """The pulse signals (10, n) on an even grid, one piece for each stretch of steady light."""
    shade = colours.mean(axis=1)
    shade = shade / shade.sum(axis=1, keepdims=True)
    jumps = np.abs(np.diff(shade, axis=0) / shade[:-1]).max(axis=1) > _JUMP
    bounds = np.concatenate(([0], np.flatnonzero(jumps) + 1, [len(times_ms)]))
    pieces = []
    for start, end in pairwise(bounds):
        if end - start >= _MIN_FRAMES and times_ms[end - 1] - times_ms[start] >= LEAST_SPAN_MS:
            grid = np.arange(times_ms[start], times_ms[end - 1], 1000 / _GRID_HZ)
            flat = colours[start:end].reshape(end - start, -1)
            even = np.array([np.interp(grid, times_ms[start:end], channel) for channel in flat.T])
            pieces.append(_banded(_projected(even.reshape(len(_PLACES), 3, -1))))
    return pieces


def _projected(even: Floats) -> Floats:
    """(10, n): of (10 places, 3 colours, n), each place's colour on the plane orthogonal to skin tone."""
    relative = even / even.mean(axis=2, keepdims=True)
    red, green, blue = relative[:, 0], relative[:, 1], relative[:, 2]
    first, second = green - blue, green + blue - 2 * red
    share = first.std(axis=1) / (second.std(axis=1) + _FLOOR)
    return np.asarray(first + share[:, np.newaxis] * second)


def _banded(signals: Floats) -> Floats:
    """Without mean and slope, and without what is no heart's rate."""
    time = np.linspace(-1, 1, signals.shape[1])
    level = signals - signals.mean(axis=1, keepdims=True)
    level -= np.outer(level @ time / (time @ time), time)
    frequencies = np.fft.rfftfreq(signals.shape[1], 1 / _GRID_HZ)
    spectrum = np.fft.rfft(level) * ((frequencies >= _BAND_HZ[0]) & (frequencies <= 2 * _BAND_HZ[1]))
    return np.asarray(np.fft.irfft(spectrum, n=signals.shape[1]))


def _rhythm(signal: Floats) -> float:
    """The share of the power that lies around the strongest rate of the band and its double."""
    power = np.abs(np.fft.rfft(signal * np.hanning(len(signal)), n=8 * len(signal))) ** 2
    frequencies = np.fft.rfftfreq(8 * len(signal), 1 / _GRID_HZ)
    heart = (frequencies >= _BAND_HZ[0]) & (frequencies <= _BAND_HZ[1])
    rate = frequencies[heart][np.argmax(power[heart])]
    near = (np.abs(frequencies - rate) <= _PEAK_HZ) | (np.abs(frequencies - 2 * rate) <= _PEAK_HZ)
    return float(power[near].sum() / (power.sum() + _FLOOR**2))


def _correlation(one: Floats, other: Floats) -> float:
    return float(one @ other / (np.sqrt((one @ one) * (other @ other)) + _FLOOR**2))
