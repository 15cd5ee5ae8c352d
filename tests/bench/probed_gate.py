"""``egate run`` with probes: the same gate, and for each transaction what it was busy with. Prints a JSON line each.

Only the places that the controller itself offers are used: the loop's selector, the workers, a watcher; and the
interpreter's class in the one module that imports it. Run by ``bench_controller.py``::

    python tests/bench/probed_gate.py gate.toml
"""

import asyncio
import json
import random
import selectors
import signal
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from spans import Span, total_ms, within, without

from egate.config import read_config
from egate.face.networks import inference
from egate.runtime.clock import SystemClock
from egate.runtime.executors.record import Recorder
from egate.runtime.gate import Gate
from egate.runtime.workers import ThreadWorker
from egate.transaction import effects as fx
from egate.transaction.state import Lane

T = TypeVar("T")
LOOP, FACE, DISK, SETTLING = "loop", "egate-face", "egate-disk", "settling"
INFERENCE, DEVICE, HOUSEKEEPING = "inference", "device", "housekeeping"
FRAME_S = 0.1  # what the simulated camera needs for a frame, as a Raspberry Pi's does at ten a second
ANSWERING = {"chip": ("connect", "transceive"), "camera": ("next_frame",)}
TELLING = {"document_reader": ("next_event",), "door": ("next_event",)}


class Ledger:
    """Who was busy when, since the transaction began. Written by several threads."""

    def __init__(self) -> None:
        self.inference_cpu_s = 0.0
        self.begin()

    def begin(self) -> None:
        self.spans: defaultdict[str, list[Span]] = defaultdict(list)
        self.frame_s: float | None = None

    def add(self, who: str, begin: float, end: float) -> None:
        self.spans[who].append(Span(begin, end))

    @contextmanager
    def busy(self, who: str) -> Iterator[None]:
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.add(who, begin, time.perf_counter())


class Turns(selectors.DefaultSelector):  # type: ignore[misc,valid-type]  # chosen at run time
    """The loop's turns: it is busy whenever it does not wait here.

    A turn belongs to the lane if a device answered, a worker had finished or the lane took a step in it; the others
    are housekeeping (heartbeats, above all), which goes on whether or not a traveller is there.
    """

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger, self.woke_s = ledger, time.perf_counter()
        self.of_lane = False

    def select(self, timeout: float | None = None) -> Any:
        now_s = time.perf_counter()
        self._ledger.add(LOOP if self.of_lane else HOUSEKEEPING, self.woke_s, now_s)
        self.of_lane = False
        ready = super().select(timeout)
        self.woke_s = time.perf_counter()
        return ready


class ProbedDevice:
    """A driver, with the times at which it is waited for: from the call to its answer."""

    def __init__(self, device: Any, port: str, ledger: Ledger, turns: Turns) -> None:
        self._device, self._port, self._ledger, self._turns = device, port, ledger, turns

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._device, name)
        if name in ANSWERING.get(self._port, ()):
            return lambda *given: self._answer(found(*given))
        return (lambda: self._tell(found())) if name in TELLING.get(self._port, ()) else found

    async def _tell(self, told: Awaitable[T]) -> T:
        value = await told
        self._turns.of_lane = True
        return value

    async def _answer(self, answer: Awaitable[T]) -> T:
        """Work between two frames delays nothing as long as it takes no longer than the camera does."""
        begun_s = time.perf_counter()
        seen_s = self._ledger.frame_s
        if self._port == "camera" and seen_s is not None:
            self._ledger.add(DEVICE, seen_s, min(seen_s + FRAME_S, begun_s))
        self._turns.of_lane = True
        value = await answer
        self._turns.of_lane = True
        now_s = time.perf_counter()
        self._ledger.add(DEVICE, begun_s, now_s)
        if self._port == "camera":
            self._ledger.frame_s = now_s
        return value


class ProbedWorker(ThreadWorker):
    """Busy from the moment a job begins on the thread to its end: computing, or waiting for the disk."""

    def __init__(self, name: str, ledger: Ledger, turns: Turns) -> None:
        super().__init__(name)
        self._name, self._ledger, self._turns = name, ledger, turns

    async def run(self, job: Callable[[], T]) -> T:
        def probed() -> T:
            with self._ledger.busy(self._name):
                return job()

        try:
            return await super().run(probed)
        finally:
            self._turns.of_lane = True


