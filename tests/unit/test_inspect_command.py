"""``egate inspect`` before and after the chip: the zone that is typed, what is shown on a terminal, the exit status."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from document_samples import HOLDER, NOW, inspect, passport

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.commands.inspection.page import NoZone, judge_page, typed_page
from egate.commands.inspection.reading import Reading, StageFigures
from egate.commands.inspection.report import ExitStatus, Report, Setting
from egate.commands.inspection.words import Screen, check_lines, repeat_lines
from egate.document.chip.steps import Stage
from egate.document.inspection.plan import no_chip, not_inspected
from egate.document.mrz.formats import Format
from egate.document.mrz.inspection import DocumentLimits, MrzInspection
from egate.transaction.limits import Policy
from egate_hal.errors import DeviceLost
from egate_sim.passport.mrz import Format as PrintedFormat
from egate_sim.passport.profiles import Profile

TODAY = NOW.date()
LIMITS = DocumentLimits(specimen_states=())
UPPER, LOWER = passport().mrz


class Terminal(io.StringIO):
    """What a person sees and types."""

    def isatty(self) -> bool:
        return True


def judge(lines: object) -> MrzInspection:
    return judge_page(list(lines), TODAY, LIMITS)  # type: ignore[call-overload]  # Judge takes any sequence


def typed(*lines: str) -> tuple[MrzInspection, str]:
    shown = io.StringIO()
    return typed_page(Terminal("".join(f"{line}\n" for line in lines)), shown, judge), shown.getvalue()


def test_a_person_types_small_letters_and_blanks() -> None:
    page, shown = typed(UPPER.lower(), f" {LOWER[:20]} {LOWER[20:]} ")
    assert page.mrz is not None
    assert "line 1: line 2: " in shown


def test_a_line_of_a_wrong_length_begins_again() -> None:
    page, shown = typed(UPPER[:-1], UPPER, LOWER[1:], UPPER, LOWER)
    assert page.mrz is not None
    assert "This line has 43 characters; lines have 44 (passport), 30 or 36 (identity card)." in shown
    assert "This line has 43 characters; the line above has 44. Begin again with line 1." in shown


def test_a_zone_that_is_wrong_is_asked_for_again() -> None:
    page, shown = typed(UPPER, LOWER[:9] + "0" + LOWER[10:], UPPER, LOWER)
    assert page.mrz is not None
    assert "check digit wrong for document_number, composite" in shown
    assert HOLDER.surname not in shown


def test_three_lines_are_asked_for_where_the_first_is_that_of_a_card() -> None:
    lines = passport(Profile(form=PrintedFormat.TD1)).mrz
    page, shown = typed(*lines)
    assert page.mrz is not None
    assert page.mrz.format is Format.TD1
    assert "line 3: " in shown


@pytest.mark.parametrize("lines", [(), (UPPER,), ("", "")])
def test_a_person_who_types_nothing_more(lines: tuple[str, ...]) -> None:
    with pytest.raises(NoZone):
        typed(*lines)


def test_a_pipe_is_taken_as_it_comes() -> None:
    assert typed_page(io.StringIO(f"\r\n{UPPER}\r\n{LOWER}"), io.StringIO(), judge).mrz is not None
    assert typed_page(io.StringIO(UPPER), io.StringIO(), judge).mrz is None
    with pytest.raises(NoZone):
        typed_page(io.StringIO("\n \n"), io.StringIO(), judge)


def test_a_format_that_the_lane_does_not_take_is_read_and_refused() -> None:
    page = judge(passport(Profile(form=PrintedFormat.TD1)).mrz)
    refused = [result for result in page.checks if result.outcome is not Outcome.PASSED]
    supported = Check.DOCUMENT_SUPPORTED
    assert refused == [CheckResult(supported, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE, ("format",))]
    visa = judge(("V" + UPPER[1:], LOWER))
    assert (visa.mrz, visa.checks[0].reason) == (None, Reason.DOCUMENT_TYPE)


# What follows


def report(*readings: Reading, lines: tuple[str, ...] = (UPPER, LOWER), shows_holder: bool = False) -> Report:
    setting = Setting("gate-1", True, "sim", 1, datetime(2026, 1, 31, tzinfo=UTC), NOW, 15)
    return Report(setting, judge(lines), Policy(), None, readings, shows_holder=shows_holder)


def genuine() -> Reading:
    inspection, _ = inspect(passport())
    stages = (StageFigures(Stage.SOD, 90.0, 4, 900), StageFigures(Stage.DG2, 1500.0, 70, 17_000))
    return Reading(inspection, 80.0, 1600.0, stages)


def test_every_exit_status() -> None:
    lost = Reading(not_inspected(Reason.DEVICE_FAULT), trouble=DeviceLost("unplugged"))
    slow = Reading(not_inspected(Reason.CHIP_TIMEOUT))
    absent = Reading(no_chip())
    expired = replace(report(genuine()), setting=replace(report().setting, now=datetime(2031, 1, 1, tzinfo=UTC)))
    assert report(genuine()).status is ExitStatus.PASSED
    assert report(genuine(), absent).status is ExitStatus.UNREAD
    assert report(slow).status is ExitStatus.UNREAD
    assert report(genuine(), absent, lost).status is ExitStatus.UNUSABLE
    assert report(lines=(UPPER, LOWER[::-1])).status is ExitStatus.OBJECTION
    late = judge_page((UPPER, LOWER), date(2031, 1, 1), LIMITS)
    assert replace(expired, page=late).status is ExitStatus.OBJECTION


def test_a_stage_grows_on_a_terminal_and_stays_as_one_line() -> None:
    shown = Terminal()
    screen = Screen(shown)
    screen.moved(StageFigures(Stage.DG2, 500.0, 30, 7000))
    screen.finished(StageFigures(Stage.DG2, 1500.0, 70, 17_000))
    growing, line = shown.getvalue().split("\r\033[K")[1:]
    assert growing.split() == ["Portrait", "500", "ms", "30", "APDUs", "7.0", "kB", "█" * 7 + "░" * 13]
    assert line.split() == ["Portrait", "1.50", "s", "70", "APDUs", "17.0", "kB"]
    assert line.endswith("\n")


def test_no_line_moves_in_a_file() -> None:
    shown = io.StringIO()
    screen = Screen(shown)
    screen.moved(StageFigures(Stage.SOD, 5.0, 1, 30))
    screen.checks("Chip", genuine().inspection.checks)
    assert "\033" not in shown.getvalue()
    assert shown.getvalue().startswith("\nChip\n")


def test_what_did_not_pass_says_why() -> None:
    details = ("dg1:ok", "dg2:dg_hash", "sod:ok", "csca:ok", "country:ok")
    result = CheckResult(Check.PASSIVE_AUTHENTICATION, Outcome.FAILED, Reason.DG_HASH, details)
    assert list(check_lines(result))[:4] == [
        "  ✗ Signature of the issuing state",
        "      failed: Data on the chip was changed after it was signed. [dg_hash]",
        "      ✓ DG1",
        "      ✗ DG2: changed",
    ]


def test_repeated_readings_are_compared() -> None:
    slower = replace(genuine(), took_ms=2000.0, stages=(StageFigures(Stage.SOD, 120.0, 4, 900),))
    lines = [line.split() for line in repeat_lines((genuine(), slower))]
    assert ["Security", "object", "90", "ms", "105", "ms", "120", "ms"] in lines
    assert ["Whole", "reading", "1.60", "s", "1.80", "s", "2.00", "s"] in lines


def test_the_holder_is_known_only_to_a_report_that_may_say_so() -> None:
    assert report(genuine()).holder is None
    holder = report(genuine(), shows_holder=True).holder
    assert holder is not None
    assert (holder.primary_identifier, holder.birth, holder.source) == (HOLDER.surname, HOLDER.birth, "chip")
    assert HOLDER.surname not in repr(holder)
    printed = report(Reading(no_chip()), shows_holder=True).holder
    assert printed is not None
    assert (printed.source, printed.portrait) == ("page", None)
