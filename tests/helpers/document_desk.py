"""The document executor on a transaction that runs, without devices."""

import random
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

import gate_files
from document_samples import NOW, passport

from egate.config import read_config
from egate.document.inspection.reuse import DocumentMemory
from egate.document.pki.trust import TrustStore
from egate.runtime.executors.document import DocumentExecutor
from egate.runtime.lane import Ids
from egate.runtime.shared import Shared
from egate.runtime.vault import Vault
from egate.runtime.work import Work
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate_hal.chip import ChipTransport
from egate_hal.document_reader import MrzLines


@dataclass
class Fixed:
    """A clock that stands still unless it is set."""

    now_ms: int = 0

    def monotonic_ms(self) -> int:
        return self.now_ms

    def utc(self) -> datetime:
        return NOW

    def trusted(self) -> bool:
        return True


@dataclass
class Desk:
    """The executor with a transaction that runs; what it told the lane, in order."""

    folder: Path
    known: TrustStore | None = None
    memory: DocumentMemory | None = None
    clock: Fixed = field(default_factory=Fixed)
    told: list[ev.Event] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)

    def __post_init__(self) -> None:
        no_work, no_chip = cast("Work", None), cast("ChipTransport", None)  # nothing here needs them
        shared = Shared(
            self.told.append, lambda code, active: None, self.clock, no_work, self.vault, Ids(random.Random(1))
        )
        config = read_config(gate_files.write(self.folder))
        self.executor = DocumentExecutor(shared, no_chip, lambda: None, lambda: self.known, config, memory=self.memory)
        self.vault.begin("tx")

    def read_mrz(self, *lines: str) -> ev.MrzChecked:
        """By default those of the genuine passport."""
        self.executor.deliver(MrzLines(lines or passport().mrz))
        self.executor.check_mrz(fx.CheckMrz("tx"))
        checked = self.told[-1]
        assert isinstance(checked, ev.MrzChecked)
        return checked
