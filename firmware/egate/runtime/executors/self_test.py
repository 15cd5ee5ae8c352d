"""RunSelfTest -> SelfTestDone: everything the lane needs is tried, and what is wrong becomes a fault."""

from egate.config import Config
from egate.runtime.resources import Resources, load_missing
from egate.runtime.shared import Shared
from egate.runtime.workers import Worker
from egate.transaction import effects as fx
from egate.transaction import events as ev


class SelfTest:
    """What is not usable is tried again; what is usable is not read twice."""

    def __init__(self, shared: Shared, config: Config, resources: Resources, worker: Worker) -> None:
        self._shared, self._config, self._resources, self._worker = shared, config, resources, worker

    def start(self, effect: fx.RunSelfTest) -> None:
        self._shared.work.start(self._run())

    async def _run(self) -> None:
        shared, now = self._shared, self._shared.clock.utc()
        shared.set_fault("clock.untrusted", not shared.clock.trusted())
        found = await self._worker.run(lambda: load_missing(self._resources, self._config, now))
        for code, active in found.items():
            shared.set_fault(code, active)
        shared.put(ev.SelfTestDone(shared.now_ms()))
