"""One reading of a chip, measured: what each stage took, and what went over the radio for it."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from egate.checks import Outcome, Reason
from egate.document.chip.steps import Stage
from egate.document.inspection.known_documents import DocumentModel
from egate.document.inspection.plan import ChipInspection, no_chip, not_inspected
from egate.document.inspection.protected import Terminal
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate.document.pki.trust import TrustStore
from egate.runtime.chip_session import ChipSession, capacity_of
from egate_hal.chip import ChipAbsent, ChipTransport
from egate_hal.errors import DeviceLost, DeviceTimeout, DeviceUnavailable, HalError

_CUT_SHORT = (Reason.CHIP_ABSENT, Reason.CHIP_REMOVED, Reason.CHIP_TIMEOUT, Reason.CHIP_PROTOCOL)


@dataclass(frozen=True, slots=True)
class StageFigures:
    """``took_ms``: with everything that the processor did meanwhile; ``bytes_carried``: of APDUs, both ways."""

    stage: Stage
    took_ms: float
    apdus: int
    bytes_carried: int


@dataclass(frozen=True, slots=True)
class Reading:
    """``selection_ms``: until a chip was found and selected; ``took_ms``: from then on, to the end of the last stage.
    ``trouble``: what the reader said when it failed, None where it did not."""

    inspection: ChipInspection
    selection_ms: float = 0
    took_ms: float = 0
    stages: tuple[StageFigures, ...] = ()
    trouble: HalError | None = None

    @property
    def device_failed(self) -> bool:
        """It was the reader, not the chip."""
        unusable = any(result.reason is Reason.DEVICE_FAULT for result in self.inspection.checks)
        return unusable or isinstance(self.trouble, (DeviceLost, DeviceUnavailable))

    @property
    def is_complete(self) -> bool:
        """The chip was there to the end, whatever the checks say."""
        absent = Reason.CHIP_ABSENT in (result.reason for result in self.inspection.checks)
        aborted = (result.reason for result in self.inspection.checks if result.outcome is Outcome.ABORTED)
        return not absent and not self.device_failed and not any(reason in _CUT_SHORT for reason in aborted)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is read and what it is judged against; see ``inspect_chip``."""

    mrz: Mrz
    trust: TrustStore
    now: datetime
    model: DocumentModel | None
    can: str = field(repr=False)
    terminal: Terminal | None


class Watcher(Protocol):
    """Sees a reading go on."""

    def moved(self, figures: StageFigures) -> None:
        """Another APDU was answered, or a stage began; ``figures``: of that stage so far."""

    def finished(self, figures: StageFigures) -> None:
        """A stage is over."""


async def read_chip(chip: ChipTransport, subject: Subject, watcher: Watcher, now_ms: Callable[[], float]) -> Reading:
    """Select the chip, read and judge it to the end, portrait included. ``chip`` is open and stays so, its field off.

    Never raises but for cancellation: what device and chip do wrong is part of the reading.
    """
    began_ms = now_ms()
    try:
        await chip.connect()
    except ChipAbsent as error:
        return Reading(no_chip(subject.model), now_ms() - began_ms, trouble=error)
    except HalError as error:
        reason = Reason.CHIP_TIMEOUT if isinstance(error, DeviceTimeout) else Reason.DEVICE_FAULT
        return Reading(not_inspected(reason), now_ms() - began_ms, trouble=error)
    selected_ms = now_ms()
    course = _Course(chip, watcher, now_ms)
    plan = inspect_chip(
        subject.mrz,
        trust=subject.trust,
        now=subject.now,
        random_bytes=secrets.token_bytes,
        capacity=capacity_of(chip),
        model=subject.model,
        can=subject.can,
        read_to_the_end=True,
        terminal=subject.terminal,
    )
    troubles: list[HalError] = []
    inspection = await ChipSession(course, course.begin, troubles.append).run(plan)
    course.end()
    trouble = troubles[-1] if troubles else None
    return Reading(inspection, selected_ms - began_ms, now_ms() - selected_ms, tuple(course.stages), trouble)


class _Course:
    """A chip transport in front of another one, which counts what passes by stages."""

    def __init__(self, chip: ChipTransport, watcher: Watcher, now_ms: Callable[[], float]) -> None:
        self._chip, self._watcher, self._now_ms = chip, watcher, now_ms
        self._stage: Stage | None = None
        self._began_ms = 0.0
        self._apdus = self._bytes = 0
        self.stages: list[StageFigures] = []

    @property
    def max_command_bytes(self) -> int:
        return self._chip.max_command_bytes

    @property
    def max_response_bytes(self) -> int:
        return self._chip.max_response_bytes

    def begin(self, stage: Stage) -> None:
        self.end()
        self._stage, self._began_ms = stage, self._now_ms()
        self._apdus = self._bytes = 0
        self._tell(stage)

    def end(self) -> None:
        if self._stage is not None:
            self.stages.append(self._figures(self._stage))
            self._watcher.finished(self.stages[-1])
            self._stage = None

    async def transceive(self, command: bytes) -> bytes:
        answer = await self._chip.transceive(command)
        self._apdus += 1
        self._bytes += len(command) + len(answer)
        if self._stage is not None:
            self._tell(self._stage)
        return answer

    def _tell(self, stage: Stage) -> None:
        self._watcher.moved(self._figures(stage))

    def _figures(self, stage: Stage) -> StageFigures:
        return StageFigures(stage, self._now_ms() - self._began_ms, self._apdus, self._bytes)

    async def open(self) -> None:
        await self._chip.open()

    async def close(self) -> None:
        await self._chip.close()

    async def connect(self) -> bytes:
        return await self._chip.connect()

    async def disconnect(self) -> None:
        await self._chip.disconnect()
