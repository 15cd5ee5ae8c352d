"""A thread for a library whose calls block, so that the loop stays free. One call after the other, in their order.

The thread is a daemon: a call that never returns (a reader's firmware that hangs) must not keep the process from
ending. Whoever gives up on such a call abandons the whole thread and takes a fresh one.
"""

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

_Job = tuple[Callable[[], Any], asyncio.Future[Any], asyncio.AbstractEventLoop]


class DeviceThread:
    """``call`` runs a job there; ``stop`` ends the thread after the jobs that it was given."""

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        threading.Thread(target=self._work, name=name, daemon=True).start()

    async def call(self, job: Callable[[], T]) -> T:
        """The job's result, or its exception. Cancelling gives up waiting; the job itself runs on, unheard."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put((job, future, loop))
        return await future

    def stop(self) -> None:
        """Without waiting: the last job may be the one that hangs."""
        self._jobs.put(None)

    def _work(self) -> None:
        while (entry := self._jobs.get()) is not None:
            job, future, loop = entry
            result: Any = None
            error: BaseException | None = None
            try:
                result = job()
            except BaseException as raised:  # whatever it is, it belongs to the caller
                error = raised
            try:
                loop.call_soon_threadsafe(_settle, future, result, error)
            except RuntimeError:  # the loop has been closed: nobody waits any more
                continue


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.done():  # cancelled meanwhile
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
