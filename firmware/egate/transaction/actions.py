"""What a row of the table does beside changing the stage. Each action maps (lane, event) to (lane, effects)."""

from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.policy import decide, document_objections
from egate.transaction.state import Lane, Stage, Transaction

Result = tuple[Lane, tuple[fx.Effect, ...]]
Action = Callable[[Lane, ev.Event], Result]


def running(lane: Lane) -> Transaction:
    """The running transaction; a row that needs one stands only where there is one."""
    if lane.transaction is None:
        raise AssertionError(f"no transaction runs in {lane.stage}")
    return lane.transaction


def start_timer(lane: Lane, timer: ev.Timer, after_ms: int) -> Result:
    """(Re)start a timer; whatever ran under its name no longer counts."""
    serial = lane.serial + 1
    lane = replace(lane, serial=serial, timers=MappingProxyType({**lane.timers, timer: serial}))
    return lane, (fx.StartTimer(timer, after_ms, serial),)


def stop_timers(lane: Lane, *timers: ev.Timer) -> Lane:
    """Timers that still run no longer count."""
    return replace(lane, timers=MappingProxyType({t: s for t, s in lane.timers.items() if t not in timers}))


def chain(*actions: Action) -> Action:
    """One action after the other."""

    def run(lane: Lane, event: ev.Event) -> Result:
        effects: tuple[fx.Effect, ...] = ()
        for action in actions:
            lane, more = action(lane, event)
            effects += more
        return lane, effects

    return run


# Beginning and evidence


def begin(lane: Lane, event: ev.Event) -> Result:
    """A document was laid down: a transaction begins, and is remembered before anything else happens."""
    assert isinstance(event, ev.DocumentPlaced)  # noqa: S101 - the table promises it
    lane = replace(lane, transaction=Transaction(event.transaction, event.token, event.at_ms))
    lane, timer = start_timer(lane, ev.Timer.TRANSACTION, lane.limits.timeouts.transaction_ms)
    return lane, (fx.OpenTransaction(event.transaction), *timer)


def check_mrz(lane: Lane, event: ev.Event) -> Result:
    tx = replace(running(lane), again=False)
    return replace(lane, transaction=tx), (fx.CheckMrz(tx.id),)


def check_seals(lane: Lane, event: ev.Event) -> Result:
    return lane, (fx.CheckSeals(running(lane).id),)


def read_chip_and_ask_border(lane: Lane, event: ev.Event) -> Result:
    """The MRZ opens the chip and is what seals are bound to; the border query starts at once and is joined at the
    decision."""
    tx = running(lane)
    lane, timer = start_timer(lane, ev.Timer.STAGE, lane.limits.timeouts.chip_ms)
    ask = () if tx.border else (fx.AskBorder(tx.id),)
    return lane, (fx.CheckSeals(tx.id), fx.ReadChip(tx.id), *ask, *timer)


def try_chip_again(lane: Lane, event: ev.Event) -> Result:
    tx = running(lane)
    return replace(lane, transaction=replace(tx, chip_tries=tx.chip_tries + 1, mrz=None, chip=None, again=True)), ()


def ask_again(lane: Lane, event: ev.Event) -> Result:
    """Misplaced, upside down or in its cover: the traveller is told, and once gets time to lay it down anew."""
    tx = running(lane)
    if tx.again:
        return lane, ()
    return restart_stage_timer(replace(lane, transaction=replace(tx, again=True)), event)


def undetermined(check: Check, reason: Reason) -> Action:
    """Note that a check did not come to an end."""

    def run(lane: Lane, event: ev.Event) -> Result:
        result = CheckResult(check, Outcome.UNDETERMINED, reason)
        return replace(lane, transaction=running(lane).with_checks(result)), ()

    return run


# Doors


