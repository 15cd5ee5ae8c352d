"""What a gate may set about faces. Bounds are checked wherever a value comes from; the defaults are project choices."""

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from egate.face.networks.cards import Cards
from egate.face.pad.presentation_test import ALARM
from egate.face.quality.limits import QualityLimits

Share = Annotated[float, Meta(gt=0, le=1)]
UNLIT_MS = 1500
"""Where there is no light challenge, a face is watched for this long at least: motion takes time to show."""


@dataclass(frozen=True, slots=True)
class FaceLimits:
    """How a capture ends and what its scores must reach.

    ``match_threshold`` (cosine) and ``attack_threshold`` (PAD score) default to the models' own, and may only be
    stricter than those: a match threshold above, an attack threshold below, where calibration puts the alarm.
    ``other_face_share``: a second face counts from this share of the traveller's face area on. ``min_interval_ms``
    keeps the frames of one capture apart, so that they show a presentation over time. ``steady_ms``: how long a face is
    watched at least while it stands still in white light, after the light challenge where there is one; with less than
    850 ms, or without a face light, no pulse is asked for.
    """

    frames_needed: Annotated[int, Meta(ge=1, le=50)] = 5
    min_interval_ms: Annotated[int, Meta(ge=0, le=1000)] = 60
    steady_ms: Annotated[int, Meta(ge=0, le=10_000)] = 1200
    other_face_share: Share = 0.10
    match_threshold: Annotated[float, Meta(gt=0, lt=1)] | None = None
    attack_threshold: Annotated[float, Meta(gt=0, lt=1)] | None = None
    quality: QualityLimits = field(default_factory=QualityLimits)

    def __post_init__(self) -> None:
        if self.frames_needed < 1:
            raise ValueError(f"frames_needed must be at least 1, got {self.frames_needed}")
        for name in ("match_threshold", "attack_threshold"):
            value = getattr(self, name)
            if value is not None and not 0 < value < 1:
                raise ValueError(f"{name} must lie between 0 and 1, got {value}")

    def effective_thresholds(self, cards: Cards) -> tuple[float, float]:
        """Match and attack threshold in force. Raises ValueError where a setting is laxer than the model card."""
        match, attack = cards.embedding.match_threshold, ALARM
        if self.match_threshold is not None and self.match_threshold < match:
            raise ValueError(
                f"match_threshold: {self.match_threshold} is below the model's {match}; raise it or omit it"
            )
        if self.attack_threshold is not None and self.attack_threshold > attack:
            raise ValueError(
                f"attack_threshold: {self.attack_threshold} is above {attack}, where the calibration puts the alarm; "
                "lower it or omit it"
            )
        return self.match_threshold or match, self.attack_threshold or attack
