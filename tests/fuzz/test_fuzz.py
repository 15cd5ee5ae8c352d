"""Every input of the corpora and a few fixed mutations of them keep the promise of fuzzing/engine.py.

``make fuzz`` goes on from here for as long as it is told.
"""

import mmap
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from fuzzing.corpus import CORPUS, corpus
from fuzzing.engine import DOCUMENT_ROOM, Breach, Fuzzer, Target, distilled
from fuzzing.mutation import mutate
from fuzzing.reach import Reach, StepBudgetExceeded
from fuzzing.targets import TARGETS

from egate.checks import Reason
from egate.document import tlv
from egate.document.errors import FormatError

_FEW = {"plan": 20, "sod_content": 20, "master_list_content": 20}  # each of these takes milliseconds
_MUTATIONS = 150


@pytest.mark.parametrize("name", TARGETS)
def test_the_promise_holds_for_the_corpus_and_a_few_mutations(name: str) -> None:
    fuzzer = Fuzzer(TARGETS[name])
    fuzzer.replay(corpus(name))
    fuzzer.explore(_FEW.get(name, _MUTATIONS))
    assert fuzzer.report.executions > len(fuzzer.report.pool) > 0
    assert not fuzzer.report.findings, "\n".join(found.trace for found in fuzzer.report.findings.values())


def test_every_target_has_a_corpus_and_every_corpus_a_target() -> None:
    assert {folder.name for folder in CORPUS.iterdir()} == set(TARGETS)
    assert all(corpus(name) for name in TARGETS)


def test_the_command_runs_one_target_and_shows_its_figures() -> None:
    command = [sys.executable, str(CORPUS.parent / "run.py"), "--target", "tlv", "--executions", "60"]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [line.split()[0] for line in shown] == ["target", "tlv"]
    assert int(shown[1].split()[1]) >= 60


# The fuzzer itself


def target(run: Callable[[bytes], object], watched: Path = DOCUMENT_ROOM, max_steps: int = 200_000) -> Target:
    return Target("example", run, lambda: [b"\x30\x03abc"], max_steps=max_steps, watched=(watched,))


def fall_over(raw: bytes) -> None:
    """Three conditions one behind the other: blind mutations would need millions of tries, guided ones do not."""
    if raw[:1] != b"\x30":
        return
    if raw[1:2] != b"\x80":
        return
    if raw[2:3] == b"\xff":
        raise KeyError("not ours")


def explored(watched: Path) -> Fuzzer:
    fuzzer = Fuzzer(target(fall_over, watched))
    fuzzer.replay([b"..."])
    fuzzer.explore(20_000)
    return fuzzer


def test_it_finds_what_lies_behind_several_conditions_and_shows_where() -> None:
    (finding,) = explored(Path(__file__)).report.findings.values()
    assert finding.breach is Breach.ESCAPED
    assert fall_over.__name__ in finding.trace
    with pytest.raises(KeyError):
        fall_over(finding.data)


def test_it_is_the_reach_that_guides_it_there() -> None:
    assert explored(CORPUS).report.findings == {}


def test_the_same_seed_gives_the_same_run_and_another_another() -> None:
    def pool(seed: int) -> list[bytes]:
        fuzzer = Fuzzer(TARGETS["dg11"], seed)
        fuzzer.replay([data[:200] for data in corpus("dg11")[:1]])
        fuzzer.explore(300)
        return fuzzer.report.pool

    assert pool(1) == pool(1) != pool(2)


def test_it_tells_endless_work_by_steps() -> None:
    def never_ends(raw: bytes) -> None:
        while True:
            try:
                tlv.read_header(b"\x04\x00" + raw)
            except Exception as error:
                raise AssertionError from error

    fuzzer = Fuzzer(target(never_ends, max_steps=500))
    fuzzer.replay([b""])
    assert [finding.breach for finding in fuzzer.report.findings.values()] == [Breach.STEPS]


def test_it_tells_memory_beyond_the_size_of_the_input() -> None:
    fuzzer = Fuzzer(target(lambda _: bytes(16 << 20)))
    fuzzer.replay([b"small"])
    assert [finding.breach for finding in fuzzer.report.findings.values()] == [Breach.MEMORY]


def test_it_tells_memory_that_python_knows_nothing_of() -> None:
    def decompress(_: bytes) -> None:
        with mmap.mmap(-1, 256 << 20) as pages:
            for page in range(0, len(pages), mmap.PAGESIZE):
                pages[page] = 1

    fuzzer = Fuzzer(target(decompress))
    fuzzer.replay([b"small"])
    (finding,) = fuzzer.report.findings.values()
    assert finding.breach is Breach.MEMORY
    assert "more than any input before" in finding.place


def test_it_tells_endless_work_that_takes_no_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    spent_s = iter((0.0, 100.0, 100.0, 100.0))
    monkeypatch.setattr("fuzzing.engine.time.process_time", lambda: next(spent_s))
    fuzzer = Fuzzer(target(lambda _: None))
    fuzzer.replay([b""])
    assert [finding.breach for finding in fuzzer.report.findings.values()] == [Breach.TIME]


@pytest.mark.parametrize(("reason", "breaches"), [(Reason.FILE_FORMAT, []), (Reason.OK, [Breach.NO_REASON])])
def test_our_own_errors_must_bear_a_reason(reason: Reason, breaches: list[Breach]) -> None:
    def refuse(_: bytes) -> None:
        error = FormatError("refused")
        error.reason = reason
        raise error

    fuzzer = Fuzzer(target(refuse))
    fuzzer.replay([b""])
    assert [found.breach for found in fuzzer.report.findings.values()] == breaches


def test_what_reaches_further_is_kept_and_what_does_not_is_not() -> None:
    fuzzer = Fuzzer(TARGETS["tlv"])
    fuzzer.replay([b"\x04\x00", b"\x04\x00", b"\x04\x01\x00", b"\x1f\x81\x80\x01\x00"])
    assert fuzzer.report.pool == [b"\x04\x00", b"\x1f\x81\x80\x01\x00"]


def test_a_distilled_pool_reaches_as_far_as_the_whole() -> None:
    fuzzer = Fuzzer(TARGETS["tlv"])
    inputs = [b"\x04\x00", b"\x04\x01\x00", b"\x1f\x81\x80\x01\x00", b"\x04\x81\x80", b"\x04\x81\x80" + bytes(128)]
    chosen = distilled(fuzzer, inputs)
    assert set(chosen) < set(inputs)
    again = Fuzzer(TARGETS["tlv"])
    again.replay(chosen)
    assert len(again.reach.seen) == len(fuzzer.reach.seen)


def test_children_are_bounded_whatever_the_parent() -> None:
    rng = random.Random(1)
    parents = [b"", b"\x30\x80\x00\x00", b"\x30" * 3000, bytes(3000)]
    assert all(len(mutate(parent, parents, rng, 64)) <= 64 for parent in parents for _ in range(200))


def test_tracing_ends_with_the_call_and_its_budget() -> None:
    def work() -> list[str]:
        return [chr(number) for number in map(lambda number: number, range(100))]  # noqa: C417 - calls are counted

    before = sys.gettrace()
    with pytest.raises(StepBudgetExceeded):
        Reach((CORPUS,)).run(work, 10)
    assert sys.gettrace() is before
