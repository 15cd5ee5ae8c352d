"""Where a document is inspected: what the lane would judge it by, and the course of one inspection."""

import argparse
import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Self

from egate.checks import CheckResult
from egate.commands.inspection.page import PageReader, judge_page
from egate.commands.inspection.reading import Reading, Subject, read_chip
from egate.commands.inspection.report import Report, Setting
from egate.commands.inspection.words import Screen
from egate.config import Config
from egate.document.errors import TrustError
from egate.document.inspection.known_documents import DocumentModel
from egate.document.inspection.protected import Terminal
from egate.document.inspection.seal import SealContext, judge_seals
from egate.document.mrz.inspection import MrzInspection
from egate.document.mrz.zone import Mrz
from egate.document.pki.bundle_trust import BundleTrust
from egate.runtime.clock import Clock
from egate.runtime.terminal_files import load_terminal
from egate.runtime.trust_files import load_trust
from egate.telemetry.journal_file import is_in_use
from egate_hal.errors import DeviceUnavailable
from egate_hal.registry import create


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was asked for. ``can``: the card access number, empty where none is known; ``repeat``: how often the chip is
    read."""

    can: str = field(default="", repr=False)
    repeat: int = 1
    show_holder: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace) -> Self:
        return cls(options.can or "", options.repeat, options.show_holder)


@dataclass(frozen=True, slots=True)
class Post:
    """Everything that an inspection needs. ``trust``: believed at ``setting.now``."""

    config: Config
    setting: Setting
    trust: BundleTrust = field(repr=False)
    terminal: Terminal | None
    wishes: Wishes

    @classmethod
    def prepare(cls, config: Config, clock: Clock, wishes: Wishes) -> Self:
        """Nothing is opened or written. Raises DeviceUnavailable (the lane's controller runs), TrustError, OSError."""
        lane, now = config.lane, clock.utc()
        if is_in_use(config.telemetry.outbox):
            raise DeviceUnavailable(f"the controller of {lane.id} is running and has the chip reader; stop it first")
        if not clock.trusted():
            raise TrustError(f"the clock says {now:%Y-%m-%d}, which was before this software was written; set it")
        trust = load_trust(config.trust, now, None, allow_simulation=lane.simulation)
        terminal = load_terminal(config.terminal, now, allow_simulation=lane.simulation)
        header, driver = trust.bundle.header, config.devices["chip"].driver
        window_years = config.document.expiry_window_years
        setting = Setting(lane.id, lane.simulation, driver, header.serial, header.issued_at, now, window_years)
        return cls(config, setting, trust, terminal, wishes)

    def judge(self, lines: Sequence[str]) -> MrzInspection:
        """The printed page. Never raises."""
        return judge_page(lines, self.setting.now.date(), self.config.document)

    def subject(self, zone: Mrz) -> Subject:
        """What there is to know before its chip is read."""
        return Subject(zone, self.trust, self.setting.now, self._model(zone), self.wishes.can, self.terminal)

    def judge_seals(self, zone: Mrz, seals: list[bytes]) -> CheckResult | None:
        """None where there are none."""
        return judge_seals(seals, SealContext(zone, self.trust, self.setting.now)) if seals else None

    def report(
        self, page: MrzInspection, readings: tuple[Reading, ...] = (), seal: CheckResult | None = None
    ) -> Report:
        """All of it together."""
        model = self._model(page.mrz) if page.mrz is not None else None
        policy = self.config.limits.policy
        return Report(self.setting, page, policy, model, readings, seal, shows_holder=self.wishes.show_holder)

    def _model(self, zone: Mrz) -> DocumentModel | None:
        return self.config.known_documents.model_of(zone, self.setting.now.date(), self.setting.window_years)


async def inspect_document(
    post: Post, page: MrzInspection | None, screen: Screen, note: Callable[[str], None]
) -> Report:
    """Page, chip, seals. ``page`` None: from the lane's document reader, which then listens for seals until the chip
    is read. ``note``: what a person at the machine should know, without content. Raises HalError, with all devices
    closed."""
    async with AsyncExitStack() as stack:
        reader: PageReader | None = None
        if page is None:
            device = create(post.config.devices["document_reader"])
            reader = await stack.enter_async_context(PageReader(device, note))
            page = post.judge(await reader.lines())
        screen.checks("Printed page", page.checks)
        if page.mrz is None:
            note(page.refusal)
            report = post.report(page)
        else:
            readings = await _read(post, page.mrz, screen)
            seal = post.judge_seals(page.mrz, reader.seals if reader is not None else [])
            if seal is not None:
                screen.checks("Digital seal", [seal])
            report = post.report(page, readings, seal)
    screen.end(report)
    return report


async def _read(post: Post, zone: Mrz, screen: Screen) -> tuple[Reading, ...]:
    """As often as asked for, or until one could not be brought to its end. The field is off between and afterwards."""
    chip, loop, subject = create(post.config.devices["chip"]), asyncio.get_running_loop(), post.subject(zone)
    readings: list[Reading] = []
    try:
        await chip.open()
        for number in range(1, post.wishes.repeat + 1):
            screen.begin(number, post.wishes.repeat)
            reading = await read_chip(chip, subject, screen, lambda: loop.time() * 1000)
            readings.append(reading)
            screen.reading(reading, readings[0])
            if not reading.is_complete:
                break
    finally:
        await chip.close()
    return tuple(readings)
