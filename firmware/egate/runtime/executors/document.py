"""CheckMrz -> MrzChecked; CheckSeals -> SealsChecked; ReadChip -> ChipProgress, ChipRead; RememberDocument; what the
document reader saw -> events."""

import logging
from collections.abc import Callable
from functools import partial

from egate.checks import Check, CheckResult, Outcome, Reason
from egate.config import Config
from egate.document.chip.steps import Stage
from egate.document.inspection.plan import ChipInspection, no_chip, not_inspected
from egate.document.inspection.protected import Terminal
from egate.document.inspection.reader import inspect_chip
from egate.document.inspection.reuse import DocumentMemory, check_reuse
from egate.document.inspection.seal import SealContext, judge_seals
from egate.document.mrz.inspection import check_mrz
from egate.document.pki.trust import TrustStore
from egate.document.seals.candidates import is_candidate
from egate.runtime.chip_session import ChipSession, capacity_of
from egate.runtime.shared import Shared
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate_hal import chip as chip_port
from egate_hal import document_reader as reader_port
from egate_hal.errors import DeviceLost, DeviceTimeout, HalError

log = logging.getLogger(__name__)

# What the traveller sees of the progress: the portrait is by far the longest part.
_FRACTION = {
    Stage.ACCESS: 0.05, Stage.SOD: 0.15, Stage.COM: 0.2, Stage.DG14: 0.25, Stage.DG15: 0.3, Stage.DG1: 0.35,
    Stage.DG2: 0.4, Stage.CHIP_AUTH: 0.3, Stage.CARD_SECURITY: 0.32,
    Stage.TERMINAL_AUTH: 0.92, Stage.ACTIVE_AUTH: 0.9, Stage.PASSIVE_AUTH: 0.95,
}  # fmt: skip


class DocumentExecutor:
    """Judges the printed page and the seals on it, and drives the reader plan over the chip transport.

    ``memory`` None: nobody asks whether a document was used lately.
    """

    def __init__(
        self,
        shared: Shared,
        chip: chip_port.ChipTransport,
        chip_lost: Callable[[], None],
        trust: Callable[[], TrustStore | None],
        config: Config,
        *,
        memory: DocumentMemory | None,
        terminal: Callable[[], Terminal | None] = lambda: None,
    ) -> None:
        self._shared, self._put, self._vault = shared, shared.put, shared.vault
        self._chip, self._chip_lost, self._trust, self._terminal = chip, chip_lost, trust, terminal
        self._memory = memory
        self._limits, self._known = config.document, config.known_documents

    # The printed page

    def deliver(self, seen: reader_port.ReaderEvent) -> None:
        """One event of the document reader's driver."""
        now_ms = self._shared.now_ms()
        match seen:
            case reader_port.DocumentPlaced():
                self._put(ev.DocumentPlaced(now_ms, self._shared.ids.uuid(), self._shared.ids.token()))
            case reader_port.DocumentRemoved():
                self._put(ev.DocumentRemoved(now_ms))
            case reader_port.MrzLines(lines=lines):
                self._vault.keep_lines(lines)
                self._put(ev.MrzArrived(now_ms))
            case reader_port.BarCode(content=content):
                # Other bar codes are nobody's business: they are not even counted.
                if is_candidate(content) and self._vault.keep_seal(content):
                    self._put(ev.SealArrived(now_ms))
            case reader_port.MrzUnreadable(reason=reason):
                self._put(ev.MrzUnreadable(now_ms, reason))

    def check_mrz(self, effect: fx.CheckMrz) -> None:
        began_ms = self._shared.now_ms()
        traveller = self._vault.of(effect.transaction)
        if traveller is None:
            return
        page = check_mrz(self._vault.take_lines(), self._shared.clock.utc().date(), self._limits)
        traveller.mrz = page.mrz
        now_ms = self._shared.now_ms()
        reuse = (check_reuse(page.mrz, self._memory, now_ms),) if self._memory is not None else ()
        kind, state = (page.mrz.document_type, page.mrz.issuing_state) if page.mrz else ("", "")
        checks = (*page.checks, *reuse)
        self._put(ev.MrzChecked(now_ms, effect.transaction, now_ms - began_ms, checks, kind, state))

    def remember(self, effect: fx.RememberDocument) -> None:
        """Comes before the wiping."""
        traveller = self._vault.of(effect.transaction)
        if self._memory is not None and traveller is not None and traveller.mrz is not None:
            self._memory.remember(traveller.mrz, self._shared.now_ms())

    def check_seals(self, effect: fx.CheckSeals) -> None:
        """Nothing comes back where no seal came."""
        began_ms = self._shared.now_ms()
        traveller, seals = self._vault.of(effect.transaction), self._vault.seals
        if traveller is None or traveller.mrz is None or not seals:
            return
        trust = self._trust()
        if trust is None:
            check = CheckResult(Check.DIGITAL_SEAL, Outcome.UNDETERMINED, Reason.DEVICE_FAULT)
        else:
            check = judge_seals(seals, SealContext(traveller.mrz, trust, self._shared.clock.utc()))
        now_ms = self._shared.now_ms()
        self._put(ev.SealsChecked(now_ms, effect.transaction, now_ms - began_ms, check))

    # The chip

    def read_chip(self, effect: fx.ReadChip) -> None:
        self._shared.work.start(self._read_chip(effect.transaction), effect.transaction)

    async def _read_chip(self, transaction: str) -> None:
        began_ms = self._shared.now_ms()
        inspection = await self._inspect(transaction)
        traveller = self._vault.of(transaction)
        if traveller is None:
            return
        traveller.portrait = inspection.portrait
        now_ms = self._shared.now_ms()
        self._put(
            ev.ChipRead(
                now_ms,
                transaction,
                now_ms - began_ms,
                inspection.checks,
                inspection.access.value if inspection.access else "",
                inspection.algorithms,
                inspection.apdu_count,
                inspection.bytes_read,
            )
        )

    async def _inspect(self, transaction: str) -> ChipInspection:
        traveller, trust = self._vault.of(transaction), self._trust()
        if traveller is None or traveller.mrz is None or trust is None:
            return not_inspected(Reason.DEVICE_FAULT)
        now = self._shared.clock.utc()
        model = self._known.model_of(traveller.mrz, now.date(), self._limits.expiry_window_years)
        try:
            await self._chip.connect()
        except chip_port.ChipAbsent:
            return no_chip(model)
        except HalError as error:
            self._notice(error)
            return not_inspected(Reason.CHIP_TIMEOUT if isinstance(error, DeviceTimeout) else Reason.DEVICE_FAULT)
        plan = inspect_chip(
            traveller.mrz,
            trust=trust,
            now=now,
            random_bytes=self._shared.ids.bytes,
            capacity=capacity_of(self._chip),
            model=model,
            terminal=self._terminal(),
        )
        return await ChipSession(self._chip, partial(self._progress, transaction), self._notice).run(plan)

    def _progress(self, transaction: str, stage: Stage) -> None:
        now_ms = self._shared.now_ms()
        self._put(ev.ChipProgress(now_ms, transaction, 0, stage.value, _FRACTION[stage]))

    def _notice(self, error: HalError) -> None:
        log.info("chip: %s", error)
        if isinstance(error, DeviceLost):
            self._chip_lost()