def grant(leaf: ev.Leaf, direction: ev.Direction) -> Action:
    """Ask for one opening. Every grant of a transaction has a token of its own, good once."""

    def run(lane: Lane, event: ev.Event) -> Result:
        tx = running(lane)
        token = tx.token << 4 | tx.grants % 16
        granted = tx.exit_granted or leaf is ev.Leaf.EXIT
        lane = replace(lane, transaction=replace(tx, grants=tx.grants + 1, exit_granted=granted))
        return lane, (fx.GrantPassage(leaf, direction, token),)

    return run


def release(leaf: ev.Leaf, direction: ev.Direction) -> Action:
    """An officer lets somebody out of a lane in which no transaction runs."""

    def run(lane: Lane, event: ev.Event) -> Result:
        assert isinstance(event, ev.Pressed)  # noqa: S101 - the table promises it
        return lane, (fx.GrantPassage(leaf, direction, event.token << 4),)

    return run


def close(leaf: ev.Leaf) -> Action:
    return lambda lane, event: (lane, (fx.CloseLeaf(leaf),))


def clear_door(lane: Lane, event: ev.Event) -> Result:
    """A person has looked: the lane is empty."""
    return replace(lane, unaccounted=False), (fx.ClearDoor(),)


def clear_leaf(lane: Lane, event: ev.Event) -> Result:
    """A person has cleared the leaf's path; whoever is inside is still there."""
    return lane, (fx.ClearDoor(lane.inside),)


def person_entered(lane: Lane, event: ev.Event) -> Result:
    lane = replace(lane, transaction=replace(running(lane), entered=True))
    lane, timer = start_timer(lane, ev.Timer.INSIDE_ALARM, lane.limits.timeouts.inside_alarm_ms)
    return lane, (*timer, fx.CloseLeaf(ev.Leaf.ENTRY))


def one_person(lane: Lane, event: ev.Event) -> Result:
    return _counted(lane, passed(Check.SINGLE_PERSON))


def several_persons(lane: Lane, event: ev.Event) -> Result:
    lane, effects = _counted(lane, CheckResult(Check.SINGLE_PERSON, Outcome.FAILED, Reason.TAILGATING))
    return replace(lane, transaction=running(lane).with_attention("tailgating")), effects


def _counted(lane: Lane, result: CheckResult) -> Result:
    tx = running(lane).with_checks(result)
    step = fx.RecordStep(tx.id, result.check.value, result.outcome, result.reason, 0)
    return replace(lane, transaction=tx), (step,)


# Face and decision


def capture_face(lane: Lane, event: ev.Event) -> Result:
    tx = replace(running(lane), progress=0.0, guidance=None)
    return replace(lane, transaction=tx), (fx.CaptureFace(tx.id, lane.limits.timeouts.face_ms),)


def take_decision(lane: Lane, event: ev.Event) -> Result:
    """Ask the policy. The verdict is final: an officer's release changes the resolution, never the verdict."""
    tx = running(lane)
    decision = decide(tx.checks, lane.blocking_faults, lane.limits.policy)
    tx = replace(tx, verdict=decision.verdict, reasons=decision.reasons)
    if Reason.PRESENTATION_ATTACK in decision.reasons:
        tx = tx.with_attention("presentation_attack")  # silent to the traveller, TR-03135
    if decision.hold:
        tx = tx.with_attention("hold")
    step = fx.RecordStep(
        tx.id,
        "decision",
        Outcome.PASSED if decision.verdict is fx.Verdict.ADMIT else Outcome.FAILED,
        decision.reasons[0] if decision.reasons else Reason.OK,
        0,
    )
    return replace(lane, transaction=tx), (step,)


def refer(*extra: Reason) -> Action:
    """Refer: for what stands against the document, and for these reasons."""

    def run(lane: Lane, event: ev.Event) -> Result:
        tx = running(lane)
        if tx.verdict is not None:
            return lane, ()
        reasons = extra or document_objections(tx.checks, lane.limits.policy)
        tx = _with_suspicion(replace(tx, verdict=fx.Verdict.REFER, reasons=reasons))
        return replace(lane, transaction=tx), (fx.RecordStep(tx.id, "decision", Outcome.FAILED, reasons[0], 0),)

    return run


