"""Where long computations and disk writes run, so that the loop stays free. One worker keeps its jobs in order."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

T = TypeVar("T")


class Worker(Protocol):
    """Runs one job after the other, in the order in which they were given."""

    async def run(self, job: Callable[[], T]) -> T: ...

    def stop(self) -> None: ...


class ThreadWorker:
    """One thread of its own."""

    def __init__(self, name: str) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def run(self, job: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, job)

    def stop(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)


class InlineWorker:
    """Runs the job at once, on the loop: with simulated time a computation takes no time, and order is certain."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def run(self, job: Callable[[], T]) -> T:
        return job()

    def stop(self) -> None:
        pass
