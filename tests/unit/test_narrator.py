"""What the terminal says, line by line."""

import re
from dataclasses import replace

import pytest

from egate.checks import Outcome, Reason
from egate.runtime.narrator import Narrator
from egate.screens import Screen
from egate.transaction import effects as fx
from egate.transaction.state import Lane

ID = "6b1f2c1e-0000-4000-8000-000000000001"
SUMMARY = fx.Summary(
    transaction=ID, verdict=fx.Verdict.REFER, reasons=(Reason.DG_HASH, Reason.AA_KEY),
    resolution=fx.Resolution.OFFICER_BACK, checks=(), stage_ms={}, elapsed_ms=14_960, document_type="P",
    issuing_state="UTO", access_protocol="bac", algorithms=(), apdu_count=0, byte_count=0, list_version="",
    scores={}, quality={}, screens=(Screen.ASSIST,), attention=("hold",),
)  # fmt: skip


class Terminal:
    """Collects lines; ``now_ms`` is set by the test."""

    def __init__(self, colour: bool = False) -> None:
        self.lines: list[str] = []
        self.now_ms = 5_000_000
        self._narrator = Narrator(self.lines.append, lambda: self.now_ms, colour)

    def hear(self, at_ms: int, *effects: fx.Effect) -> list[str]:
        self.now_ms, before = 5_000_000 + at_ms, len(self.lines)
        self._narrator(Lane(), effects)
        return self.lines[before:]


def step(name: str, took_ms: int = 0, *details: str) -> fx.RecordStep:
    return fx.RecordStep(ID, name, Outcome.PASSED, Reason.OK, took_ms, details)


def stage(target: str) -> fx.RecordTransition:
    return fx.RecordTransition(ID, "idle", target, "Immediate", 0)


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


def test_before_the_first_traveller_no_time_is_told(terminal: Terminal) -> None:
    assert terminal.hear(0, stage("self_test")) == ["            · self test"]


def test_time_and_duration_stand_once_for_what_came_together(terminal: Terminal) -> None:
    terminal.hear(0, fx.OpenTransaction(ID), stage("document_present"))
    assert terminal.hear(2600, step("chip_access", 1897, "bac"), step("portrait", 1897), stage("entry_open")) == [
        "    2.60 s  ✓ chip access               1.90 s  bac",
        "            ✓ portrait",
        "            · entry open",
    ]
    assert terminal.hear(3000, step("pad", 459)) == ["    3.00 s  ✓ pad                       459 ms"]


def test_stages_that_last_no_time_are_left_out(terminal: Terminal) -> None:
    terminal.hear(0, fx.OpenTransaction(ID))
    assert terminal.hear(10, stage("entry_closed"), stage("capturing_face")) == ["    0.01 s  · capturing face"]


def test_what_went_wrong_says_why_and_of_many_parts_which(terminal: Terminal) -> None:
    terminal.hear(0, fx.OpenTransaction(ID))
    parts = ("dg1:ok", "dg2:dg_hash", "dg14:ok", "sod:ok")
    failed = replace(step("passive_authentication"), outcome=Outcome.FAILED, reason=Reason.DG_HASH, details=parts)
    assert terminal.hear(10, failed)[0].endswith("✗ passive authentication            failed: dg_hash dg2:dg_hash")
    assert terminal.hear(10, step("passive_authentication", 0, "a:ok", "b:ok", "c:ok", "d:ok"))[0].endswith("  4 parts")


def test_the_end_names_verdict_reasons_resolution_and_what_the_staff_was_told(terminal: Terminal) -> None:
    terminal.hear(0, fx.OpenTransaction(ID))
    (line,) = terminal.hear(14_960, stage("wipe"), fx.CloseTransaction(SUMMARY), stage("idle"))
    assert line == "   14.96 s  = REFER  dg_hash, aa_key; officer back after 15.0 s; staff told: hold"


def test_a_fault_is_told_in_words(terminal: Terminal) -> None:
    assert terminal.hear(0, fx.SetFault("document.left", True))[0].strip().startswith("! document.left")
    assert terminal.hear(0, fx.SetFault("document.left", False))[0].endswith("is over")


def test_lines_fit_a_terminal_of_100_columns(terminal: Terminal) -> None:
    terminal.hear(0, fx.OpenTransaction(ID))
    terminal.hear(10, step("chip_authenticity", 1897, "active_authentication", "nist384p"))
    terminal.hear(14_960, fx.CloseTransaction(SUMMARY))
    assert max(map(len, terminal.lines)) <= 100


def test_colours_change_no_word() -> None:
    plain, coloured = Terminal(), Terminal(colour=True)
    effects = (fx.OpenTransaction(ID), step("pad", 459), stage("deciding"))
    plain.hear(0, *effects)
    coloured.hear(0, *effects)
    assert "\033[32m✓\033[0m pad" in coloured.lines[0]
    assert [re.sub(r"\033\[[0-9;]*m", "", line) for line in coloured.lines] == plain.lines
