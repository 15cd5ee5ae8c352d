"""How colours that are seen follow a lamp that changes: linear regression of log-chromaticities on what was shown.

Light A of a place and G * L(t) of the lamp fall on a surface of albedo r. By colour, the camera sees
r * (A + G * L(t)). The logarithms of red over green and of blue over green take out the exposure, and whatever darkens
all colours alike when something moves; albedo is a constant beside them. What remains follows the lamp, by the gain
G / A: how strong the lamp's light is there against that of the place, once the camera is balanced for the place.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from egate.face.pad.challenge import DARK, Shown

Floats = NDArray[np.float64]

_GUARD_MS = 20  # a frame so near to a change may show both colours
_FIRST_GUESS, _LEAST_GUESS = 0.3, 0.01
_PASSES = 3  # to find the gain, by which the curve of the answer bends a little
_TINY = 1e-12
_QUANTILE, _NORMAL_QUANTILE = 0.3, 0.385  # of the absolute value of a normal variable


@dataclass(frozen=True, slots=True)
class Fit:
    """``gain``: see above; ``answer``: share of what varies, once a steady drift is taken out, that the lamp explains,
    0 .. 1 and 0 where the gain is negative; ``noise``: standard error that the gain would have by the scatter
    between neighbouring frames alone."""

    gain: float
    answer: float
    noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Frames that show one colour of the lamp each. ``frames`` (n,): which of those given; ``seconds`` (n,);
    ``steps`` (n,): which of what was shown; ``lamp`` (n, 3): its colour."""

    frames: NDArray[np.intp]
    seconds: Floats
    steps: NDArray[np.intp]
    lamp: Floats

    @classmethod
    def of(cls, times_ms: Sequence[int], shown: Sequence[Shown], lag_ms: int) -> "Timeline":
        """For frames at ``times_ms`` that show the lamp as it was ``lag_ms`` before. Frames in the dark, before the
        first colour and near a change are left out."""
        times = np.array(times_ms, np.float64) - lag_ms
        from_ms = np.array([each.from_ms for each in shown], np.float64)
        colours = np.array([(each.colour.red, each.colour.green, each.colour.blue) for each in shown])
        lit = np.array([each.colour != DARK for each in shown])
        steps = np.searchsorted(from_ms, times - _GUARD_MS, side="right") - 1
        alone = steps == np.searchsorted(from_ms, times + _GUARD_MS, side="right") - 1
        frames = np.flatnonzero(alone & (steps >= 0) & lit[steps])
        return cls(frames, times[frames] / 1000, steps[frames], colours[steps[frames]])

    def gain(self, colours: Floats, bend: float) -> float:
        """The gain of log-chromaticities (n, 2), NaN where none was seen. ``bend``: about what it will be."""
        rows = np.isfinite(colours).all(axis=1)
        varies = _without_drift(colours[rows], self.seconds[rows])
        expected = _without_drift(self._expected(bend)[rows], self.seconds[rows])
        return float((varies * expected).sum() / max(float((expected**2).sum()), _TINY))

    def fit(self, colours: Floats) -> Fit:
        """Log-chromaticities (n, 2), all of them seen, against the lamp."""
        gain = _FIRST_GUESS
        for _ in range(_PASSES):
            bend = gain
            gain = self.gain(colours, bend)
        varies = _without_drift(colours, self.seconds)
        expected = _without_drift(self._expected(bend), self.seconds)
        rest = float(((varies - gain * expected) ** 2).sum())
        answer = 1 - rest / max(float((varies**2).sum()), _TINY)
        noise = _scatter(varies) / np.sqrt(max(float((expected**2).sum()), _TINY))
        return Fit(gain, answer if gain > 0 else 0.0, float(noise))

    def _expected(self, bend: float) -> Floats:
        """How a surface whose gain is ``bend`` would answer, (n, 2), per unit of gain."""
        bend = max(bend, _LEAST_GUESS)
        light = np.log1p(bend * self.lamp)
        return np.asarray((light[:, ::2] - light[:, 1:2]) / bend)


def _scatter(values: Floats) -> float:
    """Standard deviation of the noise between neighbouring frames (n, 2), most of which show one colour of the lamp,
    whichever: from a low quantile of their differences, which those at a change do not reach."""
    differences = np.abs(np.diff(values, axis=0))
    return float(np.quantile(differences, _QUANTILE)) / (_NORMAL_QUANTILE * 2**0.5)


def log_chromaticity(light: Floats) -> Floats:
    """(..., 2) of linear light (..., 3): logarithms of red over green and of blue over green."""
    logs = np.log(light)
    return np.asarray(logs[..., ::2] - logs[..., 1:2])


def _without_drift(values: Floats, seconds: Floats) -> Floats:
    """(n, 2) less what is constant or goes steadily with time."""
    base = np.stack((np.ones_like(seconds), seconds - seconds.mean() if len(seconds) else seconds), axis=1)
    return np.asarray(values - base @ np.linalg.lstsq(base, values, rcond=None)[0])
