"""A report for people: stages while the chip is read, then every check with its reason and parts, then the figures."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from statistics import median
from typing import TextIO

from egate.checks import CheckResult, Outcome, Reason
from egate.commands.inspection.holder import Holder
from egate.commands.inspection.reading import Reading, StageFigures
from egate.commands.inspection.report import ExitStatus, Report, Setting
from egate.document.chip.steps import Stage
from egate.wording import say, say_detail

_MARK = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.ABORTED: "✗", Outcome.UNDETERMINED: "?",
         Outcome.NOT_SUPPORTED: "–"}  # fmt: skip
_COLOUR = {"✓": "32", "✗": "31", "?": "33", "–": "33"}
_SECOND_MS, _KILOBYTE = 1000, 1000
_FEW = 4  # details that fit on a line
_CLEAR = "\r\033[K"
_BAR_CELLS = 20
_BAR_BYTES = 1000  # each cell: a portrait fills most of a bar
_ENDS = {
    ExitStatus.PASSED: "Every mandatory check of the document passed.",
    ExitStatus.OBJECTION: "The lane would not open for this document:",
    ExitStatus.UNREAD: "The chip was not read to its end:",
    ExitStatus.UNUSABLE: "The chip reader failed:",
}


class Screen:
    """Writes to a terminal or a file. ``out.isatty()`` decides whether lines move and have colours."""

    def __init__(self, out: TextIO) -> None:
        self._out, self._live = out, out.isatty()

    def line(self, text: str = "") -> None:
        self._out.write(f"{text}\n")
        self._out.flush()

    # While the chip is read; a Watcher

    def moved(self, figures: StageFigures) -> None:
        if self._live:
            filled = min(figures.bytes_carried // _BAR_BYTES, _BAR_CELLS)
            bar = "█" * filled + "░" * (_BAR_CELLS - filled)
            self._out.write(f"{_CLEAR}{stage_line(figures)}  {bar}")
            self._out.flush()

    def finished(self, figures: StageFigures) -> None:
        self.line((_CLEAR if self._live else "") + stage_line(figures))

    # Before and after

    def setting(self, setting: Setting) -> None:
        kind = "simulation" if setting.simulation else "live"
        self.line(f"Lane {setting.lane} ({kind}), chip reader {setting.driver}")
        self.line(f"Trust bundle {setting.trust_serial}, made {setting.trust_issued:%Y-%m-%d %H:%M} UTC")

    def checks(self, title: str, results: Iterable[CheckResult]) -> None:
        self.line(f"\n{title}")
        for result in results:
            for text in check_lines(result, self._paint):
                self.line(text)

    def begin(self, number: int, count: int) -> None:
        """A reading begins, the ``number``-th of ``count``."""
        self.line("\nReading the chip" if count == 1 else f"\nReading {number} of {count}")

    def reading(self, reading: Reading, first: Reading) -> None:
        """One reading is over. Checks that ended as in the ``first`` one are not told again."""
        if reading is first or reading.inspection.checks != first.inspection.checks:
            self.checks("Chip", reading.inspection.checks)
        for text in figure_lines(reading):
            self.line(text)
        if reading.trouble is not None:
            self.line(f"  The reader said: {reading.trouble}")

    def end(self, report: Report) -> None:
        """What is said once, whatever the number of readings."""
        if len(report.readings) > 1:
            self.line(f"\n{len(report.readings)} readings")
            for text in repeat_lines(report.readings):
                self.line(text)
        if report.holder is not None:
            self.line("\nHolder (personal data, shown because --show-holder was given)")
            for text in holder_lines(report.holder):
                self.line(text)
        self.line(f"\n{_ENDS[report.status]}")
        for reason in _reasons(report):
            self.line(f"  {say('reason', reason)} [{reason}]")

    def _paint(self, mark: str) -> str:
        return f"\033[{_COLOUR[mark]}m{mark}\033[0m" if self._live else mark


def stage_line(figures: StageFigures) -> str:
    """One stage, so far or as a whole."""
    apdus = f"{figures.apdus} APDU{'s' if figures.apdus != 1 else ''}" if figures.apdus else ""
    carried = _size(figures.bytes_carried) if figures.apdus else ""
    return f"  {say('stage', figures.stage):<28} {_duration(figures.took_ms):>8} {apdus:>10} {carried:>10}".rstrip()


def check_lines(result: CheckResult, paint: Callable[[str], str] = str) -> Iterator[str]:
    """Mark, name and details; what went wrong in a line of its own; of many parts each in its own."""
    few = 0 < len(result.details) <= _FEW
    beside = ", ".join(map(say_detail, result.details)) if few else ""
    yield f"  {paint(_MARK[result.outcome])} {say('step', result.check):<44} {beside}".rstrip()
    if result.outcome is not Outcome.PASSED:
        yield f"      {say('outcome', result.outcome)}: {say('reason', result.reason)} [{result.reason}]"
    if not few:
        for detail in result.details:
            _, _, reason = detail.partition(":")
            mark = "✓" if reason == Reason.OK else ("✗" if reason else "·")
            yield f"      {mark} {say_detail(detail)}"


def figure_lines(reading: Reading) -> Iterator[str]:
    """What it cost."""
    found = reading.inspection
    if not found.apdu_count:
        return
    selected = f", after {_duration(reading.selection_ms)} to select the chip"
    yield f"\n  {found.apdu_count} APDUs, {_size(found.bytes_read)} of files in {_duration(reading.took_ms)}{selected}"
    if found.read_length:
        yield f"  READ BINARY of {found.read_length} bytes"
    if found.algorithms:
        yield f"  Signed with {', '.join(map(say_detail, found.algorithms))}"
    if found.protected:
        yield f"  Behind Terminal Authentication: {', '.join(map(say_detail, found.protected))}"


def repeat_lines(readings: Iterable[Reading]) -> Iterator[str]:
    """Least, median and most of each stage over all readings, a stage that came twice in one of them counted once."""
    took: dict[Stage, list[float]] = defaultdict(list)
    totals = []
    for reading in readings:
        totals.append(reading.took_ms)
        sums: dict[Stage, float] = defaultdict(float)
        for figures in reading.stages:
            sums[figures.stage] += figures.took_ms
        for stage, whole_ms in sums.items():
            took[stage].append(whole_ms)
    yield f"  {'':<28} {'least':>9} {'median':>9} {'most':>9}"
    for stage, values in took.items():
        yield _spread(say("stage", stage), values)
    yield _spread("Whole reading", totals)


def holder_lines(holder: Holder) -> Iterator[str]:
    """Name, number, dates, size of the portrait."""
    name = ", ".join(part for part in (holder.primary_identifier, holder.secondary_identifier) if part)
    yield f"  As the {holder.source} has it: {name}, {holder.sex}, {holder.nationality}"
    yield f"  Document number {holder.document_number}"
    yield f"  Born {holder.birth or 'on an unknown day'}, expires {holder.expiry or 'on an unknown day'}"
    if holder.portrait is not None:
        size = f"{holder.portrait.width} × {holder.portrait.height} pixels" if holder.portrait.width else "size unknown"
        yield f"  Portrait {say_detail(holder.portrait.format)}, {size}, {_size(holder.portrait.length)}"


def _spread(name: str, values: list[float]) -> str:
    cells = (_duration(value) for value in (min(values), median(values), max(values)))
    return f"  {name:<28} {' '.join(f'{cell:>9}' for cell in cells)}"


def _reasons(report: Report) -> tuple[Reason, ...]:
    """Of all readings, each once."""
    judged = report.readings or (None,)
    return tuple(dict.fromkeys(reason for reading in judged for reason in report.objections(reading)))


def _duration(milliseconds: float) -> str:
    whole_ms = round(milliseconds)
    return f"{whole_ms} ms" if whole_ms < _SECOND_MS else f"{milliseconds / _SECOND_MS:.2f} s"


def _size(count: int) -> str:
    return f"{count} bytes" if count < _KILOBYTE else f"{count / _KILOBYTE:.1f} kB"
