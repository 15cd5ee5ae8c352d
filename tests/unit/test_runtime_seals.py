"""Bar codes on their way from the document reader to a check of the transaction."""

import random
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import cast

import gate_files
import pytest
from document_samples import HOLDER, NOW, passport, trust, utopia

from egate.checks import Outcome, Reason
from egate.config import read_config
from egate.document.pki.trust import TrustStore, decode_certificates
from egate.runtime.executors.document import DocumentExecutor
from egate.runtime.lane import Ids
from egate.runtime.shared import Shared
from egate.runtime.vault import Vault
from egate.runtime.work import Work
from egate.transaction import effects as fx
from egate.transaction import events as ev
from egate_hal.chip import ChipTransport
from egate_hal.document_reader import BarCode, MrzLines
from egate_sim.passport import seals

SIGNER = seals.seal_signer(utopia(), "NC", vds_nc=True)
BOARDING_PASS = b"M1DOE/JANE            EABC123 FRAOSLXX 0123 100Y001A0001 100"


def authorisation(number: str = HOLDER.number) -> bytes:
    return seals.travel_authorisation(SIGNER, "UTO", number, HOLDER.birth, date(2027, 1, 1))


@dataclass
class Fixed:
    """A clock that stands still."""

    def monotonic_ms(self) -> int:
        return 0

    def utc(self) -> datetime:
        return NOW

    def trusted(self) -> bool:
        return True


@dataclass
class Desk:
    """The executor with a transaction that runs; what it told the lane, in order."""

    folder: Path
    known: TrustStore | None = field(
        default_factory=lambda: replace(trust(), seal_signers=decode_certificates([SIGNER.certificate_der]))
    )
    told: list[ev.Event] = field(default_factory=list)
    vault: Vault = field(default_factory=Vault)

    def __post_init__(self) -> None:
        no_work, no_chip = cast("Work", None), cast("ChipTransport", None)  # nothing here needs them
        shared = Shared(
            self.told.append, lambda code, active: None, Fixed(), no_work, self.vault, Ids(random.Random(1))
        )
        config = read_config(gate_files.write(self.folder))
        self.executor = DocumentExecutor(shared, no_chip, lambda: None, lambda: self.known, config)
        self.vault.begin("tx")

    def read_mrz(self) -> None:
        self.executor.deliver(MrzLines(passport().mrz))
        self.executor.check_mrz(fx.CheckMrz("tx"))

    def check(self) -> list[tuple[Outcome, Reason]]:
        self.executor.check_seals(fx.CheckSeals("tx"))
        return [(e.check.outcome, e.check.reason) for e in self.told if isinstance(e, ev.SealsChecked)]

    def arrived(self) -> int:
        return sum(isinstance(event, ev.SealArrived) for event in self.told)


def test_a_seal_goes_to_the_vault_and_the_lane_hears_that_one_came(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.told == [ev.SealArrived(0)]
    assert desk.check() == [], "the zone that it is bound to is not known yet"
    desk.read_mrz()
    assert desk.check() == [(Outcome.PASSED, Reason.OK)]


def test_a_seal_of_another_passport_does_not_pass_and_is_not_undone(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation("Z0000000")))
    assert desk.check() == [(Outcome.FAILED, Reason.SEAL_MISMATCH)]
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.check()[-1] == (Outcome.FAILED, Reason.SEAL_MISMATCH)


def test_the_same_seal_again_is_no_news(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    for _ in range(5):
        desk.executor.deliver(BarCode(authorisation()))
    assert desk.arrived() == 1


@pytest.mark.parametrize("content", [BOARDING_PASS, b"9783161484100", b'{"flight":"XX 123"}', b""])
def test_ordinary_bar_codes_leave_no_trace(tmp_path: Path, content: bytes) -> None:
    desk = Desk(tmp_path)
    desk.read_mrz()
    before = list(desk.told)
    desk.executor.deliver(BarCode(content))
    assert desk.check() == []
    assert desk.told == before
    assert desk.vault.seals == ()


def test_without_trust_a_seal_stays_open(tmp_path: Path) -> None:
    desk = Desk(tmp_path, known=None)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation()))
    assert desk.check() == [(Outcome.UNDETERMINED, Reason.DEVICE_FAULT)]


def test_nothing_personal_is_in_what_the_lane_hears(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.read_mrz()
    desk.executor.deliver(BarCode(authorisation()))
    desk.check()
    assert HOLDER.number not in repr(desk.told) + repr(BarCode(authorisation()))
