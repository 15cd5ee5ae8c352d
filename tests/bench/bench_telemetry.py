"""What durable events cost: appended to the journal, and acknowledged by the centre through a real broker.

Figures depend on the disk: each commit waits for it. What the disk itself takes is measured beside them.
"""

import os
import signal
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from figures import Figure, publish
from ops_process import Ops, until
from stage import scratch
from telemetry_samples import event, transaction, transition

from egate.telemetry.link import Link, LinkSettings
from egate.telemetry.outbox import Outbox
from egate_sim.broker import Broker

ROUNDS = 300
GROUP = 50
BULK = 5000


def spread_ms(work: Callable[[int], object]) -> dict[str, float]:
    """p50 and p99 of ROUNDS calls, in milliseconds."""
    samples = []
    for number in range(ROUNDS):
        begun = time.perf_counter()
        work(number)
        samples.append(1000 * (time.perf_counter() - begun))
    cuts = statistics.quantiles(samples, n=100)
    return {"p50_ms": round(cuts[49], 2), "p99_ms": round(cuts[98], 2)}


def measure_disk(folder: Path) -> dict[str, dict[str, float]]:
    """The peer: a page written and synced, with nothing above it."""
    with (folder / "plain").open("wb", buffering=0) as file:

        def write_page(number: int) -> None:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())

        return {"disk": spread_ms(write_page)}


def measure_journal(folder: Path) -> dict[str, dict[str, float]]:
    """One event a commit, a transaction record a commit, and groups."""
    with Outbox.open(folder / "alone.db", "gate-7", datetime.now(UTC)) as outbox:
        one = spread_ms(lambda n: outbox.append([event(transition(n), n)]))
        record = spread_ms(lambda n: outbox.append([event(transaction(n), n)]))
        begun = time.perf_counter()
        for start in range(0, BULK, GROUP):
            outbox.append([event(transition(n), n) for n in range(start, start + GROUP)])
        return {
            "append_one": one,
            "append_transaction_record": record,
            "append_groups": {"per_s": BULK / (time.perf_counter() - begun)},
        }


def measure_delivery(folder: Path) -> dict[str, dict[str, float]]:
    """From append to the centre's acknowledgement deleting the event at the gate."""
    with (
        Broker() as broker,
        Ops(broker.address, folder / "ops.db") as ops,
        Outbox.open(folder / "gate.db", "gate-7", datetime.now(UTC)) as outbox,
    ):
        link = Link(outbox, LinkSettings(port=broker.port))
        link.start()
        until(lambda: ops.gate().get("online"))

        def round_trip(number: int) -> None:
            outbox.append([event(transition(number), number)])
            assert link.wait_drained(10)

        single = spread_ms(round_trip)
        begun = time.perf_counter()
        for start in range(0, BULK, GROUP):
            outbox.append([event(transition(n), n) for n in range(start, start + GROUP)])
        assert link.wait_drained(60)
        rate = BULK / (time.perf_counter() - begun)
        link.stop()
        ops.end(signal.SIGTERM)
        return {"append_to_acknowledged": single, "delivered": {"per_s": rate}}


def figures() -> list[Figure]:
    """Journal, delivery, and the bare disk in the same minute."""
    with scratch() as folder:
        found = measure_disk(folder) | measure_journal(folder) | measure_delivery(folder)
    disk, one, record = found["disk"], found["append_one"], found["append_transaction_record"]
    whole, bare = found["append_to_acknowledged"], f"the bare disk: {found['disk']['p50_ms']} ms"
    return [
        Figure("An event durable in the outbox, p50", one["p50_ms"], "ms", beside=bare, headline=True),
        Figure("  p99", one["p99_ms"], "ms", beside=f"the bare disk: {disk['p99_ms']} ms"),
        Figure("  a whole transaction's record, p50", record["p50_ms"], "ms", beside=bare),
        Figure(
            "Durable events, 50 a commit", found["append_groups"]["per_s"], "per s",
            beside=f"one a commit: {1000 / one['p50_ms']:,.0f} per s", headline=True,
        ),
        Figure(
            "Controller to operations centre and acknowledged, p50", whole["p50_ms"], "ms",
            beside=f"of it the outbox {one['p50_ms']} ms; the centre commits to disk as well", headline=True,
        ),
        Figure("  p99", whole["p99_ms"], "ms", beside=f"of it the outbox {one['p99_ms']} ms"),
        Figure(
            "Events delivered and acknowledged", found["delivered"]["per_s"], "per s",
            beside=f"written to the outbox only: {found['append_groups']['per_s']:,.0f} per s", headline=True,
        ),
    ]  # fmt: skip


if __name__ == "__main__":
    publish(figures())
