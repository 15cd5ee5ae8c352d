"""What the document room costs the processor: one read under secure messaging, Passive Authentication, a master list.

The chip's own share is not counted: its answers are recorded once and played back.
"""

import random
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "helpers"))

from document_samples import HOLDER, NOW, drive, plan_for, portrait_jpeg, trust, utopia
from figures import Figure, publish

from egate.checks import Outcome
from egate.document.mrz.zone import Mrz
from egate.document.pki.passive_auth import passive_authentication
from egate.document.pki.sod import parse_sod
from egate.document.pki.trust import TrustStore
from egate_sim.chip_field import Latency
from egate_sim.passport.chip import Chip
from egate_sim.passport.issue import issue
from egate_sim.passport.lds import File
from egate_sim.passport.state import master_list

PORTRAIT_BYTES = 20_000
ROUNDS = 20


def median_ms(work: Callable[[], Any]) -> float:
    """Processor time of one call, the median of ROUNDS."""
    samples = []
    for _ in range(ROUNDS):
        begun = time.process_time()
        work()
        samples.append(1000 * (time.process_time() - begun))
    return round(statistics.median(samples), 2)


def measure() -> dict[str, float | int]:
    """All figures; times in milliseconds of processor time, medians."""
    state, store = utopia(), trust()
    document = issue(state, HOLDER, portrait_jpeg().ljust(PORTRAIT_BYTES, b"\0"))
    chip, tape = Chip(document, random.Random(2)), []

    def record(command: bytes) -> bytes:
        tape.append(chip.process(command))
        return tape[-1]

    inspection, trip = drive(plan_for(document), record)
    assert all(result.outcome is Outcome.PASSED for result in inspection.checks)

    def play() -> None:
        answers = iter(tape)
        again, _ = drive(plan_for(document), lambda _: next(answers))
        assert again.checks == inspection.checks

    sod = parse_sod(document.files[File.SOD])
    groups = {int(file) & 0xFF: data for file, data in document.data_groups.items()}
    zone, published = Mrz.from_lines(document.mrz), master_list(state, [state])
    return {
        "apdu_count": inspection.apdu_count,
        "bytes_over_the_air": sum(map(len, tape)) + sum(map(len, trip.commands)),
        "file_bytes": inspection.bytes_read,
        "inspection_cpu_ms": median_ms(play),
        "passive_authentication_cpu_ms": median_ms(lambda: passive_authentication(sod, groups, zone, store, NOW)),
        "master_list_cpu_ms": median_ms(
            lambda: TrustStore.from_master_list(published, [state.csca.certificate_der], NOW)
        ),
    }


def figures() -> list[Figure]:
    """The same, each beside what the modelled radio takes for that read."""
    found, radio = measure(), Latency()
    air_ms = found["apdu_count"] * radio.exchange_ms + found["bytes_over_the_air"] * radio.byte_us / 1000
    return [
        Figure(
            "Reading a chip: processor time", found["inspection_cpu_ms"], "ms",
            beside=f"the modelled radio takes {air_ms:,.0f} ms for these {found['apdu_count']} APDUs", headline=True,
        ),
        Figure(
            "  Passive Authentication alone", found["passive_authentication_cpu_ms"], "ms",
            beside=f"of the {found['inspection_cpu_ms']} ms above",
        ),
        Figure("A master list, loaded", found["master_list_cpu_ms"], "ms", beside="once, at the start"),
    ]  # fmt: skip


if __name__ == "__main__":
    publish(figures())
