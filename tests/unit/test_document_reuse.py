"""The memory of documents with which somebody has passed."""

from dataclasses import replace

import pytest
from document_samples import HOLDER, passport

from egate.checks import Outcome, Reason
from egate.document.inspection.reuse import RecentDocuments, check_reuse
from egate.document.mrz.zone import Mrz
from egate_sim.passport.mrz import Format, compose

KEY = bytes(range(32))
KEEP_MS = 600_000


def zone(number: int = 1, state: str = "UTO") -> Mrz:
    return Mrz.from_lines(compose(Format.TD3, state, replace(HOLDER, number=f"L{number:08d}")))


def memory(most: int = 100) -> RecentDocuments:
    return RecentDocuments(KEY, KEEP_MS, most)


def test_a_document_is_known_from_its_passing_until_its_time_is_over() -> None:
    known = memory()
    assert not known.used_lately(zone(), 0)
    known.remember(zone(), 1_000)
    assert known.used_lately(zone(), 1_000)
    assert known.used_lately(zone(), 1_000 + KEEP_MS - 1)
    assert not known.used_lately(zone(), 1_000 + KEEP_MS)
    assert len(known) == 0, "what counts no longer is dropped"


def test_other_documents_are_not_meant() -> None:
    known = memory()
    known.remember(zone(), 0)
    assert not known.used_lately(zone(2), 0)
    assert not known.used_lately(zone(state="D"), 0), "two states may give the same number"


def test_the_same_document_read_anew_is_the_same() -> None:
    known = memory()
    known.remember(Mrz.from_lines(passport().mrz), 0)
    assert known.used_lately(Mrz.from_lines(passport().mrz), 0)


def test_to_be_asked_for_prolongs_nothing_and_to_pass_again_does() -> None:
    known = memory()
    known.remember(zone(), 0)
    assert known.used_lately(zone(), KEEP_MS - 1)
    assert not known.used_lately(zone(), KEEP_MS)
    known.remember(zone(), KEEP_MS)
    known.remember(zone(), KEEP_MS + 5)
    assert known.used_lately(zone(), 2 * KEEP_MS + 4)
    assert len(known) == 1


def test_a_full_memory_forgets_who_passed_first() -> None:
    known = memory(most=3)
    for number in (1, 2, 3, 1, 4):
        known.remember(zone(number), number)
    assert [number for number in range(1, 5) if known.used_lately(zone(number), 5)] == [1, 3, 4]


def test_another_life_has_another_key_and_nothing_shows_a_number() -> None:
    first, second = memory(), RecentDocuments(KEY[::-1], KEEP_MS)
    for known in (first, second):
        known.remember(zone(), 0)
    assert set(first._passed_ms).isdisjoint(second._passed_ms)
    assert all(len(digest) == 32 for digest in first._passed_ms)
    assert "L0000" not in repr(first) + repr(first._passed_ms)


@pytest.mark.parametrize(("key", "keep_ms", "most"), [(KEY[1:], 1, 1), (KEY, 0, 1), (KEY, 1, 0)])
def test_a_memory_that_could_keep_nothing_is_refused(key: bytes, keep_ms: int, most: int) -> None:
    with pytest.raises(ValueError, match=r"the key must|a memory keeps"):
        RecentDocuments(key, keep_ms, most)


def test_the_check_has_an_outcome_for_each_case() -> None:
    known = memory()
    known.remember(zone(), 0)
    results = [check_reuse(mrz, known, 0) for mrz in (zone(), zone(2), None)]
    assert [(r.outcome, r.reason) for r in results] == [
        (Outcome.FAILED, Reason.REUSED), (Outcome.PASSED, Reason.OK), (Outcome.ABORTED, Reason.NOT_DONE),
    ]  # fmt: skip
