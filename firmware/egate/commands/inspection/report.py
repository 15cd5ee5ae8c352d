"""What an inspection showed, and the exit status that follows."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum

from egate.checks import Check, CheckResult, Reason
from egate.commands.inspection.holder import Holder
from egate.commands.inspection.reading import Reading
from egate.document.inspection.known_documents import DocumentModel
from egate.document.mrz.inspection import MrzInspection
from egate.transaction.limits import Policy
from egate.transaction.policy import document_objections


class ExitStatus(IntEnum):
    """PASSED: every mandatory document check passed. OBJECTION: one did not. UNUSABLE: gate file, trust, device.
    UNREAD: the chip could not be read to its end. INTERRUPTED: somebody stopped it."""

    PASSED = 0
    OBJECTION = 1
    UNUSABLE = 2
    UNREAD = 3
    INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class Setting:
    """What the document was inspected with. ``driver``: of the chip reader; ``trust_serial``, ``trust_issued``: of the
    trust bundle; ``window_years``: how far ahead an expiry may lie."""

    lane: str
    simulation: bool
    driver: str
    trust_serial: int
    trust_issued: datetime
    now: datetime
    window_years: int


@dataclass(frozen=True, slots=True)
class Report:
    """``readings``: of the same document, one after the other; none where the page could not be used. ``seal``: the
    verdict on its digital seals, None where none was seen. ``policy``: the lane's, which says what is mandatory.
    ``shows_holder``: whether personal data may be shown."""

    setting: Setting
    page: MrzInspection
    policy: Policy
    model: DocumentModel | None = None
    readings: tuple[Reading, ...] = ()
    seal: CheckResult | None = None
    shows_holder: bool = False

    @property
    def page_checks(self) -> tuple[CheckResult, ...]:
        """What needs no chip."""
        return self.page.checks if self.seal is None else (*self.page.checks, self.seal)

    def objections(self, reading: Reading | None) -> tuple[Reason, ...]:
        """Why the lane would not open for this document, worst first. Who has passed lately the lane alone knows."""
        chip_checks = reading.inspection.checks if reading is not None else ()
        checks: dict[Check, CheckResult] = {each.check: each for each in (*self.page_checks, *chip_checks)}
        return document_objections(checks, replace(self.policy, document_memory_s=0))

    @property
    def holder(self) -> Holder | None:
        """None where nobody asked for it, or nothing is known."""
        if not self.shows_holder or self.page.mrz is None:
            return None
        inspections = (reading.inspection for reading in self.readings)
        return Holder.of(self.page.mrz, inspections, self.setting.now.date(), self.setting.window_years)

    @property
    def status(self) -> ExitStatus:
        """The gravest of all readings: a device that failed, a chip that was not read to its end, an objection."""
        if any(reading.device_failed for reading in self.readings):
            return ExitStatus.UNUSABLE
        if any(not reading.is_complete for reading in self.readings):
            return ExitStatus.UNREAD
        judged = self.readings or (None,)
        return ExitStatus.OBJECTION if any(map(self.objections, judged)) else ExitStatus.PASSED