def probe_settling(ledger: Ledger) -> None:
    """A grant waits until everything recorded so far is on disk. Other commits are waited for by nobody."""
    settled = Recorder.settled

    async def probed(recorder: Recorder) -> None:
        with ledger.busy(SETTLING):
            await settled(recorder)

    Recorder.settled = probed  # type: ignore[method-assign]  # for the life of this process


def probe_inference(ledger: Ledger) -> None:
    """Set what the models' interpreter does apart from the rest of the face worker's time."""

    class ProbedInterpreter(inference.Interpreter):  # type: ignore[misc]  # the runtime has no types
        def invoke(self) -> None:
            cpu_s = time.process_time()
            with ledger.busy(INFERENCE):
                super().invoke()
            ledger.inference_cpu_s += time.process_time() - cpu_s

    inference.Interpreter = ProbedInterpreter


class Account:
    """A watcher of the lane: opens and closes the account of each transaction."""

    def __init__(self, ledger: Ledger, turns: Turns) -> None:
        self._ledger, self._turns = ledger, turns
        self._begun_s = self._cpu_s = self._inference_cpu_s = 0.0

    def __call__(self, lane: Lane, effects: tuple[fx.Effect, ...]) -> None:
        self._turns.of_lane = True
        for effect in effects:
            if isinstance(effect, fx.OpenTransaction):
                self._ledger.begin()
                self._begun_s = self._turns.woke_s
                self._cpu_s, self._inference_cpu_s = time.process_time(), self._ledger.inference_cpu_s
            elif isinstance(effect, fx.CloseTransaction):
                sys.stdout.write(json.dumps(self._close(effect.summary)) + "\n")
                sys.stdout.flush()

    def _close(self, summary: fx.Summary) -> dict[str, Any]:
        now_s = time.perf_counter()
        self._ledger.add(LOOP, self._turns.woke_s, now_s)
        window = Span(self._begun_s, now_s)
        spans = {who: within(list(found), window) for who, found in self._ledger.spans.items()}
        housekeeping, inferred, device = (spans.pop(who, []) for who in (HOUSEKEEPING, INFERENCE, DEVICE))
        spans[FACE] = list(without(spans.get(FACE, []), inferred))
        added = {who: list(without(found, device)) for who, found in spans.items() if who != DISK}
        inference_cpu_s = self._ledger.inference_cpu_s - self._inference_cpu_s
        return {
            "verdict": summary.verdict.value,
            "elapsed_ms": summary.elapsed_ms,
            "added_ms": total_ms(span for found in added.values() for span in found),
            "added_by_ms": {who: total_ms(found) for who, found in added.items()},
            "work_ms": total_ms(span for found in spans.values() for span in found),
            "housekeeping_ms": total_ms(housekeeping),
            "inference_ms": total_ms(inferred),
            "inference_waited_for_ms": total_ms(without(inferred, device)),
            "cpu_ms": 1000 * (time.process_time() - self._cpu_s - inference_cpu_s),
            "inference_cpu_ms": 1000 * inference_cpu_s,
            "stage_ms": dict(summary.stage_ms),
            "apdu_count": summary.apdu_count,
            "file_bytes": summary.byte_count,
        }


async def live(path: Path, ledger: Ledger, turns: Turns) -> None:
    """Until SIGTERM."""
    gate = Gate(
        read_config(path), SystemClock(), random.SystemRandom(), lambda name: ProbedWorker(name, ledger, turns),
        [Account(ledger, turns)],
    )  # fmt: skip
    gate.devices = {port: ProbedDevice(device, port, ledger, turns) for port, device in gate.devices.items()}
    life = asyncio.current_task()
    assert life is not None
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, life.cancel)
    try:
        await gate.run()
    except asyncio.CancelledError:
        return


def main() -> None:
    """The command line: one gate file."""
    ledger = Ledger()
    probe_inference(ledger)
    probe_settling(ledger)
    turns = Turns(ledger)
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(turns)) as runner:
        runner.run(live(Path(sys.argv[1]), ledger, turns))


if __name__ == "__main__":
    main()