def _with_suspicion(tx: Transaction) -> Transaction:
    """What the staff is told of a document while the screen is that of every referral."""
    failed = {result.check for result in tx.checks.values() if result.outcome is Outcome.FAILED}
    if Check.DOCUMENT_MODEL in failed:  # less than its kind has: broken, or made so
        tx = tx.with_attention("suspicious_document")
    if Check.DOCUMENT_REUSE in failed:  # genuine, and perhaps in other hands than a moment ago
        tx = tx.with_attention("document_reused")
    return tx


# Ends


def abort(reason: Reason, resolution: fx.Resolution = fx.Resolution.ABORTED) -> Action:
    """The transaction ends without a decision; the record is written when the lane is clear."""

    def run(lane: Lane, event: ev.Event) -> Result:
        tx = replace(running(lane), verdict=fx.Verdict.ABORT, reasons=(reason,), resolution=resolution)
        return replace(lane, transaction=tx), ()

    return run


def abort_now(reason: Reason) -> Action:
    """The transaction ends at once as aborted: nothing is ever resumed as admitted (safety invariant 7). One that had
    come to its end, and only waited for the lane to be clear, keeps it."""
    ended = chain(abort(reason), close_transaction)

    def run(lane: Lane, event: ev.Event) -> Result:
        if lane.stage is Stage.CLEAR_CHECK:
            return close_transaction(lane, event)
        return ended(lane, event) if lane.transaction else (lane, ())

    return run


def resolve(resolution: fx.Resolution) -> Action:
    """How it ended for the person; the first to say so is right."""

    def run(lane: Lane, event: ev.Event) -> Result:
        tx = running(lane)
        return replace(lane, transaction=replace(tx, resolution=tx.resolution or resolution)), ()

    return run


def unresolve(lane: Lane, event: ev.Event) -> Result:
    """What the officer chose did not come about: the leaf stayed or fell shut with the person inside."""
    return replace(lane, transaction=replace(running(lane), resolution=None)), ()


def attention(code: str) -> Action:
    def run(lane: Lane, event: ev.Event) -> Result:
        if lane.transaction is None:
            return lane, ()
        return replace(lane, transaction=lane.transaction.with_attention(code)), ()

    return run


def close_transaction(lane: Lane, event: ev.Event) -> Result:
    """Write the record, forget the traveller. Without a running transaction there is nothing to do."""
    tx = lane.transaction
    if tx is None:
        return lane, ()
    if lane.document and tx.entered:
        tx = tx.with_attention("document_left")
    lane = replace(stop_timers(lane, *ev.Timer), transaction=None)
    used = (fx.RememberDocument(tx.id),) if _may_have_passed(tx) else ()
    return lane, (fx.StopWork(tx.id), *used, fx.CloseTransaction(summary(tx, lane, event)), fx.Wipe(tx.id))


def _may_have_passed(tx: Transaction) -> bool:
    """Whether the exit was granted, by the policy or by an officer, and nobody was let back instead. Asked at the end,
    when that is known; an end that a fault forced does not tell, and counts as passed."""
    return tx.exit_granted and tx.resolution is not fx.Resolution.OFFICER_BACK


def summary(tx: Transaction, lane: Lane, event: ev.Event) -> fx.Summary:
    """All that the record keeps."""
    spent = {**tx.stage_ms, lane.stage.value: tx.stage_ms.get(lane.stage.value, 0) + event.at_ms - lane.since_ms}
    chip, face = tx.chip, tx.face
    return fx.Summary(
        transaction=tx.id,
        verdict=tx.verdict or fx.Verdict.ABORT,
        reasons=tx.reasons,
        resolution=tx.resolution or fx.Resolution.ABORTED,
        checks=tuple(tx.checks[check] for check in Check if check in tx.checks),
        stage_ms=spent,
        elapsed_ms=event.at_ms - tx.began_ms,
        document_type=tx.mrz.document_type if tx.mrz else "",
        issuing_state=tx.mrz.issuing_state if tx.mrz else "",
        access_protocol=chip.access_protocol if chip else "",
        algorithms=chip.algorithms if chip else (),
        apdu_count=chip.apdu_count if chip else 0,
        byte_count=chip.byte_count if chip else 0,
        list_version=tx.border.list_version if tx.border else "",
        scores=face.scores if face else {},
        quality=face.quality if face else {},
        screens=tx.screens,
        attention=tx.attention,
    )


