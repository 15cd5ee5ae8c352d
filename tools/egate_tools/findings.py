"""What an examination found: one line each, and where something is wrong, what it means and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TextIO

from egate.faults import FAULTS


class Verdict(StrEnum):
    """NOTE: worth knowing, not wrong. BAD: the lane cannot open or loses something."""

    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """``what`` was looked at, and the ``result``; ``meaning`` and ``remedy`` where it is not good."""

    what: str
    verdict: Verdict
    result: str
    meaning: str = ""
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.verdict is Verdict.BAD and not (self.meaning and self.remedy):
            raise ValueError(f"{self.what}: say what it means and what to do")


def good(what: str, result: str) -> Finding:
    return Finding(what, Verdict.GOOD, result)


def bad(what: str, result: str, meaning: str, remedy: str) -> Finding:
    return Finding(what, Verdict.BAD, result, meaning, remedy)


def faulty(what: str, result: str, code: str) -> Finding:
    """What the running gate would report as the fault ``code``, in the words of the fault list.

    The texts of our errors say first what is wrong and after a semicolon what to do; that is closer than the list.
    """
    fault = FAULTS[code]
    result, _, advice = result.partition("; ")
    remedy = f"{advice[:1].upper()}{advice[1:]}" if advice else fault.action
    meaning = f"{fault.meaning} {'The lane stays closed.' if fault.blocks_lane else 'The lane works all the same.'}"
    return Finding(what, Verdict.BAD if fault.blocks_lane else Verdict.NOTE, result, meaning, remedy)


def write(findings: Iterable[Finding], out: TextIO) -> None:
    """As lines for a terminal."""
    findings = tuple(findings)
    width = max((len(finding.what) for finding in findings), default=0)
    for finding in findings:
        out.write(f"{finding.verdict:<5} {finding.what:<{width}}  {finding.result}\n")
        for label, text in (("means", finding.meaning), ("do", finding.remedy)):
            if text:
                out.write(f"{'':<5} {'':<{width}}  {label + ':':<6} {text}\n")
    wrong = sum(finding.verdict is Verdict.BAD for finding in findings)
    out.write(f"\n{wrong} to mend\n" if wrong else "\nnothing to mend\n")
