"""The machine readable zone, from whoever has it: a person who types, a pipe, the lane's document reader.

Never from the command line: every user of the machine can see that.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from types import TracebackType
from typing import Self, TextIO

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.document.mrz.formats import Format
from egate.document.mrz.inspection import DocumentLimits, MrzInspection, check_mrz
from egate.document.seals.candidates import is_candidate
from egate_hal.document_reader import BarCode, DocumentReader, MrzLines, MrzUnreadable
from egate_hal.errors import HalError

_DOCUMENTS = (Format.TD1, Format.TD2, Format.TD3)
_SHAPES = {form.layout.width: form.layout.lines for form in _DOCUMENTS}
_MAX_TEXT = 1024  # characters; the longest zone has 90
_MAX_SEALS = 8
_PROMPT = """\
Lay the document on the chip reader. Type the machine readable zone as it is printed, < included, Enter after each line:
a passport has 2 lines of 44 characters, an identity card 3 of 30 or 2 of 36.
"""

Judge = Callable[[Sequence[str]], MrzInspection]


class NoZone(Exception):
    """There is no zone to go on with. The text says what to do."""


def judge_page(lines: Sequence[str], today: date, limits: DocumentLimits) -> MrzInspection:
    """As the lane judges it. A document of a format that this lane does not take is judged and read all the same, and
    that the lane does not take it is said. Never raises."""
    page = check_mrz(lines, today, limits)
    if page.checks[0].reason is not Reason.DOCUMENT_TYPE:
        return page
    any_format = check_mrz(lines, today, replace(limits, formats=_DOCUMENTS))
    if any_format.mrz is None:
        return any_format
    refused = CheckResult(Check.DOCUMENT_SUPPORTED, Outcome.NOT_SUPPORTED, Reason.DOCUMENT_TYPE, ("format",))
    checks = tuple(refused if each.check is refused.check else each for each in any_format.checks)
    return replace(any_format, checks=checks)


def typed_page(source: TextIO, prompts: TextIO, judge: Judge) -> MrzInspection:
    """From a person at a terminal, asked again until the zone is right, or from a pipe, taken as it comes. Raises
    NoZone."""
    if source.isatty():
        return _asked(source, prompts, judge)
    lines = [line for line in map(_tidied, source.read(_MAX_TEXT).splitlines()) if line]
    if not lines:
        raise NoZone("standard input holds no machine readable zone; pipe its 2 or 3 lines in, or name --reader")
    return judge(lines)


def _asked(source: TextIO, prompts: TextIO, judge: Judge) -> MrzInspection:
    prompts.write(_PROMPT)
    while True:
        page = judge(_asked_lines(source, prompts))
        if page.mrz is not None:
            return page
        prompts.write(f"{page.refusal}\n")


def _asked_lines(source: TextIO, prompts: TextIO) -> list[str]:
    """As many lines as the first one's length announces."""
    lines: list[str] = []
    wanted = 1
    while len(lines) < wanted:
        prompts.write(f"line {len(lines) + 1}: ")
        prompts.flush()
        typed = source.readline(_MAX_TEXT)
        if not typed:
            raise NoZone("no machine readable zone was typed")
        line = _tidied(typed)
        if not lines and line:
            wanted = _SHAPES.get(len(line), 0)
        elif lines and len(line) != len(lines[0]):
            wanted = 0
        if wanted == 0:
            prompts.write(f"This line has {len(line)} characters; {_expected(lines)}. Begin again with line 1.\n")
            lines, wanted = [], 1
        elif line:
            lines.append(line)
    return lines


def _expected(lines: Sequence[str]) -> str:
    if lines:
        return f"the line above has {len(lines[0])}"
    return "lines have 44 (passport), 30 or 36 (identity card)"


def _tidied(line: str) -> str:
    """People type small letters, and blanks between groups."""
    return "".join(line.split()).upper()


class PageReader:
    """The lane's document reader: ``lines`` come once, ``seals`` may come until it is closed.

    ``note``: told what a person should know meanwhile, without content.
    """

    def __init__(self, device: DocumentReader, note: Callable[[str], None]) -> None:
        self._device, self._note = device, note
        self._listening: asyncio.Task[None] | None = None
        self._lines: asyncio.Future[tuple[str, ...]] | None = None
        self.seals: list[bytes] = []

    async def __aenter__(self) -> Self:
        """Raises HalError."""
        await self._device.open()
        self._lines = asyncio.get_running_loop().create_future()
        self._listening = asyncio.create_task(self._listen(self._lines))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._listening is not None:
            self._listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listening
        await self._device.close()

    async def lines(self) -> tuple[str, ...]:
        """What the next document shows; waits for it. Raises HalError."""
        if self._lines is None:
            raise RuntimeError("the document reader is not open")
        self._note("lay the document on the reader")
        return await self._lines

    async def _listen(self, found: asyncio.Future[tuple[str, ...]]) -> None:
        """Once the zone is there, a reader that goes away takes nothing with it but further seals."""
        try:
            while True:
                match await self._device.next_event():
                    case MrzLines(lines=lines) if not found.done():
                        found.set_result(lines)
                    case MrzUnreadable(reason=reason) if not found.done():
                        self._note(f"the reader saw a document and no zone ({reason}); lay it down again")
                    case BarCode(content=content) if is_candidate(content) and len(self.seals) < _MAX_SEALS:
                        self.seals.append(content)
        except HalError as error:
            if not found.done():
                found.set_exception(error)
