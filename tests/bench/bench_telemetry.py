"""What durable events cost: appended to the journal, and acknowledged by the centre through a real broker.

Figures depend on the disk: each commit waits for it. Run it plainly; it prints JSON::

    python tests/bench/bench_telemetry.py
"""

import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from ops_process import Ops, until
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


def measure_journal(folder: Path) -> dict[str, object]:
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
            "append_groups_per_s": round(BULK / (time.perf_counter() - begun)),
        }


def measure_delivery(folder: Path) -> dict[str, object]:
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
        rate = round(BULK / (time.perf_counter() - begun))
        link.stop()
        ops.end(signal.SIGTERM)
        return {"append_to_acknowledged": single, "delivered_per_s": rate}


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        sys.stdout.write(json.dumps(measure_journal(Path(name)) | measure_delivery(Path(name)), indent=2) + "\n")
