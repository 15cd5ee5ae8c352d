"""What the traveller sees, as a function of the lane's state. Every referral looks the same, whatever its cause."""

from egate.screens import Screen
from egate.transaction.effects import Resolution, Show, Signal, Verdict
from egate.transaction.state import Lane, Stage

_OFF, _READY, _WAIT, _GO, _ASSIST, _CLOSED = (
    Signal.OFF, Signal.READY, Signal.WAIT, Signal.GO, Signal.ASSIST, Signal.CLOSED,
)  # fmt: skip

_PLAIN: dict[Stage, Show] = {
    Stage.OUT_OF_SERVICE: Show(Screen.CLOSED, _CLOSED, _OFF),
    Stage.SELF_TEST: Show(Screen.CLOSED, _CLOSED, _OFF),
    Stage.DOCUMENT_PRESENT: Show(Screen.READING, _WAIT, _OFF, progress=0.0),
    Stage.ENTERING: Show(Screen.ENTER, _GO, _OFF),
    Stage.SINGLE_PERSON_CHECK: Show(Screen.WALK_IN, _WAIT, _OFF),
    Stage.ENTRY_CLOSED: Show(Screen.WALK_IN, _WAIT, _OFF),
    Stage.DECIDING: Show(Screen.PLEASE_WAIT, _WAIT, _WAIT),
    Stage.EXIT_OPEN: Show(Screen.EXIT_OPEN, _WAIT, _GO),
    Stage.PASSING: Show(Screen.EXIT_OPEN, _WAIT, _GO),
    Stage.HOLD: Show(Screen.ASSIST, _ASSIST, _ASSIST),
    Stage.OBSTRUCTED: Show(Screen.ASSIST, _ASSIST, _ASSIST),
    Stage.EMERGENCY_OPEN: Show(Screen.EMERGENCY, _CLOSED, _GO),
    Stage.FAULT: Show(Screen.CLOSED, _CLOSED, _ASSIST),
}


def showing(lane: Lane) -> Show:
    """The one instruction and both lamps for this state."""
    match lane.stage:
        case Stage.IDLE | Stage.WIPE:
            return _idle(lane)
        case Stage.OUT_OF_SERVICE | Stage.SELF_TEST | Stage.FAULT if lane.maybe_inside:
            return Show(Screen.ASSIST, _CLOSED, _ASSIST)
        case Stage.READING_DOCUMENT:
            return Show(Screen.READING, _WAIT, _OFF, progress=_progress(lane))
        case Stage.DOCUMENT_PRESENT if lane.transaction and lane.transaction.again:
            return Show(Screen.PLACE_AGAIN, _WAIT, _OFF)
        case Stage.ENTRY_OPEN | Stage.ENTERING if lane.document:
            return Show(Screen.TAKE_DOCUMENT, _GO, _OFF)
        case Stage.ENTRY_OPEN:
            return Show(Screen.ENTER, _GO, _OFF)
        case Stage.CAPTURING_FACE:
            guidance = lane.transaction.guidance if lane.transaction else None
            return Show(Screen.LOOK_AT_CAMERA, _WAIT, _WAIT, guidance, _progress(lane))
        case Stage.CLEAR_CHECK:
            return _leaving(lane)
        case Stage.REFERRED:
            return _referred(lane)
        case stage:
            return _PLAIN[stage]


def _idle(lane: Lane) -> Show:
    if lane.document:
        return Show(Screen.DOCUMENT_LEFT, _WAIT, _OFF)
    return Show(Screen.PLACE_DOCUMENT if lane.approach else Screen.WELCOME, _READY, _OFF)


def _leaving(lane: Lane) -> Show:
    admitted = lane.transaction is not None and lane.transaction.verdict is Verdict.ADMIT
    return Show(Screen.GOODBYE if admitted else Screen.PLEASE_WAIT, _WAIT, _GO if admitted else _WAIT)


def _referred(lane: Lane) -> Show:
    if lane.transaction is not None and lane.transaction.resolution is Resolution.OFFICER_BACK:
        return Show(Screen.WALK_BACK, _GO, _OFF)
    return Show(Screen.ASSIST, _ASSIST, _ASSIST)


def _progress(lane: Lane) -> float:
    return lane.transaction.progress if lane.transaction else 0.0
