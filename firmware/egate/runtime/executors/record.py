"""Records -> the outbox, in order, many in one commit. Nothing is on the way to the broker that is not on disk."""

import asyncio
import itertools
import logging
from collections.abc import Mapping
from datetime import timedelta

from egate.faults import FAULTS
from egate.runtime.shared import Shared
from egate.runtime.workers import Worker
from egate.telemetry.envelope import Event
from egate.telemetry.outbox import JournalError, Outbox
from egate.telemetry.records import (
    Decision,
    DocumentModel,
    FaultRecorded,
    OpenTransaction,
    Payload,
    Resolution,
    Score,
    StepRecorded,
    TransactionRecord,
    TransitionRecorded,
)
from egate.transaction import effects as fx

log = logging.getLogger(__name__)

_RETRY_S = 0.5


class Recorder:
    """Collects what one turn of the loop gives and commits it together. ``settled`` waits until all is on disk."""

    def __init__(
        self,
        shared: Shared,
        outbox: Outbox,
        worker: Worker,
        topology: str,
        versions: Mapping[str, str],
    ) -> None:
        self._clock, self._ids, self._set_fault = shared.clock, shared.ids, shared.set_fault
        self._outbox, self._worker, self._topology, self._versions = outbox, worker, topology, versions
        self._waiting: list[Event | OpenTransaction] = []
        self._wake = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    # Effects

    def open_transaction(self, effect: fx.OpenTransaction) -> None:
        self._put(OpenTransaction(effect.transaction, self._clock.utc()))

    def transition(self, effect: fx.RecordTransition) -> None:
        self.record(
            TransitionRecorded(
                effect.transaction,
                effect.source,
                effect.target,
                effect.cause,
                effect.elapsed_ms if effect.transaction else None,
            )
        )

    def step(self, effect: fx.RecordStep) -> None:
        self.record(
            StepRecorded(effect.transaction, effect.name, effect.outcome, effect.reason, effect.took_ms, effect.details)
        )

    def close_transaction(self, effect: fx.CloseTransaction) -> None:
        self.record(self._transaction(effect.summary))

    def fault(self, code: str, active: bool) -> None:
        self.record(FaultRecorded(code, FAULTS[code].severity, active))

    def record(self, payload: Payload) -> None:
        """Give one payload its id and time, and queue it."""
        self._put(Event(self._ids.uuid(), self._clock.utc(), payload))

    # The disk

    async def settled(self) -> None:
        """Until everything recorded so far is on disk."""
        await self._idle.wait()

    async def run(self) -> None:
        """Until cancelled. What the disk refuses is kept and tried again; the lane is closed meanwhile."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._waiting:
                await self._commit(self._next_run())
            self._idle.set()

    async def _commit(self, run: list[Event] | OpenTransaction) -> None:
        """One commit. Only what is on disk leaves the queue, and nothing that is on disk stays in it."""
        try:
            await self._write(run)
        except JournalError as error:
            log.error("outbox: %s", error)
            self._set_fault("outbox.unwritable", True)
            await asyncio.sleep(_RETRY_S)
        else:
            self._set_fault("outbox.unwritable", False)

    async def _write(self, run: list[Event] | OpenTransaction) -> None:
        """Raises JournalError. A write that has begun cannot be called back, so a cancellation waits for its end."""
        job = asyncio.ensure_future(self._put_on_disk(run))
        try:
            await asyncio.shield(job)
        except asyncio.CancelledError:
            await asyncio.wait((job,))
            raise

    async def _put_on_disk(self, run: list[Event] | OpenTransaction) -> None:
        """One step takes what is written out of the queue: nothing can come between that would write it twice."""
        if isinstance(run, OpenTransaction):
            await self._worker.run(lambda: self._outbox.open_transaction(run))
            del self._waiting[:1]
        else:
            await self._worker.run(lambda: self._outbox.append(run))
            del self._waiting[: len(run)]

    async def finish(self) -> None:
        """Commit what still waits, after ``run`` was cancelled. One try: the disk may be what ended us."""
        while self._waiting:
            before = len(self._waiting)
            await self._commit(self._next_run())
            if len(self._waiting) == before:
                return

    def _next_run(self) -> list[Event] | OpenTransaction:
        """What goes into the next commit: one opening, or all events up to the next opening."""
        first = self._waiting[0]
        if isinstance(first, OpenTransaction):
            return first
        return list(itertools.takewhile(lambda item: isinstance(item, Event), self._waiting))  # type: ignore[arg-type]

    def _put(self, item: Event | OpenTransaction) -> None:
        self._waiting.append(item)
        self._idle.clear()
        self._wake.set()

    def _transaction(self, s: fx.Summary) -> TransactionRecord:
        ended = self._clock.utc()
        return TransactionRecord(
            transaction=s.transaction,
            topology=self._topology,
            started_at=ended - timedelta(milliseconds=s.elapsed_ms),
            ended_at=ended,
            decision=Decision(s.verdict.value),
            reasons=s.reasons,
            resolution=Resolution(s.resolution.value),
            versions={**self._versions, **({"alert_list": s.list_version} if s.list_version else {})},
            timings_ms=dict(s.stage_ms),
            checks=s.checks,
            document=DocumentModel(s.document_type, s.issuing_state) if s.issuing_state else None,
            access_protocol=s.access_protocol or None,
            algorithms=s.algorithms,
            apdu_count=s.apdu_count,
            file_bytes=s.byte_count,
            match=_score(s.scores, "match"),
            pad=_score(s.scores, "pad"),
            quality=dict(s.quality),
            screens=tuple(screen.value for screen in s.screens),
            attention=s.attention,
        )


def _score(scores: Mapping[str, float], name: str) -> Score | None:
    return Score(scores[name], scores[f"{name}_threshold"]) if name in scores else None
