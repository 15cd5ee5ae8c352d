"""From a passing to the refusal of the same document: the executor, its memory and the setting."""

import asyncio
import random
from pathlib import Path

import gate_files
from document_desk import Desk
from document_samples import HOLDER

from egate.checks import Check, CheckResult, Outcome, Reason, passed
from egate.config import read_config
from egate.document.inspection.reuse import RecentDocuments
from egate.runtime.clock import SystemClock
from egate.runtime.gate import Gate
from egate.runtime.workers import InlineWorker
from egate.transaction import effects as fx
from egate.transaction import events as ev

KEEP_MS = 600_000
PASSED = passed(Check.DOCUMENT_REUSE)
REUSED = CheckResult(Check.DOCUMENT_REUSE, Outcome.FAILED, Reason.REUSED)


def desk(folder: Path) -> Desk:
    return Desk(folder, memory=RecentDocuments(bytes(32), KEEP_MS))


def reuse_of(event: ev.MrzChecked) -> CheckResult:
    (found,) = (check for check in event.checks if check.check is Check.DOCUMENT_REUSE)
    return found


def test_a_document_is_used_once_somebody_has_passed_with_it(tmp_path: Path) -> None:
    here = desk(tmp_path)
    assert [reuse_of(here.read_mrz()) for _ in range(2)] == [PASSED] * 2, "to be read is not to pass"
    here.executor.remember(fx.RememberDocument("tx"))
    here.vault.wipe()
    here.vault.begin("tx")
    here.clock.now_ms = KEEP_MS - 1
    assert reuse_of(here.read_mrz()) == REUSED
    here.clock.now_ms = KEEP_MS
    assert reuse_of(here.read_mrz()) == PASSED


def test_the_document_of_a_traveller_who_has_gone_is_not_remembered(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.read_mrz()
    here.executor.remember(fx.RememberDocument("another"))
    assert reuse_of(here.read_mrz()) == PASSED


def test_a_page_that_was_not_read_leaves_the_check_open(tmp_path: Path) -> None:
    event = desk(tmp_path).read_mrz("nothing", "readable")
    assert reuse_of(event) == CheckResult(Check.DOCUMENT_REUSE, Outcome.ABORTED, Reason.NOT_DONE)


def test_without_a_memory_the_check_is_not_made(tmp_path: Path) -> None:
    here = Desk(tmp_path)
    for _ in range(2):
        assert Check.DOCUMENT_REUSE not in {check.check for check in here.read_mrz().checks}
        here.executor.remember(fx.RememberDocument("tx"))


def test_the_lane_hears_nothing_personal(tmp_path: Path) -> None:
    here = desk(tmp_path)
    here.read_mrz()
    here.executor.remember(fx.RememberDocument("tx"))
    here.read_mrz()
    assert HOLDER.number not in repr(here.told)


def test_the_gate_file_says_whether_documents_are_remembered(tmp_path: Path) -> None:
    async def memory_of(policy: str) -> object:
        path = gate_files.write(tmp_path)
        path.write_text(path.read_text("utf-8") + policy, "utf-8")
        return Gate(read_config(path), SystemClock(), random.Random(1), InlineWorker).memory

    assert isinstance(asyncio.run(memory_of("")), RecentDocuments)
    assert asyncio.run(memory_of("\n[policy]\ndocument_memory_s = 0\n")) is None
