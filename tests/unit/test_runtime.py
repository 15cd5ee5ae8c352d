"""The runtime's own parts: keepers, recorder, vault, faults, the loop."""

import asyncio
import random
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from journal import recorded

from egate.runtime.clock import SystemClock
from egate.runtime.devices import Keeper
from egate.runtime.executors.record import Recorder
from egate.runtime.fault_board import FaultBoard
from egate.runtime.lane import Ids, LaneLoop, effect_kinds
from egate.runtime.shared import Shared
from egate.runtime.vault import MAX_SEALS, Vault
from egate.runtime.work import Work
from egate.runtime.workers import InlineWorker, ThreadWorker
from egate.telemetry.outbox import JournalError, Outbox
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate.transaction.state import Lane, Stage
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable

T = TypeVar("T")
LIMIT_S = 5


def run(life: Callable[[], "asyncio.Future[T]"]) -> T:
    async def limited() -> T:
        async with asyncio.timeout(LIMIT_S):
            return await life()

    return asyncio.run(limited())


# Devices


class Flaky:
    """A device whose openings and values are given; None as a value: silent for ever."""

    def __init__(self, openings: list[Exception | None], values: list[object]) -> None:
        self.openings, self.values, self.closed = openings, values, 0

    async def open(self) -> None:
        error = self.openings.pop(0) if self.openings else None
        if error is not None:
            raise error

    async def close(self) -> None:
        self.closed += 1

    async def next_value(self) -> object:
        value = self.values.pop(0) if self.values else None
        if isinstance(value, Exception):
            raise value
        if value is None:
            await asyncio.Event().wait()
        return value


async def keep(device: Flaky, until: Callable[[list[object], list[bool]], bool]) -> tuple[list[object], list[bool]]:
    """Keep the device until the condition on (values delivered, fault as it changed) holds."""
    values: list[object] = []
    fault: list[bool] = []
    changed = asyncio.Event()

    def deliver(value: object) -> None:
        values.append(value)
        changed.set()

    def set_fault(code: str, active: bool) -> None:
        if (fault[-1] if fault else False) is not active:
            fault.append(active)
            changed.set()

    keeper = Keeper(device, "camera.lost", set_fault).listen_to(device.next_value, deliver)
    task = asyncio.create_task(keeper.run())
    while not until(values, fault):
        changed.clear()
        await changed.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return values, fault


def test_a_device_that_is_lost_raises_its_fault_and_comes_back() -> None:
    device = Flaky([], ["a", DeviceLost("unplugged"), "b"])
    values, fault = run(lambda: asyncio.ensure_future(keep(device, lambda v, f: v == ["a", "b"])))
    assert values == ["a", "b"]
    assert fault == [True, False]
    assert device.closed == 2, "once when it was lost, once at the end"


def test_a_device_that_is_not_there_at_the_start_is_tried_until_it_is() -> None:
    device = Flaky([DeviceUnavailable("no such port"), None], ["a"])
    values, fault = run(lambda: asyncio.ensure_future(keep(device, lambda v, f: v == ["a"])))
    assert (values, fault) == (["a"], [True, False])


def test_a_timeout_is_no_loss() -> None:
    device = Flaky([], [DeviceTimeout("slow"), "a"])
    values, fault = run(lambda: asyncio.ensure_future(keep(device, lambda v, f: v == ["a"])))
    assert (values, fault) == (["a"], [])


# The recorder


class Slow:
    """An outbox whose appends wait until they are let go, and may fail."""

    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox
        self.begun, self.go = threading.Event(), threading.Event()
        self.failures: list[Exception] = []

    def append(self, events: object) -> None:
        self.begun.set()
        assert self.go.wait(LIMIT_S)
        if self.failures:
            raise self.failures.pop(0)
        self.outbox.append(events)  # type: ignore[arg-type]


def make_recorder(slow: Slow, faults: list[tuple[str, bool]]) -> tuple[Recorder, Work, ThreadWorker]:
    work = Work()
    shared = Shared(
        lambda event: None, lambda code, active: faults.append((code, active)), SystemClock(), work, Vault(),
        Ids(random.Random(1)),
    )  # fmt: skip
    worker = ThreadWorker("disk")
    return Recorder(shared, slow, worker, "mantrap", {}), work, worker  # type: ignore[arg-type]


def test_a_stop_in_the_middle_of_a_write_writes_nothing_twice(tmp_path: Path) -> None:
    async def life() -> None:
        with Outbox.open(tmp_path / "outbox.db", "lane", datetime.now(UTC)) as outbox:
            slow = Slow(outbox)
            recorder, work, worker = make_recorder(slow, [])
            work.start(recorder.run())
            recorder.fault("camera.lost", True)
            await asyncio.to_thread(slow.begun.wait)
            stopping = asyncio.create_task(work.stop_all())
            await asyncio.sleep(0)  # the cancellation is on its way while the write still runs
            slow.go.set()
            await stopping
            recorder.fault("camera.lost", False)
            await recorder.finish()
            worker.stop()

    run(lambda: asyncio.ensure_future(life()))
    events = recorded(tmp_path / "outbox.db", "lane")
    assert [event["data"]["active"] for event in events] == [True, False]


