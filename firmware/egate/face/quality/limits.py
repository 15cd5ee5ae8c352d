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

    The measures are this package's own, see ``quality.measures``. None of them depends on the tone of skin: a face is
    too dark or bright by what the sensor still records, and uneven or covered against its own other parts. For a camera
    without colour set ``min_mouth_contrast`` to 0: lips differ from skin in colour first. A face wider than
    ``max_face_share`` leaves too little of its surroundings to see whether they move with it.
    """

    min_eye_distance_px: Annotated[float, Meta(ge=20, le=1000)] = 50.0
    max_face_share: Share = 0.62
    max_offset_x_share: Share = 0.25
    max_offset_y_share: Share = 0.30
    max_yaw_deg: Degrees = 25.0
    max_pitch_deg: Degrees = 25.0
    max_roll_deg: Degrees = 20.0
    min_highlight: Annotated[float, Meta(ge=0, le=255)] = 50.0
    max_burnt_share: Share = 0.25
    max_side_imbalance_stops: Annotated[float, Meta(gt=0, le=8)] = 2.5
    min_sharpness: Annotated[float, Meta(ge=0, le=1)] = 0.12
    min_eye_opening: Annotated[float, Meta(ge=0, le=1)] = 0.12
    max_mouth_opening: Annotated[float, Meta(gt=0, le=2)] = 0.60
    min_presence_log_odds: Annotated[float, Meta(ge=0, le=20)] = 13.0
    min_mouth_contrast: Annotated[float, Meta(ge=0, le=1)] = 0.12
    max_eye_shade_stops: Annotated[float, Meta(gt=0, le=8)] = 2.4
