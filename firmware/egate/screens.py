"""The vocabulary of the traveller's screen: which instruction stands on it. Words and pictograms live with the screen.

A state names what the traveller should do next, never what a check found: every referral is ASSIST.
"""

from dataclasses import dataclass
from enum import StrEnum


class Screen(StrEnum):
    """Every instruction, in the order in which a traveller meets them. One stands at a time."""

    CLOSED = "closed"
    WELCOME = "welcome"
    PLACE_DOCUMENT = "place_document"
    PLACE_AGAIN = "place_again"
    READING = "reading"
    TAKE_DOCUMENT = "take_document"
    ENTER = "enter"
    WALK_IN = "walk_in"
    ONE_PERSON = "one_person"
    LOOK_AT_CAMERA = "look_at_camera"
    PLEASE_WAIT = "please_wait"
    EXIT_OPEN = "exit_open"
    GOODBYE = "goodbye"
    WALK_BACK = "walk_back"
    ASSIST = "assist"
    DOCUMENT_LEFT = "document_left"
    EMERGENCY = "emergency"


class Guidance(StrEnum):
    """What would make the next picture of the face better. Left and right are the traveller's own."""

    MOVE_CLOSER = "move_closer"
    MOVE_BACK = "move_back"
    MOVE_LEFT = "move_left"
    MOVE_RIGHT = "move_right"
    LOOK_HIGHER = "look_higher"
    LOOK_LOWER = "look_lower"
    HOLD_STILL = "hold_still"
    FACE_FORWARD = "face_forward"
    OPEN_EYES = "open_eyes"
    CLOSE_MOUTH = "close_mouth"
    UNCOVER_FACE = "uncover_face"
    STAND_ALONE = "stand_alone"
    ADJUST_LIGHT = "adjust_light"


@dataclass(frozen=True, slots=True)
class ScreenState:
    """What the screen shows. ``guidance`` goes with LOOK_AT_CAMERA alone; ``progress`` (0 .. 1) fills the ring, None
    draws no ring; ``language`` is an ISO 639 code, None the lane's own."""

    screen: Screen
    guidance: Guidance | None = None
    progress: float | None = None
    language: str | None = None

    def __post_init__(self) -> None:
        if self.guidance is not None and self.screen is not Screen.LOOK_AT_CAMERA:
            raise ValueError(f"guidance goes with {Screen.LOOK_AT_CAMERA} only, not with {self.screen}")
        if self.progress is not None and not 0.0 <= self.progress <= 1.0:
            raise ValueError(f"progress must lie in 0 .. 1, got {self.progress}")
