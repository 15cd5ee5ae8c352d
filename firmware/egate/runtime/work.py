"""Tasks that run for a transaction. When it ends they are cancelled; when one breaks, the controller stops.

A broken executor is an error in this software. Going on would mean a lane in an unknown state, so the process ends,
the door controller goes safe by itself, and the watchdog starts the controller again.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Work:
    """``failed`` ends with the first exception that a task did not expect."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[Any], str | None] = {}
        self.failed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, job: Coroutine[Any, Any, Any], transaction: str | None = None) -> None:
        """Run ``job``; with a transaction's id it lives no longer than that transaction."""
        task = asyncio.get_running_loop().create_task(job)
        self._tasks[task] = transaction
        task.add_done_callback(self._done)

    def stop(self, transaction: str) -> None:
        """Cancel everything that still runs for the transaction."""
        for task, owner in self._tasks.items():
            if owner == transaction:
                task.cancel()

    async def stop_all(self) -> None:
        """Cancel everything and wait until it has ended."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None and not self.failed.done():
            self.failed.set_exception(error)
