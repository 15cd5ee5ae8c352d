"""Every transition of the lane, as one table. Topology: mantrap (reader at the entrance, two leaves).

How to read it: the first row whose stage, event and guard fit is taken. ``target`` None: the stage stays. Rows for
``Immediate`` follow after every event until none fits. What the sensors say is noted before the table is asked
(``observe`` in step.py), so guards see the newest state.
"""

from dataclasses import dataclass

from egate.checks import Check, Reason
from egate.transaction import actions as do
from egate.transaction import events as ev
from egate.transaction import guards as ask
from egate.transaction.actions import Action
from egate.transaction.effects import Resolution, Verdict
from egate.transaction.guards import Guard
from egate.transaction.state import Stage


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. ``when`` says in words what the guard asks, for the generated diagram."""

    source: frozenset[Stage]
    event: type[ev.Event]
    target: Stage | None
    action: Action | None = None
    guard: Guard | None = None
    when: str = ""


# Sets of stages

_S = Stage
_WITH_TRAVELLER = frozenset(_S) - {
    _S.OUT_OF_SERVICE, _S.SELF_TEST, _S.IDLE, _S.WIPE, _S.CLEAR_CHECK, _S.EMERGENCY_OPEN, _S.FAULT,
}  # fmt: skip
_BEFORE_DECISION = frozenset(
    {_S.DOCUMENT_PRESENT, _S.READING_DOCUMENT, _S.ENTRY_OPEN, _S.ENTERING, _S.SINGLE_PERSON_CHECK,
     _S.ENTRY_CLOSED, _S.CAPTURING_FACE, _S.DECIDING}
)  # fmt: skip
_WITHOUT_TRAVELLER = frozenset({_S.OUT_OF_SERVICE, _S.SELF_TEST, _S.FAULT})
_WITHOUT_TRANSACTION = _WITHOUT_TRAVELLER | {_S.IDLE, _S.EMERGENCY_OPEN}
_OFFICER = frozenset({_S.REFERRED, _S.HOLD})
_ANY = frozenset(_S)
_ENTRY, _EXIT = ev.Leaf.ENTRY, ev.Leaf.EXIT
_FORWARD, _BACKWARD = ev.Direction.FORWARD, ev.Direction.BACKWARD
_STAGE_TIMER = ask.fired(ev.Timer.STAGE)


def _row(
    source: Stage | frozenset[Stage],
    event: type[ev.Event],
    target: Stage | None = None,
    *,
    do: Action | None = None,
    guard: Guard | None = None,
    when: str = "",
) -> Row:
    return Row(source if isinstance(source, frozenset) else frozenset({source}), event, target, do, guard, when)


_SAFETY = (
    _row(_ANY - {_S.EMERGENCY_OPEN}, ev.EmergencyChanged, _S.EMERGENCY_OPEN,
         do=do.abort_now(Reason.EMERGENCY), guard=ask.latched, when="latched"),
    _row(_S.EMERGENCY_OPEN, ev.Pressed, do=do.clear_door, guard=ask.pressed(ev.Press.RESET), when="reset"),
    _row(_S.EMERGENCY_OPEN, ev.Immediate, _S.OUT_OF_SERVICE, guard=ask.emergency_over, when="reset and clear"),
    _row(_WITH_TRAVELLER | {_S.CLEAR_CHECK}, ev.FaultChanged, _S.FAULT,
         do=do.abort_now(Reason.DOOR_FAULT), guard=ask.door_failed, when="door or link failed"),
    _row(_S.FAULT, ev.Pressed, do=do.clear_door, guard=ask.pressed(ev.Press.RESET), when="reset"),
    _row(_S.FAULT, ev.Immediate, _S.OUT_OF_SERVICE, guard=ask.door_well_and_clear, when="door well, lane clear"),
    _row(_WITH_TRAVELLER - {_S.OBSTRUCTED}, ev.FaultChanged, _S.OBSTRUCTED,
         do=do.chain(do.refer(Reason.DOOR_FAULT), do.attention("obstructed")),
         guard=ask.obstructed, when="leaf blocked"),
    _row(_S.OBSTRUCTED, ev.Pressed, do=do.clear_leaf, guard=ask.pressed(ev.Press.RESET), when="reset"),
    _row(_S.OBSTRUCTED, ev.Immediate, _S.REFERRED, guard=ask.no_obstruction, when="leaf free"),
    _row(_S.CLEAR_CHECK, ev.FaultChanged, _S.FAULT,
         do=do.abort_now(Reason.DOOR_FAULT), guard=ask.obstructed, when="leaf blocked"),
)  # fmt: skip

_HELP = (
    _row(_BEFORE_DECISION, ev.Pressed, _S.REFERRED,
         do=do.chain(do.refer(Reason.CALLED_FOR_HELP), do.attention("called"), do.set_fault("lane.called", True)),
         guard=ask.pressed(ev.Press.CALL), when="call button"),
    _row(_ANY, ev.Pressed, do=do.set_fault("lane.called", True), guard=ask.pressed(ev.Press.CALL), when="call button"),
    _row(_ANY - _OFFICER - {_S.OUT_OF_SERVICE, _S.SELF_TEST}, ev.Pressed, do=do.set_fault("lane.called", False),
         guard=ask.pressed(ev.Press.RESET), when="reset"),
    _row(_WITH_TRAVELLER | {_S.CLEAR_CHECK}, ev.TimerFired,
         do=do.chain(do.attention("inside_too_long"), do.set_fault("lane.person_inside", True)),
         guard=ask.both(ask.fired(ev.Timer.INSIDE_ALARM), ask.inside), when="person still inside"),
    _row(_BEFORE_DECISION, ev.TimerFired, _S.REFERRED, do=do.refer(Reason.TIMEOUT),
         guard=ask.fired(ev.Timer.TRANSACTION), when="transaction too long"),
)  # fmt: skip

_SERVICE = (
    _row(_S.OUT_OF_SERVICE, ev.Started, do=do.chain(do.run_self_test, do.restart_stage_timer)),
    _row(_S.OUT_OF_SERVICE, ev.Immediate, _S.SELF_TEST, do=do.run_self_test,
         guard=ask.may_test, when="no fault blocks"),
    _row(_S.OUT_OF_SERVICE, ev.TimerFired, do=do.chain(do.run_self_test, do.restart_stage_timer),
         guard=_STAGE_TIMER, when="try again"),
    _row(_S.SELF_TEST, ev.Immediate, _S.OUT_OF_SERVICE, guard=ask.both(ask.tested, ask.blocked), when="a fault blocks"),
    _row(_S.SELF_TEST, ev.Immediate, _S.IDLE,
         do=do.chain(do.set_fault("lane.not_clear", False), do.watch_document),
         guard=ask.both(ask.tested, ask.clear), when="clear"),
    _row(_S.SELF_TEST, ev.TimerFired, do=do.set_fault("lane.not_clear", True), guard=_STAGE_TIMER, when="not clear"),
    _row(_WITHOUT_TRAVELLER, ev.Pressed, do=do.release(_EXIT, _FORWARD),
         guard=ask.both(ask.pressed(ev.Press.RELEASE_FORWARD), ask.maybe_inside), when="officer: forward"),
    _row(_WITHOUT_TRAVELLER, ev.Pressed, do=do.release(_ENTRY, _BACKWARD),
         guard=ask.both(ask.pressed(ev.Press.RELEASE_BACK), ask.maybe_inside, ask.approach_free),
         when="officer: back"),
    _row(frozenset({_S.OUT_OF_SERVICE, _S.SELF_TEST}), ev.Pressed,
         do=do.chain(do.clear_door, do.set_fault("lane.called", False)),
         guard=ask.pressed(ev.Press.RESET), when="reset"),
)  # fmt: skip

_DOCUMENT = (
    _row(_S.IDLE, ev.Immediate, _S.OUT_OF_SERVICE, guard=ask.blocked, when="a fault blocks"),
    _row(_S.IDLE, ev.TimerFired, do=do.chain(do.run_self_test, do.restart_stage_timer),
         guard=_STAGE_TIMER, when="look whether all still holds"),
    _row(_WITHOUT_TRANSACTION, ev.MrzArrived, do=do.forget_lines),
    _row(_WITHOUT_TRANSACTION, ev.SealArrived, do=do.forget_lines),
    # One that comes before the MRZ waits for it.
    _row(_BEFORE_DECISION - {_S.DOCUMENT_PRESENT}, ev.SealArrived, do=do.check_seals),
    _row(_S.IDLE, ev.Immediate, _S.SELF_TEST, do=do.run_self_test, guard=ask.maybe_inside, when="somebody is inside"),
    _row(_S.IDLE, ev.DocumentPlaced, _S.DOCUMENT_PRESENT, do=do.begin, guard=ask.clear, when="lane clear"),
    _row(_S.IDLE, ev.DocumentRemoved, do=do.set_fault("document.left", False)),
    _row(_S.IDLE, ev.TimerFired, do=do.set_fault("document.left", True),
         guard=ask.both(ask.fired(ev.Timer.DOCUMENT_LEFT), ask.document_there), when="document left"),
    _row(_S.DOCUMENT_PRESENT, ev.MrzArrived, _S.READING_DOCUMENT, do=do.check_mrz),
    _row(_S.DOCUMENT_PRESENT, ev.MrzUnreadable, do=do.ask_again),
    _row(_S.DOCUMENT_PRESENT, ev.DocumentRemoved, _S.WIPE, do=do.abort(Reason.DOCUMENT_REMOVED),
         guard=ask.not_asked_again, when="not asked for again"),
    _row(_S.DOCUMENT_PRESENT, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.undetermined(Check.MRZ_READ, Reason.MRZ_UNREADABLE), do.refer(Reason.MRZ_UNREADABLE)),
         guard=ask.both(_STAGE_TIMER, ask.first_try), when="no MRZ in time"),
    _row(_S.DOCUMENT_PRESENT, ev.TimerFired, _S.REFERRED, do=do.refer(Reason.CHIP_REMOVED),
         guard=_STAGE_TIMER, when="not laid down again"),
    _row(_S.READING_DOCUMENT, ev.MrzChecked, do=do.read_chip_and_ask_border, guard=ask.mrz_good, when="good"),
    _row(_S.READING_DOCUMENT, ev.MrzChecked, _S.REFERRED, do=do.refer(), when="not good"),
    _row(_S.READING_DOCUMENT, ev.ChipRead, _S.DOCUMENT_PRESENT, do=do.try_chip_again,
         guard=ask.chip_removed_once, when="removed while reading, first time"),
    _row(_S.READING_DOCUMENT, ev.ChipRead, _S.ENTRY_OPEN, do=do.grant(_ENTRY, _FORWARD),
         guard=ask.document_good, when="document good"),
    _row(_S.READING_DOCUMENT, ev.ChipRead, _S.REFERRED, do=do.refer(Reason.DEVICE_FAULT),
         guard=ask.both(ask.blocked, ask.no_objections), when="a fault blocks"),
    _row(_S.READING_DOCUMENT, ev.ChipRead, _S.REFERRED, do=do.refer(), when="document not good"),
    _row(_S.READING_DOCUMENT, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.undetermined(Check.CHIP_ACCESS, Reason.CHIP_TIMEOUT), do.refer(Reason.CHIP_TIMEOUT)),
         guard=_STAGE_TIMER, when="too long"),
)  # fmt: skip

_ENTERING = (
    _row(_S.ENTRY_OPEN, ev.LeafMoved, _S.ENTERING, guard=ask.leaf(_ENTRY, ev.Position.OPEN), when="entry open"),
    _row(frozenset({_S.ENTRY_OPEN, _S.ENTERING}), ev.PersonPassed, _S.SINGLE_PERSON_CHECK,
         do=do.person_entered, guard=ask.walked(_ENTRY, _FORWARD), when="entered"),
    _row(_S.ENTRY_OPEN, ev.GrantRefused, _S.REFERRED, do=do.refer(Reason.DOOR_FAULT),
         guard=ask.refused(_ENTRY), when="grant refused"),
    _row(_S.ENTRY_OPEN, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.refer(Reason.DOOR_FAULT), do.close(_ENTRY)), guard=_STAGE_TIMER, when="entry does not open"),
    _row(_S.ENTERING, ev.TimerFired, _S.CLEAR_CHECK,
         do=do.chain(do.abort(Reason.NOBODY_ENTERED, Resolution.WALKED_AWAY), do.close(_ENTRY)),
         guard=_STAGE_TIMER, when="nobody entered"),
    _row(_S.ENTERING, ev.LeafMoved, _S.CLEAR_CHECK, do=do.abort(Reason.NOBODY_ENTERED, Resolution.WALKED_AWAY),
         guard=ask.both(ask.leaf(_ENTRY, ev.Position.CLOSED), ask.empty), when="closed again, nobody entered"),
    _row(frozenset({_S.SINGLE_PERSON_CHECK, _S.ENTRY_CLOSED, _S.CAPTURING_FACE, _S.DECIDING}), ev.Occupied,
         _S.REFERRED, do=do.chain(do.several_persons, do.refer(Reason.TAILGATING)), guard=ask.crowd, when="several"),
    # The door tells a passage first and the new count right after it, so the count is asked at Occupied.
    _row(_S.SINGLE_PERSON_CHECK, ev.Occupied, _S.CLEAR_CHECK,
         do=do.abort(Reason.WALKED_BACK, Resolution.WALKED_BACK), guard=ask.empty, when="walked back"),
    _row(_S.SINGLE_PERSON_CHECK, ev.Immediate, _S.ENTRY_CLOSED, do=do.one_person,
         guard=ask.alone_behind_closed_entry, when="one person, entry closed"),
    _row(_S.SINGLE_PERSON_CHECK, ev.Immediate, _S.CLEAR_CHECK,
         do=do.abort(Reason.WALKED_BACK, Resolution.WALKED_BACK),
         guard=ask.gone_behind_closed_entry, when="nobody inside, entry closed"),
    _row(_S.SINGLE_PERSON_CHECK, ev.TimerFired, _S.REFERRED, do=do.refer(Reason.DOOR_FAULT),
         guard=_STAGE_TIMER, when="entry does not close"),
    _row(_S.ENTRY_CLOSED, ev.Immediate, _S.CAPTURING_FACE, do=do.capture_face),
)  # fmt: skip

_DECIDING = (
    _row(_S.CAPTURING_FACE, ev.FaceDone, _S.DECIDING),
    _row(_S.CAPTURING_FACE, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.undetermined(Check.FACE_CAPTURE, Reason.TIMEOUT), do.refer(Reason.TIMEOUT)),
         guard=_STAGE_TIMER, when="capture does not end"),
    _row(_S.DECIDING, ev.Immediate, _S.EXIT_OPEN, do=do.chain(do.take_decision, do.grant(_EXIT, _FORWARD)),
         guard=ask.verdict(Verdict.ADMIT), when="admit"),
    _row(_S.DECIDING, ev.Immediate, _S.HOLD, do=do.take_decision,
         guard=ask.verdict(Verdict.REFER, hold=True), when="refer and hold"),
    _row(_S.DECIDING, ev.Immediate, _S.REFERRED, do=do.take_decision, guard=ask.verdict(Verdict.REFER), when="refer"),
    _row(_S.DECIDING, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.undetermined(Check.BORDER_SYSTEM, Reason.QUERY_TIMEOUT), do.refer(Reason.QUERY_TIMEOUT)),
         guard=_STAGE_TIMER, when="no border answer"),
)  # fmt: skip

_LEAVING = (
    _row(_S.EXIT_OPEN, ev.LeafMoved, _S.PASSING, guard=ask.leaf(_EXIT, ev.Position.OPEN), when="exit open"),
    _row(frozenset({_S.EXIT_OPEN, _S.PASSING}), ev.PersonPassed, _S.CLEAR_CHECK,
         do=do.chain(do.resolve(Resolution.PASSED), do.close(_EXIT)), guard=ask.walked(_EXIT, _FORWARD), when="passed"),
    _row(_S.EXIT_OPEN, ev.GrantRefused, _S.REFERRED, do=do.chain(do.attention("exit_refused"), do.unresolve),
         guard=ask.refused(_EXIT), when="grant refused"),
    _row(_S.EXIT_OPEN, ev.TimerFired, _S.REFERRED, do=do.chain(do.attention("exit_stuck"), do.unresolve),
         guard=_STAGE_TIMER, when="stuck"),
    _row(_S.PASSING, ev.TimerFired, _S.REFERRED,
         do=do.chain(do.attention("did_not_leave"), do.unresolve, do.close(_EXIT)),
         guard=_STAGE_TIMER, when="did not leave"),
    _row(_S.CLEAR_CHECK, ev.Immediate, _S.WIPE, guard=ask.clear, when="closed, nobody inside"),
    _row(_S.CLEAR_CHECK, ev.TimerFired, _S.REFERRED, do=do.attention("not_clear"),
         guard=ask.both(_STAGE_TIMER, ask.inside, ask.with_transaction), when="somebody is still inside"),
    _row(_S.CLEAR_CHECK, ev.TimerFired, do=do.restart_stage_timer, guard=_STAGE_TIMER, when="not closed yet"),
    _row(_S.WIPE, ev.Immediate, _S.IDLE, do=do.chain(do.set_fault("lane.person_inside", False), do.watch_document)),
)  # fmt: skip

_LET_BACK = do.chain(do.resolve(Resolution.OFFICER_BACK), do.grant(_ENTRY, _BACKWARD))
_MAY_LET_BACK = ask.both(ask.pressed(ev.Press.RELEASE_BACK), ask.inside, ask.approach_free)
_REFERRED = (
    _row(_S.REFERRED, ev.DocumentRemoved, do=do.shorten_referral, guard=ask.never_entered, when="never entered"),
    _row(_S.REFERRED, ev.TimerFired, _S.WIPE, do=do.resolve(Resolution.WALKED_AWAY),
         guard=ask.both(_STAGE_TIMER, ask.empty), when="never entered, time is up"),
    _row(_OFFICER, ev.Pressed, _S.EXIT_OPEN,
         do=do.chain(do.resolve(Resolution.OFFICER_FORWARD), do.grant(_EXIT, _FORWARD)),
         guard=ask.both(ask.pressed(ev.Press.RELEASE_FORWARD), ask.inside), when="officer: forward"),
    _row(_S.HOLD, ev.Pressed, _S.REFERRED, do=_LET_BACK, guard=_MAY_LET_BACK, when="officer: back"),
    _row(_S.REFERRED, ev.Pressed, do=_LET_BACK, guard=_MAY_LET_BACK, when="officer: back"),
    _row(_S.REFERRED, ev.GrantRefused, do=do.unresolve,
         guard=ask.both(ask.refused(_ENTRY), ask.inside), when="entry does not open"),
    _row(_S.REFERRED, ev.LeafMoved, do=do.unresolve,
         guard=ask.both(ask.leaf(_ENTRY, ev.Position.CLOSED), ask.inside), when="entry shut, somebody inside"),
    _row(_OFFICER, ev.Occupied, _S.CLEAR_CHECK, guard=ask.both(ask.empty, ask.entered), when="nobody inside"),
    _row(_OFFICER, ev.Pressed, _S.CLEAR_CHECK,
         do=do.chain(do.resolve(Resolution.ABORTED), do.clear_door, do.set_fault("lane.called", False)),
         guard=ask.both(ask.pressed(ev.Press.RESET), ask.empty), when="officer: lane is empty"),
)  # fmt: skip

TABLE: tuple[Row, ...] = _SAFETY + _HELP + _SERVICE + _DOCUMENT + _ENTERING + _DECIDING + _LEAVING + _REFERRED