@pytest.mark.parametrize("turns", range(8))
def test_a_stop_at_any_turn_of_the_loop_writes_everything_once(tmp_path: Path, turns: int) -> None:
    async def life() -> None:
        with Outbox.open(tmp_path / "outbox.db", "lane", datetime.now(UTC)) as outbox:
            work = Work()
            shared = Shared(
                lambda event: None, lambda code, active: None, SystemClock(), work, Vault(), Ids(random.Random(1))
            )
            recorder = Recorder(shared, outbox, InlineWorker("disk"), "mantrap", {})
            work.start(recorder.run())
            recorder.fault("camera.lost", True)
            for _ in range(turns):
                await asyncio.sleep(0)
            await work.stop_all()
            await recorder.finish()

    run(lambda: asyncio.ensure_future(life()))
    assert len(recorded(tmp_path / "outbox.db", "lane")) == 1


def test_what_the_disk_refuses_is_kept_and_written_later(tmp_path: Path) -> None:
    faults: list[tuple[str, bool]] = []

    async def life() -> None:
        with Outbox.open(tmp_path / "outbox.db", "lane", datetime.now(UTC)) as outbox:
            slow = Slow(outbox)
            slow.failures.append(JournalError("disk full"))
            slow.go.set()
            recorder, work, worker = make_recorder(slow, faults)
            work.start(recorder.run())
            recorder.fault("camera.lost", True)
            await recorder.settled()
            await work.stop_all()
            worker.stop()

    run(lambda: asyncio.ensure_future(life()))
    assert ("outbox.unwritable", True) in faults
    assert faults[-1] == ("outbox.unwritable", False)
    assert len(recorded(tmp_path / "outbox.db", "lane")) == 1


# The rest


def test_the_vault_keeps_one_traveller_and_forgets() -> None:
    vault = Vault()
    vault.keep_lines(("a", "b"))
    vault.begin("tx-1")
    assert vault.take_lines() == ("a", "b"), "lines may come before the transaction they belong to"
    assert vault.of("tx-1") is not None
    assert vault.of("tx-0") is None
    vault.keep_lines(("c",))
    vault.wipe()
    assert vault.empty
    assert vault.of("tx-1") is None


def test_the_vault_keeps_each_seal_once_and_a_few_at_most() -> None:
    vault = Vault()
    assert vault.keep_seal(b"0")
    vault.begin("tx-1")
    assert not vault.keep_seal(b"0"), "readers tell the same one again and again"
    assert vault.seals == (b"0",), "one may come before the transaction it belongs to"
    kept = [vault.keep_seal(bytes([number])) for number in range(MAX_SEALS)]
    assert kept == [True] * (MAX_SEALS - 1) + [False]
    vault.wipe()
    assert vault.seals == ()
    assert vault.empty


def test_the_board_tells_changes_only() -> None:
    told: list[tuple[str, bool]] = []
    record: list[tuple[str, bool]] = []
    board = FaultBoard(lambda c, a: record.append((c, a)), lambda c, a: told.append((c, a)))
    for active in (True, True, False, False):
        board.set("camera.lost", active)
    board.set_by_lane(fx.SetFault("lane.called", True))
    assert told == [("camera.lost", True), ("camera.lost", False)]
    assert record == [*told, ("lane.called", True)]
    with pytest.raises(KeyError):
        board.set("no.such", True)


def test_every_effect_needs_an_executor() -> None:
    loop = LaneLoop(Lane(), SystemClock())
    with pytest.raises(ValueError, match="no executor for"):
        loop.connect({})
    assert {fx.GrantPassage, fx.Wipe, fx.CountLate} <= set(effect_kinds())
    carried: list[fx.Effect] = []
    loop.connect(dict.fromkeys(effect_kinds(), carried.append))
    for leaf in ev.Leaf:
        loop.handle(ev.LeafMoved(0, leaf, ev.Position.CLOSED))
    loop.handle(ev.Started(0))
    assert loop.lane.stage is Stage.SELF_TEST
    assert any(isinstance(e, fx.RunSelfTest) for e in carried)


def test_an_executor_that_breaks_ends_the_controller() -> None:
    async def life() -> None:
        work = Work()

        async def broken() -> None:
            raise RuntimeError("a defect")

        work.start(broken())
        with pytest.raises(RuntimeError, match="a defect"):
            await work.failed

    run(lambda: asyncio.ensure_future(life()))


def test_ids_are_random_uuids_and_tokens_in_range() -> None:
    ids = Ids(random.Random(7))
    assert ids.uuid()[14] == "4"
    assert ids.uuid()[19] in "89ab"
    assert all(0 < ids.token() < 2**28 for _ in range(100))
    assert Ids(random.Random(7)).uuid() == Ids(random.Random(7)).uuid()