# Faults that the lane itself owns


def set_fault(code: str, active: bool) -> Action:
    def run(lane: Lane, event: ev.Event) -> Result:
        if (code in lane.faults) is active:
            return lane, ()
        faults = lane.faults | {code} if active else lane.faults - {code}
        return replace(lane, faults=faults), (fx.SetFault(code, active),)

    return run


def run_self_test(lane: Lane, event: ev.Event) -> Result:
    return replace(lane, tested=False), (fx.RunSelfTest(),)


def forget_lines(lane: Lane, event: ev.Event) -> Result:
    """No transaction wants what the reader has read."""
    return lane, (fx.Wipe(None),)


def watch_document(lane: Lane, event: ev.Event) -> Result:
    """A document on the reader of an idle lane: prompt first, call the staff after a while."""
    if not lane.document:
        return lane, ()
    return start_timer(lane, ev.Timer.DOCUMENT_LEFT, lane.limits.timeouts.document_left_ms)


_STAGE_LIMITS: dict[Stage, Callable[[Lane], int | None]] = {
    Stage.OUT_OF_SERVICE: lambda lane: 5_000,  # how often a closed lane tries itself again
    Stage.SELF_TEST: lambda lane: lane.limits.timeouts.clear_ms,
    Stage.IDLE: lambda lane: 60_000,  # how often an open lane looks whether its lists and clock still hold
    Stage.DOCUMENT_PRESENT: lambda lane: lane.limits.timeouts.mrz_ms * (2 if running(lane).again else 1),
    Stage.READING_DOCUMENT: lambda lane: lane.limits.timeouts.chip_ms,
    Stage.ENTRY_OPEN: lambda lane: lane.limits.timeouts.door_open_ms,
    Stage.ENTERING: lambda lane: lane.limits.timeouts.entering_ms,
    Stage.SINGLE_PERSON_CHECK: lambda lane: lane.limits.timeouts.clear_ms,
    # the capture ends by itself; this only catches one that does not
    Stage.CAPTURING_FACE: lambda lane: lane.limits.timeouts.face_ms + 2_000,
    Stage.DECIDING: lambda lane: lane.limits.timeouts.border_ms,
    Stage.EXIT_OPEN: lambda lane: lane.limits.timeouts.door_open_ms,
    Stage.PASSING: lambda lane: lane.limits.timeouts.passing_ms,
    Stage.CLEAR_CHECK: lambda lane: lane.limits.timeouts.clear_ms,
    Stage.REFERRED: lambda lane: None if running(lane).entered else lane.limits.timeouts.referred_outside_ms,
}


def stage_limit_ms(lane: Lane) -> int | None:
    """How long the lane may stay in its stage before TimerFired(STAGE); None: as long as it takes."""
    limit = _STAGE_LIMITS.get(lane.stage)
    return limit(lane) if limit else None


def restart_stage_timer(lane: Lane, event: ev.Event) -> Result:
    limit = stage_limit_ms(lane)
    return start_timer(lane, ev.Timer.STAGE, limit) if limit is not None else (lane, ())


def shorten_referral(lane: Lane, event: ev.Event) -> Result:
    """The traveller took the document and goes: the neutral screen need not stay as long."""
    return start_timer(lane, ev.Timer.STAGE, lane.limits.timeouts.referred_leave_ms)
