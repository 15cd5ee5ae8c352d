"""Runs the table: ``step(lane, event) -> (lane, effects)``. Pure and total: any event is good in any stage."""

from dataclasses import replace
from types import MappingProxyType

from egate.checks import CheckResult
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.actions import Result, close_transaction, stage_limit_ms, start_timer, stop_timers
from egate.transaction.showing import showing
from egate.transaction.state import Lane, Stage
from egate.transaction.table import TABLE, Row

# More steps without an event from outside mean that the table runs in circles, which its tests exclude.
_MAX_IMMEDIATE = 8


def step(lane: Lane, event: ev.Event) -> Result:
    """The lane after an event, and what it wants done, in order.

    An answer for another transaction than the running one is dropped and counted; a timer that was replaced is
    ignored. Raises AssertionError only if the table itself is wrong.
    """
    if isinstance(event, ev.Answer) and (lane.transaction is None or lane.transaction.id != event.transaction):
        return lane, (fx.CountLate(type(event).__name__),)
    if isinstance(event, ev.TimerFired) and lane.timers.get(event.timer) != event.serial:
        return lane, ()
    lane, effects = observe(lane, event)
    row = _row_for(lane, event)
    if row is not None:
        lane, more = _follow(row, lane, event)
        effects += more
    immediate = ev.Immediate(event.at_ms)
    for _ in range(_MAX_IMMEDIATE):
        row = _row_for(lane, immediate)
        if row is None:
            break
        lane, more = _follow(row, lane, immediate)
        effects += more
    else:
        raise AssertionError(f"the table runs in circles at {lane.stage}")
    lane, more = _show(lane)
    return lane, effects + more


def _row_for(lane: Lane, event: ev.Event) -> Row | None:
    for row in TABLE:
        if lane.stage in row.source and isinstance(event, row.event) and (not row.guard or row.guard(lane, event)):
            return row
    return None


def _follow(row: Row, lane: Lane, event: ev.Event) -> Result:
    """Do what the row says, and enter its stage."""
    transaction = lane.transaction.id if lane.transaction else None
    lane, effects = row.action(lane, event) if row.action else (lane, ())
    if row.target is None:
        return lane, effects
    transaction = lane.transaction.id if lane.transaction else transaction
    source, elapsed_ms = lane.stage, event.at_ms - (lane.transaction.began_ms if lane.transaction else lane.since_ms)
    lane = _enter(lane, row.target, event.at_ms)
    moved = fx.RecordTransition(transaction, source.value, row.target.value, type(event).__name__, elapsed_ms)
    lane, started = _start_stage(lane, event)
    first = tuple(e for e in effects if isinstance(e, _FIRST))
    rest = tuple(e for e in effects if not isinstance(e, _FIRST))
    return lane, (*first, moved, *rest, *started)


# A transaction is remembered before anything is recorded of it, and what was decided before what follows from it.
_FIRST = (fx.OpenTransaction, fx.RecordStep)


def _enter(lane: Lane, stage: Stage, at_ms: int) -> Lane:
    tx = lane.transaction
    if tx is not None:
        spent = tx.stage_ms.get(lane.stage.value, 0) + at_ms - max(lane.since_ms, tx.began_ms)
        tx = replace(tx, stage_ms=MappingProxyType({**tx.stage_ms, lane.stage.value: spent}))
    return replace(stop_timers(lane, ev.Timer.STAGE), stage=stage, since_ms=at_ms, transaction=tx)


def _start_stage(lane: Lane, event: ev.Event) -> Result:
    effects: tuple[fx.Effect, ...] = ()
    if lane.stage is Stage.WIPE:
        lane, effects = close_transaction(lane, event)
    limit_ms = stage_limit_ms(lane)
    if limit_ms is not None:
        lane, timer = start_timer(lane, ev.Timer.STAGE, limit_ms)
        effects += timer
    return lane, effects


def _show(lane: Lane) -> Result:
    show = showing(lane)
    if show == lane.shown:
        return lane, ()
    tx = lane.transaction
    if tx is not None and (not tx.screens or tx.screens[-1] is not show.screen):
        tx = replace(tx, screens=(*tx.screens, show.screen))
    return replace(lane, shown=show, transaction=tx), (show,)


# What the sensors and the executors say is noted in every stage


def observe(lane: Lane, event: ev.Event) -> Result:
    """The lane with the event's news noted, before the table is asked; answers give a step for the record."""
    match event:
        case ev.Started():
            return replace(lane, started=True), ()
        case ev.SelfTestDone():
            return replace(lane, tested=True), ()
        case ev.FaultChanged(code=code, active=active):
            faults = lane.faults | {code} if active else lane.faults - {code}
            return _without_count(replace(lane, faults=faults)) if active else replace(lane, faults=faults), ()
        case ev.DocumentPlaced():
            return replace(lane, document=True), ()
        case ev.DocumentRemoved():
            return replace(lane, document=False), ()
        case ev.LeafMoved(leaf=leaf, position=position):
            moved = replace(lane, entry=position) if leaf is ev.Leaf.ENTRY else replace(lane, exit=position)
            return moved, ()
        case ev.Occupied(inside=inside, approach=approach):
            return replace(lane, inside=inside, approach=approach, counted=True), ()
        case ev.EmergencyChanged(latched=latched):
            return replace(lane, emergency=latched), ()
        case ev.Answer():
            return _observe_answer(lane, event)
        case _:
            return lane, ()


def _without_count(lane: Lane) -> Lane:
    """While the door is not heard nobody counts; one that lost its power has forgotten who was inside."""
    if not lane.faults & {"door.silent", "door.lost"}:
        return lane
    return replace(lane, counted=False, unaccounted=lane.maybe_inside)


def _observe_answer(lane: Lane, event: ev.Answer) -> Result:
    tx = lane.transaction
    assert tx is not None  # noqa: S101 - step drops answers without a transaction
    checks: tuple[CheckResult, ...] = ()
    match event:
        case ev.MrzChecked():
            tx, checks = replace(tx, mrz=event), event.checks
        case ev.SealsChecked(check=check):
            checks = (check,)
        case ev.ChipProgress(fraction=fraction):
            tx = replace(tx, progress=fraction)
        case ev.ChipRead():
            tx, checks = replace(tx, chip=event), event.checks
        case ev.BorderAnswered():
            tx, checks = replace(tx, border=event), (event.check,)
        case ev.FaceGuidance(guidance=guidance, fraction=fraction):
            tx = replace(tx, guidance=guidance, progress=fraction)
        case ev.FaceDone():
            tx, checks = replace(tx, face=event), event.checks
    steps = tuple(fx.RecordStep(tx.id, c.check.value, c.outcome, c.reason, event.took_ms, c.details) for c in checks)
    return replace(lane, transaction=tx.with_checks(*checks)), steps
