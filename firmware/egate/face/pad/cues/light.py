"""Cue: does the face answer the light challenge, in the right colours at the right moments, as a solid thing would?

``response.py`` has the physics: every patch of the face has a gain, the lamp's light there over that of the hall.

- ``answer``: share of what varies in the face's colour that the lamp explains. A recording, shown or fed in, answers
  another sequence or none.
- ``gain``: that of the face as a whole, as far as it matters. A screen shines by itself: the lamp adds little to it.
- ``relief``: how the gain grows as the face turns towards the camera, relative to the mean, once all that is linear
  across the picture is taken out. The lamp is beside the camera, so what turns away gets less of it: about 1 for a
  head. Paper faces one way, about 0; and hardly more where it is bent, because it turns by a few degrees where the
  points of the face say that a cheek is steep.
- ``surround``: gain beside and above the head over that of the face. Air before a far wall: about 0. The margin of a
  print, the picture's own background: about 1. Hair and head covers answer as well, so it counts little.

What it cannot see: a mask that is formed like a face answers as skin does. And it tells nothing where the lamp is too
weak for the hall, which it says (TOO_NOISY). The camera must hold its exposure and its balance of colours meanwhile.
"""

from collections.abc import Sequence

import numpy as np

from egate.face.pad.challenge import DARK, REST
from egate.face.pad.cue import Features, Missing
from egate.face.pad.lighting import Lighting
from egate.face.pad.observation import Observation
from egate.face.pad.patches import Floats, Patches, sample
from egate.face.pad.response import Fit, Timeline, log_chromaticity

_LAGS_MS = range(0, 251, 25)
"""How long after the lamp a frame may show it: exposure, line, driver. Found for each capture, not assumed."""

LEAST_FRAMES = 10
"""Good ones, of those that show one colour each."""

_LEAST_SEEN = 0.7  # share of the frames in which a patch must be seen, and of the patches in a frame
_LEAST_PATCHES = 18
_MOST_FRAMES = 240
_TOO_NOISY = 0.05  # standard error of the gain: a person's must stand out
_NO_GAIN = 0.02  # below it nothing can be said of the answer's shape
_MOST_RELATIVE, _MOST_SURROUND = 3.0, 1.5
_ENOUGH_GAIN, _ENOUGH_RELIEF = 0.25, 0.40  # more of one makes up for nothing that another lacks


class LightCue:
    """Keeps the mean light of small patches of the good frames: those in which the face is known to be the same."""

    name = "light"

    def __init__(self, lighting: Lighting) -> None:
        self._lighting = lighting
        self._times_ms: list[int] = []
        self._patches: list[Patches] = []

    def observe(self, seen: Observation) -> None:
        if seen.good and len(self._times_ms) < _MOST_FRAMES:
            self._times_ms.append(seen.time_ms)
            self._patches.append(sample(seen.pixels, seen.mesh))

    def features(self) -> Features | Missing:
        missing = self._incomplete()
        if missing is not None:
            return missing
        face, around = (log_chromaticity(np.stack(values)) for values in self._light())
        frames = np.flatnonzero(_share_seen(face, axis=1) >= _LEAST_SEEN)
        often = _share_seen(face[frames], axis=0) >= _LEAST_SEEN if len(frames) else np.zeros(face.shape[1], bool)
        if often.sum() < _LEAST_PATCHES:
            return Missing.TOO_NOISY
        face, around = face[np.ix_(frames, np.flatnonzero(often))], around[frames]
        whole = np.nanmedian(face - np.nanmean(face, axis=0), axis=1)
        best = self._best([self._times_ms[frame] for frame in frames], whole)
        if best is None:
            return Missing.TOO_SLOW
        timeline, fit = best
        if fit.noise > _TOO_NOISY:
            return Missing.TOO_NOISY
        of_frame = [self._patches[frame] for frame in frames]
        places, normals = (np.mean(values, axis=0)[often] for values in _shape(of_frame))
        relief, surround = 0.0, 1.0
        if fit.gain > _NO_GAIN:
            gains = _gains(timeline, face, fit.gain) / fit.gain
            relief = _relief(gains, places, normals)
            surround = _surround(_gains(timeline, around, fit.gain) / fit.gain)
        return {
            "answer": fit.answer,
            "gain": max(0.0, min(fit.gain, _ENOUGH_GAIN)),
            "relief": relief,
            "surround": surround,
        }

    def wipe(self) -> None:
        for patches in self._patches:
            patches.wipe()
        self._patches.clear()
        self._times_ms.clear()

    def _incomplete(self) -> Missing | None:
        """Why there is nothing to judge."""
        shown = self._lighting.shown
        if self._lighting.failed or not shown:
            return Missing.NO_LIGHT
        if tuple(each.colour for each in shown if each.colour not in (REST, DARK)) != self._lighting.steps:
            return Missing.TOO_SHORT
        return Missing.TOO_FEW_FRAMES if len(self._patches) < LEAST_FRAMES else None

    def _light(self) -> tuple[list[Floats], list[Floats]]:
        return [patches.face for patches in self._patches], [patches.around for patches in self._patches]

    def _best(self, times_ms: list[int], whole: Floats) -> tuple[Timeline, Fit] | None:
        """The lag that explains most; None where at no lag enough frames show one colour each."""
        found = []
        for lag_ms in _LAGS_MS:
            timeline = Timeline.of(times_ms, self._lighting.shown, lag_ms)
            asked = {tuple(colour) for colour in timeline.lamp}
            if len(timeline.frames) >= LEAST_FRAMES and len(asked) >= self._least_colours():
                found.append((timeline, timeline.fit(whole[timeline.frames])))
        return max(found, key=lambda pair: pair[1].answer, default=None)

    def _least_colours(self) -> int:
        """Different ones that must have been seen: all but one."""
        return len(set(self._lighting.steps)) - 1


def _share_seen(colours: Floats, axis: int) -> Floats:
    return np.asarray(np.isfinite(colours).all(axis=2).mean(axis=axis))


def _shape(patches: Sequence[Patches]) -> tuple[list[Floats], list[Floats]]:
    return [each.places for each in patches], [each.normals for each in patches]


def _gains(timeline: Timeline, colours: Floats, bend: float) -> Floats:
    """The gain (k,) of each of (n, p, 2) that is seen often enough."""
    shown = colours[timeline.frames]
    often = _share_seen(shown, axis=0) >= _LEAST_SEEN
    return np.array([timeline.gain(shown[:, patch], bend) for patch in np.flatnonzero(often)])


def _relief(gains: Floats, places: Floats, normals: Floats) -> float:
    """How relative gains (p,) grow with the part of the normals that points to the camera."""
    towards = normals[:, 2] - normals[:, 2].mean()
    base = np.column_stack((np.ones_like(towards), places, towards))
    slope = np.linalg.lstsq(base, np.clip(gains, 0, _MOST_RELATIVE), rcond=None)[0][3]
    return float(np.clip(slope, -_ENOUGH_RELIEF, _ENOUGH_RELIEF))


def _surround(gains: Floats) -> float:
    """Mean of what answers around the head, relative to the face. Where nothing is seen, nothing speaks for a head."""
    return float(np.clip(gains, 0, _MOST_SURROUND).mean()) if gains.size else 1.0
