"""The questions that rows of the table ask. Each maps (lane, event) to yes or no and changes nothing."""

from collections.abc import Callable

from egate.checks import Outcome
from egate.transaction import events as ev
from egate.transaction.actions import running
from egate.transaction.effects import Verdict
from egate.transaction.policy import decide, document_objections, outcome_of
from egate.transaction.state import Lane

Guard = Callable[[Lane, ev.Event], bool]


def pressed(press: ev.Press) -> Guard:
    return lambda lane, event: isinstance(event, ev.Pressed) and event.press is press


def fired(timer: ev.Timer) -> Guard:
    return lambda lane, event: isinstance(event, ev.TimerFired) and event.timer is timer


def leaf(leaf: ev.Leaf, position: ev.Position) -> Guard:
    return lambda lane, event: isinstance(event, ev.LeafMoved) and event.leaf is leaf and event.position is position


def walked(leaf: ev.Leaf, direction: ev.Direction) -> Guard:
    return lambda lane, event: (
        isinstance(event, ev.PersonPassed) and event.leaf is leaf and event.direction is direction
    )


def refused(leaf: ev.Leaf) -> Guard:
    return lambda lane, event: isinstance(event, ev.GrantRefused) and event.leaf is leaf


def both(*guards: Guard) -> Guard:
    return lambda lane, event: all(guard(lane, event) for guard in guards)


def latched(lane: Lane, event: ev.Event) -> bool:
    return lane.emergency


def door_failed(lane: Lane, event: ev.Event) -> bool:
    return bool(set(lane.door_faults) - {"door.obstructed", "door.emergency"})


def obstructed(lane: Lane, event: ev.Event) -> bool:
    return "door.obstructed" in lane.faults


def blocked(lane: Lane, event: ev.Event) -> bool:
    return bool(lane.blocking_faults)


def clear(lane: Lane, event: ev.Event) -> bool:
    return lane.clear


def empty(lane: Lane, event: ev.Event) -> bool:
    return lane.inside == 0


def crowd(lane: Lane, event: ev.Event) -> bool:
    return lane.inside > 1


def inside(lane: Lane, event: ev.Event) -> bool:
    return lane.inside > 0


def maybe_inside(lane: Lane, event: ev.Event) -> bool:
    return lane.maybe_inside


def entered(lane: Lane, event: ev.Event) -> bool:
    return running(lane).entered


def never_entered(lane: Lane, event: ev.Event) -> bool:
    return not running(lane).entered


def approach_free(lane: Lane, event: ev.Event) -> bool:
    return not lane.approach


def mrz_good(lane: Lane, event: ev.Event) -> bool:
    mrz = running(lane).mrz
    return mrz is not None and outcome_of(mrz.checks) is Outcome.PASSED


def chip_removed_once(lane: Lane, event: ev.Event) -> bool:
    tx = running(lane)
    return tx.chip is not None and tx.chip.removed and tx.chip_tries < lane.limits.policy.chip_retries


def document_good(lane: Lane, event: ev.Event) -> bool:
    return not document_objections(running(lane).checks, lane.limits.policy) and not lane.blocking_faults


def alone_behind_closed_entry(lane: Lane, event: ev.Event) -> bool:
    return lane.entry is ev.Position.CLOSED and lane.inside == 1


def gone_behind_closed_entry(lane: Lane, event: ev.Event) -> bool:
    return lane.entry is ev.Position.CLOSED and lane.inside == 0


def everything_known(lane: Lane, event: ev.Event) -> bool:
    """The face is done; the border answer is joined here, unless the face alone already refers."""
    tx = running(lane)
    return tx.face is not None and (tx.border is not None or outcome_of(tx.face.checks) is not Outcome.PASSED)


def verdict(verdict: Verdict, hold: bool = False) -> Guard:
    def guard(lane: Lane, event: ev.Event) -> bool:
        if not everything_known(lane, event):
            return False
        decision = decide(running(lane).checks, lane.blocking_faults, lane.limits.policy)
        return decision.verdict is verdict and decision.hold is hold

    return guard


def emergency_over(lane: Lane, event: ev.Event) -> bool:
    return not lane.emergency and lane.clear


def door_well_and_clear(lane: Lane, event: ev.Event) -> bool:
    return not lane.door_faults and lane.clear


def no_obstruction(lane: Lane, event: ev.Event) -> bool:
    return "door.obstructed" not in lane.faults


def may_test(lane: Lane, event: ev.Event) -> bool:
    return lane.started and not lane.blocking_faults


def tested(lane: Lane, event: ev.Event) -> bool:
    return lane.tested


def document_there(lane: Lane, event: ev.Event) -> bool:
    return lane.document


def first_try(lane: Lane, event: ev.Event) -> bool:
    return running(lane).chip_tries == 0


def not_asked_again(lane: Lane, event: ev.Event) -> bool:
    return not running(lane).again


def no_objections(lane: Lane, event: ev.Event) -> bool:
    return not document_objections(running(lane).checks, lane.limits.policy)


def with_transaction(lane: Lane, event: ev.Event) -> bool:
    return lane.transaction is not None
