"""AskBorder -> BorderAnswered."""

from collections.abc import Callable

from egate.border.port import BorderSystem, NoBorderSystem, Query
from egate.runtime.shared import Shared
from egate.runtime.workers import Worker
from egate.transaction import effects as fx
from egate.transaction import events as ev


class Border:
    """Asks off the loop. Without a usable list nothing is known of anybody, and nobody is admitted."""

    def __init__(self, shared: Shared, system: Callable[[], BorderSystem | None], worker: Worker) -> None:
        self._shared, self._system, self._worker = shared, system, worker

    def ask(self, effect: fx.AskBorder) -> None:
        self._shared.work.start(self._ask(effect.transaction), effect.transaction)

    async def _ask(self, transaction: str) -> None:
        shared = self._shared
        began_ms = shared.now_ms()
        traveller, system = shared.vault.of(transaction), self._system() or NoBorderSystem()
        if traveller is None or traveller.mrz is None:
            return
        mrz, now = traveller.mrz, shared.clock.utc()
        query = Query(mrz.document_number, mrz.issuing_state, mrz.document_type)
        answer = await self._worker.run(lambda: system.ask(query, now))
        took_ms = shared.now_ms() - began_ms
        shared.put(ev.BorderAnswered(shared.now_ms(), transaction, took_ms, answer.result, answer.list_version))
