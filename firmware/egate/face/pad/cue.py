"""What every cue is: it watches frames, keeps only figures, and says what they come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from egate.face.pad.observation import Observation


class Missing(StrEnum):
    """Why a cue says nothing."""

    TOO_FEW_FRAMES = "too_few_frames"
    TOO_SHORT = "too_short"  # frames enough, but not over time enough
    TOO_SLOW = "too_slow"  # frames too far apart
    TOO_SMALL = "too_small"  # the face, in the picture
    TOO_STILL = "too_still"  # nothing moved that could have told
    TOO_NOISY = "too_noisy"
    NO_LIGHT = "no_light"  # the lane has no lamp for it, or the lamp did not work
    NOT_CALIBRATED = "not_calibrated"


Features = Mapping[str, float]
"""Named figures, finite; larger or smaller means attack as the calibration says."""


class Cue(Protocol):
    """One reason to doubt. Lives as long as one unbroken presence; what it keeps are figures and small patches."""

    name: str

    def observe(self, seen: Observation) -> None:
        """Look at the next frame. Keeps no reference to it."""

    def features(self) -> Features | Missing:
        """What the frames so far come to, or why that is nothing."""

    def wipe(self) -> None:
        """Forget, and overwrite whatever shows a face."""


@dataclass(frozen=True, slots=True)
class CueResult:
    """What one cue said: ``score`` 0 live .. 1 attack, None where it is undetermined for the reason ``missing``."""

    name: str
    score: float | None
    missing: Missing | None
    features: Features
