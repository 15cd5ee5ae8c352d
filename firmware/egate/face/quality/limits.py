"""What a gate may set about the quality of pictures. Bounds are checked wherever a value comes from; the defaults are
project choices."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

Degrees = Annotated[float, Meta(gt=0, le=60)]
Share = Annotated[float, Meta(gt=0, le=1)]


@dataclass(frozen=True, slots=True)
class QualityLimits:
    """When a picture of a face is good enough. Shares are of the picture's width or height, angles in degrees.

    ``min_sharpness`` and ``min_eye_opening`` are this package's own measures, see quality.Measures.
    """

    min_eye_distance_px: Annotated[float, Meta(ge=20, le=1000)] = 50.0
    max_face_share: Share = 0.75
    max_offset_x_share: Share = 0.25
    max_offset_y_share: Share = 0.30
    max_yaw_deg: Degrees = 25.0
    max_pitch_deg: Degrees = 25.0
    max_roll_deg: Degrees = 20.0
    min_brightness: Annotated[float, Meta(ge=0, le=255)] = 45.0
    max_brightness: Annotated[float, Meta(ge=0, le=255)] = 215.0
    min_sharpness: Annotated[float, Meta(ge=0, le=1)] = 0.12
    min_eye_opening: Annotated[float, Meta(ge=0, le=1)] = 0.12
    max_mouth_opening: Annotated[float, Meta(gt=0, le=2)] = 0.60

    def __post_init__(self) -> None:
        if self.min_brightness >= self.max_brightness:
            raise ValueError("min_brightness must be below max_brightness")
